"""Generated Swedish pages, as many as one likes, the same each time, written straight into the index.

The words and their forms are the dictionary's, their frequencies follow Zipf's law as those of real texts do, a long tail
of rare words and compounds included.
"""

import itertools
import json
import multiprocessing
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone
from wagtail.models import Locale, Page

from articles.models import NewsPage
from search import tables
from search.analysis import APART, BESIDE, analyse, pairs_of
from search.documents import Document, Entry
from search.index import WordCounts
from search.lexicon import lexicon
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
    counts, used = WordCounts(), Tables()
    parent, locale = index_page(NewsPage), Locale.objects.get(language_code="sv")
    kind = ContentType.objects.get_for_model(NewsPage)
    _gather(used, IN_MEMORY)
    for written in _made_beside(number, **kwargs):
        with transaction.atomic():
            used.add(written)
            Page.objects.bulk_create(_page(entry.document, parent, locale, kind) for entry in written)
        for entry in written:
            counts.add(entry)
    _gather(used, 1 << 20)
    with transaction.atomic():
        tables.hold_index()
        counts.write(used)
    used.describe()


def _made_beside(number: int, **kwargs) -> Iterator[list[Entry]]:
    """The entries in lists, made by another process while this one writes those before."""
    receiving, sending = multiprocessing.Pipe(duplex=False)
    maker = multiprocessing.get_context("fork").Process(
        target=_make, args=(sending, number), kwargs=kwargs, daemon=True
    )
    maker.start()
    sending.close()
    left = number
    while left:
        written = receiving.recv()
        left -= len(written)
        yield written
    maker.join()


def _make(sending, number: int, **kwargs) -> None:
    made = entries(number, **kwargs)
    while written := list(itertools.islice(made, CHUNK)):
        sending.send(written)


def _gather(used: Tables, size: int) -> None:
    """SQLite writes many pages in half the time where it sorts their words in memory."""
    for table in () if tables.is_postgres() else used.tokens.values():
        tables.execute(f"INSERT INTO {table}({table}, rank) VALUES ('hashsize', {size})")  # noqa: S608


def _page(document: Document, parent, locale, kind) -> Page:
    slug = f"g{document.page_id}"
    steps = Page._int2str(document.page_id - FIRST_ID + 100_000).rjust(Page.steplen, Page.alphabet[0])
    return Page(
        pk=document.page_id,
        title=document.title,
        draft_title=document.title,
        slug=slug,
        path=parent.path + steps[-Page.steplen :],
        depth=parent.depth + 1,
        numchild=0,
        url_path=f"{parent.url_path}{slug}/",
        live=True,
        locale=locale,
        content_type=kind,
        first_published_at=document.published_at,
        last_published_at=document.version,
    )
