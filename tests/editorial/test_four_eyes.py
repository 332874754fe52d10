"""A text is public only if someone other than those who wrote it approved exactly that text."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.models import PageLogEntry, Task, TaskState, Workflow, WorkflowState
from wagtail.test.utils.form_data import rich_text

from core.guards import Refused
from core.models import CustomImage, Stewardship
from editorial.authors import authors
from methods.models import MethodPage
from tests.editorial.newsroom import approve_all, decide, form_of, fresh, send, signed_in, submit, write
from tests.world import make_page, make_user, publish

pytestmark = pytest.mark.django_db


def published(page) -> bool:
    return PageLogEntry.objects.filter(page=page, action="wagtail.publish").exists() or fresh(page).live


@pytest.fixture
def draft(people):
    return make_page(live=False, author=people["author"])


@pytest.fixture
def in_review(draft, people):
    draft.get_workflow().start(draft, people["author"])
    return fresh(draft)


def test_a_text_goes_public_when_two_others_have_approved_it(draft, people):
    assert submit(people["author"], draft).status_code == 302
    assert decide(people["reviewer"], draft).status_code == 302
    assert not fresh(draft).live
    assert decide(people["chief_editor"], draft).status_code == 302
    page = fresh(draft)
    assert page.live
    assert page.live_revision_id == page.latest_revision_id
    entries = PageLogEntry.objects.filter(page=page, action__startswith="wagtail.publish")
    assert [entry.action for entry in entries] == ["wagtail.publish"]
    assert PageLogEntry.objects.filter(page=page, action="wagtail.workflow.approve").count() == 2


def test_one_person_may_take_both_steps_of_what_others_wrote(in_review, people):
    decide(people["chief_editor"], in_review)
    decide(people["chief_editor"], in_review)
    assert fresh(in_review).live


def test_the_author_cannot_approve_their_own_text(people):
    page = make_page(live=False, author=people["chief_editor"])
    submit(people["chief_editor"], page, title="Min egen")
    response = decide(people["chief_editor"], page)
    assert "Be någon annan" in response.content.decode() or "Ask someone else" in response.content.decode()
    page = fresh(page)
    assert not page.live
    assert page.current_workflow_task.name == "Granskning"
    with pytest.raises(Refused):
        page.current_workflow_task.on_action(page.current_workflow_task_state, people["chief_editor"], "approve")


def test_nobody_who_wrote_an_earlier_draft_may_approve_a_later_one(in_review, people):
    page = make_page(live=False, author=people["chief_editor"])
    page.title = "Andra tankar"
    page.save_revision(user=people["author"])
    assert authors(fresh(page)) == {people["author"].pk, people["chief_editor"].pk}
    page.get_workflow().start(page, people["author"])
    names = [
        name for name, *_rest in fresh(page).current_workflow_task.get_actions(fresh(page), people["chief_editor"])
    ]
    assert names == ["reject"]


def test_what_was_approved_bars_nobody_from_the_next_round(in_review, people):
    approve_all(in_review, people["reviewer"], people["chief_editor"])
    page = fresh(in_review)
    page.title = "Nästa version"
    page.save_revision(user=people["chief_editor"])
    assert authors(fresh(page)) == {people["chief_editor"].pk}


def test_restoring_an_older_draft_brings_its_writer_along(people):
    page = make_page(live=False, author=people["author"])
    page.title = "Granskarens text"
    old = page.save_revision(user=people["reviewer"])
    page.title = "Skribentens text"
    page.save_revision(user=people["author"])
    page.get_workflow().start(page, people["author"])
    other = make_user("reviewer")
    approve_all(page, other, people["chief_editor"])
    restored = old.as_object()
    restored.save_revision(user=people["editor"], previous_revision=old)
    assert people["reviewer"].pk in authors(fresh(page))


def test_an_older_draft_of_a_live_page_is_restored_with_its_writer(people):
    page = make_page(author=people["author"])
    page.title = "Ströks före publiceringen"
    old = page.save_revision(user=people["chief_editor"])
    page.title = "Gick ut"
    publish(page.save_revision(user=people["author"]))
    old.as_object().save_revision(user=people["editor"], previous_revision=old)
    assert authors(fresh(page)) == {people["chief_editor"].pk, people["editor"].pk}
    assert fresh(page).title == "Gick ut"


def test_a_copy_of_a_draft_bars_its_writer_too(people):
    page = make_page(live=False, author=people["chief_editor"])
    copy = page.copy(user=people["editor"], update_attrs={"slug": "kopia"}, keep_live=False)
    assert people["chief_editor"].pk in authors(fresh(copy))


def test_new_text_sent_along_with_an_approval_is_not_published_and_not_lost(in_review, people):
    decide(people["reviewer"], in_review)
    response = decide(people["chief_editor"], in_review, title="Smyger in")
    assert response.status_code == 200
    assert "Smyger in" in response.content.decode()
    page = fresh(in_review)
    assert not page.live
    assert page.get_latest_revision_as_object().title != "Smyger in"
    assert PageLogEntry.objects.filter(page=page, action="wagtail.workflow.approve").count() == 1


def test_a_reviewer_who_comments_may_approve_the_next_version(in_review, people):
    page = fresh(in_review)
    page.save_revision(user=people["reviewer"])  # a comment is kept in a revision of its own
    assert people["reviewer"].pk not in authors(fresh(page))
    page = fresh(page)
    page.current_workflow_task.on_action(page.current_workflow_task_state, people["reviewer"], "approve")
    assert fresh(page).current_workflow_task.name == "Utgivning"


def test_an_approval_holds_when_the_same_text_is_saved_again(in_review, people):
    decide(people["reviewer"], in_review)
    page = fresh(in_review)
    seen = page.latest_revision_id
    page.save_revision(user=people["chief_editor"])  # as an editor that opens does by itself, or a comment
    page = fresh(page)
    assert page.latest_revision_id != seen
    assert page.current_workflow_task.name == "Utgivning"
    assert [task.status for task in page.current_workflow_state.all_tasks_with_status()] == ["approved", "in_progress"]
    decide(people["chief_editor"], page)
    assert fresh(page).live


def test_an_empty_text_that_the_editor_has_touched_is_still_empty(people):
    page = make_page(MethodPage, live=False, author=people["author"])
    submit(people["author"], page)
    decide(people["reviewer"], page, when_to_use=rich_text(""))
    assert fresh(page).get_latest_revision_as_object().when_to_use == ""
    decide(people["chief_editor"], page, when_to_use="null")
    assert fresh(page).live
    assert fresh(page).when_to_use == ""
    assert fresh(page).revisions.count() == 2  # nobody has changed anything after the author


def test_what_a_step_has_sent_back_stays_sent_back_when_the_same_text_is_saved_again(in_review, people):
    decide(people["reviewer"], in_review)
    decide(people["chief_editor"], in_review, "reject")
    page = fresh(in_review)
    page.current_workflow_state.resume(people["author"])
    page.save_revision(user=people["editor"])
    assert fresh(page).current_workflow_task.name == "Utgivning"
    fresh(page).current_workflow_task.deactivate()
    assert not fresh(page).live


def test_a_text_that_changes_in_the_last_step_starts_from_the_first(in_review, people):
    decide(people["reviewer"], in_review)
    page = fresh(in_review)
    page.title = "Ändrad av utgivaren"
    page.save_revision(user=people["chief_editor"])
    page = fresh(page)
    assert page.current_workflow_task.name == "Granskning"
    decide(people["reviewer"], page)
    decide(people["chief_editor"], page)
    assert not fresh(page).live
    decide(make_user("chief_editor"), page)
    assert fresh(page).live
    assert fresh(page).title == "Ändrad av utgivaren"


def test_after_being_sent_back_all_steps_are_taken_again(in_review, people):
    decide(people["reviewer"], in_review)
    decide(people["chief_editor"], in_review, "reject")
    assert fresh(in_review).current_workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES
    submit(people["author"], in_review, title="Omarbetad")
    page = fresh(in_review)
    assert page.current_workflow_task.name == "Granskning"
    assert page.current_workflow_task_state.revision_id == page.latest_revision_id


def test_what_the_approver_has_not_seen_is_not_approved(in_review, people):
    client = signed_in(people["reviewer"])
    form = form_of(client, in_review)
    page = fresh(in_review)
    page.title = "Ändrad under tiden"
    page.save_revision(user=people["editor"])
    response = send(client, page, form, action__workflow__action="1", workflow__action__name="approve")
    assert response.status_code == 409
    assert str(people["editor"]) in response.content.decode()
    page = fresh(page)
    with pytest.raises(Refused, match="text"):
        page.current_workflow_task.on_action(page.current_workflow_task_state, people["reviewer"], "approve")
    latest = page.latest_revision_id
    page.current_workflow_task.on_action(
        page.current_workflow_task_state, people["reviewer"], "approve", revision=latest
    )
    assert TaskState.objects.get(workflow_state__object_id=str(page.pk), status="approved").revision_id == latest


def test_a_hash_of_another_text_is_refused(in_review, people):
    page = in_review
    with pytest.raises(Refused):
        page.current_workflow_task.on_action(
            page.current_workflow_task_state,
            people["reviewer"],
            "approve",
            revision=page.latest_revision_id,
            fingerprint="another",
        )


def test_a_second_verdict_is_refused_by_name(in_review, people):
    state, task = in_review.current_workflow_task_state, in_review.current_workflow_task
    client = signed_in(people["chief_editor"])
    form = form_of(client, in_review)
    task.on_action(state, people["reviewer"], "reject", comment="Nej")
    with pytest.raises(Refused, match=str(people["reviewer"])):
        task.on_action(state, people["chief_editor"], "approve")
    response = send(client, in_review, form, action__workflow__action="1", workflow__action__name="approve")
    assert str(people["reviewer"]) in response.content.decode()
    assert PageLogEntry.objects.filter(page=in_review, action="wagtail.workflow.approve").count() == 0
    assert authors(fresh(in_review)) == {people["author"].pk}


@pytest.mark.parametrize("second", ["approve", "reject"])
@pytest.mark.parametrize(("first", "told"), [("approve", "godkänt"), ("reject", "skickat tillbaka")])
@pytest.mark.parametrize("way", ["workflow_action", "collect_workflow_action_data", "editor"])
def test_whoever_comes_second_is_told_who_decided_what(in_review, people, way, first, told, second):
    state = in_review.current_workflow_task_state
    client, late = signed_in(people["chief_editor"]), make_user("reviewer")
    form, late_form = form_of(client, in_review), form_of(signed_in(late), in_review)
    state.task.specific.on_action(state, people["reviewer"], first, comment="Först")
    if way == "editor":
        verdict = {"action__workflow__action": "1", "workflow__action__name": second}
        responses = [send(client, in_review, form, **verdict), send(signed_in(late), in_review, late_form, **verdict)]
    else:
        url = reverse(f"wagtailadmin_pages:{way}", args=[in_review.pk, second, state.pk])
        responses = [one.post(url, {"comment": "Sedan"}) for one in (client, signed_in(late))]
    for response in responses:
        assert response.status_code == 409
        assert f"redan avgjort av {people['reviewer']}: {told}." in response.content.decode()
    verdicts = PageLogEntry.objects.filter(
        page=in_review, action__in=("wagtail.workflow.approve", "wagtail.workflow.reject")
    )
    assert verdicts.count() == 1
    assert TaskState.objects.for_instance(in_review).exclude(finished_at=None).count() == 1


def test_a_dialogue_that_opens_too_late_says_who_decided_what(in_review, people):
    state = in_review.current_workflow_task_state
    state.task.specific.on_action(state, people["reviewer"], "reject", comment="Nej")
    url = reverse("wagtailadmin_pages:collect_workflow_action_data", args=[in_review.pk, "approve", state.pk])
    response = signed_in(people["chief_editor"]).get(url)
    assert response.status_code == 409
    assert str(people["reviewer"]) in response.content.decode()


def test_only_the_group_of_the_step_decides(in_review, people):
    for role in ("author", "editor", "translator", "administrator"):
        with pytest.raises(Refused):
            in_review.current_workflow_task.on_action(in_review.current_workflow_task_state, people[role], "approve")
    assert fresh(in_review).current_workflow_task.name == "Granskning"


def test_a_page_that_lacks_something_is_not_approved_and_says_what(in_review, people):
    page = fresh(in_review)
    page.hero_image = CustomImage.objects.create(title="x", width=1, height=1, file="x.png")
    page.is_draft_save = True
    page.save_revision(user=people["author"], clean=False)
    page = fresh(page)
    task, state = page.current_workflow_task, page.current_workflow_task_state
    assert "approve" not in [name for name, *_rest in task.get_actions(page, people["reviewer"])]
    with pytest.raises(Refused, match="alt"):
        task.on_action(state, people["reviewer"], "approve", revision=page.latest_revision_id)


def test_a_page_that_nobody_is_responsible_for_is_not_approved(in_review, people):
    Stewardship.objects.filter(page_id=in_review.pk).update(responsible=None)
    with pytest.raises(Refused, match=r"ansvar|responsible"):
        in_review.current_workflow_task.on_action(in_review.current_workflow_task_state, people["reviewer"], "approve")


def test_switching_off_every_step_publishes_nothing(in_review, mailoutbox):
    mailoutbox.clear()
    for task in Task.objects.all():
        task.specific.deactivate()
    page = fresh(in_review)
    assert not page.live
    assert not PageLogEntry.objects.filter(page=page, action="wagtail.publish").exists()
    assert not [mail for mail in mailoutbox if "godkän" in mail.subject.lower()]
    Workflow.objects.get().start(page, None)
    assert not fresh(page).live


def test_switching_off_the_step_that_sent_a_text_back_does_not_publish_it(in_review, people):
    decide(people["reviewer"], in_review)
    decide(people["chief_editor"], in_review, "reject")
    fresh(in_review).current_workflow_state.resume(people["author"])
    fresh(in_review).current_workflow_task.deactivate()
    assert not fresh(in_review).live


def test_a_text_that_was_sent_back_goes_public_as_it_is_when_the_same_step_approves_it(in_review, people):
    decide(people["reviewer"], in_review)
    decide(people["chief_editor"], in_review, "reject")
    fresh(in_review).current_workflow_state.resume(people["author"])
    decide(people["chief_editor"], in_review)
    assert fresh(in_review).live


def test_an_approval_that_goes_round_the_task_publishes_nothing(in_review, people):
    in_review.current_workflow_task_state.approve(user=people["author"])
    fresh(in_review).current_workflow_task_state.approve(user=people["author"])
    assert not fresh(in_review).live


def test_an_unattended_publication_becomes_a_submission(draft, people):
    assert draft.get_latest_revision().publish(user=people["chief_editor"]) is None
    page = fresh(draft)
    assert not page.live
    assert page.workflow_in_progress
    assert page.current_workflow_state.requested_by == people["chief_editor"]


def test_saving_the_row_makes_nothing_public(draft, people):
    draft.live = True
    with pytest.raises(PermissionDenied):
        draft.save()
    assert not fresh(draft).live
    page = make_page(author=people["author"])
    page.title = "Inte godkänd"
    page.save()
    assert fresh(page).title != "Inte godkänd"


def test_a_superuser_stands_above_the_rules_and_is_logged(draft):
    admin = make_user(is_superuser=True)
    assert write(admin, draft, action__publish="1").status_code == 302
    assert fresh(draft).live
    assert PageLogEntry.objects.get(page=draft, action__startswith="wagtail.publish").user == admin


def test_the_author_reads_what_was_asked_beside_the_text(in_review, people):
    state = in_review.current_workflow_task_state
    state.task.specific.on_action(state, people["reviewer"], "reject", comment="Skriv ut förkortningen <TLC>.")
    shown = signed_in(people["author"]).get(f"/admin/pages/{in_review.pk}/edit/").content.decode()
    assert "Skriv ut förkortningen &lt;TLC&gt;." in shown
    assert str(people["reviewer"]) in shown


def incomplete(page, writer):
    """A draft that an automatic save has left without what publication demands."""
    page = fresh(page).get_latest_revision_as_object()
    page.intro, page.is_draft_save = "", True
    page.save_revision(user=writer, clean=False)
    return fresh(page)


@pytest.mark.parametrize("live", [False, True])
def test_a_text_that_lacks_something_is_sent_back_from_the_editor(people, live):
    page = make_page(live=live, author=people["author"])
    submit(people["author"], page, title="Skickad")
    page = incomplete(page, people["author"])
    response = decide(
        people["reviewer"], page, "reject", workflow__action__extra__data='{"comment": "Ingressen saknas."}'
    )
    assert response.status_code == 302, response.context["form"].errors
    state = fresh(page).current_workflow_state
    assert state.status == WorkflowState.STATUS_NEEDS_CHANGES
    assert state.current_task_state.comment == "Ingressen saknas."
    assert fresh(page).live == live


def test_what_a_reviewer_writes_while_sending_back_is_kept(in_review, people):
    page = incomplete(in_review, people["author"])
    assert decide(people["reviewer"], page, "reject", title="Granskarens förslag").status_code == 302
    page = fresh(page)
    assert page.current_workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES
    assert page.get_latest_revision_as_object().title == "Granskarens förslag"
    assert people["reviewer"].pk in authors(page)


def test_a_text_that_lacks_something_is_sent_back_from_the_dialogue(in_review, people):
    page = incomplete(in_review, people["author"])
    state = page.current_workflow_task_state
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", state.pk])
    client = signed_in(people["reviewer"])
    assert client.post(url, {"comment": "Ingressen saknas."}).status_code == 302
    state.refresh_from_db()
    assert (state.status, state.comment) == (TaskState.STATUS_REJECTED, "Ingressen saknas.")


def test_an_approval_of_a_text_that_lacks_something_is_told_what(in_review, people):
    page = incomplete(in_review, people["author"])
    shown = signed_in(people["reviewer"]).get(f"/admin/pages/{page.pk}/edit/").content.decode()
    assert "Sidan kan inte publiceras än: " in shown
    assert "ingress" in shown
    response = decide(people["reviewer"], page)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert fresh(page).current_workflow_task.name == "Granskning"


def test_a_text_that_lacks_something_can_be_withdrawn(in_review, people):
    page = incomplete(in_review, people["author"])
    write(people["author"], page, action__cancel__workflow="1")
    assert fresh(page).current_workflow_state is None
