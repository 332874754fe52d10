"""A word is planted in every state that is not public, and every output is asked for it. Nothing public is hidden either."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from articles.models import BlogPostPage, NewsPage
from core.models import Byline, Theme
from core.querysets import findable_pages
from core.visibility import MAX_DEPTH, is_open, is_public, public_q
from home.feeds import FEEDS
from home.models import HomePage, InfoPage, SiteSettings, ThemePage
from tests.world import home, make_page, make_person, make_user, publish

pytestmark = pytest.mark.django_db
HIDDEN = (
    "draft", "inreview", "scheduled", "expired", "notyet", "unpublished", "login", "password", "group", "belowlogin", "belowunpublished",
    "belowexpired", "aliasofexpired", "aliasofunpublished", "aliasofrestricted", "aliasbelowrestricted", "newerdraft", "swedishdraft", "expiredlater",
)  # fmt: skip


def word(state: str) -> str:
    """A word that stands in the title, the address and the text of the page in a state, and nowhere else."""
    return f"zq{state}qz"


def address(state: str) -> str:
    return f"zp{state}pz"


def update(page, **values) -> None:
    Page.objects.filter(pk=page.pk).update(**values)


@dataclass
class Planted:
    """Pages by state, the words that must not be seen, and the public page that links to all of them."""

    pages: dict = field(default_factory=dict)
    witnesses: list = field(default_factory=list)

    def addresses(self) -> list[str]:
        return [page.url for page in self.pages.values()]


def plant(state: str, model=NewsPage, **fields) -> Page:
    fields = {"title": f"Titel {word(state)}", "slug": address(state), "intro": f"Ingress {word(state)}.", **fields}
    return make_page(model, body=[("paragraph", f"<p>Text {word(state)}.</p>")], **fields)


def restrict(page, kind, **kwargs):
    return PageViewRestriction.objects.create(page=page, restriction_type=kind, **kwargs)


def alias_of(page, state: str, **values):
    found = page.create_alias(update_slug=address(state))
    update(found, live=True, title=f"Titel {word(state)}", draft_title=f"Titel {word(state)}", **values)
    return found


@pytest.fixture
def planted() -> Planted:
    """One page in every state, and public pages that refer to each of them in every way there is."""
    now, day = timezone.now(), timedelta(days=1)
    theme, person = Theme.objects.first(), make_person()
    pages = {}

    def news(state, **fields):
        pages[state] = plant(state, NewsPage, themes=[theme], **fields)
        pages[state].bylines = [Byline(person=person)]
        pages[state].save()
        return pages[state]

    news("draft", live=False)
    submitted = news("inreview", live=False)
    submitted.get_workflow().start(submitted, make_user("author"))
    later = news("scheduled", live=False, go_live_at=now + day)
    publish(later.latest_revision)
    update(news("expired"), expire_at=now - day)
    update(news("expiredlater"), go_live_at=now - 2 * day, expire_at=now - timedelta(seconds=1))
    update(news("notyet"), go_live_at=now + day)
    news("unpublished").unpublish()
    restrict(news("login"), "login")
    restrict(news("password"), "password", password="sesam")
    restrict(news("group"), "groups").groups.add(Group.objects.create(name="Rektorer"))

    for state, close in (
        ("belowlogin", lambda parent: restrict(parent, "login")),
        ("belowunpublished", lambda parent: update(parent, live=False)),
        ("belowexpired", lambda parent: update(parent, expire_at=now - day)),
    ):
        parent = make_page(InfoPage, title=f"Ovanför {word(state)}", slug=f"ovan-{address(state)}")
        pages[state] = plant(state, InfoPage, parent=parent)
        close(parent)

    pages["aliasofexpired"] = alias_of(pages["expired"], "aliasofexpired")
    pages["aliasofunpublished"] = alias_of(pages["unpublished"], "aliasofunpublished")
    pages["aliasofrestricted"] = alias_of(pages["login"], "aliasofrestricted")
    pages["aliasbelowrestricted"] = alias_of(pages["belowlogin"], "aliasbelowrestricted")

    changed = plant("live", NewsPage, themes=[theme])
    changed.title, changed.intro = f"Titel {word('newerdraft')}", f"Ingress {word('newerdraft')}."
    changed.body = [("paragraph", f"<p>Text {word('newerdraft')}.</p>")]
    changed.save_revision()

    pages["swedishdraft"] = plant("swedishdraft", NewsPage, live=False)
    translated = make_page(
        NewsPage, language="en", title="Public in English", translation_key=pages["swedishdraft"].translation_key
    )

    return Planted(pages, [changed, translated, *witnesses(list(pages.values()), theme, person)])


def witnesses(hidden: list[Page], theme: Theme, person) -> list[Page]:
    """Public pages that refer to hidden ones: by hand, in blocks, in rich text, in menus and on the start page."""
    links = "".join(f'<a linktype="page" id="{page.pk}">länk</a>' for page in hidden)
    keys = [page.pk for page in hidden]
    body = [
        {"type": "paragraph", "value": f"<p>{links}</p>"},
        {"type": "callout", "value": {"kind": "info", "title": "", "text": f"<p>{links}</p>"}},
        {"type": "page_list", "value": {"title": "Läs vidare", "pages": keys}},
    ]
    cards = [
        {"type": "local_example", "value": {"school": "S", "title": "T", "text": "<p>t</p>", "page": pk}} for pk in keys
    ]
    post = make_page(BlogPostPage, themes=[theme])
    post.body = [*body, *cards]
    post.related_pages = [{"type": "page", "value": pk} for pk in keys]
    info = make_page(InfoPage)
    info.body = [
        *body,
        *({"type": "cta", "value": {"title": "T", "text": "", "label": "knapp", "page": pk, "url": ""}} for pk in keys),
    ]
    hub = make_page(ThemePage, theme=theme)
    hub.start_here = [{"type": "page", "value": pk} for pk in keys]
    start = home()
    start.highlights = [{"type": "page", "value": pk} for pk in keys]
    start.book_of_the_month_id = start.method_of_the_week_id = hidden[0].pk
    start.notice = f"<p>Läs mer: {links}</p>"
    for page in (post, info, hub, start):
        publish(page.save_revision())
    settings = SiteSettings.load()
    settings.menu = [
        *settings.menu.raw_data,
        *({"type": "item", "value": {"page": pk, "label_sv": "", "label_en": ""}} for pk in keys),
    ]
    settings.footer_sv = settings.footer_en = f"<p>{links}</p>"
    settings.save()
    HomePage.objects.get(pk=start.pk)
    return [Page.objects.get(pk=page.pk).specific for page in (post, info, hub)]


def outputs(planted: Planted) -> list[str]:
    """Every address that shows pages, besides those of the hidden pages themselves."""
    lists = ["/", "/en/", *(page.url for page in findable_pages())]
    feeds = [f"{prefix}/feeds/{name}.xml" for prefix in ("", "/en") for name in FEEDS]
    person = [f"/medverkande/{byline.person.slug}/" for byline in Byline.objects.select_related("person")]
    api = [
        "/api/v2/pages/?fields=*&limit=50",
        "/api/v2/pages/?locale=en&fields=*&limit=50",
        "/api/v2/pages/?order=-id&limit=50",
    ]
    api += [f"/api/v2/pages/{page.pk}/?fields=*" for page in planted.witnesses]
    searches = [
        f"{prefix}?q={quote(text)}"
        for prefix in ("/sok/", "/en/search/", "/sok/forslag", "/en/search/suggest")
        for text in ("titel", "ingress", "text", "zq")
    ]
    return list(
        dict.fromkeys(
            [
                *lists,
                *(page.url for page in planted.witnesses),
                *feeds,
                *person,
                *api,
                *searches,
                "/sitemap.xml",
                "/robots.txt",
                "/borta/",
            ]
        )
    )


def seen(response) -> set[str]:
    """The planted words in a response, its headers included. The address of the page itself is no leak."""
    text = response.content.decode(errors="replace").lower() + str(response.headers).lower()
    return {state for state in HIDDEN if word(state) in text or address(state) in text}


def reader(client, role):
    """Signs the client in as someone with this role; None is everyone."""
    client.logout()
    if role:
        client.force_login(make_user(is_superuser=True) if role == "superuser" else make_user(role))


def test_no_output_shows_what_is_not_public(planted, client):
    leaks = {}
    asked = outputs(planted)
    for role in (None, "author", "superuser"):
        reader(client, role)
        for place in asked:
            response = client.get(place)
            assert response.status_code in (200, 404), place
            if found := seen(response):
                leaks[role, place] = found
    assert not leaks


def test_no_hidden_page_answers_at_its_own_address(planted, client):
    for role in (None, "author", "superuser"):
        reader(client, role)
        for state, page in planted.pages.items():
            if role and state in ("login", "belowlogin", *(("password", "group") if role == "superuser" else ())):
                continue  # those it is meant for may read it
            response = client.get(page.url)
            restricted = state in ("login", "password", "group", "belowlogin")
            assert response.status_code in ((200, 302) if restricted else (404,)), (role, state)
            assert word(state) not in response.content.decode().lower(), (role, state)


@pytest.mark.parametrize("place", ["/sok/", "/en/search/", "/sok/forslag", "/en/search/suggest"])
def test_searching_for_a_hidden_word_finds_nothing(planted, client, place):
    for state in HIDDEN:
        content = client.get(place, {"q": word(state)}).content.decode()
        assert 'class="result"' not in content, state
        assert address(state) not in content, state


def test_the_api_has_no_hidden_page_by_number_search_or_address(planted, client):
    for state, page in planted.pages.items():
        assert client.get(f"/api/v2/pages/{page.pk}/").status_code == 404, state
        for query in (f"search={word(state)}", f"slug={address(state)}", f"id={page.pk}", f"translation_of={page.pk}"):
            response = client.get(f"/api/v2/pages/?{query}&fields=*")
            assert f"Titel {word(state)}" not in response.content.decode(), (state, query)
        found = client.get("/api/v2/pages/find/", {"html_path": page.url})
        assert found.status_code == 404, state
        below = client.get(f"/api/v2/pages/?child_of={page.pk}")
        assert below.status_code in (200, 400), state


def test_everything_public_is_shown(client):
    theme = Theme.objects.first()
    page = plant("public", NewsPage, themes=[theme])
    info = plant("publicinfo", InfoPage)
    for address in (
        "/",
        "/nyheter/",
        "/feeds/all.xml",
        "/feeds/news.xml",
        "/sitemap.xml",
        f"/sok/?q={word('public')}",
        f"/api/v2/pages/?search={word('public')}",
    ):
        assert page.url in client.get(address).content.decode(), address
    for address in ("/sitemap.xml", f"/sok/?q={word('publicinfo')}"):
        assert info.url in client.get(address).content.decode(), address


def test_an_open_window_is_public():
    page = make_page()
    update(page, go_live_at=timezone.now() - timedelta(hours=1), expire_at=timezone.now() + timedelta(hours=1))
    assert is_public(page)


def test_the_clock_decides_to_the_second():
    page = make_page()
    update(page, expire_at=timezone.now() + timedelta(seconds=1))
    assert is_public(page)
    update(page, expire_at=timezone.now())
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
        "/sitemap.xml",
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


def test_a_restriction_on_the_root_hides_everything(client):
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


def test_what_does_not_exist_is_not_public():
    assert not is_public(NewsPage())
