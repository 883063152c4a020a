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
from kmo_report.search.answers import ANSWER, answers_in, asked, asked_in, asked_words
from kmo_report.search.earlier import Earlier
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


def search(wanted: str, folder: Path, limit: int, environment: Mapping[str, str]) -> Result:
    """What the answers in `folder` hold on a case, a file or mere words; InputError if unreadable.

    The index is kept where the environment says that caches belong, else for this run only.
    """
    question = _asked(wanted)

    def found(index: Index) -> Result:
        problems = [_unsearched(folder / key / ANSWER) for key in index.unusable()]
        searched = index.size() - len(index.identified(question.key))
        return Result(question, similar(index, question, limit), searched, problems)

    return _indexed(folder, environment, found)


_LOOKED_AT = 10
"""Earlier questions that are compared, for each part that is asked."""


def alike(
    question: Asked,
    folder: Path,
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

    return _indexed(folder, environment, compared)


def _indexed(folder: Path, environment: Mapping[str, str], ask: Callable[[Index], T]) -> T:
    """What the index of a folder says, brought up to date; in memory where no file can be had."""
    caches = files.caches(environment)
    path = index_file(folder, caches) if caches else None
    try:
        return _opened(folder, path, ask)
    except sqlite3.OperationalError:  # a full or read-only disk, a lock that stays
        return _opened(folder, None, ask)
    except sqlite3.DatabaseError:  # damaged somewhere within
        if path:
            path.unlink(missing_ok=True)
        return _opened(folder, None, ask)


def _opened(folder: Path, path: Path | None, ask: Callable[[Index], T]) -> T:
    with Index(path) as index:
        index.refresh([answers_in(folder)])
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


def _unsearched(file: Path) -> Problem:
    message = say("this cannot be used and was not searched; `kmo-report check` says why")
    return Problem("unsearched", message, Place(str(file)), "warning")
