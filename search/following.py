"""The search engine outside the database follows the index in it: in order, again where it failed, never back in time.

Each change of the index leaves a row in the transaction that makes it. The worker reads the page's present entry and writes
it, or takes it away, with the row's number as the version: what comes late and out of order is refused by the engine. What
was lost on the way, or written by somebody else, is found by comparison and goes the same way.
"""

import logging
import time
from collections.abc import Callable, Iterator

from elasticsearch import ApiError, TransportError
from elasticsearch.helpers import streaming_bulk

from search import tables
from search.engines import elasticsearch as engine
from search.index import Progress, chunks, stored
from search.models import SearchChange, SearchDocument, SearchHealth

logger = logging.getLogger(__name__)

BATCH = 200  # changes that are written together
COMPARED_EVERY = 30.0  # seconds
LONGEST_SHARE = 0.05  # of the time that comparing may take
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 10.0  # seconds after a failure
BULK_BYTES = 5 * 1024 * 1024
LONGEST_ERROR = 500  # characters
TRIES = 5  # of a document that the engine has no room for now
FAILURES = (ApiError, TransportError)


def write(actions: Iterator[dict]) -> None:
    """Sends operations in portions; an engine that is overloaded is given time. Raises what it cannot mend."""
    bulk = streaming_bulk(
        engine.client(engine.WRITING),
        _pairs(actions),
        max_chunk_bytes=BULK_BYTES,
        expand_action_callback=lambda pair: pair,
        max_retries=TRIES,
        initial_backoff=1,
        max_backoff=LONGEST_PAUSE,
        raise_on_error=False,
    )
    for is_done, result in bulk:
        (answer,) = result.values()
        # 404: it was not there to be taken away. 409: something newer is.
        if not is_done and answer.get("status") not in (404, 409):
            raise TransportError(str(answer))


def _pairs(actions: Iterator[dict]):
    """Operations with the document that follows each; one that takes away has none."""
    for action in actions:
        yield (action, next(actions)) if "index" in action else (action, None)


def follow() -> int:
    """Writes the changes that wait, oldest first. Returns how many pages they were."""
    done = 0
    while rows := list(SearchChange.objects.order_by("pk").values_list("pk", "page_id")[:BATCH]):
        make_missing()
        latest = {page_id: pk for pk, page_id in rows}
        apply(latest)
        SearchChange.objects.filter(pk__in=[pk for pk, _page_id in rows]).delete()
        done += len(latest)
    return done


def apply(changes: dict[int, int]) -> None:
    """Writes pages as the index has them now: `{key: number of the change}`."""
    documents = stored(changes)

    def actions() -> Iterator[dict]:
        for page_id, change in changes.items():
            if page_id in documents:
                yield from engine.operations([documents[page_id].entry], change)
            else:
                yield from engine.removals([page_id], change)

    write(actions())


def differences(index: str, language: str) -> list[int]:
    """The pages of a language that an index of the engine has not as the database has them."""
    wanted = dict(SearchDocument.objects.filter(language=language).values_list("page_id", "checksum"))
    differing, seen = set(), set()
    for key, checksum, is_ours in engine.contents(index):
        page_id = int(key) if key.isdigit() else None
        if page_id is None:
            engine.client(engine.WRITING).delete(index=index, id=key)  # no page has such a key
        elif not is_ours or wanted.get(page_id) != checksum:
            differing.add(page_id)
        seen.add(page_id)
    return sorted(differing | (wanted.keys() - seen))


def waiting() -> int:
    return SearchChange.objects.count()


def all_differences() -> list[int]:
    """The pages that the engine has not as the database has them, those that wait included. Raises what the engine does."""
    return [page_id for language in tables.LANGUAGES for page_id in differences(engine.alias(language), language)]


def heal() -> int:
    """Compares the engine with the database and puts what differs in line. Makes an index where there is none."""
    found = 0
    make_missing()
    for language in tables.LANGUAGES:
        differing = differences(engine.alias(language), language)
        SearchChange.objects.bulk_create(SearchChange(page_id=page_id) for page_id in differing)
        found += len(differing)
    follow()
    return found


def make_missing() -> None:
    """Builds the indexes that are not there. To one that is missing nothing is written: the engine would make it, its way."""
    for language in tables.LANGUAGES:
        if not engine.is_in_place(language):
            build(language)


def rebuild(progress: Callable[[Progress], None] = lambda progress: None) -> int:
    """Builds new indexes beside those in use and puts them in their place. Returns how many pages they hold."""
    return sum(build(language, progress) for language in tables.LANGUAGES)


def build(language: str, progress: Callable[[Progress], None] = lambda progress: None) -> int:
    """A new index of one language, filled from the database's. Searched from the moment in which it is whole."""
    began, before = time.monotonic(), engine.indexes_of(language)
    change = SearchChange.objects.create(page_id=0).pk  # all that happens from here on has a higher number
    name = engine.create_index(language)
    try:
        ids, done = list(SearchDocument.objects.filter(language=language).values_list("page_id", flat=True)), 0
        for some in chunks(ids):
            write(engine.operations([kept.entry for kept in stored(some).values()], change, name))
            done += len(some)
            progress(Progress(done, len(ids), time.monotonic() - began))
        engine.put_in_place(name, language)
    except BaseException:
        engine.client(engine.WRITING).options(ignore_status=404).indices.delete(index=name)
        raise
    differing = differences(name, language)  # what was published meanwhile went to the index before this one
    SearchChange.objects.bulk_create(SearchChange(page_id=page_id) for page_id in differing)
    for old in set(before) - {name}:
        engine.client(engine.WRITING).options(ignore_status=404).indices.delete(index=old)
    return len(ids)


class Follower:
    """The worker's part: writes what has changed, compares now and then, and waits when the engine is away."""

    def __init__(self):
        self.pause, self.next_try, self.next_comparison = 0.0, 0.0, 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if now < self.next_try:
            return
        try:
            with tables.sole_follower():
                follow()
                if now >= self.next_comparison:
                    self.compare()
        except tables.Busy:
            return  # another worker does it
        except FAILURES as error:
            self.pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, self.pause * 2))
            self.next_try = time.monotonic() + self.pause
            self.next_comparison = 0.0  # what was lost meanwhile is looked for as soon as it is back
            logger.warning("the search engine cannot be written to; trying again in %d s: %s", self.pause, error)
            SearchHealth.note("engine", error=str(error)[:LONGEST_ERROR])
            return
        self.pause = 0.0

    def compare(self) -> None:
        began = time.monotonic()
        if healed := heal():
            logger.warning("%d pages were brought in line in the search engine", healed)
        SearchHealth.note("engine", healed)
        took = time.monotonic() - began
        self.next_comparison = time.monotonic() + max(COMPARED_EVERY, took / LONGEST_SHARE)
