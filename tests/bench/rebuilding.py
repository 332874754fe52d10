"""What it costs to build the visitors' index anew on each engine, beside Wagtail's own in the same run.

    make bench
    BENCH_ENGINES=sqlite,postgres,elasticsearch   some of the engines only

Both read the same published pages. Ours are read from the database, analysed, written into tables beside those in use and
put in their place; then every word is compared with what is public. Elasticsearch gets what the database's index holds.
"""

import sys
from io import StringIO

import django

from tests.bench.finding import elasticsearch_of, in_turn, milliseconds, prepare

PAGES, SLUG = 1_000, "generated-"


def make_pages() -> None:
    """News of generated words, published as editors' are. Goes on where it was interrupted."""
    from articles.models import NewsPage
    from tests import corpus
    from tests.world import make_page

    there = NewsPage.objects.filter(slug__startswith=SLUG).count()
    for number, entry in enumerate(corpus.entries(PAGES)):
        if number >= there:
            made = entry.document
            body = [("paragraph", f"<p>{made.text}</p>")]
            make_page(NewsPage, title=made.title, slug=f"{SLUG}{number}", intro=made.lead, body=body)


def measure(engine: str) -> None:
    from django.core.management import call_command

    from search import following, index
    from search.documents import findable_ids

    prepare()
    make_pages()
    number = len(list(findable_ids()))

    def tell(what: str, took: float, ratio: str = "") -> None:
        print(f"{engine}: {number:,} pages {what}, {number / took * 1000:.0f} a second{ratio}", flush=True)

    if engine == "elasticsearch":
        with elasticsearch_of("benchrebuild"):
            tell("written into the engine", milliseconds(following.rebuild))
        return
    ours = milliseconds(index.rebuild)
    theirs = milliseconds(lambda: call_command("update_index", stdout=StringIO()))
    tell("read, analysed and put in place", ours, f", {ours / theirs:.1f} times as long as Wagtail's index of them")
    tell("compared word by word", milliseconds(lambda: list(index.deep_differences())))


if __name__ == "__main__":
    if len(sys.argv) == 1:
        sys.exit(in_turn(__file__, ["rebuild"]))
    django.setup()
    measure(sys.argv[1])
