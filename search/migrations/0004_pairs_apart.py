from django.db import migrations

PAIRS = "ARRAY(SELECT word.lexeme FROM unnest(v) word WHERE word.positions IS NULL)"
MOVED = (
    "ALTER TABLE search_document ADD COLUMN p tsvector",
    "ALTER TABLE search_document ALTER h SET STORAGE main, ALTER p SET STORAGE external, SET (toast_tuple_target = 1024)",
    f"UPDATE search_document SET v = ts_delete(v, {PAIRS}), p = array_to_tsvector({PAIRS})",  # noqa: S608
    "CREATE INDEX search_pairs_apart ON search_document USING gin (v, p)",
    "ANALYZE search_document",
)


def move_pairs(apps, schema_editor):
    """An index on PostgreSQL that was made when the pairs stood among the words gets them moved; today's has them apart.

    It finds what it should from then on; `search_rebuild` makes its table as small as a new one.
    """
    from search.tables import execute, rows_of

    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, "search_document")]
    if "p" in columns:
        return
    indexes = "SELECT indexname FROM pg_indexes WHERE tablename = 'search_document' AND indexdef LIKE '%% gin (v)'"
    for (name,) in rows_of(indexes):
        execute(f"DROP INDEX {name}")
    for statement in MOVED:
        execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0003_tallies")]

    operations = [migrations.RunPython(move_pairs, migrations.RunPython.noop)]
