import secrets
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(days=2 * 365)  # what the form promises
ANSWER_WITHIN = timedelta(days=14)  # what the statement promises
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what is misread over the telephone


def case_number() -> str:
    """A number to refer to: the year and five characters, e.g. `2026-K7M2P`."""
    return f"{timezone.localdate().year}-" + "".join(secrets.choice(ALPHABET) for _index in range(5))


class BarrierReportQuerySet(models.QuerySet):
    def overdue(self):
        """Reports that should have been answered by now."""
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        return self.filter(handled_at=None, created_at__lt=midnight - ANSWER_WITHIN)


class BarrierReport(models.Model):
    """What a reader could not use. Kept without address or browser; the e-mail address only if it was given."""

    case = models.CharField(_("case number"), max_length=12, unique=True, default=case_number, editable=False)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    address = models.CharField(_("which page"), max_length=500, blank=True)
    description = models.TextField(_("what did not work"), max_length=4000)
    email = models.EmailField(_("e-mail for an answer"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="sv")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who answers"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    handled_at = models.DateTimeField(_("answered"), null=True, blank=True)
    handling = models.TextField(_("answer"), blank=True)

    objects = BarrierReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported barrier")
        verbose_name_plural = _("reported barriers")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.case

    @property
    def due_on(self) -> date:
        """The day by which whoever reported it has an answer."""
        return timezone.localdate(self.created_at) + ANSWER_WITHIN

    @property
    def state(self) -> str:
        """Where the report is on its way to an answer."""
        if self.handled_at:
            return _("answered")
        return _("in hand") if self.owner_id else _("new")

    @property
    def is_overdue(self) -> bool:
        return self.handled_at is None and self.due_on < timezone.localdate()
