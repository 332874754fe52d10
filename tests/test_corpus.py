"""Generated pages stand for written ones: in proofs of quality and in benchmarks."""

import pytest

from search.documents import entry_of
from tests import corpus

pytestmark = pytest.mark.django_db


def test_a_generated_page_is_indexed_as_one_that_is_read():
    for entry in corpus.entries(20):
        assert entry == entry_of(entry.document)
