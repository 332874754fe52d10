"""One writer at a time in the tree of pages, also where the database lets several in.

treebeard reads where a page stands, computes, and writes; two at once leave orphans, wrong counts and wrong addresses. On
SQLite a transaction that writes has the database to itself. On PostgreSQL whoever changes the tree waits here for everybody
else, and whoever only saves a page waits for those who change the tree. Both wait before they read, and before they hold
any page's row: the other way round two would wait for each other.
"""

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps

from django.db import connection, transaction
from treebeard import mp_tree
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.models import Page

TREE, SLUGS = 7130, 7131  # names of the locks: any numbers that nothing else in the database uses
DEADLOCK_DETECTED = "40P01"  # PostgreSQL's name for it
PLACE = ("path", "depth", "numchild", "url_path")
CHANGES_THE_TREE = {"add", "copy", "delete", "move_confirm", "set_page_position"}

# Where Wagtail and treebeard change the tree, whoever asks them to, and what they hold of it in memory.
ENTRANCES = {
    (CopyPageAction, "execute"): ("page", "to"),
    (CreatePageAliasAction, "execute"): ("page", "parent"),
    (DeletePageAction, "execute"): ("page",),
    (MovePageAction, "execute"): ("page", "target"),
    (mp_tree.MP_AddChildHandler, "process"): ("node",),
    (mp_tree.MP_AddSiblingHandler, "process"): ("node",),
    (mp_tree.MP_MoveHandler, "process"): ("node", "target"),
    (mp_tree.MP_NodeQuerySet, "delete"): (),
}

# Where Wagtail makes whole branches, and counts the places in them from 0. treebeard counts from 1: a page could not be
# moved before the first of such a branch.
BRANCHES = {(CopyPageAction, "_copy_page"), (CreatePageAliasAction, "_create_alias")}


@contextmanager
def turn() -> Iterator[None]:
    """Waits in line for SQLite's only write lock. SQLite lets those who wait sleep and look again: some would never get it."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():
        yield
        return
    with open(f"{connection.settings_dict['NAME']}-queue", "a") as line:
        fcntl.flock(line, fcntl.LOCK_EX)
        yield


def _lock(function: str, *key: int) -> None:
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}({', '.join(map(str, key))})")


def hold_tree() -> None:
    """Until the end of the transaction nobody else changes the tree or saves a page."""
    _lock("pg_advisory_xact_lock", TREE)


def hold_place() -> None:
    """Until the end of the transaction every page stays where it is."""
    _lock("pg_advisory_xact_lock_shared", TREE)


def hold_slug(parent_path: str) -> None:
    """Until the end of the transaction nobody else gives a page below this one an address."""
    _lock("pg_advisory_xact_lock", SLUGS, zlib.crc32(parent_path.encode()) - 2**31)


def is_deadlock(error) -> bool:
    """Whether the database has undone a transaction because it and another waited for each other."""
    return getattr(error.__cause__, "sqlstate", None) == DEADLOCK_DETECTED


def hold_for(match) -> None:
    """What a request that may write has to hold before it reads anything: by the name of its view."""
    if match.namespace == "wagtail_localize":
        hold_tree()  # translating makes pages, and those above them
    elif match.namespace == "wagtailadmin_pages":
        (hold_tree if match.url_name in CHANGES_THE_TREE else hold_place)()
    elif match.url_name == "wagtail_bulk_action" and match.kwargs.get("model_name") == "page":
        (hold_tree if match.kwargs["action"] in ("delete", "move") else hold_place)()


def refresh_place(page) -> None:
    """Reads anew where a page stands: it may have been moved since. Raises Page.DoesNotExist when it has been removed."""
    for name, value in Page.objects.values(*PLACE).get(pk=page.pk).items():
        setattr(page, name, value)
    vars(page).pop("_cached_parent_obj", None)  # treebeard keeps the page above as it was


def _guard(owner, name: str, held: tuple[str, ...]) -> None:
    act = getattr(owner, name)

    @wraps(act)
    def guarded(self, *args, **kwargs):
        with transaction.atomic():
            hold_tree()
            for node in filter(None, (getattr(self, attribute) for attribute in held)):
                if isinstance(node, Page):
                    refresh_place(node)
            return act(self, *args, **kwargs)

    guarded.holds_the_tree = True
    setattr(owner, name, guarded)


def _count_from_one(owner, name: str) -> None:
    act = getattr(owner, name)

    @wraps(act)
    def counted(*args, _mpnode_attrs=None, **kwargs):
        if _mpnode_attrs:
            path, depth = _mpnode_attrs
            _mpnode_attrs = Page(path=path)._inc_path(), depth
        return act(*args, _mpnode_attrs=_mpnode_attrs, **kwargs)

    setattr(owner, name, counted)


def connect() -> None:
    for owner, name in BRANCHES:
        _count_from_one(owner, name)
    for (owner, name), held in ENTRANCES.items():
        _guard(owner, name, held)
