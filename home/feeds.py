"""Feeds: everything, one for each kind, theme, news category and author, in both languages. The 50 newest, in full.

Each is to be had as Atom and as JSON Feed.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Enclosure, SyndicationFeed, rfc3339_date
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe
from wagtail.models import Page

from articles.models import NewsPage
from articles.terms import NewsCategory
from core import html, kinds
from core.addresses import absolute, url_of
from core.alphabet import Alphabetical
from core.cards import specific_of, specific_pages
from core.models import Byline, CustomDocument, Person, Theme
from core.prefetch import references, stocked
from core.usage import in_open_collections, shown
from core.visibility import public_q
from home.models import PeopleIndexPage, SiteSettings, ThemePage

ENTRIES = 50
BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)  # when a feed without entries was changed
PICTURE = "fill-1080x720|format-webp"
# Feed names stand in addresses that readers' programs keep; kinds may be renamed.
FEEDS = {
    "all": ("method", "news", "book_tip", "blog_post"),
    "methods": ("method",),
    "news": ("news",),
    "books": ("book_tip",),
    "blog": ("blog_post",),
}


@dataclass(frozen=True)
class Source:
    """What a feed holds: kinds of page, and the condition that they meet. The place is its address without the ending."""

    place: str
    label: str
    kinds: tuple[str, ...] = FEEDS["all"]
    condition: Callable[[type], Q] = lambda model: Q()


def of_kind(name: str) -> Source:
    codes = FEEDS[name]
    return Source(name, "" if name == "all" else str(kinds.get(codes[0]).plural), codes)


def of_theme(theme: Theme) -> Source:
    return Source(
        f"theme/{theme.code}", theme.label, condition=lambda model: Q(pk__in=model.objects.about(theme).values("pk"))
    )


def of_category(category: NewsCategory) -> Source:
    return Source(f"category/{category.code}", category.label, FEEDS["news"], lambda model: Q(category=category))


def of_author(person: Person) -> Source:
    def written(model) -> Q:
        signed = Q(pk__in=Byline.objects.filter(person=person).values("page"))
        return signed | Q(reviewer=person) if hasattr(model, "reviewer") else signed

    return Source(f"author/{person.slug}", person.name, condition=written)


GROUPS = {
    "theme": lambda code: of_theme(Theme.objects.get(code=code)),
    "category": lambda code: of_category(NewsCategory.objects.get(code=code)),
    "author": lambda slug: of_author(shown(Person).get(slug=slug)),
}


def source_at(group: str, name: str) -> Source:
    """The feed at an address. Raises Http404 where there is none, or its author stands on no public page."""
    if not group and name in FEEDS:
        return of_kind(name)
    try:
        return GROUPS[group](name)
    except (KeyError, Theme.DoesNotExist, NewsCategory.DoesNotExist, Person.DoesNotExist):
        raise Http404 from None


class Attachment(Enclosure):
    """A file that comes with an entry."""

    def __init__(self, document: CustomDocument, request):
        super().__init__(absolute(request, document.url), str(document.file_size or 0), document.content_type)
        self.title = document.title


class Dated(SyndicationFeed):
    def latest_post_date(self):
        """As Django's; but a feed without entries does not change from one moment to the next."""
        return super().latest_post_date() if self.items else BEFORE_ALL


