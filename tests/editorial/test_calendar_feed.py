"""The plan in a person's calendar: theirs alone, by an address that can be withdrawn."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission
from wagtail.users.models import UserProfile

from articles.models import BookTipPage, NewsPage
from core.guards import authorised_publication
from core.models import Stewardship
from editorial.models import CalendarToken
from tests.editorial.newsroom import signed_in
from tests.world import home, index_page, make_page

pytestmark = pytest.mark.django_db

AT = timezone.now().astimezone(UTC).replace(hour=6, minute=30, second=0, microsecond=0) + timedelta(days=3)


def scheduled(model=NewsPage, **fields):
    page = make_page(model, live=False, go_live_at=AT, **fields)
    with authorised_publication():
        page.get_latest_revision().publish()
    return page


def address_of(user) -> str:
    """Makes an address as people do."""
    page = signed_in(user).post(reverse("editorial_calendar_feed")).content
    return BeautifulSoup(page, "html.parser").find(id="calendar-address")["value"].partition("8000")[2]


def events(address: str) -> list[icalendar.Event]:
    response = Client().get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    return list(icalendar.Calendar.from_ical(response.content).walk("VEVENT"))


def test_a_moment_is_an_event_in_utc_and_a_reading_is_a_day(people):
    page = scheduled(title="Läsveckan, och; mer\nBEGIN:VEVENT")
    read = make_page(NewsPage, title="Läs om")
    Stewardship.objects.filter(page_id=read.pk).update(reviewed_on=date.today() - timedelta(days=360))
    moment, day = sorted(events(address_of(people["editor"])), key=lambda event: "Läs om" in event["summary"])
    assert moment["summary"] == "Publiceras: Läsveckan, och; mer\nBEGIN:VEVENT"
    assert moment.decoded("dtstart") == AT
    assert moment["url"].endswith(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert type(day.decoded("dtstart")) is date
    assert len({moment["uid"], day["uid"]}) == 2


def test_a_new_address_takes_the_place_of_the_old_and_withdrawing_closes_both(people):
    scheduled()
    old = address_of(people["editor"])
    new = address_of(people["editor"])
    assert Client().get(old).status_code == 404
    assert len(events(new)) == 1
    signed_in(people["editor"]).post(reverse("editorial_calendar_feed"), {"withdraw": "1"})
    assert Client().get(new).status_code == 404


def test_whoever_cannot_sign_in_any_more_has_no_calendar_either(people):
    address = address_of(people["editor"])
    people["editor"].is_active = False
    people["editor"].save()
    assert Client().get(address).status_code == 404
    other = address_of(people["author"])
    people["author"].groups.clear()
    assert Client().get(other).status_code == 404


def test_it_holds_what_its_owner_works_with_and_nothing_else(people):
    scheduled(title="Nyhet")
    scheduled(BookTipPage, title="Boktips")
    rights = GroupPagePermission.objects.filter(group__name="Redaktörer")
    rights.exclude(page=home("sv")).delete()
    rights.update(page=index_page(BookTipPage))
    assert [event["summary"] for event in events(address_of(people["editor"]))] == ["Publiceras: Boktips"]


def test_it_speaks_its_owners_language(people):
    scheduled(title="Läsveckan")
    UserProfile.objects.create(user=people["editor"], preferred_language="en")
    assert [event["summary"] for event in events(address_of(people["editor"]))] == ["Going live: Läsveckan"]


def test_the_database_keeps_no_address_and_the_screen_shows_it_once(people):
    address = address_of(people["editor"])
    token = address.rpartition("/")[2].removesuffix(".ics")
    assert len(token) >= 40
    assert token not in str(CalendarToken.objects.values_list())
    assert token not in signed_in(people["editor"]).get(reverse("editorial_calendar_feed")).content.decode()


@pytest.mark.parametrize("token", ["none", "x" * 300, "-"])
def test_an_address_that_nobody_made_is_not_found(token):
    assert Client().get(f"/feeds/plan/{token}.ics").status_code == 404


def test_it_is_read_and_not_written(people):
    assert Client().post(address_of(people["editor"])).status_code == 405


def test_a_moment_of_summer_and_winter_is_the_same_moment(people, time_machine):
    time_machine.move_to(datetime(2026, 10, 20, tzinfo=UTC))
    page = make_page(NewsPage, live=False, go_live_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    with authorised_publication():
        page.get_latest_revision().publish()
    (event,) = events(address_of(people["editor"]))
    assert event.to_ical().decode().count("DTSTART:20261025T013000Z") == 1
    assert "02.30 (vintertid)" in event["description"]
