"""Two versions are compared in words."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils.translation import override

from articles.models import NewsPage
from editorial.comparisons import ValueComparison
from tests.editorial.newsroom import signed_in
from tests.world import make_page

pytestmark = pytest.mark.django_db
AT = datetime(2031, 11, 24, 6, 30, tzinfo=UTC)


def shown(before, after) -> str:
    field = NewsPage._meta.get_field("go_live_at")
    with override("sv"):
        return ValueComparison(field, NewsPage(go_live_at=before), NewsPage(go_live_at=after)).htmldiff()


def test_a_time_that_was_set_is_an_addition_alone():
    assert shown(None, AT) == '<span class="addition">måndag 24 november 2031 07.30</span>'


def test_a_time_that_was_taken_away_is_a_deletion_alone():
    assert shown(AT, None) == '<span class="deletion">måndag 24 november 2031 07.30</span>'


def test_no_time_is_shown_as_nothing():
    assert shown(None, None) == ""


def test_the_page_that_compares_two_versions_uses_it(people):
    page = make_page(NewsPage, live=False)
    first = page.save_revision()
    page.go_live_at = AT
    second = page.save_revision()
    address = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, first.pk, second.pk])
    text = signed_in(people["reviewer"]).get(address).content.decode()
    assert "24 november 2031 07.30" in text
    assert ">None" not in text
