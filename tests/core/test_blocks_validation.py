"""What a block lacks is said at publication, in words that say what to do; a draft may lack it."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import translation
from wagtail.blocks.stream_block import StreamBlockValidationError

from core.models import CustomDocument
from methods.models import MethodPage
from tests.world import make_image

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
YOUTUBE = "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
VIDEO = {"title": "Film", "url": YOUTUBE, "captions_in_player": True, "description": "<p>Ett bord.</p>"}
EVIDENCE = {"types": [], "strength": "2", "rationale": "Några studier.", "sources": []}
CTA = {"title": "Starta", "label": "Anmäl er"}


@pytest.fixture
def english():
    with translation.override("en"):
        yield


def document(name: str) -> int:
    return CustomDocument.objects.create(title=name, file=ContentFile(b"x", name=name)).pk


def stream_block():
    return MethodPage._meta.get_field("body").stream_block


def complaints(kind: str, value: dict, *, draft: bool = False) -> str:
    """What is said about a block with this (stored) value; an empty string if nothing is."""
    block = stream_block()
    child = block.child_blocks[kind]
    value = block.to_python([{"type": kind, "value": value, "id": "1"}])
    try:
        (child.clean_deferred if draft else child.clean)(value[0].value)
    except (ValidationError, StreamBlockValidationError) as error:
        return said(error)
    return ""


def said(error) -> str:
    """All messages inside an error of a block."""
    inner = getattr(error, "block_errors", None)
    if inner:
        parts = inner.values() if isinstance(inner, dict) else inner
        return " ".join(said(part) for part in parts if part)
    return " ".join(error.messages)


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        ("video", {**VIDEO, "url": ""}, "Give either an address or a file."),
        ("video", {**VIDEO, "captions_in_player": False}, "A film must have captions."),
        ("video", {**VIDEO, "url": "https://films.example/1"}, "cannot be shown"),
        ("evidence", EVIDENCE, "needs at least one source"),
        ("cta", CTA, "Choose either a page or an address elsewhere."),
        ("table", {"caption": "Tider", "table": {"columns": [], "rows": [], "caption": ""}}, "Give every column a heading"),
    ],
)  # fmt: skip
def test_what_publication_demands_of_a_block_is_said_then_and_not_in_a_draft(kind, value, message):
    assert message in complaints(kind, value)
    assert complaints(kind, value, draft=True) == ""


def test_a_film_file_needs_captions_that_are_captions():
    film, words, picture = document("film.webm"), document("film.vtt"), document("film.pdf")
    value = {**VIDEO, "url": "", "file": film, "captions_in_player": False}
    assert "Upload them as a .vtt file." in complaints("video", value)
    assert "must be a .vtt file" in complaints("video", {**value, "captions": picture})
    assert complaints("video", {**value, "captions": words}) == ""


def test_a_film_is_either_an_address_or_a_file():
    assert "Give either" in complaints("video", {**VIDEO, "file": document("film.webm"), "captions": document("a.vtt")})
    assert complaints("video", VIDEO) == ""


def test_a_sound_file_must_be_sound():
    value = {"title": "Hej", "transcript": "<p>Hej.</p>"}
    assert "must be an .mp3" in complaints("audio", {**value, "file": document("hej.pdf")})
    assert complaints("audio", {**value, "file": document("hej.mp3")}) == ""


@pytest.mark.parametrize("draft", [True, False])
@pytest.mark.parametrize(
    "url",
    [
        "https://films.example/watch?v=1",
        "https://www.youtube.com.evil.example/watch?v=aqz-KE-bpKQ",
        "http://127.0.0.1/x",
    ],
)
def test_what_is_embedded_from_an_unknown_host_is_refused_even_in_a_draft(url, draft):
    assert "cannot be embedded" in complaints("embed", {"url": url, "title": "Film"}, draft=draft)


@pytest.mark.parametrize("url", [YOUTUBE, "https://vimeo.com/1084537", "https://urplay.se/program/123456"])
def test_the_three_services_can_be_embedded(url):
    assert complaints("embed", {"url": url, "title": "Film"}) == ""


def test_evidence_with_a_source_or_without_an_assessment_is_complete():
    assert complaints("evidence", {**EVIDENCE, "strength": "0"}) == ""
    assert (
        complaints("evidence", {**EVIDENCE, "sources": [{"title": "Skolverket", "url": "https://www.skolverket.se"}]})
        == ""
    )


def test_a_picture_needs_an_alt_text_or_is_decorative():
    picture = {"image": make_image().pk, "alt_text": "", "decorative": False}
    assert complaints("image", {"image": picture})
    assert complaints("image", {"image": {**picture, "alt_text": "Ett bord"}}) == ""
    assert complaints("image", {"image": {**picture, "decorative": True}}) == ""


def test_a_call_to_action_leads_to_one_place():
    assert complaints("cta", {**CTA, "url": "https://vatterlunda.example"}) == ""
