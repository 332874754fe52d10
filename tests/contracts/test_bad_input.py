"""Whatever is asked, of every public address: an answer, a polite no or a helpful page. Never an error."""

from itertools import chain

import pytest

from articles.models import BlogPostPage, BookTipPage, NewsPage
from home.models import InfoPage, ThemePage
from methods.models import MethodPage
from tests.contracts.routes import routes
from tests.world import index_page, make_page

pytestmark = pytest.mark.django_db
LEAVES = (MethodPage, NewsPage, BookTipPage, BlogPostPage, ThemePage, InfoPage)
HUGE, LONG = "9" * 2000, "å" * 3000
ANSWERS, REFUSALS = (200, 204, 301, 302, 304, 400, 401, 403, 404, 405), (400, 404)
# Each field of a form is judged for itself, so that one question may be wrong in many ways.
EVERYWHERE = [
    f"page={HUGE}&theme={LONG}&minutes={HUGE}&group={HUGE}&year={HUGE}&q={LONG}&m={LONG}&times={HUGE}&limit={HUGE}",
    "page=%00&theme=%00&kind=%00&school_form=%00&series=%00&q=%00&m=%00&path=%00&start=%00&sort=%00&fields=%00&id=%00&lang=%00",
    "page=-1&theme=x&school_form=x&category=x&kind=x&minutes=-5&group=0&cost=9&evidence=-1&preparation=x&year=0&sort=x&id=-1",
    "page=1e9&group=x&year=x&limit=x&offset=x&theme=%27%20OR%201&q=%FF%FE&path=/\\evil.example&next=//evil.example",
    "theme=assessment&theme=digital_ai&minutes=30&minutes=120&year=2024&year=1900&page=2&page=x&m=x&m=y&m=x&m=x&m=x&m=x",
    "page=999999999999&q=a&path=/" + "%F0%9F%98%80" * 120,
    "start=25:99&date=2026-99-99&every=x&page=0", "date=0000-00-00&times=0", "date=9999-12-31&times=99&start=07:30&every=99",
    "locale=xx&language=xx&lang=xx", "&&&==&%", "%00=%00&%FF=%FE", "a[]=b&a[0]=c", "=" * 1000,
]  # fmt: skip
OF_THE_API = [
    "fields=" + "a(" * 400, "fields=" + "parent," * 500, "fields=*,parent(parent(parent(parent(*))))", "fields=%00", "fields=))((", "fields=-", "limit=-1", "limit=" + HUGE,
    "offset=" + HUGE, "offset=99999999999999", "order=-" + LONG, "order=random", "id=" + HUGE, "search=%22%00", "html_path=//%00", "html_path=" + "/a" * 900, "html_path=%FF", "type=core.User",
    "first_published_at=x", "alias_of=%00", "rich_text_format=x", "format=xml", "format=api", "kind=news&kind=x", "theme=" + LONG, "child_of=1_0", "descendant_of=-1", "translation_of=" + HUGE,
]  # fmt: skip
BEHIND = [
    "%00",
    "%FF",
    "%C3%28",
    "..%2f..%2fetc",
    "%0d%0aSet-Cookie:x",
    "%E2%80%AE",
    "x" * 2000,
    "a/" * 300,
    ";a=b",
    "%2e%2e/",
    "'",
    "<script>",
]
LANGUAGES = ["/de/", "/de/nyheter/", "/sv/", "/sv/nyheter/", "/en/nyheter/", "/en-gb/", "/xx/", "/en/en/", "/EN/"]
ACCEPTED = ["xx", "*", "sv;q=x", ";;;", "en-" + "a" * 3000, ",".join(["de"] * 5000), "\x00", "sv\u2028"]
HOSTS = [
    "evil.example",
    "a b",
    "[::1",
    "testserver@evil.example",
    "..",
    "x" * 3000,
    "testserver\x00",
    "å.example",
    "''",
]


def samples() -> dict[str, list[str]]:
    """An address or more for each public route."""
    leaves = {model: [make_page(model, language=language).url for language in ("sv", "en")] for model in LEAVES}
    lists = [index_page(model, language).url for model in LEAVES[:5] for language in ("sv", "en")]
    method, english_method = leaves[MethodPage]
    tools = [f"{method}{tool}/" for tool in ("traffpaket", "ledare")] + [
        f"{english_method}{tool}/" for tool in ("kit", "facilitate")
    ]
    compare = [f"{place}{tool}/" for place, tools in {"/metoder/": ("jamfor", "hitta"), "/en/methods/": ("compare", "find")}.items() for tool in tools]  # fmt: skip
    book, english_book = leaves[BookTipPage]
    tools += [f"{book}bokcirkel/", f"{english_book}book-circle/"]
    pages = ["/", "/en/", "/borta/", "/medverkande/ingen/", *chain(*leaves.values()), *lists, *tools, *compare]
    return {
        "^((?:[\\w\\-]+/)*)$": pages,
        "^((?:[\\w\\-]+/)+[\\w\\-]+\\.(?:pdf|ics))$": [f"{method}traffar.ics", f"{english_method}meetings.ics", "/borta/fil.pdf"],
        "^documents/(\\d+)/(.*)$": ["/documents/1/x.pdf", f"/documents/{HUGE}/x"],
        "documents/authenticate_with_password/<int:restriction_id>/": [f"/documents/authenticate_with_password/{HUGE}/"],
        "^media/(?P<path>(?:images|original_images)/.+)$": ["/media/images/x.png", "/media/images/../../x"],
        "^media/(?P<path>avatar_images/.+)$": ["/media/avatar_images/x"],
        "^(?P<archive>nyhetslistning/nyhetsarkiv|blogglistning/bloggarkiv)/\\d{4}-\\d\\d-\\d\\d-(?P<slug>[\\w-]+)/?$": [
            "/nyhetslistning/nyhetsarkiv/2024-04-19-x/",
            "/blogglistning/bloggarkiv/9999-99-99---/",
        ],
        "^_util/authenticate_with_password/(\\d+)/(\\d+)/$": [f"/_util/authenticate_with_password/{HUGE[:900]}/{HUGE[:900]}/"],
        "^_util/login/$": ["/_util/login/", "/en/_util/login/"],
        "feeds/<slug:name>.<slug:form>": ["/feeds/all.xml", "/feeds/x.xml", "/feeds/news.json", "/feeds/news.rss"],
        "en/feeds/<slug:name>.<slug:form>": ["/en/feeds/news.xml"],
        "feeds/<slug:group>/<slug:name>.<slug:form>": ["/feeds/theme/assessment.xml", f"/feeds/author/{HUGE}.json", "/feeds/x/y.xml"],
        "en/feeds/<slug:group>/<slug:name>.<slug:form>": ["/en/feeds/category/current.json"],
        "feeds/plan/<slug:token>.ics": ["/feeds/plan/x.ics"],
        "sitemaps/<slug:section>.xml": ["/sitemaps/news-sv.xml", "/sitemaps/x.xml"],
        "delningsbild/<int:key>/<slug:mark>.png": [f"/delningsbild/{index_page(NewsPage).pk}/x.png", f"/delningsbild/{HUGE}/x.png"],
        "api/v2/^pages/": ["/api/v2/pages/"],
        "api/v2/^pages/<int:pk>/": [f"/api/v2/pages/{index_page(NewsPage).pk}/", f"/api/v2/pages/{HUGE}/"],
        "api/v2/^pages/find/": ["/api/v2/pages/find/"],
    }  # fmt: skip


