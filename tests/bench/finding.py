"""Search over generated corpora, on each engine that this machine has, beside Wagtail's own search where that can finish.

    make bench                                    10,000 pages
    BENCH_PAGES=100000 make bench                 as many as one likes; several numbers with commas
    BENCH_ENGINES=sqlite,postgres,elasticsearch   some of the engines only
    BENCH_COLD=1 make bench                       before each kind of question nothing is in memory that was on the disk; only
                                                  root may have that. PostgreSQL keeps what it holds itself

Wagtail's search is asked in the database: on SQLite up to 10,000 pages, on PostgreSQL up to 100,000. Beyond it takes too long.

Each question goes through the page that visitors see: hits, numbers, excerpts, what was meant. Times are wall-clock
milliseconds, p50/p95; the first time that anything is asked (first) is listed by itself. Ratios compare within one run.
"""

import gc
import math
import os
import random
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent.parent
ROUNDS = 40  # questions of each kind
FEW = 4  # of them are asked of Wagtail's search too, which takes long
DIFFERENT = 100_000  # pages: of more the others are copies of these
ENGINES = ("sqlite", "postgres", "elasticsearch")


def prepare() -> None:
    from django.core.management import call_command

    from home.portal import is_empty

    call_command("migrate", verbosity=0, interactive=False)
    if is_empty():
        call_command("demo", empty=True, stdout=StringIO())


def journal(mode: str) -> None:
    """With "OFF" SQLite writes what it is given once, not twice; a database that is just being built can be thrown away."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA journal_mode={mode}")


def questions(corpus) -> dict[str, list[str]]:
    """Questions of each kind, from the words of the corpus by their rank."""
    words, rng = corpus.vocabulary(), random.Random(5)
    common, middle, rare = words[:12], words[200:900], words[5000:20000]

    def one(group) -> str:
        return rng.choice(rng.choice(group))

    def misspelt(word: str) -> str:
        place = rng.randrange(2, len(word) - 1)
        return word[:place] + word[place + 1 :]

    long = [forms for forms in middle if min(map(len, forms)) > 6]
    return {
        "a very common word": [one(common) for _n in range(ROUNDS)],
        "a common word": [one(middle) for _n in range(ROUNDS)],
        "a rare word": [one(rare) for _n in range(ROUNDS)],
        "two common words": [f"{one(common)} {one(middle)}" for _n in range(ROUNDS)],
        "three words": [f"{one(middle)} {one(middle)} {one(rare)}" for _n in range(ROUNDS)],
        "a phrase": [f'"{one(common)} {one(middle)}"' for _n in range(ROUNDS)],
        "a misspelt word": [misspelt(one(long)) for _n in range(ROUNDS)],
        "without dots": [one(middle).translate(str.maketrans("åäö", "aao")) for _n in range(ROUNDS)],
        "nothing to find": [f"{one(rare)}xqz" for _n in range(ROUNDS)],
    }


def milliseconds(act) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def summary(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):8.0f}{ordered[math.ceil(len(ordered) * 0.95) - 1]:8.0f}"


def forget_what_was_read() -> None:
    """Empties the system's cache of the disk, and closes the connection with what it holds."""
    from django.db import connection

    connection.close()
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3")


