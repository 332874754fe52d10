"""The read API in OpenAPI 3.1: what `home/api.py` answers, with the codes that there are today."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import kinds
from core.addresses import absolute
from home.api import DEEPEST_FIELDS, LONGEST_FIELDS, TERMS, revalidated, shared
from home.models import SiteSettings

ORDERS = ["title", "-title", "first_published_at", "-first_published_at", "last_published_at", "-last_published_at"]
TEXT = {"type": "string"}
MAYBE_TEXT = {"type": ["string", "null"]}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
KEY = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}


def fields() -> dict:
    """The parameter with which a program chooses what it gets."""
    words = _(
        "Which fields an answer has, separated by commas: * for all, _ for none but those that follow, -name to leave one out. "
        "At most %(longest)d characters and %(deepest)d brackets within each other."
    )
    schema = {"type": "string", "maxLength": LONGEST_FIELDS}
    return parameter("fields", schema, words % {"longest": LONGEST_FIELDS, "deepest": DEEPEST_FIELDS})


def parameter(name: str, schema: dict, description: str, **more) -> dict:
    return {"name": name, "in": "query", "schema": schema, "description": description, **more}


def repeatable(name: str, codes: list[str], description: str) -> dict:
    """A filter by codes; it may stand several times, and any of its values may hold."""
    schema = {"type": "array", "items": {"type": "string", "enum": codes}}
    more = _("May be repeated.")
    return parameter(name, schema, f"{description} {more}", style="form", explode=True)


def term_codes() -> dict[str, list[str]]:
    return {name: list(term.objects.values_list("code", flat=True)) for name, (term, _relation) in TERMS.items()}


def listing_parameters(codes: dict[str, list[str]]) -> list[dict]:
    languages = [code for code, _label in settings.LANGUAGES]
    limit = {"type": "integer", "minimum": 0, "maximum": settings.WAGTAILAPI_LIMIT_MAX, "default": 20}
    return [
        parameter("locale", {"type": "string", "enum": languages}, _("The language.")),
        repeatable("kind", [kind.code for kind in kinds.every()], _("The kind of page.")),
        repeatable("theme", codes["theme"], _("What the page is about.")),
        repeatable("school_form", codes["school_form"], _("The school forms that the page is for.")),
        parameter("search", TEXT, _("Words that the page has, the most relevant page first.")),
        parameter("search_operator", {"type": "string", "enum": ["and", "or"]}, _("Whether all words must be there.")),
        parameter("slug", TEXT, _("The last part of the page’s address.")),
        parameter("child_of", KEY, _("The key of the page right above.")),
        parameter("descendant_of", KEY, _("The key of a page above.")),
        parameter("translation_of", KEY, _("The key of the page in the other language.")),
        parameter("order", {"type": "string", "enum": ORDERS}, _("The order; a minus sign turns it round.")),
        parameter("limit", limit, _("How many pages, at most %(most)d.") % {"most": settings.WAGTAILAPI_LIMIT_MAX}),
        parameter("offset", {"type": "integer", "minimum": 0, "default": 0}, _("How many pages to leave out first.")),
        fields(),
    ]


def schemas() -> dict:
    nested = {"type": ["object", "null"]}
    meta = {
        "type": TEXT | {"description": "The type of the page, e.g. `articles.NewsPage`."},
        "detail_url": {"type": "string", "format": "uri"},
        "html_url": {"type": ["string", "null"], "format": "uri"},
        "slug": TEXT,
        "locale": TEXT,
        "show_in_menus": {"type": "boolean"},
        "seo_title": TEXT,
        "search_description": TEXT,
        "first_published_at": MOMENT,
        "last_published_at": MOMENT,
        "alias_of": nested,
    }
    listed = {
        "id": KEY,
        "meta": {"type": "object", "properties": meta, "additionalProperties": False},
        "title": TEXT,
        "kind": MAYBE_TEXT | {"description": "The code of the kind; null for the start page and lists."},
    }
    codes = {"type": "array", "items": TEXT}
    page = listed | {
        "meta": {"type": "object", "properties": meta | {"parent": nested}, "additionalProperties": False},
        "intro": TEXT,
        "teaser": TEXT,
        "theme": codes,
        "school_form": codes,
        "content": TEXT | {"description": "The text as HTML; addresses in it may begin at the root of the site."},
    }
    return {
        "ListedPage": {"type": "object", "properties": listed, "additionalProperties": False},
        "Page": {"type": "object", "properties": page, "additionalProperties": False},
        "List": {
            "type": "object",
            "required": ["meta", "items"],
            "properties": {
                "meta": {
                    "type": "object",
                    "required": ["total_count"],
                    "properties": {"total_count": {"type": "integer", "minimum": 0}},
                },
                "items": {"type": "array", "items": {"$ref": "#/components/schemas/ListedPage"}},
            },
        },
        "Error": {
            "type": "object",
            "properties": {"message": TEXT, "detail": TEXT},
            "description": "What was wrong with the question, in words.",
        },
    }


def answer(schema: str, description: str, **more) -> dict:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        **more,
    }


def operation(name: str, summary: str, parameters: list[dict], responses: dict) -> dict:
    """A question that is answered, refused with words (400), or about something that is not there (404)."""
    refused = {"400": answer("Error", "The question is not valid."), "404": answer("Error", "There is no such page.")}
    return {
        "get": {"operationId": name, "summary": summary, "parameters": parameters, "responses": responses | refused}
    }


def description(request) -> dict:
    """The OpenAPI document."""
    etag = {"ETag": {"schema": TEXT, "description": "Send it back as `If-None-Match`: 304 if nothing has changed."}}
    unchanged = {"304": {"description": "Nothing has changed since the ETag that was sent."}}
    key = {"name": "id", "in": "path", "required": True, "schema": KEY, "description": "The key of the page."}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": SiteSettings.load(request_or_site=request).site_name,
            "version": "2",
            "summary": "What the site has published, for programs to read.",
            "description": "Only what everyone may read is here, in Swedish and English. No key and no sign-in is needed.",
        },
        "servers": [{"url": absolute(request, "/")}],
        "paths": {
            "/api/v2/pages/": operation(
                "listPages",
                "Public pages",
                listing_parameters(term_codes()),
                {"200": answer("List", "The pages.", headers=etag), **unchanged},
            ),
            "/api/v2/pages/{id}/": operation(
                "getPage", "One page with its text", [key, fields()], {"200": answer("Page", "The page.", headers=etag)} | unchanged
            ),
            "/api/v2/pages/find/": operation(
                "findPage",
                "The page with an address or a key",
                [
                    parameter("html_path", TEXT, "The address of the page, without the host: `/en/news/`."),
                    parameter("id", KEY, "The key of the page."),
                ],
                {"302": {"description": "Leads to the page.", "headers": {"Location": {"schema": TEXT}}}},
            ),
        },
        "components": {"schemas": schemas()},
    }  # fmt: skip


@shared
@revalidated
@require_safe
def openapi(request):
    with translation.override("en"):
        return JsonResponse(description(request), json_dumps_params={"indent": 1})


def examples(language: str, themes: list[str], school_forms: list[str]) -> list[tuple[str, str]]:
    """Addresses to try, with what each of them answers."""
    place = reverse("wagtailapi:pages:listing")
    asked = [
        (_("The newest news"), "", {"kind": "news", "order": "-first_published_at"}),
        (_("Methods for one school form"), "", {"kind": "method", "school_form": school_forms[:1]}),
        (_("Everything on either of two themes"), "", {"theme": themes[:2]}),
        (_("What changed last"), "", {"order": "-last_published_at", "limit": 5}),
    ]
    found = [
        (words, f"{place}{below}?{urlencode({'locale': language} | query, doseq=True)}")
        for words, below, query in asked
    ]
    start = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
    return [*found, (_("One page by its address, with its text"), f"{place}find/?{urlencode({'html_path': start})}")]


@require_safe
def explanation(request, language: str):
    """The page for people who want to write a program that reads the API."""
    request.translated_urls = {code: reverse(f"api_{code}") for code in ("sv", "en")}
    with translation.override(language):
        vocabulary = {name: list(term.objects.all()) for name, (term, _relation) in TERMS.items()}
        codes = {name: [term.code for term in terms] for name, terms in vocabulary.items()}
        values = {
            "parameters": listing_parameters(codes),
            "kinds": kinds.every(),
            "themes": vocabulary["theme"],
            "school_forms": vocabulary["school_form"],
            "examples": examples(language, codes["theme"], codes["school_form"]),
            "description_url": reverse("openapi"),
        }
        return TemplateResponse(request, "home/api.html", values).render()
