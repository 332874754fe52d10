"""Lists with filters: one form, one queryset, one paginator, for every page that lists what stands below it."""

from urllib.parse import urlencode

from django import forms
from django.db.models import Count, Q
from django.utils.functional import cached_property
from wagtail.models import Page

from core import kinds
from core.addresses import url_of
from core.cards import make_cards, specific_pages
from core.paging import Order, page_of


class TermChoiceField(forms.ModelChoiceField):
    """Chooses a term by its code. Shows the label in the reader's language."""

    def __init__(self, model, **kwargs):
        self.model = model
        super().__init__(queryset=model.objects.none(), to_field_name="code", required=False, **kwargs)

    def __deepcopy__(self, memo):
        field = super().__deepcopy__(memo)
        field.queryset = self.model.objects.all()
        return field

    def label_from_instance(self, term):
        return term.label


class FilterForm(forms.Form):
    """A list's filters. Values are codes; a value that means nothing is ignored, so that no address is an error."""

    lookups: dict[str, str] = {}  # by field name, where a filter is a plain comparison
    counted: tuple[str, ...] = ()  # the fields whose options say how many pages they leave
    further: tuple[str, ...] = ()  # the fields that are asked for less often, and stand folded

    def condition(self, pages, name: str, value) -> Q:
        """What a filter asks of the pages of a queryset. Subclasses say it for what is no plain comparison."""
        return Q(**{self.lookups[name]: value})

    def wanted(self, pages, without: str | None = None) -> Q:
        """What all chosen filters ask together, or all but one of them."""
        asked = Q()
        for name, value in self.chosen.items():
            if name != without:
                asked &= self.condition(pages, name, value)
        return asked

    @cached_property
    def chosen(self) -> dict:
        """The valid values that were given, by field name."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}

    @property
    def first_fields(self) -> list:
        return [field for field in self.visible_fields() if field.name not in self.further]

    @property
    def further_fields(self) -> list:
        return [field for field in self.visible_fields() if field.name in self.further]

    @property
    def is_unfolded(self) -> bool:
        """Whether something is chosen among the folded fields."""
        return not self.chosen.keys().isdisjoint(self.further)

    def apply(self, pages):
        return pages.filter(self.wanted(pages))

    def count(self, pages) -> list[dict]:
        """Writes behind each option of the counted fields how many pages it leaves, the other filters as they are.

        Returns `{label, remove_url, total}` for each chosen filter without which there are pages. One statement in all.
        """
        options, counts = {}, {}
        for name in self.counted:
            others = self.wanted(pages, without=name)
            for place, (code, label, value) in enumerate(self.options(name)):
                options[f"{name}_{place}"] = (name, code, label)
                counts[f"{name}_{place}"] = Count("pk", filter=others & self.condition(pages, name, value))
        for name in self.chosen:
            counts[f"without_{name}"] = Count("pk", filter=self.wanted(pages, without=name) or None)
        totals = pages.order_by().aggregate(**counts) if counts else {}
        for name in self.counted:
            field = self.fields[name]
            empty = getattr(field, "empty_label", None) or dict(getattr(field, "choices", ()))[""]
            field.widget.choices = [
                ("", empty),
                *((code, f"{label} ({totals[key]})") for key, (owner, code, label) in options.items() if owner == name),
            ]
        return [
            chip | {"total": totals[f"without_{name}"]} for name, chip in self._chips() if totals[f"without_{name}"]
        ]

    def options(self, name: str) -> list[tuple]:
        """`(code, label, value)` for each option of a field but the empty one."""
        field = self.fields[name]
        if hasattr(field, "queryset"):
            return [(term.code, field.label_from_instance(term), term) for term in field.queryset]
        return [(code, label, code) for code, label in field.choices if code]

    def label_of(self, name, value) -> str:
        """A chosen value in the reader's words."""
        field = self.fields[name]
        if hasattr(field, "label_from_instance"):
            return str(field.label_from_instance(value))
        return str(dict(getattr(field, "choices", ())).get(value, value))

    def query(self, without: str | None = None) -> str:
        """The chosen filters as a query string, without one of them."""
        pairs = {name: getattr(value, "code", value) for name, value in self.chosen.items() if name != without}
        return urlencode(pairs, doseq=True)

    def _chips(self):
        for name, value in self.chosen.items():
            label = f"{self.fields[name].label}: {self.label_of(name, value)}"
            yield name, {"label": label, "remove_url": f"?{self.query(without=name)}"}

    def chips(self) -> list[dict]:
        """`{label, remove_url}` for each filter that is on."""
        return [chip for _name, chip in self._chips()]


def listing_context(page, request) -> dict:
    """The cards below `page`: filtered, pinned ones first, newest first (methods by title), 20 a page."""
    below = page.allowed_subpage_models()
    kind = next((kind for kind in kinds.every() if below == [kind.model]), None)
    form = page.filter_form_class(request.GET if request else None)
    if kind is None:
        return {"filter_form": form, "cards": [], "paginator": None, "chips": [], "total": 0}
    children = kind.model.objects.child_of(page).published().findable()
    shown = page_of(
        form.apply(children), Order(page.locale.language_code, kind.by_title), request.GET if request else {}
    )
    ids = shown.object_list
    found = {card.page_id: card for card in make_cards(specific_pages(Page.objects.filter(pk__in=ids)), request)}
    shown.object_list = [found[pk] for pk in ids if pk in found]
    return {
        "filter_form": form,
        "cards": shown,
        "paginator": shown.paginator,
        "chips": form.chips(),
        "relaxations": form.count(children),
        "total": shown.paginator.count,
        "is_lost": shown.is_lost,
        "clear_url": url_of(page, request),
        "filter_query": form.query(),
    }
