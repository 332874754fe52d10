"""A worker that is stopped in the middle of its work, as by a machine that falls asleep, and wakes up later."""

import os
import signal
import time
from pathlib import Path

import pytest

from editorial.worker import TookTooLong, time_limit
from tests.faults.installation import installed
from tests.faults.watcher import STOPS
from tests.servers import until

PROBLEMS = "SELECT count(*) FROM editorial_scheduleproblem"
SHOW = """
from django.db import connection
with connection.cursor() as cursor:
    print(cursor.execute("SHOW idle_in_transaction_session_timeout").fetchone())
"""
NUMBER = 6
EACH_ONCE = {"live": NUMBER, "published": [1] * NUMBER, "expired": [], "waiting": 0, "half": 0}


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def has_open(pid: int, name: str) -> bool:
    """Whether a process has a file of this name open."""
    return any(file.resolve().name == name for file in Path(f"/proc/{pid}/fd").iterdir())


def stopped_worker(installation):
    """A worker that has been stopped in the middle of one of some pages that are due."""
    installation.env["DJANGO_SETTINGS_MODULE"] = "tests.faults.watched"
    installation.plan(name="paus", number=NUMBER, expiring=0, delay=-1)
    installation.env[STOPS] = "paus-start-2"
    sleeper = installation.work()
    del installation.env[STOPS]
    until(lambda: is_stopped(sleeper.pid), what="its stop in the middle of a page")
    return sleeper


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_worker_that_is_stopped_in_the_middle_and_wakes_up_does_nothing_twice(kind, tmp_path, django_db_setup):
    with installed(tmp_path, kind) as installation:
        sleeper = stopped_worker(installation)
        try:
            other = installation.work()
            if kind == "postgres":  # it holds its page, and what it has read of the others is out of date
                until(lambda: installation.done("paus")["live"] == NUMBER - 1, what="the others' publication")
            else:  # it holds the only lock
                until(lambda: has_open(other.pid, "db.sqlite3"), what="the other's look at the database")
        finally:
            sleeper.send_signal(signal.SIGCONT)
        until(lambda: installation.done("paus") == EACH_ONCE, what=str(EACH_ONCE))
        assert installation.stop() == [0, 0]
        assert installation.done("paus") == EACH_ONCE
        assert installation.rows(PROBLEMS) == [0]


@pytest.mark.postgres
def test_what_a_stopped_worker_holds_is_taken_from_it(tmp_path, django_db_setup):
    """After two seconds here, a minute as it comes."""
    with installed(tmp_path, "postgres") as installation:
        assert "1min" in installation.manage("shell", "-c", SHOW)
        installation.env["DATABASE_URL"] += "?options=-c%20idle_in_transaction_session_timeout%3D2s"
        sleeper = stopped_worker(installation)
        try:
            installation.work()
            until(lambda: installation.done("paus")["live"] == NUMBER, what="the publication of all")
        finally:
            sleeper.send_signal(signal.SIGCONT)
        assert installation.stop() == [0, 0]
        assert installation.done("paus") == EACH_ONCE


def test_what_a_process_was_stopped_for_is_not_taken_for_slowness():
    child = os.fork()
    if not child:
        try:
            with time_limit(0.3):
                os.kill(os.getpid(), signal.SIGSTOP)
        except TookTooLong:
            os._exit(1)
        os._exit(0)
    try:
        began = time.monotonic()
        _pid, status = os.waitpid(child, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        until(lambda: time.monotonic() > began + 0.5, what="more time than it has")
    finally:
        os.kill(child, signal.SIGCONT)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
