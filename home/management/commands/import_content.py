import sys
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Locale

from home.importing import Importer, find_errors, read_rows

LISTED = 20  # losses and broken rules that are printed one by one


class Command(BaseCommand):
    help = "Imports content from JSON. Drafts by default; --publish is a force publish, logged with its reason."

    def add_arguments(self, parser):
        parser.add_argument("file", help="a JSON list, or one object a line; - for standard input")
        parser.add_argument("--publish", action="store_true", help="publish at once, past the workflow")
        parser.add_argument("--reason", default="", help="why it is published past the workflow")
        parser.add_argument("--responsible", default="", metavar="USER", help="who keeps the pages true")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")

    def handle(self, *args, **options):
        if options["publish"] and not options["reason"].strip():
            raise CommandError(
                "--publish needs a reason: --reason 'why these pages are not reviewed first'", returncode=2
            )
        responsible = self.responsible(options["responsible"])
        if not Locale.objects.filter(language_code="sv").exists():
            raise CommandError("The portal is empty. Create it first: python manage.py demo --empty")
        try:
            text = self.read(options["file"])
            rows = read_rows(text)
        except ValueError as error:
            raise CommandError(str(error)) from error
        errors = find_errors(rows)
        if errors:
            for error in errors[:LISTED]:
                self.stderr.write(str(error))
            raise CommandError(f"{len(errors)} errors in {len(rows)} rows. Nothing was imported.")
        if options["dry_run"]:
            self.stdout.write(
                f"{len(rows)} rows are right and would be imported as {'public pages' if options['publish'] else 'drafts'}."
            )
            return
        report = Importer(responsible, options["publish"], options["reason"], self.progress).run(rows)
        self.tell(report, options["publish"])

    def read(self, name: str) -> str:
        if name == "-":
            return sys.stdin.read()
        try:
            return Path(name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{name} cannot be read: {error}") from error

    def responsible(self, name: str):
        """Who answers for the pages: the named user, else the demo's editor, else an administrator."""
        users = get_user_model().objects.filter(is_active=True)
        if name:
            user = users.filter(username=name).first()
            if user is None:
                raise CommandError(f"There is no active user {name!r}.")
            return user
        user = users.filter(username="redaktor").first() or users.filter(is_superuser=True).first()
        if user is None:
            raise CommandError("Say who is responsible: --responsible USER")
        return user

    def progress(self, done: int, total: int) -> None:
        if done == total or done % 100 == 0:
            self.stdout.write(f"{done} of {total} rows")

    def tell(self, report, published: bool) -> None:
        self.stdout.write(f"{report.created} created, {report.updated} updated, {report.unchanged} as they were.")
        if not published and report.drafts_by_status:
            self.stdout.write(f"{report.drafts_by_status} became drafts; --publish --reason '…' publishes them.")
        for heading, lines in (
            ("Lost in cleaning", report.losses),
            ("Rules for publication that are broken", report.broken_rules),
        ):
            if lines:
                self.stdout.write(f"{heading}: {len(lines)}")
                for line in lines[:LISTED]:
                    self.stdout.write(f"  {line}")
                if len(lines) > LISTED:
                    self.stdout.write(f"  … and {len(lines) - LISTED} more")
