import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what is misread over the telephone


def case_number() -> str:
    """A number to refer to: the year and five characters, e.g. `2026-K7M2P`."""
    return f"{timezone.localdate().year}-" + "".join(secrets.choice(ALPHABET) for _index in range(5))


class BarrierReport(models.Model):
    """What a reader could not use. Kept without address or browser; the e-mail address only if it was given."""

    case = models.CharField(_("case number"), max_length=12, unique=True, default=case_number, editable=False)
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    address = models.CharField(_("which page"), max_length=500, blank=True)
    description = models.TextField(_("what did not work"), max_length=4000)
    email = models.EmailField(_("e-mail for an answer"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="sv")
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)
    handling = models.TextField(_("what was done"), blank=True)

    class Meta:
        verbose_name = _("reported barrier")
        verbose_name_plural = _("reported barriers")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.case
