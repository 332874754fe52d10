"""Addresses of revisions that there are not lead nowhere; they break nothing."""

import pytest

from tests.editorial.newsroom import fresh, signed_in
from tests.world import make_page

pytestmark = pytest.mark.django_db

ODD = (
    "revisions/{other}/revert/",
    "revisions/0/revert/",
    "revisions/{other}/view/",
    "revisions/0/view/",
    "revisions/{other}/unschedule/",
    "revisions/0/unschedule/",
    "revisions/compare/{other}...latest/",
    "revisions/compare/0...latest/",
    "revisions/compare/live...0/",
    "revisions/compare/earliest...latest/",
    "revisions/compare/live...latest/",
    "revisions/compare/x...y/",
    "revisions/compare/²...latest/",
    "revisions/compare/99999999999999999999999...latest/",
    "revisions/99999999999999999999999/revert/",
    "revisions/99999999999999999999999/view/",
)


@pytest.fixture
def pages(people):
    page = make_page(author=people["author"])
    alias = page.create_alias(update_slug="spegel", parent=page.get_parent())
    return {"page": page, "draft": make_page(live=False, author=people["author"]), "alias": fresh(alias)}


@pytest.mark.parametrize("kind", ["page", "draft", "alias"])
@pytest.mark.parametrize("address", ODD)
def test_an_address_of_a_revision_that_is_not_there_breaks_nothing(address, kind, pages, people):
    client = signed_in(people["chief_editor"])
    client.raise_request_exception = False
    page, other = pages[kind], pages["draft" if kind == "page" else "page"]
    url = f"/admin/pages/{page.pk}/{address.format(other=other.latest_revision_id)}"
    responses = [client.get(url)] + ([client.post(url, {})] if "revert" in url or "unschedule" in url else [])
    assert [response.status_code for response in responses if response.status_code >= 500] == [], url
