"""What the index holds of a page: its texts, what it can be filtered by, and its words as tokens."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Min
from django.utils import timezone, translation
from wagtail.models import Page

from core import kinds
from core.visibility import MAX_DEPTH, public_q
from search.analysis import Text, analyse_text, pairs_of, surfaces_of, text_from, tidy

INDEXED = 200_000  # characters of a page's text that are indexed, some 30,000 words
LONGEST_WORD = 60  # letters; what is longer is no word that somebody types
PAGE_BITS = 28  # of a docid: the key of its page
PAGE = (1 << PAGE_BITS) - 1


@dataclass(frozen=True)
class Document:
    """A page as it is found. `label` is its category in its own language.

    `attached` holds the texts of its files, see `search.attachments`. `facets` are codes such as `theme:assessment`. A theme counts as a category too: kinds of page that have no categories
    of their own are sorted by themes.
    """

    page_id: int
    language: str
    kind: str
    facets: tuple[str, ...]
    published_at: datetime | None
    version: datetime | None
    visible_until: datetime | None
    title: str
    label: str
    lead: str
    text: str
    attached: str = ""

    @property
    def docid(self) -> int:
        """A key that sorts by first publication, then by page."""
        seconds = max(0, int(self.published_at.timestamp())) if self.published_at else 0
        return seconds << PAGE_BITS | self.page_id

    @staticmethod
    def told_by(docid: int) -> tuple[int, datetime | None]:
        """The key of the page and the second of its first publication, from its `docid`."""
        seconds = docid >> PAGE_BITS
        return docid & PAGE, datetime.fromtimestamp(seconds, UTC) if seconds else None

    @property
    def year(self) -> int | None:
        return timezone.localtime(self.published_at).year if self.published_at else None

    @property
    def checksum(self) -> str:
        """The same for the same words, narrowings and times: by it two indexes are compared."""
        values = [value.astimezone(UTC) if isinstance(value, datetime) else value for value in astuple(self)]
        return hashlib.blake2s(repr(values).encode(), digest_size=12).hexdigest()

    @property
    def marks(self) -> tuple[str, ...]:
        """Everything that a search can be narrowed to, as words that no text contains."""
        return (f"kind:{self.kind}", *self.facets, *([f"year:{self.year}"] if self.year else []))


@dataclass(frozen=True)
class Entry:
    """A document's tokens by field, the pairs of its words (`search.analysis.pairs_of`), and its words: what may be typed to
    find it. `readings` are kept for ranking and marking."""

    document: Document
    title: list[str]
    title_parts: list[str]
    lead: list[str]
    body: list[str]
    parts: list[str]
    pairs: list[str]
    words: frozenset[str]
    title_words: frozenset[str]
    readings: str


READ = ("title", "lead", "text", "attached")  # the fields of a document whose words are read


def kept_texts(readings: str, most: int = -1) -> list[Text]:
    """The texts of a document's fields in the order of `READ` from what was kept, or `most` words of each."""
    return [text_from(kept, most) for kept in readings.split("\n")]


def pairs_in(texts: list[Text]) -> list[str]:
    """The pairs of words that stand in any of some texts."""
    return sorted(set().union(*(pairs_of(text.lemmas) for text in texts)))


def entry_of(document: Document, texts: list[Text] | None = None) -> Entry:
    """A document's entry; with the texts that were kept when it was written, the same as it was then."""
    language = document.language
    fields = [getattr(document, name) for name in READ]
    texts = texts or [analyse_text(text, language) for text in fields]
    title, lead, *rest = texts
    title_words = {*surfaces_of(document.title, language), *title.lemmas}
    words = {*title_words}.union(*(surfaces_of(text, language) for text in fields[1:]))
    words.update(*(text.lemmas for text in texts[1:]), *(text.extras for text in texts))
    return Entry(
        document,
        title.lemmas,
        sorted(set(title.extras)),
        lead.lemmas + sorted(set(lead.extras)),
        [lemma for text in rest for lemma in text.lemmas],
        sorted({extra for text in rest for extra in text.extras}),
        pairs_in(texts),
        frozenset(word for word in words if 1 < len(word) < LONGEST_WORD),
        frozenset(word for word in title_words if 1 < len(word) < LONGEST_WORD),
        "\n".join(text.kept for text in texts),
    )


@dataclass(frozen=True)
class Kept:
    """A document as the index has it, with the readings of its words."""

    document: Document
    readings: str

    @property
    def entry(self) -> Entry:
        return entry_of(self.document, kept_texts(self.readings))


def searchable_kinds() -> list[kinds.Kind]:
    return [kind for kind in kinds.every() if kind.searchable]


def findable_ids() -> Iterator[int]:
    """The keys of all pages that search finds now, kind by kind."""
    for kind in searchable_kinds():
        yield from kind.model.objects.published().findable().order_by("pk").values_list("pk", flat=True)


def documents(page_ids: Iterable[int]) -> list[Document]:
    """The documents of those among the pages that are public and to be found now."""
    found = []
    from search.attachments import attached  # reads the index, which is made of documents

    public = Page.objects.filter(public_q(), pk__in=list(page_ids)).order_by().values_list("content_type", "pk")
    by_type: dict[int, list[int]] = defaultdict(list)
    for content_type, pk in public:
        by_type[content_type].append(pk)
    for kind in searchable_kinds() if by_type else ():
        if ids := by_type.get(ContentType.objects.get_for_model(kind.model).pk):
            pages = kind.model.objects.filter(pk__in=ids).findable().select_related("locale")
            found += [_document(kind, page) for page in pages]
    files = attached(document.page_id for document in found)
    return [
        replace(document, attached=tidy(files[document.page_id])[:INDEXED]) if document.page_id in files else document
        for document in found
    ]


def _document(kind: kinds.Kind, page) -> Document:
    language = page.locale.language_code
    with translation.override(language):
        category = getattr(page, kind.category.split("__")[0], None) if kind.category else None
        facets = page.search_facets
        codes = {f"{name}:{term.code}" for name, terms in facets.items() for term in terms}
        codes |= {f"category:{term.code}" for term in [*facets.get("theme", []), *([category] if category else [])]}
        named = [term.label for terms in facets.values() for term in terms]
        label = category.label if category else ""
        lead = " . ".join(filter(None, [page.search_lead, label, *named]))
    return Document(
        page_id=page.pk,
        language=language,
        kind=kind.code,
        facets=tuple(sorted(codes)),
        published_at=page.first_published_at,
        version=page.last_published_at,
        visible_until=_end_of_visibility(page),
        title=tidy(page.title),
        label=label,
        lead=tidy(lead)[:INDEXED],
        text=tidy(f"{page.intro} {page.search_text}")[:INDEXED],
    )


def _end_of_visibility(page) -> datetime | None:
    """When the page, or one above it, will be taken down by the clock."""
    line = [page.path[: Page.steplen * depth] for depth in range(2, MAX_DEPTH + 1)]
    return Page.objects.filter(path__in=line).aggregate(end=Min("expire_at"))["end"]
