"""Wagtail's read API, with what it lacks: it knows what is public, in both languages, and what a page is about.

Only pages have an endpoint. Images and documents have none: Wagtail's would list what only a draft uses. `home/openapi.py`
describes what is here.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import get_language_from_path
from django.views.decorators.http import conditional_page
from rest_framework.fields import CharField, Field
from rest_framework.filters import BaseFilterBackend
from rest_framework.renderers import JSONRenderer
from wagtail.api import APIField
from wagtail.api.v2.filters import FieldsFilter, SearchFilter
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.serializers import PageSerializer
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.models import Page

from core import kinds
from core.addresses import absolute
from core.models import BasePage, SchoolForm, Theme
from core.prefetch import stocked
from core.querysets import findable_pages
from home.serving import find_public
from search.analysis import normalised, words
from search.asking import MAX_LENGTH, MAX_WORDS

CANDIDATES = 2000  # Wagtail's search cannot filter by what is public: this many hits are looked at
RANKED = 500  # hits in order of relevance; a reader of the API that wants more asks for an order of its own
LARGEST = 10**15  # no number of ours is larger, and any database has room for it
LONGEST_FIELDS, DEEPEST_FIELDS = 300, 2  # characters, and brackets within brackets
TERMS = {"theme": (Theme, "themes"), "school_form": (SchoolForm, "school_forms")}
LINKS = {"html_url", "detail_url"}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def codes_of(request, name: str, known: list[str]) -> set[str]:
    """The values of a filter, of which any may hold. Raises BadRequestError with those that there are."""
    codes = set(request.GET.getlist(name))
    if not codes <= set(known):
        raise BadRequestError(f"{name} must be one of: {', '.join(known)}")
    return codes


class SubjectFilter(BaseFilterBackend):
    """`?kind=`, `?theme=`, `?school_form=`: the codes of the lists and of search, each as often as wanted."""

    def filter_queryset(self, request, queryset, view):
        known = {kind.code: kind.model for kind in kinds.every()}
        models = list(known.values())
        if "kind" in request.GET:
            models = [known[code] for code in codes_of(request, "kind", list(known))]
            queryset = queryset.filter(pk__in=pages_of(models))
        for name, (term, relation) in TERMS.items():
            if name in request.GET:
                codes = codes_of(request, name, list(term.objects.values_list("code", flat=True)))
                queryset = queryset.filter(any_of(models, **{f"{relation}__code__in": codes}))
        return queryset


def pages_of(models: list[type]):
    return Page.objects.type(*models).values("pk")


def any_of(models: list[type], **lookup) -> Q:
    """Pages of any of the types for which a look-up on their own fields holds."""
    found = Q(pk__in=[])
    for model in models:
        found |= Q(pk__in=model.objects.filter(**lookup).values("pk"))
    return found


class PublicFieldsFilter(FieldsFilter):
    def filter_queryset(self, request, queryset, view):
        try:
            return super().filter_queryset(request, queryset, view)
        except ValidationError as error:  # a date that is none
            raise BadRequestError("; ".join(error.messages)) from error


class KindField(Field):
    """The code of a page's kind, or null for the start page and lists."""

    def get_attribute(self, instance):
        return instance.specific_class

    def to_representation(self, model):
        return next((kind.code for kind in kinds.every() if model is kind.model), None)


class CodesField(Field):
    """The codes of the terms that a page has."""

    def to_representation(self, terms):
        return [term.code for term in terms.all()]


class AddressedSerializer(PageSerializer):
    """With links that follow SITE_URL, or the request where that is not set; Wagtail's ask nobody but the database."""

    def to_representation(self, page):
        data = super().to_representation(page)
        meta = data.get("meta", {})
        for part in (meta, *(found["meta"] for name in ("parent", "alias_of") if (found := meta.get(name)))):
            for name in LINKS & part.keys():
                part[name] = absolute(self.context["request"], path_of(part[name])) or None
        return data


def path_of(url: str | None) -> str:
    """An address from the root of the site, with what is asked there."""
    return urlsplit(url or "")._replace(scheme="", netloc="").geturl()


class ContentField(Field):
    """The text of a page as HTML, as feeds have it."""

    def get_attribute(self, instance):
        return instance

    def to_representation(self, page):
        with translation.override(page.locale.language_code), stocked(page):
            return render_to_string("home/feed_entry.html", {"page": page, "request": self.context["request"]})


