"""Translations go to their reviewers as other texts do, in the translator's name; and the list of those that are behind."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Locale, Page
from wagtail.permissions import policy_registry
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from core.guards import Refused, policy
from editorial.doors import own_pages
from editorial.reports import NewsroomReport


def translation_of(page) -> Translation | None:
    """The record of a page that is translated string by string, or None."""
    return Translation.objects.filter(
        source__object_id=page.translation_key, target_locale_id=page.locale_id, enabled=True
    ).first()


def untranslated(page) -> int:
    """How many texts of a translation still stand in the language of the source."""
    translation = translation_of(page)
    if translation is None:
        return 0
    total, translated = translation.get_progress()
    return total - translated


def is_in_review(page) -> bool:
    return bool(page.current_workflow_task_state)


@transaction.atomic
def send_for_review(page, user):
    """Makes a draft of what has been translated and sends it to the workflow in the translator's name.

    Returns the page. Raises PermissionDenied without the right to edit it, and Refused for what cannot be sent.
    """
    if not page.permissions_for_user(user).can_edit():
        raise PermissionDenied
    translation = translation_of(page)
    if translation is None:
        raise Refused(gettext("This page is not a translation."))
    if is_in_review(page):
        raise Refused(gettext("The translation is under review already."))
    try:
        translation.save_target(user=user, publish=False)
    except ValidationError as error:
        raise Refused(
            gettext("The translation cannot be sent yet: %(missing)s") % {"missing": "; ".join(error.messages)}
        ) from error
    page = Page.objects.get(pk=page.pk).specific
    policy().submit(page, page.get_latest_revision(), user)
    return page


@require_POST
def send_view(request, page_id: int) -> HttpResponse:
    page = send_for_review(get_object_or_404(Page, pk=page_id).specific, request.user)
    left = untranslated(page)
    if left:
        text = ngettext("%(count)d text is not translated yet.", "%(count)d texts are not translated yet.", left)
        messages.warning(request, text % {"count": left})
    messages.success(
        request, gettext("“%(title)s” has been sent for review.") % {"title": page.get_admin_display_title()}
    )
    return redirect("wagtailadmin_pages:edit", page.pk)


def out_of_date():
    """Live translations whose source was published again after they were, the longest behind first."""
    source = Locale.get_default()
    published = Page.objects.filter(translation_key=OuterRef("translation_key"), locale=source, live=True)
    pages = Page.objects.filter(live=True, alias_of__isnull=True).exclude(locale=source)
    pages = pages.annotate(
        source_published_at=Subquery(published.values("last_published_at")[:1], output_field=DateTimeField())
    )
    return pages.filter(source_published_at__gt=F("last_published_at")).order_by("source_published_at", "pk")


def texts_left() -> dict[tuple[str, int], int]:
    """How many texts each translation lacks: by translation key and target language, those that lack any."""
    done = StringTranslation.objects.filter(
        translation_of=OuterRef("string"),
        context=OuterRef("context"),
        locale=OuterRef("source__translations__target_locale"),
        has_error=False,
    )
    rows = StringSegment.objects.filter(~Exists(done), source__translations__enabled=True).order_by()
    rows = rows.values_list("source__object_id", "source__translations__target_locale")
    return {(str(key), locale): count for key, locale, count in rows.annotate(count=Count("pk"))}


def in_each_language(pages: Iterable[Page]) -> dict[int, str]:
    """`sv 20 nov · en 3 texts behind` for each page that stands in two languages, by page id. Two statements in all."""
    pages = list(pages)
    keys = {page.translation_key for page in pages}
    rows = Page.objects.filter(translation_key__in=keys, alias_of=None).select_related("locale")
    family: dict[str, list[Page]] = {}
    for row in rows.only("translation_key", "locale", "live", "last_published_at", "depth", "path"):
        family.setdefault(str(row.translation_key), []).append(row)
    left = texts_left() if any(len(members) > 1 for members in family.values()) else {}
    source, found = settings.LANGUAGE_CODE, {}
    for page in pages:
        members = sorted(
            family.get(str(page.translation_key), ()), key=lambda member: member.locale.language_code != source
        )
        if len(members) > 1:
            states = [_state(member, members[0], left) for member in members]
            found[page.pk] = " · ".join(states)
    return found


def _state(page: Page, original: Page, left: dict) -> str:
    language = page.locale.language_code
    behind = left.get((str(page.translation_key), page.locale_id), 0) if page.pk != original.pk else 0
    if behind:
        text = ngettext("%(count)d text behind", "%(count)d texts behind", behind) % {"count": behind}
    elif not page.live:
        text = gettext("draft")
    elif page.last_published_at is None:
        text = ""
    elif (
        page.pk != original.pk
        and original.live
        and (original.last_published_at or page.last_published_at) > page.last_published_at
    ):
        text = gettext("behind")
    else:
        text = date_format(timezone.localtime(page.last_published_at), "j M")
    return f"{language} {text}".strip()


class OutOfDateReport(NewsroomReport):
    page_title = _("Translations out of date")
    header_icon = "site"
    index_url_name = "editorial_out_of_date"
    index_results_url_name = "editorial_out_of_date_results"
    results_template_name = "editorial/out_of_date_results.html"
    list_export = ("title", "last_published_at", "source_published_at")
    export_headings = {
        "title": _("Title"),
        "last_published_at": _("Translation published"),
        "source_published_at": _("Original published"),
    }

    def get_queryset(self):
        own = own_pages(self.request.user).order_by().values("pk")
        return out_of_date().filter(pk__in=own).select_related("locale", "content_type")


class OutOfDateMenuItem(MenuItem):
    """Shown to those who work with pages."""

    def is_shown(self, request):
        pages = policy_registry.get_by_type(Page)
        return pages.user_has_any_permission(request.user, OutOfDateReport.any_permission_required)
