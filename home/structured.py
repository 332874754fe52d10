"""JSON-LD for search engines: what a page is, in schema.org's words."""

from core import html, kinds
from core.addresses import absolute, url_of
from core.models import ListingPage
from home.models import HomePage, ThemePage

CONTEXT = "https://schema.org"
HEADLINE_MAX = 110  # characters of a headline that search engines take


def _publisher(around) -> dict:
    settings = around.site_settings
    found = {"@type": "Organization", "name": settings.municipality or settings.site_name}
    if settings.municipality_url:
        found["url"] = settings.municipality_url
    return found


def _person(person, around) -> dict:
    found = {"@type": "Person", "name": person.name}
    if around.people_url:
        found["url"] = absolute(around.request, f"{around.people_url}{person.slug}/")
    if person.role:
        found["jobTitle"] = person.role
    if person.unit:
        found["worksFor"] = {"@type": "Organization", "name": person.unit}
    return found


def _page(page, around) -> dict:
    """What holds for a page of any type."""
    found = {
        "@context": CONTEXT,
        "@type": "CollectionPage" if isinstance(page, ListingPage | ThemePage) else "WebPage",
        "name": page.title,
        "description": page.search_description or page.teaser_text,
        "url": absolute(around.request, url_of(page, around.request)),
        "inLanguage": page.locale.language_code,
        "publisher": _publisher(around),
    }
    if page.first_published_at:
        found["datePublished"] = page.first_published_at.isoformat()
    if page.last_published_at:
        found["dateModified"] = page.last_published_at.isoformat()
    if around.meta.get("image"):
        found["image"] = around.meta["image"]
    return found


def _article(page, base: dict, around) -> dict:
    found = base | {
        "headline": page.title[:HEADLINE_MAX],
        "author": [_person(person, around) for person in page.people] or base["publisher"],
        "mainEntityOfPage": base["url"],
        "wordCount": page.word_count,
    }
    if page.theme_list:
        found["articleSection"] = [theme.label for theme in page.theme_list]
    return found


def _news(page, base: dict, around) -> dict:
    return _article(page, base, around) | {"@type": "NewsArticle"}


def _post(page, base: dict, around) -> dict:
    found = _article(page, base, around) | {"@type": "BlogPosting"}
    if page.series:
        found["isPartOf"] = {"@type": "CreativeWorkSeries", "name": page.series.title}
        found["position"] = page.series_number
    return found


def _method(page, base: dict, around) -> dict:
    found = base | {
        "@type": "HowTo",
        "step": [
            {
                "@type": "HowToStep",
                "position": number,
                "name": step.value["title"],
                "text": html.text_of(step.value["description"].source),
            }
            for number, step in enumerate(page.steps, 1)
        ],
    }
    if page.materials:
        found["supply"] = [{"@type": "HowToSupply", "name": item.value["text"]} for item in page.materials]
    if page.minutes_max:
        found["totalTime"] = f"PT{page.minutes_max}M"
    return found


def _review(page, base: dict, around) -> dict:
    book = {"@type": "Book", "name": page.book_title, "inLanguage": page.book_language}
    if page.book_authors:
        people = [{"@type": "Person", "name": name.value} for name in page.book_authors]
        book["editor" if page.is_edited else "author"] = people
    if page.isbn:
        book["isbn"] = page.isbn
    if page.year:
        book["datePublished"] = str(page.year)
    if page.pages:
        book["numberOfPages"] = page.pages
    if page.edition:
        book["bookEdition"] = str(page.edition)
    if page.publisher:
        book["publisher"] = {"@type": "Organization", "name": page.publisher}
    author = _person(page.reviewer, around) if page.reviewer else base["publisher"]
    return base | {"@type": "Review", "itemReviewed": book, "author": author}


BUILDERS = {"news": _news, "blog_post": _post, "method": _method, "book_tip": _review}


def _site(page, base: dict, around) -> dict:
    """The start page stands for the site."""
    target = f"{absolute(around.request, around.site_search_url)}?q={{search_term_string}}"
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": around.site_settings.site_name,
        "description": base["description"],
        "url": base["url"],
        "inLanguage": base["inLanguage"],
        "publisher": base["publisher"],
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": target},
            "query-input": "required name=search_term_string",
        },
    }


def _profile(person, around) -> dict:
    """The page of a person."""
    found = _person(person, around)
    if person.bio:
        found["description"] = person.bio
    page = {"@context": CONTEXT, "@type": "ProfilePage", "name": person.name, "inLanguage": around.language}
    return page | {"url": found["url"], "mainEntity": found, "publisher": _publisher(around)}


def _path(steps: list[dict], around) -> dict:
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": step["title"],
                "item": absolute(around.request, step["url"]),
            }
            for place, step in enumerate(steps, 1)
        ],
    }


def json_ld(page, around) -> list[dict]:
    """What a request shows, and the path to it. `around` is the frame of the request."""
    here = [*around.breadcrumbs, {"title": page.title, "url": url_of(page, around.request)}]
    if person := getattr(around.request, "shown_person", None):
        found = _profile(person, around)
        return [found, _path([*here, {"title": person.name, "url": found["url"]}], around)]
    base, kind = _page(page, around), kinds.of(page)
    if isinstance(page, HomePage):
        return [_site(page, base, around)]
    builder = BUILDERS.get(kind.code) if kind else None
    return [builder(page, base, around) if builder else base, _path(here, around)]
