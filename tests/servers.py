"""Real servers for tests: the portal itself in its own processes, a browser, a mail server."""

import contextlib
import email
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import sync_playwright

import services
from search.lexicon import lexicon, path_of
from tests.databases import postgres_database, sqlite_template

ROOT = Path(__file__).resolve().parent.parent
DEMO = """
from django.core.management import call_command
from core.models import User
User.objects.all().delete()  # the empty portal's administrator, in whose place comes one whose password everyone knows
call_command("demo")
"""
PATIENCE = 60  # seconds for a server to answer
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--font-render-hinting=none",
]  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition, seconds: float = PATIENCE, what: str = "it", every: float = 0.05):
    """Waits for a condition of the outside world; returns what it gave, or fails saying what did not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if found := condition():
                return found
        threading_pause(every)
    pytest.fail(f"{what} did not happen within {seconds} s")


def threading_pause(seconds: float = 0.05) -> None:
    """A short breath between two looks at another process."""
    threading.Event().wait(seconds)


@dataclass
class Inbox:
    """Keeps the mail it is sent."""

    messages: list = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope)
        return "250 OK"

    def to(self, address: str) -> list[str]:
        """The texts sent to an address, in order."""
        parsed = [
            email.message_from_bytes(m.content, policy=policy.default) for m in self.messages if address in m.rcpt_tos
        ]
        return [f"{message['subject']}\n\n{message.get_body(('plain',)).get_content()}" for message in parsed]


@pytest.fixture(scope="session")
def inbox():
    """A real mail server on loopback."""
    box = Inbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@dataclass
class Portal:
    """A running portal: its address, its environment, its processes."""

    url: str
    env: dict
    processes: list

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess:
        """Runs a command of manage.py, whatever comes of it."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, text=True, capture_output=True)

    def manage(self, *arguments: str) -> str:
        done = self.attempt(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def stop(self) -> None:
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.wait(timeout=15)


def start_portal(
    data_dir: Path, database_url: str | None, inbox: Inbox, demo: bool, settings: str = "settings.dev", **variables: str
) -> Portal:
    """The portal in processes of its own, with what its environment is to have besides."""
    port = free_port()
    share_lexicon(data_dir)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))}
    env |= {
        "DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": settings,
        "PORT": str(port),
        "DEMO": "1",
        "EMAIL_URL": f"smtp://127.0.0.1:{inbox.port}",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }
    env.pop("DATABASE_URL", None)
    if database_url:
        env["DATABASE_URL"] = database_url
    env |= variables
    portal = Portal(f"http://127.0.0.1:{port}", env, [])
    if not database_url:
        shutil.copyfile(sqlite_template(), data_dir / "db.sqlite3")
    if demo:
        portal.manage("shell", "-v0", "-c", DEMO)
    web = [
        sys.executable,
        "-m",
        "gunicorn",
        "settings.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--keep-alive",
        "75",
        "--limit-request-line",
        "0",
        "--log-level",
        "error",
        "--no-control-socket",
    ]
    worker = [sys.executable, "manage.py", "work"]
    log = (data_dir / "log").open("w")
    for command in (web, worker):
        portal.processes.append(
            subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True, stdout=log, stderr=log)
        )
    until(lambda: urllib.request.urlopen(f"{portal.url}/healthz", timeout=2).status == 200, what="the portal's answer")
    return portal


def share_lexicon(data_dir: Path) -> None:
    """Compiling the dictionaries takes seconds; the portals of a run use those of the tests."""
    for language in ("sv", "en"):
        lexicon(language)
    (data_dir / "lexicon").symlink_to(path_of("sv").parent)


class Elastic:
    """A search engine of a test's own, which may be stopped and killed."""

    def __init__(self):
        # Where the server's own user may enter, which is not where tests keep their files.
        self.folder = services.own(services.ROOT / f"elasticsearch-{uuid.uuid4().hex[:8]}")
        self.port, self.transport = free_port(), free_port()
        self.process: subprocess.Popen | None = None
        home = services.ROOT / "elasticsearch"
        self.server = next(path.parent for path in home.glob("elasticsearch-*/ready"))
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "ES_JAVA_HOME": services.java_home(),
            "ES_JAVA_OPTS": "-Xms256m -Xmx256m",
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        values = {
            "http.port": self.port,
            "transport.port": self.transport,
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
        }
        options = [part for name, value in values.items() for part in ("-E", f"{name}={value}")]
        with (self.folder / "out").open("a") as out:
            self.process = subprocess.Popen(
                [self.server / "bin/elasticsearch", *options],
                env=self.env,
                cwd=self.server,
                stdout=out,
                stderr=out,
                start_new_session=True,
                **services.as_user(),
            )
        health = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s"
        until(lambda: urllib.request.urlopen(health, timeout=3).status == 200, 120, "the search engine's answer")

    def signal(self, number: int) -> None:
        os.killpg(self.process.pid, number)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.signal(signal.SIGCONT)
            self.signal(signal.SIGKILL)
        self.process.wait(timeout=15)

    def remove(self) -> None:
        self.kill()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def demo_portal(tmp_path_factory, inbox):
    """The demo world, served by its own processes."""
    portal = start_portal(tmp_path_factory.mktemp("demo"), None, inbox, demo=True)
    yield portal
    portal.stop()


@pytest.fixture(
    scope="session",
    params=[
        pytest.param("sqlite", marks=pytest.mark.xdist_group("live-sqlite")),
        pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("live-postgres")]),
    ],
)
def live_portal(request, tmp_path_factory, inbox):
    """An empty portal in processes of its own, on each database."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres_database()) if request.param == "postgres" else None
        portal = start_portal(tmp_path_factory.mktemp("live"), url, inbox, demo=False)
        stack.callback(portal.stop)
        yield portal


@pytest.fixture(scope="session")
def chromium():
    # Playwright keeps an event loop in this thread, which Django takes for a request served by one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["TEST_CHROMIUM"], args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', e => window.__violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
"""


class Watched:
    """A browser context that remembers page errors, console errors and violations of the Content-Security-Policy."""

    def __init__(self, browser, **options):
        options = {"locale": "sv-SE", "timezone_id": "Europe/Stockholm", "reduced_motion": "reduce", **options}
        self.context = browser.new_context(**options)
        self.context.add_init_script(WATCH)
        self.problems: list[str] = []
        self.context.on("weberror", lambda error: self.problems.append(str(error.error)))
        self.context.on("console", lambda message: message.type == "error" and self.note(message))

    def note(self, message) -> None:
        if "Failed to load resource" not in message.text:  # a 404 that a test asks for
            self.problems.append(f"console: {message.text}")

    def page(self):
        return self.context.new_page()

    def violations(self) -> list[str]:
        found = []
        for page in self.context.pages:
            with contextlib.suppress(Exception):
                found += page.evaluate("window.__violations || []")
        return found

    def close(self) -> None:
        problems = [*self.problems, *self.violations()]
        self.context.close()
        assert not problems, problems


@pytest.fixture
def browser(chromium):
    """Opens watched contexts; a page error, a console error or a policy violation in any of them fails the test."""
    opened: list[Watched] = []

    def open_context(**options) -> Watched:
        opened.append(Watched(chromium, **options))
        return opened[-1]

    yield open_context
    for context in opened:
        context.close()
