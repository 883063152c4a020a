"""Questions and answers to search in tests: made by hand, or read from tests/data/similar/."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kmo_report.search.earlier import Earlier, Entry, Passage, Source
from kmo_report.search.index import Index

FOLDER = Path(__file__).parent / "data/similar"
"""A corpus of invented questions and answers, and what is asked of it: labelled by hand."""


def document(key: str, subject: str = "", *parts: tuple[str, str], **other: Any) -> Earlier:  # noqa: ANN401
    """A document; what is not given is all alike."""
    passages = tuple(
        Passage(str(number), "", question, answer)
        for number, (question, answer) in enumerate(parts, 1)
    )
    known: dict[str, Any] = {
        "session": "2019-2020",
        "number": 1,
        "asked_by": "LIEN AERTS",
        "asked_on": date(2020, 1, 6),
        "minister": "TOM CLAES",
        "introduction": "",
        "status": "final",
        "kind": "answer",
        "place": f"/answers/{key}",
    }
    return Earlier(key=key, subject=subject, passages=passages, **{**known, **other})


def source(
    documents: Iterable[Earlier], read: Callable[[Earlier], Earlier | None] = lambda one: one
) -> Source:
    """Documents as a source that knows when one has changed."""
    held = {one.key: one for one in documents}

    def entries() -> Iterator[Entry]:
        for key, one in held.items():
            stamp = f"{hash(one)}"
            yield Entry(key, stamp, lambda stamp=stamp: stamp, lambda one=one: read(one))  # type: ignore[misc]

    return Source("test", entries)


def indexed(documents: Iterable[Earlier]) -> Index:
    """An index of documents, in memory."""
    index = Index(None)
    index.refresh([source(documents)])
    return index


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, which documents should come first, and which must not come before them."""

    text: str
    kind: str
    targets: frozenset[str]
    hard_negatives: frozenset[str]


def labelled() -> tuple[list[Earlier], list[Query]]:
    """The corpus and the queries of tests/data/similar/."""
    return (
        [_document(line) for line in _lines(FOLDER / "corpus.jsonl")],
        [
            Query(
                line["query"],
                line["kind"],
                frozenset(line["targets"]),
                frozenset(line.get("hard_negatives", ())),
            )
            for line in _lines(FOLDER / "queries.jsonl")
        ],
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, filter(str.strip, file))


def _document(line: dict[str, Any]) -> Earlier:
    return Earlier(
        key=line["id"],
        session=line["session"],
        number=int(line["number"]),
        asked_by=line["asked_by"],
        asked_on=date.fromisoformat(line["asked_on"]),
        minister=_name(line["minister"]),
        subject=line["subject"],
        introduction=line.get("introduction") or "",
        status="final",
        kind="answer",
        place=line["id"],
        passages=tuple(
            Passage(part.get("label") or "", "", part["question"], part.get("answer") or "")
            for part in line["parts"]
        ),
    )


def _name(minister: Any) -> str:  # noqa: ANN401
    return minister if isinstance(minister, str) else str(minister["name"])


def full_text(one: Earlier) -> str:
    """All words of a document."""
    parts = (f"{part.within} {part.question} {part.answer}" for part in one.passages)
    return " ".join((one.subject, one.introduction, *parts))


def rank(found: Sequence[str], targets: frozenset[str]) -> int:
    """Where the first target stands, from 1; 0 if it is not there."""
    return next((at for at, key in enumerate(found, 1) if key in targets), 0)
