import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import feedparser
import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, Page

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import NewsCategory
from core.models import Byline, CustomDocument, Theme
from home.feeds import ENTRIES, FEEDS
from home.models import InfoPage, ThemePage
from methods.models import MethodPage
from tests.world import index_page, make_image, make_page, make_person, publish

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
KINDS = (MethodPage, NewsPage, BookTipPage, BlogPostPage)


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
            "text": found.findtext(f"{ATOM}content"),
            "enclosures": [dict(link.attrib) for link in found.findall(f"{ATOM}link[@rel='enclosure']")],
            "authors": [author.findtext(f"{ATOM}name") for author in found.findall(f"{ATOM}author")],
        }
        for found in root.findall(f"{ATOM}entry")
    ]


def json_feed(client, address: str) -> dict:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/feed+json")
    return json.loads(response.content)


@pytest.mark.parametrize(
    ("name", "models"),
    [
        ("all", set(KINDS)),
        ("methods", {MethodPage}),
        ("news", {NewsPage}),
        ("blog", {BlogPostPage}),
        ("books", {BookTipPage}),
    ],
)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_feed_holds_its_kinds_in_its_language(client, name, models, language):
    other = "en" if language == "sv" else "sv"
    wanted = {make_page(model, language=language, title=model.__name__).title for model in KINDS if model in models}
    for model in KINDS:
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


# What the two formats demand


def is_moment(text: str) -> bool:
    """RFC 3339 with an offset."""
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text)) and bool(
        datetime.fromisoformat(text)
    )


def is_whole(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https", "mailto", "tel", "urn")


def check_html(text: str) -> None:
    """What an entry shows works outside the site: whole addresses, nothing that acts, nothing empty."""
    page = BeautifulSoup(text, "html.parser")
    assert page.text.strip()
    assert not page.select("script, style, svg, button, form, input, iframe, link, meta")
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name.startswith("on") or name in ("style", "class", "id")]
        for name in ("href", "src"):
            if element.has_attr(name):
                assert is_whole(element[name]), element
    assert all(image.has_attr("alt") for image in page.select("img"))


def check_atom(content: bytes) -> ET.Element:
    """RFC 4287, section 4.1: what must be there once, what must be there, and what each says."""
    root = ET.fromstring(content)
    for holder in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(holder.findall(f"{ATOM}{name}")) == 1, name
        assert is_whole(holder.findtext(f"{ATOM}id"))
        assert all(
            is_moment(found.text) for name in ("updated", "published") for found in holder.findall(f"{ATOM}{name}")
        )
        alternates = [
            link.attrib for link in holder.findall(f"{ATOM}link") if link.get("rel", "alternate") == "alternate"
        ]
        kinds = [(link.get("type"), link.get("hreflang")) for link in alternates]
        assert alternates
        assert len(kinds) == len(set(kinds))
        assert all(is_whole(link.get("href")) for link in holder.findall(f"{ATOM}link"))
        assert len(holder.findall(f"{ATOM}subtitle")) + len(holder.findall(f"{ATOM}summary")) <= 1
    assert [link.get("href") for link in root.findall(f"{ATOM}link[@rel='self']")]
    identities = [entry.findtext(f"{ATOM}id") for entry in root.findall(f"{ATOM}entry")]
    assert len(identities) == len(set(identities))
    for entry in root.findall(f"{ATOM}entry"):
        (text,) = entry.findall(f"{ATOM}content")
        assert text.get("type") == "html"
        check_html(text.text)
        assert entry.findall(f"{ATOM}author")
        for author in entry.findall(f"{ATOM}author"):
            assert len(author.findall(f"{ATOM}name")) == 1
            assert author.findtext(f"{ATOM}name").strip()
        for link in entry.findall(f"{ATOM}link[@rel='enclosure']"):
            assert re.fullmatch(r"[\w.+-]+/[\w.+-]+", link.get("type"))
            assert link.get("length").isdigit()
    return root


