from datetime import timedelta

import qrcode
from django.core.cache import cache
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template import loader
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from qrcode.image.svg import SvgPathImage
from wagtail.models import Page

from core.addresses import absolute, url_of
from core.throttle import client_address
from core.visibility import public_q
from home.forms import BarrierReportForm
from home.models import SiteSettings

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
def old_address(request, slug: str):
    """Addresses of the former site: the dated archives became flat lists."""
    page = Page.objects.filter(public_q(), slug=slug, locale__language_code="sv").first()
    if page is None:
        raise Http404
    return HttpResponsePermanentRedirect(url_of(page, request))


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


def not_found(request, exception=None):
    """404, in the language of the address, with a search for what was meant."""
    with translation.override(language_of(request)):
        words = request.path.strip("/").split("/")[-1].replace("-", " ")
        return render(request, "404.html", {"guess": words}, status=404)


def server_error(request):
    """500, drawn without the database, which may be what failed."""
    with translation.override(language_of(request)):
        return HttpResponse(loader.get_template("500.html").render(), status=500)
