"""The accessibility statement has the eleven parts that the law asks for, or says which it lacks."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from editorial.checklist import check
from home.models import AccessibilityStatementPage, InfoPage, SiteSettings
from tests.world import make_page

pytestmark = pytest.mark.django_db
PARTS = [*AccessibilityStatementPage.PARTS, "inaccessible"]
SHORTCOMING = [("shortcoming", {"what": "Äldre filmer", "why": "De saknar text.", "planned": ""})]


@pytest.fixture
def statement():
    page = make_page(AccessibilityStatementPage, parent=make_page(InfoPage), live=False)
    page.conformity, page.inaccessible = "partial", SHORTCOMING
    return page


def test_there_are_eleven_parts_of_the_law_and_the_date_of_updating_beside_them(statement):
    assert len(set(PARTS) - {"conformity"}) == 11  # how accessible it is, as a word, goes with its wording
    statement.full_clean()


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("empty", ["", "<p> &nbsp;</p>"])
def test_each_part_that_lacks_is_named(part, empty, statement):
    lacking = None if part.endswith("_on") else ([] if part == "inaccessible" else empty)
    setattr(statement, part, lacking)
    with pytest.raises(ValidationError) as refusal:
        statement.full_clean()
    assert part in refusal.value.message_dict
    assert statement.missing_for_publication()[part]


def test_the_checklist_says_which_part_lacks(statement):
    statement.outside_law = ""
    entry = check(statement)
    assert any("omfattas av lagen" in words for words in entry.stops())


def test_what_cannot_be_true_is_refused(statement):
    statement.conformity = "full"
    with pytest.raises(ValidationError) as refusal:
        statement.full_clean()
    assert "conformity" in refusal.value.message_dict
    statement.conformity, statement.assessed_on = "partial", timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError):
        statement.full_clean()


def test_the_way_to_the_authority_is_part_of_it(statement):
    SiteSettings.objects.update_or_create(defaults={"authority_url": ""})
    with pytest.raises(ValidationError) as refusal:
        statement.full_clean()
    assert "complaint_text" in refusal.value.message_dict
