"""What is searched: questions of before with their answers, and the places they come from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Passage:
    """A part that asked something, and what was answered to it."""

    label: str
    """`2b`; empty for a question without numbers."""
    within: str
    """The words of the parts that only introduce it."""
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question with its answer, as it is searched and shown."""

    key: str
    """Names it for ever: session, minister and number, as the name of a case."""
    session: str
    number: int
    asked_by: str
    asked_on: date | None
    """None where no day is known."""
    minister: str
    subject: str
    introduction: str
    status: str
    kind: str
    """answer, coordinated, referring, ...; empty when it was not answered yet."""
    place: str
    """Where to read it: a link or a path."""
    passages: tuple[Passage, ...]
    file: str = ""
    """The answer file behind it; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a source, to be read only when it has changed."""

    key: str
    stamp: str
    """Differs as soon as the document may have changed; empty: it always may have."""
    digest: Callable[[], str]
    """Differs when the document has changed; asked for only when the stamp differs."""
    read: Callable[[], Earlier | None]
    """The document, or None if it cannot be used; asked for only when the digest differs."""


@dataclass(frozen=True, slots=True)
class Source:
    """A place that holds documents: the folder of the answers, an archive."""

    name: str
    entries: Callable[[], Iterable[Entry]]
    head: str | None = None
    """Stands for the state of the whole source, where it knows one: equal means nothing to do."""
