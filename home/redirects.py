from urllib.parse import urlparse

from django.http import HttpResponsePermanentRedirect, HttpResponseRedirect
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect

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
