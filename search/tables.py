"""The tables of the index. They exist twice while it is rebuilt: the ones in use, and those of the next.

Each database keeps tokens in its own full-text table; nearly everything else is the same. A page is written, and removed,
in whatever transaction is open, with exact counts in the vocabulary.
"""

import fcntl
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from search.analysis import fold, pair_token, pair_tokens
from search.documents import Document, Entry
from search.spelling import SKELETON_LENGTH, skeleton

COLUMNS = ("title", "title_parts", "lead", "body", "parts")
DOCUMENT = ("docid", "page_id", "language", "kind", "year", "facets", "published_at", "version", "visible_until", "checksum")  # fmt: skip
TEXTS = ("title", "label", "lead", "text", "attached")
LANGUAGES = [code for code, _name in settings.LANGUAGES]
NEXT = "_next"
INDEX_LOCK = 7132  # the name of a lock in PostgreSQL; `core.tree_lock` has the two before it
REBUILD_LOCK, FOLLOWER_LOCK = 7133, 7134
EVERY_PAGE = ""  # the word whose count is the number of pages
LONGEST_TERM = 64
VOCABULARY_CHUNK = 2000
SETTLED = (
    "SELECT gin_clean_pending_list(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_am m ON m.oid = c.relam AND m.amname = 'gin' WHERE i.indrelid = %s::regclass"
)


