import re
from datetime import timedelta

import qrcode
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from qrcode.image.svg import SvgPathImage
from wagtail.models import Page

from core import kinds
from core.addresses import absolute, url_of
from core.throttle import client_address
from core.visibility import public_q
from home.forms import BarrierReportForm
from home.models import SiteSettings
from search.analysis import normalised, words
from search.asking import MAX_LENGTH
from search.limits import rate
from search.query import Answer, Asked

ARCHIVES = {  # of the former site, where book tips were news; their kinds come first
    "nyhetslistning/nyhetsarkiv": ("news", "book_tip"),
    "blogglistning/bloggarkiv": ("blog_post",),
}
SAME_SLUG = 20  # pages of one name that are looked at
GUESSES = 5  # pages that a wrong address may have meant
PAGE_ENDINGS = ("html", "htm", "aspx", "pdf")
MEANS_SOMETHING = re.compile(r"[^\W\d]{3}")  # a word, and no number or initials
REPORTS_AN_HOUR = 100  # from one address, which may be a whole municipality behind one proxy


@require_safe
def robots(request):
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /sok/?", "Disallow: /en/search/?", ""]
    lines += [f"Sitemap: {absolute(request, reverse('sitemap'))}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def security_txt(request):
    """RFC 9116. Raises Http404 until the site settings have an address to write to."""
    email = SiteSettings.load(request_or_site=request).contact_email
    if not email:
        raise Http404
    expires = (timezone.now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    text = f"Contact: mailto:{email}\nExpires: {expires}\nPreferred-Languages: sv, en\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=86400)
def qr(request):
    """A QR code (SVG) for a path of this site, given as `?path=`."""
    path = request.GET.get("path", "")
    if not path.startswith("/") or path.startswith("//") or len(path) > 500:
        raise Http404
    image = qrcode.make(absolute(request, path), image_factory=SvgPathImage, border=2)
    return HttpResponse(image.to_string(), content_type="image/svg+xml")


@require_safe
def old_address(request, archive: str, slug: str):
    """Addresses of the former site: the dated archives became flat lists, and addresses lost their stray hyphens."""
    pages = Page.objects.filter(public_q(), slug__in={slug, slugify(slug)}, locale__language_code="sv")
    wanted = [kinds.get(code).model for code in ARCHIVES[archive]]
    found = sorted(pages.order_by("path")[:SAME_SLUG], key=lambda page: page.specific_class not in wanted)
    if not found:
        raise Http404
    return HttpResponsePermanentRedirect(url_of(found[0], request))


@csrf_exempt  # no cookie is set on a reader's browser; the form carries a signed time stamp instead
@require_http_methods(["GET", "HEAD", "POST"])
def report_barrier(request, language: str):
    """The form for readers who could not use something. Works without cookie, JavaScript or login."""
    request.translated_urls = {code: reverse(f"barrier_{code}") for code in ("sv", "en")}
    with translation.override(language):
        if request.method != "POST":
            form = BarrierReportForm(initial={"address": request.GET.get("page", "")[:500]})
            return TemplateResponse(request, "home/barrier_report.html", {"form": form}).render()
        form = BarrierReportForm(request.POST)
        address = client_address(request)
        count = cache.get_or_set(f"barrier:{address}", 0, 3600)
        if count >= REPORTS_AN_HOUR:
            form.refuse()
        if not form.is_valid():
            form.renew()
            status = 429 if count >= REPORTS_AN_HOUR else 200
            return TemplateResponse(request, "home/barrier_report.html", {"form": form}, status=status).render()
        cache.set(f"barrier:{address}", count + 1, 3600)
        report = form.save(language)
        return TemplateResponse(request, "home/barrier_report.html", {"form": None, "report": report}).render()


def language_of(request) -> str:
    return "en" if request.path.startswith("/en/") else "sv"


def words_of(path: str) -> str:
    """What the last part of an address says: `/x/2024-04-19-fokus---mot.html` is about “fokus mot”. Of files, nothing."""
    last = "".join([part for part in path.split("/") if part][-1:])
    text, dot, ending = last.rpartition(".")
    text = (text if ending.lower() in PAGE_ENDINGS else "") if dot else last
    return " ".join(words(normalised(re.sub(r"\b\d{4}-\d\d-\d\d\b|[^\w]|_", " ", text))))[:MAX_LENGTH]


def not_found(request, exception=None):
    """404, in the language of the address, with what its words find and a search for the rest."""
    language = language_of(request)
    with translation.override(language):
        guess = words_of(request.path)
        hits = []
        if MEANS_SOMETHING.search(guess) and rate.lets_through(client_address(request)):
            answer = Answer(Asked(guess, language))
            hits = answer.hits(answer.best[:GUESSES])
        return render(request, "404.html", {"guess": guess, "hits": hits}, status=404)


def bad_request(request, exception=None):
    """400, drawn without the request's host and parameters, which may be what is wrong, and without the database."""
    with translation.override(language_of(request)):
        if request.path.startswith("/api/v2/"):
            return JsonResponse({"message": _("The question is not valid.")}, status=400)
        return HttpResponse(loader.get_template("400.html").render(), status=400)


def server_error(request):
    """500, drawn without the database, which may be what failed."""
    with translation.override(language_of(request)):
        return HttpResponse(loader.get_template("500.html").render(), status=500)
