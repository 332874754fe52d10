"""Releases (*Släpp*): pages that go live and down together, at one moment, or not at all.

A publication in a release is pinned to a revision that is approved for a time; the release has that time in its keeping
until it is carried out or the page is taken out. The worker carries a release out in one transaction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from wagtail.locks import BaseLock
from wagtail.log_actions import log
from wagtail.models import Page, Revision
from wagtail.permissions import policy_registry

from core.forms import whole_minutes
from core.guards import Refused, head_of
from core.tree_lock import hold_place
from editorial.checklist import check
from editorial.doors import own_pages
from editorial.mail import caretakers, full_url, tell
from editorial.pulse import ScheduleProblem
from editorial.release_models import Release, ReleaseItem
from editorial.rescheduling import Lane, write_time

CHANGE, VIEW = "editorial.change_release", "editorial.view_release"
LOOKED_AT_EVERY = timedelta(hours=12)
LOOKS_AHEAD = timedelta(days=14)
NAMES = {
    "publish": "wagtail.publish.scheduled",
    "unpublish": "wagtail.unpublish.scheduled",
}


class Stopped(ValidationError):
    """Something in a release cannot go, so that nothing does."""


# Who may


def may_change(user) -> bool:
    return user.is_active and user.has_perm(CHANGE)


def may_see(release: Release, user) -> bool:
    """A release names its pages and shows their texts: to those with the right who work with each of them."""
    if not user.is_active or not user.has_perm(VIEW):
        return False
    pages = Page.objects.filter(release_items__release=release)
    return not pages.exclude(pk__in=own_pages(user).order_by().values("pk")).exists()


def seen_by(user) -> QuerySet[Release]:
    """The releases that someone may see, in one statement."""
    if not user.is_active or not user.has_perm(VIEW):
        return Release.objects.none()
    others = Page.objects.exclude(pk__in=own_pages(user).order_by().values("pk"))
    return Release.objects.exclude(items__page__in=others.order_by().values("pk"))


# What is in it


def held(release_id: int) -> Release:
    """A release, held until the end of the transaction."""
    releases = Release.objects.filter(pk=release_id)
    return (releases.select_for_update() if connection.features.has_select_for_update else releases).get()


def planned(release_id: int, user) -> Release:
    """A release that this person may change and that has not begun, held. Raises PermissionDenied and Refused."""
    if not may_change(user):
        raise PermissionDenied
    hold_place()
    release = held(release_id)
    if not release.is_planned:
        raise Refused(gettext("The release has been carried out already."))
    return release


def approved(user) -> QuerySet[Revision]:
    """Revisions that are approved for a time to come and in no release, of the pages that someone may publish."""
    pages = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "publish").filter(alias_of=None)
    taken = ReleaseItem.open().filter(page__isnull=False).values_list("page", flat=True)
    keys = [str(pk) for pk in pages.exclude(pk__in=taken).values_list("pk", flat=True)]
    return Revision.page_revisions.filter(approved_go_live_at__gt=Now(), object_id__in=keys).order_by(
        "approved_go_live_at", "pk"
    )


def removable(user) -> QuerySet[Page]:
    """Live pages that are in no release, of those that someone may take down."""
    pages = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "publish")
    taken = ReleaseItem.open().filter(page__isnull=False).values("page")
    return pages.filter(live=True, alias_of=None, depth__gt=2, live_revision__isnull=False).exclude(pk__in=taken)


@transaction.atomic
def add_publication(release_id: int, user, revision_id: int) -> ReleaseItem:
    """Puts an approved revision into a release, whose time becomes its own. Raises Refused where it cannot be in."""
    release = _open_for_more(release_id, user)
    found = Revision.page_revisions.filter(pk=revision_id).first()
    page = _page_of(int(found.object_id) if found else 0, user)
    revision = Revision.objects.get(pk=revision_id)  # as it is now that the page is held
    before = revision.approved_go_live_at
    if before is None or before <= timezone.now():
        raise Refused(gettext("“%(title)s” is not approved for a time to come.") % {"title": _title(page)})
    item = _put(release, page, ReleaseItem.Kind.PUBLISH, user, revision=revision, own_at=before)
    give_time(item, before, release.at)
    return item


@transaction.atomic
def add_unpublication(release_id: int, user, page_id: int) -> ReleaseItem:
    """Lets a release take a page down. Raises Refused for a page that is down already or in a release."""
    release = _open_for_more(release_id, user)
    page = _page_of(page_id, user)
    if not page.live or page.live_revision_id is None:
        raise Refused(gettext("“%(title)s” is not public, so it cannot be taken down.") % {"title": _title(page)})
    return _put(release, page, ReleaseItem.Kind.UNPUBLISH, user)


def _open_for_more(release_id: int, user) -> Release:
    release = planned(release_id, user)
    if release.at <= timezone.now():
        raise Refused(gettext("The release is due. Give it a later moment before you add to it."))
    return release


def _page_of(page_id: int, user) -> Page:
    """A page, held. Raises PermissionDenied to those who may not publish it, and Refused if it is in a release."""
    head_of(Page(pk=page_id))
    allowed = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "publish")
    page = allowed.filter(pk=page_id, alias_of=None).first()
    if page is None:
        raise PermissionDenied
    if taken := ReleaseItem.open().filter(page=page).select_related("release").first():
        raise Refused(
            gettext("“%(title)s” is in the release “%(release)s” already.")
            % {"title": _title(page), "release": taken.release}
        )
    return page


def give_time(item: ReleaseItem, before: datetime, to: datetime) -> None:
    """Moves a publication, and the pinned text with it whatever it says: a revision keeps fewer decimals than the approval."""
    write_time(item.page, Lane.PUBLISH, before, to)
    revision = Revision.objects.filter(pk=item.revision_id, approved_go_live_at__isnull=False).first()
    if revision:
        content = {**revision.content, "go_live_at": to.isoformat()}
        Revision.objects.filter(pk=revision.pk).update(content=content, approved_go_live_at=to)


def _title(page) -> str:
    return page.get_admin_display_title()


def _put(release: Release, page: Page, kind, user, **values) -> ReleaseItem:
    item = ReleaseItem.objects.create(release=release, page=page, title=_title(page), kind=kind, **values)
    _forget_problem(release)
    item.problem = objection(item)
    item.save(update_fields=["problem"])
    _log_page(page, "editorial.release.added", release, user)
    return item


def _log_page(page: Page, action: str, release: Release, user) -> None:
    log(instance=page.specific, action=action, user=user, data={"release": release.name, "release_id": release.pk})


def _forget_problem(release: Release) -> None:
    """What stood in the way may be gone: it is tried and looked at afresh."""
    Release.objects.filter(pk=release.pk).update(problem="", tries=0, last_tried=None, looked_at=None)


@transaction.atomic
def take_out(item_id: int, user) -> str:
    """Takes a page out of a release; returns what becomes of it, in words.

    It goes live by itself at the time it had before, else at that of the release. Once both have passed its time is
    forgotten: nothing goes live because something was taken out.
    """
    found = ReleaseItem.objects.get(pk=item_id)
    release = planned(found.release_id, user)
    item = release.items.filter(pk=item_id).select_related("page", "revision").first()
    if item is None:
        raise Refused(gettext("It has been taken out already."))
    if item.page:
        head_of(item.page)
    item.delete()
    _forget_problem(release)
    said = gettext("“%(title)s” is not in the release any more.") % {"title": item.title}
    if item.page is None:
        return said
    _log_page(item.page, "editorial.release.taken_out", release, user)
    if not item.publishes or item.revision is None or item.revision.approved_go_live_at is None:
        return said
    now = timezone.now()
    to = next((at for at in (item.own_at, release.at) if at and at > now), None)
    if to:
        write_time(item.page, Lane.PUBLISH, item.revision.approved_go_live_at, to)
        return " ".join([said, gettext("It is published by itself at the time that stands in the plan.")])
    Revision.objects.filter(pk=item.revision_id).update(approved_go_live_at=None)
    ScheduleProblem.objects.filter(revision=item.revision_id).delete()
    return " ".join([said, gettext("Its time has passed: send it in for review again to have it published.")])


@transaction.atomic
def save(release: Release | None, user, name: str, at: datetime, *, at_once: bool = False) -> Release:
    """Makes a release, or gives it another name or moment, and with it what is in it. Raises Refused for the past."""
    if not may_change(user):
        raise PermissionDenied
    at = timezone.now() if at_once else whole_minutes(at)
    if release is None:
        if at <= timezone.now():
            raise Refused(gettext("That time has passed. Choose a later one."))
        release = Release.objects.create(name=name, at=at, created_by=user)
        log(instance=release, action="editorial.release.made", user=user, data={"at": at.isoformat()})
        return release
    release = planned(release.pk, user)
    before = release.at
    if at != before and at <= timezone.now() and not at_once:
        raise Refused(gettext("That time has passed. Choose a later one."))
    for item in release.items.filter(kind=ReleaseItem.Kind.PUBLISH).select_related("page").order_by("page_id"):
        if at != before and item.page:
            head_of(item.page)
            give_time(item, before, at)
    Release.objects.filter(pk=release.pk).update(name=name, at=at)
    _forget_problem(release)
    times = {"before": before.isoformat(), "after": at.isoformat()}
    log(instance=release, action="editorial.release.changed", user=user, data=times)
    release.refresh_from_db()
    return release


def start_now(release: Release, user) -> Release:
    """Lets the worker carry a release out at once."""
    return save(release, user, release.name, timezone.now(), at_once=True)


@transaction.atomic
def dissolve(release_id: int, user) -> list[str]:
    """Removes a release that has not begun; what becomes of each page is what `take_out` says."""
    release = planned(release_id, user)
    said = [take_out(item.pk, user) for item in release.items.order_by("page_id")]
    log(instance=release, action="editorial.release.dissolved", user=user)
    release.delete()
    return said


# What would stop it


def items_of(release: Release) -> list[ReleaseItem]:
    """What is in a release: what is taken down first, then what goes live, from the top of the tree."""
    items = release.items.select_related("page", "revision", "release")
    return sorted(items, key=lambda item: (item.publishes, item.page.path if item.page else "", item.pk))


def objection(item: ReleaseItem) -> str:
    """Why an item cannot go, in words; an empty string if it can."""
    page, revision = item.page, item.revision
    if page is None:
        return gettext("the page has been deleted")
    if not item.publishes:
        return ""  # one that is down already needs nothing
    if revision is None or revision.approved_go_live_at is None:
        return gettext("its text is not approved any more")
    if page.live and page.live_revision_id and page.live_revision_id > revision.pk:
        return gettext("a newer version has been published since it was approved")
    found = revision.as_object()
    if found.expire_at and found.expire_at <= item.release.at:
        return gettext("it would be taken down before it is published")
    try:
        found.full_clean()
    except ValidationError as error:
        return "; ".join(error.messages)
    # As when it is published by itself: what can turn since the approval holds nothing back.
    return "; ".join(check(found).stops(except_for=lambda rule: rule.may_turn))


def objections(items: Iterable[ReleaseItem]) -> dict[int, str]:
    """Why items cannot go, by key; those that can are left out."""
    return {item.pk: reason for item in items if (reason := objection(item))}


def in_words(items: Iterable[ReleaseItem], found: dict[int, str]) -> str:
    return "; ".join(f"“{item.title}”: {found[item.pk]}" for item in items if item.pk in found)


def look(release: Release) -> dict[int, str]:
    """Looks whether a release could go, and keeps the answer."""
    items = items_of(release)
    found = objections(items)
    keep_problem(release, items, found)
    Release.objects.filter(pk=release.pk).update(looked_at=timezone.now())
    return found


def look_ahead() -> int:
    """Looks twice a day at what goes in the next days, and tells who made it what would stop it. Returns how many were looked at."""
    now, looked = timezone.now(), 0
    stale = Q(looked_at=None) | Q(looked_at__lt=now - LOOKED_AT_EVERY)
    for release in Release.objects.filter(stale, state=Release.State.PLANNED, at__gt=now, at__lt=now + LOOKS_AHEAD):
        with transaction.atomic():
            mine = Release.objects.filter(stale, pk=release.pk, state=Release.State.PLANNED)
            if not mine.update(looked_at=now):
                continue  # another worker looks
            before = release.problem
            items = items_of(release)
            found = objections(items)
            keep_problem(release, items, found)
            if found and release.problem != before:
                tell_problem(release, items, found, "release_would_stop")
            looked += 1
    return looked


def keep_problem(release: Release, items: list[ReleaseItem], found: dict[int, str]) -> None:
    release.problem = in_words(items, found)
    Release.objects.filter(pk=release.pk).update(problem=release.problem)
    for item in items:
        if item.problem != found.get(item.pk, ""):
            ReleaseItem.objects.filter(pk=item.pk).update(problem=found.get(item.pk, ""))


def tell_problem(release: Release, items: list[ReleaseItem], found: dict[int, str], mail: str) -> None:
    """Tells who made a release everything, and those responsible for a page what is wrong with that page."""
    tell({release.created_by}, mail, release=release, url=url_of(release))
    for item in items:
        if item.pk in found and item.page:
            people = caretakers(item.page, item.revision) - {release.created_by}
            tell(people, "release_page_stops", page=item.page, release=release, reason=found[item.pk])


def url_of(release: Release) -> str:
    return full_url(reverse("editorial_release", args=[release.pk]))


# The lock


class ReleaseLock(BaseLock):
    """A page in a release stays as it was approved."""

    def __init__(self, page, item: ReleaseItem):
        super().__init__(page)
        self.item = item

    def for_user(self, user) -> bool:
        return True

    def get_message(self, user):
        text = gettext("This page is in the release “{release}”. What is in a release stays as it is until then. To change it, take it out of the release.")  # fmt: skip
        if may_see(self.item.release, user):
            link = format_html(
                '<a href="{}">{}</a>', reverse("editorial_release", args=[self.item.release_id]), self.item.release
            )
            return format_html(text, release=link)
        return format_html(
            "{} {}",
            format_html(text, release=self.item.release),
            gettext("A chief editor can do that."),
        )

    def get_locked_by(self, user) -> str:
        return gettext("Locked by a release")

    def get_description(self, user) -> str:
        return gettext("Nobody can change the page while it is in a release")


def lock_of(page) -> ReleaseLock | None:
    item = ReleaseItem.open().filter(page=page.pk).select_related("release").first()
    return ReleaseLock(page, item) if item else None