class Busy(Exception):
    """Another process is at it."""


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def execute(sql: str, values: Sequence = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def execute_many(sql: str, rows: list) -> None:
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(sql, rows)


def rows_of(sql: str, values: Sequence = ()) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def hold_index() -> None:
    """Until the end of the transaction nobody else writes to the index. Writers take words in different orders."""
    if is_postgres():
        execute(f"SELECT pg_advisory_xact_lock({INDEX_LOCK})")


@contextmanager
def _sole(name: str, number: int, by) -> Iterator[None]:
    """Holds what one process at a time may hold, until it ends or dies. Raises Busy where another has it."""
    if is_postgres():
        with by.cursor() as cursor:
            cursor.execute(f"SELECT pg_try_advisory_lock({number})")
            if not cursor.fetchone()[0]:
                raise Busy
        try:
            yield
        finally:
            with by.cursor() as cursor:
                cursor.execute(f"SELECT pg_advisory_unlock({number})")
        return
    with open(f"{connection.settings_dict['NAME']}-{name}", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield


def sole_rebuild(by=connection):
    """One process at a time builds the index anew."""
    return _sole("rebuild", REBUILD_LOCK, by)


def sole_follower(by=connection):
    """One process at a time writes to the search engine outside the database."""
    return _sole("follower", FOLLOWER_LOCK, by)


class Tables:
    """The tables with one ending: "" for those in use, `NEXT` for those that a rebuild fills."""

    def __init__(self, ending: str = ""):
        self.document, self.text, self.term = (f"search_{name}{ending}" for name in ("document", "text", "term"))
        self.tokens = {language: f"search_tokens_{language}{ending}" for language in LANGUAGES}
        self.tally, self.tallied = f"search_tally{ending}", f"search_tallied{ending}"

    # Making and taking away

    def create(self, *, with_indexes: bool = True) -> None:
        """Empty tables. A rebuild makes the indexes last, which is quicker."""
        moment, bytewise = ("timestamptz", ' COLLATE "C"') if is_postgres() else ("datetime", "")
        key = (
            "bigint" if is_postgres() else "integer"
        )  # what SQLite calls integer is the row's own number: one look-up less
        vectors = "".join(f", {name} tsvector" for name in VECTORS) if is_postgres() else ""
        execute(
            f"CREATE TABLE {self.document} (docid {key} NOT NULL PRIMARY KEY, page_id integer NOT NULL UNIQUE,"
            " language varchar(8) NOT NULL, kind varchar(20) NOT NULL, year smallint,"
            f" facets text NOT NULL, published_at {moment}, version {moment}, visible_until {moment},"
            f" checksum varchar(24) NOT NULL{vectors})"
        )
        execute(
            f"CREATE TABLE {self.text} (page_id integer NOT NULL PRIMARY KEY, title text NOT NULL, label text NOT NULL,"
            " lead text NOT NULL, text text NOT NULL, attached text NOT NULL, readings text NOT NULL)"
        )
        execute(
            f"CREATE TABLE {self.term} (language varchar(8) NOT NULL, term varchar({LONGEST_TERM}) NOT NULL,"
            f" folded varchar({LONGEST_TERM}){bytewise} NOT NULL, skeleton varchar({SKELETON_LENGTH}) NOT NULL,"
            " pages integer NOT NULL, titles integer NOT NULL, PRIMARY KEY (language, term))"
        )
        if is_postgres():
            execute(f"ALTER TABLE {self.document} {STORAGE}")
        else:
            for table in self.tokens.values():
                columns = ", ".join((*COLUMNS, "marks"))
                tokenizer = "unicode61 remove_diacritics 0 tokenchars ''_:-''"
                execute(f"CREATE VIRTUAL TABLE {table} USING fts5({columns}, tokenize='{tokenizer}')")
                execute(f"INSERT INTO {table}({table}, rank) VALUES ('rank', 'bm25(10.0, 4.0, 4.0, 1.0, 0.6, 0.0)')")
            self.create_tallies()
        if with_indexes:
            self.create_indexes()

    def create_tallies(self) -> None:
        """On SQLite: what hits are counted by, once for all pages that share it, and a small row for each page.

        Thousands of these lie in a few blocks of the disk; the rows of pages lie between their texts.
        """
        execute(
            f"CREATE TABLE {self.tally} (id integer NOT NULL PRIMARY KEY, kind varchar(20) NOT NULL,"
            " year smallint NOT NULL, facets text NOT NULL, UNIQUE (kind, year, facets))"
        )
        execute(f"CREATE TABLE {self.tallied} (docid integer NOT NULL PRIMARY KEY, tally integer NOT NULL)")

    def create_indexes(self) -> None:
        wanted = [
            (self.document, "", "(visible_until)"),
            (self.term, "", "(language, folded)"),
            (self.term, "", "(language, skeleton)"),
        ]
        if is_postgres():
            wanted += [(self.document, "USING gin ", "(h)"), (self.document, "USING gin ", "(v, p)")]
            wanted += [(self.document, "", "(language, docid)")]
        for table, method, columns in wanted:
            execute(f"CREATE INDEX search_{uuid.uuid4().hex[:12]} ON {table} {method}{columns}")

    def finish(self) -> None:
        """Indexes and figures for the planner, after a rebuild."""
        self.create_indexes()
        if not is_postgres():
            for table in self.tokens.values():
                execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")
        self.describe()

    def describe(self) -> None:
        """Figures for the planner."""
        for table in (self.document, self.text, self.term):
            execute(f"ANALYZE {table}")

    def settle(self) -> list[int]:
        """Puts what was written lately in its place in PostgreSQL's indexes of words: every question reads all of it until then.

        Returns for each of these indexes how many blocks that was.
        """
        return [blocks for (blocks,) in rows_of(SETTLED, [self.document])] if is_postgres() else []

    def all(self) -> list[str]:
        shared = [self.document, self.text, self.term]
        return shared if is_postgres() else [*shared, *self.tokens.values(), self.tally, self.tallied]

    def drop(self) -> None:
        for table in self.all():
            execute(f"DROP TABLE IF EXISTS {table}")

    def take_the_place_of(self, used: "Tables") -> None:
        """These tables become the ones in use. In a transaction: readers see either."""
        used.drop()
        for mine, theirs in zip(self.all(), used.all(), strict=True):
            execute(f"ALTER TABLE {mine} RENAME TO {theirs}")

    # Writing

    def add(self, entries: list[Entry]) -> None:
        """Writes pages that are not in these tables yet; their words are counted by `count()`."""
        documents = [
            [
                entry.document.docid,
                entry.document.page_id,
                entry.document.language,
                entry.document.kind,
                entry.document.year,
                facets_of(entry.document),
                adapted(entry.document.published_at),
                adapted(entry.document.version),
                adapted(entry.document.visible_until),
                entry.document.checksum,
                *([vector(entry, HEAD), vector(entry, COLUMNS), pairs_vector(entry.pairs)] if is_postgres() else []),
            ]
            for entry in entries
        ]
        columns = (*DOCUMENT, *VECTORS) if is_postgres() else DOCUMENT
        places = ["%s"] * len(DOCUMENT) + ["%s::tsvector"] * (len(columns) - len(DOCUMENT))
        execute_many(f"INSERT INTO {self.document} ({', '.join(columns)}) VALUES ({', '.join(places)})", documents)
        texts = [
            [entry.document.page_id, *(getattr(entry.document, name) for name in TEXTS), entry.readings]
            for entry in entries
        ]
        columns, places = ("page_id", *TEXTS, "readings"), ["%s"] * (len(TEXTS) + 2)
        execute_many(f"INSERT INTO {self.text} ({', '.join(columns)}) VALUES ({', '.join(places)})", texts)
        if not is_postgres():
            self._add_tokens(entries)
            self._add_tallies([entry.document for entry in entries])

    def _add_tokens(self, entries: list[Entry]) -> None:
        for language, table in self.tokens.items():
            tokens = [
                [entry.document.docid, *(" ".join(getattr(entry, name)) for name in COLUMNS), marks_of(entry)]
                for entry in entries
                if entry.document.language == language
            ]  # fmt: skip
            columns = ("rowid", *COLUMNS, "marks")
            execute_many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", tokens)  # fmt: skip

    def _add_tallies(self, documents: list[Document]) -> None:
        """A page without a year has the year 0 there, so that all of them share it."""
        shared = [[document.kind, document.year or 0, facets_of(document)] for document in documents]
        execute_many(
            f"INSERT INTO {self.tally} (kind, year, facets) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", shared
        )
        execute_many(
            f"INSERT INTO {self.tallied} (docid, tally)"
            f" SELECT %s, id FROM {self.tally} WHERE kind = %s AND year = %s AND facets = %s",
            [[document.docid, *values] for document, values in zip(documents, shared, strict=True)],
        )

    def remove(self, page_ids: Iterable[int]) -> None:
        """Takes pages away; their words are counted by `count()`."""
        for page_id in page_ids:
            for docid, language in rows_of(
                f"SELECT docid, language FROM {self.document} WHERE page_id = %s", [page_id]
            ):
                execute(f"DELETE FROM {self.document} WHERE docid = %s", [docid])
                if not is_postgres():
                    execute(f"DELETE FROM {self.tokens[language]} WHERE rowid = %s", [docid])
                    execute(f"DELETE FROM {self.tallied} WHERE docid = %s", [docid])
            execute(f"DELETE FROM {self.text} WHERE page_id = %s", [page_id])

    def count(self, language: str, pages: Counter, titles: Counter) -> None:
        """Adds to the numbers of pages and titles in which words stand; negative numbers take away."""
        words = sorted(word for word in pages.keys() | titles.keys() if pages[word] or titles[word])
        rows = [
            [language, word[:LONGEST_TERM], fold(word)[:LONGEST_TERM], skeleton(fold(word)), pages[word], titles[word]]
            for word in words
        ]
        for start in range(0, len(rows), VOCABULARY_CHUNK):
            execute_many(
                f"INSERT INTO {self.term} (language, term, folded, skeleton, pages, titles) VALUES (%s, %s, %s, %s, %s, %s)"
                f" ON CONFLICT (language, term) DO UPDATE SET pages = {self.term}.pages + excluded.pages,"
                f" titles = {self.term}.titles + excluded.titles",
                rows[start : start + VOCABULARY_CHUNK],
            )
        if gone := [word for word in words if pages[word] < 0]:
            execute_many(
                f"DELETE FROM {self.term} WHERE language = %s AND term = %s AND pages <= 0",
                [[language, word[:LONGEST_TERM]] for word in gone],
            )


def marks_of(entry: Entry) -> str:
    """What SQLite has in no text: what a page can be narrowed to, and the pairs of its words."""
    return " ".join((*entry.document.marks, *sorted(set(map(pair_token, entry.pairs)))))


def facets_of(document: Document) -> str:
    """Its facets as the index keeps them, with a space round each."""
    return f" {' '.join(document.facets)} "


def adapted(moment):
    """A moment as the database keeps it; SQL that is written by hand goes past Django's fields."""
    return connection.ops.adapt_datetimefield_value(moment)


# PostgreSQL's vectors: of titles and leads, of the whole text, and of its pairs, which are asked for and never read. Four
# weights: title, its parts and the lead, the body, its parts.
VECTORS = ("h", "v", "p")
# Rows are as small as they can be with `h` in them, since every hit's is read. Compressing the others would only cost time.
STORAGE = "ALTER h SET STORAGE main, ALTER v SET STORAGE external, ALTER p SET STORAGE external, SET (toast_tuple_target = 1024)"
LABELS = {"title": "A", "title_parts": "B", "lead": "B", "body": "C", "parts": "D"}
HEAD = ("title", "title_parts", "lead")
LAST_POSITION = 16_383  # of a tsvector
POSITIONS = 60  # of one word, of the 255 that a tsvector would keep
GAP = 10  # between fields, so that no phrase spans two
MOST_LEXEMES = 900_000  # bytes; a tsvector holds a megabyte
MOST_PAIRS = 80_000  # of twelve bytes


def pairs_vector(pairs: Sequence[str]) -> str:
    """A tsvector literal of pairs of words, in no place, as many as it holds."""
    return " ".join(quoted(token) for pair in pairs[:MOST_PAIRS] for token in pair_tokens(pair))


def vector(entry: Entry, columns: tuple[str, ...]) -> str:
    """A tsvector literal of some of an entry's tokens."""
    positions: dict[str, list[str]] = {}
    place, size = 0, 0
    for column in columns:
        for token in getattr(entry, column):
            place = min(place + 1, LAST_POSITION)
            if token not in positions:
                size += len(token.encode()) + 2
                if size > MOST_LEXEMES:
                    break
            found = positions.setdefault(token, [])
            if len(found) < POSITIONS:
                found.append(f"{place}{LABELS[column]}")
        place = min(place + GAP, LAST_POSITION)
    return " ".join(f"{quoted(token)}:{','.join(found)}" for token, found in positions.items())


def quoted(token: str) -> str:
    """A token as a literal in a tsvector or tsquery."""
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
