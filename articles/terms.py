from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from core.models.taxonomy import Term, in_language


class NewsCategory(Term):
    class Meta(Term.Meta):
        verbose_name = _("news category")
        verbose_name_plural = _("news categories")


class Series(models.Model):
    """Blog posts that are read in order."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    title_sv = models.CharField(_("title in Swedish"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    description_sv = models.CharField(_("description in Swedish"), max_length=255, blank=True)
    description_en = models.CharField(_("description in English"), max_length=255, blank=True)

    panels = [
        FieldPanel("code"),
        FieldRowPanel([FieldPanel("title_sv"), FieldPanel("title_en")]),
        FieldRowPanel([FieldPanel("description_sv"), FieldPanel("description_en")]),
    ]

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["title_sv"]

    @property
    def label(self) -> str:
        """As terms have it, so that a series can be a filter."""
        return self.title

    @property
    def title(self) -> str:
        return in_language(self, "title")

    @property
    def description(self) -> str:
        return in_language(self, "description")

    def __str__(self) -> str:
        return self.title
