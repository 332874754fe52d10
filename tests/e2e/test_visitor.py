"""What a visitor meets, in a real browser on the demo: every template, two languages, two widths, light and dark."""

import xml.etree.ElementTree as ElementTree
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup

from tests.servers import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

LANGUAGES = {
    "sv": {"home": "/", "search": "/sok/", "barrier": "/rapportera-brist/", "methods": "/metoder/", "login": "/_util/login/", "saved": "/sparat/", "feeds": "/feeds/"},
    "en": {"home": "/en/", "search": "/en/search/", "barrier": "/en/report-a-barrier/", "methods": "/en/methods/", "login": "/en/_util/login/", "saved": "/en/saved/", "feeds": "/en/feeds/"},
}  # fmt: skip
TOOLS = {
    "sv": {"find": "hitta/", "compare": "jamfor/", "kit": "traffpaket/", "timer": "ledare/"},
    "en": {"find": "find/", "compare": "compare/", "kit": "kit/", "timer": "facilitate/"},
}
WORD = {"sv": "lärande", "en": "learning"}
PHONE, DESK = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
FIRST_VIEW, SCRIPTS = 90_000, 15_000  # bytes on the wire, without pictures; of JavaScript
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


def one_of_each_type(portal, language: str) -> dict[str, dict]:
    """The first public page of every type that the API knows, by type."""
    found, offset = {}, 0
    while True:
        query = {"locale": language, "limit": 50, "offset": offset, "order": "id"}
        items = requests.get(f"{portal.url}/api/v2/pages/", params=query, timeout=60).json()["items"]
        for item in items:
            if path := item["meta"]["html_url"] and urlsplit(item["meta"]["html_url"]).path:
                found[item["meta"]["type"]] = {"id": item["id"], "path": path}
        if len(items) < 50:
            return found
        offset += 50


def soup(url: str) -> BeautifulSoup:
    return BeautifulSoup(requests.get(url, timeout=60).text, "html.parser")


@pytest.fixture(scope="module", params=LANGUAGES)
def places(request, demo_portal):
    """An address for every template that a visitor can meet, in one language."""
    language = request.param
    paths, known = LANGUAGES[language], one_of_each_type(demo_portal, language)
    assert len(known) >= 13, known  # the page types of the site
    found = {name: page["path"] for name, page in known.items()}
    people = known["home.PeopleIndexPage"]["path"]
    links = [link["href"] for link in soup(demo_portal.url + people).select("main a[href]")]
    found["person"] = next(link for link in links if link.startswith(people) and link != people)
    found |= {
        "search": paths["search"],
        "hits": f"{paths['search']}?q={WORD[language]}",
        "narrowed hits": f"{paths['search']}?q={WORD[language]}&theme=collegial_learning&kind=method",
        "corrected hits": f"{paths['search']}?q={WORD[language][:-3]}{WORD[language][-2:]}",
        "no hits": f"{paths['search']}?q=xyzzyq",
    }
    books = soup(demo_portal.url + found["articles.BookTipPage"]).select("main a[href]")
    tools, methods = TOOLS[language], paths["methods"]
    ticks = [tick["value"] for tick in soup(demo_portal.url + methods).select("input[name=m]")]
    method = f"{methods}{ticks[0]}/"
    found |= {
        "filtered": f"{methods}?minutes=90&preparation=short",
        "filtered away": f"{methods}?minutes=30&group=400",
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
        "sign in": f"{paths['login']}?next=/",
    }
    locked = known["home.InfoPage"]
    demo_portal.manage("shell", "-v0", "-c", RESTRICT.format(pk=locked["id"]))
    yield language, found
    demo_portal.manage("shell", "-v0", "-c", OPEN.format(pk=locked["id"]))


def findings(page) -> list[str]:
    """What axe finds, as `rule: element`; the size of targets it measures only when asked."""
    violations = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}}).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in violations for node in rule["nodes"]]


def inspect(page, name: str) -> list[str]:
    """Findings of one page in both widths and both themes, and whether it scrolls sideways on the narrow one."""
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{name} {size['width']}: scrolls sideways")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found += [f"{name} {size['width']} {theme} {finding}" for finding in findings(page)]
    return found


def test_every_template_is_free_of_findings_in_both_languages_widths_and_themes(places, demo_portal, browser):
    language, found = places
    page, problems = browser(locale=language).page(), []
    for name, path in found.items():
        page.goto(demo_portal.url + path)
        assert page.locator("h1").count() == 1, path
        assert page.locator("html").get_attribute("lang") == language, path
        problems += inspect(page, name)
    assert not problems, "\n".join(problems)


