from django.core.management.base import BaseCommand
from django.urls import reverse
from wagtail.models import Page

from core.visibility import public_q
from editorial.worker import work
from search.lexicon import lexicon
from search.worker import chores


def prepare() -> None:
    """Loads what the first page that is due would wait for: dictionaries, addresses, the condition of what is public."""
    for language in ("sv", "en"):
        lexicon(language)
    reverse("wagtailadmin_home")
    Page.objects.filter(public_q()).query.sql_with_params()  # asks nothing of a database that may be away still


class Command(BaseCommand):
    help = "Runs the background worker: schedule, outbox and search index. Any number of them may run. Ends on SIGTERM and Ctrl-C."

    def handle(self, *args, **options):
        prepare()
        self.stdout.write("The worker is at work.")
        work(chores=chores())
