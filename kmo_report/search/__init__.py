"""Which earlier questions and answers look like this one: the whole way, in plain calls."""

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kmo_report import files
from kmo_report.language import say
from kmo_report.load import load_answer
from kmo_report.problems import InputError, Place, Problem
from kmo_report.search import ranking
from kmo_report.search.alike import Alike, Likeness
from kmo_report.search.answers import ANSWER, ANSWERS, answers_in, asked, asked_in, asked_words
from kmo_report.search.earlier import Earlier, Source
from kmo_report.search.index import Index, index_file
from kmo_report.search.ranking import Asked, AskedPart, Found, Hit, similar
from kmo_report.search.shelf import ANY, Progress, Within, is_damage, silent
from kmo_report.search.snippet import Snippet, snippet, whole
from kmo_report.search.words import words

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
    """Where earlier answers are: sources, and the folder that each is made of.

    What stands in two of them is found in the first.
    """

    sources: Sequence[Source]
    folders: Sequence[Path]

    def unsearched(self, at: int, key: str) -> Problem:
        """That a document of one of them cannot be used."""
        folder = self.folders[at]
        if self.sources[at].name == ANSWERS:
            message = say("this cannot be used and was not searched; `kmo-report check` says why")
            return Problem("unsearched", message, Place(str(folder / key / ANSWER)), "warning")
        message = say(
            "{case} cannot be used and was not searched; `kmo-report archive verify` says why",
            case=key,
        )
        return Problem("unsearched", message, Place(str(folder)), "warning")

    def all_unsearched(self, index: Index) -> list[Problem]:
        """All that cannot be used."""
        places = range(len(self.sources))
        return [self.unsearched(at, key) for at in places for key in index.unusable(at)]


def places(answers: Path) -> Places:
    """The folder of the answers alone."""
    return Places([answers_in(answers)], [answers])


def search(
    wanted: str,
    where: Places,
    limit: int,
    environment: Mapping[str, str],
    progress: Progress = silent,
) -> Result:
    """What is known of a case, a file or mere words; InputError if the file is unreadable.

    The index is kept where the environment says that caches belong, else for this run only.
    """
    question = _asked(wanted)

    def found(index: Index) -> Result:
        searched = index.others(question.key)
        hits = similar(index, question, limit)
        return Result(question, hits, searched, where.all_unsearched(index))

    return _indexed(where, environment, found, progress)


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


@dataclass(frozen=True, slots=True)
class Match:
    """What is kept and holds some of the words; its title and the best of its text, with these."""

    hit: Hit
    title: Snippet
    text: Snippet


@dataclass(frozen=True, slots=True)
class Matches:
    """What an archive holds on some words, the best first; whether there is more of it."""

    found: list[Match]
    more: bool
    searched: int
    problems: list[Problem]


def look_up(  # noqa: PLR0913, PLR0917
    wanted: str,
    where: Places,
    limit: int,
    environment: Mapping[str, str],
    within: Within = ANY,
    progress: Progress = silent,
) -> Matches:
    """What is kept on some words, names or numbers."""
    question = asked_words(wanted)

    def found(index: Index) -> Matches:
        terms = frozenset(term for word in words(wanted) for term in index.known[word])

        def match(hit: Hit) -> Match:
            document = hit.document
            title = document.kept.title if document.kept else document.subject
            texts = [*document.texts()[1:], document.other]
            return Match(hit, whole(title, terms, index.known), snippet(texts, terms, index.known))

        hits = ranking.search(index, question, limit + 1, within)
        shown = [match(hit) for hit in hits[:limit]]
        problems = where.all_unsearched(index)
        return Matches(shown, len(hits) > limit, index.size(), problems)

    return _indexed(where, environment, found, progress)


def remade(
    where: Places, environment: Mapping[str, str], progress: Progress = silent
) -> tuple[int, list[Problem]]:
    """Make the index anew: how many questions it holds, and what could not be used."""
    return _indexed(
        where,
        environment,
        lambda index: (index.size(), where.all_unsearched(index)),
        progress,
        anew=True,
    )


def _indexed(
    where: Places,
    environment: Mapping[str, str],
    ask: Callable[[Index], T],
    progress: Progress = silent,
    *,
    anew: bool = False,
) -> T:
    """What the index of all places says, brought up to date; in memory if no file can be had."""
    paths = _files(where, environment)

    def opened(paths: Sequence[Path | None]) -> T:
        with Index(*paths) as index:
            if anew:
                index.clear()
            index.refresh(*([source] for source in where.sources), progress=progress)
            return ask(index)

    try:
        return opened(paths)
    except sqlite3.Error as error:
        if is_damage(error):  # somewhere within
            for path in filter(None, paths):
                path.unlink(missing_ok=True)
            with suppress(sqlite3.Error):
                return opened(paths)
        # else a full or read-only disk, a lock that stays
    return opened([None for _ in paths])


def _files(where: Places, environment: Mapping[str, str]) -> list[Path | None]:
    """Where the index of each place is."""
    caches = files.caches(environment)
    return [
        index_file(folder, caches, source.name) if caches else None
        for folder, source in zip(where.folders, where.sources, strict=True)
    ]


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
