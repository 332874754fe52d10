"""What is wrong in an article is said in words that help, in drafts or when it is sent in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import NewsCategory, Series
from core.models import Theme
from tests.world import make_image, make_person
from tests.world_forms import block, errors_of, post_new

pytestmark = pytest.mark.django_db


def news(**values) -> dict:
    return {"category": str(NewsCategory.objects.get(code="current").pk), **values}


def post(**values) -> dict:
    byline = {
        "bylines-TOTAL_FORMS": "1",
        "bylines-0-id": "",
        "bylines-0-ORDER": "1",
        "bylines-0-person": str(make_person().pk),
    }
    return {"theme_category": str(Theme.objects.get(code="assessment").pk), **byline, **values}


def book(**values) -> dict:
    return {"book_title": "En bok", "book_language": "sv", **values}


@pytest.mark.parametrize("action", ["", "submit"])
@pytest.mark.parametrize("number", ["9789144142273", "91-44-14227-2", "978914414227", "abc", "0-306-40615-2"])
def test_an_isbn_that_no_book_has_is_refused(signed_in, number, action):
    answer = post_new(signed_in, BookTipPage, action, **book(isbn=number))
    assert "This is not a valid ISBN-13" in errors_of(answer)["isbn"]


@pytest.mark.parametrize("number", ["9789144142272", "978-91-44-14227-2", ""])
def test_an_isbn_is_kept_without_its_hyphens(signed_in, number):
    assert post_new(signed_in, BookTipPage, "submit", **book(isbn=number)).status_code == 302
    assert BookTipPage.objects.get().get_latest_revision_as_object().isbn == number.replace("-", "")


@pytest.mark.parametrize("action", ["", "submit"])
def test_a_page_is_not_taken_down_before_it_is_published(signed_in, action):
    now = timezone.localtime()
    times = {
        "go_live_at": f"{now + timedelta(days=3):%Y-%m-%d %H:%M}",
        "expire_at": f"{now + timedelta(days=2):%Y-%m-%d %H:%M}",
    }
    answer = post_new(signed_in, NewsPage, action, **news(**times))
    assert {"go_live_at", "expire_at"} & set(errors_of(answer))


@pytest.mark.parametrize("action", ["", "submit"])
def test_a_guest_writes_with_few_blocks(signed_in, action):
    item = block(
        "body",
        0,
        "checklist",
        {
            "title": "Lista",
            "items-count": "1",
            "items-0-value": "Sak",
            "items-0-order": "0",
            "items-0-deleted": "",
            "items-0-type": "item",
            "items-0-id": "",
        },
    )
    answer = post_new(signed_in, BlogPostPage, action, **post(**item, is_guest="on", **{"body-count": "1"}))
    assert "A guest post cannot have this block: Checklist." in errors_of(answer)["body"]
    assert post_new(signed_in, BlogPostPage, action, **post(**item, **{"body-count": "1"})).status_code == 302


@pytest.mark.parametrize("action", ["", "submit"])
def test_a_post_in_a_series_has_its_number(signed_in, action):
    series = Series.objects.create(code="serie", title_sv="En serie")
    answer = post_new(signed_in, BlogPostPage, action, **post(series=str(series.pk)))
    assert "Give the post its number in the series." in errors_of(answer)["series_number"]
    assert (
        post_new(signed_in, BlogPostPage, action, **post(series=str(series.pk), series_number="1")).status_code == 302
    )


def test_four_themes_are_too_many_when_a_page_is_sent_in(signed_in):
    themes = [str(theme.pk) for theme in Theme.objects.all()[:4]]
    answer = post_new(signed_in, NewsPage, "submit", **news(themes=themes))
    assert "Choose at most three themes." in errors_of(answer)["themes"]
    assert post_new(signed_in, NewsPage, "submit", **news(themes=themes[:3])).status_code == 302


def test_a_picture_is_described_or_decorative_when_a_page_is_sent_in(signed_in):
    picture = str(make_image().pk)
    answer = post_new(signed_in, NewsPage, "submit", **news(hero_image=picture))
    assert "Describe the picture" in errors_of(answer)["hero_alt"]
    assert post_new(signed_in, NewsPage, "", **news(hero_image=picture)).status_code == 302
    assert (
        post_new(signed_in, NewsPage, "submit", **news(hero_image=picture, hero_alt="Ett bord", slug="b")).status_code
        == 302
    )
    assert (
        post_new(signed_in, NewsPage, "submit", **news(hero_image=picture, hero_decorative="on", slug="c")).status_code
        == 302
    )


def test_somebody_is_responsible_for_what_is_sent_in(signed_in):
    assert (
        "Say who is responsible"
        in errors_of(post_new(signed_in, NewsPage, "submit", **news(responsible="")))["responsible"]
    )
    assert post_new(signed_in, NewsPage, "", **news(responsible="")).status_code == 302


@pytest.mark.parametrize(
    ("model", "values", "field"), [(NewsPage, {}, "category"), (BlogPostPage, {}, "theme_category")]
)
def test_a_category_is_demanded_when_a_page_is_sent_in(signed_in, model, values, field):
    assert field in errors_of(post_new(signed_in, model, "submit", **values))


def test_a_post_goes_to_review_with_whoever_signs_it(signed_in):
    assert post_new(signed_in, BlogPostPage, "submit", **post()).status_code == 302
    page = BlogPostPage.objects.get()
    assert page.workflow_in_progress
    assert page.get_latest_revision_as_object().bylines.count() == 1
