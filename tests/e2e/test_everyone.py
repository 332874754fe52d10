"""What no checker of markup sees: what the keyboard reaches, what moves, what does not fit, and in which language it is said."""

import re
from itertools import chain

import pytest
import requests
from bs4 import BeautifulSoup

from tests.e2e.places import DESK, PHONE, is_too_wide, visit
from tests.servers import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

ZOOMED = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %
MOST_TABS = 150
SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shifts.push([entry.value, entry.sources.map(s => s.node?.outerHTML?.slice(0, 80) ?? '')]);
}).observe({type: 'layout-shift', buffered: true});
"""
# Of the element that has focus: whether it can be seen at all, and whether something lies over it.
HIDDEN = """() => {
  if (document.activeElement === document.body) return null;
  const e = document.activeElement, at = e.closest('label') ?? e, box = at.getBoundingClientRect();
  if (getComputedStyle(e).outlineStyle === 'none' && !e.matches('.card-title a, main')) return 'no outline: ' + e.outerHTML.slice(0, 120);
  // What is larger than the screen is seen where it meets it.
  const [left, upper] = [Math.max(box.left, 0), Math.max(box.top, 0)];
  const [wide, high] = [Math.min(box.right, innerWidth) - left, Math.min(box.bottom, innerHeight) - upper];
  if (wide <= 0 || high <= 0) return 'outside: ' + e.outerHTML.slice(0, 120);
  const [x, y] = [left + Math.min(wide, 40) / 2, upper + Math.min(high, 24) / 2];
  const top = document.elementFromPoint(x, y);
  return at.contains(top) || top?.contains(at) ? '' : `covered by ${top?.outerHTML.slice(0, 80)}: ${e.outerHTML.slice(0, 120)}`;
}"""
LATE = re.compile(r"/media/|/js/|/fonts/")
SWEDISH = re.compile(r"\b(och|att|är|inte|på|som|av|för|från|ett|eller|vi|ni|hur|vad|läs|alla|sidan)\b", re.IGNORECASE)
MONTHS = re.compile(r"\b(januari|februari|mars|maj|juni|juli|augusti|oktober)\b", re.IGNORECASE)
SPOKEN = ("alt", "title", "aria-label", "placeholder", "content", "label")


def readers(places: dict) -> dict:
    """The places but the one that only developers see."""
    return {name: path for name, path in places.items() if name != "components"}


def hold_back(page):
    """Keeps pictures, scripts and fonts waiting until the function that it returns is called."""
    waiting, is_open = [], []

    def hold(route):
        if is_open:
            route.continue_()
        else:
            waiting.append(route)

    def let_go():
        is_open.append(True)
        for route in waiting:
            route.continue_()

    page.route(LATE, hold)
    return let_go


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_moves_when_pictures_scripts_and_fonts_arrive_after_the_text(size, places, demo_portal, browser):
    language, found = places

    def shifts(path: str) -> list:
        watched = browser(viewport=size)  # with nothing in its cache
        page = watched.page()
        page.add_init_script(SHIFTS)
        let_go = hold_back(page)
        visit(page, demo_portal, language, path, wait_until="commit")
        until(lambda: page.evaluate("performance.getEntriesByName('first-contentful-paint').length"))
        let_go()
        page.wait_for_load_state("load")
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seen = page.evaluate("window.shifts")
        watched.context.close()
        return seen if sum(value for value, _sources in seen) >= 0.01 else []

    assert not [(name, seen) for name, path in readers(found).items() if (seen := shifts(path))]


@pytest.mark.parametrize("places", ["sv"], indirect=True)
@pytest.mark.parametrize("size", [ZOOMED, DESK], ids=["400 %", "desk"])
def test_the_keyboard_goes_through_every_page_and_what_has_focus_is_never_hidden(size, places, demo_portal, browser):
    language, found = places
    page, hidden = browser(viewport=size).page(), []
    for name, path in readers(found).items():
        visit(page, demo_portal, language, path)
        page.locator("body").evaluate("body => { body.tabIndex = -1; body.focus(); }")
        stops = 0
        while stops < MOST_TABS:
            page.keyboard.press("Tab")
            if (problem := page.evaluate(HIDDEN)) is None:  # the end of the page
                break
            stops += 1
            if problem:
                hidden.append((name, problem))
        assert stops, name
    assert not hidden


def test_every_page_can_be_read_at_400_percent_and_with_text_twice_as_large(places, demo_portal, browser):
    language, found = places
    page, too_wide = browser(viewport=ZOOMED).page(), []
    for name, path in readers(found).items():
        page.set_viewport_size(ZOOMED)
        visit(page, demo_portal, language, path)
        if is_too_wide(page):
            too_wide.append((name, "400 %"))
        page.set_viewport_size(DESK)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if is_too_wide(page):
            too_wide.append((name, "text at 200 %"))
    assert not too_wide


def test_nothing_is_animated_for_those_who_ask_for_less_motion(places, demo_portal, browser):
    language, found = places
    page, moving = browser(reduced_motion="reduce").page(), []
    times = "() => [...document.querySelectorAll('*')].filter(e => !/^0s(, 0s)*$/.test(getComputedStyle(e).transitionDuration)).length + document.getAnimations().length"
    for name, path in readers(found).items():
        visit(page, demo_portal, language, path)
        if page.evaluate(times):
            moving.append(name)
    assert not moving


def test_a_visitor_is_not_remembered_and_nobody_else_is_told_whatever_is_opened(places, demo_portal, browser):
    language, found = places
    watched = browser()
    page, asked = watched.page(), set()
    page.on("request", lambda request: asked.add(request.url.split("/")[2] if "//" in request.url else ""))
    stores = "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, (await caches.keys()).length]"
    for name, path in readers(found).items():
        if name in ("sign in", "restricted"):
            continue  # a form that signs someone in has to know that it was ours
        visit(page, demo_portal, language, path)
        page.keyboard.press("Tab")
        assert page.evaluate(stores) == [0, 0, 0, 0], name
        assert watched.context.cookies() == [], name
    assert asked <= {demo_portal.url.split("/")[2], ""}


def said(html: str):
    """`(text, element)` for all that an English page says, without what is marked as being in another language."""
    soup = BeautifulSoup(html, "html.parser")
    for element in soup(["script", "style"]):
        element.decompose()
    for text in soup.find_all(string=True):
        yield str(text), text.parent
    for element in soup.find_all(True):
        for name in SPOKEN:
            if isinstance(element.get(name), str):
                yield element[name], element


def is_english(element) -> bool:
    return next(parent["lang"] for parent in [element, *element.parents] if parent.get("lang")) == "en"


@pytest.mark.parametrize("places", ["en"], indirect=True)
def test_an_english_visitor_meets_no_swedish_that_is_not_marked(addresses, places, demo_portal):
    _language, found = places
    met = []
    english = [address for address in addresses if "/en/" in address]
    tools = [demo_portal.url + path for path in readers(found).values() if path.startswith("/en/")]
    for address in dict.fromkeys(chain(english, tools)):
        for text, element in said(requests.get(address, timeout=60).text):
            words = {word.lower() for word in SWEDISH.findall(text)}
            if (len(words) > 1 or MONTHS.search(text)) and is_english(element):
                met.append((address, text.strip()[:120]))
    assert not met
