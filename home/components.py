"""Every component and every block in its states, on one page for whoever draws them. Development only (`settings.dev_urls`).

Blocks are those that the page types know, and their states are made from their fields: a new block stands here by itself.
What a component may be given is written in `component_states()`; a test names the component that is missing there.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from articles.models import NewsPage
from core import kinds
from core.cards import make_cards, specific_of, specific_pages
from core.context import page_context
from core.covers import PALETTES, book_cover, pattern
from core.models import CustomDocument, CustomImage, Person
from core.querysets import findable_pages
from home.forms import BarrierReportForm
from methods.filters import MethodFilterForm

FOLDER = settings.BASE_DIR / "templates"
LONG = "Realgymnasieundervisningsplaneringsverktygslådeinventering"
MANY, SOME = 6, 3
# What a block needs round it to be HTML: it is one of many in a list.
ROUND = {
    "blocks/line.html": "<p>{}</p>",
    "blocks/material.html": "<p>{}</p>",
    "blocks/menu_item.html": "<p>{}</p>",
    "blocks/source.html": "<p>{}</p>",
    "blocks/role.html": '<dl class="pairs"><div>{}</div></dl>',
    "blocks/method_step.html": '<ol class="steps"><li>{}</li></ol>',
}
FILES = {("video", "file"): "webm", ("video", "captions"): "vtt", ("audio", "file"): "mp3"}


@dataclass(frozen=True)
class State:
    """One drawing of a component: what it shows, and its HTML."""

    label: str
    html: SafeString


def blocks_by_template() -> dict[str, blocks.Block]:
    """A block for each template in `templates/blocks/`, from the streams of all models."""
    found = {}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            for block in field.stream_block.child_blocks.values() if isinstance(field, StreamField) else ():
                template = block.get_template() or ""
                if template.startswith("blocks/") and not hasattr(block, "target_model"):
                    found.setdefault(template, block)
    return dict(sorted(found.items()))


def example(block):
    """What the block picker shows, as it is stored."""
    return block.get_prep_value(block.get_preview_value())


def changed(block, value, leaf, repeat: int = 1):
    """A stored value with `leaf(block, value)` in the place of each field, and lists `repeat` times as long."""
    if isinstance(block, BaseTypedTableBlock):
        columns, rows = value["columns"] * min(repeat, SOME), value["rows"] * repeat
        rows = [{"values": row["values"] * min(repeat, SOME)} for row in rows]
        return value | {"columns": columns, "rows": rows}
    if isinstance(block, blocks.StructBlock) and not isinstance(block, ImageBlock):
        return {name: changed(child, value.get(name), leaf, repeat) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        items = [item["value"] if isinstance(item, dict) and "value" in item else item for item in value or ()]
        return [changed(block.child_block, item, leaf, repeat) for item in items * repeat]
    return leaf(block, value)


def as_it_is(block, value):
    return value


def least(block, value):
    """Only what is required."""
    return value if block.required else block.get_prep_value(block.get_default())


def long_words(block, value):
    if isinstance(block, blocks.RichTextBlock):
        return f"<p>{LONG} {LONG}</p>"
    if isinstance(block, blocks.CharBlock | blocks.TextBlock):
        return f"{LONG} {LONG}"
    return value


def choice_of(owner: str):
    """A leaf that chooses the newest of whatever can be chosen in the block of that name."""

    def leaf(block, value):
        if isinstance(block, ImageBlock):
            image = CustomImage.objects.last()
            return {"image": image.pk, "decorative": False, "alt_text": str(image)} if image else value
        if isinstance(block, blocks.PageChooserBlock):
            return value or findable_pages().filter(depth__gt=3).values_list("pk", flat=True).last()
        if isinstance(block, blocks.ChooserBlock):
            chosen = block.model_class.objects.order_by("pk")
            if block.model_class is CustomDocument:
                chosen = chosen.filter(file__endswith=f".{FILES.get((owner, block.name), 'pdf')}")
            return chosen.values_list("pk", flat=True).last()
        return value

    return leaf


def block_states(template: str, block: blocks.Block, request) -> list[State]:
    """A block as in the picker, with the least, with much, with long words, with pictures, and with each of its choices."""
    shown = example(block)
    choose = choice_of(template.removeprefix("blocks/").removesuffix(".html"))
    full = changed(block, shown, choose)
    values = {
        _("as in the block picker"): shown,
        _("with what can be chosen"): full,
        _("only what is required"): changed(block, full, least),
        _("many"): changed(block, shown, as_it_is, MANY),
        _("long words"): changed(block, shown, long_words),
    }
    for name, child in getattr(block, "child_blocks", {}).items():
        if isinstance(child, blocks.ChoiceBlock):
            values |= {f"{child.label}: {label}": {**shown, name: code} for code, label in child.field.choices if code}
    states = []
    for label, value in values.items():
        html = block.render(block.to_python(value), context={"request": request})
        if html.strip() and html not in (state.html for state in states):
            states.append(State(label, html))
    around = ROUND.get(template, "{}")
    return [replace(state, html=format_html(around, state.html)) for state in states]


def component_states(request, language: str) -> dict[str, list[tuple[str, dict]]]:
    """For each file in `templates/components/`: what it is drawn with, as `(label, variables)`."""
    one, many, long = _("one"), _("many"), _("long words")
    public = findable_pages().filter(locale__language_code=language, depth__gt=3)
    listed = specific_pages(Page.objects.filter(pk__in=public.values("pk")).order_by("-first_published_at"))
    by_kind = {}
    for page in listed:
        if pair := specific_of(page):
            by_kind.setdefault(pair[0].code, page)
    cards = {card.kind: card for card in make_cards(by_kind.values(), request)}
    each_card = [(str(card.kind_label), {"card": card}) for card in cards.values()]
    card = next(iter(cards.values()), kinds.Card("news", _("News item"), 0, "/", LONG, "x"))
    bare = replace(card, image=None, cover=None, teaser="", byline="", date=None, reading_minutes=0, label="", meta="")
    wordy = replace(card, title=f"{LONG} {LONG}", teaser=f"{LONG} " * 3, byline=LONG, label=LONG)
    variants = [*each_card, (_("only what is required"), {"card": bare}), (long, {"card": wordy})]
    news = NewsPage.objects.filter(pk__in=public.values("pk"), hero_image__isnull=False).first() or NewsPage(title=LONG)
    without = NewsPage(title=LONG, slug="x")
    article = page_context(news, request) | {"page": news}
    people = list(Person.objects.order_by("pk")[:MANY])
    wordiness = dict.fromkeys(("name", "role_sv", "role_en", "unit_sv", "unit_en"), f"{LONG} {LONG}")
    stranger = Person(**wordiness, slug="x", email=f"{LONG}@example.com".lower())
    link = {"title": LONG, "url": "/"}
    feed = {"label": _("News"), "atom": "/feeds/news.xml", "json": "/feeds/news.json"}
    report, refused = BarrierReportForm(auto_id="a-%s"), BarrierReportForm({"email": "x"}, auto_id="b-%s")
    filters, narrowed = MethodFilterForm(auto_id="c-%s"), MethodFilterForm(QueryDict("cost=0"), auto_id="d-%s")
    doubtful = MethodFilterForm(QueryDict("group=x&evidence=3"), auto_id="e-%s")
    pages = Paginator(range(20 * MANY * SOME), 20)
    now = timezone.now()
    toc = [{"id": "content", "text": word, "level": level} for word in (_("News"), LONG) for level in (2, 3)]
    source = {"title": LONG, "url": "https://www.skolverket.se"}
    film = {"title": _("Film"), "url": "https://vimeo.com/1084537"}
    strengths = [
        (
            f"{strength}",
            {"strength": str(strength), "types": ["single_studies"], "rationale": LONG, "sources": [source]},
        )
        for strength in range(5)
    ]
    related = [{"kind": card.kind, "heading": card.kind_label, "cards": [card] * SOME}]
    return {
        "after.html": [
            (one, article | {"change_note": _("News"), "changed_at": now, "related_links": [link], "contact": stranger})
        ],
        "breadcrumbs.html": [
            (one, {"breadcrumbs": [link]}),
            (many, {"breadcrumbs": [link] * SOME, "page": news, "is_tool": True}),
        ],
        "byline.html": [
            (one, {"bylines": people[:1], "people_url": "/medverkande/"}),
            (many, {"bylines": people}),
            (long, {"bylines": [stranger]}),
        ],
        "card.html": [*variants, (_("wide"), {"card": card, "wide": True})],
        "card_meta.html": variants,
        "card_picture.html": variants,
        "contact.html": [(one, {"person": person, "title": _("Contact")}) for person in people[:1]]
        + [(long, {"person": stranger, "title": LONG, "text": LONG})],
        "cover.svg": [
            (
                f"{palette}",
                {"cover": book_cover(f"{LONG[: palette * 4 + 6]} {palette}", LONG[:9]) | {"palette": palette}},
            )
            for palette in range(PALETTES)
        ],
        "credit.html": [
            (one, {"caption": _("Image"), "credit": "Pedagog Vätterlunda"}),
            (_("AI-generated image"), {"photographer": LONG, "ai_generated": True}),
        ],
        "dates.html": [
            (one, {"page": without}),
            (many, {"page": news, "reviewed_on": now.date(), "responsible_unit": LONG, "reading_minutes": 4}),
        ],
        "evidence.html": strengths,
        "feed_links.html": [(one, {"feed": feed})],
        "field.html": [
            (one, {"field": report["description"]}),
            (_("wrong"), {"field": refused["email"]}),
            (_("choices"), {"field": filters["minutes"]}),
        ],
        "filters.html": [
            (_("nothing chosen"), {"filter_form": filters}),
            (_("something chosen"), {"filter_form": narrowed}),
            (_("wrong"), {"filter_form": doubtful}),
        ],
        "follow.html": [(many, {"feeds": [feed] * SOME})],
        "hero.html": [
            (_("with a picture"), {"page": news}),
            (_("without a picture"), {"page": without}),
        ],
        "kind_labels.html": [(_("attributes of a search field"), {})],
        "overdue.html": [
            (_("reviewed before"), {"review_due": now, "reviewed_on": now.date() - timedelta(400)}),
            (_("never reviewed"), {"review_due": now, "page": news}),
        ],
        "page_card.html": variants,
        "pagination.html": [
            (_("the first page"), {"page_obj": pages.page(1)}),
            (_("in the middle"), {"page_obj": pages.page(MANY)}),
            (_("the last page"), {"page_obj": pages.page(pages.num_pages), "query": "minutes=60"}),
        ],
        "pattern.svg": [(name, {"pattern": pattern(name)}) for name in ("metoder", "nyheter", "boktips")],
        "player.html": [
            (one, film | {"player": {"service": "Vimeo", "address": "https://player.vimeo.com/video/1084537?dnt=1"}}),
            (_("without a player"), film),
        ],
        "related.html": [(many, {"related": related})],
        "row.html": [(label, row | {"show_kind": True, "teaser": True}) for label, row in variants],
        "save.html": [(one, article)],
        "search_box.html": [
            (_("small"), {"id": "small"}),
            (_("large, with words in it"), {"id": "large", "large": True, "value": LONG}),
        ],
        "share.html": [(one, article)],
        "tags.html": [(many, {"themes": [{"label": _("Theme"), "url": "/"}, {"label": LONG, "url": None}] * SOME})],
        "toc.html": [(many, {"toc": toc})],
    }


@require_safe
def components(request, language: str):
    """The page. `?scheme=light` and `?scheme=dark` draw it in that theme whatever the device asks for."""
    request.translated_urls = {code: reverse(f"components_{code}") for code, _label in settings.LANGUAGES}
    scheme = request.GET.get("scheme")
    with translation.override(language):
        drawn = {
            name: [State(label, render_to_string(f"components/{name}", values, request)) for label, values in states]
            for name, states in component_states(request, language).items()
        }
        request.shown_page = None  # what stands in the samples is not what the page is about
        values = {
            "components": drawn,
            "blocks": {
                template: (block, block_states(template, block, request))
                for template, block in blocks_by_template().items()
            },
            "icons": sorted(path.stem for path in (FOLDER / "components/icons").glob("*.svg")),
            "kinds": kinds.every(),
            "scheme": scheme if scheme in ("light", "dark") else "",
        }
        return render(request, "home/components.html", values)
