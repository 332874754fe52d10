"""Who wrote a revision, and what it was made from: what Wagtail's own table does not keep."""

import hashlib
import json
from html.parser import HTMLParser

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
# Of rows and blocks; their order says the rest.
ROW_KEYS = {"pk", "id", "sort_order"}


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
    """The part of a revision's content that readers see, in a form in which equal texts are equal.

    Saving a page from the editor gives keys to child rows, blocks and paragraphs, and writes the same HTML and the same
    numbers in another way.
    """
    return {name: canonical(value) for name, value in content.items() if name not in BOOKKEEPING}


def canonical(value):
    """A value without keys, empty parts and the accidents of HTML."""
    if isinstance(value, dict):
        parts = {name: canonical(part) for name, part in value.items() if name not in ROW_KEYS}
        return {name: part for name, part in parts.items() if part or (part == 0 and part is not False)}
    if isinstance(value, list):
        items = [canonical(item) for item in value]
        return items if _is_ordered(value) else sorted(items, key=_as_json)
    if isinstance(value, float) and value.is_integer():
        return int(value)  # a column of numbers in a table
    if not isinstance(value, str):
        return value
    if value[:1] in ("[", "{"):
        try:
            return canonical(json.loads(value))  # the stored form of a stream
        except ValueError:
            pass
    text = value.replace("\r\n", "\n").strip()
    return _Canonical.of(text) if "<" in text or "&" in text else text


def _is_ordered(items: list) -> bool:
    """Whether the order of a list says something: not for ticked boxes, keys of related rows, or rows that keep none."""
    return not all(
        isinstance(item, int | str) or (isinstance(item, dict) and "pk" in item and "sort_order" not in item)
        for item in items
    )


def _as_json(value) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True)


class _Canonical(HTMLParser):
    """Reads HTML into one form: attributes in order, synonyms as one, nothing that shows nothing."""

    SYNONYMS = {"strong": "b", "em": "i"}

    @classmethod
    def of(cls, text: str) -> str:
        reader = cls(convert_charrefs=True)
        reader.parts: list[str] = []
        reader.feed(text)
        reader.close()
        parts = reader.parts
        if parts[:1] == ["<p>"] and parts[-1:] == ["</p>"] and parts.count("<p>") == 1:
            parts = parts[1:-1]  # a single paragraph may stand without its tag
        return "".join(parts)

    def handle_starttag(self, tag, attrs):
        kept = "".join(f" {name}={value!r}" for name, value in sorted(attrs) if name != "data-block-key")
        self.parts.append(f"<{self.SYNONYMS.get(tag, tag)}{kept}>")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        tag = self.SYNONYMS.get(tag, tag)
        if self.parts and self.parts[-1] == f"<{tag}>":
            self.parts.pop()
        else:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data):
        if data.strip():
            self.parts.append(data)


def fingerprint(content: dict) -> str:
    text = _as_json(canonical(text_of(content)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
