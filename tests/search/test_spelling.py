import pytest

from search.analysis import fold
from search.spelling import Known, nearest, skeleton


def known(*words: str, pages: int = 1, titles: int = 0) -> list[Known]:
    return [Known(word, fold(word), pages, titles) for word in words]


def meant(typed: str, candidates: list[Known], base: str = "") -> str | None:
    found = nearest(typed, base or typed, candidates)
    return found and found.word


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("elefnat", "elefant"),  # swapped
        ("elefannt", "elefant"),  # doubled
        ("elfant", "elefant"),  # left out
        ("elefqnt", "elefant"),  # the key beside it
        ("elefandt", "elefant"),  # one too many
        ("papegja", "papegoja"),
        ("sköldpada", "sköldpadda"),
        ("skoldpada", "sköldpadda"),
    ],
)
def test_a_slip_leads_to_the_word_that_was_meant(typed, word):
    assert meant(typed, known("elefant", "elegant", "papegoja", "sköldpadda")) == word


def test_a_short_word_may_have_one_error_and_a_long_one_two():
    assert meant("grunt", known("grann")) is None
    assert meant("elefvnnt", known("elefant")) == "elefant"
    assert meant("elvfvnnt", known("elefant")) is None


def test_very_short_words_are_not_guessed_at():
    assert meant("tak", known("tal", "tåk")) is None


def test_of_two_equally_near_words_the_commoner_is_meant():
    rare, common = known("vantar", pages=2), known("väntar", pages=90)
    assert meant("vxntar", rare + common) == "väntar"
    assert meant("vxntar", known("vantar", pages=2, titles=40) + common) == "vantar"


def test_fewer_errors_weigh_more_than_commonness():
    assert meant("trumpeta", known("trumpet", pages=1) + known("strumpa", pages=900)) == "trumpet"


def test_an_inflected_word_is_near_through_its_base():
    assert meant("giraffrenas", known("giraff"), base="giraffr") == "giraff"


def test_no_candidate_is_no_answer():
    assert meant("elefant", []) is None


def test_spellings_of_one_sound_share_a_skeleton():
    assert skeleton("rytm") == skeleton("rhythm")
    assert skeleton("viking") == skeleton("wikking")
    assert skeleton("taxi") == skeleton("taksi")
    assert skeleton("tak") != skeleton("tal")
