"""What `doctor`, `/metrics` and the dashboard ask of an installation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    name: str
    description: str
    value: float


def figures() -> list[Figure]:
    return []
