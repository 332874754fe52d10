"""A newsroom in which anything may happen next, and a journal of who wrote and who approved what.

Every text is made of words that occur nowhere else, so the words on a live row say which text it is and who wrote it.
Nothing that the journal knows comes from the guards it watches over.
"""

import re
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from wagtail.actions.convert_alias import ConvertAliasPageAction, ConvertAliasPageError
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Locale, Page, PageLogEntry, Revision, Task, TaskState
from wagtail.test.utils.form_data import querydict_from_html, rich_text
from wagtail_localize.models import StringTranslation, Translation
from wagtail_localize.operations import translate_object

from articles.models import NewsPage
from articles.terms import NewsCategory
from core.guards import Refused
from core.models.revisions import fingerprint
from editorial import schedule
from editorial.force import force_publish
from editorial.models import AfterReview, FourEyesTask
from editorial.translations import send_for_review
from tests.editorial.newsroom import edit_url, signed_in, stream_data
from tests.world import index_page, make_page, make_user

WORD = re.compile(r"w\d+w")
ROOM = 6  # pages at once
REFUSALS = (Refused, PermissionDenied, ValidationError, ConvertAliasPageError)
ROLES = ("author", "editor", "reviewer", "chief_editor", "second_chief_editor", "translator", "administrator")
APPROVERS = ("reviewer", "chief_editor", "second_chief_editor")

anyone = st.sampled_from(ROLES)
approver = st.sampled_from(APPROVERS)
place = st.integers(0, ROOM - 1)
field = st.sampled_from(["title", "intro", "body"])
tab = st.sampled_from(["one", "other"])
over_http = st.integers(0, 9).map(lambda number: number == 9)
coin = st.booleans()


def words(*parts) -> tuple[str, ...]:
    return tuple(WORD.findall(" ".join(str(part) for part in parts)))


def row_text(page) -> tuple[str, ...]:
    return words(page.title, page.intro, page.body.get_prep_value())


def revision_text(revision) -> tuple[str, ...]:
    return words(*(revision.content[name] for name in ("title", "intro", "body")))


class BrokenPromise(AssertionError):
    """A text is public that nobody else approved."""


class World:
    """The people, signed in, and the pages that each round begins with."""

    def __init__(self):
        roles = {name: name.removeprefix("second_") for name in ROLES}
        self.people = {name: make_user(role) for name, role in roles.items()}
        self.clients = {name: signed_in(user) for name, user in self.people.items()}
        texts = ({"title": f"w{n}1w", "intro": f"w{n}2w", "body": [("paragraph", f"<p>w{n}3w</p>")]} for n in (1, 2))
        self.author = self.people["author"]
        self.live = make_page(author=self.author, **next(texts))
        self.draft = make_page(live=False, author=self.author, **next(texts))
        self.category = NewsCategory.objects.get(code="current")
        self.groups = {task.pk: list(task.groups.all()) for task in FourEyesTask.objects.all()}


