import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from home.checks import Level, findings


class Command(BaseCommand):
    help = "Says in plain words whether this installation is well. Exit 1 when it is not."
    requires_system_checks = ()  # what they find is said here, in words

    def handle(self, *args, **options):
        marks = {Level.GOOD: _("ok"), Level.NOTE: _("note"), Level.WARNING: _("warning"), Level.ERROR: _("ERROR")}
        found = findings()
        width = max(map(len, marks.values()))
        for finding in found:
            self.stdout.write(f"{marks[finding.level]:<{width}}  {finding.text}")
        if any(finding.level is Level.ERROR for finding in found):
            self.stdout.write(_("This installation is not well."))
            sys.exit(1)
        self.stdout.write(_("This installation is well."))
