"""From what was typed to what is looked for: stop words, spelling, dots that were not typed, compounds, synonyms.

Everything that has to be known about words is asked of the vocabulary at once.
"""

import math
import re
from dataclasses import dataclass, field

from django.db.models import Q
from django.db.models.functions import Length

from search.analysis import STOP_WORDS, Word, analyse, fold, is_known, normalised
from search.asking import Question, Shape, Wanted, read
from search.expressions import All, Expression, Phrase, Token, all_of, any_of
from search.models import SearchTerm
from search.spelling import SHORTEST, Known, nearest, skeleton
from search.synonyms import Synonyms
from search.tables import EVERY_PAGE

RARE = 5  # pages: below that a compound's elements, all of them, stand for it
MOST_VARIANTS = 5  # words that differ from a typed one in dots and accents only
MUCH_COMMONER = 20  # times: then the variant is likelier to be meant than the word as typed
SHORTEST_HALF = 3  # letters of a word that was typed as one with another
MOST_MISSPELT = 4  # words of one question that are looked up
CORRECTED = 3  # times as many pages as the corrected word has are thought to match
OTHER_LEMMA, PARTS, SYNONYM, APART = 0.5, 0.3, 0.9, 0.7  # what the less likely readings of a word count
EVERYWHERE = 10**9  # pages: more than there are

# A question in whole sentences has words that carry nothing.
QUESTION_WORDS = frozenset(
    [
        *("hur", "varför", "vad", "vem", "vilka", "vilken", "vilket", "när", "kan"),
        *("how", "why", "what", "who", "when", "where", "which", "can"),
    ]
)
FILLERS = frozenset(["man", "alla", "utan", "you", "i", "ni", "vi", "jag"])


@dataclass(frozen=True)
class Group:
    """One thing that is wanted: what would match it, what it weighs (rarer words weigh more), how many pages may match."""

    expression: Expression
    weight: float
    pages: int


@dataclass(frozen=True)
class Plan:
    """What is looked for. `corrections` says which words were not known and what was taken for them."""

    language: str
    groups: tuple[Group, ...]
    unwanted: tuple[Expression, ...] = ()
    corrections: dict[str, str] = field(default_factory=dict)

    @property
    def all_words(self) -> Expression:
        return all_of([group.expression for group in self.groups])

    @property
    def any_word(self) -> Expression:
        return any_of([(1.0, group.expression) for group in self.groups])

    def corrected(self, text: str) -> str:
        """What was typed with its misspelt words replaced; empty where there was nothing to replace."""
        if not self.corrections:
            return ""
        return re.sub(r"[^\W_]+", lambda word: self.corrections.get(word[0], word[0]), normalised(text).strip())


def halves_of(word: str, language: str) -> list[tuple[str, str]]:
    """Every way to take apart a word that no dictionary has: it may be two that were typed as one."""
    if len(word) < 2 * SHORTEST_HALF or not word.isalpha() or is_known(word, language):
        return []
    return [(word[:at], word[at:]) for at in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1)]


