"""The index of what can be searched: a file for each place that holds documents, asked as one.

It holds nothing of its own: deleted or damaged, it is made anew. What it answers depends on the
documents alone, not on the order or the steps in which they were indexed. A question that stands in
two places is that of the first.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

from kmo_report.search.earlier import Earlier, Source
from kmo_report.search.shelf import ANY, TOLD, Progress, Shelf, Within, follow_up, silent
from kmo_report.search.words import Vocabulary


class Index:
    """An index that is open; a path that is None is kept in memory."""

    def __init__(self, *paths: Path | None) -> None:
        self._shelves = [Shelf(path) for path in paths]
        self.known = Vocabulary(*(shelf.known for shelf in self._shelves))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for shelf in self._shelves:
            shelf.close()

    def refresh(self, *sources: Sequence[Source], progress: Progress = silent) -> None:
        """Index what is new or changed in the sources of each file, and forget what is gone."""
        for shelf, own in zip(self._shelves, sources, strict=True):
            shelf.refresh(own, self.known, progress)
        self.__dict__.pop("_hidden", None)

    def clear(self) -> None:
        """Forget all of it."""
        for shelf in self._shelves:
            shelf.clear()

    # Documents of all files are numbered through, so that no two have the same number.

    def _number(self, shelf: int, document: int) -> int:
        return document * len(self._shelves) + shelf

    def _by_shelf(self, documents: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
        """The documents of each file, as it numbers them."""
        own: list[list[int]] = [[] for _ in self._shelves]
        for number in documents:
            own[number % len(own)].append(number // len(own))
        return ((shelf, some) for shelf, some in enumerate(own) if some)

    @cached_property
    def _hidden(self) -> frozenset[int]:
        """The documents whose question stands in an earlier file too."""
        return frozenset(
            self._number(number, document)
            for number, later in enumerate(self._shelves)
            for earlier in self._shelves[:number]
            for document in _shared(later, earlier)
        )

    def size(self) -> int:
        """How many questions can be found."""
        return self.documents() - len(self._hidden)

    def documents(self) -> int:
        """How many documents are counted: a question that stands in two places is two."""
        return sum(shelf.size() for shelf in self._shelves)

    def lengths(self) -> tuple[tuple[float, ...], float]:
        """How many terms each field holds on average, and a part with its answer."""
        every = [shelf.lengths() for shelf in self._shelves]
        *totals, parts = (sum(numbers) for numbers in zip(*every, strict=True))
        averages = tuple(total / max(self.documents(), 1) for total in totals)
        return averages, sum(totals[1:TOLD]) / max(parts, 1)

    def unusable(self, at: int = 0) -> list[str]:
        """The keys of documents of a file that could not be read."""
        return self._shelves[at].unusable()

    def frequencies(self, terms: Iterable[str], *, anywhere: bool = False) -> dict[str, int]:
        """In how many documents each term stands: in what they are about, or anywhere."""
        return {
            term: sum(shelf.frequency(term)[anywhere] for shelf in self._shelves) for term in terms
        }

    def candidates(
        self, terms: Sequence[str], weights: Sequence[float], limit: int, within: Within = ANY
    ) -> list[int]:
        """The documents of each file that hold most of the terms; keys decide between equals."""
        return [
            self._number(number, document)
            for number, shelf in enumerate(self._shelves if terms else ())
            for document in shelf.candidates(terms, weights, limit, within)
            if self._number(number, document) not in self._hidden
        ]

    def terms(self, documents: Sequence[int]) -> dict[int, tuple[str, tuple[str, ...]]]:
        """Of each document its key, and its terms field by field, as they were indexed."""
        return {
            self._number(shelf, document): row
            for shelf, own in self._by_shelf(documents)
            for document, row in self._shelves[shelf].terms(own).items()
        }

    def identified(self, key: str) -> list[int]:
        """The documents of a question, in all files."""
        return [
            self._number(number, document)
            for number, shelf in enumerate(self._shelves)
            for document in shelf.identified(key)
        ]

    def others(self, key: str) -> int:
        """How many questions can be found but for that one."""
        return self.size() - sum(one not in self._hidden for one in self.identified(key))

    def copy(self, document: Earlier) -> Earlier | None:
        """The same question in a later place, where this one is shown in its stead."""
        hidden = (one for one in self.identified(document.key) if one in self._hidden)
        return next(map(self.read, hidden), None)

    def read(self, document: int) -> Earlier:
        """A document as it was when it was indexed."""
        own, shelf = divmod(document, len(self._shelves))
        return self._shelves[shelf].read(own)

    def twins(self, documents: Sequence[int]) -> dict[int, list[int]]:
        """Of each document those that ask the same in the same words, itself too."""
        texts = {
            self._number(shelf, document): text
            for shelf, own in self._by_shelf(documents)
            for document, text in self._shelves[shelf].texts(own).items()
        }
        asking: dict[str, list[int]] = {}
        wanted = list(dict.fromkeys(texts.values()))
        for number, shelf in enumerate(self._shelves):
            for document, text in shelf.asking(wanted):
                if self._number(number, document) not in self._hidden:
                    asking.setdefault(text, []).append(self._number(number, document))
        return {document: asking[text] for document, text in texts.items()}

    def first_of(self, document: Earlier) -> Earlier | None:
        """The question that `X (2)` follows, the last one before it: `X`, or `X (1)`; or None."""
        stem, step = follow_up(document.subject, self.known)
        if step < 2 or not document.asked_on:  # noqa: PLR2004 -- the second is the first to follow
            return None
        until = document.asked_on.isoformat()
        numbers = (
            self._number(number, one)
            for number, shelf in enumerate(self._shelves)
            for one in shelf.line(stem, until)
        )
        found = [self.read(number) for number in numbers if number not in self._hidden]
        earlier = sorted(
            (
                one
                for one in found
                if one.key != document.key and follow_up(one.subject, self.known)[1] < step
            ),
            key=lambda one: (-one.asked_on.toordinal() if one.asked_on else 0, one.key),
        )
        return next((one for one in earlier if one.asked_by == document.asked_by), None) or next(
            iter(earlier), None
        )


def _shared(one: Shelf, other: Shelf) -> Iterator[int]:
    """The documents of a file whose question stands in another too; the smaller one is read."""
    if one.size() > other.size():
        return (found for key in other.identities().values() for found in one.identified(key))
    return (found for found, key in one.identities().items() if other.identified(key))


def index_file(folder: Path, caches: Path, what: str = "answers") -> Path:
    """Where the index of what is in a folder stands: one file for each folder."""
    name = hashlib.sha256(str(folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return caches / "kmo-report" / f"{what}-{name}.sqlite"
