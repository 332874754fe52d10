"""Wagtail's read API, with one change: it knows what is public. Only pages have an endpoint.

Images and documents have none: Wagtail's would list what only a draft uses.
"""

from django.db.models import Case, IntegerField, Value, When
from rest_framework.filters import BaseFilterBackend
from wagtail.api.v2.filters import SearchFilter
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.models import Page

from core.querysets import findable_pages
from search.analysis import normalised, words
from search.asking import MAX_LENGTH, MAX_WORDS

CANDIDATES = 2000  # Wagtail's search cannot filter by what is public: this many hits are looked at
RANKED = 500  # hits in order of relevance; a reader of the API that wants more asks for an order of its own
LONGEST_NUMBER = 18  # digits that any database's integers have room for


class PublicSearchFilter(BaseFilterBackend):
    """`?search=`: Wagtail's search cannot filter by what is public, so its hits narrow the queryset instead."""

    def filter_queryset(self, request, queryset, view):
        if "search" not in request.GET:
            return queryset
        operator = request.GET.get("search_operator") or None
        if operator not in (None, "and", "or"):
            raise BadRequestError("search_operator must be 'and' or 'or'")
        asked = " ".join(list(words(normalised(request.GET["search"][:MAX_LENGTH])))[:MAX_WORDS])
        found = [page.pk for page in Page.objects.search(asked, operator=operator)[:CANDIDATES]] if asked else []
        hits = queryset.filter(pk__in=found)
        if "order" in request.GET:
            return hits
        public = set(hits.values_list("pk", flat=True))
        ranked = [pk for pk in found if pk in public][:RANKED]
        rank = Case(
            *(When(pk=pk, then=Value(place)) for place, pk in enumerate(ranked)), default=0, output_field=IntegerField()
        )
        return queryset.filter(pk__in=ranked).order_by(rank)


class PublicPagesAPIViewSet(PagesAPIViewSet):
    filter_backends = [
        PublicSearchFilter if found is SearchFilter else found for found in PagesAPIViewSet.filter_backends
    ]

    def get_base_queryset(self):
        return findable_pages()

    def get_queryset(self):
        return super().get_queryset().select_related("locale")

    def find_object(self, queryset, request):
        self.check_values()
        try:
            return super().find_object(queryset, request)
        except ValueError as error:  # a key that is no number
            raise BadRequestError(str(error)) from error

    def check_query_parameters(self, queryset):
        self.check_values()
        return super().check_query_parameters(queryset)

    def check_values(self) -> None:
        """Refuses what a database would choke on, before it is asked. Raises BadRequestError."""
        for name, value in self.request.GET.items():
            if "\x00" in value or (value.lstrip("-").isdigit() and len(value) > LONGEST_NUMBER):
                raise BadRequestError(f"{name} is not valid")


router = WagtailAPIRouter("wagtailapi")
router.register_endpoint("pages", PublicPagesAPIViewSet)
