"""Publication past the workflow: a right of its own, a reason, a log entry, a mail, and a review by someone else."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from core.guards import Refused
from editorial.force import finish_review, force_publish, may_review
from editorial.models import AfterReview
from tests.editorial.newsroom import fresh, signed_in
from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people):
    return make_page(live=False, author=people["author"])


def force(user, page, reason="Brand i skolan"):
    return signed_in(user).post(reverse("editorial_force_publish", args=[page.pk]), {"reason": reason})


def test_a_chief_editor_may_publish_at_once_with_a_reason(draft, people, mailoutbox):
    assert force(people["chief_editor"], draft).status_code == 302
    page = fresh(draft)
    assert page.live
    entry = PageLogEntry.objects.get(page=page, action__startswith="wagtail.publish")
    assert entry.action == "wagtail.publish.force"
    assert entry.data["reason"] == "Brand i skolan"
    assert entry.comment == "Brand i skolan"
    review = AfterReview.objects.get()
    assert list(review.pages.all()) == [page.page_ptr]
    assert review.done_at is None
    (mail,) = mailoutbox
    assert mail.to == [people["chief_editor"].email]
    assert "Brand i skolan" in mail.body


def test_nobody_else_may(draft, people):
    for role in ("author", "editor", "reviewer", "translator", "administrator"):
        force(people[role], draft)
        assert not fresh(draft).live
        with pytest.raises(PermissionDenied):
            force_publish([draft], people[role], "Därför")
    assert not AfterReview.objects.exists()


def test_a_reason_is_needed(draft, people):
    assert force(people["chief_editor"], draft, "  ").status_code == 200
    with pytest.raises(ValidationError):
        force_publish([draft], people["chief_editor"], " ")
    assert not fresh(draft).live


def test_what_lacks_something_is_not_published_by_force(draft, people):
    draft.change_is_substantive = True
    draft.is_draft_save = True
    draft.save_revision(user=people["author"], clean=False)
    assert force(people["chief_editor"], draft).status_code == 409
    assert not fresh(draft).live
    assert not AfterReview.objects.exists()


def test_an_import_may_and_its_review_says_what_is_missing(draft, people):
    draft.change_is_substantive = True
    draft.save_revision(user=people["author"], clean=False)
    review = force_publish([draft], people["editor"], "Flytt från det gamla", by_operator=True)
    assert fresh(draft).live
    assert draft.title in review.findings


def test_a_proposed_time_does_not_hold_it_back(draft, people):
    draft.go_live_at = timezone.now() + timedelta(days=1)
    draft.save_revision(user=people["author"])
    force(people["chief_editor"], draft)
    page = fresh(draft)
    assert page.live
    assert page.go_live_at is None


def test_a_review_in_progress_ends(draft, people):
    draft.get_workflow().start(draft, people["author"])
    force(people["chief_editor"], draft)
    assert not fresh(draft).workflow_in_progress


def test_the_after_review_is_for_someone_else(people):
    page = make_page(live=False, author=people["reviewer"])
    review = force_publish([page], people["chief_editor"], "Därför")
    for user in (people["chief_editor"], people["reviewer"], people["editor"]):
        assert not may_review(review, user)
        with pytest.raises(Refused):
            finish_review(review, user)
    other = make_user("reviewer")
    url = reverse("editorial_after_review_done", args=[review.pk])
    listed = reverse("editorial_after_reviews")
    refusal = signed_in(people["chief_editor"]).post(url, headers={"referer": f"http://testserver{listed}"})
    assert refusal.status_code == 409
    assert f'href="http://testserver{listed}"' in refusal.content.decode()
    assert (
        f'href="{url}"'
        in signed_in(people["chief_editor"]).post(url, headers={"referer": "https://evil.example/"}).content.decode()
    )
    listing = signed_in(other).get(reverse("editorial_after_reviews"))
    assert page.title in listing.content.decode()
    assert url in listing.content.decode()
    assert signed_in(other).post(url).status_code == 302
    review.refresh_from_db()
    assert review.done_by == other
    with pytest.raises(Refused):
        finish_review(review, make_user("reviewer"))


def test_the_edit_view_offers_it_to_chief_editors_only(draft, people):
    url = reverse("editorial_force_publish", args=[draft.pk])
    assert (
        url
        in signed_in(people["chief_editor"]).get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).content.decode()
    )
    assert (
        url not in signed_in(people["editor"]).get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).content.decode()
    )
