from django.core.management.base import CommandError
from wagtail.management.commands import purge_revisions


class Command(purge_revisions.Command):
    help = "Refuses: what Wagtail would delete is the history of the pages and says who wrote what."

    def handle(self, *args, **options):
        raise CommandError("Nothing is purged. Revisions are the pages' history and say who may approve what.")
