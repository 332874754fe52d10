import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from articles.models import BlogPostPage, BookTipPage, NewsPage
from home.feeds import ENTRIES
from home.models import InfoPage
from methods.models import MethodPage
from tests.world import make_page

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client, address: str) -> list[dict]:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    root = ET.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    return [
        {
            "title": found.findtext(f"{ATOM}title"),
            "link": found.find(f"{ATOM}link").get("href"),
            "id": found.findtext(f"{ATOM}id"),
            "text": found.findtext(f"{ATOM}summary") or found.findtext(f"{ATOM}content"),
        }
        for found in root.findall(f"{ATOM}entry")
    ]


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("all", {MethodPage, NewsPage, BookTipPage, BlogPostPage}),
        ("news", {NewsPage}),
        ("blog", {BlogPostPage}),
        ("books", {BookTipPage}),
    ],
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_feed_holds_its_kinds_in_its_language(client, name, models, language):
    other = "en" if language == "sv" else "sv"
    wanted = {
        make_page(model, language=language, title=model.__name__).title
        for model in (MethodPage, NewsPage, BookTipPage, BlogPostPage)
        if model in models
    }
    for model in (MethodPage, NewsPage, BookTipPage, BlogPostPage):
        make_page(model, language=other, title="fel språk")
        if model not in models:
            make_page(model, language=language, title="fel slag")
    make_page(InfoPage, language=language, title="fel slag")
    prefix = "" if language == "sv" else "/en"
    assert {entry["title"] for entry in entries(client, f"{prefix}/feeds/{name}.xml")} == wanted


def test_entries_are_whole_and_newest_first(client):
    for number in range(3):
        page = make_page(NewsPage, title=f"Nummer {number}", body=[("paragraph", f"<p>Hela texten {number}</p>")])
        Page.objects.filter(pk=page.pk).update(first_published_at=timezone.now() - timedelta(days=number))
    found = entries(client, "/feeds/news.xml")
    assert [entry["title"] for entry in found] == ["Nummer 0", "Nummer 1", "Nummer 2"]
    assert "Hela texten 0" in found[0]["text"]
    assert found[0]["link"].startswith("http://testserver/nyheter/")
    assert found[0]["id"].startswith("urn:uuid:")
    assert len({entry["id"] for entry in found}) == 3


def test_a_feed_ends_at_fifty(client):
    for _number in range(ENTRIES + 2):
        make_page(NewsPage)
    assert len(entries(client, "/feeds/news.xml")) == ENTRIES


def test_an_empty_feed_is_a_feed(client):
    assert entries(client, "/en/feeds/blog.xml") == []


def test_an_unknown_feed_is_not_found(client):
    assert client.get("/feeds/allt.xml").status_code == 404


def test_an_entry_keeps_its_id_when_its_address_changes(client):
    page = make_page(NewsPage)
    before = entries(client, "/feeds/news.xml")[0]["id"]
    Page.objects.filter(pk=page.pk).update(slug="ny", url_path=page.url_path.replace(page.slug, "ny"))
    assert entries(client, "/feeds/news.xml")[0]["id"] == before


def test_the_sitemap_names_public_pages_of_both_languages(client):
    swedish, english = make_page(NewsPage), make_page(NewsPage, language="en")
    root = ET.fromstring(client.get("/sitemap.xml").content)
    found = {location.text for location in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")}
    assert {f"http://testserver{page.url}" for page in (swedish, english)} <= found
    assert "http://testserver/" in found
