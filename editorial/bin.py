"""The bin: what is deleted is kept for a while, outside the tree, and can be brought back with all that belonged to it.

A deleted page is gone from every table that anything else reads; its rows are kept as one text. So nothing can find or
show it, whoever asks and by whatever way: there is no page.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import wraps

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, router, transaction
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.actions.delete_page import DeletePageAction
from wagtail.contrib.redirects.models import Redirect
from wagtail.log_actions import get_active_log_context, log
from wagtail.models import Page, ReferenceIndex, Revision, TaskState, WorkflowState
from wagtail.permissions import policy_registry
from wagtail.search import index as wagtail_index
from wagtail.signals import page_published

from core.guards import Refused
from core.tree_lock import hold_tree, refresh_place
from editorial.pulse import ScheduleProblem

# Made anew from the pages, or about a time that has gone by.
NOT_KEPT = {"wagtailcore.referenceindex", "wagtailadmin.editingsession", ScheduleProblem._meta.label_lower}
RESTORED, RESTORED_LIVE = "editorial.restored", "wagtail.publish.restored"


class Exact(DjangoJSONEncoder):
    """Django's leaves out the last digits of a moment."""

    def default(self, o):
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


class BinnedPageQuerySet(models.QuerySet):
    def kept(self):
        """Those that are still to be had: the bin is emptied by the clock, also where no worker runs."""
        return self.filter(until__gt=timezone.now())

    def seen_by(self, user):
        """What someone may know of: what they threw away themselves, and what was in a section whose pages they may delete."""
        above = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "publish")
        theirs = models.Q(deleted_by=user) | models.Q(parent_id__in=above.order_by().values("pk"))
        return self.kept() if user.is_superuser else self.kept().filter(theirs)


