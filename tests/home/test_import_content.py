"""Content from JSON: nothing is stored unless all rows are right, an import can be repeated, and what was lost is told."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageLogEntry

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import NewsCategory
from core.models import Person
from core.visibility import is_public
from editorial.models import AfterReview
from home.importing import PART, Importer, find_errors
from home.models import ImportedPage
from home.rows import blocks_from_html
from methods.models import MethodPage
from tests.world import make_image, make_user

pytestmark = pytest.mark.django_db
FIXTURES = json.loads((Path(__file__).parent.parent / "data/public_pairs.json").read_text())["fixtures"]
WORD = """<style>p.MsoNormal {margin:0cm;}</style>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<h1 style='mso-pagination:widow-orphan'>Rubrik</h1>
<p class=MsoNormal style='margin-bottom:0cm;mso-line-height-alt:12pt'><span lang=SV style='font-family:"Calibri"'>Vi
prövade <b style='mso-bidi-font-weight:normal'>en sak</b> i taget.<o:p></o:p></span></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table class=MsoTableGrid><tr><td>Ruta</td></tr></table>"""


@pytest.fixture
def editor(db):
    return make_user("editor", username="redaktor")


def run(path: Path, rows, **options) -> str:
    """Writes the rows to a file, imports it and returns what the command printed."""
    file = path / "rows.json"
    file.write_text(rows if isinstance(rows, str) else json.dumps(rows))
    out = StringIO()
    call_command("import_content", str(file), stdout=out, stderr=out, **options)
    return out.getvalue()


def row(**values) -> dict:
    return {"id": "r1", "type": "news", "title": "En nyhet", "intro": "Kort.", "body": "<p>Text.</p>", **values}


def page_of(name: str) -> Page:
    return ImportedPage.objects.get(source_id=name).page.specific


def test_the_shared_examples_become_drafts_as_they_stand(editor, tmp_path):
    said = run(tmp_path, FIXTURES)
    assert f"{len(FIXTURES)} created" in said
    assert "became drafts" in said
    pages = [page_of(example["id"]) for example in FIXTURES]
    assert not any(page.live for page in pages)
    assert [page.title for page in pages] == [example["title"] for example in FIXTURES]
    assert {page.locale.language_code for page in pages} == {example["locale"] for example in FIXTURES}


def test_publishing_them_gives_each_the_status_that_its_source_has(editor, tmp_path):
    said = run(tmp_path, FIXTURES, publish=True, reason="flytt från den gamla webbplatsen")
    assert "became drafts" not in said
    for example in FIXTURES:
        page, status = page_of(example["id"]), example["status"]
        assert is_public(page) == (status == "live"), example["id"]
        assert page.live == (status in ("live", "restricted"))
        if status == "live" and example.get("date"):
            assert timezone.localdate(page.first_published_at).isoformat() == example["date"][:10]
        went_live = PageLogEntry.objects.filter(page=page.pk, action__startswith="wagtail.publish").count()
        assert went_live == (status != "draft")
    review = AfterReview.objects.get()
    assert review.reason == "flytt från den gamla webbplatsen"
    assert review.forced_by == editor
    assert review.pages.count() == sum(example["status"] != "draft" for example in FIXTURES)


def test_a_second_import_changes_nothing(editor, tmp_path):
    run(tmp_path, FIXTURES[:5], publish=True, reason="flytt")
    before = list(Page.objects.order_by("pk").values("pk", "latest_revision_id", "last_published_at", "live"))
    said = run(tmp_path, FIXTURES[:5], publish=True, reason="flytt")
    assert "0 created, 0 updated, 5 as they were" in said
    assert list(Page.objects.order_by("pk").values("pk", "latest_revision_id", "last_published_at", "live")) == before
    assert AfterReview.objects.count() == 1


def test_a_changed_row_updates_its_page_and_keeps_its_address(editor, tmp_path):
    run(tmp_path, [row()])
    address = page_of("r1").url_path
    assert "0 created, 1 updated" in run(tmp_path, [row(title="En annan rubrik", body="<p>Ny text.</p>")])
    latest = page_of("r1").get_latest_revision_as_object()
    assert latest.title == "En annan rubrik"
    assert "Ny text" in str(latest.body)
    assert page_of("r1").url_path == address


def test_an_import_that_was_stopped_goes_on_where_it_was(editor):
    rows = [row(id=f"r{number}", title=f"Nyhet {number}") for number in range(PART + 3)]

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Importer(editor, True, "flytt", stop).run(rows)
    assert sum(is_public(page_of(f"r{number}")) for number in range(len(rows))) == PART
    report = Importer(editor, True, "flytt").run(rows)
    assert report.unchanged == PART
    assert all(is_public(page_of(f"r{number}")) for number in range(len(rows)))
    assert NewsPage.objects.count() == len(rows)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"type": "recept"}, "type"),
        ({"title": ""}, "title"),
        ({"id": None}, "id"),
        ({"rubrik": "x"}, "rubrik"),
        ({"locale": "fi"}, "locale"),
        ({"status": "borta"}, "status"),
        ({"date": "i går"}, "date"),
        ({"translation_of": "finns inte"}, "translation_of"),
        ({"themes": ["astrology"]}, "themes"),
        ({"themes": "assessment"}, "themes"),
        ({"title": "x" * 300}, "title"),
        ({"intro": "x" * 301}, "intro"),
        ({"teaser": "x" * 161}, "teaser"),
        ({"source_url": "ingen adress"}, "source_url"),
        ({"body": [{"type": "agenda", "value": {}}]}, "body"),
        ({"body": 7}, "body"),
        ({"hero": {"picture": "x"}}, "hero"),
        ({"related_links": [{"titel": "x"}]}, "related_links"),
        ({"author": 7}, "author"),
        ({"responsible": "ingen"}, "responsible"),
        ({"type": "method", "group_min": 8, "group_max": 4}, "group_max"),
        ({"type": "method", "group_min": "många"}, "group_min"),
        ({"type": "book_tip", "isbn": "9789144142273"}, "isbn"),
        ({"type": "blog_post", "series": "ingen"}, "series"),
    ],
)  # fmt: skip
def test_one_bad_row_is_named_with_its_field_and_nothing_is_imported(editor, tmp_path, bad, field):
    before = Page.objects.count(), Person.objects.count(), NewsCategory.objects.count()
    with pytest.raises(CommandError, match="Nothing was imported"):
        run(tmp_path, [row(id="good", category="Ny kategori", author="Ny Person"), row(**bad)])
    assert (Page.objects.count(), Person.objects.count(), NewsCategory.objects.count()) == before
    errors = [str(error) for error in find_errors([row(id="good"), row(**bad)])]
    assert {error.split(": ")[0] for error in errors} == {f"row 2, {field}"}


def test_two_rows_with_one_id_are_an_error(editor):
    assert [str(error) for error in find_errors([row(), row()])] == ["row 2, id: 'r1' stands on an earlier row too"]


@pytest.mark.parametrize("text", ["[{", '{"id": "a"}\nnot json', "[1, 2]", '"text"'])
def test_a_file_that_holds_no_rows_is_refused(editor, tmp_path, text):
    with pytest.raises(CommandError):
        run(tmp_path, text)


def test_one_object_a_line_is_read_too(editor, tmp_path):
    assert "2 created" in run(tmp_path, "\n".join(json.dumps(row(id=name)) for name in ("a", "b")))


@pytest.mark.parametrize("reason", ["", "   "])
def test_publishing_without_a_reason_ends_with_status_2(editor, tmp_path, reason):
    with pytest.raises(CommandError) as error:
        run(tmp_path, [row()], publish=True, reason=reason)
    assert error.value.returncode == 2
    assert not ImportedPage.objects.exists()


def test_a_dry_run_says_what_it_would_do_and_does_nothing(editor, tmp_path):
    before = Page.objects.count()
    assert "1 rows are right and would be imported as drafts" in run(tmp_path, [row()], dry_run=True)
    assert Page.objects.count() == before


def test_progress_is_told_while_it_goes(editor, tmp_path):
    rows = [row(id=f"r{number}", title=f"Nyhet {number}") for number in range(130)]
    said = run(tmp_path, rows)
    assert "100 of 130 rows" in said
    assert "130 of 130 rows" in said


def test_the_named_user_is_responsible_and_an_unknown_one_is_refused(editor, tmp_path):
    other = make_user("editor", username="annan")
    run(tmp_path, [row()], responsible="annan")
    assert page_of("r1").stewardship.responsible == other
    with pytest.raises(CommandError, match="no active user"):
        run(tmp_path, [row(id="r2")], responsible="ingen")


def test_a_rows_own_responsible_interval_and_pin_are_kept(editor, tmp_path):
    make_user("editor", username="annan")
    run(tmp_path, [row(responsible="annan", review_interval=6, pinned_until="2027-01-01", reviewed_on="2026-05-01")])
    found = page_of("r1").stewardship
    assert (found.responsible.username, found.review_interval, found.reviewed_on.isoformat()) == (
        "annan",
        6,
        "2026-05-01",
    )
    assert found.pinned_until is not None


def test_html_from_word_is_cleaned_and_the_loss_is_told(editor, tmp_path):
    said = run(tmp_path, [row(body=WORD)])
    assert "r1: <table>" in said
    assert "r1: <style>" in said
    stored = json.dumps(page_of("r1").get_latest_revision().content["body"], ensure_ascii=False)
    assert "Rubrik" in stored
    assert "<b>en sak</b>" in stored
    assert "Ruta" in stored
    for rest in ("mso", "Mso", "<o:p", "WordDocument", "margin", "style="):
        assert rest not in stored


@pytest.mark.parametrize(
    "body",
    [
        '<p><a href="javascript:alert(1)">Klicka</a></p>',
        '<p onclick="alert(1)">Klicka</p>',
        '<p>Klicka<script>alert(1)</script></p>',
        '<p><a href="data:text/html,<script>alert(1)</script>">Klicka</a></p>',
        '<p><a href="JaVaScRiPt:alert(1)">Klicka</a><img src=x onerror=alert(1)></p>',
        '<svg onload=alert(1)><p>Klicka</p></svg>',
    ],
)  # fmt: skip
def test_nothing_that_runs_comes_through(editor, tmp_path, body):
    run(tmp_path, [row(body=body)], publish=True, reason="flytt")
    stored = str(page_of("r1").body.raw_data[0]["value"])
    assert "Klicka" in stored
    assert "alert" not in stored
    assert "javascript" not in stored.lower()
    assert "data:" not in stored


def test_a_block_cannot_bring_script_either(editor, tmp_path):
    script = [{"type": "paragraph", "value": '<p>Hej<a href="javascript:alert(1)">x</a></p>'}]
    said = run(tmp_path, [row(body=script)])
    assert "r1: script" in said
    assert "javascript" not in json.dumps(page_of("r1").get_latest_revision().content)


def test_headings_quotes_and_pictures_become_blocks_in_order():
    losses = []
    body = '<h1>Ett</h1><p>A<p>B<h4>Två</h4><blockquote><p>Citat</p></blockquote><p><img src="image:skog" alt="Skog"></p><ul><li>C</li></ul>'
    rows = blocks_from_html(body, losses)
    assert [found["type"] for found in rows] == ["heading", "paragraph", "heading", "quote", "image", "paragraph"]
    assert [found["value"]["level"] for found in rows if found["type"] == "heading"] == ["h2", "h3"]
    assert losses == []


def test_pictures_of_the_library_are_found_by_their_title(editor, tmp_path):
    image = make_image("skog")
    said = run(
        tmp_path,
        [row(body='<p>A</p><p><img src="image:skog" alt="Skog"></p><p><img src="https://x.example/a.png"></p>')],
    )
    block = page_of("r1").get_latest_revision_as_object().body[1]
    assert block.block_type == "image"
    assert block.value["image"].pk == image.pk
    assert said.count("<img>") == 1


def test_rows_may_link_to_rows_that_come_later_and_lost_links_are_told(editor, tmp_path):
    first = row(id="a", body='<p><a href="page:b">B</a> <a href="page:c">C</a></p>')
    said = run(tmp_path, [first, row(id="b")])
    assert "a: link to page c" in said
    assert "link to page b" not in said
    assert f'id="{page_of("b").pk}"' in str(page_of("a").get_latest_revision_as_object().body[0].value.source)


def test_three_megabytes_of_text_are_stored_whole(editor, tmp_path):
    body = "".join(f"<p>Stycke {number} {'ord ' * 70}</p>" for number in range(10_500))
    assert len(body) > 3_000_000
    run(tmp_path, [row(body=body)], publish=True, reason="flytt")
    page = page_of("r1")
    assert is_public(page)
    assert "Stycke 0 " in page.search_text
    assert "Stycke 10499 " in page.search_text


def test_a_translation_finds_its_source_whatever_the_order(editor, tmp_path):
    run(tmp_path, [row(id="en", locale="en", title="A piece of news", translation_of="sv"), row(id="sv")])
    assert page_of("en").translation_key == page_of("sv").translation_key
    assert page_of("en").get_translation(page_of("sv").locale).pk == page_of("sv").pk


def test_old_addresses_lead_to_the_new_page(editor, tmp_path, client):
    run(tmp_path, [row(old_urls=["/gammalt/2024-04-19-x/"])], publish=True, reason="flytt")
    assert Redirect.objects.get(old_path="/gammalt/2024-04-19-x").redirect_page_id == page_of("r1").pk
    answer = client.get("/gammalt/2024-04-19-x/")
    assert answer.status_code == 301
    assert answer["Location"].endswith(page_of("r1").slug + "/")


def test_names_become_people_categories_and_themes(editor, tmp_path):
    rows = [
        row(id="n", category="Ny kategori", author="Nora Ny"),
        row(id="b", type="booktip", category="Bedömning", author="Nora Ny"),
        row(id="m", type="method", category="Nytt tema", author="Nora Ny"),
        row(id="p", type="blog", category="assessment", author="Nora Ny"),
    ]
    run(tmp_path, rows, publish=True, reason="flytt")
    nora = Person.objects.get(name="Nora Ny")
    news, book, method, post = (page_of(name) for name in "nbmp")
    assert isinstance(news, NewsPage)
    assert news.category.label_sv == "Ny kategori"
    assert news.people == [nora]
    assert isinstance(book, BookTipPage)
    assert book.reviewer == nora
    assert [theme.code for theme in book.themes.all()] == ["assessment"]
    assert isinstance(method, MethodPage)
    assert method.contact == nora
    assert [str(theme) for theme in method.themes.all()] == ["Nytt tema"]
    assert isinstance(post, BlogPostPage)
    assert post.people == [nora]
    assert post.theme_category.code == "assessment"


def test_rules_that_an_imported_page_breaks_stand_in_the_report_and_on_the_review(editor, tmp_path):
    bad = row(type="method", evidence_strength=3)
    said = run(tmp_path, [bad], publish=True, reason="flytt")
    assert "r1, evidence_sources" in said
    assert is_public(page_of("r1"))
    assert "En nyhet" in AfterReview.objects.get().findings


def test_an_expiry_in_a_row_is_kept(editor, tmp_path):
    until = (timezone.now() + timedelta(days=3)).isoformat()
    run(tmp_path, [row(expire_at=until)], publish=True, reason="flytt")
    assert page_of("r1").expire_at is not None


def test_many_rows_are_imported_with_unique_addresses(editor, tmp_path):
    rows = [row(id=f"r{number}", title="Samma rubrik") for number in range(60)]
    assert "60 created" in run(tmp_path, rows, publish=True, reason="flytt")
    slugs = list(NewsPage.objects.values_list("slug", flat=True))
    assert len(set(slugs)) == 60
    assert "samma-rubrik" in slugs
    assert not any("--" in slug for slug in slugs)


def test_what_the_source_had_taken_down_is_taken_down_whoever_is_responsible(editor, tmp_path):
    run(tmp_path, [row(status="unpublished")], publish=True, reason="Flytt från den gamla portalen")
    page = page_of("r1")
    assert not page.live
    assert page.first_published_at
