"""Addresses of pages, on this site and from outside."""

from types import SimpleNamespace

from django.conf import settings

# Wagtail asks the database which site a request is for, once in each. There is one.
THIS_SITE = SimpleNamespace(id=None)


def url_of(page, request=None) -> str | None:
    """The address of a page, from the root of the site; None for a page that has none. Takes no SQL statement."""
    return page.get_url(request, current_site=THIS_SITE)


def absolute(request, url: str | None) -> str:
    """`url` with scheme and host: those of SITE_URL, or the request's where that is not set."""
    if not url or "://" in url:
        return url or ""
    root = settings.SITE_URL or (f"{request.scheme}://{request.get_host()}" if request else "")
    return f"{root.rstrip('/')}{url}"
