from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_unicode_slug
from django.utils.translation import gettext_lazy as _

from core.filters import SubjectFilterForm
from methods.finding import Minutes, Named, People


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
