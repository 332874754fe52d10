"""Swedish compounds taken apart: *kollegaobservation* is *kollega* and *observation*.

Every word of the lexicon that is not a compound of known words stays whole. The lists below are closed classes of the
language and elements that look like words but mislead; they were found by counting over the lexicon, not taken from pages.
"""

import re
from functools import lru_cache

from search.lexicon import lexicon

SHORTEST = 6  # letters of a compound
SHORTEST_PART = 3
DEPTH = 2  # a first element may itself be a compound: skolbibliotekskort
VOWELS = frozenset("aeiouyåäö")

# Prepositions, prefixes and endings of prefixes: what begins with them is a derivation.
PARTICLES = frozenset(
    [
        "för",
        "upp",
        "opp",
        "ned",
        "ner",
        "mis",
        "med",
        "sam",
        "mot",
        "till",
        "från",
        "ut",
        "in",
        "av",
        "an",
        "bi",
        "om",
        "på",
        "vid",
        "under",
        "över",
        "efter",
        "genom",
        "fram",
        "bort",
        "åter",
        "hop",
        "sön",
        "miss",
        "väl",
        "lik",
        "all",
        "här",
        "där",
        "hän",
        "när",
        "sen",
        "van",
        "ill",
        "neo",
        "sub",
        "des",
        "dis",
        "oav",
        "oin",
        "oan",
        "obe",
        "kon",
        "pro",
        "kom",
        "pre",
        "per",
        "trans",
        "inne",
        "ute",
        "utan",
        "mellan",
        "bak",
        "vår",
    ]
)
# Of three letters only those that begin, or end, many compounds and nothing else.
SHORT_FIRST = frozenset(
    [
        "små",
        "liv",
        "bil",
        "hög",
        "fri",
        "tid",
        "mat",
        "val",
        "trä",
        "sjö",
        "sol",
        "snö",
        "död",
        "jul",
        "blå",
        "hem",
        "kön",
        "dag",
        "syd",
        "eld",
        "lag",
        "vin",
        "bok",
        "hav",
        "fel",
        "gas",
        "väg",
        "ord",
        "mål",
        "ägg",
        "bio",
        "hus",
        "nät",
        "del",
        "låg",
        "års",
        "bus",
        "nöd",
        "röd",
        "tåg",
        "sak",
        "bad",
        "tre",
        "ben",
        "sim",
        "läs",
        "lär",
        "län",
        "tal",
        "kök",
        "grå",
        "fot",
        "fem",
        "tak",
        "hår",
        "båt",
        "lyx",
        "ras",
        "hud",
        "rök",
        "ost",
        "öst",
        "kur",
        "ton",
        "två",
        "bas",
        "dam",
        "mån",
        "gul",
        "arv",
        "råd",
        "bro",
        "syn",
        "idé",
        "arm",
        "gud",
        "lek",
        "våg",
        "rum",
        "eko",
        "rid",
        "rör",
        "lov",
        "ung",
        "grupp",
        "yrk",
        "elv",
        "lös",
        "hör",
        "skr",
        "kör",
    ]
)
SHORT_LAST = frozenset(
    [
        "lag",
        "hus",
        "tid",
        "dag",
        "bok",
        "tal",
        "rum",
        "väg",
        "mål",
        "bil",
        "del",
        "båt",
        "ord",
        "val",
        "råd",
        "liv",
        "våg",
        "ben",
        "mat",
        "led",
        "bit",
        "ton",
        "tåg",
        "fel",
        "nät",
        "lån",
        "zon",
        "hem",
        "lek",
        "tak",
        "lön",
        "fot",
        "sal",
        "typ",
        "bud",
        "bro",
        "bas",
        "tur",
        "akt",
        "syn",
        "kök",
        "kod",
        "sak",
        "köp",
        "vän",
        "kår",
    ]
)
# Endings of words that are words themselves by chance.
NO_LAST = frozenset(
    [
        "ande",
        "endes",
        "ring",
        "ren",
        "are",
        "else",
        "het",
        "skap",
        "dom",
        "lig",
        "isk",
        "bar",
        "serum",
        "lera",
        "liga",
        "tana",
        "sion",
        "tion",
        "visning",
        "tie",
        "ental",
        "liten",
        "elit",
        "vite",
        "abel",
        "imma",
        "löshet",
        "stek",
        "sövning",
        "ika",
        "iska",
        "arna",
        "era",
        "eri",
        "ism",
        "ing",
        "son",
        "man",
        "kap",
        "ida",
        "ker",
        "teg",
        "tor",
        "tat",
        "tam",
        "sår",
    ]
) - {"visning"}
# Words that take an s when something follows: forsknings-, möjlighets-, lärarskaps-.
LINKED_BY_S = re.compile(
    r"(?:ing|ion|het|tet|skap|dom|ens|els|et|ånd|nad|ment|ling|arbet|ledar|kunskap|förmåg|stånd)s$"
)


