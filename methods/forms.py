from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_unicode_slug
from django.utils.translation import gettext_lazy as _

from core.filters import SubjectFilterForm
from methods.finding import Minutes, Named, People
from methods.kit import MOST_MEETINGS, MOST_WEEKS, defaults

FIRST_YEAR, LAST_YEAR = 2000, 2100


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self):
        super().__init__(format="%H:%M")


class FindForm(SubjectFilterForm):
    """Four questions to a group that looks for a method. An answer that means nothing is said so and left out."""

    field_order = ("group", "minutes", "school_form", "theme")

    group = forms.IntegerField(label=_("How many are you?"), required=False, min_value=1, max_value=500)
    minutes = forms.IntegerField(label=_("How many minutes is a meeting?"), required=False, min_value=5, max_value=600)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["school_form"].label = _("Where do you work?")
        self.fields["theme"].label = _("What is it to be about?")

    @property
    def demands(self) -> list:
        """What was answered, as demands on a method."""
        kinds = {"group": People, "minutes": Minutes}
        return [
            kinds[name](value) if name in kinds else Named(value.code, value.label, name)
            for name, value in self.chosen.items()
        ]


class SlugsField(forms.Field):
    """Several slugs, each once, in the order they were given. What is no slug is left out."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, most: int, **kwargs):
        self.most = most
        super().__init__(required=False, **kwargs)

    def clean(self, value) -> list[str]:
        return list(dict.fromkeys(filter(self._is_slug, value or ())))[: self.most]

    @staticmethod
    def _is_slug(value: str) -> bool:
        try:
            validate_unicode_slug(value)
        except ValidationError:
            return False
        return len(value) < 256


class CompareForm(forms.Form):
    """The methods to compare, by slug."""

    m = SlugsField(most=20)

    @property
    def slugs(self) -> list[str]:
        self.is_valid()
        return self.cleaned_data["m"]


class KitForm(forms.Form):
    """When a group meets. What is left out is what the method suggests."""

    date = forms.DateField(label=_("First meeting"), required=False, widget=DateInput)
    start = forms.TimeField(label=_("Starts at"), required=False, widget=TimeInput)
    meetings = forms.IntegerField(label=_("Number of meetings"), required=False, min_value=1, max_value=MOST_MEETINGS)
    weeks = forms.IntegerField(label=_("Weeks between"), required=False, min_value=1, max_value=MOST_WEEKS)

    def __init__(self, page, data):
        self.suggested = defaults(page)
        given = {name: data[name] for name in self.base_fields if data.get(name)}
        super().__init__({**self.suggested, **given})
        self.asked = urlencode(given)

    def clean_date(self):
        day = self.cleaned_data["date"]
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(
                _("Choose a date between %(first)s and %(last)s."), params={"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return day

    @property
    def plan(self) -> dict:
        """`{date, start, meetings, weeks}`; what was not understood is what the method suggests."""
        self.is_valid()
        return self.suggested | self.cleaned_data
