"""Every block that an editor can choose, those of tomorrow included, explains and shows itself."""

import pytest
from django.template.loader import get_template
from django.utils import translation
from wagtail.blocks import ListBlock, RawHTMLBlock, StreamBlock, StructBlock
from wagtail.fields import StreamField
from wagtail.models import get_page_models

from articles.models import BookTipPage, NewsPage
from core.models import BasePage
from methods.models import MethodPage
from tests.world import make_page

PAGE_TYPES = [model for model in get_page_models() if issubclass(model, BasePage)]


def chosen_blocks():
    """`(page type, field, name, block)` for every block in the picker of some page type."""
    for model in PAGE_TYPES:
        for field in model._meta.get_fields():
            if isinstance(field, StreamField):
                for name, block in field.stream_block.child_blocks.items():
                    yield pytest.param(block, id=f"{model.__name__}.{field.name}.{name}")


def is_chooser_only(block) -> bool:
    """Plain choosers (a page, a person) are drawn by the page's template as cards, not by a template of their own."""
    return hasattr(block, "target_model")


def nested(block):
    yield block
    if isinstance(block, (StructBlock, StreamBlock)):
        for child in block.child_blocks.values():
            yield from nested(child)
    if isinstance(block, ListBlock):
        yield from nested(block.child_block)


@pytest.mark.parametrize("block", chosen_blocks())
def test_a_block_has_an_icon_a_label_and_a_description_in_both_languages(block):
    assert block.label
    if is_chooser_only(block):
        return
    assert block.meta.icon
    with translation.override("en"):
        english = (str(block.label), str(block.meta.description))
    with translation.override("sv"):
        swedish = (str(block.label), str(block.meta.description))
    assert english[1], "a block says in one sentence what it is for"
    assert swedish[1] != english[1]


@pytest.mark.parametrize("block", chosen_blocks())
@pytest.mark.django_db
def test_a_block_has_a_template_and_a_preview_that_renders(block):
    if is_chooser_only(block):
        return
    for model in (NewsPage, BookTipPage, MethodPage):  # cards show themselves with real pages
        make_page(model)
    template = block.get_template()
    assert template, block.name
    get_template(template)
    assert block.is_previewable
    assert block.render(block.get_preview_value(), context=block.get_preview_context(block.get_preview_value())).strip()


@pytest.mark.parametrize("block", chosen_blocks())
def test_no_block_takes_raw_html(block):
    assert not any(isinstance(inner, RawHTMLBlock) for inner in nested(block))
