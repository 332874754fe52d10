"""A word in every state that is not public, and public pages that refer to each of them in every way there is."""

import itertools
from dataclasses import dataclass, field
from datetime import timedelta

from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    GroupPagePermission,
    Page,
    PageViewRestriction,
)
from wagtail_localize.models import Translation, TranslationSource

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import Series
from core.models import Byline, CustomDocument, CustomImage, Person, Stewardship, Theme
from editorial.models import Release, ReleaseItem
from home.models import InfoPage, SiteSettings, ThemePage
from methods.models import MethodPage
from search import index
from tests.world import home, index_page, make_image, make_page, make_person, make_user, publish

KINDS = {"method": MethodPage, "book": BookTipPage, "blog": BlogPostPage, "theme": ThemePage, "info": InfoPage}
NOW, DAY = timezone.now, timedelta(days=1)


def word(state: str) -> str:
    """Stands in the title of what is in a state, and nowhere else."""
    return f"zq{state}qz"


def text_word(state: str) -> str:
    """Stands in its intro and body."""
    return f"zb{state}bz"


def address(state: str) -> str:
    """Stands in its address."""
    return f"zp{state}pz"


def key(state: str) -> str:
    """Stands in title and text beside the others, so that one can search for it without naming them."""
    return f"zk{state}kz"


def texts(state: str) -> dict:
    return {
        "title": f"Titel {word(state)} {key(state)}",
        "intro": f"Ingress {text_word(state)} {key(state)}.",
        "body": [("paragraph", f"<p>Brödtext {text_word(state)} {key(state)}.</p>")],
    }


@dataclass
class Planted:
    """What was planted, by state; the public pages that refer to it; and what else addresses are made of."""

    pages: dict[str, Page] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    pictures: dict[str, CustomImage] = field(default_factory=dict)
    documents: dict[str, CustomDocument] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    parents: dict[str, list[Page]] = field(default_factory=dict)  # above the page in a state
    witnesses: list[Page] = field(default_factory=list)
    on_page: dict[str, set] = field(default_factory=dict)  # what stands on the page in a state, besides its own words
    users: dict = field(default_factory=dict)
    release: Release | None = None  # with the page that is scheduled
    release_item: ReleaseItem | None = None
    avatar: str = ""  # the name of its file

    @property
    def plain(self) -> dict[str, Page]:
        """A page in each state; the others are aliases of these, or of another kind."""
        others = ("aliasof", "draft", "expired", "login")
        return {state: page for state, page in self.pages.items() if state in others or not state.startswith(others)}

    @property
    def states(self) -> list[str]:
        return [*self.pages, "newerdraft", "avatar", *self.people, *self.pictures, *self.documents, *self.series]


def update(page, **values) -> None:
    Page.objects.filter(pk=page.pk).update(**values)


def restrict(page, kind: str, **kwargs) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type=kind, **kwargs)


def for_heads(page) -> None:
    restrict(page, "groups").groups.add(Group.objects.get_or_create(name="Rektorer")[0])


CLOSED = {
    "expired": lambda page: update(page, expire_at=NOW() - timedelta(seconds=1)),
    "notyet": lambda page: update(page, go_live_at=NOW() + DAY),
    "unpublished": lambda page: page.unpublish(),
    "login": lambda page: restrict(page, "login"),
    "password": lambda page: restrict(page, "password", password="sesam"),
    "group": for_heads,
}
RESTRICTED = ("login", "password", "group")


