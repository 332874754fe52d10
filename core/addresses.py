"""Addresses of pages, on this site and from outside."""

from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils.translation import get_language_from_path
from wagtail.models import Site

# Wagtail asks the database which site a request is for, once in each. There is one.
THIS_SITE = SimpleNamespace(id=None)


def url_of(page, request=None) -> str | None:
    """The address of a page, from the root of the site; None for a page that has none. Takes no SQL statement."""
    return page.get_url(request, current_site=THIS_SITE)


def connect() -> None:
    """Where there is no request, in mail for one, links lead where the newsroom's do.

    Wagtail's would lead to the host and the port of the site in the database, which are the same in every installation.
    """
    Site.root_url = property(lambda site: settings.WAGTAILADMIN_BASE_URL.rstrip("/"))


class Addresses:
    """Makes addresses, from the root of the site, of what the database says of pages."""

    def __init__(self):
        self.roots = {root.language_code: root.root_path for root in Site.get_site_root_paths()}

    def at(self, url_path: str | None, language: str | None) -> str | None:
        """The address of a place in the tree of pages; None for one outside the site."""
        root = self.roots.get(language)
        if not root or not url_path or not url_path.startswith(root):
            return None
        prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
        return f"{prefix}/{url_path.removeprefix(root)}"


def addresses_of(pages) -> dict[int, str]:
    """The addresses of many pages, by key, from the root of the site. One statement, and no page is built for it."""
    rows, addresses = pages.values_list("pk", "url_path", "locale__language_code"), Addresses()
    return {pk: address for pk, *place in rows if (address := addresses.at(*place))}


def absolute(request, url: str | None) -> str:
    """`url` with scheme and host: those of SITE_URL, or the request's where that is not set."""
    if not url or "://" in url:
        return url or ""
    root = settings.SITE_URL or (f"{request.scheme}://{request.get_host()}" if request else "")
    return f"{root.rstrip('/')}{url}"


def tree_path(url: str) -> str:
    """Where in the tree of pages an address of this site would lead; an empty string for an address elsewhere."""
    try:
        parts, own = urlsplit(url), urlsplit(settings.WAGTAILADMIN_BASE_URL)
    except ValueError:
        return ""
    is_here = not (parts.scheme or parts.netloc) or (
        parts.scheme in ("", "http", "https") and parts.netloc == own.netloc
    )
    if not is_here or not parts.path.startswith("/"):
        return ""
    path, roots = unquote(parts.path), {root.language_code: root.root_path for root in Site.get_site_root_paths()}
    prefix = get_language_from_path(path)
    rest = path.removeprefix(f"/{prefix}") if prefix else path
    root = roots.get(prefix or settings.LANGUAGE_CODE)
    return f"{root}{rest.strip('/')}/".replace("//", "/") if root else ""
