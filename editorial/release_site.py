"""The whole site as it will be after a release, for those who may see the release.

The public views answer as they would answer any visitor, in a transaction that is always taken back. Only the addresses in
what they answer are changed: they lead on to the site as it will be.
"""

import re
from copy import copy
from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import Http404
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import get_resolver, resolve, reverse
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_from_path
from django.views.decorators.http import require_safe
from wagtail.admin import messages
from wagtail.images import get_image_model

from core import tree_lock
from core.guards import Refused
from editorial import releasing
from editorial.release_views import seen

# Addresses on this site, in HTML and in answers to scripts. What belongs to no page is left as it is.
LEADS = re.compile(
    r"""((?:\s(?:href|src|action|poster|data-suggest|data-opened|data-saved)=|"url":\s*)")(/(?!/|static/|admin/)[^"]*)"""
)
SIZES = re.compile(r"""\s(?:srcset|sizes)="[^"]*\"""")  # one size of each picture is enough to see what will be
RENDITION = ("image_id", "filter_spec", "focal_point_key", "file", "width", "height")
REWRITTEN = ("text/html", "application/json")


@require_safe
def site(request, release_id: int, place: str = ""):
    """Any address of the public site, as it will be. What would stop the release is said where the release is."""
    release = seen(request, release_id)
    if not release.is_planned:
        return redirect("editorial_release", release_id)
    renditions = get_image_model().get_rendition_model().objects
    try:
        with tree_lock.turn(), releasing.carried_out(release_id):
            newest = renditions.aggregate(pk=Max("pk"))["pk"] or 0
            response = answer(request, f"/{place}")
            drawn = list(renditions.filter(pk__gt=newest).values(*RENDITION))
    except (Refused, ValidationError) as error:
        messages.warning(request, "; ".join(getattr(error, "messages", [str(error)])))
        return redirect("editorial_release", release_id)
    for values in drawn:  # their files were made; what is shown points at them
        key = {name: values.pop(name) for name in RENDITION[:3]}
        renditions.get_or_create(**key, defaults=values)
    lead_on(response, release, reverse("editorial_release_site", args=[release_id]))
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex"
    return response


def answer(request, path: str):
    """What a visitor would be answered at a path of the public site."""
    asked = copy(request)
    asked.path = asked.path_info = path
    asked.META = {**request.META, "PATH_INFO": path}
    asked.user, asked.COOKIES = AnonymousUser(), {}
    asked.session = import_module(settings.SESSION_ENGINE).SessionStore()
    with translation.override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            asked.resolver_match = match = resolve(path)
            if match.route.startswith("admin/"):
                raise Http404
            response = match.func(asked, *match.args, **match.kwargs)
        except Http404 as missing:
            response = get_resolver().resolve_error_handler(404)(asked, exception=missing)
        if hasattr(response, "render") and not response.is_rendered:
            response.render()
    return response


def lead_on(response, release, root: str) -> None:
    """Lets every address in an answer lead to the site as it will be, and says on each page that it is not the site of today."""
    if response.has_header("Location") and response["Location"].startswith("/"):
        response["Location"] = f"{root}{response['Location'].lstrip('/')}"
    if response.streaming or not response.get("Content-Type", "").startswith(REWRITTEN):
        return
    text = LEADS.sub(lambda found: f"{found[1]}{root}{found[2][1:]}", SIZES.sub("", response.content.decode()))
    notice = render_to_string("editorial/releases/site_notice.html", {"release": release})
    response.content = re.sub(r"<body[^>]*>", lambda body: body[0] + notice, text, count=1)