class Vocabulary:
    """What the index knows of some words: in how many pages each stands, and the words that are written nearly like it."""

    def __init__(self, language: str, asked: set[str]):
        self.language = language
        self.readings: dict[str, Word] = {word: analyse(word, language) for word in asked}
        keys = {fold(word) for word in asked} | {fold(reading.lemma) for reading in self.readings.values()}
        self.counts: dict[str, dict[str, int]] = {}
        terms = SearchTerm.objects.filter(language=language, folded__in={*keys, EVERY_PAGE})
        for term, folded, pages in terms.values_list("term", "folded", "pages"):
            self.counts.setdefault(folded, {})[term] = pages
        self.size = max(1, self.counts.pop(EVERY_PAGE, {}).get(EVERY_PAGE, 0))
        self.corrections: dict[str, Known] = {}

    def reading(self, word: str) -> Word:
        return self.readings.get(word) or analyse(word, self.language)

    def pages(self, word: str) -> int:
        """In how many pages a word stands, in any form."""
        lemma = self.reading(word).lemma
        return max(self.counts.get(fold(word), {}).get(word, 0), self.counts.get(fold(lemma), {}).get(lemma, 0))

    def is_written(self, word: str) -> bool:
        """Whether a page has the word just so."""
        return word in self.counts.get(fold(word), {})

    def variants(self, word: str, wide: bool = False) -> list[str]:
        """The words to look for: as typed where that is known, and what differs from it in dots and accents only.

        Those are added where the typed word is unknown or much rarer, or always (`wide`).
        """
        known, reading = self.pages(word), self.reading(word)
        twins = {
            term: pages
            for folded in {fold(word), fold(reading.lemma)}
            for term, pages in self.counts.get(folded, {}).items()
            if term not in (word, reading.lemma) and (not known or wide or pages >= MUCH_COMMONER * known)
        }
        found, lemmas = [word] if known else [], set()
        for term in sorted(twins, key=lambda term: (-twins[term], term)):
            lemma = analyse(term, self.language).lemma
            if lemma not in lemmas:
                lemmas.add(lemma)
                found.append(term)
        return found[: MOST_VARIANTS + bool(known)]

    def apart(self, word: str) -> tuple[str, str] | None:
        """The two known words that an unknown one is made of; of several pairs the one whose rarer word is commonest."""
        pairs = [pair for pair in halves_of(word, self.language) if all(self.pages(half) for half in pair)]
        return max(pairs, key=lambda pair: min(map(self.pages, pair)), default=None)

    def weight(self, pages: int) -> float:
        return math.log(1 + self.size / (pages + 1))

    def correct(self, unknown: list[str]) -> None:
        """Finds out which words were meant by those that no page has, in one statement."""
        # The base form of a word that no dictionary has is a guess, to which a misspelt word is nearer than to what was meant.
        bases = {
            word: self.reading(word).lemma if is_known(word, self.language) else word
            for word in unknown[:MOST_MISSPELT]
        }
        forms = {
            word: [form for form in dict.fromkeys((fold(word), fold(base))) if len(form) >= SHORTEST]
            for word, base in bases.items()
        }
        wanted = Q(pk__in=[])
        for found in forms.values():
            for form in found:
                # Each alternative names all of an index: with a common factor SQLite would look at every word.
                near = Q(language=self.language, letters__gte=len(form) - 2, letters__lte=len(form) + 2)
                wanted |= near & Q(folded__gte=form[:2], folded__lt=form[0] + chr(ord(form[1]) + 1))
                wanted |= near & Q(skeleton=skeleton(form))
        if not any(forms.values()):
            return
        terms = SearchTerm.objects.alias(letters=Length("folded")).filter(wanted)
        known = [Known(*row) for row in terms.values_list("term", "folded", "pages", "titles")]
        for word, found in forms.items():
            meant = nearest(word, bases[word], known) if found else None
            if meant and analyse(meant.word, self.language).lemma != self.reading(word).lemma:
                self.corrections[word] = meant


