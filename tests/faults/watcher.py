"""Notes each signal of a page that went live, in the transaction in which it did. Hangs where the address says so."""

import time

from django.apps import AppConfig
from django.db import connection

HANGS = "hangs"


class Watcher(AppConfig):
    name = "tests.faults"
    label = "watched"

    def ready(self):
        from wagtail.signals import page_published

        page_published.connect(note, dispatch_uid="watcher")


def note(instance, **kwargs) -> None:
    if not instance.live or "watched_signal" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO watched_signal (slug) VALUES (%s)", [instance.slug])
    if instance.slug.endswith(HANGS):
        time.sleep(3600)
