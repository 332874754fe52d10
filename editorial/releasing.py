"""What a release does at its moment, in one transaction, and how it is taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.log_actions import log
from wagtail.models import Page, WorkflowState

from core.guards import Refused, authorised_publication, head_of
from core.models import Stewardship
from core.tree_lock import hold_place, hold_tree
from editorial.later import keeping_later
from editorial.mail import caretakers, tell
from editorial.pulse import ScheduleProblem
from editorial.release import (
    NAMES,
    Stopped,
    give_time,
    held,
    in_words,
    items_of,
    keep_problem,
    may_change,
    objections,
    tell_problem,
)
from editorial.release_models import Release, ReleaseItem, is_waiting
from editorial.undo import bring_back, end_round, taking_back

# Carrying it out


def due() -> list[Release]:
    """The releases whose moment has come by the database's clock. One that failed lately waits for its next try."""
    found = Release.objects.filter(state=Release.State.PLANNED, at__lte=Now())
    return [release for release in found if not is_waiting(release)]


def next_tries() -> list[datetime]:
    """When each release that failed is tried again."""
    failed = Release.objects.filter(state=Release.State.PLANNED, tries__gt=0)
    return [release.try_again_at for release in failed]


def _changes_addresses(release_id: int) -> bool:
    items = ReleaseItem.objects.filter(release=release_id, page__isnull=False, revision__isnull=False)
    return any(slug != new for slug, new in items.values_list("page__slug", "revision__content__slug"))


def carry_out(pk: int) -> bool:
    """Carries a release out, in the transaction that it is called in. True if this call did it. Raises Stopped."""
    (hold_tree if _changes_addresses(pk) else hold_place)()
    waiting = Release.objects.filter(pk=pk, state=Release.State.PLANNED, at__lte=Now())
    if connection.features.has_select_for_update_skip_locked:
        waiting = waiting.select_for_update(skip_locked=True)
    release = waiting.first()
    if release is None or not claim_pages(release):
        return False
    items = items_of(release)
    if found := objections(items):
        raise Stopped(in_words(items, found))
    for item in items:
        _remember(item)
        with keeping_later(item.page, release.at):
            _act(item)
    now = timezone.now()
    mine = Release.objects.filter(pk=pk, state=Release.State.PLANNED)
    if not mine.update(state=Release.State.DONE, released_at=now, problem="", tries=0, last_tried=None):
        raise Stopped(gettext("The release has been carried out already."))
    release.items.update(is_open=False, problem="")
    ScheduleProblem.objects.filter(revision__in=[item.revision_id for item in items if item.publishes]).delete()
    log(instance=release, action="editorial.release.done", data={"items": len(items)})
    tell(_concerned(release, items), "released", release=release, count=len(items))
    return True


@contextmanager
def carried_out(release_id: int) -> Iterator[None]:
    """Inside, the database is as it will be after a release; afterwards it is as it was. Raises Refused and Stopped."""
    with transaction.atomic():
        release, moment = held(release_id), timezone.now() - timedelta(minutes=1)
        for item in release.items.filter(kind=ReleaseItem.Kind.PUBLISH, page__isnull=False).select_related("page"):
            give_time(item, release.at, moment)
        Release.objects.filter(pk=release_id).update(at=moment)
        if not carry_out(release_id):
            raise Refused(gettext("Somebody is at one of the pages just now. Try again in a moment."))
        yield
        transaction.set_rollback(True)


def claim_pages(release: Release) -> bool:
    """Holds every page of a release, in the order of their keys. False if someone holds one of them: tried again soon."""
    keys = set(release.items.exclude(page=None).values_list("page", flat=True))
    pages = Page.objects.filter(pk__in=keys).order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        pages = pages.select_for_update(skip_locked=True, of=("self",))
    return len({page.pk for page in pages}) == len(keys)


def _remember(item: ReleaseItem) -> None:
    """Keeps what is live before, for `undo`."""
    stewardship = Stewardship.objects.filter(page=item.page_id).first()
    item.previous_id = item.page.live_revision_id if item.page.live else None
    item.was_live = item.page.live
    item.is_first = item.page.first_published_at is None
    if stewardship:
        item.change_note, item.changed_at = stewardship.change_note or "", stewardship.changed_at
    item.save(update_fields=["previous", "was_live", "is_first", "change_note", "changed_at"])


