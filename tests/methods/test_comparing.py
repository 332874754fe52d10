"""Two to four methods side by side, as an address."""

import pytest
from bs4 import BeautifulSoup

from core.models import SchoolForm, Theme
from methods.models import MethodPage
from tests.contracts.planted import restrict
from tests.contracts.test_queries import BUDGET, described, statements
from tests.methods.making import make_method
from tests.world import make_page

pytestmark = pytest.mark.django_db
PLACE = "/metoder/jamfor/"


@pytest.fixture
def methods():
    roles = [("role", {"name": "Samtalsledare", "task": "Leder."})]
    for number, slug in enumerate(("ett", "tva", "tre", "fyra", "fem"), 1):
        make_method(
            SchoolForm.objects.all()[:number], slug=slug, title=f"Metod {slug}", themes=Theme.objects.all()[:2], roles=roles,
            group_min=4, group_max=8, minutes_max=30 * number, cost_level=1 if number > 1 else None, guideline_values=["group"],
            steps=[("step", {"title": "Runda", "minutes": 10, "description": "<p>En.</p>", "tip": ""})] * number,
        )  # fmt: skip
    make_method(slug="utkast", live=False)
    restrict(make_method(slug="hemlig", title="Hemlig metod"), "login")


def compared(client, *slugs: str) -> BeautifulSoup:
    response = client.get(PLACE, {"m": slugs})
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def columns(page: BeautifulSoup) -> list[str]:
    return [column.a.text for column in page.select("thead th")[1:]]


def row(page: BeautifulSoup, label: str):
    return next(row for row in page.select("tbody tr") if row.th.find(string=True).strip() == label)


def test_methods_stand_side_by_side_in_the_order_of_the_address_and_differences_are_marked(client, methods):
    page = compared(client, "tva", "ett")
    assert columns(page) == ["Metod tva", "Metod ett"]
    time, group = row(page, "Tid per träff"), row(page, "Grupp")
    assert [cell.text.strip() for cell in time.select("td")] == ["upp till 60 min", "upp till 30 min"]
    assert time.select_one(".differs-mark").text == "skiljer sig"
    assert not group.select(".differs-mark")
    assert "riktvärde" in group.td.text
    assert [cell.text.strip() for cell in row(page, "Kostnad").select("td")] == ["låg", "anges inte"]
    assert [cell.text.strip() for cell in row(page, "En träff").select("td")] == ["2 steg, 20 min", "1 steg, 10 min"]
    assert not row(page, "Teman").select(".differs-mark")
    assert row(page, "Skolformer").select(".differs-mark")


def test_one_can_be_added_and_taken_away_without_javascript(client, methods):
    page = compared(client, "ett", "tva", "tre")
    assert page.select(".remove")[1]["href"] == "?m=ett&m=tre"
    assert [field["value"] for field in page.select("form.add-method input[name=m]")] == ["ett", "tva", "tre"]
    assert {option["value"] for option in page.select("form.add-method option")} == {"fyra", "fem"}
    assert not compared(client, "ett", "tva").select(".remove")
    assert not compared(client, "ett", "tva", "tre", "fyra").select("form.add-method")


def test_fewer_than_two_are_a_form_and_more_than_four_are_cut_and_said_to_be(client, methods):
    assert len(compared(client).select("input[type=checkbox][name=m]")) == 5
    one = compared(client, "ett", "ett", "ett")
    assert [field["value"] for field in one.select("input[checked]")] == ["ett"]
    five = compared(client, "ett", "tva", "tre", "fyra", "fem")
    assert columns(five) == ["Metod ett", "Metod tva", "Metod tre", "Metod fyra"]
    assert "De 4 första visas" in five.text


@pytest.mark.parametrize("slug", ["hemlig", "utkast", "finns-inte", "\x00", "ÅÄÖ", "a b", "x" * 9000, "<script>", ""])
def test_what_is_not_public_is_not_compared_and_not_told_apart_from_what_is_not_there(client, methods, slug):
    page = compared(client, "ett", slug, "tva")
    assert columns(page) == ["Metod ett", "Metod tva"]
    assert "Hemlig" not in page.text


def test_any_number_of_methods_in_the_address_is_answered(client, methods):
    compared(client, *(f"metod-{number}" for number in range(900)))
    assert client.get(f"{PLACE}?{'&'.join(['m=ett'] * 20_000)}").status_code in (200, 400)


def test_the_other_language_compares_the_same_methods(client, methods):
    ett, tva = MethodPage.objects.get(slug="ett"), MethodPage.objects.get(slug="tva")
    for page, slug in ((ett, "one"), (tva, "two")):
        make_page(MethodPage, language="en", slug=slug, translation_key=page.translation_key)
    page = compared(client, "ett", "tva")
    address = page.select_one(".languages a")["href"]
    assert address == "/en/methods/compare/?m=one&m=two"
    english = BeautifulSoup(client.get(address).content, "html.parser")
    assert len(columns(english)) == 2
    assert english.select_one("link[rel=canonical]")["href"].endswith("/en/methods/compare/?m=one&m=two")


def test_the_list_has_a_form_that_leads_here(client, methods):
    page = BeautifulSoup(client.get("/metoder/").content, "html.parser")
    ticks = page.select(f"form[action='{PLACE}'] input[type=checkbox][name=m]")
    assert {tick["value"] for tick in ticks} == {"ett", "tva", "tre", "fyra", "fem"}


def test_comparing_takes_the_same_statements_for_two_and_four_and_however_many_there_are(client, methods):
    before = statements(client, f"{PLACE}?m=ett&m=tva")
    for _number in range(20):
        make_method()
    after = statements(client, f"{PLACE}?m=ett&m=tva&m=tre&m=fyra")
    assert len(before) == len(after) <= BUDGET, described(after)
