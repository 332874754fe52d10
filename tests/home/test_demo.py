"""The demo world is complete: every block, field and state is on show, and a second run changes nothing."""

import json
import re
from collections import Counter, defaultdict
from io import StringIO

import pytest
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from post_office.models import Email
from wagtail.fields import StreamField
from wagtail.models import Page, ReferenceIndex, Revision, TaskState, WorkflowState

from articles.models import BlogPostPage, BookTipPage, NewsPage
from articles.terms import Series
from core import html
from core.models import BasePage, Person, Stewardship, User
from core.visibility import is_public, public_q
from editorial.authors import authors
from editorial.models import SchoolPeriod
from editorial.roles import ROLES, group_name
from editorial.task import what_is_missing
from home.models import HomePage, ImportedPage, SiteSettings, ThemePage
from home.rows import MODELS
from home.world import DATA, PASSWORD, SCHOOL_YEAR, SOURCE, USERS
from methods.models import MethodPage

# Wagtail's own, without a place in the editor's form.
NOT_SHOWN = {
    "numchild",
    "show_in_menus",
    "latest_revision",
    "live_revision",
    "locked_by",
    "locked_at",
    "alias_of",
}
WORDS = 500


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The demo, built once for this file; the database is afterwards as it was."""
    with django_db_blocker.unblock():
        block = transaction.atomic()
        block.__enter__()
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("django.conf.settings.DEMO", True)
                User.objects.all().delete()  # a new database has nobody in it; the empty portal has its administrator
                call_command("demo", stdout=StringIO())
                yield
        finally:
            connection.set_rollback(True)
            block.__exit__(None, None, None)


pytestmark = pytest.mark.usefixtures("world")


def pages():
    """Every page of the site as its own type."""
    for model in MODELS.values():
        yield from model.objects.all()


def of(name: str):
    return ImportedPage.objects.get(source_id=SOURCE + name).page.specific


def streams(page):
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            yield field.name, getattr(page, field.name)


def texts(value):
    """All strings in a piece of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in ("url", "href", "source_url"):
                yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def snapshot() -> dict:
    """Every row of every table, as text."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    return {model._meta.label: Counter(map(row_text, model._base_manager.all())) for model in models}


def row_text(row) -> tuple:
    return tuple(str(field.value_to_string(row)) for field in row._meta.local_concrete_fields)


def test_every_block_of_every_page_type_is_on_some_page():
    used = Counter((name, block.block_type) for page in pages() for name, stream in streams(page) for block in stream)
    known = {
        (field.name, block)
        for model in MODELS.values()
        for field in model._meta.get_fields()
        if isinstance(field, StreamField)
        for block in field.stream_block.child_blocks
    }
    assert sorted(known - set(used)) == []


def test_every_field_of_every_page_type_is_filled_in_on_some_page():
    shared = {field.name for field in BasePage._meta.get_fields()} | {field.name for field in Page._meta.get_fields()}
    filled, known = set(), set()
    for model in MODELS.values():
        names = [
            field.name
            for field in model._meta.get_fields()
            if getattr(field, "concrete", False) and getattr(field, "editable", False)
        ]
        known |= {("any" if name in shared else model.__name__, name) for name in names}
        for page in model.objects.all():
            latest = page.get_latest_revision_as_object()
            for name in names:
                value = getattr(latest, name)
                value = list(value.all()) if hasattr(value, "all") else value
                if (len(value) if isinstance(value, (list, str)) or hasattr(value, "stream_block") else value) not in (
                    None,
                    False,
                    0,
                ):
                    filled.add(("any" if name in shared else model.__name__, name))
    lacking = {(where, name) for where, name in known - filled if name not in NOT_SHOWN and not name.endswith("_ptr")}
    lacking.discard(("MethodPage", "cost_level"))  # 0 is a cost too: free
    assert sorted(lacking) == []


def test_every_field_of_stewardship_is_used():
    for name in ("responsible", "reviewed_on", "pinned_until"):
        assert Stewardship.objects.exclude(**{name: None}).exists()
    assert set(Stewardship.objects.values_list("review_interval", flat=True)) >= {6, 12, 24}


def test_the_school_year_stands_behind_the_plan():
    assert [period.name for period in SchoolPeriod.objects.all()] == [name for name, *_days in SCHOOL_YEAR]
    assert SchoolPeriod.objects.filter(first_day__lte=timezone.localdate() + relativedelta(months=2)).exists()
    for period in SchoolPeriod.objects.all():
        period.full_clean()


def test_no_two_pages_share_a_paragraph():
    where = defaultdict(set)
    for page in pages():
        for _name, stream in streams(page):
            for block in stream:
                if block.block_type == "paragraph":
                    for paragraph in re.findall(r"<p>.*?</p>|<li>.*?</li>", block.value.source, re.DOTALL):
                        where[html.text_of(paragraph)].add(page.pk)
    assert {text: keys for text, keys in where.items() if len(keys) > 1} == {}


def test_every_method_has_five_hundred_words():
    assert {method.title: method.word_count for method in MethodPage.objects.all() if method.word_count < WORDS} == {}


def test_steps_fit_into_the_meeting():
    assert [method.title for method in MethodPage.objects.all() if method.steps_outside_span] == []


@pytest.mark.parametrize("file", sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*.json")))
def test_the_prose_has_neither_filler_nor_straight_quotes(file):
    for text in texts(json.loads((DATA / file).read_text())):
        prose = re.sub(r"<[^>]+>", "", text)
        assert not re.search(r"lorem|ipsum|[\"']|  | ,", prose, re.IGNORECASE), prose


def test_every_link_inside_the_site_leads_to_a_public_page():
    public = set(Page.objects.filter(public_q()).values_list("pk", flat=True))
    base = ContentType.objects.get_for_model(Page)
    linked = set()
    for page in pages():
        if page.pk in public:
            ReferenceIndex.create_or_update_for_object(page)
            found = ReferenceIndex.get_references_for_object(page).filter(base_content_type=base, to_content_type=base)
            linked |= {(page.title, int(reference.to_object_id), reference.model_path) for reference in found}
    assert len(linked) > 100
    assert {link for link in linked if link[1] not in public} == set()


def test_the_site_shows_what_was_promised():
    assert HomePage.objects.count() == 2
    swedish = {
        model: model.objects.filter(locale__language_code="sv", live=True).count()
        for model in (ThemePage, MethodPage, BookTipPage, BlogPostPage, NewsPage)
    }
    assert swedish == {ThemePage: 8, MethodPage: 10, BookTipPage: 13, BlogPostPage: 18, NewsPage: 23}
    assert Series.objects.count() == 3
    assert SiteSettings.load().site_name == "Pedagog Vätterlunda"


def test_each_role_has_a_login_with_the_known_password():
    assert {role for *_names, role in USERS} == set(ROLES)
    for username, _first, _last, role in USERS:
        user = User.objects.get(username=username)
        assert user.check_password(PASSWORD)
        assert user.is_active
        assert [group.name for group in user.groups.all()] == [group_name(role)]
        assert user.is_superuser == (username == "admin")


def test_former_colleagues_keep_their_byline():
    former = Person.objects.get(active=False)
    assert any(former in page.people for page in pages() if hasattr(page, "bylines"))


def test_public_pages_pass_the_checklist():
    lacking = {page.title: what_is_missing(page) for page in pages() if page.live}
    assert {title: missing for title, missing in lacking.items() if missing} == {}


def test_dates_are_in_order():
    now, today = timezone.now(), timezone.localdate()
    for page in pages():
        if page.live:
            assert page.first_published_at <= page.last_published_at <= now, page
            reviewed = page.stewardship.reviewed_on
            assert reviewed is None or timezone.localdate(page.first_published_at) <= reviewed <= today, page


def test_one_page_is_scheduled_for_half_past_seven():
    page = of("state-scheduled")
    revision = Revision.page_revisions.get(approved_go_live_at__isnull=False)
    assert revision.object_id == str(page.pk)
    assert not page.live
    time = timezone.localtime(revision.approved_go_live_at)
    assert (time.hour, time.minute) == (7, 30)
    assert 9 <= (time.date() - timezone.localdate()).days <= 11


@pytest.mark.parametrize(("name", "step"), [("state-first-step", "Granskning"), ("state-second-step", "Utgivning")])
def test_one_page_waits_at_each_step(name, step):
    page = of(name)
    assert page.workflow_in_progress
    assert not page.live
    assert page.current_workflow_task.name == step


def test_one_page_was_sent_back_with_a_comment():
    state = of("state-sent-back").current_workflow_state
    assert state.status == WorkflowState.STATUS_NEEDS_CHANGES
    assert "Citatet behöver" in state.current_task_state.comment
    assert state.current_task_state.finished_by.username == "granskare"


def test_exactly_one_page_is_overdue_for_review():
    assert [row.page.title for row in Stewardship.objects.overdue()] == [of("news-03").title]
    stewardship = of("news-03").stewardship
    assert stewardship.reviewed_on + relativedelta(months=stewardship.review_interval) < timezone.localdate()


def test_one_page_has_expired_and_is_gone():
    page = of("news-24")
    assert page.expired
    assert not page.live
    assert not is_public(page)
    assert page.first_published_at


def test_one_live_page_has_a_newer_draft_that_readers_do_not_see():
    page = of("news-15")
    assert is_public(page)
    assert page.has_unpublished_changes
    draft = page.get_latest_revision_as_object()
    assert "över ett lov" in str(draft.body)
    assert "över ett lov" not in str(page.body)


def test_nobody_approved_their_own_text():
    for state in TaskState.objects.filter(status=TaskState.STATUS_APPROVED).select_related("workflow_state"):
        assert state.finished_by_id not in authors(state.workflow_state.content_object.specific)


def test_nobody_is_mailed_about_an_invented_world():
    assert not Email.objects.exists()


def test_a_second_run_changes_nothing():
    before = snapshot()
    call_command("demo", stdout=StringIO())
    after = snapshot()
    assert {table for table in before if before[table] != after[table]} == set()


def test_the_demo_refuses_a_database_with_content_of_its_own():
    with transaction.atomic():
        parent = NewsPage.objects.first().get_parent()
        parent.add_child(
            instance=NewsPage(title="Egen nyhet", slug="egen", intro="Egen.", locale=parent.locale, live=False)
        )
        with pytest.raises(CommandError, match="content of its own"):
            call_command("demo", stdout=StringIO())
        call_command("demo", add=True, stdout=StringIO())
        assert NewsPage.objects.filter(slug="egen").exists()
        transaction.set_rollback(True)


def test_without_demo_set_the_logins_are_not_made(monkeypatch):
    monkeypatch.setattr("django.conf.settings.DEMO", False)
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo", stdout=StringIO())
