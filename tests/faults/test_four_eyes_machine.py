"""The promise of four eyes under thousands of acts in an order that nobody chose.

`make test` takes a few hundred steps, always the same. `make faults` goes on to the next 20,000 and keeps count in
DATA_DIR/faults/four-eyes.json: a run that is stopped is taken up where it was.
"""

import json
import os
from collections import Counter
from contextlib import contextmanager

import pytest
from django.conf import settings as site
from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.four_eyes_machine import BrokenPromise, FourEyes, World
from tests.faults.removals import STORIES

LONG = os.environ.get("FAULTS") == "long"
STEPS, AT_LEAST, RULES = 20_000, 100, 15
ROUNDS = 20  # of up to fifty acts each, for one seed

pytestmark = pytest.mark.django_db


@contextmanager
def newsroom(tally: Counter):
    """The machine with a world of its own, which is gone afterwards."""
    with transaction.atomic():
        yield type("Newsroom", (FourEyes,), {"world": World(), "tally": tally})
        transaction.set_rollback(True)


def run(number: int, rounds: int, tally: Counter) -> None:
    """Lets the newsroom go on for some rounds, each from the same beginning. The number says how."""
    chosen = settings(
        max_examples=rounds, stateful_step_count=50, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False, print_blob=False,
    )  # fmt: skip
    with newsroom(tally) as machine:
        run_state_machine_as_test(seed(number)(machine), settings=chosen)


def test_a_text_is_public_only_if_someone_else_approved_it_whatever_happens():
    if not LONG:
        tally = Counter()
        run(2, 8, tally)
        assert tally["approvals"] > 5  # it got somewhere
        return
    kept = site.DATA_DIR / "faults/four-eyes.json"
    kept.parent.mkdir(exist_ok=True)
    tally = Counter(json.loads(kept.read_text()) if kept.exists() else {})
    goal = (tally["steps"] // STEPS + 1) * STEPS
    while tally["steps"] < goal:
        run(tally["seed"], ROUNDS, tally)
        tally["seed"] += 1
        kept.write_text(json.dumps(tally, indent=1, sort_keys=True, ensure_ascii=False))
    fired = [name for name, times in tally.items() if f"{name}, done" in tally and times >= AT_LEAST]
    assert len(fired) >= RULES, tally
    assert 0.05 <= tally["requests"] / tally["steps"] <= 0.2


def play(story) -> None:
    """Goes through acts one by one, as the machine would."""
    with newsroom(Counter()) as machine:
        state = machine()
        try:
            for name, drawn in story:
                getattr(state, name)(**drawn)
                state.a_text_is_public_only_if_someone_else_approved_exactly_that_text()
        finally:
            state.teardown()


@pytest.mark.parametrize("remove", STORIES, ids=lambda remove: remove.__name__)
def test_without_the_guard_the_machine_finds_a_violation(remove, monkeypatch):
    play(STORIES[remove])
    remove(monkeypatch)
    with pytest.raises(BrokenPromise):
        play(STORIES[remove])
