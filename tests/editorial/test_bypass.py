"""A superuser's ways past the workflow stand out in the log, its listing and its export."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from tests.editorial.newsroom import approve_all, fresh, signed_in, submit, write
from tests.world import make_page, make_user, publish

pytestmark = pytest.mark.django_db
PAST, LABEL = "wagtail.publish.superuser", "Superanvändare: publicerade förbi arbetsflödet"


@pytest.fixture
def admin(db):
    return make_user(is_superuser=True)


@pytest.fixture
def draft(people):
    return make_page(live=False, author=people["author"])


def actions(page) -> list[str]:
    entries = PageLogEntry.objects.filter(page=page, action__startswith="wagtail.publish")
    return list(entries.values_list("action", flat=True))


def press_the_button(admin, page):
    assert write(admin, page, action__publish="1").status_code == 302


def publish_together(admin, page):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={page.pk}"
    signed_in(admin).post(url, {})


def publish_in_code(admin, page):
    page.get_latest_revision().publish(user=admin)


@pytest.mark.parametrize("bypass", [press_the_button, publish_together, publish_in_code])
def test_every_way_past_the_workflow_has_a_name_of_its_own(draft, admin, bypass):
    bypass(admin, draft)
    assert fresh(draft).live
    assert actions(draft) == [PAST]
    assert PageLogEntry.objects.get(page=draft, action=PAST).user == admin


def test_a_time_past_the_workflow_stands_out_too(draft, admin):
    time = timezone.localtime() + timedelta(days=1)
    write(admin, draft, action__publish="1", go_live_at=time.strftime("%Y-%m-%d %H:%M"))
    assert not fresh(draft).live
    assert PageLogEntry.objects.get(page=draft, action="editorial.schedule.superuser").user == admin


def test_what_others_approved_is_published_under_its_usual_name(draft, people, admin):
    submit(people["author"], draft)
    approve_all(draft, admin, admin)
    assert fresh(draft).live
    assert actions(draft) == ["wagtail.publish"]
    other = make_page(live=False, author=people["author"])
    publish(other.get_latest_revision(), user=admin)
    assert actions(other) == ["wagtail.publish"]


def test_the_listing_and_its_export_say_it(draft, admin):
    press_the_button(admin, draft)
    client, url = signed_in(admin), reverse("wagtailadmin_reports:site_history")
    assert LABEL in client.get(url, {"action": PAST}).content.decode()
    exported = b"".join(client.get(url, {"export": "csv"}).streaming_content).decode()
    assert LABEL in exported
    sheet = openpyxl.load_workbook(BytesIO(b"".join(client.get(url, {"export": "xlsx"})))).active
    assert LABEL in {cell.value for row in sheet for cell in row}
    assert Page.objects.get(pk=draft.pk).live
