"""Moves a page's times: when it goes live, when it is taken down, what time is proposed. The text and its approval stay.

Everything that moves a time comes here: the plan's dragging, its keys and its undo, and the form without script.
"""

from dataclasses import replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogFormatter, log
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.permissions import policy_registry

from core.forms import whole_minutes
from core.guards import Refused, head_of
from core.visibility import window_changed
from editorial.pulse import ScheduleProblem
from editorial.release_models import ReleaseItem
from editorial.words import Prospect, moment, prospects, stored_time

RESCHEDULE = "editorial.reschedule_page"
MOVED = "editorial.rescheduled"


class Lane(TextChoices):
    """What can happen to a page at a time."""

    WAITING = "waiting", pgettext_lazy("lane", "Waiting for review")
    PUBLISH = "publish", pgettext_lazy("lane", "Going live")
    EXPIRE = "expire", pgettext_lazy("lane", "Taken down")
    REVIEW = "review", pgettext_lazy("lane", "Read again")


FIELDS = {Lane.WAITING: "go_live_at", Lane.PUBLISH: "go_live_at", Lane.EXPIRE: "expire_at"}
# The right on the page that is asked for beside RESCHEDULE. To take down earlier or later is for those who may unpublish.
RIGHTS = {Lane.WAITING: "change", Lane.PUBLISH: "change", Lane.EXPIRE: "publish"}


def time_of(facts: Prospect, lane: str) -> datetime | None:
    """The moment at which something happens to a page; None when nothing does, or nobody has said when."""
    if lane == Lane.PUBLISH:
        return facts.scheduled_at
    if lane == Lane.EXPIRE:
        if facts.taken_down_at:
            return facts.taken_down_at
        return facts.scheduled_expire_at or (facts.expire_at if facts.live else None)
    if lane == Lane.WAITING and facts.waiting_for:
        return facts.go_live_at if facts.go_live_at != facts.scheduled_at else None
    return None


def movable(pages, user) -> dict[str, set[int]]:
    """The keys of those pages whose times someone may move, by lane, in one statement for each right."""
    if not user.has_perm(RESCHEDULE):
        return {lane: set() for lane in RIGHTS}
    policy, keys = policy_registry.get_by_type(Page), [page.pk for page in pages]
    unlocked = Q(locked=False) | Q(locked_by=user)
    allowed = {
        right: set(
            policy.instances_user_has_permission_for(user, right)
            .filter(unlocked, pk__in=keys)
            .values_list("pk", flat=True)
        )
        for right in sorted(set(RIGHTS.values()))
    }
    released = set(ReleaseItem.open().filter(page__in=keys).values_list("page", flat=True))
    return {lane: allowed[right] - (released if lane != Lane.WAITING else set()) for lane, right in RIGHTS.items()}


@transaction.atomic
def reschedule(page_id: int, user, lane: str, seen: datetime | None, to: datetime) -> datetime:
    """Moves what happens to a page in a lane from the moment that was `seen` to another; returns the new one.

    Moments are aware; the new one is in whole minutes. Raises Page.DoesNotExist, PermissionDenied, or Refused with the
    reason: the time has passed, the item is not what was seen, or the page would be taken down before it is published.
    """
    head_of(Page(pk=page_id))  # held to the end: two who move one item come after each other, as do we and the worker
    page = Page.objects.get(pk=page_id)
    if lane not in RIGHTS or page.pk not in movable([page], user)[lane]:
        raise PermissionDenied
    facts, to = prospects([page])[page.pk], whole_minutes(to)
    before = time_of(facts, lane)
    if reason := _objection(page, facts, lane, seen, to):
        raise Refused(reason)
    if to != before:
        write_time(page, lane, before, to)
        times = {"lane": str(lane), "before": before and before.isoformat(), "after": to.isoformat()}
        log(instance=page.specific, action=MOVED, user=user, revision=page.latest_revision, data=times)
    return to


