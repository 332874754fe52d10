"""The plan shows what is going to happen, on its day, to those who work with it, in as many statements for a lot as for a little."""

import csv
import io
import re
import uuid
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import GroupPagePermission, Page, Revision, Task, TaskState, WorkflowState

from articles.models import BookTipPage, NewsPage
from core.guards import authorised_publication
from core.models import Stewardship
from editorial import plan
from editorial.calendar import marks
from editorial.models import SchoolPeriod
from editorial.plan import Period
from editorial.rescheduling import Lane
from tests.editorial.newsroom import edit_url, signed_in
from tests.world import home, index_page, make_page

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # 07.30 in Sweden
FIRST, LAST = date(2026, 11, 2), date(2026, 11, 29)
BUDGET = 45  # statements of the whole screen, of which Wagtail's frame takes about half


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to(NOW, tick=False)
    with override("sv"):
        yield


def scheduled(at=TUESDAY, **fields):
    page = make_page(fields.pop("model", NewsPage), live=False, go_live_at=at, **fields)
    with authorised_publication():
        page.get_latest_revision().publish()
    return page


def waiting(author, **fields):
    page = make_page(NewsPage, live=False, author=author, **fields)
    page.get_workflow().start(page, author)
    return page


def planned(user, first=FIRST, last=LAST):
    return plan.items(plan.worked_with(user), user, first, last, plan.sections(user))


def show(user, query=""):
    return signed_in(user).get(reverse("editorial_plan") + query)


def days_of(response) -> dict[date, list[str]]:
    return {
        day.date: [item.title for item in day.items]
        for week in response.context["weeks"]
        for day in week.days
        if day.items
    }


class TestLanes:
    def test_each_thing_that_can_happen_stands_on_its_day(self, people):
        scheduled(title="Ut")
        make_page(NewsPage, title="Ned", expire_at=TUESDAY + timedelta(days=1))
        waiting(people["author"], title="Väntar", go_live_at=TUESDAY + timedelta(days=2))
        read = make_page(NewsPage, title="Läs om")
        Stewardship.objects.filter(page_id=read.pk).update(reviewed_on="2025-11-27", review_interval=12)
        assert [(item.lane, item.title, item.day.day) for item in planned(people["editor"])] == [
            (Lane.PUBLISH, "Ut", 24),
            (Lane.EXPIRE, "Ned", 25),
            (Lane.WAITING, "Väntar", 26),
            (Lane.REVIEW, "Läs om", 27),
        ]

    def test_what_waits_without_a_time_comes_first(self, people):
        waiting(people["author"], title="Utan tid")
        assert [(item.title, item.day) for item in planned(people["editor"])] == [("Utan tid", None)]
        assert "Väntar, utan tid" in show(people["editor"]).content.decode()

    def test_a_day_is_a_swedish_day(self, people):
        scheduled(datetime(2026, 11, 24, 23, 30, tzinfo=UTC), title="Efter midnatt")
        assert [(item.day, item.time) for item in planned(people["editor"])] == [(date(2026, 11, 25), "00.30")]

    def test_both_languages_stand_side_by_side(self, people):
        scheduled(title="På svenska")
        scheduled(TUESDAY + timedelta(hours=3), title="In English", language="en")
        assert [item.language for item in planned(people["editor"])] == ["sv", "en"]

    def test_what_lies_outside_is_left_out(self, people):
        scheduled(datetime(2026, 11, 29, 23, 0, tzinfo=UTC))
        make_page(NewsPage, expire_at=TUESDAY + timedelta(days=60))
        assert planned(people["editor"]) == []

    def test_the_item_says_in_words_what_happens(self, people):
        scheduled()
        assert [item.words for item in planned(people["editor"])] == ["Publiceras tisdag 24 november 07.30"]

    def test_two_within_an_hour_in_one_language_stand_in_each_others_light(self, people):
        scheduled(title="A")
        scheduled(TUESDAY + timedelta(minutes=59), title="B")
        scheduled(TUESDAY + timedelta(minutes=5), title="C", language="en")
        scheduled(TUESDAY + timedelta(minutes=119), title="D")
        assert {item.title: item.collides for item in planned(people["editor"])} == {
            "A": True, "B": True, "C": False, "D": False,
        }  # fmt: skip

    def test_only_what_someone_works_with_is_named(self, people):
        scheduled(title="Nyhet")
        scheduled(title="Boktips", model=BookTipPage)
        rights = GroupPagePermission.objects.filter(group__name="Redaktörer")
        rights.exclude(page=home("sv")).delete()
        rights.update(page=index_page(BookTipPage))
        assert [item.title for item in planned(people["editor"])] == ["Boktips"]
        assert show(people["administrator"]).status_code == 302


