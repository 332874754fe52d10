"""What the background worker does for search: mends the index, and forgets what was searched for too long ago."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from search import attachments, index, log
from search.models import SearchChange, SearchHealth
from search.tables import Tables

logger = logging.getLogger(__name__)

EVERY = 20.0  # seconds between two comparisons
LONGEST_SHARE = 0.05  # of the time: comparing a large index is done less often
CHANGES_KEPT = timedelta(days=1)  # longer than any rebuild runs


def chores() -> list[Callable[[], None]]:
    """What a worker does over and over."""
    if not settings.SEARCH_ENGINE:
        return [Keeper(), read_files]
    from search.following import Follower  # its client takes memory that most installations need not give

    return [Keeper(), read_files, Follower()]


def read_files() -> None:
    """Reads the files that have come, or been replaced. Several workers may read the same one, with the same outcome."""
    try:
        attachments.read_some()
    except DatabaseError:
        raise
    except Exception:
        logger.exception("a file could not be read for search")


class Keeper:
    """Keeps the index as the public pages are. Called again and again; decides itself when it is time."""

    def __init__(self):
        self.next = 0.0

    def __call__(self) -> None:
        if time.monotonic() < self.next:
            return
        began = time.monotonic()
        try:
            if healed := index.heal():
                logger.info("%d pages were brought up to date in the search index", healed)
            SearchHealth.note("index", healed)
            Tables().settle()
            log.forget_old()
            if not settings.SEARCH_ENGINE:
                SearchChange.objects.filter(at__lt=timezone.now() - CHANGES_KEPT).delete()
        except DatabaseError:
            raise
        except Exception:
            logger.exception("the search index could not be compared with the public pages")
        took = time.monotonic() - began
        self.next = time.monotonic() + max(EVERY, took / LONGEST_SHARE)
