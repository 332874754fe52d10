"""Nothing else is public: every address of the site is asked for every word that its reader may not see.

The addresses are found by walking the URL configuration. A new one has to be given a sample here, or a reason why not.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain, cycle, pairwise
from urllib.parse import quote, unquote

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from articles.models import BlogPostPage, BookTipPage, NewsPage
from core import kinds
from core.models import Theme
from core.querysets import findable_pages
from home.feeds import FEEDS
from home.models import InfoPage, SiteSettings, ThemePage
from home.sharing import address_of
from methods.models import MethodPage
from tests.contracts.planted import (
    RESTRICTED,
    ROLES,
    Planted,
    address,
    key,
    make_document,
    make_picture,
    open_everything,
    plant,
    restrict,
    texts,
    update,
    word,
)
from tests.contracts.routes import routes
from tests.world import index_page, make_page, make_person, publish

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("leaks")]
SERVE = "^((?:[\\w\\-]+/)*)$"
FILES_BELOW = "^((?:[\\w\\-]+/)+[\\w\\-]+\\.(?:pdf|ics))$"
DOCUMENTS, PICTURES = "^documents/(\\d+)/(.*)$", "^media/(?P<path>(?:images|original_images)/.+)$"
OLD = "^(?P<archive>nyhetslistning/nyhetsarkiv|blogglistning/bloggarkiv)/\\d{4}-\\d\\d-\\d\\d-(?P<slug>[\\w-]+)/?$"
READERS = (None, "member", *ROLES, "superuser")


# The addresses


def public_pages(world: Planted) -> list[str]:
    """Pages, lists with their pages and filters, people; and the addresses of what is hidden, old and new."""
    lists = [page.url for page in Page.objects.filter(depth=3, locale__language_code="sv")]
    found = [page.url for page in (*world.pages.values(), *chain(*world.parents.values()))]
    found += ["/", "/en/", *(page.url for page in findable_pages()), *(page.url for page in world.witnesses)]
    found += [f"{place}?{query}" for place in lists for query in ("page=2", f"theme={theme_of(world)}")]
    found += [f"/medverkande/{person.slug}/" for person in world.people.values()]
    found += [f"/gammal-{page.pk}/" for page in world.plain.values()]
    found += [
        "/metoder/hitta/?minutes=600",
        f"/metoder/hitta/?theme={theme_of(world)}",
        "/en/methods/find/?minutes=600",
    ]
    found += [f"/metoder/jamfor/?m={one.slug}&m={other.slug}" for one, other in pairwise(methods_of(world))]
    found += [f"{page.url}{tool}" for page in methods_of(world) for tool in ("traffpaket/", "ledare/")]
    found += [f"{page.url}bokcirkel/" for page in world.pages.values() if isinstance(page, BookTipPage)]
    return [*found, "/borta/", "/en/gone/"]


def methods_of(world: Planted) -> list[MethodPage]:
    return [page for page in world.pages.values() if isinstance(page, MethodPage)]


def theme_of(world: Planted) -> str:
    return world.witnesses[0].themes.get().code


def searched(place: str) -> Callable:
    """A search for the words that all have in common, page by page, and for what stands beside each planted word."""

    def addresses(world: Planted) -> list[str]:
        common = [f"{place}?q={text}" for text in ("titel", "ingress", "zk", "zq")]
        narrowed = [f"{place}?q=titel&kind=news", f"{place}?q=titel&theme={theme_of(world)}&sort=newest"]
        paged = [f"{place}?q=titel&page={number}" for number in (2, 3, 4, 5)] if place.endswith("/") else []
        return [*common, *narrowed, *paged, *(f"{place}?q={key(state)}" for state in (*world.plain, "newerdraft"))]

    return addresses


def api_lists(world: Planted) -> list[str]:
    place, common = "/api/v2/pages/", ["fields=*", "fields=_,title", "fields=*,parent(*),alias_of(*)", "order=-id"]
    found = [f"{place}?limit=50&locale={language}&{query}" for language in ("sv", "en") for query in common]
    found += [f"{place}?limit=50&offset=50&fields=*"]
    found += [
        f"{place}?limit=50&{query}" for query in (f"theme={theme_of(world)}", "kind=news", "kind=method&kind=info")
    ]
    found += [f"{place}?limit=50&type={name}&fields=*" for name in ("articles.NewsPage", "home.InfoPage")]
    found += [f"{place}?limit=50&search={text}" for text in ("titel", "zk", "zq")]
    for state, page in world.plain.items():
        queries = (
            f"search={key(state)}", f"slug={address(state)}", f"id={page.pk}", f"translation_of={page.pk}",
            f"child_of={page.pk}", f"descendant_of={page.pk}", f"ancestor_of={page.pk}",
        )  # fmt: skip
        found += [f"{place}?{query}&fields=*" for query in queries]
    return found


def api_details(world: Planted) -> list[str]:
    pages = [*world.pages.values(), *world.witnesses]
    nested = [f"/api/v2/pages/{page.pk}/?fields=*,parent(*)" for page in world.witnesses]
    return [*(f"/api/v2/pages/{page.pk}/?fields=*" for page in pages), *nested]


def api_finds(world: Planted) -> list[str]:
    found = [(page.pk, quote(page.url)) for page in world.plain.values()]
    place = "/api/v2/pages/find/"
    return list(chain(*((f"{place}?id={pk}", f"{place}?html_path={url}") for pk, url in found)))


def feeds(prefix: str) -> Callable:
    return lambda world: [f"{prefix}/feeds/{name}.{form}" for name in FEEDS for form in ("xml", "json")]


def grouped_feeds(prefix: str) -> Callable:
    """By theme, by category, and of everyone who was planted."""

    def addresses(world: Planted) -> list[str]:
        names = [f"theme/{theme_of(world)}", "category/current", "category/inspiration"]
        names += [f"author/{person.slug}" for person in world.people.values()]
        return [f"{prefix}/feeds/{name}.{form}" for name in names for form in ("xml", "json")]

    return addresses


def saved(place: str) -> Callable:
    """A list of everything, and of each page alone."""

    def addresses(world: Planted) -> list[str]:
        keys = [f"id={page.pk}" for page in world.pages.values()]
        return [place, *(f"{place}?{key}" for key in keys), f"{place}?{'&'.join(keys)}"]

    return addresses


def old_addresses(world: Planted) -> list[str]:
    return [f"/nyhetslistning/nyhetsarkiv/2019-05-03-{address(state)}/" for state in world.plain]


def pictures(world: Planted) -> list[str]:
    found = []
    for picture in world.pictures.values():
        found += [f"/media/{picture.file.name}", *(f"/media/{one.file.name}" for one in picture.renditions.all())]
    return found


def maps(world: Planted) -> list[str]:
    codes = [*(kind.code for kind in kinds.every()), "lists"]
    return [f"/sitemaps/{code}-{language}.xml" for code in codes for language in ("sv", "en")]


def password_forms(world: Planted) -> list[str]:
    restrictions = PageViewRestriction.objects.filter(restriction_type="password")[:1]
    places = [(restriction.pk, page.pk) for restriction in restrictions for page in world.plain.values()]
    return [f"/_util/authenticate_with_password/{restriction}/{page}/" for restriction, page in places]


# A sample of requests for each public route, or why there is none.
PUBLIC: dict[str, Callable | str] = {
    SERVE: public_pages,
    FILES_BELOW: lambda world: [
        f"{page.url}{name}" for page in methods_of(world) for name in ("traffpaket.pdf", "traffar.ics")
    ],
    DOCUMENTS: lambda world: [found.url for found in world.documents.values()],
    "documents/authenticate_with_password/<int:restriction_id>/": lambda world: [
        "/documents/authenticate_with_password/1/"
    ],
    PICTURES: pictures,
    "^media/(?P<path>avatar_images/.+)$": lambda world: [f"/media/{world.avatar}"],
    "api/v2/^pages/": api_lists,
    "api/v2/^pages/<int:pk>/": api_details,
    "api/v2/^pages/find/": api_finds,
    "api/v2/openapi.json": lambda world: ["/api/v2/openapi.json"],
    "api/v2/": lambda world: ["/api/v2/"],
    "api/": lambda world: ["/api/"],
    "en/api/": lambda world: ["/en/api/"],
    "healthz": lambda world: ["/healthz"],
    "readyz": lambda world: ["/readyz"],
    "metrics": lambda world: ["/metrics"],
    "feeds/plan/<slug:token>.ics": lambda world: ["/feeds/plan/none.ics"],
    "robots.txt": lambda world: ["/robots.txt"],
    "sitemap.xml": lambda world: ["/sitemap.xml"],
    "sitemaps/<slug:section>.xml": maps,
    "delningsbild/<int:key>/<slug:mark>.png": lambda world: [
        address_of(page, "Kollegiet") for page in (*world.plain.values(), *world.witnesses)
    ],
    "qr.svg": lambda world: ["/qr.svg?path=/nyheter/"],
    ".well-known/security.txt": lambda world: ["/.well-known/security.txt"],
    "sok/": searched("/sok/"),
    "sok/forslag": searched("/sok/forslag"),
    "en/search/": searched("/en/search/"),
    "en/search/suggest": searched("/en/search/suggest"),
    "sok/oppnad": lambda world: ["/sok/oppnad"],
    "en/search/opened": lambda world: ["/en/search/opened"],
    "rapportera-brist/": lambda world: ["/rapportera-brist/"],
    "en/report-a-barrier/": lambda world: ["/en/report-a-barrier/"],
    "sparat/": saved("/sparat/"),
    "en/saved/": saved("/en/saved/"),
    "feeds/": lambda world: ["/feeds/"],
    "en/feeds/": lambda world: ["/en/feeds/"],
    "feeds/<slug:name>.<slug:form>": feeds(""),
    "en/feeds/<slug:name>.<slug:form>": feeds("/en"),
    "feeds/<slug:group>/<slug:name>.<slug:form>": grouped_feeds(""),
    "en/feeds/<slug:group>/<slug:name>.<slug:form>": grouped_feeds("/en"),
    OLD: old_addresses,
    "^_util/authenticate_with_password/(\\d+)/(\\d+)/$": password_forms,
    "^_util/login/$": lambda world: ["/_util/login/"],
}
# What a reader sees


def text_of(response) -> str:
    """Everything in a response in small letters, its headers and the sheets of a workbook included."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    return TOKEN.sub("", content.decode(errors="replace").lower() + str(response.headers).lower())