TEXT, ADDRESS, MOMENT, LIST = "text", "address", "moment", "list"
FEED_KEYS = {
    "version": TEXT, "title": TEXT, "home_page_url": ADDRESS, "feed_url": ADDRESS, "description": TEXT, "user_comment": TEXT,
    "next_url": ADDRESS, "icon": ADDRESS, "favicon": ADDRESS, "authors": LIST, "language": TEXT, "items": LIST,
}  # fmt: skip
ITEM_KEYS = {
    "id": TEXT, "url": ADDRESS, "external_url": ADDRESS, "title": TEXT, "content_html": TEXT, "content_text": TEXT, "summary": TEXT,
    "image": ADDRESS, "banner_image": ADDRESS, "date_published": MOMENT, "date_modified": MOMENT, "authors": LIST, "tags": LIST,
    "language": TEXT, "attachments": LIST,
}  # fmt: skip


def check_keys(found: dict, known: dict) -> None:
    assert found.keys() <= known.keys()
    for name, value in found.items():
        sort = known[name]
        assert isinstance(value, list) if sort == LIST else isinstance(value, str), name
        assert sort != ADDRESS or is_whole(value), name
        assert sort != MOMENT or is_moment(value), name


def check_json_feed(feed: dict) -> None:
    """https://www.jsonfeed.org/version/1.1/: what must be there, which names there are, and what each says."""
    check_keys(feed, FEED_KEYS)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {"title", "items", "feed_url", "home_page_url"} <= feed.keys()
    assert len({item["id"] for item in feed["items"]}) == len(feed["items"])
    for item in feed["items"]:
        check_keys(item, ITEM_KEYS)
        check_html(item["content_html"])
        assert item["authors"]
        for author in item["authors"]:
            assert author.keys() <= {"name", "url", "avatar"}
            assert author
        for attachment in item.get("attachments", []):
            assert (
                {"url", "mime_type"}
                <= attachment.keys()
                <= {"url", "mime_type", "title", "size_in_bytes", "duration_in_seconds"}
            )
            assert is_whole(attachment["url"])
            assert isinstance(attachment["size_in_bytes"], int)


def make_document(name: str, **kwargs) -> CustomDocument:
    return CustomDocument.objects.create(title=name, file=ContentFile(b"abcd", name=name), file_size=4, **kwargs)


RICH = '<p>Läs <a href="/metoder/">metoderna</a>, <a linktype="page" id="{page}">sidan</a> & <b>mer</b>.</p>'


@pytest.fixture
def everything():
    """One page of each kind with blocks that lead elsewhere, in each language."""
    for language in ("sv", "en"):
        other = make_page(InfoPage, language=language)
        for model in KINDS:
            body = [
                ("heading", {"text": "En rubrik", "level": "h2"}),
                ("paragraph", RICH.format(page=other.pk)),
                ("image", {"image": {"image": make_image(), "alt_text": "Ett bord", "decorative": False}, "caption": "Bordet"}),
                ("video", {"title": "Film", "url": "https://vimeo.com/123", "captions_in_player": True, "description": "<p>En film.</p>"}),
                ("accordion", {"items": [{"title": "Mer", "text": "<p>Dolt.</p>"}]}),
            ]  # fmt: skip
            body = [block for block in body if block[0] in model._meta.get_field("body").stream_block.child_blocks]
            extra = {}
            if model is MethodPage:
                step = {"title": "Börja", "minutes": 5, "description": RICH.format(page=other.pk), "tip": "Lugnt."}
                extra = {"steps": [("step", step)], "roles": [("role", {"name": "Ledare", "task": "Leder."})]}
            if model is BookTipPage:
                extra = {"takeaways": [("takeaway", "Ta det lugnt.")], "circle_questions": [("question", "Vad väcks?")]}
            make_page(
                model,
                language=language,
                hero_image=make_image(),
                hero_alt="Bild",
                body=body,
                title="A < B & C",
                **extra,
            )


