"""PostgreSQL wakes a worker that sleeps: what is due in a second is not slept over, nor is mail, nor a lost connection."""

import threading
import time

import psycopg
import pytest

from editorial.waking import DUE, MAIL, Stop
from tests.faults.installation import ALIVE_NAMES, installed
from tests.servers import until

LATE = """SELECT extract(epoch FROM entry.timestamp - page.go_live_at)
          FROM wagtailcore_pagelogentry entry JOIN wagtailcore_page page ON page.id = entry.page_id
          WHERE page.slug LIKE '{name}-%' AND entry.action = 'wagtail.publish.scheduled'"""
SOON = """UPDATE wagtailcore_revision SET approved_go_live_at = moment,
                 content = jsonb_set(content, '{go_live_at}', to_jsonb(moment::text))
          FROM (SELECT now() + interval '1 second' AS moment) soon WHERE approved_go_live_at IS NOT NULL"""
HEARS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query IN ('LISTEN kollegiet_due', 'SELECT 1')"
MAIL_ROW = """INSERT INTO post_office_email (from_email, "to", cc, bcc, subject, message, html_message, status, priority, created,
                                         last_updated, backend_alias)
          VALUES ('a@example.com', 'b@example.com', '', '', 'Hej', 'Hej', '', 2, 1, now(), now(), '')"""
SENT = "SELECT count(*) FROM post_office_email WHERE status = 0"
TOLERATED = 1.5  # seconds; a worker that looks for itself does so every five


@pytest.fixture(scope="module")
def asleep(tmp_path_factory, django_db_setup):
    """An installation whose worker has nothing to do and listens."""
    with installed(tmp_path_factory.mktemp("asleep"), "postgres") as made:
        made.work()
        until(lambda: made.rows(ALIVE_NAMES) and made.rows(HEARS), what="a worker that listens")
        yield made


def lateness(asleep, name: str) -> float:
    """How much too late a page goes live that was planned for later and is set to a second hence."""
    asleep.plan(name=name, number=1, expiring=0, delay=3600)
    with psycopg.connect(asleep.url, autocommit=True) as database:
        database.execute(SOON)
    return until(lambda: asleep.rows(LATE, name=name), what="the publication")[0]


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["tidig", "sen"])
def test_what_somebody_sets_to_a_second_hence_is_not_slept_over(asleep, name):
    assert lateness(asleep, name) < TOLERATED


@pytest.mark.postgres
@pytest.mark.django_db
def test_mail_is_sent_when_it_is_written(asleep):
    with psycopg.connect(asleep.url, autocommit=True) as database:
        for number in range(3):
            sent = asleep.rows(SENT)[0]
            database.execute(MAIL_ROW)
            until(lambda sent=sent: asleep.rows(SENT)[0] > sent, TOLERATED, what=f"mail {number}")


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_connection_that_is_lost_is_made_anew(asleep):
    (before,) = asleep.rows(HEARS)
    with psycopg.connect(asleep.url, autocommit=True) as database:
        database.execute("SELECT pg_terminate_backend(%s)", [before])
    until(lambda: (now := asleep.rows(HEARS)) and now != [before], what="another connection")
    assert lateness(asleep, "efter") < TOLERATED


def test_a_ring_between_the_look_and_the_sleep_is_heard():
    stop = Stop()
    heard = stop.rung[DUE]
    stop.ring(DUE)
    began = time.monotonic()
    stop.wait(30, DUE, heard)
    assert time.monotonic() - began < 5


def test_what_sends_mail_is_not_woken_by_what_is_due():
    stop = Stop()
    heard, began = stop.rung[MAIL], time.monotonic()
    stop.ring(DUE)
    stop.wait(0.2, MAIL, heard)
    assert time.monotonic() - began >= 0.2
    stop.ring(MAIL)
    stop.wait(30, MAIL, heard)
    assert time.monotonic() - began < 10


def test_everyone_who_sleeps_is_woken_to_stop():
    stop = Stop()
    sleepers = [threading.Thread(target=stop.wait, args=(30,)) for _sleeper in range(3)]
    for sleeper in sleepers:
        sleeper.start()
    stop.set()
    for sleeper in sleepers:
        sleeper.join(5)
    assert not any(sleeper.is_alive() for sleeper in sleepers)


@pytest.mark.postgres
@pytest.mark.django_db
def test_only_what_is_due_or_to_be_sent_wakes(asleep):
    """A page that is saved, as most are, with no time, wakes nobody."""
    with psycopg.connect(asleep.url, autocommit=True) as database:
        database.execute("LISTEN kollegiet_due")
        database.execute("UPDATE wagtailcore_page SET live = live, expire_at = expire_at, title = title")
        assert not list(database.notifies(timeout=0.5))
        database.execute("UPDATE wagtailcore_page SET expire_at = now() + interval '1 day' WHERE live")
        assert [said.payload for said in database.notifies(timeout=5, stop_after=1)] == [DUE]
        database.execute("UPDATE wagtailcore_page SET expire_at = NULL")
        database.execute(MAIL_ROW)
        assert [said.payload for said in database.notifies(timeout=5, stop_after=1)] == [MAIL]
