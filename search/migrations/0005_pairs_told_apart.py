from django.db import migrations

AT_ONCE = 500  # pages
FIRST = "SELECT substr(p::text, 2, 1) FROM search_document WHERE length(p) > 0 LIMIT 1"
INDEX = "SELECT indexname FROM pg_indexes WHERE tablename = 'search_document' AND indexdef LIKE '%% gin (v, p)'"
TEXTS = "SELECT page_id, readings FROM search_text WHERE page_id > %s ORDER BY page_id LIMIT %s"


def tell_pairs_apart(apps, schema_editor):
    """An index on PostgreSQL that was made when a pair of words was one token gets the two that it is today.

    They are read from what is kept of each page, some hundred pages a second.
    """
    from search.documents import kept_texts, pairs_in
    from search.tables import execute, execute_many, pairs_vector, rows_of

    if schema_editor.connection.vendor != "postgresql" or rows_of(FIRST) != [("_",)]:
        return
    for (name,) in rows_of(INDEX):
        execute(f"DROP INDEX {name}")
    last = 0
    while rows := rows_of(TEXTS, [last, AT_ONCE]):
        execute_many(
            "UPDATE search_document SET p = %s::tsvector WHERE page_id = %s",
            [[pairs_vector(pairs_in(kept_texts(readings))), page_id] for page_id, readings in rows],
        )
        last = rows[-1][0]
    execute("CREATE INDEX search_pairs_told_apart ON search_document USING gin (v, p)")
    execute("ANALYZE search_document")


class Migration(migrations.Migration):
    dependencies = [("search", "0004_pairs_apart")]

    operations = [migrations.RunPython(tell_pairs_apart, migrations.RunPython.noop)]
