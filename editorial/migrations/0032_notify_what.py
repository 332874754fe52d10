"""PostgreSQL says what has come: each mail that was written woke all that a worker does."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION kollegiet_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('kollegiet_due', {what});
    RETURN NULL;
END $$
"""


def say(what: str):
    def change(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(FUNCTION.format(what=what), params=None)

    return change


class Migration(migrations.Migration):
    dependencies = [("editorial", "0031_attempt")]

    operations = [
        migrations.RunPython(
            say("CASE TG_TABLE_NAME WHEN 'post_office_email' THEN 'mail' ELSE 'due' END"), reverse_code=say("''")
        )
    ]
