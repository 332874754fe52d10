"""The page's guarded methods: what may not be walked round, on any path.

The guard knows Wagtail's workflow models only. Who may publish what is the business of the policy that `editorial`
registers; without a policy the answer is no.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context
from wagtail.models import COMMENTS_RELATION_NAME, Page, PageLogEntry, PagePermissionTester, Revision, TaskState
from wagtail_localize.models import TranslationSource

from core.models.revisions import RevisionRecord, fingerprint
from core.models.stewardship import Stewardship
from core.tree_lock import hold_place, hold_slug, hold_tree, refresh_place

logger = logging.getLogger(__name__)


class Refused(Exception):
    """An act that the rules do not allow, with the reason in words for whoever tried. Answered with 409, nothing is stored."""


class _NewAddress(Exception):
    """A page turns out to get another address than it has by now."""


class Publication(Enum):
    FORBIDDEN = 0
    COMPLETE = 1
    INCOMPLETE = 2  # what publication demands may be missing: an import, whose shortcomings are listed


PAST_THE_WORKFLOW = "wagtail.publish.superuser"

_publication: ContextVar[Publication] = ContextVar("publication", default=Publication.FORBIDDEN)


class Policy(Protocol):
    """What `editorial` answers for."""

    def applies_to(self, page) -> bool:
        """Whether the page's publication is decided by a workflow."""

    def submit(self, page, revision, user) -> None:
        """Send a revision that someone tried to publish to the workflow, in that person's name."""

    def revised(self, page, revision, user) -> None:
        """The text of a page that is being reviewed has changed."""

    def saved_again(self, page, before, revision) -> None:
        """A page that is being reviewed has been saved with the text that it had."""

    def stops(self, page) -> list[str]:
        """What in the page as it stands in the object keeps it from being public, in words. Who is responsible is not in it."""

    def objection(self, page, user, action: str) -> str:
        """Why this person cannot give this verdict now, in words; an empty string if they can."""

    def decided(self, page, seen: str) -> str:
        """Who has given the verdict already on the step that was seen, in words; an empty string if nobody has."""

    def lock(self, page):
        """Wagtail's lock on a page that must stay as it is, beyond Wagtail's own reasons; None where there is none."""

    def writers(self, page) -> set[int]:
        """The keys of everyone who wrote what a page holds that is not public."""

    def replaced(self, file) -> None:
        """A picture or document has been given a new file, perhaps on pages that were approved with the old one."""


_policy: Policy | None = None


def register_policy(policy: Policy) -> None:
    global _policy
    _policy = policy


def policy() -> Policy | None:
    return _policy


def guarded(page) -> bool:
    """Whether publishing this page takes more than a right to publish. Without a policy everything is."""
    return _policy is None or _policy.applies_to(page)


@contextmanager
def authorised_publication(*, incomplete: bool = False) -> Iterator[None]:
    """Inside, `publish()` publishes. Entered by the finished workflow, the worker, the force
    publish and the undo only.

    `incomplete` lets pages go live that lack what publication demands.
    """
    token = _publication.set(Publication.INCOMPLETE if incomplete else Publication.COMPLETE)
    try:
        yield
    finally:
        _publication.reset(token)


def is_authorised() -> bool:
    """Whether the running act may make text public: one of the authorised ways, or a superuser at work in the newsroom.

    Wagtail's edit form publishes without asking the page; in the newsroom it says who is at work, for its log.
    """
    user = get_active_log_context().user
    return _publication.get() is not Publication.FORBIDDEN or bool(user and user.is_superuser)


def goes_past_the_workflow(page) -> bool:
    """Whether publishing this page now is an act that nobody has approved. Those who are no superusers do not get that far."""
    return _policy is not None and _publication.get() is Publication.FORBIDDEN and guarded(page)


class GuardedPermissionTester(PagePermissionTester):
    """Wagtail's rights, except that the right to publish does not publish where a workflow decides.

    Wagtail derives six more rights from `can_publish()`; those keep their old rule, the right to publish.
    """

    def _has_publish_right(self) -> bool:
        return (
            self.user.is_active and not self.page_is_root and (self.user.is_superuser or "publish" in self.permissions)
        )

    def can_publish(self) -> bool:
        return super().can_publish() and (self.user.is_superuser or not guarded(self.page))

    def can_publish_subpage(self) -> bool:
        return super().can_publish_subpage() and (self.user.is_superuser or not guarded(self.page))

    def can_set_view_restrictions(self) -> bool:
        return self._has_publish_right()

    def can_unschedule(self) -> bool:
        return self._has_publish_right()


# What a save may write on the row of a live page without making anything public.
MARKS = frozenset({
    "has_unpublished_changes", "latest_revision", "latest_revision_created_at", "draft_title", "owner", "locked",
    "locked_at", "locked_by", "expired", "numchild", "alias_of", "alias_of_id", "translation_key", "locale",
    COMMENTS_RELATION_NAME,
})  # fmt: skip


