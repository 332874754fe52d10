"""Which word was meant by one that no page has.

Candidates come from the vocabulary by an index look-up, not by comparing with every word: they share the first two letters
with what was typed, or its consonant skeleton.
"""

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from rapidfuzz.distance import OSA

from search.analysis import fold

SHORTEST = 4  # letters: below that, anything is near to anything
LONG = 6  # from here on two letters may be wrong
SKELETON_LENGTH = 40
SOFT = str.maketrans(dict.fromkeys("aeiouyhj"))
SPELLINGS = (("qu", "kv"), ("qv", "kv"), ("ck", "k"), ("c", "k"), ("q", "k"), ("w", "v"), ("x", "ks"), ("z", "s"))
TITLE_WEIGHT = 5  # a word in a title counts as one in this many pages more


class Known(NamedTuple):
    """A word of the vocabulary, and in how many pages and titles it stands."""

    word: str
    folded: str
    pages: int
    titles: int


def skeleton(folded: str) -> str:
    """The consonants of a folded word, doubled ones and common spellings of one sound merged: *rytm* and *rhythm* share it."""
    for spelling, sound in SPELLINGS:
        folded = folded.replace(spelling, sound)
    return re.sub(r"(.)\1+", r"\1", folded.translate(SOFT))[:SKELETON_LENGTH]


def errors_allowed(folded: str) -> int:
    return 1 if len(folded) < LONG else 2


def nearest(typed: str, base: str, candidates: Iterable[Known]) -> Known | None:
    """The candidate that was most likely meant by a word, or None.

    `base` is what the analyser makes of the typed word: an inflected word with an error in it is near to either. Fewer
    errors win, then errors that are not only missing dots, then the commoner word. A swap of two letters is one error.
    """
    forms = [form for form in dict.fromkeys((fold(typed), fold(base))) if len(form) >= SHORTEST]
    best: tuple[tuple[int, int, float], Known] | None = None
    for known in candidates:
        errors = min((_errors(form, known.folded) for form in forms), default=None)
        if errors is None or errors == math.inf:
            continue
        commonness = math.log(1 + known.pages + TITLE_WEIGHT * known.titles)
        rank = (int(errors), OSA.distance(typed, known.word, score_cutoff=3), -commonness)
        if best is None or rank < best[0]:
            best = rank, known
    return best[1] if best else None


def _errors(form: str, other: str) -> float:
    """How many errors lead from one folded word to another; infinite where they are too many to be a slip."""
    allowed = errors_allowed(form)
    if other[-1:] != form[-1:] and other[:4] != form[:4]:
        return math.inf  # wrong at both ends: another word
    errors = OSA.distance(form, other, score_cutoff=allowed)
    return errors if errors <= allowed else math.inf
