"""A question that came in -> a case to go on with, of what was answered before.

    drafted = draft(Request(...), environment)

    bytes -> Reading (incoming) -> question (asked) + earlier parts (search) -> what serves (taken,
    tables) -> the text of answer.yaml (page, writing) -> a folder, whole or not at all (files)

Not a word of an answer is invented: what is not quoted is a TODO with the asker's own words.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from kmo_report import files
from kmo_report.amend import amended
from kmo_report.drafting import update
from kmo_report.drafting.asked import Given, Question, asked_by_hand, question_of
from kmo_report.drafting.page import Where, also_asked, answer_file, answer_part
from kmo_report.drafting.taken import Before, Open, Reply, Taker
from kmo_report.incoming import content_of, kind_of, read_content
from kmo_report.incoming.reading import Reading
from kmo_report.language import say
from kmo_report.load import load_answer
from kmo_report.model.answer import Answer
from kmo_report.problems import InputError, Place, Problem
from kmo_report.schemas import FOLDER as SCHEMAS
from kmo_report.search import Places, alike
from kmo_report.search.answers import ANSWER, asked_in, earlier
from kmo_report.search.earlier import Earlier
from kmo_report.search.ranking import Asked
from kmo_report.source import read_tree

__all__ = ["Drafted", "Given", "Request", "draft", "start"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a draft is made of, and where it goes."""

    file: str
    """The question that came in; - is standard input."""
    out: Path
    """The folder of the new case's folder."""
    answers: Places
    """Where the earlier answers are; first the folder of answers."""
    source: str | None
    """The case to take over from, a folder or an id; else all are searched."""
    given: Given
    """What the user says of the question by hand."""
    update: bool = False
    """Whether a case that is there gets what it lacks."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was written, what of it was taken over, and what was told of the question."""

    folder: Path
    written: tuple[Path, ...]
    question: Question
    replies: tuple[Reply, ...]
    """What was answered to parts that had no answer."""
    tables: bool
    """Whether figures are to be made of a register."""
    problems: tuple[Problem, ...]


def draft(request: Request, environment: Mapping[str, str]) -> Drafted:
    """Write a new case, whole or not at all; InputError where there is one of that name."""
    content = content_of(request.file)
    reading = read_content(content, request.file)
    question = question_of(reading, request.given)
    folder = request.out / question.case
    if request.update and (folder / ANSWER).is_file():
        return _updated(request, content, reading, question, environment)
    if folder.exists():
        raise InputError([_there_already(folder)])
    taker = Taker(question, _opener(folder), named=request.source is not None)
    replies = answered(request, reading, question, taker, environment)
    parts = [answer_part(reply, taker, _where(folder)) for reply in replies]
    said = also_asked(reading.addressees)
    text = answer_file(schema_of(folder), question, parts, taker.tables, said)
    path = folder / ANSWER
    load_answer(text.encode(), str(path))  # what is written can be read
    name = f"question{kind_of(content, request.file)}"
    files.write_folder(folder, {name: content, ANSWER: text.encode()})
    return Drafted(
        folder,
        (path, folder / name),
        question,
        tuple(replies),
        _of_registers(taker),
        (*reading.problems, *_own_answer(reading, request.file)),
    )


def start(given: Given, parts: Sequence[str], out: Path) -> Drafted:
    """Write a new case of what the user says alone: every part is still to be answered."""
    question = question_of(asked_by_hand(parts), given)
    folder = out / question.case
    taker = Taker(question, _opener(folder))
    written = [
        answer_part(taker.reply(part, ()), taker, _where(folder)) for part in question.asking
    ]
    text = answer_file(schema_of(folder), question, written, {}, "").encode()
    load_answer(text, str(folder / ANSWER))
    if folder.exists():
        raise InputError([_there_already(folder)])
    files.write_folder(folder, {ANSWER: text})
    return Drafted(folder, (folder / ANSWER,), question, replies=(), tables=False, problems=())


