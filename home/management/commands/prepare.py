from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from home.portal import is_empty
from search import index
from search.lexicon import lexicon


class Command(BaseCommand):
    help = "Makes a database ready to serve: tables, roles, and content where there is none. What `make run` calls."

    def handle(self, *args, **options):
        for language in ("sv", "en"):
            lexicon(language)  # compiled on the first start of this installation
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database …")
            call_command("migrate", verbosity=0, interactive=False)
        if is_empty():
            call_command("demo", **({} if settings.DEMO else {"empty": True}), stdout=self.stdout)
        else:
            call_command("roles", verbosity=0)
        if index.is_unbuilt():
            self.stdout.write("Building the search index …")
            index.rebuild()
