"""The meeting kit: an agenda with times, the same as a tagged PDF, and the series of meetings for a calendar."""

import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from bs4 import BeautifulSoup
from dateutil.rrule import rrulestr
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader
from wagtail.models import Page

from tests.contracts.planted import restrict
from tests.contracts.test_queries import BUDGET, described, statements
from tests.methods.making import make_method

pytestmark = pytest.mark.django_db
TOOLS = ("traffpaket/", "traffpaket.pdf", "traffar.ics", "ledare/")
HOSTILE = '#panic("x") *fet* $x$ @ref <etikett> \\ [a] https://example.com // slut'


def step(title: str, minutes: int | None = None, description: str = "<p>En runda.</p>"):
    return ("step", {"title": title, "minutes": minutes, "description": description, "tip": ""})


@pytest.fixture
def method():
    return make_method(
        slug="bokcirkel", title="Bokcirkel", purpose="Att läsa tillsammans.", meetings_min=3, weeks_min=6, group_min=4,
        steps=[step("Incheckning", 10), step("Samtal", 35, "<p>Tala.</p><ul><li>om boken</li></ul>"), step("Avslut", 5)],
        roles=[("role", {"name": "Samtalsledare", "task": "Fördelar ordet."})], guideline_values=["group"],
        discussion_questions=[("question", "Vad tar vi med oss?")], pitfalls=[("pitfall", "Boken tar över.")],
    )  # fmt: skip


def page_of(client, address: str, status: int = 200) -> BeautifulSoup:
    response = client.get(address)
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def pdf_of(client, address: str) -> PdfReader:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(response.content))


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)


def claims_ua(pdf: PdfReader) -> bool:
    return b"<pdfuaid:part>1</pdfuaid:part>" in pdf.trailer["/Root"]["/Metadata"].get_data()


