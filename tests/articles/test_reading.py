"""What a reader meets on an article: where it stands in a series, how long it takes, how old it is, who made the pictures."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import Page

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import Series
from core.html import cut_at_word
from core.models import CustomImage, Stewardship
from home.models import InfoPage, ThemePage
from methods.models import MethodPage
from tests.world import make_image, make_page

pytestmark = pytest.mark.django_db


def read(client, page) -> BeautifulSoup:
    response = client.get(page if isinstance(page, str) else page.url)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


# Book circles


@pytest.mark.parametrize(("language", "place"), [("sv", "bokcirkel/"), ("en", "book-circle/")])
def test_the_questions_for_a_book_circle_stand_on_a_sheet_of_their_own(client, language, place):
    questions = ["Vad väcks?", "Vad prövar vi?"]
    book = make_page(
        BookTipPage, language=language, book_title="Läs", circle_questions=[("question", text) for text in questions]
    )
    (link,) = read(client, book).select(f"a[href='{book.url}{place}']")
    sheet = read(client, link["href"])
    assert [item.text for item in sheet.select("main ol.circle li")] == questions
    assert "Läs" in sheet.select_one("main .lead").text
    assert sheet.select_one("meta[name=robots]")["content"] == "noindex"
    assert sheet.select_one("[data-print]").has_attr("hidden")  # until JavaScript shows it


def test_a_book_tip_without_questions_has_no_sheet_and_a_draft_shows_none(client):
    book = make_page(BookTipPage)
    assert "bokcirkel" not in client.get(book.url).content.decode()
    assert client.get(f"{book.url}bokcirkel/").status_code == 404
    draft = make_page(BookTipPage, live=False, circle_questions=[("question", "Vad?")])
    assert client.get(f"/boktips/{draft.slug}/bokcirkel/").status_code == 404
    shown = make_page(BookTipPage, circle_questions=[("question", "Vad?")])
    assert client.get(f"{shown.url}book-circle/").status_code == 404  # the other language's address


# Blog


def test_a_post_says_where_in_its_series_it_stands_and_leads_to_its_neighbours(client):
    series = Series.objects.create(code="ronder", title_sv="Ronderna")
    posts = [
        make_page(BlogPostPage, title=f"Del {number}", series=series, series_number=number) for number in (1, 2, 3)
    ]
    make_page(BlogPostPage, title="Del 4", series=series, series_number=4, live=False)
    make_page(BlogPostPage, title="Part 2", series=series, series_number=2, language="en")
    links = [
        {
            rel: (found["href"] if found else None)
            for rel in ("prev", "next")
            for found in [page.select_one(f".series a[rel={rel}]")]
        }
        for page in (read(client, post) for post in posts)
    ]
    assert links == [
        {"prev": None, "next": posts[1].url},
        {"prev": posts[0].url, "next": posts[2].url},
        {"prev": posts[1].url, "next": None},
    ]
    assert "Del 2 av 3 i serien Ronderna" in read(client, posts[1]).select_one(".head-text").text


@pytest.mark.parametrize(("is_guest", "word"), [(True, "Gästinlägg"), (False, "Blogginlägg")])
def test_a_guests_post_says_so(client, is_guest, word):
    assert read(client, make_page(BlogPostPage, is_guest=is_guest)).select_one(".page-head .tab").text.strip() == word


# Age and length


@pytest.mark.parametrize("model", [NewsPage, MethodPage, BookTipPage, BlogPostPage, InfoPage, ThemePage])
def test_what_nobody_has_checked_for_longer_than_its_interval_says_so(client, model):
    page = make_page(model)
    assert not read(client, page).select(".overdue")
    rows = Stewardship.objects.filter(page=page)
    rows.update(review_interval=6)
    Page.objects.filter(pk=page.pk).update(first_published_at=timezone.now() - timedelta(days=400))
    assert "Ingen har gått igenom sidan sedan den publicerades" in read(client, page).select_one(".overdue").text
    rows.update(reviewed_on=timezone.localdate() - timedelta(days=300))
    assert "Ingen har gått igenom sidan sedan" in read(client, page).select_one(".overdue").text
    rows.update(reviewed_on=timezone.localdate())
    assert not read(client, page).select(".overdue")


@pytest.mark.parametrize(
    ("words", "minutes"), [(0, "1 minut"), (290, "1 minut"), (310, "2 minuter"), (2000, "10 minuter")]
)
def test_reading_time_follows_the_number_of_words(client, words, minutes):
    page = make_page(NewsPage, body=[("paragraph", f"<p>{'ord ' * words}.</p>")])
    times = {row.dt.text: row.dd.text for row in read(client, page).select("dl.dates div")}
    assert times["Lästid"] == minutes


def test_teasers_end_between_words_and_say_that_they_are_cut(client):
    intro = "Kollegialt lärande " * 15
    make_page(NewsPage, intro=intro[:290])
    teaser = read(client, "/nyheter/").select_one(".card-teaser").text
    assert len(teaser) <= 160
    assert teaser.endswith(("Kollegialt…", "lärande…"))
    assert cut_at_word("kort", 160) == "kort"
    assert cut_at_word("a" * 200, 160) == "a" * 159 + "…"
    assert cut_at_word("ett, två", 6) == "ett…"


# Pictures


def test_pictures_have_captions_credits_and_say_when_they_are_generated(client):
    drawn = make_image()
    CustomImage.objects.filter(pk=drawn.pk).update(credit="Bild: Redaktionen", ai_generated=True)
    value = {"image": drawn, "alt_text": "Ett bord", "decorative": False}
    plain = {"image": make_image(), "alt_text": "En tavla", "decorative": False}
    body = [
        ("image", {"image": value, "caption": "Bordet", "credit": "", "ai_generated": False}),
        ("image", {"image": plain, "caption": "Tavlan", "credit": "Foto: Adam", "ai_generated": True}),
        (
            "gallery",
            {
                "title": "",
                "images": [{"image": value, "caption": "Igen"}, {"image": plain, "caption": "", "credit": ""}],
            },
        ),
    ]
    page = make_page(NewsPage, hero_image=drawn, hero_alt="Bord", photographer="Berit Bok", body=body)
    found = read(client, page)
    texts = [" ".join(figure.text.split()) for figure in found.select("main figure")]
    assert texts == [
        "Foto: Berit Bok AI-genererad bild",
        "Bordet Bild: Redaktionen AI-genererad bild",
        "Tavlan Foto: Adam AI-genererad bild",
        "Igen Bild: Redaktionen AI-genererad bild",
        "",
    ]
