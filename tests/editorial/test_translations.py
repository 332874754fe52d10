"""Translations take the same way as other texts, in the translator's name; nothing Swedish stands under /en/ meanwhile."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, PageLogEntry
from wagtail_localize.models import StringTranslation, Translation
from wagtail_localize.operations import translate_object

from core.guards import Refused
from editorial.authors import authors
from editorial.translations import in_each_language, out_of_date, send_for_review
from tests.editorial.newsroom import approve_all, fresh, signed_in
from tests.world import make_page, make_user

pytestmark = pytest.mark.django_db


def translation_into_english(source, user):
    english = Locale.objects.get(language_code="en")
    translate_object(source, [english], user=user)
    return source.get_translation(english).specific, Translation.objects.get(source__object_id=source.translation_key)


def translate(translation, user, **texts):
    """Stores translations as the translation editor does."""
    for segment in translation.source.stringsegment_set.select_related("string", "context"):
        StringTranslation.objects.update_or_create(
            translation_of=segment.string, locale=translation.target_locale, context=segment.context,
            defaults={"data": texts.get(segment.context.path, f"English: {segment.context.path[:12]}"), "last_translated_by": user, "translation_type": "manual"},
        )  # fmt: skip


@pytest.fixture
def source(people):
    return make_page(author=people["author"], title="Svensk rubrik", intro="Svensk ingress.")


def test_a_translation_begins_as_a_draft(source, people):
    page, _translation = translation_into_english(source, people["translator"])
    assert source.live
    assert not page.live


def test_the_button_sends_what_was_translated_in_the_translators_name(source, people):
    page, translation = translation_into_english(source, people["translator"])
    translate(translation, people["translator"], title="English title")
    response = signed_in(people["translator"]).post(reverse("editorial_send_translation", args=[page.pk]))
    assert response.status_code == 302
    page = fresh(page)
    assert not page.live
    assert page.current_workflow_state.requested_by == people["translator"]
    assert page.get_latest_revision_as_object().title == "English title"
    with pytest.raises(Refused):
        send_for_review(page, people["translator"])
    page = approve_all(page, people["reviewer"], people["chief_editor"])
    assert page.live
    assert page.title == "English title"


def test_the_editor_shows_the_button_and_to_reviewers_the_verdict(source, people):
    page, translation = translation_into_english(source, people["translator"])
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (
        reverse("editorial_send_translation", args=[page.pk])
        in signed_in(people["translator"]).get(url).content.decode()
    )
    translate(translation, people["translator"])
    send_for_review(page, people["translator"])
    state = fresh(page).current_workflow_task_state
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    client = signed_in(people["reviewer"])
    assert approve in client.get(url).content.decode()
    assert approve not in signed_in(people["translator"]).get(url).content.decode()
    assert client.post(approve, {"comment": "Bra", "revision": page.latest_revision_id}).status_code == 409
    assert client.post(approve, {"comment": "Bra", "revision": fresh(page).latest_revision_id}).status_code == 302
    assert fresh(page).current_workflow_task.name == "Utgivning"


def test_who_translated_a_string_is_one_of_its_authors(source, people):
    page, translation = translation_into_english(source, people["translator"])
    translate(translation, people["reviewer"])
    send_for_review(page, people["translator"])
    assert people["reviewer"].pk in authors(fresh(page))


def test_the_publish_button_of_the_translation_editor_publishes_nothing(
    source, people, django_capture_on_commit_callbacks
):
    page, translation = translation_into_english(source, people["translator"])
    for user in (people["translator"], people["chief_editor"]):
        with django_capture_on_commit_callbacks(execute=True):
            signed_in(user).post(reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action": "publish"})
        assert not fresh(page).live
    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(user=people["translator"], publish=True)
    page = fresh(page)
    assert not page.live
    assert page.current_workflow_state.requested_by == people["translator"]
    assert not PageLogEntry.objects.filter(page=page, action="wagtail.publish").exists()


def test_a_live_translation_keeps_its_text_until_the_new_one_is_approved(source, people):
    page, translation = translation_into_english(source, people["translator"])
    translate(translation, people["translator"], title="First", intro="First intro")
    page = approve_all(send_for_review(page, people["translator"]), people["reviewer"], people["chief_editor"])
    translate(translation, people["translator"], title="Second", intro="Second intro")
    for publish in (False, True):
        with transaction.atomic():
            translation.save_target(user=people["translator"], publish=publish)
        visible = Page.objects.get(pk=page.pk).specific
        assert (visible.title, visible.intro) == ("First", "First intro")
        assert visible.get_latest_revision_as_object().title == "Second"
    answer = Client().get(fresh(page).url, headers={"host": "localhost"})
    assert "Second" not in answer.content.decode()


def test_even_a_superusers_draft_of_a_translation_is_not_public(source, people):
    page, translation = translation_into_english(source, people["translator"])
    translate(translation, people["translator"], title="First")
    page = approve_all(send_for_review(page, people["translator"]), people["reviewer"], people["chief_editor"])
    translate(translation, people["translator"], title="Second")
    signed_in(make_user(is_superuser=True)).post(reverse("editorial_send_translation", args=[page.pk]))
    assert fresh(page).title == "First"


def test_translations_that_are_behind_are_listed(source, people):
    page, translation = translation_into_english(source, people["translator"])
    translate(translation, people["translator"], title="English title")
    page = approve_all(send_for_review(page, people["translator"]), people["reviewer"], people["chief_editor"])
    assert not out_of_date().filter(pk=page.pk).exists()
    Page.objects.filter(pk=source.pk).update(last_published_at=timezone.now())
    assert out_of_date().filter(pk=page.pk).exists()
    listing = signed_in(people["translator"]).get(reverse("editorial_out_of_date"))
    assert "English title" in listing.content.decode()


def test_a_list_says_how_each_language_stands(source, people):
    page, translation = translation_into_english(source, people["translator"])
    translate(translation, people["translator"])
    for text in StringTranslation.objects.filter(locale=translation.target_locale)[:2]:
        text.delete()
    alone = make_page(author=people["author"])
    found = in_each_language([source, page, alone])
    assert found[source.pk] == found[page.pk]
    assert found[source.pk].startswith("sv ")
    assert found[source.pk].endswith(" · en 2 stycken efter")
    assert alone.pk not in found
    translate(translation, people["translator"])
    assert in_each_language([source])[source.pk].endswith(" · en utkast")
    send_for_review(page, people["translator"])
    approve_all(fresh(page), people["reviewer"], people["chief_editor"])
    assert not in_each_language([source])[source.pk].endswith("efter")
    Page.objects.filter(pk=source.pk).update(last_published_at=timezone.now())
    assert in_each_language([source])[source.pk].endswith(" · en efter")
    listing = signed_in(people["editor"]).get(reverse("wagtailadmin_explore", args=[source.get_parent().pk]))
    assert " · en efter" in listing.content.decode()


def test_how_languages_stand_costs_the_same_for_one_page_and_for_many(source, people, django_assert_num_queries):
    translation_into_english(source, people["translator"])
    others = [make_page(author=people["author"]) for _number in range(5)]
    with django_assert_num_queries(2):
        in_each_language([source])
    with django_assert_num_queries(2):
        in_each_language([source, *others])
