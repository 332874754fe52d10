"""Several workers that are killed one after the other, until this process is told to end.

`python -m tests.faults.herd WORKERS SECONDS`: every so many seconds one is killed with -9 and another takes its place.
They are forked from a process that has loaded everything, so that they are there at once.
"""

import os
import signal
import sys
import threading

import django
from django.db import connections


def fork() -> int:
    if child := os.fork():
        return child
    from editorial.worker import work
    from search.worker import chores

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work(chores=chores())
    os._exit(0)


def main(workers: int, seconds: float) -> None:
    django.setup()
    from home.management.commands.work import prepare

    prepare()
    connections.close_all()
    told = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_signal: told.set())
    herd = [fork() for _worker in range(workers)]
    while not told.wait(seconds or 3600):
        first = herd.pop(0)
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, 0)
        herd.append(fork())
    for child in herd:
        os.kill(child, signal.SIGTERM)
    for child in herd:
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