@pytest.mark.parametrize("name", FEEDS)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_feed_is_valid_in_both_formats_and_readers_understand_it(client, everything, name, prefix):
    atom = client.get(f"{prefix}/feeds/{name}.xml")
    root = check_atom(atom.content)
    feed = json_feed(client, f"{prefix}/feeds/{name}.json")
    check_json_feed(feed)
    assert len(feed["items"]) == len(root.findall(f"{ATOM}entry")) == len(FEEDS[name])
    read = feedparser.parse(atom.content)
    assert not read.bozo
    assert [entry.title for entry in read.entries] == ["A < B & C"] * len(FEEDS[name])
    assert [item["title"] for item in feed["items"]] == ["A < B & C"] * len(FEEDS[name])
    assert [entry.content[0].value for entry in read.entries if "Ett bord" in entry.content[0].value]
    assert read.feed.language == feed["language"] == ("en" if prefix else "sv")


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_without_entries_is_valid_and_stays_the_same(client, name):
    root = check_atom(client.get(f"/feeds/{name}.xml").content)
    assert root.findtext(f"{ATOM}updated") == "2000-01-01T00:00:00+00:00"
    check_json_feed(json_feed(client, f"/feeds/{name}.json"))


def test_the_texts_of_a_method_and_a_book_tip_are_whole(client, everything):
    method = entries(client, "/feeds/methods.xml")[0]["text"]
    assert all(
        words in method
        for words in ("För att lära av varandra.", "Börja", "Lugnt.", "Leder.", "http://testserver/metoder/")
    )
    book = entries(client, "/feeds/books.xml")[0]["text"]
    assert all(words in book for words in ("En bok", "Ta det lugnt.", "Vad väcks?"))


# What each feed holds


def test_a_theme_a_category_and_an_author_have_feeds_of_their_own(client):
    theme, inspired = Theme.objects.get(code="assessment"), NewsCategory.objects.get(code="inspiration")
    person = make_person("Berit Bok")
    news = make_page(NewsPage, title="tema", themes=[theme])
    make_page(NewsPage, title="kategori", category=inspired)
    make_page(BookTipPage, title="läst", reviewer=person)
    news.bylines = [Byline(person=person, sort_order=1), Byline(person=make_person("Adam Andra"), sort_order=2)]
    publish(news.save_revision())
    make_page(NewsPage, title="on it", language="en", themes=[theme])

    def titles(place):
        return {entry["title"] for entry in entries(client, place)}

    assert titles("/feeds/theme/assessment.xml") == {"tema"}
    assert titles("/en/feeds/theme/assessment.xml") == {"on it"}
    assert titles("/feeds/category/inspiration.xml") == {"kategori"}
    assert titles(f"/feeds/author/{person.slug}.xml") == {"tema", "läst"}
    found = {entry["title"]: entry["authors"] for entry in entries(client, "/feeds/all.xml")}
    assert found["tema"] == ["Berit Bok", "Adam Andra"]
    assert found["läst"] == ["Berit Bok"]
    author = json_feed(client, f"/feeds/author/{person.slug}.json")
    check_json_feed(author)
    assert author["title"].endswith(": Berit Bok")
    assert author["items"][0]["authors"][0]["url"] == f"http://testserver/medverkande/{person.slug}/"


@pytest.mark.parametrize(
    "place",
    [
        "theme/x.xml",
        "category/x.json",
        "author/x.xml",
        "kind/news.xml",
        "all.rss",
        "all.html",
        "x.json",
        "theme/assessment.ics",
    ],
)
def test_what_is_no_feed_is_not_found(client, place):
    assert client.get(f"/feeds/{place}").status_code == 404


def test_an_author_who_stands_on_no_public_page_has_no_feed(client):
    person = make_person()
    make_page(NewsPage, live=False, contact=person)
    assert client.get(f"/feeds/author/{person.slug}.xml").status_code == 404


# Enclosures


