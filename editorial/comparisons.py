"""How values that are not text are shown when two versions are compared. Wagtail shows them as Python writes them."""

from datetime import date, datetime

from django.db import models
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext
from wagtail.admin.compare import FieldComparison, TextDiff, register_comparison_class

from editorial.words import moment


class ValueComparison(FieldComparison):
    """Times, dates, numbers and yes or no, in words; no value is no words."""

    def htmldiff(self):
        before, after = in_words(self.val_a), in_words(self.val_b)
        if before == after:
            return escape(after)
        changes = [("deletion", before), ("addition", after)]
        return TextDiff([(change, words) for change, words in changes if words], separator=" ").to_html()


def in_words(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return date_format(value, "j F Y")
    return str(value)


def connect() -> None:
    for kind in (models.BooleanField, models.DateField, models.DateTimeField, models.DecimalField, models.IntegerField):
        register_comparison_class(kind, comparison_class=ValueComparison)
