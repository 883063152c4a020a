"""The folder of the answers as a source: each case a document, its text without marks."""

import hashlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from kmo_report.incoming.reading import Part as ReadPart
from kmo_report.incoming.reading import Reading
from kmo_report.load import load_answer
from kmo_report.model.answer import Answer, AnswerPart, Content, EarlierQuestion
from kmo_report.model.question import Question, case_of
from kmo_report.model.table import Table
from kmo_report.problems import InputError
from kmo_report.search.earlier import Earlier, Entry, Passage, Source
from kmo_report.search.ranking import Asked, AskedPart

ANSWER = "answer.yaml"
ANSWERS = "answers"
"""What the folder of the answers is called as a source."""

_SETTLED = 2_000_000_000
"""Nanoseconds after which a file that is written again has another time, on any disk."""


def answers_in(folder: Path) -> Source:
    """The cases in a folder, by name; a folder that is not there holds none."""
    whole = folder.resolve()
    return Source(ANSWERS, lambda: _entries(whole))


def _entries(folder: Path) -> Iterator[Entry]:
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.name[0] != ".")
    except (FileNotFoundError, NotADirectoryError):
        return
    now = time.time_ns()
    for name in names:
        file = f"{folder}/{name}/{ANSWER}"
        try:
            state = os.stat(file)  # noqa: PTH116 -- a Path for each of thousands takes its time
        except OSError:
            continue
        settled = now - state.st_mtime_ns > _SETTLED
        stamp = f"{state.st_size} {state.st_mtime_ns}" if settled else ""
        yield _entry(name, stamp, Path(file))


def _entry(name: str, stamp: str, file: Path) -> Entry:
    def content() -> bytes:
        try:
            return file.read_bytes()
        except OSError:
            return b""

    def read() -> Earlier | None:
        try:
            return earlier(load_answer(content(), str(file)).model, str(file.parent))
        except InputError:
            return None

    return Entry(name, stamp, lambda: hashlib.sha256(content()).hexdigest(), read)


def asked(question: Question) -> Asked:
    """A question, as it is looked for."""
    parts = tuple(
        AskedPart("".join(path), text, within) for path, within, text in _asking(question)
    )
    introduction = question.introduction or "" if question.parts else ""
    return Asked(parts, question.subject, introduction, whole=True, key=question.case)


def asked_in(reading: Reading) -> Asked:
    """A question that was read from a file, as it is looked for."""
    parts = [
        AskedPart(part.label or "", part.text, _within(reading.parts, part.label or ""))
        for part in reading.parts
        if part.asks
    ]
    key = ""
    if reading.session and reading.minister and reading.number is not None:
        key = case_of(reading.session, reading.minister.name, reading.number)
    return Asked(
        tuple(parts), reading.subject or "", reading.introduction or "", whole=True, key=key
    )


def _within(parts: Sequence[ReadPart], label: str) -> str:
    """The words of the parts around one: 1 is around 1a, and not around 10."""
    return " ".join(part.text for part in parts if part.label and _is_around(part.label, label))


def _is_around(outer: str, label: str) -> bool:
    return (
        label.startswith(outer)
        and label != outer
        and not (outer[-1].isdigit() and label[len(outer)].isdigit())
    )


def passages_in(reading: Reading) -> tuple[Passage, ...]:
    """The parts of a document that was read, each with what is answered to it."""
    asking = [
        (part.label or "", _within(reading.parts, part.label or ""), part.text)
        for part in reading.parts
        if part.asks
    ]
    return tuple(
        Passage(label, within, text, _answer_in(reading, label))
        for label, within, text in asking or [("", "", "")]
    )


