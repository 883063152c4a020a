"""Which earlier questions and answers look like this one: the whole way, in plain calls."""

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kmo_report import files
from kmo_report.language import say
from kmo_report.load import load_answer
from kmo_report.problems import InputError, Place, Problem
from kmo_report.search.alike import Alike, Likeness
from kmo_report.search.answers import ANSWER, ANSWERS, answers_in, asked, asked_in, asked_words
from kmo_report.search.earlier import Earlier, Source
from kmo_report.search.index import Index, index_file
from kmo_report.search.ranking import Asked, AskedPart, Found, similar

T = TypeVar("T")

_DOCUMENTS = (".doc", ".docx", ".eml", ".htm", ".html", ".md", ".msg", ".pdf", ".txt", ".yaml")


@dataclass(frozen=True, slots=True)
class Result:
    """What was found, among how many documents, and what could not be searched."""

    asked: Asked
    found: list[Found]
    searched: int
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Places:
    """Where earlier answers are: sources, and the folder that each is made of."""

    sources: Sequence[Source]
    folders: Sequence[Path]

    def unsearched(self, source: str, key: str) -> Problem:
        """That a document of a source cannot be used."""
        (folder,) = (f for s, f in zip(self.sources, self.folders, strict=True) if s.name == source)
        if source == ANSWERS:
            message = say("this cannot be used and was not searched; `kmo-report check` says why")
            return Problem("unsearched", message, Place(str(folder / key / ANSWER)), "warning")
        message = say(
            "{case} cannot be used and was not searched; `kmo-report archive verify` says why",
            case=key,
        )
        return Problem("unsearched", message, Place(str(folder)), "warning")


def places(answers: Path) -> Places:
    """The folder of the answers alone."""
    return Places([answers_in(answers)], [answers])


def search(wanted: str, where: Places, limit: int, environment: Mapping[str, str]) -> Result:
    """What is known of a case, a file or mere words; InputError if the file is unreadable.

    The index is kept where the environment says that caches belong, else for this run only.
    """
    question = _asked(wanted)

    def found(index: Index) -> Result:
        problems = [where.unsearched(source, key) for source, key in index.unusable()]
        searched = index.size() - len(index.identified(question.key))
        return Result(question, similar(index, question, limit), searched, problems)

    return _indexed(where, environment, found)


def remade(where: Places, environment: Mapping[str, str]) -> tuple[int, list[Problem]]:
    """Make the index anew: how many questions it holds, and what could not be used."""
    if caches := files.caches(environment):
        index_file(where.folders, caches).unlink(missing_ok=True)
    return _indexed(
        where,
        environment,
        lambda index: (
            index.size(),
            [where.unsearched(source, key) for source, key in index.unusable()],
        ),
    )


_LOOKED_AT = 10
"""Earlier questions that are compared, for each part that is asked."""


def alike(
    question: Asked,
    where: Places,
    environment: Mapping[str, str],
    only: Earlier | None = None,
) -> Sequence[tuple[AskedPart, list[Alike]]]:
    """For each part that is asked the earlier parts, likest first: of all answers, or of one."""

    def compared(index: Index) -> list[tuple[AskedPart, list[Alike]]]:
        likeness = Likeness(index, question)
        if only:
            return [(part, likeness.of(part, only)) for part in question.parts]
        return [
            (found.part, likeness.among(found)) for found in similar(index, question, _LOOKED_AT)
        ]

    return _indexed(where, environment, compared)


def _indexed(where: Places, environment: Mapping[str, str], ask: Callable[[Index], T]) -> T:
    """What the index of all places says, brought up to date; in memory if no file can be had."""
    caches = files.caches(environment)
    path = index_file(where.folders, caches) if caches else None
    try:
        return _opened(where, path, ask)
    except sqlite3.OperationalError:  # a full or read-only disk, a lock that stays
        return _opened(where, None, ask)
    except sqlite3.DatabaseError:  # damaged somewhere within
        if path:
            path.unlink(missing_ok=True)
        return _opened(where, None, ask)


def _opened(where: Places, path: Path | None, ask: Callable[[Index], T]) -> T:
    with Index(path) as index:
        index.refresh(where.sources)
        return ask(index)


def _asked(wanted: str) -> Asked:
    """A case or a file where there is one of that name; else words."""
    path = Path(wanted)
    try:
        there = path.exists()
    except (OSError, ValueError):  # too long for a name, or with a sign that no name holds
        there = False
    if there:
        return _question(path)
    one_word = wanted.strip() and not any(character.isspace() for character in wanted)
    if one_word and (os.sep in wanted or path.suffix.lower() in _DOCUMENTS):
        raise InputError([Problem("file", say("there is no such file"), Place(wanted))])
    return asked_words(wanted)


def _question(path: Path) -> Asked:
    """The question of a case, or in a file that came in."""
    if path.is_dir() or path.name == ANSWER:
        file = path / ANSWER if path.is_dir() else path
        return asked(load_answer(files.read(file), str(file)).model.question)
    from kmo_report.incoming import read_file

    return asked_in(read_file(path))
