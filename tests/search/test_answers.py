"""What a visitor gets: hits in order, numbers that are true, excerpts with the words marked, and help where nothing is found."""

import os
import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page

from articles.models import BookTipPage, NewsPage
from core.models import SchoolForm, Theme
from methods.models import MethodPage
from search.analysis import pair_token, pair_tokens
from search.engines import VERY_MANY, Lookup
from search.engines.postgres import matches
from search.expressions import All, Any, Phrase, Token
from search.index import refresh
from search.models import FollowedOn
from search.query import Answer, Asked, suggestions
from tests.search.test_hostile import HOSTILE
from tests.world import make_page, publish

pytestmark = pytest.mark.django_db
STATEMENTS = 3  # for hits, their numbers, excerpts and addresses; more where a word is not known, or few pages have all
EXAMPLES = 4_000 if os.environ.get("FAULTS") == "long" else 400  # of what somebody may type


def get(client, text: str, place: str = "/sok/", **filters) -> str:
    return client.get(place, {"q": text, **filters}).content.decode()


def found(content: str) -> list[str]:
    """The addresses of the hits, in order."""
    return re.findall(r'<article class="result.*?<a href="([^"]+)"', content, re.DOTALL)


def total(content: str) -> int:
    return int(re.search(r'data-total="(\d+)"', content)[1])


def theme(code: str) -> Theme:
    return Theme.objects.get(code=code)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Läraren och eleven", "lärares"),
        ("Böcker vi minns", "bok"),
        ("En bok vi minns", "böckerna"),
        ("Kollegaobservation i praktiken", "observation"),
        ("Kollegaobservation i praktiken", "kollega observation"),
        ("Observation av en kollega", "kollegaobservation"),
        ("Läs- och skrivutveckling", "läsutveckling"),
        ("It-pedagogens vardag", "itpedagog"),
        ("It-pedagogens vardag", "it pedagog"),
        ("Ängsskolans lärare", "angsskolan larare"),
        ("Bedömning för lärande", "bedömmning"),
        ("Bedömning för lärande", "formativ bedömning"[9:]),
        ("Kritiskt tänkande", "kritiskttänkande"),
    ],
)
def test_a_page_is_found_by_its_words_in_another_form(title, text, client):
    page = make_page(title=title)
    assert found(get(client, text))[:1] == [page.url]


def test_words_that_only_look_alike_are_not_taken_for_one_another(client):
    make_page(title="Lärare i samtal", intro="Om yrket.", body=[("paragraph", "<p>Ett yrke.</p>")])
    assert total(get(client, "lera")) == 0


def test_a_phrase_is_found_in_its_order_only(client):
    page = make_page(title="Öppna frågor i klassrummet")
    make_page(title="Frågor som är öppna")
    assert found(get(client, '"öppna frågor"')) == [page.url]


@pytest.mark.parametrize("sort", ["", "newest"])
def test_a_phrase_of_words_that_many_pages_have_is_found_in_its_order_only(sort, client, monkeypatch):
    for engine in ("sqlite", "postgres"):
        monkeypatch.setattr(f"search.engines.{engine}.MANY", 0)
    paragraph = "<p>Vi ställer de öppna frågorna om texten.</p>"
    pages = [make_page(title=f"Samtal {number}", body=[("paragraph", paragraph)]) for number in range(3)]
    make_page(title="Frågor som är öppna", body=[("paragraph", "<p>Öppna alltid frågor.</p>")])
    for text in ('"öppna frågor"', '"ställer de öppna frågorna"'):
        content = get(client, text, sort=sort)
        assert set(found(content)) == {page.url for page in pages}
        assert total(content) == len(pages)
    assert total(get(client, '"frågor öppna"')) == 0


def test_a_phrase_is_found_beside_other_words_and_without_unwanted_ones():
    for text in ("Öppna frågor om musik i skolan", "Öppna frågor om geometri i skolan", "Musik är öppna frågor"):
        make_page(title="Samtal", body=[("paragraph", f"<p>{text}.</p>")])
    asked = {
        '"öppna frågor" musik': 2,
        '"öppna frågor" -musik': 1,
        '"öppna frågor om" -musik': 1,
        '"om musik" skola': 1,
    }
    answers = {text: Answer(Asked(text, "sv")) for text in asked}
    assert {text: answer.strict or answer.total for text, answer in answers.items()} == asked


