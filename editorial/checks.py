"""What would silently open or lock the door: a language without a workflow, a step that nobody can take."""

from django.core import checks
from django.db import DatabaseError

from editorial.models import FourEyesTask
from editorial.roles import locale_roots


def workflow_problems() -> list[str]:
    """In words: start pages without an active workflow, workflows without a step, steps without anyone to take them."""
    problems = []
    workflows = {}
    for root in locale_roots():
        workflow = root.get_workflow()
        if workflow is None:
            problems.append(f"The start page “{root}” ({root.locale.language_code}) has no active workflow.")
        else:
            workflows[workflow.pk] = workflow
    for workflow in workflows.values():
        steps = list(workflow.tasks.filter(active=True))
        if not steps:
            problems.append(f"The workflow “{workflow}” has no active step.")
        for step in steps:
            if not isinstance(step.specific, FourEyesTask):
                problems.append(f"The step “{step}” lets people approve what they wrote themselves.")
            groups = getattr(step.specific, "groups", None)
            if groups is not None and not groups.filter(user__is_active=True).exists():
                problems.append(f"Nobody can take the step “{step}”: its groups have no active member.")
    return problems


def check_workflows(app_configs=None, databases=None, **kwargs) -> list:
    if not databases:
        return []
    try:
        return [checks.Warning(problem, id="editorial.W001", hint="manage.py roles") for problem in workflow_problems()]
    except DatabaseError:
        return []  # before the first migration there is nothing to look at


def connect() -> None:
    checks.register(check_workflows, checks.Tags.database)
