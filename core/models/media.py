from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class StandsOnPages:
    """A file whose replacement changes the pages it stands on, past their review. Whoever answers for the rules is told."""

    def save(self, *args, **kwargs):
        from core.guards import policy  # which knows the models

        before = type(self).objects.filter(pk=self.pk).values_list("file", flat=True).first()
        super().save(*args, **kwargs)
        if before and before != self.file.name and (rules := policy()):
            rules.replaced(self)


class CustomImage(StandsOnPages, AbstractImage):
    """An uploaded picture. Alt text is given per use, never here: the same picture says different things in different places."""

    credit = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("Who made the picture, as it should be shown.")
    )
    ai_generated = models.BooleanField(
        _("AI-generated"), default=False, help_text=_("Readers see the label “AI-generated image”.")
    )

    admin_form_fields = (*Image.admin_form_fields, "credit", "ai_generated")

    class Meta(AbstractImage.Meta):
        indexes = [models.Index(fields=["file"], name="image_by_file")]
        verbose_name = _("image")
        verbose_name_plural = _("images")


class CustomRendition(AbstractRendition):
    image = models.ForeignKey(CustomImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)
        indexes = [models.Index(fields=["file"], name="rendition_by_file")]  # each picture that is sent is looked up


class CustomDocument(StandsOnPages, AbstractDocument):
    """A file to take along. Format and size are read off the file, the language is stated."""

    language = models.CharField(
        _("language"), max_length=5, default="sv", choices=[("sv", _("Swedish")), ("en", _("English"))]
    )

    admin_form_fields = (*Document.admin_form_fields, "language")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    @property
    def format(self) -> str:
        """File type in capitals, e.g. `PDF`."""
        return self.file_extension.upper()
