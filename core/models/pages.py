from http import HTTPMethod
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CheckboxSelectMultiple
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail_localize.fields import SynchronizedField

from core import blocks, html
from core.choosers import PageChooserBlock
from core.context import page_context
from core.forms import THEMES_MAX, TOO_MANY_THEMES, BasePageForm
from core.guards import GuardedPage
from core.listing import FilterForm, listing_context
from core.models.stewardship import Stewardship
from core.prefetch import share_renditions, stocked
from core.querysets import ContentManager
from core.times import publishing_panel

WORDS_PER_MINUTE = 200  # silent reading of plain prose


class BasePage(GuardedPage, Page):
    """What every page of the site has: an intro, a body, subjects, relations, and someone who looks after it."""

    intro = models.TextField(
        _("intro"), max_length=300, help_text=_("Says what the page gives its reader. At most 300 characters.")
    )
    teaser = models.CharField(
        _("teaser"),
        max_length=160,
        blank=True,
        help_text=_("For cards and lists, at most 160 characters. Left empty, the intro is used."),
    )
    hero_image = models.ForeignKey(
        "core.CustomImage",
        verbose_name=_("picture"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    hero_alt = models.CharField(
        _("alt text"), max_length=255, blank=True, help_text=_("What the picture shows, for those who do not see it.")
    )
    hero_decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("The picture says nothing that the text does not.")
    )

    themes = ParentalManyToManyField("core.Theme", verbose_name=_("themes"), blank=True, help_text=_("One to three."))
    school_forms = ParentalManyToManyField("core.SchoolForm", verbose_name=_("school forms"), blank=True)
    subjects = ParentalManyToManyField("core.Subject", verbose_name=_("subjects"), blank=True)
    audiences = ParentalManyToManyField("core.Audience", verbose_name=_("audiences"), blank=True)
    keywords = ClusterTaggableManager(
        through="core.PageKeyword",
        verbose_name=_("keywords"),
        blank=True,
        help_text=_("Words that exist already; a chief editor adds new ones."),
    )

    related_pages = StreamField(
        [("page", PageChooserBlock(label=_("Page")))],
        verbose_name=_("related pages"),
        blank=True,
        help_text=_("Chosen by hand and shown first. The rest is filled from the same themes."),
    )
    related_links = StreamField(
        [("link", blocks.SourceBlock(label=_("Link"), template="blocks/source.html"))],
        verbose_name=_("related links"),
        blank=True,
    )
    contact = models.ForeignKey(
        "core.Person", verbose_name=_("contact"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    social_image = models.ForeignKey(
        "core.CustomImage",
        verbose_name=_("picture for sharing"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    noindex = models.BooleanField(_("hide from search engines and lists"), default=False)
    change_is_substantive = models.BooleanField(
        _("substantive change"), default=False, help_text=_("Readers are told what has changed.")
    )
    change_note = models.CharField(
        _("change note"), max_length=255, blank=True, help_text=_("What has changed, in one sentence.")
    )

    word_count = models.PositiveIntegerField(default=0, editable=False)

    objects = ContentManager()
    base_form_class = BasePageForm
    exclude_fields_in_copy: ClassVar = ["go_live_at", "expire_at"]  # a copy or a translation has times of its own
    show_in_menus_default = False
    default_review_interval = 12  # months
    allowed_http_methods = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]
    is_draft_save = False  # set by the form while it saves a draft, which may lack what publication demands

    content_panels: ClassVar = [
        TitleFieldPanel("title"),
        FieldPanel("intro"),
        MultiFieldPanel(
            [FieldPanel("hero_image"), FieldRowPanel([FieldPanel("hero_alt"), FieldPanel("hero_decorative")])],
            heading=_("Picture"),
        ),
    ]
    body_panels: ClassVar = []
    subject_panels: ClassVar = [
        FieldPanel("themes", widget=CheckboxSelectMultiple),
        FieldPanel("school_forms", widget=CheckboxSelectMultiple),
        FieldPanel("audiences", widget=CheckboxSelectMultiple),
        FieldPanel("subjects", widget=CheckboxSelectMultiple),
        FieldPanel("keywords"),
    ]
    relation_panels: ClassVar = [FieldPanel("related_pages"), FieldPanel("related_links"), FieldPanel("contact")]
    promote_panels: ClassVar = [
        MultiFieldPanel([FieldPanel("slug"), FieldPanel("teaser")], heading=_("In lists and addresses")),
        MultiFieldPanel(
            [
                FieldPanel("seo_title"),
                FieldPanel("search_description"),
                FieldPanel("social_image"),
                FieldPanel("noindex"),
            ],
            heading=_("For search engines and sharing"),
        ),
    ]
    settings_panels: ClassVar = [
        publishing_panel(),
        MultiFieldPanel([FieldPanel("change_is_substantive"), FieldPanel("change_note")], heading=_("Change note")),
        MultiFieldPanel(
            [
                HelpPanel(content=_("These apply at once and are not part of the version that is reviewed.")),
                FieldPanel("responsible"),
                FieldRowPanel([FieldPanel("review_interval"), FieldPanel("pinned_until")]),
            ],
            heading=_("Responsibility"),
        ),
        CommentPanel(),
    ]

    search_fields: ClassVar = [
        *Page.search_fields,
        index.SearchField("intro", boost=2),
        index.SearchField("search_text"),
        index.FilterField("noindex"),
        index.FilterField("alias_of_id"),
    ]
    override_translatable_fields: ClassVar = [SynchronizedField("change_is_substantive", overridable=True)]
    # What a published page may not be without of what hangs on it: `{relation: advice}`.
    demanded_relations: ClassVar[dict] = {}

    class Meta:
        abstract = True

    @classmethod
    def get_edit_handler(cls):
        """Wagtail's tabs with one for subjects and relations between content and promotion."""
        tabs = [
            ObjectList([*cls.content_panels, *cls.body_panels], heading=_("Content")),
            ObjectList([*cls.subject_panels, *cls.relation_panels], heading=_("Subjects and relations")),
            ObjectList(cls.promote_panels, heading=_("Promote")),
            ObjectList(cls.settings_panels, heading=_("Settings")),
        ]
        return TabbedInterface(tabs, base_form_class=cls.base_form_class).bind_to_model(cls)

    def clean(self):
        super().clean()
        errors = self.contradictions()
        if not self.is_draft_save:
            errors |= self.missing_for_publication()
        if errors:
            raise ValidationError(errors)

    def contradictions(self) -> dict:
        """What is wrong in a draft too: `{field: message}`."""
        if self.go_live_at and self.expire_at and self.expire_at <= self.go_live_at:
            return {"expire_at": _("The page would be taken down before it is published. Choose a later time.")}
        return {}

    def missing_for_publication(self) -> dict:
        """What a draft may lack but a published page may not: `{field: message}`."""
        errors = {}
        if self.hero_image_id and not self.hero_alt and not self.hero_decorative:
            errors["hero_alt"] = _("Describe the picture, or tick “decorative”.")
        if self.change_is_substantive and not self.change_note:
            errors["change_note"] = _("Say in one sentence what has changed, or untick “substantive change”.")
        if len(self.themes.all()) > THEMES_MAX:
            errors["themes"] = TOO_MANY_THEMES
        return errors

    def save(self, *args, **kwargs):
        is_new = self._state.adding
        if not kwargs.get("update_fields"):  # Wagtail names the fields when it stores a revision's marks only
            self.word_count = len(self.search_text.split())
        super().save(*args, **kwargs)
        if is_new:
            stewardship = getattr(self, "pending_stewardship", None) or Stewardship(
                responsible=self.owner, review_interval=self.default_review_interval
            )
            Stewardship.objects.update_or_create(page_id=self.pk, defaults=stewardship.values())

    def save_revision(self, *args, clean: bool = True, **kwargs):
        """As Wagtail's, also for a draft that lacks something and is sent back."""
        return super().save_revision(*args, clean=clean and not self.is_draft_save, **kwargs)

    @property
    def teaser_text(self) -> str:
        """The teaser, or the intro cut between words to 160 characters."""
        return self.teaser or html.cut_at_word(self.intro, 160)

    @cached_property
    def theme_list(self) -> list:
        """The themes, fetched once for everything that a request shows of them."""
        return list(self.themes.all())

    @cached_property
    def people(self) -> list:
        """Those named in the byline, in order."""
        people = [byline.person for byline in self.bylines.select_related("person__portrait")] if self.pk else []
        share_renditions(person.portrait for person in people)
        return people

    @cached_property
    def search_text(self) -> str:
        """The words of the body."""
        body = getattr(self, "body", None)
        if not body:
            return ""
        return html.text_of(" ".join(body.stream_block.get_searchable_content(body)))

    @property
    def search_lead(self) -> str:
        """What the index weighs between title and body: the intro, and what a page type adds."""
        return self.intro

    @property
    def search_facets(self) -> dict[str, list]:
        """What a search can be narrowed to, by the name of the parameter: terms with a code and a label."""
        return {"theme": list(self.themes.all()), "school_form": list(self.school_forms.all())}

    @property
    def reading_minutes(self) -> int:
        """Minutes to read the page, at least one; from the words counted when the page was saved."""
        return max(1, round(self.word_count / WORDS_PER_MINUTE))

    def get_context(self, request, *args, **kwargs):
        return super().get_context(request, *args, **kwargs) | page_context(self, request)

    def serve_password_required_response(self, request, form, action_url):
        """Asks for the password. The template gets the form alone: the page's own words are what the password is for."""
        context = {"form": form, "action_url": action_url}
        return TemplateResponse(request, "wagtailcore/password_required.html", context)

    def serve_preview(self, request, mode_name):
        """A preview speaks the page's language, whatever the editor's is."""
        with translation.override(self.locale.language_code), stocked(self):
            response = super().serve_preview(request, mode_name)
            return response.render() if hasattr(response, "render") else response


class ListingPage(BasePage):
    """A page that lists the pages of one kind below it, with prose of its own."""

    body = StreamField(blocks.stream(*blocks.PLAIN_PAGE), verbose_name=_("body"), blank=True)
    body_panels: ClassVar = [FieldPanel("body")]

    filter_form_class = FilterForm

    class Meta:
        abstract = True

    def get_context(self, request, *args, **kwargs):
        return super().get_context(request, *args, **kwargs) | listing_context(self, request)

    def serve(self, request, *args, **kwargs):
        """A page of the list that is not there is shown as its beginning, which says so."""
        response = super().serve(request, *args, **kwargs)
        if getattr(response, "context_data", None) and response.context_data.get("is_lost"):
            response.status_code = 404
        return response
