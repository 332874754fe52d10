"""What happens at a time: once, on time, by whichever worker comes first, and for one page at a time."""

import signal
import socket
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision
from wagtail.signals import page_unpublished

from articles.models import NewsPage
from core.models import Stewardship
from core.visibility import is_public
from editorial import schedule
from editorial.pulse import ALIVE, Attempt, Lease, ScheduleProblem, Worker
from editorial.worker import seconds_to_sleep
from home.management.commands.work import prepare
from tests.faults.installation import ALIVE_NAMES
from tests.servers import until
from tests.world import make_image, make_page, make_user

pytestmark = pytest.mark.django_db

DEAD = f"{socket.gethostname()}:{2**22 + 1}"  # Linux gives no process a higher number than 2 ** 22


def ago(**kwargs):
    return timezone.now() - timedelta(**kwargs)


def ahead(**kwargs):
    return timezone.now() + timedelta(**kwargs)


def approved_for(page, moment, **fields):
    """A revision of the page that was approved for a moment, which may have passed since."""
    page = Page.objects.get(pk=page.pk).specific
    for name, value in {"go_live_at": moment, **fields}.items():
        setattr(page, name, value)
    revision = page.save_revision(user=None, clean=False)
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=moment)
    return Revision.objects.get(pk=revision.pk)


def published(page) -> int:
    """How many times it has gone live, as the log has it."""
    entries = PageLogEntry.objects.filter(page=page.pk, action__startswith="wagtail.publish")
    return entries.exclude(action="wagtail.publish.schedule").count()


def test_a_page_goes_live_when_its_time_has_come_and_not_before():
    page = make_page(live=False)
    approved_for(page, ahead(minutes=5))
    assert schedule.run_due() == 0
    Revision.objects.filter(object_id=str(page.pk)).update(approved_go_live_at=None)
    approved_for(page, ago(seconds=1))
    assert schedule.run_due() == 1
    assert is_public(page)
    assert published(page) == 1
    assert schedule.run_due() == 0
    assert published(page) == 1


def test_going_live_writes_one_entry_that_says_it_was_scheduled():
    page = make_page(live=False)
    approved_for(page, ago(seconds=1))
    schedule.run_due()
    entry = PageLogEntry.objects.get(page=page.pk, action__startswith="wagtail.publish")
    assert entry.action == "wagtail.publish.scheduled"


def test_a_page_is_taken_down_when_its_time_is_over():
    page = make_page()
    Page.objects.filter(pk=page.pk).update(expire_at=ago(seconds=1))
    assert schedule.run_due() == 1
    page.refresh_from_db()
    assert (page.live, page.expired) == (False, True)
    assert schedule.run_due() == 0


def test_an_expiry_leaves_what_is_approved_for_later():
    page = make_page()
    Page.objects.filter(pk=page.pk).update(expire_at=ago(seconds=1))
    later = approved_for(page, ahead(days=1), title="Nästa år", expire_at=None)
    schedule.run_due()
    later.refresh_from_db()
    assert later.approved_go_live_at is not None
    Revision.objects.filter(pk=later.pk).update(approved_go_live_at=ago(seconds=1))


def test_a_publication_leaves_what_is_approved_for_later():
    page = make_page(live=False)
    approved_for(page, ago(seconds=1))
    later = approved_for(page, ahead(days=1), title="Andra versionen")
    schedule.run_due()
    later.refresh_from_db()
    assert later.approved_go_live_at is not None
    page.refresh_from_db()
    assert page.live


def test_after_two_days_of_standstill_each_page_is_as_if_nothing_had_stopped():
    missed, due, replaced, gone = make_page(live=False), make_page(live=False), make_page(title="Gammal"), make_page()
    approved_for(missed, ago(hours=40), expire_at=ago(hours=2))
    approved_for(due, ago(hours=40), expire_at=ahead(days=3))
    approved_for(replaced, ago(hours=30), title="Ny", expire_at=ago(hours=1))
    Page.objects.filter(pk=gone.pk).update(expire_at=ago(hours=20))
    approved_for(gone, ago(hours=10), title="Tillbaka", expire_at=None)
    assert not is_public(missed)
    schedule.run_due()
    state = {
        page.pk: (page.live, page.expired)
        for page in Page.objects.filter(pk__in=[missed.pk, due.pk, replaced.pk, gone.pk])
    }
    assert state == {
        missed.pk: (False, True),
        due.pk: (True, False),
        replaced.pk: (False, True),
        gone.pk: (True, False),
    }
    assert published(missed) == 0  # not even for a moment
    assert Page.objects.get(pk=gone.pk).title == "Tillbaka"
    assert PageLogEntry.objects.filter(page=missed.pk, action="editorial.schedule.missed").count() == 1
    assert not schedule.due()