TOKEN = re.compile(
    r"\b[a-z0-9]{32,}\b"
)  # letters at random, against forged requests; one day they spell a word of ours
WORD = re.compile(r"z([qbp])([a-z]+?)\1z")


def seen(place: str, response, sorts: str = "qbp") -> set[str]:
    """The states whose words stand in a response. What the address says itself may be said back."""
    found = set(WORD.findall(text_of(response))) - set(WORD.findall(unquote(place)))
    return {state for sort, state in found if sort in sorts}


def owners(world: Planted) -> dict[str, str]:
    """What each address shows that shows one thing."""
    found = {page.url: state for state, page in world.pages.items()}
    found |= {page.url: state for state, pages in world.parents.items() for page in pages}
    for state, picture in world.pictures.items():
        found |= {f"/media/{one.file.name}": state for one in (picture, *picture.renditions.all())}
    found |= {document.url: state for state, document in world.documents.items()}
    return found | {f"/media/{world.avatar}": "avatar"}


def meant_for(world: Planted, reader: str | None, owner: str | None) -> set[str]:
    """The words that this reader may find at the address of `owner`: everything else is meant for nobody."""
    if owner is None or reader is None:
        return set()
    if owner in world.pages:
        state = owner.removeprefix("below")
        is_let_in = state.startswith("login") or (reader == "superuser" and state == "group")
        return {owner} | world.on_page.get(owner, set()) if is_let_in else set()
    if owner == "avatar":
        return set() if reader == "member" else {owner}
    works_with_files = reader not in ("member", "administrator")
    return {owner} if works_with_files or owner.endswith(("login", "closed")) else set()


