"""The list of saved pages in a real browser: what it stores and when, how it is sent, printed and emptied."""

import pytest
from playwright.sync_api import expect

from tests.e2e.places import findings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
STORED = "() => Object.entries(localStorage)"
PLACES = ["/metoder/bokcirkel/", "/metoder/handledning/"]


def save(page, address: str) -> str:
    """Saves a page as a reader does; returns its title."""
    page.goto(address)
    box = page.locator("[data-save]")
    box.get_by_role("button", name="Spara").click()
    expect(box.get_by_role("status")).to_have_text("Sparad, bara i den här webbläsaren.")
    expect(box.get_by_role("button", name="Ta bort från sparade")).to_be_visible()
    return page.locator("h1").inner_text()


def saved(page):
    return page.locator("[data-list] .card-title")


def test_nothing_is_stored_before_a_click_and_nothing_is_left_when_the_list_is_emptied(demo_portal, browser):
    page = browser().page()
    page.goto(demo_portal.url + PLACES[0])
    expect(page.locator("[data-save] button")).to_be_visible()
    page.goto(f"{demo_portal.url}/sparat/")
    expect(page.get_by_text("Inget är sparat ännu")).to_be_visible()
    assert page.evaluate(STORED) == []

    titles = [save(page, demo_portal.url + place) for place in PLACES]
    assert [name for name, _value in page.evaluate(STORED)] == ["saved"]
    page.get_by_role("link", name="Visa dina sparade sidor").click()
    expect(saved(page)).to_have_text(titles)
    expect(page.get_by_role("button", name="Skriv ut listan")).to_be_visible()
    expect(page.get_by_role("button", name="Spara dem i min lista")).to_be_hidden()
    assert findings(page) == []

    page.get_by_role("link", name=f"Ta bort {titles[0]}").click()
    expect(saved(page)).to_have_text(titles[1:])
    page.reload()
    expect(saved(page)).to_have_text(titles[1:])
    page.get_by_role("button", name="Töm listan").click()
    expect(page.get_by_text("Inget är sparat ännu")).to_be_visible()
    expect(page.locator("[data-said]")).to_have_text("Listan är tömd. Inget finns kvar i webbläsaren.")
    assert page.evaluate(STORED) == []
    assert page.context.cookies() == []
    assert findings(page) == []


def test_a_page_can_be_taken_off_the_list_where_it_stands(demo_portal, browser):
    page = browser().page()
    save(page, demo_portal.url + PLACES[0])
    page.locator("[data-save]").get_by_role("button").click()
    expect(page.locator("[data-save]").get_by_role("status")).to_have_text("Borttagen från din lista.")
    expect(page.get_by_role("link", name="Visa dina sparade sidor")).to_be_hidden()
    assert page.evaluate(STORED) == []


def test_a_list_is_sent_as_one_link_which_others_read_without_javascript_or_save_with_it(demo_portal, browser):
    page = browser().page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    titles = [save(page, demo_portal.url + place) for place in PLACES]
    page.goto(f"{demo_portal.url}/sparat/")
    expect(saved(page)).to_have_text(titles)
    page.get_by_role("button", name="Kopiera länk").click()
    expect(page.locator("[data-share]").get_by_role("status")).to_have_text("Länken är kopierad.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.startswith(f"{demo_portal.url}/sparat/?id=")

    plain = browser(java_script_enabled=False).page()
    plain.goto(link)
    expect(saved(plain)).to_have_text(titles)
    plain.get_by_role("link", name=f"Ta bort {titles[0]}").click()
    expect(saved(plain)).to_have_text(titles[1:])
    plain.goto(f"{demo_portal.url}/sparat/")
    expect(plain.get_by_text("Webbläsaren behöver JavaScript för att spara en lista.")).to_be_visible()

    colleague = browser().page()
    colleague.goto(link)
    expect(saved(colleague)).to_have_text(titles)
    expect(colleague.get_by_role("button", name="Töm listan")).to_be_hidden()
    assert colleague.evaluate(STORED) == []
    colleague.get_by_role("button", name="Spara dem i min lista").click()
    expect(colleague.locator("[data-said]")).to_have_text("Sidorna är sparade i den här webbläsaren.")
    colleague.goto(f"{demo_portal.url}/en/saved/")
    expect(saved(colleague)).to_have_count(2)


def test_a_browser_that_forbids_storage_says_so(demo_portal, browser):
    page = browser().page()
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); }")
    page.goto(demo_portal.url + PLACES[0])
    page.locator("[data-save] button").click()
    expect(page.locator("[data-save] [role=status]")).to_have_text("Webbläsaren låter inte webbplatsen spara något.")


def test_the_printed_list_has_the_pages_and_no_buttons(demo_portal, browser):
    page = browser().page()
    title = save(page, demo_portal.url + PLACES[0])
    page.goto(f"{demo_portal.url}/sparat/")
    expect(saved(page)).to_have_text([title])
    page.emulate_media(media="print")
    expect(saved(page)).to_be_visible()
    expect(page.locator("main button:visible")).to_have_count(0)
    expect(page.locator("[data-remove]")).to_be_hidden()
