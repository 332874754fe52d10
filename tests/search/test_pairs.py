"""What teachers type finds what they mean: at least 95 in 100 of the pairs, in their rank, with nothing that may not be seen."""

import pytest

from tests.search import pairs

pytestmark = pytest.mark.django_db
GOAL = 0.95


@pytest.mark.parametrize("name", ["public_pairs", "search_pairs"])
def test_questions_find_the_pages_that_are_meant(name):
    pairs.build(name)
    found = list(pairs.outcomes(name))
    missed = [outcome for outcome in found if not outcome.holds]
    print(f"{name}: {len(found) - len(missed)} of {len(found)}")
    assert len(missed) <= (1 - GOAL) * len(found), "\n".join(map(str, missed))
