"""JSON-LD for search engines: what a page is, in schema.org's words."""

from core import kinds
from core.addresses import absolute, url_of


def _person(person, request):
    return {"@type": "Person", "name": person.name}


def _article(page, base, request, kind_type):
    authors = [_person(person, request) for person in page.people]
    return base | {
        "@type": kind_type,
        "author": authors or base["publisher"],
        "articleSection": [str(theme) for theme in page.theme_list],
    }


def _method(page, base, request):
    steps = [
        {"@type": "HowToStep", "name": step.value["title"], "position": number}
        for number, step in enumerate(page.steps, 1)
    ]
    data = base | {"@type": "HowTo", "name": page.title, "step": steps}
    if page.minutes_max:
        data["totalTime"] = f"PT{page.minutes_max}M"
    return data


def _book(page, base, request):
    book = {
        "@type": "Book",
        "name": page.book_title,
        "author": [{"@type": "Person", "name": author.value} for author in page.book_authors],
        "inLanguage": page.book_language,
    }
    if page.isbn:
        book["isbn"] = page.isbn
    if page.year:
        book["datePublished"] = str(page.year)
    if page.publisher:
        book["publisher"] = {"@type": "Organization", "name": page.publisher}
    author = _person(page.reviewer, request) if page.reviewer else base["publisher"]
    return base | {"@type": "Review", "itemReviewed": book, "author": author}


BUILDERS = {
    "news": lambda page, base, request: _article(page, base, request, "NewsArticle"),
    "blog_post": lambda page, base, request: _article(page, base, request, "BlogPosting"),
    "method": _method,
    "book_tip": _book,
}


def json_ld(page, site_settings, breadcrumbs, request) -> list[dict]:
    """The page itself and its path. Dates in ISO form, addresses absolute."""
    url = absolute(request, url_of(page, request))
    publisher = {"@type": "Organization", "name": site_settings.municipality or site_settings.site_name}
    base = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "headline": page.title,
        "name": page.title,
        "description": page.search_description or page.teaser_text,
        "url": url,
        "inLanguage": page.locale.language_code,
        "publisher": publisher,
    }
    if page.first_published_at:
        base["datePublished"] = page.first_published_at.isoformat()
    if page.last_published_at:
        base["dateModified"] = page.last_published_at.isoformat()
    kind = kinds.of(page)
    builder = BUILDERS.get(kind.code) if kind else None
    data = [builder(page, base, request) if builder else base]
    if breadcrumbs:
        path = [*breadcrumbs, {"title": page.title, "url": url_of(page, request)}]
        data.append(
            {
                "@context": "https://schema.org",
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {
                        "@type": "ListItem",
                        "position": place,
                        "name": step["title"],
                        "item": absolute(request, step["url"]),
                    }
                    for place, step in enumerate(path, 1)
                ],
            }
        )
    return data
