"""The order of the best hits, the same whichever engine found them, and the words in a text that were found."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.analysis import BESIDE, Text
from search.documents import kept_texts
from search.engines import Found
from search.expressions import All, Any, Expression, Phrase, Token, tokens_of
from search.planning import Plan

RANKED = 30  # hits that are ranked here
READ = 600  # words of a text that ranking reads
EXTRA = 0.4  # what a compound's element or another base form counts beside the word itself
SATURATION = 1.2  # BM25's k1: how soon more of the same word stops counting


@dataclass(frozen=True)
class Field:
    """A field for BM25F: its weight, its usual length in words, and how much a longer one loses (b)."""

    weight: float
    length: int
    penalty: float


# As `search.documents.READ` has them: title, lead, text, what is attached.
FIELDS = (Field(10.0, 6, 0.4), Field(4.0, 20, 0.4), Field(1.5, 450, 0.6), Field(0.5, 450, 0.6))


class Reader:
    """Finds certain tokens in texts that were read when they were indexed. Looks at each reading once."""

    def __init__(self, tokens: Iterable[str], language: str):
        self.tokens, self.language = frozenset(tokens), language
        self.seen: set[str] = set()
        self.wanted: dict[str, tuple[str, tuple[str, ...]]] = {}

    def find(self, readings: list[str]) -> list[tuple[int, str, tuple[str, ...]]]:
        """The places of what is looked for, each with the token that the word is a form of (or none), and what else it is
        found by."""
        new = set(readings).difference(self.seen)
        self.seen |= new
        for reading in new:
            main, *others = tokens = reading.split(BESIDE)
            if not self.tokens.isdisjoint(tokens):
                extras = tuple(token for token in others if token in self.tokens)
                self.wanted[reading] = main if main in self.tokens else "", extras
        wanted = self.wanted
        return [(place, *wanted[reading]) for place, reading in enumerate(readings) if reading in wanted]

    def read(self, text: Text) -> "Read":
        places: dict[str, list[int]] = {}
        extras: Counter = Counter()
        for place, main, others in self.find(text.readings):
            if main:
                places.setdefault(main, []).append(place)
            if others:
                extras.update(others)
        for _place, main, others in self.find(text.joined):
            extras.update((main, *others) if main else others)
        return Read(len(text.readings), places, extras)


@dataclass(frozen=True)
class Read:
    """A text that was read: its length in words, where the tokens stand, and how often they are found otherwise."""

    length: int
    places: dict[str, list[int]]
    extras: Counter

    def count(self, expression: Expression) -> float:
        match expression:
            case Token(text):
                return len(self.places.get(text, ())) or EXTRA * self.extras[text]
            case Phrase(tokens):
                following = [frozenset(self.places.get(token, ())) for token in tokens]
                starts = following[0]
                return sum(all(start + n in places for n, places in enumerate(following)) for start in starts)
            case All(parts):
                return min(self.count(part) for part in parts)
            case Any(choices):
                return max(weight * self.count(choice) for weight, choice in choices)


def reader_for(plans: Sequence[Plan]) -> Reader:
    tokens = {token for plan in plans for group in plan.groups for token in tokens_of(group.expression)}
    return Reader(tokens, plans[0].language)


def ranked(found: Iterable[Found], plan: Plan, reader: Reader) -> list[Found]:
    """The hits in order: BM25F over title, lead and text; what has more of what was wanted comes first, then the newest."""

    def place(each: Found) -> tuple:
        texts = [
            (field, reader.read(text)) for field, text in zip(FIELDS, kept_texts(each.readings, READ), strict=True)
        ]
        score, present = 0.0, 0
        for group in plan.groups:
            counted = sum(_saturated(field, text, text.count(group.expression)) for field, text in texts)
            score += group.weight * counted
            present += counted > 0
        score *= (present / max(1, len(plan.groups))) ** 2
        newest = each.published_at.timestamp() if each.published_at else -math.inf
        return (-score, -newest, -each.page_id)

    return sorted(found, key=place)


def _saturated(field: Field, text: Read, count: float) -> float:
    if not count:
        return 0.0
    length = 1 - field.penalty + field.penalty * text.length / field.length
    return field.weight * count * (SATURATION + 1) / (count + SATURATION * length)
