"""What `doctor`, `/metrics` and the dashboard ask of an installation: figures, and findings in words."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks as system_checks
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from post_office.models import STATUS, Email
from wagtail.models import Page

from core.models import Stewardship
from core.querysets import findable_pages
from core.visibility import public_q
from editorial import roles, schedule
from editorial.pulse import ScheduleProblem, Worker
from search import health, index

# How late something may be before it is an error. A worker looks every second; a mail server is tried again for minutes.
LAG = timedelta(minutes=1)
MAIL_LAG = timedelta(minutes=15)
FAILED_LATELY = timedelta(days=7)
BACKUP_AGE = timedelta(days=2)


@dataclass(frozen=True)
class Figure:
    name: str
    description: str
    value: float


class Level(IntEnum):
    GOOD, NOTE, WARNING, ERROR = range(4)


@dataclass(frozen=True)
class Finding:
    level: Level
    text: str


def schedule_lag() -> tuple[float, int]:
    """How many seconds the most overdue item is late, and how many items are due. Pages with a known problem do not count."""
    items, now = schedule.due(), timezone.now()
    return max(((now - item.moment).total_seconds() for item in items), default=0.0), len(items)


def _waiting_mail():
    return Email.objects.filter(status__in=(STATUS.queued, STATUS.requeued))


def mail_age() -> float:
    """How many seconds the oldest mail in the outbox has waited."""
    oldest = _waiting_mail().order_by("created").values_list("created", flat=True).first()
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0


def figures() -> list[Figure]:
    lag, due = schedule_lag()
    return [
        Figure("kollegiet_schedule_lag_seconds", "Age of the most overdue scheduled publication or expiry", lag),
        Figure("kollegiet_schedule_due_items", "Scheduled publications and expiries that are due now", due),
        Figure(
            "kollegiet_schedule_problems", "Scheduled pages that cannot be published", ScheduleProblem.objects.count()
        ),
        Figure("kollegiet_workers_alive", "Workers seen within half a minute", Worker.alive().count()),
        Figure("kollegiet_outbox_queued", "Mail waiting to be sent", _waiting_mail().count()),
        Figure("kollegiet_outbox_oldest_seconds", "Age of the oldest mail waiting to be sent", mail_age()),
        Figure("kollegiet_outbox_failed", "Mail that was given up", Email.objects.filter(status=STATUS.failed).count()),
        Figure("kollegiet_public_pages", "Pages that everyone may read", Page.objects.filter(public_q()).count()),
        Figure(
            "kollegiet_findable_pages", "Public pages that lists and search engines may name", findable_pages().count()
        ),
        Figure(
            "kollegiet_search_index_drift",
            "Differences between the search index and what is public",
            len(index.differences()),
        ),
        Figure(
            "kollegiet_search_engine_waiting",
            "Changes that the search engine outside the database has not been told of",
            health.waiting(),
        ),
        Figure(
            "kollegiet_search_engine_lag_seconds",
            "Age of the oldest change that the search engine has not been told of",
            health.lag(),
        ),
    ]


def _settings() -> Iterator[Finding]:
    if settings.DEMO or str(settings.SETTINGS_MODULE).endswith(".dev"):
        yield Finding(Level.NOTE, _("This is a development or demo installation. It is not meant for the open web."))
        return
    found = system_checks.run_checks(tags=["security"], include_deployment_checks=True)
    for message in found:
        yield Finding(Level.ERROR, f"{message.msg} ({message.id})")
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding(Level.ERROR, _("ALLOWED_HOSTS lets every host name in. Name the site's own."))
    if not settings.SITE_URL:
        yield Finding(Level.ERROR, _("SITE_URL is not set: links in mail and feeds may lead to the wrong place."))
    from home.world import PASSWORD, USERS  # the demo's drawing code is not needed where the figures are read

    known = {name for name, *_rest in USERS}
    users = get_user_model().objects.filter(is_active=True, username__in=known)
    for user in users:
        if user.check_password(PASSWORD):
            text = _("The login “%(user)s” has the demo's password, which everyone knows. Deactivate it.")
            yield Finding(Level.ERROR, text % {"user": user.username})


def _tables() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if pending:
        text = ngettext(
            "%(number)d migration is pending. Run: python manage.py migrate",
            "%(number)d migrations are pending. Run: python manage.py migrate",
            pending,
        )
        yield Finding(Level.ERROR, text % {"number": pending})
    else:
        yield Finding(Level.GOOD, _("The database answers and its tables are up to date."))


def _cache() -> Iterator[Finding]:
    key, value = f"doctor:{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, 60)
    if cache.get(key) == value:
        cache.delete(key)
        yield Finding(Level.GOOD, _("The cache answers."))
    else:
        yield Finding(
            Level.ERROR, _("The cache does not answer. The site works without it, but slower. Look at CACHE_URL.")
        )


def _worker() -> Iterator[Finding]:
    alive = Worker.alive().count()
    if alive:
        yield Finding(
            Level.GOOD,
            ngettext("%(number)d worker is alive.", "%(number)d workers are alive.", alive) % {"number": alive},
        )
        return
    last = Worker.objects.order_by("-seen_at").first()
    if last:
        text = _(
            "No worker is alive; %(name)s was last seen at %(time)s. Nothing is published on time and no mail is sent. Run: python manage.py work"
        )
        yield Finding(
            Level.ERROR, text % {"name": last.name, "time": timezone.localtime(last.seen_at).strftime("%Y-%m-%d %H.%M")}
        )
    else:
        yield Finding(
            Level.WARNING, _("No worker runs. What is scheduled and mail will wait. Run: python manage.py work")
        )


def _schedule() -> Iterator[Finding]:
    lag, due = schedule_lag()
    if lag > LAG.total_seconds():
        text = ngettext(
            "%(number)d scheduled publication or expiry is overdue, by %(minutes)d minutes.",
            "%(number)d scheduled publications and expiries are overdue, the oldest by %(minutes)d minutes.",
            due,
        )
        yield Finding(Level.ERROR, text % {"number": due, "minutes": round(lag / 60)})
    else:
        yield Finding(Level.GOOD, _("What was scheduled has been done on time."))
    for problem in ScheduleProblem.objects.select_related("page"):
        text = _("“%(title)s” could not be published at its time: %(reason)s")
        yield Finding(Level.WARNING, text % {"title": problem.page.title, "reason": problem.reason})


def _mail() -> Iterator[Finding]:
    age, waiting = mail_age(), _waiting_mail().count()
    failed = Email.objects.filter(status=STATUS.failed, last_updated__gte=timezone.now() - FAILED_LATELY).count()
    if age > MAIL_LAG.total_seconds():
        text = _(
            "%(number)d mails wait in the outbox, the oldest for %(minutes)d minutes. Look at EMAIL_URL and the worker's log."
        )
        yield Finding(Level.ERROR, text % {"number": waiting, "minutes": round(age / 60)})
    if failed:
        text = ngettext(
            "%(number)d mail could not be sent this week.", "%(number)d mails could not be sent this week.", failed
        )
        yield Finding(Level.ERROR, text % {"number": failed})
    if age <= MAIL_LAG.total_seconds() and not failed:
        yield Finding(Level.GOOD, _("The outbox is in order."))


def _search() -> Iterator[Finding]:
    found = len(index.differences())
    if found:
        text = ngettext(
            "The search index differs from what is public in %(number)d place. Run: python manage.py search_rebuild",
            "The search index differs from what is public in %(number)d places. Run: python manage.py search_rebuild",
            found,
        )
        yield Finding(Level.ERROR, text % {"number": found})
    else:
        yield Finding(Level.GOOD, _("The search index holds every public page."))
    if settings.SEARCH_ENGINE:
        yield from _search_engine()


def _search_engine() -> Iterator[Finding]:
    try:
        found = health.engine_differences()
    except health.EngineFails as error:
        text = _("The search engine does not answer; visitors search in the database: %(error)s")
        yield Finding(Level.ERROR, text % {"error": error})
        return
    lag = health.lag()
    if found or lag > LAG.total_seconds():
        text = _(
            "The search engine has %(number)d pages otherwise than the database, the oldest change waits for %(seconds)d s."
        )
        yield Finding(Level.ERROR, text % {"number": found, "seconds": round(lag)})
    else:
        yield Finding(Level.GOOD, _("The search engine has what the database has."))


def _roles() -> Iterator[Finding]:
    found = roles.differences()
    if found:
        yield Finding(Level.ERROR, _("Roles or workflow are not as the table says. Run: python manage.py roles"))
        yield from (Finding(Level.ERROR, difference) for difference in found)
    else:
        yield Finding(Level.GOOD, _("Roles and workflow are as the table says, on the start page of every language."))


def _content() -> Iterator[Finding]:
    public = Page.objects.filter(public_q()).values("pk")
    overdue = sum(row.is_overdue for row in Stewardship.objects.filter(page__in=public).select_related("page"))
    if overdue:
        text = ngettext("%(number)d page is overdue for review.", "%(number)d pages are overdue for review.", overdue)
        yield Finding(Level.NOTE, text % {"number": overdue})


def newest_backup():
    """When the newest file in the folder `backups` of DATA_DIR was written, or None."""
    folder = Path(settings.DATA_DIR) / "backups"
    times = [path.stat().st_mtime for path in folder.iterdir()] if folder.is_dir() else []
    return datetime.fromtimestamp(max(times), tz=timezone.get_current_timezone()) if times else None


def _backup() -> Iterator[Finding]:
    newest = newest_backup()
    if newest is None:
        yield Finding(Level.WARNING, _("There is no backup in the folder “backups” of DATA_DIR."))
    elif newest < timezone.now() - BACKUP_AGE:
        yield Finding(Level.WARNING, _("The newest backup is from %(date)s.") % {"date": newest.strftime("%Y-%m-%d")})
    else:
        yield Finding(Level.GOOD, _("There is a backup from %(date)s.") % {"date": newest.strftime("%Y-%m-%d")})


EXAMINATIONS: list[Callable[[], Iterator[Finding]]] = [
    _tables, _settings, _cache, _roles, _worker, _schedule, _mail, _search, _content, _backup,
]  # fmt: skip


def findings() -> list[Finding]:
    """Everything there is to say, in words. An examination that fails is a finding too."""
    found: list[Finding] = []
    for examine in EXAMINATIONS:
        try:
            found += examine()
        except DatabaseError as error:
            found.append(
                Finding(Level.ERROR, _("The database does not answer as it should: %(error)s") % {"error": error})
            )
            break  # the others ask it too
    return found
