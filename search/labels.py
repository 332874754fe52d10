"""What the terms are called by which a search is narrowed."""

from django.core.cache import cache
from django.db.models import Value

from core import kinds
from core.models import SchoolForm, Theme
from search.models import KEPT

KEY = "search-labels"


def labels_of_terms() -> dict[str, dict[str, str]]:
    """The labels by filter and code, whichever kinds of page have the terms, as of `KEPT` seconds ago at the latest."""
    found: dict[str, dict[str, str]] = {"category": {}, "theme": {}, "school_form": {}}
    for name, code, swedish, english in cache.get_or_set(KEY, lines, KEPT):
        found[name].setdefault(code, Theme(label_sv=swedish, label_en=english).label)
    return found


def lines() -> list[tuple[str, str, str, str]]:
    """`(filter, code, label in Swedish, label in English)` of every term, in the order of the terms. One statement."""
    categories = {
        kind.model._meta.get_field(kind.category.split("__")[0]).related_model
        for kind in kinds.every()
        if kind.category
    }
    terms = dict.fromkeys(sorted(categories, key=lambda model: model._meta.label), "category")
    terms |= {Theme: "theme", SchoolForm: "school_form"}
    first, *others = (
        model.objects.order_by().values_list(Value(name), "code", "label_sv", "label_en", "sort_order")
        for model, name in terms.items()
    )
    return [row[:4] for row in first.union(*others).order_by("sort_order", "code")]


def forget() -> None:
    """Lets this process, and all where the cache is shared, read the labels anew."""
    cache.delete(KEY)
