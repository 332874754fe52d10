"""A time is proposed by the author; the last approval decides. One that has passed is never silently now."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageLogEntry, Revision

from core.forms import whole_minutes
from core.guards import Refused
from editorial.schedule import due, run, run_due
from editorial.task import LastApprovalForm
from tests.editorial.newsroom import approve_all, decide, fresh
from tests.world import make_page

pytestmark = pytest.mark.django_db

SOON = timedelta(hours=2)


@pytest.fixture
def proposed(people):
    """A page that waits for its last approval and proposes a time; returns a function that makes it."""

    def make(time, **fields):
        page = make_page(live=False, author=people["author"], **fields)
        page.go_live_at = time
        page.save_revision(user=people["author"])
        page.get_workflow().start(fresh(page), people["author"])
        return approve_all(page, people["reviewer"])

    return make


def approve(page, user, **kwargs):
    page = fresh(page)
    page.current_workflow_task.on_action(page.current_workflow_task_state, user, "approve", **kwargs)
    return fresh(page)


def overdue(revision):
    """Lets the moment of a scheduled revision have come."""
    past = timezone.now() - timedelta(seconds=1)
    Revision.objects.filter(pk=revision.pk).update(
        approved_go_live_at=past, content={**revision.content, "go_live_at": past.isoformat()}
    )
    return revision


def test_an_approved_page_with_a_time_waits_for_it(proposed, people):
    time = whole_minutes(timezone.now() + SOON)
    page = approve(proposed(time), people["chief_editor"])
    assert not page.live
    assert page.scheduled_revision.approved_go_live_at == time
    assert [entry.action for entry in PageLogEntry.objects.filter(page=page, action__startswith="wagtail.publish")] == [
        "wagtail.publish.schedule"
    ]


def test_the_last_approver_may_publish_now(proposed, people):
    page = approve(proposed(timezone.now() + SOON), people["chief_editor"], when="now")
    assert page.live
    assert page.go_live_at is None
    assert PageLogEntry.objects.filter(page=page, action="editorial.time").count() == 1


def test_the_last_approver_may_choose_another_time(proposed, people):
    other = whole_minutes(timezone.now() + 2 * SOON)
    page = approve(proposed(timezone.now() + SOON), people["chief_editor"], when="other", at=other.isoformat())
    assert not page.live
    assert page.scheduled_revision.approved_go_live_at == other
    assert page.scheduled_revision.as_object().go_live_at == other


def test_a_time_that_has_passed_has_to_be_chosen_anew(proposed, people):
    page = proposed(timezone.now() - SOON)
    with pytest.raises(Refused):
        approve(page, people["chief_editor"])
    with pytest.raises(Refused):
        approve(page, people["chief_editor"], when="other", at=(timezone.now() - SOON).isoformat())
    response = decide(people["chief_editor"], page)
    assert response.status_code == 409
    assert not fresh(page).live
    actions = fresh(page).current_workflow_task.get_actions(fresh(page), people["chief_editor"])
    assert [modal for name, _label, modal in actions if name == "approve"] == [True]
    assert approve(page, people["chief_editor"], when="now").live


def test_the_time_of_an_earlier_publication_proposes_nothing(proposed, people):
    time = timezone.now() - SOON
    page = approve(proposed(time), people["chief_editor"], when="now")
    page.go_live_at = time
    Revision.objects.filter(pk=page.live_revision_id).update(
        content={**page.live_revision.content, "go_live_at": time.isoformat()}
    )
    type(page).objects.filter(pk=page.pk).update(go_live_at=time)
    page = fresh(page)
    page.title = "Andra versionen"
    page.save_revision(user=people["author"])
    page.get_workflow().start(fresh(page), people["author"])
    assert approve_all(page, people["reviewer"], people["chief_editor"]).title == "Andra versionen"


def test_a_scheduled_page_goes_live_as_it_was_approved(proposed, people):
    page = approve(proposed(timezone.now() + SOON), people["chief_editor"])
    revision = overdue(page.scheduled_revision)
    assert run_due() == 1
    page = fresh(page)
    assert page.live
    assert page.live_revision_id == revision.pk


def test_what_another_worker_has_done_meanwhile_is_passed_over_at_one_look(proposed, people):
    page = approve(proposed(timezone.now() + SOON), people["chief_editor"])
    overdue(page.scheduled_revision)
    (item,) = due()
    assert run(item)
    with CaptureQueriesContext(connection) as captured:
        assert not run(item)
    assert len(captured) == 1


def test_a_page_that_would_be_taken_down_at_once_is_not_approved(proposed, people):
    page = proposed(None)
    page.expire_at = timezone.now() - timedelta(minutes=5)
    page.save_revision(user=people["author"])
    with pytest.raises(Refused):
        approve(page, people["chief_editor"])


def test_times_are_whole_minutes_and_never_earlier_than_asked_for():
    time = timezone.now().replace(second=1, microsecond=0)
    assert whole_minutes(time) == time.replace(second=0) + timedelta(minutes=1)
    assert whole_minutes(time.replace(second=0)) == time.replace(second=0)
    assert whole_minutes(None) is None


def test_another_time_has_to_be_given_and_to_come():
    assert LastApprovalForm({"when": "other"}).errors.keys() == {"at"}
    assert LastApprovalForm({"when": "other", "at": "2020-01-01 07:30"}).errors.keys() == {"at"}
    assert not LastApprovalForm({}).errors
