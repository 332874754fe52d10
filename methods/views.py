"""The tools of the list of methods and of a method. Each takes the page and a request."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from wagtail.models import Page

from core.addresses import absolute, url_of
from core.alphabet import Alphabetical
from core.cards import make_cards, specific_of, specific_pages
from core.context import share
from core.paging import PER_PAGE
from core.visibility import public_q
from methods.comparing import LEAST, MOST, comparison
from methods.finding import facts_of, ranked, relaxations
from methods.forms import CompareForm, FindForm, KitForm
from methods.kit import agenda, calendar, document, hours, minutes_of

BEST = 3  # how many of the best are offered for comparison


def find(page, request):
    """Four questions; with answers, every method in order, each with its reasons."""
    form = FindForm(request.GET)
    demands = form.demands
    found = ranked(facts_of(page.methods()), demands) if demands else []
    fitting = sum(not method.misses for method in found)
    near = [method for method in found if method.meets]  # a method that meets nothing is no answer
    shown = Paginator(near, PER_PAGE).get_page(request.GET.get("page"))
    ids = [method.facts.pk for method in shown]
    rows = list(specific_pages(Page.objects.filter(pk__in=ids)))
    cards = {card.page_id: card for card in make_cards(rows, request)}
    language = page.locale.language_code
    kits = {found.pk: found.path_of("kit", language) for _kind, found in filter(None, map(specific_of, rows))}
    groups: dict[bool, list] = {True: [], False: []}
    for method in shown:
        if card := cards.get(method.facts.pk):  # else it was taken down this very moment
            reasons = {"meets": method.meets, "misses": method.misses}
            groups[not method.misses].append({"card": card, "kit_url": f"{card.url}{kits[card.page_id]}", **reasons})
    ways = relaxations(found, demands) if found and not fitting else []
    answers = {name: getattr(value, "code", value) for name, value in form.chosen.items()}
    for way in ways:
        changed = {**answers, way["name"]: way["value"]}
        way["url"] = f"?{urlencode({name: value for name, value in changed.items() if value is not None})}"
    best = [found[place].facts.pk for place in range(min(fitting, BEST))] if fitting > 1 else []
    compared = [("m", cards[pk].slug) for pk in best if pk in cards]
    return page.show_tool(
        request, "find", gettext("Find a method"), dict.fromkeys(("sv", "en"), form.query()),
        form=form, found=shown, fits=groups[True], nearly=groups[False], is_asked=bool(demands), fitting=fitting,
        relaxations=ways,
        filter_query=form.query(), noindex=bool(demands),
        description=gettext("Answer what you can. You see which methods fit, and why."),
        compare_url=f"{page.url_of_tool('compare', request)}?{urlencode(compared)}" if len(compared) > 1 else "",
    )  # fmt: skip


def compare(page, request):
    """Two to four methods side by side; with fewer than two, a form to choose them by."""
    slugs = CompareForm(request.GET).slugs
    methods = page.methods()
    found = {method.slug: method for method in methods.filter(slug__in=slugs).defer("body").select_related("locale")}
    asked = [found[slug] for slug in slugs if slug in found]
    chosen = asked[:MOST] if len(asked) >= LEAST else []
    kept = [("m", method.slug) for method in chosen or asked]
    others = Page.objects.filter(
        public_q(), alias_of__isnull=True, translation_key__in=[method.translation_key for method in chosen]
    )
    queries: dict[str, list] = {"sv": [], "en": []}
    by_key = {
        (row.translation_key, row.language): row.slug for row in others.annotate(language=F("locale__language_code"))
    }
    for code, pairs in queries.items():
        pairs += [("m", by_key[key]) for method in chosen if (key := (method.translation_key, code)) in by_key]
    return page.show_tool(
        request, "compare", gettext("Compare methods"), {code: urlencode(pairs) for code, pairs in queries.items()},
        columns=[
            {
                "title": method.title,
                "url": url_of(method, request),
                "remove_url": f"?{urlencode([pair for pair in kept if pair != ('m', method.slug)])}",
            }
            for method in chosen
        ],
        rows=comparison(chosen),
        choices=[
            {"slug": slug, "title": title, "is_chosen": ("m", slug) in kept}
            for slug, title in methods.order_by(Alphabetical("title", page.locale.language_code), "pk").values_list("slug", "title")
        ],
        kept=chosen, can_add=LEAST <= len(chosen) < MOST, can_remove=len(chosen) > LEAST, most=MOST,
        description=gettext("Two to four methods side by side. The address can be sent to your colleagues."),
        is_missing=len(asked) < len(slugs), is_cut=len(asked) > MOST, noindex=bool(slugs),
    )  # fmt: skip


def kit(page, request, form=None):
    """The meeting kit to read and print, with a form for when the group meets."""
    form = form or KitForm(page, request.GET)
    plan, query = form.plan, f"?{form.asked}" if form.asked else ""
    title = gettext("Meeting kit: %(title)s") % {"title": page.title}
    response = page.show_tool(
        request, "kit", title, dict.fromkeys(("sv", "en"), form.asked),
        share=share(title, f"{page.url_of_tool('kit', request)}{query}", request), form=form, plan=plan, agenda=agenda(page, plan["start"]), hours=hours(page, plan["start"]), minutes=minutes_of(page),
        noindex=True, **{f"{name}_url": f"{page.url_of_tool(name, request)}{query}" for name in ("pdf", "ics", "timer")},
    )  # fmt: skip
    if not form.is_valid():
        response.status_code = 400
    return response


def file_of(make, media_type: str, ending: str, is_attachment: bool):
    """A view that answers with a file of the kit, or with the kit's form where the plan is not understood."""

    def view(page, request):
        form = KitForm(page, request.GET)
        if not form.is_valid():
            return kit(page, request, form)
        content = make(page, form.plan, absolute(request, url_of(page, request)))
        return HttpResponse(
            content,
            content_type=media_type,
            headers={
                "Content-Disposition": content_disposition_header(is_attachment, f"{page.slug}.{ending}"),
                "X-Robots-Tag": "noindex",
            },
        )

    return view


pdf = file_of(document, "application/pdf", "pdf", is_attachment=False)
ics = file_of(calendar, "text/calendar; charset=utf-8", "ics", is_attachment=True)


def timer(page, request):
    """The steps with a clock, for whoever leads the meeting. Once loaded it needs no network."""
    return page.show_tool(
        request, "timer", gettext("Lead the meeting: %(title)s") % {"title": page.title},
        minutes=minutes_of(page), noindex=True, kit_url=page.url_of_tool("kit", request),
    )  # fmt: skip
