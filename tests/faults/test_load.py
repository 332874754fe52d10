"""Many due items, several workers that keep being killed, bad pages, a receiver and a mail server that hang."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass

import psycopg
import pytest

from dev import end_with_parent
from tests.faults.installation import installed
from tests.servers import ROOT, until

LONG = os.environ.get("FAULTS") == "long"
ITEMS, SECONDS = (1000, 100) if LONG else (40, 8)
AT_ONCE = 100 if LONG else 20
ONE_INVALID_IN = 50 if LONG else 20
RESTARTS = 60 if LONG else 8  # seconds during which the database drops everyone, every so often
LOST_EVERY = 7 if LONG else 3

CRASHES = {"publish": "23", "expire": "23", "reschedule": "23", "release 3": "~6"}  # acts, and at which points
if LONG:
    CRASHES = {"publish": "1", "expire": "1", "reschedule": "1", "release 3": "1", "release 200": "~20"}

MAKE = """
from django.db import transaction
from core.models import User
from tests.world import make_image, make_page
keeper, _new = User.objects.get_or_create(username="keeper", defaults={{"email": "keeper@example.com"}})
image = make_image()
names = [f"{name}-{{number}}" for number in range({number})]
wrong = set(names[::{invalid}]) if {invalid} else set()
with transaction.atomic():
    for slug in [*names, *{more}]:
        page = make_page(live=False, slug=slug, title=slug, author=keeper)
        if slug in wrong:
            page.hero_image, page.hero_alt = image, ""
            page.save_revision(clean=False)
"""
APPROVE = """
from datetime import timedelta
from django.utils import timezone
from wagtail.models import Page, Revision
names = [*(f"{name}-{{number}}" for number in range({number})), *{more}]
made = dict(Page.objects.filter(slug__in=names).values_list("slug", "latest_revision"))
found = Revision.objects.in_bulk(made.values())
made = [found[made[name]] for name in names]
start = timezone.now() + timedelta(seconds={delay})
for place, revision in enumerate(made):
    moment = start + timedelta(seconds={seconds} * (place % {number}) / {number})
    revision.content["go_live_at"] = moment.isoformat()
    revision.approved_go_live_at = moment
