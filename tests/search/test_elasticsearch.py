"""Elasticsearch, a real one: it follows the index in the database, and whatever happens to it visitors get their answer."""

import http.server
import socket
import ssl
import threading
import time
import urllib.request
import uuid
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import hypothesis
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import strategies

from core.models import Theme
from search import following
from search.engines import elasticsearch as engine
from search.engines import resilient
from search.engines.resilient import Breaker, Resilient
from search.index import Progress
from search.models import SearchChange, SearchHealth, SearchText
from search.query import Answer, Asked
from search.tables import Tables
from tests.search.test_answers import EXAMPLES, ask_everything, typed
from tests.servers import until
from tests.world import make_page, publish

pytestmark = [pytest.mark.django_db, pytest.mark.elasticsearch]
SECOND = 1.0  # what a visitor may wait, of which the engine has less


def hits(text: str, language: str = "sv", **filters) -> list[int]:
    answer = Answer(Asked(text, language, filters))
    return [hit.page_id for hit in answer.hits(answer[0:10])]


def empty_the_database_index() -> None:
    Tables().remove(list(SearchText.objects.values_list("page_id", flat=True)))


def refresh() -> None:
    engine.client(engine.WRITING).indices.refresh(index="*")


def follow() -> None:
    following.follow()
    refresh()


def use(settings, url: str, **values) -> None:
    settings.SEARCH_ENGINE = {**settings.SEARCH_ENGINE, "hosts": [url], **values}


@pytest.fixture
def elastic(settings, monkeypatch):
    """An engine of this test's own: a prefix in the real server, filled with what is public."""
    import os

    prefix = f"test-{uuid.uuid4().hex[:10]}"
    settings.SEARCH_ENGINE = {
        "hosts": [os.environ["TEST_ELASTICSEARCH_URL"]],
        "auth": None,
        "prefix": prefix,
        "ca": None,
    }
    monkeypatch.setattr(resilient, "breaker", Breaker())
    real = dict(settings.SEARCH_ENGINE)
    following.rebuild()
    SearchChange.objects.all().delete()
    yield engine
    settings.SEARCH_ENGINE = real
    delete_indexes()


def delete_indexes() -> None:
    for name in [*engine.indexes_of("sv"), *engine.indexes_of("en")]:
        engine.client(engine.WRITING).options(ignore_status=404).indices.delete(index=name)