class FourEyes(RuleBasedStateMachine):
    """Its rules are the ways of the newsroom; its invariant is the promise. `world` and `tally` are set by the test."""

    world: World
    tally: Counter

    def __init__(self):
        super().__init__()
        self.round = transaction.atomic()
        self.round.__enter__()
        self.spent = 0
        self.wrote = dict.fromkeys(row_text(self.world.live) + row_text(self.world.draft), self.world.author.pk)
        self.proven = {row_text(self.world.live)}
        self.public_words = set(row_text(self.world.live))
        self.approved: dict[tuple, set[int]] = {}
        self.tabs: dict[str, dict] = {}
        self.steps_are_off_for = 0

    def teardown(self):
        transaction.set_rollback(True)
        self.round.__exit__(None, None, None)

    # What the rules share

    @contextmanager
    def act(self, name: str, by_request: bool = False):
        """One act: in a transaction as a request is, with what follows its commit. A refusal changes nothing."""
        self.tally[name] += 1
        self.tally["steps"] += 1
        self.tally["requests"] += by_request
        try:
            with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
                yield
            self.tally[f"{name}, done"] += 1
        except REFUSALS:
            pass
        if self.steps_are_off_for:
            self.steps_are_off_for -= 1
            if not self.steps_are_off_for:
                self.mend_steps()

    def pages(self) -> list[NewsPage]:
        return list(NewsPage.objects.order_by("pk"))

    def page(self, where: int) -> NewsPage | None:
        pages = self.pages()
        return pages[where % len(pages)] if pages else None

    def has_pages(self) -> bool:
        return NewsPage.objects.exists()

    def has_room(self) -> bool:
        return 0 < NewsPage.objects.count() < ROOM

    def word(self, user) -> str:
        self.spent += 1
        word = f"w{1000 + self.spent}w"
        self.wrote[word] = user.pk
        return word

    def rewrite(self, page, user, what: str) -> None:
        word = self.word(user)
        setattr(page, what, [("paragraph", f"<p>{word}</p>")] if what == "body" else word)

    def latest(self, page) -> NewsPage:
        return page.get_latest_revision_as_object()

    def may_edit(self, page, user) -> None:
        if (
            page.alias_of_id
            or not page.permissions_for_user(user).can_edit()
            or page.permissions_for_user(user).page_locked()
        ):
            raise PermissionDenied

    def form(self, who: str, page) -> dict:
        """The edit form as it stands on this person's screen."""
        answer = self.world.clients[who].get(edit_url(page))
        html = answer.content.decode()
        if answer.status_code != 200 or "page-edit-form" not in html:
            raise PermissionDenied
        form = querydict_from_html(html, form_id="page-edit-form").copy()
        for name, value in stream_data(self.latest(page)).items():
            form[name] = value
        return form

    def send(self, who: str, page, form: dict, **buttons):
        form.update({name.replace("__", "-"): value for name, value in buttons.items()})
        return self.post(who, edit_url(page), form)

    def post(self, who: str, address: str, values: dict | None = None):
        answer = self.world.clients[who].post(address, values or {})
        assert answer.status_code < 500, answer
        return answer

    def write_in(self, form: dict, user, what: str) -> None:
        word = self.word(user)
        if what != "body":
            form[what] = word
            return
        form["body-0-value"] = rich_text(f"<p>{word}</p>", features=["bold"])

    # Writing

    @precondition(has_pages)
    @rule(who=anyone, where=place, what=field, http=over_http)
    def edit(self, who, where, what, http):
        user, page = self.world.people[who], self.page(where)
        with self.act("edit", http):
            if http:
                form = self.form(who, page)
                self.write_in(form, user, what)
                self.send(who, page, form)
            else:
                self.may_edit(page, user)
                draft = self.latest(page)
                self.rewrite(draft, user, what)
                draft.save_revision(user=user)

    @precondition(has_pages)
    @rule(who=anyone, where=place, what=field, back=st.integers(0, 2))
    def autosave(self, who, where, what, back):
        """Overwrites a revision in place, the latest or an older one."""
        user, page = self.world.people[who], self.page(where)
        with self.act("autosave"):
            self.may_edit(page, user)
            draft = self.latest(page)
            self.rewrite(draft, user, what)
            revisions = list(page.revisions.order_by("-pk")[: back + 1])
            draft.save_revision(user=user, overwrite_revision=revisions[-1] if revisions else None)

    @precondition(has_pages)
    @rule(who=anyone, where=place, back=st.integers(1, 4))
    def revert(self, who, where, back):
        user, page = self.world.people[who], self.page(where)
        with self.act("revert"):
            self.may_edit(page, user)
            revisions = page.revisions.order_by("-pk")[: back + 1]
            if not revisions:
                raise PermissionDenied  # a mirror whose original was deleted
            old = list(revisions)[-1]
            old.as_object().save_revision(user=user, previous_revision=old)

    @precondition(has_pages)
    @rule(where=place, back=st.integers(0, 3))
    def restore_what_was_dropped(self, where, back):
        """Words that were written, left out of what was published, and are fetched back by someone else."""
        user, page = self.world.people["editor"], self.page(where)
        dropped = [
            old for old in page.revisions.filter(pk__lt=page.live_revision_id or 0).order_by("-pk")
            if not self.public_words.issuperset(revision_text(old))
        ]  # fmt: skip
        with self.act("restore what was dropped"):
            if not dropped:
                raise PermissionDenied
            self.may_edit(page, user)
            old = dropped[back % len(dropped)]
            old.as_object().save_revision(user=user, previous_revision=old)
        self.submit("editor", where, False)

    @precondition(has_pages)
    @rule(who=anyone, where=place, what=field)
    def save_the_row(self, who, where, what):
        """What a script does that knows nothing of revisions."""
        user, page = self.world.people[who], self.page(where)
        with self.act("save the row"):
            self.rewrite(page, user, what)
            page.save()

    @precondition(has_pages)
    @rule(who=anyone, where=place, hours=st.sampled_from([1, 50]), approved=coin)
    def propose_a_time(self, who, where, hours, approved):
        """Also with an approval that nobody gave."""
        user, page = self.world.people[who], self.page(where)
        with self.act("propose a time"):
            self.may_edit(page, user)
            draft = self.latest(page)
            draft.go_live_at = timezone.now() + timedelta(hours=hours)
            draft.save_revision(user=user, approved_go_live_at=draft.go_live_at if approved else None)

    @precondition(has_room)
    @rule(who=anyone, http=over_http)
    def create(self, who, http):
        """As a page that says of itself that it is live, or with the button that publishes."""
        user = self.world.people[who]
        parent, texts = index_page(NewsPage), [self.word(user) for _part in range(3)]
        with self.act("create", http):
            if http:
                form = self.form(who, self.pages()[0])
                form = form.dict() | {"title": texts[0], "intro": texts[1], "slug": texts[0], "action-publish": "1"}
                form = {name: value for name, value in form.items() if not name.startswith("loaded_revision")}
                self.post(who, reverse("wagtailadmin_pages:add", args=["articles", "newspage", parent.pk]), form)
            else:
                page = NewsPage(
                    title=texts[0],
                    slug=texts[0],
                    intro=texts[1],
                    category=self.world.category,
                    owner=user,
                    locale=parent.locale,
                )
                page.body = [("paragraph", f"<p>{texts[2]}</p>")]
                parent.add_child(instance=page)
                page.save_revision(user=user)

    # The workflow

    @precondition(has_pages)
    @rule(who=anyone, where=place, http=over_http)
    def submit(self, who, where, http):
        user, page = self.world.people[who], self.page(where)
        with self.act("submit", http):
            if http:
                self.send(who, page, self.form(who, page), action__submit="1")
                return
            if not page.latest_revision_id or not page.permissions_for_user(user).can_submit_for_moderation():
                raise PermissionDenied
            state = page.current_workflow_state
            if state and state.status == state.STATUS_NEEDS_CHANGES:
                state.resume(user)
            elif workflow := page.get_workflow():
                workflow.start(page, user)

    def under_review(self, where: int) -> NewsPage | None:
        waiting = [page for page in self.pages() if page.current_workflow_task_state]
        return waiting[where % len(waiting)] if waiting else self.page(where)

    def look(self, which: str, who: str, where: int, http: bool) -> None:
        """Opens a page in a tab: what is on the screen from now on is what its reader knows."""
        page = self.under_review(where)
        revision = page.get_latest_revision()
        if revision is None or page.alias_of_id:
            return
        self.tabs[which] = {
            "who": who, "page": page.pk, "state": page.current_workflow_task_state, "revision": revision.pk,
            "text": revision_text(revision), "fingerprint": fingerprint(revision.content),
            "form": self.form(who, page) if http else None,
        }  # fmt: skip

    @precondition(has_pages)
    @rule(which=tab, who=anyone, where=place, http=over_http)
    def open_a_tab(self, which, who, where, http):
        with self.act("open a tab", http):
            self.look(which, who, where, http)

    @precondition(lambda self: self.tabs)
    @rule(which=tab, what=field)
    def save_from_a_tab(self, which, what):
        seen = self.tabs.get(which) or next(iter(self.tabs.values()))
        user = self.world.people[seen["who"]]
        page = NewsPage.objects.filter(pk=seen["page"]).first()
        loaded = Revision.objects.filter(pk=seen["revision"]).first()
        with self.act("save from a tab", bool(seen["form"])):
            if page is None or loaded is None:
                raise PermissionDenied
            if seen["form"]:
                form = seen["form"].copy()
                self.write_in(form, user, what)
                self.send(seen["who"], page, form)
            else:
                self.may_edit(page, user)
                draft = loaded.as_object()
                self.rewrite(draft, user, what)
                draft.save_revision(user=user, overwrite_revision=loaded)

    def verdict(self, seen: dict, name: str, http: bool, when: str = "") -> None:
        """Gives a verdict on what a tab shows. If it counts, the journal has who gave it on which text."""
        user, state = self.world.people[seen["who"]], seen["state"]
        before = set(TaskState.objects.filter(status=TaskState.STATUS_APPROVED).values_list("pk", flat=True))
        if state is None or not TaskState.objects.filter(pk=state.pk).exists():
            raise PermissionDenied
        values = {"revision": seen["revision"], "fingerprint": seen["fingerprint"], "comment": "", "when": when}
        if seen["form"]:
            button = {"action-workflow-action": "1", "workflow-action-name": name}
            form = seen["form"].copy()
            form.update(button)
            self.post(seen["who"], edit_url(Page(pk=seen["page"])), form)
        elif http:
            address = reverse("wagtailadmin_pages:workflow_action", args=[seen["page"], name, state.pk])
            self.post(seen["who"], address, values)
        else:
            state = TaskState.objects.get(pk=state.pk).specific
            state.task.specific.on_action(state, user, name, **values)
        approvals = TaskState.objects.filter(status=TaskState.STATUS_APPROVED).exclude(pk__in=before)
        if name == "approve" and approvals.exists():
            unseen = [one.pk for one in approvals if revision_text(one.revision) != seen["text"]]
            self.must(not unseen, f"{seen['who']} saw {seen['text']} and approved another text")
            writers = {self.wrote[word] for word in seen["text"] if word not in self.public_words}
            self.must(user.pk not in writers, f"{seen['who']} approved words of their own: {seen['text']}")
            self.approved.setdefault(seen["text"], set()).add(user.pk)
            self.tally["approvals"] += 1
        if name == "reject":
            self.approved.pop(seen["text"], None)

    @precondition(lambda self: self.tabs)
    @rule(which=tab, http=over_http, now=coin)
    def approve_from_a_tab(self, which, http, now):
        seen = self.tabs.get(which) or next(iter(self.tabs.values()))
        with self.act("approve from a tab", http or bool(seen["form"])):
            self.verdict(seen, "approve", http, "now" if now else "")

    @precondition(has_pages)
    @rule(who=approver, where=place, http=over_http, now=coin)
    def look_and_approve(self, who, where, http, now):
        with self.act("look and approve", http):
            self.look("fresh", who, where, False)
            if seen := self.tabs.pop("fresh", None):
                self.verdict(seen, "approve", http, "now" if now else "")

    @precondition(has_pages)
    @rule(who=st.sampled_from(["editor", "chief_editor"]), where=place, what=field)
    def an_ordinary_day(self, who, where, what):
        """Someone writes and sends in, and the first step is taken. What comes next is up to the others."""
        self.edit(who, where, what, False)
        self.submit(who, where, False)
        self.look_and_approve("reviewer", where, False, True)

    @precondition(has_pages)
    @rule(where=place, what=field)
    def a_change_of_mind(self, where, what):
        """What one chief editor wrote is replaced by an editor before it is sent in, and the other publishes that."""
        self.edit("chief_editor", where, what, False)
        self.edit("editor", where, what, False)
        self.submit("editor", where, False)
        self.look_and_approve("reviewer", where, False, True)
        self.look_and_approve("second_chief_editor", where, False, True)

    # The same again, so that it happens more often.
    second_look = precondition(has_pages)(
        rule(who=approver, where=place, http=over_http, now=coin)(lambda self, **drawn: self.look_and_approve(**drawn))
    )

    @precondition(has_pages)
    @rule(who=approver, where=place, what=field)
    def approve_with_new_text(self, who, where, what):
        """One request that carries both another text and the approval."""
        user, page = self.world.people[who], self.under_review(where)
        with self.act("approve with new text", True):
            form = self.form(who, page)
            self.write_in(form, user, what)
            self.send(who, page, form, action__workflow__action="1", workflow__action__name="approve")

    @precondition(has_pages)
    @rule(who=approver, where=place, http=over_http)
    def reject(self, who, where, http):
        with self.act("reject", http):
            self.look("fresh", who, where, False)
            if seen := self.tabs.pop("fresh", None):
                self.verdict(seen, "reject", http)

    @precondition(has_pages)
    @rule(who=anyone, where=place)
    def cancel(self, who, where):
        page = self.under_review(where)
        with self.act("cancel"):
            if state := page.current_workflow_state:
                if not state.user_can_cancel(self.world.people[who]):
                    raise PermissionDenied
                state.cancel(user=self.world.people[who])

    @rule(step=st.integers(0, 1), empty=coin)
    def switch_a_step_off(self, step, empty):
        with self.act("switch a step off"):
            task = FourEyesTask.objects.order_by("pk")[step]
            if empty:
                task.groups.clear()
            else:
                Task.objects.get(pk=task.pk).deactivate()
            self.steps_are_off_for = 4

    def mend_steps(self) -> None:
        for task in FourEyesTask.objects.all():
            task.active = True
            task.save()
            task.groups.set(self.world.groups[task.pk])

    # The ways round it

    @precondition(has_pages)
    @rule(who=anyone, where=place, what=field, later=coin, http=over_http)
    def press_publish(self, who, where, what, later, http):
        """The button of the edit form, also with a time to come."""
        user, page = self.world.people[who], self.page(where)
        with self.act("press publish", http):
            if http:
                form = self.form(who, page)
                self.write_in(form, user, what)
                if later:
                    form["go_live_at"] = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%d %H:%M}"
                self.send(who, page, form, action__publish="1")
                return
            self.may_edit(page, user)
            draft = self.latest(page)
            self.rewrite(draft, user, what)
            draft.go_live_at = timezone.now() + timedelta(days=1) if later else None
            PublishPageRevisionAction(draft.save_revision(user=user), user=user).execute()

    @precondition(has_pages)
    @rule(who=anyone, where=place, signed=coin)
    def publish_the_revision(self, who, where, signed):
        """What add-ons and scripts do, with or without saying for whom."""
        with self.act("publish the revision"):
            if revision := self.page(where).get_latest_revision():
                revision.publish(user=self.world.people[who] if signed else None)

    @precondition(has_pages)
    @rule(who=anyone, where=place, whole=coin)
    def bulk_publish(self, who, where, whole):
        page = self.page(where)
        with self.act("bulk publish", True):
            chosen = page.get_parent() if whole else page
            address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
            self.post(who, f"{address}?id={chosen.pk}", {"include_descendants": "on"})

    @precondition(has_pages)
    @rule(who=anyone, where=place)
    def run_the_workflow_to_its_end(self, who, where):
        """What a script does that asks nobody, in someone's name: an approval all the same, of the text that was sent in."""
        user, state = self.world.people[who], self.under_review(where).current_workflow_task_state
        with self.act("approve round the task"):
            if state:
                state.approve(user=user)
                self.approved.setdefault(revision_text(state.revision), set()).add(user.pk)

    @precondition(has_pages)
    @rule(where=place, who=st.sampled_from(["chief_editor", "chief_editor", "editor"]), http=over_http)
    def force(self, where, who, http):
        user, page = self.world.people[who], self.page(where)
        text = revision_text(page.get_latest_revision()) if page.get_latest_revision() else None
        entries = PageLogEntry.objects.filter(action="wagtail.publish.force")
        logged, reviews = entries.count(), AfterReview.objects.filter(done_at=None).count()
        with self.act("force", http):
            if page.alias_of_id:
                raise PermissionDenied
            if http:
                self.post(who, reverse("editorial_force_publish", args=[page.pk]), {"reason": "Bråttom"})
            else:
                force_publish([page], user, "Bråttom")
        if entries.count() > logged and AfterReview.objects.filter(done_at=None).count() > reviews:
            self.prove(text)

    # Time

    @rule(stock=coin)
    def the_worker_runs(self, stock):
        with self.act("the worker runs"):
            if stock:
                call_command("publish_scheduled", verbosity=0)
            else:
                schedule.run_due()

    @rule()
    def time_passes(self):
        """A day goes by: every time that was to come has come."""
        with self.act("time passes"):
            now = timezone.now() - timedelta(seconds=1)
            for revision in Revision.page_revisions.all():
                if (revision.content.get("go_live_at") or "") > now.isoformat():
                    content = {**revision.content, "go_live_at": now.isoformat()}
                    due = now if revision.approved_go_live_at else None
                    Revision.objects.filter(pk=revision.pk).update(content=content, approved_go_live_at=due)
            Revision.objects.filter(approved_go_live_at__gt=now).update(approved_go_live_at=now)
            Page.objects.filter(go_live_at__gt=now).update(go_live_at=now)

    @precondition(has_pages)
    @rule(who=anyone, where=place)
    def unschedule(self, who, where):
        page = self.page(where)
        with self.act("unschedule"):
            if not page.permissions_for_user(self.world.people[who]).can_unschedule():
                raise PermissionDenied
            page.revisions.update(approved_go_live_at=None)

    # The tree

    @precondition(has_room)
    @rule(who=anyone, where=place, live=coin, http=over_http)
    def copy(self, who, where, live, http):
        user, page = self.world.people[who], self.page(where)
        parent, slug = page.get_parent(), f"kopia-{self.tally['steps']}"
        with self.act("copy", http):
            if http:
                values = {"new_title": page.title, "new_slug": slug, "new_parent_page": str(parent.pk)}
                values |= {"publish_copies": "on"} if live else {}
                self.post(who, reverse("wagtailadmin_pages:copy", args=[page.pk]), values)
            else:
                CopyPageAction(page, to=parent, update_attrs={"slug": slug}, user=user, keep_live=live).execute()

    @precondition(has_pages)
    @rule(who=anyone, where=place, first=coin, http=over_http)
    def move(self, who, where, first, http):
        user, page = self.world.people[who], self.page(where)
        with self.act("move", http):
            target = index_page(NewsPage, page.locale.language_code)
            if http:
                self.post(who, reverse("wagtailadmin_pages:move_confirm", args=[page.pk, target.pk]))
            else:
                MovePageAction(page, target, pos="first-child" if first else "last-child", user=user).execute()

    @precondition(has_room)
    @rule(where=place)
    def alias(self, where):
        page = self.page(where)
        with self.act("alias"):
            if page.alias_of_id:
                raise PermissionDenied
            page.create_alias(update_slug=f"spegel-{self.tally['steps']}")

    @precondition(has_pages)
    @rule(who=anyone, where=place, http=over_http)
    def convert_an_alias(self, who, where, http):
        aliases = list(NewsPage.objects.exclude(alias_of=None).order_by("pk"))
        page = aliases[where % len(aliases)] if aliases else self.page(where)
        with self.act("convert an alias", http):
            if http:
                self.post(who, reverse("wagtailadmin_pages:convert_alias", args=[page.pk]))
            else:
                ConvertAliasPageAction(page, user=self.world.people[who]).execute()

    @precondition(has_pages)
    @rule(who=anyone, where=place, http=over_http)
    def unpublish(self, who, where, http):
        user, page = self.world.people[who], self.page(where)
        with self.act("unpublish", http):
            if http:
                self.post(who, reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
            else:
                UnpublishPageAction(page, user=user).execute()

    @precondition(lambda self: NewsPage.objects.count() > 2)
    @rule(who=approver, where=place, http=over_http)
    def delete(self, who, where, http):
        user, page = self.world.people[who], self.page(where)
        with self.act("delete", http):
            if http:
                self.post(who, reverse("wagtailadmin_pages:delete", args=[page.pk]))
            elif page.permissions_for_user(user).can_delete():
                page.delete(user=user)
            else:
                raise PermissionDenied

    @rule()
    def purge_revisions(self):
        with self.act("purge revisions"), pytest.raises(CommandError):
            call_command("purge_revisions", stdout=StringIO())

    # Two languages

    @precondition(has_room)
    @rule(who=st.sampled_from(["translator", "editor", "chief_editor"]), where=place, http=over_http)
    def translate(self, who, where, http):
        user, page = self.world.people[who], self.page(where)
        english = Locale.objects.get(language_code="en")
        with self.act("translate", http):
            if page.locale == english:
                raise PermissionDenied
            if http:
                address = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
                self.post(who, address, {"locales": [english.pk]})
            else:
                translate_object(page, [english], user=user)

    @precondition(lambda self: Translation.objects.exists())
    @rule(who=st.sampled_from(["translator", "editor", "chief_editor"]), where=place)
    def mirror_the_original_again(self, who, where):
        with self.act("mirror the original", True):
            page = self.translation(where).get_target_instance()
            self.post(who, reverse("wagtail_localize:convert_to_alias", args=[page.pk]))

    def translation(self, where: int) -> Translation | None:
        translations = list(Translation.objects.order_by("pk"))
        return translations[where % len(translations)] if translations else None

    @precondition(lambda self: Translation.objects.exists())
    @rule(who=st.sampled_from(["translator", "reviewer", "chief_editor", "editor"]), where=place, which=place)
    def translate_a_string(self, who, where, which):
        user, translation = self.world.people[who], self.translation(where)
        with self.act("translate a string"):
            segments = list(translation.source.stringsegment_set.select_related("string", "context").order_by("pk"))
            segments = [one for one in segments if WORD.search(one.string.data)]
            if not segments:
                raise PermissionDenied
            segment = segments[which % len(segments)]
            StringTranslation.objects.update_or_create(
                translation_of=segment.string, locale=translation.target_locale, context=segment.context,
                defaults={"data": self.word(user), "last_translated_by": user, "translation_type": "manual"},
            )  # fmt: skip

    @precondition(lambda self: Translation.objects.exists())
    @rule(
        who=st.sampled_from(["translator", "chief_editor", "editor"]),
        where=place,
        way=st.sampled_from(["send", "publish", "sync", "draft"]),
        http=over_http,
    )
    def use_a_translation(self, who, where, way, http):
        user, translation = self.world.people[who], self.translation(where)
        with self.act(f"translation: {way}", http):
            page = translation.get_target_instance()
            if way == "send":
                send_for_review(page, user)
            elif way == "publish" and http:
                self.post(who, edit_url(page), {"action": "publish"})
            elif way == "sync" and http:
                address = reverse("wagtail_localize:update_translations", args=[translation.source_id])
                self.post(who, address, {"publish_translations": "on"})
            else:
                if way == "sync":
                    translation.source.update_from_db()
                translation.save_target(user=user, publish=way != "draft")

    # The promise

    def must(self, holds, otherwise: str) -> None:
        if not holds:
            self.tally.setdefault("found after", self.tally["steps"])
            raise BrokenPromise(otherwise)

    def prove(self, text) -> None:
        self.proven.add(text)
        self.public_words.update(text)

    def check(self, text, what: str) -> None:
        """Someone who wrote none of it approved exactly this text, or it was forced for everyone to see."""
        if text in self.proven:
            return
        approvers = self.approved.get(text, set())
        writers = {self.wrote[word] for word in text if word not in self.public_words}
        self.must(
            approvers - writers, f"{what}: {text} was written by {writers} and approved by {approvers or 'nobody'}"
        )
        self.prove(text)

    @invariant()
    def a_text_is_public_only_if_someone_else_approved_exactly_that_text(self):
        for page in NewsPage.objects.filter(live=True).select_related("live_revision"):
            self.check(row_text(page), f"page {page.pk} is live")
            if page.live_revision and not page.alias_of_id:
                kept = revision_text(page.live_revision) == row_text(page)
                self.must(kept, f"the live revision of page {page.pk} has another text than its row")
        for revision in Revision.page_revisions.exclude(approved_go_live_at=None):
            self.check(revision_text(revision), f"revision {revision.pk} is scheduled")
