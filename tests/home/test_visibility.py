"""What the one rule says is public. That nothing else is, `tests/contracts/test_leaks.py` asks of every output."""

from datetime import timedelta

import pytest
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from articles.models import NewsPage
from core.querysets import findable_pages
from core.visibility import MAX_DEPTH, is_open, is_public, public_q
from home.models import InfoPage
from tests.world import make_page

pytestmark = pytest.mark.django_db


def update(page, **values) -> None:
    Page.objects.filter(pk=page.pk).update(**values)


def restrict(page, kind) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type=kind)


def test_an_open_window_is_public():
    page = make_page()
    update(page, go_live_at=timezone.now() - timedelta(hours=1), expire_at=timezone.now() + timedelta(hours=1))
    assert is_public(page)


def test_the_clock_decides_to_the_second():
    page = make_page()
    update(page, expire_at=timezone.now() + timedelta(seconds=1))
    assert is_public(page)
    update(page, expire_at=timezone.now() - timedelta(milliseconds=1))  # SQLite's clock shows no less
    assert not is_public(page)


def test_an_alias_of_a_public_page_is_public_but_not_named_in_lists():
    page = make_page()
    alias = page.create_alias(update_slug="spegel")
    update(alias, live=True)
    assert is_public(alias)
    assert alias.pk not in set(findable_pages().values_list("pk", flat=True))


def test_a_page_with_noindex_is_public_but_not_named(client):
    page = make_page(noindex=True, title="Olistad sida")
    assert client.get(page.url).status_code == 200
    assert 'name="robots" content="noindex"' in client.get(page.url).content.decode()
    for address in (
        "/",
        "/nyheter/",
        "/feeds/all.xml",
        "/sitemaps/news-sv.xml",
        "/sok/?q=olistad",
        "/sok/forslag?q=olistad",
        "/api/v2/pages/?search=olistad",
    ):
        assert page.url not in client.get(address).content.decode(), address


def test_a_restricted_page_is_open_but_not_public():
    page = make_page()
    restrict(page, "login")
    assert is_open(page)
    assert not is_public(page)


def test_a_restriction_on_the_root_hides_everything():
    page = make_page()
    restrict(Page.objects.get(depth=1), "login")
    assert not is_public(page)
    assert not Page.objects.filter(public_q()).exists()


def test_a_page_deeper_than_the_rule_looks_is_hidden():
    page = make_page(InfoPage)
    for _level in range(MAX_DEPTH):
        page = make_page(InfoPage, parent=page)
    assert page.depth > MAX_DEPTH
    assert not is_public(page)


def test_the_rule_holds_wherever_a_query_asks_for_it():
    shown, hidden = make_page(), make_page(InfoPage)
    restrict(hidden, "login")
    alias = hidden.create_alias(update_slug="spegel")
    update(alias, live=True)
    pages, ids = Page.objects.filter(pk__in=[shown.pk, hidden.pk, alias.pk]), {hidden.pk, alias.pk}

    def keys(found) -> set[int]:
        return set(found.values_list("pk", flat=True))

    below = Page.objects.filter(public_q(), pk=OuterRef("pk"))
    assert keys(pages.filter(public_q())) == {shown.pk}
    assert keys(pages.exclude(public_q())) == keys(pages.filter(~public_q() & Q(depth__gt=0))) == ids
    assert keys(pages.filter(Exists(below))) == keys(pages.filter(pk__in=Page.objects.filter(public_q()))) == {shown.pk}
    assert keys(pages.filter(public_q()) & pages.filter(~Exists(below))) == set()
    assert keys(pages.filter(public_q() | Q(pk=alias.pk))) == {shown.pk, alias.pk}
    assert keys(InfoPage.objects.filter(public_q(), pk=hidden.pk)) == set()
    assert keys(NewsPage.objects.filter(public_q(), pk=shown.pk)) == {shown.pk}
    assert keys(pages.filter(public_q()).order_by().union(pages.filter(public_q(), slug="nix").order_by())) == {
        shown.pk
    }


def test_what_does_not_exist_is_not_public():
    assert not is_public(NewsPage())