def test_a_page_that_cannot_be_published_stays_scheduled_and_holds_nobody_up(mailoutbox):
    keeper = make_user("author")
    wrong, right = make_page(live=False, title="Felaktig"), make_page(live=False)
    Stewardship.objects.filter(page_id=wrong.pk).update(responsible=keeper)
    revision = approved_for(wrong, ago(minutes=2), hero_image=make_image(), hero_alt="")
    approved_for(right, ago(minutes=1))
    assert schedule.run_due() == 1
    assert is_public(right)
    assert not is_public(wrong)
    revision.refresh_from_db()
    assert revision.approved_go_live_at is not None
    problem = ScheduleProblem.objects.get(page=wrong.pk)
    assert problem.tries == 1
    assert problem.reason
    assert [message.to for message in mailoutbox].count([keeper.email]) == 1


def test_what_failed_is_tried_again_more_and_more_seldom_and_told_once(mailoutbox):
    keeper, wrong = make_user("author"), make_page(live=False)
    Stewardship.objects.filter(page_id=wrong.pk).update(responsible=keeper)
    revision = approved_for(wrong, ago(minutes=2), hero_image=make_image(), hero_alt="")
    schedule.run_due()
    assert not schedule.due()  # it waits for its next try
    ScheduleProblem.objects.update(last_tried=ago(seconds=31))
    assert [item.pk for item in schedule.due()] == [revision.pk]
    schedule.run_due()
    problem = ScheduleProblem.objects.get()
    assert problem.tries == 2
    assert problem.try_again_at - problem.last_tried == timedelta(seconds=60)
    assert [message.to for message in mailoutbox].count([keeper.email]) == 1


def test_a_page_that_was_mended_goes_live_at_its_next_try():
    wrong = make_page(live=False)
    revision = approved_for(wrong, ago(minutes=2), hero_image=make_image(), hero_alt="")
    schedule.run_due()
    revision.content["hero_decorative"] = True
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)
    ScheduleProblem.objects.update(last_tried=ago(minutes=1))
    assert schedule.run_due() == 1
    assert is_public(wrong)
    assert not ScheduleProblem.objects.exists()


def test_a_page_whose_stored_content_is_broken_holds_nobody_up():
    broken, right = make_page(live=False), make_page(live=False)
    revision = approved_for(broken, ago(minutes=2))
    Revision.objects.filter(pk=revision.pk).update(content={"pk": broken.pk, "content_type": 10**6})
    approved_for(right, ago(minutes=1))
    schedule.run_due()
    assert is_public(right)
    assert ScheduleProblem.objects.filter(page=broken.pk).exists()


def test_what_a_worker_died_with_comes_after_all_else_that_is_due():
    first, second = make_page(live=False), make_page(live=False)
    left, other = approved_for(first, ago(minutes=2)), approved_for(second, ago(minutes=1))
    Attempt.objects.create(kind="publish", key=left.pk, owner=DEAD)
    assert [item.pk for item in schedule.due()] == [other.pk, left.pk]
    assert schedule.run_due() == 2
    assert not Attempt.objects.exists()


def test_what_two_workers_died_with_waits_and_says_why(mailoutbox):
    keeper, page = make_user("author"), make_page(live=False)
    Stewardship.objects.filter(page_id=page.pk).update(responsible=keeper)
    revision = approved_for(page, ago(minutes=2))
    Attempt.objects.create(kind="publish", key=revision.pk, owner=DEAD, number=2)
    schedule.run_due()
    assert not is_public(page)
    assert ScheduleProblem.objects.get(page=page.pk).reason
    assert [message.to for message in mailoutbox].count([keeper.email]) == 1
    ScheduleProblem.objects.update(last_tried=ago(minutes=1))
    schedule.run_due()
    assert is_public(page)


def test_what_another_worker_is_at_is_left_to_it_until_nothing_has_been_heard_of_it():
    page = make_page(live=False)
    revision = approved_for(page, ago(minutes=1))
    attempt = Attempt.objects.create(kind="publish", key=revision.pk, owner="elsewhere:1")
    schedule.run_due()
    assert not is_public(page)
    Attempt.objects.filter(pk=attempt.pk).update(began_at=ago(seconds=13))
    schedule.run_due()
    assert is_public(page)


def test_what_another_worker_has_just_failed_at_is_not_tried_again_at_once():
    page = make_page(live=False)
    revision = approved_for(page, ago(minutes=1))
    seen = schedule.due()[0]
    ScheduleProblem.note(revision, page.pk, "Fel.")
    assert not schedule.run(seen)
    assert not is_public(page)
    assert ScheduleProblem.objects.get().tries == 1


def test_a_worker_begins_without_asking_a_database_that_may_be_away(django_assert_num_queries):
    with django_assert_num_queries(0):
        prepare()


