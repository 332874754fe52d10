"""Reminds those who are responsible of pages to read again: before the day, after it, and in the end the chief editors.

Each is told once of each page, day and stage; several pages of one morning are one mail.
"""

from collections import defaultdict
from datetime import date, timedelta

from django.urls import reverse

from core.models import Stewardship
from editorial.mail import PAGES_NAMED, full_url, tell
from editorial.pulse import Reminder
from editorial.roles import holders

AHEAD = BEHIND = timedelta(days=14)


def stage_of(stewardship: Stewardship, today: date) -> str:
    """Which reminder a page is due for; an empty string for none.

    A page that nobody looks after goes to the chief editors at once, and so does one that has been left for two weeks.
    """
    due, responsible = stewardship.review_due, stewardship.responsible
    if due is None or due > today + AHEAD:
        return ""
    if not (responsible and responsible.is_active) or due < today - BEHIND:
        return Reminder.Stage.ESCALATED
    return Reminder.Stage.AFTER if due < today else Reminder.Stage.BEFORE


def send_due(today: date) -> int:
    """Writes to the outbox what people have not been reminded of yet. Returns the number of mails."""
    found = Stewardship.objects.due_about(None, today + AHEAD)
    told = set(Reminder.objects.values_list("page", "due", "stage"))
    waiting, new = defaultdict(list), []
    for row in found.select_related("page", "responsible").order_by("since", "pk"):
        stage = stage_of(row, today)
        if stage and (row.page_id, row.review_due, stage) not in told:
            waiting[stage, row.responsible if stage != Reminder.Stage.ESCALATED else None].append(row)
            new.append(Reminder(page_id=row.page_id, due=row.review_due, stage=stage))
    Reminder.objects.bulk_create(new)
    return sum(_remind(stage, person, rows) for (stage, person), rows in waiting.items())


def _remind(stage: str, person, rows: list[Stewardship]) -> int:
    url = full_url(reverse("editorial_review"))
    people = {person} if person else set(holders("chief_editor"))
    named, more = rows[:PAGES_NAMED], max(0, len(rows) - PAGES_NAMED)
    return tell(
        people, f"review_{stage}", rows=named, more=more, url=f"{url}?responsible={person.pk}" if person else url
    )
