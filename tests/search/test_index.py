"""The index holds what everyone may read now, and nothing else, whatever happens to pages and to what they name."""

from datetime import timedelta
from importlib import import_module
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from articles.models import BlogPostPage, NewsPage
from articles.terms import NewsCategory
from core.guards import authorised_publication
from core.models import Byline, Person, Theme
from search import index, tables
from search.analysis import pair_token
from search.index import differences, rebuild
from search.models import SearchChange, SearchDocument, SearchTerm, SearchText
from search.query import Answer, Asked, suggestions
from search.tables import NEXT, VECTORS, Tables, is_postgres
from search.worker import Keeper
from tests.world import index_page, make_page, publish

pytestmark = pytest.mark.django_db


def hits(text: str, language: str = "sv", **filters) -> list[int]:
    answer = Answer(Asked(text, language, filters))
    return [hit.page_id for hit in answer.hits(answer[0:10])]


def indexed() -> set[int]:
    return set(SearchDocument.objects.values_list("page_id", flat=True))


def restrict(page: Page) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def vocabulary() -> dict:
    terms = SearchTerm.objects.exclude(pages=0).values_list("language", "term", "folded", "skeleton", "pages", "titles")
    return {row[:2]: row[2:] for row in terms}


def tallies() -> set[str]:
    """The tables that hits are counted by, where the database has any but those of pages."""
    return {Tables().tally, Tables().tallied}.intersection(connection.introspection.table_names())


def check() -> str:
    out = StringIO()
    call_command("search_rebuild", "--check", stdout=out)
    return out.getvalue()


def test_a_page_is_found_from_its_publication_to_its_unpublication():
    page = make_page(title="Besynnerlig rubrik", live=False)
    assert not hits("besynnerlig")
    publish(page.get_latest_revision())
    assert hits("besynnerlig") == [page.pk]
    Page.objects.get(pk=page.pk).specific.unpublish()
    assert not hits("besynnerlig")
    assert page.pk not in indexed()


def test_a_new_text_takes_the_place_of_the_old_one_when_it_is_published():
    page = make_page(title="Vilse i skogen")
    page.title = "Hemma igen"
    revision = page.save_revision()
    assert hits("vilse") == [page.pk]
    publish(revision)
    assert not hits("vilse")
    assert hits("hemma") == [page.pk]


def test_a_page_below_a_restricted_one_is_not_found_until_the_restriction_goes():
    page = make_page(title="Besynnerlig rubrik")
    restriction = restrict(index_page(NewsPage))
    assert not hits("besynnerlig")
    restriction.delete()
    assert hits("besynnerlig") == [page.pk]


def test_a_page_below_an_unpublished_one_is_not_found():
    page, parent = make_page(title="Besynnerlig rubrik"), index_page(NewsPage)
    parent.unpublish()
    assert page.pk not in indexed()
    publish(parent.specific.save_revision())
    assert hits("besynnerlig") == [page.pk]


def test_a_page_that_moves_below_a_restricted_one_is_not_found():
    page, target = make_page(title="Besynnerlig rubrik"), index_page(BlogPostPage)
    restrict(target)
    Page.objects.get(pk=page.pk).move(target, pos="last-child")
    assert not hits("besynnerlig")


def test_the_address_of_a_hit_is_the_one_that_the_page_has_now(client):
    page = make_page(title="Besynnerlig rubrik")
    with authorised_publication():
        page.slug = "en-ny-adress"
        publish(page.save_revision())
    content = client.get("/sok/", {"q": "besynnerlig"}).content.decode()
    assert NewsPage.objects.get(pk=page.pk).url in content
    assert "en-ny-adress" in content


def test_what_the_clock_takes_down_is_not_found_though_nothing_has_told_the_index():
    page = make_page(title="Besynnerlig rubrik", expire_at=timezone.now() + timedelta(days=1))
    assert hits("besynnerlig") == [page.pk]
    past = timezone.now() - timedelta(minutes=1)
    Page.objects.filter(pk=page.pk).update(expire_at=past)
    SearchDocument.objects.filter(page_id=page.pk).update(visible_until=past)
    assert not hits("besynnerlig")
    assert Answer(Asked("besynnerlig", "sv")).total == 0
    assert not suggestions("besynn", "sv")


