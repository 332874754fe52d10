"""Releases: what goes live and down together, at one moment or not at all."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from editorial.pulse import back_off


class Release(models.Model):
    """A named set of publications and unpublications with a moment."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        DONE = "done", _("carried out")
        UNDONE = "undone", _("taken back")

    name = models.CharField(_("name"), max_length=120, help_text=_("For instance “The new curriculum”."))
    at = models.DateTimeField(_("moment"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    reason = models.TextField(_("reason"), blank=True, editable=False)
    problem = models.TextField(blank=True, editable=False)
    tries = models.PositiveIntegerField(default=0, editable=False)
    last_tried = models.DateTimeField(null=True, editable=False)
    looked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def try_again_at(self):
        """None before the first try."""
        return back_off(self.last_tried, self.tries) if self.tries else None


class ReleaseItem(models.Model):
    """What a release does to one page; once it is done, also what was live before."""

    class Kind(models.TextChoices):
        PUBLISH = "publish", _("goes live")
        UNPUBLISH = "unpublish", _("taken down")

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="items")
    page = models.ForeignKey("wagtailcore.Page", null=True, on_delete=models.SET_NULL, related_name="release_items")
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    revision = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+")
    own_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    problem = models.TextField(blank=True)
    previous = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+")
    was_live = models.BooleanField(default=False)
    is_first = models.BooleanField(default=False)
    change_note = models.CharField(max_length=255, blank=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("item of a release")
        verbose_name_plural = _("items of releases")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["page"], condition=Q(is_open=True), name="page_in_one_open_release")
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def open(cls):
        """What is still going to happen."""
        return cls.objects.filter(is_open=True)

    @property
    def publishes(self) -> bool:
        return self.kind == self.Kind.PUBLISH


def is_waiting(release: Release) -> bool:
    """Whether a release that failed waits for its next try."""
    return bool(release.try_again_at and release.try_again_at > timezone.now())
