"""What `core.guards` asks: where does a workflow decide, and what becomes of an attempt to publish round it?"""

from wagtail.models import Page, TaskState, WorkflowPage, WorkflowState

from editorial import release
from editorial import task as rules
from editorial.authors import authors
from editorial.checklist import check
from editorial.replaced import flag


class WorkflowPolicy:
    """Publication is decided by the workflow that is assigned to the page or to something above it."""

    def applies_to(self, page) -> bool:
        """True where a workflow is assigned, active or not: switching one off must not open the door."""
        if not page.path:
            return True
        line = [page.path[:end] for end in range(page.steplen, len(page.path) + 1, page.steplen)]
        return WorkflowPage.objects.filter(page__path__in=line).exists()

    def submit(self, page, revision, user) -> None:
        """Sends the page to its workflow in the user's name. One that is on its way already goes on with the new text."""
        page = Page.objects.get(pk=page.pk).specific
        workflow, state = page.get_workflow(), page.current_workflow_state
        if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
            state.resume(user)
        elif workflow and state is None:
            workflow.start(page, user)

    def revised(self, page, revision, user) -> None:
        """The steps that approved the text before this one have to be taken again.

        A step that is the first anyway goes on: its verdict will be about the text that its reader has seen.
        """
        state = WorkflowState.objects.for_instance(page).filter(status=WorkflowState.STATUS_IN_PROGRESS).first()
        if state is None or state.current_task_state is None:
            return
        first = state.workflow.tasks.filter(active=True).first()
        if first and state.current_task_state.task_id != first.pk:
            TaskState.objects.filter(pk=state.current_task_state_id).first().specific.cancel(user=user)

    def saved_again(self, page, before, revision) -> None:
        """What was said of the text holds for its new version. Wagtail asks for the approvals of the latest revision alone."""
        TaskState.objects.filter(workflow_state=page.current_workflow_state, revision=before).update(revision=revision)

    def lock(self, page):
        return release.lock_of(page)

    def writers(self, page) -> set[int]:
        return authors(page)

    def replaced(self, file) -> None:
        flag(file)

    def stops(self, page) -> list[str]:
        return check(page).stops(except_for=lambda rule: rule.code == "responsible")

    def objection(self, page, user, action: str) -> str:
        return rules.objection(page, user, action)

    def decided(self, page, seen: str) -> str:
        return rules.decided(page, seen)
