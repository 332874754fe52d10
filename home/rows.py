"""Rows of JSON become pages: what `import_content` and `demo` share.

A row names its fields as `content.md` does. References are strings: `page:<id>`, `image:<name>`, `document:<name>`,
`person:<slug>`; in rich text they stand in `href`. A reference that leads nowhere is a loss, which is reported.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from django.db import models as db
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import slugify
from wagtail.blocks import ListBlock, RichTextBlock, StructBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock

from articles.models import BlogIndexPage, BlogPostPage, BookTipIndexPage, BookTipPage, NewsIndexPage, NewsPage
from articles.terms import NewsCategory, Series
from core import html
from core.models import Audience, Byline, Keyword, Person, SchoolForm, Subject, Theme
from home.models import (
    AccessibilityStatementPage,
    HomePage,
    InfoPage,
    PeopleIndexPage,
    ThemeIndexPage,
    ThemePage,
)
from methods.models import MethodIndexPage, MethodPage

MODELS: dict[str, type] = {
    "home": HomePage,
    "theme_index": ThemeIndexPage,
    "method_index": MethodIndexPage,
    "news_index": NewsIndexPage,
    "book_tip_index": BookTipIndexPage,
    "blog_index": BlogIndexPage,
    "people_index": PeopleIndexPage,
    "info": InfoPage,
    "accessibility_statement": AccessibilityStatementPage,
    "theme": ThemePage,
    "method": MethodPage,
    "news": NewsPage,
    "book_tip": BookTipPage,
    "blog_post": BlogPostPage,
}
ALIASES = {"booktip": "book_tip", "blog": "blog_post"}
TERMS = {"themes": Theme, "school_forms": SchoolForm, "subjects": Subject, "audiences": Audience}
# Keys of a row that are not fields of the page under their own name.
FRAME = {
    "id", "type", "locale", "parent", "status", "translation_of", "old_urls", "date", "author", "body", "hero", "tags",
    "related", "related_links", "contact", "responsible", "review_interval", "bylines", "authors", "reviewer",
    "category", "series", "theme", "theme_category", "notice", "contacts", "teaser", "reviewed_on", "pinned_until",
}  # fmt: skip


class RowError(ValueError):
    """What is wrong with one field of one row."""

    def __init__(self, row: int, name: str, problem: str):
        super().__init__(f"row {row}, {name}: {problem}")


class FieldProblem(ValueError):
    """What is wrong with one field, before anyone has said in which row."""

    def __init__(self, name: str, problem: str):
        super().__init__(problem)
        self.name = name


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Inside, a value of the wrong shape becomes a problem of the field `name`."""
    try:
        yield
    except FieldProblem:
        raise
    except KeyError as error:
        raise FieldProblem(name, f"{error} is missing or is not known here") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise FieldProblem(name, str(error)) from error


@dataclass
class Sources:
    """Finds what references name. `page` takes an id and returns a page's key, or None."""

    page: Callable[[str], int | None] = lambda reference: None
    images: dict[str, int] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)

    def key(self, reference: str | None) -> int | None:
        kind, _colon, name = (reference or "").partition(":")
        found = {"page": self.page, "image": self.images.get, "document": self.documents.get, "person": self.people.get}
        return found[kind](name) if kind in found else None


REFERENCE = re.compile(r"(page|image|document|person):")
LINK = re.compile(r'<a href="(page|document):([^"]+)">(.*?)</a>', re.DOTALL)