class Atom(Dated, Atom1Feed):
    """RFC 4287, with the whole text and everyone who wrote it."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for author in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", author["name"])
            if "url" in author:
                handler.addQuickElement("uri", author["url"])
            handler.endElement("author")
        handler.addQuickElement("content", item["content"], {"type": "html"})


class JsonFeed(Dated):
    """https://www.jsonfeed.org/version/1.1/"""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile, encoding):
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "description": self.feed["subtitle"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "language": self.feed["language"],
            "items": [self._entry(item) for item in self.items],
        }
        outfile.write(json.dumps(feed, ensure_ascii=False).encode(encoding))

    def _entry(self, item) -> dict:
        entry = {
            "id": item["unique_id"],
            "url": item["link"],
            "title": item["title"],
            "content_html": item["content"],
            "summary": item["teaser"],
            "image": item["image"],
            "date_published": item["pubdate"] and rfc3339_date(item["pubdate"]),
            "date_modified": item["updateddate"] and rfc3339_date(item["updateddate"]),
            "authors": item["authors"],
            "tags": list(item["categories"]),
            "language": self.feed["language"],
            "attachments": [
                {
                    "url": found.url,
                    "mime_type": found.mime_type,
                    "title": found.title,
                    "size_in_bytes": int(found.length),
                }
                for found in item["enclosures"]
            ],
        }
        return {name: value for name, value in entry.items() if value or name == "content_html"}


FORMS = {"xml": Atom, "json": JsonFeed}


class ContentFeed(Feed):
    def __init__(self, source: Source, form: str, language: str, request):
        self.source, self.language, self.request = source, language, request
        self.form, self.feed_type = form, FORMS[form]
        self.kinds = [kinds.get(code) for code in source.kinds]

    @cached_property
    def site_name(self) -> str:
        return SiteSettings.load(request_or_site=self.request).site_name

    def title(self):
        return f"{self.site_name}: {self.source.label}" if self.source.label else self.site_name

    def subtitle(self):
        return _("The newest pages, in full.")

    def link(self):
        return absolute(self.request, "/" if self.language == "sv" else "/en/")

    def feed_url(self):
        return absolute(self.request, address(self.source.place, self.form, self.language))

    feed_guid = feed_url

    @cached_property
    def entries(self) -> list[tuple]:
        """`(base page, kind, specific page)` of the newest."""
        chosen, reviewers = Q(), []
        for kind in self.kinds:
            model = kind.model
            pages = model.objects.published().findable().filter(self.source.condition(model))
            newest = pages.filter(locale__language_code=self.language).newest()[:ENTRIES]
            chosen |= Q(pk__in=newest.values("pk"))
            reviewers += [f"{model._meta.model_name}__reviewer"] if hasattr(model, "reviewer") else []
        ids = list(Page.objects.filter(chosen).order_by().values_list("pk", flat=True))
        pages = specific_pages(Page.objects.filter(public_q(), pk__in=ids), with_text=True)
        pages = pages.select_related(*reviewers) if reviewers else pages
        newest = pages.order_by(F("first_published_at").desc(nulls_last=True), "-pk")[:ENTRIES]
        return [(page, *specific_of(page)) for page in newest]

    @cached_property
    def people_url(self) -> str:
        index = PeopleIndexPage.objects.published().filter(locale__language_code=self.language).first()
        return absolute(self.request, url_of(index, self.request)) if index else ""

    @cached_property
    def authors(self) -> dict[int, list[Person]]:
        """Who wrote each page: those of its byline, or whoever read the book."""
        found, ids = defaultdict(list), [base.pk for base, _kind, _page in self.entries]
        for byline in Byline.objects.filter(page__in=ids).select_related("person"):
            found[byline.page_id].append(byline.person)
        for base, _kind, page in self.entries:
            if base.pk not in found and (reviewer := getattr(page, "reviewer", None)):
                found[base.pk] = [reviewer]
        return found

    @cached_property
    def attachments(self) -> dict[int, list[CustomDocument]]:
        """The films, sounds and papers of each page that everyone may have. Captions come with their film."""
        sort = CustomDocument._meta.label
        chosen = {base.pk: references(page)[sort] for base, _kind, page in self.entries}
        documents = in_open_collections(CustomDocument).filter(pk__in=set().union(*chosen.values())).in_bulk()
        return {
            pk: [documents[key] for key in sorted(keys & documents.keys()) if documents[key].file_extension != "vtt"]
            for pk, keys in chosen.items()
        }

    def items(self):
        return self.entries

    def item_title(self, item):
        return item[2].title

    def item_link(self, item):
        return absolute(self.request, url_of(item[2], self.request))

    def item_guid(self, item):
        return f"urn:uuid:{item[2].translation_key}:{self.language}"

    def item_description(self, item):
        return escape(item[2].teaser_text)

    def item_pubdate(self, item):
        return item[2].first_published_at

    def item_updateddate(self, item):
        return item[2].last_published_at

    def item_categories(self, item):
        return [str(item[1].label)]

    def item_enclosures(self, item):
        return [Attachment(document, self.request) for document in self.attachments[item[0].pk]]

    def item_extra_kwargs(self, item):
        base, kind, page = item
        picture = page.hero_image and page.hero_image.get_rendition(PICTURE)
        drawn = render_to_string(
            "home/feed_entry.html", {"page": page, "kind": kind.code, "picture": picture, "request": self.request}
        )
        people = [
            {"name": person.name} | ({"url": f"{self.people_url}{person.slug}/"} if self.people_url else {})
            for person in self.authors.get(base.pk, ())
        ]
        return {
            "content": html.for_elsewhere(drawn, self.item_link(item)),
            "teaser": page.teaser_text,
            "authors": people or [{"name": self.site_name, "url": self.link()}],
            "image": absolute(self.request, picture.url) if picture else "",
        }