OF_ANY_PAGE = [APIField("kind", serializer=KindField())]
OF_A_PAGE_WITH_TEXT = [
    APIField("intro"),
    APIField("teaser", serializer=CharField(source="teaser_text")),
    APIField("theme", serializer=CodesField(source="themes")),
    APIField("school_form", serializer=CodesField(source="school_forms")),
    APIField("content", serializer=ContentField()),
]
OWN_FIELDS = {field.name for field in (*OF_ANY_PAGE, *OF_A_PAGE_WITH_TEXT)}


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
    renderer_classes = (JSONRenderer,)
    authentication_classes = ()  # everyone is shown what a visitor sees
    base_serializer_class = AddressedSerializer
    filter_backends = [
        SubjectFilter,
        *(
            {SearchFilter: PublicSearchFilter, FieldsFilter: PublicFieldsFilter}.get(found, found)
            for found in PagesAPIViewSet.filter_backends
        ),
    ]
    known_query_parameters = PagesAPIViewSet.known_query_parameters | {"kind", *TERMS}
    meta_fields = [*PagesAPIViewSet.meta_fields, "last_published_at"]
    listing_default_fields = [*PagesAPIViewSet.listing_default_fields, "kind", "last_published_at"]
    detail_only_fields = [*PagesAPIViewSet.detail_only_fields, *(field.name for field in OF_A_PAGE_WITH_TEXT)]

    @classmethod
    def get_body_fields(cls, model):
        own = OF_A_PAGE_WITH_TEXT if issubclass(model, BasePage) else []
        return [*super().get_body_fields(model), *OF_ANY_PAGE, *own]

    @classmethod
    def get_available_fields(cls, model, db_fields_only=False):
        found = super().get_available_fields(model, db_fields_only)
        return [name for name in found if name not in OWN_FIELDS] if db_fields_only else found

    def get_base_queryset(self):
        return findable_pages()

    def get_queryset(self):
        return super().get_queryset().select_related("locale")

    def find_view(self, request):
        answer = super().find_view(request)
        answer["Location"] = path_of(answer["Location"])
        return answer

    def find_object(self, queryset, request):
        self.check_values()
        if "html_path" in request.GET:
            return queryset.filter(pk=self.key_at(request.GET["html_path"])).first()
        try:
            return super().find_object(queryset, request)
        except ValueError as error:  # a key that is no number
            raise BadRequestError(str(error)) from error

    def key_at(self, path: str) -> int | None:
        """The key of the public page at an address, in the language of the address."""
        prefix = get_language_from_path(path := f"/{path.strip('/')}/")
        page, below = find_public(path.removeprefix(f"/{prefix}") if prefix else path, prefix or settings.LANGUAGE_CODE)
        return page.pk if page and not below else None

    def check_query_parameters(self, queryset):
        self.check_values()
        return super().check_query_parameters(queryset)

    def check_values(self) -> None:
        """Refuses what a database would choke on, before it is asked. Raises BadRequestError."""
        for name, values in self.request.GET.lists():
            if any("\x00" in value or is_too_large(value) for value in values):
                raise BadRequestError(f"{name} is not valid")

    def get_serializer_class(self):
        fields = self.request.GET.get("fields", "")
        if len(fields) > LONGEST_FIELDS:
            raise BadRequestError(f"fields cannot be longer than {LONGEST_FIELDS} characters")
        if depth_of(fields) > DEEPEST_FIELDS:
            raise BadRequestError(f"fields cannot be nested deeper than {DEEPEST_FIELDS} levels")
        return super().get_serializer_class()


def is_too_large(value: str) -> bool:
    """Whether a value is a number that no column has room for."""
    try:
        return abs(int(value)) > LARGEST
    except ValueError:
        return False


def depth_of(fields: str) -> int:
    """How many brackets are open at most at once."""
    depth = deepest = 0
    for sign in fields:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def shared(view):
    """Lets the sites of API_CORS_ORIGINS read a view from a browser; none by default, all with `*`."""

    def shared_view(request, *args, **kwargs):
        is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204) if is_preflight else view(request, *args, **kwargs)
        origin, allowed = request.headers.get("Origin"), settings.API_CORS_ORIGINS
        if allowed and "*" not in allowed:
            patch_vary_headers(response, ["Origin"])
        if origin and ("*" in allowed or origin in allowed):
            response["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
            response["Access-Control-Expose-Headers"] = "ETag"
            for name, value in PREFLIGHT.items() if is_preflight else ():
                response[name] = value
        return response

    return shared_view


def revalidated(view):
    """Marks answers with an ETag, so that a program that asks again gets 304 while nothing has changed."""

    @conditional_page
    def revalidated_view(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        patch_cache_control(response, no_cache=True)
        return response

    return revalidated_view


class Router(WagtailAPIRouter):
    def wrap_view(self, func):
        return shared(revalidated(super().wrap_view(func)))


router = Router("wagtailapi")
router.register_endpoint("pages", PublicPagesAPIViewSet)
