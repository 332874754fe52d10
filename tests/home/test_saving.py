from urllib.parse import quote

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from articles.models import BlogPostPage, BookTipPage, NewsPage
from core import kinds
from home.models import InfoPage, ThemePage
from home.saving import MOST
from methods.models import MethodPage
from tests.world import home, index_page, make_image, make_page

pytestmark = pytest.mark.django_db


def shown(client, keys, place: str = "/sparat/") -> BeautifulSoup:
    response = client.get(f"{place}?{'&'.join(f'id={key}' for key in keys)}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def titles(page: BeautifulSoup) -> list[str]:
    return [title.text for title in page.select("[data-list] .card-title")]


def test_a_list_shows_its_pages_in_its_order_whatever_their_kind(client):
    pages = [make_page(model) for model in (NewsPage, MethodPage, BookTipPage, BlogPostPage, InfoPage, ThemePage)]
    page = shown(client, [found.pk for found in reversed(pages)])
    assert titles(page) == [found.title for found in reversed(pages)]
    assert page.select_one("meta[name=robots]")["content"] == "noindex"


def test_a_list_shows_what_is_public_only_and_says_that_something_is_missing(client):
    public, draft, closed = make_page(), make_page(live=False), make_page()
    PageViewRestriction.objects.create(page=closed, restriction_type="login")
    page = shown(client, [draft.pk, public.pk, closed.pk, 999_999])
    assert titles(page) == [public.title]
    assert "Något på listan finns inte längre här." in page.text
    assert draft.title not in page.text
    assert closed.title not in page.text
    nothing = shown(client, [draft.pk])
    assert "Inget på den här listan finns här" in nothing.text
    assert f"id={draft.pk}" not in str(nothing.select("head, header, main"))


def test_an_address_without_pages_explains_the_list(client):
    for place in ("/sparat/", "/en/saved/"):
        response = client.get(place)
        assert response.status_code == 200
        assert "set-cookie" not in response.headers
        page = BeautifulSoup(response.content, "html.parser")
        assert "JavaScript" in page.select_one("main .empty").text
    assert "bara i den här webbläsaren" in client.get("/sparat/").content.decode()


def test_a_list_is_in_the_language_of_its_address_where_its_pages_are(client):
    swedish, alone = make_page(title="Svenska"), make_page(title="Bara svenska")
    english = make_page(title="English", language="en", translation_key=swedish.translation_key)
    page = shown(client, [swedish.pk, alone.pk], "/en/saved/")
    assert titles(page) == ["English", "Bara svenska"]
    assert [item.get("lang") for item in page.select("[data-keys]")] == [None, "sv"]
    other = page.select_one(".languages a[lang=sv]")["href"]
    assert other == f"/sparat/?id={swedish.pk}&id={alone.pk}"
    both = shown(client, [swedish.pk, english.pk])
    assert titles(both) == ["Svenska", "English"]
    assert titles(shown(client, [swedish.pk, english.pk], "/en/saved/")) == ["English"]


def test_each_page_can_be_taken_off_a_list_without_javascript(client):
    pages = [make_page() for _number in range(3)]
    page = shown(client, [found.pk for found in pages])
    way = page.select("[data-remove]")[1]["href"]
    assert titles(BeautifulSoup(client.get(f"/sparat/{way}").content, "html.parser")) == [
        pages[0].title,
        pages[2].title,
    ]


def test_a_list_can_be_sent_as_one_link(client):
    keys = [make_page().pk for _number in range(2)]
    page = shown(client, keys)
    link = f"http://testserver/sparat/?id={keys[0]}&id={keys[1]}"
    assert page.select_one("[data-share]")["data-url"] == link
    assert quote(link, safe="") in page.select_one("[data-share] a[href^=mailto]")["href"].replace("/", "%2F")
    code = client.get(page.select_one("[data-share] img")["src"])
    assert code.status_code == 200
    assert code["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "query", ["id=x", "id=-1", "id=1.5", "id=٣", "id=", "id=%00", f"id={'9' * 5000}", "id=999999999999999", "ids=1", "&".join(["id=1"] * 3000)]
)  # fmt: skip
def test_nonsense_is_an_empty_list(client, query):
    assert titles(BeautifulSoup(client.get(f"/sparat/?{query}").content, "html.parser")) == []


def test_a_list_has_room_for_so_many_pages_and_says_so(client):
    keys = [make_page().pk for _number in range(MOST + 1)]
    page = shown(client, keys)
    assert len(titles(page)) == MOST
    assert f"De första {MOST} visas." in page.text


def test_a_list_takes_the_same_statements_however_long_it_is(client):
    image = make_image()
    keys = [make_page(model, hero_image=image, hero_decorative=True).pk for model in (NewsPage, BlogPostPage) * 10]
    taken = []
    for few in (keys[:2], keys):
        shown(client, few)
        with CaptureQueriesContext(connection) as captured:
            shown(client, few)
        taken.append(len(captured))
    assert taken[0] == taken[1] <= 12


def test_pages_of_every_kind_can_be_saved_and_lists_cannot(client):
    for model in (NewsPage, MethodPage, BookTipPage, BlogPostPage, InfoPage, ThemePage):
        page = make_page(model)
        box = BeautifulSoup(client.get(page.url).content, "html.parser").select_one("[data-save]")
        assert box["data-key"] == str(page.pk)
        assert box.has_attr("hidden")  # until JavaScript shows it
    for page in (home(), index_page(NewsPage)):
        assert "data-save" not in client.get(page.url).content.decode()


@pytest.mark.parametrize("kind", list(kinds.every()), ids=lambda kind: kind.code)
def test_a_page_of_every_kind_can_be_saved(client, kind):
    page = make_page(kind.model)
    assert page.title in client.get(f"/sparat/?id={page.pk}").content.decode()
