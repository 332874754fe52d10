"""What a save, a publication and an approval cost here and in Wagtail alone: statements and milliseconds, as ratios in one run.

    make bench

Stock is Wagtail's own action on the same page without the guards: its revision, its publication of one, and its task's
approval with Wagtail's finish. All happen in a transaction that is taken back.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager, nullcontext

import django

ROUNDS = 20


@contextmanager
def stock():
    """Wagtail as it comes: its methods in the places of ours, nobody listening to its signals but itself."""
    from django.conf import settings
    from wagtail.actions.publish_page_revision import PublishPageRevisionAction
    from wagtail.actions.publish_revision import PublishRevisionAction
    from wagtail.models import AbstractGroupApprovalTask, Page
    from wagtail.signals import page_published, task_submitted, workflow_approved

    from core.guards import GuardedPage
    from core.models.pages import BasePage
    from editorial.models import FourEyesTask

    signals = (page_published, workflow_approved, task_submitted)
    receivers = [list(signal.receivers) for signal in signals]
    execute, finish = PublishPageRevisionAction.execute, settings.WAGTAIL_FINISH_WORKFLOW_ACTION
    names = ("save", "save_revision", "publish", "permissions_for_user")
    ours = {
        (owner, name): vars(owner)[name] for owner in (GuardedPage, BasePage) for name in names if name in vars(owner)
    }
    ours[FourEyesTask, "on_action"] = vars(FourEyesTask)["on_action"]
    try:
        PublishPageRevisionAction.execute = PublishRevisionAction.execute
        settings.WAGTAIL_FINISH_WORKFLOW_ACTION = "wagtail.workflows.publish_workflow_state"
        for owner, name in ours:
            setattr(owner, name, getattr(AbstractGroupApprovalTask if owner is FourEyesTask else Page, name))
        for signal in signals:
            signal.receivers = []
            signal.sender_receivers_cache.clear()
        yield
    finally:
        PublishPageRevisionAction.execute = execute
        settings.WAGTAIL_FINISH_WORKFLOW_ACTION = finish
        for (owner, name), method in ours.items():
            setattr(owner, name, method)
        for signal, kept in zip(signals, receivers, strict=True):
            signal.receivers = kept
            signal.sender_receivers_cache.clear()


def measure(act: Callable[[], None], before: Callable[[], None], way=nullcontext) -> tuple[int, float]:
    """`(statements, milliseconds of processor time)`: the median of ROUNDS, each taken back.

    What comes `before` is done as we do it; only the act itself is done in the `way` that is given.
    """
    from django.db import connection, reset_queries, transaction
    from django.test.utils import CaptureQueriesContext

    def once() -> tuple[int, float]:
        reset_queries()  # Django keeps some thousands, and counts no more
        with transaction.atomic():
            before()
            with way(), CaptureQueriesContext(connection) as captured:
                began = time.process_time()
                act()
                took = (time.process_time() - began) * 1000
            transaction.set_rollback(True)
        return len(captured), took

    once()
    found = [once() for _round in range(ROUNDS)]
    return found[0][0], statistics.median(took for _statements, took in found)


def compare() -> None:
    from articles.models import NewsPage
    from core.guards import authorised_publication
    from tests.world import make_page, make_user

    author, approver = make_user("author"), make_user("chief_editor")
    page = make_page(author=author)
    draft = {}

    def change() -> None:
        fresh = NewsPage.objects.get(pk=page.pk)
        fresh.title = f"{fresh.title} igen"
        fresh.save_revision(user=author)
        draft["page"] = NewsPage.objects.get(pk=page.pk)

    def publish() -> None:
        with authorised_publication():
            draft["page"].get_latest_revision().publish(user=approver)

    def send_in() -> None:
        change()
        draft["page"].get_workflow().start(draft["page"], author)
        draft["page"] = NewsPage.objects.get(pk=page.pk)

    def approve() -> None:
        fresh = draft["page"]
        fresh.current_workflow_task.on_action(fresh.current_workflow_task_state, approver, "approve")

    def approve_first() -> None:
        send_in()
        approve()
        draft["page"] = NewsPage.objects.get(pk=page.pk)

    acts = (
        ("one save of a draft", change, lambda: None),
        ("one publication", publish, change),
        ("the first approval", approve, send_in),
        ("the last, which publishes", approve, approve_first),
    )
    print(f"{'act':34}{'SQL':>5}{'ms':>8}{'SQL stock':>11}{'ms stock':>10}{'ratio':>8}")
    for name, act, before in acts:
        ours = measure(act, before)
        theirs = measure(act, before, stock)
        print(f"{name:34}{ours[0]:>5}{ours[1]:>8.1f}{theirs[0]:>11}{theirs[1]:>10.1f}{ours[1] / theirs[1]:>8.2f}")


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.test")
    django.setup()
    from django.db import transaction
    from django.utils import translation

    from tests.bench.bench import prepare

    prepare()
    translation.activate("sv")
    with transaction.atomic():
        compare()
        transaction.set_rollback(True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
