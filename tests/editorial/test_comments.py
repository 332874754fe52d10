"""Comments beside a text: their mail waits in the outbox, once per reader and in the reader's language."""

import socket
import time

import pytest
from django.utils.translation import override
from post_office.models import STATUS, Email
from wagtail.models import Comment, PageSubscription
from wagtail.users.models import UserProfile

from tests.editorial.newsroom import fresh, send, signed_in
from tests.world import make_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings):
    """The backend of every installation; pytest-django puts its own in its place."""
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


def reads(user, language: str) -> None:
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})


def follows(user, page) -> None:
    PageSubscription.objects.update_or_create(user=user, page=page, defaults={"comment_notifications": True})


def comment(user, page, text: str):
    values = {"contentpath": "title", "text": text, "position": "", "id": "", "DELETE": "", "resolved": ""}
    form = {f"comments-0-{name}": value for name, value in values.items()}
    form |= {"comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "0"}
    form |= {"comments-0-replies-TOTAL_FORMS": "0", "comments-0-replies-INITIAL_FORMS": "0"}
    response = send(signed_in(user), page, **form)
    assert response.status_code == 302, response.context["form"].errors
    assert Comment.objects.get(page=page).text == text


@pytest.fixture
def draft(people):
    return make_page(live=False, author=people["author"], title="Läsveckan")


def test_each_follower_gets_one_mail_in_their_own_language(draft, people):
    for name, language in (("author", ""), ("reviewer", "en"), ("chief_editor", "sv"), ("editor", "en")):
        reads(people[name], language)
        follows(people[name], draft)
    with override("en"):
        comment(people["editor"], fresh(draft), "Är det rätt år?")
    mails = {mail.to[0]: mail for mail in Email.objects.all()}
    assert len(mails) == Email.objects.count() == 3  # nobody is told of their own comment
    assert {mail.status for mail in mails.values()} == {STATUS.queued}
    for name, words in (
        ("author", "Nya kommentarer"),
        ("chief_editor", "Nya kommentarer"),
        ("reviewer", "New comments"),
    ):
        assert words in mails[people[name].email].message
        assert "Är det rätt år?" in mails[people[name].email].message


def test_a_mail_server_that_hangs_delays_no_save(draft, people, settings):
    follows(people["author"], draft)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.setblocking(False)
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        start = time.monotonic()
        comment(people["editor"], draft, "Är det rätt år?")
        assert time.monotonic() - start < 30
        with pytest.raises(BlockingIOError):
            silent.accept()  # nobody has called
    assert Email.objects.get().status == STATUS.queued
