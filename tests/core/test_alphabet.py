import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.models import BlogPostPage
from articles.terms import Series
from core.alphabet import LETTERS, Alphabetical, key
from core.models import Theme
from home.models import PeopleIndexPage, ThemePage
from methods.models import MethodPage
from tests.world import index_page, make_page, make_person

TITLES = ["Zebra", "ängar", "Ål", "”Öppna dörrar”", "Abborre", "öar", "Älvor", "éclair", "Östra", "åar", "Eka", "Ekar", "2 frågor", "Tre-stegs", "Trestegs", "Østerbro", "fika"]  # fmt: skip
SWEDISH = ["2 frågor", "Abborre", "éclair", "Eka", "Ekar", "fika", "Tre-stegs", "Trestegs", "Zebra", "åar", "Ål", "Älvor", "ängar", "öar", "”Öppna dörrar”", "Østerbro", "Östra"]  # fmt: skip
ENGLISH = ["2 frågor", "åar", "Abborre", "Ål", "Älvor", "ängar", "éclair", "Eka", "Ekar", "fika", "öar", "”Öppna dörrar”", "Østerbro", "Östra", "Tre-stegs", "Trestegs", "Zebra"]  # fmt: skip


@pytest.mark.parametrize(("language", "wanted"), [("sv", SWEDISH), ("en", ENGLISH)])
def test_each_language_has_its_alphabet(language, wanted):
    assert sorted(TITLES, key=lambda title: key(title, language)) == wanted


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("texts", [TITLES, LETTERS, ["", "😀 glad", "日本", "{a}|b", "a\tb", "a  b", "Ī", "ß"]])
def test_the_database_agrees_with_python(language, texts):
    for number, text in enumerate(texts):
        Theme.objects.create(code=f"t-{number}", label_sv=text, label_en=text)
    rows = (
        Theme.objects.filter(code__startswith="t-")
        .annotate(key=Alphabetical("label_sv", language))
        .order_by("key", "pk")
    )
    found = list(rows.values_list("label_sv", "key"))
    assert [text for text, _key in found] == sorted(texts, key=lambda text: key(text, language))
    assert all(key(text, language) == computed for text, computed in found)


@given(st.text(), st.sampled_from(["sv", "en"]))
def test_a_key_has_no_capitals_and_is_its_own_key_but_for_the_last_letters(text, language):
    found = key(text, language)
    assert not any(sign in found for sign in "ABCÅÄÖ”")
    assert len(found) <= len(text)


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "wanted"), [("sv", SWEDISH), ("en", ENGLISH)])
def test_methods_hubs_people_and_series_go_by_the_alphabet_of_the_site(client, language, wanted):
    theme = Theme.objects.create(code="new", label_sv="Ny", label_en="New")
    for title in TITLES:
        make_page(MethodPage, language=language, title=title, themes=[theme])
    methods = client.get(index_page(MethodPage, language).url)
    assert [card.title for card in methods.context["cards"]] == wanted
    assert [choice["title"] for choice in client.get(methods.context["compare_url"]).context["choices"]] == wanted
    hub = client.get(make_page(ThemePage, language=language, theme=theme).url)
    assert [card.title for card in hub.context["groups"][0]["cards"]] == wanted[:6]

    for number, name in enumerate(TITLES):
        titles = {"title_sv": name if language == "sv" else f"{99 - number}", "title_en": name}
        series = Series.objects.create(code=f"s-{number}", **titles)
        make_page(BlogPostPage, language=language, contact=make_person(name), series=series, series_number=1)
    people = client.get(PeopleIndexPage.objects.get(locale__language_code=language).url)
    assert [person.name for person in people.context["people"] if person.name in TITLES] == wanted
    field = client.get(index_page(BlogPostPage, language).url).context["filter_form"].fields["series"]
    assert [series.title for series in field.queryset] == wanted
