"""The plan by mouse, by keyboard and on a telephone: what is moved is moved, said aloud, and can be taken back."""

import pytest
from playwright.sync_api import expect

from tests.e2e.desk import Desk
from tests.e2e.places import findings

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("demo")]

ITEM = "[data-item$='-publish'][draggable=true]"
PHONE = {"viewport": {"width": 375, "height": 700}, "has_touch": True, "is_mobile": True}


class Planner:
    """A person at the plan, looking at the week of what the demo has scheduled."""

    def __init__(self, portal, browser, username="utgivare", **options):
        self.desk = Desk(portal, browser, username, **options).open("/admin/plan/?view=list")
        self.page = self.desk.page
        self.day = self.item.locator("xpath=ancestor::*[@data-day]").get_attribute("data-day")
        self.desk.open(f"/admin/plan/?view=week&day={self.day}")

    @property
    def item(self):
        return self.page.locator(ITEM).first

    @property
    def said(self):
        return self.page.locator("[data-plan-said]")

    def days(self) -> list[str]:
        return [day.get_attribute("data-day") for day in self.page.locator("[data-day]").all()]

    def other_day(self) -> str:
        """A day of the week that is shown, beside the item's."""
        days = self.days()
        place = days.index(self.day)
        return days[place + 1] if place < 6 else days[place - 1]

    def on(self, day: str):
        return self.page.locator(f"[data-day='{day}'] {ITEM}")

    def drag_to(self, day: str) -> None:
        self.item.locator(".plan-lane").drag_to(self.page.locator(f"[data-day='{day}'] .plan-date"))

    def send(self) -> None:
        """Sends the form, whatever the picker of the time lies over."""
        self.page.locator("main form button[type=submit]").focus()
        self.page.keyboard.press("Enter")

    def take_back(self) -> None:
        self.said.get_by_role("button", name="Ångra").click()
        expect(self.on(self.day)).to_be_visible()


def test_an_item_is_dragged_to_another_day_and_taken_back(demo_portal, browser):
    planner = Planner(demo_portal, browser)
    day = planner.other_day()
    planner.drag_to(day)
    expect(planner.on(day)).to_be_visible()
    expect(planner.said).to_contain_text("Publiceras")
    assert planner.said.get_attribute("role") == "status"
    planner.take_back()


def test_the_keyboard_lifts_moves_leaves_and_takes_back(demo_portal, browser):
    planner = Planner(demo_portal, browser)
    day, page = planner.other_day(), planner.page
    key, back = ("ArrowRight", "ArrowLeft") if day > planner.day else ("ArrowLeft", "ArrowRight")
    planner.item.locator("[data-move]").focus()
    page.keyboard.press(key)
    expect(planner.said).to_contain_text("Enter flyttar")
    expect(page.locator(".plan-day--target")).to_have_attribute("data-day", day)
    page.keyboard.press("Escape")
    expect(planner.said).to_have_text("Den ligger kvar där den låg.")
    expect(planner.on(planner.day)).to_be_visible()
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(planner.on(day)).to_be_visible()
    expect(planner.on(day).locator("[data-move]")).to_be_focused()
    page.keyboard.press(back)
    page.keyboard.press("Enter")
    expect(planner.on(planner.day)).to_be_visible()


def test_on_a_telephone_the_plan_is_a_list_and_a_form_moves(demo_portal, browser):
    planner = Planner(demo_portal, browser, **PHONE)
    page, item = planner.page, planner.item
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    assert item.bounding_box()["width"] > 250
    clock, day = item.get_attribute("data-clock"), planner.other_day()
    item.get_by_role("link", name="Flytta").tap()
    page.locator("[name=at]").fill(f"{day} {clock}")
    planner.send()
    expect(planner.on(day)).to_be_visible()
    page.get_by_role("link", name="Ångra").tap()
    assert page.locator("[name=at]").input_value() == f"{planner.day} {clock}"
    planner.send()
    expect(planner.on(planner.day)).to_be_visible()


def test_whoever_comes_second_is_told_by_whom_it_was_moved(demo_portal, browser):
    first, second = Planner(demo_portal, browser), Planner(demo_portal, browser, "redaktor")
    day = first.other_day()
    first.drag_to(day)
    expect(first.on(day)).to_be_visible()
    second.drag_to(day)
    expect(second.said).to_contain_text("Ulla Stenmark har flyttat det här sedan du tittade")
    expect(second.on(second.day)).to_be_visible()
    first.take_back()


@pytest.mark.parametrize("view", ["month", "week", "list"])
def test_the_plan_has_no_barrier_that_a_machine_finds(view, demo_portal, browser):
    page = Desk(demo_portal, browser, "utgivare").open(f"/admin/plan/?view={view}").page
    page.locator(".plan-filters summary").click()
    assert not findings(page, within="main")
