"""Words that editors say mean the same, as base forms: what a question may find besides its own words."""

from collections import defaultdict
from collections.abc import Iterable

from django.core.cache import cache

from search.analysis import STOP_WORDS, analyse, normalised, words
from search.models import KEPT, Synonym


class Synonyms:
    """For a term, as the base forms of its words, the other terms to look for. Words that say nothing do not count in a key."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = (), language: str = "sv"):
        self.language = language
        self.others: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
        for term, other in pairs:
            key, tokens = self._key(term), self._tokens(other)
            if key and tokens and tokens not in self.others[key]:
                self.others[key].append(tokens)
        self.longest = max(map(len, self.others), default=0)

    def of(self, lemmas: tuple[str, ...]) -> list[tuple[str, ...]]:
        return self.others.get(lemmas, [])

    def _tokens(self, term: str) -> tuple[str, ...]:
        return tuple(analyse(word, self.language).lemma for word in words(normalised(term)))

    def _key(self, term: str) -> tuple[str, ...]:
        stop = STOP_WORDS.get(self.language, frozenset())
        found = list(words(normalised(term)))
        return tuple(analyse(word, self.language).lemma for word in found if word not in stop or len(found) == 1)


def synonyms(language: str) -> Synonyms:
    """What editors have said, as of `KEPT` seconds ago at the latest."""
    pairs = cache.get_or_set(_key(language), lambda: list(Synonym.pairs(language)), KEPT)
    return Synonyms(pairs, language)


def forget() -> None:
    """Lets this process, and all where the cache is shared, read the synonyms anew."""
    cache.delete_many([_key("sv"), _key("en")])


def _key(language: str) -> str:
    return f"search-synonyms-{language}"
