"""What will happen to a page, and when, in words: in the editor, in lists, on the dashboard and in mails."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from wagtail.models import Page, Revision, TaskState, WorkflowState

from core.times import Which, which_of, zone
from editorial.pulse import ScheduleProblem
from editorial.release_models import ReleaseItem


@dataclass(frozen=True)
class Prospect:
    """The facts of one page that decide the sentence. Moments are aware; `go_live_at` is what the latest text proposes."""

    live: bool
    expired: bool = False
    expire_at: datetime | None = None
    scheduled_at: datetime | None = None
    scheduled_expire_at: datetime | None = None
    approved_by: str = ""
    go_live_at: datetime | None = None
    draft_expire_at: datetime | None = None
    changed: bool = False
    waiting_for: str = ""
    sent_back_by: str | None = None
    problem: str = ""
    release: str = ""
    taken_down_at: datetime | None = None  # by a release


def moment(at: datetime) -> str:
    """`tisdag 24 november 07.30`, `Tuesday 24 November at 07:30`: Swedish time, the year where it is another one."""
    local, which = at.astimezone(zone()), which_of(at)
    swedish = (get_language() or "sv").startswith("sv")
    year = "" if local.year == timezone.now().astimezone(local.tzinfo).year else " Y"
    day = date_format(local, f"l j F{year}")
    text = f"{day} {local:%H.%M}" if swedish else f"{day} at {local:%H:%M}"
    if not which:
        return text
    season = gettext("standard time") if which == Which.WINTER else gettext("summer time")
    return f"{text} ({season})"


def in_words(facts: Prospect, now: datetime | None = None) -> str | None:
    """The sentence for a page; None when nothing is going to happen and nobody is waited for."""
    now = now or timezone.now()
    sentences = [_publication(facts, now), _review(facts, now), _expiry(facts, now)]
    return ". ".join(filter(None, sentences)) or None


def _publication(facts: Prospect, now: datetime) -> str:
    """What is approved and scheduled."""
    if not facts.scheduled_at:
        return ""
    at = {"time": moment(facts.scheduled_at), "name": facts.approved_by, "reason": facts.problem}
    if facts.problem:
        return gettext("Was to be published %(time)s but cannot be: %(reason)s") % at
    if facts.scheduled_at <= now:
        return gettext("Is being published now")
    text = gettext("A new version is published %(time)s") if facts.live else gettext("Published %(time)s")
    approval = gettext("approved by %(name)s") % at if facts.approved_by else ""
    return ", ".join(filter(None, [text % at, _in_release(facts), approval]))


def _in_release(facts: Prospect) -> str:
    return gettext("in the release “%(release)s”") % {"release": facts.release} if facts.release else ""


def _review(facts: Prospect, now: datetime) -> str:
    """Where a text is on its way, with the time that its author proposes."""
    proposed = facts.go_live_at if facts.changed and facts.go_live_at != facts.scheduled_at else None
    at = {"time": proposed and moment(proposed), "step": facts.waiting_for, "name": facts.sent_back_by}
    if facts.waiting_for:
        if proposed and proposed <= now:
            return (
                gettext("Proposed time %(time)s has passed, waiting for %(step)s. Whoever approves chooses a new one")
                % at
            )
        if proposed:
            return gettext("Proposed time %(time)s, waiting for %(step)s") % at
        return gettext("Waiting for %(step)s") % at
    if facts.sent_back_by is not None:
        return gettext("Sent back by %(name)s") % at if facts.sent_back_by else gettext("Sent back")
    if proposed:
        return gettext("Proposed time %(time)s, not sent in yet") % at
    return ""


def _expiry(facts: Prospect, now: datetime) -> str:
    """When the page is taken down, or that it has been."""
    if facts.live and facts.taken_down_at:
        text = gettext("Taken down %(time)s") % {"time": moment(facts.taken_down_at)}
        return f"{text}, {_in_release(facts)}"
    expire_at = facts.scheduled_expire_at or (facts.expire_at if facts.live else None)
    if facts.live and facts.expire_at and facts.expire_at <= now:
        return gettext("Expired")
    if expire_at and expire_at > now:
        return gettext("Taken down %(time)s") % {"time": moment(expire_at)}
    if facts.expired and not facts.live and not facts.scheduled_at and not facts.waiting_for:
        return gettext("Expired")
    if not facts.live and facts.draft_expire_at and facts.go_live_at:
        return gettext("Taken down %(time)s") % {"time": moment(facts.draft_expire_at)}
    return ""


def stored_time(value) -> datetime | None:
    """A moment as a revision keeps it, as text."""
    return parse_datetime(value) if isinstance(value, str) else value


def _new_time(page, go_live_at: datetime | None) -> datetime | None:
    """The time that the latest text proposes. The time at which the live text once went public proposes nothing."""
    return None if page.live and go_live_at == page.go_live_at else go_live_at


def prospects(pages: Iterable[Page]) -> dict[int, Prospect]:
    """The facts of many pages, by page id, in six statements however many they are."""
    pages = list(pages)
    ids = [str(page.pk) for page in pages if page.pk]
    revisions = Revision.page_revisions.filter(object_id__in=ids)
    times = ("object_id", "pk", "approved_go_live_at", "content__go_live_at", "content__expire_at")
    scheduled = {
        row[0]: row
        for row in revisions.filter(approved_go_live_at__isnull=False)
        .order_by("-approved_go_live_at")
        .values_list(*times)
    }
    latest = {
        row[0]: row for row in revisions.filter(pk__in=[page.latest_revision_id for page in pages]).values_list(*times)
    }
    approvals = TaskState.objects.filter(
        revision__in=[row[1] for row in scheduled.values()], status=TaskState.STATUS_APPROVED
    ).select_related("finished_by")
    approved_by = {state.revision_id: str(state.finished_by or "") for state in approvals.order_by("finished_at")}
    states = WorkflowState.objects.filter(
        object_id__in=ids,
        base_content_type__app_label="wagtailcore",
        base_content_type__model="page",
        status__in=(WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES),
    ).select_related("current_task_state__task", "current_task_state__finished_by")
    current = {state.object_id: state for state in states.order_by("pk")}
    releases = {item.page_id: item for item in ReleaseItem.open().filter(page_id__in=ids).select_related("release")}
    problems = dict(ScheduleProblem.objects.filter(page_id__in=ids).values_list("page_id", "reason"))

    found = {}
    for page in pages:
        key = str(page.pk)
        _key, revision_id, at, _proposed, scheduled_expire = scheduled.get(key, (key, None, None, None, None))
        _key, _pk, _at, go_live_at, draft_expire = latest.get(key, (key, None, None, None, None))
        state = current.get(key)
        step = state.current_task_state if state else None
        released = releases.get(page.pk)
        waiting = state is not None and state.status == WorkflowState.STATUS_IN_PROGRESS
        found[page.pk] = Prospect(
            live=page.live,
            expired=page.expired,
            expire_at=page.expire_at,
            scheduled_at=at,
            scheduled_expire_at=stored_time(scheduled_expire),
            approved_by=approved_by.get(revision_id, ""),
            go_live_at=_new_time(page, stored_time(go_live_at)),
            draft_expire_at=stored_time(draft_expire),
            changed=page.has_unpublished_changes or not page.live,
            waiting_for=step.task.name if waiting and step else "",
            sent_back_by=str(step.finished_by or "") if state and step and not waiting else None,
            problem=problems.get(page.pk, "") or (released.release.problem if released else ""),
            release=released.release.name if released else "",
            taken_down_at=released.release.at if released and not released.publishes else None,
        )
    return found


def what_happens(page: Page, waiting_for: str = "") -> str | None:
    """What will happen to a page, in the active language; None when nothing will.

    `waiting_for` names a step that is being entered and not stored yet.
    """
    row = Page.objects.filter(pk=page.pk).first()  # the page may be a revision, whose dates are those of the text
    if row is None:
        return None
    facts = prospects([row])[row.pk]
    return in_words(replace(facts, waiting_for=waiting_for, sent_back_by=None) if waiting_for else facts)
