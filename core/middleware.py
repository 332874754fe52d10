import uuid

import structlog
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.db import transaction

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}


def request_id(get_response):
    """Gives every request an id, which stands on each of its log lines and in the response."""

    def middleware(request):
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex, path=request.path)
        try:
            return get_response(request)
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
        with transaction.atomic():
            response = view(request, *args, **kwargs)
            if hasattr(response, "render") and not response.is_rendered:
                response.render()
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    middleware.process_view = process_view
    return middleware


class ContentSecurityPolicy(CSPMiddleware):
    """The strict policy for everyone; the newsroom may have style elements."""

    def get_policy_parts(self, request, response, report_only: bool = False) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/"):
            parts.update = {**(parts.update or {}), **settings.ADMIN_CSP_UPDATE}
        return parts
