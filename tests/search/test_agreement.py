"""SQLite, PostgreSQL and Elasticsearch answer alike, and each finds what is meant."""

import json
import os
import subprocess
import sys

import pytest

from search import following
from search.engines import database_engine, resilient
from search.engines.elasticsearch import Elasticsearch
from search.engines.resilient import Breaker
from tests.databases import postgres_database
from tests.search import pairs
from tests.search.test_elasticsearch import delete_indexes
from tests.servers import ROOT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.elasticsearch,
    pytest.mark.postgres,
    pytest.mark.xdist_group("agreement"),
]
NAMES = ("public_pairs", "search_pairs", "search_pairs_untouched")
FOUND, SAME_FIRST, SAME_THREE = 0.95, 0.98, 0.90


@pytest.fixture
def answers(settings, monkeypatch):
    """What each engine finds: `{engine: [outcome, …]}`."""
    found = {}
    with postgres_database() as url:
        other = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v0", "-c", f"from tests.search.pairs import main; main(*{NAMES})"],
            cwd=ROOT,
            env={**os.environ, "TEST_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "settings.test"},
            stdout=subprocess.PIPE,
            text=True,
        )
        pairs.build(*NAMES)
        assert type(database_engine()).__name__ == "SQLite"
        found["sqlite"] = list(pairs.outcomes(*NAMES))
        elastic = {"hosts": [os.environ["TEST_ELASTICSEARCH_URL"]], "auth": None, "prefix": "agreement", "ca": None}
        settings.SEARCH_ENGINE = elastic
        monkeypatch.setattr(resilient, "breaker", Breaker())
        monkeypatch.setattr(resilient, "database_engine", Elasticsearch)  # no help from the database
        try:
            following.rebuild()
            found["elasticsearch"] = list(pairs.outcomes(*NAMES))
        finally:
            delete_indexes()
        out, _errors = other.communicate(timeout=900)
        assert other.returncode == 0
        _fixtures, queries = pairs.read(*NAMES)
        shown = json.loads(out.splitlines()[-1])
        found["postgresql"] = [pairs.Outcome(pair, ids) for pair, ids in zip(queries, shown, strict=True)]
    return found


def share(values: list[bool]) -> float:
    return sum(values) / len(values)


def test_every_engine_finds_what_is_meant_and_all_agree(answers):
    for engine, outcomes in answers.items():
        for number, name in enumerate(NAMES):
            sizes = [len(pairs.read(each)[1]) for each in NAMES]
            own = outcomes[sum(sizes[:number]) : sum(sizes[: number + 1])]
            missed = [str(outcome) for outcome in own if not outcome.holds]
            print(f"{engine}, {name}: {len(own) - len(missed)} of {len(own)}")
            assert share([outcome.holds for outcome in own]) >= FOUND, "\n".join(missed)
    ours = answers.pop("sqlite")
    for engine, outcomes in answers.items():
        first = share([a.found[:1] == b.found[:1] for a, b in zip(ours, outcomes, strict=True)])
        three = share([a.found[:3] == b.found[:3] for a, b in zip(ours, outcomes, strict=True)])
        print(f"{engine} as sqlite: first hit {first:.1%}, first three {three:.1%}")
        assert first >= SAME_FIRST
        assert three >= SAME_THREE


def test_the_index_is_kept_on_postgresql_as_on_sqlite():
    files = ["tests/search/test_index.py", "tests/search/test_answers.py"]
    of_sqlite = ("test_no_question_looks_at_every_word", "test_of_very_many_titles_the_newest_are_ranked")
    others = [f"--deselect=tests/search/test_answers.py::{name}" for name in of_sqlite]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *files, *others],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
            "TEST_DATABASE_URL": os.environ["TEST_POSTGRES_URL"],
            "DJANGO_SETTINGS_MODULE": "settings.test",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-5000:]
