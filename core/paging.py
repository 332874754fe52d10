"""Pages of a list that hold still while others publish.

A page is asked for by its number, as ever. The links to the next and the previous one say besides where the reader is, so
that a page which has come or gone in the meantime neither repeats another nor hides one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from django import forms
from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from core.alphabet import Alphabetical

PER_PAGE = 20
BEFORE_ALL = datetime(1900, 1, 1, tzinfo=UTC)  # for a page that does not say when it was published first


@dataclass(frozen=True)
class Position:
    """A place in a list: what the list goes by, for one of its pages. Written as `0~2026-11-29T07:30:00+00:00~57`."""

    is_pinned: int
    key: str | datetime
    pk: int

    def __str__(self) -> str:
        key = self.key.isoformat() if isinstance(self.key, datetime) else self.key
        return f"{self.is_pinned}~{key}~{self.pk}"


@dataclass(frozen=True)
class Order:
    """What a list goes by: pinned pages first, then by title in the alphabet of its language, or the newest first."""

    language: str
    by_title: bool = False

    def of(self, pages):
        """The pages in this order, which is total."""
        key = (
            Alphabetical("title", self.language) if self.by_title else Coalesce("first_published_at", Value(BEFORE_ALL))
        )
        sign = "" if self.by_title else "-"
        return pages.annotate(sort_key=key).pinned_first(f"{sign}sort_key", f"{sign}pk")

    def after(self, position: Position) -> Q:
        return self._beyond(position, "lt", "gt" if self.by_title else "lt")

    def before(self, position: Position) -> Q:
        return self._beyond(position, "gt", "lt" if self.by_title else "gt")

    @staticmethod
    def _beyond(position: Position, pinned: str, rest: str) -> Q:
        same = Q(is_pinned=position.is_pinned)
        return (
            Q(**{f"is_pinned__{pinned}": position.is_pinned})
            | (same & Q(**{f"sort_key__{rest}": position.key}))
            | (same & Q(sort_key=position.key, **{f"pk__{rest}": position.pk}))
        )

    def read(self, text: str) -> Position:
        """The position that a link carries. Raises ValueError for what no link of ours says."""
        pinned, _sign, rest = text.partition("~")
        key, _sign, pk = rest.rpartition("~")
        if pinned not in ("0", "1") or not (pk.isascii() and pk.isdigit() and len(pk) < 16):
            raise ValueError(text)
        try:
            return Position(int(pinned), key if self.by_title else datetime.fromisoformat(key).astimezone(UTC), int(pk))
        except OverflowError as error:
            raise ValueError(text) from error


class PageForm(forms.Form):
    """Which page of a list is asked for."""

    page = forms.IntegerField(min_value=1, required=False)
    after = forms.CharField(max_length=400, strip=False, required=False)
    before = forms.CharField(max_length=400, strip=False, required=False)

    def __init__(self, data, order: Order):
        self.order = order
        super().__init__(data)

    def _position(self, name: str) -> Position | None:
        try:
            return self.order.read(self.cleaned_data[name]) if self.cleaned_data[name] else None
        except ValueError as error:
            raise forms.ValidationError("not a position") from error

    def clean_after(self):
        return self._position("after")

    def clean_before(self):
        return self._position("before")


class Stretch(Page):
    """The keys that a page of a list shows, and how many stand in front of them."""

    is_lost = False  # nothing of the list stands where was asked; this is its beginning

    def __init__(self, positions: list[Position], offset: int, paginator: Paginator):
        self.positions, self.offset = positions, offset
        super().__init__([position.pk for position in positions], offset // paginator.per_page + 1, paginator)

    def has_next(self) -> bool:
        return self.offset + len(self.positions) < self.paginator.count

    def has_previous(self) -> bool:
        return self.offset > 0

    def previous_page_number(self) -> int:
        return max(1, self.number - 1)

    @cached_property
    def after(self) -> str:
        """Where the next page goes on."""
        return str(self.positions[-1]) if self.positions else ""

    @cached_property
    def before(self) -> str:
        """Where the previous page ends; empty where less than a page is left, which is the beginning."""
        return str(self.positions[0]) if self.offset >= self.paginator.per_page else ""


def page_of(pages, order: Order, data) -> Stretch:
    """The page of a list that is asked for with `page`, `after` and `before`; the first one if that means nothing."""
    ordered, form = order.of(pages), PageForm(data, order)
    paginator = Paginator(ordered, PER_PAGE)

    def cut(found, offset: int) -> Stretch:
        rows = found.values_list("is_pinned", "sort_key", "pk")
        return Stretch([Position(*row) for row in rows], offset, paginator)

    def numbered(number: int) -> Stretch:
        offset = (paginator.validate_number(number) - 1) * PER_PAGE
        return cut(ordered[offset : offset + PER_PAGE], offset)

    try:
        if not form.is_valid():
            raise EmptyPage
        after, before = form.cleaned_data["after"], form.cleaned_data["before"]
        if not (after or before):
            return numbered(form.cleaned_data["page"] or 1)
    except EmptyPage:
        lost = numbered(1)
        lost.is_lost = True
        return lost
    if after:
        offset = paginator.count - ordered.filter(order.after(after)).count()
        return (
            cut(ordered.filter(order.after(after))[:PER_PAGE], offset)
            if offset < paginator.count
            else numbered(paginator.num_pages)
        )
    in_front = ordered.filter(order.before(before))
    offset = max(0, in_front.count() - PER_PAGE)
    return cut(ordered[offset : offset + PER_PAGE], offset)