def test_a_page_above_that_the_clock_takes_down_takes_those_below_with_it():
    parent = index_page(NewsPage)
    parent.expire_at = timezone.now() + timedelta(days=2)
    publish(parent.save_revision())
    page = make_page(title="Besynnerlig rubrik", expire_at=timezone.now() + timedelta(days=9))
    assert SearchDocument.objects.get(page_id=page.pk).visible_until == parent.expire_at


def test_a_deleted_page_leaves_nothing_behind():
    page = make_page(title="Besynnerlig rubrik")
    Page.objects.get(pk=page.pk).delete()
    assert page.pk not in indexed()
    assert not SearchText.objects.filter(page_id=page.pk).exists()
    assert not SearchTerm.objects.filter(term="besynnerlig").exists()


def test_many_pages_deleted_at_once_leave_nothing_behind():
    pages = [make_page(title=f"Besynnerlig rubrik {number}") for number in range(3)]
    Page.objects.filter(pk__in=[page.pk for page in pages]).delete()
    assert not differences()
    assert not hits("besynnerlig")


def test_aliases_and_noindex_pages_are_never_found():
    page = make_page(title="Besynnerlig rubrik")
    make_page(title="Besynnerlig också", noindex=True)
    page.create_alias(update_slug="ett-alias")
    assert hits("besynnerlig") == [page.pk]
    assert not differences()


def test_a_theme_with_another_name_is_found_by_it():
    theme = Theme.objects.get(code="assessment")
    page = make_page(title="En rubrik", themes=[theme])
    theme.label_sv = "Besynnerligheter"
    theme.save()
    assert hits("besynnerligheter") == [page.pk]


def test_a_category_with_another_name_is_found_by_it():
    category = NewsCategory.objects.get(code="current")
    page = make_page(title="En rubrik")
    category.label_sv = "Besynnerligheter"
    category.save()
    assert hits("besynnerligheter") == [page.pk]


def test_a_person_with_another_name_is_found_by_it():
    page = make_page(BlogPostPage, title="En rubrik")
    person = Person.objects.get(pk=Byline.objects.get(page=page).person_id)
    person.name = "Besynnerlig Besynnersson"
    person.save()
    assert hits("besynnersson") == [page.pk]


def test_more_pages_than_one_request_should_change_are_left_to_the_worker(monkeypatch):
    monkeypatch.setattr(index, "AT_ONCE", 1)
    theme = Theme.objects.get(code="assessment")
    pages = {make_page(title="En rubrik", themes=[theme]).pk for _number in range(3)}
    theme.label_sv = "Besynnerligheter"
    theme.save()
    assert len(hits("besynnerligheter")) == 1
    assert index.heal() == 2
    assert set(hits("besynnerligheter")) == pages


def test_what_is_changed_behind_the_back_of_all_signals_is_mended_by_the_worker():
    gone, renamed = make_page(title="Besynnerlig rubrik"), make_page(title="En annan rubrik")
    Page.objects.filter(pk=gone.pk).update(live=False)
    Page.objects.filter(pk=renamed.pk).update(title="Förunderlig rubrik")
    assert not hits("besynnerlig"), "the hit is looked at before it is shown"
    assert {(found.fault, found.page_id) for found in differences()} == {("stale", gone.pk), ("outdated", renamed.pk)}
    assert index.heal() == 2
    assert not differences()
    assert hits("förunderlig") == [renamed.pk]


def test_a_translation_is_found_in_its_own_language_only():
    page = make_page(title="A peculiar heading", language="en")
    assert hits("peculiar", "en") == [page.pk]
    assert not hits("peculiar", "sv")