def _objection(page: Page, facts: Prospect, lane: str, seen: datetime | None, to: datetime) -> str:
    """Why the time cannot be moved, in words; an empty string if it can."""
    now, before = timezone.now(), time_of(facts, lane)
    is_there = bool(facts.waiting_for) if lane == Lane.WAITING else before is not None
    if not is_there:
        return gettext("This is not planned any more. Load the plan again to see what happens.")
    if before != seen:
        return _moved_meanwhile(page, before)
    if facts.release and lane in (Lane.PUBLISH, Lane.EXPIRE):
        return gettext("It is part of the release “%(release)s”, which has its own time.") % {"release": facts.release}
    if before and before <= now and not facts.problem and lane != Lane.WAITING:
        return gettext("It is happening now and cannot be moved any more.")
    if to <= now:
        return gettext("That time has passed. Choose a later one.")
    after = replace(facts, **{"scheduled_expire_at": to} if lane == Lane.EXPIRE else {"scheduled_at": to})
    end = facts.draft_expire_at if lane == Lane.WAITING else after.scheduled_expire_at
    if end and after.scheduled_at and end <= after.scheduled_at:
        return gettext("The page would be taken down before it is published. Choose another time.")
    return ""


def _moved_meanwhile(page: Page, now_at: datetime | None) -> str:
    last = PageLogEntry.objects.filter(page=page.pk, action=MOVED).select_related("user").order_by("-timestamp").first()
    name = (last and last.user) or gettext("Someone")
    if now_at is None:
        return gettext("%(name)s has moved this since you looked.") % {"name": name}
    return gettext("%(name)s has moved this since you looked. It is now %(time)s.") % {
        "name": name,
        "time": moment(now_at),
    }


def write_time(page: Page, lane: str, before: datetime | None, to: datetime) -> None:
    """Writes the time wherever the old one stood: in revisions, in what is approved, on the row and on its aliases.

    Publishing reads the time in the revision, the worker that of the approval, and visitors the row.
    """
    field = FIELDS[lane]
    relied_on = Q(pk__in=[page.latest_revision_id, page.live_revision_id]) | Q(approved_go_live_at__isnull=False)
    revisions = Revision.page_revisions.filter(relied_on, object_id=str(page.pk))
    if lane == Lane.WAITING:
        revisions = revisions.filter(pk=page.latest_revision_id)
    elif lane == Lane.PUBLISH:
        revisions = revisions.exclude(pk=page.live_revision_id)  # when that went live is history
    for revision in revisions:
        if lane == Lane.WAITING or stored_time(revision.content.get(field)) == before:
            content = {**revision.content, field: to.isoformat()}
            Revision.objects.filter(pk=revision.pk).update(content=content)
    if lane == Lane.PUBLISH:
        Revision.page_revisions.filter(object_id=str(page.pk), approved_go_live_at=before).update(
            approved_go_live_at=to
        )
        ScheduleProblem.objects.filter(page=page).delete()  # tried afresh at the new time
    rows = Page.objects.filter(Q(pk=page.pk) | Q(alias_of=page.pk), **{field: before})
    if lane != Lane.EXPIRE:
        rows = rows.filter(live=False)
    shown = list(rows.filter(live=True))
    rows.update(**{field: to})
    for row in shown:
        window_changed.send(sender=Page, instance=row)


class InWords(LogFormatter):
    """What the history says of a time that was moved."""

    label = _("Time moved")
    message = _("A time was moved")

    def format_message(self, log_entry):
        after, before = (stored_time(log_entry.data.get(name)) for name in ("after", "before"))
        if after is None:
            return self.message
        words = {
            "what": Lane(log_entry.data["lane"]).label,
            "after": moment(after),
            "before": before and moment(before),
        }
        if before is None:
            return gettext("%(what)s: %(after)s") % words
        return gettext("%(what)s: %(after)s instead of %(before)s") % words
