"""The whole path once, with mouse and keyboard: written, reviewed, approved, published on time, found, changed, translated."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import feedparser
import pytest
import requests

from tests.e2e.desk import Desk, picture_file
from tests.servers import until

pytestmark = pytest.mark.browser

TITLE, SLUG = "Lugna starter", "lugna-starter"
ENGLISH_TITLE, ENGLISH_SLUG = "Calm starts", "calm-starts"
USERS = "from home.world import World; World(print).users()"


@pytest.fixture(scope="session")
def portal(live_portal):
    """An empty portal, on each database, where the demo's people work."""
    live_portal.manage("shell", "-v0", "-c", USERS)
    return live_portal


def soon() -> datetime:
    """The next full minute that leaves time for two approvals, in the newsroom's time zone."""
    return (datetime.now(ZoneInfo("Europe/Stockholm")) + timedelta(seconds=180)).replace(second=0, microsecond=0)


def mail(inbox, username: str, count: int) -> str:
    """The count-th mail to a person, when it has come."""
    address = f"{username}@vatterlunda.example"
    return until(
        lambda: len(inbox.to(address)) >= count and inbox.to(address)[count - 1], what=f"mail {count} to {username}"
    )


def link(text: str, part: str) -> str:
    """The first address in a mail that contains `part`."""
    return next(address for address in re.findall(r"https?://\S+", text) if part in address)


def status(portal, path: str) -> int:
    return requests.get(portal.url + path, timeout=30).status_code


def in_feed(portal, name: str = "/feeds/all.xml") -> list[str]:
    return [entry.title for entry in feedparser.parse(requests.get(portal.url + name, timeout=30).content).entries]


def in_search(portal, path: str, word: str) -> bool:
    return f">{word}<" in re.sub(
        "</?mark>", "", requests.get(f"{portal.url}{path}", params={"q": word}, timeout=30).text
    )


def test_a_method_goes_from_draft_to_public_is_changed_and_translated(portal, inbox, browser, tmp_path):
    inbox.messages.clear()
    author, chief = Desk(portal, browser, "skribent").open(), Desk(portal, browser, "utgivare").open()
    write_method(author, tmp_path)
    due = soon()
    author.propose_time(due)
    author.submit()

    reviewer = Desk(portal, browser, "granskare").open(link(mail(inbox, "granskare", 1), "/edit/"))
    edit_address = reviewer.page.url
    compare_in_history(reviewer, edit_address, ["fem", "sju"])
    reviewer.open(edit_address).verdict("approve")

    chief.open(link(mail(inbox, "utgivare", 2), "/edit/")).verdict("approve")
    assert status(portal, f"/metoder/{SLUG}/") == 404
    assert TITLE not in in_feed(portal)
    assert not in_search(portal, "/sok/", TITLE)

    until(lambda: status(portal, f"/metoder/{SLUG}/") == 200, seconds=300, what="the publication")
    assert datetime.now(ZoneInfo("Europe/Stockholm")) >= due
    see_as_visitor(portal, browser)

    author.open(edit_address)
    author.write("intro", "Börja lektionen utan att nån behöver höja rösten.")
    author.submit()
    reviewer.open(link(mail(inbox, "granskare", 2), "/edit/")).verdict_with("reject", "Skriv någon i stället för nån.")
    returned = mail(inbox, "skribent", 3)
    assert "Skriv någon i stället för nån." in returned
    author.open(link(returned, "/edit/"))
    author.write("intro", "Börja lektionen utan att någon behöver höja rösten.")
    author.submit()
    reviewer.open(link(mail(inbox, "granskare", 3), "/compare/"))
    assert "någon behöver" in reviewer.page.locator(".comparison").inner_text()
    reviewer.open(edit_address).verdict("approve")
    chief.open(edit_address).verdict("approve")
    until(
        lambda: "någon behöver" in requests.get(f"{portal.url}/metoder/{SLUG}/", timeout=30).text,
        what="the changed text",
    )
    compare_in_history(reviewer, edit_address, ["någon"])

    translate(portal, inbox, browser, edit_address, reviewer, chief)


def write_method(author: Desk, folder) -> None:
    """A method page with blocks of several kinds and an uploaded picture."""
    author.choose_in_tree("Kollegiet", "Metoder")
    author.page.locator("a[href*=add_subpage], a[href*='/add/methods/methodpage/']").first.click()
    author.page.wait_for_url("**/add/methods/methodpage/**")
    author.write("title", TITLE)
    author.write("intro", "Börja lektionen utan att behöva höja rösten.")
    author.write("purpose", "En ordning som alla känner igen gör att lektionen börjar av sig själv.")
    author.write("minutes_min", "10")
    author.write("minutes_max", "20")
    author.upload_picture("id_hero_image", picture_file(folder), "Klassrummet")
    author.write("hero_alt", "Ett klassrum före lektionen")
    heading = author.add_block("body", "Rubrik")
    author.write(f"body-{heading}-value-text", "Så gör ni")
    text = author.add_block("body", "Text")
    author.write_rich_text(f"body-{text}-value", "Möt eleverna i dörren. Det tar fem minuter.")
    quote = author.add_block("body", "Citat")
    author.write(f"body-{quote}-value-text", "Det blev tyst av sig självt.")
    author.tab("Ämnen och samband")
    author.page.locator("[name=themes]").first.check()
    author.save()
    author.open(author.page.url).tab("Innehåll")  # a second sitting, so a second version
    author.write_rich_text(f"body-{text}-value", "Möt eleverna i dörren. Det tar sju minuter.")


