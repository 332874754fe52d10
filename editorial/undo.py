"""Taking a publication back: for ten minutes, with one click, what readers saw before is what they see again."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.log_actions import log
from wagtail.models import Page, TaskState
from wagtail.permissions import policy_registry

from core.guards import Refused, authorised_publication, head_of
from core.models import Stewardship
from editorial.authors import authors
from editorial.later import keeping_later
from editorial.mail import caretakers, tell
from editorial.publications import Publication
from editorial.release_models import ReleaseItem

UNDONE = "wagtail.publish.undo"
_taking_back: ContextVar[bool] = ContextVar("taking_back", default=False)


def note(page_id: int, revision, user, before: dict) -> None:
    """Keeps what was live before a revision that has gone live. What no person answers for is not kept."""
    row = Page.objects.filter(pk=page_id, live=True, live_revision=revision).exists()
    by = user.pk if user else approver(revision)
    if not row or not by or (before["live"] and before["live_revision_id"] in (None, revision.pk)):
        return
    Publication.objects.create(
        page_id=page_id,
        revision=revision,
        previous_id=before["live_revision_id"] if before["live"] else None,
        is_first=before["first_published_at"] is None,
        change_note=before["stewardship__change_note"] or "",
        changed_at=before["stewardship__changed_at"],
        by_id=by,
    )


def approver(revision) -> int | None:
    """The key of whoever gave a revision its last approval."""
    approvals = TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED)
    return approvals.order_by("finished_at", "pk").values_list("finished_by", flat=True).last()


def time_left(publication: Publication) -> str:
    """How long it can still be taken back, in words."""
    minutes = math.ceil((publication.until - timezone.now()).total_seconds() / 60)
    return ngettext(
        "It can be taken back for %(minutes)d more minute.",
        "It can be taken back for %(minutes)d more minutes.",
        minutes,
    ) % {"minutes": minutes}


def takes_back(publications, user) -> list[Publication]:
    """Those of the publications that this person may take back, in three statements however many they are.

    Whoever published a page or approved it last may, while they may edit it; and those who may take it down.
    """
    publications = list(publications)
    policy, keys = policy_registry.get_by_type(Page), [publication.page_id for publication in publications]

    def allowed(right: str) -> set[int]:
        pages = policy.instances_user_has_permission_for(user, right).filter(pk__in=keys)
        return set(pages.values_list("pk", flat=True))

    edits, publishes = (allowed(right) if keys and user.is_active else set() for right in ("change", "publish"))
    return [
        publication
        for publication in publications
        if publication.page_id in publishes or (publication.by_id == user.pk and publication.page_id in edits)
    ]


def open_for(page, user) -> Publication | None:
    """The publication of a page that this person can take back now."""
    return next(iter(takes_back(Publication.objects.open().filter(page=page.pk)[:1], user)), None)


@transaction.atomic
def undo(publication: Publication, user) -> None:
    """Makes what was live before live again; a first publication is unpublished. What was undone is a draft again.

    Raises PermissionDenied, and Refused with the reason when somebody was quicker, the time is over, or the address is
    taken.
    """
    head_of(Page(pk=publication.page_id))  # held to the end: two who take it back come after each other
    publication = Publication.objects.select_related("revision", "previous", "undone_by").get(pk=publication.pk)
    page = Page.objects.get(pk=publication.page_id).specific
    if not takes_back([publication], user):
        raise PermissionDenied
    if reason := objection(publication, page):
        raise Refused(reason)
    round_ended = end_round(page, user)
    with taking_back(), keeping_later(page, timezone.now()):
        bring_back(publication, page, user)
    Publication.objects.filter(pk=publication.pk).update(undone_at=timezone.now(), undone_by=user)
    page = Page.objects.get(pk=page.pk).specific
    concerned = get_user_model().objects.filter(pk__in=authors(page) | {publication.by_id})
    people = {*concerned, *caretakers(page, publication.revision), round_ended} - {user}
    tell(people, "undone", page=page, by=user, is_down=not page.live, round_ended=bool(round_ended))


@contextmanager
def taking_back() -> Iterator[None]:
    """Inside, nothing is noted: nobody takes back that something was taken back, it is to be approved."""
    token = _taking_back.set(True)
    try:
        yield
    finally:
        _taking_back.reset(token)


def objection(publication: Publication, page) -> str:
    """Why a publication cannot be taken back any more, in words; an empty string if it can."""
    name = publication.undone_by or gettext("Someone")
    if publication.undone_at:
        return gettext("%(name)s has taken this publication back already.") % {"name": name}
    if not page.live:
        return gettext("The page has been taken down since it was published.")
    if page.live_revision_id != publication.revision_id:
        return gettext("A newer version has been published since. It can be taken back instead, for as long.")
    if publication.until <= timezone.now():
        return gettext("The ten minutes are over. Unpublish the page, or publish a corrected version.")
    return ""


def end_round(page, user):
    """Ends a review that goes on: its text was made from the one that is taken back. Returns who had sent it in."""
    state = page.current_workflow_state
    if state is None:
        return None
    state.cancel(user=user)
    return state.requested_by


def bring_back(publication: Publication | ReleaseItem, page, user, **why) -> None:
    """One log entry says what became live, or that nothing is, which revision was undone, and why if that was said."""
    data = {"undone": publication.revision_id, **why}
    if publication.previous is None:
        page.unpublish(log_action=False, user=user)
        log(instance=page, action="wagtail.unpublish", user=user, revision=publication.revision, data=data)
        if publication.is_first:  # the day of its first publication is still to come
            Page.objects.filter(pk=page.pk).update(first_published_at=None, last_published_at=None)
        return
    before = publication.previous.as_object()
    if not Page._slug_is_available(before.slug, page.get_parent(), page):
        raise Refused(
            gettext("Another page has the address “%(slug)s” by now. Move or rename that page first.")
            % {"slug": before.slug}
        )
    try:
        with authorised_publication(incomplete=True):  # it was public as it stands
            publication.previous.publish(user=user, log_action=False)
    except ValidationError as error:
        raise Refused("; ".join(error.messages)) from error
    log(
        instance=publication.previous.as_object(),
        action=UNDONE,
        user=user,
        revision=publication.previous,
        data=data,
        content_changed=True,
    )
    Stewardship.objects.filter(page=page.pk).update(
        change_note=publication.change_note, changed_at=publication.changed_at
    )


def connect() -> None:
    """Notes every publication, whichever way it came about."""
    execute = PublishPageRevisionAction.execute

    @wraps(execute)
    def noted(self, *args, **kwargs):
        facts = (
            "live",
            "live_revision_id",
            "first_published_at",
            "stewardship__change_note",
            "stewardship__changed_at",
        )
        before = Page.objects.filter(pk=self.object.pk).values(*facts).first()
        result = execute(self, *args, **kwargs)
        if before and not _taking_back.get():
            note(self.object.pk, self.revision, self.user, before)
        return result

    PublishPageRevisionAction.execute = noted
