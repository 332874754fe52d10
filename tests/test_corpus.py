"""Generated pages stand for written ones: in proofs of quality and in benchmarks."""

import pytest
from wagtail.models import Page

from search import index
from search.documents import entry_of
from search.models import SearchDocument, SearchTerm, SearchText
from search.query import Answer, Asked
from tests import corpus

pytestmark = pytest.mark.django_db


def test_a_generated_page_is_indexed_as_one_that_is_read():
    for entry in corpus.entries(20):
        assert entry == entry_of(entry.document)


def test_copies_of_pages_are_found_and_counted_as_pages_are():
    corpus.add(40)
    index.remove(SearchDocument.objects.filter(page_id__lt=corpus.FIRST_ID).values_list("page_id", flat=True))
    word = corpus.vocabulary()[0][0]
    before = Answer(Asked(word, "sv")).total
    corpus.multiply(3, step=40)
    answer = Answer(Asked(word, "sv"))
    assert answer.total == 3 * before > 0
    assert len(answer.hits(answer[0:10])) == 10
    assert SearchTerm.objects.get(language="sv", term="").pages == 120
    for model, key in ((SearchDocument, "page_id"), (SearchText, "page_id"), (Page, "path")):
        rows = model.objects.filter(pk__gte=corpus.FIRST_ID)
        assert len(set(rows.values_list(key, flat=True))) == 120
