"""Who wrote a revision, and what it was made from: what Wagtail's own table does not keep."""

import hashlib
import json

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

# Keys of a revision that are about the page's place, state and time. Everything else is its text.
BOOKKEEPING = {
    "pk", "path", "depth", "numchild", "url_path", "content_type", "translation_key", "locale", "alias_of", "owner",
    "draft_title", "live", "expired", "has_unpublished_changes", "latest_revision", "latest_revision_created_at",
    "live_revision", "first_published_at", "last_published_at", "go_live_at", "expire_at", "locked", "locked_at",
    "locked_by", "word_count", "comments", "wagtail_admin_comments",
}  # fmt: skip


class RevisionRecord(models.Model):
    """One row per revision: the one it was made from, and everyone whose text it holds that has not been approved."""

    revision = models.OneToOneField("wagtailcore.Revision", on_delete=models.CASCADE, related_name="record")
    parent = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+")
    authors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta:
        verbose_name = _("authorship of a revision")
        verbose_name_plural = _("authorships of revisions")

    def __str__(self) -> str:
        return str(self.revision_id)


def text_of(content: dict) -> dict:
    """The part of a revision's content that readers see. The keys of child rows are no text either: saving assigns them."""
    return {name: _without_keys(value) for name, value in content.items() if name not in BOOKKEEPING}


def _without_keys(value):
    if isinstance(value, list) and value and all(isinstance(row, dict) and "pk" in row for row in value):
        return [{name: part for name, part in row.items() if name != "pk"} for row in value]
    return value


def fingerprint(content: dict) -> str:
    """A short hash of the text of a revision. Equal for two revisions in which readers would see no difference."""
    text = json.dumps(text_of(content), cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
