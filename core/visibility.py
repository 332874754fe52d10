"""The one place that says what is public.

A page is public when it is live, inside its time window by the database's clock, and neither it, an ancestor nor the page
it mirrors (`alias_of`) is restricted, unpublished or outside its window. Everything that shows pages asks here, by way of
`ContentQuerySet.published()` or `is_public()`. What is not known to be public is hidden.
"""

import re
from collections.abc import Callable
from functools import cache

from django.db import connection
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q
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


def _open() -> Q:
    source = Page.objects.filter(pk=OuterRef("alias_of_id"))
    mirrored_is_public = Exists(source.filter(~_closed(), ~_restricted()))
    return in_window() & Q(depth__lte=MAX_DEPTH) & ~Q(_closed()) & (Q(alias_of__isnull=True) | mirrored_is_public)


def _public() -> Q:
    return _open() & ~Q(_restricted())


class _Kept(Func):
    """A condition on pages whose SQL Django writes once: writing it takes longer than any database needs to answer it."""

    output_field = BooleanField()
    columns = ("alias_of", "depth", "expire_at", "go_live_at", "live", "path")

    def __init__(self, condition: Callable[[], Q]):
        super().__init__(*map(F, self.columns))
        self.condition = condition

    def as_sql(self, compiler, connection, function=None, template=None, arg_joiner=None, **context):
        written, values = _written(self.condition, connection.vendor)
        columns = map(compiler.compile, self.get_source_expressions())
        places = {name: sql for name, (sql, _values) in zip(self.columns, columns, strict=True)}
        return written.format(**places), values


@cache
def _written(condition: Callable[[], Q], vendor: str) -> tuple[str, tuple]:
    """The SQL of a condition, `{path}` for the page's column `path`, and its values."""
    table = connection.ops.quote_name(Page._meta.db_table)
    query = Page.objects.filter(condition()).order_by().query
    sql, values = query.get_compiler(connection=connection).compile(query.where)
    names = {Page._meta.get_field(name).column: name for name in _Kept.columns}
    sql = re.sub(r"\b[U-Z]\d\b", r"public_\g<0>", sql)  # the query round it has tables of such names itself
    return "(" + re.sub(rf'{table}\."(\w+)"', lambda column: f"{{{names[column[1]]}}}", sql) + ")", tuple(values)


def open_q() -> Q:
    """A condition on pages: readable now by those whom its restrictions, if any, let in."""
    return Q(_Kept(_open))


def public_q() -> Q:
    """A condition on pages: readable now by everyone."""
    return Q(_Kept(_public))


def public_sql(table: str) -> tuple[str, tuple]:
    """`public_q()` for SQL that is written by hand: a condition on `table`, a name of the table of pages, and its values."""
    written, values = _written(_public, connection.vendor)
    places = {name: f'{table}."{Page._meta.get_field(name).column}"' for name in _Kept.columns}
    return written.format(**places), values


def is_open(page) -> bool:
    return Page.objects.filter(open_q(), pk=page.pk).exists()


def is_public(page) -> bool:
    """Whether everyone may read this page now. Asks the database, so the answer is never older than the question."""
    return Page.objects.filter(public_q(), pk=page.pk).exists()
