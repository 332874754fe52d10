"""The site as it will be after a release: whole, for those who may see the release, and for nobody else."""

import pytest
from django.urls import reverse
from wagtail.models import Page, PageLogEntry, Revision

from articles.models import BlogPostPage, NewsPage
from editorial import release as rules
from editorial import releasing
from tests.editorial.newsroom import fresh, signed_in
from tests.editorial.test_releases import a_release, approved
from tests.world import make_image, make_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(people):
    return people["chief_editor"]


@pytest.fixture
def release(chief):
    """A new page in each language, a new text, a page that goes."""
    new = approved(slug="ny", title="Kommande läsår", hero_image=make_image(), hero_decorative=True)
    english = approved(slug="new", title="Coming year", language="en")
    changed = approved(make_page(BlogPostPage, slug="andrad", title="Före"), title="Efteråt")
    return a_release(chief, new, english, changed, down=[make_page(NewsPage, slug="borta", title="Försvinner")])


def place_of(release, path: str = "") -> str:
    return reverse("editorial_release_site", args=[release.pk]) + path


def rows() -> dict:
    """All that a release would change."""
    return {
        "pages": list(Page.objects.order_by("pk").values("pk", "live", "live_revision", "title", "go_live_at")),
        "revisions": list(Revision.objects.order_by("pk").values("pk", "approved_go_live_at", "content")),
        "log": PageLogEntry.objects.count(),
    }


def test_it_shows_pages_lists_search_and_feeds_as_they_will_be_and_changes_nothing(chief, release):
    before, reader = rows(), signed_in(chief)

    def shown(path):
        response = reader.get(place_of(release, path))
        assert response.status_code == 200, path
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]
        return response.content.decode()

    assert "Kommande läsår" in shown("nyheter/ny/")
    assert "Kommande läsår" in shown("nyheter/")
    assert "Försvinner" not in shown("nyheter/")
    assert "Efteråt" in shown("blogg/andrad/")
    assert "Coming year" in shown("en/news/")
    assert place_of(release, "nyheter/ny/") in shown("sok/?q=kommande+läsår")
    assert "Kommande läsår" in shown("feeds/news.xml")
    assert "Kommande läsår" in shown("")
    assert reader.get(place_of(release, "nyheter/borta/")).status_code == 404
    assert rows() == before


def test_its_links_and_pictures_lead_on_in_it_and_each_page_says_what_it_is(chief, release):
    reader = signed_in(chief)
    text = reader.get(place_of(release, "nyheter/ny/")).content.decode()
    assert f'href="{place_of(release)}nyheter/"' in text
    assert 'href="/nyheter/"' not in text
    assert f'href="{reverse("editorial_release", args=[release.pk])}"' in text
    picture = next(part.split('"')[0] for part in text.split('src="') if "/media/images/" in part.split('"')[0])
    assert picture.startswith(place_of(release))
    assert reader.get(picture).status_code == 200


@pytest.mark.parametrize("role", ["author", "reviewer", "translator", "administrator"])
def test_who_may_not_see_the_release_sees_nothing_of_it(people, release, role):
    response = signed_in(people[role]).get(place_of(release, "nyheter/ny/"))
    assert response.status_code in (302, 403)
    assert "Kommande" not in response.content.decode()


def test_a_visitor_sees_nothing_of_it_before_and_while_somebody_browses(client, chief, release):
    assert client.get(place_of(release, "nyheter/ny/")).status_code == 302
    signed_in(chief).get(place_of(release, "nyheter/ny/"))
    for path in (
        "/",
        "/nyheter/",
        "/sok/?q=kommande+läsår",
        "/sok/forslag?q=kommande",
        "/feeds/news.xml",
        "/api/v2/pages/",
    ):
        assert "Kommande" not in client.get(path).content.decode().replace("kommande", ""), path
    assert client.get("/nyheter/ny/").status_code == 404
    assert client.get("/nyheter/borta/").status_code == 200


def test_what_would_stop_the_release_is_said_instead(chief, release):
    item = release.items.get(page__slug="ny")
    Revision.objects.filter(pk=item.revision_id).update(approved_go_live_at=None)
    response = signed_in(chief).get(place_of(release, "nyheter/"), follow=True)
    assert response.redirect_chain[0][0] == reverse("editorial_release", args=[release.pk])
    assert "its text is not approved any more" in response.content.decode() or "godkänd" in response.content.decode()


@pytest.mark.parametrize("path", ["admin/", "admin/pages/", "finns-inte/"])
def test_it_holds_the_public_site_only(chief, release, path):
    assert signed_in(chief).get(place_of(release, path)).status_code == 404


def test_a_release_that_is_done_is_todays_site(chief, release):
    rules.start_now(release, chief)
    assert releasing.carry_out(release.pk)
    assert fresh(Page.objects.get(slug="ny")).live
    assert signed_in(chief).get(place_of(release, "nyheter/")).status_code == 302
