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
from wagtail.log_actions import log
from wagtail.models import Page, Revision

from core.guards import authorised_publication
from core.tree_lock import hold_place
from editorial import release
from editorial.checklist import check
from editorial.later import keeping_later
from editorial.mail import tell_about_problem, tell_about_publication
from editorial.pulse import ScheduleProblem
from editorial.release_models import Release, ReleaseItem

logger = logging.getLogger(__name__)


@dataclass(frozen=True, order=True)
class Due:
    """Something whose moment has come. Sorted by moment; at the same moment pages are taken down first."""

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
    expired = Page.objects.filter(live=True, expire_at__lte=Now())
    items = [Due(moment, 1, "publish", pk) for pk, moment in revisions.values_list("pk", "approved_go_live_at")]
    items += [Due(moment, 0, "expire", pk) for pk, moment in expired.values_list("pk", "expire_at")]
    items += [Due(each.at, 1, "release", each.pk) for each in release.due()]
    return sorted(items)


def next_moment() -> datetime | None:
    """The next moment at which something will be due, or None."""
    moments = [
        Revision.page_revisions.filter(approved_go_live_at__gt=Now()).aggregate(at=Min("approved_go_live_at"))["at"],
        Page.objects.filter(live=True, expire_at__gt=Now()).aggregate(at=Min("expire_at"))["at"],
        *(problem.try_again_at for problem in ScheduleProblem.objects.all()),
        Release.objects.filter(state=Release.State.PLANNED, at__gt=Now()).aggregate(at=Min("at"))["at"],
        *release.next_tries(),
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


def run(item: Due, limit: Callable[[], AbstractContextManager] = nullcontext) -> bool:
    """Carries one item out in a transaction of its own. True if this call did it. A bad page raises nothing.

    `limit` is entered for what is about one page, and may end it with an exception.

    Raises OperationalError or InterfaceError when it is the database that fails.
    """
    act = {"publish": publish, "expire": expire, "release": release.carry_out}[item.kind]
    try:
        with transaction.atomic(), nullcontext() if item.kind == "release" else limit():
            return act(item.pk)
    except (OperationalError, InterfaceError):
        raise
    except ValidationError as error:
        reason = "; ".join(error.messages)
    except Exception as error:  # whatever is wrong with this page must not hold up the others
        logger.exception("%s %s failed", item.kind, item.pk)
        reason = str(error) or type(error).__name__
    if item.kind == "publish":
        keep(item.pk, reason)
    elif item.kind == "release":
        release.keep(item.pk, reason)
    return False


def publish(pk: int) -> bool:
    scheduled = Revision.page_revisions.filter(pk=pk, approved_go_live_at__lte=Now())
    revision = scheduled.first()
    if revision is None or not claim(int(revision.object_id)):
        return False
    revision = scheduled.first()  # whoever held the page before may have been here
    if revision is None:
        return False
    page = revision.as_object()
    if page.expire_at and page.expire_at <= timezone.now():
        return pass_over(revision, page)
    page.full_clean()
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
    if not claim(pk):
        return False
    page = Page.objects.filter(pk=pk, live=True, expire_at__lte=Now()).first()
    if page is None:
        return False
    with keeping_later(page, page.expire_at):
        page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return True


def keep(revision_pk: int, reason: str) -> None:
    """Leaves the page scheduled, says why, and tells whoever is responsible once."""
    with transaction.atomic():
        revision = Revision.objects.filter(pk=revision_pk).first()
        if revision and ScheduleProblem.note(revision, int(revision.object_id), reason):
            tell_about_problem(revision, reason)


def run_due(go_on: Callable[[], bool] = lambda: True, limit: Callable[[], AbstractContextManager] = nullcontext) -> int:
    """Carries out all that is due now, in order, while `go_on()` is true. Returns how many items this call did."""
    done = 0
    for item in due():
        if not go_on():
            break
        done += run(item, limit)
    return done
