"""What the blocks and texts of a page refer to, fetched in one statement for each sort of thing.

Wagtail fetches the images of each block type, and the links of each text, by themselves: a long page would take as many
statements as it has paragraphs. While a page is drawn inside `stocked(page)`, chooser blocks, links in rich text and
renditions take from a shelf that is filled, by number, from what is stored. Pages that are not public are not on the
shelf, and what is not there is not shown.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy

from django.apps import apps
from django.db.models import ForeignKey
from django.utils.functional import cached_property
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Page

PAGE = "page"  # the sort of all pages; other things are sorted by their model's label
LINK = re.compile(r'<a\b(?=[^>]*\blinktype="(page|document)")[^>]*\bid="(\d+)"')
_shelf: ContextVar["Shelf | None"] = ContextVar("shelf", default=None)


def current_shelf() -> "Shelf | None":
    return _shelf.get()


@contextmanager
def stocked(*pages) -> Iterator["Shelf"]:
    """Inside, what these specific pages refer to is fetched together when the first of it is asked for."""
    shelf = Shelf(pages)
    token = _shelf.set(shelf)
    try:
        yield shelf
    finally:
        _shelf.reset(token)


def references(page) -> dict[str, set[int]]:
    """The keys that a page's texts and streams hold, by sort."""
    found: dict[str, set[int]] = defaultdict(set)
    deferred = page.get_deferred_fields()
    for field in page._meta.concrete_fields:
        if field.attname in deferred:
            continue
        value = getattr(page, field.attname)
        if isinstance(field, RichTextField):
            _in_text(value, found)
        elif (
            isinstance(field, ForeignKey)
            and field.model is not Page
            and field.related_model is Page
            and not field.remote_field.parent_link
        ):
            found[PAGE] |= {value} - {None}
        elif isinstance(field, StreamField) and value:
            _in_block(value.stream_block, value.raw_data, found)
    return found


def _in_text(text, found) -> None:
    for kind, key in LINK.findall(text or ""):
        found[PAGE if kind == "page" else get_document_model()._meta.label].add(int(key))


def _in_block(block, raw, found) -> None:
    """Walks stored values along the definition of their blocks."""
    if isinstance(block, blocks.ChooserBlock):
        if isinstance(raw, int):
            found[PAGE if isinstance(block, blocks.PageChooserBlock) else block.model_class._meta.label].add(raw)
    elif isinstance(block, blocks.RichTextBlock):
        _in_text(raw if isinstance(raw, str) else "", found)
    elif isinstance(block, blocks.StreamBlock):
        for row in raw or ():
            if child := block.child_blocks.get(row["type"]):
                _in_block(child, row["value"], found)
    elif isinstance(block, blocks.ListBlock):
        for row in raw or ():
            _in_block(block.child_block, row["value"] if isinstance(row, dict) and "value" in row else row, found)
    elif isinstance(block, BaseTypedTableBlock):
        kinds = [column["type"] for column in (raw or {}).get("columns", ())]
        for row in (raw or {}).get("rows", ()):
            for kind, value in zip(kinds, row["values"], strict=False):
                if child := block.child_blocks.get(kind):
                    _in_block(child, value, found)
    elif isinstance(block, blocks.StructBlock) and isinstance(raw, dict):
        for name, child in block.child_blocks.items():
            _in_block(child, raw.get(name), found)


class Renditions:
    """One image's renditions, fetched for every image on the shelf when the first is asked for."""

    def __init__(self, shelf: "Shelf", image):
        self.shelf, self.image = shelf, image

    def __iter__(self):
        for rendition in self.shelf.renditions(self.image.pk):
            own = copy(rendition)
            own.image = self.image  # this use of the image: it has an alt text of its own
            yield own

    def append(self, rendition) -> None:
        self.shelf.renditions(self.image.pk).append(rendition)


