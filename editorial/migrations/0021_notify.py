"""PostgreSQL wakes the workers when something new is due or to be sent, whoever writes it and however."""

from django.db import migrations

CONDITIONS = {
    ("wagtailcore_revision", "due_revision", "UPDATE OF approved_go_live_at"): "NEW.approved_go_live_at IS NOT NULL AND NEW.approved_go_live_at IS DISTINCT FROM OLD.approved_go_live_at",
    ("wagtailcore_revision", "due_revision_new", "INSERT"): "NEW.approved_go_live_at IS NOT NULL",
    ("wagtailcore_page", "due_page", "UPDATE OF live, expire_at"): "NEW.live AND NEW.expire_at IS NOT NULL AND (NOT OLD.live OR NEW.expire_at IS DISTINCT FROM OLD.expire_at)",
    ("wagtailcore_page", "due_page_new", "INSERT"): "NEW.live AND NEW.expire_at IS NOT NULL",
    ("post_office_email", "due_mail_new", "INSERT"): "NEW.status IN (2, 3)",
}
FUNCTION = """
CREATE OR REPLACE FUNCTION kollegiet_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('kollegiet_due', '');
    RETURN NULL;
END $$
"""


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FUNCTION, params=None)
    for (table, name, event), condition in CONDITIONS.items():
        schema_editor.execute(
            f"CREATE TRIGGER kollegiet_{name} AFTER {event} ON {table} "
            f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION kollegiet_due()",
            params=None,
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, name, _event in CONDITIONS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS kollegiet_{name} ON {table}", params=None)
    schema_editor.execute("DROP FUNCTION IF EXISTS kollegiet_due()", params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0020_publication"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(add, remove)]
