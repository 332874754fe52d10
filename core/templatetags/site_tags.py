"""What the site's templates need beyond Django's and Wagtail's own tags."""

import json
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from core import html
from core.cards import cards_by_id
from core.covers import pattern as pattern_of
from core.embeds import player

register = template.Library()


@register.filter
def sv_date(value) -> str:
    """A date in words, in the reader's language: `24 november 2026`, `24 November 2026`. Times are taken in local time."""
    return date_format(_local(value), "j F Y") if value else ""


@register.filter
def clock(value) -> str:
    """A time of day as Swedish writes it: `07.30`."""
    return _local(value).strftime("%H.%M") if value else ""


@register.filter
def iso_date(value) -> str:
    """A date for the attribute `datetime`: `2026-11-24`."""
    return _local(value).strftime("%Y-%m-%d") if value else ""


def _local(value):
    return timezone.localtime(value) if hasattr(value, "tzinfo") and timezone.is_aware(value) else value


@register.simple_tag
@lru_cache(maxsize=128)
def icon(name: str) -> SafeString:
    """A small drawing beside a word, hidden from screen readers since the word says it."""
    return render_to_string(f"components/icons/{name}.svg")


@register.simple_tag
@lru_cache(maxsize=2048)
def pattern(slug: str) -> SafeString:
    """The quiet pattern of a page without a picture."""
    return render_to_string("components/pattern.svg", {"pattern": pattern_of(slug)})


@register.inclusion_tag("components/cover.svg")
def cover(cover: dict) -> dict:
    """The typographic cover of a book, from `core.covers.book_cover()`."""
    return {"cover": cover}


@register.simple_tag(takes_context=True)
def json_ld(context) -> SafeString:
    """What the page is, for search engines: the variable `json_ld` as a block of data."""
    data = context.get("json_ld")
    return html.data_block(json.dumps(list(data), ensure_ascii=False)) if data else SafeString("")


@register.simple_tag(takes_context=True)
def cards_for(context, pages) -> list:
    """Cards of pages that a block names, the public ones only. Takes one page, a list of pages or None."""
    asked = [page.pk for page in ([pages] if hasattr(pages, "pk") else pages or []) if page is not None]
    return cards_by_id(asked, context.get("request"), getattr(context.get("page"), "locale_id", None))


@register.simple_tag
def film(url: str) -> dict | None:
    """`{service, address}` of the player for a film's address, or None where it cannot be shown here."""
    found = player(url or "")
    return {"service": found[0], "address": found[1]} if found else None


@register.filter
def timeline(steps) -> list[dict]:
    """`{x, width}` for each step's share of the meeting, in minutes; empty where a step has no time of its own."""
    minutes = [step.value["minutes"] or 0 for step in steps]
    if not minutes or not all(minutes):
        return []
    return [{"x": sum(minutes[:place]), "width": length} for place, length in enumerate(minutes)]


@register.filter
def numbered_pages(page) -> list:
    """The numbers of a paginator's pages with gaps where there are many, for the page that is shown."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
