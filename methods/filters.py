from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.filters import SubjectFilterForm

TIMES = [
    ("", _("Any time")),
    ("30", _("up to 30 min")),
    ("60", _("up to 60 min")),
    ("90", _("up to 90 min")),
    ("120", _("up to 2 hours")),
]


class MethodFilterForm(SubjectFilterForm):
    """By what a group has: minutes, people, money, practice."""

    minutes = forms.ChoiceField(label=_("Time per meeting"), choices=TIMES, required=False)
    group = forms.IntegerField(label=_("People in the group"), required=False, min_value=1, max_value=500)

    def filter(self, pages, minutes=None, group=None, **rest):
        if minutes:
            pages = pages.filter(Q(minutes_min__lte=minutes) | Q(minutes_min__isnull=True, minutes_max__lte=minutes))
        if group:
            pages = pages.filter(Q(group_min__lte=group) | Q(group_min__isnull=True)).filter(
                Q(group_max__gte=group) | Q(group_max__isnull=True)
            )
        return super().filter(pages, **rest)
