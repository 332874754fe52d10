"""Lists with filters: one form, one queryset, one paginator, for every page that lists what stands below it."""

from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from wagtail.models import Page

from core import kinds
from core.addresses import url_of
from core.cards import make_cards, specific_pages

PER_PAGE = 20


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

    def filter(self, pages, **cleaned):
        """`pages` narrowed to what was chosen. Subclasses say how."""
        return pages

    @property
    def chosen(self) -> dict:
        """The valid values that were given, by field name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}

    def apply(self, pages):
        return self.filter(pages, **self.chosen)

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

    def chips(self) -> list[dict]:
        """`{label, remove_url}` for each filter that is on."""
        return [
            {
                "label": f"{self.fields[name].label}: {self.label_of(name, value)}",
                "remove_url": f"?{self.query(without=name)}",
            }
            for name, value in self.chosen.items()
        ]


def listing_context(page, request) -> dict:
    """The cards below `page`: filtered, pinned ones first, newest first (methods by title), 20 a page."""
    below = page.allowed_subpage_models()
    kind = next((kind for kind in kinds.every() if below == [kind.model]), None)
    form = page.filter_form_class(request.GET if request else None)
    if kind is None:
        return {"filter_form": form, "cards": [], "paginator": None, "chips": [], "total": 0}
    children = kind.model.objects.child_of(page).published().findable()
    ordered = (
        form.apply(children).pinned_first(*kind.ordering) if form.is_bound else children.pinned_first(*kind.ordering)
    )
    paginator = Paginator(ordered.values_list("pk", flat=True), PER_PAGE)
    shown = paginator.get_page(request.GET.get("page") if request else 1)
    ids = list(shown.object_list)
    found = {card.page_id: card for card in make_cards(specific_pages(Page.objects.filter(pk__in=ids)), request)}
    shown.object_list = [found[pk] for pk in ids if pk in found]
    return {
        "filter_form": form,
        "cards": shown,
        "paginator": paginator,
        "chips": form.chips() if form.is_bound else [],
        "total": paginator.count,
        "clear_url": url_of(page, request),
        "filter_query": form.query() if form.is_bound else "",
    }
