"""What the start page, the hubs and the people's pages gather from the rest of the site."""

from django.db.models import F, Q
from wagtail.models import Page

from core import kinds
from core.addresses import url_of
from core.cards import cards_in_language, make_cards, specific_pages
from core.models import Byline
from core.related import chosen_ids
from core.visibility import public_q

ON_START_PAGE = 4
ON_HUB = 6
HUB_KINDS = ("method", "news", "blog_post", "book_tip")


def newest(kind, locale_id: int, number: int):
    """The keys of the newest public pages of a kind in a language."""
    pages = kind.model.objects.published().findable().filter(locale_id=locale_id)
    return pages.pinned_first(F("first_published_at").desc(nulls_last=True), "-pk").values_list("pk", flat=True)[:number]


def cards_of(ids, request) -> list[kinds.Card]:
    ids = list(ids)
    found = {card.page_id: card for card in make_cards(specific_pages(Page.objects.filter(pk__in=ids)), request)}
    return [found[pk] for pk in ids if pk in found]


def start_page_context(page, request) -> dict:
    """Highlights, the newest of each kind, theme cards, a method for the next meeting and the book of the month."""
    chosen = {
        "highlights": chosen_ids(page, "highlights"),
        "method": [page.method_of_the_week_id] if page.method_of_the_week_id else [],
        "book": [page.book_of_the_month_id] if page.book_of_the_month_id else [],
    }
    picked = cards_in_language(page, chosen, request)
    ids = {kind.code: list(newest(kind, page.locale_id, ON_START_PAGE)) for kind in kinds.every() if kind.feed}
    ids["theme"] = list(theme_ids(page.locale_id))
    cards = cards_of([pk for group in ids.values() for pk in group], request)
    by_kind = {code: [card for card in cards if card.kind == code] for code in ids}
    lead_news = picked["highlights"] or by_kind.get("news", [])[:3]
    return {
        "highlights": lead_news,
        "latest_news": [card for card in by_kind.get("news", []) if card not in lead_news],
        "latest_posts": by_kind.get("blog_post", []),
        "theme_cards": by_kind["theme"],
        "method_card": next(iter(picked["method"] or by_kind.get("method", [])), None),
        "book_card": next(iter(picked["book"] or by_kind.get("book_tip", [])), None),
        "notice": page.current_notice,
    }


def theme_ids(locale_id: int):
    themes = kinds.get("theme").model.objects.published().findable().filter(locale_id=locale_id)
    return themes.order_by("path").values_list("pk", flat=True)


def hub_context(page, request) -> dict:
    """`groups` of `{kind, heading, cards, total, list_url}` on the theme, `start_cards` and `contacts`."""
    ids, totals = {}, {}
    for code in HUB_KINDS:
        kind = kinds.get(code)
        pages = kind.model.objects.published().findable().filter(locale_id=page.locale_id).about(page.theme)
        totals[code] = pages.count()
        ids[code] = list(pages.pinned_first(*kind.ordering).values_list("pk", flat=True)[:ON_HUB])
    cards = cards_of([pk for group in ids.values() for pk in group], request)
    lists = {
        child.specific_class: url_of(child, request)
        for child in Page.objects.filter(public_q(), path__startswith=page.path[: 2 * Page.steplen], depth=3)
    }
    groups = []
    for code in HUB_KINDS:
        kind = kinds.get(code)
        parent = next((url for model, url in lists.items() if model and kind.model in model.allowed_subpage_models()), "")
        groups.append(
            {
                "kind": code,
                "heading": kind.plural,
                "cards": [card for card in cards if card.kind == code],
                "total": totals[code],
                "list_url": f"{parent}?theme={page.theme.code}" if parent else "",
            }
        )
    return {
        "groups": [group for group in groups if group["cards"]],
        "start_cards": cards_in_language(page, {"start": chosen_ids(page, "start_here")}, request)["start"],
        "contacts": [row.value for row in page.contacts if row.value],
    }


def person_context(index_page, person, request) -> dict:
    """A person and what they have written in the language of the list, newest first."""
    written = Page.objects.filter(
        public_q(),
        Q(pk__in=Byline.objects.filter(person=person).values("page")) | Q(booktippage__reviewer=person),
        locale_id=index_page.locale_id,
        alias_of__isnull=True,
    ).order_by(F("first_published_at").desc(nulls_last=True), "-pk")
    return {"person": person, "written": make_cards(specific_pages(written), request)}
