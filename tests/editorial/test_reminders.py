"""Whoever looks after a page is reminded of it before its day and after, once each; in the end the chief editors are told."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils.translation import override
from post_office.models import Email
from wagtail.users.models import UserProfile

from articles.models import NewsPage
from core.models import Stewardship
from editorial import digest
from editorial.reminders import send_due
from editorial.reports import confirm
from tests.editorial.newsroom import edit_url, fresh, signed_in
from tests.world import index_page, make_page

pytestmark = pytest.mark.django_db
DUE = date(2026, 12, 15)


@pytest.fixture(autouse=True)
def outbox(settings, time_machine):
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"
    time_machine.move_to(datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("Europe/Stockholm")), tick=False)
    with override("sv"):
        yield


def to_read_again(person, **fields):
    page = make_page(NewsPage, **{"title": "Läsveckan", **fields})
    Stewardship.objects.filter(page_id=page.pk).update(
        responsible=person, reviewed_on=DUE - timedelta(days=365), review_interval=12
    )
    return page


def mails() -> list[tuple[str, str]]:
    """To whom and about what, and empties the outbox."""
    found = sorted((mail.to[0], mail.subject) for mail in Email.objects.all())
    Email.objects.all().delete()
    return found


def test_a_page_is_called_to_mind_two_weeks_before_and_the_day_after_once_each(people):
    to_read_again(people["editor"])
    address = people["editor"].email
    assert send_due(DUE - timedelta(days=15)) == 0
    for day in (14, 13, 1, 0):
        send_due(DUE - timedelta(days=day))
    assert mails() == [(address, "Snart dags att läsa om")]
    for day in (1, 2, 14):
        send_due(DUE + timedelta(days=day))
    assert mails() == [(address, "Dina sidor borde ha lästs om")]


def test_what_has_been_left_for_two_weeks_goes_to_the_chief_editors_once(people):
    to_read_again(people["editor"])
    send_due(DUE + timedelta(days=1))
    mails()
    for day in (15, 16, 40):
        send_due(DUE + timedelta(days=day))
    assert mails() == [(people["chief_editor"].email, "Sidor som ingen har läst om")]


def test_when_its_owner_has_left_the_chief_editors_are_told_at_once(people):
    to_read_again(people["editor"])
    to_read_again(None)
    people["editor"].is_active = False
    people["editor"].save()
    assert send_due(DUE - timedelta(days=14)) == 1
    assert mails() == [(people["chief_editor"].email, "Sidor som ingen har läst om")]


def test_several_pages_of_a_morning_are_one_mail_in_the_readers_language(people):
    UserProfile.objects.create(user=people["editor"], preferred_language="en")
    to_read_again(people["editor"], title="Första")
    to_read_again(people["editor"], title="Andra")
    assert send_due(DUE) == 1
    mail = Email.objects.get()
    assert "– Första (15 December 2026, " in mail.message
    assert "– Andra" in mail.message
    assert reverse("editorial_review") in mail.message


def test_a_page_that_still_holds_begins_anew(people):
    page = to_read_again(people["editor"])
    send_due(DUE - timedelta(days=14))
    mails()
    confirm(fresh(page), people["editor"])
    assert send_due(DUE + timedelta(days=20)) == 0
    assert send_due(date(2027, 11, 20)) == 1


def test_the_mornings_mail_brings_the_reminders_along(people):
    to_read_again(people["editor"])
    digest.send_due(datetime(2026, 12, 1, 8, tzinfo=ZoneInfo("Europe/Stockholm")))
    assert (people["editor"].email, "Snart dags att läsa om") in mails()


class TestOnTheScreens:
    def test_the_list_of_pages_says_when_and_is_narrowed_to_what_is_late_or_near(self, people):
        to_read_again(people["editor"], title="Nära")
        late = to_read_again(people["editor"], title="Sen")
        Stewardship.objects.filter(page_id=late.pk).update(reviewed_on="2025-10-01")
        far = make_page(NewsPage, title="Långt kvar")
        Stewardship.objects.filter(page_id=far.pk).update(responsible=None)
        client, address = signed_in(people["editor"]), reverse("wagtailadmin_explore", args=[index_page(NewsPage).pk])
        everything = client.get(address).content.decode()
        assert "Ska läsas om senast 15 december 2026" in everything
        assert "Borde ha lästs om senast 1 oktober 2026" in everything
        for query, expected in (
            ("review=late", {"Sen"}),
            ("review=soon", {"Nära"}),
            (f"responsible={people['editor'].pk}", {"Nära", "Sen"}),
            ("responsible=nobody", {"Långt kvar"}),
        ):
            shown = client.get(f"{address}?{query}")
            assert {page.title for page in shown.context["object_list"]} == expected, query

    def test_one_click_on_the_page_itself_says_that_it_still_holds(self, people):
        page, client = to_read_again(people["editor"]), signed_in(people["editor"])
        before = fresh(page).latest_revision_id
        assert "Ska läsas om senast 15 december 2026" in client.get(edit_url(page)).content.decode()
        client.post(reverse("editorial_confirm", args=[page.pk]), {"next": edit_url(page)})
        assert "Ska läsas om senast" not in client.get(edit_url(page)).content.decode()
        assert fresh(page).latest_revision_id == before
