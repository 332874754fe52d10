"""What the start page, the hubs and the people's pages gather from the rest of the site."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Count, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import Now, RowNumber
from django.utils.translation import get_language
from wagtail.models import Page

from core import kinds
from core.addresses import url_of
from core.alphabet import Alphabetical
from core.cards import cards_in_language, make_cards, specific_pages
from core.html import cut_at_word
from core.models import Byline
from core.querysets import findable_pages
from core.related import chosen_ids
from core.visibility import public_q
from methods.forms import FindForm
from methods.models import MethodIndexPage

ON_START_PAGE = 4
ON_HUB = 6
ALL_THEMES = 100
HUB_KINDS = ("method", "news", "blog_post", "book_tip")


def gathered(wanted: dict, locale_id: int, request, theme=None, by_title=()) -> tuple[dict, dict]:
    """The first public pages of several kinds in a language, in one statement.

    Takes `{kind: how many}`; a theme that they must be about; the kinds that go by title, the others being newest first.
    Themes keep the order of the tree. Returns `{code: cards}` and `{code: how many there are}`.
    """
    chosen, limits, order = Q(), [], []
    title = Alphabetical("title", get_language() or settings.LANGUAGE_CODE)
    for kind, number in wanted.items():
        owner, is_kind = kind.model._meta.model_name, ContentType.objects.get_for_model(kind.model)
        of_kind = Q(content_type=is_kind, **{f"{owner}__noindex": False})
        if theme:
            of_kind &= Q(pk__in=kind.model.themes.through.objects.filter(theme=theme).values(f"{owner}_id"))
        chosen |= of_kind
        limits.append(When(content_type=is_kind, then=Value(number)))
        if kind in by_title or kind.code == "theme":
            order.append(When(content_type=is_kind, then=F("path") if kind.code == "theme" else title))
    pinned = Case(When(stewardship__pinned_until__gt=Now(), then=Value(0)), default=Value(1))
    line = Case(*order, default=Value(""), output_field=CharField())
    pages = (
        specific_pages(Page.objects.filter(chosen, public_q(), locale_id=locale_id, alias_of__isnull=True))
        .annotate(
            limit=Case(*limits, output_field=IntegerField()),
            total=Window(Count("*"), partition_by=F("content_type")),
            place=Window(
                RowNumber(),
                partition_by=F("content_type"),
                order_by=[pinned, line, F("first_published_at").desc(nulls_last=True), F("pk").desc()],
            ),
        )
        .filter(place__lte=F("limit"))
        .order_by("place")
    )
    pages = list(pages)
    totals = {page.pk: page.total for page in pages}
    cards: dict[str, list] = {kind.code: [] for kind in wanted}
    for card in make_cards(pages, request):
        cards[card.kind].append(card)
    return cards, {code: totals[found[0].page_id] if found else 0 for code, found in cards.items()}


def start_page_context(page, request) -> dict:
    """Highlights, the newest of each kind, theme cards, a method for the next meeting and the book of the month."""
    chosen = {
        "highlights": chosen_ids(page, "highlights"),
        "method": [page.method_of_the_week_id] if page.method_of_the_week_id else [],
        "book": [page.book_of_the_month_id] if page.book_of_the_month_id else [],
    }
    picked = cards_in_language(page, chosen, request)
    wanted = {kind: ON_START_PAGE for kind in kinds.every() if kind.feed} | {kinds.get("theme"): ALL_THEMES}
    by_kind, _totals = gathered(wanted, page.locale_id, request)
    lead_news = picked["highlights"] or by_kind["news"][:3]
    methods = MethodIndexPage.objects.child_of(page).published().first()
    return {
        "highlights": lead_news,
        "latest_news": [card for card in by_kind["news"] if card not in lead_news],
        "latest_posts": by_kind["blog_post"],
        "theme_cards": by_kind["theme"],
        "method_card": next(iter(picked["method"] or by_kind["method"]), None),
        "find_url": methods.url_of_tool("find", request) if methods else "",
        "find_form": FindForm(),
        "book_card": next(iter(picked["book"] or by_kind["book_tip"]), None),
        "notice": page.current_notice,
    }


def hub_context(page, request) -> dict:
    """`groups` of `{kind, heading, cards, total, list_url}` on the theme, `start_cards` and `contacts`."""
    found = [kinds.get(code) for code in HUB_KINDS]
    cards, totals = gathered(
        dict.fromkeys(found, ON_HUB), page.locale_id, request, theme=page.theme, by_title=(kinds.get("method"),)
    )
    lists = {
        child.specific_class: url_of(child, request)
        for child in Page.objects.filter(public_q(), path__range=_below(page.path[: 2 * Page.steplen]), depth=3)
    }
    groups = []
    for kind in found:
        parent = next(
            (url for model, url in lists.items() if model and kind.model in model.allowed_subpage_models()), ""
        )
        groups.append(
            {
                "kind": kind.code,
                "heading": kind.plural,
                "cards": cards[kind.code],
                "total": totals[kind.code],
                "list_url": f"{parent}?theme={page.theme.code}" if parent else "",
            }
        )
    return {
        "groups": [group for group in groups if group["cards"]],
        "start_cards": cards_in_language(page, {"start": chosen_ids(page, "start_here")}, request)["start"],
        "contacts": [row.value for row in page.contacts if row.value],
    }


def person_context(index_page, person, request) -> dict:
    """A person and what they have written in the language of the list, newest first. Leaves the person on the request."""
    written = (
        findable_pages()
        .filter(
            Q(pk__in=Byline.objects.filter(person=person).values("page")) | Q(booktippage__reviewer=person),
            locale_id=index_page.locale_id,
        )
        .order_by(F("first_published_at").desc(nulls_last=True), "-pk")
    )
    request.shown_person = person
    request.shown_below = dict.fromkeys((code for code, _label in settings.LANGUAGES), f"{person.slug}/")
    lead = ", ".join(filter(None, (person.role, person.unit)))
    return {
        "person": person,
        "written": make_cards(specific_pages(written), request),
        "meta": {"title": person.name, "description": cut_at_word(person.bio or lead, 160), "type": "profile"},
    }


def _below(path: str) -> tuple[str, str]:
    """The first and the last path that a child may have. SQLite has no index for how a text begins."""
    return Page._get_children_path_interval(path)