class TestTheScreen:
    def test_it_is_in_the_menu_and_on_the_first_screen_of_those_who_work_with_pages(self, people):
        for role, expected in (("author", True), ("editor", True), ("administrator", False)):
            screen = signed_in(people[role]).get(reverse("wagtailadmin_home")).content.decode()
            assert ("Öppna planeringen" in screen) == expected, role
            assert screen.count(reverse("editorial_plan")) == (2 if expected else 0), (
                role
            )  # in the menu and on the panel

    @pytest.mark.parametrize(
        ("view", "day", "first", "last"),
        [
            ("month", date(2026, 11, 20), date(2026, 10, 26), date(2026, 12, 6)),
            ("week", date(2026, 11, 22), date(2026, 11, 16), date(2026, 11, 22)),
            ("list", date(2026, 11, 20), date(2026, 11, 16), date(2027, 1, 10)),
            ("month", date(2027, 2, 28), date(2027, 2, 1), date(2027, 2, 28)),
        ],
    )
    def test_a_view_shows_whole_weeks(self, view, day, first, last):
        period = Period(view, day)
        assert (period.first, period.last) == (first, last)
        assert Period(view, period.following).first > period.first > Period(view, period.previous).first

    def test_an_empty_week_says_so(self, people):
        scheduled()
        response = show(people["editor"], "?view=list")
        assert [week.is_empty for week in response.context["weeks"]] == [True, False, *[True] * 6]
        assert response.content.decode().count("Inget är planerat.") == 7

    def test_a_crowded_day_of_the_month_leaves_the_rest_to_the_week(self, people):
        for number in range(8):
            scheduled(TUESDAY + timedelta(hours=number), title=f"N{number}")
        month, week = show(people["editor"]), show(people["editor"], "?view=week&day=2026-11-24")
        assert len(days_of(month)[date(2026, 11, 24)]) == 6
        assert "och 2 till" in month.content.decode()
        assert len(days_of(week)[date(2026, 11, 24)]) == 8

    def test_the_filters_narrow_it(self, people):
        scheduled(title="Nyhet", author=people["author"])
        scheduled(title="News", language="en", author=people["editor"])
        tip = scheduled(title="Tips", model=BookTipPage)
        Stewardship.objects.filter(page_id=tip.pk).update(responsible=None)
        section = index_page(NewsPage).translation_key
        for query, expected in {
            f"section={section}": {"Nyhet", "News"},
            "kind=book_tip": {"Tips"},
            f"responsible={people['author'].pk}": {"Nyhet"},
            "locale=en": {"News"},
            "lane=publish": {"Nyhet", "News", "Tips"},
            "lane=expire&lane=review": set(),
        }.items():
            found = days_of(show(people["chief_editor"], f"?{query}"))
            assert {title for titles in found.values() for title in titles} == expected, query

    @pytest.mark.parametrize(
        "query",
        [
            "view=year",
            "day=snart",
            "day=1999-12-31",
            "day=9999-12-31",
            "kind=%00",
            "section=1",
            "responsible=x",
            "locale=de",
            "lane=x",
        ],
    )
    def test_what_cannot_be_asked_is_answered_with_400(self, query, people):
        assert show(people["editor"], f"?{query}").status_code == 400

    def test_a_bare_address_and_the_last_days_are_answered(self, people):
        for query in ("", "?view=month&day=2099-12-31", "?view=list&day=2000-01-01"):
            assert show(people["editor"], query).status_code == 200, query

    def test_it_takes_as_many_statements_for_a_thousand_as_for_ten(self, people):
        counts = {}
        for number in (10, 1000):
            add_pages(number, people["author"])
            for view in ("month", "list"):
                client = signed_in(people["chief_editor"])
                client.get(reverse("editorial_plan"))
                with CaptureQueriesContext(connection) as captured:
                    response = client.get(reverse("editorial_plan") + f"?view={view}")
                counts[number, view] = len(captured)
            assert len(response.context["weeks"]) == plan.LIST_WEEKS
        assert len(set(counts.values())) == 1, counts
        assert counts[10, "list"] <= BUDGET


