"""Shows a page. Finding the plain case takes two statements; whatever is not plainly public goes Wagtail's own way."""

from django.contrib.auth import views as auth_views
from django.db.models import ForeignKey
from django.http import Http404
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from wagtail import views as wagtail_views
from wagtail.models import Page, Site

from core.models import User
from core.prefetch import stocked
from core.visibility import is_open, public_q

OWN_APPS = {"core", "methods", "articles", "home"}


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
    return pages.first()


def joined(model) -> list[str]:
    """The relations of a page type that are fetched with its row: pictures, people and terms, each chosen once."""
    names = ["locale", "stewardship"]
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and field.related_model._meta.app_label in OWN_APPS and not issubclass(field.related_model, User):
            names.append(field.name)
            if hasattr(field.related_model, "portrait"):
                names.append(f"{field.name}__portrait")
    return names


def specific(page: Page):
    """The page with its own fields. Raises Http404 if it was deleted this very moment."""
    model = page.specific_class
    found = model.objects.select_related(*joined(model)).filter(pk=page.pk).first() if model else None
    if found is None:
        raise Http404
    return found


def serve(request, path: str):
    language = get_language() or ""
    page = find_public(path, language)
    if page is None:
        return serve_guarded(request, path, language)
    page = specific(page)
    with stocked(page):
        response = page.check_request_method(request) or page.serve(request)
        return rendered(response)


def rendered(response):
    """Draws a response now, while what it refers to is on the shelf."""
    return response.render() if hasattr(response, "render") and not response.is_rendered else response


def serve_guarded(request, path: str, language: str):
    """Routable pages, restricted pages and everything that is to be refused."""
    found = Page.route_for_request(request, path)
    if found is None or found.page.locale.language_code != language or not is_open(found.page):
        raise Http404
    with stocked(found.page):
        response = rendered(wagtail_views.serve(request, path))
    if found.page.get_view_restrictions():
        patch_cache_control(response, private=True, no_store=True)
    return response


def authenticate_with_password(request, restriction_id: str, page_id: str):
    return wagtail_views.authenticate_with_password(request, int(restriction_id), int(page_id))


login = auth_views.LoginView.as_view(template_name="wagtailcore/login.html")
