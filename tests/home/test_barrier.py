"""A reader who could not use something can say so: without cookie, script or account."""

import re
import time

import pytest
from django.core import signing
from django.core.cache import cache

from home.forms import FASTEST, SALT, SLOWEST
from home.models import BarrierReport
from home.views import REPORTS_AN_HOUR

pytestmark = pytest.mark.django_db
ADDRESSES = {"sv": "/rapportera-brist/", "en": "/en/report-a-barrier/"}


@pytest.fixture(autouse=True)
def nobody_has_reported():
    cache.clear()


def stamp(age: float) -> str:
    """What the form carries when it was fetched `age` seconds ago."""
    return signing.dumps(int(time.time() - age), salt=SALT)


def report(client, language="sv", age=60, **fields):
    data = {
        "description": "Knappen går inte att nå med tangentbord.",
        "address": "/metoder/",
        "email": "",
        "website": "",
        "stamp": stamp(age),
        **fields,
    }
    return client.post(ADDRESSES[language], data)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_report_is_kept_and_gets_a_case_number(client, language):
    page = client.get(f"{ADDRESSES[language]}?page=/metoder/")
    assert page.status_code == 200
    assert not page.cookies
    assert 'value="/metoder/"' in page.content.decode()
    answer = report(client, language, email="lasare@example.com")
    assert answer.status_code == 200
    assert not answer.cookies
    kept = BarrierReport.objects.get()
    assert kept.case in answer.content.decode()
    assert re.fullmatch(r"\d{4}-[2-9A-HJ-NP-Z]{5}", kept.case)
    assert (kept.language, kept.email, kept.address) == (language, "lasare@example.com", "/metoder/")


def test_a_report_without_words_says_what_is_missing(client):
    answer = report(client, description="")
    assert not BarrierReport.objects.exists()
    assert 'name="description"' in answer.content.decode()
    assert 'value="/metoder/"' in answer.content.decode()  # what was written is still there


@pytest.mark.parametrize(
    ("fields", "age"),
    [
        ({}, FASTEST - 2),
        ({}, SLOWEST + 60),
        ({"stamp": "x"}, 60),
        ({"stamp": ""}, 60),
        ({"website": "http://spam.example"}, 60),
        ({"description": "x" * 4001}, 60),
        ({"email": "inte en adress"}, 60),
        ({"address": "x" * 501}, 60),
    ],
)
def test_robots_and_nonsense_are_turned_away_with_a_form_that_can_be_sent_again(client, fields, age):
    answer = report(client, age=age, **fields)
    assert answer.status_code == 200
    assert not BarrierReport.objects.exists()
    assert 'name="stamp"' in answer.content.decode()


def test_a_form_that_was_turned_away_carries_a_fresh_stamp(client):
    answer = report(client, age=SLOWEST + 60)
    fresh = re.search(r'<input[^>]*name="stamp"[^>]*value="([^"]+)"', answer.content.decode())[1]
    assert time.time() - signing.loads(fresh, salt=SALT) < 60


def test_who_clicks_too_soon_waits_from_when_the_form_was_shown_and_not_from_the_click(client):
    carried = stamp(FASTEST - 1)
    answer = report(client, stamp=carried)
    assert re.search(r'<input[^>]*name="stamp"[^>]*value="([^"]+)"', answer.content.decode())[1] == carried


def test_many_reports_from_one_address_are_stopped_politely_and_lose_no_text(client):
    for _number in range(REPORTS_AN_HOUR):
        assert report(client).status_code == 200
    answer = report(client, description="Den elfte.")
    assert answer.status_code == 429
    assert "Den elfte." in answer.content.decode()
    assert BarrierReport.objects.count() == REPORTS_AN_HOUR


def test_other_ways_of_asking_are_refused(client):
    assert client.put(ADDRESSES["sv"]).status_code == 405
    assert client.delete(ADDRESSES["sv"]).status_code == 405


def test_what_was_written_is_shown_as_text(client):
    answer = report(client, description="", address='"><script>alert(1)</script>')
    assert "<script>alert(1)" not in answer.content.decode()
