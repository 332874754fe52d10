"""The newsroom's first screen: what waits for me, what happens next, what is wrong.

The number of statements does not depend on how much there is: each list is cut, and each question is asked once.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import CharField, Exists, IntegerField, OuterRef, Q
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from post_office.models import STATUS, Email
from wagtail.admin.ui.components import Component
from wagtail.models import GroupApprovalTask, Page, Revision, Task, TaskState, WorkflowState
from wagtail.permissions import policy_registry
from wagtail_localize.models import StringTranslation

from core.models import Stewardship
from editorial.doors import own_pages
from editorial.models import AfterReview, FourEyesTask, Publication, Release, TakedownRequest
from editorial.pulse import ScheduleProblem, Worker
from editorial.release import VIEW, seen_by
from editorial.reports import pages_missing_alt
from editorial.takedown import may_decide
from editorial.undo import takes_back, time_left
from editorial.words import in_words, prospects

SHOWN = 8  # rows of a list; a longer one says how many more there are


@dataclass(frozen=True)
class Line:
    """A row: what it is about, what there is to say, where it leads."""

    title: str
    url: str = ""
    text: str = ""
    language: str = ""
    compare_url: str = ""
    undo_url: str = ""


@dataclass(frozen=True)
class Section:
    """A list with its heading, and how many rows were left out."""

    heading: str
    lines: list[Line]
    more: int = 0


def edit_url(page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def lines_of(pages: list[Page], user) -> list[Line]:
    """A row for each page with what is going to happen to it; a link for those who may edit it."""
    facts = prospects(pages)
    policy = policy_registry.get_by_type(Page)
    allowed = policy.instances_user_has_permission_for(user, "change").filter(pk__in=[page.pk for page in pages])
    editable = set(allowed.values_list("pk", flat=True))
    return [
        Line(
            title=page.get_admin_display_title(),
            url=edit_url(page) if page.pk in editable else "",
            text=in_words(facts[page.pk]) or "",
            language=page.locale.language_code,
            compare_url=compare_url(page) if page.pk in editable else "",
        )
        for page in pages
    ]


def compare_url(page) -> str:
    """Where the latest text stands beside the published one; nowhere for what was never published."""
    if not page.live_revision_id or page.live_revision_id == page.latest_revision_id:
        return ""
    return reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", "latest"])


def section(heading: str, pages, user) -> Section:
    """The first rows of a query of pages, and how many more there are."""
    return Section(heading, lines_of(list(pages.select_related("locale")[:SHOWN]), user), max(0, pages.count() - SHOWN))


def page_ids(states):
    """The pages of workflow states, as a subquery of numbers: Wagtail keeps their keys as text."""
    return states.annotate(page_id=Cast("object_id", IntegerField())).values("page_id")


def page_states():
    return WorkflowState.objects.filter(base_content_type__app_label="wagtailcore", base_content_type__model="page")


def written_by(user) -> Q:
    """A condition on pages: this person wrote something since they were published, so they may not approve it.

    The same rule as `authors.authors`, for many pages at once.
    """
    own = Q(record__authors=user) | Q(record=None, user=user)
    revisions = Revision.page_revisions.filter(own, object_id=Cast(OuterRef("pk"), CharField()))
    strings = StringTranslation.objects.filter(
        last_translated_by=user, locale=OuterRef("locale"), context__object_id=OuterRef("translation_key")
    )
    since_live = Exists(revisions.filter(pk__gt=Coalesce(OuterRef("live_revision"), 0)))
    since_live |= Exists(strings.filter(updated_at__gt=OuterRef("live_revision__created_at")))
    return Q(since_live, live=True) | Q(Exists(revisions) | Exists(strings), live=False)


def to_decide(user):
    """Pages at a step that this person may take: in their group, and not written by them."""
    mine = TaskState.objects.reviewable_by(user).filter(status=TaskState.STATUS_IN_PROGRESS)
    waiting = Page.objects.filter(pk__in=page_ids(page_states().filter(current_task_state__in=mine.values("pk"))))
    return waiting.exclude(written_by(user)).order_by("latest_revision_created_at")


def sent_back(user):
    """Pages that someone asked this person to change."""
    back = page_states().filter(status=WorkflowState.STATUS_NEEDS_CHANGES, requested_by=user)
    return Page.objects.filter(pk__in=page_ids(back)).order_by("-latest_revision_created_at")


def on_their_way(user):
    """Pages that this person sent in and others decide about."""
    states = page_states().filter(status=WorkflowState.STATUS_IN_PROGRESS, requested_by=user)
    return Page.objects.filter(pk__in=page_ids(states)).order_by("-latest_revision_created_at")


def drafts(user):
    """What this person wrote last and has not sent in."""
    under_way = page_states().filter(status__in=(WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES))
    pages = Page.objects.filter(has_unpublished_changes=True, latest_revision__user=user)
    return (
        pages.exclude(pk__in=page_ids(under_way))
        .filter(latest_revision__approved_go_live_at=None)
        .order_by("-latest_revision_created_at")
    )


class Panel(Component):
    """A panel of the first screen. Subclasses say what is in it."""

    template_name = "editorial/dashboard_panel.html"
    name = heading = icon = ""

    def __init__(self, user):
        self.user = user

    def sections(self) -> list[Section]:
        raise NotImplementedError

    @property
    def empty(self) -> str:
        """What stands in a panel without a single row."""
        raise NotImplementedError

    @property
    def link(self) -> tuple[str, str] | None:
        """Where there is more to see: an address and its text."""
        return None

    def get_context_data(self, parent_context):
        return {
            "panel": self,
            "sections": [found for found in self.sections() if found.lines],
            "csrf_token": parent_context.get("csrf_token"),
        }


class WaitingForMe(Panel):
    name, icon, order = "waiting-for-me", "user", 10

    @property
    def heading(self) -> str:
        return gettext("Waiting for you")

    @property
    def empty(self) -> str:
        return gettext("Nothing waits for you. A good moment to write something new.")

    def sections(self) -> list[Section]:
        return [
            section(gettext("To review"), to_decide(self.user), self.user),
            Section(gettext("Asked to be taken down"), list(self.takedowns())),
            Section(gettext("Just published"), list(self.published())),
            section(gettext("Sent back to you"), sent_back(self.user), self.user),
            section(gettext("Your drafts"), drafts(self.user), self.user),
            section(gettext("Waiting for others"), on_their_way(self.user), self.user),
        ]

    def published(self):
        """What this person may still take back."""
        recent = Publication.objects.open().select_related("page__locale")[: SHOWN * 2]
        for publication in takes_back(recent, self.user)[:SHOWN]:
            page = publication.page
            yield Line(
                page.get_admin_display_title(),
                edit_url(page),
                time_left(publication),
                page.locale.language_code,
                undo_url=reverse("editorial_undo", args=[publication.pk]),
            )

    def takedowns(self):
        if not may_decide(self.user):
            return
        for asked in TakedownRequest.objects.filter(decided_at=None).select_related("asked_by")[:SHOWN]:
            words = {
                "name": asked.asked_by or gettext("Someone"),
                "what": asked.get_kind_display(),
                "why": asked.reason,
            }
            yield Line(
                asked.title, reverse("editorial_takedowns"), gettext("%(name)s asks to %(what)s it: %(why)s") % words
            )


class HappensNext(Panel):
    name, icon, order = "happens-next", "calendar", 20

    @property
    def heading(self) -> str:
        return gettext("What happens next")

    @property
    def empty(self) -> str:
        return gettext("Nothing is scheduled, neither to be published nor to be taken down.")

    @property
    def link(self) -> tuple[str, str] | None:
        """To the plan, for those who work with pages."""
        works = policy_registry.get_by_type(Page).user_has_any_permission(self.user, ("add", "change", "publish"))
        return (reverse("editorial_plan"), gettext("Open the plan")) if works else None

    def sections(self) -> list[Section]:
        now = timezone.now()
        own = own_pages(self.user).order_by()
        keys = own.annotate(key=Cast("pk", CharField())).values("key")
        scheduled = Revision.page_revisions.filter(approved_go_live_at__isnull=False, object_id__in=keys)
        scheduled = scheduled.order_by("approved_go_live_at")
        moments = {int(key): at for key, at in scheduled.values_list("object_id", "approved_go_live_at")[: SHOWN * 2]}
        leaving = own.filter(live=True, expire_at__gt=now).order_by("expire_at").values_list("pk", "expire_at")
        for pk, at in leaving[: SHOWN * 2]:
            moments[pk] = min(at, moments.get(pk, at))
        pages = Page.objects.select_related("locale").in_bulk(list(moments))
        ordered = sorted(pages.values(), key=lambda page: moments[page.pk])
        return [Section("", lines_of(ordered[: SHOWN * 2], self.user))]


# What other apps have to say of the installation: each gives headings and texts.
PROBLEMS: list[Callable[[], Iterable[tuple[str, str]]]] = []


class WhatIsWrong(Panel):
    name, icon, order = "what-is-wrong", "warning", 30

    @property
    def heading(self) -> str:
        return gettext("What is wrong")

    @property
    def empty(self) -> str:
        return gettext("All is well. Nothing needs your attention.")

    def sections(self) -> list[Section]:
        checks = (
            self.worker, self.others, self.steps_nobody_can_take, self.releases, self.schedule_problems, self.failed_mail, self.after_reviews,
            self.overdue, self.without_responsible, self.missing_alt,
        )  # fmt: skip
        return [Section("", [line for check in checks for line in check()])]

    def worker(self):
        if not Worker.alive().exists():
            yield Line(
                gettext("The background worker is not running"),
                text=gettext("Nothing is published on time and no mail is sent. Tell whoever runs the site."),
            )

    def others(self):
        for problems in PROBLEMS:
            for heading, text in problems():
                yield Line(heading, text=text)

    def steps_nobody_can_take(self):
        for step in empty_steps():
            yield Line(
                gettext("Nobody can take the step “%(step)s”") % {"step": step.name},
                text=gettext(
                    "Its groups have no active members, so pages stay there. An administrator can add someone."
                ),
            )

    def releases(self):
        if not self.user.has_perm(VIEW):
            return
        for release in (
            seen_by(self.user).filter(state=Release.State.PLANNED).exclude(problem="").order_by("at")[:SHOWN]
        ):
            text = (
                gettext("The release is stopped: %(reason)s")
                if release.tries
                else gettext("It would be stopped: %(reason)s")
            )
            yield Line(
                release.name, reverse("editorial_release", args=[release.pk]), text % {"reason": release.problem}
            )

    def schedule_problems(self):
        theirs = ScheduleProblem.objects.filter(page__in=own_pages(self.user).order_by().values("pk"))
        problems = theirs.select_related("page__locale").order_by("first_seen")
        for problem in problems[:SHOWN]:
            text = gettext("Could not be published: %(reason)s") % {"reason": problem.reason}
            yield Line(
                problem.page.get_admin_display_title(), edit_url(problem.page), text, problem.page.locale.language_code
            )

    def failed_mail(self):
        count = Email.objects.filter(status=STATUS.failed).count()
        if count:
            yield Line(
                ngettext("%(count)d mail could not be sent", "%(count)d mails could not be sent", count)
                % {"count": count},
                text=gettext("The mail server refused, several times. Check the addresses and the mail settings."),
            )

    def after_reviews(self):
        count = AfterReview.objects.filter(done_at=None).count()
        if count:
            yield Line(
                ngettext("%(count)d after-review to do", "%(count)d after-reviews to do", count) % {"count": count},
                reverse("editorial_after_reviews"),
                gettext("Published without review; someone else must look at it."),
            )

    def overdue(self):
        overdue = Stewardship.objects.overdue()
        count, mine = overdue.count(), overdue.filter(responsible=self.user).count()
        if count:
            text = (
                ngettext("%(count)d of them is yours", "%(count)d of them are yours", mine) % {"count": mine}
                if mine
                else ""
            )
            yield Line(
                ngettext("%(count)d page should be read again", "%(count)d pages should be read again", count)
                % {"count": count},
                reverse("editorial_review"),
                text,
            )

    def without_responsible(self):
        count = Stewardship.objects.without_responsible().count()
        if count:
            yield Line(
                ngettext("%(count)d page has nobody responsible", "%(count)d pages have nobody responsible", count)
                % {"count": count},
                reverse("editorial_review") + "?responsible=nobody",
            )

    def missing_alt(self):
        count = len(pages_missing_alt())
        if count:
            yield Line(
                ngettext(
                    "%(count)d page has a picture without alt text",
                    "%(count)d pages have pictures without alt text",
                    count,
                )
                % {"count": count},
                reverse("editorial_missing_alt"),
            )


def empty_steps() -> list[Task]:
    """Active steps of the workflows in use that nobody who can sign in may take."""
    steps = Task.objects.filter(active=True, workflow_tasks__workflow__workflow_pages__page__depth__gt=1).distinct()
    taken: set[int] = set()
    for kind in (FourEyesTask, GroupApprovalTask):
        taken |= set(kind.objects.filter(groups__user__is_active=True).values_list("pk", flat=True))
    return [step for step in steps if step.pk not in taken]


def panels_for(user) -> list[Panel]:
    return [WaitingForMe(user), HappensNext(user), WhatIsWrong(user)]
