"""The rules of an approval: not by those who wrote it, once, of a text that was seen, and only of a page that can be published.

What Wagtail offers (`actions`) and what it does (`decide`) follow the same rules: a button that is absent can still be
pressed by a request.
"""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.forms import TaskStateCommentForm
from wagtail.log_actions import log
from wagtail.models import Revision, Task, TaskState, WorkflowState

from core.forms import whole_minutes
from core.guards import Refused, authorised_publication, head_of
from core.models.revisions import fingerprint
from core.times import ClockField
from editorial.authors import authors, contribution
from editorial.checklist import check

AT_PROPOSED_TIME, NOW, AT_OTHER_TIME = "proposed", "now", "other"
MAX_FIELDS = 3
VERDICTS = {
    TaskState.STATUS_APPROVED: pgettext_lazy("verdict", "approved"),
    TaskState.STATUS_REJECTED: pgettext_lazy("verdict", "sent back"),
}


class VerdictForm(TaskStateCommentForm):
    """A comment, and which text the verdict is about: the revision that was on the screen and the hash of its text."""

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    fingerprint = forms.CharField(required=False, widget=forms.HiddenInput)


class LastApprovalForm(VerdictForm):
    """The last step also decides when the page goes live."""

    when = forms.ChoiceField(
        label=gettext_lazy("Publish"),
        choices=[
            (AT_PROPOSED_TIME, gettext_lazy("at the time that is proposed, or at once if none is")),
            (NOW, gettext_lazy("now")),
            (AT_OTHER_TIME, gettext_lazy("at another time")),
        ],
        initial=AT_PROPOSED_TIME,
        required=False,
        widget=forms.RadioSelect,
    )
    at = ClockField(label=gettext_lazy("Time"), required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("when") == AT_OTHER_TIME and "at" not in self.errors:
            if not cleaned.get("at"):
                self.add_error("at", _("Give the time."))
            elif cleaned["at"] <= timezone.now():
                self.add_error("at", _("That time has passed. Choose a later one, or “now”."))
        # The editor hands the answer on as JSON.
        cleaned["at"] = cleaned["at"].isoformat() if cleaned.get("at") else ""
        return cleaned


def why_barred(page, user) -> str:
    """Why this person may not approve the page as it stands, in words; an empty string if they may."""
    own = contribution(page, user)
    if own is None:
        return ""
    day = date_format(timezone.localtime(own.when), "l j F H.i")
    fields = ", ".join(own.fields[:MAX_FIELDS])
    if fields:
        return _("You changed %(fields)s (%(day)s). Ask someone else to approve it.") % {"fields": fields, "day": day}
    return _("You wrote this text (%(day)s). Ask someone else to approve it.") % {"day": day}


def what_is_missing(page) -> list[str]:
    """What publication demands and the latest text lacks, in words."""
    latest = page.get_latest_revision_as_object()
    if stops := check(latest).stops():
        return stops
    try:
        latest.full_clean()
    except ValidationError as error:
        named = {name: _label(latest, name) for name in error.message_dict}
        return [f"{named[name]}: {text}".strip(": ") for name, texts in error.message_dict.items() for text in texts]
    return []


def _label(page, name: str) -> str:
    return str(page._meta.get_field(name).verbose_name) if name != NON_FIELD_ERRORS else ""


def begin(workflow_state) -> None:
    """Lets a text that is sent in, for the first time or after it came back, begin its round. Raises Refused.

    A round that starts over because somebody has saved a draft goes on: the draft may lack something until it is approved.
    """
    last = workflow_state.task_states.order_by("pk").last()
    is_sent_in = last is None or last.status == TaskState.STATUS_REJECTED
    if is_sent_in and (missing := what_is_missing(workflow_state.content_object.specific)):
        raise Refused(_("The page cannot be sent in yet: %(missing)s") % {"missing": "; ".join(missing)})


def objection(page, user, action: str) -> str:
    """Why this person cannot give this verdict on the page now, in words; an empty string if they can."""
    if reason := decided(page):
        return reason
    task = page.current_workflow_task
    if not is_member(task, user):
        return _("This step is for %(groups)s.") % {"groups": ", ".join(task.groups.values_list("name", flat=True))}
    if action != "approve":
        return ""
    if reason := why_barred(page, user):
        return reason
    if missing := what_is_missing(page):
        return _("The page cannot be published yet: %(missing)s") % {"missing": "; ".join(missing)}
    return ""


def decided(page, seen: str = "") -> str:
    """Who has decided already what someone gives a verdict about, and how; an empty string while it is open.

    `seen` is the key of the step that was on the screen: a verdict about one step is never taken for one about the next.
    """
    states = TaskState.objects.for_instance(page)
    if page.current_workflow_task_state is None:
        last = states.exclude(finished_at=None).order_by("finished_at").last()
        return decided_by(last) if last else _("The page is not under review.")
    earlier = states.filter(pk=seen, status__in=VERDICTS).first() if seen.isdecimal() else None
    return decided_by(earlier) if earlier else ""


def decided_by(state) -> str:
    name = state.finished_by or _("someone else")
    if state.status in VERDICTS:
        return _("This was already decided by %(name)s: %(verdict)s.") % {
            "name": name,
            "verdict": VERDICTS[state.status],
        }
    return _("This was already decided by %(name)s.") % {"name": name}


def is_member(task, user) -> bool:
    """Whether the step is open to this person. Asks anew each time: rights that are taken away are gone at once."""
    return user.is_active and (user.is_superuser or task.groups.filter(user=user).exists())


def actions(task, page, user, offered: list) -> list:
    """The actions that Wagtail offers, without those this person may not take."""
    if not offered:
        return []
    sendback = [action for action in offered if action[0] != "approve"]
    specific = page.specific
    if user.pk in authors(specific) or what_is_missing(specific):
        return sendback
    last = ends_workflow(task)
    approve = _("Approve and publish") if last else _("Approve")
    with_comment = _("Approve with a comment or another time") if last else _("Approve with a comment")
    # What has to be chosen or looked at once more is asked for in the dialogue; there is no short cut round it.
    must_ask = has_changed_since(specific) or (last and proposed_time_has_passed(specific))
    return [*sendback, *([] if must_ask else [("approve", approve, False)]), ("approve", with_comment, True)]


def has_changed_since(page) -> bool:
    """Whether the text under review is no longer the one that was sent in."""
    state = page.current_workflow_task_state
    if state is None or state.revision_id == page.latest_revision_id:
        return False
    return fingerprint(state.revision.content) != fingerprint(page.get_latest_revision().content)


def ends_workflow(task) -> bool:
    """Whether an approval of this step is the last one. Steps are always taken in order (see `FourEyesTask.start`)."""
    steps = [workflow.tasks.filter(active=True).last() for workflow in task.active_workflows]
    return any(step and step.pk == task.pk for step in steps)


def form_for(task, action: str):
    """The form of an action."""
    return LastApprovalForm if action == "approve" and ends_workflow(task) else VerdictForm


def locked(task_state) -> TaskState:
    """The task state, held until the end of this transaction so that a second verdict waits for the first.

    Its page has to be held before (`head_of`). Raises Refused when the verdict has been given.
    """
    states = TaskState.objects.filter(pk=task_state.pk)
    if connection.in_atomic_block and connection.features.has_select_for_update:
        states = states.select_for_update()
    current = states.get()
    if current.status != TaskState.STATUS_IN_PROGRESS:
        raise Refused(decided_by(current))
    return current


def decide(
    task,
    task_state,
    user,
    action: str,
    proceed,
    *,
    comment="",
    when="",
    at="",
    revision=None,
    fingerprint="",
    **_ignored,
):
    """Carries out a verdict, or raises Refused with the reason in the words that its reader needs.

    `revision` and `fingerprint` say which text was on the screen, `when` and `at` (a moment, or its ISO form) when the
    page is to go live; only the last approval looks at the latter two.
    """
    page = task_state.workflow_state.content_object.specific
    head = head_of(page)
    current = locked(task_state)
    page.refresh_from_db()
    if reason := objection(page, user, action):
        raise Refused(reason)
    if action == "approve":
        decide_on(current, Revision.objects.get(pk=head), revision, fingerprint)
        if ends_workflow(task):
            choose_time(page, user, when, at)
    task_state.refresh_from_db()
    return proceed(task_state, user, action, comment=comment or "")


def decide_on(state, latest, seen_revision, seen_fingerprint: str) -> None:
    """Makes the verdict one about the latest text, if that is what was looked at. Raises Refused otherwise."""
    text = fingerprint(latest.content)
    looked_at = Revision.objects.filter(pk=seen_revision or state.revision_id).first()
    unchanged = looked_at and (looked_at.pk == latest.pk or fingerprint(looked_at.content) == text)
    if not unchanged or (seen_fingerprint and seen_fingerprint != text):
        name = latest.user or _("Someone else")
        raise Refused(
            _("%(name)s has changed the text since you opened it. Look at it again before you approve it.")
            % {"name": name}
        )
    if state.revision_id != latest.pk:
        TaskState.objects.filter(pk=state.pk).update(revision=latest)


def proposed_time(page) -> datetime | None:
    """The time that the latest text proposes. The time at which the live text once went public proposes nothing."""
    time = page.get_latest_revision().as_object().go_live_at
    is_old = page.live and time and page.go_live_at and abs(time - page.go_live_at) < timedelta(seconds=1)
    return None if is_old else time


def proposed_time_has_passed(page) -> bool:
    time = proposed_time(page)
    return bool(time and time <= timezone.now())


def choose_time(page, user, when: str, at) -> None:
    """Applies the approver's choice of time to the revision that is about to be approved. Raises Refused."""
    if when == NOW:
        return set_time(page, user, None)
    if when == AT_OTHER_TIME:
        moment = _moment(at)
        if moment is None or moment <= timezone.now():
            raise Refused(_("That time has passed. Choose a later one, or “now”."))
        return set_time(page, user, moment)
    if proposed_time_has_passed(page):
        raise Refused(_("The proposed time has passed. Choose “now” or another time."))


def _moment(at) -> datetime | None:
    try:
        moment = ClockField(required=False).clean(at)
    except ValidationError:
        return None
    return whole_minutes(moment)


def set_time(page, user, moment: datetime | None) -> None:
    """Changes when the latest revision goes live; None is at once. The text stays as it is."""
    revision = page.get_latest_revision()
    before = revision.content.get("go_live_at")
    after = moment.isoformat() if moment else None
    if before == after:
        return
    content = {**revision.content, "go_live_at": after}
    scheduled = moment if revision.approved_go_live_at else None
    Revision.objects.filter(pk=revision.pk).update(content=content, approved_go_live_at=scheduled)
    log(instance=page, action="editorial.time", user=user, revision=revision, data={"before": before, "after": after})


def conclude(workflow_state, user=None) -> None:
    """Publishes what a workflow has approved: exactly that revision, now or at its time.

    Wagtail comes here when no step is left, whatever the reason: also when a step is switched off, or a workflow has
    none. Then nobody has approved anything, or a step has sent this very text back, and the page goes back to its author.
    """
    page = workflow_state.content_object.specific
    head = head_of(page)
    page.refresh_from_db()
    steps = set(
        Task.objects.filter(workflow_tasks__workflow=workflow_state.workflow, active=True).values_list("pk", flat=True)
    )
    verdicts = standing(workflow_state, head)
    taken = {verdict.task_id: verdict.finished_by_id for verdict in verdicts if verdict.finished_by_id}
    was_sent_back = any(verdict.status == TaskState.STATUS_REJECTED for verdict in verdicts)
    if not steps or steps - set(taken) or was_sent_back or authors(page) & set(taken.values()):
        return send_back(workflow_state, page, user)
    try:
        with authorised_publication():
            Revision.objects.get(pk=head).publish(user=user)
    except ValidationError as error:
        raise Refused(
            _("The page cannot be published yet: %(missing)s") % {"missing": "; ".join(error.messages)}
        ) from error


def standing(workflow_state, revision_id: int) -> list[TaskState]:
    """What each step has said of a revision last, also a step that is switched off by now."""
    said = TaskState.objects.filter(
        workflow_state=workflow_state,
        revision=revision_id,
        status__in=(TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED),
    )
    return list({verdict.task_id: verdict for verdict in said.order_by("finished_at", "pk")}.values())


def send_back(workflow_state, page, user) -> None:
    """Ends a workflow that nobody has approved, without publishing."""
    workflow_state.status = WorkflowState.STATUS_CANCELLED
    workflow_state.save()
    log(instance=page, action="editorial.not_approved", user=user, revision=page.get_latest_revision())
