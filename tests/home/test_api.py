"""Programs read what everyone may read, in both languages; every call that is documented answers as documented."""

import json
from contextlib import contextmanager
from urllib.parse import urljoin

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from schemathesis.specs.openapi.checks import positive_data_acceptance  # a key may be well-formed and lead nowhere

from articles.models import BlogPostPage, NewsPage
from core.models import SchoolForm, Theme
from home.models import InfoPage, ThemePage
from methods.models import MethodPage
from tests.world import index_page, make_page, publish

pytestmark = pytest.mark.django_db
PAGES = "/api/v2/pages/"


def titles(client, query: str) -> set[str]:
    answer = client.get(f"{PAGES}?{query}")
    assert answer.status_code == 200, answer.content
    return {item["title"] for item in answer.json()["items"]}


@pytest.fixture
def pages():
    """A page of some kinds, on two themes and for two school forms."""
    assessment, digital = Theme.objects.get(code="assessment"), Theme.objects.get(code="digital_ai")
    educare, preschool = (SchoolForm.objects.get(code=code) for code in ("school_age_educare", "preschool"))
    made = {
        "news": make_page(NewsPage, title="news", themes=[assessment]),
        "post": make_page(BlogPostPage, title="post", themes=[assessment, digital]),
        "method": make_page(MethodPage, title="method", themes=[digital]),
        "english": make_page(NewsPage, title="english", language="en", themes=[digital]),
    }
    for name, forms in {"news": [educare], "method": [educare, preschool]}.items():
        made[name].school_forms = forms
        publish(made[name].save_revision())
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("theme=assessment", {"news", "post"}),
        ("theme=assessment&theme=digital_ai&locale=sv", {"news", "post", "method"}),
        ("theme=digital_ai&locale=en", {"english"}),
        ("school_form=school_age_educare", {"news", "method"}),
        ("school_form=preschool&theme=digital_ai", {"method"}),
        ("kind=blog_post", {"post"}),
        ("kind=news&kind=method&locale=sv", {"news", "method"}),
        ("kind=news&theme=digital_ai&type=articles.NewsPage", {"english"}),
        ("kind=method&theme=assessment", set()),
    ],
)
def test_pages_are_found_by_kind_theme_and_school_form(query, found, pages, client):
    assert titles(client, query) == found


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("kind=nonsense", "kind must be one of: method, news"),
        ("theme=news", "theme must be one of: collegial_learning"),
        ("theme=assessment&theme=%00", "theme is not valid"),
        ("school_form=", "school_form must be one of: preschool"),
        ("limit=51", "limit cannot be higher than 50"),
        ("limit=-1", "limit must be a positive integer"),
        ("fields=" + "title," * 100, "fields cannot be longer than 300 characters"),
        ("fields=parent(parent(parent(title)))", "fields cannot be nested deeper than 2 levels"),
        ("fields=content", "unknown fields: content"),
        ("first_published_at=never", "never"),
        ("offset=1_000_000_000_000_000_000_000", "offset is not valid"),
        ("intro=x", "query parameter is not an operation"),
    ],
)
def test_a_question_that_is_not_valid_is_told_why(query, words, client):
    answer = client.get(f"{PAGES}?{query}")
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_a_page_says_what_it_is_about_and_brings_its_text(pages, client):
    page = client.get(f"{PAGES}{pages['post'].pk}/").json()
    assert (page["kind"], page["intro"], page["teaser"]) == ("blog_post", "En ingress.", "En ingress.")
    assert set(page["theme"]) == {"assessment", "digital_ai"}
    assert "Brödtext nummer" in page["content"]
    assert page["meta"]["last_published_at"]
    assert client.get(f"{PAGES}{pages['method'].pk}/").json()["school_form"] == ["preschool", "school_age_educare"]
    assert client.get(f"{PAGES}{index_page(NewsPage).pk}/").json()["kind"] is None


def test_a_hub_says_its_themes_as_other_pages_do(client):
    hub = make_page(ThemePage, themes=[Theme.objects.get(code="assessment")])
    assert client.get(f"{PAGES}{hub.pk}/").json()["theme"] == ["assessment"]
    assert titles(client, "type=home.ThemePage&theme=assessment") == {hub.title}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_page_is_found_by_its_address_in_its_language(language, client):
    page = make_page(InfoPage, language=language)
    for address in (page.url, page.url.strip("/")):
        answer = client.get(f"{PAGES}find/", {"html_path": address, "fields": "title"})
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"{PAGES}{page.pk}/?fields=title")
    assert client.get(f"{PAGES}find/", {"html_path": f"{page.url}borta/"}).status_code == 404


