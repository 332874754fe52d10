from collections import Counter

from django import forms
from django.utils.translation import gettext_lazy as _

from search.asking import MAX_LENGTH
from search.documents import searchable_kinds
from search.labels import labels_of_terms

SORTS = [("relevance", _("Most relevant first")), ("newest", _("Newest first"))]
NARROWING = ("theme", "school_form", "category", "year")


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
    category = forms.SlugField(label=_("Category"), required=False, max_length=60, widget=forms.Select)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1900, max_value=2100, widget=forms.Select)
    sort = ForgivingChoiceField(label=_("Order"), required=False, choices=SORTS)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.labels = labels_of_terms()
        self.fields["kind"].choices = [(kind.code, kind.plural) for kind in searchable_kinds()]
        for name in ("theme", "school_form"):
            self.fields[name].choices = [("", ""), *self.labels[name].items()]

    @property
    def asked(self) -> dict:
        """The values that were understood, by name."""
        self.is_valid()
        return self.cleaned_data

    @property
    def text(self) -> str:
        return self.asked.get("q", "")[:MAX_LENGTH]

    @property
    def filters(self) -> dict[str, tuple[str, ...]]:
        """What the hits are narrowed to: for each filter that was set, the values of which one must hold."""
        chosen = {name: self.asked.get(name) for name in NARROWING}
        filters = {name: (str(value),) for name, value in chosen.items() if value}
        return filters | ({"kind": tuple(self.asked["kind"])} if self.asked.get("kind") else {})

    def label_of(self, name: str, value: str) -> str:
        return str(self.labels.get(name, {}).get(value, value))

    def offer(self, name: str, counts: Counter, everything: str) -> None:
        """Lets a reader choose among the values that have hits, each with its number, or the one that is chosen now."""
        if name == "category":
            counts = Counter({code: hits for code, hits in counts.items() if code not in self.labels["theme"]})
        chosen = self.filters.get(name, ())
        values = [value for value in {*counts, *chosen} if counts[value] or value in chosen]
        if name == "year":
            values.sort(reverse=True)
        else:
            values.sort(key=lambda value: self.label_of(name, value).casefold())
        offered = [(value, f"{self.label_of(name, value)} ({counts[value]})") for value in values]
        self.fields[name].widget.choices = [("", everything), *offered]

    def has_choice(self, name: str) -> bool:
        return len(self.fields[name].widget.choices) > 1
