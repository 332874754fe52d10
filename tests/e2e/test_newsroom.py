"""The newsroom's screens for each role, in a real browser on the demo. A script error or a policy violation fails."""

import re

import pytest
import requests

from tests.e2e.desk import WORKFLOW_BUTTONS, Desk
from tests.e2e.places import one_of_each_type

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

PEOPLE = ("skribent", "redaktor", "granskare", "utgivare", "oversattare", "admin")


@pytest.mark.parametrize("username", PEOPLE)
def test_everyone_signs_in_to_a_dashboard_in_swedish(username, demo_portal, browser):
    page = Desk(demo_portal, browser, username).open().page
    assert page.locator("html").get_attribute("lang") == "sv"
    headings = page.locator("main h2").all_inner_texts()
    assert any("Väntar på" in heading for heading in headings), headings
    assert page.locator(".sidebar").get_by_text("Logga ut").count() == 1


def test_the_editor_of_every_page_type_opens_for_the_chief_editor(demo_portal, browser):
    desk = Desk(demo_portal, browser, "utgivare").open()
    for kind, found in one_of_each_type(demo_portal, "sv").items():
        desk.open(f"/admin/pages/{found['id']}/edit/")
        assert desk.page.locator("[name=title]").input_value(), kind
        assert desk.page.locator("footer .action-save").is_visible(), kind
        assert desk.watched.violations() == [], kind


def test_nobody_but_the_administrator_is_offered_to_publish(demo_portal, browser):
    news = one_of_each_type(demo_portal, "sv")["articles.NewsPage"]
    for username in ("redaktor", "granskare", "utgivare"):
        page = Desk(demo_portal, browser, username).open(f"/admin/pages/{news['id']}/edit/").page
        page.locator(WORKFLOW_BUTTONS).click()
        assert page.locator("[name=action-publish]").count() == 0, username
    author = Desk(demo_portal, browser, "skribent").open()
    parent = requests.get(
        f"{demo_portal.url}/api/v2/pages/", params={"type": "articles.NewsIndexPage", "locale": "sv"}, timeout=30
    ).json()
    author.open(f"/admin/pages/add/articles/newspage/{parent['items'][0]['id']}/")
    author.page.locator(WORKFLOW_BUTTONS).click()
    assert author.page.locator("[name=action-submit]").count() == 1
    assert author.page.locator("[name=action-publish]").count() == 0


def test_the_block_picker_previews_a_block_in_the_sites_own_dress(demo_portal, browser):
    method = one_of_each_type(demo_portal, "sv")["methods.MethodPage"]
    page = Desk(demo_portal, browser, "redaktor").open(f"/admin/pages/{method['id']}/edit/").page
    section = page.locator("section.w-panel", has=page.locator("[name=body-count]")).last
    section.locator("button.c-sf-add-button").last.click()
    page.locator(".w-combobox__option-row", has=page.get_by_role("option", name="Citat", exact=True)).locator(
        "button"
    ).click()
    frame = page.frame_locator(".w-combobox-preview iframe")
    frame.locator("blockquote").first.wait_for()
    assert "site.css" in frame.locator("link[rel=stylesheet]").first.get_attribute("href")
    assert "Newsreader" in frame.locator("blockquote").first.evaluate("quote => getComputedStyle(quote).fontFamily")


def test_the_language_switch_keeps_the_page(demo_portal, browser):
    page = browser(viewport={"width": 1280, "height": 900}).page()
    known = {language: one_of_each_type(demo_portal, language) for language in ("sv", "en")}
    page.goto(demo_portal.url + known["en"]["methods.MethodPage"]["path"])
    page.locator("nav.languages a[lang=sv]").click()
    page.wait_for_url(re.compile("/metoder/[^/]+/$"))
    assert page.locator("html").get_attribute("lang") == "sv"
    page.locator("nav.languages a[lang=en]").click()
    page.wait_for_url(re.compile("/en/methods/[^/]+/$"))
    assert page.url == demo_portal.url + known["en"]["methods.MethodPage"]["path"]

    desk = Desk(demo_portal, browser, "redaktor").open(
        f"/admin/pages/{known['sv']['methods.MethodIndexPage']['id']}/edit/"
    )
    desk.show_status()
    desk.page.get_by_role("button", name="Växla språk").first.click()
    desk.page.locator("[data-tippy-root] a").first.click()
    desk.page.wait_for_url(f"**/admin/pages/{known['en']['methods.MethodIndexPage']['id']}/edit/")


def test_a_focal_point_is_set_with_the_mouse_and_kept(demo_portal, browser):
    desk = Desk(demo_portal, browser, "redaktor").open("/admin/images/")
    desk.page.locator("main a[href*='/admin/images/']:has(img)").first.click()
    desk.page.wait_for_url(re.compile(r"/admin/images/\d+/"))
    desk.page.locator(".jcrop-holder").wait_for()
    box = desk.page.locator(".jcrop-holder").bounding_box()
    desk.page.mouse.move(box["x"] + 40, box["y"] + 40)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + 120, box["y"] + 100, steps=5)
    desk.page.mouse.up()
    chosen = desk.page.locator("input.focal_point_x").input_value()
    assert int(chosen) > 0
    address = desk.page.url
    with desk.page.expect_event("load"):
        desk.page.locator("main footer [type=submit], main form button[type=submit]").first.click()
    assert desk.open(address).page.locator("input.focal_point_x").input_value() == chosen
