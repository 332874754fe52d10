"""What the newsroom tells people by mail: in the reader's language, once per person and event, through the outbox."""

from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import override
from post_office.models import PRIORITY, STATUS, Email
from wagtail.admin.mail import (
    GroupApprovalTaskStateSubmissionEmailNotifier,
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
)
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected
from wagtail.users.models import UserProfile

from editorial.authors import authors
from editorial.words import what_happens

PAGES_NAMED = 20  # pages that a mail lists one by one


class Outbox(BaseEmailBackend):
    """Writes mail to the database, in the transaction that causes it. The worker sends it.

    post_office has such a backend too, but it renders subject and text once more as Django templates: a page whose
    title contains `{%` would break the mail, and one with `{{` would leave a hole in it.
    """

    def send_messages(self, email_messages) -> int:
        for message in email_messages:
            html = [content for content, kind in getattr(message, "alternatives", ()) if kind == "text/html"]
            Email.objects.create(
                from_email=message.from_email,
                to=message.to,
                cc=message.cc,
                bcc=message.bcc,
                subject=" ".join(message.subject.split()),  # a line break in it would be a header of its own
                message=message.body,
                html_message=html[0] if html else "",
                headers=message.extra_headers,
                priority=PRIORITY.medium,
                status=STATUS.queued,
            )
        return len(email_messages)


def language_of(user) -> str:
    """The language a person reads: the one they have chosen, else the site's. Never that of whoever causes the mail."""
    return UserProfile.get_for_user(user).preferred_language or settings.LANGUAGE_CODE


def full_url(path: str) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{path}"


def edit_url(page) -> str:
    return full_url(reverse("wagtailadmin_pages:edit", args=[page.pk]))


def tell(people: Iterable, name: str, template: str = "", **context) -> int:
    """Puts one mail per person into the outbox. Returns how many.

    `name` chooses the templates `editorial/mail/<name>_subject.txt` and `editorial/mail/<name>.txt`; `template` is a
    prefix for those that stand elsewhere. Those who cannot sign in, or have no address, get nothing.
    """
    prefix = template or f"editorial/mail/{name}"
    told = {person for person in people if person and person.is_active and person.email}
    for person in sorted(told, key=lambda person: person.pk):
        with override(language_of(person)):
            values = {**context, "user": person, "site_name": settings.WAGTAIL_SITE_NAME}
            if page := context.get("page"):
                what_comes = partial(what_happens, page, context.get("step", ""))  # most mails do not ask
                values |= {"what_happens": SimpleLazyObject(what_comes), "edit_url": edit_url(page)}
            subject = render_to_string(f"{prefix}_subject.txt", values).strip()
            text = render_to_string(f"{prefix}.txt", values).strip()
        EmailMultiAlternatives(subject, text, to=[person.email], headers={"Auto-Submitted": "auto-generated"}).send()
    return len(told)


def caretakers(page, revision=None) -> set:
    """Who is told what became of a page: whoever is responsible for it; failing that, who sent in the revision."""
    stewardship = getattr(page, "stewardship", None)
    if stewardship and stewardship.responsible and stewardship.responsible.is_active:
        return {stewardship.responsible}
    author = revision.user if revision else page.owner
    return {author} if author else set()


def tell_about_problem(revision, reason: str) -> int:
    """Tells whoever is responsible that a scheduled page could not go out, and why. Returns the number of mails."""
    page = revision.content_object
    return tell(caretakers(page, revision), "schedule_problem", page=page, reason=reason)


def tell_about_publication(revision) -> int:
    """Tells whoever sent it in, and whoever is responsible, that a scheduled page is out. Returns the number of mails."""
    page = revision.content_object
    state = WorkflowState.objects.filter(task_states__revision=revision).order_by("-pk").first()
    submitter = {state.requested_by} if state else set()
    return tell(submitter | caretakers(page, revision), "published", page=page, url=page.full_url)


def tell_about_handover(successor, pages, leaver, by) -> int:
    """Tells someone which pages have become theirs."""
    url = f"{full_url(reverse('editorial_review'))}?responsible={successor.pk}"
    named, more = pages[:PAGES_NAMED], max(0, len(pages) - PAGES_NAMED)
    return tell({successor} - {by}, "handover", pages=named, more=more, leaver=leaver, by=by, url=url)


class InReadersLanguage:
    """Sends what Wagtail's notifiers decide by way of `tell`: theirs falls back on the language of whoever acts."""

    def send_notifications(self, template_set, context, recipients, **kwargs):
        context = {name: value for name, value in context.items() if name != "user"}
        tell(recipients, self.notification, template=template_set["text"].removesuffix(".txt"), **context)
        return True


class Submitted(InReadersLanguage, GroupApprovalTaskStateSubmissionEmailNotifier):
    """To those who may decide the step. Whoever wrote part of the text may not, so they are not asked."""

    def get_recipient_users(self, task_state, **kwargs):
        page = task_state.workflow_state.content_object
        return super().get_recipient_users(task_state, **kwargs).exclude(pk__in=authors(page)).distinct()

    def get_context(self, task_state, **kwargs):
        context = super().get_context(task_state, **kwargs)
        page = context["page"]
        compared = [page.pk, "live", "latest"]
        compare_url = (
            full_url(reverse("wagtailadmin_pages:revisions_compare", args=compared)) if page.live_revision_id else ""
        )
        requested_by = task_state.workflow_state.requested_by
        return context | {"requested_by": requested_by, "step": context["task"].name, "compare_url": compare_url}


class Approved(InReadersLanguage, WorkflowStateApprovalEmailNotifier):
    def can_handle(self, instance, **kwargs):
        """Not a workflow that ended without an approval, because its last step was switched off."""
        return super().can_handle(instance, **kwargs) and instance.status == WorkflowState.STATUS_APPROVED

    def get_context(self, workflow_state, **kwargs):
        page = type(workflow_state.content_object).objects.get(pk=workflow_state.object_id)  # as the approval left it
        approver = workflow_state.current_task_state.finished_by
        return super().get_context(workflow_state, **kwargs) | {
            "page": page,
            "approver": approver,
            "url": page.full_url,
        }


class Rejected(InReadersLanguage, WorkflowStateRejectionEmailNotifier):
    pass


submitted, approved, rejected = Submitted(), Approved(), Rejected()


def connect() -> None:
    """Puts our notifiers in the places of Wagtail's. Whichever app is ready first, each event keeps one receiver.

    Wagtail connects its own under these names when it is ready, and a name is connected once only. Of its two for a
    submission, the one to the superusers finds no reader: WAGTAILADMIN_NOTIFICATION_INCLUDE_SUPERUSERS is off.
    """
    group_event = "group_approval_task_submitted_email_notification"
    for signal, sender, name, notifier in (
        (task_submitted, TaskState, group_event, submitted),
        (workflow_approved, WorkflowState, "workflow_state_approved_email_notification", approved),
        (workflow_rejected, WorkflowState, "workflow_state_rejected_email_notification", rejected),
    ):
        signal.disconnect(sender=sender, dispatch_uid=name)
        signal.connect(notifier, sender=sender, dispatch_uid=name)
