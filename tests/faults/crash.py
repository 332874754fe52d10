"""Kills a process before and after each SQL statement of an act, and says whether it was ever half done.

`python -m tests.faults.crash ACT EVERY` tries every so many of the points, or with `~20` so many at random. Prints how many
points there were, and what the database said after each that was tried: `before`, `after`, or what stood there otherwise.
"""

import itertools
import os
import random
import signal
import sys
import uuid
from collections.abc import Iterator
from datetime import timedelta

import django


def plan(act: str):
    """The keys of the pages that the act is about, and the act. `release 3` is about so many."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone
    from wagtail.models import Page, Revision

    from core.forms import whole_minutes
    from editorial import schedule
    from editorial.rescheduling import Lane, reschedule
    from tests.world import make_page

    keeper, _new = get_user_model().objects.get_or_create(
        username="crash", defaults={"email": "crash@example.com", "is_superuser": True}
    )
    act, _space, number = act.partition(" ")
    if act == "release":
        return plan_release(keeper, int(number)), schedule.run_due
    now, name = timezone.now(), f"crash-{uuid.uuid4().hex}"
    if act == "expire":
        page = make_page(author=keeper, slug=name, title=name)
        Page.objects.filter(pk=page.pk).update(expire_at=now - timedelta(seconds=1))
        return [page.pk], schedule.run_due
    moment = now - timedelta(seconds=1) if act == "publish" else whole_minutes(now + timedelta(days=1))
    page = make_page(live=False, author=keeper, slug=name, title=name, go_live_at=moment)
    Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=moment)
    if act == "publish":
        return [page.pk], schedule.run_due
    to = moment + timedelta(hours=1)
    return [page.pk], lambda: reschedule(page.pk, keeper, Lane.PUBLISH, moment, to)


def plan_release(keeper, number: int) -> list[int]:
    """A release that is due: new pages, new texts of live ones, translations, and pages that are taken down."""
    from django.db import transaction
    from django.utils import timezone
    from wagtail.models import Page, Revision

    from core.forms import whole_minutes
    from editorial import release
    from tests.world import make_page

    soon, keys = whole_minutes(timezone.now() + timedelta(days=2)), []
    with transaction.atomic():
        made = release.save(None, keeper, "crash", soon)
        for place in range(number):
            name, language = f"crash-{uuid.uuid4().hex}", ("sv", "en")[place % 5 == 2]
            is_down, is_new = place % 5 == 1, place % 5 != 3
            when = {} if is_down or not is_new else {"go_live_at": soon, "live": False}
            page = make_page(author=keeper, slug=name, title=name, language=language, **when)
            keys.append(page.pk)
            if is_down:
                release.add_unpublication(made.pk, keeper, page.pk)
                continue
            page = Page.objects.get(pk=page.pk).specific
            if not is_new:
                page.title, page.go_live_at = f"{name} igen", soon
                page.save_revision(user=keeper)
                page.refresh_from_db()
            Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=soon)
            release.add_publication(made.pk, keeper, page.latest_revision_id)
        release.start_now(made, keeper)
    return keys


def state(keys: list[int]) -> list[tuple]:
    """All that an act writes about pages, and about the release that they are in."""
    return [state_of(key) for key in keys]


def state_of(pk: int) -> tuple:
    from post_office.models import Email
    from wagtail.models import Page, PageLogEntry, Revision

    from editorial.models import ReleaseItem
    from search.models import SearchDocument

    page = Page.objects.get(pk=pk)
    revision = Revision.objects.get(pk=page.latest_revision_id)
    acts = PageLogEntry.objects.filter(page=pk).exclude(action__in=("wagtail.create", "wagtail.edit"))
    return (
        page.live,
        page.live_revision_id is not None,
        page.expired,
        revision.approved_go_live_at,
        revision.content["go_live_at"],
        page.go_live_at and page.go_live_at.isoformat(),
        acts.count(),
        Email.objects.filter(subject__contains=f"”{page.title}”").count(),
        list(SearchDocument.objects.filter(page_id=pk).values_list("version")),
        list(ReleaseItem.objects.filter(page=pk).values_list("is_open", "release__state")),
    )


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Deadly:
    """Kills the process at one of the points that the act comes by: before or after a statement, or the commit."""

    def __init__(self, point: int):
        self.left = point

    def passes(self) -> None:
        if self.left == 0:
            die()
        self.left -= 1

    def __call__(self, execute, sql, params, many, context):
        self.passes()
        result = execute(sql, params, many, context)
        self.passes()
        return result

    def commits(self, commit):
        def committed():
            self.passes()
            commit()
            self.passes()

        return committed


def try_at(point: int, act) -> bool:
    """Does the act in a process of its own that is killed at a point. False when it came to its end before."""
    from django.db import connection, connections

    connections.close_all()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    deadly = Deadly(point)
    connection.ensure_connection()
    connection._commit = deadly.commits(connection._commit)
    with connection.execute_wrapper(deadly):
        act()
    os._exit(0)


def count_points(act) -> int:
    """Does the act, and counts the points that it comes by."""
    from django.db import connection

    passed = []
    with connection.execute_wrapper(lambda execute, *args: (passed.append(1), execute(*args), passed.append(1))[1]):
        act()
    return len(passed)


def points(every: str, number: int) -> Iterator[int]:
    """Each so many of the points that an act comes by, until it ends before one; `~20` are so many at random."""
    if every.startswith("~"):
        yield from sorted(random.sample(range(number), int(every[1:])))
    else:
        yield from itertools.count(0, int(every))


def forget_what_is_planned() -> None:
    """What others have left scheduled, or hanging, is not what is tried here."""
    from wagtail.models import Revision

    Revision.objects.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=None)


def main(name: str, every: str) -> None:
    django.setup()
    forget_what_is_planned()
    twin, act = plan(name)
    before_twin = state(twin)
    number = count_points(act)
    after_twin = state(twin)
    assert before_twin != after_twin, "nothing happened"
    keys, act = plan(name)
    before = state(keys)
    tried = []
    for point in points(every, number):
        if not try_at(point, act):
            break
        forget_crashes()
        now = state(keys)
        if now == before:
            tried.append("before")
        elif same(now, after_twin, before, before_twin):
            tried.append("after")
            keys, act = plan(name)
            before = state(keys)
        else:
            tried.append(repr(now))
    else:
        act()
    print("points", number, "outcomes", sorted(set(tried)), "tried", len(tried))
    assert set(tried) <= {"before", "after"}, tried
    assert same(state(keys), after_twin, before, before_twin), state(keys)


def forget_crashes() -> None:
    """What takes workers with it is left alone for a while; here there is no time."""
    from editorial.models import Attempt

    Attempt.objects.all().delete()


def same(now: list[tuple], after_twin: list[tuple], before: list[tuple], before_twin: list[tuple]) -> bool:
    """Whether what changed is what changed of the twin."""
    return changes(before, now) == changes(before_twin, after_twin)


def changes(before: list[tuple], after: list[tuple]) -> list[list[bool]]:
    return [[one != other for one, other in zip(*pair, strict=True)] for pair in zip(before, after, strict=True)]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