def test_a_phrase_that_no_page_has_leads_to_its_words(client):
    page = make_page(NewsPage, title="Frågor som är öppna")
    content = get(client, '"öppna frågor"', kind="news")
    assert "Inga träffar på ”öppna frågor”" in content
    address = re.search(r'<a href="([^"]+)">Sök utan citattecken', content)[1]
    assert found(client.get(f"/sok/{unescape(address)}").content.decode()) == [page.url]
    for text in ("finns  inte", '"'):
        assert "Sök utan citattecken" not in get(client, text)


def test_words_next_to_each_other_are_told_from_others_with_the_same_number(client):
    others = "speltimme vägg"
    assert pair_token("öppna fråga") == pair_token(others)
    assert pair_tokens("öppna fråga")[0] == pair_tokens(others)[0]
    make_page(title="Frågor som är öppna", body=[("paragraph", f"<p>Om {others} i klassen.</p>")])
    assert total(get(client, '"öppna frågor"')) == 0
    assert total(get(client, f'"{others}"')) == 1


def test_postgresql_reads_whole_texts_only_for_what_pairs_of_words_do_not_say():
    word, other = Token("skola"), Token("bok")
    two, three = Phrase(("öppna", "fråga")), Phrase(("ställa", "öppna", "fråga"))
    asked = {
        word: "v", All((word, other)): "v", two: "p", All((two, Phrase(("fråga", "läsa")))): "(p AND p)",
        three: "(p AND v)", All((word, two, other)): "(v AND p)", Any(((1.0, word), (0.9, two))): "(v OR p)",
        All((word, Any(((1.0, two), (0.9, other))))): "(v AND (v OR p))",
    }  # fmt: skip
    for expression, condition in asked.items():
        found, queries = matches(Lookup("sv", expression, (), 1))
        assert found.replace("d.", "").replace(" @@ %s::tsquery", "") == condition
        assert len(queries) == found.count("%s")
    assert matches(Lookup("sv", word, (), 1, unwanted=(two,)))[1] == ["'skola' & !('öppna':ABC <-> 'fråga':ABC)"]
    assert matches(Lookup("sv", two, (), 1, unwanted=(word,)))[0].count("@@") == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the others rank all of them in less time")
def test_of_very_many_titles_the_newest_are_ranked(monkeypatch):
    for name, value in {"VERY_MANY": 0, "sqlite.MANY": 0, "sqlite.MOST_RANKED": 3}.items():
        monkeypatch.setattr(f"search.engines.{name}", value)
    titles = ("Besynnerlig", "Ett besynnerligt samtal om mycket", "Besynnerligt om böcker", "Besynnerliga ord")
    pages = [make_page(title=title) for title in titles]
    answer = Answer(Asked("besynnerlig", "sv"))
    assert [found.page_id for found in answer.engine.top(answer.lookup, 2)] == [pages[3].pk, pages[2].pk]


def test_titles_alone_are_asked_first_for_one_word_only():
    word, other = Token("läsning"), Token("skola")
    several = [All((word, other)), Phrase(("läsning", "skola"))]
    asked = [word, Any(((1.0, word), (0.9, other))), *several]
    assert [Lookup("sv", each, (), VERY_MANY + 1).is_first_for_titles for each in asked] == [True, True, False, False]
    assert not Lookup("sv", word, (), VERY_MANY).is_first_for_titles


def test_a_word_that_stands_in_pieces_counts_where_it_stands(client):
    pieces = make_page(NewsPage, title="För- och grundskola möts")
    whole = make_page(NewsPage, title="Någonting annat", body=[("paragraph", "<p>Om en förskola.</p>")])
    assert found(get(client, "förskola")) == [pieces.url, whole.url]


def test_no_page_of_hits_is_empty_though_only_the_newest_are_ranked(monkeypatch):
    for name in ("MANY", "MOST_RANKED", "MOST_PHRASES"):
        monkeypatch.setattr(f"search.engines.sqlite.{name}", 1)
    pages = {make_page(title="Besynnerliga böcker").pk for _number in range(4)}
    for text in ("besynnerlig", '"besynnerliga böcker"'):
        answer = Answer(Asked(text, "sv"))
        shown = [answer.engine.top(answer.lookup, 2, offset) for offset in (0, 2)]
        assert {each.page_id for found in shown for each in found} == pages


