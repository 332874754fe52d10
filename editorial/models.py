import hashlib
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask

from editorial import task as rules
from editorial.bin import BinnedPage
from editorial.publications import Publication
from editorial.pulse import Attempt, Digest, Lease, Reminder, ScheduleProblem, Worker
from editorial.release_models import Release, ReleaseItem
from editorial.settlement import Settlement

__all__ = [
    "AfterReview", "Attempt", "BinnedPage", "CalendarToken", "Digest", "FourEyesTask", "Lease", "Publication", "Release", "ReleaseItem", "Reminder", "ScheduleProblem", "SchoolPeriod", "Settlement", "TakedownRequest",
    "Worker",
]  # fmt: skip


class FourEyesTask(AbstractGroupApprovalTask):
    """A step that is taken by someone who wrote none of the text. The rules are in `editorial/task.py`."""

    class Meta:
        verbose_name = _("approval by someone else")
        verbose_name_plural = _("approvals by someone else")

    @classmethod
    def get_description(cls):
        return _("Members of the chosen groups can approve, except those who wrote the text")

    def start(self, workflow_state, user=None):
        """Starts this step, or the first of the workflow that has not approved the latest text: steps are taken in order."""
        workflow_state.content_object.refresh_from_db(fields=["latest_revision"])
        first = workflow_state.get_next_task()
        if first and first.pk != self.pk:
            return first.specific.start(workflow_state, user=user)
        rules.begin(workflow_state)
        return super().start(workflow_state, user=user)

    def get_actions(self, obj, user):
        return rules.actions(self, obj, user, super().get_actions(obj, user))

    def get_form_for_action(self, action):
        return rules.form_for(self, action)

    def get_template_for_action(self, action):
        return "editorial/workflow_action_modal.html"

    @transaction.atomic
    def on_action(self, task_state, user, action_name, **kwargs):
        return rules.decide(self, task_state, user, action_name, super().on_action, **kwargs)


class SchoolPeriod(models.Model):
    """A stretch of the school's year that stands behind the plan: a term, a break, days without pupils."""

    class Kind(models.TextChoices):
        TERM = "term", _("term")
        BREAK = "break", _("break")
        OTHER = "other", _("other days")

    name = models.CharField(_("name"), max_length=80, help_text=_("For instance “Autumn break”."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.BREAK)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("term or break")
        verbose_name_plural = _("terms and breaks")
        ordering = ["first_day", "last_day"]

    def __str__(self) -> str:
        return self.name

    def clean(self):
        super().clean()
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": _("The last day cannot be before the first.")})


class AfterReview(models.Model):
    """A forced publication that someone else still has to look at."""

    reason = models.TextField(_("reason"))
    forced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("published by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("published"), auto_now_add=True)
    pages = models.ManyToManyField("wagtailcore.Page", verbose_name=_("pages"), related_name="after_reviews")
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name=_("written by"), related_name="+")
    findings = models.TextField(_("what publication demands and these pages lack"), blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewed by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    done_at = models.DateTimeField(_("reviewed"), null=True, blank=True)

    class Meta:
        verbose_name = _("after-review")
        verbose_name_plural = _("after-reviews")
        ordering = ["-created_at"]
        permissions = [("force_publish", _("Can publish past the workflow, with a reason"))]

    def __str__(self) -> str:
        return self.reason


class TakedownRequest(models.Model):
    """Somebody asks the chief editors to take a page away from its readers. The title stays when the page is gone."""

    class Kind(models.TextChoices):
        UNPUBLISH = "unpublish", _("unpublish")
        DELETE = "delete", _("delete")

    page = models.ForeignKey(
        "wagtailcore.Page", verbose_name=_("page"), null=True, on_delete=models.SET_NULL, related_name="takedowns"
    )
    title = models.CharField(_("title"), max_length=300)
    kind = models.CharField(_("what is asked for"), max_length=10, choices=Kind.choices, default=Kind.UNPUBLISH)
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    granted = models.BooleanField(_("granted"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to take down")
        verbose_name_plural = _("requests to take down")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return self.title


class CalendarToken(models.Model):
    """What opens a person's feed. The database keeps a hash: whoever reads it cannot read the plan."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_token")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.user)

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(cls, user) -> str:
        """A new token, which is shown this once. One that the person had before opens nothing any more."""
        token = secrets.token_urlsafe(32)
        values = {"digest": cls.digest_of(token), "issued_at": timezone.now()}
        cls.objects.update_or_create(user=user, defaults=values)
        return token

    @classmethod
    def holder(cls, token: str):
        """Whoever the token belongs to, if they can sign in to the newsroom; else None."""
        user = get_user_model().objects.filter(calendar_token__digest=cls.digest_of(token), is_active=True).first()
        return user if user and user.has_perm("wagtailadmin.access_admin") else None
