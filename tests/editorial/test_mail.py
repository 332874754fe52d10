"""Mail: to the right people, once, in their language, in the transaction of the event."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage, send_mail
from django.db import transaction
from django.utils.translation import override
from post_office.models import STATUS, Email
from wagtail.admin.mail import Notifier
from wagtail.models import Page, TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected
from wagtail.users.models import UserProfile

from articles.models import NewsPage
from core.models import Stewardship
from editorial import mail
from editorial.pulse import ScheduleProblem
from tests.world import make_page, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings):
    """The backend of every installation; pytest-django puts its own in its place."""
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


def sent() -> dict[str, list[Email]]:
    """The mails of the outbox by recipient."""
    found: dict[str, list[Email]] = {}
    for row in Email.objects.order_by("pk"):
        for address in row.to:
            found.setdefault(address, []).append(row)
    return found


def reads(user, language: str) -> None:
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})


def submitted(people, **fields):
    page = make_page(NewsPage, live=False, author=people["author"], title="Läsveckan", **fields)
    page.get_workflow().start(page, people["author"])
    return Page.objects.get(pk=page.pk).specific


def act(page, user, action, **kwargs):
    page = Page.objects.get(pk=page.pk).specific
    page.current_workflow_task.on_action(page.current_workflow_task_state, user, action, **kwargs)


def test_a_submission_reaches_those_who_may_take_the_step_and_nobody_else(people):
    submitted(people)
    assert set(sent()) == {people["reviewer"].email, people["chief_editor"].email}


def test_nobody_gets_two_mails_for_one_submission(people):
    people["reviewer"].groups.add(Group.objects.get(name="Utgivare"))
    submitted(people)
    assert {address: len(mails) for address, mails in sent().items()} == {
        people["reviewer"].email: 1,
        people["chief_editor"].email: 1,
    }


def test_an_author_who_could_review_others_is_not_asked_about_their_own_text(people):
    people["author"].groups.add(Group.objects.get(name="Granskare"))
    submitted(people)
    assert people["author"].email not in sent()


def test_the_author_is_not_asked_at_the_second_step_either(people):
    people["author"].groups.add(Group.objects.get(name="Utgivare"))
    page = submitted(people)
    Email.objects.all().delete()
    act(page, people["reviewer"], "approve")
    assert set(sent()) == {people["chief_editor"].email}


def test_superusers_get_no_mail_for_being_superusers(people):
    make_user(is_superuser=True, email="super@example.com")
    submitted(people)
    assert "super@example.com" not in sent()


def test_a_mail_is_in_the_language_of_its_reader_not_of_whoever_acts(people):
    reads(people["reviewer"], "en")
    reads(people["chief_editor"], "")  # has not chosen
    with override("en"):
        submitted(people)
    assert sent()[people["reviewer"].email][0].subject == "“Läsveckan” is waiting for you"
    assert sent()[people["chief_editor"].email][0].subject == "”Läsveckan” väntar på dig"


def test_a_submission_says_who_and_leads_to_the_page(people):
    page = submitted(people)
    text = sent()[people["reviewer"].email][0].message
    assert str(people["author"]) in text
    assert f"/admin/pages/{page.pk}/edit/" in text
    assert "Väntar på" in text


def test_a_change_of_a_published_page_leads_to_the_comparison_too(people):
    page = make_page(NewsPage, author=people["editor"])
    page.title = "Ny rubrik"
    page.save_revision(user=people["author"])
    page.get_workflow().start(page, people["author"])
    assert f"/admin/pages/{page.pk}/revisions/compare/live...latest/" in sent()[people["reviewer"].email][0].message


def test_a_rejection_reaches_the_submitter_with_the_comment(people):
    page = submitted(people)
    Email.objects.all().delete()
    act(page, people["reviewer"], "reject", comment="Skriv vem det gäller.")
    assert list(sent()) == [people["author"].email]
    text = sent()[people["author"].email][0]
    assert text.subject == "”Läsveckan” behöver ändras"
    assert "Skriv vem det gäller." in text.message
    assert str(people["reviewer"]) in text.message


def test_the_last_approval_tells_the_submitter_that_the_page_is_out(people):
    page = submitted(people)
    act(page, people["reviewer"], "approve")
    Email.objects.all().delete()
    act(page, people["chief_editor"], "approve")
    assert list(sent()) == [people["author"].email]
    row = sent()[people["author"].email][0]
    assert row.subject == "”Läsveckan” är publicerad"
    assert str(people["chief_editor"]) in row.message
    assert f"{settings.WAGTAILADMIN_BASE_URL}{page.url}" in row.message


def test_a_title_that_looks_like_a_template_is_only_a_title(people):
    page = make_page(NewsPage, live=False, author=people["author"], title="{% boom %} {{ settings }} & <b>")
    page.get_workflow().start(page, people["author"])
    row = sent()[people["reviewer"].email][0]
    assert "{% boom %} {{ settings }} & <b>" in row.subject
    assert "{% boom %} {{ settings }} & <b>" in row.message


def test_a_line_break_in_a_title_adds_no_header():
    EmailMessage("Hej\nBcc: eve@example.com", "Text", to=["anna@example.com"]).send()
    assert Email.objects.get().subject == "Hej Bcc: eve@example.com"


def test_mail_waits_in_the_outbox_for_the_worker():
    send_mail("Hej", "Text", None, ["anna@example.com"])
    assert Email.objects.get().status == STATUS.queued


def test_mail_of_an_event_that_did_not_happen_is_not_sent(people):
    def fails():
        with transaction.atomic():
            submitted(people)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert not Email.objects.exists()


def test_whoever_has_left_gets_nothing(people):
    people["reviewer"].is_active = False
    people["reviewer"].save()
    submitted(people)
    assert people["reviewer"].email not in sent()


def test_whoever_wants_no_such_mail_gets_none(people):
    UserProfile.objects.update_or_create(user=people["reviewer"], defaults={"submitted_notifications": False})
    submitted(people)
    assert people["reviewer"].email not in sent()


def test_a_page_that_could_not_go_out_is_told_to_whoever_is_responsible(people):
    page = make_page(NewsPage, live=False, author=people["author"])
    Stewardship.objects.filter(page_id=page.pk).update(responsible=people["editor"])
    mail.tell_about_problem(page.get_latest_revision(), "Bilden saknar alt-text.")
    assert list(sent()) == [people["editor"].email]
    assert "Bilden saknar alt-text." in sent()[people["editor"].email][0].message


def test_without_anyone_responsible_whoever_wrote_it_is_told(people):
    page = make_page(NewsPage, live=False, author=people["author"])
    Stewardship.objects.filter(page_id=page.pk).update(responsible=None)
    mail.tell_about_problem(page.get_latest_revision(), "Fel.")
    assert list(sent()) == [people["author"].email]


def test_a_problem_is_told_once(people):
    page = make_page(NewsPage, live=False, author=people["author"])
    revision = page.get_latest_revision()
    assert ScheduleProblem.note(revision, page.pk, "Fel.")
    assert not ScheduleProblem.note(revision, page.pk, "Fel.")


def test_submitter_and_responsible_each_hear_once_of_a_scheduled_page_that_is_out(people):
    page = submitted(people)
    Stewardship.objects.filter(page_id=page.pk).update(responsible=people["author"])
    Email.objects.all().delete()
    publish(page.get_latest_revision())
    mail.tell_about_publication(page.get_latest_revision())
    assert f"{settings.WAGTAILADMIN_BASE_URL}{page.url}" in sent()[people["author"].email][0].message
    assert {address: len(mails) for address, mails in sent().items()} == {people["author"].email: 1}


@pytest.mark.parametrize(
    ("signal", "sender", "ours"),
    [
        (task_submitted, TaskState, [mail.submitted]),
        (workflow_approved, WorkflowState, [mail.approved]),
        (workflow_rejected, WorkflowState, [mail.rejected]),
    ],
)
def test_each_event_has_one_mail_receiver_and_it_is_ours(signal, sender, ours):
    """Fails when Wagtail renames its notifiers, connects more of them or connects them elsewhere."""
    receivers = [receiver for receiver in signal._live_receivers(sender)[0] if isinstance(receiver, Notifier)]
    assert receivers == ours


def test_no_mail_is_html(people):
    submitted(people)
    assert not Email.objects.exclude(html_message="").exists()
    assert not re.search(r"&(?:amp|quot|#)", Email.objects.first().message)
