#!/usr/bin/env python3
"""One command for each thing a developer or a user does here: `make run`, `make test` and so on. Standard library only."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Kollegiet needs Python 3.11 or newer; this is %d.%d (%s). Install it, then: PYTHON=python3.11 make run"
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )

import ctypes
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
APPS = ("core", "methods", "articles", "editorial", "search", "home")
PATIENCE = 10  # seconds that a child may take to stop
LINT = [
    ("lint", ["-m", "ruff", "check", "."]),
    ("format", ["-m", "ruff", "format", "--check", "."]),
    ("templates", ["dev.py", "templates"]),
    ("types", ["-m", "ty", "check", "--no-progress"]),
    # `python -m importlinter.cli` does nothing and says nothing: the module has no entry of its own.
    ("layers", ["-c", "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint())"]),
    ("migrations", ["manage.py", "makemigrations", "--check", "--dry-run"]),
    ("messages", ["locale/messages.py", "--check"]),
    ("deploy check", ["manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
]


def say(text: str) -> None:
    print(text, flush=True)


def call(*command, **kwargs) -> int:
    return subprocess.run([str(part) for part in command], cwd=ROOT, **kwargs).returncode


def make_venv() -> None:
    """A virtual environment with uv in it. One that is half made, or whose Python has gone, is made anew."""
    works = (
        PYTHON.exists()
        and call(PYTHON, "-m", "pip", "--version", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    )
    if not works:
        shutil.rmtree(VENV, ignore_errors=True)
        say("Making a virtual environment in .venv …")
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], text=True, capture_output=True)
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            said = (made.stdout + made.stderr).strip().splitlines() or ["The virtual environment could not be made."]
            sys.exit(f"{said[0]}\nOn Debian and Ubuntu: sudo apt install python3-venv")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    if call(PYTHON, "-m", "pip", "install", *quiet, "-r", "requirements/uv.txt"):
        sys.exit("uv, which installs the packages, could not be installed; the lines above say why.")


def install(name: str) -> None:
    """Brings .venv to what requirements/NAME.txt lists. Instant when it is there already."""
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp = VENV / f"installed-{name}"
    # The Python behind the link, too: packages of one version are not there for the next.
    wanted = hashlib.sha256(lock.read_bytes() + os.path.realpath(PYTHON).encode()).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    make_venv()
    say(f"Installing what requirements/{name}.txt lists …")
    uv = [PYTHON, "-m", "uv", "pip", "install", "--quiet", "--python", PYTHON, "--require-hashes", "-r", lock]
    # The system's certificates first: many organisations' networks have one of their own. Then those that uv brings.
    if call(*uv, "--system-certs") and call(*uv):
        sys.exit("The packages could not be installed; the lines above say why.")
    stamp.write_text(hashlib.sha256(lock.read_bytes() + os.path.realpath(PYTHON).encode()).hexdigest())


def free_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            sys.exit(f"Port {port} is in use. Stop what listens there, or: PORT={port + 1} make run")


def run() -> int:
    began = time.monotonic()
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        sys.exit(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    port = int(wanted)
    free_port(port)
    install("base")
    env = {**os.environ, "PORT": str(port), "DEMO": os.environ.get("DEMO") or "1", "PYTHONUNBUFFERED": "1"}
    env.setdefault("DJANGO_SETTINGS_MODULE", "settings.dev")
    if call(PYTHON, "manage.py", "prepare", env=env):
        return 1
    web = [PYTHON, "-m", "gunicorn", "settings.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8", "--workers", env.get("WEB_WORKERS") or "2",
           "--preload", "--log-level", "warning", "--graceful-timeout", "5", "--keep-alive", "75", "--limit-request-line", "0", "--no-control-socket"]  # fmt: skip
    if env.get("RELOAD") == "1":
        web = [PYTHON, "manage.py", "runserver", f"127.0.0.1:{port}"]
    stopping = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.append(1))
    children = [start(web, env), start([PYTHON, "manage.py", "work"], env)]
    answering = False
    while not stopping and all(child.poll() is None for child in children):
        if not answering and answers(port):
            answering = True
            say(addresses(port, env, time.monotonic() - began))
        time.sleep(0.1)
    say("\nStopping …" if stopping else "One of the processes has ended; stopping the other.")
    return stop(children) if stopping else stop(children) or 1


def start(command, env) -> subprocess.Popen:
    """A child in a process group of its own: Ctrl-C reaches the parent alone, which stops all of it in order."""
    return subprocess.Popen(
        [str(part) for part in command], cwd=ROOT, env=env, start_new_session=True, preexec_fn=end_with_parent
    )


def end_with_parent() -> None:
    """Asks Linux to end this child when the parent dies without having stopped it."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def addresses(port: int, env: dict, seconds: float) -> str:
    lines = ["", f"Kollegiet is up after {seconds:.0f} s.", "", f"  the site      http://127.0.0.1:{port}/", f"  in English    http://127.0.0.1:{port}/en/",
             f"  the newsroom  http://127.0.0.1:{port}/admin/", ""]  # fmt: skip
    if env["DEMO"] == "1":
        lines += [
            "Demo logins: skribent, redaktor, granskare, utgivare, oversattare, admin",
            "Password of all: demo-vatterlunda",
            "",
        ]
    return "\n".join([*lines, "Ctrl-C stops everything."])


