"""What can be asked of the plan, and what can be sent to it."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from core import kinds
from core.models import Stewardship
from core.times import ClockField
from editorial.plan import Period, Section, View
from editorial.reports import NOBODY, ResponsibleFilter
from editorial.rescheduling import Lane

YEARS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2099, 12, 31)))


class PlanForm(forms.Form):
    """Which days, and which of what happens on them."""

    view = forms.ChoiceField(choices=View.choices, required=False, widget=forms.HiddenInput)
    day = forms.DateField(
        label=_("From"),
        required=False,
        validators=YEARS,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    section = forms.ChoiceField(label=_("Section"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    responsible = forms.ChoiceField(label=_("Responsible"), required=False)
    locale = forms.ModelChoiceField(
        label=_("Language"),
        queryset=Locale.objects.all(),
        to_field_name="language_code",
        required=False,
        empty_label=_("Both"),
    )
    lane = forms.MultipleChoiceField(
        label=_("What happens"), choices=Lane.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, sections: list[Section], **kwargs):
        super().__init__(*args, **kwargs)
        self.sections = sections
        titles: dict[str, str] = {}
        for section in sections:
            titles.setdefault(section.key, section.title)
        self.fields["section"].choices = [("", _("All")), *titles.items()]
        self.fields["kind"].choices = [("", _("All")), *((kind.code, kind.plural) for kind in kinds.every())]
        self.fields["responsible"].choices = [("", _("Anyone")), *ResponsibleFilter.people()]

    @property
    def period(self) -> Period:
        asked = self.cleaned_data
        return Period(asked["view"] or View.MONTH, asked["day"] or timezone.localdate())

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data[name] for name in ("section", "kind", "responsible", "locale", "lane"))

    def narrow(self, pages):
        """The pages that were asked for."""
        asked = self.cleaned_data
        if key := asked["section"]:
            below = Q(pk__in=[])
            for section in self.sections:
                if section.key == key:
                    below |= Q(path__startswith=section.path)
            pages = pages.filter(below)
        if asked["kind"]:
            pages = pages.filter(pk__in=kinds.get(asked["kind"]).model.objects.order_by().values("pk"))
        if asked["responsible"] == NOBODY:
            pages = pages.filter(pk__in=Stewardship.objects.without_responsible().values("page"))
        elif asked["responsible"]:
            pages = pages.filter(stewardship__responsible=asked["responsible"])
        return pages.filter(locale=asked["locale"]) if asked["locale"] else pages

    def wants(self, item) -> bool:
        return not self.cleaned_data["lane"] or item.lane in self.cleaned_data["lane"]


class SuggestedTimeForm(forms.Form):
    """The time with which the form that moves something begins: the one before, where a move is taken back."""

    at = ClockField(required=False)


class MoveForm(forms.Form):
    """Another time for something in the plan, and the time that was on the screen."""

    required_css_class = "required"

    at = ClockField(label=_("New time"), help_text=_("Swedish time, for instance 2026-11-24 07:30."))
    seen = ClockField(required=False, widget=forms.HiddenInput)

    is_refused = False  # answered with 409

    def refuse(self, reason: str) -> None:
        self.is_refused = True
        self.add_error(None, reason)
