"""What is looked for, as a tree that every engine translates into its own language and ranking reads too.

The leaves are tokens: base forms as `search.analysis` makes them, which no engine's syntax has a meaning for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Token:
    text: str


@dataclass(frozen=True)
class Phrase:
    """These tokens in this order, next to each other."""

    tokens: tuple[str, ...]


@dataclass(frozen=True)
class All:
    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Any:
    """At least one of the choices; each counts by its weight, 0 to 1."""

    choices: tuple[tuple[float, "Expression"], ...]


Expression: TypeAlias = Token | Phrase | All | Any


def all_of(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def any_of(choices: list[tuple[float, Expression]]) -> Expression:
    """A choice among what differs; the first of equal choices counts."""
    distinct = {expression: weight for weight, expression in reversed(choices)}
    ordered = [(weight, expression) for expression, weight in reversed(distinct.items())]
    return ordered[0][1] if len(ordered) == 1 else Any(tuple(ordered))


def tokens_of(expression: Expression) -> Iterator[str]:
    match expression:
        case Token(text):
            yield text
        case Phrase(tokens):
            yield from tokens
        case All(parts):
            for part in parts:
                yield from tokens_of(part)
        case Any(choices):
            for _weight, choice in choices:
                yield from tokens_of(choice)


def demands_phrase(expression: Expression) -> bool:
    """Whether nothing is found without a phrase, which an engine has to check word by word."""
    return isinstance(expression, Phrase) or (
        isinstance(expression, All) and any(demands_phrase(part) for part in expression.parts)
    )


def has_phrase(expression: Expression) -> bool:
    """Whether a phrase is anywhere in it."""
    match expression:
        case Phrase():
            return True
        case All(parts):
            return any(map(has_phrase, parts))
        case Any(choices):
            return any(has_phrase(choice) for _weight, choice in choices)
    return False
