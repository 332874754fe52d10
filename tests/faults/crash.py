"""Kills a process before and after each SQL statement of an act, and says whether it was ever half done.

`python -m tests.faults.crash ACT EVERY` tries every so many of the points. Prints how many points there were, and what
the database said after each that was tried: `before`, `after`, or what stood there otherwise.
"""

import os
import signal
import sys
import uuid
from datetime import timedelta

import django


def plan(act: str):
    """A page that the act is about, and the act."""
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
    now, name = timezone.now(), f"crash-{uuid.uuid4().hex}"
    if act == "expire":
        page = make_page(author=keeper, slug=name, title=name)
        Page.objects.filter(pk=page.pk).update(expire_at=now - timedelta(seconds=1))
        return page.pk, schedule.run_due
    moment = now - timedelta(seconds=1) if act == "publish" else whole_minutes(now + timedelta(days=1))
    page = make_page(live=False, author=keeper, slug=name, title=name, go_live_at=moment)
    Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=moment)
    if act == "publish":
        return page.pk, schedule.run_due
    to = moment + timedelta(hours=1)
    return page.pk, lambda: reschedule(page.pk, keeper, Lane.PUBLISH, moment, to)


def state(pk: int) -> tuple:
    """All that an act writes about a page."""
    from post_office.models import Email
    from wagtail.models import Page, PageLogEntry, Revision

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
        SearchDocument.objects.filter(page_id=pk).exists(),
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


def main(name: str, every: int) -> None:
    django.setup()
    _twin, act = plan(name)
    before_twin = state(_twin)
    act()
    after_twin = state(_twin)
    assert before_twin != after_twin, "nothing happened"
    pk, act = plan(name)
    before = state(pk)
    tried, point = [], 0
    while try_at(point, act):
        now = state(pk)
        if now == before:
            tried.append("before")
        elif same(now, after_twin, before, before_twin):
            tried.append("after")
            pk, act = plan(name)
            before = state(pk)
        else:
            tried.append(repr(now))
        point += every
    print("points", point, "outcomes", sorted(set(tried)), "tried", len(tried))
    assert set(tried) <= {"before", "after"}, tried
    assert same(state(pk), after_twin, before, before_twin), state(pk)


def same(now: tuple, after_twin: tuple, before: tuple, before_twin: tuple) -> bool:
    """Whether what changed is what changed of the twin."""
    return [one != other for one, other in zip(now, before, strict=True)] == [
        one != other for one, other in zip(after_twin, before_twin, strict=True)
    ]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
