from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedPage(models.Model):
    """Which page a row of an import became, by the source's own id: what makes an import repeatable and resumable."""

    source_id = models.CharField(max_length=200, unique=True)
    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, related_name="imported_from")
    checksum = models.CharField(max_length=64)
    imported_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("imported page")
        verbose_name_plural = _("imported pages")

    def __str__(self) -> str:
        return self.source_id
