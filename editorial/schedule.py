"""Publishes and takes down pages when their time has come: each exactly once, whoever else is at it.

Wagtail's own `publish_scheduled` stops at the first page that cannot be saved and then loses its schedule, publishes
twice where two run, and lets an expiry wipe out a version that is scheduled for later.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Min, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from core.guards import authorised_publication
from core.last import last_things
from core.tree_lock import hold_place
from editorial import releasing
from editorial.checklist import check
from editorial.later import keeping_later
from editorial.mail import tell_about_problem, tell_about_publication
from editorial.pulse import Attempt, ScheduleProblem
from editorial.release_models import Release, ReleaseItem

logger = logging.getLogger(__name__)

FIRST = 1  # seconds that one page may take at its first tries, where a database has one writer
LONGEST = 10  # seconds that one page may take at most
EACH = 2  # seconds that a release may take for each of its pages

Limit = Callable[[float], AbstractContextManager]  # ends what is inside with an exception after so many seconds


@dataclass(frozen=True, order=True)
class Due:
    """Something whose moment has come.

    Sorted by moment; at the same moment pages are taken down first. What somebody has begun with comes after all else.
    """

    is_begun: bool
    moment: datetime
    order: int
    kind: str
    pk: int


def due() -> list[Due]:
    """Everything that is due by the database's clock, in order. Pages that failed lately wait for their next try."""
    waiting = {
        problem.revision_id for problem in ScheduleProblem.objects.all() if problem.try_again_at > timezone.now()
    }
    released = ReleaseItem.open().filter(revision__isnull=False)  # these go live with their release
    revisions = Revision.page_revisions.filter(approved_go_live_at__lte=Now()).exclude(
        Q(pk__in=waiting) | Q(pk__in=released.values("revision"))
    )
    items = [(moment, 1, "publish", pk) for pk, moment in revisions.values_list("pk", "approved_go_live_at")]
    items += [(moment, 0, "expire", pk) for pk, moment in _expired().values_list("pk", "expire_at")]
    items += [(each.at, 1, "release", each.pk) for each in releasing.due()]
    begun = {(attempt.kind, attempt.key): attempt.is_waiting for attempt in Attempt.objects.all()}
    return sorted(Due(item[2:] in begun, *item) for item in items if not begun.get(item[2:]))


def _expired():
    """The live pages whose time is over by the database's clock."""
    return Page.objects.filter(live=True, expire_at__lte=Now()).order_by()


def next_moment() -> datetime | None:
    """The next moment at which something will be due, or None."""
    moments = [
        Revision.page_revisions.filter(approved_go_live_at__gt=Now()).aggregate(at=Min("approved_go_live_at"))["at"],
        Page.objects.filter(live=True, expire_at__gt=Now()).aggregate(at=Min("expire_at"))["at"],
        *(problem.try_again_at for problem in ScheduleProblem.objects.all()),
        Release.objects.filter(state=Release.State.PLANNED, at__gt=Now()).aggregate(at=Min("at"))["at"],
        *releasing.next_tries(),
    ]
    return min((moment for moment in moments if moment and moment > timezone.now()), default=None)


def claim(page_id: int) -> bool:
    """Holds a page until the end of the transaction. False if another worker holds it or it is gone.

    The page, not what is due on it: an expiry and a publication of one page never run side by side. On SQLite a
    transaction has the database's only write lock from its first statement.
    """
    hold_place()
    page = Page.objects.filter(pk=page_id)
    if connection.features.has_select_for_update_skip_locked:
        page = page.select_for_update(skip_locked=True, of=("self",))
    return page.order_by().first() is not None


def page_of(item: Due) -> int | None:
    """The key of the page that something due is about; None if it is due no more."""
    if item.kind == "expire":
        return _expired().filter(pk=item.pk).values_list("pk", flat=True).first()
    key = Revision.page_revisions.filter(pk=item.pk, approved_go_live_at__lte=Now()).values_list("object_id", flat=True)
    return next((int(page) for page in key), None)


def seconds_for(item: Due, problem: ScheduleProblem | None = None) -> float:
    """How long it may take. Where a database has one writer everybody waits for what hangs, so the first tries are short."""
    if item.kind == "release":
        return max(LONGEST, EACH * ReleaseItem.objects.filter(release=item.pk).count())
    if connection.features.has_select_for_update_skip_locked:
        return LONGEST
    return min(LONGEST, FIRST * 2 ** max(0, problem.tries - 2)) if problem else FIRST


