"""What is searched: questions of before with their answers, and the places they come from."""

import re
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
class Kept:
    """What the archive says of the version that is kept last."""

    version: int
    kind: str
    """answer, corrected, supplementary."""
    title: str
    date: str
    """The day of the question as the answer gives it, as far as it is known."""
    created: str
    """When it was kept, as 2026-11-25T10:00:00Z."""


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
    """draft, reviewed, final."""
    kind: str
    """answer, coordinated, referring, ...; empty when it was not answered yet."""
    place: str
    """Where to read it: a link or a path; of what is kept, its PDF."""
    passages: tuple[Passage, ...]
    file: str = ""
    """The answer file behind it; empty where there is none."""
    publish_on: str = ""
    """Not to be made public before that day; empty for what is public."""
    other: str = ""
    """All that stands nowhere else: it can be searched for, and likeness takes no notice."""
    kept: Kept | None = None

    @property
    def day(self) -> str:
        """The day that it is listed under; empty where none is known."""
        if self.kept:
            return self.kept.date if re.fullmatch(r"[0-9-]{10}", self.kept.date) else ""
        return self.asked_on.isoformat() if self.asked_on else ""

    def texts(self) -> list[str]:
        """All that it says on its subject."""
        parts = ((part.within, part.question, part.answer) for part in self.passages)
        return [self.subject, self.introduction, *(text for part in parts for text in part)]

    def names(self) -> list[str]:
        """Who, when, which: what one searches an archive by, and likeness takes no notice of."""
        kept = [self.kept.title] if self.kept else []
        asked = [f"{self.session} {self.number}", self.asked_by, self.minister, self.key]
        return [*asked, *kept, self.other]


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
