"""Filters that more than one list has."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.listing import FilterForm, TermChoiceField
from core.models.taxonomy import SchoolForm, Theme


class SubjectFilterForm(FilterForm):
    """By theme and school form."""

    theme = TermChoiceField(Theme, label=_("Theme"), empty_label=_("All themes"))
    school_form = TermChoiceField(SchoolForm, label=_("School form"), empty_label=_("All school forms"))

    def condition(self, pages, name, value):
        if name == "theme":
            return Q(pk__in=pages.model.objects.about(value).values("pk"))
        if name == "school_form":
            return Q(pk__in=pages.model.objects.filter(school_forms=value).values("pk"))
        return super().condition(pages, name, value)


class YearField(forms.IntegerField):
    """A year between 1900 and 2100."""

    def __init__(self, **kwargs):
        super().__init__(required=False, min_value=1900, max_value=2100, **kwargs)
