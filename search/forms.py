from django import forms
from django.utils.translation import gettext_lazy as _

from core import kinds
from core.models import SchoolForm, Theme

SORTS = [("relevance", _("Most relevant first")), ("newest", _("Newest first"))]


class ForgivingMultipleChoiceField(forms.MultipleChoiceField):
    """Keeps the values it knows: an old or mistyped address still finds something."""

    def clean(self, value):
        return [item for item in self.to_python(value) if self.valid_value(item)]


class ForgivingChoiceField(forms.ChoiceField):
    def clean(self, value):
        value = self.to_python(value)
        return value if self.valid_value(value) else ""


class SearchForm(forms.Form):
    """Everything a reader can ask for; whatever is not understood counts as not asked."""

    q = forms.CharField(label=_("Search"), required=False, strip=True)
    kind = ForgivingMultipleChoiceField(label=_("Kind"), required=False, widget=forms.CheckboxSelectMultiple)
    theme = ForgivingChoiceField(label=_("Theme"), required=False)
    school_form = ForgivingChoiceField(label=_("School form"), required=False)
    category = forms.SlugField(label=_("Category"), required=False, widget=forms.HiddenInput)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1900, max_value=2100)
    sort = ForgivingChoiceField(label=_("Order"), required=False, choices=SORTS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.plural) for kind in kinds.every() if kind.searchable]
        self.fields["theme"].choices = [
            ("", _("All themes")),
            *((term.code, term.label) for term in Theme.objects.all()),
        ]
        self.fields["school_form"].choices = [
            ("", _("All school forms")),
            *((term.code, term.label) for term in SchoolForm.objects.all()),
        ]

    @property
    def asked(self) -> dict:
        """The values that were understood, by name."""
        self.is_valid()
        return self.cleaned_data