def no_limit(seconds: float) -> AbstractContextManager:
    return nullcontext()


def run(item: Due, limit: Limit = no_limit) -> bool:
    """Carries one item out in a transaction of its own. True if this call did it. A bad page raises nothing.

    `limit` may end with an exception what takes too long. Raises OperationalError or InterfaceError when it is the database
    that fails.
    """
    if item.kind != "release" and page_of(item) is None:  # another worker has been at it since this one looked
        return False
    attempt = Attempt.begin(item.kind, item.pk)
    if attempt is None:
        return False
    problem = ScheduleProblem.objects.filter(revision=item.pk).first() if item.kind == "publish" else None
    if problem and problem.try_again_at > timezone.now():  # another worker has tried since this one looked what is due
        attempt.give_up()
        return False
    if attempt.has_crashed:
        failed(item, attempt, gettext("The worker was cut off twice while it was at it."))
        return False
    seconds = seconds_for(item, problem)
    try:
        with transaction.atomic(), last_things():
            done = carry_out(item, limit, seconds)
            if done:
                attempt.end()
    except (OperationalError, InterfaceError):
        raise
    except ValidationError as error:
        reason = "; ".join(error.messages)
    except Exception as error:  # whatever is wrong with this page must not hold up the others
        logger.exception("%s %s failed", item.kind, item.pk)
        reason = str(error) or type(error).__name__
    else:
        if not done:
            attempt.give_up()
        return done
    failed(item, attempt, reason)
    return False


def carry_out(item: Due, limit: Limit, seconds: float) -> bool:
    if item.kind == "release":
        with limit(seconds):
            return releasing.carry_out(item.pk)
    page = page_of(item)
    if page is None or not claim(page):
        return False
    with limit(seconds):  # not for what others hold
        return (publish if item.kind == "publish" else expire)(item.pk)


def failed(item: Due, attempt: Attempt, reason: str) -> None:
    """Leaves it to be tried again, later each time."""
    with transaction.atomic():
        if item.kind == "expire":  # readers do not see it, whatever becomes of it
            attempt.wait()
            return
        (keep if item.kind == "publish" else releasing.keep)(item.pk, reason)
        attempt.end()


def publish(pk: int) -> bool:
    """Publishes a revision whose page is held. False if whoever held the page before has been here."""
    revision = Revision.page_revisions.filter(pk=pk, approved_go_live_at__lte=Now()).first()
    if revision is None:
        return False
    page = revision.as_object()
    if page.expire_at and page.expire_at <= timezone.now():
        return pass_over(revision, page)
    # What can turn since the approval holds nothing back: a link that leads nowhere any more is not shown as one.
    if stops := check(page).stops(except_for=lambda rule: rule.may_turn):
        raise ValidationError(stops)
    with keeping_later(page, revision.approved_go_live_at), authorised_publication():
        revision.publish(log_action="wagtail.publish.scheduled")
    ScheduleProblem.objects.filter(revision=revision).delete()
    tell_about_publication(revision)
    return True


def pass_over(revision, page) -> bool:
    """A page whose whole window went by while nothing ran is not shown, not even for a moment. It ends as it would have."""
    with keeping_later(page, revision.approved_go_live_at):
        row = Page.objects.get(pk=page.pk).specific
        if row.live:
            row.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
        else:
            Page.objects.filter(pk=page.pk).update(expired=True)
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
    log(instance=page, action="editorial.schedule.missed", revision=revision)
    ScheduleProblem.objects.filter(revision=revision).delete()
    return True


def expire(pk: int) -> bool:
    """Takes down a page that is held. False if it is down, or has more time."""
    page = _expired().filter(pk=pk).first()
    if page is None:
        return False
    with keeping_later(page, page.expire_at):
        page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


def keep(revision_pk: int, reason: str) -> None:
    """Leaves the page scheduled, says why, and tells whoever is responsible once."""
    revision = Revision.objects.filter(pk=revision_pk).first()
    if revision and ScheduleProblem.note(revision, int(revision.object_id), reason):
        tell_about_problem(revision, reason)


def run_due(go_on: Callable[[], bool] = lambda: True, limit: Limit = no_limit) -> int:
    """Carries out all that is due now, in order, while `go_on()` is true. Returns how many items this call did."""
    done = 0
    for item in due():
        if not go_on():
            break
        done += run(item, limit)
    return done