Revision.objects.bulk_update(made, ["content", "approved_go_live_at"], batch_size=100)
"""
CLOCK = {
    "postgres": "extract(epoch FROM entry.timestamp - page.go_live_at)",
    "sqlite": "(julianday(entry.timestamp) - julianday(page.go_live_at)) * 86400",
}
LATENESS = """SELECT {clock} FROM wagtailcore_pagelogentry entry JOIN wagtailcore_page page ON page.id = entry.page_id
              WHERE page.slug LIKE '{name}-%' AND entry.action = 'wagtail.publish.scheduled'"""
COUNTS = {
    "live": "SELECT slug FROM wagtailcore_page WHERE live AND slug LIKE '{name}-%'",
    "log": """SELECT page.slug FROM wagtailcore_pagelogentry entry JOIN wagtailcore_page page ON page.id = entry.page_id
              WHERE page.slug LIKE '{name}-%' AND entry.action = 'wagtail.publish.scheduled'""",
    "signals": "SELECT slug FROM watched_signal WHERE slug LIKE '{name}-%'",
}
MAIL = "SELECT subject FROM post_office_email WHERE subject LIKE '%{name}-%' AND subject LIKE '%är publicerad'"
PROBLEMS = """SELECT page.slug FROM editorial_scheduleproblem problem JOIN wagtailcore_page page ON page.id = problem.page_id
              WHERE page.slug LIKE '{name}-%'"""


@dataclass
class Herd:
    """Workers on an installation, of which one is killed every so often."""

    made: object
    process: subprocess.Popen

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=60)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)


@contextlib.contextmanager
def herd_with(
    made, name: str, number: int, seconds: float, *, workers: int, kill_every: float = 0, invalid: int = 0, more=(), delay: float = 5
):  # fmt: skip
    """Makes pages, starts workers, and only then says when the pages are due, so that no worker starts late."""
    values = {
        "name": name,
        "number": number,
        "seconds": seconds,
        "invalid": invalid,
        "more": list(more),
        "delay": delay,
    }
    made.manage("shell", "--no-imports", "-c", MAKE.format(**values))
    with herd(made, workers, kill_every) as running:
        made.manage("shell", "--no-imports", "-c", APPROVE.format(**values))
        yield running


@contextlib.contextmanager
def herd(made, workers: int, kill_every: float = 0):
    command = [sys.executable, "-m", "tests.faults.herd", str(workers), str(kill_every)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=made.env, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=end_with_parent,
    )  # fmt: skip
    running = Herd(made, process)
    try:
        until(lambda: made.rows("SELECT name FROM editorial_worker"), what="workers")
        yield running
    finally:
        running.end()


@pytest.fixture(scope="module")
def silent_mail_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"smtp://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def site(request, tmp_path_factory, django_db_setup, silent_mail_server):
    with installed(tmp_path_factory.mktemp(request.param), request.param) as made:
        made.kind = request.param
        made.manage("shell", "--no-imports", "-c", TABLE)
        made.env |= {"DJANGO_SETTINGS_MODULE": "tests.faults.watched", "EMAIL_URL": silent_mail_server}
        yield made


TABLE = """
from django.db import connection
connection.cursor().execute("CREATE TABLE watched_signal (slug text)")
"""


def done(site, name: str) -> dict[str, list[str]]:
    return {what: site.rows(sql, name=name) for what, sql in COUNTS.items()}


def all_live(site, name: str, number: int, seconds: float) -> None:
    """Looks once a second only: whoever looks takes the processor from those who work."""
    until(lambda: len(site.rows(COUNTS["live"], name=name)) == number, seconds, what="all of them", every=1)


def mailed(site, name: str) -> list[str]:
    return sorted(subject.split("”")[1] for subject in site.rows(MAIL, name=name))


def lateness(site, name: str) -> list[float]:
    return sorted(float(late) for late in site.rows(LATENESS, name=name, clock=CLOCK[site.kind]))


def assert_each_once(site, name: str, expected: list[str], figures) -> list[float]:
    """One state change, one log entry, one signal and one mail for each; none before its time."""
    for what, found in done(site, name).items():
        assert found == sorted(expected), what
    assert mailed(site, name) == sorted(expected)
    late = lateness(site, name)
    assert late[0] >= 0
    p99 = late[max(0, int(len(late) * 0.99) - 1)]
    figures(
        f"{site.kind} {name}",
        f"{len(late)} items, lateness p50 {late[len(late) // 2]:.2f} p99 {p99:.2f} max {late[-1]:.2f} s",
    )
    return late


@pytest.fixture
def figures(record_property):
    def keep(name: str, text: str) -> None:
        record_property(name, text)
        sys.__stderr__.write(f"\n{name}: {text}\n")

    return keep


@pytest.mark.django_db
def test_each_valid_item_goes_out_once_and_on_time_while_workers_are_killed(site, figures):
    """The mail server hangs as well, and a receiver of one of the first that are due."""
    wrong = [f"last-{number}" for number in range(0, ITEMS, ONE_INVALID_IN)]
    expected = [f"last-{number}" for number in range(ITEMS) if f"last-{number}" not in wrong]
    odd = {"invalid": ONE_INVALID_IN, "more": ["last-9-hangs"], "delay": 12}
    with herd_with(site, "last", ITEMS, SECONDS, workers=4, kill_every=2, **odd):
        all_live(site, "last", len(expected), SECONDS + 90)
        named = {*wrong, "last-9-hangs"}
        until(lambda: named <= set(site.rows(PROBLEMS, name="last")), 60, what="the reasons of those that cannot go")
    late = assert_each_once(site, "last", expected, figures)
    if LONG:
        assert late[int(len(late) * 0.99) - 1] <= 2


@pytest.mark.django_db
def test_a_hundred_due_in_one_second_are_out_within_fifteen(site, figures):
    with herd_with(site, "samtidigt", AT_ONCE, 1, workers=4):
        all_live(site, "samtidigt", AT_ONCE, 60)
    late = assert_each_once(site, "samtidigt", [f"samtidigt-{number}" for number in range(AT_ONCE)], figures)
    assert late[-1] <= 15


@pytest.mark.django_db
def test_a_receiver_that_hangs_holds_up_the_others_for_seconds_and_is_named(site):
    with herd_with(site, "seg", 2, 0, workers=1, more=["seg-9-hangs"], delay=0):
        until(lambda: done(site, "seg")["live"] == ["seg-0", "seg-1"], what="the others")
        until(lambda: "seg-9-hangs" in site.rows(PROBLEMS, name="seg"), what="the reason")
    assert done(site, "seg")["live"] == ["seg-0", "seg-1"]


@pytest.mark.django_db
@pytest.mark.parametrize("site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_database_that_drops_everyone_again_and_again_loses_nothing(site, figures):
    """What a server that is restarted does to those who are connected. SQLite is a file: there is none."""
    number = RESTARTS
    over = threading.Event()
    drops: list[int] = []

    def drop() -> None:
        while not over.wait(LOST_EVERY):
            with psycopg.connect(f"{site.url.rsplit('/', 1)[0]}/postgres", autocommit=True) as server:
                found = server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [site.url.rsplit("/", 1)[1]],
                )
                drops.append(len(found.fetchall()))

    with herd_with(site, "omstart", number, RESTARTS, workers=4):
        dropping = threading.Thread(target=drop)
        dropping.start()
        try:
            until(lambda: len(quietly(site, "omstart")) == number, RESTARTS + 60, what="all of them", every=1)
        finally:
            over.set()
            dropping.join()
    assert len(drops) >= RESTARTS // LOST_EVERY - 1
    assert_each_once(site, "omstart", [f"omstart-{place}" for place in range(number)], figures)


def quietly(site, name: str) -> list[str]:
    """What is live; nothing while the database drops this very question."""
    try:
        return site.rows(COUNTS["live"], name=name)
    except psycopg.OperationalError:
        return []


@pytest.mark.django_db
@pytest.mark.parametrize(("act", "points"), CRASHES.items(), ids=CRASHES)
def test_a_crash_before_or_after_any_statement_leaves_all_or_nothing(site, act, points, figures):
    command = [sys.executable, "-m", "tests.faults.crash", act, points]
    found = subprocess.run(command, cwd=ROOT, env=site.env, text=True, capture_output=True)
    assert found.returncode == 0, found.stdout + found.stderr
    figures(f"{site.kind} {act}", found.stdout.strip())
