"""Words that are carried into another page are still the words of those who wrote them."""

import pytest
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail_localize.models import StringTranslation, TranslationSource
from wagtail_localize.operations import translate_object

from core.guards import Refused, writers_behind
from editorial.authors import authors
from editorial.task import objection
from tests.editorial.newsroom import approve_all, fresh, signed_in, submit
from tests.world import make_page, make_user, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(people):
    """A draft whose words are the chief editor's."""
    return make_page(live=False, author=people["chief_editor"])


@pytest.fixture
def changed(people):
    """A public page with a change by the chief editor that nobody has approved."""
    page = make_page(author=people["author"])
    page.title = "Utgivarens ändring"
    page.save_revision(user=people["chief_editor"])
    return fresh(page)


def rewritten(page, user):
    page = fresh(page).get_latest_revision_as_object()
    page.title = "Omskriven"
    if not page.live:
        page.save()  # as the editor does
    return page.save_revision(user=user)


def refusal(page, user) -> str:
    """Why somebody may not approve a page that somebody else sends in."""
    page = fresh(page)
    page.get_workflow().start(page, make_user("editor"))
    return objection(fresh(page), user, "approve")


def copied(page, user, **values):
    """Copies a page on Wagtail's screen."""
    values = {"new_title": "Kopia", "new_slug": "kopia", "new_parent_page": page.get_parent().pk, **values}
    assert signed_in(user).post(reverse("wagtailadmin_pages:copy", args=[page.pk]), values).status_code == 302
    return Page.objects.get(slug="kopia").specific


def in_english(page, user):
    translate_object(page, [Locale.objects.get(language_code="en")], user=user)
    return page.get_translation(Locale.objects.get(language_code="en")).specific


def mirrored(page, user):
    """Makes a mirror of a page, and a page of its own of the mirror."""
    mirror = page.create_alias(update_slug="spegel")
    address = reverse("wagtailadmin_pages:convert_alias", args=[mirror.pk])
    assert signed_in(user).post(address).status_code == 302
    return fresh(mirror)


def copied_by_a_program(page, user):
    return page.copy(user=user, update_attrs={"slug": "kopia"})


def mirrored_by_a_program(page, user):
    return page.create_alias(update_slug="spegel")


def copied_for_translation(page, user):
    return page.copy_for_translation(Locale.objects.get(language_code="en"))


def copied_without_history(page, user):
    return page.copy(user=user, update_attrs={"slug": "kopia"}, keep_live=False, copy_revisions=False)


WAYS = [copied, in_english, mirrored, copied_for_translation, copied_without_history]


@pytest.mark.parametrize("carry", WAYS)
def test_whoever_wrote_a_draft_may_not_approve_it_elsewhere(draft, people, carry):
    page = carry(draft, people["editor"])
    assert people["chief_editor"].pk in authors(page)
    assert "någon annan" in refusal(page, people["chief_editor"])


@pytest.mark.parametrize("carry", [way for way in WAYS if way is not mirrored])
def test_whoever_changed_a_public_page_may_not_approve_the_change_elsewhere(changed, people, carry):
    assert people["chief_editor"].pk in authors(carry(changed, people["editor"]))


@pytest.mark.parametrize("carry", WAYS)
def test_what_is_public_already_bars_nobody_elsewhere(people, carry):
    page = make_page(live=False, author=people["chief_editor"])
    publish(rewritten(page, people["chief_editor"]))
    page = carry(fresh(page), people["editor"])
    assert not page.live or carry is mirrored
    assert people["chief_editor"].pk not in authors(page)


def test_those_below_a_page_keep_their_writers_too(people):
    page = make_page(live=False, author=people["author"])
    below = make_page(live=False, author=people["author"], parent=page)
    rewritten(below, people["chief_editor"])
    copy = copied(fresh(page), people["editor"], copy_subpages="on")
    assert authors(copy) == {people["author"].pk, people["editor"].pk}
    assert authors(copy.get_children().get().specific) == {
        people[name].pk for name in ("author", "chief_editor", "editor")
    }


