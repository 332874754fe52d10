"""What happens when a workflow has ended. Imports no models: Wagtail loads this before its own."""


def finish_workflow(workflow_state, user=None):
    """Publishes the approved revision, now or at its time; see `editorial.task.conclude`."""
    from editorial.task import conclude

    conclude(workflow_state, user)