def stop(children) -> int:
    for child in children:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
    return 0


def start_services() -> dict:
    """Starts the real servers that this machine can run; returns the TEST_* variables of those that answer."""
    out = subprocess.run([sys.executable, str(ROOT / "services.py"), "start"], text=True, stdout=subprocess.PIPE).stdout
    return dict(line.removeprefix("export ").split("=", 1) for line in out.splitlines() if line.startswith("export "))


def templates() -> int:
    """The form of the templates. Djade is a program, not a module."""
    found = [
        path
        for app in (*APPS, "templates")
        for path in sorted((ROOT / app).rglob("*.html"))
        if "templates" in path.parts
    ]
    return call(VENV / "bin/djade", "--check", "--target-version", "5.2", *found)


def check_env() -> dict:
    """Settings with which `check --deploy` judges production."""
    return {
        "DJANGO_SETTINGS_MODULE": "settings.production",
        "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "ALLOWED_HOSTS": "portal.example",
        "SITE_URL": "https://portal.example",
        "EMAIL_URL": "smtp://localhost",
        "DATABASE_URL": "sqlite:///:memory:",
        "DEMO": "0",
    }


def test(*arguments: str) -> int:
    install("dev")
    env = {
        **os.environ,
        **start_services(),
        "DJANGO_SETTINGS_MODULE": "settings.test",
        "DATA_DIR": str(ROOT / ".data/test"),
    }
    failed = []
    if not arguments:
        for name, command in LINT:
            say(f"== {name}")
            extra = check_env() if name == "deploy check" else {}
            failed += [name] if call(PYTHON, *command, env={**env, **extra}) else []
    say("== tests")
    workers = os.environ.get("TEST_WORKERS", "2")
    failed += ["tests"] if call(PYTHON, "-m", "pytest", "-n", workers, *arguments, env=env) else []
    say(f"Failed: {', '.join(failed)}" if failed else "All is well.")
    return 1 if failed else 0


def faults() -> int:
    os.environ.setdefault("FAULTS", "long")
    return test("tests/faults")


def services() -> int:
    return call(sys.executable, "services.py", "start")


def services_stop() -> int:
    return call(sys.executable, "services.py", "stop")


def bench() -> int:
    install("dev")
    env = {
        **os.environ,
        **start_services(),
        "DJANGO_SETTINGS_MODULE": "settings.test",
        "DATA_DIR": str(ROOT / ".data/bench"),
        "PYTHONPATH": str(ROOT),
    }
    benches = ("bench", "finding", "rebuilding", "publishing")
    found = [call(PYTHON, f"tests/bench/{name}.py", env=env) for name in benches]
    return max(found)


def lock() -> int:
    """Pins the requirements anew, from the largest set down."""
    make_venv()
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") == "1" else []
    common = [
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-header",
        "--exclude-newer",
        "7 days",
        *upgrade,
    ]
    for name in ("dev", "production", "base"):
        smaller = [] if name == "dev" else ["--constraint", "requirements/dev.txt"]
        target = [f"requirements/{name}.in", "--output-file", f"requirements/{name}.txt", "--no-annotate"]
        if call(PYTHON, "-m", "uv", "pip", "compile", *common, *smaller, *target):
            return 1
    return 0


def messages() -> int:
    install("dev")
    return call(PYTHON, "locale/messages.py", env={**os.environ, "DJANGO_SETTINGS_MODULE": "settings.dev"})


def audit() -> int:
    install("dev")
    return call(
        PYTHON,
        "-m",
        "uv",
        "tool",
        "run",
        "pip-audit",
        "--strict",
        "--require-hashes",
        "--disable-pip",
        "-r",
        "requirements/production.txt",
    )


COMMANDS = {
    "run": run, "test": test, "faults": faults, "services": services, "services-stop": services_stop,
    "bench": bench, "lock": lock, "messages": messages, "audit": audit, "templates": templates,
}  # fmt: skip

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: dev.py {'|'.join(COMMANDS)}")
    # A process that was started in the background inherits an ignored SIGINT.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(COMMANDS[sys.argv[1]](*sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)