def _act(item: ReleaseItem) -> None:
    if item.publishes:
        with authorised_publication():
            item.revision.publish(log_action=NAMES["publish"])
        if not Page.objects.filter(pk=item.page_id, live=True, live_revision=item.revision_id).exists():
            reason = gettext("its text names a later time")
            raise Stopped(f"“{item.title}”: {reason}")
    elif item.page.live:
        item.page.specific.unpublish(log_action=NAMES["unpublish"])


def _concerned(release: Release, items: list[ReleaseItem]) -> set:
    """Who made a release, who sent in what is in it, and who is responsible for it."""
    revisions = [item.revision_id for item in items if item.revision_id]
    states = WorkflowState.objects.filter(task_states__revision__in=revisions).select_related("requested_by")
    people = {release.created_by, *(state.requested_by for state in states)}
    for item in items:
        people |= caretakers(item.page, item.revision) if item.page else set()
    return people


def keep(pk: int, reason: str) -> None:
    """Leaves a release planned, says why, and tells once who is responsible."""
    with transaction.atomic():
        release = Release.objects.filter(pk=pk, state=Release.State.PLANNED).first()
        if release is None:
            return
        is_new = not release.tries
        items = items_of(release)
        found = objections(items)
        keep_problem(release, items, found)
        release.problem = release.problem or reason
        Release.objects.filter(pk=pk).update(
            problem=release.problem, tries=release.tries + 1, last_tried=timezone.now()
        )
        if is_new:
            tell_problem(release, items, found, "release_stopped")


# Taking it back


def why_stays(item: ReleaseItem) -> str:
    """Why the release can no longer be taken back because of an item, in words; an empty string where nothing is in the way."""
    page = item.page
    if page is None:
        return gettext("the page has been deleted")
    if _is_as_before(item):
        return ""
    if item.publishes and not page.live:
        return gettext("it has been taken down since")
    if item.publishes and page.live_revision_id != item.revision_id:
        return gettext("a newer version has been published since")
    if not item.publishes and page.live:
        return gettext("it has been published again since")
    return ""


def _is_as_before(item: ReleaseItem) -> bool:
    """Whether a page is already what it was, as when its publication alone was taken back."""
    before = (item.was_live, item.previous_id)
    return (item.page.live, item.page.live_revision_id if item.page.live else None) == before


@transaction.atomic
def undo(release_id: int, user, reason: str) -> Release:
    """Puts back what was live before a release, all of it or nothing. Raises ValidationError without a reason, and Refused."""
    if not may_change(user):
        raise PermissionDenied
    reason = (reason or "").strip()
    if not reason:
        raise ValidationError(gettext("Say why the release is taken back."))
    hold_tree()  # addresses may go back too
    release = held(release_id)
    if release.state != Release.State.DONE:
        raise Refused(gettext("There is nothing to take back: the release has not been carried out, or is taken back."))
    for key in sorted(release.items.exclude(page=None).values_list("page", flat=True)):
        head_of(Page(pk=key))
    items = items_of(release)[::-1]  # what went live last goes first
    if found := {item.pk: why for item in items if (why := why_stays(item))}:
        raise Refused(gettext("The release cannot be taken back: %(why)s") % {"why": in_words(items, found)})
    with taking_back():
        for item in items:
            if not _is_as_before(item):
                page = item.page.specific
                end_round(page, user)
                with keeping_later(page, timezone.now()):
                    bring_back(item, page, user, reason=reason, release=release.name)
    release.state, release.undone_at = Release.State.UNDONE, timezone.now()
    release.undone_by, release.reason = user, reason
    release.save(update_fields=["state", "undone_at", "undone_by", "reason"])
    log(instance=release, action="editorial.release.undone", user=user, data={"reason": reason})
    people = _concerned(release, items) - {user}
    tell(people, "release_undone", release=release, by=user, count=len(items))
    return release
