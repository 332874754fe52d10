"""Words that are carried into another page are still the words of those who wrote them.

Wagtail copies texts and forgets whose they are. Here each way from one page to another is followed by a note on the
version that came of it: whoever wrote what is not public there may not approve it here.
"""

from datetime import datetime
from functools import wraps

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Page, Revision
from wagtail_localize.models import TranslationSource

from core.guards import Refused, policy, record, unpublished_revisions, writers_behind
from core.models.revisions import text_of


def writers_of(page) -> set[int]:
    """The keys of those whose words a page holds that are not public. A mirror has those of its original."""
    while page.alias_of_id:
        if page.live:
            return set()
        page = page.alias_of
    rules = policy()
    return rules.writers(page) if rules else writers_behind(page.get_latest_revision())


def writers_at(page, moment: datetime) -> set[int]:
    """The keys of those whose words a page held at a moment that were not public."""
    revisions = Revision.objects.for_instance(page).filter(created_at__lte=moment)
    return writers_behind(revisions.order_by("pk").last())


def demand_writers(page) -> None:
    """Raises Refused where a page that is not public has words that no version has: nobody knows who wrote them."""
    page = page.specific_class.objects.get(pk=page.pk)
    if page.live or page.alias_of_id:
        return
    unknown = text_of(page.serializable_data())
    for revision in Revision.objects.for_instance(page).order_by("-pk").iterator(chunk_size=10):
        known = text_of(revision.content)
        unknown = {name: value for name, value in unknown.items() if value and value != known.get(name)}
        if not unknown:
            return
    raise Refused(
        _(
            "A program has changed “%(page)s”, and no version has that text. Open the page, check it and save it: then it"
            " can be copied and translated."
        )
        % {"page": page.title}
    )


def note(page, writers: set[int]) -> None:
    """Adds writers to the latest version of a page."""
    revision = Page.objects.get(pk=page.pk).get_latest_revision()
    if revision and writers:
        record(revision, parent=None, user=None).authors.add(*writers)


def note_history(page, copy) -> None:
    """Notes who wrote the versions that came along with a copy.

    Those that are older than what was public are read in nobody's name until they are restored: then their originals
    tell whose they are.
    """
    originals = {revision.created_at: revision for revision in page.revisions.select_related("record").defer("content")}
    unpublished = set(unpublished_revisions(page).values_list("pk", flat=True))
    came_of = {}
    for revision in copy.revisions.filter(record=None).order_by("pk").defer("content"):
        original = originals[revision.created_at]
        if original.pk not in unpublished:
            record(revision, parent=original, user=None)
            continue
        known = getattr(original, "record", None)
        parent = known.parent_id if known else None
        row = record(revision, parent=came_of.get(parent) or originals.get(parent), user=None)
        row.authors.set(known.authors.all() if known else {original.user_id} - {None})
        came_of[original.pk] = revision


def copy_page(act, action, page, *args, **kwargs):
    demand_writers(page)
    writers = writers_of(page)
    copy = act(action, page, *args, **kwargs)
    note_history(page, copy)
    note(copy, writers)
    return copy


def create_alias(act, action, page, *args, **kwargs):
    demand_writers(page)
    return act(action, page, *args, **kwargs)


@transaction.atomic
def convert_alias(act, action, page, *args, **kwargs):
    writers = writers_of(page)
    converted = act(action, page, *args, **kwargs)
    note(converted, writers)
    return converted


@transaction.atomic
def take_up(act, source):
    """What is translated from now on is what the original's row holds."""
    original = source.object.get_instance_or_none(source.locale)
    if isinstance(original, Page):
        demand_writers(original)
    return act(source)


def translate(act, source, *args, **kwargs):
    """A translation is made of what the original was when the two were last synchronised, whatever it is by now."""
    original = source.object.get_instance_or_none(source.locale)
    if not isinstance(original, Page):
        return act(source, *args, **kwargs)
    writers = writers_at(original, source.last_updated_at) | (set() if original.live else writers_of(original))
    translation, is_new = act(source, *args, **kwargs)
    note(translation, writers)
    return translation, is_new


def _follow(owner, name: str, follow) -> None:
    act = getattr(owner, name)

    @wraps(act)
    def followed(*args, **kwargs):
        return follow(act, *args, **kwargs)

    setattr(owner, name, followed)


def connect() -> None:
    _follow(CopyPageAction, "_copy_page", copy_page)
    _follow(CreatePageAliasAction, "_create_alias", create_alias)
    _follow(ConvertAliasPageAction, "_convert_alias", convert_alias)
    _follow(TranslationSource, "refresh_segments", take_up)
    _follow(TranslationSource, "create_or_update_translation", translate)
