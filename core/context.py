"""What every page's own template is given. Composed here, so that page models hold fields and nothing else.

What stands round a page (menu, path, languages) is `home.frame`.
"""

from urllib.parse import quote

from django.conf import settings

from core.related import related_groups


def absolute(request, url: str | None) -> str:
    """`url` with scheme and host: those of SITE_URL, or the request's where that is not set."""
    if not url or "://" in url:
        return url or ""
    root = settings.SITE_URL or (f"{request.scheme}://{request.get_host()}" if request else "")
    return f"{root.rstrip('/')}{url}"


def toc(page) -> list[dict]:
    """The headings of the body: `{id, text, level}`, level 2 to 4."""
    body = getattr(page, "body", None) or []
    return [
        {"id": block.value.anchor, "text": block.value["text"], "level": int(block.value["level"][1])}
        for block in body
        if block.block_type == "heading"
    ]


def share(page, request) -> dict:
    """`{title, url, mailto}`; the address is absolute."""
    url = absolute(request, page.get_url(request))
    return {"title": page.title, "url": url, "mailto": f"mailto:?subject={quote(page.title)}&body={quote(url)}"}


def page_context(page, request) -> dict:
    """Variables for a page's template. Leaves the page on the request, for the frame."""
    if request is not None:
        request.shown_page = page
    stewardship = getattr(page, "stewardship", None) if page.pk else None
    return {
        "toc": toc(page),
        "share": share(page, request),
        "related": related_groups(page, request),
        "related_links": [link.value for link in page.related_links],
        "bylines": page.people,
        "change_note": page.change_note if page.change_is_substantive else "",
        "reviewed_on": stewardship and stewardship.reviewed_on,
        "reading_minutes": page.reading_minutes,
        "contact": page.contact,
    }
