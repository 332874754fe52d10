"""What a page's sentence says, in both languages, from the facts alone and from real pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from wagtail.models import Page

from articles.models import NewsPage
from core.guards import authorised_publication
from editorial.pulse import ScheduleProblem
from editorial.words import Prospect, in_words, moment, prospects, what_happens
from tests.world import make_page

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # 07.30 in Sweden
DECEMBER = datetime(2026, 12, 24, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_swedish(time_machine):
    time_machine.move_to(NOW, tick=False)
    with override("sv"):
        yield


def says(**facts) -> str | None:
    return in_words(Prospect(**{"live": False, "changed": True, **facts}), NOW)


def test_a_moment_is_swedish_time_with_the_day_of_the_week():
    assert moment(TUESDAY) == "tisdag 24 november 07.30"


def test_a_moment_in_english():
    with override("en"):
        assert moment(TUESDAY) == "Tuesday 24 November at 07:30"


def test_summer_time_is_an_hour_more():
    assert moment(datetime(2026, 7, 1, 6, 30, tzinfo=UTC)) == "onsdag 1 juli 08.30"


def test_an_hour_that_comes_twice_is_told_apart():
    assert moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "söndag 25 oktober 02.30 (sommartid)"
    assert moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "söndag 25 oktober 02.30 (vintertid)"


def test_another_year_is_named():
    assert moment(datetime(2027, 1, 4, 8, 0, tzinfo=UTC)) == "måndag 4 januari 2027 09.00"


def test_the_clock_of_the_reader_does_not_matter():
    with timezone.override("America/New_York"):
        assert moment(TUESDAY) == "tisdag 24 november 07.30"


def test_a_published_page_with_nothing_to_come_says_nothing():
    assert says(live=True, changed=False) is None


def test_a_draft_that_nobody_waits_for_says_nothing():
    assert says() is None


def test_an_approved_page_says_when_and_by_whom():
    assert (
        says(scheduled_at=TUESDAY, go_live_at=TUESDAY, approved_by="Ulla Stenmark")
        == "Publiceras tisdag 24 november 07.30, godkänd av Ulla Stenmark"
    )


def test_an_approved_change_of_a_published_page_is_a_new_version():
    assert (
        says(live=True, scheduled_at=TUESDAY, go_live_at=TUESDAY) == "En ny version publiceras tisdag 24 november 07.30"
    )


def test_a_proposed_time_waits_for_a_step():
    assert (
        says(go_live_at=TUESDAY, waiting_for="Granskning")
        == "Föreslagen tid tisdag 24 november 07.30, väntar på Granskning"
    )


def test_a_proposed_time_that_has_passed_is_not_silently_now():
    text = says(go_live_at=NOW - timedelta(hours=1), waiting_for="Utgivning")
    assert text.startswith("Föreslagen tid fredag 20 november 12.00 har passerat")
    assert "väljer en ny" in text


def test_a_proposed_time_of_a_draft_is_not_sent_in():
    assert says(go_live_at=TUESDAY) == "Föreslagen tid tisdag 24 november 07.30, inte inskickad än"


def test_a_page_in_review_without_a_time():
    assert says(waiting_for="Granskning") == "Väntar på Granskning"


def test_a_page_that_was_sent_back_says_by_whom():
    assert says(sent_back_by="Gustav Rehn") == "Tillbaka från Gustav Rehn"


def test_an_expiry_to_come():
    assert says(live=True, changed=False, expire_at=DECEMBER) == "Avpubliceras torsdag 24 december 18.00"


def test_publication_and_expiry_are_two_sentences():
    text = says(scheduled_at=TUESDAY, go_live_at=TUESDAY, scheduled_expire_at=DECEMBER)
    assert text == "Publiceras tisdag 24 november 07.30. Avpubliceras torsdag 24 december 18.00"


def test_what_has_expired_says_so_before_the_worker_has_been_there():
    assert says(live=True, changed=False, expire_at=NOW - timedelta(minutes=1)) == "Utgången"


def test_what_has_expired_says_so_afterwards():
    assert says(expired=True, expire_at=NOW - timedelta(days=1)) == "Utgången"


def test_a_page_that_could_not_be_published_says_why():
    text = says(scheduled_at=NOW - timedelta(minutes=5), problem="Ange vem som är ansvarig.")
    assert text == "Skulle publiceras fredag 20 november 12.55 men kan inte: Ange vem som är ansvarig."


def test_english_readers_get_english():
    with override("en"):
        assert (
            says(scheduled_at=TUESDAY, go_live_at=TUESDAY, approved_by="Ulla")
            == "Published Tuesday 24 November at 07:30, approved by Ulla"
        )


@pytest.mark.django_db
class TestRealPages:
    def test_a_draft_with_a_time_of_its_own(self):
        page = make_page(NewsPage, live=False, go_live_at=TUESDAY)
        assert what_happens(page) == "Föreslagen tid tisdag 24 november 07.30, inte inskickad än"

    def test_a_scheduled_page(self):
        page = make_page(NewsPage, live=False, go_live_at=TUESDAY)
        with authorised_publication():
            page.get_latest_revision().publish()
        assert what_happens(page) == "Publiceras tisdag 24 november 07.30"

    def test_a_page_that_failed(self):
        page = make_page(NewsPage, live=False, go_live_at=TUESDAY)
        with authorised_publication():
            page.get_latest_revision().publish()
        ScheduleProblem.note(page.get_latest_revision(), page.pk, "Rubrik saknas.")
        assert what_happens(page) == "Skulle publiceras tisdag 24 november 07.30 men kan inte: Rubrik saknas."

    def test_a_page_in_its_workflow(self, people):
        page = make_page(NewsPage, live=False, author=people["author"])
        page.get_workflow().start(page, people["author"])
        assert what_happens(page) == f"Väntar på {page.current_workflow_task.name}"

    def test_an_unsaved_page_says_nothing(self):
        assert what_happens(NewsPage(title="Ny")) is None

    def test_many_pages_take_as_many_statements_as_one(self):
        def make(count):
            return [make_page(NewsPage, live=False, go_live_at=TUESDAY) for _number in range(count)]

        counts = []
        for pages in (make(1), make(6)):
            rows = list(Page.objects.filter(pk__in=[page.pk for page in pages]))
            with CaptureQueriesContext(connection) as statements:
                assert len(prospects(rows)) == len(pages)
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 5
