"""Every page type of the site, those of tomorrow included, keeps these promises."""

import html5lib
import pytest
from django.urls import reverse
from django.utils import translation
from wagtail.models import get_page_models

from core import kinds
from core.models import BasePage, ListingPage
from core.visibility import is_public
from home.models import HomePage
from tests.world import SLUGS, home, make_page

PAGE_TYPES = [model for model in get_page_models() if issubclass(model, BasePage)]
LEAVES = [model for model in PAGE_TYPES if not issubclass(model, ListingPage)]
pytestmark = pytest.mark.django_db


def example(model, language: str = "sv"):
    """A public page of a type: made by the factory, or the one the empty portal has."""
    if model is HomePage:
        return home(language)
    if issubclass(model, ListingPage):
        return model.objects.get(locale__language_code=language)
    return make_page(model, language=language)


def parsed(client, url: str):
    response = client.get(url)
    assert response.status_code == 200, url
    return html5lib.parse(response.content, namespaceHTMLElements=False)


@pytest.mark.parametrize("model", LEAVES, ids=lambda model: model.__name__)
def test_every_page_type_has_a_factory(model):
    assert model in SLUGS["sv"]
    assert is_public(make_page(model))


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_a_page_renders_with_one_heading_in_its_own_language(model, language, client):
    page = example(model, language)
    document = parsed(client, page.url)
    assert document.get("lang") == language
    headings = document.findall(".//h1")
    assert len(headings) == 1
    assert document.find(".//title").text.strip()


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_the_html_of_a_page_has_no_parse_errors(model, client):
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(client.get(example(model).url).content)
    assert not [error for error in parser.errors if error[1] not in ("expected-doctype-but-got-chars",)]


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_a_page_opens_in_the_editor_and_in_the_preview(model, admin_client):
    page = example(model)
    assert admin_client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    for mode, _label in page.preview_modes:
        response = page.make_preview_request(preview_mode=mode)
        assert response.status_code == 200


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_a_page_type_declares_where_it_may_stand(model):
    assert "parent_page_types" in model.__dict__ or "parent_page_types" in vars(model.__mro__[1])
    assert model.allowed_parent_page_models()
    assert "subpage_types" in model.__dict__


@pytest.mark.parametrize("model", PAGE_TYPES, ids=lambda model: model.__name__)
def test_names_labels_and_help_are_swedish_for_a_swedish_editor(model):
    own = [
        field
        for field in model._meta.get_fields()
        if getattr(field, "model", None) is model and getattr(field, "editable", False) and not field.auto_created
    ]
    for field in own:
        for text in (field.verbose_name, field.help_text):
            if not text or text == field.name.replace("_", " ") or text == field.name:
                continue
            with translation.override("en"):
                english = str(text)
            with translation.override("sv"):
                swedish = str(text)
            assert swedish != english or english.isupper() or english in SAME_IN_BOTH, (
                f"{model.__name__}.{field.name}: {english}"
            )


SAME_IN_BOTH = {"ISBN", "slug"}


@pytest.mark.parametrize("kind", [kind for kind in kinds.every() if kind.searchable], ids=lambda kind: kind.code)
def test_every_kind_is_found_by_search(kind, client):
    page = make_page(kind.model, title="Sjöjungfruns besynnerliga frukost")
    answer = client.get("/sok/", {"q": "sjöjungfruns frukost"}).content.decode()
    assert page.url in answer
    assert f'data-kind="{kind.code}"' in answer
