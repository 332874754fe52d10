"""Production says what it lacks, and does not start with the demo's logins."""

import os
import subprocess
import sys

import pytest

from tests.servers import ROOT, share_lexicon

COMPLETE = {
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
    "DATABASE_URL": "sqlite:///:memory:",
    "EMAIL_URL": "smtp://localhost",
    "DEMO": "0",
}


def started(tmp_path, then: str = "import settings.production", **changes) -> subprocess.CompletedProcess:
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), **COMPLETE, **changes}
    return subprocess.run([sys.executable, "-c", then], cwd=ROOT, env=env, text=True, capture_output=True)


def test_production_starts_with_all_it_needs(tmp_path):
    done = started(tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "secret_key").exists()


def test_a_new_sqlite_database_is_read_in_large_blocks(tmp_path):
    """What a search reads lies all over the file; where nothing of it is in memory each block costs the disk a turn."""
    asked = "cursor.execute('CREATE TABLE t (a)'); print(cursor.execute('PRAGMA page_size').fetchone()[0])"
    done = started(
        tmp_path,
        f"from django.db import connection; cursor = connection.cursor(); {asked}",
        DJANGO_SETTINGS_MODULE="settings.production",
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
    )
    assert done.stdout == "16384\n", done.stderr


def test_a_process_reads_its_code_before_the_first_visitor_comes(tmp_path):
    """It would read addresses, tags and templates while somebody waits, and look through all of it for what is unused."""
    asked = (
        "import gc, sys, settings.wsgi; known = set(sys.modules)",
        "from django.template.loader import get_template; from django.urls import reverse",
        "from search.engines import visitors_engine; visitors_engine(); reverse('search_sv'); get_template('search/search.html'); get_template('methods/method_page.html')",
        "print(gc.get_freeze_count() > len(gc.get_objects()), sorted(set(sys.modules) - known))",
    )
    share_lexicon(tmp_path)
    engine = "elasticsearch://search.example:9200/portal"
    done = started(tmp_path, "; ".join(asked), DJANGO_SETTINGS_MODULE="settings.production", SEARCH_URL=engine)
    assert done.stdout == "True []\n", done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_URL", "DATABASE_URL", "EMAIL_URL"])
def test_production_names_what_is_missing(name, tmp_path):
    done = started(tmp_path, **{name: ""})
    assert done.returncode == 1
    assert f"Set {name}:" in done.stderr


def test_production_refuses_the_demo(tmp_path):
    assert "Production does not start with it" in started(tmp_path, DEMO="1").stderr


def test_the_generated_key_is_kept_and_private(tmp_path):
    from settings.env import generated_key

    assert generated_key(tmp_path) == generated_key(tmp_path)
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_pictures_in_a_bucket_are_allowed_by_the_policy(tmp_path, monkeypatch):
    from settings.env import read

    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("STORAGE_URL", "s3://pictures?endpoint=https://store.example")
    assert read().media_origins == ["https://store.example", "https://pictures.store.example"]
