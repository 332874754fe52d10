"""Text to tokens, the same for every engine and for queries: what is indexed and what is asked meet as base forms."""

import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import snowballstemmer

from search.compounds import head_of, split
from search.lexicon import lexicon

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
HYPHENS = "-\u2010\u2011"
HYPHENATED = re.compile(rf"\b[^\W_]+(?:[{HYPHENS}][^\W_]+)+\b")
ELLIPTIC = re.compile(r"\b([^\W\d_]{2,})-\s+(?:och|eller|samt|and|or)\s+([^\W\d_]{5,})\b")
SOFT_HYPHEN = "\u00ad"
BESIDE, APART = "/", "\t"  # between the tokens of a reading; between a text's words and those that it holds in pieces
SWEDISH_LETTERS = "åäö"
PAIR_BITS = 20  # of a number that stands for two words next to each other; few pages have another pair with the same
SURE_BITS = 22  # of each of two such numbers
LETTERS = str.maketrans({"ø": "o", "æ": "a", "ß": "ss", "đ": "d", "ł": "l", "ð": "d", "þ": "th", "ı": "i"})

STOP_WORDS = {
    "sv": frozenset(
        [
            "och",
            "det",
            "att",
            "i",
            "en",
            "jag",
            "hon",
            "som",
            "han",
            "på",
            "den",
            "med",
            "var",
            "sig",
            "för",
            "så",
            "till",
            "är",
            "men",
            "ett",
            "om",
            "hade",
            "de",
            "av",
            "icke",
            "mig",
            "du",
            "henne",
            "då",
            "sin",
            "nu",
            "har",
            "inte",
            "hans",
            "honom",
            "skulle",
            "hennes",
            "där",
            "min",
            "ej",
            "vid",
            "kunde",
            "något",
            "från",
            "ut",
            "när",
            "efter",
            "upp",
            "vi",
            "dem",
            "vara",
            "vad",
            "över",
            "än",
            "dig",
            "kan",
            "sina",
            "här",
            "ha",
            "mot",
            "under",
            "någon",
            "eller",
            "allt",
            "mycket",
            "sedan",
            "ju",
            "denna",
            "själv",
            "detta",
            "åt",
            "varit",
            "hur",
            "ingen",
            "mitt",
            "ni",
            "bli",
            "blev",
            "oss",
            "din",
            "dessa",
            "några",
            "deras",
            "blir",
            "mina",
            "samma",
            "vilken",
            "er",
            "sådan",
            "vår",
            "blivit",
            "dess",
            "inom",
            "mellan",
            "sådant",
            "varför",
            "varje",
            "vilka",
            "ditt",
            "vem",
            "vilket",
            "sådana",
            "vart",
            "dina",
            "vars",
            "vårt",
            "våra",
            "ert",
            "era",
            "vilkas",
            "gör",
            "göra",
            "finns",
        ]
    ),
    "en": frozenset(
        [
            "a",
            "an",
            "and",
            "are",
            "as",
            "at",
            "be",
            "but",
            "by",
            "for",
            "if",
            "in",
            "into",
            "is",
            "it",
            "no",
            "not",
            "of",
            "on",
            "or",
            "such",
            "that",
            "the",
            "their",
            "then",
            "there",
            "these",
            "they",
            "this",
            "to",
            "was",
            "will",
            "with",
            "how",
            "do",
            "does",
            "what",
            "why",
        ]
    ),
}


class Word(NamedTuple):
    """A word as it is indexed: its base form, what else it may be a form of, and the elements of a compound."""

    lemma: str
    others: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def reading(self) -> str:
        return BESIDE.join((self.lemma, *self.others, *self.parts))


@dataclass(frozen=True)
class Text:
    """A text as it is indexed: the reading of each word in order, and of the words that it holds in pieces only.

    A reading is a base form and whatever else the word should be found by: `kollegaobservation/kollega/observation`.
    """

    readings: list[str]
    joined: list[str]

    @property
    def lemmas(self) -> list[str]:
        return [reading.partition(BESIDE)[0] for reading in self.readings]

    @property
    def extras(self) -> list[str]:
        found = [token for reading in self.readings if BESIDE in reading for token in reading.split(BESIDE)[1:]]
        return found + [token for reading in self.joined for token in reading.split(BESIDE)]

    @property
    def kept(self) -> str:
        """As it is stored; `text_from` reads it."""
        return f"{' '.join(self.readings)}{APART}{' '.join(self.joined)}"


def text_from(kept: str, most: int = -1) -> Text:
    """A text that was stored, or `most` words of it."""
    readings, _apart, joined = kept.partition(APART)
    return Text(readings.split(" ", most)[: most if most >= 0 else None] if readings else [], joined.split())


