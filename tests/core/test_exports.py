"""Every export of the newsroom, Wagtail's own too, says what is there and calculates nothing."""

import io

import openpyxl
import pytest
from django.urls import reverse

from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db
TITLE = '=HYPERLINK("http://example.com")'


def exported(client, form: str) -> bytes:
    response = client.get(f"{reverse('wagtailadmin_reports:site_history')}?export={form}")
    return b"".join(response.streaming_content)


@pytest.fixture
def history(client):
    user = make_user("chief_editor")
    make_page(title=TITLE, author=user)
    client.force_login(user)
    return client


def test_a_line_of_wagtails_history_is_no_formula(history):
    content = exported(history, "csv").decode()
    assert TITLE.replace('"', '""') in content
    assert not any(cell.startswith(("=", '"=')) for line in content.splitlines() for cell in line.split(","))


def test_a_sheet_of_wagtails_history_has_text_in_its_cells(history):
    sheet = openpyxl.load_workbook(io.BytesIO(exported(history, "xlsx"))).active
    assert {cell.data_type for row in sheet for cell in row if cell.value == TITLE} == {"s"}
