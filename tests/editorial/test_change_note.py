from datetime import timedelta

import pytest
from django.utils import timezone

from tests.editorial.newsroom import approve_all, decide, edit_url, form_of, fresh, signed_in, submit, write
from tests.world import make_page

pytestmark = pytest.mark.django_db
NOTE = "Tiden är ändrad till klockan nio."


def change(page, people, **values):
    """A change by the author, taken through both steps."""
    submit(people["author"], page, **values)
    approve_all(page, people["reviewer"], people["chief_editor"])
    return fresh(page)


@pytest.fixture
def page(people):
    return make_page(author=people["author"])


@pytest.fixture
def reader(client):
    """What a visitor reads on a page."""
    return lambda page: client.get(page.url).content.decode()


def test_a_text_that_was_never_public_has_no_change_note(people):
    draft = make_page(live=False, author=people["author"])
    assert "change_note" not in form_of(signed_in(people["author"]), draft)
    submit(people["author"], draft, change_note=NOTE, change_is_substantive="on")
    assert not fresh(draft).get_latest_revision_as_object().change_is_substantive


def test_a_change_is_minor_unless_somebody_says_otherwise(page, people, reader):
    changed = change(page, people, intro="En annan ingress.")
    assert not changed.change_is_substantive
    assert "Vad som har ändrats" not in reader(changed)


def test_readers_are_told_what_has_changed_and_when(page, people, reader):
    shown = reader(change(page, people, intro="Klockan nio.", change_is_substantive="on", change_note=NOTE))
    assert NOTE in shown
    assert f'<time datetime="{timezone.localdate().isoformat()}">' in shown.split(NOTE)[1][:60]


def test_a_minor_change_afterwards_begins_without_the_note_and_leaves_it_to_readers(page, people, reader):
    changed = change(page, people, intro="Klockan nio.", change_is_substantive="on", change_note=NOTE)
    answer = signed_in(people["author"]).get(edit_url(changed))
    assert not answer.context["form"]["change_is_substantive"].value()
    assert not answer.context["form"]["change_note"].value()
    assert NOTE in reader(change(changed, people, intro="Klockan nio, i salen."))


def test_a_note_under_review_stays_in_the_form_and_is_not_shown(page, people, reader):
    submit(people["author"], page, intro="Klockan nio.", change_is_substantive="on", change_note=NOTE)
    assert form_of(signed_in(people["reviewer"]), page)["change_note"] == NOTE
    assert decide(people["reviewer"], page, change_is_substantive="on").status_code == 302  # ticked on the screen
    assert NOTE not in reader(page)


def test_a_change_that_is_planned_is_told_when_it_is_public(page, people, reader):
    change(page, people, change_is_substantive="on", change_note=NOTE, go_live_at=timezone.now() + timedelta(days=3))
    assert NOTE not in reader(page)


def test_a_substantive_change_needs_its_note(page, people):
    write(people["author"], page, change_is_substantive="on")
    assert submit(people["author"], page, change_is_substantive="on").status_code == 200
    assert not fresh(page).workflow_in_progress
