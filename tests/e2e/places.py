"""Where a visitor can come to: an address for every template and its states, and what axe finds there."""

import xml.etree.ElementTree as ElementTree
from urllib.parse import urlencode, urlsplit

import pytest
import requests
from axe_playwright_python.base import AXE_SCRIPT
from bs4 import BeautifulSoup
from django.apps import apps
from django.template.loader import render_to_string
from django.utils import translation

from tests.servers import ROOT

LANGUAGES = {
    "sv": {"home": "/", "search": "/sok/", "barrier": "/rapportera-brist/", "methods": "/metoder/", "login": "/_util/login/", "saved": "/sparat/", "feeds": "/feeds/", "api": "/api/", "components": "/_components/"},
    "en": {"home": "/en/", "search": "/en/search/", "barrier": "/en/report-a-barrier/", "methods": "/en/methods/", "login": "/en/_util/login/", "saved": "/en/saved/", "feeds": "/en/feeds/", "api": "/en/api/", "components": "/en/_components/"},
}  # fmt: skip
TOOLS = {
    "sv": {"find": "hitta/", "compare": "jamfor/", "kit": "traffpaket/", "timer": "ledare/"},
    "en": {"find": "find/", "compare": "compare/", "kit": "kit/", "timer": "facilitate/"},
}
WORD = {"sv": "lärande", "en": "learning"}
LONG = "läroplansövergripandekompetensutvecklingssamordning"
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
# The templates that no page type draws, and a place where each of them is met.
MET_AT = {
    "400.html": "refused address", "403.html": "forbidden", "404.html": "missing", "500.html": "broken", "articles/circle.html": "book circle",
    "home/api.html": "open data", "home/barrier_report.html": "barrier", "home/components.html": "components", "home/feeds.html": "feeds", "home/person.html": "person",
    "home/saved.html": "saved", "methods/compare.html": "compared", "methods/find.html": "found", "methods/kit.html": "kit", "methods/timer.html": "timer",
    "search/search.html": "hits", "wagtailcore/login.html": "sign in", "wagtailcore/password_required.html": "restricted",
}  # fmt: skip
FRAMES = {"article.html", "base.html", "listing.html"}
RESTRICT = """
from wagtail.models import Page, PageViewRestriction
page = Page.objects.get(pk={pk})
PageViewRestriction.objects.create(page=page, restriction_type="password", password="nyckel")
"""
OPEN = """
from wagtail.models import PageViewRestriction
PageViewRestriction.objects.filter(page_id={pk}, password="nyckel").delete()
"""


