"""What was read: the question, and the answer where it is in the same document; all as JSON too.

Every field but the lists may be None: it was not found, and a problem says so.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from kmo_report.problems import Problem

Kind = Literal["answer", "coordinated", "referring", "supplementary", "provisional"]
Measure = Literal["count", "total", "average"]


@dataclass(frozen=True, slots=True)
class Minister:
    """Who is addressed, or who answers; name and title as printed."""

    name: str
    portfolio: str | None


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A table as the asker drew it: a request, never data."""

    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Requested:
    """The figures that a part asks for."""

    part: str | None
    years: tuple[int, ...]
    measures: tuple[Measure, ...]
    rows: str | None
    """What a row counts, in the asker's words: `dienst of opleiding`."""
    layout: Literal["per-year", "per-measure"] | None
    """That of the table that the asker drew."""
    skeleton: tuple[Skeleton, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A numbered sub-question; `label` is None where the question has no numbers."""

    label: str | None
    text: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Addressee:
    """A minister that the same question was put to, and the number that it has there."""

    name: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier question that is referred to, as far as it is named."""

    number: int | None
    asked_by: str | None
    date: date | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the answer, as it is printed."""

    caption: str | None
    rows: tuple[tuple[str, ...], ...]
    adds_up: bool
    """Whether it has totals or averages, and they are what they should be."""


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """What is answered to some parts; no labels: to the whole question."""

    labels: tuple[str, ...]
    text: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer, under its own header."""

    kind: Kind
    question_date: date | None
    """The question's date as the answer's header prints it."""
    minister: Minister | None
    parts: tuple[AnswerPart, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and the field of the reading that it is about."""

    field: str | None
    problem: Problem


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read from one document."""

    session: str | None
    number: int | None
    asked_by: str | None
    asked_on: date | None
    minister: Minister | None
    subject: str | None
    introduction: str | None
    parts: tuple[Part, ...]
    requested: tuple[Requested, ...]
    addressees: tuple[Addressee, ...]
    references: tuple[Reference, ...]
    answer: Answer | None
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is to be said of it, in the order of the document."""
        return tuple(finding.problem for finding in self.findings)

    def as_tree(self) -> dict[str, Any]:
        """As schemas/reading.schema.json describes it; the same for every format of a document.

        So a problem names the field that it is about, not the line of the file.
        """
        tree = asdict(self)
        del tree["findings"]
        for entry in tree["requested"]:
            del entry["skeleton"]
        tree["problems"] = [
            {
                "code": finding.problem.code,
                "level": finding.problem.level,
                "message": finding.problem.message,
                "field": finding.field,
            }
            for finding in self.findings
        ]
        return _plain(tree)  # type: ignore[no-any-return]


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Dates as text and tuples as lists, as JSON and YAML have them."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value
