"""What stands behind the plan: Swedish holidays, which are computed, and the school's year, which editors write down."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import holidays
from django.utils.translation import get_language

from editorial.models import SchoolPeriod

HOLIDAY = "holiday"
# Days off by law, and the eves on which nobody is at work.
CATEGORIES = (holidays.PUBLIC, holidays.DE_FACTO)


@dataclass(frozen=True)
class Mark:
    """What is special about a day: its name, and `holiday` or a kind of SchoolPeriod."""

    label: str
    kind: str


def holidays_in(first: date, last: date) -> dict[date, str]:
    """The Swedish holidays from one day to another, in the active language."""
    language = "sv" if (get_language() or "sv").startswith("sv") else "en_US"
    years = range(first.year, last.year + 1)
    found = holidays.Sweden(years=years, language=language, categories=CATEGORIES)
    return {day: name for day, name in found.items() if first <= day <= last}


def marks(first: date, last: date) -> dict[date, list[Mark]]:
    """What is special about the days from one to another; one statement however many there are."""
    found = defaultdict(list)
    for day, name in holidays_in(first, last).items():
        found[day].append(Mark(name, HOLIDAY))
    for period in SchoolPeriod.objects.filter(first_day__lte=last, last_day__gte=first):
        begins, ends = max(first, period.first_day), min(last, period.last_day)
        for number in range((ends - begins).days + 1):
            found[begins + timedelta(days=number)].append(Mark(period.name, period.kind))
    return dict(found)