class Planner:
    """Makes plans for one question: as it stands, and `wide`, where every word may be meant with other dots."""

    def __init__(self, text: str, language: str, synonyms: Synonyms | None = None):
        self.language, self.synonyms = language, synonyms or Synonyms()
        self.question: Question = read(text)
        self.wanted = self._content()
        asked = {word for wanted in self.wanted for word in wanted.words}
        asked |= {"".join(wanted.words) for wanted in self.wanted if wanted.shape is Shape.HYPHENATED}
        asked |= {joined for place in range(len(self.wanted)) for joined in self._joined(place)}
        asked |= {half for word in asked for halves in halves_of(word, language) for half in halves}
        asked |= {part for word in asked for part in analyse(word, language).parts}
        self.vocabulary = Vocabulary(language, asked)
        # Somebody who types one word without å ä ö does so in all.
        self.types_no_dots = normalised(text).isascii() and any(
            not self.vocabulary.pages(word) and self.vocabulary.variants(word)
            for wanted in self.wanted
            for word in wanted.words
        )
        self.vocabulary.correct(self._unknown())

    def _content(self) -> list[Wanted]:
        """What is wanted without the words that say nothing, unless there are no others."""
        wanted = list(self.question.wanted)
        stop = STOP_WORDS.get(self.language, frozenset())
        if len(wanted) > 3 and any(each.shape is Shape.WORD and each.words[0] in QUESTION_WORDS for each in wanted):
            stop = stop | FILLERS

        def says_nothing(each: Wanted) -> bool:
            word = each.words[0]
            return each.shape is Shape.WORD and (word in stop or (len(word) == 1 and not word.isdigit()))

        return [each for each in wanted if not says_nothing(each)] or wanted

    def _joined(self, place: int) -> list[str]:
        """What the words at and after a place would be as one: *kollega observation*, *forskning cirkel*."""
        pair = self.wanted[place : place + 2]
        if len(pair) < 2 or any(each.shape is not Shape.WORD or len(each.words[0]) < 2 for each in pair):
            return []
        first, second = pair[0].words[0], pair[1].words[0]
        return [first + second, f"{first}s{second}"]

    def _unknown(self) -> list[str]:
        """Words that may be misspelt: no page has them, nor their elements, and they do not stand in quotation marks.

        One that no dictionary has is only guessed to be a form of what pages have.
        """
        known, found = self.vocabulary, []
        for wanted in self.wanted:
            for word in () if wanted.shape is Shape.PHRASE else wanted.words:
                parts = known.reading(word).parts
                is_compound = len(parts) > 1 and all(known.pages(part) for part in parts)
                is_guess = not known.is_written(word) and not is_known(word, self.language)
                if not word.isdigit() and not is_compound and (is_guess or not known.variants(word)):
                    found.append(word)
        return list(dict.fromkeys(found))

    def plan(self, wide: bool = False) -> Plan | None:
        """What to look for, or None where nothing was asked."""
        if not self.wanted:
            return None
        wide = wide or self.types_no_dots
        groups, place = [], 0
        while place < len(self.wanted):
            group, length = self._group(place, wide)
            groups.append(group)
            place += length
        unwanted = tuple(
            any_of([(1.0, Token(analyse(word, self.language).lemma)) for word in found])
            for found in self.question.unwanted
        )
        corrections = {word: known.word for word, known in self.vocabulary.corrections.items()}
        return Plan(self.language, tuple(groups), unwanted, corrections)

    def _group(self, place: int, wide: bool) -> tuple[Group, int]:
        """What is wanted at a place, and how many places it takes up."""
        wanted = self.wanted[place]
        if found := self._synonym(place, wide):
            return found
        if wanted.shape is Shape.PHRASE:
            return self._phrase(wanted), 1
        if wanted.shape is Shape.HYPHENATED:
            return self._hyphenated(wanted, wide), 1
        joined = next((word for word in self._joined(place) if self.vocabulary.variants(word)), None)
        if joined:
            first, second = (self._word(each.words[0], wide) for each in self.wanted[place : place + 2])
            apart = All((first.expression, second.expression))
            together = self._word(joined, wide).expression
            weight, pages = first.weight + second.weight, min(first.pages, second.pages) + 1
            return Group(any_of([(1.0, together), (APART, apart)]), weight, pages), 2
        return self._word(wanted.words[0], wide), 1

    def _word(self, word: str, wide: bool) -> Group:
        """A word in all its forms, and what it may have been meant as."""
        known, choices, pages = self.vocabulary, [], 0
        variants, corrected = known.variants(word, wide), known.corrections.get(word)
        if corrected:
            variants = [corrected.word, *variants]
        apart = known.apart(word) if not known.variants(word) else None
        if apart and not corrected:
            return self._apart(apart, wide)
        for variant in variants or [word]:
            reading = analyse(variant, self.language)
            counted = known.counts.get(fold(reading.lemma), {}).get(reading.lemma, 0)
            pages = max(pages, counted or known.counts.get(fold(variant), {}).get(variant, 0))
            if corrected:
                pages = max(pages, CORRECTED * corrected.pages)
            choices.append((1.0, Token(reading.lemma)))
            choices += [(OTHER_LEMMA, Token(other)) for other in reading.others]
            if len(reading.parts) > 1 and pages < RARE:
                choices.append((PARTS, All(tuple(Token(part) for part in reading.parts))))
        if apart:
            both = self._apart(apart, wide)
            choices.append((APART, both.expression))
            pages += both.pages
        return Group(any_of(choices), known.weight(pages), pages)

    def _apart(self, halves: tuple[str, str], wide: bool) -> Group:
        """Two words that were typed as one."""
        first, second = (self._word(half, wide) for half in halves)
        both = All((first.expression, second.expression))
        return Group(both, first.weight + second.weight, min(first.pages, second.pages))

    def _phrase(self, wanted: Wanted) -> Group:
        """The words as they stand, each in any form. What nobody knows stays as it is: quotation marks mean it."""
        known, tokens = self.vocabulary, []
        for word in wanted.words:
            variant = (known.variants(word) or [word])[0]
            tokens.append(analyse(variant, self.language).lemma)
        expression = Phrase(tuple(tokens)) if len(tokens) > 1 else Token(tokens[0])
        return Group(expression, known.weight(0), min(known.pages(word) for word in wanted.words))

    def _hyphenated(self, wanted: Wanted, wide: bool) -> Group:
        apart = all_of([self._word(word, wide).expression for word in wanted.words])
        together = Token(analyse("".join(wanted.words), self.language).lemma)
        return Group(any_of([(1.0, apart), (1.0, together)]), self.vocabulary.weight(0), EVERYWHERE)

    def _synonym(self, place: int, wide: bool) -> tuple[Group, int] | None:
        """The longest term from here on that editors have given synonyms."""
        lemmas = []
        for wanted in self.wanted[place : place + self.synonyms.longest]:
            if wanted.shape is Shape.PHRASE:
                break
            lemmas += [analyse(word, self.language).lemma for word in wanted.words]
        for length in range(len(lemmas), 0, -1):
            others = self.synonyms.of(tuple(lemmas[:length]))
            places = self._places(place, length)
            if others and places:
                words = [word for wanted in self.wanted[place : place + places] for word in wanted.words]
                own = all_of([self._word(word, wide).expression for word in words])
                choices = [(1.0, own)]
                choices += [(SYNONYM, Phrase(other) if len(other) > 1 else Token(other[0])) for other in others]
                return Group(any_of(choices), self.vocabulary.weight(0), EVERYWHERE), places
        return None

    def _places(self, place: int, length: int) -> int:
        """How many places hold exactly so many words, or 0 where they end within one."""
        places, left = 0, length
        while left > 0:
            left -= len(self.wanted[place + places].words)
            places += 1
        return places if left == 0 else 0