def test_a_hit_has_the_day_of_its_publication_though_it_comes_from_the_index(client):
    page = make_page(title="Besynnerlig rubrik")
    (hit,) = Answer(Asked("besynnerlig", "sv")).best
    assert hit.published_at.date() == Page.objects.get(pk=page.pk).first_published_at.date()
    Page.objects.filter(pk=page.pk).update(first_published_at=None)
    refresh([page.pk])
    (hit,) = Answer(Asked("besynnerlig", "sv")).best
    assert hit.published_at is None


def test_a_word_behind_a_minus_is_not_in_the_hits(client):
    page = make_page(title="Läsning på fritids")
    make_page(title="Läsning i skolan")
    assert found(get(client, "läsning -skola")) == [page.url]


def test_what_is_misspelt_is_shown_corrected_with_a_way_back(client):
    page = make_page(title="Kollegialt lärande")
    content = get(client, "kollegalt")
    assert found(content) == [page.url]
    link = re.search(r'<a href="([^"]+)" data-suggestion>([^<]+)</a>', content)
    assert link[2] == "kollegialt"
    assert found(client.get(f"/sok/{link[1]}").content.decode()) == [page.url]
    back = re.search(r'Sök i stället efter <a href="([^"]+)">kollegalt</a>', content)[1]
    content = client.get(f"/sok/{back}").content.decode()
    assert total(content) == 0
    assert "data-suggestion" not in content


def test_pages_with_all_the_words_come_before_those_with_some(client):
    some = make_page(title="Läsning i skolan")
    both = make_page(title="Läsning och skrivning", intro="Om läsning.")
    content = get(client, "läsning skrivning")
    assert found(content) == [both.url, some.url]
    assert "Sidor med några av orden" in content
    assert total(content) == 2


def test_the_words_are_marked_as_they_are_written_and_text_is_shown_as_text(client):
    make_page(title="Läraren <b>& eleven</b>", intro="En kort ingress om lärarna.")
    content = get(client, "lärare")
    assert "<mark>Läraren</mark> &lt;b&gt;&amp; eleven&lt;/b&gt;" in content
    assert "<mark>lärarna</mark>" in content


def test_an_excerpt_is_cut_where_the_words_are(client):
    long = "Något annat. " * 60
    make_page(title="En rubrik", body=[("paragraph", f"<p>{long} Här står besynnerligheten till slut. {long}</p>")])
    content = get(client, "besynnerlighet")
    excerpt = re.search(r'<p class="excerpt">(.*?)</p>', content)[1]
    assert "<mark>besynnerligheten</mark>" in excerpt
    assert excerpt.startswith("… ")
    assert len(excerpt) < 400


@pytest.fixture
def shelf():
    """Pages of three kinds on two themes, in two years."""
    forms = [SchoolForm.objects.get(code="preschool")]
    for number in range(12):
        kind = (NewsPage, BookTipPage, MethodPage)[number % 3]
        page = make_page(kind, title=f"Läsning {number}", themes=[theme("assessment" if number % 2 else "safety_calm")])
        page.school_forms = forms if number < 5 else []
        page.first_published_at = datetime(2024 + number % 2, 3, number + 1, 12, tzinfo=timezone.get_current_timezone())
        publish(page.save_revision())


def choices(content: str, name: str) -> dict[str, int]:
    """What can be chosen in a field, with the number that is said."""
    field = re.search(rf'<select name="{name}".*?</select>', content, re.DOTALL)
    options = re.findall(r'<option value="([^"]+)"[^>]*>[^<]*\((\d+)\)', field[0]) if field else []
    return {value: int(number) for value, number in options}


@pytest.mark.parametrize("chosen", [{}, {"theme": "assessment"}, {"year": "2024"}, {"kind": "news"}])
def test_every_number_is_the_number_of_hits_that_one_gets(chosen, shelf, client):
    content = get(client, "läsning", **chosen)
    for name in ("theme", "school_form", "category", "year"):
        for value, number in choices(content, name).items():
            assert total(get(client, "läsning", **{**chosen, name: value})) == number, (name, value)
    kinds = re.findall(r'href="([^"]+)"[^>]*>.*?<span class="count">(\d+)</span>', content)
    for address, number in kinds if "kind" not in chosen else ():
        assert total(client.get(f"/sok/{address.replace('&amp;', '&')}").content.decode()) == int(number)
    assert kinds
    assert choices(content, "theme")