def _answer_in(reading: Reading, label: str) -> str:
    """What is answered to a part: by itself, with others, with those around it, or with all."""
    parts = reading.answer.parts if reading.answer else ()
    own = [part for part in parts if label in part.labels]
    around = [
        part
        for part in parts
        if not part.labels or not label or any(_is_around(outer, label) for outer in part.labels)
    ]
    found: list[str] = []
    for part in own or around:
        found.append(part.text)
        for table in part.tables:
            cells = (cell for row in table.rows for cell in row)
            found.append(", ".join(dict.fromkeys(filter(None, (table.caption or "", *cells)))))
    return "\n\n".join(filter(None, found)).strip()


def asked_words(words: str) -> Asked:
    """Mere words, as they are looked for."""
    return Asked((AskedPart("", words),))


def earlier(answer: Answer, place: str) -> Earlier:
    """An answer, as it is searched and shown."""
    question = answer.question
    return Earlier(
        key=question.case,
        session=question.session,
        number=question.number,
        asked_by=question.asked_by,
        asked_on=question.asked_on,
        minister=answer.minister.name,
        subject=question.subject,
        introduction=question.introduction or "" if question.parts else "",
        status=answer.status,
        kind=answer.answer.kind,
        place=place,
        file=f"{place}/{ANSWER}",
        publish_on=answer.publish_on.isoformat() if answer.publish_on else "",
        passages=tuple(
            Passage("".join(path), within, text, _answer_to(answer, path))
            for path, within, text in _asking(question)
        ),
    )


Label = tuple[str, ...]
"""The way to a part: (1,), (1, a)."""


def _asking(question: Question) -> Iterator[tuple[Label, str, str]]:
    """The label, the words of the parts around it, and text of each part that asks."""
    texts: dict[Label, str] = {}
    for path, part in question.labels():
        texts[path] = part.text or ""
        if part.asks:
            around = (texts[path[:depth]] for depth in range(1, len(path)))
            yield path, " ".join(around), texts[path]
    if not question.parts:
        yield (), "", question.introduction or ""


def _answer_to(answer: Answer, path: Label, seen: frozenset[Label] = frozenset()) -> str:
    """What is answered to a part: by itself, with others, or where it refers to within."""
    around = {"".join(path[:depth]) for depth in range(1, len(path))}
    parts = answer.answer.parts
    own = [part for part in parts if "".join(path) in part.of]
    served = own or [part for part in parts if part.of_all or around & set(part.of)]
    return "\n\n".join(_texts(answer, part, seen | {path}) for part in served).strip()


def _texts(answer: Answer, part: AnswerPart, seen: frozenset[Label]) -> str:
    found = [_text(answer, content, seen) for content in part.content]
    found += [
        cover.not_available or (_named(cover.question) if cover.question else "")
        for cover in part.covers
    ]
    return "\n\n".join(filter(None, found))


def _text(answer: Answer, content: Content, seen: frozenset[Label]) -> str:
    if content.text is not None:
        return _plain(content.text)
    if content.table is not None and content.table in answer.tables:
        return _words_of(answer.tables[content.table])
    if content.same_as is not None:
        meant = (p for p, _ in answer.question.labels() if "".join(p) == content.same_as)
        return "".join(_answer_to(answer, path, seen) for path in meant if path not in seen)
    if content.question is not None:
        return _named(content.question)
    return next((annex.title for annex in answer.annexes if annex.file == content.annex), "")


def _plain(text: str) -> str:
    """Without the marks of links, emphasis and lists."""
    return re.sub(r"\[([^\]]*)\]\([^)]*\)|\*+|\\(?=[^\w\s])", r"\1", text).strip()


def _words_of(table: Table) -> str:
    """What a table is about: its captions, and the names of its rows and columns."""
    names = [re.sub(r"\{\w+\}", "", caption).strip(" :,") for caption in table.captions.values()]
    for _, name, item in table.items():
        names += [name, *item.labels.values()]
    return ", ".join(dict.fromkeys(filter(None, (*names, *table.notes))))


def _named(question: EarlierQuestion) -> str:
    """The office's way to name a question."""
    to = f" aan {question.minister}" if question.minister else ""
    return f"schriftelijke vraag nr. {question.number} van {question.asked_by}{to}"
