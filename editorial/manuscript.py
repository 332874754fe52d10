"""A page as it is stored, taken apart: every field and block with its place, in words that its writer knows.

Reads what a revision holds and asks the database for nothing, so that a list of pages costs no more than one page.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from modelcluster.models import get_all_child_m2m_relations
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from core import html
from core.addresses import tree_path
from core.blocks import AudioBlock, StructBlock, TableBlock, VideoBlock
from core.models.revisions import BOOKKEEPING
from core.prefetch import LINK

# Shortcomings that have a rule of their own, by block and field.
OWNERS = {
    (VideoBlock, "captions"): "captions",
    (VideoBlock, "captions_in_player"): "captions",
    (AudioBlock, "transcript"): "transcript",
    (TableBlock, "caption"): "table",
    (TableBlock, "table"): "table",
}
NO_PROSE = {"slug", "seo_title", "search_description", "url_path", "draft_title", "isbn"}
HREF = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
PARAGRAPH = re.compile(r"</p>|</li>|</h\d>|<br/?>")


@dataclass(frozen=True)
class Part:
    """A stored value of a page: of a field (`block` is None), of a block, or of a part of a block."""

    name: str
    value: object
    place: str
    block: blocks.Block | None = None
    is_rich: bool = False
    is_text: bool = False

    @cached_property
    def plain(self) -> str:
        return html.text_of(str(self.value)) if self.is_rich else " ".join(str(self.value).split())

    @cached_property
    def paragraphs(self) -> list[str]:
        return PARAGRAPH.split(str(self.value)) if self.is_rich else [str(self.value)]


@dataclass(frozen=True)
class Gap:
    """Something that publication demands and the page lacks. `owner` is the code of the rule that reports it."""

    place: str
    advice: str
    owner: str = "complete"


class Manuscript:
    """The text of one page. `row` is the page, specific or not; `content` is what its revision holds.

    `known` are the keys that exist of what pages choose, by model. Nothing else counts as chosen; without it everything
    does.
    """

    def __init__(self, row, content: dict, language: str):
        self.row, self.content, self.language = row, content, language
        self.model = row.specific_class
        self.known: dict[type, set[int]] | None = None

    @cached_property
    def parts(self) -> list[Part]:
        return [part for field in self.model._meta.get_fields() for part in self._of_field(field)]

    def _of_field(self, field) -> Iterator[Part]:
        if not getattr(field, "concrete", False) or not field.editable or field.name not in self.content:
            return
        place, value = str(field.verbose_name), self.content[field.name]
        if isinstance(field, StreamField):
            for number, row in enumerate(json.loads(value or "[]"), 1):
                if block := field.stream_block.child_blocks.get(row["type"]):
                    where = _("%(field)s, block %(number)d") % {"field": place, "number": number}
                    yield from _within(block, row["value"], where)
        else:
            is_text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, models.URLField)
            is_text = is_text and not field.choices and field.name not in NO_PROSE
            yield Part(field.name, value, place, is_rich=isinstance(field, RichTextField), is_text=is_text)

    @cached_property
    def texts(self) -> list[Part]:
        """Everything that somebody has written, in the order of the page's fields."""
        return [part for part in self.parts if part.is_text and part.value]

    @cached_property
    def prose(self) -> list[Part]:
        """Running text."""
        return [part for part in self.texts if part.is_rich or isinstance(part.block, blocks.TextBlock)]

    @cached_property
    def links(self) -> dict[int, str]:
        """The keys of the pages that this one leads to, each with the first place where it does."""
        found: dict[int, str] = {}
        for part in self.parts:
            for key in _page_keys(part, self.model):
                found.setdefault(key, part.place)
        found.pop(self.row.pk, None)
        return found

    @cached_property
    def addresses(self) -> dict[str, str]:
        """The tree paths of this site that typed links lead to, each with the first place where one does."""
        found: dict[str, str] = {}
        for part in self.parts:
            for href in HREF.findall(str(part.value or "")) if part.is_rich else ():
                if path := tree_path(unescape(href)):
                    found.setdefault(path, part.place)
        found.pop(self.row.url_path, None)
        return found

    @cached_property
    def chosen(self) -> dict[type, set[int]]:
        """The keys of pictures, files and people that blocks hold, by model."""
        found: dict[type, set[int]] = {}
        for part in self.parts:
            model = part.block.model_class if isinstance(part.block, blocks.ChooserBlock) else Page
            if isinstance(part.value, int) and not issubclass(model, Page):
                found.setdefault(model, set()).add(part.value)
        return found

    @cached_property
    def gaps(self) -> list[Gap]:
        return [*self._gaps_of_model(), *(gap for part in self.parts if part.block for gap in self._gaps_of(part))]

    def _gaps_of_model(self) -> Iterator[Gap]:
        demanded = self.object.missing_for_publication()
        for field in self.model._meta.get_fields():
            name, label = field.name, str(getattr(field, "verbose_name", field.name))
            is_own = getattr(field, "editable", False) and field.concrete and name not in BOOKKEEPING
            if name in demanded:
                yield Gap(label, str(demanded[name]), "alt" if name == "hero_alt" else "complete")
            elif is_own and not field.blank and name in self.content and _is_empty(self.content[name]):
                yield Gap(label, _("Fill this in."))
        for name, advice in self.model.demanded_relations.items():
            if not self.content.get(name):
                related = self.model._meta.get_field(name).related_model
                yield Gap(capfirst(related._meta.verbose_name_plural), str(advice))

    def _gaps_of(self, part: Part) -> Iterator[Gap]:
        block, value = part.block, part.value
        if isinstance(block, ImageBlock):
            stored = value if isinstance(value, dict) else {"image": value}
            if self._is_missing(block.child_blocks["image"], stored.get("image")):
                yield Gap(part.place, _("Choose a picture."))
            elif stored.get("image") and not (stored.get("alt_text") or stored.get("decorative")):
                yield Gap(part.place, _("Describe the picture, or tick “decorative”."), "alt")
        elif isinstance(block, blocks.ListBlock):
            if len(value or ()) < (block.meta.min_num or 0):
                wanted = {"label": block.label, "number": block.meta.min_num}
                yield Gap(part.place, _("%(label)s: at least %(number)d.") % wanted)
        elif isinstance(block, blocks.StructBlock):
            lacking = {
                name: _("Fill in “%(label)s”.") % {"label": child.label}
                for name, child in block.child_blocks.items()
                if self._is_missing(child, value.get(name))
            }
            if isinstance(block, StructBlock):
                lacking = {**block.shortcomings(value), **lacking}
            for name, advice in lacking.items():
                yield Gap(part.place, str(advice), OWNERS.get((type(block), name), "complete"))
        elif part.name == "" and self._is_missing(block, value):
            yield Gap(part.place, _("Fill this in."))

    def _is_missing(self, block, value) -> bool:
        """Whether a required field of a block is empty. A picture, file or person that is gone is not there either."""
        if not isinstance(block, blocks.FieldBlock) or not block.required:
            return False
        if isinstance(block, blocks.ChooserBlock) and self.known is not None and isinstance(value, int):
            return not issubclass(block.model_class, Page) and value not in self.known.get(block.model_class, ())
        return _is_empty(value)

    @cached_property
    def object(self):
        """The page as an object of its type, made without asking the database."""
        relations = {field.name: field.related_model for field in get_all_child_m2m_relations(self.model)}
        content = {name: value for name, value in self.content.items() if name not in relations}
        page = self.model.from_serializable_data(content, check_fks=False)
        for name, model in relations.items():
            setattr(page, name, [model(pk=key) for key in self.content.get(name, ())])
        return page


