"""Writers at work in the tree of pages, as a process of its own: `python -m tests.faults.tree_writers NAME THREADS ACTS`.

Prints one line for each act that failed in another way than by a reason in words, and what each kind of act came to.
"""

import random
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import django

django.setup()

from django.core.exceptions import ObjectDoesNotExist, ValidationError  # noqa: E402
from django.db import connections, transaction  # noqa: E402
from treebeard.exceptions import InvalidMoveToDescendant  # noqa: E402
from wagtail.actions.copy_page import CopyPageAction, CopyPageIntegrityError  # noqa: E402
from wagtail.models import Page  # noqa: E402

from core.tree_lock import hold_tree, turn  # noqa: E402
from home.models import InfoPage  # noqa: E402

# An address that is taken, a move below itself: said to whoever tried.
REFUSALS = (ValidationError, InvalidMoveToDescendant, CopyPageIntegrityError)
PLACES = ("first-child", "last-child", "left", "right")


class Writer:
    """One person, whose acts follow from a name."""

    def __init__(self, name: str):
        self.chance, self.name = random.Random(name), name
        self.root = InfoPage.objects.get(slug="writers")

    def page(self):
        """One of the pages below the common one; where there is none, the first is made."""
        keys = list(Page.objects.descendant_of(self.root).order_by("pk").values_list("pk", flat=True))
        if not keys:
            self.create()
            return self.page()
        return Page.objects.get(pk=self.chance.choice(keys))

    def parent(self):
        keys = list(Page.objects.descendant_of(self.root).filter(depth__lt=7).values_list("pk", flat=True))
        return Page.objects.get(pk=self.chance.choice([self.root.pk, *keys]))

    def slug(self) -> str:
        return f"s{self.chance.randrange(60)}"

    def create(self):
        page = InfoPage(title=self.name, slug=self.slug(), intro="x", live=False, locale=self.root.locale)
        self.parent().add_child(instance=page)
        page.save_revision()

    def move(self):
        page = self.page()
        place = self.chance.choice(PLACES)
        target = self.page() if place in ("left", "right") else self.parent()
        if target.pk != self.root.pk or place.endswith("child"):
            page.move(target, pos=place)

    def copy(self):
        page = self.page()
        if page.numchild < 5:
            CopyPageAction(
                page, to=self.parent(), recursive=page.depth > 5, update_attrs={"slug": self.slug()}
            ).execute()

    def rename(self):
        page = self.page().specific
        page.slug = self.slug()
        page.save()
        page.save_revision()

    def delete(self):
        page = self.page()
        if page.pk != self.root.pk and page.numchild < 3:
            page.specific.delete()

    def act(self) -> str:
        name = self.chance.choice(["create", "create", "move", "move", "copy", "rename", "delete", "delete"])
        as_a_request = self.chance.random() < 0.5
        try:
            with turn(), transaction.atomic():
                if as_a_request:  # before it reads anything
                    hold_tree()
                getattr(self, name)()
            return name
        except REFUSALS:
            return f"{name}, refused"
        except ObjectDoesNotExist as error:  # someone has removed the page between the look and the act
            return f"failed: {name}: {error}" if as_a_request else f"{name}, gone"
        except Exception as error:
            return f"failed: {name}: {type(error).__name__}: {error}"


def work(name: str, acts: int) -> Counter:
    writer = Writer(name)
    try:
        return Counter(writer.act() for _act in range(acts))
    finally:
        connections.close_all()


if __name__ == "__main__":
    name, threads, acts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with ThreadPoolExecutor(threads) as pool:
        done = pool.map(work, [f"{name}{number}" for number in range(threads)], [acts] * threads)
    for what, times in sorted(sum(done, Counter()).items()):
        print(f"{times} {what}")
