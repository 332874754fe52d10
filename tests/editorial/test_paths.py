"""The ways round the workflow that Wagtail offers, walked through its own screens."""

import json
import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision

from articles.models import NewsPage
from core.guards import Publication, _publication, authorised_publication
from core.models import Theme
from tests.editorial.newsroom import (
    approve_all,
    autosave,
    decide,
    form_of,
    fresh,
    send,
    signed_in,
    submit,
    write,
)
from tests.world import home, index_page, make_page, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people):
    return make_page(live=False, author=people["author"])


def test_the_publish_button_of_the_edit_form_publishes_nothing(draft, people):
    for role in ("editor", "reviewer", "chief_editor", "translator"):
        write(people[role], draft, title=f"Av {role}", action__publish="1")
        assert not fresh(draft).live
    assert fresh(draft).get_latest_revision_as_object().title == "Av translator"


def test_create_and_publish_makes_a_draft(people):
    parent = index_page(NewsPage)
    sample = make_page(live=False, author=people["author"])
    client = signed_in(people["chief_editor"])
    data = form_of(signed_in(people["editor"]), sample).copy()
    for name in ("loaded_revision_id", "loaded_revision_created_at"):
        data.pop(name, None)
    data["title"], data["slug"], data["action-publish"] = "Ny sida", "ny-sida", "1"
    url = reverse("wagtailadmin_pages:add", args=["articles", "newspage", parent.pk])
    assert client.post(url, data).status_code == 302
    page = Page.objects.get(slug="ny-sida")
    assert not page.live
    assert not PageLogEntry.objects.filter(page=page, action__startswith="wagtail.publish").exists()


def test_bulk_publishing_publishes_nothing(draft, people):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={draft.pk}"
    signed_in(people["chief_editor"]).post(url, {"include_descendants": "on"})
    assert not fresh(draft).live


def test_bulk_publishing_the_parent_does_not_publish_its_drafts(draft, people):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={draft.get_parent().pk}"
    signed_in(people["chief_editor"]).post(url, {"include_descendants": "on"})
    assert not fresh(draft).live


def test_a_copy_is_never_published_along_with_its_making(people):
    page = make_page(author=people["author"])
    data = {
        "new_title": "Kopian",
        "new_slug": "kopian",
        "new_parent_page": str(page.get_parent().pk),
        "copy_subpages": "on",
    }
    client, url = signed_in(people["chief_editor"]), reverse("wagtailadmin_pages:copy", args=[page.pk])
    assert "new_parent_page" in client.post(url, data | {"publish_copies": "on"}).context["form"].errors
    assert client.post(url, data).status_code == 302
    copy = Page.objects.get(slug="kopian")
    assert not copy.live
    assert copy.specific.stewardship.responsible == people["chief_editor"]


def test_a_copy_made_in_code_is_a_draft(people):
    page = make_page(author=people["author"])
    copy = page.copy(update_attrs={"slug": "kopia-2"}, keep_live=True)
    assert not fresh(copy).live


def test_a_page_created_in_code_begins_as_a_draft(people):
    page = NewsPage(title="Rakt in", slug="rakt-in", intro="x", locale=home().locale)
    index_page(NewsPage).add_child(instance=page)
    assert not fresh(page).live
    assert fresh(page).has_unpublished_changes


def test_the_stock_scheduler_publishes_only_what_was_approved(draft, people):
    Revision.objects.filter(pk=draft.latest_revision_id).update(approved_go_live_at=None)
    draft.go_live_at = timezone.now()
    draft.save_revision(user=people["author"], approved_go_live_at=timezone.now())
    call_command("publish_scheduled")
    assert not fresh(draft).live


def test_what_chief_editors_may_do_to_live_pages_they_still_may(people):
    page = make_page(author=people["author"])
    perms = page.permissions_for_user(people["chief_editor"])
    assert not perms.can_publish()
    assert perms.can_unpublish()
    assert perms.can_set_view_restrictions()
    assert perms.can_unschedule()
    assert perms.can_delete()
    assert perms.can_move()
    assert page.get_parent().specific.permissions_for_user(people["chief_editor"]).can_reorder_children()
    for role in ("author", "editor", "reviewer", "translator", "administrator"):
        perms = page.permissions_for_user(people[role])
        assert not perms.can_unpublish()
        assert not perms.can_delete()
        assert not perms.can_set_view_restrictions()
    response = signed_in(people["chief_editor"]).post(
        reverse("wagtailadmin_pages:unpublish", args=[page.pk]), {"reason": "Inaktuell."}
    )
    assert response.status_code == 302
    assert not fresh(page).live


def test_moving_a_live_page_keeps_its_text(people):
    page = make_page(author=people["author"])
    other = make_page(NewsPage, author=people["author"])
    url = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, page.get_parent().pk])
    assert signed_in(people["chief_editor"]).get(url).status_code in (200, 302)
    page.move(index_page(NewsPage), pos="first-child", user=people["chief_editor"])
    assert fresh(page).live
    assert fresh(page).get_url()
    assert fresh(other).live


