"""The list of methods: filters that say how many they leave, and addresses that are never an error."""

import re

import pytest
from bs4 import BeautifulSoup

from core.models import SchoolForm, Theme
from tests.contracts.test_queries import BUDGET, described, statements
from tests.methods.making import make_method

pytestmark = pytest.mark.django_db
FACTS = [
    {"minutes_min": 45, "minutes_max": 60, "group_min": 4, "group_max": 8, "preparation": "none", "cost_level": 0},
    {"minutes_min": 90, "group_min": 3, "preparation": "long", "cost_level": 2, "evidence_strength": 2},
    {"minutes_max": 30, "group_max": 5, "preparation": "short", "cost_level": 1, "evidence_strength": 4},
    {},
]


@pytest.fixture
def methods():
    for number, facts in enumerate(FACTS):
        school_forms = SchoolForm.objects.all()[number : number + 2]
        make_method(school_forms, themes=Theme.objects.all()[:number], **facts)
    make_method(live=False, **FACTS[0])
    make_method(noindex=True, **FACTS[0])


def listed(client, query: str = "") -> BeautifulSoup:
    response = client.get(f"/metoder/?{query}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def total(page: BeautifulSoup) -> int:
    return len(page.select("[data-list] .card"))


def options(page: BeautifulSoup) -> list[tuple[str, str, int]]:
    """`(parameter, value, the number behind it)` of every option of every list of choices."""
    found = []
    for option in page.select("form[data-filter] select option"):
        if option["value"]:
            number = re.search(r"\((\d+)\)$", option.text.strip())
            found.append((option.find_parent("select")["name"], option["value"], int(number[1])))
    return found


@pytest.mark.parametrize("query", ["", "minutes=60", "group=6", "cost=1&preparation=short", "evidence=2&group=4"])
def test_the_number_behind_each_option_is_the_length_of_the_list_it_leads_to(client, methods, query):
    chosen = dict(pair.split("=") for pair in query.split("&") if pair)
    found = options(listed(client, query))
    assert {name for name, _value, _number in found} == {
        "minutes", "school_form", "theme", "preparation", "cost", "evidence",
    }  # fmt: skip
    for name, value, number in found:
        address = "&".join(f"{key}={one}" for key, one in {**chosen, name: value}.items())
        assert total(listed(client, address)) == number, address


def test_each_chip_takes_its_own_filter_away(client, methods):
    page = listed(client, "minutes=45&group=6&cost=0")
    chips = {chip["href"] for chip in page.select(".chips .chip")}
    assert chips == {"?group=6&cost=0", "?minutes=45&cost=0", "?minutes=45&group=6", "/metoder/"}
    assert page.select_one("select[name=minutes] option[selected]")["value"] == "45"


def test_an_empty_list_says_which_filter_to_take_away_and_what_that_gives(client, methods):
    page = listed(client, "minutes=30&group=8")
    ways = {way["href"]: int(way.select_one(".count").text.strip("()")) for way in page.select(".empty .chip")}
    assert ways == {"?minutes=30": 1, "?group=8": 3}
    for address, number in ways.items():
        assert total(listed(client, address[1:])) == number


@pytest.mark.parametrize(
    "query",
    [
        "minutes=fler&group=-3&theme=x&school_form=%00&cost=9&preparation=none&preparation=long&evidence=1e9",
        "group=6&group=7", "minutes=30&minutes=120&x=1", "group=" + "9" * 4000,
    ],
)  # fmt: skip
def test_nonsense_contradictions_and_deep_pages_are_answered(client, methods, query):
    listed(client, query)
    assert client.get(f"/metoder/?{query}&page=99999999999").status_code == 404


def test_the_list_takes_the_same_statements_however_many_methods_and_filters(client, methods):
    address = f"/metoder/?minutes=120&group=4&cost=2&theme={Theme.objects.first().code}&school_form=preschool"
    before = statements(client, address)
    for _number in range(30):
        make_method(**FACTS[0])
    after = statements(client, address)
    assert len(before) == len(after) <= BUDGET, described(after)