def address(place: str, form: str, language: str) -> str:
    group, _slash, name = place.rpartition("/")
    return reverse(f"feed_{language}", args=[*filter(None, (group,)), name, form])


def link(source: Source, language: str) -> dict:
    """`{label, atom, json}`: a feed and its addresses, from the root of the site. The feed of everything has no label."""
    forms = {"atom": address(source.place, "xml", language), "json": address(source.place, "json", language)}
    return {"label": source.label} | forms


def links(page, request, language: str) -> list[dict]:
    """The feeds that go with what a request shows, the one of everything first."""
    found = [of_kind("all")]
    names = {codes[0]: name for name, codes in FEEDS.items() if name != "all"}
    below = page.allowed_subpage_models() if hasattr(page, "allowed_subpage_models") else []
    found += [of_kind(names[kind.code]) for kind in kinds.every() if [kind.model] == below and kind.code in names]
    if person := getattr(request, "shown_person", None):
        found.append(of_author(person))
    elif isinstance(page, ThemePage):
        found.append(of_theme(page.theme))
    elif isinstance(page, NewsPage) and page.category:
        found.append(of_category(page.category))
    return [link(source, language) for source in found]


@require_safe
@conditional_page
def feed(request, name: str, form: str, language: str, group: str = ""):
    if form not in FORMS:
        raise Http404
    with translation.override(language):
        answer = ContentFeed(source_at(group, name), form, language, request)
        with stocked(*(page for _base, _kind, page in answer.entries)):
            return answer(request)


@require_safe
def index(request, language: str):
    """All feeds, and what they are for."""
    request.translated_urls = {code: reverse(f"feeds_{code}") for code, _label in settings.LANGUAGES}
    with translation.override(language):
        pages = Page.objects.filter(public_q(), locale__language_code=language, alias_of__isnull=True)
        signed = Byline.objects.filter(page__in=pages).values("person")
        reviewed = kinds.get("book_tip").model.objects.published().filter(locale__language_code=language)
        authors = Person.objects.filter(Q(pk__in=signed) | Q(pk__in=reviewed.values("reviewer")))
        groups = {
            _("By kind"): [of_kind(name) for name in FEEDS],
            _("By theme"): map(of_theme, Theme.objects.all()),
            _("News by category"): map(of_category, NewsCategory.objects.all()),
            _("By author"): map(of_author, authors.order_by(Alphabetical("name", language), "pk")),
        }
        listed = {label: [link(source, language) for source in sources] for label, sources in groups.items()}
        return render(request, "home/feeds.html", {"groups": listed})
