"""How well earlier questions are found: floors, so that no change makes it worse unseen."""

import pytest

from kmo_report.search.earlier import Earlier
from kmo_report.search.index import Index
from kmo_report.search.ranking import similar
from tests.corpus import FOLDER, Query, indexed, labelled
from tests.quality import half_gone, lost, ours, plain, score

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no labelled set in {FOLDER}")


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


def test_it_is_called_the_same_and_hardly_another_is(corpus: Corpus) -> None:
    """A text put to several ministers, or asked again for another year, is the same too."""
    documents, _, index = corpus
    right = wrong = 0
    for seed, one in enumerate(documents):
        best = [part.hits for part in similar(index, half_gone(one, seed), 3)]
        right += any(hit.same and hit.document == one for hits in best for hit in hits)
        wrong += any(
            hit.same and hit.document.asked_by != one.asked_by for hits in best for hit in hits
        )
    assert right >= 0.9 * len(documents)
    assert wrong <= 0.02 * len(documents)
