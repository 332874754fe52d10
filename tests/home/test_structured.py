"""JSON-LD of every type of page, held against what schema.org says of the types that we use."""

import json
import re
from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from wagtail.models import get_page_models

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import Series
from core.models import BasePage, Person, Theme
from home.models import HomePage, InfoPage, PeopleIndexPage, SiteSettings
from methods.models import MethodPage
from tests.world import home, make_image, make_page, make_person, publish

pytestmark = pytest.mark.django_db
PAGE_TYPES = [model for model in get_page_models() if issubclass(model, BasePage)]

# The properties of each type, with the type of their values. From schema.org: a type has its parents' properties too.
TEXT, URL, MOMENT, WHOLE, DURATION, LANGUAGE = "Text", "URL", "DateTime", "Integer", "Duration", "Language"
AGENT = ("Person", "Organization")
THING = {"name": TEXT, "description": TEXT, "url": URL, "image": URL}
WORK = THING | {
    "inLanguage": LANGUAGE, "publisher": AGENT, "author": AGENT, "editor": ("Person",), "datePublished": MOMENT, "dateModified": MOMENT,
    "headline": TEXT, "mainEntityOfPage": URL, "mainEntity": ("Person",), "isPartOf": ("CreativeWorkSeries",), "position": WHOLE,
}  # fmt: skip
ARTICLE = WORK | {"articleSection": TEXT, "wordCount": WHOLE}
TYPES = {
    "Person": THING | {"jobTitle": TEXT, "worksFor": ("Organization",)},
    "Organization": THING,
    "WebSite": WORK | {"potentialAction": ("SearchAction",)},
    "SearchAction": THING | {"target": ("EntryPoint",), "query-input": TEXT},
    "EntryPoint": THING | {"urlTemplate": TEXT},
    "WebPage": WORK, "CollectionPage": WORK, "ProfilePage": WORK, "CreativeWorkSeries": WORK,
    "NewsArticle": ARTICLE, "BlogPosting": ARTICLE,
    "HowTo": WORK | {"step": ("HowToStep",), "supply": ("HowToSupply",), "totalTime": DURATION},
    "HowToStep": WORK | {"text": TEXT}, "HowToSupply": THING,
    "Review": WORK | {"itemReviewed": ("Book",)},
    "Book": WORK | {"isbn": TEXT, "numberOfPages": WHOLE, "bookEdition": TEXT},
    "BreadcrumbList": THING | {"itemListElement": ("ListItem",)},
    "ListItem": THING | {"position": WHOLE, "item": URL},
}  # fmt: skip
# What search engines demand of a type before they show it as what it is.
REQUIRED = {
    "NewsArticle": {"headline", "author", "datePublished", "publisher", "url"},
    "BlogPosting": {"headline", "author", "datePublished", "publisher", "url"},
    "HowTo": {"name", "step"}, "HowToStep": {"name", "text", "position"},
    "Review": {"itemReviewed", "author"}, "Book": {"name"},
    "BreadcrumbList": {"itemListElement"}, "ListItem": {"position", "name", "item"},
    "Person": {"name"}, "Organization": {"name"}, "ProfilePage": {"mainEntity"}, "WebSite": {"name", "url"},
    "WebPage": {"name", "url"}, "CollectionPage": {"name", "url"}, "SearchAction": {"target", "query-input"},
}  # fmt: skip
FORMS = {
    URL: lambda value: isinstance(value, str) and value.startswith(("http://", "https://")),
    TEXT: lambda value: isinstance(value, str) and value.strip() and "<" not in value,
    MOMENT: lambda value: re.fullmatch(r"\d{4}", value) or datetime.fromisoformat(value).tzinfo,
    WHOLE: lambda value: isinstance(value, int) and value >= 0,
    DURATION: lambda value: re.fullmatch(r"PT\d+M", value),
    LANGUAGE: lambda value: value in ("sv", "en", "no", "da"),
}


def check(node: dict, is_inner: bool = True) -> None:
    """Raises AssertionError for a property that its type does not have, a value of another type, or one that is missing."""
    sort = node["@type"]
    assert ("@context" in node) != is_inner
    found = {name: value for name, value in node.items() if not name.startswith("@")}
    assert found.keys() <= TYPES[sort].keys(), sort
    assert REQUIRED.get(sort, set()) <= found.keys(), sort
    for name, value in found.items():
        wanted = TYPES[sort][name]
        for one in value if isinstance(value, list) else [value]:
            if isinstance(wanted, tuple):
                assert one["@type"] in wanted, name
                check(one)
            else:
                assert FORMS[wanted](one), (sort, name, one)
    for places in (node.get("itemListElement"), node.get("step")):
        assert places is None or [place["position"] for place in places] == list(range(1, len(places) + 1))


