"""Accounts: by invitation, closed with a hand-over, and nobody raises their own rights, by any form or request."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from post_office.models import Email
from wagtail.models import ModelLogEntry, Page, PageLogEntry
from wagtail.users.models import UserProfile

from articles.models import NewsPage
from core.models import Stewardship, User
from editorial import accounts
from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "ett nytt långt lösenord"


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


@pytest.fixture
def admin(people):
    return people["administrator"]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def role(name: str) -> Group:
    return Group.objects.get(name=name)


def invite(actor, **values):
    data = {
        "first_name": "Nils",
        "last_name": "Ny",
        "email": "Nils@example.com",
        "groups": [role("Skribenter").pk],
        "language": "sv",
        **values,
    }
    return signed_in(actor).post(reverse("wagtailusers_users:add"), data)


def edit(actor, user, **values):
    data = {
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": "Efternamn",
        **values,
    }
    return signed_in(actor).post(reverse("wagtailusers_users:edit", args=[user.pk]), data)


def link_in(mail: Email) -> str:
    return re.search(r"https?://[^/]+(/admin/password_reset/\S+)", mail.message)[1]


def looked_after_by(user):
    page = make_page(NewsPage)
    Stewardship.objects.filter(page_id=page.pk).update(responsible=user)
    return page


class TestInviting:
    def test_the_invited_choose_their_password_by_a_link_and_sign_in(self, admin):
        assert invite(admin).status_code == 302
        user = User.objects.get(email="nils@example.com")
        assert not user.has_usable_password()
        assert [group.name for group in user.groups.all()] == ["Skribenter"]
        mail = Email.objects.get()
        assert mail.to == ["nils@example.com"]
        browser = Client()
        page = browser.get(link_in(mail), follow=True)
        assert page.status_code == 200
        browser.post(page.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})
        signed = browser.post(reverse("wagtailadmin_login"), {"username": user.username, "password": PASSWORD})
        assert signed.status_code == 302
        assert browser.get(reverse("wagtailadmin_home")).status_code == 200

    def test_the_link_works_once(self, admin):
        invite(admin)
        link = link_in(Email.objects.get())
        for password, works in ((PASSWORD, True), ("något helt annat", False)):
            browser = Client()
            page = browser.get(link, follow=True)
            address = page.redirect_chain[-1][0] if page.redirect_chain else link
            browser.post(address, {"new_password1": password, "new_password2": password})
            assert User.objects.get(email="nils@example.com").check_password(password) == works

    def test_the_mail_is_in_the_language_that_was_chosen(self, admin):
        invite(admin, language="en")
        assert Email.objects.get().subject.startswith("Welcome to")
        assert UserProfile.objects.get(user__email="nils@example.com").preferred_language == "en"

    def test_an_address_is_invited_once_whatever_its_capitals(self, admin):
        invite(admin)
        assert invite(admin, email="NILS@example.com").status_code == 200
        assert User.objects.filter(email__iexact="nils@example.com").count() == 1

    def test_it_can_be_sent_again_until_a_password_is_chosen(self, admin):
        invite(admin)
        user = User.objects.get(email="nils@example.com")
        signed_in(admin).post(reverse("editorial_invite_again", args=[user.pk]))
        assert Email.objects.count() == 2
        user.set_password(PASSWORD)
        user.save()
        with pytest.raises(PermissionDenied):
            accounts.send_invitation(user, admin)

    def test_nobody_becomes_superuser_by_invitation(self, admin):
        invite(admin, is_superuser="on", is_staff="on")
        assert not User.objects.get(email="nils@example.com").is_superuser

    @pytest.mark.parametrize("name", ["author", "editor", "reviewer", "chief_editor", "translator"])
    def test_only_administrators_invite(self, people, name):
        invite(people[name])
        assert not User.objects.filter(email="nils@example.com").exists()

    def test_it_is_logged(self, admin):
        invite(admin)
        assert ModelLogEntry.objects.filter(action="editorial.account.invite", user=admin).count() == 1


class TestRights:
    def test_an_administrator_gives_others_roles(self, admin, people):
        edit(admin, people["author"], groups=[role("Redaktörer").pk])
        assert [group.name for group in people["author"].groups.all()] == ["Redaktörer"]

    def test_but_not_themselves(self, admin):
        edit(admin, admin, groups=[role("Administratörer").pk, role("Utgivare").pk], is_superuser="on")
        admin.refresh_from_db()
        assert [group.name for group in admin.groups.all()] == ["Administratörer"]
        assert not admin.is_superuser

    def test_nor_does_anyone_make_superusers(self, admin, people):
        edit(admin, people["author"], is_superuser="on", groups=[role("Skribenter").pk])
        assert not User.objects.get(pk=people["author"].pk).is_superuser

    def test_an_administrator_does_not_touch_a_superuser(self, admin):
        chief = make_user(is_superuser=True, email="super@example.com")
        edit(admin, chief, email="mine@example.com")
        for name in ("editorial_deactivate", "editorial_activate", "editorial_invite_again"):
            signed_in(admin).post(reverse(name, args=[chief.pk]))
        chief.refresh_from_db()
        assert (chief.email, chief.is_active) == ("super@example.com", True)

    def test_a_password_is_nobody_elses_to_choose(self, admin, people):
        edit(admin, people["chief_editor"], password1=PASSWORD, password2=PASSWORD, groups=[role("Utgivare").pk])
        assert not User.objects.get(pk=people["chief_editor"].pk).check_password(PASSWORD)

    def test_an_account_is_not_closed_by_the_form_so_that_pages_are_handed_over(self, admin, people):
        edit(
            admin, people["author"], groups=[role("Skribenter").pk]
        )  # the box "active" is absent, as when it is unticked
        assert User.objects.get(pk=people["author"].pk).is_active

    @pytest.mark.parametrize("action", ["assign_role", "set_active_state", "delete"])
    def test_wagtails_bulk_acts_on_accounts_do_nothing(self, admin, people, action):
        url = reverse("wagtail_bulk_action", args=["core", "user", action])
        everyone = "&".join(f"id={user.pk}" for user in people.values())
        data = {"role": role("Utgivare").pk, "mark_as_active": "False"}
        signed_in(admin).post(f"{url}?{everyone}", data)
        assert not admin.groups.filter(name="Utgivare").exists()
        assert User.objects.filter(pk__in=[user.pk for user in people.values()], is_active=True).count() == len(people)

    def test_an_administrator_cannot_change_what_a_role_may_do(self, admin):
        response = signed_in(admin).get(reverse("wagtailusers_groups:edit", args=[role("Administratörer").pk]))
        assert response.status_code == 302

    @pytest.mark.parametrize("name", ["author", "editor", "reviewer", "chief_editor", "translator"])
    def test_others_see_no_accounts(self, people, name):
        assert signed_in(people[name]).get(reverse("wagtailusers_users:index")).status_code == 302


class TestLeaving:
    def test_the_pages_of_a_leaver_go_to_a_successor(self, admin, people):
        page = looked_after_by(people["author"])
        signed_in(admin).post(
            reverse("editorial_deactivate", args=[people["author"].pk]), {"successor": people["editor"].pk}
        )
        assert not User.objects.get(pk=people["author"].pk).is_active
        assert Stewardship.objects.get(page_id=page.pk).responsible == people["editor"]
        assert page.title in Email.objects.get(to=people["editor"].email).message
        assert PageLogEntry.objects.filter(page=page.pk, action="editorial.handover", user=admin).count() == 1

    def test_pages_are_not_left_behind(self, admin, people):
        looked_after_by(people["author"])
        response = signed_in(admin).post(reverse("editorial_deactivate", args=[people["author"].pk]))
        assert response.status_code == 200
        assert User.objects.get(pk=people["author"].pk).is_active
        with pytest.raises(ValidationError):
            accounts.deactivate(people["author"], admin)

    def test_without_pages_no_successor_is_needed(self, admin, people):
        signed_in(admin).post(reverse("editorial_deactivate", args=[people["translator"].pk]))
        assert not User.objects.get(pk=people["translator"].pk).is_active

    def test_it_takes_effect_at_once_for_whoever_is_signed_in(self, admin, people):
        browser = signed_in(people["author"])
        accounts.deactivate(people["author"], admin)
        assert browser.get(reverse("wagtailadmin_home")).status_code == 302

    def test_nobody_closes_their_own_account(self, admin):
        with pytest.raises(PermissionDenied):
            accounts.deactivate(admin, admin)

    def test_a_successor_can_sign_in(self, admin, people):
        looked_after_by(people["author"])
        gone = make_user("editor", is_active=False)
        with pytest.raises(ValidationError):
            accounts.deactivate(people["author"], admin, gone)
        assert User.objects.get(pk=people["author"].pk).is_active

    def test_an_account_can_be_opened_again(self, admin, people):
        accounts.deactivate(people["author"], admin)
        signed_in(admin).post(reverse("editorial_activate", args=[people["author"].pk]))
        assert User.objects.get(pk=people["author"].pk).is_active

    def test_looking_at_the_question_closes_nothing(self, admin, people):
        assert signed_in(admin).get(reverse("editorial_deactivate", args=[people["author"].pk])).status_code == 200
        assert User.objects.get(pk=people["author"].pk).is_active


class TestHandingOver:
    def url(self, *pages) -> str:
        return (
            reverse("wagtail_bulk_action", args=["wagtailcore", "page", "hand_over"])
            + "?"
            + "&".join(f"id={page.pk}" for page in pages)
        )

    def test_many_pages_at_once_with_one_mail(self, people):
        pages = [looked_after_by(people["author"]), looked_after_by(people["author"])]
        signed_in(people["editor"]).post(self.url(*pages), {"successor": people["chief_editor"].pk})
        assert {row.responsible for row in Stewardship.objects.filter(page_id__in=[page.pk for page in pages])} == {
            people["chief_editor"]
        }
        assert Email.objects.count() == 1

    def test_only_pages_that_one_may_edit(self, people):
        page = looked_after_by(people["editor"])
        signed_in(people["author"]).post(self.url(page), {"successor": people["author"].pk})
        assert Stewardship.objects.get(page_id=page.pk).responsible == people["editor"]

    def test_the_text_does_not_change(self, people):
        page = looked_after_by(people["author"])
        before = Page.objects.get(pk=page.pk).latest_revision_id
        accounts.hand_over([page], people["editor"], people["chief_editor"])
        assert Page.objects.get(pk=page.pk).latest_revision_id == before


class TestForgottenPasswords:
    def test_the_mail_is_in_the_readers_language(self, people):
        UserProfile.objects.update_or_create(user=people["author"], defaults={"preferred_language": "en"})
        Client().post(reverse("wagtailadmin_password_reset"), {"email": people["author"].email})
        mail = Email.objects.get()
        assert mail.subject == "Choose a new password"
        assert people["author"].username in mail.message

    def test_in_swedish_for_those_who_have_not_chosen(self, people):
        Client().post(reverse("wagtailadmin_password_reset"), {"email": people["editor"].email})
        mail = Email.objects.get()
        assert mail.subject == "Välj ett nytt lösenord"
        browser = Client()
        page = browser.get(link_in(mail), follow=True)
        browser.post(page.redirect_chain[-1][0], {"new_password1": PASSWORD, "new_password2": PASSWORD})
        assert User.objects.get(pk=people["editor"].pk).check_password(PASSWORD)

    def test_the_screen_is_swedish(self):
        assert 'lang="sv"' in Client().get(reverse("wagtailadmin_password_reset")).content.decode()

    def test_an_unknown_address_gets_the_same_answer_and_no_mail(self):
        response = Client().post(reverse("wagtailadmin_password_reset"), {"email": "nobody@example.com"})
        assert response.status_code == 302
        assert not Email.objects.exists()
