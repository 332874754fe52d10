"""Shows a page. Finding the plain case takes two statements; whatever is not plainly public goes Wagtail's own way."""

from django.contrib.auth import views as auth_views
from django.db.models import ForeignKey
from django.http import Http404
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from wagtail import views as wagtail_views
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page, Site

from core.models import User
from core.prefetch import stocked
from core.visibility import is_open, public_q

OWN_APPS = {"core", "methods", "articles", "home"}
PARTS_BELOW = 2  # the longest address that a page answers below its own


def root_path(language: str) -> str:
    """The tree path of the start page in a language. Raises Http404 where the site has none."""
    paths = {root.language_code: root.root_path for root in Site.get_site_root_paths()}
    if language not in paths:
        raise Http404
    return paths[language]


def find_public(path: str, language: str) -> tuple[Page | None, list[str]]:
    """The public page at an address, and the parts of the address that lie below it.

    The parts are an empty list for the page itself. The page is None where none of the address leads to a public page
    within `PARTS_BELOW`; a page in another language is never found.
    """
    parts = [part for part in path.split("/") if part]
    start = root_path(language)
    addresses = [
        start + "".join(f"{part}/" for part in parts[:end])
        for end in range(max(0, len(parts) - PARTS_BELOW), len(parts) + 1)
    ]
    slugs = {} if len(addresses) > len(parts) else {"slug__in": parts}  # the slug has an index, the path has none
    pages = Page.objects.filter(public_q(), url_path__in=addresses, locale__language_code=language, **slugs)
    page = pages.order_by("-depth").first()
    return page, parts[page.url_path[len(start) :].count("/") :] if page else []


def joined(model) -> list[str]:
    """The relations of a page type that are fetched with its row: pictures, people and terms, each chosen once."""
    names = ["locale", "stewardship"]
    for field in model._meta.concrete_fields:
        if (
            isinstance(field, ForeignKey)
            and field.related_model._meta.app_label in OWN_APPS
            and not issubclass(field.related_model, User)
        ):
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
    page, below = find_public(path, language)
    if page is not None and not below:
        return shown(request, specific(page))
    if page is not None and issubclass(page.specific_class, RoutablePageMixin):
        found = own_address(specific(page), below)
        if found is not None:
            return shown(request, found[0], *found[1:])
    return serve_guarded(request, path, language)


def own_address(page, below: list[str]) -> tuple | None:
    """The page and its view for a part of the address below it, or None where the part is not the page's own.

    Asks the page for its own addresses only: Wagtail's `route()` would go on to its children, who may be restricted.
    """
    try:
        return page, *page.resolve_subpage(f"/{'/'.join(below)}/")
    except Http404:
        return None


def shown(request, page, *args, **kwargs):
    """The response of a public page."""
    refused = page.check_request_method(request, *args, **kwargs)
    if refused is not None:
        return refused
    if request.method == "OPTIONS":
        return page.handle_options_request(request, *args, **kwargs)
    with stocked(page):
        return rendered(page.serve(request, *args, **kwargs))


def rendered(response):
    """Draws a response now, while what it refers to is on the shelf."""
    return response.render() if hasattr(response, "render") and not response.is_rendered else response


def serve_guarded(request, path: str, language: str):
    """Restricted pages and everything that is to be refused."""
    found = Page.route_for_request(request, path)
    if found is None or found.page.locale.language_code != language or not is_open(found.page):
        raise Http404
    with stocked(found.page):
        response = rendered(wagtail_views.serve(request, path))
    if found.page.get_view_restrictions():
        patch_cache_control(response, private=True, no_store=True)
    return response


def authenticate_with_password(request, restriction_id: str, page_id: str):
    response = wagtail_views.authenticate_with_password(request, int(restriction_id), int(page_id))
    patch_cache_control(response, private=True, no_store=True)
    return response


login = auth_views.LoginView.as_view(template_name="wagtailcore/login.html")
