"""The morning's mail: what waits for each person. Once on a working day, and nothing to those for whom nothing waits."""

from collections.abc import Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.models import Stewardship
from editorial import reminders
from editorial.dashboard import sent_back, to_decide
from editorial.mail import PAGES_NAMED, full_url, tell
from editorial.models import TakedownRequest
from editorial.pulse import Digest
from editorial.takedown import may_decide

# What other apps do once on each working morning: each is given the day.
MORNINGS: list[Callable[[date], object]] = []
FROM, SATURDAY = time(7), 5  # Swedish time; a worker that starts later in the day sends it then


def is_time(now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.time() >= FROM and local.weekday() < SATURDAY


def waiting_for(user) -> dict[str, list]:
    """What waits for a person, by kind: pages to review, pages that were sent back, requests, pages to read again."""
    return {
        "to_review": list(to_decide(user)[:PAGES_NAMED]),
        "sent_back": list(sent_back(user)[:PAGES_NAMED]),
        "takedowns": list(TakedownRequest.objects.filter(decided_at=None)[:PAGES_NAMED]) if may_decide(user) else [],
        "overdue": [
            row.page
            for row in Stewardship.objects.overdue().filter(responsible=user).select_related("page")[:PAGES_NAMED]
        ],
    }


@transaction.atomic
def send_due(now: datetime | None = None) -> int | None:
    """Writes today's digests and reminders to the outbox if nobody has yet.

    Returns the number of digests, or None when it was not for us to do.
    """
    now = now or timezone.now()
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if not is_time(now) or not Digest.claim(today):
        return None
    reminders.send_due(today)
    for act in MORNINGS:
        act(today)
    count = 0
    for user in get_user_model().objects.filter(is_active=True, groups__isnull=False).exclude(email="").distinct():
        if any((waiting := waiting_for(user)).values()):
            count += tell({user}, "digest", **waiting, url=full_url(reverse("wagtailadmin_home")))
    return count
