"""The index that visitors' search reads: kept as the public pages are, compared with them, and built anew beside itself."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from wagtail.models import Page

from core.last import put_off
from search import tables
from search.documents import Document, Entry, Kept, documents, entry_of, findable_ids
from search.models import SearchChange, SearchDocument, SearchText
from search.tables import EVERY_PAGE, NEXT, Tables

CHUNK = 200  # pages that are read and written together
MENDED = 20  # pages that the worker mends in one transaction: an editor who saves waits for no more
AT_ONCE = 100  # pages that change in one request because something that they name has another name


@dataclass(frozen=True)
class Difference:
    """`fault` is `missing` (a public page without an entry), `stale` (an entry without a public page) or `outdated`."""

    fault: str
    page_id: int
    title: str


@dataclass(frozen=True)
class Progress:
    """How far a rebuild has come: pages done, pages in all, and seconds since it began."""

    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Pages in a second."""
        return self.done / max(self.seconds, 0.001)


def chunks(ids: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    ids = list(ids)
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def stored(page_ids: Iterable[int]) -> dict[int, Kept]:
    """The documents as the index has them, by page."""
    ids = list(page_ids)
    texts = {text.page_id: text for text in SearchText.objects.filter(page_id__in=ids)}
    found = {}
    for row in SearchDocument.objects.filter(page_id__in=ids):
        if text := texts.get(row.page_id):
            document = Document(
                page_id=row.page_id,
                language=row.language,
                kind=row.kind,
                facets=tuple(row.facets.split()),
                published_at=row.published_at,
                version=row.version,
                visible_until=row.visible_until,
                title=text.title,
                label=text.label,
                lead=text.lead,
                text=text.text,
                attached=text.attached,
            )
            found[row.page_id] = Kept(document, text.readings)
    return found


class WordCounts:
    """In how many pages and titles words stand, by language."""

    def __init__(self):
        self.pages: dict[str, Counter] = defaultdict(Counter)
        self.titles: dict[str, Counter] = defaultdict(Counter)

    def add(self, entry: Entry, times: int = 1) -> None:
        """Counts an entry once more (1) or once less (-1)."""
        pages, titles = self.pages[entry.document.language], self.titles[entry.document.language]
        if times > 0:
            pages.update(entry.words)  # quicker than one by one
            titles.update(entry.title_words)
        else:
            pages.subtract(entry.words)
            titles.subtract(entry.title_words)
        pages[EVERY_PAGE] += times

    def write(self, into: Tables) -> None:
        for language, pages in self.pages.items():
            into.count(language, pages, self.titles[language])


def refresh_naming(page_ids: list[int]) -> None:
    """Makes the index hold pages as they are now whose words have changed from outside; the worker does what is too much."""
    refresh(page_ids[:AT_ONCE])
    for ids in chunks(page_ids[AT_ONCE:]):
        SearchDocument.objects.filter(page_id__in=ids).update(version=None)


def refresh(page_ids: Iterable[int]) -> None:
    """Makes the index hold these pages as they are now: anew, or no longer. What has not changed is not written.

    Who writes to the index keeps all others from it until the end of the transaction, so it comes last in one that can wait.
    """
    put_off(_refresh, page_ids)


@transaction.atomic
def _refresh(page_ids: Iterable[int]) -> None:
    for ids in chunks(dict.fromkeys(page_ids)):
        # First the lock, then the look: whoever hid a page meanwhile has either finished, or waits and looks after us.
        tables.hold_index()
        now, before = {document.page_id: document for document in documents(ids)}, stored(ids)
        _write(ids, now, before)


def _write(ids: list[int], now: dict[int, Document], before: dict[int, Kept]) -> None:
    changed = [page_id for page_id in ids if not _is_same(now.get(page_id), before.get(page_id))]
    if not changed:
        return
    counts, used = WordCounts(), Tables()
    for page_id in changed:
        if page_id in before:
            counts.add(before[page_id].entry, -1)
    used.remove(page_id for page_id in changed if page_id in before)
    entries = [entry_of(now[page_id]) for page_id in changed if page_id in now]
    used.add(entries)
    for entry in entries:
        counts.add(entry)
    counts.write(used)
    SearchChange.objects.bulk_create(SearchChange(page_id=page_id) for page_id in changed)


def _is_same(document: Document | None, kept: Kept | None) -> bool:
    return document == (kept.document if kept else None)


def remove(page_ids: Iterable[int]) -> None:
    """Takes pages out of the index, whatever they are now."""
    ids = list(page_ids)
    with transaction.atomic():
        tables.hold_index()
        _write(ids, {}, stored(ids))


def differences() -> list[Difference]:
    """Where the index and the public, findable pages differ, by their keys, titles and times of publication."""
    public = set(findable_ids())
    indexed = dict(SearchDocument.objects.values_list("page_id", "version"))
    titles = dict(SearchText.objects.values_list("page_id", "title"))
    pages = Page.objects.filter(pk__in=public | indexed.keys()) if len(public) < CHUNK else Page.objects.all()
    found = []
    for pk, title, version in pages.values_list("pk", "title", "last_published_at").iterator():
        if pk in public and pk not in indexed:
            found.append(Difference("missing", pk, title))
        elif pk in public and (indexed[pk] != version or titles.get(pk) != title):
            found.append(Difference("outdated", pk, title))
    return found + [Difference("stale", pk, titles.get(pk, "")) for pk in sorted(indexed.keys() - public)]


def deep_differences() -> Iterator[Difference]:
    """As `differences()`, by every word. Reads every page."""
    found = differences()
    yield from found
    seen = {difference.page_id for difference in found}
    for ids in chunks(findable_ids()):
        before = stored(ids)
        for document in documents(ids):
            if document.page_id not in seen and not _is_same(document, before.get(document.page_id)):
                yield Difference("outdated", document.page_id, document.title)


def is_unbuilt() -> bool:
    """Whether the index is empty though there is something to find: a database from before there was an index."""
    return not SearchDocument.objects.exists() and next(iter(findable_ids()), None) is not None


def heal() -> int:
    """Mends what no signal has told of: pages whose time has run out, and rows that were changed by hand. Returns how many."""
    found = [difference.page_id for difference in differences()]
    for some in chunks(found, MENDED):
        refresh(some)
    return len(found)


def rebuild(progress: Callable[[Progress], None] = lambda progress: None) -> int:
    """Builds the index anew beside the one in use, then puts it in its place. Returns the number of pages.

    Visitors search meanwhile, editors publish meanwhile. A rebuild that is interrupted leaves the index as it was.
    Raises `tables.Busy` where another process is at it.
    """
    began = time.monotonic()
    with tables.sole_rebuild():
        following = Tables(NEXT)
        following.drop()
        try:
            with transaction.atomic():
                following.create(with_indexes=False)
            last_change = SearchChange.objects.aggregate(last=Max("pk"))["last"] or 0
            ids, counts, done = list(findable_ids()), WordCounts(), 0
            progress(Progress(0, len(ids), 0.0))
            for some in chunks(ids):
                entries = [entry_of(document) for document in documents(some)]
                with transaction.atomic():
                    following.add(entries)
                for entry in entries:
                    counts.add(entry)
                done += len(some)
                progress(Progress(done, len(ids), time.monotonic() - began))
            counts.write(following)
            following.finish()
            with transaction.atomic():
                tables.hold_index()
                following.take_the_place_of(Tables())
                refresh(SearchChange.objects.filter(pk__gt=last_change).values_list("page_id", flat=True))
        finally:
            following.drop()
    heal()
    return done
