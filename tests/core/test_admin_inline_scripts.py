"""The admin's Content-Security-Policy allows no inline script. A new Wagtail may bring one: then these fail and name it."""

import re
from pathlib import Path

import wagtail
import wagtail_localize
from django.apps import apps
from django.template.loader import get_template

PACKAGES = [Path(package.__file__).parent for package in (wagtail, wagtail_localize)]
OVERRIDDEN = {
    "wagtailadmin/widgets/date_input.html",
    "wagtailadmin/widgets/time_input.html",
    "wagtailadmin/widgets/datetime_input.html",
    "wagtailadmin/panels/inline_panel.html",
    "wagtailadmin/panels/multiple_chooser_panel.html",
    "wagtail_localize/admin/edit_translation.html",
    "wagtail_localize/admin/submit_translation.html",
}
INLINE = re.compile(r"<script(?![^>]*(?:\bsrc=|type=\"(?:application/json|text/template)))", re.IGNORECASE)
HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=\s*[\"']|href=[\"']javascript:", re.IGNORECASE)


def installed_templates():
    """`(name, path)` of every template of Wagtail's and wagtail-localize's installed apps."""
    for config in apps.get_app_configs():
        folder = Path(config.path) / "templates"
        if any(folder.is_relative_to(package) for package in PACKAGES):
            for path in folder.rglob("*.html"):
                yield str(path.relative_to(folder)), path


def test_only_the_overridden_templates_have_inline_scripts():
    assert {name for name, path in installed_templates() if INLINE.search(path.read_text())} == OVERRIDDEN


def test_no_template_has_event_handlers_as_attributes():
    assert not [name for name, path in installed_templates() if HANDLER.search(path.read_text())]


def test_every_override_wins_and_has_no_inline_script():
    for name in OVERRIDDEN:
        path = Path(get_template(name).origin.name)
        assert "core/templates" in str(path), name
        assert not INLINE.search(path.read_text()), name


def test_python_code_writes_scripts_in_one_place_only():
    written = {
        str(path.relative_to(package.parent))
        for package in PACKAGES
        for path in package.rglob("*.py")
        if not {"tests", "test"} & set(path.parts) and re.search(r"[\"'}]<script>", path.read_text())
    }
    assert written == {"wagtail/admin/widgets/chooser.py"}