def test_an_autosave_never_overwrites_the_live_revision(people):
    page = make_page(author=people["editor"])
    live = page.live_revision_id
    content = Revision.objects.get(pk=live).content
    response = autosave(signed_in(people["editor"]), page, overwrite_revision_id=str(live), title="Utkast")
    answer = json.loads(response.content)
    assert answer["success"]
    assert answer["revision_id"] != live
    assert Revision.objects.get(pk=live).content == content
    again = autosave(
        signed_in(people["editor"]), page, overwrite_revision_id=str(answer["revision_id"]), title="Utkast två"
    )
    assert json.loads(again.content)["revision_id"] == answer["revision_id"]


def test_an_autosave_never_overwrites_what_was_sent_in(draft, people):
    sent = draft.latest_revision_id
    draft.get_workflow().start(draft, people["author"])
    draft.title = "Senare"
    later = draft.save_revision(user=people["author"], overwrite_revision=Revision.objects.get(pk=sent))
    assert later.pk != sent


def test_a_stale_tab_is_told_who_saved_and_keeps_its_text(draft, people):
    client = signed_in(people["editor"])
    form = form_of(client, draft)
    write(people["author"], draft, title="Skribentens senare text")
    response = send(client, draft, form, title="Redaktörens text")
    assert response.status_code == 409
    text = response.content.decode()
    assert str(people["author"]) in text
    assert 'value="Redaktörens text"' in text
    shown = re.search(r'<section class="conflict".*?</section>', text, re.DOTALL)[0]
    assert '<span class="deletion">Skribentens senare text</span>' in shown
    assert '<span class="addition">Redaktörens text</span>' in shown
    assert shown.count("<dt>") == 1  # what is the same in both is not shown
    assert fresh(draft).get_latest_revision_as_object().title == "Skribentens senare text"
    page = fresh(draft)
    form["loaded_revision_id"] = str(page.latest_revision_id)
    form["loaded_revision_created_at"] = page.get_latest_revision().created_at.isoformat()
    assert send(client, draft, form, title="Redaktörens text").status_code == 302


def test_a_stale_tab_is_shown_which_subjects_differ(draft, people):
    client = signed_in(people["editor"])
    form = form_of(client, draft)
    theirs, mine, both = Theme.objects.all()[:3]
    write(people["author"], draft, themes=[theirs.pk, both.pk])
    form["themes"] = [both.pk, mine.pk]
    shown = re.search(r'<section class="conflict".*?</section>', send(client, draft, form).content.decode(), re.DOTALL)[
        0
    ]
    assert f'<span class="deletion">{theirs}</span>' in shown
    assert f'<span class="addition">{mine}</span>' in shown
    assert shown.count("<dt>") == 1
    assert str(both) not in re.findall(r'<span class="(?:addition|deletion)">(.*?)</span>', shown)
    assert set(fresh(draft).get_latest_revision_as_object().themes.all()) == {theirs, both}


def test_the_authority_to_publish_ends_with_its_block():
    with pytest.raises(ZeroDivisionError), authorised_publication():
        raise ZeroDivisionError
    assert _publication.get() is Publication.FORBIDDEN


def test_an_edited_live_page_keeps_its_old_text_until_the_last_approval(people):
    page = make_page(author=people["author"], title="Den gamla")
    submit(people["author"], page, title="Den nya")
    assert fresh(page).title == "Den gamla"
    decide(people["reviewer"], page)
    assert fresh(page).title == "Den gamla"
    decide(people["chief_editor"], page)
    assert fresh(page).title == "Den nya"


def test_an_admin_may_use_wagtails_way(people):
    admin = make_user(is_superuser=True)
    page = make_page(author=people["author"])
    write(admin, page, title="Av administratören", action__publish="1")
    assert fresh(page).title == "Av administratören"


def test_the_row_of_a_mirror_changes_with_its_original_only(people):
    page = make_page(author=people["author"], title="Den gamla")
    mirror = page.create_alias(update_slug="spegel")
    mirror.title = "Inte godkänd"
    mirror.save()
    assert fresh(mirror).title == "Den gamla"
    submit(people["author"], page, title="Den nya")
    approve_all(page, people["reviewer"], people["chief_editor"])
    assert fresh(mirror).title == "Den nya"


def test_a_superuser_who_publishes_changes_the_mirror_too(people):
    page = make_page(author=people["author"], title="Den gamla")
    mirror = page.create_alias(update_slug="spegel")
    write(make_user(is_superuser=True), page, title="Den nya", action__publish="1")
    assert fresh(mirror).title == "Den nya"


def test_a_mirror_that_becomes_a_page_of_its_own_keeps_its_text_and_stays_public(people):
    mirror = make_page(author=people["author"], title="Den gamla").create_alias(update_slug="spegel")
    response = signed_in(people["editor"]).post(reverse("wagtailadmin_pages:convert_alias", args=[mirror.pk]))
    assert response.status_code == 302
    page = fresh(mirror)
    assert page.alias_of_id is None
    assert page.live
    assert page.live_revision_id == page.latest_revision_id
    assert page.title == "Den gamla"