def test_films_sounds_and_papers_come_along_where_everyone_may_have_them(client):
    closed = Collection.objects.get(depth=1).add_child(name="Stängd")
    below = closed.add_child(name="Under")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    film, captions = make_document("samtal.mp4"), make_document("samtal.vtt")
    secret = make_document("hemlig.pdf", collection=below)
    paper = make_document("mall.pdf")
    page = make_page(
        NewsPage,
        body=[
            ("video", {"title": "Samtal", "file": film, "captions": captions, "description": "<p>Hej.</p>"}),
            ("handout", {"title": "Mall", "document": paper, "description": "", "language": "sv"}),
            (
                "paragraph",
                f'<p><a linktype="document" id="{secret.pk}">h</a></p>',
            ),
        ],
    )
    found = entries(client, "/feeds/news.xml")[0]["enclosures"]
    assert found == [
        {"rel": "enclosure", "href": f"http://testserver{document.url}", "length": "4", "type": kind}
        for document, kind in ((film, "video/mp4"), (paper, "application/pdf"))
    ]
    attachments = json_feed(client, "/feeds/news.json")["items"][0]["attachments"]
    assert [(file["title"], file["size_in_bytes"]) for file in attachments] == [("samtal.mp4", 4), ("mall.pdf", 4)]
    for file in attachments:
        assert client.get(urlsplit(file["url"]).path).status_code == 200
    assert page.title == entries(client, "/feeds/all.xml")[0]["title"]


# On the way


@pytest.mark.parametrize("place", ["/feeds/news.xml", "/feeds/news.json", "/feeds/blog.xml"])
def test_what_has_not_changed_is_not_sent_again(client, place):
    page = make_page(NewsPage)
    first = client.get(place)
    tag = first["ETag"]
    assert client.get(place, headers={"If-None-Match": tag}).status_code == 304
    assert client.get(place, headers={"If-None-Match": f"W/{tag}"}).status_code == 304
    assert client.get(place, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304
    if "news" in place:
        assert page.last_published_at.strftime("%d %b %Y %H:%M") in first["Last-Modified"]
        page.unpublish()
        answer = client.get(place, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert page.title not in answer.content.decode()


# How they are found


def alternates(response) -> set[tuple[str, str]]:
    page = BeautifulSoup(response.content, "html.parser")
    return {(link["type"], link["href"]) for link in page.select("head link[rel=alternate][type]")}


def visible(response) -> set[str]:
    page = BeautifulSoup(response.content, "html.parser")
    return {link["href"] for link in page.select("main .feeds a")}


def test_pages_lead_to_the_feeds_that_go_with_them(client):
    theme, person = Theme.objects.get(code="assessment"), make_person()
    hub = make_page(ThemePage, theme=theme)
    news = make_page(NewsPage, contact=person)
    both = {("application/atom+xml", "{}.xml"), ("application/feed+json", "{}.json")}
    for place, names in {
        "/": ["all"], "/nyheter/": ["all", "news"], "/metoder/": ["all", "methods"], "/boktips/": ["all", "books"],
        "/blogg/": ["all", "blog"], hub.url: ["all", "theme/assessment"], news.url: ["all", "category/current"],
        f"/medverkande/{person.slug}/": ["all", f"author/{person.slug}"],
    }.items():  # fmt: skip
        response = client.get(place)
        wanted = {(kind, f"/feeds/{form}".format(name)) for kind, form in both for name in names}
        assert alternates(response) == wanted
        assert visible(response) == {address for _kind, address in wanted if not address.startswith("/feeds/all")}
        assert 'href="/feeds/"' in response.content.decode()
    assert alternates(client.get(index_page(NewsPage, "en").url)) == {
        (kind, f"/en/feeds/{form}".format(name)) for kind, form in both for name in ("all", "news")
    }


@pytest.mark.parametrize(("place", "other"), [("/feeds/", "/en/feeds/"), ("/en/feeds/", "/feeds/")])
def test_one_page_lists_every_feed_and_each_of_them_is_there(client, place, other):
    person, unseen = make_person(), make_person()
    for language in ("sv", "en"):
        make_page(BookTipPage, reviewer=person, language=language)
    make_page(BookTipPage, reviewer=unseen, live=False)
    response = client.get(place)
    found = visible(response)
    assert len(found) == 2 * (len(FEEDS) + Theme.objects.count() + NewsCategory.objects.count() + 1)
    assert f"{place}author/{person.slug}.xml" in found
    assert unseen.name not in response.content.decode()
    assert {client.get(address).status_code for address in found} == {200}
    assert f'href="{other}"' in response.content.decode()
