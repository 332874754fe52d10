"""Generated Swedish pages, as many as one likes, the same each time, written straight into the index.

The words and their forms are the dictionary's, their frequencies follow Zipf's law as those of real texts do, a long tail
of rare words and compounds included.
"""

import itertools
import json
import multiprocessing
import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Locale, Page

from articles.models import NewsPage
from search import tables
from search.analysis import APART, BESIDE, analyse, pairs_of
from search.documents import Document, Entry
from search.index import WordCounts
from search.lexicon import lexicon
from search.models import SearchText
from search.tables import Tables
from tests.world import index_page

WORDS = 60_000  # lemmas of the vocabulary
FORMS = 4  # at least: words that are inflected
DRAWS = 2_000_000  # from which a word is drawn: the rarest form is among them once or not at all
TITLE, LEAD, TEXT = (3, 7), (10, 18), (100, 1500)  # words, from and to; short texts are commoner
FIRST_ID = 1_000_000
KINDS = ("method", "news", "book_tip", "blog_post")
THEMES = (
    "collegial_learning",
    "accessible_learning",
    "language_development",
    "digital_ai",
    "safety_calm",
    "assessment",
)
FIRST_DAY = datetime(2015, 1, 1, 12, tzinfo=timezone.get_fixed_timezone(0))
CHUNK = 2_000  # pages in a transaction
IN_MEMORY = 64 << 20  # bytes of its index that FTS5 gathers before it writes; as it comes 1 MB


@cache
def vocabulary() -> list[list[str]]:
    """The forms of each word, in an order of commonness that has nothing to do with the alphabet."""
    kept = settings.DATA_DIR / f"corpus-vocabulary-{WORDS}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    words, forms = lexicon("sv"), {}
    for number in range(words.count):
        form = words._form(number).decode()
        if 3 <= len(form) <= 22 and form.isalpha():
            forms.setdefault(words.lemmas(form)[0], []).append(form)
    inflected = sorted(sorted(found) for found in forms.values() if len(found) >= FORMS)
    random.Random(7).shuffle(inflected)
    kept.write_text(json.dumps(inflected[:WORDS], ensure_ascii=False))
    return inflected[:WORDS]


@cache
def readings() -> dict[str, str]:
    """What each form of the vocabulary is indexed as. Generated pages are made of these, so that none has to be analysed."""
    kept = settings.DATA_DIR / f"corpus-readings-{WORDS}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    found = {form: analyse(form, "sv").reading for forms in vocabulary() for form in forms}
    kept.write_text(json.dumps(found, ensure_ascii=False))
    return found


@cache
def tokens() -> dict[str, list[str]]:
    """The base form of each form of the vocabulary, then what else it is found by."""
    return {form: reading.split(BESIDE) for form, reading in readings().items()}


class Words:
    """Draws words by Zipf's law; none that is, or contains, one of the base forms `without`."""

    def __init__(self, seed: int, without: frozenset[str] = frozenset()):
        self.random = random.Random(seed)
        found = vocabulary()
        if without:
            found = [forms for forms in found if without.isdisjoint(tokens()[forms[0]])]
        shares = [1 / (rank + 2.7) for rank in range(len(found))]
        scale, reached = DRAWS / sum(shares), 0.0
        self.drawn: list[str] = []  # each form as often as it is to be drawn
        for forms, share in zip(found, shares, strict=True):
            for form in forms:
                reached += scale * share / len(forms)
                self.drawn += [form] * (round(reached) - len(self.drawn))

    def draw(self, low: int, high: int) -> list[str]:
        return self.random.choices(self.drawn, k=self.between(low, high))

    def between(self, low: int, high: int) -> int:
        """Mostly near the low end, as lengths of texts are."""
        return low + int((high - low) * self.random.random() ** 2)


