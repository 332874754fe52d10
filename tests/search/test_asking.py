import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.asking import MAX_WORDS, Question, Shape, Wanted, read


def word(text: str) -> Wanted:
    return Wanted(Shape.WORD, (text,))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Sagor i skymning", (word("sagor"), word("i"), word("skymning"))),
        ('gul "lång näsa" hatt', (word("gul"), Wanted(Shape.PHRASE, ("lång", "näsa")), word("hatt"))),
        ("”lång näsa”", (Wanted(Shape.PHRASE, ("lång", "näsa")),)),
        ('"näsa"', (Wanted(Shape.PHRASE, ("näsa",)),)),
        ('5" skruv', (word("5"), word("skruv"))),
        ("e-bok", (Wanted(Shape.HYPHENATED, ("e", "bok")),)),
        ("gran/tall", (word("gran"), word("tall"))),
        ("C++ a:b NEAR(x)", tuple(map(word, ("c", "a", "b", "near", "x")))),
        ("", ()),
        ('"', ()),
        ("-", ()),
    ],
)
def test_a_question_is_words_phrases_and_hyphenated_words(text, wanted):
    assert read(text) == Question(wanted)


def test_a_word_behind_a_minus_is_not_wanted():
    assert read("sol -måne") == Question((word("sol"),), (("måne",),))


def test_a_letter_or_a_range_of_years_is_not_taken_for_what_is_unwanted():
    assert read("plan -b").unwanted == ()
    assert read("2024-2025").unwanted == ()


def test_a_decomposed_letter_is_read_as_the_letter_on_the_keyboard():
    assert read("ma\u030ane") == read("måne")


def test_at_most_twenty_words_are_asked_for():
    assert len(read("ord " * 60).wanted) == MAX_WORDS


@given(st.text(max_size=400))
def test_any_text_is_a_question(text):
    asked = read(text)
    assert sum(len(each.words) for each in asked.wanted) <= MAX_WORDS
    assert all(each.words for each in asked.wanted)
