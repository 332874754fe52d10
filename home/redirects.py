from urllib.parse import urlparse

from django.db import transaction
from django.http import HttpResponsePermanentRedirect, HttpResponseRedirect
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from core.tree_lock import hold_place
from core.visibility import is_public


def old_addresses(get_response):
    """Leads from a former address to the present one. Wagtail's own middleware does that too, but it names the present
    address of pages that not everyone may read.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code != 404:
            return response
        path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
        for address in dict.fromkeys((path, urlparse(path).path)):
            found = get_redirect(request, address)
            if found and found.link and (found.redirect_page is None or is_public(found.redirect_page)):
                return (HttpResponsePermanentRedirect if found.is_permanent else HttpResponseRedirect)(found.link)
        return response

    return middleware


def only_for_pages_that_are_there() -> None:
    """Wagtail notes former addresses when the new one is stored for good. Someone may have removed the page by then."""
    from wagtail.contrib.redirects import signal_handlers

    create = signal_handlers.create_redirects

    @transaction.atomic
    def create_redirects(page, page_old, sites):
        hold_place()
        if Page.objects.filter(pk=page.pk).exists():
            create(page, page_old, sites)

    signal_handlers.create_redirects = create_redirects
