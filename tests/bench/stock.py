"""Wagtail's own search of the pages of the corpus, in the database, for ours to be compared with."""

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from search.models import SearchText

MOST = {"sqlite": 10_000, "postgres": 100_000}  # pages: with more it takes too long to be waited for


def write(engine: str) -> None:
    """Gives Wagtail's index the same pages, where it has not got them."""
    if IndexEntry.objects.filter(content_type=kind()).count() < SearchText.objects.count():
        (write_entries if engine == "sqlite" else write_vectors)()


def ask(text: str) -> None:
    """Looks for a text as a view would."""
    found = Page.objects.search(text.strip('"'), operator="and")
    list(found[:10])
    found.count()


def kind() -> ContentType:
    return ContentType.objects.get_for_model(Page)


def write_entries() -> None:
    for text in SearchText.objects.iterator():
        IndexEntry.objects.update_or_create(
            content_type=kind(),
            object_id=str(text.page_id),
            defaults={"title": text.title, "body": f"{text.lead} {text.text}", "title_norm": 1.0},
        )


def write_vectors() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {IndexEntry._meta.db_table}"  # noqa: S608
            " (content_type_id, object_id, title_norm, autocomplete, title, body, title_text, body_text)"
            " SELECT %s, page_id::text, 1, to_tsvector('simple', title), setweight(to_tsvector(title), 'A'),"
            f" to_tsvector(lead || ' ' || text), '', '' FROM {SearchText._meta.db_table} ON CONFLICT DO NOTHING",
            [kind().pk],
        )
        cursor.execute(f"ANALYZE {IndexEntry._meta.db_table}")
