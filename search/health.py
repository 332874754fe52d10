"""How well search is: what the newsroom, the doctor and the figures say of it."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from search import attachments
from search.models import SearchChange, SearchHealth

LATE = timedelta(minutes=1)


class EngineFails(Exception):
    """The search engine does not answer, in its own words."""


def waiting() -> int:
    """Changes that the engine outside the database has not been told of."""
    return SearchChange.objects.count() if settings.SEARCH_ENGINE else 0


def lag() -> float:
    """How many seconds the oldest of them has waited."""
    if not settings.SEARCH_ENGINE:
        return 0.0
    oldest = SearchChange.objects.order_by("pk").values_list("at", flat=True).first()
    return (timezone.now() - oldest).total_seconds() if oldest else 0.0


def engine_differences() -> int:
    """How many pages the engine has not as the database has them. Raises EngineFails."""
    from search import following  # its client takes memory that most installations need not give

    try:
        return len(following.all_differences())
    except following.FAILURES as error:
        raise EngineFails(str(error)) from error


def problems() -> Iterator[tuple[str, str]]:
    """What editors should know, as heading and text. From what the worker has noted; nothing is compared."""
    engine = SearchHealth.objects.filter(name="engine").first() if settings.SEARCH_ENGINE else None
    if engine and engine.error:
        yield (
            gettext("The search engine does not answer"),
            gettext("Visitors search in the database meanwhile. Tell whoever runs the site."),
        )
    elif lag() > LATE.total_seconds():
        number = waiting()
        yield (
            gettext("The search engine is late"),
            ngettext("%(number)d change waits.", "%(number)d changes wait.", number) % {"number": number},
        )
    index = SearchHealth.objects.filter(name="index").first()
    if index and index.differences:
        yield (
            gettext("The search index was not as the public pages"),
            ngettext("%(number)d page has been mended.", "%(number)d pages have been mended.", index.differences)
            % {"number": index.differences},
        )
    for title, reason in attachments.problems():
        yield gettext("The file “%(title)s” cannot be searched") % {"title": title}, reason
