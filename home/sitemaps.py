"""The sitemap: an index, and a map of each kind of page in each language with the pictures that stand on the pages."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import kinds
from core.addresses import absolute, url_of
from core.models.media import CustomRendition
from core.querysets import findable_pages

LIMIT = 10_000  # addresses of one map
LISTS = "lists"  # the start page and the lists, which are no kind
LARGEST = "format-webp|fill-1080x720"  # of the pictures that a page shows, as `components/hero.html` names it
XML = "application/xml; charset=utf-8"


def types() -> dict[int, str]:
    """The code of each content type that is a kind."""
    codes = {kind.model: kind.code for kind in kinds.every()}
    return {found.pk: codes[model] for model, found in ContentType.objects.get_for_models(*codes).items()}


@require_safe
def index(request):
    """Every map that has something on it, and when something on it last changed."""
    codes, maps = types(), {}
    groups = findable_pages().order_by().values("content_type", "locale__language_code")
    for group in groups.annotate(total=Count("pk"), changed=Max("last_published_at")):
        name = f"{codes.get(group['content_type'], LISTS)}-{group['locale__language_code']}"
        total, changed = maps.get(name, (0, None))
        maps[name] = (total + group["total"], max(filter(None, (changed, group["changed"])), default=None))
    found = []
    for name, (total, changed) in sorted(maps.items()):
        address = absolute(request, reverse("sitemap_section", args=[name]))
        pages = range(1, -(-total // LIMIT) + 1)
        found += [{"location": address + (f"?p={page}" if page > 1 else ""), "changed": changed} for page in pages]
    return render(request, "home/sitemap_index.xml", {"maps": found}, content_type=XML)


def pages_of(code: str, language: str):
    """The public pages of a kind, or the lists, that search engines may name. Raises Http404 if there is no such kind."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    if code == LISTS:
        return findable_pages().exclude(content_type__in=types()).filter(locale__language_code=language)
    kind = kinds.get(code)
    if kind is None:
        raise Http404
    pages = kind.model.objects.published().findable().filter(locale__language_code=language)
    return pages.defer(*kind.heavy_fields).select_related("hero_image")


def pictures_of(pages: Iterable) -> dict[int, str]:
    """The address of each picture by its key, in the size that pages show: one that nobody has looked at yet as it is."""
    found = {page.hero_image_id: page.hero_image.file.url for page in pages if getattr(page, "hero_image_id", None)}
    shown = CustomRendition.objects.filter(image__in=found, filter_spec=LARGEST)
    return found | {rendition.image_id: rendition.url for rendition in shown}


@require_safe
def section(request, section: str):
    """The map of one kind in one language: `/sitemaps/news-sv.xml`."""
    code, _hyphen, language = section.rpartition("-")
    pages = pages_of(code, language).select_related("locale").order_by("path")
    number = request.GET.get("p", "1")
    paginator = Paginator(pages, LIMIT)
    if not (number.isascii() and number.isdigit() and len(number) < 6 and 1 <= int(number) <= paginator.num_pages):
        raise Http404
    shown = list(paginator.page(int(number)).object_list)
    pictures = pictures_of(shown)
    rows = [
        {
            "location": absolute(request, url_of(page, request)),
            "changed": page.last_published_at,
            "picture": absolute(request, pictures.get(getattr(page, "hero_image_id", None))),
        }
        for page in shown
    ]
    return render(request, "home/sitemap.xml", {"rows": rows}, content_type=XML)
