import secrets

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Page

from core.models import User
from editorial.roles import group_name
from home.models import ImportedPage
from home.portal import build_portal, is_empty
from home.world import SOURCE, World

INDEX_PAGES_BELOW = 3  # the tree's depth down to the index pages; what lies deeper is somebody's content


class Command(BaseCommand):
    help = "Builds the demo world of Vätterlunda, or with --empty a portal without content. Can be run again."

    def add_arguments(self, parser):
        parser.add_argument("--empty", action="store_true", help="start pages, lists, roles and one administrator only")
        parser.add_argument("--add", action="store_true", help="add the demo to a database that has content of its own")

    def handle(self, *args, **options):
        if options["empty"]:
            return self.empty_portal()
        if not settings.DEMO:
            raise CommandError("The demo has logins that everyone knows. It is built only where DEMO=1.")
        if self.has_own_content() and not options["add"]:
            raise CommandError("This database has content of its own. Use --add to put the demo beside it.")
        self.stdout.write("Building the demo world of Vätterlunda …")
        build_portal()
        call_command("roles", verbosity=0)
        World(self.stdout.write).build()
        self.stdout.write("Done.")

    def has_own_content(self) -> bool:
        """Pages below the lists that no earlier run of the demo has made."""
        if is_empty():
            return False
        made = ImportedPage.objects.filter(source_id__startswith=SOURCE).values("page_id")
        return Page.objects.filter(depth__gt=INDEX_PAGES_BELOW).exclude(pk__in=made).exists()

    def empty_portal(self) -> None:
        build_portal()
        call_command("roles", verbosity=0)
        if User.objects.filter(is_superuser=True).exists():
            self.stdout.write("The portal stands.")
            return
        password = secrets.token_urlsafe(12)
        user = User.objects.create_superuser("admin", None, password)
        user.groups.add(Group.objects.get(name=group_name("administrator")))
        self.stdout.write(f"The portal stands. Administrator: admin, password: {password} (shown this once)")
