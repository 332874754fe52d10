"""Alive, able to serve, and figures for Prometheus."""

from ipaddress import ip_address

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from home import checks


@never_cache
@require_safe
def healthz(request):
    """The process answers. Touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """The database answers and its tables are those of this code; 503 otherwise, with the reason."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"ready": False, "reason": "the database does not answer"}, status=503)
    if pending:
        return JsonResponse({"ready": False, "reason": f"{len(pending)} migrations are pending"}, status=503)
    return JsonResponse({"ready": True})


def is_local(request) -> bool:
    """True for a request from this machine that came through no proxy."""
    try:
        return (
            ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback and "HTTP_X_FORWARDED_FOR" not in request.META
        )
    except ValueError:
        return False


@never_cache
@require_safe
def metrics(request):
    """The figures `doctor` judges by. For this machine only; an exporter that sits elsewhere goes through an agent here."""
    if not is_local(request):
        raise Http404
    registry = CollectorRegistry()
    for figure in checks.figures():
        Gauge(figure.name, figure.description, registry=registry).set(figure.value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
