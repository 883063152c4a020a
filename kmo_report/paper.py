"""An answer that was not made here, as a PDF: what it says of itself, beside what its keeper says.

Nothing in it is altered or corrected. What is not said is taken from its text; where the text says
another question than its keeper, one of the two is mistaken, and an id is for ever: so that is an
error, unless the keeper is certain. Elsewhere the keeper is believed and told of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kmo_report import files
from kmo_report.archive import description
from kmo_report.archive.description import Description
from kmo_report.incoming import read_words
from kmo_report.incoming.guard import guarded
from kmo_report.incoming.reading import Minister, Reading
from kmo_report.language import mark, say
from kmo_report.model.question import identifier, short_name, slug
from kmo_report.problems import InputError, Place, Problem

_HEADER = 1024
_LONGEST = 200
"""Letters of a first line that serves as a title."""
_WITHOUT_TEXT = {
    "no-text": mark("this PDF holds no text, only pictures of it: it is kept, and found by what "
                    "you say of it alone"),
    "too-large": mark("this PDF is longer than is read: it is kept, and found by what you say of "
                      "it alone"),
    "too-much": mark("this PDF takes too long to read: it is kept, and found by what you say of "
                     "it alone"),
}  # fmt: skip
"""Why a PDF that is sound has no text for the search."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The PDF, its words, and what was read from them; None where it has none."""

    path: Path
    content: bytes
    text: str
    reading: Reading | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What its keeper says of it; empty is not said."""

    identifier: str = ""
    title: str = ""
    asked_by: str = ""
    minister: str = ""
    date: str = ""
    subject: str = ""
    publish_on: str = ""
    certain: bool = False
    """Whether that goes before what the paper says of which question it is."""


def read_paper(path: Path) -> Paper:
    """A PDF that may be kept; InputError for one that is none, is damaged, or is locked."""
    content = files.read(path)
    if b"%PDF-" not in content[:_HEADER]:
        raise InputError([Problem("pdf", say("this is no PDF"), Place(str(path)))])
    try:
        text, reading = guarded(lambda: read_words(content, str(path)), str(path))
    except InputError as error:
        (problem,) = error.problems
        if problem.code not in _WITHOUT_TEXT:
            raise
        told = say(_WITHOUT_TEXT[problem.code])
        return Paper(path, content, "", None, (Problem("unread", told, problem.place, "warning"),))
    return Paper(path, content, text, reading)


def describe(paper: Paper, said: Said, kind: str) -> tuple[Description, tuple[Problem, ...]]:
    """Its description, and where the two disagree; InputError where it may be another question."""
    reading, place = paper.reading, Place(str(paper.path))
    name = said.identifier or _proposed(reading, place)
    others = [] if not reading else list(_other_question(reading, name))
    if others and not said.certain:
        raise InputError([Problem("other-question", told, place) for told in others])
    problems = [Problem("other-question", told, place, "warning") for told in others]
    asked = reading.minister.name if reading and reading.minister else ""
    answers = _answering(reading)
    found = Said(
        asked_by=(reading.asked_by or "") if reading else "",
        minister=answers,
        date=_day(reading),
        subject=(reading.subject or "") if reading else "",
    )
    problems += [
        Problem("otherwise", told, place, "warning")
        for told in (*_otherwise(said, found), *_too_early(said, reading))
    ]
    subject = said.subject or " ".join(found.subject.split())
    described = Description(
        name,
        kind,
        said.title or _title(name, subject, paper.text),
        said.minister or answers,
        said.asked_by or found.asked_by,
        asked or said.minister,
        said.date or found.date,
        subject,
        "nl-BE",
        said.publish_on,
        (),
        ("application/pdf",),
    )
    return described, (*paper.problems, *problems)


def _proposed(reading: Reading | None, place: Place) -> str:
    """Which question it is, as the paper says."""
    if reading and reading.session and reading.minister and reading.number is not None:
        return identifier(reading.session, reading.minister.name, reading.number)
    message = say("it does not say which question it is: add --id 2019-2020-crevits-370")
    raise InputError([Problem("archive-id", message, place)])


def _answering(reading: Reading | None) -> str:
    """Who answers, as printed."""
    if reading is None:
        return ""
    minister: Minister | None = reading.minister
    if reading.answer and reading.answer.minister:
        minister = reading.answer.minister
    return minister.name if minister else ""


def _day(reading: Reading | None) -> str:
    """The question's day, as the answer's header prints it, else as the question does."""
    if reading is None:
        return ""
    day = (reading.answer and reading.answer.question_date) or reading.asked_on
    return day.isoformat() if day else ""


def _title(name: str, subject: str, text: str) -> str:
    session, _, number = description.parts(name)
    if subject:
        return f"Schriftelijke vraag nr. {number} ({session}): {subject}"
    return text.partition("\n")[0].strip()[:_LONGEST] or description.case_name(name)


def _other_question(reading: Reading, name: str) -> Iterator[str]:
    """Where the paper says that it is another question than the id."""
    session, minister, number = description.parts(name)
    case = description.case_name(name)
    if reading.number is not None and reading.number != int(number):
        yield say("it says nr. {number}, and is to be kept as {case}", number=reading.number,
                  case=case)  # fmt: skip
    if reading.session and reading.session != session:
        yield say("it says {session}, and is to be kept as {case}", session=reading.session,
                  case=case)  # fmt: skip
    answering = reading.answer.minister if reading.answer else None
    ministers = [one.name for one in (reading.minister, answering) if one]
    if ministers and not any(short_name(one) == minister for one in ministers):
        yield say("it is to {minister}, and is to be kept as {case}", minister=ministers[0],
                  case=case)  # fmt: skip


def _otherwise(said: Said, found: Said) -> Iterator[str]:
    """Where the paper and its keeper call something otherwise."""
    for one, other in (
        (said.asked_by, found.asked_by),
        (said.minister, found.minister),
        (said.subject, found.subject),
    ):
        mine, theirs = _words(one), _words(other)
        if mine and theirs and not mine <= theirs and not theirs <= mine:
            yield say("it says {found}; {said} is kept, as you say", found=" ".join(other.split()),
                      said=one)  # fmt: skip


def _words(text: str) -> set[str]:
    return {*slug(text).split("-")} - {""}


def _too_early(said: Said, reading: Reading | None) -> Iterator[str]:
    if said.date and reading and reading.asked_on and said.date < reading.asked_on.isoformat():
        yield say("it was asked on {day}; {said} is kept, as you say",
                  day=reading.asked_on.isoformat(), said=said.date)  # fmt: skip
