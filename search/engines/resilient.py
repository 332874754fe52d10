"""Elasticsearch for visitors, with the database behind it: whatever happens to the one, the other answers in time."""

import logging
import threading
import time

from elasticsearch import ApiError, TransportError

from search.engines import Found, Lookup, Tally, database_engine
from search.engines.elasticsearch import Elasticsearch, Untrustworthy

logger = logging.getLogger(__name__)

PAUSE = 5.0  # seconds in which an engine that failed is not asked again
# A broken answer is as good as none: what it lacks shows as one of these.
FAILURES = (ApiError, TransportError, Untrustworthy, KeyError, TypeError, ValueError, AttributeError)


class Breaker:
    """Keeps a process from asking an engine that has just failed. One question tries it again when the pause is over."""

    def __init__(self):
        self.lock, self.closed_until = threading.Lock(), 0.0

    def lets_through(self) -> bool:
        now = time.monotonic()
        with self.lock:
            if not self.closed_until:
                return True
            if now < self.closed_until:
                return False
            self.closed_until = now + PAUSE  # this one tries; the others wait for what it finds
            return True

    def failed(self, error: Exception) -> None:
        with self.lock:
            if not self.closed_until:
                logger.warning("the search engine failed, the database answers: %s", error)
            self.closed_until = time.monotonic() + PAUSE

    def worked(self) -> None:
        with self.lock:
            if self.closed_until:
                logger.warning("the search engine answers again")
            self.closed_until = 0.0


breaker = Breaker()


class Resilient:
    """The engine of one answer. Once the database has been asked it answers the rest too, so that all numbers agree."""

    def __init__(self):
        self.engine, self.database = Elasticsearch(), database_engine()
        self.is_asked = breaker.lets_through()

    def top(self, lookup: Lookup, limit: int, offset: int = 0) -> list[Found]:
        found = self._ask("top", lookup, limit, offset)
        if not found and self.is_asked and not offset and all(group.pages for group in lookup.groups):
            # Pages have these words. An engine that knows of none may have lost them.
            self.is_asked = not (found := self.database.top(lookup, limit, offset))
        return found

    def tally(self, lookup: Lookup) -> list[Tally]:
        return self._ask("tally", lookup)

    def titles(self, lookup: Lookup, limit: int) -> list[Found]:
        return self._ask("titles", lookup, limit)

    def _ask(self, what: str, *values):
        if self.is_asked:
            try:
                found = getattr(self.engine, what)(*values)
                breaker.worked()
                return found
            except FAILURES as error:
                breaker.failed(error)
                self.is_asked = False
        return getattr(self.database, what)(*values)
