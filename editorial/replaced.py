"""A new file behind an approved page: readers see it at once, so someone else has to look at the page afterwards."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context, log

from core.usage import pages_with
from editorial.mail import PAGES_NAMED, caretakers, full_url, tell
from editorial.models import AfterReview


@transaction.atomic
def flag(file) -> AfterReview | None:
    """Puts the live pages on which a file stands on the list of after-reviews and tells whoever is responsible for them.

    Returns the after-review, or None where no reader has seen the file.
    """
    pages = [page.specific for page in pages_with(file).filter(live=True)]
    if not pages:
        return None
    user = get_active_log_context().user
    review = AfterReview.objects.create(
        reason=_("“%(title)s” has been given a new file.") % {"title": file.title}, forced_by=user
    )
    review.pages.add(*pages)
    concerned: dict = {}
    for page in pages:
        log(instance=page, action="editorial.file_replaced", user=user, data={"reason": review.reason})
        for person in caretakers(page):
            concerned.setdefault(person, []).append(page)
    for person, theirs in concerned.items():
        more = max(0, len(theirs) - PAGES_NAMED)
        url = full_url(reverse("editorial_after_reviews"))
        tell({person} - {user}, "file_replaced", file=file, by=user, pages=theirs[:PAGES_NAMED], more=more, url=url)
    return review
