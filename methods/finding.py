"""Finding a method: what a group has, against what each method takes; ranked, and explained in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

from core.alphabet import key

SPANS = ("group_min", "group_max", "minutes_min", "minutes_max")
EASE = ("preparation", "difficulty", "cost_level", "evidence_strength")
PREPARATION_ORDER = {"none": 0, "short": 1, "long": 2}
UNKNOWN = 9  # after every known value of preparation, difficulty and cost


@dataclass(frozen=True)
class Facts:
    """What is known of one method: people, minutes, codes of terms. None and an empty string are what is not known."""

    pk: int
    title: str
    group_min: int | None = None
    group_max: int | None = None
    minutes_min: int | None = None
    minutes_max: int | None = None
    preparation: str = ""
    difficulty: int | None = None
    cost_level: int | None = None
    evidence_strength: int = 0
    school_forms: frozenset = field(default_factory=frozenset)
    themes: frozenset = field(default_factory=frozenset)

    @property
    def minutes(self) -> int | None:
        """The shortest meeting that the method can do with."""
        return self.minutes_min or self.minutes_max


@dataclass(frozen=True)
class Answer:
    """How one method answers to one demand. `gap` is 0 where it is met, else how far off it is, as a share of the demand."""

    is_met: bool
    words: str
    gap: float = 0.0


@dataclass(frozen=True)
class People:
    """A group of a certain size."""

    value: int
    name = "group"

    def answer(self, facts: Facts) -> Answer:
        low, high = facts.group_min, facts.group_max
        if low and self.value < low:
            return Answer(False, gettext("needs at least %(number)s people") % {"number": low}, low / self.value - 1)
        if high and self.value > high:
            words = gettext("is for at most %(number)s people") % {"number": high}
            return Answer(False, words, 1 - high / self.value)
        if not low and not high:
            return Answer(True, gettext("sets no limit to the size of the group"))
        words = ngettext("suits %(number)s person", "suits %(number)s people", self.value)
        return Answer(True, words % {"number": self.value})

    def nearest(self, facts: Facts) -> int | None:
        """The size nearest to this one that the method is for."""
        return facts.group_min if facts.group_min and self.value < facts.group_min else facts.group_max

    def changed(self, value: int) -> str:
        return gettext("%(number)s people instead of %(asked)s") % {"number": value, "asked": self.value}

    def dropped(self) -> str:
        return gettext("any size of group")


@dataclass(frozen=True)
class Minutes:
    """A meeting of a certain length."""

    value: int
    name = "minutes"

    def answer(self, facts: Facts) -> Answer:
        needed = facts.minutes
        if not needed:
            return Answer(False, gettext("does not say how long a meeting takes"), 1)
        if needed > self.value:
            words = gettext("takes at least %(number)s min") % {"number": needed}
            return Answer(False, words, needed / self.value - 1)
        return Answer(True, gettext("fits in %(number)s min") % {"number": self.value})

    def nearest(self, facts: Facts) -> int | None:
        return facts.minutes

    def changed(self, value: int) -> str:
        return gettext("%(number)s min instead of %(asked)s") % {"number": value, "asked": self.value}

    def dropped(self) -> str:
        return gettext("any time")


@dataclass(frozen=True)
class Named:
    """A term that the method is to be described for: a school form or a theme."""

    code: str
    label: str
    name: str

    def answer(self, facts: Facts) -> Answer:
        values = {"term": self.label[:1].lower() + self.label[1:]}
        if self.name == "theme":
            is_met = self.code in facts.themes
            return Answer(
                is_met,
                (gettext("is about %(term)s") if is_met else gettext("is not about %(term)s")) % values,
                not is_met,
            )
        is_met = self.code in facts.school_forms
        words = gettext("for %(term)s") if is_met else gettext("is not described for %(term)s")
        return Answer(is_met, words % values, not is_met)

    def nearest(self, facts: Facts) -> None:
        return None

    def dropped(self) -> str:
        return gettext("without “%(term)s”") % {"term": self.label}


@dataclass(frozen=True)
class Ranked:
    """A method in its place, with how it answers to each demand."""

    facts: Facts
    answers: list[Answer]

    @property
    def meets(self) -> list[str]:
        return [answer.words for answer in self.answers if answer.is_met]

    @property
    def misses(self) -> list[str]:
        return [answer.words for answer in self.answers if not answer.is_met]

    @property
    def place(self) -> tuple:
        """What the order goes by: demands missed, how far off; then preparation, difficulty, cost, evidence, title."""
        facts = self.facts
        return (
            len(self.misses),
            sum(answer.gap for answer in self.answers),
            PREPARATION_ORDER.get(facts.preparation, UNKNOWN),
            facts.difficulty or UNKNOWN,
            UNKNOWN if facts.cost_level is None else facts.cost_level,
            -facts.evidence_strength,
            key(facts.title, get_language() or settings.LANGUAGE_CODE),
            facts.pk,
        )


def facts_of(methods) -> list[Facts]:
    """The facts of all methods of a queryset, in three statements."""
    terms: dict[str, dict[int, set]] = {"school_forms": {}, "themes": {}}
    keys = methods.order_by().values("pk")
    for name, found in terms.items():
        through = getattr(methods.model, name).through
        column = "schoolform__code" if name == "school_forms" else "theme__code"
        for pk, code in through.objects.filter(methodpage__in=keys).values_list("methodpage_id", column):
            found.setdefault(pk, set()).add(code)
    rows = methods.order_by().values("pk", "title", *SPANS, *EASE)
    return [
        Facts(**row, **{name: frozenset(found.get(row["pk"], ())) for name, found in terms.items()}) for row in rows
    ]


def ranked(methods: Iterable[Facts], demands: list) -> list[Ranked]:
    """The methods, those that meet most demands first."""
    found = [Ranked(facts, [demand.answer(facts) for demand in demands]) for facts in methods]
    return sorted(found, key=lambda method: method.place)


def relaxations(found: list[Ranked], demands: list) -> list[dict]:
    """What to change where no method meets all demands: `{words, name, value, total}`, one demand each.

    `value` is None where the demand is to be dropped; `total` is the number of methods that then meet all.
    """
    ways = []
    for place, demand in enumerate(demands):
        only = [method.facts for method in found if len(method.misses) == 1 and not method.answers[place].is_met]
        values = sorted(filter(None, map(demand.nearest, only)), key=lambda value: abs(value - demand.value))
        if values:
            changed = type(demand)(values[0])
            total = sum(changed.answer(facts).is_met for facts in only)
            ways.append({"words": demand.changed(values[0]), "name": demand.name, "value": values[0], "total": total})
        elif only:
            ways.append({"words": demand.dropped(), "name": demand.name, "value": None, "total": len(only)})
    return ways
