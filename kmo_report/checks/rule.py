"""What a rule is: a function from a case to what it finds there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel

from kmo_report.model.answer import Answer, AnswerPart
from kmo_report.model.style import Style
from kmo_report.problems import Level
from kmo_report.source import Path


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at."""

    answer: Answer
    style: Style
    today: date | None = None
    """The day on which it is checked; without it, no date lies in the future."""

    def labels(self) -> list[str]:
        """1, 1a, 1b, 2: the parts of the question."""
        return ["".join(label) for label, _ in self.answer.question.labels()]

    def parts(self) -> Iterator[tuple[Path, AnswerPart]]:
        """Every part of the answer and where it stands."""
        for index, part in enumerate(self.answer.answer.parts):
            yield ("answer", "parts", str(index)), part

    def prose(self) -> Iterator[tuple[Path, str]]:
        """The answer's own texts: what the house writes, not what was asked."""
        for path, part in self.parts():
            for at, content in enumerate(part.content):
                if content.text:
                    yield (*path, "content", str(at), "text"), content.text
            for at, cover in enumerate(part.covers):
                if cover.not_available:
                    yield (*path, "covers", str(at), "not_available"), cover.not_available


class Finding(NamedTuple):
    """Something that is wrong at `path` in the answer file, at the word `near` if it has one."""

    path: Path
    message: str
    near: str = ""
    nth: int = 0
    """Which of several such words in the value."""


Find = Callable[[Case], Iterator[Finding]]


class Rule(NamedTuple):
    """How grave its findings are, and what finds them."""

    level: Level
    find: Find
    draft: Level | None = None
    """How grave they are in a draft, if less so: there is still work to be done."""
    reviewed: Level | None = None
    """And in an answer that is reviewed, but not final."""

    def level_in(self, status: str) -> Level:
        """How grave they are in an answer of that status."""
        less = {"draft": self.draft, "reviewed": self.reviewed}.get(status)
        return less or self.level


def texts(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every text in a model, keys that are words too, and where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            if isinstance(key, str):
                yield (*path, key), key
            yield from texts(entry, (*path, str(key)))
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from texts(entry, (*path, str(index)))
