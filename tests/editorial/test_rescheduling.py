"""A time is moved, and nothing but the time: by those who may, once, and never into the past or round an approval."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from wagtail.log_actions import registry
from wagtail.models import Page, PageLogEntry, Revision, TaskState

from articles.models import NewsPage
from core.forms import whole_minutes
from core.guards import Refused
from core.models.revisions import fingerprint
from core.visibility import is_public, window_changed
from editorial.pulse import ScheduleProblem
from editorial.rescheduling import MOVED, Lane, reschedule
from editorial.schedule import run_due
from editorial.words import what_happens
from tests.editorial.newsroom import approve_all, fresh, submit
from tests.world import make_page

pytestmark = pytest.mark.django_db


BEGAN = timezone.now()


def ahead(**kwargs):
    """The same moment whenever it is asked for."""
    return whole_minutes(BEGAN + timedelta(**kwargs))


@pytest.fixture
def scheduled(people):
    """Makes a page that two others have approved for a time."""

    def make(at, page=None, **fields):
        page = page or make_page(NewsPage, live=False, author=people["author"])
        for name, value in {"go_live_at": at, **fields}.items():
            setattr(page, name, value)
        page.save_revision(user=people["author"])
        page.get_workflow().start(fresh(page), people["author"])
        return approve_all(page, people["reviewer"], people["chief_editor"])

    return make


def approved(page):
    return Revision.objects.get(object_id=str(page.pk), approved_go_live_at__isnull=False)


class TestGoingLive:
    def test_an_editor_moves_what_is_approved_and_only_its_time_changes(self, scheduled, people):
        page, to = scheduled(ahead(days=1)), ahead(days=3)
        before, verdicts = approved(page), TaskState.objects.filter(revision=approved(page)).count()
        assert reschedule(page.pk, people["editor"], Lane.PUBLISH, before.approved_go_live_at, to) == to
        after = approved(page)
        assert (after.pk, after.approved_go_live_at, after.as_object().go_live_at) == (before.pk, to, to)
        assert fingerprint(after.content) == fingerprint(before.content)
        assert TaskState.objects.filter(revision=after).count() == verdicts
        assert not fresh(page).workflow_in_progress

    def test_it_goes_live_at_the_new_time_and_not_at_the_old(self, scheduled, people, time_machine):
        page, old, to = scheduled(ahead(days=1)), ahead(days=1), ahead(hours=1)
        reschedule(page.pk, people["editor"], Lane.PUBLISH, approved(page).approved_go_live_at, to)
        Revision.objects.filter(pk=approved(page).pk).update(approved_go_live_at=timezone.now())  # the database's clock
        time_machine.move_to(to)
        assert run_due() == 1
        assert fresh(page).live_revision_id
        assert fresh(page).go_live_at == to < old

    def test_the_sentence_and_the_history_say_so(self, scheduled, people):
        page = scheduled(ahead(days=1))
        reschedule(page.pk, people["editor"], Lane.PUBLISH, approved(page).approved_go_live_at, ahead(days=3))
        entry = PageLogEntry.objects.get(page=page.pk, action=MOVED)
        assert entry.user == people["editor"]
        said = registry.get_formatter(entry).format_message(entry)
        assert what_happens(page).startswith(said.split(" i stället för ")[0])

    def test_a_new_version_of_a_public_page_leaves_the_public_one_alone(self, scheduled, people):
        live = make_page(NewsPage, author=people["author"])
        page = scheduled(ahead(days=1), fresh(live), title="Andra versionen")
        reschedule(page.pk, people["editor"], Lane.PUBLISH, approved(page).approved_go_live_at, ahead(days=2))
        assert is_public(live)
        row = NewsPage.objects.get(pk=live.pk)
        assert (row.title, row.go_live_at, row.live_revision_id) == (live.title, live.go_live_at, live.live_revision_id)

    def test_one_that_could_not_be_published_is_tried_afresh(self, scheduled, people):
        page, past = scheduled(ahead(days=1)), timezone.now() - timedelta(minutes=1)
        revision = approved(page)
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=past)
        ScheduleProblem.note(revision, page.pk, "Adressen finns redan")
        reschedule(page.pk, people["editor"], Lane.PUBLISH, past, ahead(hours=1))
        assert not ScheduleProblem.objects.exists()
        assert approved(page).approved_go_live_at == ahead(hours=1)


class TestRefusals:
    def test_the_second_of_two_is_told_who_was_first(self, scheduled, people):
        page = scheduled(ahead(days=1))
        seen = approved(page).approved_go_live_at
        reschedule(page.pk, people["chief_editor"], Lane.PUBLISH, seen, ahead(days=2))
        with pytest.raises(Refused, match=people["chief_editor"].first_name):
            reschedule(page.pk, people["editor"], Lane.PUBLISH, seen, ahead(days=5))
        assert approved(page).approved_go_live_at == ahead(days=2)

    def test_nothing_is_moved_into_the_past(self, scheduled, people):
        page = scheduled(ahead(days=1))
        with pytest.raises(Refused, match="passerat"):
            reschedule(
                page.pk, people["editor"], Lane.PUBLISH, approved(page).approved_go_live_at, BEGAN - timedelta(hours=1)
            )

    def test_nothing_is_published_after_it_is_taken_down(self, scheduled, people):
        page = scheduled(ahead(days=1), expire_at=ahead(days=2))
        with pytest.raises(Refused, match="avpubliceras innan"):
            reschedule(page.pk, people["editor"], Lane.PUBLISH, approved(page).approved_go_live_at, ahead(days=2))
        with pytest.raises(Refused, match="avpubliceras innan"):
            reschedule(page.pk, people["chief_editor"], Lane.EXPIRE, ahead(days=2), ahead(hours=3))

    def test_a_text_that_nobody_has_approved_is_not_scheduled_by_giving_it_a_time(self, people):
        page = make_page(NewsPage, live=False, author=people["author"])
        submit(people["author"], page)
        for lane in (Lane.PUBLISH, Lane.EXPIRE):
            with pytest.raises(Refused, match="inte längre planerat"):
                reschedule(page.pk, people["chief_editor"], lane, None, ahead(days=1))
        reschedule(page.pk, people["chief_editor"], Lane.WAITING, None, ahead(days=1))
        assert not Revision.objects.filter(object_id=str(page.pk), approved_go_live_at__isnull=False).exists()
        assert fresh(page).get_latest_revision_as_object().go_live_at == ahead(days=1)
        assert not fresh(page).live

    def test_what_is_going_out_this_moment_stays(self, scheduled, people):
        page, now = scheduled(ahead(days=1)), timezone.now()
        Revision.objects.filter(pk=approved(page).pk).update(approved_go_live_at=now)
        with pytest.raises(Refused, match="just nu"):
            reschedule(page.pk, people["editor"], Lane.PUBLISH, now, ahead(days=1))

    @pytest.mark.parametrize("role", ["author", "reviewer", "translator", "administrator"])
    def test_those_without_the_right_move_nothing(self, role, scheduled, people):
        page = scheduled(ahead(days=1))
        with pytest.raises(PermissionDenied):
            reschedule(page.pk, people[role], Lane.PUBLISH, approved(page).approved_go_live_at, ahead(days=2))

    def test_a_page_that_someone_else_has_locked_stays(self, scheduled, people):
        page = scheduled(ahead(days=1))
        Page.objects.filter(pk=page.pk).update(locked=True, locked_by=people["chief_editor"])
        seen = approved(page).approved_go_live_at
        with pytest.raises(PermissionDenied):
            reschedule(page.pk, people["editor"], Lane.PUBLISH, seen, ahead(days=2))
        assert reschedule(page.pk, people["chief_editor"], Lane.PUBLISH, seen, ahead(days=2))

    def test_the_day_of_the_next_reading_follows_from_the_last_and_is_not_moved(self, people):
        with pytest.raises(PermissionDenied):
            reschedule(make_page(NewsPage).pk, people["chief_editor"], Lane.REVIEW, None, ahead(days=2))


class TestTakenDown:
    def test_a_chief_editor_moves_it_on_the_page_its_mirror_and_its_next_version(self, people):
        end, to = ahead(days=1), ahead(days=9)
        page = make_page(NewsPage, author=people["author"], expire_at=end)
        alias = page.create_alias(parent=page.get_parent(), update_slug="spegel")
        page.title = "Ett utkast"
        page.save_revision(user=people["author"])
        told = []
        window_changed.connect(lambda instance, **kwargs: told.append(instance.pk), weak=False, dispatch_uid="told")
        try:
            reschedule(page.pk, people["chief_editor"], Lane.EXPIRE, end, to)
        finally:
            window_changed.disconnect(dispatch_uid="told")
        rows = NewsPage.objects.filter(pk__in=[page.pk, alias.pk])
        assert set(rows.values_list("expire_at", flat=True)) == {to}
        assert set(told) == {page.pk, alias.pk}
        assert fresh(page).get_latest_revision_as_object().expire_at == to
        assert fresh(page).live_revision.as_object().expire_at == to
        assert rows.get(pk=page.pk).title != "Ett utkast"

    def test_an_editor_does_not_decide_how_long_a_page_is_public(self, people):
        page = make_page(NewsPage, expire_at=ahead(days=1))
        with pytest.raises(PermissionDenied):
            reschedule(page.pk, people["editor"], Lane.EXPIRE, ahead(days=1), ahead(days=2))

    def test_an_approved_page_that_is_not_out_yet_ends_at_the_new_time(self, people, scheduled):
        page = scheduled(ahead(days=1), expire_at=ahead(days=2))
        reschedule(page.pk, people["chief_editor"], Lane.EXPIRE, ahead(days=2), ahead(days=4))
        assert approved(page).as_object().expire_at == ahead(days=4)
        assert approved(page).approved_go_live_at == ahead(days=1)