def places() -> list[str]:
    """The addresses of all public routes; a route without parameters is its own address."""
    known, found = samples(), []
    for route, _pattern in routes():
        if not route.startswith("admin/"):
            assert route in known or not set(route) & set("^<("), f"{route}: give it an address"
            found += known.get(route, [f"/{route}"])
    return found


def is_helpful(response) -> bool:
    """Whether a page that says no leads on, or a program is told why in its own language."""
    content = response.content.decode()
    if not response["Content-Type"].startswith("text/html"):
        return "message" in content or "detail" in content
    return "<h1>" in content and ('href="/"' in content or 'href="/en/"' in content)


def faults(client, addresses, **more) -> list[str]:
    """The addresses that are answered with an error, or refused without help."""
    found = []
    for address in addresses:
        try:
            response = client.get(address, **more)
        except Exception as error:
            found.append(f"{error!r:.200} {address[:200]}")
            continue
        if response.status_code not in ANSWERS or (response.status_code in REFUSALS and not is_helpful(response)):
            found.append(f"{response.status_code} {address[:200]}")
    return found


def test_no_question_to_any_public_address_is_an_error(client):
    known = places()
    asked = [f"{place}?{query}" for place in known for query in EVERYWHERE]
    asked += [f"{place}?{query}" for place in known if place.startswith("/api/v2") for query in OF_THE_API]
    assert not faults(client, asked)


def test_nothing_behind_an_address_is_an_error(client):
    assert not faults(client, [f"{place}{more}" for place in places() for more in BEHIND])


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options", "head", "trace"])
def test_no_way_of_asking_is_an_error(method, client):
    for place in places():
        assert getattr(client, method)(place).status_code < 500, place


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"description=%00&address=%00&email=%00&stamp=%00&q=%00&page=%00", "application/x-www-form-urlencoded"),
        (b"q=%FF&description=%FF", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"x", "multipart/form-data"),
        (b"--x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"&".join(b"p%d=" % number for number in range(20_000)), "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"q=a", "\x00"),
    ],
)  # fmt: skip
def test_nothing_that_is_sent_is_an_error(body, kind, client):
    for place in (
        "/rapportera-brist/",
        "/en/report-a-barrier/",
        "/sok/oppnad",
        "/en/search/opened",
        "/_util/login/",
        "/",
    ):
        assert client.generic("POST", place, body, content_type=kind).status_code < 500, place


@pytest.mark.parametrize("place", LANGUAGES)
def test_a_language_that_is_not_here_is_answered(place, client):
    assert not faults(client, [place])


@pytest.mark.parametrize("languages", ACCEPTED)
def test_no_wish_for_a_language_is_an_error(languages, client):
    found = faults(client, ("/", "/borta/", "/api/", "/sok/?q=a"), headers={"Accept-Language": languages})
    assert not found


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("place", "words"), [("/nyheter/", "Vi förstod inte adressen"), ("/en/news/", "We did not under")]
)
def test_another_host_is_told_so_in_words(host, place, words, client, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    response = client.get(place, HTTP_HOST=host)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert "evil" not in response.content.decode()


@pytest.mark.parametrize(
    "place", ["/nyheter/", "/en/methods/", "/metoder/jamfor/", "/sok/", "/sok/forslag", "/api/v2/pages/"]
)
def test_twenty_thousand_choices_get_a_page_that_helps(place, client):
    response = client.get(f"{place}?" + "&".join(f"theme=x{number}" for number in range(20_000)))
    assert response.status_code == 400
    assert is_helpful(response)


@pytest.mark.parametrize(
    "place", ["/", "/borta/", "/nyhetslistning/nyhetsarkiv/2024-04-19-x/", "/feeds/all.xml", "/healthz"]
)
def test_twenty_thousand_choices_where_there_is_nothing_to_choose_are_no_error(place, client):
    assert not faults(client, [f"{place}?" + "&".join(f"p{number}" for number in range(20_000))])