class BinnedPage(models.Model):
    """A page that was deleted, with all below it."""

    page_id = models.PositiveBigIntegerField(unique=True)
    parent_id = models.PositiveBigIntegerField()
    title = models.CharField(_("title"), max_length=255)
    slug = models.CharField(max_length=255)
    url_path = models.TextField(_("address"))
    language = models.CharField(_("language"), max_length=20)
    pages = models.PositiveIntegerField(_("pages"))
    was_live = models.BooleanField()
    content = models.TextField()
    act = models.UUIDField(null=True)
    reason = models.TextField(_("reason"), blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("deleted by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    deleted_at = models.DateTimeField(_("deleted"), default=timezone.now)
    until = models.DateTimeField(_("kept until"), db_index=True)

    objects = BinnedPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("page in the bin")
        verbose_name_plural = _("pages in the bin")
        ordering = ["-deleted_at"]

    def __str__(self) -> str:
        return self.title

    @property
    def below(self) -> int:
        """How many pages came along."""
        return self.pages - 1


# Into the bin


def throw_away(page: Page, user) -> BinnedPage:
    """Keeps a page and all below it. Called with the tree held, before they are deleted."""
    branch = Page.objects.filter(path__startswith=page.path)
    rows, cut = belongings(branch)
    now, context = timezone.now(), get_active_log_context()
    return BinnedPage.objects.create(
        page_id=page.pk,
        parent_id=page.get_parent().pk,
        title=page.get_admin_display_title()[:255],
        slug=page.slug,
        url_path=page.url_path,
        language=page.locale.language_code,
        pages=branch.count(),
        was_live=branch.filter(live=True).exists(),
        content=json.dumps({"path": page.path, "rows": rows, "cut": cut}, cls=Exact),
        act=context.uuid,
        deleted_by=user or context.user,
        deleted_at=now,
        until=now + settings.BIN_KEEPS,
    )


def belongings(branch) -> tuple[list[dict], list[tuple]]:
    """Every row that goes with the pages, and every reference from elsewhere that will be cut: model, key, field, value."""
    collector = Collector(using=router.db_for_write(Page), origin=branch)
    collector.collect(branch)
    keys: dict[type[models.Model], set] = {}
    for model, instances in collector.data.items():
        keys.setdefault(model, set()).update(instance.pk for instance in instances)
    for queryset in collector.fast_deletes:
        keys.setdefault(queryset.model, set()).update(queryset.values_list("pk", flat=True))
    rows = []
    for model, found in keys.items():
        if is_kept(model):
            fields = [field.name for field in model._meta.local_fields]
            rows += serializers.serialize("python", model._base_manager.filter(pk__in=found), fields=fields)
    cut = []
    for (field, _value), groups in collector.field_updates.items():
        for row in (row for group in groups for row in group):
            if row.pk not in keys.get(field.model, ()) and field.name != "alias_of" and is_kept(field.model):
                cut.append((field.model._meta.label_lower, row.pk, field.name, getattr(row, field.attname)))
    return rows, cut


def is_kept(model) -> bool:
    return model._meta.label_lower not in NOT_KEPT and model._meta.app_label != "wagtailsearch"


def note_reason(reason: str) -> None:
    """Puts the reason on what the running request has thrown away."""
    if act := get_active_log_context().uuid:
        BinnedPage.objects.filter(act=act).update(reason=reason)


def empty() -> int:
    """Forgets what has been kept long enough. Returns how many."""
    return BinnedPage.objects.filter(until__lte=timezone.now()).delete()[0]


# Out of the bin


def may_restore_live(binned: BinnedPage, user) -> bool:
    """Whether someone may bring it back as readers saw it: whoever may publish and take down where it was."""
    policy = policy_registry.get_by_type(Page)
    allowed = policy.instances_user_has_permission_for(user, "publish").filter(pk=binned.parent_id)
    return binned.was_live and allowed.exists()


@transaction.atomic
def restore(binned: BinnedPage, user, *, slug: str = "", as_it_was: bool = False, reason: str = "") -> Page:
    """Brings a page and all below it back to where it was, as drafts; `as_it_was` lets those that were live be live again.

    Raises PermissionDenied, ValidationError without the reason that the latter demands, and Refused where it cannot be.
    """
    hold_tree()
    binned = BinnedPage.objects.seen_by(user).filter(pk=binned.pk).first()
    if binned is None:
        raise Refused(gettext("Somebody has brought it back already, or its time in the bin is over."))
    parent = parent_of(binned, user)
    if as_it_was and not may_restore_live(binned, user):
        raise PermissionDenied
    if as_it_was and not reason.strip():
        raise ValidationError({"reason": gettext("Say why readers get it back without a new approval.")})
    slug = slug or binned.slug
    if parent.get_children().filter(slug=slug).exists():
        raise ValidationError({"slug": gettext("Another page has this address by now. Choose another one.")})
    content = json.loads(binned.content)
    rows = placed(list(serializers.deserialize("python", content["rows"])), binned, parent, content["path"], slug)
    try:
        with transaction.atomic():
            write(rows, as_it_was)
            Page.objects.filter(pk=parent.pk).update(numchild=models.F("numchild") + 1)
    except IntegrityError as error:
        raise Refused(
            gettext("Something that there may be only one of has taken its place since, such as a translation.")
        ) from error
    mend(content["cut"])
    page = Page.objects.get(pk=binned.page_id)
    announce(page, user, as_it_was, reason.strip())
    binned.delete()
    return page.specific


def parent_of(binned: BinnedPage, user) -> Page:
    """The page below which it goes. Raises Refused and PermissionDenied."""
    parent = Page.objects.filter(pk=binned.parent_id).first()
    if parent is None:
        above = (
            BinnedPage.objects.kept()
            .filter(content__contains=f'"model": "wagtailcore.page", "pk": {binned.parent_id},')
            .first()
        )
        if above is None:
            raise Refused(gettext("The page above it is gone, so there is no place to bring it back to."))
        raise Refused(gettext("The page above it is in the bin too. Bring “%(title)s” back first.") % {"title": above})
    refresh_place(parent)
    if not parent.specific.permissions_for_user(user).can_add_subpage():
        raise PermissionDenied
    return parent


def placed(rows: list, binned: BinnedPage, parent: Page, old_path: str, slug: str) -> list:
    """The rows with the pages at a new place, the last below their parent."""
    last = parent.get_last_child()
    path = last._inc_path() if last else Page._get_path(parent.path, parent.depth + 1, 1)
    address = f"{parent.url_path}{slug}/"
    for row in rows:
        page = row.object
        if type(page) is not Page:
            continue
        page.path = path + page.path[len(old_path) :]
        page.depth = len(page.path) // Page.steplen
        page.url_path = address + page.url_path[len(binned.url_path) :]
        if page.pk == binned.page_id:
            page.slug = slug
    return rows


def write(rows: list, as_it_was: bool) -> None:
    """Stores the rows. What pointed at something that is gone since points at nothing, or goes too."""
    rows = [row for row in rows if not is_taken(row.object)]
    missing = gone(rows)
    for row in rows:
        if drop_what_is_gone(row.object, missing):
            settle(row.object, as_it_was)
            row.save()


def is_taken(thing) -> bool:
    """A former address that leads somewhere else by now keeps doing so."""
    return isinstance(thing, Redirect) and Redirect.objects.filter(old_path=thing.old_path, site=thing.site_id).exists()


def references(thing) -> Iterator[models.ForeignKey]:
    return (
        field
        for field in thing._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.db_constraint and getattr(thing, field.attname) is not None
    )


def gone(rows: list) -> set[tuple]:
    """Model and key of everything that the rows point at and that is neither among them nor in the database."""
    here = {(type(row.object), row.object.pk) for row in rows}
    wanted: dict[type[models.Model], set] = {}
    for row in rows:
        for field in references(row.object):
            key = getattr(row.object, field.attname)
            if (field.related_model, key) not in here:
                wanted.setdefault(field.related_model, set()).add(key)
    found = {
        (model, pk)
        for model, keys in wanted.items()
        for pk in model._base_manager.filter(pk__in=keys).values_list("pk", flat=True)
    }
    return {(model, key) for model, keys in wanted.items() for key in keys} - found


def drop_what_is_gone(thing, missing: set[tuple]) -> bool:
    """Whether the row can be stored, without what it pointed at. Raises Refused where a page cannot do without."""
    for field in references(thing):
        if (field.related_model, getattr(thing, field.attname)) not in missing:
            continue
        if field.null:
            setattr(thing, field.attname, None)
        elif isinstance(thing, Page):
            raise Refused(gettext("What it says under “%(field)s” is gone since.") % {"field": field.verbose_name})
        else:
            return False
    return True


def settle(thing, as_it_was: bool) -> None:
    """Nothing that comes back goes live by itself, or is under review."""
    if type(thing) is Page and not as_it_was:
        thing.live, thing.live_revision_id, thing.has_unpublished_changes = False, None, True
    elif isinstance(thing, Revision):
        thing.approved_go_live_at = None
    elif isinstance(thing, WorkflowState) and thing.status in (
        WorkflowState.STATUS_IN_PROGRESS,
        WorkflowState.STATUS_NEEDS_CHANGES,
    ):
        thing.status = WorkflowState.STATUS_CANCELLED
    elif isinstance(thing, TaskState) and thing.status == TaskState.STATUS_IN_PROGRESS:
        thing.status = TaskState.STATUS_CANCELLED


def mend(cut: Iterable) -> None:
    """What pointed at the pages and has been given nothing else since points at them again."""
    for label, pk, name, value in cut:
        model = apps.get_model(label)
        model._base_manager.filter(pk=pk, **{f"{name}__isnull": True}).update(**{name: value})


def announce(page: Page, user, as_it_was: bool, reason: str) -> None:
    """Says in the log what came back, and to those who follow pages what readers see again."""
    for one in Page.objects.filter(path__startswith=page.path).order_by("path").specific():
        ReferenceIndex.create_or_update_for_object(one)
        wagtail_index.insert_or_update_object(one)
        log(instance=one, action=RESTORED, user=user, revision=one.latest_revision, data={"reason": reason})
        if as_it_was and one.live:
            page_published.send(sender=type(one), instance=one, revision=one.live_revision)
            log(
                instance=one,
                action=RESTORED_LIVE,
                user=user,
                revision=one.live_revision,
                data={"reason": reason},
            )


# Every way to delete


def connect() -> None:
    """Whoever deletes a page, by whichever way, throws it away first."""
    execute = DeletePageAction.execute

    @wraps(execute)
    def thrown_away(self, *args, skip_permission_checks: bool = False, **kwargs):
        self.check(skip_permission_checks=skip_permission_checks)
        with transaction.atomic():
            hold_tree()
            refresh_place(self.page)
            if self.page.depth > 1:
                throw_away(Page.objects.get(pk=self.page.pk), self.user)
            return execute(self, *args, skip_permission_checks=True, **kwargs)

    thrown_away.holds_the_tree = True
    DeletePageAction.execute = thrown_away
