"""Notes each signal of a page that went live, in the transaction in which it did. Hangs, or stops, where the address says so."""

import os
import signal
import time

from django.apps import AppConfig
from django.db import connection

HANGS = "hangs"
STOPS = "KOLLEGIET_STOPS_AT"  # the environment says at whose address this process stops itself


class Watcher(AppConfig):
    name = "tests.faults"
    label = "watched"

    def ready(self):
        from wagtail.signals import page_published

        page_published.connect(note, dispatch_uid="watcher")


def note(instance, **kwargs) -> None:
    if instance.slug == os.environ.get(STOPS):
        os.kill(os.getpid(), signal.SIGSTOP)
    if not instance.live or "watched_signal" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO watched_signal (slug) VALUES (%s)", [instance.slug])
    if instance.slug.endswith(HANGS):
        time.sleep(3600)
