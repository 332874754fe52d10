from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import path
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from core import html
from core.blocks import EVIDENCE_STRENGTHS, EVIDENCE_TYPES, PLAIN_RICH_TEXT
from core.cards import cards_in_language
from core.choosers import PageChooserBlock
from core.fields import ChoiceListField
from core.models import BasePage, ListingPage
from core.related import chosen_ids
from core.tools import WithTools
from methods import views
from methods.blocks import MATERIALS, METHOD_BODY, ROLES, SOURCES, STEPS, line
from methods.filters import MethodFilterForm

SPANS = ("group", "minutes", "meetings", "weeks")
PREPARATION = [
    ("none", _("none")),
    ("short", _("short: under half an hour")),
    ("long", _("long: more than half an hour")),
]
COSTS = [(0, _("free")), (1, _("low")), (2, _("medium")), (3, _("high"))]
DIFFICULTIES = [(1, _("easy to start")), (2, _("takes some practice")), (3, _("takes experience"))]
GUIDELINES = [
    ("group", _("group size")),
    ("minutes", _("minutes per meeting")),
    ("meetings", _("number of meetings")),
    ("weeks", _("weeks")),
]


def span(low: int | None, high: int | None) -> str:
    """`4–8`, `4`, `from 4`, `up to 8` or an empty string."""
    if low and high:
        return str(low) if low == high else f"{low}–{high}"
    if low:
        return gettext("from %(number)s") % {"number": low}
    return gettext("up to %(number)s") % {"number": high} if high else ""


class MethodIndexPage(WithTools, ListingPage):
    filter_form_class = MethodFilterForm
    parent_page_types = ["home.HomePage"]
    subpage_types = ["methods.MethodPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of methods")
        verbose_name_plural = _("lists of methods")

    def methods(self):
        """The methods that the list names."""
        return MethodPage.objects.child_of(self).published().findable()

    def get_context(self, request, *args, **kwargs):
        tools = {f"{tool}_url": self.url_of_tool(tool, request) for tool in ("find", "compare")}
        return super().get_context(request, *args, **kwargs) | tools

    @path("hitta/", name="find_sv")
    @path("find/", name="find_en")
    def find(self, request):
        return views.find(self, request)

    @path("jamfor/", name="compare_sv")
    @path("compare/", name="compare_en")
    def compare(self, request):
        return views.compare(self, request)


def whole(label, **kwargs):
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=[MinValueValidator(1)], **kwargs)


