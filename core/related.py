"""Related pages: chosen by hand first, then filled from the same themes, newest first.

Never the page itself, never another language, never anything that is not public.
"""

from django.db.models import Case, F, IntegerField, Q, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from core import kinds
from core.cards import make_cards, specific_pages
from core.visibility import public_q

PER_KIND = 3
HEADINGS = {
    "news": _("Related news"),
    "blog_post": _("Related blog posts"),
    "method": _("Related methods"),
    "book_tip": _("Related book tips"),
}


def chosen_ids(page, *streams: str) -> list[int]:
    """The pages chosen by hand in the named streams, in order, read off the stored value without fetching them."""
    return [
        row["value"] for name in streams for row in getattr(page, name).raw_data if isinstance(row.get("value"), int)
    ]


def related_groups(page, request=None) -> list[dict]:
    """`{kind, heading, cards}` for each kind that has something, at most three cards each. One statement."""
    wanted = [kind for kind in kinds.every() if kind.code in HEADINGS]
    by_hand = chosen_ids(page, "related_pages")
    theme_ids = [theme.pk for theme in page.theme_list]
    hand_order = Case(
        *(When(Q(pk=pk) | Q(translation_key__in=_keys(pk)), then=Value(place)) for place, pk in enumerate(by_hand)),
        default=Value(len(by_hand)),
        output_field=IntegerField(),
    )
    candidates = Q()
    for kind in wanted:
        owner = kind.model._meta.model_name
        same_theme = kind.model.themes.through.objects.filter(theme_id__in=theme_ids, **{f"{owner}__noindex": False})
        candidates |= Q(pk__in=same_theme.values(f"{owner}_id"))
    if by_hand:
        candidates |= Q(pk__in=by_hand) | Q(
            translation_key__in=Page.objects.filter(pk__in=by_hand).values("translation_key")
        )
    if not (by_hand or theme_ids):
        return []
    ranked = (
        specific_pages(Page.objects.filter(candidates, public_q(), locale_id=page.locale_id, alias_of__isnull=True))
        .exclude(pk=page.pk)
        .annotate(
            hand_order=hand_order,
            place=Window(
                RowNumber(),
                partition_by=F("content_type"),
                order_by=[F("hand_order").asc(), F("first_published_at").desc(nulls_last=True), F("pk").desc()],
            ),
        )
        .filter(place__lte=PER_KIND)
        .order_by("place")
    )
    cards = make_cards(ranked, request)
    order = {"news": 0, "blog_post": 1, "method": 2, "book_tip": 3}
    groups = [
        {"kind": kind.code, "heading": HEADINGS[kind.code], "cards": [card for card in cards if card.kind == kind.code]}
        for kind in sorted(wanted, key=lambda kind: order[kind.code])
    ]
    return [group for group in groups if group["cards"]]


def _keys(pk):
    return Page.objects.filter(pk=pk).values("translation_key")
