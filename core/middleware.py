import uuid
from functools import partial

import structlog
from compression_middleware.middleware import CompressionMiddleware
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from core import tree_lock
from core.guards import Refused

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


def request_id(get_response):
    """Gives every request an id, which stands on each of its log lines and in the response."""

    def middleware(request):
        name = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(request_id=name, path=request.path)
        try:
            response = get_response(request)
            response["X-Request-ID"] = name
            return response
        finally:
            structlog.contextvars.clear_contextvars()

    return middleware


def atomic_writes(get_response):
    """Runs requests that may write in one transaction: everything or nothing.

    Reading requests stay in autocommit: on SQLite a transaction of theirs would take the database's only write lock.
    """

    def middleware(request):
        return get_response(request)

    def process_view(request, view, args, kwargs):
        if request.method in SAFE_METHODS or getattr(view, "_non_atomic_requests", None):
            return None

        def answer(hold):
            with tree_lock.turn(), transaction.atomic():
                hold()
                response = view(request, *args, **kwargs)
                if hasattr(response, "render") and not response.is_rendered:
                    response.render()
                form = (getattr(response, "context_data", None) or {}).get("form")
                if getattr(form, "is_refused", False):
                    response.status_code = 409
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            return response

        try:
            try:
                response = answer(partial(tree_lock.hold_for, request.resolver_match))
            except OperationalError as error:
                # Two that each held their place turned out to change the tree, and waited for each other. A file that
                # came along may have been moved to its place by now, and cannot be stored twice.
                if request.FILES or not tree_lock.is_deadlock(error):
                    raise
                response = answer(tree_lock.hold_tree)
        except (Refused, ValidationError) as refusal:
            # Valid when the form was looked at, and no longer when it was stored: someone else has taken the address.
            response = say_why_not(request, refusal)
        return response

    def process_exception(request, exception):
        return say_why_not(request, exception) if isinstance(exception, Refused) else None

    middleware.process_view, middleware.process_exception = process_view, process_exception
    return middleware


def say_why_not(request, refusal):
    reason = "; ".join(getattr(refusal, "messages", [str(refusal)]))
    came_from = request.headers.get("referer", "")
    is_own = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    values = {"reason": reason, "back": came_from if is_own else request.path}
    response = render(request, "core/refused.html", values, status=409)
    add_never_cache_headers(response)
    return response


class Compression(CompressionMiddleware):
    """Compresses text. Pictures, films and archives are compressed already, and a part of a file must stay that part."""

    TYPES = (
        "text/",
        "application/json",
        "application/javascript",
        "application/xml",
        "application/atom+xml",
        "application/feed+json",
        "image/svg+xml",
    )

    def process_response(self, request, response):
        if response.status_code == 206 or not response.get("Content-Type", "").startswith(self.TYPES):
            return response
        return super().process_response(request, response)


class ContentSecurityPolicy(CSPMiddleware):
    """The strict policy for everyone; the newsroom may have style elements."""

    def get_policy_parts(self, request, response, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.update = {**(parts.update or {}), **settings.ADMIN_CSP_UPDATE}
        return parts
