"""Search in a real browser: with the keyboard, in place, announced, and the way back."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.places import follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]


def query(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_the_combobox_is_used_by_keyboard_and_says_what_it_shows(demo_portal, browser):
    page = browser().page()
    page.goto(f"{demo_portal.url}/sok/")
    field = page.locator("main input[type=search]")
    field.focus()
    page.wait_for_selector("main [role=combobox]")
    field.press_sequentially("kolleg")
    options = page.locator("main [role=listbox] [role=option]")
    options.first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    chosen = page.locator("main [role=option][aria-selected=true]")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    word = chosen.locator("span").inner_text()
    assert word.startswith("kolleg")
    field.press("Enter")
    page.wait_for_url("**/sok/?q=*")
    assert query(page)["q"] == [word]
    field = page.locator("main input[type=search]")
    field.focus()
    field.press("ArrowDown")
    options.first.wait_for()
    field.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == word


def test_a_page_among_the_suggestions_is_opened(demo_portal, browser):
    page = browser().page()
    page.goto(f"{demo_portal.url}/sok/")
    field = page.locator("main input[type=search]")
    field.focus()
    page.wait_for_selector("main [role=combobox]")
    field.press_sequentially("kollegaobs")
    page.locator("main [role=option]:has(small)").first.click()
    page.wait_for_url(lambda url: "/sok/" not in url)
    assert page.locator("h1").count() == 1


def test_filters_change_the_hits_in_place_are_announced_and_can_be_taken_back(demo_portal, browser):
    page = browser().page()
    page.goto(f"{demo_portal.url}/sok/?q=lärande")
    status = page.locator("[role=status][data-total]")
    everything = int(status.get_attribute("data-total"))
    page.evaluate("window.stays = true")
    page.locator("summary", has_text="Begränsa sökningen").click()
    choice = page.locator("select[name=theme]")
    option = choice.locator("option").nth(1)
    value, label = option.get_attribute("value"), option.inner_text()
    number = int(label.rpartition("(")[2].rstrip(")"))
    choice.focus()
    choice.select_option(value)
    page.wait_for_url("**theme=*")
    assert page.evaluate("window.stays"), "the page was not loaded anew"
    assert int(status.get_attribute("data-total")) == number
    assert str(number) in status.inner_text()
    assert page.evaluate("document.activeElement.name") == "theme", "whoever was choosing stays there"
    page.locator("[data-list] .chips a", has_text="Tema").click()
    page.wait_for_url(lambda url: "theme" not in url)
    assert int(status.get_attribute("data-total")) == everything
    page.go_back()
    page.wait_for_url("**theme=*")
    assert query(page)["theme"] == [value]


def test_what_is_misspelt_leads_both_ways_without_javascript(demo_portal, browser):
    page = browser(java_script_enabled=False).page()
    page.goto(f"{demo_portal.url}/sok/?q=kollegaobservasjoner")
    assert page.locator("article.result").count() > 0
    follow(page.locator("[data-suggestion]"))
    assert page.locator("article.result").count() > 0
    page.go_back()
    follow(page.locator("a", has_text="kollegaobservasjoner"))
    assert page.locator("[data-total]").get_attribute("data-total") == "0"
    assert page.locator(".empty a").count() > 3


def test_opening_a_hit_is_counted_and_leads_to_the_page_itself(demo_portal, browser):
    page = browser().page()
    page.goto(f"{demo_portal.url}/sok/?q=lärande")
    hit = page.locator("article.result").first
    link = hit.locator("a").first
    address = link.get_attribute("href")
    with page.expect_request("**/sok/oppnad") as told:
        link.click()
    page.wait_for_url(f"**{address}")
    assert told.value.method == "POST"
    assert "page=" in told.value.post_data
