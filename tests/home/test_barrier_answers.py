"""A report of a barrier reaches somebody, who has a day to answer by, and comes back as an answer."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from core.models import Stewardship
from editorial import digest
from home.barriers import keep
from home.models import AccessibilityStatementPage, BarrierReport, InfoPage
from tests.home.test_barrier import report as send_form
from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


@pytest.fixture
def chief():
    return make_user("chief_editor", first_name="Ulla", last_name="Utgivare")


def statement(responsible=None, **fields):
    page = make_page(AccessibilityStatementPage, parent=make_page(InfoPage), **fields)
    Stewardship.objects.filter(page_id=page.pk).update(responsible=responsible)
    return page


def report(days_ago: int = 0, **fields) -> BarrierReport:
    made = BarrierReport(description="Filmen saknar text.", address="/nyheter/film/", **fields)
    keep(made)
    BarrierReport.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    return BarrierReport.objects.get(pk=made.pk)


def mails() -> list[tuple[str, str]]:
    return [(email.to[0], email.subject) for email in Email.objects.order_by("pk")]


def edit(client, kept: BarrierReport, **fields):
    data = {"owner": kept.owner_id or "", "handling": kept.handling, **fields}
    return client.post(reverse("barrier_reports:edit", args=[kept.pk]), data)


def test_a_report_belongs_to_whoever_keeps_the_statement_and_they_are_told(chief):
    statement(responsible=chief)
    kept = report()
    assert kept.owner == chief
    assert mails() == [(chief.email, f"En brist har rapporterats: {kept.case}")]
    text = Email.objects.get().message
    assert "/nyheter/film/" in text
    assert reverse("barrier_reports:edit", args=[kept.pk]) in text


@pytest.mark.parametrize("keeper", ["author", None])
def test_a_report_that_nobody_may_answer_is_told_to_the_chief_editors(keeper, chief):
    statement(responsible=make_user(keeper) if keeper else None)
    assert report().owner is None
    assert [to for to, _subject in mails()] == [chief.email]


def test_a_report_that_is_sent_by_the_form_is_told_too(client, chief):
    cache.clear()
    assert send_form(client).status_code == 200
    assert [to for to, _subject in mails()] == [chief.email]


def test_a_new_owner_is_told_unless_they_took_it_themselves(client, chief):
    kept, other = report(), make_user("administrator")
    Email.objects.all().delete()
    client.force_login(chief)
    assert edit(client, kept, owner=chief.pk).status_code == 302
    assert mails() == []
    assert edit(client, kept, owner=other.pk).status_code == 302
    assert mails() == [(other.email, f"Du ska svara på en rapporterad brist: {kept.case}")]


def test_only_those_who_may_answer_can_be_chosen(client, chief):
    kept = report()
    client.force_login(chief)
    assert edit(client, kept, owner=make_user("author").pk).status_code == 200
    assert BarrierReport.objects.get().owner is None


def test_the_answer_is_mailed_once_in_the_language_of_the_report(client, chief):
    kept = report(language="en", email="reader@example.com")
    Email.objects.all().delete()
    client.force_login(chief)
    assert edit(client, kept, handled="on").status_code == 200  # without words there is no answer
    assert not Email.objects.exists()
    for _time in range(2):
        assert edit(client, kept, handling="We have captioned it {{ now }}.", handled="on").status_code == 302
    assert mails() == [("reader@example.com", f"Our answer to your report {kept.case}")]
    assert "We have captioned it {{ now }}." in Email.objects.get().message
    assert BarrierReport.objects.get().state == "besvarad"


def test_a_report_without_an_address_is_answered_without_a_mail(client, chief):
    kept = report()
    Email.objects.all().delete()
    client.force_login(chief)
    assert edit(client, kept, handling="Lagat.", handled="on").status_code == 302
    assert not Email.objects.exists()


def test_the_list_shows_state_owner_and_day_with_the_most_urgent_first(client, chief):
    statement(responsible=chief)
    late, fresh = report(days_ago=15), report()
    BarrierReport.objects.filter(pk=report(days_ago=40).pk).update(handled_at=timezone.now(), owner=None)
    client.force_login(chief)
    content = client.get(reverse("barrier_reports:index")).content.decode()
    done = BarrierReport.objects.exclude(handled_at=None).get()
    assert content.index(late.case) < content.index(fresh.case) < content.index(done.case)
    assert content.count("w-status--critical") == 1
    assert "Ulla Utgivare" in content
    assert "besvarad" in content
    assert "under arbete" in content


def test_late_reports_are_named_each_working_morning_and_old_ones_are_forgotten(chief):
    statement(responsible=chief)
    late, on_time, ancient = report(days_ago=15), report(days_ago=14), report(days_ago=740)
    BarrierReport.objects.filter(pk=ancient.pk).update(handled_at=timezone.now())
    Email.objects.all().delete()
    monday = timezone.localtime().replace(hour=8, minute=0) + timedelta(days=-timezone.localdate().weekday())
    digest.send_due(monday)
    told = Email.objects.filter(subject__contains="brist")
    assert [email.to[0] for email in told] == [chief.email]
    assert late.case in told.get().message
    assert on_time.case not in told.get().message
    assert not BarrierReport.objects.filter(pk=ancient.pk).exists()
