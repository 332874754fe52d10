"""Who wrote what is not yet public, and which part of it."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist
from wagtail_localize.models import StringTranslation

from core.guards import unpublished_revisions
from core.models.revisions import RevisionRecord, text_of


@dataclass(frozen=True)
class Contribution:
    """What a person did to the text last: which fields, and when."""

    user: object
    fields: tuple[str, ...]
    when: datetime


def translated_strings(page):
    """Translations of single strings that have been written since the live revision; they reach the page on its next save."""
    strings = StringTranslation.objects.filter(
        locale_id=page.locale_id, context__object_id=page.translation_key, last_translated_by__isnull=False
    )
    return strings.filter(updated_at__gt=page.live_revision.created_at) if page.live and page.live_revision else strings


def authors(page) -> set[int]:
    """The keys of everyone who wrote anything since the live revision: revisions, parts of them, translated strings."""
    revisions = unpublished_revisions(page)
    recorded = RevisionRecord.objects.filter(revision__in=revisions)
    writers = set(recorded.filter(authors__isnull=False).values_list("authors", flat=True))
    writers |= set(revisions.filter(record=None, user__isnull=False).values_list("user_id", flat=True))
    return writers | set(translated_strings(page).values_list("last_translated_by_id", flat=True))


def contribution(page, user) -> Contribution | None:
    """The last thing a user wrote since the live revision, or None."""
    if user.pk not in authors(page):
        return None
    own = unpublished_revisions(page).filter(record__authors=user) | unpublished_revisions(page).filter(
        record=None, user=user
    )
    own = own.select_related("record__parent")
    revision = own.filter(user=user).last() or own.last()
    if revision is None:
        string = translated_strings(page).filter(last_translated_by=user).latest("updated_at")
        return Contribution(user, (), string.updated_at)
    before = revision.record.parent if hasattr(revision, "record") and revision.user_id == user.pk else None
    return Contribution(user, changed_fields(page, before, revision), revision.created_at)


def changed_fields(page, before, after) -> tuple[str, ...]:
    """The names, as an editor sees them, of the fields that differ between two revisions. None for the first one."""
    if before is None:
        return ()
    old, new = text_of(before.content), text_of(after.content)
    return tuple(_label(page, name) for name in new if new[name] != old.get(name))


def _label(page, name: str) -> str:
    try:
        field = page._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    label = getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural
    return str(label)
