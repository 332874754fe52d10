"""Two people at the same moment, on real servers and both databases: one verdict, and no text overwritten unseen."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from textwrap import indent
from threading import Barrier

import pytest
import requests
from wagtail.test.utils.form_data import querydict_from_html

PASSWORD = "a long password"
ROUNDS = 1_000 if os.environ.get("FAULTS") == "long" else 2
PEOPLE = f"""
from django.contrib.auth.models import Group
from core.models import User
from editorial.roles import group_name
for name, role in (("w", "author"), ("e", "editor"), ("f", "editor"), ("r", "reviewer"), ("c", "chief_editor"),
                   ("d", "chief_editor")):
    user, is_new = User.objects.get_or_create(username="verdict-" + name, defaults={{"email": name + "@verdict.example"}})
    user.set_password("{PASSWORD}")
    user.save()
    user.groups.add(Group.objects.get(name=group_name(role)))
"""
PAGE = """
import uuid
from core.models import User
from home.models import InfoPage
author = User.objects.get(username="verdict-w")
page = InfoPage(title="Samtidigt", slug=uuid.uuid4().hex, intro="En ingress.", live=False, owner=author)
InfoPage.objects.get(slug="om").add_child(instance=page)
page.save_revision(user=author)
print("page", page.pk)
"""
SUBMIT = """
from wagtail.models import Page
page.get_workflow().start(page, author)
print("state", Page.objects.get(pk=page.pk).current_workflow_task_state.pk)
"""
TITLE = """
from wagtail.models import Page
print("found", Page.objects.get(pk=pk).draft_title)
"""
ADDRESS = """
from wagtail.models import Page
print("found", Page.objects.get(pk=pk).slug)
"""
LOG = """
from wagtail.models import Page, PageLogEntry
page = Page.objects.get(pk=pk)
entries = PageLogEntry.objects.filter(page=page, action__in=("wagtail.workflow.approve", "wagtail.workflow.reject"))
print("found", entries.count(), page.workflow_states.last().status)
"""

IN_THE_LAST_STEP = """
from core.guards import authorised_publication
from core.models.revisions import fingerprint
from wagtail.models import Page
with authorised_publication():
    page.get_latest_revision().publish(user=author)
page = InfoPage.objects.get(pk=page.pk)
page.title = "Godkänd"
page.save_revision(user=author)
page.get_workflow().start(page, author)
page = Page.objects.get(pk=page.pk)
page.current_workflow_task.on_action(page.current_workflow_task_state, User.objects.get(username="verdict-r"), "approve")
page = Page.objects.get(pk=page.pk)
print("state", page.current_workflow_task_state.pk)
print("parent", page.get_parent().pk)
"""
STORY = """
from wagtail.models import Page, PageLogEntry
page = Page.objects.filter(pk=pk).first()
public = page.specific if page and page.live else None
verdicts = PageLogEntry.objects.filter(page=pk, action="wagtail.workflow.approve").count()
print("found", public.title if public else "-", public.live_revision.content["title"] if public else "-", verdicts)
"""
PROBLEMS = """
from wagtail.models import Page
print("problems", sum(map(len, Page.find_problems())))
"""
SCHEDULED = """
from datetime import timedelta
from core.forms import whole_minutes
from core.guards import authorised_publication
from django.utils import timezone
page.go_live_at = whole_minutes(timezone.now() + timedelta(days=2))
page.save_revision(user=author)
with authorised_publication():
    page.get_latest_revision().publish()
