"""The order of letters in each language, the same in Python and in every database.

Databases sort by the rules of the machine they stand on: å before ä before ö at the end of the alphabet in one place, among
the a's and o's in another. Texts are turned into keys whose plain order, character by character, is the language's.
"""

import unicodedata
from functools import lru_cache

from django.db.backends.signals import connection_created
from django.db.models import Func, TextField, Value

# What stands after z in ASCII stands for the letters after z. Keys hold these signs for nothing else.
LAST = {"sv": {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "ü": "y"}}
BASE = {"æ": "a", "ø": "o", "œ": "o", "ð": "d", "đ": "d", "þ": "t", "ł": "l", "ß": "s", "ı": "i"}
SPACES = "-‐‑–—/"
SILENT = "\"'’‘‚“”„«»´`(){|}"
LETTERS = [sign for code in range(ord("A"), 0x180) if (sign := chr(code)).isalpha()]


def _folded(letter: str, language: str) -> str:
    small = letter.lower()[0]
    last = LAST.get(language, {})
    return last.get(small) or BASE.get(small) or unicodedata.normalize("NFD", small)[0]


@lru_cache
def signs(language: str) -> tuple[str, str]:
    """What is replaced and by what, sign by sign. The signs at the end of the first text that have no partner are left out."""
    pairs = [(letter, _folded(letter, language)) for letter in LETTERS]
    changed = [pair for pair in pairs if pair[0] != pair[1]] + [(sign, " ") for sign in SPACES]
    return "".join(sign for sign, _new in changed) + SILENT, "".join(new for _sign, new in changed)


@lru_cache
def _table(language: str) -> dict:
    old, new = signs(language)
    return str.maketrans(old[: len(new)], new, old[len(new) :])


def key(text: str | None, language: str) -> str | None:
    """What a text is sorted by. Capitals, accents and quotation marks make no difference."""
    return None if text is None else text.translate(_table(language))


class Alphabetical(Func):
    """`key()` of a column, computed by the database."""

    function = "ALPHABETICAL"
    output_field = TextField()

    def __init__(self, text, language: str):
        super().__init__(text, Value(language))
        self.language = language

    def as_postgresql(self, compiler, connection, **context):
        translated = Func(
            self.source_expressions[0],
            *map(Value, signs(self.language)),
            function="TRANSLATE",
            template='(%(function)s(%(expressions)s) COLLATE "C")',
        )
        return translated.as_sql(compiler, connection)


def _teach(connection, **kwargs) -> None:
    """SQLite asks Python."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("ALPHABETICAL", 2, key, deterministic=True)


def connect() -> None:
    connection_created.connect(_teach, dispatch_uid="alphabet")