def test_words_are_counted_as_a_rebuild_would_count_them():
    first, second = make_page(title="Läraren och eleven"), make_page(title="Lärarna och eleverna")
    make_page(title="Något helt annat", live=False)
    second.title = "Böcker för elever"
    publish(second.save_revision())
    first.unpublish()
    counted = vocabulary()
    rebuild()
    assert vocabulary() == counted


def test_a_page_that_nobody_knows_the_age_of_is_counted():
    page = make_page(title="Besynnerlig rubrik")
    Page.objects.filter(pk=page.pk).update(first_published_at=None)
    index.refresh([page.pk])
    answer = Answer(Asked("besynnerlig", "sv"))
    assert (answer.total, answer.counts("year")) == (1, {})


def test_numbers_follow_pages_that_change_or_go_and_are_the_same_after_a_rebuild():
    school, digital = Theme.objects.all()[:2]
    first, second, third = (make_page(title="Besynnerlig rubrik", themes=[school]) for _number in range(3))
    first.themes.set([digital])
    publish(first.save_revision())
    Page.objects.get(pk=second.pk).delete()
    wanted = {school.code: 1, digital.code: 1}
    assert Answer(Asked("besynnerlig", "sv")).counts("theme") == wanted
    for table in tallies():
        tables.execute(f"DELETE FROM {table}")  # noqa: S608
    rebuild()
    assert Answer(Asked("besynnerlig", "sv")).counts("theme") == wanted
    third.unpublish()
    assert Answer(Asked("besynnerlig", "sv")).counts("theme") == {digital.code: 1}


def test_the_worker_puts_what_was_published_in_its_place_in_the_indexes_of_words():
    """Only PostgreSQL gathers it first. A question reads all that is gathered."""
    make_page(title="Besynnerlig rubrik")
    assert any(Tables().settle()) == is_postgres()
    make_page(title="Besynnerlig rubrik")
    Keeper()()
    assert not any(Tables().settle())


def test_an_index_from_before_there_were_tallies_gets_them_when_it_is_migrated():
    theme = Theme.objects.first()
    make_page(title="Besynnerlig rubrik", themes=[theme])
    SearchDocument.objects.filter(page_id=make_page(title="Besynnerlig rubrik").pk).update(year=None)
    for table in tallies():
        tables.execute(f"DROP TABLE {table}")
    migration = import_module("search.migrations.0003_tallies")
    for _time in range(2):  # the second finds them there
        migration.make_tallies(None, SimpleNamespace(connection=connection))
    answer = Answer(Asked("besynnerlig", "sv"))
    assert (answer.total, answer.counts("theme")) == (2, {theme.code: 1})
    assert sum(answer.counts("year").values()) == 1


def test_an_index_from_before_pairs_stood_apart_is_as_good_as_new_when_it_is_migrated():
    """Only on PostgreSQL did they stand among the words."""
    page = make_page(title="Besynnerlig rubrik om att läsa", body=[("paragraph", "<p>Läsa högt.</p>")])
    columns = ", ".join(VECTORS) if is_postgres() else "*"
    rows = f"SELECT {columns} FROM search_document WHERE page_id = {page.pk}"  # noqa: S608
    before = tables.rows_of(rows)
    if is_postgres():
        assert before[0][-1]
        tables.execute("UPDATE search_document SET v = v || p")
        tables.execute("ALTER TABLE search_document DROP COLUMN p")
        tables.execute("CREATE INDEX search_words_and_pairs ON search_document USING gin (v)")
    migration = import_module("search.migrations.0004_pairs_apart")
    for _time in range(2):  # the second finds nothing to do
        migration.move_pairs(None, SimpleNamespace(connection=connection))
    assert tables.rows_of(rows) == before
    if is_postgres():
        methods = [
            row[0] for row in tables.rows_of("SELECT indexdef FROM pg_indexes WHERE indexdef LIKE '%%USING gin (v%%'")
        ]
        assert [method.partition(" gin ")[2] for method in methods] == ["(v, p)"]


