"""Whatever is typed, search answers: with hits, with none, or with a polite no. Never with an error."""

import json

import pytest

from articles.models import NewsPage
from search import limits
from tests.world import make_page

pytestmark = pytest.mark.django_db
HOSTILE = [
    '"', '5"', "'", "''", '"a', 'a"b"c', " ", "\t\n", "*", "a*", "-", "-a", "--", "(", ")", "(a", "NEAR(a)", 'NEAR("a" "b", 5)', "a AND", "OR", "NOT", "a NOT",
    "a:b", "title:a", "C++", "C#", "^a", "{a}", "[a]", "a\\", "\\", "%", "_", "';--", "1' OR '1'='1", "\x00", "a\x00b", "\x1b", "\u200b", "\ufeff", "\u202e", "😀", "👩‍🏫 lärare",
    "a\u030angström", "Å", "å" * 5000, "ord " * 300, "<script>alert(1)</script>", "${7*7}", "{{7*7}}", "../../etc/passwd", "&lt;", "a&b=c", "&", "|", "a|b", "!a", "a!b", "<->", "a <-> b", ":*", "a:*",
    "١٢٣", "ß", "ﬁ", "İ", "\ud7ff", "\U0010ffff", "\N{MATHEMATICAL BOLD CAPITAL A}",
]  # fmt: skip
PLACES = ["/sok/", "/en/search/", "/sok/forslag", "/en/search/suggest"]


@pytest.mark.parametrize("place", PLACES)
def test_no_words_are_an_error(place, client):
    make_page(NewsPage, title="Lärare i ångström")
    for words in HOSTILE:
        assert client.get(place, {"q": words}).status_code in (200, 400), repr(words)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "query", ["q=%FF%FE", "q=%E0%A4%A", "q", "q=&q=&q=a", "q[]=a", "q=a&q=b", "%00=a", "&&&", "q=%C3%28", "q=+++"]
)
def test_no_broken_query_is_an_error(place, query, client):
    assert client.get(f"{place}?{query}").status_code in (200, 400)


@pytest.mark.parametrize(
    "query",
    [
        "kind=x", "kind=news&kind=news&kind=", "theme=x", "theme=%00", "school_form=x&school_form=y", "category=' OR 1", "category=x" * 99, "year=0", "year=-1", "year=99999999999999999999", "year=x", "year=2020.5",
        "sort=x", "page=x", "page=-1", "page=1e9", "page=999999999999999999999999", "page=%00", "page=1&page=2",
    ],
)  # fmt: skip
def test_no_filter_is_an_error(query, client):
    assert client.get(f"/sok/?q=a&{query}").status_code in (200, 400)


def test_operators_have_no_effect(client):
    make_page(NewsPage, title="Kollegium möter observation")
    for words in (
        "kollegium observation",
        "kollegium AND observation",
        "kollegium* observation",
        "NEAR(kollegium observation)",
    ):
        content = client.get("/sok/", {"q": words}).content.decode()
        assert '<article class="result' in content, words


def test_decomposed_letters_are_the_same_letters(client):
    page = make_page(NewsPage, title="Ångbåten åker")
    assert page.url in client.get("/sok/", {"q": "a\u030angba\u030aten"}).content.decode()


def test_what_was_typed_is_shown_as_text(client):
    content = client.get("/sok/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in content


def test_a_long_query_is_cut_and_answers_fast(client):
    content = client.get("/sok/", {"q": "ord " * 5000}).content.decode()
    assert "ord " * 60 not in content


def test_suggestions_are_json_of_at_most_eight(client):
    for number in range(12):
        make_page(NewsPage, title=f"Kollegialt lärande {number}")
    answer = client.get("/sok/forslag", {"q": "kolleg"})
    assert answer["Content-Type"].startswith("application/json")
    data = json.loads(answer.content)
    assert data["query"] == "kolleg"
    assert 1 <= len(data["suggestions"]) <= 8
    assert {"text", "url", "kind"} == set(data["suggestions"][0])


@pytest.mark.parametrize(
    "query",
    [
        "search=\x00",
        "search=%22",
        "search=NEAR(a",
        "search=a&search_operator=x",
        "id=99999999999999999999999",
        "id=x",
        "child_of=99999999999999999999999",
        "child_of=x",
        "limit=99999999",
        "limit=-1",
        "offset=100000000000000000000000000",
        "offset=-1",
        "order=x",
        "order=random",
        "fields=x",
        "type=x",
        "type=core.User",
        "locale=xx",
        "translation_of=x",
        "slug=%00",
        "html_path=%00",
        "descendant_of=root",
        "site=x",
    ],
)
def test_no_question_to_the_api_is_an_error(query, client):
    assert client.get(f"/api/v2/pages/?{query}").status_code in (200, 400, 404)
    assert client.get(f"/api/v2/pages/find/?{query}").status_code in (200, 302, 400, 404)


def test_nobody_is_told_to_wait_below_a_hundred_requests_a_second_and_a_flood_is(client, monkeypatch):
    monkeypatch.setattr(limits.time, "monotonic", lambda: 5.5)
    answers = [client.get("/sok/forslag", {"q": ""}).status_code for _time in range(limits.MOST + 1)]
    assert set(answers[:100]) == {200}
    assert answers[-1] == 429
    assert client.get("/sok/forslag", {"q": ""}, REMOTE_ADDR="192.0.2.7").status_code == 200
    monkeypatch.setattr(limits.time, "monotonic", lambda: 6.5)
    assert client.get("/sok/forslag", {"q": ""}).status_code == 200
