"""What all tests stand on: one migrated database, copied for each worker, and real servers where the machine has them."""

import contextlib
import fcntl
import hashlib
import io
import os
import shutil
import sqlite3
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import translation

pytest_plugins = ["tests.servers", "tests.world", "tests.world_forms", "tests.faults.installation"]

NEEDS = {
    "browser": ("TEST_CHROMIUM", "Chromium"),
    "elasticsearch": ("TEST_ELASTICSEARCH_URL", "Elasticsearch"),
    "postgres": ("TEST_POSTGRES_URL", "PostgreSQL"),
    "redis": ("TEST_REDIS_URL", "Redis"),
}
FRESH_COPY = pytest.StashKey()


def pytest_collection_modifyitems(items):
    for item in items:
        for marker, (variable, name) in NEEDS.items():
            if item.get_closest_marker(marker) and not os.environ.get(variable):
                item.add_marker(pytest.mark.skip(reason=f"{name} is not there ({variable} is not set)"))


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("what this machine could not run")
        for report in skipped:
            terminalreporter.line(f"{report.nodeid}: {report.longrepr[2] if report.longrepr else ''}")


def pytest_sessionfinish(session, exitstatus):
    """Where nothing may be missing, a skipped test is a failed run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped") and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Files of the tests go to a folder of their own."""
    folder = tmp_path_factory.mktemp("data")
    settings.MEDIA_ROOT = folder / "media"
    settings.EMAIL_FILE_PATH = str(folder / "mail")


@pytest.fixture(scope="session")
def django_db_setup(
    request, django_test_environment, django_db_blocker, django_db_modify_db_settings, tmp_path_factory, worker_id
):
    """The test database: migrated and filled with the empty portal once in a run, then copied for each worker."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    copies = (PostgresCopies if connection.vendor == "postgresql" else FileCopies)(shared, worker_id)

    def fresh_copy():
        with django_db_blocker.unblock():
            connection.close()
            connect_to(copies.make())

    with django_db_blocker.unblock(), exclusive(shared / "template.lock"):
        copies.make_template()
    fresh_copy()
    request.config.stash[FRESH_COPY] = fresh_copy
    yield
    with django_db_blocker.unblock(), exclusive(shared / "template.lock"):
        connection.close()
        copies.drop()


def pytest_runtest_setup(item):
    """Every test starts in Swedish: a request for an English page leaves English behind in the process."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """A test with real transactions ends with emptied tables: the next one gets a fresh copy."""
    result = yield
    if nextitem is None or FRESH_COPY not in item.config.stash:
        return result
    marker = item.get_closest_marker("django_db")
    if (marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ()):
        item.config.stash[FRESH_COPY]()
    return result


def fill() -> None:
    """What every test may count on: tables, languages, start and index pages, terms, roles, workflow."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo", empty=True, verbosity=0, stdout=io.StringIO())
    connection.close()


def fingerprint() -> str:
    """Changes with everything that `fill()` depends on: the tables of the next run may be those of the last."""
    root = settings.BASE_DIR
    files = [
        root / "requirements/dev.txt",
        root / "home/portal.py",
        root / "home/data/terms.json",
        root / "editorial/roles.py",
    ]
    files += sorted(root.glob("*/migrations/*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def connect_to(name: str) -> None:
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


class FileCopies:
    """SQLite: the template is a file."""

    def __init__(self, shared: Path, worker: str):
        self.template, self.copy = shared / "template.sqlite3", shared / f"{worker}.sqlite3"

    def make_template(self) -> None:
        if self.template.exists():
            return
        kept = settings.DATA_DIR / f"template-{fingerprint()}.sqlite3"
        if not kept.exists():
            unfinished = self.template.with_suffix(".unfinished")
            connect_to(str(unfinished))
            fill()
            with contextlib.closing(sqlite3.connect(unfinished)) as database:
                database.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            shutil.copyfile(unfinished, kept)
        shutil.copyfile(kept, self.template)

    def make(self) -> str:
        for suffix in ("-wal", "-shm"):
            self.copy.with_name(self.copy.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.copy)
        return str(self.copy)

    def drop(self) -> None:
        self.copy.unlink()


class PostgresCopies:
    """PostgreSQL: the template is a database, named after the run."""

    def __init__(self, shared: Path, worker: str):
        run = hashlib.sha256(str(shared).encode()).hexdigest()[:10]
        self.template, self.copy = f"kollegiet_{run}", f"kollegiet_{run}_{worker}"
        self.ready, self.users = shared / "template.postgres", shared / "postgres-users"
        self.user = self.users / worker

    def execute(self, *statements: str) -> None:
        with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as server:
            for statement in statements:
                server.execute(statement)

    def make_template(self) -> None:
        self.users.mkdir(exist_ok=True)
        self.user.touch()
        if self.ready.exists():
            return
        self.execute(f"DROP DATABASE IF EXISTS {self.template} WITH (FORCE)", f"CREATE DATABASE {self.template}")
        connect_to(self.template)
        fill()
        self.ready.touch()

    def make(self) -> str:
        drop = f"DROP DATABASE IF EXISTS {self.copy} WITH (FORCE)"
        self.execute(drop, f"CREATE DATABASE {self.copy} TEMPLATE {self.template}")
        return self.copy

    def drop(self) -> None:
        """Removes this worker's copy, and the template with the last of them."""
        self.execute(f"DROP DATABASE IF EXISTS {self.copy} WITH (FORCE)")
        self.user.unlink()
        if not any(self.users.iterdir()):
            self.execute(f"DROP DATABASE IF EXISTS {self.template} WITH (FORCE)")
            self.ready.unlink()


@contextlib.contextmanager
def exclusive(path: Path):
    """A lock between the workers of one run."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def worker_id(request) -> str:
    """The name that xdist gives this process; `master` without it."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
