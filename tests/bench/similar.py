"""How well and how fast earlier questions are found; exit 1 if a bound is not kept.

Times are seconds of CPU, which a busy machine does not change. An argument names a file of your own
questions, JSON lines with `id` and `text`: each is looked for with half of its words gone.
"""

import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from kmo_report.search.earlier import Earlier
from kmo_report.search.index import Index
from kmo_report.search.ranking import similar
from tests.corpus import document, full_text, indexed, labelled, source
from tests.quality import fooled, half_gone, lost, ours, plain, score

RECALL_AT_5 = 0.9
SIZES = {10_000: 0.020, 100_000: 0.120}
"""Pairs of question and answer -> seconds for a query, of which 95 % take less."""
INDEX_SECONDS = 60.0
"""For 100,000 pairs."""
OPEN_SECONDS = 0.05
QUERIES = 200


def quality() -> bool:
    """The labelled queries, by kind."""
    documents, queries = labelled()
    mine, theirs = ours(indexed(documents)), plain(documents)
    kinds = defaultdict(list)
    for query in queries:
        kinds[query.kind].append(query)
    print(f"{len(documents)} questions, {len(queries)} queries")
    print(f"{'':28} {'kmo-report similar':^21}   {'plain FTS5':^21}")
    print(f"{'kind':22} {'n':>5}     @1     @5     MRR       @1     @5     MRR")
    for kind, some in (*sorted(kinds.items()), ("all", queries)):
        print(f"{kind:22} {len(some):5} {score(mine, some)}   {score(theirs, some)}")
    fools = len(fooled(mine, queries)), len(fooled(theirs, queries))
    print(f"a hard negative before the target: {fools[0]}, plain FTS5 {fools[1]}")
    five = score(mine, queries).five
    return five >= RECALL_AT_5 and five > score(theirs, queries).five


def known_items(documents: Sequence[Earlier], name: str, count: int) -> bool:
    """Whole questions with half of their words gone come first."""
    missed = lost(indexed(documents), documents, count)
    print(f"{name}: {count} of {len(documents)} with half of the words gone, not first: {missed}")
    return not missed


def own_questions(path: Path) -> list[Earlier]:
    """The questions of a file, each of one part, the same text once."""
    with path.open(encoding="utf-8") as file:
        lines = {line["text"]: line["id"] for line in map(json.loads, file)}
    return [document(key, "", (text, "")) for text, key in lines.items()]


def invented(count: int) -> Iterator[Earlier]:
    """Questions of sentences that are drawn from the corpus, about 190 words a pair."""
    chance = random.Random(1)  # noqa: S311 -- to be the same each time
    documents, _ = labelled()
    texts = [re.split(r"(?<=[.?!])\s+", full_text(one)) for one in documents]

    def drawn(sentences: int) -> str:
        return " ".join(chance.choice(chance.choice(texts)) for _ in range(sentences))

    for number in range(count):
        subject = " ".join(drawn(1).split()[:8])
        parts = (drawn(3), drawn(6))
        yield document(f"{number:06}", subject, parts, introduction=drawn(3), number=number)


def kept(name: str, seconds: float, bound: float) -> bool:
    """Print one measurement."""
    print(f"{name:46} {1000 * seconds:9.1f} ms  (bound {1000 * bound:.0f})", end="")
    print("" if seconds <= bound else "  TOO SLOW")
    return seconds <= bound


def speed(count: int, bound: float, folder: Path) -> bool:
    """Indexing, opening, and looking for whole questions of which half of the words are gone."""
    documents = list(invented(count))
    path = folder / f"{count}.sqlite"
    start = time.process_time()
    with Index(path) as index:
        index.refresh([source(documents)])
    good = kept(f"{count:,} pairs: index", time.process_time() - start, INDEX_SECONDS)
    start = time.process_time()
    with Index(path) as index:
        good &= kept(f"{count:,} pairs: open", time.process_time() - start, OPEN_SECONDS)
        chance = random.Random(2)  # noqa: S311
        times = []
        for seed, one in enumerate(chance.sample(documents, QUERIES)):
            question = half_gone(one, seed)
            start = time.process_time()
            similar(index, question, 10)
            times.append(time.process_time() - start)
    return good & kept(
        f"{count:,} pairs: query, 95 %", statistics.quantiles(times, n=20)[-1], bound
    )


def main() -> None:
    """All measurements."""
    documents, _ = labelled()
    good = [quality(), known_items(documents, "the corpus", len(documents))]
    for path in map(Path, sys.argv[1:]):
        own = own_questions(path)
        good.append(known_items(own, path.name, min(300, len(own))))
    with tempfile.TemporaryDirectory() as folder:
        good += [speed(count, bound, Path(folder)) for count, bound in SIZES.items()]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
