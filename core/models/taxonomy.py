from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.models import ItemBase, TagBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.search import index


def in_language(instance: models.Model, name: str, language: str | None = None) -> str:
    """The value of `<name>_<language>`, Swedish where the other language has none."""
    language = (language or get_language() or "sv")[:2]
    return getattr(instance, f"{name}_{language}", "") or getattr(instance, f"{name}_sv")


class TermQuerySet(models.QuerySet):
    def valid(self):
        """Terms that apply today; a school form that has ended is no longer offered to editors."""
        today = timezone.localdate()
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=today),
            Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        )

    def with_codes(self, codes):
        return self.filter(code__in=codes)


class Term(index.Indexed, models.Model):
    """A word of a controlled vocabulary: a stable English code, labels in both languages, dates between which it applies."""

    code = models.SlugField(_("code"), max_length=60, unique=True, help_text=_("Stable and English. Never changed."))
    label_sv = models.CharField(_("label in Swedish"), max_length=80)
    label_en = models.CharField(_("label in English"), max_length=80)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = TermQuerySet.as_manager()

    panels = [
        FieldPanel("code"),
        FieldRowPanel([FieldPanel("label_sv"), FieldPanel("label_en")]),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until"), FieldPanel("sort_order")]),
    ]
    search_fields = [index.AutocompleteField("label_sv"), index.AutocompleteField("label_en")]

    class Meta:
        abstract = True
        ordering = ["sort_order", "code"]

    @property
    def label(self) -> str:
        """The label in the active language."""
        return in_language(self, "label")

    def __str__(self) -> str:
        return self.label


class Theme(Term):
    class Meta(Term.Meta):
        verbose_name = _("theme")
        verbose_name_plural = _("themes")


class SchoolForm(Term):
    class Meta(Term.Meta):
        verbose_name = _("school form")
        verbose_name_plural = _("school forms")


class Subject(Term):
    class Meta(Term.Meta):
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")


class Audience(Term):
    class Meta(Term.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")


class Keyword(TagBase):
    """A moderated tag: editors choose among those that exist, an editor-in-chief adds new ones."""

    free_tagging = False

    label_en = models.CharField(_("label in English"), max_length=80, blank=True)

    panels = [FieldPanel("name", heading=_("label in Swedish")), FieldPanel("label_en"), FieldPanel("slug")]

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")
        ordering = ["name"]

    @property
    def label(self) -> str:
        return self.name if (get_language() or "sv").startswith("sv") else self.label_en or self.name


class PageKeyword(ItemBase):
    tag = models.ForeignKey(Keyword, related_name="tagged_pages", on_delete=models.CASCADE)
    content_object = ParentalKey("wagtailcore.Page", related_name="page_keywords", on_delete=models.CASCADE)
