import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import WORD, analyse, analyse_text, fold, fold_foreign, surfaces_of, text_from, tidy
from search.compounds import split
from search.lexicon import Lexicon, lemmas_of_forms, lexicon


@pytest.mark.parametrize(
    ("forms", "lemma"),
    [
        ("pennan pennor pennornas", "penna"),
        ("nötter nötens", "nöt"),
        ("städer stadens", "stad"),
        ("kursplaner kursplanernas", "kursplan"),
        ("simlektionen simlektioners", "simlektion"),
    ],
)
def test_every_form_of_a_word_is_the_word(forms, lemma):
    assert {analyse(form, "sv").lemma for form in forms.split()} == {lemma}


def test_a_form_of_two_words_is_found_as_both():
    word = analyse("tänder", "sv")
    assert {word.lemma, *word.others} == {"tända", "tand"}


def test_lemmas_are_the_form_itself_first_when_it_heads_words_of_its_own():
    found = lemmas_of_forms({"får": "få", "fåret": "får", "få": "få"})
    assert found["får"] == ["får", "få"]
    assert found["fåret"] == ["får"]


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("fågelholk", ("fågel", "holk")),
        ("skogspromenad", ("skog", "promenad")),
        ("skolgård", ("skola", "gård")),
        ("lärarrum", ("lärare", "rum")),
        ("kyrkogård", ("kyrka", "gård")),
        ("arbetsbänk", ("arbete", "bänk")),
    ],
)
def test_a_compound_has_the_words_that_it_is_made_of(compound, parts):
    assert split(compound) == parts


@pytest.mark.parametrize("word", ["undervisning", "förståelse", "rektor", "a", "", "åäö", "1a2b3c4d"])
def test_what_is_no_compound_stays_whole(word):
    assert split(word) == ()


def test_a_compound_that_no_dictionary_has_is_inflected_like_its_head():
    assert analyse("gungställningstävlingarna", "sv").lemma == "gungställningstävling"


def test_english_words_on_swedish_pages_are_known():
    assert analyse("teachers", "sv").lemma == analyse("teacher", "sv").lemma == "teacher"


def test_a_name_keeps_its_genitive_apart_from_nothing():
    assert analyse("wiklund's", "sv").lemma == analyse("wiklund", "sv").lemma


def test_hyphenated_and_elliptic_words_are_found_whole():
    text = "Cykel- och gångbanor för e-böcker"
    assert {"cykelbanor", "eböcker"} <= surfaces_of(text, "sv")
    assert "cykelbana" in analyse_text(text, "sv").extras


def test_the_order_of_the_words_is_kept_for_phrases():
    assert analyse_text("Två stora\u00ad pennor", "sv").lemmas == ["två", "stor", "penna"]


def test_folding_takes_all_diacritics_and_the_swedish_one_only_those_of_others():
    assert fold("Åsa Öst idé") == "asa ost ide"
    assert fold_foreign("idéåäö") == "ideåäö"


def test_a_decomposed_letter_is_the_same_letter():
    assert analyse_text("la\u0308rare", "sv") == analyse_text("lärare", "sv")


@given(st.text(max_size=60), st.sampled_from(["sv", "en"]))
def test_no_text_raises_and_no_token_has_a_space(text, language):
    found = analyse_text(text, language)
    assert not any(set(token) & set(" \t\n\"'") for token in found.lemmas + found.extras)


@given(st.text(max_size=60), st.sampled_from(["sv", "en"]))
def test_a_text_that_is_kept_is_read_as_it_was_and_word_by_word_beside_what_is_shown(text, language):
    found = analyse_text(text, language)
    assert text_from(found.kept) == found
    assert text_from(found.kept, 2).readings == found.readings[:2]
    assert len(found.readings) == len(WORD.findall(tidy(text)))


def test_the_dot_of_a_turkish_i_is_no_word_of_its_own():
    assert analyse_text("İstanbul", "sv").lemmas == ["istanbul"]


def test_a_file_that_is_no_lexicon_is_refused(tmp_path):
    path = tmp_path / "sv.bin"
    path.write_bytes(b"x" * 100)
    with pytest.raises(ValueError, match="not a lexicon"):
        Lexicon(path)


def test_the_lexicon_costs_a_process_little_memory():
    lexicon("sv"), lexicon("en")  # compiled before it is measured
    code = (
        "import django; django.setup(); import resource; from search.analysis import analyse;"
        "use = lambda: int(open('/proc/self/smaps_rollup').read().split('Private_Dirty:')[1].split()[0]);"
        "before = use(); [analyse(word, 'sv') for word in 'läraren böcker teachers kollegaobservation'.split()];"
        "print(use() - before)"
    )
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True)
    assert int(done.stdout) < 25_000  # kB