def tidy(text: str) -> str:
    """Composed letters, without soft hyphens: as long as it is in lower case, and with the same words."""
    return unicodedata.normalize("NFC", text).replace(SOFT_HYPHEN, "")


def normalised(text: str) -> str:
    """Tidy and in lower case. A capital İ alone is two letters then: it loses its dot."""
    return tidy(text).lower().replace("i\u0307", "i")


def fold(text: str) -> str:
    """Without any diacritics, å ä ö included: what somebody types who has none of them."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def fold_foreign(word: str) -> str:
    """Without the diacritics that Swedish does not have: *idé* is *ide*, *å ä ö* stay."""
    if word.isascii():
        return word
    return "".join(letter if letter in SWEDISH_LETTERS or letter.isascii() else fold(letter) for letter in word)


def words(text: str) -> Iterator[str]:
    return (match.group() for match in WORD.finditer(text))


@lru_cache(50_000)
def analyse(word: str, language: str) -> Word:
    """What a lower-case word is indexed and found as.

    English words on Swedish pages are known by the English lexicon; what no lexicon knows is taken for a compound, or stemmed.
    """
    word = _without_apostrophe(word)
    if word.isdigit() or len(word) < 2:
        return Word(word)
    for known in ("sv", "en") if language == "sv" else (language,):
        lemmas = lexicon(known).lemmas(word) or lexicon(known).lemmas(fold_foreign(word))
        if lemmas:
            parts = split(lemmas[0]) if known == "sv" else ()
            first, *others = map(fold_foreign, lemmas)
            return Word(first, tuple(others), tuple(map(fold_foreign, parts)))
    word = fold_foreign(word)
    if language == "sv" and (head := head_of(word)):
        begin, parts, heads = word[: -len(head)], split(word), lexicon("sv").lemmas(head)
        others = [fold_foreign(begin + other) for other in heads if other != parts[-1]]
        return Word(fold_foreign(begin + parts[-1]), tuple(others), tuple(map(fold_foreign, parts)))
    return Word(_stem(word))


def pairs_of(lemmas: Sequence[str]) -> set[str]:
    """The words that stand next to each other in a text or a phrase, two and two, with a space between."""
    return {" ".join(pair) for pair in pairwise(lemmas)}


def pair_token(pair: str) -> str:
    """A token for a pair, such as no word has.

    A page with the pair has it. Another may have it by chance: it narrows where a phrase has to be looked up.
    """
    return f"_{_pair_number(pair, PAIR_BITS):x}"


def pair_tokens(pair: str) -> tuple[str, str]:
    """Two tokens for a pair. Of pages with a thousand pairs one in 17 millions has both by chance, so none is looked into."""
    turned = " ".join(reversed(pair.split(" ")))
    return f"{_pair_number(pair, SURE_BITS):x}", f"{_pair_number(turned, SURE_BITS) + (1 << SURE_BITS):x}"


def _pair_number(pair: str, bits: int) -> int:
    return zlib.crc32(pair.encode()) & ((1 << bits) - 1)


def is_known(word: str, language: str) -> bool:
    """Whether a lower-case word is in a dictionary, or a compound of such words."""
    if any(lexicon(known).lemmas(word) for known in ("sv", "en")):
        return True
    return language == "sv" and bool(split(word))


def _without_apostrophe(word: str) -> str:
    word = word.replace("’", "'")
    before, mark, _after = word.partition("'")
    if not mark:
        return word
    return before if len(before) > 1 else word.replace("'", "")


def _stem(word: str) -> str:
    """The stem of a word that is in no lexicon: names, new words. One that is written without å ä ö stems as English does."""
    if not word.isalpha():
        return word
    # Stemmers keep the word they work on: one for each call, since requests run in threads.
    return snowballstemmer.stemmer("english" if word.isascii() else "swedish").stemWord(word)


def analyse_text(text: str, language: str) -> Text:
    """A text's tokens. *it-pedagog* is found as *itpedagog* too, *läs- och skrivutveckling* as *läsutveckling*."""
    text = normalised(text)
    return Text(
        [analyse(surface, language).reading for surface in words(text)],
        [analyse(surface, language).reading for surface in joined_words(text, language)],
    )


def surfaces_of(text: str, language: str) -> set[str]:
    """The words of a text as they are typed, those that it holds in pieces only included."""
    text = normalised(text)
    return {*words(text), *joined_words(text, language)}


def joined_words(text: str, language: str) -> Iterator[str]:
    """Words that a lower-case text holds in pieces only."""
    if not any(hyphen in text for hyphen in HYPHENS):
        return
    for match in HYPHENATED.finditer(text):
        joined = re.sub(f"[{HYPHENS}]", "", match.group())
        if not joined.isdigit():
            yield joined
    if language == "sv":
        for match in ELLIPTIC.finditer(text):
            if head := head_of(match.group(2)):
                yield match.group(1) + head
