from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from wagtail.models import Revision

from tests.world import make_page

pytestmark = pytest.mark.django_db


def test_healthz_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_readyz_says_that_it_can_serve(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"ready": True}


def test_readyz_refuses_while_migrations_are_pending(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'home'")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "migrations are pending" in response.json()["reason"]


def test_metrics_are_figures_for_prometheus(client):
    page = make_page(live=False)
    Revision.objects.filter(pk=page.latest_revision_id).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=5)
    )
    response = client.get("/metrics")
    assert response.status_code == 200
    families = {family.name: family for family in text_string_to_metric_families(response.content.decode())}
    figures = {name: family.samples[0].value for name, family in families.items()}
    assert 299 < figures["kollegiet_schedule_lag_seconds"] < 400
    assert figures["kollegiet_workers_alive"] == 0
    assert figures["kollegiet_search_index_drift"] == 0
    assert all(family.documentation for family in families.values())


@pytest.mark.parametrize(
    "extra", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, {"REMOTE_ADDR": ""}]
)
def test_metrics_are_not_public(client, extra):
    assert client.get("/metrics", **extra).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/robots.txt", "/sitemap.xml", "/feeds/all.xml"])
def test_nothing_here_takes_a_post(client, path):
    assert client.post(path).status_code == 405
