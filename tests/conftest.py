"""What all tests stand on: one migrated database, copied for each worker, and real servers where the machine has them."""

import hashlib
import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from tests import databases

# Tests start hundreds of processes, each of which would compile everything anew where Python may not keep what it compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

pytest_plugins = ["tests.servers", "tests.world", "tests.world_forms", "tests.e2e.places", "tests.faults.installation"]

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
    """The test database: the empty portal, copied for each worker."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    copies = (PostgresCopies if connection.vendor == "postgresql" else FileCopies)(shared, worker_id)

    def fresh_copy():
        with django_db_blocker.unblock():
            connection.close()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = copies.make()

    fresh_copy()
    request.config.stash[FRESH_COPY] = fresh_copy
    yield
    with django_db_blocker.unblock():
        connection.close()
        copies.drop()


def pytest_runtest_setup(item):
    """Every test starts in Swedish, and with nothing in the cache: what another test did was undone in the database only."""
    translation.activate(settings.LANGUAGE_CODE)
    cache.clear()


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


class FileCopies:
    """SQLite: a file for each worker."""

    def __init__(self, folder: Path, worker: str):
        self.copy = folder / f"{worker}.sqlite3"

    def make(self) -> str:
        template = databases.sqlite_template()
        for suffix in ("-wal", "-shm"):
            self.copy.with_name(self.copy.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(template, self.copy)
        return str(self.copy)

    def drop(self) -> None:
        self.copy.unlink()


class PostgresCopies:
    """PostgreSQL: a database for each worker, named after the run."""

    def __init__(self, folder: Path, worker: str):
        run = hashlib.sha256(str(folder).encode()).hexdigest()[:10]
        self.server, self.copy = os.environ["TEST_DATABASE_URL"], f"kollegiet_{run}_{worker}"

    def make(self) -> str:
        databases.copy_postgres(self.server, self.copy)
        return self.copy

    def drop(self) -> None:
        databases.drop_postgres(self.server, self.copy)


@pytest.fixture(scope="session")
def worker_id(request) -> str:
    """The name that xdist gives this process; `master` without it."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