def test_what_takes_too_long_has_longer_at_its_later_tries():
    page = make_page(live=False)
    revision = approved_for(page, ago(minutes=1))
    item, seconds = schedule.due()[0], []
    for _try in range(5):
        seconds.append(schedule.seconds_for(item, ScheduleProblem.objects.first()))
        ScheduleProblem.note(revision, page.pk, "It took longer.")
    one_writer = not connection.features.has_select_for_update_skip_locked
    assert seconds == ([1, 1, 1, 2, 4] if one_writer else [10] * 5)


def test_an_expiry_that_fails_is_tried_again_more_and_more_seldom():
    def fails(instance, **kwargs):
        raise RuntimeError(instance.title)

    page, right = make_page(), make_page(live=False)
    Page.objects.filter(pk=page.pk).update(expire_at=ago(minutes=2))
    approved_for(right, ago(minutes=1))
    page_unpublished.connect(fails)
    try:
        schedule.run_due()
        assert is_public(right)
        assert not schedule.due()
        Attempt.objects.update(began_at=ago(seconds=31))
        schedule.run_due()
        Attempt.objects.update(began_at=ago(seconds=31))
        assert not schedule.due()  # twice as long the second time
    finally:
        page_unpublished.disconnect(fails)
    Attempt.objects.update(began_at=ago(seconds=61))
    schedule.run_due()
    assert not Page.objects.get(pk=page.pk).live
    assert not Attempt.objects.exists()


def test_the_worker_sleeps_until_the_next_moment_and_never_long():
    assert seconds_to_sleep() == 1.0
    approved_for(make_page(live=False), ahead(seconds=0.4))
    assert 0 < seconds_to_sleep() <= 0.4


def test_what_came_due_while_a_worker_did_something_is_not_slept_over():
    approved_for(make_page(live=False), ago(seconds=1))
    assert seconds_to_sleep() == 1.0  # somebody else may be at it
    assert seconds_to_sleep(done=1) == 0


def test_a_lease_has_one_owner_and_is_lost_when_it_runs_out():
    assert Lease.take("outbox", "a", 60)
    assert not Lease.take("outbox", "b", 60)
    assert Lease.take("outbox", "a", 60)  # renewed
    Lease.objects.update(until=ago(seconds=1))
    assert Lease.take("outbox", "b", 60)
    Lease.release("outbox", "a")  # not its to give
    assert not Lease.take("outbox", "a", 60)
    Lease.release("outbox", "b")
    assert Lease.take("outbox", "a", 60)


def test_a_worker_is_alive_for_half_a_minute_after_its_last_sign():
    Worker.beat("a")
    assert Worker.alive().count() == 1
    Worker.objects.update(seen_at=timezone.now() - ALIVE - timedelta(seconds=1))
    assert not Worker.alive().exists()


def test_a_live_page_keeps_its_text_until_the_new_one_is_due():
    page = make_page(NewsPage, title="Före")
    approved_for(page, ahead(hours=1), title="Efter")
    schedule.run_due()
    assert Page.objects.get(pk=page.pk).title == "Före"


# Workers in processes of their own, on each kind of database.


def test_several_workers_of_which_one_is_killed_do_each_item_exactly_once(installation):
    workers = [installation.work() for _worker in range(3)]
    until(lambda: len(installation.rows(ALIVE_NAMES)) == 3, what="three workers")
    installation.plan(name="gang", number=12, expiring=6, delay=2)
    until(lambda: installation.done("gang")["live"] > 0, what="the first publication")
    workers[0].kill()
    wanted = {"live": 12, "published": [1] * 12, "expired": [1] * 6, "waiting": 0, "half": 0}
    until(lambda: installation.done("gang") == wanted, what=str(wanted))
    assert installation.stop() == [-signal.SIGKILL, 0, 0]
    assert len(installation.rows(ALIVE_NAMES)) == 1  # an orderly end leaves no row behind; the killed one's ages
    assert installation.done("gang") == wanted


def test_a_worker_that_is_killed_in_the_middle_leaves_all_or_nothing(installation):
    installation.plan(name="mitt", number=30, expiring=0, delay=-1)
    while (before := installation.done("mitt"))["live"] < 6:
        worker = installation.work()
        until(lambda before=before: installation.done("mitt") != before, what="a publication")
        worker.kill()
        worker.wait()
        now = installation.done("mitt")
        assert now["half"] == 0
        assert now["published"] == [1] * now["live"]
        assert now["live"] + now["waiting"] == 30
    installation.workers.clear()
    installation.work()
    wanted = {"live": 30, "published": [1] * 30, "expired": [], "waiting": 0, "half": 0}
    until(lambda: installation.done("mitt") == wanted, what=str(wanted))


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True)
def test_a_worker_compiles_dictionaries_that_its_machine_lacks_before_anything_is_due(installation):
    (installation.folder / "lexicon").unlink()
    installation.work()
    until(lambda: len(list((installation.folder / "lexicon").glob("*.bin"))) == 2, 180, what="the dictionaries")
    installation.stop()
