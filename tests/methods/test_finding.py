"""Find a method: four questions, an order that can be explained, and advice where nothing fits."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from core.models import SchoolForm, Theme
from methods.finding import Facts, Minutes, Named, People, ranked, relaxations
from methods.models import MethodPage
from tests.contracts.planted import restrict
from tests.contracts.test_queries import BUDGET, described, statements
from tests.methods.making import make_method

PLACE = "/metoder/hitta/"
EDUCARE, THEME = "school_age_educare", "assessment"

sizes = st.none() | st.integers(1, 30)
any_facts = st.builds(
    Facts,
    pk=st.integers(1, 10**6),
    title=st.sampled_from("ABC"),
    group_min=sizes,
    group_max=sizes,
    minutes_min=st.none() | st.integers(5, 240),
    minutes_max=st.none() | st.integers(5, 240),
    preparation=st.sampled_from(["", "none", "short", "long"]),
    difficulty=st.none() | st.integers(1, 3),
    cost_level=st.none() | st.integers(0, 3),
    evidence_strength=st.integers(0, 4),
    school_forms=st.frozensets(st.sampled_from([EDUCARE, "preschool"])),
    themes=st.frozensets(st.sampled_from([THEME, "leadership"])),
)
facts = any_facts.filter(  # no page can be saved with the lowest above the highest
    lambda one: (one.group_min or 0) <= (one.group_max or 99) and (one.minutes_min or 0) <= (one.minutes_max or 999)
)
asked = st.tuples(st.integers(1, 30), st.integers(5, 240)).map(
    lambda pair: [People(pair[0]), Minutes(pair[1]), Named(EDUCARE, "Fritidshem", "school_form"), Named(THEME, "Bedömning", "theme")]
)  # fmt: skip


def place_of(method: Facts, others: list[Facts], demands: list) -> int:
    return [found.facts.pk for found in ranked([*others, method], demands)].index(method.pk)


def better(method: Facts, demands: list) -> dict[str, Facts]:
    """The method with one fact at a time as good as it can be for those who ask."""
    people, minutes = demands[0].value, demands[1].value
    return {
        "group": replace(method, group_min=people, group_max=people),
        "minutes": replace(method, minutes_min=minutes, minutes_max=minutes),
        "school_forms": replace(method, school_forms=method.school_forms | {EDUCARE}),
        "themes": replace(method, themes=method.themes | {THEME}),
        "preparation": replace(method, preparation="none"),
        "difficulty": replace(method, difficulty=1),
        "cost_level": replace(method, cost_level=0),
        "evidence_strength": replace(method, evidence_strength=4),
    }


@given(st.lists(facts, min_size=1, max_size=6, unique_by=lambda method: method.pk), asked)
def test_a_fact_that_suits_better_never_lowers_a_method_and_every_fact_counts(methods, demands):
    method, *others = methods
    before = place_of(method, others, demands)
    for name, changed in better(method, demands).items():
        assert place_of(changed, others, demands) <= before, name
        # Against the method as it was, whichever of them has the lower number.
        twins = [replace(method, pk=10**7), replace(changed, pk=10**7 + 1)]
        if ranked(twins[:1], demands)[0].place[:-1] != ranked(twins[1:], demands)[0].place[:-1]:
            assert ranked(twins, demands)[0].facts == twins[1], name


@pytest.mark.parametrize("name", better(Facts(1, "A"), [People(6), Minutes(45)]))
def test_each_fact_by_itself_decides_between_two_methods(name):
    demands = [People(6), Minutes(45), Named(EDUCARE, "Fritidshem", "school_form"), Named(THEME, "Bedömning", "theme")]
    worse = Facts(
        1, "A", group_min=8, group_max=9, minutes_min=90, preparation="long", difficulty=3, cost_level=3, evidence_strength=0
    )  # fmt: skip
    changed = replace(better(worse, demands)[name], pk=2, title="B")
    assert [found.facts.pk for found in ranked([worse, changed], demands)] == [2, 1]


@given(st.lists(facts, max_size=8, unique_by=lambda method: method.pk), asked)
def test_advice_keeps_what_it_promises(methods, demands):
    found = ranked(methods, demands)
    if any(not method.misses for method in found):
        return
    for way in relaxations(found, demands):
        eased = [
            type(demand)(way["value"]) if demand.name == way["name"] and way["value"] else demand
            for demand in demands
            if demand.name != way["name"] or way["value"]
        ]
        assert sum(not method.misses for method in ranked(methods, eased)) == way["total"] > 0


@pytest.fixture
def methods(db):
    educare = SchoolForm.objects.filter(code=EDUCARE)
    make_method(educare, title="Bokcirkel", slug="bokcirkel", group_min=4, group_max=8, minutes_min=45, minutes_max=60)
    make_method(educare, title="Handledning", group_min=4, group_max=8, minutes_min=60)
    make_method(title="Lärgrupp", group_min=8, minutes_max=90, themes=Theme.objects.filter(code=THEME))
    make_method(title="Par", group_max=2, minutes_min=20)
    make_method(educare, title="Utkast", live=False, group_min=4, minutes_min=20)
    restrict(make_method(educare, title="Hemlig", group_min=4, minutes_min=20), "login")


def asked_of(client, query: str = "", place: str = PLACE) -> BeautifulSoup:
    response = client.get(f"{place}?{query}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def titles(page: BeautifulSoup) -> list[str]:
    return [title.text for title in page.select(".found h3")]


def test_six_people_with_45_minutes_at_an_educare_centre_get_a_method_and_its_reasons(client, methods):
    page = asked_of(client, f"group=6&minutes=45&school_form={EDUCARE}")
    assert titles(page) == ["Bokcirkel", "Handledning", "Par"]
    assert page.select_one(".found .kit-link a")["href"] == "/metoder/bokcirkel/traffpaket/"
    first, second = page.select(".found > li")[:2]
    assert [reason.text.strip() for reason in first.select(".reasons li")] == [
        "passar 6 personer", "ryms på 45 min", "för fritidshem",
    ]  # fmt: skip
    assert second.select_one(".missed").text.strip().endswith("tar minst 60 min")
    assert page.select_one("[data-list-total]").text == "1 metod passar"
    assert "Hemlig" not in page.text
    assert "Utkast" not in page.text


def test_a_demand_that_nothing_meets_says_what_to_relax_and_the_link_does_it(client, methods):
    page = asked_of(client, f"group=6&minutes=30&school_form={EDUCARE}")
    ways = [(way["href"], way.text) for way in page.select(".empty .chip")]
    assert ways == [(f"?group=6&minutes=45&school_form={EDUCARE}", "45 min i stället för 30 (1 metod)")]
    assert titles(asked_of(client, ways[0][0][1:]))[0] == "Bokcirkel"
    assert "två av svaren" in asked_of(client, f"group=400&minutes=5&school_form={EDUCARE}&theme={THEME}").text


@pytest.mark.parametrize(
    "query", ["group=6", "minutes=45", "minutes=120&group=9", f"school_form={EDUCARE}", f"theme={THEME}&minutes=90"]
)
def test_the_filter_and_the_questions_agree_on_what_fits(client, methods, query):
    page = asked_of(client, query)
    fitting = {item.h3.text for item in page.select(".found > li") if not item.select(".missed")}
    listed = asked_of(client, query, "/metoder/")
    assert fitting
    assert fitting == {card.text for card in listed.select("[data-list] .card-title")}


def test_answers_that_mean_nothing_are_said_so_and_the_others_count(client, methods):
    page = asked_of(client, "group=många&minutes=45&theme=x&school_form=%00")
    assert page.select_one("#id_group")["aria-invalid"] == "true"
    assert titles(page)[0] in ("Bokcirkel", "Par")
    for query in ("group=-1", "minutes=1e9&page=99999", "minutes=" + "9" * 5000, "page=x&page=-1&group=6"):
        asked_of(client, query)


def test_the_address_in_the_other_language_asks_the_same(client, methods):
    page = asked_of(client, "group=6&minutes=45")
    other = page.select_one(".languages a")["href"]
    assert other == "/en/methods/find/?group=6&minutes=45"
    assert asked_of(client, "", other).html["lang"] == "en"
    assert client.get("/metoder/find/").status_code == client.get("/en/methods/hitta/").status_code == 404
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert not asked_of(client).select("meta[name=robots]")


def test_finding_takes_the_same_statements_however_many_methods(client, methods):
    address = f"{PLACE}?group=6&minutes=45&school_form={EDUCARE}&theme={THEME}"
    before = statements(client, address)
    for _number in range(40):
        make_method(SchoolForm.objects.filter(code=EDUCARE), group_min=2, minutes_min=30)
    after = statements(client, address)
    assert len(before) == len(after) <= BUDGET, described(after)


def test_where_the_list_is_not_public_neither_are_its_tools(client, methods):
    MethodPage.objects.first().get_parent().specific.__class__.objects.update(live=False)
    assert client.get(PLACE).status_code == 404
