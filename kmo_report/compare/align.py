"""Which of two lists of things belong together, and which words of two texts differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Pair = tuple[int | None, int | None]
_ALIKE = 0.35
"""Texts that share less of their words are no versions of each other."""
_MOST = 40_000
"""Pairs of a gap that are compared; beyond that they are taken in their order."""


def pairs(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Old and new in one order; what has no counterpart stands with None."""
    found: list[Pair] = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            found += zip(range(a, b), range(c, d), strict=True)
        else:
            found += ((None if x is None else a + x, None if y is None else c + y)
                      for x, y in _gap(old[a:b], new[c:d]))  # fmt: skip
    return found


def alike(one: str, other: str) -> float:
    """The share of words that two texts have in common."""
    return _shared(Counter(one.split()), Counter(other.split()))


def _shared(first: Counter[str], second: Counter[str]) -> float:
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def _gap(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """The order-keeping pairs that are most alike."""
    rows, columns = len(old), len(new)
    if rows * columns > _MOST:
        return [*((x, None) for x in range(rows)), *((None, y) for y in range(columns))]
    first, second = ([Counter(text.split()) for text in texts] for texts in (old, new))
    likeness = [[max(_shared(x, y) - _ALIKE, 0) for y in second] for x in first]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for x in range(rows - 1, -1, -1):
        for y in range(columns - 1, -1, -1):
            both = likeness[x][y] + best[x + 1][y + 1] if likeness[x][y] else 0.0
            best[x][y] = max(best[x + 1][y], best[x][y + 1], both)
    found: list[Pair] = []
    x = y = 0
    while x < rows and y < columns:
        if likeness[x][y] and best[x][y] == likeness[x][y] + best[x + 1][y + 1]:
            found.append((x, y))
            x, y = x + 1, y + 1
        elif best[x][y] == best[x + 1][y]:
            found.append((x, None))
            x += 1
        else:
            found.append((None, y))
            y += 1
    rest: list[Pair] = [
        *((at, None) for at in range(x, rows)),
        *((None, at) for at in range(y, columns)),
    ]
    return [*found, *rest]


class Piece(NamedTuple):
    """Words that both have, or that only the old or the new text has."""

    kind: Literal["same", "old", "new"]
    text: str


_LONG = 1000


def words(old: str, new: str) -> Iterator[Piece]:
    """The words of both texts, in order."""
    first, second = old.split(), new.split()
    long = max(len(first), len(second)) > _LONG
    for op, a, b, c, d in SequenceMatcher(None, first, second, autojunk=long).get_opcodes():
        if op == "equal":
            yield Piece("same", " ".join(first[a:b]))
            continue
        if b > a:
            yield Piece("old", " ".join(first[a:b]))
        if d > c:
            yield Piece("new", " ".join(second[c:d]))
