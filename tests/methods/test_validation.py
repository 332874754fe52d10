"""A method's facts agree with each other, in drafts too; what publication demands is said when it is sent in."""

import pytest

from methods.models import SPANS, MethodPage
from tests.world_forms import block, errors_of, post_new

pytestmark = pytest.mark.django_db
METHOD = {"purpose": "För att lära av varandra.", "evidence_strength": "0"}


@pytest.mark.parametrize("action", ["", "submit"])
@pytest.mark.parametrize("name", SPANS)
def test_the_highest_value_is_not_below_the_lowest(signed_in, name, action):
    answer = post_new(signed_in, MethodPage, action, **METHOD, **{f"{name}_min": "8", f"{name}_max": "4"})
    assert "The highest value is lower than the lowest (8)." in errors_of(answer)[f"{name}_max"]
    assert not MethodPage.objects.exists()


def test_equal_values_and_half_a_span_are_right(signed_in):
    assert post_new(signed_in, MethodPage, **METHOD, group_min="4", group_max="4", weeks_max="8").status_code == 302


@pytest.mark.parametrize("value", ["0", "-1"])
def test_a_fact_is_a_whole_number_from_one(signed_in, value):
    assert "minutes_min" in errors_of(post_new(signed_in, MethodPage, **METHOD, minutes_min=value))


def test_an_assessment_needs_a_reason_and_a_source_when_it_is_sent_in_but_not_in_a_draft(signed_in):
    assessed = {**METHOD, "evidence_strength": "2"}
    answer = post_new(signed_in, MethodPage, "submit", **assessed)
    assert "needs at least one source" in errors_of(answer)["evidence_sources"]
    assert "Say why" in errors_of(answer)["evidence_rationale"]
    assert post_new(signed_in, MethodPage, **assessed).status_code == 302


def test_an_assessment_with_both_is_accepted(signed_in):
    source = block("evidence_sources", 0, "source", {"title": "Skolverket", "url": "https://www.skolverket.se"})
    values = {
        **METHOD,
        "evidence_strength": "2",
        "evidence_rationale": "Några studier.",
        **source,
        "evidence_sources-count": "1",
    }
    assert post_new(signed_in, MethodPage, "submit", **values).status_code == 302


def test_a_purpose_is_demanded_at_most_240_characters(signed_in):
    assert "purpose" in errors_of(post_new(signed_in, MethodPage, "submit", purpose="", evidence_strength="0"))
    assert "purpose" in errors_of(post_new(signed_in, MethodPage, **{**METHOD, "purpose": "x" * 241}))


def test_steps_that_do_not_fit_into_a_meeting_are_a_warning_and_no_error(signed_in):
    step = block("steps", 0, "step", {"title": "Runda", "minutes": "90", "description": "null", "tip": ""})
    values = {**METHOD, "minutes_min": "30", "minutes_max": "60", **step, "steps-count": "1"}
    assert post_new(signed_in, MethodPage, **values).status_code == 302
    assert MethodPage.objects.get().get_latest_revision_as_object().steps_outside_span
