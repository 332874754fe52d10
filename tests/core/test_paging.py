"""Lists that are read page by page while others publish."""

import re
from datetime import datetime, timedelta
from html import unescape
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from articles.models import NewsPage
from core.models import Stewardship
from core.paging import PER_PAGE, Order
from methods.models import MethodPage
from tests.world import index_page, make_page

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
NOON = datetime(2026, 3, 2, 12, tzinfo=STOCKHOLM)


def news(number: int, title: str | None = None) -> NewsPage:
    """A piece of news; a higher number is newer."""
    page = make_page(NewsPage, title=title or f"Nyhet {number}")
    Page.objects.filter(pk=page.pk).update(first_published_at=NOON + timedelta(minutes=number))
    return page


def titles(response) -> list[str]:
    return [card.title for card in response.context["cards"]]


def link(response, rel: str) -> str | None:
    found = re.search(rf'<a href="([^"]*)" rel="{rel}">', response.content.decode())
    return unescape(found[1]) if found else None


def follow(client, response, rel: str):
    return client.get(urljoin(response.wsgi_request.get_full_path(), link(response, rel)))


@pytest.fixture
def forty_five():
    """45 pieces of news, the newest first."""
    return [f"Nyhet {page}" for page in reversed([news(number) and number for number in range(45)])]


def test_what_is_published_between_two_clicks_neither_repeats_nor_hides_anything(client, forty_five):
    first = client.get("/nyheter/")
    assert titles(first) == forty_five[:20]
    for number in (100, 101, 102):
        news(number)
    second = follow(client, first, "next")
    assert titles(second) == forty_five[20:40]
    news(103)
    third = follow(client, second, "next")
    assert titles(third) == forty_five[40:]
    assert link(third, "next") is None

    news(104)
    back = follow(client, third, "prev")
    assert titles(back) == forty_five[20:40]
    begin = follow(client, back, "prev")
    assert titles(begin) == forty_five[:20]
    newest = follow(client, begin, "prev")
    assert titles(newest)[:5] == [f"Nyhet {number}" for number in (104, 103, 102, 101, 100)]
    assert link(newest, "prev") is None


def test_what_is_taken_down_between_two_clicks_hides_nothing(client, forty_five):
    first = client.get("/nyheter/")
    for title in forty_five[:3]:
        NewsPage.objects.get(title=title).unpublish()
    NewsPage.objects.get(title=forty_five[19]).unpublish()  # the very page after which the next one begins
    second = follow(client, first, "next")
    assert titles(second) == forty_five[20:40]
    assert titles(follow(client, second, "prev")) == [*forty_five[3:19], *forty_five[20:24]]


def test_the_last_page_goes_back_to_what_is_left_when_what_followed_is_gone(client, forty_five):
    second = client.get("/nyheter/?page=2")
    for title in forty_five[40:]:
        NewsPage.objects.get(title=title).unpublish()
    assert titles(follow(client, second, "next")) == forty_five[20:40]


def test_numbers_go_on_working(client, forty_five):
    for number in (1, 2, 3):
        assert titles(client.get(f"/nyheter/?page={number}")) == forty_five[(number - 1) * 20 : number * 20]
    assert (
        '<link rel="canonical" href="http://testserver/nyheter/?page=2">'
        in client.get(f"/nyheter/{link(client.get('/nyheter/'), 'next')}").content.decode()
    )


def test_pages_of_the_same_moment_keep_their_order(client):
    for number in range(30):
        page = news(number)
        Page.objects.filter(pk=page.pk).update(first_published_at=NOON)
    first = client.get("/nyheter/")
    second = follow(client, first, "next")
    assert titles(first) + titles(second) == [f"Nyhet {number}" for number in reversed(range(30))]
    assert titles(follow(client, second, "prev")) == titles(first)


def test_pinned_pages_stand_first_on_the_first_page_only(client, forty_five):
    pinned = NewsPage.objects.get(title="Nyhet 3")
    Stewardship.objects.filter(page=pinned).update(pinned_until=timezone.now() + timedelta(days=1))
    seen, response = [], client.get("/nyheter/")
    while True:
        seen += titles(response)
        if not link(response, "next"):
            break
        response = follow(client, response, "next")
    assert seen == ["Nyhet 3", *(title for title in forty_five if title != "Nyhet 3")]


def test_methods_go_on_by_title(client):
    names = [f"{letter}{number}" for letter in "abxåäö" for number in range(5)]
    for name in reversed(names):
        make_page(MethodPage, title=name)
    first = client.get("/metoder/?minutes=")
    assert titles(first) == names[:20]
    make_page(MethodPage, title="aa")
    second = follow(client, first, "next")
    assert titles(second) == names[20:]
    back = follow(client, second, "prev")
    assert titles(back) == [*names[1:5], "aa", *names[5:20]]  # what has come in between stands in its place
    assert titles(follow(client, back, "prev"))[0] == names[0]


def test_filters_stay_on_from_page_to_page(client):
    for number in range(25):
        news(number)
    make_page(NewsPage, title="ett annat år")
    first = client.get("/nyheter/?year=2026&category=current")
    assert first.context["total"] == 25 + (timezone.localdate().year == 2026)
    assert "year=2026" in link(first, "next")
    assert "category=current" in link(first, "next")
    assert follow(client, first, "next").context["total"] == first.context["total"]


@pytest.mark.parametrize(
    "query",
    [
        "page=4", "page=0", "page=-1", "page=x", "page=1.5", f"page={'9' * 5000}", "after=x", "after=0~2026~", "after=0~igår~3",
        "after=2~2026-03-02T12:00:00+00:00~3", f"after=0~2026-03-02T12:00:00+00:00~{'9' * 30}", "after=0~0001-01-01T00:00:00%2B14:00~1",
        "before=0~9999-12-31T23:59:59-14:00~1", "before=%00", f"after={'a' * 9000}", "after=0~2026-03-02T12:00:00%2B00:00~٣",
    ],
)  # fmt: skip
def test_what_is_no_page_of_the_list_is_told_and_shows_where_the_list_begins(client, forty_five, query):
    response = client.get(f"/nyheter/?{query}&category=current")
    assert response.status_code == 404
    assert titles(response) == forty_five[:20]
    assert "Den sidan finns inte i listan." in response.content.decode()


@pytest.mark.parametrize("query", ["page=", "page=1", "after=", "page=&after=&before="])
def test_an_empty_answer_is_the_first_page(client, query):
    news(1)
    assert client.get(f"/nyheter/?{query}").status_code == 200


def test_a_position_is_what_it_was_after_its_way_through_a_link():
    for order in (Order("sv"), Order("sv", by_title=True)):
        for title in ("a~b", "~", "Öl & +%", "x" * 250):
            page = make_page(MethodPage, title=title)
            row = order.of(MethodPage.objects.filter(pk=page.pk)).values_list("is_pinned", "sort_key", "pk").get()
            found = order.read("~".join(str(part.isoformat() if hasattr(part, "isoformat") else part) for part in row))
            assert (found.is_pinned, found.key, found.pk) == row


def test_a_later_page_takes_one_statement_more_and_that_one_only(client):
    for number in range(45):
        news(number)
    places = ["/nyheter/?page=2", f"/nyheter/{link(client.get('/nyheter/'), 'next')}"]
    taken = []
    for place in places:
        client.get(place)
        with CaptureQueriesContext(connection) as captured:
            client.get(place)
        taken.append(len(captured))
    assert taken[1] == taken[0] + 1 <= 12
    assert PER_PAGE == 20
    assert index_page(NewsPage).url == "/nyheter/"
