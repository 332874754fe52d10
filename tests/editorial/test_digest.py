"""The morning's mail: once on a working day, and quiet when nothing waits."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from post_office.models import Email

from core.models import Stewardship
from editorial.digest import send_due
from editorial.takedown import ask
from tests.editorial.newsroom import fresh
from tests.world import make_page

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY, SUNDAY = datetime(2031, 11, 24, tzinfo=STOCKHOLM), datetime(2031, 11, 23, tzinfo=STOCKHOLM)
MORNING = MONDAY.replace(hour=7)


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


@pytest.fixture
def in_review(people):
    page = make_page(live=False, author=people["author"], title="Väntar på någon")
    page.get_workflow().start(page, people["author"])
    Email.objects.all().delete()
    return fresh(page)


def digests() -> dict[str, str]:
    return {mail.to[0]: mail.message for mail in Email.objects.filter(subject="Det här väntar på dig i dag")}


def test_everyone_for_whom_something_waits_gets_one_mail_and_nobody_else(in_review, people):
    assert send_due(MORNING) == 2
    assert set(digests()) == {people["reviewer"].email, people["chief_editor"].email}
    assert "Väntar på någon" in digests()[people["reviewer"].email]
    assert "/admin/" in digests()[people["reviewer"].email]


def test_it_is_sent_once_a_day_whoever_asks(in_review):
    assert send_due(MORNING) == 2
    assert send_due(MORNING.replace(hour=9)) is None
    assert send_due(MORNING.replace(day=25)) == 2


@pytest.mark.parametrize("when", [MORNING.replace(hour=6, minute=59), SUNDAY.replace(hour=12)])
def test_nothing_is_sent_before_seven_or_on_a_day_off(when, in_review):
    assert send_due(when) is None
    assert not digests()


def test_a_quiet_day_is_quiet(people):
    assert send_due(MORNING) == 0
    assert not digests()


def test_it_names_what_was_sent_back_what_is_due_and_what_is_asked_for(in_review, people):
    state = in_review.current_workflow_task_state
    state.task.specific.on_action(state, people["reviewer"], "reject", comment="Nej")
    old = make_page(author=people["author"], title="Läs om mig")
    Stewardship.objects.filter(page_id=old.pk).update(responsible=people["editor"], reviewed_on="2020-01-01")
    ask(fresh(old), people["editor"], "unpublish", "Inaktuell")
    Email.objects.all().delete()
    send_due(MORNING)
    found = digests()
    assert "Väntar på någon" in found[people["author"].email]
    assert "Läs om mig" in found[people["editor"].email]
    assert "Läs om mig" in found[people["chief_editor"].email]
    assert people["reviewer"].email not in found