class Proxy(http.server.ThreadingHTTPServer):
    """Stands before the real server and answers what a test wants to see: passes on, refuses, hangs, lies."""

    daemon_threads = True

    def __init__(self, target: str):
        self.target, self.mode, self.asked, self.credentials = target, "pass", [], []
        self.hang = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_any(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else None
        self.server.asked.append(self.path)
        self.server.credentials.append(self.headers.get("Authorization"))
        if self.server.mode == "hang":
            self.server.hang.wait(10)
        if isinstance(self.server.mode, int):
            return self.answer(self.server.mode, b'{"error": "as the test wants it"}')
        if self.server.mode == "busy" and "_bulk" in self.path:
            return self.answer(429, b'{"error": "as the test wants it"}')
        if self.server.mode == "garbage":
            return self.answer(200, b'{"hits": 1}')
        wanted = {name: value for name, value in self.headers.items() if name.lower() in ("content-type", "accept")}
        request = urllib.request.Request(f"{self.server.target}{self.path}", body, wanted, method=self.command)
        try:
            with urllib.request.urlopen(request) as answer:
                self.answer(answer.status, answer.read(), answer.headers["Content-Type"])
        except urllib.error.HTTPError as error:
            self.answer(error.code, error.read(), error.headers["Content-Type"])

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any

    def answer(self, status: int, body: bytes, kind: str = "application/vnd.elasticsearch+json;compatible-with=8"):
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", kind or "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def proxied(settings, certificate=None):
    """A proxy before the engine, which the settings name from here on. With a certificate it speaks TLS."""
    proxy = Proxy(settings.SEARCH_ENGINE["hosts"][0])
    scheme = "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        proxy.socket = context.wrap_socket(proxy.socket, server_side=True)
        scheme = "https"
    thread = threading.Thread(target=proxy.serve_forever, daemon=True)
    thread.start()
    real = settings.SEARCH_ENGINE
    use(settings, f"{scheme}://127.0.0.1:{proxy.server_port}")
    try:
        yield proxy
    finally:
        settings.SEARCH_ENGINE = real
        proxy.hang.set()
        proxy.shutdown()
        proxy.server_close()


def test_hits_come_from_the_engine_when_the_database_has_none(elastic):
    page = make_page(title="Besynnerlig rubrik", themes=[Theme.objects.get(code="assessment")])
    follow()
    empty_the_database_index()
    assert hits("besynnerliga rubriker") == [page.pk]
    answer = Answer(Asked("besynnerlig", "sv"))
    assert answer.total == 1
    assert answer.counts("theme") == {"assessment": 1}
    assert "Besynnerlig" in answer.hits(answer[0:10])[0].title_html


def test_hits_come_from_the_database_when_the_engine_has_none(elastic):
    page = make_page(title="Besynnerlig rubrik")
    client = engine.client(engine.WRITING)
    for key, _checksum, _is_ours in list(engine.contents(engine.alias("sv"))):
        client.delete(index=engine.alias("sv"), id=key, refresh=True)
    assert hits("besynnerlig") == [page.pk]
    delete_indexes()
    assert hits("besynnerlig") == [page.pk]


def test_the_engine_follows_what_is_published_and_taken_down(elastic):
    page = make_page(title="Besynnerlig rubrik")
    follow()
    assert [found.page_id for found in engine.Elasticsearch().top(lookup("besynnerlig"), 10)] == [page.pk]
    assert following.waiting() == 0
    page.unpublish()
    follow()
    assert not engine.Elasticsearch().top(lookup("besynnerlig"), 10)


def lookup(text: str):
    return Answer(Asked(text, "sv"), engine=Resilient().database).lookup


def test_filters_dates_and_expiry_are_as_in_the_database(elastic):
    theme = Theme.objects.get(code="assessment")
    first = make_page(title="Besynnerlig rubrik", themes=[theme])
    second = make_page(title="Besynnerlig och sen")
    make_page(title="Besynnerlig men slut", expire_at=timezone.now() + timedelta(seconds=1))
    follow()
    until(lambda: not hits("slut"), what="the end of a page by the clock")
    assert set(hits("besynnerlig")) == {first.pk, second.pk}
    assert hits("besynnerlig", theme=("assessment",)) == [first.pk]
    assert Answer(Asked("besynnerlig", "sv", newest_first=True))[0:1][0].page_id == second.pk
    titles = engine.Elasticsearch().titles(replace(lookup("besynnerlig"), newest_first=True), 10)
    assert [found.page_id for found in titles] == [second.pk, first.pk]
    assert not hits("besynnerlig -sen -rubrik")


def test_what_waits_is_not_written_before_there_is_an_index_of_ours(elastic):
    """An engine that is new makes an index of whatever is written to it, in which our tokens are something else."""
    make_page(title="Besynnerlig rubrik")
    delete_indexes()
    follow()
    assert not following.all_differences()
    for language in ("sv", "en"):
        mappings = engine.client().indices.get_mapping(index=engine.alias(language))
        assert [*mappings] == engine.indexes_of(language)
        assert all(kept["mappings"]["dynamic"] == "false" for kept in mappings.values())


def test_a_late_write_brings_nothing_back(elastic):
    page = make_page(title="Besynnerlig rubrik")
    change = SearchChange.objects.get(page_id=page.pk).pk
    late = list(engine.operations([following.stored([page.pk])[page.pk].entry], change))
    page.unpublish()
    follow()
    following.write(iter(late))
    refresh()
    assert not engine.Elasticsearch().top(lookup("besynnerlig"), 10)
    assert not following.all_differences()


def test_wrong_and_missing_and_foreign_documents_are_found_and_mended(elastic):
    pages = [make_page(title=f"Besynnerlig rubrik {number}") for number in range(3)]
    follow()
    client, index = engine.client(engine.WRITING), engine.alias("sv")
    client.delete(index=index, id=str(pages[0].pk))
    client.update(index=index, id=str(pages[1].pk), doc={"shown": {"title": "Fel rubrik"}})
    client.index(index=index, id="99999", document={"title": "påhittad", "page_id": 99999})
    client.index(index=index, id="konstig", document={"title": "påhittad"}, refresh=True)
    assert set(following.all_differences()) >= {pages[0].pk, pages[1].pk, 99999}
    following.heal()
    refresh()
    assert not following.all_differences()
    assert set(hits("besynnerlig")) == {page.pk for page in pages}


def test_a_rebuild_is_made_beside_and_put_in_place_at_once(elastic):
    page = make_page(title="Besynnerlig rubrik")
    follow()
    before = engine.indexes_of("sv")
    late = make_page(title="Sällsam rubrik", live=False)

    def meanwhile(progress: Progress) -> None:
        if progress.done == progress.total and not late.live:
            assert [found.page_id for found in engine.Elasticsearch().top(lookup("besynnerlig"), 10)] == [page.pk]
            publish(late.get_latest_revision())
            late.live = True

    following.rebuild(meanwhile)
    follow()
    assert len(engine.indexes_of("sv")) == 1
    assert engine.indexes_of("sv") != before
    assert not following.all_differences()
    assert [found.page_id for found in engine.Elasticsearch().top(lookup("sällsam"), 10)] == [late.pk]


def test_a_rebuild_that_fails_leaves_the_engine_as_it_was(elastic):
    page = make_page(title="Besynnerlig rubrik")
    follow()
    before = engine.indexes_of("sv")

    def fail(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        following.build("sv", fail)
    assert engine.indexes_of("sv") == before
    assert hits("besynnerlig") == [page.pk]


@pytest.mark.parametrize("mode", [429, 500, 503, "garbage", "hang"])
def test_visitors_get_their_answer_from_the_database_when_the_engine_fails(elastic, settings, client, mode):
    page = make_page(title="Besynnerlig rubrik")
    follow()
    client.get("/sok/", {"q": "besynnerlig"})  # what is read once in a process is read
    settings.SEARCH_ENGINE, kept = None, settings.SEARCH_ENGINE
    began = time.monotonic()
    client.get("/sok/", {"q": "besynnerlig"})
    alone = time.monotonic() - began
    settings.SEARCH_ENGINE = kept
    with proxied(settings) as proxy:
        proxy.mode = mode
        began = time.monotonic()
        content = client.get("/sok/", {"q": "besynnerlig"}).content.decode()
        took = time.monotonic() - began
        assert page.url in content
        assert took - alone < SECOND
        asked = len(proxy.asked)
        assert asked == 1
        assert page.url in client.get("/sok/", {"q": "besynnerlig"}).content.decode()
        assert len(proxy.asked) == asked, "an engine that has just failed is left alone"


def test_an_engine_that_is_not_there_is_noticed_by_nobody(elastic, settings, client):
    page = make_page(title="Besynnerlig rubrik")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        use(settings, f"http://127.0.0.1:{probe.getsockname()[1]}")
    assert page.url in client.get("/sok/", {"q": "besynnerlig"}).content.decode()
    page.title = "Sällsam rubrik"
    publish(page.save_revision())
    assert page.url in client.get("/sok/", {"q": "sällsam"}).content.decode()
    assert following.waiting() > 0
    with pytest.raises(CommandError):
        call_command("search_rebuild", "--check")


def test_an_engine_that_comes_back_is_asked_again(elastic, settings, monkeypatch):
    page = make_page(title="Besynnerlig rubrik")
    follow()
    with proxied(settings) as proxy:
        proxy.mode = 503
        assert hits("besynnerlig") == [page.pk]
        proxy.mode = "pass"
        monkeypatch.setattr(resilient.breaker, "closed_until", time.monotonic() - 1)
        empty_the_database_index()
        assert hits("besynnerlig") == [page.pk]


def test_the_worker_waits_for_an_engine_and_then_catches_up(elastic, settings):
    follower = following.Follower()
    follower()
    page = make_page(title="Besynnerlig rubrik")
    with proxied(settings) as proxy:
        proxy.mode = 503
        follower()
        assert follower.pause >= following.FIRST_PAUSE
        assert SearchHealth.objects.get(name="engine").error
        asked = len(proxy.asked)
        follower()
        assert len(proxy.asked) == asked, "it waits before it tries again"
        proxy.mode, follower.next_try = "pass", 0.0
        follower()
        assert not SearchHealth.objects.get(name="engine").error
    refresh()
    assert following.waiting() == 0
    assert not following.all_differences()
    assert [found.page_id for found in engine.Elasticsearch().top(lookup("besynnerlig"), 10)] == [page.pk]


def test_an_engine_that_is_busy_is_given_time_and_loses_nothing(elastic, settings, monkeypatch):
    make_page(title="Besynnerlig rubrik")
    with proxied(settings) as proxy:
        proxy.mode = "busy"
        timer = threading.Timer(1.5, lambda: setattr(proxy, "mode", "pass"))
        timer.start()
        following.follow()
        timer.join()
        assert sum("_bulk" in path for path in proxy.asked) > 1
    refresh()
    assert not following.all_differences()


def test_two_workers_do_not_write_at_once(elastic):
    from search import tables

    page = make_page(title="Besynnerlig rubrik")
    other = tables.connection.copy()
    try:
        with tables.sole_follower(other):
            following.Follower()()
            assert SearchChange.objects.filter(page_id=page.pk).exists()
    finally:
        other.close()


def test_user_password_and_tls_are_used(elastic, settings, tmp_path):
    certificate = own_certificate(tmp_path)
    page = make_page(title="Besynnerlig rubrik")
    follow()
    empty_the_database_index()
    with proxied(settings, certificate) as proxy:
        use(settings, settings.SEARCH_ENGINE["hosts"][0], auth=("sök", "hemligt:ord"), ca=str(certificate))
        assert urlsplit(settings.SEARCH_ENGINE["hosts"][0]).scheme == "https"
        assert hits("besynnerlig") == [page.pk]
        assert all(found and found.startswith("Basic ") for found in proxy.credentials)


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(elastic, settings, tmp_path):
    page = make_page(title="Besynnerlig rubrik")
    follow()
    with proxied(settings, own_certificate(tmp_path)) as proxy:
        assert hits("besynnerlig") == [page.pk]
        assert not proxy.asked


def test_of_several_nodes_one_is_enough(elastic, settings):
    page = make_page(title="Besynnerlig rubrik")
    follow()
    empty_the_database_index()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{probe.getsockname()[1]}"
        settings.SEARCH_ENGINE = {**settings.SEARCH_ENGINE, "hosts": [dead, *settings.SEARCH_ENGINE["hosts"]]}
        for _try in range(4):
            assert hits("besynnerlig") == [page.pk]


@hypothesis.settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
@hypothesis.given(strategies.one_of(strategies.text(max_size=120), typed))
def test_nothing_that_can_be_typed_is_an_error_to_the_engine(elastic, text):
    ask_everything(text)
    assert not resilient.breaker.closed_until, "the engine itself has answered"


def own_certificate(folder):
    """A certificate for this machine, signed by itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    import ipaddress

    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path