class GuardedPage:
    """Mixed into every page of the site before Wagtail's own class."""

    def permissions_for_user(self, user):
        return GuardedPermissionTester(user, self)

    def get_lock(self):
        return (_policy.lock(self) if _policy and self.pk else None) or super().get_lock()

    def get_admin_display_title(self):
        """As Wagtail's, the title of the newest draft; for someone at work who has no rights on the page, the public one."""
        user = get_active_log_context().user
        if user and not user.is_superuser and not self.permissions_for_user(user).permissions:
            return self.title
        return super().get_admin_display_title()

    def save(self, *args, **kwargs):
        """As Wagtail's, except that the row of a live page changes its text by publication only.

        Some ways of saving a draft write the page's own row first: translations do. On a live page they write marks
        (who holds the lock, which revision is the latest) and leave the text to the revision. A new page begins as a
        draft. Raises PermissionDenied when a page would go live outside an authorised publication.
        """
        if self._state.adding or not kwargs.get("update_fields"):
            return self._save_in_place(*args, **kwargs)
        return self._save_guarded(*args, **kwargs)

    @transaction.atomic
    def _save_in_place(self, *args, **kwargs):
        """Saves the whole row, where the page stands by then and under an address that nobody else takes meanwhile.

        A new address changes those of all pages below, so it is a change of the tree.
        """
        self._hold_what_it_takes()
        if self._state.adding:
            hold_slug(self.path[: -self.steplen])
        else:
            refresh_place(self)
        return self._save_guarded(*args, **kwargs)

    def _hold_what_it_takes(self) -> None:
        """The tree where the page gets another address, else its place.

        Whether it does is known once the place is held: while this page waited, another may have given it an address
        that its own now differs from. Then the place is let go again, by going back, and the tree waited for.
        """
        if not self._has_new_address():
            try:
                with transaction.atomic():
                    hold_place()
                    if self._has_new_address():
                        raise _NewAddress
                return
            except _NewAddress:
                pass
        hold_tree()

    def _has_new_address(self) -> bool:
        return not self._state.adding and Page.objects.filter(pk=self.pk).exclude(slug=self.slug).exists()

    def _save_guarded(self, *args, **kwargs):
        if _publication.get() is Publication.INCOMPLETE:
            kwargs["clean"] = False
        elif self._state.adding:
            if self.live and not self.alias_of_id and not is_authorised() and guarded(self):
                self.live, self.has_unpublished_changes = False, True
        elif self._would_change_what_is_public(kwargs.get("update_fields")):
            kwargs["update_fields"] = sorted(MARKS.intersection(kwargs.get("update_fields") or MARKS))
            kwargs["clean"] = False
            logger.info("page %s is live: its text is kept until a revision is published", self.pk)
        return super().save(*args, **kwargs)

    def _would_change_what_is_public(self, update_fields) -> bool:
        if not self.live or _publication.get() is not Publication.FORBIDDEN:
            return False
        if update_fields is not None and MARKS.issuperset(update_fields):
            return False
        if not guarded(self) or (self.alias_of_id and is_authorised()):
            return False
        if update_fields == ["live_revision"] and self._reads_as_its_row(self.live_revision):
            return False  # an alias that has become a page of its own
        row = Page.objects.filter(pk=self.pk).values("live", "live_revision_id").get()
        if row == {"live": True, "live_revision_id": self.live_revision_id}:
            return True
        if is_authorised():
            return False
        raise PermissionDenied(_("This page is published by its workflow."))

    def _reads_as_its_row(self, revision) -> bool:
        row = type(self).objects.get(pk=self.pk)
        return row.live and fingerprint(row.serializable_data()) == fingerprint(revision.content)

    def save_revision(self, user=None, approved_go_live_at=None, **kwargs):
        """As Wagtail's, with four differences.

        A revision that is live, scheduled or under review is never overwritten in place. A revision is approved for a
        time by an authorised publication only. Whoever else saves the page at the same moment waits. Who wrote what is
        recorded, and a review in progress is told when the text has changed.
        """
        if not is_authorised():
            approved_go_live_at = None
        with transaction.atomic():
            head = head_of(self)
            overwritten = kwargs.pop("overwrite_revision", None)
            if overwritten and overwritten.pk != head:
                raise PermissionDenied(_("Someone has saved a newer version of this page."))
            if overwritten and is_relied_on(overwritten):
                overwritten = None
            before = Revision.objects.filter(pk=head).first()
            seen = fingerprint(before.content) if before else ""
            in_review = self.workflow_in_progress
            revision = super().save_revision(
                user=user, approved_go_live_at=approved_go_live_at, overwrite_revision=overwritten, **kwargs
            )
            changed = fingerprint(revision.content) != seen
            record(
                revision,
                parent=before,
                user=user,
                restored=kwargs.get("previous_revision"),
                wrote=changed or not in_review,
            )
            if in_review and before and _policy:
                if changed:
                    _policy.revised(self, revision, user)
                else:
                    _policy.saved_again(self, before, revision)
        return revision

    def publish(self, revision, user=None, **kwargs):
        """Publishes where nothing stands in the way; otherwise the revision goes to the workflow in the user's name.

        Translations are published without saying by whom; it is then whoever saved the revision.
        """
        due = revision.approved_go_live_at and revision.approved_go_live_at <= timezone.now()
        by = user or revision.user
        if not is_authorised() and not due and by and by.is_superuser:
            user = by
        if is_authorised() or due or (user and user.is_superuser) or not guarded(self):
            is_past_the_workflow = _policy and not due and _publication.get() is Publication.FORBIDDEN
            if is_past_the_workflow and (stops := _policy.stops(revision.as_object())):
                raise Refused(_("The page cannot be published yet: %(missing)s") % {"missing": "; ".join(stops)})
            if not due and goes_past_the_workflow(self) and kwargs.get("log_action", True) is True:
                kwargs["log_action"] = PAST_THE_WORKFLOW
            is_first = self.first_published_at is None
            with authorised_publication(incomplete=_publication.get() is Publication.INCOMPLETE):
                published = super().publish(revision, user=user, **{**kwargs, "skip_permission_checks": True})
            if not is_first:
                _keep_change(self, revision)
            return published
        if _policy is None:
            raise PermissionDenied(_("This page is published by its workflow."))
        return _policy.submit(self, revision, by)