def _within(block, value, place: str, name: str = "") -> Iterator[Part]:
    """A block's value and the values inside it, in order. `name` is empty for what stands in a stream or list itself."""
    is_rich, is_text = isinstance(block, blocks.RichTextBlock), isinstance(block, blocks.CharBlock | blocks.TextBlock)
    is_text = is_rich or (is_text and not isinstance(block, blocks.URLBlock))
    yield Part(name, value, place, block, is_rich, is_text)
    if isinstance(block, blocks.ListBlock):
        for row in value or ():
            inner = row["value"] if isinstance(row, dict) and row.get("type") == "item" else row
            yield from _within(block.child_block, inner, place)
    elif isinstance(block, BaseTypedTableBlock):
        columns = (value or {}).get("columns", [])
        for row in (value or {}).get("rows", []):
            for column, cell in zip(columns, row["values"], strict=False):
                if child := block.child_blocks.get(column["type"]):
                    yield from _within(child, cell, place, column["type"])
    elif isinstance(block, blocks.StructBlock) and isinstance(value, dict):
        for child_name, child in block.child_blocks.items():
            yield from _within(child, value.get(child_name), place, child_name)


def _page_keys(part: Part, model) -> Iterator[int]:
    if part.is_rich:
        yield from (int(key) for kind, key in LINK.findall(str(part.value or "")) if kind == "page")
    elif isinstance(part.value, int):
        if isinstance(part.block, blocks.PageChooserBlock):
            yield part.value
        elif part.block is None:
            field = model._meta.get_field(part.name)
            if isinstance(field, models.ForeignKey) and issubclass(field.related_model, Page):
                yield part.value


def _is_empty(value) -> bool:
    if isinstance(value, str):
        return not (html.text_of(value) if "<" in value else value.strip())
    return value in (None, [], {})