def test_a_theme_with_another_name_is_called_so_where_one_chooses(shelf, client):
    assert "Kunskapsprovning (6)" not in get(client, "läsning")
    renamed = theme("assessment")
    renamed.label_sv = "Kunskapsprovning"
    renamed.save()
    assert "Kunskapsprovning (6)" in get(client, "läsning")


def test_filters_show_as_chips_that_take_them_away(shelf, client):
    content = get(client, "läsning", theme="assessment", year="2025")
    chips = re.findall(r'<a class="chip" href="([^"]+)"><span class="visually-hidden">Ta bort', content)
    assert len(chips) == 2
    for address in chips:
        assert total(client.get(f"/sok/{address.replace('&amp;', '&')}").content.decode()) == 6


def test_the_newest_come_first_when_asked_for(shelf, client):
    content = get(client, "läsning", sort="newest")
    dates = re.findall(r'<time datetime="([^"]+)"', content)
    assert dates == sorted(dates, reverse=True)
    assert total(content) == 12


def test_no_hit_is_on_two_pages_and_none_is_missing(client):
    pages = [make_page(title=f"Läsning {number}", intro="läsning " * (1 + number % 7)) for number in range(43)]
    for sort in ("relevance", "newest"):
        shown = [url for number in range(1, 6) for url in found(get(client, "läsning", sort=sort, page=number))]
        assert sorted(shown) == sorted(page.url for page in pages), sort


def test_a_page_without_hits_helps(client):
    make_page(title="Observation i klassrummet")
    content = get(client, "obsvxqzv")
    assert total(content) == 0
    help_ = content.split('<div class="empty">')[1]
    assert "observation" in help_
    assert "Observation i klassrummet" in help_


def test_what_others_open_is_shown_most_opened_first_and_only_where_they_do(client):
    pages = [make_page(title=title) for title in ("Alfa", "Beta", "Gamma")]
    assert "Det här öppnar andra" not in get(client, "xqzvbr")
    assert "Nyast på webbplatsen" in get(client, "xqzvbr")
    for page, times in zip(pages, (5, 9, 4), strict=True):
        FollowedOn.objects.create(day=timezone.localdate(), language="sv", text="x", page_id=page.pk, times=times)
    content = get(client, "xqzvbr")
    assert "Nyast på webbplatsen" not in content
    shown = content.partition("Det här öppnar andra")[2].partition("</ul>")[0]
    assert re.findall(r"<li><a[^>]*>([^<]+)", shown) == ["Beta", "Alfa"]


def test_pages_of_hits_are_not_for_search_engines_but_the_way_to_them_is(client):
    assert '<meta name="robots" content="noindex' in get(client, "läsning")
    empty = client.get("/sok/").content.decode()
    assert "noindex" not in empty
    assert '<meta name="description"' in empty


def test_suggestions_are_words_and_pages_typed_with_dots_or_without():
    page = make_page(title="Läraryrkets historia")
    for typed in ("läraryr", "lararyr", "LÄRARYR"):
        listed = suggestions(typed, "sv")
        assert {"text": "läraryrkets", "url": None, "kind": None} in listed
        assert {"text": page.title, "url": page.url, "kind": "news"} in listed


def test_suggestions_follow_the_words_before():
    page = make_page(title="Kollegialt lärande i förskolan")
    make_page(title="Kollegialt samtal")
    assert [each["text"] for each in suggestions("kollegialt förs", "sv")] == [page.title]


def test_pages_are_suggested_by_their_titles_only():
    page = make_page(title="Besynnerlig rubrik")
    make_page(title="En annan rubrik", intro="En besynnerlig ingress.")
    assert [each["text"] for each in suggestions("besynn", "sv") if each["url"]] == [page.title]


def test_of_titles_with_very_common_words_the_newest_are_suggested(monkeypatch):
    monkeypatch.setattr("search.query.VERY_MANY", 2)
    pages = [make_page(title=title) for title in ("Besynnerlig", "Besynnerligt nog", "En rätt besynnerlig rubrik")]
    assert [each["text"] for each in suggestions("besynn", "sv") if each["url"]] == [page.title for page in pages[::-1]]