@pytest.fixture(scope="module")
def addresses(demo_portal) -> list[str]:
    """The address of every page in the sitemap."""

    def named_by(address: str) -> list[str]:
        tree = ElementTree.fromstring(requests.get(address, timeout=60).content)
        return [element.text for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    found = [page for part in named_by(f"{demo_portal.url}/sitemap.xml") for page in named_by(part)]
    assert len(found) > 80
    return found


def public_pages(portal, language: str) -> list[dict]:
    """`{type, id, path}` of every public page that the API knows."""
    found, items = [], [None]
    while items:
        query = {"locale": language, "limit": 50, "offset": len(found), "order": "id"}
        items = requests.get(f"{portal.url}/api/v2/pages/", params=query, timeout=60).json()["items"]
        found += [
            {"type": item["meta"]["type"], "id": item["id"], "path": urlsplit(item["meta"]["html_url"] or "").path}
            for item in items
        ]
    return [page for page in found if page["path"]]


def one_of_each_type(portal, language: str) -> dict[str, dict]:
    """A public page of every type, by type."""
    return {page["type"]: page for page in public_pages(portal, language)}


def soup(url: str) -> BeautifulSoup:
    return BeautifulSoup(requests.get(url, timeout=60).text, "html.parser")


@pytest.fixture(scope="module", params=LANGUAGES)
def places(request, demo_portal):
    """An address for every template that a visitor can meet, in one language."""
    language = request.param
    paths, known = LANGUAGES[language], one_of_each_type(demo_portal, language)
    assert len(known) >= 13, known  # the page types of the site
    found = {name: page["path"] for name, page in known.items()}
    info = known["home.InfoPage"]
    locked = next(  # neither the one that is looked at nor what it stands below
        page
        for page in public_pages(demo_portal, language)
        if page["type"] == info["type"] and not info["path"].startswith(page["path"])
    )
    people = known["home.PeopleIndexPage"]["path"]
    links = [link["href"] for link in soup(demo_portal.url + people).select("main a[href]")]
    found["person"] = next(link for link in links if link.startswith(people) and link != people)
    found |= {
        "search": paths["search"],
        "hits": f"{paths['search']}?q={WORD[language]}",
        "narrowed hits": f"{paths['search']}?q={WORD[language]}&theme=collegial_learning&kind=method",
        "corrected hits": f"{paths['search']}?q={WORD[language][:-3]}{WORD[language][-2:]}",
        "no hits": f"{paths['search']}?q=xyzzyq",
        "no hits for long words": f"{paths['search']}?q={LONG * 3}",
    }
    books = soup(demo_portal.url + found["articles.BookTipPage"]).select("main a[href]")
    tools, methods = TOOLS[language], paths["methods"]
    ticks = [tick["value"] for tick in soup(demo_portal.url + methods).select("input[name=m]")]
    method = f"{methods}{ticks[0]}/"
    found |= {
        "filtered": f"{methods}?minutes=90&preparation=short",
        "filtered away": f"{methods}?minutes=30&group=400",
        "filtered to one": f"{methods}?group=6&minutes=45&school_form=school_age_educare",
        "filtered with an error": f"{methods}?minutes=60&group=x&cost=1",
        "questions": methods + tools["find"],
        "found": f"{methods}{tools['find']}?group=6&minutes=90&school_form=compulsory",
        "nothing found": f"{methods}{tools['find']}?group=6&minutes=x&theme=sustainability",
        "methods to choose": methods + tools["compare"],
        "compared": f"{methods}{tools['compare']}?{'&'.join(f'm={slug}' for slug in ticks[:4])}",
        "kit": method + tools["kit"],
        "kit refused": f"{method}{tools['kit']}?start=99:99",
        "timer": method + tools["timer"],
    }
    found |= {
        "missing": f"{paths['home']}no-such-page/",
        "barrier": paths["barrier"],
        "feeds": paths["feeds"],
        "book circle": next(link["href"] for link in books if link["href"].endswith(("bokcirkel/", "book-circle/"))),
        "nothing saved": paths["saved"],
        "saved": f"{paths['saved']}?{urlencode([('id', page['id']) for page in known.values()])}",
        "saved, gone": f"{paths['saved']}?id=999999",
        "no such page of the list": f"{methods}?page=99",
        "last page of the list": f"{known['articles.NewsIndexPage']['path']}?page=2",
        "open data": paths["api"],
        "components": paths["components"],
        "restricted": locked["path"],
        "refused address": "/400",
        "forbidden": "/403",
        "broken": "/500",
        "sign in": f"{paths['login']}?next=/",
    }
    demo_portal.manage("shell", "-v0", "-c", RESTRICT.format(pk=locked["id"]))
    yield language, found
    demo_portal.manage("shell", "-v0", "-c", OPEN.format(pk=locked["id"]))


def visit(page, portal, language: str, path: str, **options):
    """Opens a place. The pages of 400, 403 and 500, which no address leads to, are put where one would."""
    if path in ("/400", "/403", "/500"):
        with translation.override(language):
            names = {
                "site_settings": {"site_name": "Pedagog"},
                "home_url": "/",
                "site_search_url": "/",
                "canonical_url": "/",
            }
            html = render_to_string(f"{path[1:]}.html", names)
        page.route(f"**{path}", lambda route: route.fulfill(body=html, content_type="text/html", status=int(path[1:])))
    return page.goto(portal.url + path, **options)


def follow(link) -> None:
    """Presses what leads to another page, and waits until that page is there."""
    with link.page.expect_event("load"):
        link.click()


def templates_of_pages() -> set[str]:
    """The templates in `templates/` that draw a whole page."""
    folder = ROOT / "templates"
    whole = [
        path for path in folder.rglob("*.html") if path.read_text().startswith(("{% extends", "{% load i18n static %}"))
    ]
    return {str(path.relative_to(folder)) for path in whole if "shared" not in path.parts} - FRAMES


def template_of(page_type: str) -> str:
    return apps.get_model(page_type).template


def findings(page, *left_out: str, within="html") -> list[str]:
    """What axe finds, as `rule: element`, but for the rules left out; the size of targets it measures only when asked.

    `within` is a selector, or what else axe takes for a context.
    """
    rules = {"target-size": {"enabled": True}, **{rule: {"enabled": False} for rule in left_out}}
    if not page.evaluate("'ownAxe' in window"):  # Wagtail's editor has one with rules of its own
        page.evaluate(f"{AXE_SCRIPT}; window.ownAxe = window.axe")
    run = "([within, options]) => ownAxe.run(within, options).then(found => found.violations)"
    violations = page.evaluate(run, [within, {"rules": rules, "resultTypes": ["violations"]}])
    return [f"{rule['id']}: {node['target']}" for rule in violations for node in rule["nodes"]]


def is_too_wide(page) -> bool:
    """Whether the page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def inspect(page, name: str, *left_out: str) -> list[str]:
    """Findings of one page in both widths and both themes, and whether it scrolls sideways on the narrow one."""
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        if is_too_wide(page):
            found.append(f"{name} {size['width']}: scrolls sideways")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found += [f"{name} {size['width']} {theme} {finding}" for finding in findings(page, *left_out)]
    return found
