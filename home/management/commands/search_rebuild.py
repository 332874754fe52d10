import itertools

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from search import index
from search.tables import RebuildRuns

LISTED = 50


class Command(BaseCommand):
    help = "Rebuilds the visitors' index while they search. --check compares it with what is public; exit 1 if they differ."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="change nothing; list the differences")

    def handle(self, *args, **options):
        if options["check"]:
            return self.check()
        try:
            done = index.rebuild(self.progress)
        except RebuildRuns:
            raise CommandError(_("Another process is rebuilding the index. Wait for it.")) from None
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted. Visitors search in the index as it was before.")) from None
        self.stdout.write(_("%(number)d pages are in the index.") % {"number": done})

    def check(self) -> None:
        found = list(itertools.islice(index.deep_differences(), LISTED + 1))
        for difference in found[:LISTED]:
            self.stdout.write(described(difference))
        if len(found) > LISTED:
            self.stdout.write(_("… and more."))
        if found:
            raise CommandError(
                _("The index and the public pages differ: %(number)d differences.") % {"number": len(found)}
            )
        self.stdout.write(_("The index holds every public page and nothing else."))

    def progress(self, progress: index.Progress) -> None:
        words = _("%(done)d of %(total)d pages, %(rate)d a second")
        self.stdout.write(words % {"done": progress.done, "total": progress.total, "rate": round(progress.rate)})


def described(difference: index.Difference) -> str:
    texts = {
        "missing": _("Not in the index: %(title)s (page %(id)d)"),
        "stale": _("In the index, but not public: %(title)s (page %(id)d)"),
        "outdated": _("In the index as it was before: %(title)s (page %(id)d)"),
    }
    return texts[difference.fault] % {"title": difference.title, "id": difference.page_id}
