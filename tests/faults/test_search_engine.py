"""The search engine is stopped, killed and started again: visitors find, editors publish, and the two agree a minute later."""

import json
import signal
import time
import urllib.parse
import urllib.request

import pytest

from tests.servers import Elastic, start_portal, until

pytestmark = [pytest.mark.elasticsearch, pytest.mark.xdist_group("own-elasticsearch")]
VISITOR, HEALED = 1.0, 60.0  # seconds


@pytest.fixture
def elastic():
    engine = Elastic()
    try:
        engine.start()
        yield engine
    finally:
        engine.remove()


@pytest.fixture
def portal(tmp_path_factory, inbox, elastic):
    url = f"elasticsearch://127.0.0.1:{elastic.port}/faults"
    portal = start_portal(tmp_path_factory.mktemp("search"), None, inbox, demo=False, SEARCH_URL=url)
    yield portal
    portal.stop()


def publish(portal, folder, title: str) -> None:
    row = {"id": title, "type": "news", "title": title, "intro": "Kort.", "body": "<p>Text.</p>"}
    file = folder / "row.json"
    file.write_text(json.dumps([row]))
    portal.manage("import_content", str(file), "--publish", "--reason", "Prov")


def search(portal, text: str) -> tuple[str, float]:
    """The page of hits, and the seconds that it took."""
    began = time.monotonic()
    with urllib.request.urlopen(f"{portal.url}/sok/?{urllib.parse.urlencode({'q': text})}", timeout=20) as answer:
        return answer.read().decode(), time.monotonic() - began


def agree(portal) -> bool:
    """Whether engine, index and public pages are one."""
    return portal.attempt("search_rebuild", "--check").returncode == 0


def heal(portal, after: str) -> None:
    """Waits for the two to agree, and says how long it took."""
    began = time.monotonic()
    until(lambda: agree(portal), HEALED, f"that engine and database agree {after}")
    print(f"engine and database agree {after}: {time.monotonic() - began:.0f} s")


def test_an_engine_that_is_stopped_or_killed_costs_visitors_and_editors_nothing(portal, elastic, tmp_path):
    publish(portal, tmp_path, "Besynnerlig rubrik")
    heal(portal, "at first")
    search(portal, "besynnerlig")
    alone = min(search(portal, "besynnerlig")[1] for _time in range(3))

    elastic.signal(signal.SIGSTOP)
    content, took = search(portal, "besynnerliga")
    assert "Besynnerlig</mark> rubrik" in content
    assert took - alone < VISITOR
    publish(portal, tmp_path, "Sällsam rubrik")
    assert "Sällsam</mark>" in search(portal, "sällsamma")[0]
    elastic.signal(signal.SIGCONT)
    heal(portal, "after a stop")

    elastic.kill()
    content, took = search(portal, "sällsam")
    assert "Sällsam</mark>" in content
    assert took - alone < VISITOR
    publish(portal, tmp_path, "Förunderlig rubrik")
    assert "Förunderlig</mark>" in search(portal, "förunderliga")[0]
    elastic.start()
    heal(portal, "after a crash")
