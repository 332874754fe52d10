"""What readers see is taken away by a chief editor with a reason; everyone else asks one."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from post_office.models import Email
from wagtail.models import Page, PageLogEntry

from core.guards import Refused
from editorial.models import TakedownRequest
from editorial.takedown import ask, decline
from tests.editorial.newsroom import edit_url, fresh, signed_in
from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db
WHY = "Kursen är inställd."


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


@pytest.fixture
def page(people):
    return make_page(author=people["author"])


def address(name: str, page) -> str:
    return reverse(f"wagtailadmin_pages:{name}", args=[page.pk])


def bulk(name: str, *pages) -> str:
    chosen = "&".join(f"id={page.pk}" for page in pages)
    return f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', name])}?{chosen}&next=/admin/"


@pytest.mark.parametrize("act", ["unpublish", "delete"])
@pytest.mark.parametrize("reason", ["", "   "])
def test_without_a_reason_a_live_page_stays(act, reason, page, people):
    response = signed_in(people["chief_editor"]).post(address(act, page), {"reason": reason})
    assert response.status_code == 200
    assert 'name="reason"' in response.content.decode()
    assert fresh(page).live


@pytest.mark.parametrize("act", ["unpublish", "delete"])
def test_with_a_reason_it_is_taken_down_and_the_one_log_entry_says_why(act, page, people):
    response = signed_in(people["chief_editor"]).post(address(act, page), {"reason": WHY})
    assert response.status_code == 302
    assert not Page.objects.filter(pk=page.pk, live=True).exists()
    (entry,) = PageLogEntry.objects.filter(page_id=page.pk, action=f"wagtail.{act}")
    assert entry.data["reason"] == WHY
    assert entry.comment == WHY
    assert entry.user == people["chief_editor"]


def test_a_draft_is_deleted_without_a_reason(people):
    draft = make_page(live=False, author=people["chief_editor"])
    assert signed_in(people["chief_editor"]).post(address("delete", draft)).status_code == 302
    assert not Page.objects.filter(pk=draft.pk).exists()


def test_a_page_above_a_live_one_is_not_deleted_without_a_reason(page, people):
    above = page.get_parent()
    assert signed_in(people["chief_editor"]).post(address("delete", above)).status_code == 200
    assert fresh(page).live


@pytest.mark.parametrize("act", ["unpublish", "delete"])
def test_many_at_once_need_a_reason_too(act, page, people):
    other = make_page(author=people["author"])
    client = signed_in(people["chief_editor"])
    refused = client.post(bulk(act, page, other))
    assert refused.status_code == 200
    assert fresh(page).live
    assert client.post(bulk(act, page, other), {"reason": WHY}).status_code == 302
    assert not Page.objects.filter(pk__in=[page.pk, other.pk], live=True).exists()
    entries = PageLogEntry.objects.filter(page_id__in=[page.pk, other.pk], action=f"wagtail.{act}")
    assert [entry.data["reason"] for entry in entries] == [WHY, WHY]


@pytest.mark.parametrize("role", ["editor", "reviewer", "translator"])
def test_others_ask_and_the_page_stays_until_a_chief_editor_has_decided(role, page, people):
    client = signed_in(people[role])
    assert client.post(address("unpublish", page), {"reason": WHY}).status_code in (302, 403)
    assert fresh(page).live
    assert reverse("editorial_ask_takedown", args=[page.pk]) in client.get(edit_url(page)).content.decode()
    asked_at = reverse("editorial_ask_takedown", args=[page.pk])
    assert client.post(asked_at, {"kind": "unpublish", "reason": WHY}).status_code == 302
    assert fresh(page).live
    mails = Email.objects.filter(subject__contains=page.title)
    assert [mail.to for mail in mails] == [[people["chief_editor"].email]]
    assert WHY in mails[0].message
    chief = signed_in(people["chief_editor"])
    assert WHY in chief.get(reverse("wagtailadmin_home")).content.decode()
    assert WHY in chief.get(address("unpublish", page)).content.decode()  # proposed as the reason
    assert chief.post(address("unpublish", page), {"reason": WHY}).status_code == 302
    assert not fresh(page).live
    assert TakedownRequest.objects.get().granted
    assert Email.objects.filter(to=people[role].email, subject__startswith="Nedtagen").count() == 1


def test_a_request_that_is_declined_is_answered(page, people):
    asked = ask(page, people["editor"], "delete", WHY)
    chief = signed_in(people["chief_editor"])
    screen = reverse("editorial_takedowns")
    assert WHY in chief.get(screen).content.decode()
    answer = {"answer": "Den flyttas i stället."}
    assert chief.post(reverse("editorial_decline_takedown", args=[asked.pk]), answer).status_code == 302
    assert fresh(page).live
    mail = Email.objects.get(to=people["editor"].email)
    assert "Den flyttas i stället." in mail.message
    again = chief.post(reverse("editorial_decline_takedown", args=[asked.pk]), answer)
    assert again.status_code == 409
    assert "Den flyttas" in chief.get(screen).content.decode()


def test_who_has_asked_is_named_to_the_next_who_asks(page, people):
    ask(page, people["editor"], "unpublish", WHY)
    with pytest.raises(Refused, match=str(people["editor"])):
        ask(page, people["reviewer"], "delete", WHY)


def test_nobody_asks_without_a_reason_or_about_what_they_may_not_edit(page, people):
    with pytest.raises(ValidationError):
        ask(page, people["editor"], "unpublish", " ")
    with pytest.raises(PermissionDenied):
        ask(page, make_user(), "unpublish", WHY)
    with pytest.raises(PermissionDenied):
        ask(page, people["chief_editor"], "unpublish", WHY)  # does it at once


def test_only_chief_editors_see_and_decide_what_was_asked(page, people):
    asked = ask(page, people["editor"], "unpublish", WHY)
    for role in ("author", "editor", "reviewer", "translator", "administrator"):
        assert signed_in(people[role]).get(reverse("editorial_takedowns")).status_code == 302, role
        with pytest.raises(PermissionDenied):
            decline(asked, people[role], "")
