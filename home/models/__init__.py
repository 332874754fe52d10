"""The site as a whole: its start page, hubs, information, people, settings and reports from readers."""

from home.models.barriers import BarrierReport
from home.models.imports import ImportedPage
from home.models.pages import (
    AccessibilityStatementPage,
    HomePage,
    InfoPage,
    PeopleIndexPage,
    ThemeIndexPage,
    ThemePage,
)
from home.models.site import SiteSettings

__all__ = [
    "AccessibilityStatementPage",
    "BarrierReport",
    "HomePage",
    "ImportedPage",
    "InfoPage",
    "PeopleIndexPage",
    "SiteSettings",
    "ThemeIndexPage",
    "ThemePage",
]