print("at", int(page.go_live_at.timestamp()))
"""
MOVES = """
from wagtail.models import PageLogEntry, Revision
revision = Revision.objects.get(object_id=pk, approved_go_live_at__isnull=False)
same = revision.approved_go_live_at == revision.as_object().go_live_at
print("found", int(revision.approved_go_live_at.timestamp()), same, PageLogEntry.objects.filter(page=pk, action="editorial.rescheduled").count())
"""
CHAIN = """
from itertools import pairwise
from wagtail.models import Page
revisions = list(Page.objects.get(pk=pk).revisions.order_by("pk").select_related("record"))
print("found", len(revisions), [(one.pk, other.pk) for one, other in pairwise(revisions) if other.record.parent_id != one.pk])
"""


@pytest.fixture(scope="module")
def portal(live_portal):
    live_portal.manage("shell", "-v0", "-c", PEOPLE)
    return live_portal


def signed_in(portal, name: str) -> requests.Session:
    session = requests.Session()
    address = f"{portal.url}/admin/login/"
    session.get(address, timeout=30)
    values = {"username": f"verdict-{name}", "password": PASSWORD, "csrfmiddlewaretoken": session.cookies["csrftoken"]}
    assert "/login/" not in session.post(address, values, timeout=30).url
    return session


def at_once(*acts):
    """What each act returns, all begun at the same moment."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(run, act) for act in acts]]


def post(session, address: str, values: dict):
    token = {"csrfmiddlewaretoken": session.cookies["csrftoken"]}
    return session.post(address, values | token, timeout=60, allow_redirects=False)


def shell(portal, code: str) -> str:
    return portal.manage("shell", "-v0", "-c", code)


def prepare(portal, code: str, *names: str) -> list[tuple[str, ...]]:
    """Runs the code once for each round; the numbers that it prints by name, by round."""
    said = shell(portal, f"for _round in range({ROUNDS}):\n{indent(code, '    ')}")
    return list(zip(*(re.findall(rf"^{name} (\d+)", said, re.MULTILINE) for name in names), strict=True))


def found(portal, code: str, pages) -> list[list[str]]:
    """What the code says of each page after the word `found`."""
    said = shell(portal, f"for pk in [{', '.join(pages)}]:\n{indent(code, '    ')}")
    return [line.split() for line in re.findall(r"^found (.+)", said, re.MULTILINE)]


def test_approve_and_reject_at_once_are_one_verdict(portal):
    reviewer, chief = signed_in(portal, "r"), signed_in(portal, "c")
    prepared = prepare(portal, PAGE + SUBMIT, "page", "state")
    answers = []
    for page, state in prepared:
        address = f"{portal.url}/admin/pages/workflow/action/{page}/{{}}/{state}/"
        answers.append(
            at_once(
                lambda address=address: post(reviewer, address.format("approve"), {"comment": ""}).status_code,
                lambda address=address: post(chief, address.format("reject"), {"comment": "Nej"}).status_code,
            )
        )
    outcome = {(302, 409): "in_progress", (409, 302): "needs_changes"}
    stories = found(portal, LOG, [page for page, _state in prepared])
    assert stories == [["1", outcome[tuple(codes)]] for codes in answers]


def form_of(session, portal, page: str) -> dict:
    html = session.get(f"{portal.url}/admin/pages/{page}/edit/", timeout=30).text
    values = querydict_from_html(html, form_id="page-edit-form").dict()
    return values | {f"{stream}-count": "0" for stream in ("body", "related_pages", "related_links")}