def is_kept(response) -> bool:
    """Whether somebody else's browser may be given this response."""
    rules = response.get("Cache-Control", "")
    return not ("private" in rules and "no-store" in rules)


def browser(world: Planted, reader: str | None) -> Client:
    client = Client()
    if reader:
        client.force_login(world.users[reader])
    return client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Planted once; each test undoes what it changes."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield plant()
        transaction.set_rollback(True)


def samples(world: Planted, reader: str | None = None) -> dict[str, list[str]]:
    """The addresses to ask, by route. The visitor asks all of them.

    What the signed-in get differs where one thing is shown, if anywhere: they ask for each of those, and one of each route.
    """
    places = {route: list(dict.fromkeys(make(world))) for route, make in PUBLIC.items() if callable(make)}
    if reader is None:
        return places
    parents = {page.url for page in chain(*world.parents.values())}
    single = {place: state for place, state in owners(world).items() if place not in parents}
    one_each = {place for place, state in single.items() if state not in world.pages or state in world.plain}
    return {
        route: [place for number, place in enumerate(found) if number == 0 or place in one_each]
        for route, found in places.items()
    }


# The public site


def test_every_address_has_a_sample_or_a_reason():
    public = {route for route, _pattern in routes() if not route.startswith("admin/")}
    assert public - PUBLIC.keys() == set(), "give it a sample request or say why it needs none"
    assert PUBLIC.keys() - public == set(), "these are gone"


