"""Who gets which page at which address, with which headers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from articles.models import BlogPostPage, NewsPage
from home.models import InfoPage, SiteSettings
from tests.world import index_page, make_page, make_person, make_user

pytestmark = pytest.mark.django_db


def restrict(page, kind: str, **kwargs) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type=kind, **kwargs)


def test_a_page_is_shown_in_the_language_of_its_address(client):
    swedish, english = make_page(NewsPage), make_page(NewsPage, language="en")
    assert client.get(swedish.url).status_code == 200
    assert client.get(english.url).status_code == 200
    assert english.url.startswith("/en/news/")
    assert client.get(f"/en{swedish.url}").status_code == 404
    assert client.get(english.url.removeprefix("/en")).status_code == 404


def test_both_start_pages_answer(client):
    assert 'lang="sv"' in client.get("/").content.decode()
    assert 'lang="en"' in client.get("/en/").content.decode()


def test_an_address_without_its_last_slash_leads_to_the_page(client):
    page = make_page()
    response = client.get(page.url.rstrip("/"))
    assert response.status_code in (301, 302)
    assert response["Location"] == page.url


def test_a_public_page_sets_no_cookie_and_tells_no_cache_to_keep_out(client):
    response = client.get(make_page().url)
    assert not response.cookies
    assert "private" not in response.get("Cache-Control", "")


def test_a_page_answers_get_and_head_only(client):
    page = make_page()
    assert client.head(page.url).status_code == 200
    assert client.post(page.url).status_code == 405


def test_a_page_that_has_expired_by_the_clock_is_gone_without_any_worker(client):
    page = make_page()
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    assert client.get(page.url).status_code == 404


def test_a_page_whose_time_has_not_come_is_not_shown(client):
    page = make_page()
    Page.objects.filter(pk=page.pk).update(go_live_at=timezone.now() + timedelta(hours=1))
    assert client.get(page.url).status_code == 404


def test_a_page_below_an_unpublished_one_is_not_shown(client):
    parent = make_page(InfoPage)
    child = make_page(InfoPage, parent=parent)
    assert client.get(child.url).status_code == 200
    Page.objects.filter(pk=parent.pk).update(live=False)
    assert client.get(child.url).status_code == 404


def test_a_page_below_one_that_has_expired_is_not_shown(client):
    parent = make_page(InfoPage)
    child = make_page(InfoPage, parent=parent)
    Page.objects.filter(pk=parent.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    assert client.get(child.url).status_code == 404


def test_a_page_behind_login_sends_strangers_to_the_sign_in_and_lets_readers_in(client):
    page = make_page(title="Bara för inloggade")
    restrict(page, "login")
    stranger = client.get(page.url)
    assert stranger.status_code == 302
    assert stranger["Location"].startswith("/_util/login/")
    assert "no-store" in stranger["Cache-Control"]
    client.force_login(make_user())
    reader = client.get(page.url)
    assert "Bara för inloggade" in reader.content.decode()
    assert "private" in reader["Cache-Control"]
    assert "no-store" in reader["Cache-Control"]


def test_the_sign_in_for_readers_answers(client):
    assert client.get("/_util/login/").status_code == 200


def test_a_page_for_a_group_is_shown_to_its_members_only(client):
    page = make_page(title="Bara för gruppen")
    group = Group.objects.create(name="Rektorer")
    restrict(page, "groups").groups.add(group)
    client.force_login(make_user())
    assert "Bara för gruppen" not in client.get(page.url).content.decode()
    member = make_user()
    member.groups.add(group)
    client.force_login(member)
    assert "Bara för gruppen" in client.get(page.url).content.decode()


def test_a_page_behind_a_password_asks_for_it_and_opens(client):
    page = make_page(title="Bakom lösenord")
    restriction = restrict(page, "password", password="sesam")
    asked = client.get(page.url)
    assert "Bakom lösenord" not in asked.content.decode()
    assert "no-store" in asked["Cache-Control"]
    address = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page.pk])
    wrong = client.post(address, {"password": "fel", "return_url": page.url})
    assert wrong.status_code == 200
    assert "Bakom lösenord" not in wrong.content.decode()
    right = client.post(address, {"password": "sesam", "return_url": page.url}, follow=True)
    assert "Bakom lösenord" in right.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/_util/authenticate_with_password/1/99999/", "/_util/authenticate_with_password/99999999999999999999999/1/"],
)
def test_a_password_for_nothing_is_not_found(client, address):
    assert client.get(address).status_code in (400, 404)


def test_a_restricted_page_that_is_not_public_otherwise_is_not_found_even_when_signed_in(client, admin_client):
    page = make_page(live=False)
    restrict(page, "login")
    assert client.get(page.url).status_code == 404
    assert admin_client.get(page.url).status_code == 404


def test_a_person_has_an_address_below_the_contributors(client):
    person = make_person("Samira Haddad")
    make_page(contact=person)
    response = client.get(f"/medverkande/{person.slug}/")
    assert response.status_code == 200
    assert "Samira Haddad" in response.content.decode()
    assert client.get("/medverkande/ingen/").status_code == 404
    assert client.get(f"/en/contributors/{person.slug}/").status_code == 200


def test_the_contributors_are_gone_with_their_page(client):
    person = make_person()
    make_page(contact=person)
    assert client.get(f"/medverkande/{person.slug}/").status_code == 200
    Page.objects.filter(slug="medverkande").update(live=False)
    assert client.get(f"/medverkande/{person.slug}/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/finns-inte/", "/nyheter/finns-inte/", "/nyheter/nyheter/", "/en/finns-inte/", "/%00/", "/nyheter/%C3%A5/", "/" + "a/" * 300, "/" + "a" * 3000 + "/",
        "/nyheter/?page=1e9", "/hem/", "/en/home/", "/sv/",
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere_are_not_found_and_never_an_error(client, address):
    assert client.get(address).status_code in (200, 400, 404)


@pytest.mark.parametrize("page", ["1e9", "-1", "0", "١", "10" * 30, "", "x", "2"])
def test_any_number_of_a_lists_page_is_answered(client, page):
    found = make_page()
    response = client.get("/nyheter/", {"page": page})
    assert response.status_code == (200 if page == "" or page == "١" else 404)
    assert found.title in response.content.decode()  # what is no page of the list is shown its beginning


def test_twenty_thousand_parameters_are_refused_politely(client):
    query = "&".join(f"a{number}=1" for number in range(20_000))
    assert client.get(f"/nyheter/?{query}").status_code in (200, 400)
    assert client.get(f"/sok/?{query}").status_code in (200, 400)


def test_a_missing_page_answers_404_in_the_language_of_its_address(client):
    swedish, english = client.get("/borta/"), client.get("/en/gone/")
    assert swedish.status_code == english.status_code == 404
    assert 'lang="sv"' in swedish.content.decode()
    assert 'lang="en"' in english.content.decode()


@pytest.mark.parametrize("old", ["en-gammal-nyhet", "en---gammal-nyhet-", "En-gammal-nyhet", "én-gammal-nyhét"])
@pytest.mark.parametrize(
    ("archive", "model"), [("nyhetslistning/nyhetsarkiv", NewsPage), ("blogglistning/bloggarkiv", BlogPostPage)]
)
def test_the_old_dated_addresses_lead_to_the_page(archive, model, old, client):
    page = make_page(model, slug="en-gammal-nyhet")
    for end in ("", "/", "/?utm=1"):
        response = client.get(f"/{archive}/2019-05-03-{old}{end}")
        assert response.status_code == 301
        assert response["Location"] == page.url
    assert client.get(f"/{archive}/2019-05-03-borta/").status_code == 404


def test_of_two_pages_of_one_name_the_archive_decides(client):
    post, news = make_page(BlogPostPage, slug="samma"), make_page(NewsPage, slug="samma")
    assert client.get("/nyhetslistning/nyhetsarkiv/2019-05-03-samma/")["Location"] == news.url
    assert client.get("/blogglistning/bloggarkiv/2019-05-03-samma/")["Location"] == post.url


@pytest.mark.parametrize(
    ("address", "language"),
    [
        ("/nyheter/kollegial-observation-i-klassrumet/", "sv"),
        ("/nyhetslistning/nyhetsarkiv/2019-05-03-kollegial---observation/", "sv"),
        ("/gammalt/Kollegial_Observation.html", "sv"),
        ("/kollegial%20observation/", "sv"),
        ("/en/news/kollegial-observation/", "en"),
    ],
)
def test_a_page_that_is_not_there_offers_what_its_address_says(address, language, client):
    page = make_page(title="Kollegial observation", language=language)
    hidden = make_page(title="Kollegial observation i det tysta", language=language, live=False)
    response = client.get(address)
    assert response.status_code == 404
    content = response.content.decode()
    assert f'href="{page.url}"' in content
    assert hidden.title not in content
    assert 'value="kollegial observation' in content


@pytest.mark.parametrize("address", ["/wp-login.php", "/observation.png", "/12345/", "/a-b/", "/%00/", "/xyzzyx/"])
def test_an_address_that_says_nothing_is_not_guessed_at(address, client):
    make_page(title="Observation")
    response = client.get(address)
    assert response.status_code == 404
    assert response.context["hits"] == []


def test_the_frame_names_menu_path_and_languages(client):
    swedish = make_page(InfoPage, title="Om redaktionen")
    english = make_page(InfoPage, language="en", title="About the editors", translation_key=swedish.translation_key)
    child = make_page(InfoPage, parent=swedish)
    document = client.get(swedish.url).content.decode()
    assert f'hreflang="en" href="http://testserver{english.url}"' in document
    assert "aria-current" in document
    below = client.get(child.url).content.decode()
    assert f'href="{swedish.url}"' in below  # the path
    assert 'hreflang="en"' not in below  # it has no version there


def test_the_menu_shows_public_pages_of_the_language(client):
    index_page(NewsPage).specific.save()
    assert 'href="/nyheter/"' in client.get("/").content.decode()
    assert 'href="/en/news/"' in client.get("/en/").content.decode()
    Page.objects.filter(slug="nyheter").update(live=False)
    assert 'href="/nyheter/"' not in client.get("/").content.decode()


@pytest.mark.parametrize("debug", [True, False])
def test_links_follow_the_request_where_the_site_has_no_address_of_its_own(client, settings, debug):
    settings.DEBUG = debug
    page = make_page()
    document = client.get(page.url, HTTP_HOST="portal.example:8123").content.decode()
    assert f'<link rel="canonical" href="http://portal.example:8123{page.url}"' in document


def test_links_follow_the_sites_own_address(client, settings):
    settings.SITE_URL = "https://portal.example"
    page = make_page()
    assert f'<link rel="canonical" href="https://portal.example{page.url}"' in client.get(page.url).content.decode()


def test_robots_and_security_txt(client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
    assert client.get("/.well-known/security.txt").status_code == 404  # nobody to write to yet
    settings = SiteSettings.load()
    settings.contact_email = "redaktionen@example.com"
    settings.save()
    assert "Contact: mailto:redaktionen@example.com" in client.get("/.well-known/security.txt").content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/metoder/", 200), ("//evil.example", 404), ("https://evil.example", 404), ("", 404), ("/" + "a" * 600, 404)],
)
def test_a_qr_code_leads_to_this_site_only(client, path, status):
    assert client.get("/qr.svg", {"path": path}).status_code == status


def test_the_database_that_is_shown_is_sound(client):
    call_command("fixtree", interactive=False, verbosity=0)
    assert Page.find_problems() == ([], [], [], [], [])
