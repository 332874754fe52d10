"""What is searched for, what finds nothing, and what is opened: numbers by day, never who.

Visitors do not wait for it. What was asked is kept in memory and written by a thread of its own; a database that does
not answer loses the numbers, not the search. Only what was asked often enough is shown, see `search.reports`.
"""

import logging
import threading
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db import connections, transaction
from django.db.models import F
from django.utils import timezone

from search.analysis import normalised
from search.models import AskedOn, FollowedOn, SearchDocument

logger = logging.getLogger(__name__)

LONGEST = 80  # characters that are kept of a question
PAUSE = 2.0  # seconds between two writings
MOST_WAITING = 10_000  # different entries that wait; what comes beyond is not counted
KEPT = timedelta(days=90)
DIGITS = 10  # of a page's key


class Counts:
    """What has been asked and opened since it was last written."""

    def __init__(self):
        self.lock = threading.Lock()
        self.asked: Counter = Counter()
        self.failed: Counter = Counter()
        self.opened: Counter = Counter()
        self.writer: threading.Thread | None = None
        self.wake = threading.Event()

    def add(self, counter: Counter, key: tuple) -> None:
        with self.lock:
            if len(self.asked) + len(self.opened) < MOST_WAITING:
                counter[key] += 1
            is_writing = self.writer is not None and self.writer.is_alive()  # not in a process that was forked since
            if settings.SEARCH_LOG_IN_BACKGROUND and not is_writing:
                self.writer = threading.Thread(target=self._write_on, daemon=True)
                self.writer.start()

    def take(self) -> tuple[Counter, Counter, Counter]:
        with self.lock:
            taken = self.asked, self.failed, self.opened
            self.asked, self.failed, self.opened = Counter(), Counter(), Counter()
        return taken

    def _write_on(self) -> None:
        while True:
            self.wake.wait(PAUSE)
            try:
                if self.asked or self.opened:
                    flush()
            except Exception:
                logger.exception("what was searched for could not be counted")
            finally:
                connections.close_all()


counts = Counts()


def count(text: str, language: str, hits: int) -> None:
    """Counts a search and whether it found anything."""
    if key := " ".join(normalised(text).split())[:LONGEST]:
        counts.add(counts.asked, (language, key))
        if not hits:
            counts.add(counts.failed, (language, key))


def count_opened(text: str, language: str, page: str) -> None:
    """Counts that a hit was opened. What cannot be right is not counted."""
    key = " ".join(normalised(text).split())[:LONGEST]
    if key and page.isascii() and page.isdigit() and len(page) < DIGITS:
        counts.add(counts.opened, (language, key, int(page)))


@transaction.atomic
def flush() -> None:
    """Writes what has been counted, and forgets what is older than `KEPT`."""
    today = timezone.localdate()
    asked, failed, opened = counts.take()
    for language, text in asked:
        row, _is_new = AskedOn.objects.get_or_create(day=today, language=language, text=text)
        AskedOn.objects.filter(pk=row.pk).update(
            times=F("times") + asked[language, text], without_hits=F("without_hits") + failed[language, text]
        )
    pages = set(SearchDocument.objects.filter(page_id__in={key[2] for key in opened}).values_list("page_id", flat=True))
    for language, text, page_id in opened:
        if page_id in pages:
            row, _is_new = FollowedOn.objects.get_or_create(day=today, language=language, text=text, page_id=page_id)
            FollowedOn.objects.filter(pk=row.pk).update(times=F("times") + opened[language, text, page_id])


def forget_old() -> None:
    """Removes what is older than it may be kept."""
    for model in (AskedOn, FollowedOn):
        model.objects.filter(day__lt=timezone.localdate() - KEPT).delete()