@pytest.mark.parametrize("reader", READERS)
def test_no_public_output_shows_what_its_reader_may_not_see(world, reader, record_property):
    client, owner_of, leaks, kept, cells = browser(world, reader), owners(world), {}, [], 0
    for place in chain(*samples(world, reader).values()):
        response = client.get(place)
        assert response.status_code < 500, place
        owner, found = owner_of.get(place), seen(place, response)
        if owner in world.pictures and response.status_code == 200:
            found.add(owner)
        meant = meant_for(world, reader, owner)
        if owner in world.pages and not owner.removeprefix("below").startswith(RESTRICTED):
            assert response.status_code == 404, place
        if found & meant and is_kept(response):
            kept.append(place)
        if found - meant:
            leaks[place] = found - meant
        cells += len(world.states)
    record_property("cells", cells)
    assert not leaks
    assert not kept


def test_everything_is_found_once_it_is_public(world, client):
    menu = SiteSettings.load().menu.raw_data
    open_everything(world)
    assert seen("/", client.get("/")) >= world.plain.keys() - {"englishdraft"}
    SiteSettings.objects.update(menu=[item for item in menu if item["value"]["page"] not in keys_of(world)])
    owner_of, places_of = owners(world), samples(world)
    for route, states in named_by(world).items():
        missing = set(states)
        for place in places_of[route]:
            if not missing:
                break
            response = client.get(place)
            missing -= seen(place, response) | ({owner_of.get(place)} if response.status_code == 200 else set())
        assert not missing, route


def keys_of(world: Planted) -> set[int]:
    return {page.pk for page in world.pages.values()}


def named_by(world: Planted) -> dict[str, set[str]]:
    """What each route names once it is public. An alias shows itself, and lists name what it mirrors."""
    originals = {state: page for state, page in world.pages.items() if not page.alias_of_id}
    english, plain = {"englishdraft"}, world.plain.keys()
    listed = {state for state, page in originals.items() if not isinstance(page, InfoPage | ThemePage)}
    return {
        SERVE: {*world.pages, "newerdraft", *world.people, *world.series},
        DOCUMENTS: world.documents.keys(),
        PICTURES: world.pictures.keys(),
        "api/v2/^pages/": originals.keys(),
        "api/v2/^pages/<int:pk>/": originals.keys(),
        "sitemaps/<slug:section>.xml": originals.keys(),
        "sok/": originals.keys() - english,
        "sparat/": originals.keys() - english,
        "en/saved/": english,
        "sok/forslag": plain - english,
        "feeds/<slug:name>.<slug:form>": listed - english,
        "en/search/": english,
        "en/search/suggest": english,
        "en/feeds/<slug:name>.<slug:form>": english,
        OLD: plain - english,
    }


CHANGES = [
    ("published", None, True),
    ("the list behind a login", lambda page: restrict(list_of(page), "login"), False),
    ("the login lifted", lambda page: PageViewRestriction.objects.all().delete(), True),
    ("the list unpublished", lambda page: update(list_of(page), live=False), False),
    ("the list published", lambda page: update(list_of(page), live=True), True),
    ("the list run out", lambda page: update(list_of(page), expire_at=timezone.now()), False),
    ("the list back", lambda page: update(list_of(page), expire_at=None), True),
    ("run out", lambda page: update(page, expire_at=timezone.now()), False),
    ("prolonged", lambda page: update(page, expire_at=timezone.now() + timedelta(hours=1)), True),
    ("postponed", lambda page: update(page, go_live_at=timezone.now() + timedelta(hours=1)), False),
    ("its time come", lambda page: update(page, go_live_at=timezone.now()), True),
    ("behind a password", lambda page: restrict(page, "password", password="sesam"), False),
    ("without it", lambda page: PageViewRestriction.objects.all().delete(), True),
    ("moved below a private page", lambda page: page.move(private_page(), pos="last-child"), False),
    ("moved back", lambda page: page.move(index_page(NewsPage), pos="last-child"), True),
    ("unpublished", lambda page: page.unpublish(), False),
    ("published again", lambda page: publish(page.latest_revision), True),
]


