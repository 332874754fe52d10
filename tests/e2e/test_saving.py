"""Saving in a real editor: the automatic save and the button do not get in each other's way."""

import re

import pytest
import requests

from tests.e2e.desk import Desk
from tests.servers import until

pytestmark = pytest.mark.browser

DRAFT = """
from articles.models import NewsPage
page = NewsPage.objects.filter(live=True).first()
print("page", page.pk)
"""

MARKED = "input[type=hidden][name^=body-][value*=LANGUAGE-EN]"


@pytest.fixture
def address(demo_portal) -> str:
    found = re.search(r"page (\d+)", demo_portal.manage("shell", "-v0", "-c", DRAFT))
    return f"/admin/pages/{found[1]}/edit/"


def is_save(response, address: str) -> bool:
    return response.request.method == "POST" and response.url.endswith(address)


def test_the_button_saves_after_an_automatic_save(demo_portal, browser, address):
    desk = Desk(demo_portal, browser, "redaktor").open(address)
    text = desk.page.locator("[name=intro]")
    with desk.page.expect_response(lambda response: is_save(response, address)) as automatic:
        text.clear()
        text.press_sequentially(
            "Skrivet i en webbläsare.", delay=150
        )  # the editor looks for changes two seconds after it starts
    assert automatic.value.status == 200
    desk.page.get_by_role("button", name="Spara utkast").click()
    desk.page.get_by_text("har blivit uppdaterad").wait_for()
    assert text.input_value() == "Skrivet i en webbläsare."


def test_words_are_marked_as_english_with_the_button(demo_portal, browser, address):
    desk = Desk(demo_portal, browser, "redaktor").open(address)
    editor = desk.page.locator(".public-DraftEditor-content").first
    editor.click()
    desk.page.keyboard.press("Control+End")
    desk.page.keyboard.type(" walk")
    for _letter in "walk":
        desk.page.keyboard.press("Shift+ArrowLeft")
    desk.page.locator("button[name=LANGUAGE-EN]").first.click()
    desk.page.locator(MARKED).wait_for(
        state="attached"
    )  # the editor hands its text to the form a quarter of a second later
    desk.page.get_by_role("button", name="Spara utkast").click()
    desk.page.get_by_text("har blivit uppdaterad").wait_for()
    latest = f"Page.objects.get(pk={address.split('/')[3]}).get_latest_revision().content"
    saved = demo_portal.manage("shell", "-v0", "-c", f"from wagtail.models import Page; print({latest})")
    assert re.search(r"lang=\W+en\W+walk<", saved)


class Held:
    """Keeps back the answer to the first automatic save that a page sends until it is let go."""

    def __init__(self, page):
        self.answers = []
        page.route(re.compile(r"/admin/pages/"), self.handle)

    def handle(self, route):
        request = route.request
        if not self.answers and request.method == "POST" and request.headers["accept"] == "application/json":
            self.answers.append((route, route.fetch()))
        else:
            route.continue_()

    def wait(self, page) -> None:
        until(lambda: page.evaluate("1") and self.answers, what="the automatic save")

    def let_go(self) -> None:
        route, answer = self.answers[0]
        route.fulfill(response=answer)


def test_the_button_waits_for_an_automatic_save_that_is_on_its_way(demo_portal, browser, address):
    desk = Desk(demo_portal, browser, "redaktor").open(address)
    held, text = Held(desk.page), desk.page.locator("[name=intro]")
    text.press_sequentially(" Och ett ord till.", delay=150)
    held.wait(desk.page)
    desk.page.get_by_role("button", name="Spara utkast").click()
    held.let_go()
    desk.page.get_by_text("har blivit uppdaterad").wait_for()
    assert "Och ett ord till." in text.input_value()


def test_a_page_that_is_saved_during_its_first_automatic_save_is_created_once(demo_portal, browser):
    lists = requests.get(
        f"{demo_portal.url}/api/v2/pages/", params={"type": "articles.NewsIndexPage", "locale": "sv"}, timeout=30
    ).json()
    desk = Desk(demo_portal, browser, "redaktor").open(f"/admin/pages/add/articles/newspage/{lists['items'][0]['id']}/")
    held = Held(desk.page)
    desk.page.locator("[name=title]").press_sequentially("Skapad en enda gång", delay=150)
    held.wait(desk.page)
    desk.page.get_by_role("button", name="Spara utkast").click()
    held.let_go()
    desk.page.get_by_text(re.compile("har blivit uppdaterad|har skapats|skapades")).first.wait_for()
    count = "Page.objects.filter(draft_title='Skapad en enda gång').count()"
    assert demo_portal.manage("shell", "-v0", "-c", f"from wagtail.models import Page; print({count})").strip() == "1"


def test_the_checklist_follows_the_automatic_save(demo_portal, browser, address):
    desk = Desk(demo_portal, browser, "redaktor").open(address)
    toggle, panel = (
        desk.page.locator("[data-side-panel-toggle=checklist]"),
        desk.page.locator("[data-side-panel=checklist]"),
    )
    toggle.click()
    panel.locator(".newsroom-left").wait_for()
    before = int(panel.locator(".newsroom-left").get_attribute("data-left"))
    text = desk.page.locator("[name=intro]")
    text.clear()
    text.press_sequentially("TODO: skriv klart.", delay=150)
    panel.locator("[data-rule=placeholder]").wait_for()
    assert panel.is_visible()
    assert int(panel.locator(".newsroom-left").get_attribute("data-left")) == before + 1
    assert toggle.locator("[data-side-panel-toggle-counter]").text_content().strip() == str(before + 1)
    text.clear()
    text.press_sequentially("Nu är den klar.", delay=150)
    panel.locator("[data-rule=placeholder]").wait_for(state="detached")
