"""The registry of what the site publishes: one entry per kind of page, filled in each app's `ready()`.

Lists, feeds, search, related pages and the sitemap ask the registry; none of them imports a page type.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_kinds: dict[str, "Kind"] = {}


@dataclass(frozen=True)
class Card:
    """What a list shows of a page. `date` is the first publication."""

    kind: str
    kind_label: str
    page_id: int
    url: str
    title: str
    slug: str = ""
    teaser: str = ""
    date: datetime | None = None
    label: str = ""
    meta: str = ""
    byline: str = ""
    reading_minutes: int = 0
    image: Any = None
    image_alt: str = ""
    cover: Any = None


@dataclass(frozen=True)
class Kind:
    """A kind of page. `code` is stable and English; it stands in addresses (`?kind=news`) and in `data-kind`."""

    code: str
    model: type
    label: Any
    plural: Any
    icon: str
    related_heading: Any = ""
    searchable: bool = True
    feed: bool = False
    category: str = ""  # look-up of the code by which search filters, e.g. "category__code"
    order: int = 0
    by_title: bool = False  # how lists go: by title, or the newest first
    card_relations: tuple[str, ...] = ()
    heavy_fields: tuple[str, ...] = ("body",)
    card: Callable[[Any], dict[str, Any]] = lambda page: {}


def register(kind: Kind) -> None:
    """Enter a kind. Raises ValueError if the code is taken by another model."""
    known = _kinds.get(kind.code)
    if known and known.model is not kind.model:
        raise ValueError(f"the kind {kind.code!r} is {known.model.__name__} already")
    _kinds[kind.code] = kind


def every() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


def get(code: str) -> Kind | None:
    return _kinds.get(code)


def of(page) -> Kind | None:
    """The kind of a specific page, or None for pages that are no kind (index pages, the start page)."""
    return next((kind for kind in _kinds.values() if isinstance(page, kind.model)), None)
