"""Keeps the message catalogues true: collects what the code says, compiles what has been translated.

    python locale/messages.py            update the .po files and compile them
    python locale/messages.py --check    exit 1 if a catalogue lacks a message, has one too many or is not compiled

`locale/wagtail` holds what Wagtail and wagtail-localize say in the admin and have no Swedish for.

Works without GNU gettext: Babel reads the code, polib the catalogues.
"""

import os
import re
import sys
from io import BytesIO
from pathlib import Path

import django
import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "methods", "articles", "editorial", "search", "home", "settings")
TEMPLATES = (*APPS, "templates")
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "_": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip


def sources():
    """Every file with messages, and its text as Python."""
    for folder in APPS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()
    for folder in TEMPLATES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".html", ".txt", ".svg") and "templates" in path.parts:
                # What is left of the text between the tags must not look like indented Python.
                yield path, re.sub(r"(?m)^[ \t]+", "", templatize(path.read_text()))


def collected() -> dict:
    """`{(context, msgid): (plural, places)}` of all messages in the code."""
    found: dict = {}
    for path, text in sources():
        for _line, message, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS):
            single, plural = message if isinstance(message, tuple) else (message, None)
            if single:
                _plural, places = found.get((context, single), (None, []))
                place = (str(path.relative_to(ROOT)), "")
                found[(context, single)] = (plural or _plural, places if place in places else [*places, place])
    return found


def borrowed(domain: str) -> dict:
    """The messages of Wagtail and wagtail-localize that they have no Swedish for, in the same form."""
    found: dict = {}
    for app in django.apps.apps.get_app_configs():
        english, swedish = (Path(app.path) / f"locale/{code}/LC_MESSAGES/{domain}.po" for code in ("en", "sv"))
        if app.name.startswith("wagtail") and english.exists():
            entries = polib.pofile(str(swedish)) if swedish.exists() else ()
            known = {(entry.msgctxt, entry.msgid) for entry in entries if entry.translated()}
            for entry in polib.pofile(str(english)):
                if not entry.obsolete and (entry.msgctxt, entry.msgid) not in known:
                    found[(entry.msgctxt, entry.msgid)] = (entry.msgid_plural or None, [(app.name, "")])
    return found


def catalogue(path: Path, language: str) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    po = polib.POFile(wrapwidth=110)
    po.fpath = str(path)
    po.metadata = {
        "Language": language,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    return po


def update(path: Path, language: str, found: dict) -> polib.POFile:
    """The catalogue with exactly the messages found, translations kept."""
    po = catalogue(path, language)
    known = {(entry.msgctxt, entry.msgid): entry for entry in po if not entry.obsolete}
    po.clear()
    for (context, msgid), (plural, places) in sorted(found.items(), key=lambda item: (item[0][1], item[0][0] or "")):
        entry = known.get((context, msgid)) or polib.POEntry(msgctxt=context, msgid=msgid)
        entry.msgid_plural = plural or ""
        if plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        entry.occurrences, entry.flags = places, []
        if language == "en":  # the code speaks English: the catalogue repeats it
            if plural:
                entry.msgstr_plural = {0: msgid, 1: plural}
            else:
                entry.msgstr = msgid
        po.append(entry)
    return po


def untranslated(po: polib.POFile) -> list[str]:
    return [
        entry.msgid for entry in po if not (all(entry.msgstr_plural.values()) if entry.msgid_plural else entry.msgstr)
    ]


def catalogues():
    """Every catalogue: its file, its language and what must be in it."""
    own = collected()
    for language in ("sv", "en"):
        yield ROOT / f"locale/{language}/LC_MESSAGES/django.po", language, own
    for domain in ("django", "djangojs"):
        yield ROOT / f"locale/wagtail/sv/LC_MESSAGES/{domain}.po", "sv", borrowed(domain)


def main() -> int:
    os.chdir(ROOT)
    django.setup()  # templatize reads settings
    wrong = []
    for path, language, found in catalogues():
        po, compiled, name = update(path, language, found), path.with_suffix(".mo"), path.relative_to(ROOT)
        if "--check" in sys.argv:
            wrong += [f"{name}: not translated: {msgid!r}" for msgid in untranslated(po)]
            if not path.exists() or str(catalogue(path, language)) != str(po):
                wrong.append(f"{name}: the catalogue is not what the code says; run `make messages`")
            elif not compiled.exists() or compiled.read_bytes() != po.to_binary():
                wrong.append(f"{name}: the compiled catalogue is older than its source; run `make messages`")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            po.save(str(path))
            po.save_as_mofile(str(compiled))
            print(f"{name}: {len(po)} messages, {len(untranslated(po))} not translated")
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.dev")
    sys.exit(main())