def _keep_change(page, revision) -> None:
    """Keeps what readers are told has changed, beyond the minor changes that follow it."""
    if (
        revision.content.get("change_is_substantive")
        and Page.objects.filter(live_revision=revision, pk=page.pk).exists()
    ):
        values = {"change_note": revision.content["change_note"], "changed_at": timezone.now()}
        Stewardship.objects.filter(page_id=page.pk).update(**values)


def head_of(page) -> int | None:
    """The key of the page's latest revision. Inside a transaction the page is held until its end, and stays in its place."""
    hold_place()
    row = Page.objects.filter(pk=page.pk)
    if connection.in_atomic_block and connection.features.has_select_for_update:
        row = (
            row.select_for_update(of=("self",))
            if connection.features.has_select_for_update_of
            else row.select_for_update()
        )
    return row.values_list("latest_revision_id", flat=True).first()


def is_relied_on(revision) -> bool:
    """Whether someone has seen, approved or translated exactly this revision, so that it must stay as it is."""
    key, locale = revision.content.get("translation_key"), revision.content.get("locale")
    return (
        Page.objects.filter(live_revision_id=revision.pk).exists()
        or TranslationSource.objects.filter(
            object_id=key, locale=locale, last_updated_at__gte=revision.created_at
        ).exists()
        or Revision.objects.filter(pk=revision.pk, approved_go_live_at__isnull=False).exists()
        or TaskState.objects.filter(revision_id=revision.pk).exists()
    )


def record(revision, parent, user, restored=None, wrote: bool = True) -> RevisionRecord:
    """Notes who wrote a revision. An older one that is restored brings its writers along.

    `wrote` is False for a reviewer who saves a comment on an unchanged text.
    """
    row, _is_new = RevisionRecord.objects.get_or_create(revision=revision, defaults={"parent": parent})
    if user and wrote:
        row.authors.add(user)
    if restored:
        row.authors.add(*writers_behind(restored))
    return row


def unpublished_revisions(page):
    """Revisions since the one that is live, oldest first; all of them while the page is not live."""
    revisions = Revision.objects.for_instance(page).order_by("pk")
    return revisions.filter(pk__gt=page.live_revision_id) if page.live and page.live_revision_id else revisions


def writers_behind(revision) -> set[int]:
    """The keys of those who wrote a revision or one it was made from, back to the last that has been public.

    Where nothing tells who wrote it, as when it came along with a copy whose original is gone, it is whoever saved it.
    """
    writers: set[int] = set()
    while revision and not was_public(revision):
        row = RevisionRecord.objects.filter(revision=revision).select_related("parent").first()
        known = set(row.authors.values_list("pk", flat=True)) if row else set()
        parent = row.parent if row else None
        writers |= known if known or parent else {revision.user_id} - {None}
        revision = parent
    return writers


def was_public(revision) -> bool:
    """Whether a revision has gone live and its publication has not been taken back since."""
    entries = PageLogEntry.objects.filter(revision=revision, action__startswith="wagtail.publish")
    published = entries.exclude(action="wagtail.publish.schedule").order_by("pk").last()
    if published is None:
        return False
    later = PageLogEntry.objects.filter(page=published.page_id, pk__gt=published.pk)
    return not later.filter(data__undone=revision.pk).exists()
