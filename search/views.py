from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from core import kinds
from search.forms import SearchForm
from search.query import MAX_LENGTH, Result, suggestions, words_of

PER_PAGE = 10


def address(request, **changes) -> str:
    """This search with some parameters changed; None and an empty list take one away."""
    query = {name: request.GET.getlist(name) for name in SearchForm.base_fields if name in request.GET}
    query.update(changes)
    return "?" + urlencode({name: value for name, value in query.items() if value}, doseq=True)


@require_safe
def search(request, language: str):
    with translation.override(language):
        locale = request.shown_locale = Locale.objects.get_for_language(language)
        form = SearchForm(request.GET)
        asked = form.asked
        words = words_of(asked.get("q", ""))
        chosen = asked.get("kind", [])
        result = Result(words, locale, **{name: value for name, value in asked.items() if name != "q"})
        page = Paginator(result.ids, PER_PAGE).get_page(request.GET.get("page"))
        page.object_list = result.hits(page.object_list, request)
        request.translated_urls = {
            code: f"{reverse(f'search_{code}')}?{urlencode({'q': asked.get('q', '')})}" for code in ("sv", "en")
        }
        facets = [
            {
                "code": kind.code,
                "label": kind.plural,
                "count": result.counts.get(kind.code, 0),
                "selected": kind.code in chosen,
                "url": address(
                    request,
                    kind=[code for code in chosen if code != kind.code]
                    if kind.code in chosen
                    else [*chosen, kind.code],
                ),
            }
            for kind in kinds.every()
            if kind.searchable
        ]
        context = {
            "form": form,
            "query": asked.get("q", "")[:MAX_LENGTH],
            "results": page,
            "total": len(result.ids),
            "kinds": facets,
            "suggestion": None,
            "filter_query": address(request)[1:],
            "noindex": True,
        }
        return TemplateResponse(request, "search/search.html", context).render()


@require_safe
def suggest(request, language: str):
    with translation.override(language):
        query = request.GET.get("q", "")[:MAX_LENGTH]
        found = suggestions(query, Locale.objects.get_for_language(language), request)
        return JsonResponse({"query": query, "suggestions": found})