class MethodPage(WithTools, BasePage):
    """A way of learning together, as facts that can be filtered and compared, and a text that explains it."""

    other_names = StreamField(
        [("name", line(_("Other name"), _("Another name for the same method.")))],
        verbose_name=_("other names"),
        blank=True,
    )
    purpose = models.CharField(_("purpose"), max_length=240, help_text=_("What the method is for, in one sentence."))
    when_to_use = RichTextField(_("when to use it"), features=[*PLAIN_RICH_TEXT, "ul"], blank=True)
    when_not = RichTextField(_("when not to"), features=[*PLAIN_RICH_TEXT, "ul"], blank=True)
    group_min = whole(_("smallest group"))
    group_max = whole(_("largest group"))
    minutes_min = whole(_("minutes per meeting, at least"))
    minutes_max = whole(_("minutes per meeting, at most"))
    meetings_min = whole(_("meetings, at least"))
    meetings_max = whole(_("meetings, at most"))
    weeks_min = whole(_("weeks, at least"))
    weeks_max = whole(_("weeks, at most"))
    guideline_values = ChoiceListField(
        _("our guidelines"),
        choices=GUIDELINES,
        blank=True,
        help_text=_("Values that are our own advice, not the method's. Readers see the word “guideline”."),
    )
    preparation = models.CharField(_("preparation"), max_length=10, choices=PREPARATION, blank=True)
    cost_level = models.PositiveSmallIntegerField(_("cost"), choices=COSTS, null=True, blank=True)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), choices=DIFFICULTIES, null=True, blank=True)
    roles = StreamField(ROLES, verbose_name=_("roles"), blank=True)
    steps = StreamField(STEPS, verbose_name=_("steps"), blank=True, help_text=_("The steps of one meeting, in order."))
    materials = StreamField(MATERIALS, verbose_name=_("materials"), blank=True)
    discussion_questions = StreamField(
        [("question", line(_("Question"), _("A question to talk about.")))],
        verbose_name=_("discussion questions"),
        blank=True,
    )
    success_factors = StreamField(
        [("factor", line(_("Success factor"), _("Something that makes it work.")))],
        verbose_name=_("success factors"),
        blank=True,
    )
    pitfalls = StreamField(
        [("pitfall", line(_("Pitfall"), _("Something to watch out for.")))], verbose_name=_("pitfalls"), blank=True
    )
    evidence_types = ChoiceListField(_("kinds of evidence"), choices=EVIDENCE_TYPES, blank=True)
    evidence_strength = models.PositiveSmallIntegerField(
        _("strength of the evidence"), choices=EVIDENCE_STRENGTHS, default=0, validators=[MaxValueValidator(4)]
    )
    evidence_rationale = models.TextField(_("why this assessment"), blank=True)
    evidence_sources = StreamField(SOURCES, verbose_name=_("sources"), blank=True)
    literature = StreamField(
        [("book", PageChooserBlock("articles.BookTipPage", label=_("Book tip")))],
        verbose_name=_("literature"),
        blank=True,
    )
    local_examples = StreamField(
        [("page", PageChooserBlock(["articles.NewsPage", "articles.BlogPostPage"], label=_("News or post")))],
        verbose_name=_("local examples"),
        blank=True,
    )
    body = StreamField(METHOD_BODY, verbose_name=_("body"), blank=True)

    body_panels: ClassVar = [
        MultiFieldPanel(
            [FieldPanel("purpose"), FieldPanel("other_names"), FieldPanel("when_to_use"), FieldPanel("when_not")],
            heading=_("What it is for"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("group_min"), FieldPanel("group_max")]),
                FieldRowPanel([FieldPanel("minutes_min"), FieldPanel("minutes_max")]),
                FieldRowPanel([FieldPanel("meetings_min"), FieldPanel("meetings_max")]),
                FieldRowPanel([FieldPanel("weeks_min"), FieldPanel("weeks_max")]),
                FieldPanel("guideline_values"),
                FieldRowPanel([FieldPanel("preparation"), FieldPanel("cost_level"), FieldPanel("difficulty")]),
            ],
            heading=_("The facts"),
        ),
        FieldPanel("roles"),
        FieldPanel("steps"),
        FieldPanel("materials"),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("discussion_questions"), FieldPanel("success_factors"), FieldPanel("pitfalls")],
            heading=_("In practice"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("evidence_types"),
                FieldPanel("evidence_strength"),
                FieldPanel("evidence_rationale"),
                FieldPanel("evidence_sources"),
            ],
            heading=_("Evidence"),
        ),
        FieldPanel("literature"),
        FieldPanel("local_examples"),
    ]
    search_fields: ClassVar = [*BasePage.search_fields, index.SearchField("purpose", boost=2)]
    default_review_interval = 24
    parent_page_types = ["methods.MethodIndexPage"]
    subpage_types: ClassVar = []

    class Meta:
        verbose_name = _("method")
        verbose_name_plural = _("methods")

    def contradictions(self) -> dict:
        errors = super().contradictions()
        for name in SPANS:
            low, high = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
            if low and high and low > high:
                errors[f"{name}_max"] = _("The highest value is lower than the lowest (%(low)s).") % {"low": low}
        return errors

    def missing_for_publication(self) -> dict:
        errors = super().missing_for_publication()
        if self.evidence_strength and not self.evidence_rationale:
            errors["evidence_rationale"] = _("Say why the evidence is assessed like this.")
        if self.evidence_strength and not self.evidence_sources:
            errors["evidence_sources"] = _("An assessment above 0 needs at least one source.")
        return errors

    @property
    def steps_minutes(self) -> int:
        """The sum of the steps' minutes."""
        return sum(step.value["minutes"] or 0 for step in self.steps)

    @property
    def steps_outside_span(self) -> bool:
        """True if the steps together take less or more time than a meeting is said to take. A warning, not an error."""
        total = self.steps_minutes
        return bool(total and ((self.minutes_min or 0) > total or total > (self.minutes_max or total)))

    @property
    def facts(self) -> list[dict]:
        """What stands in the facts strip: `{key, label, value, is_guideline}`, without what is not known."""
        rows = [
            ("group", gettext("Group"), span(self.group_min, self.group_max), gettext("%s people")),
            ("minutes", gettext("Time per meeting"), span(self.minutes_min, self.minutes_max), gettext("%s min")),
            ("meetings", gettext("Meetings"), span(self.meetings_min, self.meetings_max), "%s"),
            ("weeks", gettext("Over"), span(self.weeks_min, self.weeks_max), gettext("%s weeks")),
            ("preparation", gettext("Preparation"), self.get_preparation_display(), "%s"),
            ("cost", gettext("Cost"), self.get_cost_level_display() if self.cost_level is not None else "", "%s"),
            ("difficulty", gettext("Difficulty"), self.get_difficulty_display() if self.difficulty else "", "%s"),
        ]
        return [
            {"key": key, "label": label, "value": form % value, "is_guideline": key in self.guideline_values}
            for key, label, value, form in rows
            if value
        ]

    @property
    def facts_line(self) -> str:
        """The facts on a card: `4–8 people · 60–90 min`."""
        wanted = [fact["value"] for fact in self.facts if fact["key"] in ("group", "minutes")]
        return " · ".join(wanted)

    @cached_property
    def search_text(self) -> str:
        streams = [
            self.body,
            self.steps,
            self.roles,
            self.success_factors,
            self.pitfalls,
            self.discussion_questions,
            self.other_names,
        ]
        words = [text for stream in streams for text in stream.stream_block.get_searchable_content(stream)]
        return html.text_of(" ".join([self.purpose, self.when_to_use, self.when_not, *words]))

    @property
    def search_lead(self) -> str:
        return f"{self.intro} {self.purpose} {' '.join(name.value for name in self.other_names)}"

    def get_context(self, request, *args, **kwargs):
        chosen = {name: chosen_ids(self, name) for name in ("literature", "local_examples")}
        tools = {f"{tool}_url": self.url_of_tool(tool, request) for tool in ("kit", "pdf", "ics", "timer")}
        return super().get_context(request, *args, **kwargs) | cards_in_language(self, chosen, request) | tools

    @path("traffpaket/", name="kit_sv")
    @path("kit/", name="kit_en")
    def kit(self, request):
        return views.kit(self, request)

    @path("traffpaket.pdf/", name="pdf_sv")
    @path("kit.pdf/", name="pdf_en")
    def pdf(self, request):
        return views.pdf(self, request)

    @path("traffar.ics/", name="ics_sv")
    @path("meetings.ics/", name="ics_en")
    def ics(self, request):
        return views.ics(self, request)

    @path("ledare/", name="timer_sv")
    @path("facilitate/", name="timer_en")
    def timer(self, request):
        return views.timer(self, request)
