"""The tools round methods in a real browser: with the keyboard, in place, without JavaScript, without a network."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.places import follow

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]
NOON = datetime(2026, 11, 30, 12)
TIMED = "/metoder/bokcirkel/ledare/"  # steps of 5, 10, 20, 10 and 5 minutes


def query(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def shown(page) -> int:
    return page.locator("[data-list] .card").count()


def test_filters_change_the_list_in_place_renew_the_numbers_and_can_be_taken_back(demo_portal, browser):
    page = browser().page()
    page.goto(f"{demo_portal.url}/metoder/", wait_until="networkidle")
    everything = shown(page)
    page.evaluate("window.stays = true")
    time = page.locator("select[name=minutes]")
    label = time.locator("option[value='60']").inner_text()
    promised = int(re.search(r"\((\d+)\)", label)[1])
    time.focus()
    time.select_option("60")
    page.locator("[data-list] .chip", has_text="Tid per träff").wait_for()
    assert shown(page) == promised < everything
    assert page.evaluate("document.activeElement.name") == "minutes"
    page.locator("summary", has_text="Fler filter").click()
    preparation = page.locator("select[name=preparation]")
    promised = int(re.search(r"\((\d+)\)", preparation.locator("option[value=short]").inner_text())[1])
    preparation.select_option("short")
    page.locator("[data-list] .chip", has_text="Förberedelse").wait_for()
    assert shown(page) == promised
    assert page.locator("[data-list-total]").inner_text().startswith(str(promised))
    assert query(page) == {"minutes": ["60"], "preparation": ["short"]}
    page.locator(".chip", has_text="Tid per träff").click()
    page.wait_for_url("**/?preparation=short")
    page.locator("[data-list] .chip", has_text="Tid per träff").wait_for(state="detached")
    assert page.locator("select[name=minutes]").input_value() == ""
    page.go_back()
    page.locator("[data-list] .chip", has_text="Tid per träff").wait_for()
    assert page.locator("select[name=minutes]").input_value() == "60"
    assert page.evaluate("window.stays")


def test_six_people_with_45_minutes_at_an_educare_centre_have_an_agenda_after_two_clicks(demo_portal, browser):
    page = browser(java_script_enabled=False).page()
    page.goto(demo_portal.url)
    page.get_by_label("Hur många är ni?").fill("6")
    page.get_by_label("Hur många minuter är en träff?").fill("45")
    page.get_by_label("Var arbetar ni?").select_option("school_age_educare")
    follow(page.get_by_role("button", name="Visa metoder"))
    first = page.locator(".found > li").first
    assert "passar 6 personer" in first.inner_text()
    assert "ryms på 45 min" in first.inner_text()
    assert "för fritidshem" in first.inner_text()
    first.get_by_role("link", name="Träffpaket").click()
    page.wait_for_url("**/metoder/bokcirkel/traffpaket/")
    assert page.locator("#agenda + ol > li").count() > 2


def test_methods_are_found_and_compared_without_javascript(demo_portal, browser):
    page = browser(java_script_enabled=False).page()
    page.goto(f"{demo_portal.url}/metoder/hitta/")
    page.get_by_label("Hur många är ni?").fill("5")
    follow(page.get_by_role("button", name="Visa metoder"))
    assert query(page)["group"] == ["5"]
    assert page.locator(".found > li").count() > 1
    page.goto(f"{demo_portal.url}/metoder/")
    for tick in page.locator(".with-tick input").all()[:2]:
        tick.check()
    follow(page.get_by_role("button", name="Jämför de ikryssade"))
    assert urlsplit(page.url).path == "/metoder/jamfor/"
    assert page.locator(".compared thead th").count() == 3
    page.get_by_label("Lägg till en metod").select_option(index=0)
    follow(page.get_by_role("button", name="Lägg till"))
    assert page.locator(".compared thead th").count() == 4


@pytest.fixture
def timer(demo_portal, browser):
    """The timer with a clock that the test moves, and no network any more."""
    watched = browser()
    page = watched.page()
    page.clock.install(time=NOON)
    page.goto(demo_portal.url + TIMED, wait_until="networkidle")
    page.locator("[data-face]").wait_for()
    page.clock.pause_at(NOON + timedelta(hours=1))
    watched.context.set_offline(True)
    page.locator("h1").click()
    return page


def reads(page) -> tuple[str, str]:
    return page.locator("[data-place]").inner_text(), page.locator("[data-clock]").inner_text()


def said(page) -> str:
    return page.locator("[data-said]").text_content()


def test_the_timer_is_led_by_keyboard_without_a_network(timer):
    assert reads(timer) == ("Steg 1 av 5", "05:00")
    timer.keyboard.press("Space")
    assert said(timer) == "Sedan sist, 5 minuter"
    timer.clock.run_for(61_250)  # the face is drawn four times a second
    assert reads(timer) == ("Steg 1 av 5", "03:59")
    timer.keyboard.press("Space")
    timer.clock.run_for(60_000)
    assert reads(timer)[1] == "03:59"
    assert said(timer) == "Pausad"
    timer.keyboard.press("Space")
    timer.clock.run_for(180_000)
    assert said(timer) == "En minut kvar"
    timer.clock.run_for(90_000)
    assert said(timer) == "Tiden för steget är slut"
    assert reads(timer) == ("Steg 1 av 5", "+00:31")
    timer.keyboard.press("ArrowRight")
    assert reads(timer) == ("Steg 2 av 5", "10:00")
    assert timer.locator("ol.steps [aria-current=step]").count() == 1
    timer.keyboard.press("ArrowLeft")
    timer.keyboard.press("ArrowLeft")
    assert reads(timer) == ("Steg 1 av 5", "05:00")
    timer.keyboard.press("Escape")
    assert said(timer) == "Pausad"


def test_a_tab_that_slept_is_right_when_it_wakes(timer):
    timer.keyboard.press("Space")
    timer.clock.fast_forward("04:00")  # timers fire once, as after sleep
    assert reads(timer) == ("Steg 1 av 5", "01:00")
    timer.get_by_label("Gå vidare av sig själv när tiden är slut").check()
    timer.clock.fast_forward("17:00")
    assert reads(timer) == ("Steg 3 av 5", "14:00")


def test_a_timer_that_is_loaded_again_goes_on_where_it_was(timer):
    timer.keyboard.press("ArrowRight")
    timer.keyboard.press("Space")
    timer.clock.fast_forward("02:00")
    timer.context.set_offline(False)
    timer.reload()
    expect(timer.locator("[data-place]")).to_have_text("Steg 2 av 5")
    expect(timer.locator("[data-go]")).to_have_text("Pausa")
    expect(timer.locator("[data-clock]")).to_have_text(re.compile("^0[78]:"))  # of ten minutes
    assert timer.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_the_timer_fills_the_screen_and_gives_it_back(timer):
    button = timer.locator("[data-screen]")
    button.click()
    timer.wait_for_function("document.fullscreenElement !== null")
    expect(button).to_have_text("Lämna helskärm")
    timer.keyboard.press("f")
    timer.wait_for_function("document.fullscreenElement === null")
    expect(button).to_have_text("Helskärm")


def test_without_javascript_the_steps_and_their_minutes_are_there(demo_portal, browser):
    page = browser(java_script_enabled=False).page()
    page.goto(demo_portal.url + TIMED)
    assert page.locator("ol.steps > li").count() == 5
    assert not page.locator("[data-face]").is_visible()
