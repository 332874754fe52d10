"""What every page's own template is given. Composed here, so that page models hold fields and nothing else.

What stands round a page (menu, path, languages) is `home.frame`.
"""

from urllib.parse import quote

from django.utils.text import slugify

from core import kinds
from core.addresses import absolute, url_of
from core.related import related_groups


def toc(page) -> list[dict]:
    """The headings of the body: `{id, text, level}`, level 2 to 4. Reads what is stored, so that nothing else is fetched."""
    body = getattr(page, "body", None)
    rows = body.raw_data if body else []
    values = [
        (row["value"].get("text") or "", row["value"].get("level") or "h2") for row in rows if row["type"] == "heading"
    ]
    return [{"id": slugify(text), "text": text, "level": int(level[1])} for text, level in values]


def share(title: str, path: str, request) -> dict:
    """`{title, url, path, mailto}`; the address is absolute, the path is not."""
    url = absolute(request, path)
    return {"title": title, "url": url, "path": path, "mailto": f"mailto:?subject={quote(title)}&body={quote(url)}"}


def page_context(page, request) -> dict:
    """Variables for a page's template. Leaves the page on the request, for the frame."""
    if request is not None:
        request.shown_page = page
    stewardship = getattr(page, "stewardship", None) if page.pk else None
    kind = kinds.of(page)  # lists and the start page are no kind: by nobody, and about nothing in particular
    is_article = bool(kind and kind.feed)
    return {
        "toc": toc(page),
        "share": share(page.title, url_of(page, request) or "", request),
        "can_be_saved": bool(kind and page.pk),
        "related": related_groups(page, request) if is_article or (kind and page.related_pages) else [],
        "related_links": [link.value for link in page.related_links],
        "bylines": page.people if is_article else [],
        "change_note": stewardship.change_note if stewardship else "",
        "changed_at": stewardship and stewardship.changed_at,
        "reviewed_on": stewardship and stewardship.reviewed_on,
        "review_due": stewardship.review_due if stewardship and stewardship.is_overdue else None,
        "reading_minutes": page.reading_minutes,
        "contact": page.contact,
    }
