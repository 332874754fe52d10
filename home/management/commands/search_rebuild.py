from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from search import index

LISTED = 50


class Command(BaseCommand):
    help = "Rebuilds the visitors' index while they search. --check compares it with what is public; exit 1 if they differ."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing; list the differences")

    def handle(self, *args, **options):
        if not options["check"]:
            index.rebuild()
        found = index.differences()
        for difference in found[:LISTED]:
            self.stdout.write(described(difference))
        if found:
            raise CommandError(
                _("The index and the public pages differ: %(number)d differences.") % {"number": len(found)}
            )
        self.stdout.write(_("The index holds every public page and nothing else."))


def described(difference: index.Difference) -> str:
    if difference.fault == "missing":
        return _("Not in the index: %(title)s (page %(id)d)") % {"title": difference.title, "id": difference.page_id}
    return _("In the index, but gone: page %(id)d") % {"id": difference.page_id}
