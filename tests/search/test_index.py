from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from articles.models import NewsPage
from search.index import differences
from tests.world import make_page

pytestmark = pytest.mark.django_db


def check() -> str:
    out = StringIO()
    call_command("search_rebuild", "--check", stdout=out)
    return out.getvalue()


def test_the_index_of_a_new_portal_is_whole():
    make_page()
    assert not differences()
    check()


def test_check_names_a_public_page_that_the_index_lacks_and_changes_nothing():
    page = make_page(title="Vilse i skogen")
    IndexEntry.objects.filter(object_id=str(page.pk)).delete()
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("search_rebuild", "--check", stdout=out)
    assert "Vilse i skogen" in out.getvalue()
    assert [(found.fault, found.page_id) for found in differences()] == [("missing", page.pk)]


def test_check_finds_the_entry_of_a_page_that_is_gone():
    page = make_page()
    entry = IndexEntry.objects.get(object_id=str(page.pk))
    IndexEntry.objects.filter(pk=entry.pk).update(object_id="987654")
    assert {(found.fault, found.page_id) for found in differences()} == {("missing", page.pk), ("stale", 987654)}


def test_rebuilding_makes_the_index_whole():
    page = make_page(title="Besynnerlig rubrik")
    entry = IndexEntry.objects.get(object_id=str(page.pk))
    IndexEntry.objects.filter(pk=entry.pk).update(object_id="987654")
    call_command("search_rebuild", stdout=StringIO())
    assert not differences()
    assert page.pk in {found.pk for found in Page.objects.search("besynnerlig rubrik")}


def test_drafts_aliases_and_noindex_pages_are_no_difference():
    draft, hidden = make_page(live=False), make_page(NewsPage, noindex=True)
    alias = make_page().create_alias(update_slug="ett-alias")
    IndexEntry.objects.filter(object_id__in=[str(page.pk) for page in (draft, hidden, alias)]).delete()
    assert not differences()
