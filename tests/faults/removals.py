"""Each guard of the promise, and how to do without it."""

from wagtail.models import PagePermissionTester, TaskState
from wagtail.workflows import publish_workflow_state
from wagtail_localize.models import StringTranslation

from core import copies, guards
from core.guards import GuardedPage, GuardedPermissionTester, authorised_publication
from editorial import authors, task


def the_tester(patch):
    patch.setattr(GuardedPermissionTester, "can_publish", PagePermissionTester.can_publish)
    patch.setattr(GuardedPermissionTester, "can_publish_subpage", PagePermissionTester.can_publish_subpage)


def the_row_of_a_live_page(patch):
    patch.setattr(GuardedPage, "_would_change_what_is_public", lambda self, update_fields: False)


def a_new_page_begins_as_a_draft(patch):
    guarded_save = GuardedPage.save

    def save(self, *args, **kwargs):
        if self._state.adding:
            return super(GuardedPage, self).save(*args, **kwargs)
        return guarded_save(self, *args, **kwargs)

    patch.setattr(GuardedPage, "save", save)


def a_revision_that_was_seen_stays(patch):
    patch.setattr(guards, "is_relied_on", lambda revision: False)


def a_time_is_approved_by_the_workflow(patch):
    guarded_save = GuardedPage.save_revision

    def save_revision(self, *args, **kwargs):
        with authorised_publication():
            return guarded_save(self, *args, **kwargs)

    patch.setattr(GuardedPage, "save_revision", save_revision)


def publication_is_authorised(patch):
    guarded_publish = GuardedPage.publish

    def publish(self, *args, **kwargs):
        with authorised_publication():
            return guarded_publish(self, *args, **kwargs)

    patch.setattr(GuardedPage, "publish", publish)


def writers_do_not_approve(patch):
    patch.setattr(task, "authors", lambda page: set())
    patch.setattr(task, "contribution", lambda page, user: None)


def restored_text_keeps_its_writers(patch):
    patch.setattr(guards, "writers_behind", lambda revision: set())


def carried_words_keep_their_writers(patch):
    patch.setattr(copies, "note", lambda page, writers: None)


def words_of_nobody_are_not_carried(patch):
    patch.setattr(copies, "demand_writers", lambda page: None)


def translators_of_strings_are_writers(patch):
    patch.setattr(authors, "translated_strings", lambda page: StringTranslation.objects.none())


def what_was_seen_is_what_is_approved(patch):
    def decide_on(state, latest, seen_revision, seen_fingerprint):
        TaskState.objects.filter(pk=state.pk).update(revision=latest)

    patch.setattr(task, "decide_on", decide_on)


def the_end_of_a_workflow_needs_its_approvals(patch):
    def conclude(workflow_state, user=None):
        with authorised_publication():
            publish_workflow_state(workflow_state, user)

    patch.setattr(task, "conclude", conclude)


def what_was_sent_back_is_not_approved(patch):
    def standing(workflow_state, revision_id):
        return list(workflow_state.task_states.filter(revision=revision_id, status=TaskState.STATUS_APPROVED))

    patch.setattr(task, "standing", standing)


# For each guard the acts that show what it is there for.
STORIES = {
    the_tester: [("press_publish", {"who": "chief_editor", "where": 1, "what": "title", "later": True, "http": False})],
    the_row_of_a_live_page: [("save_the_row", {"who": "author", "where": 0, "what": "title"})],
    a_new_page_begins_as_a_draft: [("create", {"who": "author", "http": False})],
    a_revision_that_was_seen_stays: [("autosave", {"who": "author", "where": 0, "what": "title", "back": 0})],
    a_time_is_approved_by_the_workflow: [
        ("propose_a_time", {"who": "editor", "where": 1, "hours": 1, "approved": True})
    ],
    publication_is_authorised: [("publish_the_revision", {"who": "editor", "where": 1, "signed": True})],
    writers_do_not_approve: [
        ("edit", {"who": "chief_editor", "where": 1, "what": "title", "http": False}),
        ("submit", {"who": "chief_editor", "where": 1, "http": False}),
        ("look_and_approve", {"who": "chief_editor", "where": 0, "http": False, "now": True}),
    ],
    restored_text_keeps_its_writers: [
        ("a_change_of_mind", {"where": 0, "what": "title"}),
        ("restore_what_was_dropped", {"where": 0, "back": 0}),
        ("look_and_approve", {"who": "chief_editor", "where": 0, "http": False, "now": True}),
    ],
    carried_words_keep_their_writers: [
        ("edit", {"who": "chief_editor", "where": 1, "what": "title", "http": True}),
        ("alias", {"where": 1}),
        ("convert_an_alias", {"who": "editor", "where": 0, "http": False}),
        ("submit", {"who": "editor", "where": 2, "http": False}),
        ("look_and_approve", {"who": "chief_editor", "where": 0, "http": False, "now": True}),
    ],
    words_of_nobody_are_not_carried: [
        ("save_the_row", {"who": "second_chief_editor", "where": 1, "what": "title"}),
        ("translate", {"who": "editor", "where": 1, "http": False}),
        ("submit", {"who": "editor", "where": 2, "http": False}),
        ("look_and_approve", {"who": "reviewer", "where": 0, "http": False, "now": True}),
        ("look_and_approve", {"who": "second_chief_editor", "where": 0, "http": False, "now": True}),
    ],
    translators_of_strings_are_writers: [
        ("translate", {"who": "translator", "where": 0, "http": False}),
        ("translate_a_string", {"who": "chief_editor", "where": 0, "which": 0}),
        ("use_a_translation", {"who": "translator", "where": 0, "way": "send", "http": False}),
        ("look_and_approve", {"who": "chief_editor", "where": 0, "http": False, "now": True}),
    ],
    what_was_seen_is_what_is_approved: [
        ("edit", {"who": "editor", "where": 1, "what": "title", "http": False}),
        ("submit", {"who": "editor", "where": 1, "http": False}),
        ("open_a_tab", {"which": "one", "who": "reviewer", "where": 0, "http": False}),
        ("edit", {"who": "chief_editor", "where": 1, "what": "title", "http": False}),
        ("approve_from_a_tab", {"which": "one", "http": False, "now": True}),
    ],
    the_end_of_a_workflow_needs_its_approvals: [
        ("submit", {"who": "editor", "where": 1, "http": False}),
        ("switch_a_step_off", {"step": 0, "empty": False}),
        ("switch_a_step_off", {"step": 1, "empty": False}),
    ],
    what_was_sent_back_is_not_approved: [
        ("an_ordinary_day", {"who": "editor", "where": 0, "what": "body"}),
        ("reject", {"who": "chief_editor", "where": 0, "http": False}),
        ("submit", {"who": "editor", "where": 0, "http": False}),
        ("switch_a_step_off", {"step": 1, "empty": False}),
    ],
}
