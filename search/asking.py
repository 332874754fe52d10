"""What a visitor typed, taken apart: words, "phrases", hyphenated words, and -words that are not wanted.

Nothing in it is an operator of an engine; what is not one of these four is a separator.
"""

import re
from dataclasses import dataclass
from enum import Enum

from search.analysis import HYPHENATED, normalised, words

MAX_LENGTH, MAX_WORDS = 200, 20
QUOTES = re.compile('["“”„»«]')


class Shape(Enum):
    WORD = "word"
    PHRASE = "phrase"  # these words as spelt, in this order
    HYPHENATED = "hyphenated"  # it-pedagog: together, or as one word


@dataclass(frozen=True)
class Wanted:
    """Something to find: its shape and its lower-case words as typed."""

    shape: Shape
    words: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    wanted: tuple[Wanted, ...] = ()
    unwanted: tuple[tuple[str, ...], ...] = ()


def read(text: str) -> Question:
    """The question in a text of any kind: at most 20 words of its first 200 characters. A quotation mark needs its pair."""
    segments = QUOTES.split(normalised(text)[:MAX_LENGTH])
    wanted: list[Wanted] = []
    unwanted: list[tuple[str, ...]] = []
    for number, segment in enumerate(segments):
        is_quoted = number % 2 == 1 and number < len(segments) - 1
        if is_quoted:
            found = tuple(words(segment))
            wanted += [Wanted(Shape.PHRASE, found)] if found else []
            continue
        for token in segment.split():
            found = tuple(words(token))
            if token.startswith("-") and any(len(word) > 1 for word in found):
                unwanted.append(found)
            elif len(found) > 1 and HYPHENATED.search(token):
                wanted.append(Wanted(Shape.HYPHENATED, found))
            else:
                wanted += [Wanted(Shape.WORD, (word,)) for word in found]
    return Question(tuple(_first(wanted)), tuple(unwanted[:MAX_WORDS]))


def unquoted(text: str) -> str:
    """What was typed, without its quotation marks; an empty string where it has none, or nothing else."""
    return " ".join(QUOTES.sub(" ", text).split()) if QUOTES.search(text) else ""


def _first(wanted: list[Wanted]) -> list[Wanted]:
    """As much of what is wanted as holds at most `MAX_WORDS` words."""
    kept, left = [], MAX_WORDS
    for each in wanted:
        if left > 0:
            kept.append(Wanted(each.shape, each.words[:left]))
        left -= len(each.words)
    return kept
