"""What visitors find. The first version stands on Wagtail's own search; view, form and template do not know that."""

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.safestring import SafeString
from wagtail.models import Locale, Page

from core import kinds
from core.cards import make_cards, specific_of, specific_pages
from core.html import cut_at_word, marked
from core.prefetch import stocked
from core.visibility import public_q

MAX_LENGTH, MAX_WORDS = 200, 20
CANDIDATES = 2000  # Wagtail's search cannot filter by what is public: this many hits are looked at
EXCERPT = 240
SUGGESTIONS = 8


@dataclass(frozen=True)
class Hit:
    kind: str
    kind_label: str
    url: str
    title_html: SafeString
    excerpt_html: SafeString
    date: object
    label: str


def words_of(text: str) -> list[str]:
    """The words that are searched for. Signs are separators, never operators; at most 20 words of 200 characters in all."""
    text = unicodedata.normalize("NFC", text)[:MAX_LENGTH]
    return re.findall(r"\w+", text.casefold())[:MAX_WORDS]


def pattern_of(words: list[str]) -> "re.Pattern[str]":
    """Finds the words, and what begins with them, in a text."""
    return re.compile(
        r"\b(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + r")\w*", re.IGNORECASE
    )


def candidates(words: list[str], locale: Locale) -> list[int]:
    """Keys of pages that hold all the words, best first; where none does, of those whose title begins like them."""
    if not words:
        return []
    pages = Page.objects.filter(locale=locale)
    text = " ".join(words)
    found = [page.pk for page in pages.search(text, operator="and")[:CANDIDATES]]
    return found or [page.pk for page in pages.autocomplete(text, operator="and")[:CANDIDATES]]


def searchable() -> Q:
    """Pages of the kinds that search shows: no aliases, nothing marked noindex."""
    of_kind = Q()
    for kind in kinds.every():
        if kind.searchable:
            of_kind |= Q(**{f"{kind.model._meta.model_name}__noindex": False})
    return of_kind & Q(alias_of__isnull=True)


def narrowed(pages, theme="", school_form="", category="", year=None):
    """`pages` with the filters that were chosen, by code."""
    for field, code in (("themes", theme), ("school_forms", school_form)):
        if code:
            owned = Q()
            for kind in kinds.every():
                owned |= Q(pk__in=kind.model.objects.filter(**{f"{field}__code": code}).values("pk"))
            pages = pages.filter(owned)
    if category:
        owned = Q()
        for kind in kinds.every():
            if kind.category:
                owned |= Q(**{f"{kind.model._meta.model_name}__{kind.category}": category})
        pages = pages.filter(owned)
    return pages.filter(first_published_at__year=year) if year else pages


class Result:
    """What a query found: a sequence for the paginator, counts for the facets."""

    def __init__(self, words, locale, kind=(), sort="", **filters):
        self.words = words
        self.ranks = {pk: rank for rank, pk in enumerate(candidates(words, locale))}
        pages = narrowed(Page.objects.filter(public_q(), searchable(), pk__in=self.ranks), **filters)
        types = {k.model._meta.model_name: k.code for k in kinds.every()}
        rows = list(
            pages.order_by(F("first_published_at").desc(nulls_last=True), "-pk").values_list(
                "pk", "content_type__model"
            )
        )
        self.counts: dict[str, int] = {}
        for _pk, model in rows:
            self.counts[types[model]] = self.counts.get(types[model], 0) + 1
        self.ids = [pk for pk, model in rows if not kind or types[model] in kind]
        if sort != "newest":
            self.ids.sort(key=self.ranks.__getitem__)

    def hits(self, ids, request=None) -> list[Hit]:
        pages = {page.pk: page for page in specific_pages(Page.objects.filter(pk__in=list(ids)), with_text=True)}
        shown = [pages[pk] for pk in ids if pk in pages]
        texts = {specific.pk: specific for _kind, specific in filter(None, map(specific_of, shown))}
        pattern = pattern_of(self.words)
        with stocked(*texts.values()):
            return self._hits(make_cards(shown, request), texts, pattern)

    def _hits(self, cards, texts, pattern) -> list[Hit]:
        return [
            Hit(
                card.kind,
                str(card.kind_label),
                card.url,
                marked(card.title, pattern),
                marked(excerpt(texts[card.page_id], pattern), pattern),
                card.date,
                card.label,
            )
            for card in cards
        ]


def excerpt(page, pattern) -> str:
    """The part of the page's text where the words stand, or its teaser."""
    text = f"{page.intro} {page.search_text}"
    found = pattern.search(text)
    if not found:
        return page.teaser_text
    start = max(0, found.start() - EXCERPT // 3)
    start = text.find(" ", start) + 1 if start else 0
    return ("… " if start else "") + cut_at_word(text[start:], EXCERPT)


def suggestions(text: str, locale: Locale, request=None) -> list[dict]:
    """At most eight public pages whose title has words that begin like those typed: `{text, url, kind}`."""
    words = words_of(text)
    if not words:
        return []
    found = [page.pk for page in Page.objects.filter(locale=locale).autocomplete(" ".join(words), operator="and")[:200]]
    pages = {page.pk: page for page in specific_pages(Page.objects.filter(public_q(), searchable(), pk__in=found))}
    cards = make_cards([pages[pk] for pk in found if pk in pages][:SUGGESTIONS], request)
    return [{"text": card.title, "url": card.url, "kind": card.kind} for card in cards]
