"""A finding of the checklist that someone has answered for."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Settlement(models.Model):
    """Why what a rule has found on a page may stand. Holds as long as the finding is the same (`mark`)."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="settlements")
    rule = models.CharField(max_length=40)
    mark = models.CharField(max_length=32)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("settled finding")
        verbose_name_plural = _("settled findings")
        constraints = [models.UniqueConstraint(fields=["page", "rule"], name="one_settlement_per_rule")]

    def __str__(self) -> str:
        return f"{self.page_id}, {self.rule}: {self.reason}"
