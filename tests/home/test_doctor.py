"""`doctor` says what is wrong, in words, and its exit status says whether anything is."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db.models.functions import Now
from django.utils import timezone, translation
from post_office.models import STATUS, Email
from wagtail.models import Page, Revision, WorkflowPage

from articles.models import NewsPage
from core.models import Stewardship
from editorial.pulse import ScheduleProblem, Worker
from editorial.roles import group_name
from home.checks import figures
from search.tables import Tables
from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db


def doctor() -> tuple[int, str]:
    """The exit status and what was said."""
    out = StringIO()
    try:
        with translation.override("en"):
            call_command("doctor", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def figure(name: str) -> float:
    return next(found.value for found in figures() if found.name == f"kollegiet_{name}")


def mail(status, age: timedelta) -> Email:
    found = Email.objects.create(
        from_email="a@example.com", to=["b@example.com"], subject="Hej", message="Hej", status=status
    )
    Email.objects.filter(pk=found.pk).update(created=timezone.now() - age, last_updated=timezone.now() - age)
    return found


def test_a_fresh_portal_is_well():
    code, said = doctor()
    assert code == 0, said
    assert "This installation is well." in said
    assert "ERROR" not in said


def test_a_missing_backup_and_a_worker_that_was_never_started_are_warnings():
    code, said = doctor()
    assert code == 0
    assert "There is no backup" in said
    assert "No worker runs" in said


def test_a_worker_that_has_died_is_an_error():
    Worker.objects.create(name="machine:1", seen_at=timezone.now() - timedelta(minutes=10))
    code, said = doctor()
    assert code == 1
    assert "machine:1 was last seen" in said
    assert figure("workers_alive") == 0


def test_a_living_worker_is_counted():
    Worker.beat("machine:1")
    code, said = doctor()
    assert code == 0, said
    assert "1 worker is alive." in said
    assert figure("workers_alive") == 1


def test_a_publication_that_is_overdue_is_an_error():
    page = make_page(live=False)
    Revision.objects.filter(pk=page.latest_revision_id).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=30)
    )
    code, said = doctor()
    assert code == 1
    assert "1 scheduled publication or expiry is overdue, by 30 minutes" in said
    assert 1795 < figure("schedule_lag_seconds") < 1860
    assert figure("schedule_due_items") == 1


def test_a_page_that_cannot_be_published_is_named_with_the_reason():
    page = make_page(live=False, title="Ofullständig")
    Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=Now())
    ScheduleProblem.note(page.latest_revision, page.pk, "The picture lacks a description.")
    code, said = doctor()
    assert code == 0
    assert "“Ofullständig” could not be published at its time: The picture lacks a description." in said
    assert figure("schedule_problems") == 1


@pytest.mark.parametrize(
    ("status", "age"),
    [(STATUS.queued, timedelta(hours=1)), (STATUS.requeued, timedelta(hours=1)), (STATUS.failed, timedelta(hours=1))],
)
def test_mail_that_does_not_get_out_is_an_error(status, age):
    mail(status, age)
    code, said = doctor()
    assert code == 1
    assert "mail" in said


def test_mail_that_has_just_been_written_is_no_error():
    mail(STATUS.queued, timedelta(seconds=5))
    code, said = doctor()
    assert code == 0, said
    assert figure("outbox_queued") == 1


def test_an_index_that_has_lost_a_page_is_an_error_until_it_is_rebuilt():
    page = make_page()
    Tables().remove([page.pk])
    code, said = doctor()
    assert code == 1
    assert "search_rebuild" in said
    assert figure("search_index_drift") == 1
    call_command("search_rebuild", stdout=StringIO())
    assert doctor()[0] == 0


def test_a_locale_root_without_workflow_is_an_error():
    WorkflowPage.objects.filter(page=Page.objects.get(slug="home")).delete()
    code, said = doctor()
    assert code == 1
    assert "python manage.py roles" in said


def test_a_role_that_has_been_changed_by_hand_is_an_error():
    Group.objects.get(name=group_name("author")).permissions.clear()
    assert doctor()[0] == 1


def test_pages_overdue_for_review_are_told_and_no_error():
    page = make_page()
    Stewardship.objects.filter(page_id=page.pk).update(reviewed_on=timezone.localdate() - timedelta(days=800))
    code, said = doctor()
    assert code == 0
    assert "1 page is overdue for review." in said


def test_a_cache_that_is_away_is_an_error(settings):
    settings.CACHES = {"default": {"BACKEND": "core.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1"}}
    code, said = doctor()
    assert code == 1
    assert "The cache does not answer" in said


def test_production_with_weak_settings_and_a_demo_login_is_not_well(settings):
    settings.DEMO = False
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = ""
    user = make_user(username="skribent")
    user.set_password("demo-vatterlunda")
    user.save()
    code, said = doctor()
    assert code == 1
    assert "ALLOWED_HOSTS" in said
    assert "SITE_URL" in said
    assert "security.W009" in said  # a secret key that is too short
    assert "“skribent” has the demo's password" in said


def test_doctor_speaks_swedish_where_the_site_does():
    out = StringIO()
    with translation.override("sv"):
        call_command("doctor", stdout=out)
    assert "Den här installationen mår bra." in out.getvalue()


def test_figures_count_what_is_public():
    before = figure("public_pages")
    make_page(NewsPage)
    make_page(NewsPage, live=False)
    assert figure("public_pages") == before + 1
