"""What tests build: people with roles, pages of every kind with what publication demands. Each test makes only what it needs."""

import itertools
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image as Picture
from wagtail.models import Locale, Page

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import NewsCategory
from core.guards import authorised_publication
from core.models import Byline, CustomImage, Person, Stewardship, Theme, User
from editorial.roles import group_name
from home.models import AccessibilityStatementPage, HomePage, InfoPage, ThemePage
from methods.models import MethodPage

numbers = itertools.count(1)
SLUGS = {"sv": {MethodPage: "metoder", NewsPage: "nyheter", BookTipPage: "boktips", BlogPostPage: "blogg", ThemePage: "tema", InfoPage: "om", AccessibilityStatementPage: "om"},
         "en": {MethodPage: "methods", NewsPage: "news", BookTipPage: "book-tips", BlogPostPage: "blog", ThemePage: "themes", InfoPage: "about", AccessibilityStatementPage: "about"}}  # fmt: skip


def make_user(role: str | None = None, **kwargs) -> User:
    number = next(numbers)
    user = User.objects.create_user(
        username=kwargs.pop("username", f"user{number}"),
        email=kwargs.pop("email", f"user{number}@example.com"),
        password="a long password",
        first_name=kwargs.pop("first_name", f"Person {number}"),
        **kwargs,
    )
    if role:
        user.groups.add(Group.objects.get(name=group_name(role)))
    return user


def make_person(name: str | None = None) -> Person:
    number = next(numbers)
    return Person.objects.create(name=name or f"Anna Exempel {number}", slug=f"anna-{number}")


def make_image(title: str = "A picture") -> CustomImage:
    content = BytesIO()
    Picture.new("RGB", (64, 48), "teal").save(content, "PNG")
    content.seek(0)
    return CustomImage.objects.create(title=title, file=ImageFile(content, name="picture.png"))


def home(language: str = "sv") -> HomePage:
    return HomePage.objects.get(locale__language_code=language)


def index_page(model, language: str = "sv") -> Page:
    return Page.objects.child_of(home(language)).get(slug=SLUGS[language][model]).specific


def required_fields(model) -> dict:
    """What each kind of page cannot be published without."""
    today = timezone.localdate()
    if model is NewsPage:
        return {"category": NewsCategory.objects.get(code="current")}
    if model is BookTipPage:
        return {"book_title": "En bok"}
    if model is BlogPostPage:
        return {"theme_category": Theme.objects.get(code="assessment")}
    if model is MethodPage:
        return {"purpose": "För att lära av varandra."}
    if model is ThemePage:
        used = ThemePage.objects.values("theme")
        return {"definition": "Vad temat är.", "theme": Theme.objects.exclude(pk__in=used).first()}
    if model is AccessibilityStatementPage:
        texts = ("actor", "service", "conformity_text", "assessment_method", "contact_function", "complaint_text",
                 "exempt_disproportionate", "outside_law")  # fmt: skip
        return dict.fromkeys(texts, "Text.") | {"conformity": "full", "assessed_on": today, "updated_on": today}
    return {}


def make_page(
    model=NewsPage, *, live: bool = True, language: str = "sv", parent=None, author=None, themes=(), **fields
):
    """A page of a kind in its place. Live ones are published as an approval would, without the mail."""
    number = next(numbers)
    parent = parent or index_page(model, language)
    values = {
        "title": f"Sida {number}",
        "slug": f"sida-{number}",
        "intro": "En ingress.",
        **required_fields(model),
        **fields,
    }
    page = model(locale=Locale.objects.get(language_code=language), live=False, owner=author, **values)
    page.body = fields.get("body") or [("paragraph", f"<p>Brödtext nummer {number}.</p>")]
    parent.refresh_from_db()
    parent.add_child(instance=page)
    page.themes = list(themes)
    if model is BlogPostPage:
        page.bylines = [Byline(person=make_person())]
    Stewardship.objects.filter(page_id=page.pk).update(
        responsible=author or User.objects.filter(is_superuser=True).first()
    )
    revision = page.save_revision(user=author)
    if live:
        publish(revision)
    return model.objects.get(pk=page.pk)


def publish(revision, user=None):
    """Makes a revision public, as a finished workflow does."""
    with authorised_publication():
        revision.publish(user=user)


@pytest.fixture
def people(db):
    """One person for each role, by role."""
    roles = ("author", "editor", "reviewer", "chief_editor", "translator", "administrator")
    return {role: make_user(role, username=role) for role in roles}
