"""The first screen: what waits, what comes, what is wrong, in as many statements for a lot as for a little."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from post_office.models import PRIORITY, STATUS, Email
from wagtail.models import Page
from wagtail.users.models import UserProfile

from articles.models import NewsPage
from core.guards import authorised_publication
from core.models import Stewardship
from editorial.dashboard import HappensNext, WaitingForMe, WhatIsWrong
from editorial.pulse import ScheduleProblem, Worker
from tests.world import make_image, make_page, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    with override("en"):
        yield


def titles(panel, heading=None) -> list[str]:
    return [line.title for found in panel.sections() if heading in (None, found.heading) for line in found.lines]


def draft(author, **fields):
    return make_page(NewsPage, live=False, author=author, **fields)


def submitted(author, **fields):
    page = draft(author, **fields)
    page.get_workflow().start(page, author)
    return Page.objects.get(pk=page.pk).specific


def scheduled(author, at, **fields):
    page = draft(author, go_live_at=at, **fields)
    with authorised_publication():
        page.get_latest_revision().publish()
    return page


def without_alt():
    """A live page whose picture lacks its text, as an import can bring it."""
    page = make_page(NewsPage)
    NewsPage.objects.filter(pk=page.pk).update(hero_image=make_image())
    return page


def first_screen(user) -> str:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("wagtailadmin_home"))
    assert response.status_code == 200
    return response.content.decode()


class TestWaitingForMe:
    def test_a_reviewer_sees_what_can_be_decided(self, people):
        submitted(people["author"], title="Läsveckan")
        assert titles(WaitingForMe(people["reviewer"]), "To review") == ["Läsveckan"]

    def test_nobody_is_asked_to_review_what_they_wrote(self, people):
        people["author"].groups.add(Group.objects.get(name="Granskare"))
        submitted(people["author"], title="Läsveckan")
        assert titles(WaitingForMe(people["author"]), "To review") == []

    def test_whoever_wrote_an_earlier_version_of_it_is_not_asked_either(self, people):
        page = submitted(people["author"], title="Läsveckan")
        page.intro = "Ändrad."
        page.save_revision(user=people["reviewer"])
        page.save_revision(user=people["author"])
        assert titles(WaitingForMe(people["reviewer"]), "To review") == []

    def test_what_was_written_before_it_was_published_is_no_bar(self, people):
        page = draft(people["reviewer"], title="Läsveckan")
        publish(page.get_latest_revision())
        page = Page.objects.get(pk=page.pk).specific
        page.intro = "Ändrad."
        page.save_revision(user=people["author"])
        page.get_workflow().start(page, people["author"])
        assert titles(WaitingForMe(people["reviewer"]), "To review") == ["Läsveckan"]

    def test_an_author_sees_what_was_sent_back(self, people):
        page = submitted(people["author"], title="Läsveckan")
        page.current_workflow_task.on_action(
            page.current_workflow_task_state, people["reviewer"], "reject", comment="Nej"
        )
        panel = WaitingForMe(people["author"])
        assert titles(panel, "Sent back to you") == ["Läsveckan"]
        assert titles(panel, "Your drafts") == []

    def test_an_author_sees_drafts_and_what_others_decide(self, people):
        draft(people["author"], title="Utkast")
        submitted(people["author"], title="Läsveckan")
        panel = WaitingForMe(people["author"])
        assert titles(panel, "Your drafts") == ["Utkast"]
        assert titles(panel, "Waiting for others") == ["Läsveckan"]

    def test_the_drafts_of_others_are_not_mine(self, people):
        draft(people["editor"])
        assert titles(WaitingForMe(people["author"])) == []

    def test_a_long_list_says_how_many_more_there_are(self, people):
        for _number in range(11):
            draft(people["author"])
        (drafts,) = [found for found in WaitingForMe(people["author"]).sections() if found.lines]
        assert (len(drafts.lines), drafts.more) == (8, 3)

    def test_a_change_of_a_published_page_links_to_the_comparison(self, people):
        page = make_page(NewsPage, author=people["editor"])
        page.intro = "Ändrad."
        page.save_revision(user=people["author"])
        page.get_workflow().start(page, people["author"])
        (line,) = WaitingForMe(people["reviewer"]).sections()[0].lines
        assert line.compare_url == reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", "latest"])


class TestHappensNext:
    def test_both_languages_in_the_order_of_time(self, people):
        soon = timezone.now() + timedelta(days=1)
        scheduled(people["author"], soon + timedelta(days=2), title="Senare")
        scheduled(people["author"], soon, title="Sooner", language="en")
        page = make_page(NewsPage, title="Försvinner")
        Page.objects.filter(pk=page.pk).update(expire_at=soon + timedelta(days=1))
        lines = HappensNext(people["chief_editor"]).sections()[0].lines
        assert [(line.title, line.language) for line in lines] == [
            ("Sooner", "en"),
            ("Försvinner", "sv"),
            ("Senare", "sv"),
        ]
        assert lines[0].text.startswith("Published ")
        assert lines[1].text.startswith("Taken down ")

    def test_a_proposed_time_is_no_plan_yet(self, people):
        draft(people["author"], go_live_at=timezone.now() + timedelta(days=1))
        assert titles(HappensNext(people["author"])) == []

    def test_no_link_for_those_who_may_not_edit(self, people):
        scheduled(people["editor"], timezone.now() + timedelta(days=1))
        assert HappensNext(people["author"]).sections()[0].lines[0].url == ""
        assert HappensNext(people["editor"]).sections()[0].lines[0].url


class TestWhatIsWrong:
    @pytest.fixture(autouse=True)
    def well(self, people):
        Worker.beat("a worker")

    def wrong(self, people) -> list[str]:
        return titles(WhatIsWrong(people["chief_editor"]))

    def test_nothing_is_wrong_on_a_fresh_portal_with_its_people(self, people):
        Stewardship.objects.update(responsible=people["editor"])
        assert self.wrong(people) == []

    def test_a_worker_that_is_not_alive(self, people):
        Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
        assert "The background worker is not running" in self.wrong(people)

    def test_a_step_that_nobody_can_take(self, people):
        people["chief_editor"].is_active = False
        people["chief_editor"].save()
        assert "Nobody can take the step “Utgivning”" in self.wrong(people)

    def test_a_step_whose_groups_are_gone(self, people):
        Group.objects.filter(name__in=["Granskare", "Utgivare"]).delete()
        assert "Nobody can take the step “Granskning”" in self.wrong(people)

    def test_a_scheduled_page_that_cannot_be_published(self, people):
        page = scheduled(people["author"], timezone.now() + timedelta(days=1), title="Läsveckan")
        ScheduleProblem.note(page.get_latest_revision(), page.pk, "Bilden saknar alt-text.")
        (line,) = [
            line for line in WhatIsWrong(people["chief_editor"]).sections()[0].lines if line.title == "Läsveckan"
        ]
        assert "Bilden saknar alt-text." in line.text

    def test_mail_that_failed(self, people):
        Email.objects.create(
            from_email="a@example.com",
            to=["b@example.com"],
            subject="x",
            message="x",
            status=STATUS.failed,
            priority=PRIORITY.medium,
        )
        assert "1 mail could not be sent" in self.wrong(people)

    def test_a_page_to_read_again(self, people):
        page = make_page(NewsPage)
        Stewardship.objects.filter(page_id=page.pk).update(
            reviewed_on=timezone.localdate() - timedelta(days=400), responsible=people["chief_editor"]
        )
        (line,) = [
            line for line in WhatIsWrong(people["chief_editor"]).sections()[0].lines if "read again" in line.title
        ]
        assert (line.title, line.text) == ("1 page should be read again", "1 of them is yours")

    def test_a_page_that_nobody_looks_after(self, people):
        Stewardship.objects.update(responsible=people["editor"])
        Stewardship.objects.filter(page_id=make_page(NewsPage).pk).update(responsible=None)
        assert "1 page has nobody responsible" in self.wrong(people)

    def test_a_picture_without_alt_text(self, people):
        without_alt()
        assert "1 page has a picture without alt text" in self.wrong(people)


@pytest.mark.parametrize("role", ["author", "editor", "reviewer", "chief_editor", "translator", "administrator"])
def test_every_role_gets_the_first_screen_in_swedish(people, role):
    text = first_screen(people[role])
    for heading in ("Väntar på dig", "Vad som händer härnäst", "Vad som behöver åtgärdas"):
        assert heading in text


def test_someone_can_choose_english(people):
    UserProfile.objects.update_or_create(user=people["author"], defaults={"preferred_language": "en"})
    assert "Waiting for you" in first_screen(people["author"])


def test_an_empty_screen_is_friendly(people):
    assert "Inget väntar på dig" in first_screen(people["author"])


def test_the_number_of_statements_does_not_grow_with_the_work(people):
    def work(number):
        for _round in range(number):
            submitted(people["author"])
            draft(people["reviewer"])
            page = scheduled(people["author"], timezone.now() + timedelta(days=1))
            ScheduleProblem.note(page.get_latest_revision(), page.pk, "Fel.")
            page = without_alt()
            Stewardship.objects.filter(page_id=page.pk).update(
                responsible=None, reviewed_on=timezone.localdate() - timedelta(days=999)
            )

    client = Client()
    client.force_login(people["reviewer"])
    counts = []
    for number in (1, 5):
        work(number)
        client.get(reverse("wagtailadmin_home"))
        with CaptureQueriesContext(connection) as statements:
            client.get(reverse("wagtailadmin_home"))
        counts.append(len(statements))
    assert counts[0] == counts[1]
