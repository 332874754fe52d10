"""A superuser may publish past the workflow, from Wagtail's form or by any other way, but not without standing out in the log."""

from functools import wraps

from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.log_actions import log

from core.guards import PAST_THE_WORKFLOW, goes_past_the_workflow

SCHEDULED = "editorial.schedule.superuser"


def connect() -> None:
    execute, log_schedule = PublishPageRevisionAction.execute, PublishPageRevisionAction.log_scheduling_action

    @wraps(execute)
    def named(self, *args, **kwargs):
        if self.log_action is True and goes_past_the_workflow(self.object):
            self.log_action = PAST_THE_WORKFLOW
        return execute(self, *args, **kwargs)

    @wraps(log_schedule)
    def noted(self):
        log_schedule(self)
        if self.log_action == PAST_THE_WORKFLOW:
            log(instance=self.object, action=SCHEDULED, user=self.user, revision=self.revision)

    PublishPageRevisionAction.execute, PublishPageRevisionAction.log_scheduling_action = named, noted
