from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.fields import RichTextField, StreamField

from core.blocks import PLAIN_RICH_TEXT
from core.choosers import PublicTitlePageChooserBlock
from core.models.taxonomy import in_language


class MenuItemBlock(blocks.StructBlock):
    page = PublicTitlePageChooserBlock(label=_("Page"))
    label_sv = blocks.CharBlock(label=_("Text in Swedish"), required=False, max_length=40)
    label_en = blocks.CharBlock(label=_("Text in English"), required=False, max_length=40)

    class Meta:
        icon = "link"
        label = _("Menu item")
        description = _("A page in the menu. In English its translation is linked, if there is one.")
        template = "blocks/menu_item.html"
        preview_value = {"page": None, "label_sv": "Metoder", "label_en": "Methods"}


@register_setting(icon="cog")
class SiteSettings(BaseGenericSetting):
    """Menu, names and addresses that stand on every page, in both languages."""

    site_name = models.CharField(_("name of the site"), max_length=80, default="Kollegiet")
    municipality = models.CharField(_("municipality"), max_length=80, blank=True)
    municipality_url = models.URLField(_("the municipality's site"), blank=True)
    publisher = models.CharField(_("responsible publisher"), max_length=120, blank=True)
    footer_sv = RichTextField(_("footer in Swedish"), features=PLAIN_RICH_TEXT, blank=True)
    footer_en = RichTextField(_("footer in English"), features=PLAIN_RICH_TEXT, blank=True)
    authority_name = models.CharField(
        _("supervising authority"), max_length=160, default="Myndigheten för digital förvaltning (Digg)"
    )
    authority_url = models.URLField(_("the authority's complaint form"), default="https://www.digg.se/tdosanmalan")
    contact_email = models.EmailField(_("e-mail to the editors"), blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=40, blank=True)

    menu = StreamField(
        [("item", MenuItemBlock())],
        verbose_name=_("menu"),
        blank=True,
        help_text=_("Choose Swedish pages; the English menu shows their translations."),
    )

    panels = [
        FieldPanel("menu", heading=_("Navigation")),
        MultiFieldPanel(
            [
                FieldPanel("site_name"),
                FieldRowPanel([FieldPanel("municipality"), FieldPanel("municipality_url")]),
                FieldPanel("publisher"),
            ],
            heading=_("The site"),
        ),
        MultiFieldPanel([FieldPanel("footer_sv"), FieldPanel("footer_en")], heading=_("Footer")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("contact_email"), FieldPanel("contact_phone")])], heading=_("Contact")
        ),
        MultiFieldPanel(
            [FieldPanel("authority_name"), FieldPanel("authority_url")], heading=_("Accessibility authority")
        ),
    ]

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")

    @property
    def footer(self) -> str:
        return in_language(self, "footer")
