from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EditorialConfig(AppConfig):
    name = "editorial"
    verbose_name = _("Editorial")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core.guards import register_policy
        from editorial import approval_hooks, bin, checks, comparisons, doors, mail, undo
        from editorial.policy import WorkflowPolicy

        register_policy(WorkflowPolicy())
        mail.connect()
        approval_hooks.connect()
        checks.connect()
        comparisons.connect()
        doors.connect()
        undo.connect()
        bin.connect()
