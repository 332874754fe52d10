"""The engines that hold the index. Each answers the same four questions; nothing else of an engine is used."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.db import connection

from core.addresses import Addresses
from core.visibility import public_sql
from search.expressions import All, Expression, demands_phrase
from search.planning import Group

MANY = 5_000  # pages: words that stand in more are ranked by titles and leads first
VERY_MANY = 20_000  # pages: by titles first
MOST_COUNTED = 10_000  # hits: numbers are exact up to here
MOST_RANKED = 5_000  # hits that are put in order, of words that stand in many: the newest
MOST_PHRASES = 2_000  # where such words are a phrase


@dataclass(frozen=True)
class Lookup:
    """What to look for, in which language, narrowed to what, and how to rank it.

    `filters` holds for each of `kind`, `theme`, `school_form`, `category` and `year` the values of which one must hold.
    """

    language: str
    expression: Expression
    groups: tuple[Group, ...]
    pages: int  # how many may match, at most
    unwanted: tuple[Expression, ...] = ()
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    newest_first: bool = False
    without: tuple[int, ...] = ()  # keys of pages that are known already

    @property
    def is_first_for_titles(self) -> bool:
        """Whether titles are asked first: for a word in very many pages. Several words seldom stand in one title."""
        return self.pages > VERY_MANY and not isinstance(self.expression, All) and not demands_phrase(self.expression)


UNASKED = ""  # the address of a page of which nobody has asked yet whether everyone may read it


@dataclass(frozen=True)
class Found:
    """A page that was found, with what ranks and shows it."""

    page_id: int
    kind: str
    published_at: datetime | None
    title: str
    label: str
    lead: str
    text: str
    attached: str
    readings: str
    address: str | None = UNASKED  # None where not everyone may read it now


SHOWN = ("title", "label", "lead", "text", "attached", "readings")  # of `Found`, in its order


class Columns:
    """What an engine in the database reads of its hits besides key, kind and date, and the address that it makes of it.

    `search_text` is `t` there. `joined` follows it, with `values`, and finds the place of what everyone may read now. Of
    many pages the titles only are read, and nobody asks yet who may read them.
    """

    def __init__(self, *, titles_only: bool = False):
        names = [f"t.{name}" for name in SHOWN]
        self.joined, self.values, self.addresses = "", (), None
        if titles_only:
            names[1:] = ["''"] * len(names[1:])
            self.names = ", ".join([*names, "''", "''"])
        else:
            self.names = ", ".join([*names, "p.url_path", "l.language_code"])
            condition, self.values = public_sql("p")
            self.joined = (
                f" LEFT JOIN wagtailcore_page p ON p.id = t.page_id AND {condition}"
                " LEFT JOIN wagtailcore_locale l ON l.id = p.locale_id"
            )
            self.addresses = Addresses()

    def found(self, page_id: int, kind: str, published_at: datetime | None, *read) -> Found:
        *texts, url_path, language = read
        address = self.addresses.at(url_path, language) if self.addresses else UNASKED
        return Found(page_id, kind, published_at, *texts, address)


@dataclass(frozen=True)
class Tally:
    """How many of the hits share a kind, a year (or none) and a set of facet codes."""

    kind: str
    year: int | None
    facets: str
    hits: int

    def values(self, name: str) -> list[str]:
        """What these hits are by one of the filters."""
        if name == "kind":
            return [self.kind]
        if name == "year":
            return [str(self.year)] if self.year else []
        prefix = f"{name}:"
        return [code.removeprefix(prefix) for code in self.facets.split() if code.startswith(prefix)]


class Engine(Protocol):
    def top(self, lookup: Lookup, limit: int, offset: int = 0) -> list[Found]:
        """The best hits, or the newest."""

    def tally(self, lookup: Lookup) -> list[Tally]:
        """What the hits are, at least one more than `MOST_COUNTED` where there are so many."""

    def titles(self, lookup: Lookup, limit: int) -> list[Found]:
        """The best of the pages that match by their title, or the newest."""


def database_engine() -> Engine:
    from search.engines.postgres import Postgres
    from search.engines.sqlite import SQLite

    return Postgres() if connection.vendor == "postgresql" else SQLite()


def visitors_engine() -> Engine:
    """The engine that SEARCH_URL names."""
    if not settings.SEARCH_ENGINE:
        return database_engine()
    from search.engines.resilient import Resilient  # its client takes memory that most installations need not give

    return Resilient()
