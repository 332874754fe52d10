"""What a visitor meets, in a real browser on the demo: every template, two languages, two widths, light and dark."""

from urllib.parse import urljoin, urlsplit

import pytest
import requests

from tests.e2e.places import (
    DESK,
    LANGUAGES,
    MET_AT,
    PHONE,
    WORD,
    findings,
    follow,
    inspect,
    is_too_wide,
    template_of,
    templates_of_pages,
    visit,
)  # fmt: skip
from tests.servers import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

FIRST_VIEW, SCRIPTS = 90_000, 15_000  # bytes on the wire, without pictures; of JavaScript


def test_every_template_is_free_of_findings_in_both_languages_widths_and_themes(places, demo_portal, browser):
    language, found = places
    met = {template_of(name) for name in found if "." in name} | MET_AT.keys()
    assert met == templates_of_pages(), "a template that nobody looks at"
    assert found.keys() >= set(MET_AT.values())
    page, problems = browser(locale=language).page(), []
    for name, path in found.items():
        visit(page, demo_portal, language, path)
        assert page.locator("h1").count() == 1, path
        assert page.locator("html").get_attribute("lang") == language, path
        # The same component twice on one page has the same name twice: not so on a page that is meant for readers.
        problems += inspect(page, name, *(["landmark-unique"] if name == "components" else []))
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
            follow(page.locator("main form button[type=submit]"))
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
        if is_too_wide(page):
            too_wide.append(address)
    assert too_wide == []
    assert asked <= {urlsplit(demo_portal.url).netloc, ""}  # data: addresses have no host
    assert watched.context.cookies() == []
    stores = "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]"
    assert page.evaluate(stores) == [0, 0, 0, 0]


def test_the_first_view_of_every_template_is_light(places, demo_portal, browser):
    language, found = places
    weigh = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .map(entry => [entry.name, entry.initiatorType, entry.transferSize])"""
    heavy = []
    for name, path in found.items():
        if name == "components":
            continue  # no visitor meets it
        watched = browser(viewport=DESK)  # with nothing in its cache
        page = watched.page()
        visit(page, demo_portal, language, path)
        page.wait_for_load_state("networkidle")
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


@pytest.mark.parametrize(
    ("path", "question"),
    [
        ("/metoder/", "&".join(f"minutes{number}=1" for number in range(20_000))),
        ("/en/methods/", "&".join(f"theme={number}" for number in range(20_000))),
        ("/sok/", f"q={'ö' * 20_000}"),
        ("/api/v2/pages/", f"fields={'(' * 20_000}"),
    ],
    ids=["parameters", "values", "words", "fields"],
)
def test_an_address_of_any_length_gets_an_answer_that_leads_on(path, question, demo_portal):
    answer = requests.get(f"{demo_portal.url}{path}?{question}", timeout=60)
    assert answer.status_code in (200, 400, 404)
    assert answer.headers["Content-Type"].startswith(("text/html", "application/json"))
    assert "<a href" in answer.text or "message" in answer.json()


def test_what_was_typed_before_the_suggestions_could_be_asked_for_is_answered(demo_portal, browser):
    page, held = browser(viewport=DESK).page(), []
    page.route("**/suggest*.js", lambda route: held.append(route))
    page.goto(f"{demo_portal.url}/blogg/")
    with page.expect_request("**/suggest*.js"):
        page.locator("header input[name=q]").focus()
    page.keyboard.type("kolle")
    held[0].continue_()
    page.locator("header [role=option]").first.wait_for()


@pytest.mark.parametrize("language", LANGUAGES)
def test_filter_and_search_work_without_javascript(language, demo_portal, browser):
    page, paths = browser(java_script_enabled=False).page(), LANGUAGES[language]
    page.goto(demo_portal.url + paths["methods"])
    cards = page.locator("[data-list] .card")
    everything = cards.count()
    page.locator("main form[data-filter] select[name=minutes]").select_option("90")
    follow(page.locator("main form[data-filter] button"))
    assert "minutes=90" in urlsplit(page.url).query
    assert 0 < cards.count() < everything

    page.goto(demo_portal.url + paths["home"])
    page.locator("main input[name=q]").fill(WORD[language])
    follow(page.locator("main form[role=search] button"))
    assert urlsplit(page.url).path == paths["search"]
    assert page.locator("article.result[data-kind]").count() > 0
    total = int(page.locator("[data-total]").get_attribute("data-total"))
    facet = page.locator(".chips a").first
    page.goto(urljoin(page.url, facet.get_attribute("href")))
    narrowed = int(page.locator("[data-total]").get_attribute("data-total"))
    assert 0 < narrowed <= total
    assert len({hit.get_attribute("data-kind") for hit in page.locator("article.result").all()}) == 1
    follow(page.locator("article.result a").first)
    assert page.locator("h1").count() == 1