def test_an_index_from_before_pairs_were_told_apart_is_as_good_as_new_when_it_is_migrated():
    """Only on PostgreSQL are they told apart by two tokens."""
    page = make_page(title="Besynnerlig rubrik om att läsa", body=[("paragraph", "<p>Läsa högt.</p>")])
    rows = f"SELECT {'p' if is_postgres() else '*'} FROM search_document WHERE page_id = {page.pk}"  # noqa: S608
    before = tables.rows_of(rows)
    if is_postgres():
        pairs = " ".join(map(pair_token, ("besynnerlig rubrik", "läsa högt")))
        tables.execute("UPDATE search_document SET p = %s::tsvector", [pairs])
        assert not hits('"besynnerlig rubrik"')
    migration = import_module("search.migrations.0005_pairs_told_apart")
    for _time in range(2):  # the second finds nothing to do
        migration.tell_pairs_apart(None, SimpleNamespace(connection=connection))
    assert tables.rows_of(rows) == before
    assert len(hits('"besynnerlig rubrik"')) == 1


def test_check_names_the_differences_and_changes_nothing():
    page = make_page(title="Vilse i skogen")
    check()
    Tables().remove([page.pk])
    with pytest.raises(CommandError):
        check()
    assert [(found.fault, found.page_id) for found in differences()] == [("missing", page.pk)]


def test_check_reads_every_word():
    page = make_page(title="Vilse i skogen")
    SearchText.objects.filter(page_id=page.pk).update(text="Något annat.")
    assert not differences()
    with pytest.raises(CommandError):
        check()


def test_a_rebuild_makes_the_index_whole_and_says_how_far_it_has_come():
    pages = [make_page(title="Besynnerlig rubrik") for _number in range(3)]
    Tables().remove([pages[0].pk])
    SearchText.objects.filter(page_id=pages[1].pk).update(title="En annan")
    out = StringIO()
    call_command("search_rebuild", stdout=out)
    total = len(indexed())
    assert f"{total} av {total}" in out.getvalue() or f"{total} of {total}" in out.getvalue()
    check()
    assert set(hits("besynnerlig")) == {page.pk for page in pages}


def test_what_is_published_while_the_index_is_rebuilt_is_in_the_new_one():
    kept, gone = make_page(title="Besynnerlig rubrik"), make_page(title="Förunderlig rubrik")
    late = make_page(title="Sällsam rubrik", live=False)

    def meanwhile(progress):
        if progress.done == progress.total:
            publish(late.get_latest_revision())
            Page.objects.get(pk=gone.pk).specific.unpublish()
            assert hits("besynnerlig") == [kept.pk], "visitors search meanwhile"

    rebuild(meanwhile)
    assert hits("sällsam") == [late.pk]
    assert not hits("förunderlig")
    assert not differences()


def test_a_rebuild_that_is_interrupted_leaves_the_index_as_it_was():
    page = make_page(title="Besynnerlig rubrik")

    def interrupt(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(interrupt)
    assert hits("besynnerlig") == [page.pk]
    Tables(NEXT).create()  # nothing of the interrupted one is in the way


def test_two_rebuilds_do_not_run_at_once():
    other = connection.copy()  # PostgreSQL gives the lock to a connection
    try:
        with tables.sole_rebuild(other), pytest.raises(CommandError):
            call_command("search_rebuild", stdout=StringIO())
    finally:
        other.close()


def test_each_change_is_noted_once_for_engines_that_follow():
    page = make_page()
    SearchChange.objects.all().delete()
    index.refresh([page.pk])
    assert not SearchChange.objects.exists(), "nothing has changed"
    page.title = "En annan rubrik"
    publish(page.save_revision())
    assert list(SearchChange.objects.values_list("page_id", flat=True)) == [page.pk]


def test_a_page_with_three_megabytes_of_text_is_found_by_its_beginning():
    body = [("paragraph", f"<p>{'besynnerliga ord ' * 200_000}</p>")]
    page = make_page(title="En rubrik", body=body)
    assert hits("besynnerliga") == [page.pk]
