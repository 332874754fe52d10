"""The one place that says what is public.

A page is public when it is live, inside its time window by the database's clock, and neither it, an ancestor nor the page
it mirrors (`alias_of`) is restricted, unpublished or outside its window. Everything that shows pages asks here, by way of
`ContentQuerySet.published()` or `is_public()`. What is not known to be public is hidden.
"""

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now, Substr
from django.dispatch import Signal
from wagtail.models import Page, PageViewRestriction

# The tree has four levels and a margin for moves. A deeper page is hidden: its ancestors would not all be looked at.
MAX_DEPTH = 8

# A live page ends at another time than before and nothing was published. Sent with `instance`, the page.
window_changed = Signal()


def in_window() -> Q:
    """Rows that are live and inside their window at the database's present moment."""
    return (
        Q(live=True)
        & (Q(go_live_at__isnull=True) | Q(go_live_at__lte=Now()))
        & (Q(expire_at__isnull=True) | Q(expire_at__gt=Now()))
    )


def _line() -> list:
    """The paths of a page and its ancestors below the invisible root; each is a look-up in the path's index."""
    return [Substr(OuterRef("path"), 1, Page.steplen * depth) for depth in range(2, MAX_DEPTH + 1)]


def _closed() -> Exists:
    """Whether the page, or one above it, is not live or outside its window."""
    return Exists(Page.objects.filter(path__in=_line()).exclude(in_window()))


def _restricted() -> Exists:
    """Whether the page, or one above it, is open to some readers only."""
    return Exists(PageViewRestriction.objects.filter(Q(page__path__in=_line()) | Q(page__depth=1)))


def open_q() -> Q:
    """A condition on pages: readable now by those whom its restrictions, if any, let in."""
    source = Page.objects.filter(pk=OuterRef("alias_of_id"))
    mirrored_is_public = Exists(source.filter(~_closed(), ~_restricted()))
    return in_window() & Q(depth__lte=MAX_DEPTH) & ~Q(_closed()) & (Q(alias_of__isnull=True) | mirrored_is_public)


def public_q() -> Q:
    """A condition on pages: readable now by everyone."""
    return open_q() & ~Q(_restricted())


def is_open(page) -> bool:
    return Page.objects.filter(open_q(), pk=page.pk).exists()


def is_public(page) -> bool:
    """Whether everyone may read this page now. Asks the database, so the answer is never older than the question."""
    return Page.objects.filter(public_q(), pk=page.pk).exists()