@pytest.mark.parametrize(
    ("site_url", "root"), [("", "http://portal.localhost:8123"), ("https://portal.example", "https://portal.example")]
)
def test_links_lead_to_the_address_of_the_site_or_where_that_is_not_known_of_the_request(
    site_url, root, client, settings
):
    settings.SITE_URL, settings.ALLOWED_HOSTS = site_url, [".localhost"]
    page = make_page()
    asked = {"headers": {"host": "portal.localhost:8123"}}
    answer = client.get(f"{PAGES}{page.pk}/", **asked).json()
    links = [
        meta[name] for meta in (answer["meta"], answer["meta"]["parent"]["meta"]) for name in ("html_url", "detail_url")
    ]
    parent = page.get_parent()
    assert links == [f"{root}{path}" for path in (page.url, f"{PAGES}{page.pk}/", parent.url, f"{PAGES}{parent.pk}/")]
    found = client.get(f"{PAGES}find/", {"html_path": page.url}, **asked)
    assert urljoin("http://portal.localhost:8123/", found["Location"]).startswith(
        f"http://portal.localhost:8123{PAGES}{page.pk}/"
    )


@pytest.mark.parametrize("fields", ["_", "_,title", "-html_url", "alias_of,-detail_url", "_,parent"])
def test_any_choice_of_fields_is_answered(fields, client):
    page = make_page()
    for place in (PAGES, f"{PAGES}{page.pk}/"):
        answer = client.get(f"{place}?fields={fields}")
        assert answer.status_code == 200 or "unknown fields" in answer.json()["message"]


def test_who_asks_again_is_told_that_nothing_has_changed_until_something_has(client):
    page = make_page()
    for place in (PAGES, f"{PAGES}{page.pk}/", "/api/v2/openapi.json"):
        answer = client.get(place)
        again = client.get(place, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert "no-cache" in answer["Cache-Control"]
    before = client.get(PAGES)["ETag"]
    make_page()
    assert client.get(PAGES, headers={"If-None-Match": before}).status_code == 200


def test_a_browser_gets_data_without_cookies_or_forms(client, admin_client):
    make_page()
    for visitor in (client, admin_client):
        answer = visitor.get(PAGES, headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer["Content-Type"] == "application/json"
        assert not answer.cookies
    assert client.post(PAGES).status_code == 405


def test_other_sites_may_read_it_in_a_browser_where_a_setting_says_so(client, settings):
    one, other = {"Origin": "https://one.example"}, {"Origin": "https://other.example"}
    allowed = "Access-Control-Allow-Origin"
    assert allowed not in client.get(PAGES, headers=one)
    settings.API_CORS_ORIGINS = ["https://one.example"]
    answer = client.get(PAGES, headers=one)
    assert answer[allowed] == "https://one.example"
    assert "Origin" in answer["Vary"]
    assert allowed not in client.get(PAGES, headers=other)
    settings.API_CORS_ORIGINS = ["*"]
    assert client.get("/api/v2/openapi.json", headers=other)[allowed] == "*"
    asked = client.options(PAGES, headers=one | {"Access-Control-Request-Method": "GET"})
    assert (asked.status_code, asked[allowed], asked["Access-Control-Allow-Headers"]) == (204, "*", "If-None-Match")
    assert "Access-Control-Allow-Credentials" not in asked


@pytest.mark.parametrize(("address", "words"), [("/api/", "Så fungerar det"), ("/en/api/", "How it works")])
def test_people_are_told_how_to_ask_and_every_example_answers(address, words, pages, client):
    page = client.get(address)
    assert page.status_code == 200
    content = page.content.decode()
    assert words in content
    assert "<code>school_age_educare</code>" in content
    for _words, example in page.context["examples"]:
        assert client.get(example, follow=True).status_code == 200
    assert client.get("/api/v2/", follow=True).status_code == 200


@contextmanager
def connection_kept():
    """A request that comes as WSGI would close the connection, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def described(client):
    document = client.get("/api/v2/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    return document, schema


def test_the_description_is_valid_openapi(client):
    document, schema = described(client)
    assert document["openapi"] == "3.1.0"
    schema.validate()
    for name in document["components"]["schemas"]:
        assert f'"#/components/schemas/{name}"' in json.dumps(document), f"{name} is used nowhere"


def test_every_documented_call_answers_as_documented(client, pages):
    _document, schema = described(client)
    called = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @hypothesis_settings(
            max_examples=15, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance])

        with connection_kept():
            ask()
        called.append(operation.label)
    assert called == ["GET /api/v2/pages/", "GET /api/v2/pages/{id}/", "GET /api/v2/pages/find/"]
