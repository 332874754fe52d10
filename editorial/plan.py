"""The plan: everything that is going to happen to the pages that someone works with, by day, in both languages.

The number of statements does not depend on how much is planned.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from django.contrib.contenttypes.models import ContentType
from django.db.models import IntegerField, Q, TextChoices
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Revision, WorkflowState
from wagtail.permissions import policy_registry

from core import kinds
from core.models import Stewardship
from core.times import zone
from editorial.calendar import HOLIDAY, Mark
from editorial.dashboard import page_ids, page_states
from editorial.doors import own_pages
from editorial.release_models import ReleaseItem
from editorial.rescheduling import Lane, movable, time_of
from editorial.words import in_words, prospects

SECTION_DEPTH = 3  # the pages below each language's start page: news, methods and so on
TOO_CLOSE = timedelta(hours=1)  # two publications in one language within it stand in each other's light
SHOWN = 6  # items of a day in the month; the week shows them all
LIST_WEEKS = 8


@dataclass(frozen=True)
class Item:
    """Something that happens to a page. `at` is a moment, `day` the Swedish day; both None for what has no time yet."""

    page_id: int
    lane: Lane
    title: str
    at: datetime | None = None
    day: date | None = None
    language: str = ""
    kind: str = ""
    section: str = ""
    responsible: str = ""
    words: str = ""
    can_be_edited: bool = False
    can_be_moved: bool = False
    problem: str = ""
    collides: bool = False

    @property
    def time(self) -> str:
        return f"{self.at.astimezone(zone()):%H.%M}" if self.at else ""

    @property
    def lane_label(self) -> str:
        return str(self.lane.label)

    @property
    def seen(self) -> str:
        """The moment as a request that moves it says which one was seen."""
        return self.at.isoformat() if self.at else ""

    @property
    def clock(self) -> str:
        """The time of the day as a field of a form reads it."""
        return f"{self.at.astimezone(zone()):%H:%M}" if self.at else ""

    @property
    def edit_url(self) -> str:
        return reverse("wagtailadmin_pages:edit", args=[self.page_id]) if self.can_be_edited else ""


@dataclass
class Day:
    """A day of the plan, what is special about it and what happens on it; `more` counts what is left to the week."""

    date: date
    marks: list[Mark] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    more: int = 0
    is_today: bool = False
    is_outside: bool = False

    @property
    def holidays(self) -> list[str]:
        return [mark.label for mark in self.marks if mark.kind == HOLIDAY]


@dataclass
class Week:
    number: int
    days: list[Day]

    @property
    def periods(self) -> str:
        """The terms and breaks in it, which its days do not repeat."""
        labels = [mark.label for day in self.days for mark in day.marks if mark.kind != HOLIDAY]
        return ", ".join(dict.fromkeys(labels))

    @property
    def is_empty(self) -> bool:
        return not any(day.items for day in self.days)


class View(TextChoices):
    MONTH = "month", _("Month")
    WEEK = "week", _("Week")
    LIST = "list", _("List")


@dataclass(frozen=True)
class Period:
    """The whole weeks that a view shows round a day."""

    view: str
    day: date

    @property
    def first(self) -> date:
        start = self.day.replace(day=1) if self.view == View.MONTH else self.day
        return start - timedelta(days=start.weekday())

    @property
    def last(self) -> date:
        if self.view == View.MONTH:
            end = self.day.replace(day=1) + relativedelta(months=1) - timedelta(days=1)
            return end + timedelta(days=6 - end.weekday())
        return self.first + timedelta(days=7 * (LIST_WEEKS if self.view == View.LIST else 1) - 1)

    @property
    def previous(self) -> date:
        return self._beside(-1)

    @property
    def following(self) -> date:
        return self._beside(1)

    def _beside(self, step: int) -> date:
        if self.view == View.MONTH:
            return self.day.replace(day=1) + relativedelta(months=step)
        return self.day + timedelta(days=7 * step * (LIST_WEEKS if self.view == View.LIST else 1))

    @property
    def heading(self) -> str:
        """`november 2026`, `Vecka 48, 2026`, `23 november – 17 januari 2027`."""
        if self.view == View.MONTH:
            return date_format(self.day, "F Y")
        if self.view == View.WEEK:
            year, number, _weekday = self.first.isocalendar()
            return gettext("Week %(number)d, %(year)d") % {"number": number, "year": year}
        return f"{date_format(self.first, 'j F')} – {date_format(self.last, 'j F Y')}"


def worked_with(user):
    """The pages that someone has a right on. Those above them, which Wagtail lets them walk through, are not in the plan."""
    return policy_registry.get_by_type(Page).instances_user_has_any_permission_for(user, {"add", "change", "publish"})


class Section(NamedTuple):
    """A section in one language; `key` is what it shares with its translations."""

    key: str
    path: str
    title: str


def sections(user) -> list[Section]:
    """The sections in which someone works, Swedish before English, in the order of the tree."""
    found = own_pages(user).filter(depth=SECTION_DEPTH, numchild__gt=0).order_by("path")
    return [
        Section(str(key), path, title) for key, path, title in found.values_list("translation_key", "path", "title")
    ]


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), zone())


def items(pages, user, first: date, last: date, within: list[Section]) -> list[Item]:
    """What happens to the pages of a query from one day to another, in order; first what waits without a time.

    `within` are the sections whose names are known.
    """
    found = list(_candidates(pages, first, last))
    facts, may_move = prospects(found), movable(found, user)
    policy = policy_registry.get_by_type(Page)
    editable = policy.instances_user_has_permission_for(user, "change").filter(pk__in=[page.pk for page in found])
    known = {
        "editable": set(editable.values_list("pk", flat=True)),
        "sections": {section.path: section.title for section in within},
        "kinds": _kind_names(),
    }
    planned = []
    for page in found:
        fact = facts[page.pk]
        words = in_words(fact) or ""
        base = _about(page, known)
        for lane in (Lane.WAITING, Lane.PUBLISH, Lane.EXPIRE):
            at = time_of(fact, lane)
            if at is None and not (lane == Lane.WAITING and fact.waiting_for):
                continue
            day = at and at.astimezone(zone()).date()
            planned.append(
                replace(
                    base,
                    lane=lane,
                    at=at,
                    day=day,
                    words=words,
                    can_be_moved=page.pk in may_move[lane],
                    problem=fact.problem if lane == Lane.PUBLISH else "",
                )
            )
        stewardship = getattr(page, "stewardship", None)
        if page.live and stewardship and (due := stewardship.review_due):
            words = gettext("To be read again by %(day)s") % {"day": date_format(due, "j F Y")}
            planned.append(replace(base, lane=Lane.REVIEW, day=due, words=words))
    planned = [item for item in planned if item.day is None or first <= item.day <= last]
    return _with_collisions(sorted(planned, key=_order))


def _order(item: Item) -> tuple:
    moment = item.at or (_moment(item.day) if item.day else None)
    return (moment.timestamp() if moment else 0.0, list(Lane).index(item.lane), item.title, item.page_id)


def _candidates(pages, first: date, last: date):
    """Pages to which something may happen in the time. Exactly what, and when, is for `prospects` to say."""
    end = _moment(last + timedelta(days=1))
    scheduled = Revision.page_revisions.filter(approved_go_live_at__lt=end)
    waiting = page_states().filter(status=WorkflowState.STATUS_IN_PROGRESS)
    due = Stewardship.objects.due_about(first, last)
    happening = (
        Q(pk__in=scheduled.annotate(page_id=Cast("object_id", IntegerField())).values("page_id"))
        | Q(pk__in=page_ids(waiting))
        | Q(pk__in=ReleaseItem.open().filter(page__live=True, release__at__lt=end).values("page"))
        | Q(live=True, expire_at__gte=_moment(first), expire_at__lt=end)
        | Q(pk__in=due.values("page"))
    )
    originals = pages.filter(happening, alias_of=None)  # what happens to a page happens to its mirrors
    return originals.select_related("locale", "stewardship__responsible").order_by("pk")


def _kind_names() -> dict[int, str]:
    models = {kind.model: str(kind.label) for kind in kinds.every()}
    types = ContentType.objects.get_for_models(*models)
    return {types[model].pk: label for model, label in models.items()}


def _about(page: Page, known: dict) -> Item:
    stewardship = getattr(page, "stewardship", None)
    section = page.path[: Page.steplen * SECTION_DEPTH]
    return Item(
        page_id=page.pk,
        lane=Lane.REVIEW,
        title=page.get_admin_display_title(),
        language=page.locale.language_code,
        kind=known["kinds"].get(page.content_type_id, "") or str(page.page_type_display_name),
        section=known["sections"].get(section, ""),
        responsible=str(stewardship.responsible or "") if stewardship else "",
        can_be_edited=page.pk in known["editable"],
    )


def _with_collisions(planned: list[Item]) -> list[Item]:
    """The items; those that are published less than an hour apart in one language say so."""
    by_language = defaultdict(list)
    for item in planned:
        if item.at and item.lane in (Lane.PUBLISH, Lane.WAITING):
            by_language[item.language].append(item)
    close = {
        (item.page_id, item.lane)
        for group in by_language.values()
        for pair in pairwise(group)
        if pair[1].at - pair[0].at < TOO_CLOSE
        for item in pair
    }
    return [replace(item, collides=(item.page_id, item.lane) in close) for item in planned]


def weeks(period: Period, planned: Iterable[Item], marks: dict[date, list[Mark]]) -> list[Week]:
    """The weeks of a period with their days, empty ones too."""
    by_day, today = defaultdict(list), timezone.localdate()
    for item in planned:
        by_day[item.day].append(item)
    found, shown = [], SHOWN if period.view == View.MONTH else None
    for start in range(0, (period.last - period.first).days + 1, 7):
        monday = period.first + timedelta(days=start)
        days = []
        for number in range(7):
            day = monday + timedelta(days=number)
            is_outside = period.view == View.MONTH and day.month != period.day.month
            there = by_day[day]
            days.append(
                Day(
                    day,
                    marks.get(day, []),
                    there[:shown],
                    len(there[shown:]) if shown else 0,
                    day == today,
                    is_outside,
                )
            )
        found.append(Week(monday.isocalendar().week, days))
    return found
