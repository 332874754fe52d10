from django.core.management.base import BaseCommand

from editorial.worker import work
from search.lexicon import lexicon
from search.worker import chores


class Command(BaseCommand):
    help = "Runs the background worker: schedule, outbox and search index. Any number of them may run. Ends on SIGTERM and Ctrl-C."

    def handle(self, *args, **options):
        for language in ("sv", "en"):
            lexicon(language)  # on a machine that has none yet it takes longer than a page may
        self.stdout.write("The worker is at work.")
        work(chores=chores())
