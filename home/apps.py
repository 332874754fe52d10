from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = _("The site")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import kinds
        from editorial import dashboard, digest
        from home import barriers
        from home.models import AccessibilityStatementPage, InfoPage, ThemePage
        from home.redirects import only_for_pages_that_are_there
        from search import health

        dashboard.PROBLEMS.append(health.problems)
        digest.MORNINGS.append(barriers.every_morning)
        only_for_pages_that_are_there()

        kinds.register(
            kinds.Kind(code="theme", model=ThemePage, label=_("Theme"), plural=_("Themes"), icon="theme", order=5)
        )
        kinds.register(
            kinds.Kind(
                code="info", model=InfoPage, label=_("About the site"), plural=_("About the site"), icon="info", order=6
            )
        )
        kinds.register(
            kinds.Kind(
                code="statement",
                model=AccessibilityStatementPage,
                label=_("Accessibility"),
                plural=_("Accessibility"),
                icon="info",
                searchable=False,
                order=7,
            )
        )