def add_pages(number: int, author) -> None:
    """As many news more, a fourth of them in each lane: only the rows at which the plan looks."""
    parent, kind = Page.objects.get(pk=index_page(NewsPage).pk), ContentType.objects.get_for_model(NewsPage)
    begin, base = parent.numchild, ContentType.objects.get_for_model(Page)
    pages = Page.objects.bulk_create(
        Page(
            title=f"Sida {place}", draft_title=f"Sida {place}", slug=f"planerad-{place}", content_type=kind, owner=author,
            path=Page._get_path(parent.path, parent.depth + 1, begin + place + 1), depth=parent.depth + 1, live=place % 4 > 1,
            expire_at=TUESDAY if place % 4 == 2 else None, url_path=f"{parent.url_path}planerad-{place}/",
            locale=parent.locale, translation_key=uuid.uuid4(),
        )
        for place in range(begin, begin + number)
    )  # fmt: skip
    Page.objects.filter(pk=parent.pk).update(numchild=begin + number)
    Stewardship.objects.bulk_create(
        Stewardship(page=page, responsible=author, reviewed_on=date(2025, 11, 27) if place % 4 == 3 else NOW.date())
        for place, page in enumerate(pages)
    )
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=kind, base_content_type=base, object_id=str(page.pk), created_at=NOW, user=author, content={"go_live_at": TUESDAY.isoformat()},
            approved_go_live_at=TUESDAY if place % 4 == 0 else None,
        )
        for place, page in enumerate(pages)
    )  # fmt: skip
    for page, revision in zip(pages, revisions, strict=True):
        page.latest_revision = revision
    Page.objects.bulk_update(pages, ["latest_revision"], batch_size=200)
    task = Task.objects.get(name="Granskning")
    for page, revision in list(zip(pages, revisions, strict=True))[1::4]:
        state = WorkflowState.objects.create(
            workflow=task.workflow_tasks.get().workflow,
            content_type=kind,
            base_content_type=base,
            object_id=str(page.pk),
        )
        state.current_task_state = TaskState.objects.create(
            workflow_state=state,
            task=task,
            revision=revision,
            content_type=ContentType.objects.get_for_model(TaskState),
        )
        state.save()


class TestBehindIt:
    def test_holidays_are_computed_and_breaks_are_the_editors(self, people):
        SchoolPeriod.objects.create(name="Jullov", first_day=date(2026, 12, 21), last_day=date(2027, 1, 8))
        found = marks(date(2026, 12, 24), date(2027, 1, 6))
        assert [mark.label for mark in found[date(2026, 12, 25)]] == ["Juldagen", "Jullov"]
        assert [mark.label for mark in found[date(2026, 12, 28)]] == ["Jullov"]
        with override("en"):
            assert marks(date(2026, 12, 25), date(2026, 12, 25))[date(2026, 12, 25)][0].label == "Christmas Day"
        assert "Jullov" in show(people["editor"], "?day=2026-12-01").content.decode()

    def test_a_break_does_not_end_before_it_begins(self):
        with pytest.raises(ValidationError):
            SchoolPeriod(name="Bak", first_day=date(2026, 12, 2), last_day=date(2026, 12, 1)).full_clean()

    def test_editors_write_them_down_and_authors_do_not(self, people):
        address = reverse(SchoolPeriod.snippet_viewset.get_url_name("add"))
        values = {"name": "Höstlov", "kind": "break", "first_day": "2026-10-26", "last_day": "2026-10-30"}
        assert signed_in(people["author"]).post(address, values).status_code == 302
        assert not SchoolPeriod.objects.exists()
        signed_in(people["editor"]).post(address, values)
        assert SchoolPeriod.objects.get().name == "Höstlov"


