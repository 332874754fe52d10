"""The house: what `docs/architecture.md` says is true because these fail when it is not."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from wagtail.models import Workflow

ROOT = Path(__file__).resolve().parents[2]
APPS = ("core", "methods", "articles", "editorial", "search", "home")


def sources(*patterns: str):
    for app in (*APPS, "settings", "templates"):
        for pattern in patterns:
            for path in (ROOT / app).rglob(pattern):
                if "migrations" not in path.parts:
                    yield path, path.read_text()


def test_the_layers_hold():
    call = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", call], cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
    assert "kept, 0 broken" in done.stdout


@pytest.mark.django_db
def test_there_are_no_pending_migrations():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_only_the_querysets_say_what_is_live():
    found = [
        str(path) for path, text in sources("*.py") if re.search(r"\.live\(\)", text) and path.name != "querysets.py"
    ]
    assert not found


def test_only_one_module_marks_html_as_safe():
    python = [str(path) for path, text in sources("*.py") if "mark_safe(" in text and path != ROOT / "core/html.py"]
    templates = [str(path) for path, text in sources("*.html") if re.search(r"\|\s*safe\b|autoescape off", text)]
    assert not python + templates


def test_public_templates_have_no_inline_script_or_style():
    for path, text in sources("*.html"):
        if path.is_relative_to(ROOT / "templates"):
            assert not re.search(r"<script(?![^>]*(\bsrc=|application/(ld\+)?json))", text), path
            assert not re.search(r"\sstyle=|<style|\son\w+=", text), path


@pytest.mark.django_db
def test_roles_and_workflows_stand_on_every_locale_root():
    out = StringIO()
    call_command("roles", "--check", stdout=out)
    assert Workflow.objects.filter(active=True).count() == 1


def test_lock_files_name_no_index_and_no_path():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text, path
        assert "--index" not in text, path
        assert "--hash=sha256:" in text, path
