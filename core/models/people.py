from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Orderable
from wagtail.search import index

from core.models.taxonomy import in_language


class Person(index.Indexed, models.Model):
    """Someone named on the site. Former colleagues are made inactive and keep their byline."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    role_sv = models.CharField(_("role in Swedish"), max_length=120, blank=True)
    role_en = models.CharField(_("role in English"), max_length=120, blank=True)
    unit_sv = models.CharField(_("unit in Swedish"), max_length=160, blank=True, help_text=_("School or office."))
    unit_en = models.CharField(_("unit in English"), max_length=160, blank=True)
    bio_sv = models.TextField(_("presentation in Swedish"), blank=True)
    bio_en = models.TextField(_("presentation in English"), blank=True)
    portrait = models.ForeignKey(
        "core.CustomImage",
        verbose_name=_("portrait"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    portrait_alt_sv = models.CharField(_("alt text in Swedish"), max_length=255, blank=True)
    portrait_alt_en = models.CharField(_("alt text in English"), max_length=255, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    active = models.BooleanField(
        _("active"), default=True, help_text=_("Untick when someone leaves. Bylines on what they wrote stay.")
    )

    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
        FieldPanel("active"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("role_sv"), FieldPanel("role_en")]),
                FieldRowPanel([FieldPanel("unit_sv"), FieldPanel("unit_en")]),
                FieldPanel("bio_sv"),
                FieldPanel("bio_en"),
            ],
            heading=_("Presentation"),
        ),
        MultiFieldPanel(
            [FieldPanel("portrait"), FieldRowPanel([FieldPanel("portrait_alt_sv"), FieldPanel("portrait_alt_en")])],
            heading=_("Portrait"),
        ),
        FieldPanel("email"),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def role(self) -> str:
        return in_language(self, "role")

    @property
    def unit(self) -> str:
        return in_language(self, "unit")

    @property
    def bio(self) -> str:
        return in_language(self, "bio")

    @property
    def portrait_alt(self) -> str:
        return in_language(self, "portrait_alt")


class Byline(Orderable):
    """A person's name on a page, in order. On any page type, so that a person's page is one query."""

    page = ParentalKey("wagtailcore.Page", related_name="bylines", on_delete=models.CASCADE)
    person = models.ForeignKey(Person, verbose_name=_("person"), related_name="bylines", on_delete=models.PROTECT)

    panels = [FieldPanel("person")]

    class Meta(Orderable.Meta):
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
