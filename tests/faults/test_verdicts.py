"""Two people at the same moment, on real servers and both databases: one verdict, and no text overwritten unseen."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests
from wagtail.test.utils.form_data import querydict_from_html

PASSWORD = "a long password"
ROUNDS = 20 if os.environ.get("FAULTS") == "long" else 2
PEOPLE = f"""
from django.contrib.auth.models import Group
from core.models import User
from editorial.roles import group_name
for name, role in (("w", "author"), ("e", "editor"), ("f", "editor"), ("r", "reviewer"), ("c", "chief_editor")):
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
STATE = """
from wagtail.models import TaskState
print("page", TaskState.objects.get(pk={pk}).workflow_state.object_id)
"""
TITLE = """
from wagtail.models import Page
print("title", Page.objects.get(pk={pk}).draft_title)
"""
LOG = """
from wagtail.models import Page, PageLogEntry
page = Page.objects.get(pk={pk})
entries = PageLogEntry.objects.filter(page=page, action__in=("wagtail.workflow.approve", "wagtail.workflow.reject"))
print("verdicts", entries.count(), page.workflow_states.last().status, page.revisions.count())
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


def number(portal, what: str, code: str) -> str:
    return re.search(rf"{what} (\d+)", portal.manage("shell", "-v0", "-c", code))[1]


def found(portal, pk: str) -> list[str]:
    return re.search(r"verdicts (.+)", portal.manage("shell", "-v0", "-c", LOG.format(pk=pk)))[1].split()


def test_approve_and_reject_at_once_are_one_verdict(portal):
    reviewer, chief = signed_in(portal, "r"), signed_in(portal, "c")
    for _round in range(ROUNDS):
        state = number(portal, "state", PAGE + SUBMIT)
        page = number(portal, "page", STATE.format(pk=state))
        address = f"{portal.url}/admin/pages/workflow/action/{page}/{{}}/{state}/"
        approved, rejected = at_once(
            lambda address=address: post(reviewer, address.format("approve"), {"comment": ""}),
            lambda address=address: post(chief, address.format("reject"), {"comment": "Nej"}),
        )
        verdicts, status, _revisions = found(portal, page)
        assert verdicts == "1"
        assert status == (
            "in_progress" if approved.status_code == 302 and rejected.status_code == 409 else "needs_changes"
        )
        assert {approved.status_code, rejected.status_code} <= {302, 409}


def form_of(session, portal, page: str) -> dict:
    html = session.get(f"{portal.url}/admin/pages/{page}/edit/", timeout=30).text
    values = querydict_from_html(html, form_id="page-edit-form").dict()
    return values | {f"{stream}-count": "0" for stream in ("body", "related_pages", "related_links")}


def test_two_who_save_at_once_do_not_overwrite_each_other(portal):
    one, other = signed_in(portal, "e"), signed_in(portal, "f")
    page = number(portal, "page", PAGE)
    address = f"{portal.url}/admin/pages/{page}/edit/"
    for turn in range(ROUNDS):
        forms = [
            form_of(session, portal, page) | {"title": f"{name} {turn}"}
            for session, name in ((one, "Ett"), (other, "Annat"))
        ]
        answers = at_once(
            lambda forms=forms: post(one, address, forms[0]), lambda forms=forms: post(other, address, forms[1])
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        loser = next(place for place, answer in enumerate(answers) if answer.status_code == 409)
        assert forms[loser]["title"] in answers[loser].text
        assert forms[1 - loser]["title"] in portal.manage("shell", "-v0", "-c", TITLE.format(pk=page))
