"""Whoever has an old address gets to the page, in both languages, and never to one that is not public."""

import pytest
from django.db import connection
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from articles.models import NewsPage
from home.models import InfoPage
from tests.world import index_page, make_page, publish

pytestmark = pytest.mark.django_db


def with_slug(page, slug: str):
    """A revision of the page under another address."""
    page = Page.objects.get(pk=page.pk).specific
    page.slug = slug
    return page.save_revision()


def leads_to(client, old: str, new: str) -> None:
    response = client.get(old)
    assert response.status_code == 301, old
    assert response["Location"] == new
    assert client.get(new).status_code == 200


@pytest.mark.parametrize(("language", "start"), [("sv", "/nyheter/"), ("en", "/en/news/")])
def test_a_new_address_leaves_a_redirect_when_it_goes_live(language, start, client, django_capture_on_commit_callbacks):
    page = make_page(NewsPage, language=language, slug="gammal")
    revision = with_slug(page, "ny")
    assert client.get(f"{start}gammal/").status_code == 200  # a draft changes no address
    assert client.get(f"{start}ny/").status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        publish(revision)
    leads_to(client, f"{start}gammal/", f"{start}ny/")


def test_a_whole_subtree_is_found_under_its_old_addresses(client, django_capture_on_commit_callbacks):
    parent = make_page(InfoPage, slug="redaktionen")
    child = make_page(InfoPage, parent=parent, slug="kontakt")
    grandchild = make_page(InfoPage, parent=child, slug="telefon")
    with django_capture_on_commit_callbacks(execute=True):
        publish(with_slug(parent, "om-redaktionen"))
    for page, below in ((parent, ""), (child, "kontakt/"), (grandchild, "kontakt/telefon/")):
        leads_to(client, f"/om/redaktionen/{below}", f"/om/om-redaktionen/{below}")
        assert Page.objects.get(pk=page.pk).url == f"/om/om-redaktionen/{below}"


@pytest.mark.parametrize(("language", "start"), [("sv", "/om/"), ("en", "/en/about/")])
def test_a_page_that_is_moved_is_found_under_its_old_address(
    language, start, client, django_capture_on_commit_callbacks
):
    here, there = make_page(InfoPage, language=language, slug="har"), make_page(InfoPage, language=language, slug="dar")
    page = make_page(InfoPage, language=language, parent=here, slug="sidan")
    below = make_page(InfoPage, language=language, parent=page, slug="under")
    with django_capture_on_commit_callbacks(execute=True):
        Page.objects.get(pk=page.pk).specific.move(Page.objects.get(pk=there.pk), pos="last-child")
    leads_to(client, f"{start}har/sidan/", f"{start}dar/sidan/")
    leads_to(client, f"{start}har/sidan/under/", f"{start}dar/sidan/under/")
    assert below.slug == "under"


def test_an_address_that_has_been_changed_twice_still_leads_to_the_page(client, django_capture_on_commit_callbacks):
    page = make_page(NewsPage, slug="forst")
    for slug in ("sedan", "sist"):
        with django_capture_on_commit_callbacks(execute=True):
            publish(with_slug(page, slug))
    leads_to(client, "/nyheter/forst/", "/nyheter/sist/")
    leads_to(client, "/nyheter/sedan/", "/nyheter/sist/")


def test_a_page_goes_back_to_its_first_address(client, django_capture_on_commit_callbacks):
    page = make_page(NewsPage, slug="forst")
    for slug in ("sedan", "forst"):
        with django_capture_on_commit_callbacks(execute=True):
            publish(with_slug(page, slug))
    assert client.get("/nyheter/forst/").status_code == 200
    leads_to(client, "/nyheter/sedan/", "/nyheter/forst/")


def test_a_redirect_never_names_a_page_that_is_not_public(client, admin_client):
    page = make_page(NewsPage, slug="hemlig-adress")
    Redirect.objects.create(old_path="/gammalt", redirect_page=page)
    leads_to(client, "/gammalt/", page.url)
    page.unpublish()
    for visitor in (client, admin_client):
        response = visitor.get("/gammalt/")
        assert response.status_code == 404
        assert "hemlig-adress" not in response.content.decode() + str(response.headers)


def test_a_redirect_to_somewhere_else_and_one_that_is_temporary(client):
    Redirect.objects.create(old_path="/bort", redirect_link="https://skolverket.example/", is_permanent=False)
    response = client.get("/bort/?utm=1")
    assert response.status_code == 302
    assert response["Location"] == "https://skolverket.example/"


def test_a_redirect_takes_no_one_from_a_page_that_is_there(client):
    page = make_page(NewsPage, slug="finns")
    Redirect.objects.create(old_path="/nyheter/finns", redirect_page=index_page(NewsPage))
    assert client.get(page.url).status_code == 200


@pytest.mark.parametrize("path", ["/%00", "/a%00b/", "/%ff/", "/?\x00"])
def test_a_strange_address_is_not_found_and_no_error(client, path):
    assert client.get(path).status_code in (200, 400, 404)


def test_a_page_that_is_removed_at_the_same_moment_leaves_no_redirect(django_capture_on_commit_callbacks):
    page = make_page(NewsPage, slug="flyktig")
    with django_capture_on_commit_callbacks() as after:
        publish(with_slug(page, "ny-flyktig"))
    Page.objects.get(pk=page.pk).delete()
    for callback in after:
        callback()
    connection.check_constraints()
    assert not Redirect.objects.exists()
