"""The empty portal that tests begin with: made once for each kind of database, then copied. The next run finds it again."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent


def fingerprint() -> str:
    """Changes with everything that the empty portal depends on."""
    files = [ROOT / "requirements/dev.txt", ROOT / "home/portal.py", ROOT / "home/data/terms.json", ROOT / "editorial/roles.py"]  # fmt: skip
    files += sorted(ROOT.glob("*/migrations/*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """A lock between the workers of one run, and between runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fill(folder: Path, database_url: str) -> None:
    """Tables, languages, start and index pages, terms, roles, workflow."""
    names = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_", "TEST_"))}
    variables = {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "settings.dev", "DATABASE_URL": database_url, "DEMO": "0"}  # fmt: skip
    for command in (["migrate", "-v0"], ["demo", "--empty"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=names | variables,
            text=True,
            capture_output=True,
        )
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)


def sqlite_template() -> Path:
    """A file with the empty portal."""
    kept = settings.DATA_DIR / f"template-{fingerprint()}.sqlite3"
    with exclusive(settings.DATA_DIR / "template.lock"):
        if not kept.exists():
            with tempfile.TemporaryDirectory() as folder:
                fill(Path(folder), "")
                made = Path(folder) / "db.sqlite3"
                with contextlib.closing(sqlite3.connect(made)) as database:
                    database.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
                shutil.copyfile(made, kept.with_suffix(".unfinished"))
            kept.with_suffix(".unfinished").rename(kept)
    return kept


def postgres_template(server: str) -> str:
    """The name of a database with the empty portal, on a server."""
    name = f"kollegiet_template_{fingerprint()}"
    unfinished = f"{name}_unfinished"
    with exclusive(settings.DATA_DIR / "template.lock"), psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {unfinished}")
            with tempfile.TemporaryDirectory() as folder:
                fill(Path(folder), f"{server.rsplit('/', 1)[0]}/{unfinished}")
            connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")
    return name


def copy_postgres(server: str, name: str) -> None:
    """Makes a database with the empty portal, in place of one of that name."""
    template = postgres_template(server)
    with exclusive(settings.DATA_DIR / "template.lock"), psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")


def drop_postgres(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextlib.contextmanager
def postgres_database() -> Iterator[str]:
    """The address of a database of its own with the empty portal on the real server."""
    server, name = os.environ["TEST_POSTGRES_URL"], f"kollegiet_{uuid.uuid4().hex[:12]}"
    copy_postgres(server, name)
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        drop_postgres(server, name)
