from django.db import migrations


def forget_versions(apps, schema_editor):
    """Pages are indexed with the pairs of their words from here on. The worker does it: it takes these rows for outdated."""
    apps.get_model("search", "SearchDocument").objects.update(version=None)


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]

    operations = [migrations.RunPython(forget_versions, migrations.RunPython.noop)]
