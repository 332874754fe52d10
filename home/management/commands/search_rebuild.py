import itertools

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from search import index
from search.tables import Busy, sole_follower

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
            if settings.SEARCH_ENGINE:
                self.stdout.write(_("Now the search engine:"))
                self.rebuild_engine()
        except Busy:
            raise CommandError(_("Another process is rebuilding the index. Wait for it.")) from None
        except KeyboardInterrupt:
            raise CommandError(_("Interrupted. Visitors search in the index as it was before.")) from None
        self.stdout.write(_("%(number)d pages are in the index.") % {"number": done})

    def rebuild_engine(self) -> None:
        from search import following

        try:
            with sole_follower():
                following.rebuild(self.progress)
                following.follow()
        except following.FAILURES as error:
            raise CommandError(_("The search engine cannot be written to: %(error)s") % {"error": error}) from error

    def check(self) -> None:
        found = list(itertools.islice(index.deep_differences(), LISTED + 1))
        if settings.SEARCH_ENGINE:
            found += self.engine_differences()
        for difference in found[:LISTED]:
            self.stdout.write(described(difference))
        if len(found) > LISTED:
            self.stdout.write(_("… and more."))
        if found:
            raise CommandError(
                _("The index and the public pages differ: %(number)d differences.") % {"number": len(found)}
            )
        self.stdout.write(_("The index holds every public page and nothing else."))

    def engine_differences(self) -> list[index.Difference]:
        from search import following

        try:
            return [index.Difference("engine", page_id, "") for page_id in following.all_differences()]
        except following.FAILURES as error:
            raise CommandError(_("The search engine does not answer: %(error)s") % {"error": error}) from error

    def progress(self, progress: index.Progress) -> None:
        words = _("%(done)d of %(total)d pages, %(rate)d a second")
        self.stdout.write(words % {"done": progress.done, "total": progress.total, "rate": round(progress.rate)})


def described(difference: index.Difference) -> str:
    texts = {
        "missing": _("Not in the index: %(title)s (page %(id)d)"),
        "stale": _("In the index, but not public: %(title)s (page %(id)d)"),
        "engine": _("In the search engine otherwise than in the database: page %(id)d%(title)s"),
        "outdated": _("In the index as it was before: %(title)s (page %(id)d)"),
    }
    return texts[difference.fault] % {"title": difference.title, "id": difference.page_id}
