"""Every address pattern of the site."""

from collections.abc import Iterator

from django.urls import get_resolver
from django.urls.resolvers import URLResolver


def routes(resolver=None, before: str = "") -> Iterator[tuple[str, object]]:
    """Every route of the site with its pattern, however deep it is included."""
    for found in (resolver or get_resolver()).url_patterns:
        route = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from routes(found, route)
        else:
            yield route, found