def entries(number: int, *, seed: int = 1, first_id: int = FIRST_ID, without: frozenset[str] = frozenset()) -> Iterator[Entry]:  # fmt: skip
    """The entries of `number` Swedish pages with keys from `first_id` on."""
    words = Words(seed, without)
    for count in range(number):
        published = FIRST_DAY + timedelta(minutes=count * 5_500_000 // max(1, number))
        theme = words.random.choice(THEMES)
        drawn = [words.draw(*length) for length in (TITLE, LEAD, TEXT)]
        title, lead, text = (" ".join(forms).capitalize() for forms in drawn)
        document = Document(
            page_id=first_id + count,
            language="sv",
            kind=KINDS[count % len(KINDS)],
            facets=(f"category:{theme}", f"theme:{theme}"),
            published_at=published,
            version=published,
            visible_until=None,
            title=title,
            label="",
            lead=f"{lead}.",
            text=f"{text}.",
        )
        yield _entry(document, drawn)


def _entry(document: Document, drawn: list[list[str]]) -> Entry:
    """What `search.documents.entry_of` makes of a document, from the forms of its title, lead and text. Reads no text."""
    known, read = tokens(), readings()
    title, lead, body = ([known[form][0] for form in forms] for forms in drawn)
    title_parts, lead_parts, parts = (sorted({part for form in set(forms) for part in known[form][1:]}) for forms in drawn)  # fmt: skip
    return Entry(
        document,
        title,
        title_parts,
        lead + lead_parts,
        body,
        parts,
        sorted(set().union(*map(pairs_of, (title, lead, body)))),
        frozenset(itertools.chain(*drawn, title, lead, body, title_parts, lead_parts, parts)),
        frozenset(drawn[0]).union(title),
        "\n".join(f"{' '.join(read[form] for form in forms)}{APART}" for forms in (*drawn, [])),
    )


def add(number: int, **kwargs) -> None:
    """Writes generated documents into the index, and a row of its own for each page, so that they count as public."""
    used, rows = Tables(), PageRows()
    _gather(used, IN_MEMORY)
    made = _made_beside(number, **kwargs)
    for written in made:
        if isinstance(written, WordCounts):
            break
        with transaction.atomic():
            used.add(written)
            rows.add((entry.document.page_id, entry.document.title, entry.document.version) for entry in written)
    _gather(used, 1 << 20)
    with transaction.atomic():
        tables.hold_index()
        written.write(used)
    used.describe()
    used.settle()


def multiply(times: int, *, step: int) -> None:
    """Copies the first `step` generated pages, all there are, within the database, so that there are `times` as many."""
    used, rows = Tables(), PageRows()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT page_id, version FROM {used.document} WHERE page_id >= {FIRST_ID}")  # noqa: S608
        there = cursor.fetchall()
        titles = dict(SearchText.objects.filter(page_id__gte=FIRST_ID).values_list("page_id", "title"))
    _gather(used, IN_MEMORY)
    for copy in range(1, times):
        with transaction.atomic():
            for table in (name for name in used.all() if name not in (used.term, used.tally)):
                _copy(used, table, step, copy * step)
            rows.add((page_id + copy * step, titles[page_id], version) for page_id, version in there)
    _gather(used, 1 << 20)
    tables.execute(f"UPDATE {used.term} SET pages = pages * %s, titles = titles * %s", [times, times])  # noqa: S608
    used.describe()
    used.settle()


def _copy(used: Tables, table: str, step: int, shift: int) -> None:
    """Copies the first `step` generated rows of a table of the index; keys of pages, and those that end with them, get higher."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")  # noqa: S608
        columns = [column[0] for column in cursor.description]
    these = f"page_id >= {FIRST_ID} AND page_id < {FIRST_ID + step}"
    if "page_id" not in columns:
        columns = columns if "docid" in columns else ["rowid", *columns]
        these = f"{columns[0]} IN (SELECT docid FROM {used.document} WHERE {these})"  # noqa: S608
    values = [f"{name} + {shift}" if name in ("page_id", "docid", "rowid") else name for name in columns]
    tables.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE {these}")  # noqa: S608


def _made_beside(number: int, **kwargs) -> Iterator[list[Entry] | WordCounts]:
    """The entries in lists, made by another process while this one writes those before; then how often their words stand."""
    receiving, sending = multiprocessing.Pipe(duplex=False)
    maker = multiprocessing.get_context("fork").Process(
        target=_make, args=(sending, number), kwargs=kwargs, daemon=True
    )
    maker.start()
    sending.close()
    while not isinstance(received := receiving.recv(), WordCounts):
        yield received
    yield received
    maker.join()


def _make(sending, number: int, **kwargs) -> None:
    made, counts, none = entries(number, **kwargs), WordCounts(), frozenset()
    while written := list(itertools.islice(made, CHUNK)):
        for entry in written:
            counts.add(entry)
        sending.send([replace(entry, words=none, title_words=none) for entry in written])
    sending.send(counts)


def _gather(used: Tables, size: int) -> None:
    """SQLite writes many pages in half the time where it sorts their words in memory."""
    for table in () if tables.is_postgres() else used.tokens.values():
        tables.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', {size})")  # noqa: S608


class PageRows:
    """Writes rows of public pages past Django's models, which take five times as long. They lie below the news."""

    def __init__(self):
        parent = index_page(NewsPage)
        news = Page(
            depth=parent.depth + 1,
            numchild=0,
            live=True,
            locale=Locale.objects.get(language_code="sv"),
            content_type=ContentType.objects.get_for_model(NewsPage),
        )
        fields = Page._meta.concrete_fields
        self.parent, self.columns = parent, [field.column for field in fields]
        self.same = {field.column: field.get_db_prep_save(field.pre_save(news, True), connection) for field in fields}

    def add(self, pages: Iterable[tuple[int, str, datetime]]) -> None:
        """Writes pages of which the key, the title and the time of publication are given."""
        places = ", ".join(["%s"] * len(self.columns))
        names = ", ".join(map(connection.ops.quote_name, self.columns))
        table = Page._meta.db_table
        tables.execute_many(
            f"INSERT INTO {table} ({names}) VALUES ({places})",  # noqa: S608
            [list((self.same | self._own(*page)).values()) for page in pages],
        )

    def _own(self, pk: int, title: str, published: datetime) -> dict:
        steps = Page._int2str(pk - FIRST_ID + 100_000).rjust(Page.steplen, Page.alphabet[0])
        moment, key = tables.adapted(published), uuid.uuid4()
        return {
            "id": pk,
            "title": title,
            "draft_title": title,
            "slug": f"g{pk}",
            "path": self.parent.path + steps[-Page.steplen :],
            "url_path": f"{self.parent.url_path}g{pk}/",
            "translation_key": key if tables.is_postgres() else key.hex,
            "first_published_at": moment,
            "last_published_at": moment,
        }
