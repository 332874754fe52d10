"""Taking down what readers can see: the chief editor does it at once, with a reason; everyone else asks one of them."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context
from wagtail.models import Page, PageLogEntry

from core.guards import Refused
from editorial import bin
from editorial.mail import edit_url, full_url, tell
from editorial.models import TakedownRequest
from editorial.roles import holders

ACTIONS = ("wagtail.unpublish", "wagtail.delete")


def at_or_below(pages: Iterable[Page]) -> Q:
    """A condition on pages: one of these, or below one of them."""
    found = Q(pk__in=[])
    for page in pages:
        found |= Q(path__startswith=page.path)
    return found


def concerns_readers(pages: Iterable[Page]) -> bool:
    """Whether any of the pages, or a page below one of them, is live."""
    return Page.objects.filter(at_or_below(pages), live=True).exists()


def checked_reason(text: str | None) -> str:
    """The reason without blanks round it. Raises ValidationError where there is none."""
    if reason := (text or "").strip():
        return reason
    raise ValidationError(_("Say why the page is taken away from its readers."))


def note_reason(reason: str) -> None:
    """Puts the reason on what the running request has logged of pages that were taken down."""
    entries = PageLogEntry.objects.filter(uuid=get_active_log_context().uuid, action__in=ACTIONS)
    for pk, data in entries.values_list("pk", "data"):  # an entry of a page that is gone cannot be saved as an object
        PageLogEntry.objects.filter(pk=pk).update(data={**data, "reason": reason})
    bin.note_reason(reason)


def may_ask(page: Page, user) -> bool:
    """Whether this person has to ask: they may edit the page but not take it down."""
    rights = page.permissions_for_user(user)
    return page.live and not page.alias_of_id and rights.can_edit() and not rights.can_unpublish()


def may_decide(user) -> bool:
    return user.is_active and user.has_perm("editorial.change_takedownrequest")


@transaction.atomic
def ask(page: Page, user, kind: str, reason: str) -> TakedownRequest:
    """Asks the chief editors to take a page down. Raises PermissionDenied, ValidationError without a reason, and Refused
    where somebody has asked already."""
    if not may_ask(page, user):
        raise PermissionDenied
    reason = checked_reason(reason)
    earlier = TakedownRequest.objects.filter(page=page, decided_at=None).select_related("asked_by").first()
    if earlier:
        raise Refused(_("%(name)s has asked for this already. The chief editors have it on their list.") % {
            "name": earlier.asked_by or _("Someone")
        })  # fmt: skip
    request = TakedownRequest.objects.create(
        page=page, title=page.get_admin_display_title(), kind=kind, reason=reason, asked_by=user
    )
    tell(
        holders("chief_editor"), "takedown_asked", asked=request, by=user, url=full_url(reverse("editorial_takedowns"))
    )
    return request


@transaction.atomic
def decline(request: TakedownRequest, user, answer: str) -> None:
    """Leaves the page where it is and tells who asked. Raises PermissionDenied, and Refused once it has been decided."""
    if not may_decide(user):
        raise PermissionDenied
    requests = TakedownRequest.objects.filter(pk=request.pk).select_related("decided_by")
    current = (
        requests.select_for_update(of=("self",)) if connection.features.has_select_for_update else requests
    ).get()
    if current.decided_at:
        raise Refused(_("This was already decided by %(name)s.") % {"name": current.decided_by or _("someone")})
    decide([current], user, granted=False, answer=answer)


def open_requests(pages: Iterable[Page]) -> list[TakedownRequest]:
    """What has been asked about these pages and those below them."""
    concerned = Page.objects.filter(at_or_below(pages), pk=OuterRef("page"))
    return list(TakedownRequest.objects.filter(Exists(concerned), decided_at=None).select_related("page", "asked_by"))


def decide(requests: Iterable[TakedownRequest], user, *, granted: bool, answer: str = "") -> None:
    """Notes the decision on each request and tells who asked."""
    for request in requests:
        request.granted, request.answer = granted, answer.strip()
        request.decided_by, request.decided_at = user, timezone.now()
        TakedownRequest.objects.filter(pk=request.pk).update(
            granted=granted, answer=request.answer, decided_by=user, decided_at=request.decided_at
        )
        url = edit_url(request.page) if request.page and not granted else ""
        tell({request.asked_by} - {user}, "takedown_decided", asked=request, by=user, url=url)