def test_two_who_save_at_once_do_not_overwrite_each_other(portal):
    one, other = signed_in(portal, "e"), signed_in(portal, "f")
    winners, pages = [], [page for (page,) in prepare(portal, PAGE, "page")]
    for page in pages:
        address = f"{portal.url}/admin/pages/{page}/edit/"
        forms = [
            form_of(session, portal, page) | {"title": title} for session, title in ((one, "Ett"), (other, "Annat"))
        ]
        answers = at_once(
            lambda address=address, form=forms[0]: post(one, address, form),
            lambda address=address, form=forms[1]: post(other, address, form),
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        loser = next(place for place, answer in enumerate(answers) if answer.status_code == 409)
        assert forms[loser]["title"] in answers[loser].text
        winners.append([forms[1 - loser]["title"]])
    assert found(portal, TITLE, pages) == winners


def test_every_save_that_succeeds_stands_on_the_one_before(portal):
    """One presses the button, three more tabs save by themselves."""
    sessions = [signed_in(portal, name) for name in ("e", "f", "e", "f")]
    for session in sessions[1:]:
        session.headers["Accept"] = "application/json"
    page = prepare(portal, PAGE, "page")[0][0]
    address = f"{portal.url}/admin/pages/{page}/edit/"
    rounds = max(2, ROUNDS // len(sessions))
    for turn in range(rounds):
        form = form_of(sessions[0], portal, page)
        acts = (
            partial(post, session, address, form | {"title": f"Text {turn} {place}"})
            for place, session in enumerate(sessions)
        )
        pressed, *automatic = (answer.status_code for answer in at_once(*acts))
        assert (pressed, sorted(automatic)) in ((302, [400, 400, 400]), (409, [200, 400, 400]))
    assert found(portal, CHAIN, [page]) == [[str(1 + rounds), "[]"]]


def test_several_who_give_their_pages_new_addresses_at_once_all_may(portal):
    sessions = [signed_in(portal, name) for name in ("e", "f", "c", "d")]
    pages = [page for _session in sessions for (page,) in prepare(portal, PAGE, "page")]
    for turn in range(ROUNDS):
        mine = pages[turn * len(sessions) : (turn + 1) * len(sessions)]
        forms = [
            form_of(session, portal, page) | {"slug": f"ny-{page}"}
            for session, page in zip(sessions, mine, strict=True)
        ]
        acts = (
            partial(post, session, f"{portal.url}/admin/pages/{page}/edit/", form)
            for session, page, form in zip(sessions, mine, forms, strict=True)
        )
        assert [answer.status_code for answer in at_once(*acts)] == [302] * len(sessions)
    assert found(portal, ADDRESS, pages) == [[f"ny-{page}"] for page in pages]


def test_an_approval_among_other_acts_publishes_what_was_approved_or_nothing(portal):
    chief, editing, moving, removing = (signed_in(portal, name) for name in ("c", "d", "d", "d"))
    prepared = prepare(portal, PAGE + IN_THE_LAST_STEP, "page", "state", "parent")
    pages = f"{portal.url}/admin/pages"
    for turn, (page, state, parent) in enumerate(prepared):
        form = form_of(editing, portal, page) | {"title": "Smugen"}
        answers = at_once(
            partial(post, chief, f"{pages}/workflow/action/{page}/approve/{state}/", {"comment": ""}),
            partial(post, editing, f"{pages}/{page}/edit/", form),
            partial(post, moving, f"{pages}/{page}/move/{parent}/confirm/", {}),
            partial(post, removing, f"{pages}/{page}/{('unpublish', 'delete')[turn % 2]}/", {}),
        )
        assert {answer.status_code for answer in answers} <= {200, 302, 403, 404, 409}
    for public, of_its_revision, verdicts in found(portal, STORY, [page for page, *_rest in prepared]):
        assert public in ("Godkänd", "Samtidigt", "-")
        assert public == of_its_revision
        assert verdicts in ("2" if public == "Godkänd" else "12")
    assert "problems 0" in shell(portal, PROBLEMS)


def test_of_those_who_move_one_item_at_once_one_does_and_the_others_are_told(portal):
    made = prepare(portal, PAGE + SCHEDULED, "page", "at")
    people = [signed_in(portal, name) for name in ("e", "f", "c")]
    chosen = {}
    for page, at in made:
        seen = datetime.fromtimestamp(int(at), UTC)
        address, days = f"{portal.url}/admin/plan/{page}/publish/", range(1, len(people) + 1)
        answers = at_once(
            *(
                partial(
                    post, person, address, {"seen": seen.isoformat(), "at": (seen + timedelta(days=day)).isoformat()}
                )
                for person, day in zip(people, days, strict=True)
            )
        )
        statuses = [answer.status_code for answer in answers]
        assert sorted(statuses) == [302, 409, 409]
        chosen[page] = int((seen + timedelta(days=statuses.index(302) + 1)).timestamp())
    assert found(portal, MOVES, chosen) == [[str(at), "True", "1"] for at in chosen.values()]
