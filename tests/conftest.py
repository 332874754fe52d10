"""What all tests stand on: one migrated database, copied for each worker, and real servers where the machine has them."""

import fcntl
import os
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

pytest_plugins = ["tests.servers", "tests.world"]

NEEDS = {
    "browser": ("TEST_CHROMIUM", "Chromium"),
    "postgres": ("TEST_POSTGRES_URL", "PostgreSQL"),
    "redis": ("TEST_REDIS_URL", "Redis"),
}
MISSING: set[str] = set()


def pytest_collection_modifyitems(items):
    for item in items:
        for marker, (variable, name) in NEEDS.items():
            if item.get_closest_marker(marker) and not os.environ.get(variable):
                MISSING.add(name)
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
        session.exitstatus = 1


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """Files of the tests go to a folder of their own."""
    folder = tmp_path_factory.mktemp("data")
    settings.MEDIA_ROOT = folder / "media"
    settings.EMAIL_FILE_PATH = str(folder / "mail")


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings, tmp_path_factory, worker_id):
    """The test database: migrated once in a run, then copied."""
    name = Path(str(tmp_path_factory.getbasetemp())) / "test.sqlite3"
    template = migrated_template(tmp_path_factory, worker_id, django_db_blocker)
    shutil.copyfile(template, name)
    with django_db_blocker.unblock():
        point_connection_at(name)
    yield
    with django_db_blocker.unblock():
        connection.close()


def point_connection_at(name: Path) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = str(name)
    connection.settings_dict["NAME"] = str(name)


def migrated_template(tmp_path_factory, worker_id: str, blocker) -> Path:
    """A migrated SQLite file with the empty portal and its roles; made by the first worker that needs it."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    template, lock = shared / "template.sqlite3", shared / "template.lock"
    with exclusive(lock):
        if not template.exists():
            unfinished = shared / "template.unfinished"
            with blocker.unblock():
                point_connection_at(unfinished)
                call_command("migrate", verbosity=0, interactive=False)
                call_command("demo", empty=True, verbosity=0, stdout=open(os.devnull, "w"))
                connection.close()
            with blocker.unblock():
                with sqlite3.connect(unfinished) as database:
                    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            unfinished.rename(template)
    return template


class exclusive:
    """A lock between the workers of one run."""

    def __init__(self, path: Path):
        self.path = path

    def __enter__(self):
        self.handle = self.path.open("w")
        fcntl.flock(self.handle, fcntl.LOCK_EX)

    def __exit__(self, *_):
        self.handle.close()


@pytest.fixture(scope="session")
def worker_id(request):
    """The name that xdist gives this process; `master` without it."""
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