def data_of(client, url: str) -> list[dict]:
    page = BeautifulSoup(client.get(url).content, "html.parser")
    found = json.loads(page.select_one("script[type='application/ld+json']").string)
    for node in found:
        assert node["@context"] == "https://schema.org"
        check(node, is_inner=False)
    return found


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_every_type_of_page_says_what_it_is_and_where_it_stands(client, model, language):
    page = model.objects.filter(locale__language_code=language, live=True).first() or make_page(
        model, language=language
    )
    found = data_of(client, page.url)
    assert found[0]["url"] == f"http://testserver{page.url}"
    assert found[0]["inLanguage"] == language
    if model is HomePage:
        assert [node["@type"] for node in found] == ["WebSite"]
        return
    path = found[1]["itemListElement"]
    assert path[0]["item"] == f"http://testserver{home(language).url}"
    assert path[-1]["item"] == f"http://testserver{page.url}"
    assert len(path) == page.depth - 1


def test_news_is_an_article_with_everything_on_it(client):
    SiteSettings.objects.update_or_create(
        defaults={"municipality": "Vätterlunda", "municipality_url": "https://vatterlunda.example"}
    )
    person = make_person("Berit Bok")
    Person.objects.filter(pk=person.pk).update(role_sv="lärare", unit_sv="Lindängsskolan")
    page = make_page(
        NewsPage,
        title='</script><b>"Hej"',
        themes=Theme.objects.all()[:2],
        hero_image=make_image(),
        hero_decorative=True,
    )
    page.bylines = [page.bylines.model(person=person)]
    publish(page.save_revision())
    text = client.get(page.url).content.decode()
    assert "</script><b>" not in text
    (article, _path) = json.loads(re.search(r'ld\+json">(.*?)</script>', text)[1])
    assert article["@type"] == "NewsArticle"
    assert article["headline"] == '</script><b>"Hej"'
    assert article["author"] == [
        {
            "@type": "Person", "name": "Berit Bok", "url": f"http://testserver/medverkande/{person.slug}/", "jobTitle": "lärare",
            "worksFor": {"@type": "Organization", "name": "Lindängsskolan"},
        }
    ]  # fmt: skip
    assert article["publisher"] == {
        "@type": "Organization",
        "name": "Vätterlunda",
        "url": "https://vatterlunda.example",
    }
    assert client.get(article["image"].removeprefix("http://testserver")).status_code == 200
    assert len(article["articleSection"]) == 2


def test_a_post_stands_in_its_series(client):
    series = Series.objects.create(code="s", title_sv="Ronder")
    (post, _path) = data_of(client, make_page(BlogPostPage, series=series, series_number=3).url)
    assert post["@type"] == "BlogPosting"
    assert post["isPartOf"] == {"@type": "CreativeWorkSeries", "name": "Ronder"}
    assert post["position"] == 3


def test_a_method_is_a_how_to_with_its_steps_and_what_they_take(client):
    steps = [
        ("step", {"title": title, "minutes": 5, "description": f"<p>{title} <b>nu</b>.</p>"}) for title in ("A", "B")
    ]
    method = make_page(MethodPage, steps=steps, minutes_max=60, materials=[("material", {"text": "Papper"})])
    (how, _path) = data_of(client, method.url)
    assert how["@type"] == "HowTo"
    assert [(step["name"], step["text"]) for step in how["step"]] == [("A", "A nu."), ("B", "B nu.")]
    assert how["totalTime"] == "PT60M"
    assert how["supply"] == [{"@type": "HowToSupply", "name": "Papper"}]


@pytest.mark.parametrize(("is_edited", "names"), [(False, "author"), (True, "editor")])
def test_a_book_tip_is_a_review_of_a_book(client, is_edited, names):
    facts = {
        "book_authors": [("author", "Wåger"), ("author", "Östlund")],
        "publisher": "Förlaget",
        "year": 2021,
        "pages": 200,
        "edition": 2,
    }
    page = make_page(BookTipPage, isbn="9789144137605", is_edited=is_edited, reviewer=make_person("Berit"), **facts)
    (review, _path) = data_of(client, page.url)
    assert review["@type"] == "Review"
    assert review["author"]["name"] == "Berit"
    book = review["itemReviewed"]
    assert book["isbn"] == "9789144137605"
    assert [person["name"] for person in book[names]] == ["Wåger", "Östlund"]
    assert (book["datePublished"], book["numberOfPages"], book["bookEdition"]) == ("2021", 200, "2")


def test_a_person_has_a_profile_at_their_own_address(client):
    person = make_person("Berit Bok")
    Person.objects.filter(pk=person.pk).update(role_sv="lärare", bio_sv="Läser <mycket>.")
    make_page(InfoPage, contact=person)
    url = f"/medverkande/{person.slug}/"
    page = BeautifulSoup(client.get(url).content, "html.parser")
    (profile, path) = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert profile["@type"] == "ProfilePage"
    assert profile["mainEntity"]["name"] == "Berit Bok"
    assert [step["name"] for step in path["itemListElement"]][-1] == "Berit Bok"
    assert page.select_one("link[rel=canonical]")["href"] == profile["url"] == f"http://testserver{url}"
    assert page.select_one("meta[property='og:title']")["content"] == "Berit Bok"
    people = PeopleIndexPage.objects.get(locale__language_code="en")
    assert page.select_one("link[hreflang=en]")["href"] == f"http://testserver{people.url}{person.slug}/"


def test_tools_and_hidden_parts_say_nothing(client):
    for place in ("/metoder/hitta/", "/sok/", "/sparat/", "/borta/"):
        assert "ld+json" not in client.get(place).content.decode()