class Builder:
    """Turns the values of rows into the stored form of fields and blocks, and keeps count of what was lost."""

    def __init__(self, sources: Sources):
        self.sources = sources
        self.losses: list[str] = []

    def rich_text(self, text: str) -> str:
        """Editor's HTML: cleaned, its references turned into Wagtail's links."""

        def link(match):
            kind, name, label = match.groups()
            key = self.sources.key(f"{kind}:{name}")
            if key is None:
                self.losses.append(f"link to {kind} {name}")
                return label
            return f'<a linktype="{kind}" id="{key}">{label}</a>'

        marked = LINK.sub(link, text)
        cleaned = html.clean(marked)
        if "<script" in text.lower() or "javascript:" in text.lower():
            self.losses.append("script")
        return cleaned

    def reference(self, value: str | None) -> int | None:
        """The key behind a reference; one that leads nowhere is a loss."""
        key = self.sources.key(value)
        if value and key is None:
            self.losses.append(f"reference to {value.replace(':', ' ')}")
        return key

    def raw(self, block, value: Any) -> Any:
        """The stored (JSON) form of a block's value."""
        if isinstance(value, str) and REFERENCE.match(value) and not isinstance(block, RichTextBlock):
            return self.reference(value)
        if isinstance(block, RichTextBlock):
            return self.rich_text(value or "")
        if isinstance(block, TypedTableBlock):
            return self.table(block, value)
        if isinstance(block, ImageBlock):
            if not value:
                return None
            return {
                "image": self.reference(value["image"]),
                "alt_text": value["alt_text"],
                "decorative": value["decorative"],
            }
        if isinstance(block, StructBlock):
            return {name: self.raw(block.child_blocks[name], item) for name, item in (value or {}).items()}
        if isinstance(block, ListBlock):
            items = (self.raw(block.child_block, item) for item in value or [])
            return [{"type": "item", "value": item, "id": str(uuid4())} for item in items if item is not None]
        return value

    def table(self, block, value: dict) -> dict:
        names = [column["type"] for column in value["columns"]]
        rows = [
            {"values": [self.raw(block.child_blocks[name], cell) for name, cell in zip(names, row, strict=True)]}
            for row in value["rows"]
        ]
        return {"columns": value["columns"], "rows": rows, "caption": ""}

    def stream(self, stream_block, rows: list[dict]) -> list[dict]:
        """The stored form of a stream from `{type, value}` rows; a type that the page may not have raises ValueError."""
        stored = []
        for row in rows:
            block = stream_block.child_blocks.get(row["type"])
            if block is None:
                raise ValueError(f"the block {row['type']!r} is not allowed here")
            value = self.raw(block, row["value"])
            if value is not None:
                stored.append({"type": row["type"], "value": value, "id": str(uuid4())})
        return stored

    def lines(self, stream_block, values: list) -> list[dict]:
        """The stored form of a stream with a single kind of block, from plain values."""
        (name,) = stream_block.child_blocks
        return self.stream(stream_block, [{"type": name, "value": value} for value in values])


class BodyParser(HTMLParser):
    """Cuts an HTML body into headings, paragraphs, quotes and pictures."""

    CUT = frozenset({"p", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})  # a part of its own
    BOX = frozenset({"div", "section", "article", "table"})  # begins a new part
    NOT_KEPT = frozenset(
        {"img", "iframe", "video", "audio", "object", "embed", "table", "script", "style", "form", "svg"}
    )

    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.parts: list[tuple[str, str]] = []  # kind and HTML; for a picture its reference and alt text
        self.dropped: list[str] = []
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.kind = "paragraph"

    def flush(self) -> None:
        piece = "".join(self.pieces)
        if html.text_of(piece):
            self.parts.append((self.kind, piece))
        self.parts += [("image", f"{reference} {alt}") for reference, alt in self.pictures]
        self.pieces, self.pictures, self.kind = [], [], "paragraph"

    def begin(self, tag: str) -> None:
        if tag in self.CUT and self.open == ["p"]:  # the end tag of a paragraph may be left out
            self.open = []
        if not self.open and tag in self.CUT | self.BOX:
            self.flush()
            self.kind = f"heading:{tag}" if tag[0] == "h" else "quote" if tag == "blockquote" else "paragraph"
        if tag in self.CUT:
            self.open.append(tag)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "img" and (values.get("src") or "").startswith("image:"):
            self.pictures.append((values["src"], values.get("alt") or ""))
            return
        if tag in self.NOT_KEPT:
            self.dropped.append(tag)
        self.begin(tag)
        self.pieces.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag):
        self.pieces.append(f"</{tag}>")
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]
            if not self.open:
                self.flush()

    def handle_data(self, data):
        self.pieces.append(data)

    def handle_entityref(self, name):
        self.pieces.append(f"&{name};")

    def handle_charref(self, name):
        self.pieces.append(f"&#{name};")


