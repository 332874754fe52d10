from typing import ClassVar

from django.db import models
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.blocks import CharBlock, StructBlock, TextBlock
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from core.alphabet import Alphabetical
from core.blocks import PLAIN_PAGE, PLAIN_RICH_TEXT, stream
from core.choosers import PageChooserBlock, SnippetChooserBlock
from core.html import text_of
from core.models import BasePage, ListingPage, Person
from core.usage import shown
from home.gathering import hub_context, person_context, start_page_context
from home.models.site import SiteSettings


class HomePage(ListingPage):
    """The start page of one language."""

    lead = models.CharField(_("what this is, in one line"), max_length=160, blank=True)
    highlights = StreamField(
        [("page", PageChooserBlock(label=_("Page")))],
        verbose_name=_("highlights"),
        blank=True,
        help_text=_("Up to three. Left empty, the newest are shown."),
    )
    book_of_the_month = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("book of the month"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    method_of_the_week = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("a method for your next meeting"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    notice = RichTextField(_("notice"), features=PLAIN_RICH_TEXT, blank=True)
    notice_from = models.DateTimeField(_("notice shown from"), null=True, blank=True)
    notice_until = models.DateTimeField(_("notice shown until"), null=True, blank=True)

    body_panels: ClassVar = [
        FieldPanel("lead"),
        FieldPanel("highlights"),
        FieldRowPanel(
            [
                PageChooserPanel("method_of_the_week", "methods.MethodPage"),
                PageChooserPanel("book_of_the_month", "articles.BookTipPage"),
            ]
        ),
        MultiFieldPanel(
            [FieldPanel("notice"), FieldRowPanel([FieldPanel("notice_from"), FieldPanel("notice_until")])],
            heading=_("Notice"),
        ),
        FieldPanel("body"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "home.ThemeIndexPage",
        "methods.MethodIndexPage",
        "articles.NewsIndexPage",
        "articles.BookTipIndexPage",
        "articles.BlogIndexPage",
        "home.PeopleIndexPage",
        "home.InfoPage",
    ]

    class Meta:
        verbose_name = _("start page")
        verbose_name_plural = _("start pages")

    def contradictions(self) -> dict:
        errors = super().contradictions()
        if self.notice_from and self.notice_until and self.notice_until <= self.notice_from:
            errors["notice_until"] = _("The notice would end before it begins.")
        return errors

    @property
    def current_notice(self) -> str:
        """The notice, if it is to be shown now."""
        now = timezone.now()
        begun = not self.notice_from or self.notice_from <= now
        return self.notice if begun and (not self.notice_until or now < self.notice_until) else ""

    def get_context(self, request, *args, **kwargs):
        return super().get_context(request, *args, **kwargs) | start_page_context(self, request)


class ThemeIndexPage(ListingPage):
    parent_page_types = ["home.HomePage"]
    subpage_types = ["home.ThemePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of themes")
        verbose_name_plural = _("lists of themes")


class ThemePage(BasePage):
    """A hub: what the theme is, where to start, and everything on it."""

    theme = models.ForeignKey("core.Theme", verbose_name=_("theme"), on_delete=models.PROTECT, related_name="hubs")
    definition = models.TextField(_("definition"), max_length=400, help_text=_("At most 400 characters."))
    key_points = StreamField(
        [
            (
                "point",
                CharBlock(
                    label=_("Key point"),
                    max_length=255,
                    icon="list-ul",
                    description=_("Something to remember."),
                    template="blocks/line.html",
                    preview_value="Alla vinner på det.",
                ),
            )
        ],
        verbose_name=_("key points"),
        blank=True,
    )
    start_here = StreamField([("page", PageChooserBlock(label=_("Page")))], verbose_name=_("start here"), blank=True)
    contacts = StreamField(
        [("person", SnippetChooserBlock("core.Person", label=_("Person")))], verbose_name=_("contacts"), blank=True
    )
    body = StreamField(stream(*PLAIN_PAGE), verbose_name=_("body"), blank=True)

    body_panels: ClassVar = [
        FieldPanel("theme"),
        FieldPanel("definition"),
        FieldPanel("key_points"),
        FieldPanel("start_here"),
        FieldPanel("body"),
        FieldPanel("contacts"),
    ]
    search_fields: ClassVar = [*BasePage.search_fields, index.SearchField("definition", boost=2)]
    parent_page_types = ["home.ThemeIndexPage"]
    subpage_types: ClassVar = []

    class Meta:
        verbose_name = _("theme page")
        verbose_name_plural = _("theme pages")

    def contradictions(self) -> dict:
        errors = super().contradictions()
        twin = ThemePage.objects.filter(theme_id=self.theme_id, locale_id=self.locale_id, alias_of__isnull=True)
        if self.theme_id and not self.alias_of_id and twin.exclude(pk=self.pk).exists():
            errors["theme"] = _("This theme has a page already.")
        return errors

    @property
    def search_lead(self) -> str:
        return f"{self.intro} {self.definition}"

    def get_context(self, request, *args, **kwargs):
        return super().get_context(request, *args, **kwargs) | hub_context(self, request)


class InfoPage(BasePage):
    body = StreamField(stream(*PLAIN_PAGE), verbose_name=_("body"), blank=True)

    body_panels: ClassVar = [FieldPanel("body")]
    parent_page_types = ["home.HomePage", "home.InfoPage"]
    subpage_types = ["home.InfoPage", "home.AccessibilityStatementPage"]

    class Meta:
        verbose_name = _("information page")
        verbose_name_plural = _("information pages")


class InaccessibleBlock(StructBlock):
    what = CharBlock(label=_("What is not accessible"), max_length=255)
    why = TextBlock(label=_("Why, and what it means for the reader"))
    planned = CharBlock(label=_("When it is mended"), max_length=120, required=False)

    class Meta:
        icon = "warning"
        label = _("Shortcoming")
        description = _("Something on the site that does not meet the requirements.")
        template = "blocks/inaccessible.html"
        preview_value = {"what": "Äldre filmer", "why": "Saknar syntolkning.", "planned": "Våren 2027"}


class AccessibilityStatementPage(BasePage):
    """The statement that the law (2018:1937) asks for; each of its parts is a field."""

    CONFORMITY = [
        ("full", _("fully accessible")),
        ("partial", _("partly accessible")),
        ("none", _("not accessible")),
    ]
    PARTS: ClassVar = {  # of the eleven; the list of what is not accessible is the eleventh
        "actor": _("Say who is answerable for the site."),
        "service": _("Say which service the statement is about."),
        "conformity": _("Say how accessible the site is."),
        "conformity_text": _("Say in words how accessible the site is."),
        "assessed_on": _("Say when the site was assessed."),
        "updated_on": _("Say when the statement was updated."),
        "assessment_method": _("Say how the site was assessed."),
        "contact_function": _("Say how readers can tell you about a barrier."),
        "complaint_text": _("Say how readers can complain to the authority."),
        "exempt_disproportionate": _("Say what is exempted as a disproportionate burden, or that nothing is."),
        "outside_law": _("Say what is outside the law, or that nothing is."),
    }
    actor = models.CharField(_("who is answerable"), max_length=160)
    service = models.CharField(_("which service"), max_length=160)
    conformity = models.CharField(_("how accessible it is"), max_length=10, choices=CONFORMITY, default="partial")
    conformity_text = models.TextField(_("how accessible it is, in words"))
    inaccessible = StreamField(
        [("shortcoming", InaccessibleBlock())], verbose_name=_("what is not accessible, and why"), blank=True
    )
    assessed_on = models.DateField(_("assessed on"))
    updated_on = models.DateField(_("updated on"))
    assessment_method = models.TextField(_("how it was assessed"))
    contact_function = RichTextField(_("how to tell us"), features=PLAIN_RICH_TEXT)
    complaint_text = RichTextField(_("how to complain to the authority"), features=PLAIN_RICH_TEXT)
    exempt_disproportionate = RichTextField(
        _("exempted as a disproportionate burden"), features=PLAIN_RICH_TEXT, blank=True
    )
    outside_law = RichTextField(_("outside the law"), features=PLAIN_RICH_TEXT, blank=True)
    body = StreamField(stream(*PLAIN_PAGE), verbose_name=_("body"), blank=True)

    body_panels: ClassVar = [
        FieldRowPanel([FieldPanel("actor"), FieldPanel("service")]),
        MultiFieldPanel(
            [FieldPanel("conformity"), FieldPanel("conformity_text"), FieldPanel("inaccessible")],
            heading=_("Conformity"),
        ),
        MultiFieldPanel([FieldPanel("exempt_disproportionate"), FieldPanel("outside_law")], heading=_("Exceptions")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("assessed_on"), FieldPanel("updated_on")]), FieldPanel("assessment_method")],
            heading=_("Assessment"),
        ),
        FieldPanel("contact_function"),
        FieldPanel("complaint_text"),
        FieldPanel("body"),
    ]
    parent_page_types = ["home.InfoPage"]
    subpage_types: ClassVar = []

    class Meta:
        verbose_name = _("accessibility statement")
        verbose_name_plural = _("accessibility statements")

    def contradictions(self) -> dict:
        errors = super().contradictions()
        if self.assessed_on and self.assessed_on > timezone.localdate():
            errors["assessed_on"] = _("The date is in the future.")
        if self.assessed_on and self.updated_on and self.updated_on < self.assessed_on:
            errors["updated_on"] = _("The statement cannot have been updated before the assessment.")
        if self.conformity == "full" and self.inaccessible:
            errors["conformity"] = _("Something is listed as not accessible, so this cannot be “fully accessible”.")
        return errors

    def missing_for_publication(self) -> dict:
        """Which of the eleven parts lack; the last two are said even where there is nothing to say."""
        errors = super().missing_for_publication()
        errors |= {name: words for name, words in self.PARTS.items() if not text_of(str(getattr(self, name) or ""))}
        if self.conformity != "full" and not self.inaccessible:
            errors["inaccessible"] = _("Say what is not accessible, or choose “fully accessible”.")
        site_settings = SiteSettings.load()
        if not (site_settings.authority_name and site_settings.authority_url):
            errors["complaint_text"] = _("The site settings lack the authority’s name or address, to which this leads.")
        return errors


class PeopleIndexPage(RoutablePageMixin, ListingPage):
    """Everyone who is named on a public page; each person has an address below."""

    parent_page_types = ["home.HomePage"]
    subpage_types: ClassVar = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("contributors")
        verbose_name_plural = _("contributors")

    def get_context(self, request, *args, **kwargs):
        people = (
            shown(Person).select_related("portrait").order_by(Alphabetical("name", self.locale.language_code), "pk")
        )
        return super().get_context(request, *args, **kwargs) | {"people": people}

    @path("<slug:slug>/", name="person")
    def person(self, request, slug):
        person = shown(Person).filter(slug=slug).select_related("portrait").first()
        if person is None:
            raise Http404
        return self.render(
            request, context_overrides=person_context(self, person, request), template="home/person.html"
        )
