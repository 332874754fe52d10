from django.core.management.base import BaseCommand

from editorial.worker import work
from search.worker import chores


class Command(BaseCommand):
    help = "Runs the background worker: schedule, outbox and search index. Any number of them may run. Ends on SIGTERM and Ctrl-C."

    def handle(self, *args, **options):
        self.stdout.write("The worker is at work.")
        work(chores=chores())
