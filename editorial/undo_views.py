"""Where a publication is taken back: after the approval, in the editor, on the first screen. One button each."""

from django.contrib.messages import success
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request

from editorial.publications import Publication
from editorial.undo import open_for, time_left, undo


def offer(request, page) -> None:
    """After a page went live by what someone just did: a message with the button."""
    publication = open_for(page, request.user) if request.method == "POST" else None
    if publication is None or publication.by_id != request.user.pk:
        return
    values = {"publication": publication, "title": page.get_admin_display_title(), "left": time_left(publication)}
    success(request, render_to_string("editorial/undo_message.html", values, request=request))


@require_POST
def undo_view(request, publication_id: int):
    publication = get_object_or_404(Publication.objects.select_related("page"), pk=publication_id)
    undo(publication, request.user)
    page = publication.page
    page.refresh_from_db()
    text = (
        gettext("Taken back. Readers see what they saw before; the new text is a draft.")
        if page.live
        else gettext("Taken back. The page is a draft again, and readers do not see it.")
    )
    messages.success(request, text)
    return redirect(get_valid_next_url_from_request(request) or reverse("wagtailadmin_pages:edit", args=[page.pk]))