def _updated(
    request: Request,
    content: bytes,
    reading: Reading,
    question: Question,
    environment: Mapping[str, str],
) -> Drafted:
    """Put into a case what it lacks; what is there stays as it is, to the byte."""
    folder = request.out / question.case
    path = folder / ANSWER
    before = files.read(path)
    loaded = load_answer(before, str(path))
    tree, _ = read_tree(before, str(path))
    assert isinstance(tree, dict)  # noqa: S101 -- the model has read it
    taker = Taker(question, _opener(folder), request.source is not None, {*loaded.model.tables})
    labels = update.lacking(loaded.model, question)
    left = replace(
        question, asking=tuple(part for part in question.asking if (part.label or "all") in labels)
    )
    replies = answered(request, reading, left, taker, environment)
    changes = [
        *update.question_changes(tree, question),
        *update.answer_changes(loaded.model, question, replies, taker, _where(folder)),
        *update.table_changes(tree, taker),
    ]
    written: dict[Path, bytes] = {}
    if changes:
        written[path] = amended(before, str(path), changes)
        load_answer(written[path], str(path))  # what is written can be read
    if name := _free_name(folder, content, kind_of(content, request.file)):
        written[folder / name] = content
    files.write(written)
    return Drafted(
        folder,
        tuple(written),
        question,
        tuple(replies),
        _of_registers(taker),
        (*reading.problems, *update.differences(loaded, question)),
    )


def _free_name(folder: Path, content: bytes, suffix: str) -> str:
    """What a document is called beside earlier ones of the question; none if it is there."""
    there = sorted(folder.glob("question.*"))
    if any(files.read(path) == content for path in there):
        return ""
    taken, number, name = {path.name for path in there}, 1, f"question{suffix}"
    while name in taken:
        number += 1
        name = f"question.{number}{suffix}"
    return name


def _of_registers(taker: Taker) -> bool:
    tables = taker.tables.values()
    return any("figures" in table for table in tables if isinstance(table, dict))


def _where(folder: Path) -> Where:
    return lambda one: way(one.document.place, folder)


def answered(
    request: Request,
    reading: Reading,
    question: Question,
    taker: Taker,
    environment: Mapping[str, str],
) -> list[Reply]:
    """What is answered to each part that asks."""
    only = _named(request) if request.source else None
    asked = _asked(reading, question)
    found = alike(asked, request.answers, environment, only) if asked.parts else []
    by_label = {part.label: alikes for part, alikes in found}
    return [taker.reply(part, by_label.get(part.label or "", [])) for part in question.asking]


def _asked(reading: Reading, question: Question) -> Asked:
    """As it is looked for; it is not like itself."""
    texts = {part.label or "": part.text for part in question.asking}
    asked = asked_in(reading)
    parts = tuple(
        replace(part, text=texts[part.label]) for part in asked.parts if part.label in texts
    )
    return replace(asked, parts=parts, key=question.case)


def _own_answer(reading: Reading, file: str) -> tuple[Problem, ...]:
    if reading.answer is None:
        return ()
    message = say("the document holds an answer too; only its question is taken over")
    return (Problem("own-answer", message, Place(file), "warning"),)


def _there_already(folder: Path) -> Problem:
    message = say(
        "there is a case of that name and nothing is overwritten; `kmo-report draft --update` puts "
        "in what is missing"
    )
    return Problem("case-exists", message, Place(str(folder)))


# --- the earlier case ----------------------------------------------------------------------------


def _named(request: Request) -> Earlier:
    """The case that the user names: by its folder, its name or its urn."""
    name = str(request.source)
    identifier = "-".join(name.split(":")[-3:]) if name.startswith("urn:") else name
    answers, *_ = request.answers.folders
    for folder in (Path(name), answers / identifier):
        file = folder if folder.name == ANSWER else folder / ANSWER
        if file.is_file():
            loaded = load_answer(files.read(file), str(file))
            return earlier(loaded.model, str(file.resolve().parent))
    for source in request.answers.sources:
        for entry in source.entries():
            if entry.key == identifier and (found := entry.read()):
                return found
    message = say("there is no case {name}", name=name)
    raise InputError([Problem("no-case", message, Place(str(answers)))])


def _opener(folder: Path) -> Open:
    def open_before(document: Earlier) -> Before | None:
        if not document.file:
            return None
        file = Path(document.file)
        try:
            content = files.read(file)
            answer: Answer = load_answer(content, str(file)).model
            tree, _ = read_tree(content, str(file))
        except InputError:  # gone since it was searched
            return None
        assert isinstance(tree, dict)  # noqa: S101 -- the model has read it
        return Before(answer, tree, way(document.place, folder))

    return open_before


def way(place: str, folder: Path) -> str:
    """The way to an earlier case from the folder of the new one; a link as it is."""
    if "://" in place:
        return place
    return PurePath(os.path.relpath(Path(place).resolve(), folder.resolve())).as_posix()


def schema_of(folder: Path) -> str:
    """Where an editor finds the schema: the way from a case, as the README recommends."""
    return PurePath(os.path.relpath(SCHEMAS / "answer.schema.json", folder.resolve())).as_posix()
