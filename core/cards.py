"""Cards: what lists, hubs, feeds and related pages show of a page, for any mix of kinds, in two statements."""

from django.db.models import OuterRef, Subquery, prefetch_related_objects
from wagtail.models import Page

from core import kinds
from core.models.people import Byline
from core.visibility import public_q

# The renditions that `components/card.html` asks for; fetched for a whole list at once.
CARD_RENDITIONS = ("fill-640x400|format-webp", "fill-320x200|format-webp")


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
    images = [page.hero_image for _kind, page, _byline in found if page.hero_image]
    if images:
        prefetch_related_objects(images, "renditions")
        for image in images:
            image.prefetched_renditions = {rendition.filter_spec: rendition for rendition in image.renditions.all()}
    return [_card(kind, page, byline, request) for kind, page, byline in found]


def _card(kind, page, byline, request) -> kinds.Card:
    values = {
        "kind": kind.code,
        "kind_label": kind.label,
        "page_id": page.pk,
        "url": page.get_url(request),
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


def cards_by_id(ids, request=None) -> list[kinds.Card]:
    """Cards of the public pages among `ids`, in the order of `ids`."""
    ids = list(dict.fromkeys(ids))
    if not ids:
        return []
    pages = {page.pk: page for page in specific_pages(Page.objects.filter(public_q(), pk__in=ids))}
    return make_cards([pages[pk] for pk in ids if pk in pages], request)


def cards_in_language(page, chosen: dict[str, list[int]], request=None) -> dict[str, list[kinds.Card]]:
    """Cards for pages chosen by hand, in the language of `page`: the page that was chosen, or its translation.

    Takes `{name: ids}` and returns `{name: cards}` in the same order, public pages only. Two statements in all.
    """
    asked = {pk for ids in chosen.values() for pk in ids}
    if not asked:
        return {name: [] for name in chosen}
    origin = Page.objects.filter(pk__in=asked, translation_key=OuterRef("translation_key")).values("pk")[:1]
    wanted = Page.objects.filter(
        public_q(),
        locale_id=page.locale_id,
        alias_of__isnull=True,
        translation_key__in=Page.objects.filter(pk__in=asked).values("translation_key"),
    )
    pages = list(specific_pages(wanted.annotate(origin=Subquery(origin))))
    origins = {found.pk: found.origin for found in pages}
    by_origin = {origins[card.page_id]: card for card in make_cards(pages, request)}
    return {name: [by_origin[pk] for pk in ids if pk in by_origin] for name, ids in chosen.items()}
