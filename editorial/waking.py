"""What ends a worker's sleep: its time, the operator, or PostgreSQL, which says when something new is due or to be sent.

The triggers that say so are in the database (migrations 0021 and 0032), so every path notifies, in the transaction that causes it.
"""

import logging
import threading
import time
from collections import Counter

from django.db import DatabaseError, InterfaceError, connection, connections

logger = logging.getLogger(__name__)

CHANNEL = "kollegiet_due"
DUE, MAIL = "due", "mail"  # what the database says has come
LOOK = 5.0  # seconds between two looks whether the connection still lives
REST = 1.0  # seconds before a lost connection is made anew


class Stop:
    """Set by SIGTERM and SIGINT; waiting on it is how the worker sleeps. `ring` wakes those who wait for what has come."""

    def __init__(self):
        # Reentrant: a signal may come while the main thread is in here.
        self._changed = threading.Condition(threading.RLock())
        self._set = False
        self.rung: Counter[str] = Counter()
        self.is_listening = False

    def set(self, *_signal) -> None:
        with self._changed:
            self._set = True
            self._changed.notify_all()

    def ring(self, *what: str) -> None:
        with self._changed:
            self.rung.update(what)
            self._changed.notify_all()

    def is_set(self) -> bool:
        return self._set

    def wait(self, seconds: float, what: str = "", since: int | None = None) -> None:
        """Sleeps until it is set, or `what` has come; not at all if it has `since` a count that was read before the last look."""
        with self._changed:
            since = self.rung[what] if since is None else since
            self._changed.wait_for(lambda: self._set or self.rung[what] != since, seconds)


def listen(stop: Stop) -> None:
    """Rings whenever PostgreSQL notifies. A connection that is lost is made anew; what was said meanwhile is looked for."""
    if connection.vendor != "postgresql":
        return
    while not stop.is_set():
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            stop.is_listening = True
            stop.ring(DUE, MAIL)
            hear(stop)
        except (DatabaseError, InterfaceError, OSError):
            logger.warning("the connection that wakes the worker is lost; it is made anew", exc_info=True)
        finally:
            stop.is_listening = False
            connections.close_all()
        deadline = time.monotonic() + REST
        while not stop.is_set() and time.monotonic() < deadline:
            stop.wait(deadline - time.monotonic())


def hear(stop: Stop) -> None:
    """Until told to stop, or the connection is lost, which raises."""
    while not stop.is_set():
        with connection.wrap_database_errors:
            heard = list(connection.connection.notifies(timeout=LOOK, stop_after=1))
        if heard:
            stop.ring(*(said.payload for said in heard))
        else:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
