"""Times as they are typed, in the two nights in which the Swedish clock is changed, and in those without anything."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from articles.models import NewsPage
from core.times import ClockField, ClockInput, Which, which_of
from tests.editorial.newsroom import fresh, write
from tests.world import make_page

AUTUMN, SPRING = datetime(2026, 10, 25), datetime(2027, 3, 28)
# The hour of the day, by the clock at half past, and the moment that is meant, in hours of UTC after that midnight.
CASES = [
    *((AUTUMN, hour, hour - 2 if hour < 2 else hour - 1) for hour in range(24)),
    *((SPRING, hour, hour - 1 if hour < 2 else hour - 2) for hour in range(24)),
]


@pytest.mark.parametrize(("day", "hour", "utc"), CASES)
def test_every_half_past_of_the_two_days_means_one_moment_or_says_why_not(day, hour, utc):
    typed = f"{day:%Y-%m-%d} {hour:02}:30"
    field = ClockField()
    if hour == 2:
        with pytest.raises(ValidationError) as refused:
            field.clean(typed)
        assert refused.value.code == ("twice" if day == AUTUMN else "skipped")
        return
    moment = field.clean(typed)
    assert moment == day.replace(tzinfo=UTC) + timedelta(hours=utc, minutes=30)
    assert ClockInput().format_value(field.prepare_value(moment)) == typed


@pytest.mark.parametrize(("which", "utc"), [(Which.SUMMER, 0), (Which.WINTER, 1)])
def test_the_hour_that_comes_twice_is_one_moment_when_it_is_said_which(which, utc):
    sent = {"at": "2026-10-25 02:30", "at_which": which}
    moment = ClockField().clean(ClockInput().value_from_datadict(sent, {}, "at"))
    assert moment == datetime(2026, 10, 25, utc, 30, tzinfo=UTC)
    assert which_of(moment) == which


def test_which_of_two_is_asked_for_that_hour_alone_and_kept():
    shown = ClockInput().render("at", "2026-10-25 02:30")
    assert 'name="at_which"' in shown
    assert "selected" not in shown
    stored = ClockField().prepare_value(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert '<option value="winter" selected>' in ClockInput().render("at", stored)
    assert 'value="2026-10-25 02:30"' in ClockInput().render("at", stored)
    for other in ("2026-10-25 03:00", "2026-10-25 01:59", "2027-03-28 02:30", "snart", "", None):
        assert "at_which" not in ClockInput().render("at", other)


def test_the_reason_is_in_the_words_of_whoever_reads_it():
    with override("sv"), pytest.raises(ValidationError, match=r"02.30 finns inte den 28 mars 2027"):
        ClockField().clean("2027-03-28 02:30")
    with override("en"), pytest.raises(ValidationError, match="comes twice on 25 October 2026"):
        ClockField().clean("2026-10-25 02:30")


@pytest.mark.parametrize(
    "typed", ["i morgon", "2026-13-01 07:30", "2026-11-24 25:00", "0001-01-01 00:00", "9999-12-31 23:59", "\x00"]
)
def test_what_is_no_time_is_refused(typed):
    with pytest.raises(ValidationError):
        ClockField().clean(typed)


def test_a_time_with_its_offset_is_taken_at_its_word():
    assert ClockField().clean("2026-10-25T02:30+01:00") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.django_db
class TestTheEditor:
    def test_a_page_is_not_saved_with_a_time_that_does_not_exist(self, people):
        page = make_page(NewsPage, live=False, author=people["author"])
        response = write(people["author"], page, go_live_at="2027-03-28 02:30")
        assert "finns inte den 28 mars 2027" in response.content.decode()
        assert fresh(page).get_latest_revision_as_object().go_live_at is None

    def test_the_editor_asks_which_and_keeps_the_answer(self, people, time_machine):
        time_machine.move_to(datetime(2026, 10, 1, tzinfo=UTC))
        page = make_page(NewsPage, live=False, author=people["author"])
        asked = write(people["author"], page, go_live_at="2026-10-25 02:30")
        assert 'name="go_live_at_which"' in asked.content.decode()
        write(people["author"], page, go_live_at="2026-10-25 02:30", go_live_at_which="winter")
        stored = fresh(page).get_latest_revision_as_object().go_live_at
        assert stored.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        write(people["author"], page, title="Ny rubrik")
        latest = fresh(page).get_latest_revision_as_object()
        assert (latest.title, latest.go_live_at.timestamp()) == ("Ny rubrik", stored.timestamp())