def test_a_copy_of_restored_text_keeps_those_who_wrote_it(people):
    page = make_page(author=people["author"])
    dropped = rewritten(page, people["chief_editor"])
    publish(fresh(page).save_revision(user=people["author"]))
    dropped.as_object().save_revision(user=people["editor"], previous_revision=dropped)
    assert people["chief_editor"].pk in authors(copied(fresh(page), people["editor"]))


def test_a_copy_keeps_those_who_translated_its_strings(people):
    source = make_page(author=people["author"])
    page = in_english(source, people["translator"])
    segment = TranslationSource.objects.get(object_id=source.translation_key).stringsegment_set.first()
    StringTranslation.objects.create(
        translation_of=segment.string, locale=page.locale, context=segment.context, data="In English",
        last_translated_by=people["chief_editor"], translation_type="manual",
    )  # fmt: skip
    copy = page.copy(user=people["editor"], update_attrs={"slug": "copy"}, keep_live=False)
    assert people["chief_editor"].pk in authors(copy)


def test_an_older_version_that_came_along_brings_its_writer_when_it_is_restored(people):
    page = make_page(author=people["author"])
    dropped = rewritten(page, people["chief_editor"])
    publish(fresh(page).save_revision(user=people["author"]))
    copy = copied(fresh(page), people["editor"])
    assert people["chief_editor"].pk not in authors(copy)
    old = copy.revisions.get(created_at=dropped.created_at)
    assert writers_behind(old) == {people["chief_editor"].pk}
    page.delete()
    assert writers_behind(old) == {people["chief_editor"].pk}
    restored = old.as_object().save_revision(user=people["editor"], previous_revision=old)
    assert people["chief_editor"].pk in writers_behind(restored)


def test_what_is_synchronised_keeps_its_writers_after_the_original_has_changed(people):
    page = make_page(live=False, author=people["author"])
    english = in_english(page, people["translator"])
    rewritten(page, people["chief_editor"])
    source = TranslationSource.objects.get(object_id=page.translation_key)
    source.update_from_db()
    submit(people["author"], fresh(page), title="En helt annan text")
    approve_all(page, people["reviewer"], make_user("chief_editor"))
    assert fresh(page).live
    assert people["chief_editor"].pk not in authors(english)
    source.translations.get().save_target(user=people["translator"], publish=False)
    assert fresh(english).get_latest_revision_as_object().title == "Omskriven"
    assert people["chief_editor"].pk in authors(fresh(english))


def test_a_later_change_of_the_original_bars_nobody_from_its_translation(people):
    page = make_page(author=people["author"])
    english = in_english(page, people["translator"])
    rewritten(page, people["chief_editor"])
    TranslationSource.objects.get().translations.get().save_target(user=people["translator"], publish=False)
    assert people["chief_editor"].pk not in authors(fresh(english))


def test_a_version_that_was_translated_is_not_written_over(people):
    page = make_page(live=False, author=people["author"])
    in_english(page, people["translator"])
    translated = page.get_latest_revision()
    page.title = "Senare"
    assert page.save_revision(user=people["author"], overwrite_revision=translated).pk != translated.pk


@pytest.mark.parametrize(
    "carry", [copied_by_a_program, mirrored_by_a_program, in_english], ids=lambda carry: carry.__name__
)
def test_words_that_nobody_stands_for_are_not_carried_anywhere(draft, people, carry):
    draft.title = "Skriven av ett program"
    draft.save()
    with pytest.raises(Refused, match="Skriven av ett program"):
        carry(fresh(draft), people["editor"])
    draft.save_revision(user=people["chief_editor"])
    carry(fresh(draft), people["editor"])


def test_an_original_that_a_program_has_changed_is_not_synchronised(draft, people):
    in_english(draft, people["editor"])
    draft.title = "Skriven av ett program"
    draft.save()
    with pytest.raises(Refused):
        TranslationSource.objects.get_for_instance(draft).update_from_db()
    assert "Skriven" not in TranslationSource.objects.get_for_instance(draft).content_json
