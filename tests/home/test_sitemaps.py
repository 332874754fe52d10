"""Search engines are told of every page that everyone may read, by kind and language, with its picture."""

import xml.etree.ElementTree as ET

import pytest
from django.utils import timezone
from wagtail.models import Page

from articles.models import BookTipPage, NewsPage
from home import sitemaps
from home.models import InfoPage
from tests.world import make_image, make_page

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"


def locations(client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    return [found.text.removeprefix("http://testserver") for found in ET.fromstring(response.content).iter(f"{MAP}loc")]


def test_the_index_names_each_kind_in_each_language_that_has_pages(client):
    before = locations(client, "/sitemap.xml")
    assert {"/sitemaps/lists-sv.xml", "/sitemaps/lists-en.xml"} <= set(before)
    for model, language in ((NewsPage, "sv"), (NewsPage, "en"), (BookTipPage, "sv")):
        make_page(model, language=language)
    make_page(BookTipPage, language="en", live=False)
    new = [place for place in locations(client, "/sitemap.xml") if place not in before]
    assert new == ["/sitemaps/book_tip-sv.xml", "/sitemaps/news-en.xml", "/sitemaps/news-sv.xml"]


def test_all_maps_together_hold_every_public_page_once(client):
    pages = [make_page(model, language=language) for model in (NewsPage, InfoPage) for language in ("sv", "en")]
    hidden = [make_page(noindex=True), make_page(live=False)]
    found = [place for each in locations(client, "/sitemap.xml") for place in locations(client, each)]
    assert len(found) == len(set(found))
    assert {page.url for page in pages} | {"/", "/en/", "/nyheter/", "/en/news/"} <= set(found)
    assert not {page.url for page in hidden} & set(found)


def test_a_map_keeps_to_its_kind_and_language(client):
    swedish, english, book = make_page(NewsPage), make_page(NewsPage, language="en"), make_page(BookTipPage)
    assert locations(client, "/sitemaps/news-sv.xml") == [swedish.url]
    assert locations(client, "/sitemaps/news-en.xml") == [english.url]
    assert locations(client, "/sitemaps/book_tip-sv.xml") == [book.url]


def test_pictures_stand_beside_their_pages_in_the_size_that_readers_get(client):
    page = make_page(hero_image=make_image(), hero_decorative=True)

    def picture() -> str:
        root = ET.fromstring(client.get("/sitemaps/news-sv.xml").content)
        return root.find(f"{MAP}url/{IMAGE}image/{IMAGE}loc").text.removeprefix("http://testserver")

    assert picture() == page.hero_image.file.url  # nobody has looked at the page yet
    client.get(page.url)
    assert "/media/images/" in picture()
    assert client.get(picture()).status_code == 200


def test_a_change_is_dated_on_the_page_and_on_the_map(client):
    page = make_page()
    when = timezone.now().replace(year=2031, microsecond=0)
    Page.objects.filter(pk=page.pk).update(last_published_at=when)
    for address in ("/sitemap.xml", "/sitemaps/news-sv.xml"):
        assert timezone.localtime(when).isoformat() in client.get(address).content.decode()


def test_long_maps_are_parted(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "LIMIT", 2)
    for _number in range(5):
        make_page()
    found = [place for place in locations(client, "/sitemap.xml") if "news-sv" in place]
    assert found == [f"/sitemaps/news-sv.xml{part}" for part in ("", "?p=2", "?p=3")]
    assert sum(len(locations(client, place)) for place in found) == 5


@pytest.mark.parametrize(
    "place", ["x-sv", "news-xx", "news", "-sv", "lists-", "news-sv.xml?p=2", "news-sv.xml?p=0", "news-sv.xml?p=x"]
)
def test_there_is_no_map_of_what_is_not_there(place, client):
    name, _ending, rest = place.partition(".xml")
    assert client.get(f"/sitemaps/{name}.xml{rest}").status_code == 404
