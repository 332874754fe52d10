"""What a page without hits offers: words that are nearly right, the themes, and what others open."""

from dataclasses import dataclass

from django.db.models import Sum
from wagtail.models import Page

from core import kinds
from core.addresses import Addresses
from core.visibility import public_q
from search.analysis import fold, normalised, words
from search.models import FollowedOn, SearchDocument
from search.query import suggestions

BEGINNING = 3  # letters that a word nearby shares with what was typed
WORDS_READ, WORDS_SHOWN, PAGES_SHOWN = 3, 6, 5
FEWEST = 5  # times that a page has been opened before it is said to be


@dataclass(frozen=True)
class Link:
    title: str
    url: str


@dataclass(frozen=True)
class Help:
    """`opened` are the pages that are opened most from hits; where too few have been, there are the `newest` instead."""

    words: list[str]
    themes: list[Link]
    opened: list[Link]
    newest: list[Link]


def help_without_hits(text: str, language: str) -> Help:
    near: list[str] = []
    for word in list(words(normalised(text)))[:WORDS_READ]:
        near += [each["text"] for each in suggestions(fold(word)[:BEGINNING], language) if each["url"] is None]
    opened = _opened(language)
    return Help(list(dict.fromkeys(near))[:WORDS_SHOWN], _themes(language), opened, [] if opened else _newest(language))


def _themes(language: str) -> list[Link]:
    hub = kinds.get("theme")
    if not hub:
        return []
    # The hubs are few: from them to their pages, not through all pages to the hubs.
    hubs = list(hub.model.objects.order_by().values_list("pk", flat=True))
    found = _links(hub.model.objects.published().findable().filter(pk__in=hubs, locale__language_code=language))
    return sorted(found.values(), key=lambda link: link.title.casefold())


def _opened(language: str) -> list[Link]:
    often = (
        FollowedOn.objects.filter(language=language)
        .values("page_id")
        .annotate(sum=Sum("times"))
        .filter(sum__gte=FEWEST)
        .order_by("-sum", "page_id")
    )
    return _in_order(often)


def _newest(language: str) -> list[Link]:
    return _in_order(SearchDocument.objects.filter(language=language).order_by("-docid"))


def _in_order(rows) -> list[Link]:
    """The public ones of the first pages that some rows name."""
    ids = list(rows.values_list("page_id", flat=True)[:PAGES_SHOWN])
    links = _links(Page.objects.filter(public_q(), pk__in=ids)) if ids else {}
    return [links[pk] for pk in ids if pk in links]


def _links(pages) -> dict[int, Link]:
    rows, addresses = pages.values_list("pk", "title", "url_path", "locale__language_code"), Addresses()
    return {pk: Link(title, url) for pk, title, *place in rows if (url := addresses.at(*place))}
