"""The words of PDF and DOCX files are found as part of the page that they hang on, and a bad file harms nothing."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from wagtail.models import CollectionViewRestriction, Page, ReferenceIndex

from core.models import CustomDocument
from search import attachments, extraction, health
from search.extraction import Unreadable, text_of
from search.models import DocumentText
from search.query import Answer, Asked
from tests.world import make_page

pytestmark = pytest.mark.django_db


def pdf(text: str) -> bytes:
    """A PDF of one page with a line of text."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))
    return out.getvalue()


def docx(text: str) -> bytes:
    """A DOCX with one paragraph."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{kinds}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{relations}"><Relationship Id="r" Type="{office}" Target="word/document.xml"/></Relationships>')  # fmt: skip
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>')  # fmt: skip
    return out.getvalue()


def with_file(content: bytes, name: str = "plan.pdf", **fields) -> tuple[Page, CustomDocument]:
    document = CustomDocument.objects.create(title="Vår handlingsplan", file=ContentFile(content, name=name))
    return page_of(document, **fields), document


def page_of(document: CustomDocument, **fields):
    link = f'<p>Läs <a linktype="document" id="{document.pk}">planen</a>.</p>'
    page = make_page(body=[("paragraph", link)], **fields)
    ReferenceIndex.create_or_update_for_object(page)
    return page


def hits(text: str):
    answer = Answer(Asked(text, "sv"))
    return answer.hits(answer[0:10])


@pytest.mark.parametrize(
    ("content", "name"),
    [(pdf("Besynnerliga regler g\344ller"), "plan.pdf"), (docx("Besynnerliga regler gäller"), "plan.docx")],
)
def test_the_words_of_a_file_are_found_as_part_of_its_page_and_marked_as_the_files(content, name, client):
    page, _document = with_file(content, name)
    assert not hits("besynnerlig regel")
    assert attachments.read_some() == 1
    (hit,) = hits("besynnerlig regel")
    assert hit.page_id == page.pk
    assert hit.attachment == "Vår handlingsplan"
    assert "<mark>Besynnerliga</mark> <mark>regler</mark> gäller" in hit.excerpt_html
    assert "I filen ”Vår handlingsplan”:" in client.get("/sok/", {"q": "besynnerlig regel"}).content.decode()


def test_an_excerpt_is_from_the_page_where_the_page_has_the_words():
    page, _document = with_file(pdf("Besynnerliga regler"), intro="En besynnerlig ingress.")
    attachments.read_some()
    (hit,) = hits("besynnerlig")
    assert hit.page_id == page.pk
    assert not hit.attachment


def test_a_file_is_read_once_and_again_when_it_is_replaced():
    _page, document = with_file(pdf("Besynnerliga regler"))
    assert attachments.read_some() == 1
    assert attachments.read_some() == 0
    document.file = ContentFile(pdf("Helt andra ord"), name="plan2.pdf")
    document.save()
    assert attachments.read_some() == 1
    assert not hits("besynnerlig")
    assert hits("helt andra ord")


def test_a_file_in_a_closed_collection_is_not_found():
    _page, document = with_file(pdf("Besynnerliga regler"))
    attachments.read_some()
    restriction = CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="login")
    assert not hits("besynnerlig")
    restriction.delete()
    assert hits("besynnerlig")


def test_a_file_that_is_deleted_is_no_longer_found():
    _page, document = with_file(pdf("Besynnerliga regler"))
    attachments.read_some()
    document.delete()
    assert not hits("besynnerlig")


def test_a_file_of_a_page_that_is_not_public_is_not_found():
    page, _document = with_file(pdf("Besynnerliga regler"))
    attachments.read_some()
    page.unpublish()
    assert not hits("besynnerlig")


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b"", "plan.pdf", "broken"),
        (b"%PDF-1.4 skr\xe4p", "plan.pdf", "broken"),
        (b"PK\x03\x04 skr\xe4p", "plan.docx", "broken"),
        (pdf("ord")[:300], "plan.pdf", "broken"),
        (pdf(""), "plan.pdf", "empty"),
        (docx(""), "plan.docx", "empty"),
        (docx("ord"), "plan.pdf", "broken"),
    ],
)  # fmt: skip
def test_a_bad_file_is_reported_once_and_harms_nothing(content, name, problem):
    page, document = with_file(content, name, title="Besynnerlig rubrik")
    assert attachments.read_some() == 1
    assert attachments.read_some() == 0
    assert DocumentText.objects.get(document=document).problem == problem
    assert [hit.page_id for hit in hits("besynnerlig")] == [page.pk]
    ((heading, reason),) = [found for found in health.problems() if "handlingsplan" in found[0]]
    assert reason == str(attachments.REASONS[problem])
    assert heading


def test_a_file_that_is_gone_is_reported():
    _page, document = with_file(pdf("ord"))
    document.file.storage.delete(document.file.name)
    attachments.read_some()
    assert DocumentText.objects.get(document=document).problem == "missing"


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(extraction, "PATIENCE", 0.01)
    with pytest.raises(Unreadable, match="slow"):
        text_of(pdf("ord"), "pdf")


def test_a_file_that_is_too_large_is_not_read(monkeypatch):
    monkeypatch.setattr(extraction, "LONGEST_FILE", 10)
    with pytest.raises(Unreadable, match="large"):
        text_of(pdf("ord"), "pdf")


def test_a_file_that_unpacks_to_more_than_the_memory_allowed_is_given_up():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (11 * extraction.LONGEST_FILE))
    with pytest.raises(Unreadable, match="large"):
        text_of(out.getvalue(), "docx")
