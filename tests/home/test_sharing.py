"""A page without a picture is shared with one that we draw; nobody learns from it what is not public."""

import io
import re

import pytest
from PIL import Image
from wagtail.models import Page, PageViewRestriction

from articles.models import BlogPostPage, BookTipPage, NewsPage
from home.models import SiteSettings
from home.sharing import address_of, tokens
from methods.models import MethodPage
from tests.world import home, index_page, make_image, make_page

pytestmark = pytest.mark.django_db


def shared_with(client, page) -> str:
    """The path of the picture that a page names."""
    content = client.get(page.url).content.decode()
    return re.search(r'<meta property="og:image" content="https?://[^/]+(/[^"]+)">', content)[1]


def size_of(response) -> tuple[int, int]:
    assert response["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(response.content)) as picture:
        picture.load()
        return picture.size


@pytest.mark.parametrize("model", [NewsPage, MethodPage, BookTipPage, BlogPostPage])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_page_without_a_picture_is_shared_with_a_drawing_of_its_own(model, language, client):
    page = make_page(model, language=language)
    response = client.get(shared_with(client, page))
    assert size_of(response) == (1200, 630)
    assert "max-age=86400" in response["Cache-Control"]
    assert not response.cookies


def test_lists_and_the_start_page_have_one_too(client):
    for page in (home(), home("en"), index_page(NewsPage)):
        assert size_of(client.get(shared_with(client, page))) == (1200, 630)


def test_a_page_with_a_picture_is_shared_with_that(client):
    page = make_page(hero_image=make_image(), hero_decorative=True)
    assert "/media/" in shared_with(client, page)
    assert client.get(address_of(page, "Kollegiet")).status_code == 404


@pytest.mark.parametrize(
    "title",
    ["#set page(width: 1pt) \\ $x$ [a] *b*", "<script>&amp;\"'", "Yrkeshögskolesamverkansavtalsförhandlingar" * 4, "😀 \x0b 中文", "x"],
)  # fmt: skip
def test_any_title_can_be_drawn(title, client):
    for model in (NewsPage, BookTipPage):
        page = make_page(model)
        values = {"title": title} | ({"book_title": title} if model is BookTipPage else {})
        model.objects.filter(pk=page.pk).update(**values)
        assert size_of(client.get(shared_with(client, page))) == (1200, 630)


def test_the_address_changes_with_the_title_and_the_former_one_leads_on(client):
    page = make_page(title="Först")
    before = shared_with(client, page)
    Page.objects.filter(pk=page.pk).update(title="Sedan")
    after = shared_with(client, page)
    assert before != after
    assert client.get(before)["Location"] == after


def test_only_public_pages_are_drawn(client, admin_client):
    page = make_page()
    address = shared_with(client, page)
    assert client.get(address).status_code == 200  # and kept from now on
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="login")
    for visitor in (client, admin_client):
        assert visitor.get(address).status_code == 404
    restriction.delete()
    Page.objects.filter(pk=page.pk).update(live=False)
    assert client.get(address).status_code == 404
    assert client.get(address_of(Page.objects.get(depth=1), "Kollegiet")).status_code == 404


def test_a_drawing_is_made_once(client, django_assert_max_num_queries):
    address = shared_with(client, make_page())
    first = client.get(address).content
    with django_assert_max_num_queries(4):
        assert client.get(address).content == first


def test_the_colours_are_those_of_the_style_sheet():
    assert tokens()["method"] == "#0a4f53"
    assert tokens()["cover-0-c2"] == "#c2452d"


def test_the_name_of_the_site_is_part_of_it(client):
    page = make_page()
    before = shared_with(client, page)
    SiteSettings.objects.update_or_create(defaults={"site_name": "Pedagog Vätterlunda"})
    assert shared_with(client, page) != before
