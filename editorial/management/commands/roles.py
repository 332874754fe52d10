from django.core.management.base import BaseCommand, CommandError

from editorial.roles import apply_roles, differences


class Command(BaseCommand):
    help = "Groups, rights and workflow on every locale root, from the table in editorial/roles.py. Can be run again."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="list the differences and exit 1 if there are any")

    def handle(self, *args, **options):
        if not options["check"]:
            changes = apply_roles()
            if options["verbosity"]:
                self.stdout.write("\n".join(changes) or "Everything was as the table says.")
            return
        found = differences()
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write("Everything is as the table says.")
