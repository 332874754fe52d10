from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MethodsConfig(AppConfig):
    name = "methods"
    verbose_name = _("Methods")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import kinds
        from methods.models import MethodPage

        kinds.register(
            kinds.Kind(
                code="method",
                model=MethodPage,
                label=_("Method"),
                plural=_("Methods"),
                related_heading=_("Related methods"),
                icon="method",
                feed=True,
                order=1,
                by_title=True,
                card=lambda page: {"meta": page.facts_line},
            )
        )