def plant() -> Planted:
    world = Planted(users={role: make_user(role, username=role) for role in ROLES})
    world.users["superuser"] = make_user(is_superuser=True, username="superuser")
    world.users["member"] = make_user(username="member")  # has an account, and no business in the newsroom
    world.users["neighbour"] = neighbour()
    themes = [Theme.objects.last()]  # the first ones get hubs

    def page(state, model=NewsPage, **fields):
        fields = {"slug": address(state), "themes": themes, "author": world.users["editor"], **texts(state), **fields}
        world.pages[state] = make_page(model, **fields)
        return world.pages[state]

    world.avatar = default_storage.save("avatar_images/me.txt", ContentFile(word("avatar").encode()))

    page("draft", live=False)
    page("inreview", live=False)
    world.pages["inreview"].get_workflow().start(world.pages["inreview"], world.users["editor"])
    page("scheduled", live=False, go_live_at=NOW() + DAY)
    publish(world.pages["scheduled"].latest_revision)
    world.release = Release.objects.create(name="Ett släpp", at=NOW() + DAY)
    world.release_item = world.release.items.create(
        page=world.pages["scheduled"],
        title=word("scheduled"),
        kind="publish",
        revision=world.pages["scheduled"].latest_revision,
    )
    for state, close in CLOSED.items():
        close(page(state))
    for kind, model in KINDS.items():
        page(f"draft{kind}", model, live=False)
        for state in ("expired", "login"):
            CLOSED[state](page(f"{state}{kind}", model))
    for state, close in CLOSED.items():
        parent = make_page(InfoPage, title=f"Ovanför {word(f'below{state}')}", slug=f"ovan-{state}")
        middle = make_page(InfoPage, parent=parent, title=f"Mellan {word(f'below{state}')}", slug=f"mellan-{state}")
        page(f"below{state}", InfoPage, parent=middle)
        close(parent)
        world.parents[f"below{state}"] = [parent, middle]
    for state, source in list(world.pages.items()):
        if source.__class__ in (NewsPage, InfoPage):
            world.pages[f"aliasof{state}"] = alias_of(source, f"aliasof{state}")

    changed = make_page(NewsPage, slug="levande", title="Som den är", themes=themes, author=world.users["editor"])
    page("swedishdraft", live=False)
    translation = make_page(
        NewsPage, language="en", title="Public", translation_key=world.pages["swedishdraft"].translation_key
    )
    source = make_page(NewsPage, title="Källa")
    page("englishdraft", NewsPage, language="en", live=False, translation_key=source.translation_key)
    world.witnesses += [changed, translation, source]

    for name, value in texts("newerdraft").items():
        setattr(changed, name, value)
    plant_things(world, changed)
    for neglected in (changed, world.pages["login"]):
        Stewardship.objects.filter(page_id=neglected.pk).update(responsible=None, reviewed_on="2000-01-01")
    plant_localized(world)
    point_at(world, themes[0])
    return world


ROLES = ("author", "editor", "reviewer", "chief_editor", "translator", "administrator")


def neighbour():
    """Writes for the blog and for nothing else."""
    group = Group.objects.create(name="Bloggare")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for name in ("add_page", "change_page"):
        GroupPagePermission.objects.create(
            group=group, page=index_page(BlogPostPage), permission=Permission.objects.get(codename=name)
        )
    user = make_user(username="neighbour")
    user.groups.add(group)
    return user


def alias_of(page, state: str) -> Page:
    """An alias whose own row says that it is live; its words in its title."""
    parent = index_page(NewsPage if isinstance(page, NewsPage) else InfoPage)
    found = page.create_alias(parent=parent, update_slug=address(state))
    words = texts(state)
    update(
        found,
        live=True,
        go_live_at=None,
        expire_at=None,
        title=words["title"],
        draft_title=words["title"],
    )
    return found


def plant_things(world: Planted, changed) -> None:
    """People, pictures, documents and a series that stand on pages which are not public, or in a closed collection."""
    closed = Collection.get_first_root_node().add_child(name="Stängd")
    CollectionViewRestriction.objects.create(collection=closed, restriction_type="login")
    places = {
        "draft": world.pages["draft"],
        "expired": world.pages["expired"],
        "login": world.pages["login"],
        "newerdraft": changed,
    }
    for place, page in places.items():
        names = {kind: f"{kind}{place}" for kind in ("picture", "portrait", "document", "person")}
        picture, portrait = make_picture(names["picture"]), make_picture(names["portrait"])
        person = make_person(word(names["person"]))
        Person.objects.filter(pk=person.pk).update(
            slug=address(names["person"]), bio_sv=text_word(names["person"]), portrait=portrait
        )
        person.refresh_from_db()
        person.save()  # for the index of references
        document = make_document(names["document"])
        page.hero_image, page.hero_decorative, page.contact = picture, True, person
        page.bylines = [Byline(person=person)]
        page.body = [
            *texts(place)["body"],
            ("handout", {"document": document, "title": "Papper", "description": "", "language": "sv"}),
        ]
        revision = page.save_revision(user=world.users["editor"])
        if place in CLOSED:
            publish(revision)
            CLOSED[place](page)
        elif place == "draft":
            page.save()  # the row, too, says what was written
        world.pictures |= {names["picture"]: picture, names["portrait"]: portrait}
        world.people[names["person"]] = person
        world.documents[names["document"]] = document
        world.on_page[place] = set(names.values())
    series = Series.objects.create(code=address("series"), title_sv=word("series"))
    post = world.pages["draftblog"]
    post.series, post.series_number = series, 1
    post.save_revision(user=world.users["editor"])
    post.save()
    world.series["series"] = series
    picture, document = make_picture("pictureclosed", closed), make_document("documentclosed", closed)
    page = make_page(NewsPage, hero_image=picture, hero_decorative=True)
    page.body = [
        {"type": "handout", "value": {"document": document.pk, "title": "P", "description": "", "language": "sv"}}
    ]
    publish(page.save_revision())
    world.pictures["pictureclosed"], world.documents["documentclosed"] = picture, document
    world.witnesses.append(page)