def _whole_words(element: str):
    """`(cost, word)` for each word whose form in a compound may be `element`, whether or not the word exists."""
    yield 0.0, element
    if element.endswith("s") and len(element) > SHORTEST_PART:
        yield (-0.2 if LINKED_BY_S.search(element) else 0.3), element[:-1]  # forsknings-
        yield 0.2, element[:-1] + "e"  # arbets-
    yield (0.2 if len(element) <= 4 else 0.6), element + "a"  # skol-, skriv-
    yield 0.25, element + "e"  # lärar-
    if element[-1] in "ou" and len(element) > SHORTEST_PART:
        yield 0.3, element[:-1] + "a"  # kyrko-, gatu-
    if element.endswith("e") and len(element) > SHORTEST_PART:
        yield 0.4, element[:-1] + "a"  # läse-


@lru_cache(20_000)
def first_element(element: str) -> tuple[float, str] | None:
    """The cost and the word of a compound's first element, or None if no word looks like that in a compound."""
    if len(element) < SHORTEST_PART or element in PARTICLES:
        return None
    if len(element) == SHORTEST_PART and element not in SHORT_FIRST:
        return None
    words = lexicon("sv")
    for cost, word in _whole_words(element):
        if len(word) >= SHORTEST_PART and word not in PARTICLES and words.is_lemma(word):
            return cost, word
    return None


def _last_element(element: str) -> str | None:
    """The word whose form ends a compound, or None."""
    if element in NO_LAST:
        return None
    word = next(iter(lexicon("sv").lemmas(element)), "")
    if len(word) < SHORTEST_PART or word in NO_LAST or word in PARTICLES:
        return None
    return None if len(word) == SHORTEST_PART and word not in SHORT_LAST else word


@lru_cache(20_000)
def split(word: str, depth: int = 0) -> tuple[str, ...]:
    """The words that a lower-case compound is made of, the head last; empty if it is none.

    The fewest and cheapest elements win, then the longest head.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return ()
    best: tuple[tuple[float, int], tuple[str, ...]] | None = None
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
        first, last = word[:at], word[at:]
        if VOWELS.isdisjoint(first) or VOWELS.isdisjoint(last):
            continue
        head = _last_element(last)
        if head is None:
            continue
        if found := first_element(first):
            cost, parts = found[0], (found[1],)
        else:
            cost, parts = 0.5, _first_compound(first, depth)
        rank = (len(parts) + cost, -len(last))
        if parts and (best is None or rank < best[0]):
            best = rank, (*parts, head)
    return best[1] if best else ()


def _first_compound(element: str, depth: int) -> tuple[str, ...]:
    """The words of a first element that is a compound itself."""
    if depth >= DEPTH or len(element) < SHORTEST:
        return ()
    whole = [element, *([element[:-1]] if element.endswith("s") else []), element + "a", element + "e"]
    return next(filter(None, (split(word, depth + 1) for word in whole)), ())


def head_of(word: str) -> str:
    """The head of a compound as it is written in it, for *läs- och skrivutveckling*; empty if it is no compound."""
    parts = split(word)
    for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1) if parts else ():
        if lexicon("sv").lemmas(word[at:])[:1] == parts[-1:]:
            return word[at:]
    return ""
