"""What was live before each publication: what taking it back brings back."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

TAKEN_BACK_WITHIN = timedelta(minutes=10)


class PublicationQuerySet(models.QuerySet):
    def open(self):
        """Those that can still be taken back: lately done, and still what readers see."""
        recent = self.filter(at__gt=timezone.now() - TAKEN_BACK_WITHIN, undone_at=None)
        return recent.filter(page__live=True, page__live_revision=F("revision")).order_by("-at", "-pk")


class Publication(models.Model):
    """A revision went live, and somebody answers for it: whoever published it, or gave the last approval."""

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="publications")
    revision = models.ForeignKey("wagtailcore.Revision", on_delete=models.CASCADE, related_name="+")
    previous = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.CASCADE, related_name="+")
    is_first = models.BooleanField()
    change_note = models.CharField(max_length=255, blank=True)
    changed_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        indexes = [models.Index(fields=["at"], name="publication_at")]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.revision_id}"

    @property
    def until(self):
        """The moment after which it stays."""
        return self.at + TAKEN_BACK_WITHIN