def blocks_from_html(body: str, losses: list[str]) -> list[dict]:
    """`{type, value}` rows for an HTML body. What the editor cannot hold is named in `losses`."""
    parser = BodyParser()
    parser.feed(body)
    parser.close()
    parser.flush()
    losses += [f"<{tag}>" for tag in parser.dropped]
    rows: list[dict] = []
    texts: list[str] = []
    level = 1

    def end_text() -> None:
        if texts:
            rows.append({"type": "paragraph", "value": "".join(texts)})
            texts.clear()

    for kind, piece in parser.parts:
        if kind == "paragraph":
            texts.append(piece)
            continue
        end_text()
        if kind == "quote":
            rows.append({"type": "quote", "value": {"text": html.text_of(piece), "name": "", "role": ""}})
        elif kind == "image":
            reference, _space, alt = piece.partition(" ")
            picture = {"image": reference, "alt_text": alt, "decorative": not alt}
            rows.append({"type": "image", "value": {"image": picture, "caption": "", "credit": ""}})
        else:
            level = min(max(2, int(kind[-1])), level + 1, 4)
            rows.append({"type": "heading", "value": {"text": html.text_of(piece)[:120], "level": f"h{level}"}})
    end_text()
    return rows


def moment(value: str | None) -> datetime | None:
    """A date-time from ISO text; a date counts as eight in the morning, Swedish time. ValueError if it is neither."""
    if not value:
        return None
    found = parse_datetime(value) if "T" in value or " " in value else None
    if found is None:
        day = parse_date(value)
        if day is None:
            raise ValueError(f"{value!r} is no date")
        found = datetime(day.year, day.month, day.day, 8)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def term_for(model, name: str, **defaults):
    """The term with this code or label, created when it is missing."""
    code = slugify(name).replace("-", "_")[:60]
    found = model.objects.filter(
        db.Q(code=code) | db.Q(code=name) | db.Q(label_sv__iexact=name) | db.Q(label_en__iexact=name)
    ).first()
    return found or model.objects.create(code=code, label_sv=name[:80], label_en=name[:80], **defaults)


def person_for(name: str) -> Person:
    """The person with this name, created when they are missing."""
    name = name.strip()[:120]
    return Person.objects.filter(name__iexact=name).first() or Person.objects.create(
        name=name, slug=free_person_slug(name)
    )


def author_of(row: dict) -> int | None:
    """The key of the person whose name the row gives as its author."""
    with reading("author"):
        return person_for(row["author"]).pk if row.get("author") else None


def free_person_slug(name: str) -> str:
    base, number = slugify(name)[:100] or "person", 1
    slug = base
    while Person.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


def direct_fields(model) -> dict[str, Any]:
    """The fields of a page type that a row may name as they are."""
    skip = {
        "body",
        "hero_image",
        "hero_alt",
        "hero_decorative",
        "contact",
        "category",
        "series",
        "theme",
        "theme_category",
        "reviewer",
        "methods_ptr",
    }
    own = {
        f.name: f for f in model._meta.get_fields() if getattr(f, "concrete", False) and getattr(f, "editable", True)
    }
    base = {"title", "slug", "seo_title", "search_description", "expire_at", "go_live_at"}
    mine = {name: f for name, f in own.items() if f.model is model or name in base}
    return {name: f for name, f in mine.items() if name not in skip and not name.endswith("_ptr")}


def known_keys(model) -> set[str]:
    return FRAME | set(direct_fields(model)) | set(TERMS)


