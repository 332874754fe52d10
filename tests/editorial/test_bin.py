"""What is deleted can be had back for a while, whole, and nobody sees it meanwhile."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageLogEntry, PageViewRestriction, ReferenceIndex, Revision, Site, TaskState

from core.guards import Refused
from core.models import Stewardship
from core.models.revisions import RevisionRecord
from core.visibility import is_public
from editorial.authors import authors
from editorial.bin import BinnedPage, empty, restore
from home.models import InfoPage
from search.models import SearchDocument
from tests.editorial.newsroom import approve_all, fresh, signed_in, submit
from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db
WHY = "Kursen är inställd."


@pytest.fixture
def branch(people):
    """A live page with two below it, one of which is a draft."""
    top = make_page(InfoPage, title="Överst", author=people["author"])
    below = make_page(InfoPage, parent=top, title="Under", author=people["author"])
    make_page(InfoPage, parent=top, title="Utkast", live=False, author=people["author"])
    make_page(InfoPage, parent=below, title="Längst ner", author=people["author"])
    return fresh(top)


def delete(user, page, **values):
    return signed_in(user).post(reverse("wagtailadmin_pages:delete", args=[page.pk]), {"reason": WHY, **values})


def binned(page) -> BinnedPage:
    return BinnedPage.objects.get(page_id=page.pk)


def everything(page) -> dict:
    """Every row of the branch as the database has it, without where it stands and whether it is live."""
    pages = Page.objects.filter(path__startswith=page.path)
    keys = [str(pk) for pk in pages.values_list("pk", flat=True)]
    moved = {"path", "live", "live_revision_id", "has_unpublished_changes"}
    rows = {model: [] for model in (Page, InfoPage, Revision, RevisionRecord, Stewardship, Redirect, TaskState)}
    rows[Page] = list(pages.order_by("pk").values())
    rows[InfoPage] = list(InfoPage.objects.filter(pk__in=keys).order_by("pk").values())
    rows[Revision] = list(Revision.objects.filter(object_id__in=keys).order_by("pk").values())
    rows[RevisionRecord] = list(RevisionRecord.objects.filter(revision__object_id__in=keys).order_by("pk").values())
    rows[Stewardship] = list(Stewardship.objects.filter(page__in=keys).order_by("pk").values())
    rows[Redirect] = list(Redirect.objects.filter(redirect_page__in=keys).order_by("pk").values())
    rows[TaskState] = list(TaskState.objects.filter(revision__object_id__in=keys).order_by("pk").values())
    rows["writers"] = list(
        RevisionRecord.authors.through.objects.filter(revisionrecord__revision__object_id__in=keys)
        .order_by("pk")
        .values()
    )
    return {
        str(model): [{name: value for name, value in row.items() if name not in moved} for row in found]
        for model, found in rows.items()
    }


def is_sound() -> bool:
    return not any(Page.find_problems()) and all(
        page.numchild == page.get_children().count() and page.url_path.startswith(page.get_parent().url_path)
        for page in Page.objects.filter(depth__gt=1)
    )


def test_all_that_belonged_to_it_comes_back_and_the_tree_is_sound(branch, people):
    Redirect.objects.create(old_path="/gammal", redirect_page=branch, site=Site.objects.get())
    before, url = everything(branch), branch.url
    assert before[str(Redirect)]
    assert before["writers"]
    delete(people["chief_editor"], branch)
    assert not Page.objects.filter(pk=branch.pk).exists()
    assert not Redirect.objects.exists()
    assert is_sound()
    restore(binned(branch), people["chief_editor"], as_it_was=True, reason=WHY)
    page = fresh(branch)
    assert everything(page) == before
    assert page.url == url
    assert is_public(page)
    assert [child.title for child in page.get_descendants()] == ["Under", "Längst ner", "Utkast"]
    assert is_sound()
    assert not BinnedPage.objects.exists()
    connection.check_constraints()


def test_it_comes_back_as_a_draft_that_someone_else_approves(branch, people):
    delete(people["chief_editor"], branch)
    restore(binned(branch), people["chief_editor"])
    page = fresh(branch)
    assert not page.live
    assert not page.get_descendants().filter(live=True).exists()
    assert people["author"].pk in authors(page)
    submit(people["author"], page)
    assert is_public(approve_all(page, people["reviewer"], people["chief_editor"]))


def test_readers_get_it_back_at_once_with_a_reason_and_an_entry_for_each_page(branch, people):
    delete(people["chief_editor"], branch)
    went_live = PageLogEntry.objects.filter(action__startswith="wagtail.publish")
    before = went_live.count()
    with pytest.raises(ValidationError):
        restore(binned(branch), people["chief_editor"], as_it_was=True, reason=" ")
    restore(binned(branch), people["chief_editor"], as_it_was=True, reason="Den hölls ändå.")
    assert went_live.count() == before + 3
    entry = went_live.filter(page=branch.pk).latest("pk")
    assert (entry.user, entry.data["reason"]) == (people["chief_editor"], "Den hölls ändå.")
    assert SearchDocument.objects.filter(page_id=branch.pk).exists()


def test_who_may_not_publish_gets_a_draft_back(people):
    draft = make_page(live=False, author=people["author"])
    delete(people["author"], draft)
    with pytest.raises(PermissionDenied):
        restore(binned(draft), people["author"], as_it_was=True, reason=WHY)
    assert not restore(binned(draft), people["author"]).live


@pytest.mark.parametrize("way", ["one", "many", "program"])
def test_every_way_to_delete_leads_to_the_bin(way, people):
    page, user = make_page(), people["chief_editor"]
    if way == "one":
        delete(user, page)
    elif way == "many":
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        signed_in(user).post(f"{address}?id={page.pk}&next=/admin/", {"reason": WHY})
    else:
        page.delete()
    kept = binned(page)
    assert kept.reason == ("" if way == "program" else WHY)
    assert kept.deleted_by == (None if way == "program" else user)


def test_nobody_else_sees_it_there(branch, people):
    delete(people["chief_editor"], branch)
    other = make_user("chief_editor")
    for user, sees in ((people["chief_editor"], True), (other, True), *((people[role], False) for role in ("author", "editor", "reviewer", "translator"))):  # fmt: skip
        client = signed_in(user)
        assert ("Överst" in client.get(reverse("editorial_bin")).content.decode()) is sees, user
        address = reverse("editorial_restore", args=[binned(branch).pk])
        assert client.get(address).status_code == (200 if sees else 409)
        if not sees:
            assert client.post(address, {"slug": "x"}).status_code == 409
            assert "Överst" not in client.get(reverse("wagtailadmin_home")).content.decode()
    assert not Page.objects.filter(pk=branch.pk).exists()


def test_what_lies_there_is_in_no_table_that_anything_else_reads(branch, people):
    keys = list(Page.objects.filter(path__startswith=branch.path).values_list("pk", flat=True))
    delete(people["chief_editor"], branch)
    assert not Revision.objects.filter(object_id__in=[str(key) for key in keys]).exists()
    assert not SearchDocument.objects.filter(page_id__in=keys).exists()
    assert not ReferenceIndex.objects.filter(object_id__in=[str(key) for key in keys]).exists()


def test_the_screen_says_who_when_why_and_until_when(branch, people):
    delete(people["chief_editor"], branch)
    text = signed_in(people["chief_editor"]).get(reverse("editorial_bin")).content.decode()
    kept = binned(branch)
    for said in ("Överst", str(people["chief_editor"]), WHY, "3 sidor", str(kept.until.year)):
        assert said in text


def test_whoever_deletes_is_told_how_to_bring_it_back(branch, people):
    client = signed_in(people["chief_editor"])
    address = reverse("wagtailadmin_pages:delete", args=[branch.pk])
    told = client.post(address, {"reason": WHY}, follow=True).content.decode()
    assert reverse("editorial_restore", args=[binned(branch).pk]) in told


def test_an_address_that_is_taken_is_chosen_anew(people):
    page = make_page(author=people["author"])
    delete(people["chief_editor"], page)
    make_page(slug=page.slug)
    client, address = signed_in(people["chief_editor"]), reverse("editorial_restore", args=[binned(page).pk])
    assert page.slug in client.get(address).content.decode()
    refused = client.post(address, {"slug": page.slug})
    assert refused.status_code == 200
    assert "En annan sida har fått den adressen" in refused.content.decode()
    assert client.post(address, {"slug": "ny-adress"}).status_code == 302
    assert fresh(page).url.endswith("/ny-adress/")
    assert is_sound()


def test_a_page_waits_for_the_one_above_it(branch, people):
    below = branch.get_children().get(title="Under")
    delete(people["chief_editor"], below)
    delete(people["chief_editor"], branch)
    chief = BinnedPage.objects.get(page_id=below.pk)
    with pytest.raises(Refused, match="Överst"):
        restore(chief, people["chief_editor"])
    restore(binned(branch), people["chief_editor"])
    restore(chief, people["chief_editor"])
    assert fresh(below).get_parent().pk == branch.pk
    assert is_sound()


def test_it_comes_back_where_its_parent_is_by_now(branch, people):
    below = branch.get_children().get(title="Under")
    elsewhere = make_page(InfoPage, title="Annanstans")
    delete(people["chief_editor"], below)
    fresh(branch).move(elsewhere, pos="last-child")
    restore(binned(below), people["chief_editor"])
    assert fresh(below).url_path == f"{fresh(branch).url_path}{below.slug}/"
    assert is_sound()


def test_translations_find_each_other_again_unless_another_has_come(people):
    page = make_page(author=people["author"])
    english = make_page(language="en", translation_key=page.translation_key)
    delete(people["chief_editor"], page)
    restore(binned(page), people["chief_editor"])
    assert fresh(page).get_translations().get().pk == english.pk
    delete(people["chief_editor"], english)
    make_page(language="en", translation_key=page.translation_key)
    with pytest.raises(Refused):
        restore(binned(english), people["chief_editor"])
    assert BinnedPage.objects.filter(page_id=english.pk).exists()


def test_nothing_that_comes_back_goes_live_by_itself_or_is_under_review(people):
    page = make_page(live=False, author=people["author"])
    submit(people["author"], page)
    Revision.objects.filter(object_id=str(page.pk)).update(approved_go_live_at=timezone.now() + timedelta(days=1))
    delete(people["chief_editor"], page)
    restore(binned(page), people["chief_editor"])
    page = fresh(page)
    assert page.current_workflow_state is None
    assert not Revision.objects.filter(object_id=str(page.pk), approved_go_live_at__isnull=False).exists()


def test_what_pointed_at_something_that_is_gone_comes_back_without(people):
    person = make_user("author")
    page = make_page(author=person)
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    delete(people["chief_editor"], page)
    person.delete()
    restore(binned(page), people["chief_editor"], as_it_was=True, reason=WHY)
    page = fresh(page)
    assert page.owner is None
    assert not is_public(page)
    connection.check_constraints()


def test_whoever_is_second_is_told_so(people):
    page = make_page()
    delete(people["chief_editor"], page)
    kept = binned(page)
    restore(kept, people["chief_editor"])
    with pytest.raises(Refused):
        restore(kept, people["chief_editor"])
    address = reverse("editorial_restore", args=[kept.pk])
    assert signed_in(people["chief_editor"]).post(address, {"slug": page.slug}).status_code == 409


def test_it_is_emptied_by_the_clock_and_by_the_worker(people):
    page = make_page()
    delete(people["chief_editor"], page)
    assert empty() == 0
    BinnedPage.objects.update(until=timezone.now())
    assert page.title not in signed_in(people["chief_editor"]).get(reverse("editorial_bin")).content.decode()
    with pytest.raises(Refused):
        restore(BinnedPage.objects.get(), people["chief_editor"])
    assert empty() == 1