def list_of(page):
    return index_page(type(page))


def private_page():
    page = make_page(InfoPage, slug="bara-vi")
    restrict(page, "groups").groups.add(Group.objects.get_or_create(name="Rektorer")[0])
    return page


def test_every_change_opens_or_closes_every_output_at_once(client):
    theme, picture, document, person = (
        Theme.objects.create(code="new"), make_picture("changing"), make_document("changing"), make_person(word("changing")),
    )  # fmt: skip
    handout = {"document": document, "title": "Papper", "description": "", "language": "sv"}
    words = {**texts("changing"), "body": [*texts("changing")["body"], ("handout", handout)]}
    page = make_page(NewsPage, themes=[theme], hero_image=picture, hero_decorative=True, contact=person, **words)
    alias = page.create_alias(parent=index_page(InfoPage), update_slug="spegel")
    related, hub = make_page(BlogPostPage, themes=[theme]), make_page(ThemePage, theme=theme)

    def outputs(all_of_them: bool) -> dict[str, bool]:
        """Whether each output shows the page, or what stands on it. Those that gather pages ask the same question."""
        pk, url = page.pk, NewsPage.objects.get(pk=page.pk).url
        places = [
            url, alias.url, f"/medverkande/{person.slug}/", f"/sok/?q={key('changing')}", f"/sok/forslag?q={key('changing')}",
            f"/api/v2/pages/{pk}/", f"/api/v2/pages/?search={key('changing')}",
        ]  # fmt: skip
        gathering = ["/", related.url, hub.url, list_of(page).url, "/feeds/all.xml", "/feeds/theme/new.json"]
        places += gathering if all_of_them else []
        files = [document.url, f"/media/{picture.renditions.first().file.name}"]
        shown = {place: "changing" in seen(place, client.get(place)) for place in places}
        shown["/sitemaps/news-sv.xml"] = url in client.get("/sitemaps/news-sv.xml").content.decode()
        return shown | {place: client.get(place).status_code == 200 for place in files}

    for name, change, is_public in CHANGES:
        if change:
            change(NewsPage.objects.get(pk=page.pk))
        wrong = {place for place, shown in outputs(change is None or not is_public).items() if shown != is_public}
        assert not wrong, name


# The newsroom