def fill(page, row: dict, builder: Builder) -> None:
    """Sets the fields of a page from a row. Relations that need a stored page are set by `relate()`."""
    fields = direct_fields(type(page))
    for name, value in row.items():
        if name in fields and name not in FRAME and name not in TERMS:
            with reading(name):
                _fill_field(page, fields[name], value, builder)
    page.teaser = row.get("teaser") or ""
    with reading("hero"):
        hero = row.get("hero")
        page.hero_image_id = builder.reference(hero["image"]) if hero else None
        page.hero_alt, page.hero_decorative = (hero["alt"], hero["decorative"]) if hero else ("", False)
    with reading("contact"):
        page.contact_id = builder.reference(row.get("contact"))
    with reading("body"):
        body = row.get("body") or []
        if isinstance(body, str):
            body = blocks_from_html(body, builder.losses)
        page.body = builder.stream(page._meta.get_field("body").stream_block, body)
    with reading("related"):
        page.related_pages = [
            {"type": "page", "value": key} for key in map(builder.reference, row.get("related") or []) if key
        ]
    with reading("related_links"):
        links = [
            {"type": "link", "value": {"title": link["title"], "url": link["url"]}}
            for link in row.get("related_links") or []
        ]
        page.related_links = links
    _fill_kind(page, row, builder)


def _fill_field(page, target, value: Any, builder: Builder) -> None:
    """Sets one field from the value a row gives it."""
    name = target.attname
    if isinstance(target, StreamField):
        value = builder.lines(target.stream_block, value or [])
    elif isinstance(target, RichTextField):
        value = builder.rich_text(value or "")
    elif isinstance(target, db.ForeignKey):
        value = builder.reference(value)
    elif isinstance(target, (db.DateField, db.DateTimeField)) and isinstance(value, str):
        value = moment(value) if isinstance(target, db.DateTimeField) else parse_date(value)
    elif isinstance(target, (db.CharField, db.TextField)):
        value = "" if value is None else value
        if target.max_length and len(value) > target.max_length:  # models leave this to forms for long texts
            raise ValueError(f"at most {target.max_length} characters, not {len(value)}")
    setattr(page, name, value)


def _fill_kind(page, row: dict, builder: Builder) -> None:
    """What only some kinds have: category, series, theme, notice, reviewer."""
    category = row.get("category")
    with reading("category"):
        if isinstance(page, NewsPage) and category:
            page.category = term_for(NewsCategory, category)
        if isinstance(page, BlogPostPage):
            code = row.get("theme_category") or category
            page.theme_category = term_for(Theme, code) if code else None
    if isinstance(page, BlogPostPage):
        page.series = Series.objects.filter(code=row["series"]).first() if row.get("series") else None
    if isinstance(page, ThemePage) and row.get("theme"):
        page.theme = term_for(Theme, row["theme"])
    if isinstance(page, BookTipPage):
        page.book_title = page.book_title or page.title
        page.reviewer_id = builder.reference(row.get("reviewer")) or author_of(row)
    if isinstance(page, MethodPage):
        page.purpose = page.purpose or html.cut_at_word(page.intro, 240)
        page.contact_id = page.contact_id or author_of(row)
    if isinstance(page, HomePage) and row.get("notice"):
        page.notice = builder.rich_text(row["notice"]["text"])
        page.notice_from, page.notice_until = moment(row["notice"]["from"]), moment(row["notice"]["until"])
    if isinstance(page, ThemePage):
        page.contacts = [{"type": "person", "value": builder.sources.key(ref)} for ref in row.get("contacts") or []]


def relate(page, row: dict, builder: Builder) -> None:
    """Sets terms, keywords and bylines, which a stored page has."""
    for name, model in TERMS.items():
        if name in row:
            setattr(page, name, list(model.objects.with_codes(row[name] or [])))
    if isinstance(page, (MethodPage, BookTipPage)) and isinstance(row.get("category"), str) and "themes" not in row:
        page.themes = [term_for(Theme, row["category"])]
    if isinstance(page, BlogPostPage) and page.theme_category and "themes" not in row:
        page.themes = [page.theme_category]
    if "tags" in row:
        page.keywords.set([keyword_for(name) for name in row["tags"] or []])
    people = [builder.reference(ref) for ref in (row.get("bylines") or row.get("authors") or [])]
    if isinstance(page, (NewsPage, BlogPostPage)):
        people.append(author_of(row))
    if any(people):
        page.bylines = [Byline(person_id=key, sort_order=place) for place, key in enumerate(filter(None, people))]


def keyword_for(name: str) -> Keyword:
    return Keyword.objects.filter(name__iexact=name).first() or Keyword.objects.create(name=name)
