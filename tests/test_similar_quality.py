"""How well earlier questions are found: floors, so that no change makes it worse unseen."""

from dataclasses import replace

import pytest

from kmo_report.search.earlier import Earlier
from kmo_report.search.index import Index
from kmo_report.search.ranking import by_document, similar
from tests.corpus import Query, indexed, labelled
from tests.quality import alike, half_gone, lost, ours, plain, score


@pytest.fixture(scope="module")
def corpus() -> tuple[list[Earlier], list[Query], Index]:
    """The labelled set, and an index of it."""
    documents, queries = labelled()
    return documents, queries, indexed(documents)


Corpus = tuple[list[Earlier], list[Query], Index]


def test_the_labelled_set_is_sound(corpus: Corpus) -> None:
    documents, queries, _ = corpus
    known = {one.key for one in documents}
    assert len(known) == len(documents) >= 300
    assert len(queries) >= 80
    for query in queries:
        assert query.targets <= known, query.text
        assert query.hard_negatives <= known - query.targets, query.text
        assert query.targets


def test_nine_of_ten_stand_among_the_first_five(corpus: Corpus) -> None:
    documents, queries, index = corpus
    mine, theirs = score(ours(index), queries), score(plain(documents), queries)
    assert mine.five >= 0.9
    assert mine.five > theirs.five
    assert mine.reciprocal > theirs.reciprocal


def test_a_question_with_half_of_its_words_gone_comes_first(corpus: Corpus) -> None:
    documents, _, index = corpus
    assert lost(index, documents, len(documents)) == []


def test_it_is_called_the_same_and_no_other_is(corpus: Corpus) -> None:
    """What shares half of its runs of three words, as for another year, may be called so too."""
    documents, _, index = corpus
    called = 0
    for seed, one in enumerate(documents):
        found = by_document(similar(index, half_gone(one, seed), 3))
        called += any(hit.same and hit.document == one for hit in found)
        again = replace(half_gone(one, seed, gone=0.0), key=one.key)
        for hit in by_document(similar(index, again, 5)):
            assert not hit.same or alike(one, hit.document), (one.key, hit.document.key)
    assert called >= 0.85 * len(documents)
