from django.db import migrations

FILLED = (
    "INSERT INTO search_tally (kind, year, facets) SELECT DISTINCT kind, coalesce(year, 0), facets FROM search_document",
    "INSERT INTO search_tallied (docid, tally) SELECT d.docid, t.id FROM search_document d JOIN search_tally t"
    " ON t.kind = d.kind AND t.year = coalesce(d.year, 0) AND t.facets = d.facets ORDER BY d.docid",
)


def make_tallies(apps, schema_editor):
    """An index on SQLite that was made before there were these tables gets them; one that is made today has them."""
    from search.tables import Tables, execute

    connection = schema_editor.connection
    if connection.vendor == "sqlite" and "search_tally" not in connection.introspection.table_names():
        Tables().create_tallies()
        for statement in FILLED:
            execute(statement)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_pairs_of_words")]

    operations = [migrations.RunPython(make_tallies, migrations.RunPython.noop)]
