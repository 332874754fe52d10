"""The index that search reads: compared with what is public, and built anew.

The index holds drafts too, since the newsroom searches in it; what visitors see is decided when they ask. So a difference
is a public page that the index lacks, or an entry whose page is gone.
"""

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from wagtail.models import Page, get_page_models
from wagtail.search.models import IndexEntry

from core.visibility import public_q
from search.query import searchable

CHUNK = 100  # pages written in one transaction, so that nobody waits long for the database


@dataclass(frozen=True)
class Difference:
    """`fault` is `missing` (a public page without an entry) or `stale` (an entry without a page)."""

    fault: str
    page_id: int
    title: str


def differences() -> list[Difference]:
    """Where the index and the public, findable pages differ. Aliases and noindex pages are neither."""
    types = ContentType.objects.get_for_models(*get_page_models()).values()
    indexed = set(IndexEntry.objects.filter(content_type__in=types).values_list("content_type_id", "object_id"))
    public = Page.objects.filter(public_q(), searchable()).order_by("path")
    missing = [
        Difference("missing", pk, title)
        for pk, type_id, title in public.values_list("pk", "content_type_id", "title")
        if (type_id, str(pk)) not in indexed
    ]
    existing = {(type_id, str(pk)) for pk, type_id in Page.objects.values_list("pk", "content_type_id")}
    return missing + [Difference("stale", int(pk), "") for _type_id, pk in sorted(indexed - existing)]


def rebuild() -> None:
    """Writes every entry anew, a chunk at a time, and removes the stale ones. Visitors search meanwhile."""
    call_command("wagtail_update_index", chunk_size=CHUNK, verbosity=0)
