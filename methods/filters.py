from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.filters import SubjectFilterForm

TIMES = [
    ("", _("Any time")),
    ("30", _("up to 30 min")),
    ("45", _("up to 45 min")),
    ("60", _("up to 60 min")),
    ("90", _("up to 90 min")),
    ("120", _("up to 2 hours")),
]
COSTS = [("", _("Any cost")), ("0", _("free")), ("1", _("at most low")), ("2", _("at most medium"))]
PREPARATIONS = [("", _("Any preparation")), ("none", _("none")), ("short", _("at most half an hour"))]
EVIDENCE = [
    ("", _("Any evidence")),
    ("1", _("at least limited")),
    ("2", _("at least some")),
    ("3", _("at least good")),
    ("4", _("strong")),
]
UP_TO = {"none": ["none"], "short": ["none", "short"]}


class MethodFilterForm(SubjectFilterForm):
    """By what a group has: minutes, people, money, practice. What a method does not say does not meet a demand."""

    lookups = {"cost": "cost_level__lte", "evidence": "evidence_strength__gte"}
    field_order = ("minutes", "group", "school_form")
    further = ("theme", "preparation", "cost", "evidence")
    counted = ("theme", "school_form", "minutes", "preparation", "cost", "evidence")

    minutes = forms.ChoiceField(label=_("Time per meeting"), choices=TIMES, required=False)
    group = forms.IntegerField(label=_("People in the group"), required=False, min_value=1, max_value=500)
    preparation = forms.ChoiceField(label=_("Preparation"), choices=PREPARATIONS, required=False)
    cost = forms.ChoiceField(label=_("Cost"), choices=COSTS, required=False)
    evidence = forms.ChoiceField(label=_("Evidence"), choices=EVIDENCE, required=False)

    def condition(self, pages, name, value):
        if name == "minutes":
            return Q(minutes_min__lte=value) | Q(minutes_min__isnull=True, minutes_max__lte=value)
        if name == "group":
            return (Q(group_min__lte=value) | Q(group_min__isnull=True)) & (
                Q(group_max__gte=value) | Q(group_max__isnull=True)
            )
        if name == "preparation":
            return Q(preparation__in=UP_TO[value])
        return super().condition(pages, name, value)
