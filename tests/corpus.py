"""Generated Swedish pages, as many as one likes, the same each time, written straight into the index.

The words and their forms are the dictionary's, their frequencies follow Zipf's law as those of real texts do, a long tail
of rare words and compounds included.
"""

import itertools
import json
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
from search.analysis import BESIDE, Text, analyse
from search.documents import Document, Entry, entry_of
from search.index import WordCounts, chunks
from search.lexicon import lexicon
from search.tables import Tables
from tests.world import index_page

WORDS = 60_000  # lemmas of the vocabulary
FORMS = 4  # at least: words that are inflected
TITLE, LEAD, TEXT = (3, 7), (10, 18), (100, 1500)  # words, from and to; short texts are commoner
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
CHUNK = 500


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


class Words:
    """Draws words by Zipf's law; none that is, or contains, one of the base forms `without`."""

    def __init__(self, seed: int, without: frozenset[str] = frozenset()):
        self.random = random.Random(seed)
        found = vocabulary()
        if without:
            found = [forms for forms in found if without.isdisjoint(readings()[forms[0]].split(BESIDE))]
        self.forms = [form for forms in found for form in forms]
        shares = ((1 / (rank + 2.7), len(forms)) for rank, forms in enumerate(found))
        self.weights = list(itertools.accumulate(share / n for share, n in shares for _form in range(n)))

    def draw(self, low: int, high: int) -> list[str]:
        return self.random.choices(self.forms, cum_weights=self.weights, k=self.between(low, high))

    def between(self, low: int, high: int) -> int:
        """Mostly near the low end, as lengths of texts are."""
        return low + int((high - low) * self.random.random() ** 2)


def entries(number: int, *, seed: int = 1, first_id: int = 1_000_000, without: frozenset[str] = frozenset()) -> Iterator[Entry]:  # fmt: skip
    """The entries of `number` Swedish pages with keys from `first_id` on."""
    words, known = Words(seed, without), readings()
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
        yield entry_of(document, [Text([known[form] for form in forms], []) for forms in (*drawn, [])])


def add(number: int, **kwargs) -> None:
    """Writes generated documents into the index, and a row of its own for each page, so that they count as public."""
    counts, used = WordCounts(), Tables()
    parent, locale = index_page(NewsPage), Locale.objects.get(language_code="sv")
    kind = ContentType.objects.get_for_model(NewsPage)
    made = entries(number, **kwargs)
    for some in chunks(range(number), CHUNK):
        written = [next(made) for _n in some]
        with transaction.atomic():
            used.add(written)
            Page.objects.bulk_create(_page(entry.document, parent, locale, kind, place) for entry, place in zip(written, some, strict=True))  # fmt: skip
        for entry in written:
            counts.add(entry)
    with transaction.atomic():
        tables.hold_index()
        counts.write(used)
    used.describe()


def _page(document: Document, parent, locale, kind, place: int) -> Page:
    slug = f"g{document.page_id}"
    steps = Page._int2str(place + 100_000).rjust(Page.steplen, Page.alphabet[0])
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