def test_a_report_of_a_barrier_can_be_sent_and_its_answers_are_free_of_findings(demo_portal, browser):
    page, problems = browser().page(), []
    for language, paths in LANGUAGES.items():
        page.goto(f"{demo_portal.url}{paths['barrier']}?page={paths['home']}")
        page.locator("textarea").fill("Filmen saknar undertexter.")
        page.locator("main form button[type=submit]").click()  # so quick that the form asks to be sent once more
        page.locator("[role=alert]").wait_for()
        problems += inspect(page, f"{language} refusal")

        def sent():
            with page.expect_event("load"):
                page.locator("main form button[type=submit]").click()
            return page.locator("main form").count() == 0

        until(sent, what="the report's acceptance")
        assert page.locator("main b").inner_text()  # the case number
        problems += inspect(page, f"{language} thanks")
    assert page.context.cookies() == []
    assert not problems, "\n".join(problems)


def test_all_pages_fit_a_narrow_screen_and_leave_no_trace_and_ask_no_one_else(addresses, demo_portal, browser):
    watched = browser(viewport=PHONE)
    page, asked, too_wide = watched.page(), set(), []
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, address
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            too_wide.append(address)
    assert too_wide == []
    assert asked <= {urlsplit(demo_portal.url).netloc, ""}  # data: addresses have no host
    assert watched.context.cookies() == []
    stores = "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]"
    assert page.evaluate(stores) == [0, 0, 0, 0]


def test_the_first_view_of_every_template_is_light(places, demo_portal, browser):
    _language, found = places
    weigh = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .map(entry => [entry.name, entry.initiatorType, entry.transferSize])"""
    heavy = []
    for name, path in found.items():
        watched = browser(viewport=DESK)  # with nothing in its cache
        page = watched.page()
        page.goto(demo_portal.url + path, wait_until="networkidle")
        loaded = [(urlsplit(url).path, kind, size) for url, kind, size in page.evaluate(weigh)]
        rest = [
            (url, size)
            for url, kind, size in loaded
            if not url.startswith("/media/") and kind not in ("img", "video", "audio")
        ]
        scripts = sum(size for url, size in rest if url.endswith(".js"))
        total = sum(size for _url, size in rest)
        if total > FIRST_VIEW or scripts > SCRIPTS:
            heavy.append((name, total, scripts, rest))
        watched.context.close()
    assert not heavy


def focused(page, expression: str = "e => e.outerHTML") -> str:
    return page.evaluate(f"({expression})(document.activeElement)")


def test_the_keyboard_reaches_content_menu_and_suggestions(demo_portal, browser):
    page = browser(viewport=DESK).page()
    page.goto(f"{demo_portal.url}/metoder/")
    page.keyboard.press("Tab")
    assert focused(page, "e => e.getAttribute('href')") == "#content"
    assert page.locator(".skip").bounding_box()["y"] >= 0  # it shows when it has the focus
    page.keyboard.press("Enter")
    assert focused(page, "e => e.id") == "content"

    page.goto(f"{demo_portal.url}/metoder/")
    reached = []
    for _press in range(25):
        page.keyboard.press("Tab")
        reached.append(focused(page, "e => e.closest('.site-nav') ? e.getAttribute('href') : e.name || ''"))
        assert focused(page, "e => getComputedStyle(e).outlineStyle") != "none", focused(page)
        if reached[-1] == "/blogg/":
            break
    assert {"q", "/tema/", "/metoder/", "/nyheter/", "/boktips/", "/blogg/"} <= set(reached)
    page.keyboard.press("Enter")
    page.wait_for_url("**/blogg/")

    field = page.locator("header input[name=q]")
    field.focus()
    page.keyboard.type("kolle")
    options = page.locator("header [role=option]")
    options.first.wait_for()
    assert field.get_attribute("role") == "combobox"
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert page.locator(f"#{field.get_attribute('aria-activedescendant')}").get_attribute("aria-selected") == "true"
    assert findings(page) == []
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    page.keyboard.press("ArrowDown")
    options.first.wait_for()
    page.keyboard.press("ArrowDown")
    chosen = options.first.locator("span").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: not url.endswith("/blogg/"))
    assert chosen.lower() in page.locator("main").inner_text().lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_filter_and_search_work_without_javascript(language, demo_portal, browser):
    page, paths = browser(java_script_enabled=False).page(), LANGUAGES[language]
    page.goto(demo_portal.url + paths["methods"])
    cards = page.locator("[data-list] .card")
    everything = cards.count()
    page.locator("main form[data-filter] select[name=minutes]").select_option("90")
    page.locator("main form[data-filter] button").click()
    assert "minutes=90" in urlsplit(page.url).query
    assert 0 < cards.count() < everything

    page.goto(demo_portal.url + paths["home"])
    page.locator("main input[name=q]").fill(WORD[language])
    page.locator("main form[role=search] button").click()
    assert urlsplit(page.url).path == paths["search"]
    assert page.locator("article.result[data-kind]").count() > 0
    total = int(page.locator("[data-total]").get_attribute("data-total"))
    facet = page.locator(".chips a").first
    page.goto(urljoin(page.url, facet.get_attribute("href")))
    narrowed = int(page.locator("[data-total]").get_attribute("data-total"))
    assert 0 < narrowed <= total
    assert len({hit.get_attribute("data-kind") for hit in page.locator("article.result").all()}) == 1
    page.locator("article.result a").first.click()
    assert page.locator("h1").count() == 1
