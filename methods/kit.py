"""The meeting kit: one method as an agenda with times, as a document to print and as entries of a calendar."""

import json
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from core import html

DATA = Path(__file__).parent / "data"
DEFAULT_MINUTES = 60  # of a meeting, where neither the steps nor the facts say
START = time(14, 30)  # when pupils have gone home
SATURDAY = 5
MOST_MEETINGS, MOST_WEEKS = 60, 26
BLOCK = re.compile(r"<(p|li|h\d)\b[^>]*>(.*?)</\1>", re.DOTALL)


def minutes_of(page) -> int:
    """Minutes of one meeting: the steps' where each has some, else the longest the method is said to take."""
    if page.steps and all(step.value["minutes"] for step in page.steps):
        return page.steps_minutes
    return page.minutes_max or page.minutes_min or DEFAULT_MINUTES


def defaults(page) -> dict:
    """`{date, start, meetings, weeks}` that the method suggests: the first meeting is a week from now, on a working day."""
    meetings = min(page.meetings_min or page.meetings_max or 1, MOST_MEETINGS)
    weeks = round((page.weeks_min or page.weeks_max or meetings) / meetings)
    day = timezone.localdate() + timedelta(weeks=1)
    return {
        "date": day + timedelta(days=7 - day.weekday() if day.weekday() >= SATURDAY else 0),
        "start": START,
        "meetings": meetings,
        "weeks": min(max(weeks, 1), MOST_WEEKS),
    }


def agenda(page, start: time) -> list[dict]:
    """`{time, title, minutes, value}` for each step; `time` is `14.30`, or empty after a step without minutes of its own."""
    rows, clock = [], datetime.combine(date.min, start)
    known = True
    for step in page.steps:
        minutes = step.value["minutes"]
        rows.append(
            {
                "time": _clock(clock) if known else "",
                "title": step.value["title"],
                "minutes": minutes,
                "value": step.value,
            }
        )
        known = known and bool(minutes)
        clock += timedelta(minutes=minutes or 0)
    return rows


def _clock(value) -> str:
    return value.strftime("%H.%M" if get_language() == "sv" else "%H:%M")


def hours(page, start: time) -> str:
    """From when to when a meeting lasts: `14.30–15.20`."""
    begin = datetime.combine(date.min, start)
    return f"{_clock(begin)}–{_clock(begin + timedelta(minutes=minutes_of(page)))}"


def calendar(page, plan: dict, url: str) -> bytes:
    """The series of meetings as an iCalendar file: one entry that repeats, at the same hour also when summer time ends."""
    zone = ZoneInfo(settings.TIME_ZONE)
    begin = datetime.combine(plan["date"], plan["start"], zone)
    key = f"{page.translation_key}-{begin:%Y%m%dT%H%M}-{plan['meetings']}-{plan['weeks']}"
    event = icalendar.Event()
    event.add("uid", f"{key}@kollegiet")
    event.add("dtstamp", page.last_published_at or timezone.now())
    event.add("dtstart", begin)
    event.add("dtend", begin + timedelta(minutes=minutes_of(page)))
    if plan["meetings"] > 1:
        event.add("rrule", {"freq": "weekly", "interval": plan["weeks"], "count": plan["meetings"]})
    event.add("summary", page.title)
    lines = [page.purpose, ""]
    lines += [" ".join(filter(None, (row["time"], row["title"]))) for row in agenda(page, plan["start"])]
    event.add("description", "\n".join([*lines, "", url]))
    event.add("url", url)
    file = icalendar.Calendar()
    file.add("prodid", "-//Kollegiet//Methods//SV")
    file.add("version", "2.0")
    file.add_component(event)
    last = begin.date() + timedelta(
        weeks=plan["weeks"] * plan["meetings"] + 52
    )  # the rules of that time, and no others
    file.add_missing_timezones(first_date=begin.date() - timedelta(weeks=52), last_date=last)
    return file.to_ical()


def document(page, plan: dict, url: str) -> bytes:
    """The kit as a tagged PDF (PDF/UA-1).

    The page's words reach the template as data, never as markup. Where they have a character that no font of ours knows,
    signs such as emoji are left out; a word in another script costs the file its claim to the standard, not its tags.
    """
    import typst  # a whole compiler: only a process that makes documents is to hold it in memory

    words = json.dumps(_words(page, plan, url), ensure_ascii=False)
    for text, standards in ((words, ["ua-1"]), (_without_signs(words), ["ua-1"]), (_without_signs(words), [])):
        try:
            return typst.compile(
                str(DATA / "kit.typ"),
                root=str(DATA),
                font_paths=[str(DATA / "fonts")],
                ignore_system_fonts=True,
                sys_inputs={"kit": text},
                pdf_standards=standards,
                timestamp=int((page.last_published_at or timezone.now()).timestamp()),
            )
        except typst.TypstError as error:
            failure = error
    raise failure


def _without_signs(text: str) -> str:
    return "".join(
        sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Cn", "Co", "Cs", "Sk", "So")
    )


def _words(page, plan: dict, url: str) -> dict:
    """What the document says, in the page's language."""
    when = f"{date_format(plan['date'], 'j F Y')}, {hours(page, plan['start'])}"
    return {
        "lang": page.locale.language_code,
        "kind": gettext("Meeting kit"),
        "title": page.title,
        "purpose": page.purpose,
        "facts": [
            f"{fact['label']}: {fact['value']}" + (f" ({gettext('guideline')})" if fact["is_guideline"] else "")
            for fact in page.facts
        ],
        "when": gettext("First meeting: %(when)s") % {"when": when},
        "agenda": [
            {
                "time": row["time"],
                "title": row["title"],
                "minutes": gettext("%s min") % row["minutes"] if row["minutes"] else "",
                "lines": lines_of(row["value"]["description"].source),
                "tip": row["value"]["tip"] or "",
            }
            for row in agenda(page, plan["start"])
        ],
        "roles": [[role.value["name"], role.value["task"]] for role in page.roles],
        "materials": [item.value["text"] for item in page.materials],
        "questions": [item.value for item in page.discussion_questions],
        "pitfalls": [item.value for item in page.pitfalls],
        "url": url,
        "labels": {
            "agenda": gettext("Agenda"),
            "time": gettext("Time"),
            "step": gettext("Step"),
            "roles": gettext("Roles"),
            "materials": gettext("What you need"),
            "questions": gettext("Questions to talk about"),
            "pitfalls": gettext("Watch out for"),
            "tip": gettext("Tip"),
            "notes": gettext("What we agreed on"),
            "page": gettext("Page"),
        },
    }


def lines_of(text: str) -> list[list[str]]:
    """Rich text as `[tag, words]` for each paragraph, item or heading; one paragraph where it has no such parts."""
    found = [[tag, html.text_of(part)] for tag, part in BLOCK.findall(text)] or [["p", html.text_of(text)]]
    return [[tag, words] for tag, words in found if words]
