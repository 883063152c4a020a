"""How well earlier questions are found, in numbers, beside SQLite's full text search on its own."""

import random
import re
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kmo_report.search.answers import asked_words
from kmo_report.search.earlier import Earlier
from kmo_report.search.index import Index
from kmo_report.search.ranking import Asked, AskedPart, by_document, similar
from tests.corpus import Query, full_text, rank

DEPTH = 10
Finder = Callable[[str], Sequence[str]]
"""Words -> the keys of what is found, the best one first."""


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of the queries: the target comes first, is among five, and one over its rank."""

    first: float
    five: float
    reciprocal: float
    queries: int

    def __str__(self) -> str:
        """`98.2  100.0  0.989`"""
        return f"{100 * self.first:6.1f} {100 * self.five:6.1f} {self.reciprocal:7.3f}"


def ours(index: Index) -> Finder:
    """What `kmo-report similar` finds for words."""

    def find(words: str) -> list[str]:
        return [hit.document.key for hit in similar(index, asked_words(words), DEPTH)[0].hits]

    return find


def plain(documents: Iterable[Earlier]) -> Finder:
    """What FTS5 finds without any help, for any of the words."""
    file = sqlite3.connect(":memory:")
    file.execute("CREATE VIRTUAL TABLE plain USING fts5 (key UNINDEXED, text)")
    file.executemany(
        "INSERT INTO plain VALUES (?, ?)", ((one.key, full_text(one)) for one in documents)
    )

    def find(words: str) -> list[str]:
        phrase = " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", words)))
        ask = "SELECT key FROM plain WHERE plain MATCH ? ORDER BY rank, rowid LIMIT ?"
        return [row[0] for row in file.execute(ask, (phrase, DEPTH))] if phrase else []

    return find


def score(find: Finder, queries: Iterable[Query]) -> Score:
    """The figures for some queries."""
    ranks = [rank(find(query.text), query.targets) for query in queries]
    count = max(len(ranks), 1)
    return Score(
        sum(place == 1 for place in ranks) / count,
        sum(0 < place <= 5 for place in ranks) / count,
        sum(1 / place for place in ranks if place) / count,
        len(ranks),
    )


def fooled(find: Finder, queries: Iterable[Query]) -> list[Query]:
    """The queries for which a hard negative comes before every target."""
    found = []
    for query in queries:
        keys = find(query.text)
        wrong, right = rank(keys, query.hard_negatives), rank(keys, query.targets)
        if wrong and (not right or wrong < right):
            found.append(query)
    return found


# --- the same question, half of its words gone ---------------------------------------------------


def half_gone(one: Earlier, seed: int, gone: float = 0.5) -> Asked:
    """A whole question without half of its words, as if it were asked again."""
    chance = random.Random(seed)  # noqa: S311 -- to be the same each time

    def half(text: str) -> str:
        return " ".join(word for word in text.split() if chance.random() >= gone)

    parts = tuple(
        AskedPart(part.label, half(part.question), half(part.within)) for part in one.passages
    )
    return Asked(parts, half(one.subject), half(one.introduction), whole=True)


def lost(index: Index, documents: Sequence[Earlier], count: int) -> list[str]:
    """The keys of those that do not come first when half of their words are gone.

    A text that shares half of its runs of three words counts as the same.
    """
    known = {one.key: one for one in documents}
    missed = []
    for seed, one in enumerate(random.Random(1).sample(documents, count)):  # noqa: S311
        best = by_document(similar(index, half_gone(one, seed), 5))[:1]
        if not any(alike(one, known[hit.document.key]) for hit in best):
            missed.append(one.key)
    return missed


def alike(one: Earlier, other: Earlier) -> bool:
    """Whether a question shares half of its runs of three words with another."""
    runs = _runs(one)
    return one == other or len(runs & _runs(other)) >= len(runs) / 2


def _runs(one: Earlier) -> set[tuple[str, ...]]:
    parts = (f"{part.within} {part.question}" for part in one.passages)
    words = re.findall(r"\w+", " ".join((one.subject, one.introduction, *parts)).lower())
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
