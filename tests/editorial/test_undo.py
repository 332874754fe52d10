"""For ten minutes a publication is taken back with one click, and what readers saw before is what they see again."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageLogEntry, Revision

from core.guards import Refused, was_public
from core.models import Stewardship, User
from core.visibility import is_public
from editorial import schedule
from editorial.authors import authors
from editorial.force import force_publish
from editorial.publications import Publication
from editorial.undo import open_for, undo
from search.models import SearchDocument
from tests.editorial.newsroom import approve_all, decide, edit_url, fresh, send, signed_in, submit, write
from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db
BUTTON = "Ångra publiceringen"


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "editorial.mail.Outbox"


@pytest.fixture
def live(people):
    return make_page(title="Kastanjer", author=people["author"])


@pytest.fixture
def changed(live, people):
    """A page whose new text has just been approved, by the reviewer and the chief editor."""
    return publish_change(live, people)


def publish_change(page, people, **values):
    submit(people["author"], page, **{"title": "Björkar", **values})
    return approve_all(page, people["reviewer"], people["chief_editor"])


def latest(page) -> Publication:
    return Publication.objects.filter(page=page.pk).latest("pk")


def results(response) -> str:
    """The hits of a search, without what stands round them."""
    return "".join(re.findall(r'<article class="result .*?</article>', response.content.decode(), re.DOTALL))


def click(user, page):
    return signed_in(user).post(reverse("editorial_undo", args=[latest(page).pk]))


def test_what_was_live_before_is_live_again_and_the_new_text_is_a_draft(changed, live, people, client):
    undone = changed.live_revision
    assert changed.title == "Björkar"
    assert click(people["chief_editor"], changed).status_code == 302
    page = fresh(changed)
    assert (page.title, page.live, page.live_revision_id) == ("Kastanjer", True, live.live_revision_id)
    assert is_public(page)
    assert page.latest_revision_id == undone.pk
    assert page.has_unpublished_changes
    assert f'href="{page.url}"' in results(client.get("/sok/?q=kastanjer"))
    assert f'href="{page.url}"' not in results(client.get("/sok/?q=björkar"))


def test_a_first_publication_is_unpublished_and_its_day_is_still_to_come(people):
    draft = make_page(live=False, author=people["author"])
    submit(people["author"], draft)
    page = approve_all(draft, people["reviewer"], people["chief_editor"])
    assert is_public(page)
    click(people["chief_editor"], page)
    page = fresh(page)
    assert not page.live
    assert page.first_published_at is None
    assert page.has_unpublished_changes
    assert not SearchDocument.objects.filter(page_id=page.pk).exists()


def test_one_entry_says_so_and_each_going_live_has_its_own(changed, live, people):
    published = PageLogEntry.objects.filter(page=changed.pk, action__startswith="wagtail.publish")
    before = published.count()
    click(people["chief_editor"], changed)
    entry = published.latest("pk")
    assert published.count() == before + 1
    assert (entry.action, entry.user, entry.revision_id) == (
        "wagtail.publish.undo",
        people["chief_editor"],
        live.live_revision_id,
    )
    assert entry.data == {"undone": changed.live_revision_id}


def test_a_first_publication_that_is_taken_back_has_the_entry_of_every_unpublishing(people):
    draft = make_page(live=False, author=people["author"])
    force_publish([draft], people["chief_editor"], "Bråttom")
    click(people["chief_editor"], draft)
    (entry,) = PageLogEntry.objects.filter(page=draft.pk, action__startswith="wagtail.unpublish")
    assert entry.action == "wagtail.unpublish"
    assert entry.user == people["chief_editor"]


def test_the_undone_text_has_to_be_approved_anew_by_someone_else(changed, people):
    undone = changed.live_revision
    assert was_public(undone)
    click(people["chief_editor"], changed)
    assert not was_public(undone)
    page = fresh(changed)
    assert people["author"].pk in authors(page)
    undone.publish(user=people["author"])  # goes to the workflow
    assert fresh(page).title == "Kastanjer"
    approve_all(page, people["reviewer"], people["chief_editor"])
    assert fresh(page).title == "Björkar"
    assert was_public(undone)


def test_an_address_and_what_leads_there_go_back_too(live, people, django_capture_on_commit_callbacks):
    old = live.url
    page = publish_change(live, people, slug="ny-adress")
    new = page.url
    assert old != new
    with django_capture_on_commit_callbacks(execute=True):
        click(people["chief_editor"], page)
    assert fresh(page).url == old
    assert Redirect.objects.get(old_path=new.rstrip("/")).redirect_page_id == page.pk


def test_an_address_that_somebody_has_taken_is_said_in_words(live, people):
    old = live.slug
    page = publish_change(live, people, slug="ny-adress")
    make_page(slug=old, author=people["author"])
    response = click(people["chief_editor"], page)
    assert response.status_code == 409
    assert old in response.content.decode()
    assert fresh(page).title == "Björkar"


def test_what_readers_were_told_of_the_change_goes_back(live, people):
    earlier = timezone.now() - timedelta(days=3)
    Stewardship.objects.filter(page=live.pk).update(change_note="Förra ändringen", changed_at=earlier)
    page = publish_change(live, people, change_is_substantive="on", change_note="Ny tid")
    assert Stewardship.objects.get(page=live.pk).change_note == "Ny tid"
    click(people["chief_editor"], page)
    row = Stewardship.objects.get(page=live.pk)
    assert (row.change_note, row.changed_at) == ("Förra ändringen", earlier)


def test_the_author_is_told_and_whoever_did_it_is_not(changed, people):
    Email.objects.all().delete()
    click(people["chief_editor"], changed)
    told = {address: mail.message for mail in Email.objects.all() for address in mail.to}
    assert people["author"].email in told
    assert people["chief_editor"].email not in told
    assert "Björkar" in told[people["author"].email]


def test_a_planned_publication_is_taken_back_by_whoever_approved_it(live, people):
    at = timezone.now() + timedelta(hours=1)
    submit(people["author"], live, title="Björkar", go_live_at=timezone.localtime(at).strftime("%Y-%m-%d %H:%M"))
    approve_all(live, people["reviewer"], people["chief_editor"])
    Revision.objects.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=timezone.now())
    revision = Revision.objects.get(approved_go_live_at__isnull=False)
    Revision.objects.filter(pk=revision.pk).update(
        content={**revision.content, "go_live_at": timezone.now().isoformat()}
    )
    assert schedule.run_due() == 1
    assert latest(live).by == people["chief_editor"]
    click(people["chief_editor"], live)
    assert fresh(live).title == "Kastanjer"


def test_what_is_approved_for_later_stays_planned(changed, people):
    later = changed.save_revision(user=people["author"])
    at = timezone.now() + timedelta(days=2)
    Revision.objects.filter(pk=later.pk).update(approved_go_live_at=at)
    click(people["chief_editor"], changed)
    assert fresh(changed).title == "Kastanjer"
    assert Revision.objects.get(pk=later.pk).approved_go_live_at == at


def test_a_newer_draft_stays_and_its_review_ends(changed, people):
    write(people["editor"], changed, title="Ännu nyare", action__submit="1")
    head = fresh(changed).latest_revision_id
    click(people["chief_editor"], changed)
    page = fresh(changed)
    assert (page.title, page.latest_revision_id) == ("Kastanjer", head)
    assert page.current_workflow_state is None
    assert Email.objects.filter(to=people["editor"].email, subject__startswith="Ångrad").exists()


def test_others_may_not_and_see_no_button(changed, people):
    for role in ("author", "editor", "reviewer", "translator"):
        assert click(people[role], changed).status_code in (302, 403), role
        assert fresh(changed).title == "Björkar"
        assert BUTTON not in signed_in(people[role]).get(edit_url(changed)).content.decode()
        with pytest.raises(PermissionDenied):
            undo(latest(changed), people[role])


def test_whoever_approved_may_even_without_the_right_to_take_down(changed, people):
    Publication.objects.update(by=people["reviewer"])
    assert open_for(changed, people["reviewer"])
    people["reviewer"].groups.clear()
    assert open_for(changed, User.objects.get(pk=people["reviewer"].pk)) is None


def test_whoever_clicks_second_is_told_who_was_first(changed, people):
    other = make_user("chief_editor", first_name="Bodil")
    assert click(other, changed).status_code == 302
    response = click(people["chief_editor"], changed)
    assert response.status_code == 409
    assert "Bodil" in response.content.decode()


def test_after_a_newer_publication_it_is_refused(changed, people):
    first = latest(changed)
    publish_change(changed, people, title="Nyast")
    with pytest.raises(Refused, match="nyare"):
        undo(first, people["chief_editor"])
    assert fresh(changed).title == "Nyast"


def test_after_it_was_taken_down_it_is_refused(changed, people):
    fresh(changed).unpublish()
    with pytest.raises(Refused):
        undo(latest(changed), people["chief_editor"])


def test_after_ten_minutes_it_stays(changed, people):
    Publication.objects.update(at=timezone.now() - timedelta(minutes=10))
    assert click(people["chief_editor"], changed).status_code == 409
    assert fresh(changed).title == "Björkar"
    assert BUTTON not in signed_in(people["chief_editor"]).get(edit_url(changed)).content.decode()


def test_a_stale_form_does_not_overwrite_what_was_brought_back(changed, people):
    client = signed_in(people["editor"])
    before = client.get(edit_url(changed))
    assert before.status_code == 200
    click(people["chief_editor"], changed)
    write(people["editor"], changed, title="Rättad")
    page = fresh(changed)
    assert page.title == "Kastanjer"
    assert page.get_latest_revision_as_object().title == "Rättad"


def test_the_button_stands_after_the_approval_in_the_editor_and_on_the_first_screen(live, people):
    submit(people["author"], live, title="Björkar")
    decide(people["reviewer"], live)
    client = signed_in(people["chief_editor"])
    page = fresh(live)
    address = reverse(
        "wagtailadmin_pages:workflow_action", args=[page.pk, "approve", page.current_workflow_task_state.pk]
    )
    assert client.post(address, {"comment": ""}).status_code in (200, 302)
    assert fresh(live).title == "Björkar"
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert home.count(f'action="{reverse("editorial_undo", args=[latest(live).pk])}') == 2  # the message, and the list
    assert "10 minuter" in home
    editor = client.get(edit_url(live)).content.decode()
    assert BUTTON in editor
    assert "10 minuter" in editor


def test_the_editors_own_approval_offers_it_too(live, people):
    submit(people["author"], live, title="Björkar")
    decide(people["reviewer"], live)
    client = signed_in(people["chief_editor"])
    send(client, live, action__workflow__action="1", workflow__action__name="approve")
    assert fresh(live).title == "Björkar"
    assert BUTTON in client.get(reverse("wagtailadmin_explore", args=[live.get_parent().pk])).content.decode()


def test_what_nobody_answers_for_is_not_offered(people):
    page = make_page()
    assert not Publication.objects.filter(page=page.pk).exists()
    assert Page.objects.get(pk=page.pk).live
