"""What a word is a form of: one file for each language, mapped into memory and so shared by all processes.

The forms are simplemma's. The package's code is MIT, its data is not (ODbL, Wiktionary, CC BY: see THIRD_PARTY.md), so the
compiled file is made on the machine that uses it and never kept in the repository. Reading it with `mmap` costs a
process next to nothing; the package's own dictionary costs it about 200 MB.
"""

import fcntl
import itertools
import mmap
import os
import struct
import zlib
from array import array
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

FORMAT = 3  # raised when the layout of the file or the choice of lemmas changes
HEADER = struct.Struct("<8s4I")
MAGIC = b"KLEXICON"
BITS = 19  # of a form's hash that choose its bucket: one or two forms stand in each
MAX_LEMMAS = 3
MAX_FORM = 40  # letters
# A form may belong to a second word, which its definite forms reveal: tänder (tända) is also the plural of tand, as tänderna shows.
# Nouns of verbs in -era are no forms of other nouns: simplemma has some among the forms of the noun that the verb is made from.
OWN_ENDING = "ering"
REVEALING = ("na", "en", "et", "n", "t")


def path_of(language: str) -> Path:
    return settings.DATA_DIR / "lexicon" / f"{language}-{version('simplemma')}-{FORMAT}.bin"


def lemmas_of_forms(forms: dict[str, str]) -> dict[str, list[str]]:
    """For each lower-case form the words that it may be a form of, likeliest first, at most `MAX_LEMMAS`."""
    heads = set(forms.values())
    found = {}
    for form, lemma in forms.items():
        if form.endswith(OWN_ENDING) and not lemma.endswith(OWN_ENDING):
            lemma = form
        # A form that heads words of its own is first of all itself.
        lemmas = [form] if form in heads else []
        longer = [form + ending for ending in REVEALING if len(form) > 3]
        revealed = [forms[other] for other in longer if forms.get(other, other) != other]
        lemmas += [candidate for candidate in (lemma, *revealed) if candidate != form]
        found[form] = list(dict.fromkeys(lemmas or [form]))[:MAX_LEMMAS]
    for head in heads:
        if head.isalpha():
            found.setdefault(head, [head])
    return found


def read_forms(language: str) -> dict[str, str]:
    """simplemma's dictionary in lower case: `{form: lemma}`. Where two forms differ in case only, the lower-case one counts."""
    from simplemma.strategies.dictionaries import DefaultDictionaryFactory  # 200 MB: only where a file is compiled

    dictionary = DefaultDictionaryFactory().get_dictionary(language)
    forms: dict[str, str] = {}
    for form in dictionary:
        lower = form.lower()
        if lower.isalpha() and len(lower) <= MAX_FORM and (form == lower or lower not in forms):
            forms[lower] = dictionary[form].lower()
    return forms


def build(language: str, path: Path) -> int:
    """Compiles the forms of a language into `path`, at once or not at all. Returns the number of forms.

    Layout: header (magic, number of forms, bytes of forms, bytes of rules, padding), the number of the first form of each
    bucket (uint32, one more than buckets), offsets (uint32, one more than forms), the number of each form's rule (uint16),
    the rules, the forms in the order of their hashes. A rule says for each lemma how many letters to take off the form and
    what to put there instead.
    """
    found = lemmas_of_forms(read_forms(language))
    rules: dict[tuple, int] = {}
    offsets, numbers, blob = array("I", [0]), array("H"), bytearray()
    starts = array("I", bytes(4 * (2**BITS + 1)))
    for form in sorted(found, key=lambda form: (_bucket(form.encode()), form)):
        starts[_bucket(form.encode()) + 1] += 1
        rule = tuple(_change(form, lemma) for lemma in found[form])
        if rule not in rules and len(rules) == 0xFFFF:
            rule = rule[:1]
        numbers.append(rules.setdefault(rule, len(rules)))
        blob += form.encode()
        offsets.append(len(blob))
    starts = array("I", itertools.accumulate(starts))
    if len(numbers) % 2:
        numbers.append(0)
    text = "\n".join("|".join(f"{cut},{ending}" for cut, ending in rule) for rule in rules).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            file.write(HEADER.pack(MAGIC, len(found), len(blob), len(text), 0))
            for piece in (starts.tobytes(), offsets.tobytes(), numbers.tobytes(), text, blob):
                file.write(piece)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return len(found)


def _bucket(form: bytes) -> int:
    return zlib.crc32(form) >> (32 - BITS)


def _change(form: str, lemma: str) -> tuple[int, str]:
    shared = next(
        (at for at, (a, b) in enumerate(zip(form, lemma, strict=False)) if a != b), min(len(form), len(lemma))
    )
    return len(form) - shared, lemma[shared:]


class Lexicon:
    """The compiled forms of a language. Raises ValueError for a file that is none."""

    def __init__(self, path: Path):
        with path.open("rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        magic, self.count, length, rules, _padding = HEADER.unpack(self.map[: HEADER.size])
        view = memoryview(self.map)
        start = HEADER.size + 4 * (2**BITS + 1)
        offsets_end = start + 4 * (self.count + 1)
        numbers_end = offsets_end + 2 * (self.count + self.count % 2)
        self.start = numbers_end + rules
        if magic != MAGIC or len(view) != self.start + length:
            raise ValueError(f"{path} is not a lexicon; remove it, and it is made anew")
        self.starts = view[HEADER.size : start].cast("I")
        self.offsets = view[start:offsets_end].cast("I")
        self.numbers = view[offsets_end:numbers_end].cast("H")
        self.rules = [
            [(int(cut), ending) for cut, ending in (change.split(",", 1) for change in rule.split("|"))]
            for rule in self.map[numbers_end : self.start].decode().split("\n")
        ]
        self.lemmas = lru_cache(20_000)(self._lemmas)

    def _lemmas(self, form: str) -> tuple[str, ...]:
        """The words that a lower-case form may be a form of, likeliest first; empty for an unknown one."""
        wanted = form.encode()
        bucket = _bucket(wanted)
        for number in range(self.starts[bucket], self.starts[bucket + 1]):
            if self._form(number) == wanted:
                return tuple(form[: len(form) - cut] + ending for cut, ending in self.rules[self.numbers[number]])
        return ()

    def _form(self, number: int) -> bytes:
        return self.map[self.start + self.offsets[number] : self.start + self.offsets[number + 1]]

    def is_lemma(self, word: str) -> bool:
        return word in self.lemmas(word)


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of a language, compiled if this machine has none yet. Processes that ask at once compile it once."""
    path = path_of(language)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                build(language, path)
    return Lexicon(path)
