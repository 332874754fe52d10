"""The page's guarded methods: what may not be walked round, on any path.

The guard knows Wagtail's workflow models only. Who may publish what is the business of the policy that `editorial`
registers; without a policy the answer is no.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from wagtail.models import Page, PagePermissionTester, TaskState

_authorised: ContextVar[bool] = ContextVar("authorised_publication", default=False)


class Policy(Protocol):
    """What `editorial` answers for."""

    def applies_to(self, page) -> bool:
        """Whether the page's publication is decided by a workflow."""

    def submit(self, page, revision, user) -> None:
        """Send a revision that someone tried to publish to the workflow, in that person's name."""


_policy: Policy | None = None


def register_policy(policy: Policy) -> None:
    global _policy
    _policy = policy


def guarded(page) -> bool:
    """Whether publishing this page takes more than a right to publish. Without a policy everything is."""
    return _policy is None or _policy.applies_to(page)


@contextmanager
def authorised_publication() -> Iterator[None]:
    """Inside, `publish()` publishes. Entered by the finished workflow, the worker and the force publish only."""
    token = _authorised.set(True)
    try:
        yield
    finally:
        _authorised.reset(token)


class GuardedPermissionTester(PagePermissionTester):
    """Wagtail's rights, except that the right to publish does not publish where a workflow decides.

    Wagtail derives six more rights from `can_publish()`; those keep their old rule, the right to publish.
    """

    def _has_publish_right(self) -> bool:
        return self.user.is_active and not self.page_is_root and (self.user.is_superuser or "publish" in self.permissions)

    def can_publish(self) -> bool:
        return super().can_publish() and (self.user.is_superuser or not guarded(self.page))

    def can_publish_subpage(self) -> bool:
        return super().can_publish_subpage() and (self.user.is_superuser or not guarded(self.page))

    def can_set_view_restrictions(self) -> bool:
        return self._has_publish_right()

    def can_unschedule(self) -> bool:
        return self._has_publish_right()


class GuardedPage:
    """Mixed into every page of the site before Wagtail's own class."""

    def permissions_for_user(self, user):
        return GuardedPermissionTester(user, self)

    def save_revision(self, *args, overwrite_revision=None, **kwargs):
        """As Wagtail's, except that a revision which is live, scheduled or under review is never overwritten in place."""
        if overwrite_revision and is_relied_on(overwrite_revision, self):
            overwrite_revision = None
        with transaction.atomic():
            if connection.features.has_select_for_update:
                Page.objects.select_for_update().filter(pk=self.pk).first()
            return super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)

    def publish(self, revision, user=None, **kwargs):
        """Publishes where nothing stands in the way; otherwise the revision goes to the workflow in the user's name."""
        if _authorised.get() or not guarded(self) or (user is not None and user.is_superuser):
            with authorised_publication():
                return super().publish(revision, user=user, **{**kwargs, "skip_permission_checks": True})
        if _policy is None:
            raise PermissionDenied("No policy says who may publish.")
        return _policy.submit(self, revision, user)


def is_relied_on(revision, page) -> bool:
    """Whether someone has seen or approved exactly this revision, so that it must stay as it is."""
    return (
        revision.pk == page.live_revision_id
        or revision.approved_go_live_at is not None
        or TaskState.objects.filter(revision=revision).exists()
    )
