"""The page of all components: nothing is missing on it, and no visitor meets it."""

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import override_settings

from articles.models import BlogPostPage, BookTipPage, NewsPage
from home.components import FOLDER, LONG
from methods.models import MethodPage
from tests.contracts.test_blocks import chosen_blocks, is_chooser_only
from tests.world import make_image, make_page, make_person

pytestmark = pytest.mark.django_db
ADDRESSES = {"sv": "/_components/", "en": "/en/_components/"}


@pytest.fixture(params=ADDRESSES)
def shown(request, client):
    """The page in one language."""
    for model in (MethodPage, BookTipPage, BlogPostPage, NewsPage):
        make_page(model, language=request.param, hero_image=make_image(), hero_decorative=True)
    make_person()
    with override_settings(ROOT_URLCONF="settings.dev_urls"):
        answer = client.get(ADDRESSES[request.param])
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def drawn(shown, attribute: str) -> set[str]:
    """The names of what stands there with at least one state that shows something."""
    return {
        found[attribute]
        for found in shown.select(f"[{attribute}]")
        if any(state.decode_contents().strip() for state in found.select(".state"))
    }


def test_every_component_is_shown(shown):
    files = {path.name for path in (FOLDER / "components").iterdir() if path.is_file()}
    assert drawn(shown, "data-component") == files
    icons = {path.stem for path in (FOLDER / "components/icons").iterdir()}
    assert icons <= {name.get_text() for name in shown.select(".swatches code")}


def test_every_block_that_can_be_chosen_and_every_template_of_a_block_is_shown(shown):
    chosen = {param.values[0].get_template() for param in chosen_blocks() if not is_chooser_only(param.values[0])}
    assert drawn(shown, "data-block") == chosen | {f"blocks/{path.name}" for path in (FOLDER / "blocks").iterdir()}


def test_a_block_is_shown_with_each_of_its_choices_with_many_things_and_with_long_words(shown):
    labels = {block["data-block"]: len(block.select(".state")) for block in shown.select("[data-block]")}
    assert labels["blocks/callout.html"] >= 5
    assert labels["blocks/evidence.html"] >= 7
    checklists = shown.select('[data-block="blocks/checklist.html"] .state')
    assert max(len(state.select("li")) for state in checklists) > 10
    assert any(LONG in state.get_text() for state in checklists)


@pytest.mark.parametrize("address", ADDRESSES.values())
def test_no_visitor_meets_it(address, client):
    assert settings.ROOT_URLCONF == "settings.urls", "as in production"
    assert client.get(address).status_code == 404
