"""Pages to read again, pictures without alt text, where a picture is used."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page, PageLogEntry, ReferenceIndex

from articles.models import NewsPage
from core.models import Stewardship
from editorial.reports import images_without_alt, pages_missing_alt, pages_using
from methods.models import MethodPage
from tests.world import make_image, make_page, make_user

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.localdate() - timedelta(days=800)


def overdue_page(responsible=None, **fields):
    page = make_page(NewsPage, **fields)
    Stewardship.objects.filter(page_id=page.pk).update(reviewed_on=LONG_AGO, responsible=responsible)
    return page


def visit(user, name, query="", **kwargs):
    client = Client()
    client.force_login(user)
    return client.get(reverse(name, **kwargs) + query)


def confirm(user, page):
    client = Client()
    client.force_login(user)
    return client.post(reverse("editorial_confirm", args=[page.pk]))


class TestReadAgain:
    def test_what_is_due_is_listed_and_what_is_not_is_not(self, people):
        overdue_page(title="Gammal")
        make_page(NewsPage, title="Färsk")
        text = visit(people["editor"], "editorial_review").content.decode()
        assert "Gammal" in text
        assert "Färsk" not in text

    def test_an_interval_counts_from_the_last_review_else_the_first_publication(self):
        page, today = make_page(NewsPage), timezone.localdate()
        row = Stewardship.objects.filter(page_id=page.pk)
        row.update(review_interval=12, reviewed_on=None)
        Page.objects.filter(pk=page.pk).update(first_published_at=timezone.now() - timedelta(days=364))
        assert not row.overdue().exists()
        Page.objects.filter(pk=page.pk).update(first_published_at=timezone.now() - timedelta(days=367))
        assert row.overdue().exists()
        assert row.get().is_overdue
        row.update(reviewed_on=today - timedelta(days=100))
        assert not row.overdue().exists()
        row.update(review_interval=3)
        assert row.overdue().exists()

    def test_the_list_and_the_row_agree_on_the_very_day(self):
        page = make_page(NewsPage)
        row = Stewardship.objects.filter(page_id=page.pk)
        for days in range(360, 372):
            row.update(review_interval=12, reviewed_on=timezone.localdate() - timedelta(days=days))
            assert row.overdue().exists() == row.get().is_overdue

    def test_still_holds_is_one_click_that_publishes_nothing(self, people):
        page = overdue_page(people["editor"])
        before = Page.objects.get(pk=page.pk)
        assert confirm(people["editor"], page).status_code == 302
        after = Page.objects.get(pk=page.pk)
        assert after.stewardship.reviewed_on == timezone.localdate()
        assert (after.last_published_at, after.latest_revision_id) == (
            before.last_published_at,
            before.latest_revision_id,
        )
        assert (
            PageLogEntry.objects.filter(
                page=page.pk, action="editorial.review.confirmed", user=people["editor"]
            ).count()
            == 1
        )
        assert not Stewardship.objects.overdue().filter(page_id=page.pk).exists()

    def test_whoever_is_responsible_may_say_so_without_a_right_to_edit(self, people):
        page = overdue_page(people["author"])
        confirm(people["author"], page)
        assert Page.objects.get(pk=page.pk).stewardship.reviewed_on == timezone.localdate()

    def test_others_may_not(self, people):
        page = overdue_page(people["editor"])
        confirm(people["author"], page)
        assert Page.objects.get(pk=page.pk).stewardship.reviewed_on == LONG_AGO

    def test_it_cannot_be_said_by_following_a_link(self, people):
        page = overdue_page(people["editor"])
        assert visit(people["editor"], "editorial_confirm", args=[page.pk]).status_code == 405

    def test_a_review_survives_the_next_publication(self, people):
        page = overdue_page(people["editor"])
        confirm(people["editor"], page)
        page = Page.objects.get(pk=page.pk).specific
        page.save_revision(user=people["editor"])
        assert Stewardship.objects.get(page_id=page.pk).reviewed_on == timezone.localdate()

    def test_the_list_can_be_one_persons(self, people):
        overdue_page(people["editor"], title="Rutens")
        overdue_page(people["author"], title="Signes")
        text = visit(people["editor"], "editorial_review", f"?responsible={people['editor'].pk}").content.decode()
        assert "Rutens" in text
        assert "Signes" not in text

    def test_pages_that_nobody_looks_after_are_found_though_not_due(self, people):
        page = make_page(NewsPage, title="Herrelös")
        Stewardship.objects.filter(page_id=page.pk).update(responsible=None)
        assert "Herrelös" in visit(people["editor"], "editorial_review", "?responsible=nobody").content.decode()

    def test_whoever_has_left_looks_after_nothing(self, people):
        leaver = make_user("editor", is_active=False)
        page = make_page(NewsPage)
        Stewardship.objects.filter(page_id=page.pk).update(responsible=leaver)
        assert Stewardship.objects.without_responsible().filter(page_id=page.pk).exists()

    @pytest.mark.parametrize("role", ["author", "editor", "reviewer", "chief_editor", "translator"])
    def test_everyone_who_works_with_pages_can_see_it(self, people, role):
        assert visit(people[role], "editorial_review").status_code == 200

    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_it_can_be_taken_along_as_a_file(self, people, form):
        overdue_page(people["editor"])
        assert visit(people["editor"], "editorial_review", f"?export={form}").status_code == 200


def bare(page):
    """Gives a page a picture without its text, as an import can."""
    NewsPage.objects.filter(pk=page.pk).update(hero_image=make_image())
    return page


class TestMissingAlt:
    def test_a_hero_without_alt_text(self):
        page = bare(make_page(NewsPage))
        assert pages_missing_alt() == [page.pk]

    def test_a_described_or_decorative_hero_is_well(self):
        make_page(NewsPage, hero_image=make_image(), hero_alt="Tre elever.")
        make_page(NewsPage, hero_image=make_image(), hero_decorative=True)
        assert pages_missing_alt() == []

    def test_drafts_are_not_counted(self):
        bare(make_page(NewsPage, live=False))
        assert pages_missing_alt() == []

    @pytest.mark.parametrize(
        ("value", "missing"),
        [
            ({"image": 1, "alt_text": "", "decorative": False}, 1),
            ({"image": 1, "alt_text": None, "decorative": False}, 1),
            ({"image": 1, "alt_text": "", "decorative": True}, 0),
            ({"image": 1, "alt_text": "En bild", "decorative": False}, 0),
            ({"image": None, "alt_text": "", "decorative": False}, 0),
            (
                [
                    {
                        "type": "gallery",
                        "value": {
                            "images": [{"value": {"image": {"image": 1, "alt_text": "", "decorative": False}}}] * 2
                        },
                    }
                ],
                2,
            ),
            ("text", 0),
        ],
    )
    def test_a_stored_stream_is_searched_to_its_depth(self, value, missing):
        assert images_without_alt(value) == missing

    def test_a_picture_in_the_text(self, people):
        page = make_page(MethodPage)
        MethodPage.objects.filter(pk=page.pk).update(
            body=[
                {
                    "type": "image",
                    "id": "x",
                    "value": {"image": {"image": make_image().pk, "alt_text": "", "decorative": False}},
                }
            ]
        )
        assert pages_missing_alt() == [page.pk]
        assert page.title in visit(people["editor"], "editorial_missing_alt").content.decode()


class TestWherePicturesAre:
    def test_the_form_of_a_picture_names_the_pages_it_stands_on(self, people):
        image = make_image()
        page = make_page(NewsPage, hero_image=image, hero_alt="En bild", title="Läsveckan")
        ReferenceIndex.create_or_update_for_object(page)
        assert [found.pk for found in pages_using(image, make_user(is_superuser=True))] == [page.pk]
        text = visit(people["editor"], "wagtailimages:edit", args=[image.pk]).content.decode()
        assert "Läsveckan" in text
        assert "Byter du fil" in text

    def test_a_picture_that_is_not_used_has_no_warning(self, people):
        text = visit(people["editor"], "wagtailimages:edit", args=[make_image().pk]).content.decode()
        assert "Byter du fil" not in text


def test_log_entries_are_readable(people):
    page = overdue_page(people["editor"])
    confirm(people["editor"], page)
    entry = PageLogEntry.objects.get(page=page.pk, action="editorial.review.confirmed")
    assert "editorial" not in str(entry.formatter.format_message(entry))
    assert not ModelLogEntry.objects.filter(action="editorial.review.confirmed").exists()
