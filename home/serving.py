"""Shows a page. The plain case takes two statements; whatever is not plainly public goes Wagtail's own way."""

from django.contrib.auth import views as auth_views
from django.http import Http404
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from wagtail import views as wagtail_views
from wagtail.models import Page, Site

from core.visibility import is_open, public_q


def root_path(language: str) -> str:
    """The tree path of the start page in a language. Raises Http404 where the site has none."""
    paths = {root.language_code: root.root_path for root in Site.get_site_root_paths()}
    if language not in paths:
        raise Http404
    return paths[language]


def find_public(path: str, language: str) -> Page | None:
    """The public page at an address, or None. A page in another language is never found."""
    parts = [part for part in path.split("/") if part]
    address = root_path(language) + "".join(f"{part}/" for part in parts)
    slug = {"slug": parts[-1]} if parts else {}  # the slug has an index, the path has none
    pages = Page.objects.filter(public_q(), url_path=address, locale__language_code=language, **slug)
    return pages.select_related("locale").first()


def serve(request, path: str):
    language = get_language() or ""
    page = find_public(path, language)
    if page is not None:
        specific = page.specific
        specific.locale = page.locale
        return specific.check_request_method(request) or specific.serve(request)
    return serve_guarded(request, path, language)


def serve_guarded(request, path: str, language: str):
    """Routable pages, restricted pages and everything that is to be refused."""
    found = Page.route_for_request(request, path)
    if found is None or found.page.locale.language_code != language or not is_open(found.page):
        raise Http404
    response = wagtail_views.serve(request, path)
    if found.page.get_view_restrictions():
        patch_cache_control(response, private=True, no_store=True)
    return response


def authenticate_with_password(request, restriction_id: str, page_id: str):
    return wagtail_views.authenticate_with_password(request, int(restriction_id), int(page_id))


login = auth_views.LoginView.as_view(template_name="wagtailcore/login.html")