def compare_in_history(person: Desk, address: str, words: list[str]) -> None:
    """Walks back through a page's history until two neighbouring versions differ in these words."""
    page, history = person.page, address.replace("/edit/", "/history/")
    shown = []
    person.open(history)
    for place in range(page.locator("main tbody [data-w-dropdown-target=toggle]").count()):
        person.open(history)
        page.locator("main tbody [data-w-dropdown-target=toggle]").nth(place).click()
        page.locator("[data-tippy-root] a").first.wait_for()
        previous = page.locator("[data-tippy-root] a[href*='/compare/']").first
        if not previous.count():
            continue
        previous.click()
        page.wait_for_url("**/compare/**")
        shown = page.locator(".comparison").all_inner_texts()
        if all(any(word in text for text in shown) for word in words):
            return
    pytest.fail(f"no two versions differ in {words}: {shown}")


def see_as_visitor(portal, browser) -> None:
    """The published page in list, feed, start page and search, light and dark."""
    page = browser().page()
    backgrounds = set()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.goto(f"{portal.url}/metoder/")
        page.locator("main").get_by_role("link", name=TITLE).first.click()
        page.wait_for_url(f"**/metoder/{SLUG}/")
        assert page.locator("h1").inner_text() == TITLE
        assert "sju minuter" in page.locator("main").inner_text()
        assert page.locator("main img").first.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(backgrounds) == 2
    page.goto(portal.url)
    assert page.locator("main").get_by_role("link", name=TITLE).count()
    page.locator("main input[name=q]").fill("dörren")
    page.keyboard.press("Enter")
    page.locator("article.result a", has_text=TITLE).wait_for()
    assert TITLE in in_feed(portal)


TRANSLATION = {
    "Innehåll": [
        ENGLISH_TITLE,
        "Begin the lesson without raising your voice.",
        "A classroom before the lesson",
        "An order that all know lets the lesson begin by itself.",
        "How to do it",
        "Meet the pupils at the door. It takes seven minutes.",
        "It went quiet by itself.",
    ],
    "Synlighet": [ENGLISH_SLUG],
}


def translate(portal, inbox, browser, address: str, reviewer: Desk, chief: Desk) -> None:
    """The translator translates text by text and sends the page in; two others approve it in the translation editor."""
    translator = Desk(portal, browser, "oversattare").open(address)
    page = translator.page
    page.locator("header [data-w-dropdown-target=toggle]").first.click()
    page.locator("[data-tippy-root] a[href*='/localize/submit/']").click()
    page.wait_for_url("**/localize/submit/**")
    page.locator("[name=locales]").check()
    with page.expect_event("load"):
        page.locator("main [type=submit]").first.click()
    for tab, texts in TRANSLATION.items():
        page.get_by_role("tab", name=tab).click()
        for text in texts:
            page.locator("main button:visible", has_text=re.compile("^Översätt$")).first.click()
            page.locator("main textarea:visible").fill(text)
            page.locator("main button:visible", has_text=re.compile("^Spara$")).click()
            page.locator("main textarea:visible").wait_for(state="detached")
    translation = page.url
    assert status(portal, f"/en/methods/{ENGLISH_SLUG}/") == 404
    with page.expect_event("load"):
        page.locator("form[action$='/send-translation/'] button").click()
    asked = until(
        lambda: next(
            (text for text in inbox.to(f"{reviewer.username}@vatterlunda.example") if ENGLISH_TITLE in text), None
        ),
        what="the mail about the translation",
    )
    reviewer.open(link(asked, "/edit/"))
    assert reviewer.page.url == translation
    for person in (reviewer, chief):
        person.open(translation)
        with person.page.expect_event("load"):
            person.page.locator("form[action*='/approve/'] button[type=submit]").click()
    until(lambda: status(portal, f"/en/methods/{ENGLISH_SLUG}/") == 200, what="the translation's publication")
    visitor = browser(locale="en-GB").page()
    visitor.goto(f"{portal.url}/metoder/{SLUG}/")
    visitor.locator("nav.languages a[lang=en]").click()
    visitor.wait_for_url(f"**/en/methods/{ENGLISH_SLUG}/")
    assert visitor.locator("html").get_attribute("lang") == "en"
    text = visitor.locator("main").inner_text()
    assert all(words in text for words in TRANSLATION["Innehåll"] if words != "A classroom before the lesson")
    assert "lektionen" not in text
    assert ENGLISH_TITLE in in_feed(portal, "/en/feeds/all.xml")
    assert in_search(portal, "/en/search/", ENGLISH_TITLE)