NEIGHBOURS = {"draftblog", "expiredblog", "loginblog"}  # stand in the section of whoever writes for the blog alone
# Who is not meant to read what in the newsroom: every word, or those of the texts. The other roles edit all pages.
OUTSIDERS = {"neighbour": "qbp", "administrator": "qbp", "author": "b"}
NEWSROOM_EXEMPT = {
    "admin/failwhale/": "is an error on purpose",
    "admin/logout/": "signs out",
}
FIRST_OF = {  # `pk` stands for another sort of thing below each of these
    "admin/pages/": "page_id",
    "admin/api/main/pages/": "page_id",
    "admin/api/main/images/": "image_id",
    "admin/api/main/documents/": "document_id",
    "admin/images/": "image_id",
    "admin/documents/": "document_id",
    "admin/snippets/core/person/": "person_id",
    "admin/snippets/choose/core/person/": "person_id",
    "admin/snippets/articles/series/": "series_id",
    "admin/localize/": "page_id",
}
NAMED_BELOW = {
    "admin/settings/": {"app_name": "home", "model_name": "sitesettings"},
    "admin/tag-autocomplete/": {"model_name": "keyword"},
    "admin/localize/": {"app_label": "core", "model_name": "person"},
    "admin/pages/create/": {"app_label": "articles", "model_name": "newspage"},
}
ASKED_FOR = ("?q=titel", f"?q={word('')[:2]}", f"?q={key('draft')}", f"?q={key('scheduled')}")
EXPORTS = ("", "?export=csv", "?export=xlsx")
QUERIES = {
    "admin/pages/search/": ASKED_FOR,
    "admin/pages/search/results/": ASKED_FOR,
    "admin/choose-page/search/": ASKED_FOR,
    "admin/choose-page/": ("", "?page_type=articles.newspage", "?page_type=articles.newspage&multiple=1"),
    "admin/choose-page/chosen-multiple/": ("?id={page_id}",),
    "admin/bulk/{app_label}/{model_name}/{action}/": ("?id={page_id}",),
    "admin/api/main/pages/": ("", "?child_of=root", "?search=titel", "?for_explorer=1&order=-id&limit=50", "?fields=*"),
    "admin/api/main/pages/find/": ("?id={page_id}",),
    "admin/api/main/images/find/": ("?id={image_id}",),
    "admin/api/main/documents/find/": ("?id={document_id}",),
    "admin/images/chooser/results/": ("", "?q=zq"),
    "admin/documents/chooser/results/": ("", "?q=zq"),
    "admin/images/chooser/chosen-multiple/": ("?id={image_id}",),
    "admin/documents/chooser/chosen-multiple/": ("?id={document_id}",),
    "admin/tag-autocomplete/": ("?term=z",),
    "admin/plan/": ("", "?view=list", "?view=week", "?lane=waiting", "?export=csv", "?export=xlsx"),
    "admin/pages/usage/{content_type_app_name}/{content_type_model_name}/": EXPORTS,
}


def newsroom_routes() -> dict[str, set[str]]:
    """The routes of the newsroom as templates, with the names of their arguments."""
    found = {}
    for route, _pattern in routes():
        if not route.startswith("admin/"):
            continue
        plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("\\", "").replace("$", "")
        template = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", plain)
        found[template] = set(re.findall(r"{(\w+)}", template))
    return found


def arguments(world: Planted) -> list[dict]:
    """Values for what stands in addresses, once for each of some pages, pictures and documents."""
    shown = ("inreview", "login")
    pages = [*(world.pages[state] for state in shown), world.witnesses[0], index_page(NewsPage)]
    in_review = world.pages["inreview"].current_workflow_state
    people, series = list(world.people.values()), list(world.series.values())
    pictures, documents = list(world.pictures.values()), list(world.documents.values())
    fixed = {
        "content_type_app_name": "articles", "content_type_model_name": "newspage", "app_label": "wagtailcore",
        "model_name": "page", "app_name": "core", "action": "delete", "action_name": "approve", "filter_spec": "max-165x165",
        "revision_id_a": "earliest", "revision_id_b": "latest", "mode": "", "uidb64": "x", "token": "x", "object_id": world.pages["draft"].pk,
        "session_id": 1, "uploaded_file_id": 1, "restriction_id": 1, "redirect_id": 1, "review_id": 1, "publication_id": 1, "binned_id": 1, "user_id": 1, "request_id": 1, "code": "alt", "lane": "publish",
        "collection_id": 1, "overridable_segment_id": 1, "workflow_pk": 1, "page_pk": 1,
        "string_segment_id": StringSegment.objects.values_list("pk", flat=True)[0],
        "translation_source_id": TranslationSource.objects.values_list("pk", flat=True)[0],
        "translation_id": Translation.objects.values_list("pk", flat=True)[0],
        "task_state_id": in_review.current_task_state_id, "release_id": world.release.pk, "place": "nyheter/", "item_id": world.release_item.pk, "task_id": in_review.current_task_state.task_id,
        "workflow_state_id": in_review.pk, "destination_id": index_page(NewsPage).pk,
    }  # fmt: skip
    return [
        fixed
        | dict.fromkeys(("page_id", "parent_page_id", "page_to_move_id"), page.pk)
        | {
            "revision_id": page.latest_revision_id or world.pages["draft"].latest_revision_id,
            "image_id": picture.pk,
            "person_id": person.pk,
        }
        | {"document_id": document.pk, "doc_id": document.pk, "series_id": one.pk}
        for page, picture, document, person, one in zip(
            pages, cycle(pictures), cycle(documents), cycle(people), cycle(series), strict=False
        )
    ]