def tags(pdf: PdfReader) -> list[str]:
    found, waiting = [], [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop()
        if "/S" in node:
            found.append(node["/S"])
        children = node.get("/K", [])
        children = children if isinstance(children, list) else [children]
        waiting += [child.get_object() for child in children if hasattr(child.get_object(), "get")]
    return found


def event_of(client, address: str):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    file = icalendar.Calendar.from_ical(response.content)
    assert len(file.walk("VTIMEZONE")) == 1
    [event] = file.walk("VEVENT")
    return event


def test_the_agenda_has_times_from_the_chosen_start(client, method):
    page = page_of(client, f"{method.url}traffpaket/?start=08:15&date=2027-01-11&meetings=2&weeks=3")
    assert [time.text for time in page.select(".clock-time")] == ["08.15", "08.25", "09.00"]
    when = " ".join(page.select_one(".kit-when").text.split())
    assert when == "11 januari 2027, 08.15–09.05 (50 min) 2 träffar, 3 veckor emellan"
    links = {link["href"] for link in page.select(".kit-links a")}
    query = "?date=2027-01-11&start=08%3A15&meetings=2&weeks=3"
    assert {f"{method.url}traffpaket.pdf{query}", f"{method.url}traffar.ics{query}"} < links
    for words in ("Samtalsledare", "Vad tar vi med oss?", "Boken tar över."):
        assert words in page.text


def test_the_agenda_is_sent_with_its_times(client, method):
    page = page_of(client, f"{method.url}traffpaket/?start=08:15")
    assert page.select_one("[data-share]")["data-url"] == f"http://testserver{method.url}traffpaket/?start=08%3A15"


def test_after_a_step_without_minutes_no_time_is_made_up(client):
    method = make_method(steps=[step("Ett", 10), step("Två"), step("Tre", 5)], minutes_max=90)
    page = page_of(client, f"{method.url}traffpaket/?start=10:00")
    assert [time.text for time in page.select(".clock-time")] == ["10.00", "10.10", ""]
    assert "10.00–11.30" in page.select_one(".kit-when").text


def test_the_pdf_is_tagged_and_says_what_the_page_says(client, method):
    pdf = pdf_of(client, f"{method.url}traffpaket.pdf?start=08:15&date=2027-01-11")
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    assert claims_ua(pdf)
    assert pdf.metadata.title.startswith("Bokcirkel")
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L"} <= set(tags(pdf))
    text = text_of(pdf)
    for words in (
        "08.25 Samtal", "35 min", "om boken", "11 januari 2027, 08.15–09.05", "Samtalsledare", "Vad tar vi med oss?", "riktvärde",
    ):  # fmt: skip
        assert words in text, words


def test_words_are_never_read_as_markup(client):
    method = make_method(
        title=HOSTILE, purpose=HOSTILE, steps=[step(HOSTILE, 5, f"<p>{HOSTILE.replace('<', '&lt;')}</p>")],
        roles=[("role", {"name": HOSTILE[:80], "task": HOSTILE})], discussion_questions=[("question", HOSTILE)],
    )  # fmt: skip
    assert text_of(pdf_of(client, f"{method.url}traffpaket.pdf")).replace(" ", "").count("#panic(") >= 5
    event = event_of(client, f"{method.url}traffar.ics")
    assert event["summary"] == HOSTILE


@pytest.mark.parametrize(
    ("words", "is_standard"),
    [("Läsning 😀 för alla", True), ("Кружок и ομάδα", True), ("読書会", False), ("a\u200d\ufe0f\u202e\u00adb", True)],
)
def test_signs_that_our_fonts_lack_are_no_error(client, words, is_standard):
    method = make_method(title=words, steps=[step(words, 5)])
    pdf = pdf_of(client, f"{method.url}traffpaket.pdf")
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert claims_ua(pdf) is is_standard


def test_the_series_keeps_its_hour_when_summer_time_ends(client, method):
    event = event_of(client, f"{method.url}traffar.ics?date=2026-10-12&start=14:30&meetings=3&weeks=2")
    begin = event.decoded("dtstart")
    assert begin.tzinfo.key == "Europe/Stockholm"
    assert event.decoded("dtend") - begin == timedelta(minutes=50)
    series = rrulestr(event["rrule"].to_ical().decode(), dtstart=begin.replace(tzinfo=None))
    meetings = [one.replace(tzinfo=ZoneInfo("Europe/Stockholm")) for one in series]
    assert [f"{one:%Y-%m-%d %H:%M %z}" for one in meetings] == [
        "2026-10-12 14:30 +0200", "2026-10-26 14:30 +0100", "2026-11-09 14:30 +0100",
    ]  # fmt: skip
    assert "14.40 Samtal" in event["description"]
    assert event["url"].endswith(method.url)


def test_without_a_plan_the_method_suggests_one_on_a_working_day(client, method):
    event = event_of(client, f"{method.url}traffar.ics")
    assert event["rrule"]["count"] == [3]
    assert event["rrule"]["interval"] == [2]
    begin = event.decoded("dtstart")
    assert begin.weekday() < 5
    assert begin.date() >= timezone.localdate() + timedelta(weeks=1)
    assert event["uid"] == event_of(client, f"{method.url}traffar.ics")["uid"]


@pytest.mark.parametrize(
    "query",
    ["start=99:99", "date=2026-02-30", "date=0001-01-01", "date=9999-12-31", "meetings=0", "meetings=1e9", "weeks=-1", "start=%00", "date=" + "1" * 5000],
)  # fmt: skip
def test_a_plan_that_means_nothing_is_refused_with_the_form(client, method, query):
    for tool in ("traffpaket/", "traffpaket.pdf", "traffar.ics"):
        page = page_of(client, f"{method.url}{tool}?{query}", status=400)
        assert page.select("[aria-invalid=true]")
        assert page.select_one("h1").text == "Bokcirkel"


def test_what_is_not_asked_about_is_ignored(client, method):
    for tool in TOOLS:
        assert client.get(f"{method.url}{tool}?x=1&x=2&start=").status_code == 200


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_answers_as_the_page_itself(client, method, tool):
    address = f"{method.url}{tool}"
    restriction = restrict(method, "login")
    own, below = client.get(method.url), client.get(address)
    assert own.status_code == below.status_code == 302
    assert own["Location"].split("?")[0] == below["Location"].split("?")[0]
    restriction.delete()
    restriction = restrict(method, "password", password="nyckel")
    asked = client.get(address)
    assert 'type="password"' in asked.content.decode()
    assert "Incheckning" not in asked.content.decode()
    assert "no-store" in asked["Cache-Control"]
    reader = Client()
    reader.post(
        f"/_util/authenticate_with_password/{restriction.pk}/{method.pk}/",
        {"password": "nyckel", "return_url": address},
    )
    let_in = reader.get(address)
    assert let_in.status_code == 200
    assert "no-store" in let_in["Cache-Control"]
    restriction.delete()
    assert client.get(address).status_code == 200
    Page.objects.filter(pk=method.pk).update(expire_at=timezone.now())
    assert client.get(address).status_code == 404
    Page.objects.filter(pk=method.pk).update(expire_at=None, live=False)
    assert client.get(address).status_code == 404


def test_each_language_has_its_own_addresses(client, method):
    english = make_method(
        language="en", slug="book-circle", translation_key=method.translation_key, steps=[step("Go", 5)]
    )
    for tool in ("kit/", "kit.pdf", "meetings.ics", "facilitate/"):
        assert client.get(f"{english.url}{tool}").status_code == 200
        assert client.get(f"{method.url}{tool}").status_code == 404
    for tool in TOOLS:
        assert client.get(f"{english.url}{tool}").status_code == 404
    page = page_of(client, f"{method.url}traffpaket/?start=10:00")
    assert page.select_one(".languages a")["href"] == f"{english.url}kit/?start=10%3A00"
    assert pdf_of(client, f"{english.url}kit.pdf").trailer["/Root"]["/Lang"] == "en"


@pytest.mark.parametrize(
    "address", ["traffpaket.pdf/", "annat.pdf", "traffpaket.ics", "traffpaket/traffpaket.pdf", "a/b/c.pdf"]
)
def test_other_files_below_a_page_are_not_found(client, method, address):
    assert client.get(f"{method.url}{address}").status_code == 404
    assert client.get(f"/{address}").status_code == 404


def test_the_method_page_leads_to_its_tools(client, method):
    links = {link["href"] for link in page_of(client, method.url).select(".method-tools a")}
    assert links == {f"{method.url}{tool}" for tool in TOOLS}
    assert not page_of(client, make_method().url).select(".method-tools")


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_takes_the_same_statements_however_many_steps(client, tool):
    few, many = make_method(steps=[step("S", 5)] * 3), make_method(steps=[step("S", 5)] * 300)
    before, after = statements(client, f"{few.url}{tool}"), statements(client, f"{many.url}{tool}")
    assert len(before) == len(after) <= BUDGET, described(after)
