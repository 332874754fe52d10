"""Words in another language: from the editor to the page and back, and through a translation."""

import json

import pytest
from django.template import Context, Template
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea
from wagtail_localize.strings import extract_strings, restore_strings

from core import html
from core.blocks import RICH_TEXT
from core.rich_text import KEPT, OFFERED, style_of

MARKED = '<p>Vi kallar det <span lang="en">learning walk</span> här.</p>'


def round_trip(text: str) -> str:
    converter = ContentstateConverter(RICH_TEXT)
    stored = converter.to_database_format(converter.from_database_format(text))
    return stored.replace(' data-block-key="' + stored.split('data-block-key="')[1].split('"')[0] + '"', "")


def test_a_mark_survives_being_opened_and_saved():
    assert round_trip(MARKED) == MARKED


@pytest.mark.parametrize("language", [*OFFERED, *KEPT])
def test_every_known_language_survives(language):
    text = f'<p>Ett <span lang="{language}">ord</span>.</p>'
    assert round_trip(text) == text


def test_a_regional_variant_becomes_its_language():
    assert round_trip('<p><span lang="en-GB">colour</span></p>') == '<p><span lang="en">colour</span></p>'


def test_an_unknown_language_loses_its_mark_but_no_word():
    assert round_trip('<p>Ett <span lang="xx">ord</span>.</p>') == "<p>Ett ord.</p>"


def test_marks_nest_with_emphasis_and_links():
    text = (
        '<p><b>Se <span lang="en">this</span></b> och <a href="https://example.com"><span lang="en">that</span></a></p>'
    )
    saved = round_trip(text)
    assert saved.count('lang="en"') == 2
    assert "<b>" in saved
    assert 'href="https://example.com"' in saved


def test_a_mark_inside_a_mark_keeps_both():
    saved = round_trip('<p><span lang="en">the <span lang="sv">fika</span> break</span></p>')
    assert 'lang="sv"' in saved
    assert 'lang="en"' in saved
    assert "break" in saved


def test_nothing_but_the_language_is_kept_of_a_span():
    saved = round_trip('<p><span lang="en" onclick="alert(1)" style="color:red">word</span></p>')
    assert saved == '<p><span lang="en">word</span></p>'


def test_readers_get_the_mark():
    page = Template("{% load wagtailcore_tags %}{{ text|richtext }}").render(Context({"text": MARKED}))
    assert '<span lang="en">learning walk</span>' in page


def test_imports_may_bring_marks():
    assert html.clean(MARKED) == MARKED


def test_the_editor_has_a_button_for_each_offered_language():
    area = DraftailRichTextArea(features=RICH_TEXT)
    styles = {style["type"]: style for style in area.options["inlineStyles"]}
    assert {name for name, style in styles.items() if name.startswith("LANGUAGE") and "label" in style} == {
        style_of(code) for code in OFFERED
    }
    assert len([name for name in styles if name.startswith("LANGUAGE")]) == len(OFFERED) + len(KEPT)
    assert json.dumps(styles[style_of("en")]["style"])


def test_a_translator_sees_a_sentence_with_its_mark_as_one():
    """Fails when wagtail-localize changes how it cuts rich text."""
    template, strings = extract_strings(MARKED)
    assert [string.render_text() for string, _attributes in strings] == ["Vi kallar det learning walk här."]
    assert restore_strings(template, strings) == MARKED
