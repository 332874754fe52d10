"""The words of files that hang on pages: read by the worker, found as part of the page, marked as theirs."""

import logging
from collections import defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, ReferenceIndex

from core.models import CustomDocument
from core.usage import pages_with
from search import index
from search.extraction import FORMATS, Unreadable, text_of
from search.models import DocumentText

logger = logging.getLogger(__name__)

BETWEEN, AFTER_TITLE = "\f", "\n"  # attachments, and the title and text of one
AT_ONCE = 5  # files that are read before other work has its turn
REASONS = {
    "broken": _("It cannot be read; it may be damaged."),
    "locked": _("It is locked with a password."),
    "empty": _("It has no text; it may be a scanned picture."),
    "large": _("It is too large."),
    "slow": _("Reading it takes too long."),
    "missing": _("The file is missing."),
}


def mark_of(document: CustomDocument) -> str:
    """Changes when the file does."""
    return f"{document.file.name}:{document.file_size or ''}:{document.file_hash}"[:255]


def attached(page_ids: Iterable[int]) -> dict[int, str]:
    """For each page the texts of the files on it that everyone may have, one after the other, each after its title."""
    keys = [str(pk) for pk in page_ids]
    references = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=keys,
        to_content_type=ContentType.objects.get_for_model(CustomDocument),
    ).values_list("object_id", "to_object_id")
    pages = defaultdict(set)
    for page, document in references:
        pages[int(document)].add(int(page))
    found: dict[int, list[str]] = defaultdict(list)
    texts = DocumentText.objects.filter(document_id__in=pages).exclude(text="").select_related("document__collection")
    for row in texts.order_by("document_id") if pages else ():
        if not row.document.collection.get_view_restrictions().exists():
            for page in pages[row.document_id]:
                found[page].append(f"{row.document.title}{AFTER_TITLE}{row.text}")
    return {page: BETWEEN.join(parts) for page, parts in found.items()}


def files_in(attached: str) -> list[tuple[str, str]]:
    """`(title, text)` of each file in what `attached()` gives for a page."""
    parts = (part.partition(AFTER_TITLE) for part in attached.split(BETWEEN))
    return [(title, text) for title, _between, text in parts]


def unread() -> list[CustomDocument]:
    """Files on pages that have not been read since they were last replaced."""
    used = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        to_content_type=ContentType.objects.get_for_model(CustomDocument),
    ).values_list("to_object_id", flat=True)
    readable = Q()
    for extension in FORMATS:
        readable |= Q(file__iendswith=f".{extension}")
    documents = CustomDocument.objects.filter(readable, pk__in={int(key) for key in used})
    marks = dict(DocumentText.objects.values_list("document_id", "mark"))
    return [document for document in documents.order_by("pk") if marks.get(document.pk) != mark_of(document)]


def read_some() -> int:
    """Reads a few files, and finds them from then on. Returns how many."""
    documents = unread()[:AT_ONCE]
    for document in documents:
        read(document)
    return len(documents)


def read(document: CustomDocument) -> None:
    text, problem = "", ""
    try:
        with document.file.open("rb") as file:
            content = file.read()
        text = text_of(content, document.file_extension.lower())
    except OSError:
        problem = "missing"
    except Unreadable as error:
        problem = str(error)
    if problem:
        logger.warning("document %s has no text to be found by: %s", document.pk, problem)
    values = {"mark": mark_of(document), "text": text.replace(BETWEEN, " ").replace("\x00", ""), "problem": problem}
    DocumentText.objects.update_or_create(document=document, defaults=values)
    index.refresh_naming(list(pages_with(document).values_list("pk", flat=True)))


def problems():
    """`(title, reason)` of files on pages that could not be read."""
    rows = DocumentText.objects.exclude(problem="").order_by(F("document__title"))
    return [(row.document.title, str(REASONS.get(row.problem, row.problem))) for row in rows.select_related("document")]
