"""What stands round every page: the site's names, the menu, the path, the languages. Two statements a request."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import get_language, get_supported_language_variant
from wagtail.models import Locale

from core import kinds
from core.addresses import absolute, url_of
from core.references import References
from home import feeds, saving, sharing
from home.models import AccessibilityStatementPage, PeopleIndexPage, SiteSettings
from home.structured import json_ld

LANDMARKS = (AccessibilityStatementPage, PeopleIndexPage)
SHARED_PICTURE = "fill-1200x630|format-jpeg"


@dataclass(frozen=True)
class Language:
    """One entry of the language switch. `exists` is False where the page has no public version in that language."""

    code: str
    label: str
    url: str | None
    current: bool
    exists: bool


class Nowhere:
    """Stands for the page on views that show none: search, reports, errors. Lies in the tree's top, in one language."""

    pk = None
    path = ""
    translation_key = None

    def __init__(self, language: str):
        self.locale = Locale(language_code=language)


class Frame:
    """Everything is fetched when it is first asked for, so that a response without a frame costs nothing."""

    def __init__(self, request):
        self.request = request

    @cached_property
    def page(self):
        return getattr(self.request, "shown_page", None) or Nowhere(get_supported_language_variant(get_language()))

    @property
    def language(self) -> str:
        return self.page.locale.language_code

    @cached_property
    def site_settings(self) -> SiteSettings:
        return SiteSettings.load(request_or_site=self.request)

    @cached_property
    def theme_terms(self) -> list:
        """The themes of a page that is about something; lists and the start page are about nothing in particular."""
        return self.page.theme_list if kinds.of(self.page) else []

    @cached_property
    def references(self) -> References:
        rows = self.site_settings.menu.raw_data
        return References(
            self.page, [row["value"]["page"] for row in rows if row["value"].get("page")], self.theme_terms, LANDMARKS
        )

    @cached_property
    def navigation(self) -> list[dict]:
        """`{title, url, current}` for the pages of the menu that are public in this language."""
        items = []
        for row in self.site_settings.menu.raw_data:
            target = self.references.in_language(row["value"].get("page"))
            if target:
                label = row["value"].get(f"label_{self.language}") or target.title
                items.append(
                    {
                        "title": label,
                        "url": url_of(target, self.request),
                        "current": self.page.path.startswith(target.path),
                    }
                )
        return items

    @cached_property
    def breadcrumbs(self) -> list[dict]:
        return [{"title": page.title, "url": url_of(page, self.request)} for page in self.references.ancestors()]

    @cached_property
    def themes(self) -> list[dict]:
        """`{label, url}`; the address is None where the theme has no public hub in this language."""
        hubs = [(theme, self.references.hub(theme)) for theme in self.theme_terms]
        return [{"label": theme.label, "url": hub and url_of(hub, self.request)} for theme, hub in hubs]

    @cached_property
    def languages(self) -> list[Language]:
        """The switch. Where a page has no version in the other language the entry says so and leads nowhere."""
        other_addresses = getattr(self.request, "translated_urls", None)
        found = {page.locale.language_code: self.url_below(page) for page in self.references.translations()}
        found = other_addresses or found
        return [
            Language(code, str(label), found.get(code), code == self.language, code in found)
            for code, label in settings.WAGTAIL_CONTENT_LANGUAGES
        ]

    def url_below(self, page) -> str:
        """The address of a page, or of the tool below it that the request shows: `shown_below` holds its part by language."""
        below = getattr(self.request, "shown_below", {})
        return f"{url_of(page, self.request)}{below.get(page.locale.language_code, '')}"

    @cached_property
    def alternates(self) -> list[dict]:
        """`{code, url}` for hreflang, absolute."""
        return [{"code": entry.code, "url": absolute(self.request, entry.url)} for entry in self.languages if entry.url]

    @cached_property
    def canonical_url(self) -> str:
        page = getattr(self.request, "shown_page", None)
        url = self.url_below(page) if page is not None else self.request.path
        number = self.request.GET.get("page", "")
        return absolute(self.request, url) + (
            f"?page={number}" if number.isascii() and number.isdigit() and number != "1" else ""
        )

    @cached_property
    def meta(self) -> dict:
        """`{title, description, image, type}` for search engines and shared links; the picture's address is absolute."""
        page = getattr(self.request, "shown_page", None)
        if page is None:
            return {}
        kind = kinds.of(page)
        return {
            "title": page.seo_title or page.title,
            "description": page.search_description or page.teaser_text,
            "image": absolute(self.request, self.shared_picture(page)),
            "type": "article" if kind and kind.feed else "website",
        }

    def shared_picture(self, page) -> str:
        """The address of the picture that links to the page are shown with."""
        picture = page.social_image or page.hero_image
        if picture:
            return picture.get_rendition(SHARED_PICTURE).url
        return sharing.address_of(page, self.site_settings.site_name)

    @cached_property
    def json_ld(self) -> list[dict]:
        page = getattr(self.request, "shown_page", None)
        return json_ld(page, self) if page is not None else []

    def _named(self, name: str, *args) -> str:
        return reverse(f"{name}_{self.language}", args=args)

    @cached_property
    def feeds(self) -> list[dict]:
        return feeds.links(self.page, self.request, self.language)

    @property
    def feeds_url(self) -> str:
        return self._named("feeds")

    most_saved = saving.MOST

    @property
    def saved_url(self) -> str:
        return self._named("saved")

    @property
    def site_search_url(self) -> str:
        return self._named("search")

    @property
    def suggest_url(self) -> str:
        return self._named("suggest")

    @property
    def barrier_url(self) -> str:
        return self._named("barrier")

    @property
    def api_url(self) -> str:
        return self._named("api")

    @cached_property
    def home_url(self) -> str:
        return "/" if self.language == "sv" else f"/{self.language}/"

    def _landmark_url(self, model: type) -> str:
        found = self.references.landmark(model)
        return (url_of(found, self.request) or "") if found else ""

    @cached_property
    def statement_url(self) -> str:
        """The accessibility statement's address in this language, or an empty string where there is none."""
        return self._landmark_url(AccessibilityStatementPage)

    @cached_property
    def people_url(self) -> str:
        """The address of the contributors' list in this language; a person's page is `<people_url><slug>/`."""
        return self._landmark_url(PeopleIndexPage)


VARIABLES = (
    "site_settings", "navigation", "breadcrumbs", "themes", "languages", "alternates", "canonical_url", "meta", "json_ld",
    "feeds", "feeds_url", "saved_url", "most_saved", "site_search_url", "suggest_url", "barrier_url", "api_url", "home_url",
    "statement_url", "people_url",
)  # fmt: skip


def frame(request) -> dict:
    """Context processor: the variables that `base.html` uses, each fetched when it is used."""
    around = Frame(request)
    return {name: SimpleLazyObject(lambda name=name: getattr(around, name)) for name in VARIABLES}
