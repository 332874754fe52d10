"""The background worker: the schedule, the outbox, and a sign of life. Any number of them may run, on any machine."""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.utils import timezone
from django.utils.translation import ngettext
from post_office.mail import get_queued, send_queued

from editorial import bin, digest, release, schedule
from editorial.pulse import Attempt, Lease, Worker, process_name
from editorial.waking import DUE, MAIL, Stop, listen

logger = logging.getLogger(__name__)

BEAT = 5.0  # seconds between two signs of life
TICK = 0.1  # seconds between two looks at how long something has taken
LONGEST_SLEEP = 1.0  # seconds: where no database wakes it, a time that someone moves forward is noticed this soon
LOOKING_AHEAD = 60.0  # seconds between two looks at whether a release is due to be checked
OUTBOX = "outbox"
OUTBOX_LEASE = 120  # seconds; longer than a batch may take with a mail server that hangs until the time-out


def longest_sleep(stop: Stop) -> float:
    """Seconds after which a worker looks by itself: seldom where the database wakes it."""
    return BEAT if stop.is_listening else LONGEST_SLEEP


def seconds_to_sleep(longest: float = LONGEST_SLEEP, done: int = 0) -> float:
    """Until the next due moment, at most `longest`; none after something was `done`, while which more may have come.

    What somebody else is at, and may leave undone, is looked at again soon.
    """
    if done:
        return 0
    if schedule.due():
        return min(longest, LONGEST_SLEEP)
    moment = schedule.next_moment()
    if moment is None:
        return longest
    return min(longest, max(0.01, (moment - timezone.now()).total_seconds()))


def send_outbox(name: str, stop: Stop) -> None:
    """Sends what waits in the outbox, one by one, if no other worker is at it.

    post_office notes what was sent when a batch is through: a worker that is killed sends its last batch once more.
    The batch is one mail (`BATCH_SIZE`).
    """
    while not stop.is_set() and get_queued().exists() and Lease.take(OUTBOX, name, OUTBOX_LEASE):
        try:
            send_queued(processes=1)
        finally:
            Lease.release(OUTBOX, name)


class TookTooLong(Exception):
    """Something of one page hangs. It is given up, and tried again later like whatever else fails."""


def starved() -> float:
    """Seconds that this thread has waited for a processor, as Linux counts them; 0 elsewhere."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Ends what takes longer. Where signals are the operator's, there is no limit.

    It is counted in ticks: what the process is stopped, or asleep with its machine, is one. Waiting for a processor does
    not count.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ticks, starved_before = 0, starved()

    def tick(*_signal):
        nonlocal ticks
        ticks += 1
        if ticks * TICK < seconds or ticks * TICK < seconds + starved() - starved_before:
            return
        signal.setitimer(signal.ITIMER_REAL, 0)
        said = ngettext("It took longer than a second.", "It took longer than %(seconds)d seconds.", round(seconds))
        raise TookTooLong(said % {"seconds": seconds})

    before = signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def in_loop(stop: Stop, act, pause, what: str = "") -> None:
    """Repeats `act` until told to stop, after `pause()` seconds or when `what` has come. A database that is away is waited for."""
    while not stop.is_set():
        close_old_connections()
        heard = stop.rung[what]  # what is said from here on is not slept over
        try:
            act()
            seconds = pause()
        except (DatabaseError, InterfaceError):
            logger.exception("the database does not answer; trying again")
            connections.close_all()
            seconds = LONGEST_SLEEP
        stop.wait(seconds, what, heard)
    connections.close_all()


def work(name: str | None = None, handle_signals: bool = True, chores: Iterable[Callable[[], None]] = ()) -> None:
    """Runs until SIGTERM or SIGINT. Mail has a thread of its own: a mail server that hangs delays no publication.

    So have the `chores` of other apps, which are called over and over and decide themselves when it is time.
    """
    name = name or process_name()
    stop = Stop()
    if handle_signals:
        signal.signal(signal.SIGTERM, stop.set)
        signal.signal(signal.SIGINT, stop.set)
    last_beat = -BEAT
    looked_ahead = 0.0
    digested = None  # the day whose digests are known to be written
    emptied = None  # the day on which this worker last looked into the bin
    done = 0  # how much was due at the last look and is done

    def alive() -> bool:
        """Shows that the worker lives; whether it is to go on."""
        nonlocal last_beat
        if time.monotonic() - last_beat >= BEAT:
            Worker.beat(name)
            last_beat = time.monotonic()
        return not stop.is_set()

    def tick() -> None:
        nonlocal digested, done, emptied, looked_ahead
        done = 0
        if alive():
            done = schedule.run_due(alive, time_limit)
            if emptied != timezone.localdate():
                emptied = timezone.localdate()
                bin.empty()
                Attempt.forget_old()
            if time.monotonic() - looked_ahead >= LOOKING_AHEAD:
                looked_ahead = time.monotonic()
                release.look_ahead()
            if digested != timezone.localdate() and digest.is_time(timezone.now()):
                digested = timezone.localdate()
                try:
                    digest.send_due()
                except Exception:
                    logger.exception("today's digests could not be written")

    mail = threading.Thread(
        target=in_loop, args=(stop, lambda: send_outbox(name, stop), lambda: longest_sleep(stop), MAIL), daemon=True
    )
    others = [
        threading.Thread(target=in_loop, args=(stop, chore, lambda: LONGEST_SLEEP), daemon=True) for chore in chores
    ]
    waking = threading.Thread(target=listen, args=(stop,), daemon=True)
    for thread in (waking, mail, *others):
        thread.start()
    in_loop(stop, tick, lambda: seconds_to_sleep(longest_sleep(stop), done), DUE)
    for thread in (mail, *others):
        thread.join(timeout=getattr(settings, "EMAIL_TIMEOUT", None) or 10)
    Worker.objects.filter(name=name).delete()
