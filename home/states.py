"""Texts on their way: one page for each state of the newsroom, brought there by the transitions that editors use."""

from datetime import timedelta

from django.utils import timezone
from post_office.models import STATUS, Email
from wagtail.models import Page

from core.guards import Refused
from home.rows import Builder

DAYS_AHEAD = 10  # how far ahead the scheduled page is
AUTHOR, EDITOR, REVIEWER, CHIEF = "skribent", "redaktor", "granskare", "utgivare"


def morning_ahead():
    """Half past seven, Swedish time, on the day that the scheduled page goes live."""
    day = timezone.localtime() + timedelta(days=DAYS_AHEAD)
    return day.replace(hour=7, minute=30, second=0, microsecond=0)


def submit(page, users: dict) -> None:
    page.get_workflow().start(page, users[AUTHOR])


def decide(page, user, action: str, comment: str = "") -> None:
    """Gives a verdict on the step that the page waits at. Raises Refused where the rules do not allow it."""
    state = Page.objects.get(pk=page.pk).specific.current_workflow_task_state
    if state is None:
        raise Refused(f"{page} is not under review")
    state.task.specific.on_action(state, user, action, comment=comment)


def bring_to(state: str, page, users: dict, comment: str = "") -> None:
    """Takes a draft from its author to `scheduled`, `in_review`, `second_step` or `sent_back`."""
    submit(page, users)
    if state in ("second_step", "scheduled"):
        decide(page, users[REVIEWER], "approve")
    if state == "scheduled":
        decide(page, users[CHIEF], "approve")
    if state == "sent_back":
        decide(page, users[REVIEWER], "reject", comment)


def draft_over(page, row: dict, user, builder: Builder) -> None:
    """Saves a newer draft of a live page: its text with a block added."""
    page.change_note, page.change_is_substantive = row["change_note"], row["change_is_substantive"]
    page.body = [*page.body.get_prep_value(), *builder.stream(page.body.stream_block, [row["added"]])]
    page.save_revision(user=user)


def forget_mail() -> None:
    """Takes the mails that the transitions have caused out of the outbox: nobody reads mail in Vätterlunda."""
    Email.objects.filter(status=STATUS.queued, to__contains="@vatterlunda.example").delete()