def test_an_answer_takes_few_statements_whatever_is_found(shelf, client):
    get(client, "läsning")  # what editors say of words, and where the site begins, is in the cache from here on
    for text, more in {"läsning": 0, "läsnign": 1, "läsning besynnerlig": 2, "finns inte alls": 2}.items():
        with CaptureQueriesContext(connection) as captured:
            answer = Answer(Asked(text, "sv"))
            answer.hits(answer[0:10])
            answer.counts("theme")
            assert answer.corrected is not None
        searched = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(searched) <= STATEMENTS + more, searched


@pytest.mark.parametrize(
    ("text", "most"), [("läsning", 5), ("läsnign", 6), ("läsning besynnerlig", 7), ("xqzxqzx", 12)]
)
def test_a_page_of_hits_takes_few_statements(text, most, shelf, client):
    get(client, text)
    with CaptureQueriesContext(connection) as captured:
        get(client, text)
    asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= most, "\n\n".join(asked)


def test_a_suggestion_takes_three_statements(shelf, client, django_assert_max_num_queries):
    get(client, "läsning")
    with django_assert_max_num_queries(3):
        assert any(each["url"] for each in suggestions("läs", "sv"))


@pytest.mark.skipif(connection.vendor != "sqlite", reason="its plans say so")
def test_no_question_looks_at_every_word(shelf):
    with CaptureQueriesContext(connection) as captured:
        Answer(Asked("läsnign besynnerlgi", "sv"))
    asked = [query["sql"] for query in captured if "search_term" in query["sql"]]
    assert len(asked) == 2
    with connection.cursor() as cursor:
        for sql in asked:
            plan = cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
            assert not [step for *_ids, step in plan if step.startswith("SCAN") or step.endswith("(language=?)")], plan


@pytest.mark.parametrize("sort", ["", "newest"])
def test_hits_come_from_the_index_of_words_though_many_have_just_been_published(sort, shelf):
    with CaptureQueriesContext(connection) as captured:
        answer = Answer(Asked("läsning", "sv", newest_first=bool(sort)))
        assert answer.total
    asked = [query["sql"] for query in captured if "search_document" in query["sql"]]
    assert len(asked) == 2
    for sql in asked:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Some systems cannot read ahead; there the server takes no other value than 0.
                for said, used in (("0", "0"), ("1", "256")):
                    cursor.execute(f"SET LOCAL effective_io_concurrency = {said}")
                    cursor.execute(sql)
                    assert cursor.execute("SHOW effective_io_concurrency").fetchone() == (used,)
                cursor.execute(sql.replace("; SELECT", "; EXPLAIN SELECT", 1))
                cursor.nextset()
                plan = [step for (step,) in cursor.fetchall()]
                assert [step for step in plan if "Index Cond: (v @@" in step], plan
            else:
                plan = [step for *_ids, step in cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
                assert [step for step in plan if "search_tokens_sv VIRTUAL TABLE" in step], plan


def test_numbers_are_counted_without_the_texts_of_pages(shelf):
    """And on SQLite in small rows of their own: those of pages lie between the texts, each in another block of the disk."""
    answer = Answer(Asked("läsning", "sv"))
    with CaptureQueriesContext(connection) as captured:
        assert answer.total
    (sql,) = [query["sql"] for query in captured]
    assert "search_text" not in sql
    if connection.vendor == "sqlite":
        assert "search_document" not in sql.replace("search_document WHERE visible_until", "")


def test_no_page_is_built_for_a_hit(shelf, client, monkeypatch):
    get(client, "läsning")
    from django.db.models.signals import post_init

    built = []

    def note(sender, instance, **kwargs):
        if isinstance(instance, Page):
            built.append(instance)

    post_init.connect(note)
    try:
        answer = Answer(Asked("läsning", "sv"))
        assert answer.hits(answer[0:10])
    finally:
        post_init.disconnect(note)
    assert not built


typed = st.lists(st.sampled_from([*HOSTILE, "läsning", "-", '"', "skola"]), max_size=6).map(" ".join)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(st.text(max_size=120), typed))
def test_nothing_that_can_be_typed_is_an_error(text):
    ask_everything(text)


def ask_everything(text: str) -> None:
    answer = Answer(Asked(text, "sv"))
    answer.hits(answer[0:10])
    answer.counts("kind")
    suggestions(text, "sv")


def test_what_expires_while_somebody_reads_is_gone_from_numbers_too(client):
    make_page(title="Besynnerlig rubrik", expire_at=timezone.now() + timedelta(days=1))
    assert total(get(client, "besynnerlig")) == 1