def named_below(template: str) -> dict:
    return next((names for start, names in NAMED_BELOW.items() if template.startswith(start)), {})


def newsroom_places(world: Planted, only: str = "") -> Iterator[str]:
    """Every address of the newsroom, or those of one route, for each of the things that it can be about."""
    values, done = arguments(world), set()
    for template in [only] if only else newsroom_routes().keys() - NEWSROOM_EXEMPT.keys():
        about = next((name for start, name in FIRST_OF.items() if template.startswith(start)), None)
        queries = QUERIES.get(template, EXPORTS if "/reports/" in template else ("",))
        for query in queries:
            for one in values:
                known = one | {"pk": one[about] if about else 1} | named_below(template)
                place = "/" + (template + query).format(**known)
                if place not in done:
                    done.add(place)
                    yield place


def test_every_address_of_the_newsroom_has_a_sample_or_a_reason(world):
    known = {*arguments(world)[0], "pk"}
    unknown = {template: names - known for template, names in newsroom_routes().items() if names - known}
    assert not unknown, "say in `arguments()` what these stand for"
    assert NEWSROOM_EXEMPT.keys() <= newsroom_routes().keys(), "these are gone"
    assert QUERIES.keys() <= newsroom_routes().keys(), "these are gone"


@pytest.mark.parametrize("reader", OUTSIDERS)
def test_the_newsroom_shows_nobody_what_is_not_theirs(world, reader, record_property):
    client, leaks, kept, cells = browser(world, reader), {}, [], 0
    theirs = {*world.people, *world.series} | (NEIGHBOURS if reader == "neighbour" else set())
    if reader == "author":
        theirs |= {*world.pictures, *world.documents}
    for place in newsroom_places(world):
        response = client.get(place)
        found = seen(place, response, OUTSIDERS[reader]) - theirs
        if found:
            leaks[place] = found
        if is_kept(response):
            kept.append(place)
        cells += len(world.states)
    record_property("cells", cells)
    assert not leaks
    assert not kept


# Screens that name pages or files to those who may see them; each is also asked by the outsiders.
SHOWS = (
    "admin/", "admin/pages/{parent_page_id}/", "admin/pages/{parent_page_id}/results/", "admin/pages/search/",
    "admin/pages/search/results/", "admin/pages/{page_id}/edit/", "admin/pages/{page_id}/view_draft/",
    "admin/pages/{page_id}/history/", "admin/pages/{page_id}/revisions/{revision_id}/view/",
    "admin/pages/{pk}/revisions/compare/{revision_id_a}...{revision_id_b}/", "admin/pages/{page_id}/usage/",
    "admin/pages/{page_to_move_id}/move/{destination_id}/confirm/", "admin/pages/{page_id}/copy/",
    "admin/pages/{page_id}/delete/", "admin/pages/workflow/preview/{page_id}/{task_id}/",
    "admin/pages/{page_id}/workflow_history/", "admin/pages/{page_id}/privacy/", "admin/choose-page/{parent_page_id}/",
    "admin/choose-page/search/", "admin/choose-page/chosen-multiple/", "admin/bulk/{app_label}/{model_name}/{action}/",
    "admin/api/main/pages/", "admin/api/main/pages/{pk}/", "admin/api/main/images/", "admin/api/main/images/{pk}/",
    "admin/api/main/documents/", "admin/api/main/documents/{pk}/", "admin/images/", "admin/images/{image_id}/",
    "admin/images/chooser/results/", "admin/documents/", "admin/documents/edit/{document_id}/",
    "admin/documents/chooser/results/", "admin/reports/site-history/", "admin/reports/workflow/",
    "admin/reports/page-types-usage/", "admin/reports/review/", "admin/plan/", "admin/plan/{page_id}/{lane}/", "admin/releases/{release_id}/", "admin/releases/{release_id}/add/", "admin/localize/reports/translations/",
    "admin/localize/translate/{translation_id}/preview/", "admin/pages/{page_id}/force-publish/",
)  # fmt: skip


def test_the_newsroom_shows_it_to_those_who_may_see_it(world):
    client, silent = browser(world, "superuser"), []
    for template in SHOWS:
        places = newsroom_places(world, only=template)
        if not any(seen(place, client.get(place)) for place in places):
            silent.append(template)
    assert not silent