class Shelf:
    """What some pages refer to. Each sort of thing is one statement, asked when it is first used."""

    def __init__(self, pages: Iterable = ()):
        self._pages = list(pages)
        self._objects: dict[str, dict] = {}
        self._renditions: dict[int, list | None] = {}  # by image; None while they have not been asked for
        for page in self._pages:
            self.share_renditions(_chosen_images(page))

    @cached_property
    def keys(self) -> dict[str, set[int]]:
        found: dict[str, set[int]] = defaultdict(set)
        for page in self._pages:
            for sort, keys in references(page).items():
                found[sort] |= keys
        return found

    def objects(self, model) -> dict:
        """The rows of a model that the pages refer to, by key. Not for pages."""
        label = model._meta.label
        if label not in self._objects:
            keys = self.keys[label]
            if not keys:
                self._objects[label] = {}
            elif issubclass(model, get_image_model()):
                self._objects[label] = self._images(keys)
            else:
                portraits = ["portrait"] if any(field.name == "portrait" for field in model._meta.fields) else []
                rows = model._default_manager.filter(pk__in=keys).select_related(*portraits or (None,))
                self._objects[label] = {row.pk: row for row in rows}
                self.share_renditions(getattr(row, "portrait", None) for row in self._objects[label].values())
        return self._objects[label]

    @cached_property
    def targets(self) -> dict:
        """The public pages that the pages refer to, by the key that was given, in the language of the first page."""
        from core.cards import targets_in_language  # cards know the models, which are made of blocks that come here

        return targets_in_language(self.keys[PAGE], self._pages[0].locale_id) if self.keys[PAGE] else {}

    def share_renditions(self, images: Iterable) -> None:
        """Lets images take their renditions from here."""
        for image in filter(None, images):
            self._renditions.setdefault(image.pk, None)
            image.prefetched_renditions = Renditions(self, image)

    def renditions(self, image_id: int) -> list:
        """The renditions of one image; all that are not known yet are fetched in one statement."""
        if self._renditions.get(image_id) is None:
            self.objects(get_image_model())  # comes with its own
        if self._renditions.get(image_id) is None:
            self._fetch([pk for pk, known in self._renditions.items() if known is None])
        return self._renditions[image_id]

    def _images(self, keys: set[int]) -> dict:
        """The images with these keys, and the renditions of whatever is drawn on the page, in one statement.

        Images come with their renditions; those that have none yet take a statement more.
        """
        for label, chosen in list(self.keys.items()):
            if chosen and label != PAGE and not issubclass(apps.get_model(label), get_image_model()):
                self.objects(apps.get_model(label))  # portraits
        targets = list(self.targets.values())
        for page in targets:
            self.share_renditions(_chosen_images(getattr(page, page.specific_class._meta.model_name, page)))
        found = self._fetch({*keys, *(pk for pk, known in self._renditions.items() if known is None)})
        images = {pk: image for pk, image in found.items() if pk in keys}
        if missing := keys - images.keys():
            images |= get_image_model().objects.in_bulk(missing)
        return images

    def _fetch(self, image_ids: Iterable[int]) -> dict:
        """Fetches renditions; returns their images by key."""
        self._renditions |= {pk: [] for pk in image_ids}
        model, images = get_image_model().get_rendition_model(), {}
        for rendition in model.objects.filter(image__in=list(image_ids)).select_related("image"):
            self._renditions[rendition.image_id].append(rendition)
            images[rendition.image_id] = rendition.image
        return images


def _chosen_images(page) -> list:
    """The images that a page's own fields hold, portraits of chosen people included, where they are fetched already."""
    rows = [
        getattr(page, field.name)
        for field in page._meta.concrete_fields
        if isinstance(field, ForeignKey) and field.is_cached(page)
    ]
    return [row if isinstance(row, get_image_model()) else getattr(row, "portrait", None) for row in rows if row]


def share_renditions(images: Iterable) -> None:
    """Lets images that are drawn together fetch their renditions together."""
    (current_shelf() or Shelf()).share_renditions(images)
