"""A page takes as many SQL statements with three hundred blocks as with a few, and never more than twelve."""

import itertools
import re

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import BaseTypedTableBlock
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page, get_page_models

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import Series
from core import kinds
from core.models import BasePage, Byline, CustomDocument, CustomImage, ListingPage, Person, Theme
from home.models import AccessibilityStatementPage, PeopleIndexPage, ThemePage
from methods.models import MethodPage
from tests.world import home, index_page, make_image, make_page, make_person, publish

BUDGET = 12
PAGE_TYPES = [model for model in get_page_models() if issubclass(model, BasePage)]
LEAVES = [model for model in PAGE_TYPES if not issubclass(model, ListingPage)]
LISTS = [
    (kind, kind.model.allowed_parent_page_models()[0])
    for kind in kinds.every()
    if issubclass(kind.model.allowed_parent_page_models()[0], ListingPage) and kind.code not in ("info", "statement")
]
pytestmark = pytest.mark.django_db


class Pool:
    """Things for blocks to choose, handed out in turn."""

    def __init__(self, size: int):
        images = [make_image(f"Bild {number}") for number in range(size)]
        people = [make_person() for _number in range(size)]
        for person, image in zip(people, images, strict=True):
            Person.objects.filter(pk=person.pk).update(portrait=image)
        documents = [
            CustomDocument.objects.create(title=f"Dokument {n}", file=ContentFile(b"%PDF-1.4", name=f"d{n}.pdf"))
            for n in range(size)
        ]
        pages = {
            model: [make_page(model, hero_image=images[n], hero_decorative=True) for n in range(size)]
            for model in (NewsPage, BookTipPage, MethodPage, BlogPostPage)
        }
        self.images, self.people = images, people
        self.rows = {
            CustomImage: itertools.cycle([image.pk for image in images]),
            CustomDocument: itertools.cycle([document.pk for document in documents]),
            Person: itertools.cycle([person.pk for person in people]),
            **{model: itertools.cycle([page.pk for page in found]) for model, found in pages.items()},
        }
        self.rows[Page] = itertools.cycle([page.pk for found in pages.values() for page in found])

    def next(self, model) -> int:
        return next(self.rows[model])


def value_of(block, pool: Pool):
    """A stored value for any block, with something chosen wherever something can be chosen."""
    if isinstance(block, ImageBlock):
        return {"image": pool.next(CustomImage), "decorative": False, "alt_text": "En bild"}
    if isinstance(block, blocks.PageChooserBlock):
        return pool.next(block.target_model if block.target_model in pool.rows else Page)
    if isinstance(block, blocks.ChooserBlock):
        return pool.next(block.model_class)
    if isinstance(block, blocks.RichTextBlock):
        return f'<p><a linktype="page" id="{pool.next(Page)}">sida</a> <a linktype="document" id="{pool.next(CustomDocument)}">fil</a></p>'
    if isinstance(block, BaseTypedTableBlock):
        return {
            "columns": [{"type": "rich_text", "heading": "H"}],
            "rows": [{"values": [value_of(blocks.RichTextBlock(), pool)]}],
            "caption": "",
        }
    if isinstance(block, blocks.ListBlock):
        return [value_of(block.child_block, pool) for _item in range(2)]
    if isinstance(block, blocks.StructBlock):
        return {name: value_of(child, pool) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.MultipleChoiceBlock):
        return []
    if isinstance(block, blocks.ChoiceBlock):
        return block.get_default() or next(code for code, _label in block.field.choices if code)
    if isinstance(block, blocks.URLBlock):
        return "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
    simple = {blocks.IntegerBlock: 5, blocks.FloatBlock: 1.5, blocks.BooleanBlock: True}
    return next((value for kind, value in simple.items() if isinstance(block, kind)), "Text")


def blocks_of(stream_block, number: int, pool: Pool) -> list[dict]:
    """At least `number` blocks, in which every sort that the stream knows occurs."""
    names = list(stream_block.child_blocks)
    wanted = max(number, len(names))
    return [
        {"type": name, "value": value_of(stream_block.child_blocks[name], pool)}
        for name in itertools.islice(itertools.cycle(names), wanted)
    ]


def filled(model, number: int, pool: Pool):
    """A page of a type whose every stream and relation holds something."""
    page = make_page(model, themes=Theme.objects.all()[:3])
    for field in page._meta.get_fields():
        stream = getattr(field, "stream_block", None)
        if stream is not None:
            count = number if field.name == "body" else len(stream.child_blocks) * (3 if number < 100 else 30)
            setattr(page, field.name, blocks_of(stream, count, pool))
    page.related_pages = [{"type": "page", "value": pool.next(Page)} for _place in range(5 if number < 100 else 50)]
    page.hero_image, page.social_image, page.hero_decorative, page.contact = (
        pool.images[0],
        pool.images[1],
        True,
        pool.people[0],
    )
    page.bylines = [Byline(person=person, sort_order=place) for place, person in enumerate(pool.people)]
    if isinstance(page, BlogPostPage):
        page.series, _new = Series.objects.get_or_create(code="serie", defaults={"title_sv": "Serie"})
        page.series_number = 1
    if isinstance(page, BookTipPage):
        page.reviewer = pool.people[1]
    if isinstance(page, AccessibilityStatementPage):
        page.conformity = "partial"
    publish(page.save_revision())
    return model.objects.get(pk=page.pk)


def statements(client, url: str) -> list[str]:
    """The SQL of a request with warm caches and made renditions."""
    for _time in range(2):
        assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def described(found: list[str]) -> str:
    return "\n".join(f"{number}. {sql[:80]} … {sql[sql.find(' FROM ') :][:200]}" for number, sql in enumerate(found, 1))


