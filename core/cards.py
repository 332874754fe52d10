"""Cards: what lists, hubs, feeds and related pages show of a page, for any mix of kinds, in two statements."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from core import kinds
from core.addresses import url_of
from core.models.people import Byline
from core.prefetch import PAGE, current_shelf, share_renditions
from core.visibility import public_q


def _accessor(kind) -> str:
    """The name by which a base page reaches its row of this kind."""
    return kind.model._meta.model_name


def specific_pages(pages, with_text: bool = False):
    """A queryset of base pages, each with its specific row and what its card shows, in one statement.

    Long texts are left in the database unless `with_text` asks for them.
    """
    relations, deferred = [], []
    for kind in kinds.every():
        accessor = _accessor(kind)
        relations += [accessor, f"{accessor}__hero_image", *(f"{accessor}__{name}" for name in kind.card_relations)]
        deferred += [f"{accessor}__{name}" for name in kind.heavy_fields]
    first_author = Byline.objects.filter(page=OuterRef("pk")).order_by("sort_order").values("person__name")[:1]
    return (
        pages.select_related("locale", *relations)
        .defer(*(() if with_text else deferred))
        .annotate(first_byline=Subquery(first_author))
    )


def specific_of(page):
    """The kind and the specific row of a page from `specific_pages()`, or None for a page of no kind."""
    for kind in kinds.every():
        specific = getattr(page, _accessor(kind), None)
        if specific is not None:
            specific.locale = page.locale
            return kind, specific
    return None


def make_cards(pages, request=None) -> list[kinds.Card]:
    """Cards for base pages from `specific_pages()`, in their order. Pages of no kind are left out.

    The pictures' renditions are fetched in one statement for the whole list.
    """
    found = []
    for page in pages:
        if pair := specific_of(page):
            found.append((*pair, page.first_byline or ""))
    share_renditions(page.hero_image for _kind, page, _byline in found)
    return [_card(kind, page, byline, request) for kind, page, byline in found]


def _card(kind, page, byline, request) -> kinds.Card:
    values = {
        "kind": kind.code,
        "kind_label": kind.label,
        "page_id": page.pk,
        "url": url_of(page, request),
        "title": page.title,
        "slug": page.slug,
        "teaser": page.teaser_text,
        "date": page.first_published_at,
        "byline": byline,
        "reading_minutes": page.reading_minutes,
        "image": page.hero_image,
        "image_alt": "" if page.hero_decorative else page.hero_alt,
    }
    return kinds.Card(**{**values, **kind.card(page)})


def _plain_card(page, request) -> kinds.Card:
    """A card for a page of no kind: lists and the start page can be linked to like any other page."""
    return kinds.Card("info", _("Page"), page.pk, url_of(page, request), page.title, page.slug)


def targets_in_language(ids: Iterable[int], locale_id: int) -> dict[int, Page]:
    """The public page for each key, from `specific_pages()`: its translation where there is one, else the page itself."""
    ids = set(ids)
    asked = Page.objects.filter(pk__in=ids)
    translated = Page.objects.filter(
        locale_id=locale_id, alias_of__isnull=True, translation_key__in=asked.values("translation_key")
    )
    # Two look-ups in indexes; as one condition they would be a look at every page.
    either = asked.order_by().values("pk").union(translated.order_by().values("pk"))
    wanted = Page.objects.filter(public_q(), pk__in=either)
    origin = Subquery(asked.filter(translation_key=OuterRef("translation_key")).values("pk")[:1])
    pages = list(specific_pages(wanted.annotate(origin=origin)))
    found = {page.pk: page for page in pages if page.pk in ids}
    return found | {
        page.origin: page for page in pages if page.locale_id == locale_id and page.origin and not page.alias_of_id
    }


def cards_by_id(ids, request=None, locale_id: int | None = None) -> list[kinds.Card]:
    """Cards of the public pages among `ids`, in their order; of their translations where a language is given."""
    ids, shelf = list(dict.fromkeys(ids)), current_shelf()
    if not ids:
        return []
    targets = shelf.targets | {page.pk: page for page in shelf.targets.values()} if shelf else {}
    if shelf and (targets.keys() | shelf.keys[PAGE]).issuperset(ids):
        pass
    elif locale_id:
        targets = targets_in_language(ids, locale_id)
    else:
        targets = {page.pk: page for page in specific_pages(Page.objects.filter(public_q(), pk__in=ids))}
    found = [targets[pk] for pk in ids if pk in targets]
    cards = {card.page_id: card for card in make_cards(found, request)}
    return [cards.get(page.pk) or _plain_card(page, request) for page in found]


def cards_in_language(page, chosen: dict[str, list[int]], request=None) -> dict[str, list[kinds.Card]]:
    """Cards for pages chosen by hand, in the language of `page`: the page that was chosen, or its translation.

    Takes `{name: ids}` and returns `{name: cards}` in the same order, public pages only; what has no version in the
    language is left out. Two statements in all, or none where the pages stand on the shelf.
    """
    asked = {pk for ids in chosen.values() for pk in ids}
    if not asked:
        return {name: [] for name in chosen}
    shelf = current_shelf()
    targets = (
        shelf.targets if shelf and shelf.keys[PAGE].issuperset(asked) else targets_in_language(asked, page.locale_id)
    )
    same = {
        pk: target for pk, target in targets.items() if target.locale_id == page.locale_id and not target.alias_of_id
    }
    cards = {card.page_id: card for card in make_cards(same.values(), request)}
    return {
        name: [cards[same[pk].pk] for pk in ids if pk in same and same[pk].pk in cards] for name, ids in chosen.items()
    }
