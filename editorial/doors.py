"""Whose page is it? The newsroom names pages to those who may look at them.

Wagtail asks for a right before it shows a page's text or its list of versions, but names a page to everyone in the newsroom
who knows its number: when pages are chosen, moved or acted on together, and in some reports.
"""

from django.db.models import Q
from django.utils.cache import add_never_cache_headers
from wagtail import hooks
from wagtail.admin.auth import permission_denied
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from core.usage import SEES
from core.visibility import public_q
from editorial.roles import locale_roots

NUMBERS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")  # what Wagtail calls pages in addresses
ASKED_FOR_BY_QUERY = ("wagtail_bulk_action", "wagtailadmin_choose_page_chosen_multiple")
# Everyone may link to a public page, and say of one that they look after that it still holds.
OF_PUBLIC_PAGES = (
    "wagtailadmin_choose_page_child",
    "wagtailadmin_choose_page_chosen_multiple",
    "editorial_confirm",
)
# Reports that name pages of all sections without asking whose they are.
OF_ALL_SECTIONS = (
    "wagtailadmin_reports:page_types_usage",
    "wagtailadmin_reports:page_types_usage_results",
    "wagtail_localize:translations_report",
    "wagtail_localize:translations_report_results",
)


def own_pages(user):
    """The pages that someone works with, and those above them."""
    return policy_registry.get_by_type(Page).explorable_instances(user)


def nameable(user) -> Q:
    """A condition on pages: someone may know of them. Everyone may of what is public."""
    return Q(pk__in=own_pages(user).order_by().values("pk")) | public_q() | Q(depth=1)


def works_everywhere(user) -> bool:
    roots = [root.pk for root in locale_roots()]
    return own_pages(user).filter(pk__in=roots).count() == len(set(roots))


def keep_to_own_pages(get_response):
    """Refuses addresses of the newsroom that name a page which is not in someone's sections."""

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        match, user = request.resolver_match, request.user
        if not match.route.startswith("admin/") or not user.is_authenticated or user.is_superuser:
            return None
        if match.view_name in OF_ALL_SECTIONS and not works_everywhere(user):
            return refused(request)
        pages = Page.objects.filter(pk__in=numbers(request, match.view_name, kwargs))
        known = (
            nameable(user) if match.view_name in OF_PUBLIC_PAGES else Q(pk__in=own_pages(user).order_by().values("pk"))
        )
        return refused(request) if pages.exclude(known).exists() else None

    middleware.process_view = process_view
    return middleware


def numbers(request, view_name: str, kwargs) -> set[int]:
    """The keys of the pages that an address names."""
    found = {kwargs[name] for name in NUMBERS if name in kwargs}
    if view_name in ASKED_FOR_BY_QUERY and kwargs.get("model_name", "page") == "page":
        found |= {int(number) for number in request.GET.getlist("id") if number.isascii() and number.isdigit()}
    return found


def refused(request):
    response = permission_denied(request)
    add_never_cache_headers(response)
    return response


def choosable_pages(pages, request):
    """Narrowed by their keys, which is all that a search can be narrowed by."""
    if works_everywhere(request.user):
        return pages
    return pages.filter(pk__in=Page.objects.filter(nameable(request.user)).values("pk"))


class OwnFiles:
    """Mixed into Wagtail's lists of pictures and documents for scripts, which ask for no right."""

    def get_queryset(self):
        mine = policy_registry.get_by_type(self.model).instances_user_has_any_permission_for(self.request.user, SEES)
        return super().get_queryset().filter(pk__in=mine.values("pk"))


class OwnImages(OwnFiles, ImagesAdminAPIViewSet):
    pass


class OwnDocuments(OwnFiles, DocumentsAdminAPIViewSet):
    pass


def keep_to_own_files(router):
    router.register_endpoint("images", OwnImages)
    router.register_endpoint("documents", OwnDocuments)


def connect() -> None:
    hooks.register("construct_page_chooser_queryset", choosable_pages)
    hooks.register("construct_admin_api", keep_to_own_files, order=100)  # after Wagtail's own, whose place these take