@pytest.mark.parametrize("model", LEAVES, ids=lambda model: model.__name__)
def test_a_page_takes_the_same_statements_however_long_it_is(model, client):
    short, long = filled(model, 3, Pool(2)), filled(model, 300, Pool(6))
    before, after = statements(client, short.url), statements(client, long.url)
    assert len(before) == len(after), f"{described(before)}\n\n{described(after)}"
    assert len(after) <= BUDGET, described(after)


@pytest.mark.parametrize(("kind", "parent"), LISTS, ids=lambda value: getattr(value, "code", None))
def test_a_list_takes_the_same_statements_however_long_it_is(kind, parent, client):
    images = [make_image(), make_image()]

    def grow(number: int) -> None:
        for place in range(number):
            if kind.model is ThemePage and not Theme.objects.exclude(pk__in=ThemePage.objects.values("theme")).exists():
                Theme.objects.create(code=f"theme-{place}-{number}", label_sv="T", label_en="T")
            make_page(kind.model, hero_image=images[place % 2], hero_decorative=True)

    address = index_page(kind.model).url
    grow(3)
    before = statements(client, address)
    grow(40)
    after = statements(client, address)
    assert len(before) == len(after), f"{described(before)}\n\n{described(after)}"
    assert len(after) <= BUDGET, described(after)


def test_the_start_page_takes_the_same_statements_however_much_there_is(client):
    pool = Pool(3)
    start = home()
    start.body = blocks_of(start.body.stream_block, 3, pool)
    start.highlights = [{"type": "page", "value": pool.next(NewsPage)} for _place in range(3)]
    start.method_of_the_week_id, start.book_of_the_month_id = pool.next(MethodPage), pool.next(BookTipPage)
    start.notice = value_of(blocks.RichTextBlock(), pool)
    publish(start.save_revision())
    before = statements(client, "/")
    start, pool = home(), Pool(6)
    start.body = blocks_of(start.body.stream_block, 100, pool)
    publish(start.save_revision())
    after = statements(client, "/")
    assert len(before) == len(after), f"{described(before)}\n\n{described(after)}"
    assert len(after) <= BUDGET, described(after)


def test_people_and_what_they_wrote_take_the_same_statements_however_many(client):
    pool = Pool(2)
    addresses = (PeopleIndexPage.objects.get(locale__language_code="sv").url, f"/medverkande/{pool.people[0].slug}/")

    def write(number):
        for _place in range(number):
            page = make_page(NewsPage, hero_image=pool.images[0], hero_decorative=True)
            page.bylines = [Byline(person=pool.people[0])]
            publish(page.save_revision())

    write(1)
    before = [statements(client, url) for url in addresses]
    write(20)
    for number in range(20):
        Person.objects.filter(pk=make_person().pk).update(portrait=pool.images[number % 2])
    after = [statements(client, url) for url in addresses]
    for less, more in zip(before, after, strict=True):
        assert len(less) == len(more), f"{described(less)}\n\n{described(more)}"
        assert len(more) <= BUDGET, described(more)


@pytest.mark.parametrize(
    "address",
    [
        "/sok/?q=sida",
        "/sok/forslag?q=sid",
        "/feeds/all.xml",
        "/feeds/all.json",
        "/feeds/",
        "/sitemap.xml",
        "/sitemaps/news-sv.xml",
        "/api/v2/pages/",
        "/api/v2/pages/?theme=assessment&kind=news",
    ],
)
def test_what_gathers_pages_takes_the_same_statements_however_many(address, client):
    client.get(filled(NewsPage, 3, Pool(2)).url)  # makes the renditions
    before = statements(client, address)
    client.get(filled(NewsPage, 30, Pool(3)).url)
    client.get(filled(BlogPostPage, 30, Pool(3)).url)
    after = statements(client, address)
    assert len(before) == len(after), f"{described(before)}\n\n{described(after)}"
    assert len(after) <= BUDGET, described(after)


def looks_at_every_page(sql: str) -> list[str]:
    """The lines of SQLite's plan in which it reads all rows of the pages; PostgreSQL has the same indexes."""
    if connection.vendor != "sqlite" or not sql.startswith("SELECT"):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [row[3] for row in cursor.fetchall()]
    names = {"wagtailcore_page", *re.findall(r'"wagtailcore_page" ([A-Z]\d+)', sql)}
    lines = [
        line for line in plan if any(re.fullmatch(rf"SCAN {name}( USING (?!.*restriction).*)?", line) for name in names)
    ]
    return [*lines, sql] if lines else []


@pytest.mark.parametrize("model", LEAVES, ids=lambda model: model.__name__)
def test_no_page_is_looked_for_among_all_pages(model, client):
    asked = statements(client, filled(model, 3, Pool(2)).url)
    assert not [plan for sql in asked if (plan := looks_at_every_page(sql))]


def test_a_search_does_not_look_at_all_pages(client):
    filled(NewsPage, 3, Pool(2))
    asked = statements(client, "/sok/?q=sida")
    assert not [plan for sql in asked if (plan := looks_at_every_page(sql))]


def test_a_page_that_is_not_there_is_cheap(client):
    assert len(statements_of_404(client, "/borta.php")) <= 6
    assert len(statements_of_404(client, "/borta/")) <= BUDGET + 4  # with a search for what was meant


def statements_of_404(client, url: str) -> list[str]:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 404
    return [query["sql"] for query in captured.captured_queries]