def measure(engine: str, number: int) -> None:
    """Builds a corpus in the database that is set, and prints what questions cost."""
    from search import following
    from search.models import SearchDocument
    from tests import corpus

    prepare()
    if not SearchDocument.objects.filter(page_id__gte=corpus.FIRST_ID).exists():
        written = min(number, DIFFERENT)
        took = milliseconds(lambda: corpus.add(written)) / 1000
        print(f"{engine}: {written:,} pages written into the index, {written / took:.0f} a second", flush=True)
        if number > written:
            journal("OFF")
            took = milliseconds(lambda: corpus.multiply(number // written, step=written)) / 1000
            journal("WAL")
            print(f"{engine}: {number:,} pages made of these in {took:.0f} s", flush=True)
    if engine == "elasticsearch":
        with elasticsearch_of(f"bench{number}"):
            took = milliseconds(following.rebuild) / 1000
            print(f"{engine}: {number:,} pages written into the engine, {number / took:.0f} a second", flush=True)
            ask(engine, number)
    else:
        ask(engine, number)


def ask_kind(client, kind: str, texts: list[str], theirs: Callable[[str], None] | None) -> None:
    """Prints what questions of one kind cost, and the ratio to what `theirs` costs for some of them."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def times_of(act, texts) -> list[float]:
        return [milliseconds(lambda text=text: act(text)) for text in texts]

    def ours(text: str) -> None:
        client.get("/sok/", {"q": text})

    if os.environ.get("BENCH_COLD"):
        forget_what_was_read()
        client.get("/sok/")
        times = times_of(ours, texts)
        print(f"  {f'{kind}, from the disk':44}{summary(times)}{times[0]:8.0f}", flush=True)
    (first,) = times_of(ours, texts[:1])
    times = times_of(ours, texts)
    with CaptureQueriesContext(connection) as captured:
        ours(texts[0])
    line = f"  {kind:44}{summary(times)}{first:8.0f}{len(captured):6}"
    if theirs:
        line += f"  {statistics.median(times) / statistics.median(times_of(theirs, texts[:FEW])):6.2f}"
    print(line, flush=True)


def ask(engine: str, number: int) -> None:
    """Prints what each kind of question costs, and what else there is to measure."""
    from django.test import Client

    from articles.models import NewsPage
    from search import index
    from search.models import SearchDocument
    from tests import corpus
    from tests.bench import stock
    from tests.world import make_page, publish

    client, asked_for = Client(), questions(corpus)
    gc.collect()
    gc.freeze()  # the words of the corpus, which a site does not have, would be looked through in the middle of a question
    print(f"\n{engine}, {number:,} pages{'p50':>30}{'p95':>8}{'first':>8}   SQL  ratio to stock")
    theirs = stock.ask if number <= stock.MOST.get(engine, 0) else None
    if theirs:
        stock.write(engine)
    for kind, texts in asked_for.items():
        ask_kind(client, kind, texts, theirs)
    common = corpus.vocabulary()[300]
    for name, asked in {
        "newest first": {"sort": "newest"},
        "narrowed": {"theme": "assessment"},
        "page 9": {"page": 9},
    }.items():
        times = [
            milliseconds(lambda asked=asked: client.get("/sok/", {"q": common[0], **asked})) for _n in range(ROUNDS)
        ]
        print(f"  {'a common word, ' + name:44}{summary(times)}")
    typed = [forms[0][:length] for forms in corpus.vocabulary()[100:112] for length in (2, 3, 5)]
    times = [milliseconds(lambda text=text: client.get("/sok/forslag", {"q": text})) for text in typed]
    print(f"  {'a suggestion':44}{summary(times)}")
    page = make_page(NewsPage, title="En sida till", slug=f"till-{time.time_ns()}", body=[("paragraph", f"<p>{' '.join(f[0] for f in corpus.vocabulary()[:400])}</p>")])  # fmt: skip
    times = []
    for count in range(ROUNDS):
        page.title = f"En sida till {count}"
        publish(page.save_revision())
        SearchDocument.objects.filter(page_id=page.pk).update(version=None)
        times.append(milliseconds(lambda: index.refresh([page.pk])))
    print(f"  {'the index, when a page is published':44}{summary(times)}")
    told = [sys.executable, __file__, "memory", *(texts[0] for texts in asked_for.values())]
    used, shared = subprocess.run(told, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    print(f"  {'memory of a process that answers, MB':44}{used:>8}, {shared} of it language data that all share")
    print(f"  {'size of the index, MB':44}{size_of_index():8.0f}\n", flush=True)


@contextmanager
def elasticsearch_of(prefix: str) -> Iterator[None]:
    """Visitors' questions go to the server, to indexes with a prefix, which are removed in the end."""
    from django.conf import settings

    from search import following

    hosts = [os.environ["TEST_ELASTICSEARCH_URL"]]
    settings.SEARCH_ENGINE = {"hosts": hosts, "auth": None, "prefix": prefix, "ca": None}
    try:
        yield
    finally:
        indices = following.engine.client(following.engine.WRITING).indices
        for language in ("sv", "en"):
            for name in following.engine.indexes_of(language):
                indices.delete(index=name)
        settings.SEARCH_ENGINE = None


def answer(texts: list[str]) -> None:
    """Prints what a process takes that answers questions, in MB, and how much of that is the language data that it maps."""
    from django.test import Client

    client = Client()
    for text in texts:
        client.get("/sok/", {"q": text})
        client.get("/sok/forslag", {"q": text[:5]})
    used, mapped, of_lexicon = 0, 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            of_lexicon = "/lexicon/" in line
        elif line.startswith("Rss:"):
            used += int(line.split()[1])
            mapped += int(line.split()[1]) * of_lexicon
    print(round(used / 1024), round(mapped / 1024))


def size_of_index() -> float:
    """Of all tables of the index, in megabytes; on SQLite of the whole database, which holds little else here."""
    from django.db import connection

    from search.tables import Tables

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sizes = " + ".join(f"pg_total_relation_size('{table}')" for table in Tables().all())
            cursor.execute(f"SELECT {sizes}")
            return cursor.fetchone()[0] / 1e6
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return cursor.fetchone()[0] / 1e6


def engines() -> list[str]:
    """Those that are asked for and that this machine has."""
    there = {
        "sqlite": True,
        "postgres": "TEST_POSTGRES_URL" in os.environ,
        "elasticsearch": "TEST_ELASTICSEARCH_URL" in os.environ,
    }
    asked_for = os.environ.get("BENCH_ENGINES", ",".join(ENGINES)).split(",")
    return [name for name in asked_for if there.get(name)]


def environment(engine: str, name: str) -> dict[str, str]:
    """That of a process with a database of its own; it is kept."""
    env = {**os.environ, "DATA_DIR": str(Path(os.environ["DATA_DIR"]) / f"search-{name}")}
    if engine == "postgres":
        server, database = os.environ["TEST_POSTGRES_URL"], f"kollegiet_bench_{name}"
        env["TEST_DATABASE_URL"] = f"{server.rsplit('/', 1)[0]}/{database}"
        make_database(server, database)
    return env


def in_turn(script: str, names: list[str]) -> int:
    """Runs a benchmark once for each name and engine, each in a process of its own, so that memory is that of one."""
    for name in names:
        for engine in engines():
            told = [sys.executable, script, engine, name]
            if code := subprocess.run(told, env=environment(engine, name), cwd=ROOT).returncode:
                return code
    return 0


def make_database(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(f'CREATE DATABASE "{name}"')


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.test")
    if sys.argv[1:2] == ["memory"]:
        django.setup()
        answer(sys.argv[2:])
    elif len(sys.argv) == 3:
        django.setup()
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        sys.exit(in_turn(__file__, os.environ.get("BENCH_PAGES", "10000").split(",")))
