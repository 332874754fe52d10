from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from search import log
from search.asking import MAX_LENGTH, unquoted
from search.documents import searchable_kinds
from search.forms import NARROWING, SearchForm
from search.help import help_without_hits
from search.limits import limited
from search.promotions import promoted
from search.query import Answer, Asked, suggestions

PER_PAGE = 10


def address(request, **changes) -> str:
    """This search with some parameters changed; None and an empty list take one away."""
    query = {name: request.GET.getlist(name) for name in SearchForm.base_fields if name in request.GET}
    query.update(changes)
    return "?" + urlencode({name: value for name, value in query.items() if value}, doseq=True)


@require_safe
@limited
def search(request, language: str):
    with translation.override(language):
        form = SearchForm(request.GET)
        return results(request, form, language, Answer(asked_in(form, language)))


def asked_in(form: SearchForm, language: str) -> Asked:
    return Asked(form.text, language, form.filters, form.asked.get("sort") == "newest")


def results(
    request, form: SearchForm, language: str, answer: Answer, promotions=None, is_counted: bool = True
) -> TemplateResponse:
    """The page of results. What editors try out is not counted, and has promotions of its own."""
    text = form.text
    page = Paginator(answer, PER_PAGE).get_page(request.GET.get("page"))
    found = page.object_list
    first = promoted(text, language, promotions) if page.number == 1 and not form.filters else []
    known = {each.page_id for each in first}
    chosen_hits = answer.hits(first)
    page.object_list = answer.hits([each for each in found if each.page_id not in known])
    strict = min(len(page.object_list), max(0, answer.strict - page.start_index() + 1)) if answer.is_widened else 0
    if is_counted and page.number == 1 and answer.plan:
        log.count(text, language, answer.total)
    offer(form, answer)
    request.translated_urls = {code: f"{reverse(f'search_{code}')}?{urlencode({'q': text})}" for code in ("sv", "en")}
    context = {
        "form": form,
        "query": text,
        "results": page,
        "promoted": chosen_hits,
        "strict_hits": page.object_list[:strict],
        "other_hits": page.object_list[strict:],
        "is_widened": answer.is_widened,
        "total": len(answer),
        "is_more": answer.is_more_than_counted,
        "kinds": kind_chips(request, form, answer),
        "narrowed": chosen_chips(request, form),
        "narrowing": [form[name] for name in NARROWING if form.has_choice(name)],
        "suggestion": correction(answer),
        "unquoted": unquoted(text),
        "unquoted_url": address(request, q=unquoted(text)),
        "help": None if answer.total or chosen_hits or not text else help_without_hits(text, language),
        "filter_query": address(request)[1:],
        "noindex": bool(request.GET),
        "meta": {
            "title": _("Search"),
            "description": _(
                "Search methods, news, book tips and blog posts, also with half a word or a misspelt one."
            ),
        },
        "opened_url": reverse(f"search_opened_{language}"),
    }
    return TemplateResponse(request, "search/search.html", context).render()


def offer(form: SearchForm, answer: Answer) -> None:
    """Fills the fields that narrow a search with what there is to choose."""
    everything = {
        "theme": _("All themes"),
        "school_form": _("All school forms"),
        "category": _("All categories"),
        "year": _("All years"),
    }
    for name, label in everything.items():
        form.offer(name, answer.counts(name), label)


def kind_chips(request, form: SearchForm, answer: Answer) -> list[dict]:
    """A chip for each kind with hits: its number, and the address with it added, or taken away."""
    chosen, counts = form.asked.get("kind", []), answer.counts("kind")
    return [
        {
            "code": kind.code,
            "label": kind.plural,
            "count": counts[kind.code],
            "selected": kind.code in chosen,
            "url": address(
                request,
                kind=[code for code in chosen if code != kind.code] if kind.code in chosen else [*chosen, kind.code],
            ),
        }
        for kind in searchable_kinds()
        if counts[kind.code] or kind.code in chosen
    ]


def chosen_chips(request, form: SearchForm) -> list[dict]:
    """A chip for each filter that is set, with the address without it."""
    return [
        {
            "name": form.fields[name].label,
            "label": form.label_of(name, form.filters[name][0]),
            "url": address(request, **{name: None}),
        }
        for name in NARROWING
        if name in form.filters
    ]


def correction(answer: Answer) -> dict | None:
    """What was looked for instead of what was typed, and the addresses of either."""
    if not answer.corrected:
        return None
    typed = answer.asked.text.replace('"', " ").strip()
    quoted = " ".join(f'"{word}"' if word in answer.plan.corrections else word for word in typed.split())
    return {
        "text": answer.corrected,
        "url": "?" + urlencode({"q": answer.corrected}),
        "typed": typed,
        "typed_url": "?" + urlencode({"q": quoted}),
    }


@require_safe
@limited
def suggest(request, language: str):
    with translation.override(language):
        query = request.GET.get("q", "")[:MAX_LENGTH]
        return JsonResponse({"query": query, "suggestions": suggestions(query, language)})


@csrf_exempt
@require_POST
@limited
def opened(request, language: str):
    """Counts that a hit was opened. The browser tells it in passing; nobody waits for the answer."""
    log.count_opened(request.POST.get("q", ""), language, request.POST.get("page", ""))
    return HttpResponse(status=204)
