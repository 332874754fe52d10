"""The picture that a shared link shows where a page has none of its own: its title beside its pattern, or a book's cover.

Drawn on the server, kept in the cache under what it shows, and for public pages only.
"""

import hashlib
import json
import re
import unicodedata
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page

from core import kinds
from core.covers import pattern, width_of, wrapped
from core.visibility import public_q
from home.models import SiteSettings
from home.serving import specific

DATA, FONTS = settings.BASE_DIR / "home/data", settings.BASE_DIR / "methods/data/fonts"
DAY, WEEK = 24 * 3600, 7 * 24 * 3600  # seconds
WIDTH, HEIGHT = 620, 380  # points that the title has
SIZES = (78, 68, 58, 50, 44, 38)  # the largest that fits is taken
LEADING = 1.12
COLOURS = {"method": "method", "news": "news", "book_tip": "book", "blog_post": "blog"}  # the others are the theme's


@lru_cache(maxsize=1)
def tokens() -> dict[str, str]:
    """The colours of the light theme and of the book covers, as the style sheet has them."""
    css = (settings.BASE_DIR / "static/css/site.css").read_text()
    found: dict[str, str] = {}
    for name, value in re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", css):
        found.setdefault(name, value)
    for number, rules in re.findall(r"\.cover-(\d) \{([^}]*)\}", css):
        found |= {f"cover-{number}-{name}": value for name, value in re.findall(r"--(c\d): (#[0-9a-f]+)", rules)}
    return found


def needs(page) -> bool:
    """Whether a page has no picture of its own to be shared with."""
    return not (page.social_image_id or page.hero_image_id)


def plain(text: str) -> str:
    """Without signs that a drawing cannot have: control characters, emoji."""
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cf", "Cn", "Co", "Cs", "So"))


def words_of(page, site_name: str) -> dict:
    """What the picture says, and in which size."""
    kind = kinds.of(page)
    title = plain(page.title)
    for size in SIZES:
        lines = wrapped(title, size, WIDTH)
        is_long = any(width_of(line, size) > WIDTH for line in lines)
        if len(lines) * size * LEADING <= HEIGHT and not is_long:
            break
    return {
        "title": title,
        "label": str(kind.label) if kind else "",
        "site": plain(site_name),
        "lang": page.locale.language_code,
        "size": size,
        "is_long": is_long,
    }


def drawn(page) -> dict:
    """The page's own drawing with its colours: a book's cover, or the pattern of its address."""
    kind, known = kinds.of(page), tokens()
    name = COLOURS.get(kind.code if kind else "", "theme")
    cover = kind.card(page).get("cover") if kind else None
    if cover:
        drawing = render_to_string("components/cover.svg", {"cover": {**cover, "title": plain(cover["title"])}})
        parts = zip((".ground", ".a", ".b", "text"), ("c1", "c2", "c3", "c4"), strict=True)
        palette = f"cover-{cover['palette']}"
        style = "".join(f"{part}{{fill:{known[f'{palette}-{token}']}}}" for part, token in parts)
        style += "text{font-family:Newsreader,'Newsreader 16pt';font-weight:600}.author{font:600 11px Figtree}.spine{opacity:.12}"
    else:
        drawing = render_to_string("components/pattern.svg", {"pattern": pattern(page.slug)})
        style = f".light{{fill:{known[f'{name}-mid']}}}.dark{{fill:{known[name]};opacity:.82}}"
    svg = plain(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return {
        "drawing": svg.replace(">", f"><style>{style}</style>", 1),
        "is_cover": bool(cover),
        "colour": known[name],
        "soft": known[f"{name}-soft"],
        "paper": known["paper"],
        "ink": known["ink"],
    }


def mark_of(words: dict, page) -> str:
    """Changes with what the picture shows."""
    shown = json.dumps([words, page.slug, getattr(page, "book_authors_line", "")], ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


def address_of(page, site_name: str) -> str:
    with translation.override(page.locale.language_code):
        return reverse("share_picture", args=[page.pk, mark_of(words_of(page, site_name), page)])


def png(share: dict) -> bytes:
    import typst  # a whole compiler: only a process that draws is to hold it in memory

    return typst.compile(
        str(DATA / "share.typ"),
        root=str(DATA),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"share": json.dumps(share, ensure_ascii=False)},
        format="png",
        ppi=72.0,
    )


@require_safe
@cache_control(public=True, max_age=DAY)
def share_picture(request, key: int, mark: str):
    """The picture of a public page. One of what the page said before leads to what it says now."""
    found = Page.objects.filter(public_q(), pk=key, depth__gt=1).first()
    page = specific(found) if found else None
    if page is None or not needs(page):
        raise Http404
    with translation.override(page.locale.language_code):
        words = words_of(page, SiteSettings.load(request_or_site=request).site_name)
        current = mark_of(words, page)
        if mark != current:
            return redirect("share_picture", key=key, mark=current)
        name = f"share:{key}:{current}"
        content = cache.get(name)
        if content is None:
            content = png(words | drawn(page))
            cache.set(name, content, WEEK)
    return HttpResponse(content, content_type="image/png")