def make_picture(state: str, collection=None) -> CustomImage:
    cache.clear()  # remembers renditions of pictures that an earlier test has undone
    picture = make_image(word(state))
    picture.collection = collection or picture.collection
    picture.save()
    picture.get_rendition("fill-160x160|format-webp")
    return picture


def make_document(state: str, collection=None) -> CustomDocument:
    content = ContentFile(text_word(state).encode(), name=f"papper-{state}.txt")
    return CustomDocument.objects.create(
        title=word(state), file=content, collection=collection or Collection.get_first_root_node()
    )


def plant_localized(world: Planted) -> None:
    """A draft that is being translated string by string."""
    source, _new = TranslationSource.get_or_create_from_instance(world.pages["draft"])
    english = world.witnesses[1].locale
    translation = Translation.objects.create(source=source, target_locale=english)
    translation.save_target(user=world.users["editor"], publish=False)


def point_at(world: Planted, theme: Theme) -> None:
    """Public pages that refer to what is hidden: by hand, in blocks, in texts, in menus, as parents and by old address."""
    keys, some = [page.pk for page in world.pages.values()], [page.pk for page in world.plain.values()]
    links = "".join(f'<a linktype="page" id="{pk}">länk</a>' for pk in some)
    body = [
        {"type": "paragraph", "value": f"<p>{links}</p>"},
        {"type": "callout", "value": {"kind": "info", "title": "", "text": f"<p>{links}</p>"}},
        {"type": "page_list", "value": {"title": "Läs vidare", "pages": keys}},
    ]
    cards = [
        {"type": "local_example", "value": {"school": "S", "title": "T", "text": "<p>t</p>", "page": pk}} for pk in some
    ]
    buttons = [
        {"type": "cta", "value": {"title": "T", "text": "", "label": "knapp", "page": pk, "url": ""}} for pk in some
    ]
    post, info = make_page(BlogPostPage, themes=[theme]), make_page(InfoPage)
    hub = ThemePage.objects.filter(theme=theme, live=True, locale=post.locale).first() or make_page(
        ThemePage, theme=theme
    )
    start = home()
    post.body, info.body = [*body, *cards], [*body, *buttons]
    post.related_pages = [{"type": "page", "value": pk} for pk in keys]
    hub.start_here = start.highlights = post.related_pages.raw_data
    start.book_of_the_month_id, start.method_of_the_week_id = (
        world.pages["expiredbook"].pk,
        world.pages["expiredmethod"].pk,
    )
    start.notice = f"<p>{links}</p>"
    for page in (post, info, hub, start):
        publish(page.save_revision())
    settings = SiteSettings.load()
    settings.menu = [
        *settings.menu.raw_data,
        *({"type": "item", "value": {"page": pk, "label_sv": "", "label_en": ""}} for pk in some),
    ]
    settings.footer_sv = settings.footer_en = f"<p>{links}</p>"
    settings.save()
    for pk in some:
        Redirect.objects.create(old_path=f"/gammal-{pk}", redirect_page_id=pk)
    world.witnesses += [page.specific_class.objects.get(pk=page.pk) for page in (post, info, hub)]


def open_everything(world: Planted) -> None:
    """Makes everything that was planted public."""
    PageViewRestriction.objects.all().delete()
    CollectionViewRestriction.objects.all().delete()
    pages = [*world.pages.values(), *itertools.chain(*world.parents.values())]
    for page in Page.objects.filter(pk__in=[page.pk for page in pages]):
        if not page.live and not page.alias_of_id:
            publish(page.specific.latest_revision)
        update(page, live=True, go_live_at=None, expire_at=None)
    index.heal()  # as the worker does after changes that no signal has told of
    changed = world.witnesses[0]
    publish(changed.specific_class.objects.get(pk=changed.pk).latest_revision)
