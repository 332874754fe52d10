"""Workers in processes of their own, on a database of their own."""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys

import psycopg
import pytest

from tests.databases import postgres_database, sqlite_template
from tests.servers import ROOT, share_lexicon

SETUP = """
from datetime import timedelta
from django.utils import timezone
from wagtail.models import Page, Revision
from tests.world import make_page
moment = timezone.now() + timedelta(seconds={delay})
for number in range({number}):
    page = make_page(live=False, slug=f"{name}-start-{{number}}")
    page.go_live_at = moment
    revision = page.save_revision()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=moment)
for number in range({expiring}):
    page = make_page(slug=f"{name}-slut-{{number}}")
    Page.objects.filter(pk=page.pk).update(expire_at=moment)
"""
LIVE = "SELECT count(*) FROM wagtailcore_page WHERE live AND slug LIKE '{name}-start-%'"
HALF = "SELECT count(*) FROM wagtailcore_page WHERE live AND live_revision_id IS NULL AND slug LIKE '{name}-start-%'"
WAITING = "SELECT count(*) FROM wagtailcore_revision WHERE approved_go_live_at IS NOT NULL"
TIMES = """SELECT count(*) FROM wagtailcore_pagelogentry entry JOIN wagtailcore_page page ON page.id = entry.page_id
           WHERE page.slug LIKE '{name}-%' AND entry.action IN ('wagtail.publish.scheduled', 'wagtail.unpublish.scheduled')
           AND entry.revision_id {has} NULL GROUP BY page.id"""
ALIVE_NAMES = "SELECT name FROM editorial_worker"


class Installation:
    """A database of its own with any number of workers, looked at from outside."""

    def __init__(self, folder, database_url: str | None):
        names = {
            name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_", "TEST_"))
        }
        self.folder, self.url = folder, database_url
        self.env = {
            **names,
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "settings.dev",
            "DEMO": "0",
            "EMAIL_URL": "consolemail://",
        }
        self.env["DATABASE_URL"] = database_url or ""
        self.workers: list[subprocess.Popen] = []

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, text=True, capture_output=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def plan(self, **values) -> None:
        self.manage("shell", "--no-imports", "-c", SETUP.format(**values))

    def rows(self, sql: str, **values) -> list:
        open_it = (
            (lambda: psycopg.connect(self.url))
            if self.url
            else (lambda: sqlite3.connect(self.folder / "db.sqlite3", timeout=20))
        )
        with contextlib.closing(open_it()) as database:
            return sorted(row[0] for row in database.execute(sql.format(**values)).fetchall())

    def done(self, name: str) -> dict:
        """What has happened to the pages of a test: how many are live, how often each went live or down, what waits."""
        return {
            "live": self.rows(LIVE, name=name)[0],
            "published": self.rows(TIMES, name=name, has="IS NOT"),
            "expired": self.rows(TIMES, name=name, has="IS"),
            "waiting": self.rows(WAITING)[0],
            "half": self.rows(HALF, name=name)[0],
        }

    def work(self) -> subprocess.Popen:
        command = [sys.executable, "manage.py", "work"]
        worker = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.workers.append(worker)
        return worker

    def stop(self) -> list[int]:
        """Ends the workers that are left as an operator would; returns their exit codes."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        codes = [worker.wait(timeout=30) for worker in self.workers]
        self.workers.clear()
        return codes


@contextlib.contextmanager
def installed(folder, kind: str):
    """An empty portal on a kind of database."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres_database()) if kind == "postgres" else None
        share_lexicon(folder)
        if not url:
            shutil.copyfile(sqlite_template(), folder / "db.sqlite3")
        made = Installation(folder, url)
        stack.callback(made.stop)
        yield made


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installation(request, tmp_path_factory, django_db_setup):
    with installed(tmp_path_factory.mktemp(request.param), request.param) as made:
        yield made
