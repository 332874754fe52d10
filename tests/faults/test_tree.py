"""Sixteen people create, move, copy, rename and delete pages at once: the tree stays a tree."""

import os
import subprocess
import sys

import pytest
from wagtail.models import Page

from core import tree_lock
from home.models import InfoPage
from tests.servers import ROOT
from tests.world import make_page

PROCESSES, THREADS = 2, 8
ACTS = 10_000 // (PROCESSES * THREADS) if os.environ.get("FAULTS") == "long" else 8  # for each writer
BEGIN = """
from home.models import InfoPage
above = InfoPage.objects.get(slug="om")
above.add_child(instance=InfoPage(title="Skrivarna", slug="writers", intro="x", live=False, locale=above.locale))
"""
LOOK = """
from collections import Counter
from wagtail.models import Page
pages = {page.path: page for page in Page.objects.all()}
wrong = [page.url_path for path, page in pages.items()
         if page.depth > 2 and page.url_path != pages[path[:-4]].url_path + page.slug + "/"]
twice = [key for key, times in Counter((path[:-4], page.slug) for path, page in pages.items()).items() if times > 1]
print("found", len(pages), [list(problem) for problem in Page.find_problems()], wrong, twice)
"""


# A page is saved with the address that it had, while another process, which holds the tree, gives it a new one.
RENAMED_MEANWHILE = """
import threading
from django.db import connection, connections, transaction
from core.tree_lock import TREE, hold_tree
from home.models import InfoPage
above = InfoPage.objects.get(slug="om")
page = above.add_child(instance=InfoPage(title="Byter namn", slug="before", intro="x", live=False, locale=above.locale))
held = []

def locks(of, granted):
    with connection.cursor() as cursor:
        cursor.execute("SELECT mode FROM pg_locks JOIN pg_database ON pg_database.oid = database AND datname = current_database()"
                       " WHERE locktype = 'advisory' AND objid = %s AND granted = %s AND " + of, [TREE, granted])
        return [mode for mode, in cursor.fetchall()]

def save():
    mine = InfoPage.objects.get(pk=page.pk)
    with transaction.atomic():
        mine.save()
        held.extend(locks("pid = pg_backend_pid()", True))
    connections.close_all()

with transaction.atomic():
    hold_tree()
    saving = threading.Thread(target=save)
    saving.start()
    while not locks("true", False):
        pass
    page.slug = "meanwhile"
    page.save()
saving.join()
print("found", held)
"""


def run_writers(portal, acts: int) -> list[str]:
    """Lets them all work at once; returns what they say they have done."""
    command = [sys.executable, "-m", "tests.faults.tree_writers"]
    writers = [
        subprocess.Popen(
            [*command, str(number), str(THREADS), str(acts)],
            cwd=ROOT,
            env=portal.env,
            text=True,
            stdout=subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    said = [writer.communicate()[0] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * PROCESSES
    return "".join(said).splitlines()


def test_many_writers_leave_the_tree_sound(live_portal):
    live_portal.manage("shell", "-v0", "-c", BEGIN)
    done = run_writers(live_portal, ACTS)
    assert not [line for line in done if "failed" in line]
    found = live_portal.manage("shell", "-v0", "-c", LOOK).strip()
    assert found.endswith("[[], [], [], [], []] [] []"), found
    for act in ("create", "move", "copy", "rename", "delete"):
        assert any(line.endswith(act) for line in done), (act, done)


@pytest.mark.parametrize(
    "live_portal",
    [pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.xdist_group("live-postgres")])],
    indirect=True,
)
def test_who_takes_an_address_back_without_knowing_holds_the_tree(live_portal):
    assert live_portal.manage("shell", "-v0", "-c", RENAMED_MEANWHILE).strip().endswith("found ['ExclusiveLock']")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "branch",
    [
        lambda page: page.copy(recursive=True, update_attrs={"slug": "kopia"}),
        lambda page: page.create_alias(recursive=True, update_slug="kopia"),
    ],
    ids=["copied", "mirrored"],
)
def test_a_page_is_moved_before_the_first_of_a_branch(branch):
    page = make_page()
    for _below in range(2):
        make_page(parent=page)
    branch(Page.objects.get(pk=page.pk).specific)
    there = Page.objects.get(slug="kopia")
    moved = make_page()
    Page.objects.get(pk=moved.pk).move(there, pos="first-child")
    assert there.get_children().first().pk == moved.pk
    assert not any(Page.find_problems())


@pytest.mark.django_db
def test_a_page_made_below_one_that_has_moved_since_it_was_read_has_the_right_address():
    above = make_page(live=False)
    as_it_was = Page.objects.get(pk=above.pk)
    above.slug = "nytt-namn"
    above.save()
    below = InfoPage(title="Nedanför", slug="nedanfor", intro="x", live=False, locale=above.locale)
    as_it_was.add_child(instance=below)
    assert below.url_path == Page.objects.get(pk=above.pk).url_path + "nedanfor/"


def test_every_entrance_to_the_tree_holds_it():
    for owner, name in tree_lock.ENTRANCES:
        assert getattr(owner, name).holds_the_tree