class TestExports:
    def test_the_sheets_hold_what_is_shown_and_no_formulas(self, people):
        scheduled(title='=HYPERLINK("http://example.com")')
        rows = list(
            csv.DictReader(io.StringIO(b"".join(show(people["editor"], "?export=csv").streaming_content).decode()))
        )
        assert [row["Rubrik"] for row in rows] == ['\'=HYPERLINK("http://example.com")']
        assert rows[0]["I klartext"] == "Publiceras tisdag 24 november 07.30"
        book = openpyxl.load_workbook(io.BytesIO(b"".join(show(people["editor"], "?export=xlsx").streaming_content)))
        cells = {cell.value: cell.data_type for cell in book.active[2]}
        assert cells['=HYPERLINK("http://example.com")'] == "s"


class TestMoving:
    def move(self, user, page, lane="publish", accept="application/json", **values):
        address = reverse("editorial_move", args=[page.pk, lane])
        return signed_in(user).post(address, values, headers={"accept": accept})

    def test_a_script_is_told_what_was_done_and_how_to_take_it_back(self, people):
        page = scheduled(title="Läsveckan")
        answer = self.move(people["editor"], page, seen=TUESDAY.isoformat(), at="2026-11-26 07:30").json()
        assert answer["said"] == "”Läsveckan” – Publiceras: torsdag 26 november 07.30."
        back = self.move(people["editor"], page, seen=answer["seen"], at=answer["before"])
        assert back.status_code == 200
        assert page.revisions.get(approved_go_live_at=TUESDAY)

    def test_the_second_of_two_gets_409_and_the_reason(self, people):
        page = scheduled()
        assert self.move(people["editor"], page, seen=TUESDAY.isoformat(), at="2026-11-26 07:30").status_code == 200
        late = self.move(people["chief_editor"], page, seen=TUESDAY.isoformat(), at="2026-11-27 07:30")
        assert late.status_code == 409
        assert "har flyttat det här" in late.json()["said"]
        late = self.move(
            people["chief_editor"], page, accept="text/html", seen=TUESDAY.isoformat(), at="2026-11-27 07:30"
        )
        assert late.status_code == 409
        assert "torsdag 26 november 07.30" in late.content.decode()

    def test_the_form_works_without_script_and_its_undo_is_the_form_again(self, people):
        page, client = scheduled(), signed_in(people["editor"])
        form = client.get(reverse("editorial_move", args=[page.pk, "publish"]))
        assert 'value="2026-11-24 07:30"' in form.content.decode()
        answer = client.post(
            form.request["PATH_INFO"], {"seen": TUESDAY.isoformat(), "at": "2026-11-26 09:00"}, follow=True
        )
        assert answer.redirect_chain[-1][0] == reverse("editorial_plan")
        undo = BeautifulSoup(answer.content, "html.parser").find("a", string=re.compile("Ångra"))["href"]
        assert 'value="2026-11-24 07:30"' in client.get(undo).content.decode()

    def test_the_page_itself_leads_to_the_form_for_those_who_may(self, people):
        page = scheduled()
        for role, expected in (("editor", True), ("chief_editor", True), ("reviewer", False)):
            screen = signed_in(people[role]).get(edit_url(page)).content.decode()
            assert (reverse("editorial_move", args=[page.pk, "publish"]) in screen) == expected, role

    @pytest.mark.parametrize("at", ["", "snart", "2027-03-28 02:30", "2026-10-25 02:30"])
    def test_no_time_is_answered_with_400(self, at, people):
        page = scheduled()
        assert self.move(people["editor"], page, seen=TUESDAY.isoformat(), at=at).status_code == 400
        assert self.move(people["editor"], page, seen="x", at="2026-11-26 07:30").status_code == 400

    def test_what_is_no_lane_or_no_page_is_not_found(self, people):
        page = scheduled()
        assert self.move(people["editor"], page, lane="review").status_code == 404
        page.pk = 10**9
        assert self.move(people["editor"], page).status_code == 404

    @pytest.mark.parametrize("role", ["author", "reviewer", "translator", "administrator"])
    def test_those_who_may_not_are_not_offered_it_and_not_obeyed(self, role, people):
        page = scheduled()
        self.move(people[role], page, seen=TUESDAY.isoformat(), at="2026-11-26 07:30")
        assert page.revisions.get(approved_go_live_at=TUESDAY)
        if role != "administrator":
            assert "data-move" not in show(people[role]).content.decode()
