"""Questions and the pages that they must find, as data: a hit counts when it stands within its rank and nothing forbidden is shown."""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment

from home.models import ImportedPage
from search.analysis import analyse_text
from tests import corpus

DATA = Path(__file__).resolve().parent.parent / "data"
KINDS = {"booktip": "book_tip", "blog": "blog_post"}
HAYSTACK = 2_000  # unrelated pages
PLACES = {"sv": "/sok/", "en": "/en/search/"}


@dataclass(frozen=True)
class Outcome:
    pair: dict
    found: list[str]  # ids of the fixtures, "" for other pages, in order

    @property
    def holds(self) -> bool:
        expected = self.pair["expect"]
        shown = self.found[: expected["max_rank"]] if expected.get("max_rank") else self.found
        return all(wanted in shown for wanted in expected["ids"]) and not set(expected["not_ids"]).intersection(self.found)  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pair['id']} {self.pair['query']!r} wants {self.pair['expect']} found {self.found}"


def read(*names: str) -> tuple[list[dict], list[dict]]:
    """The fixtures and queries of files of pairs."""
    files = [json.loads((DATA / f"{name}.json").read_text()) for name in names]
    return [row for file in files for row in file["fixtures"]], [row for file in files for row in file["queries"]]


def build(*names: str) -> None:
    """The pages of the pairs, as `import_content` makes them, in a haystack of pages that have none of the words asked for."""
    fixtures, queries = read(*names)
    with NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(fixtures, file, ensure_ascii=False)
        file.flush()
        call_command("import_content", file.name, publish=True, reason="Sökprov", stdout=StringIO())
    corpus.add(HAYSTACK, without=frozenset(token for row in queries for token in tokens(row["query"])))


def tokens(text: str) -> set[str]:
    """The base forms in a text, and those of its compounds' elements."""
    read = analyse_text(text, "sv")
    return {*read.lemmas, *read.extras}


def outcomes(*names: str) -> Iterator[Outcome]:
    """Asks every question as a visitor does."""
    _fixtures, queries = read(*names)
    ids = {row.page_id: row.source_id for row in ImportedPage.objects.all()}
    client = Client()
    for pair in queries:
        filters = dict(pair["filters"])
        place = PLACES[filters.pop("locale", "sv")]
        if "kind" in filters:
            filters["kind"] = KINDS.get(filters["kind"], filters["kind"])
        if "category" in filters:
            filters["category"] = code_of(filters["category"])
        content = client.get(place, {"q": pair["query"], **filters}).content.decode()
        pages = re.findall(r'<article class="result[^>]*data-page="(\d+)"', content)
        yield Outcome(pair, [ids.get(int(page), "") for page in pages])


def code_of(label: str) -> str:
    """The code of a category by its Swedish label."""
    from articles.terms import NewsCategory
    from core.models import Theme

    for model in (Theme, NewsCategory):
        if term := model.objects.filter(label_sv=label).first():
            return term.code
    raise LookupError(label)


def main(*names: str) -> None:
    """Builds the pages in an empty portal, asks, and prints what was found: a process for another database."""
    setup_test_environment()
    build(*names)
    sys.stdout.write(json.dumps([outcome.found for outcome in outcomes(*names)]) + "\n")
