"""What a careful colleague would have caught in a readable answer.

A rule is one function and one row in `RULES`; it yields where it found something, and what.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from pydantic import BaseModel

from kmo_report import prose
from kmo_report.layout import Spread
from kmo_report.load import Loaded
from kmo_report.model import MEASURES, Answer
from kmo_report.problems import Level, Problem
from kmo_report.source import Path


class Finding(NamedTuple):
    """Something that is wrong at `path` in the answer file, at the word `near` if it has one."""

    path: Path
    message: str
    near: str = ""


Rule = Callable[[Answer], Iterator[Finding]]


def check(loaded: Loaded[Answer]) -> list[Problem]:
    """All that the rules find, in the order of the file."""
    problems = [
        Problem(code, message, loaded.source.place(path, near), level)
        for code, (level, rule) in RULES.items()
        for path, message, near in rule(loaded.model)
    ]
    return sorted(problems, key=Problem.position)


# --- texts -----------------------------------------------------------------------------------

_TODO = re.compile(r"\bTODO\b")


def no_todo_in_final(answer: Answer) -> Iterator[Finding]:
    """A final answer holds nothing that is still to be done."""
    if answer.status == "final":
        for path, text in _texts(answer, ()):
            if _TODO.search(text):
                yield Finding(path, "a final answer may not hold TODO", "TODO")


def _texts(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name), (*path, name))
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _texts(entry, (*path, str(key)))
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _texts(entry, (*path, str(index)))


def texts_hold_no_html(answer: Answer) -> Iterator[Finding]:
    """Texts hold paragraphs, lists, emphasis and links to the web, nothing else."""
    for path, text, markup in _prose(answer):
        for near, message in prose.faults(text, markup=markup):
            yield Finding(path, message, near)


def _prose(answer: Answer) -> Iterator[tuple[Path, str, bool]]:
    """The texts that are printed as paragraphs, and whether they may hold markup."""
    question = answer.question
    if question.introduction:
        yield ("question", "introduction"), question.introduction, False
    for label, part in question.labels():
        path = ("question", *(step for key in label for step in ("parts", key)))
        yield (*path, "text"), part.text, False
        if part.requested and part.requested.text:
            yield (*path, "requested", "text"), part.requested.text, False
    for index, answered in enumerate(answer.answer.parts):
        path = ("answer", "parts", str(index))
        for at, content in enumerate(answered.content):
            if content.text:
                yield (*path, "content", str(at), "text"), content.text, True
        for at, cover in enumerate(answered.covers):
            if cover.not_available:
                yield (*path, "covers", str(at), "not_available"), cover.not_available, True


# --- dates -----------------------------------------------------------------------------------


def dates_agree(answer: Answer) -> Iterator[Finding]:
    """The answer's header names the date of the question; real documents differ, so it warns."""
    asked, named = answer.question.asked_on, answer.answer.question_date
    if asked != named:
        message = f"the question is of {asked}, but the answer's header says {named}"
        yield Finding(("answer", "question_date"), message)


# --- parts and tables ------------------------------------------------------------------------


def parts_exist(answer: Answer) -> Iterator[Finding]:
    """An answer is to parts of the question, and refers to parts of the question."""
    known = ["".join(label) for label, _ in answer.question.labels()]
    for index, part in enumerate(answer.answer.parts):
        path = ("answer", "parts", str(index))
        named: list[tuple[Path, str]] = [
            ((*path, "of", str(at)), label) for at, label in enumerate(part.of)
        ]
        named += [
            ((*path, "content", str(at), "same_as"), content.same_as)
            for at, content in enumerate(part.content)
            if content.same_as
        ]
        for where, label in named:
            if label not in known and not (label == "all" and part.of_all):
                yield Finding(where, f"the question has no part {label}{_hint(label, known)}")


def tables_exist(answer: Answer) -> Iterator[Finding]:
    """A table that is to be printed is there."""
    for index, part in enumerate(answer.answer.parts):
        for at, content in enumerate(part.content):
            if content.table and content.table not in answer.tables:
                path = ("answer", "parts", str(index), "content", str(at), "table")
                hint = _hint(content.table, list(answer.tables))
                yield Finding(path, f"there is no table {content.table}{hint}")


def tables_are_printed(answer: Answer) -> Iterator[Finding]:
    """A table that is there is printed."""
    printed = {content.table for part in answer.answer.parts for content in part.content}
    for name in answer.tables:
        if name not in printed:
            message = f"table {name} is not printed; write `- table: {name}` in a part"
            yield Finding(("tables", name), message)


def _hint(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]}?" if near else f" (there are {', '.join(known) or 'none'})"


# --- figures ---------------------------------------------------------------------------------


def _of_tables(find: Callable[[Spread], Iterator[tuple[Path, str]]]) -> Rule:
    """A rule on every table; one with a fault of layout is laid out by no other rule."""

    def rule(answer: Answer) -> Iterator[Finding]:
        for name, table in answer.tables.items():
            spread = Spread(table)
            if find is Spread.faults or not any(spread.faults()):
                for path, message in find(spread):
                    yield Finding(("tables", name, *path), f"table {name}: {message}")

    rule.__doc__ = find.__doc__
    return rule


def _headings(spread: Spread) -> Iterator[tuple[Path, str]]:
    """Headings are of things that the table has, and rows of a label have one."""
    table = spread.table
    known = ["year", "item", *spread.labels, *MEASURES]
    for name in table.headings:
        if name not in known:
            yield ("headings", name), f"nothing here is called {name}{_hint(name, known)}"
    if spread.rows in spread.labels and "" not in table.headings.get(spread.rows, {}):
        message = f"the column of {spread.rows} wants a heading: `{spread.rows}: ...`"
        yield ("headings",), message


def _captions(spread: Spread) -> Iterator[tuple[Path, str]]:
    """Every table has a caption, and its placeholders have one member in it."""
    table = spread.table
    known = list(spread.table_per)
    for measure, text in table.captions.items():
        for name in re.findall(r"\{([a-z_]+)\}", text):
            if name not in known:
                path = ("captions", measure)
                yield path, f"{{{name}}} does not name one thing per table{_hint(name, known)}"
    if "measure" in spread.table_per:
        for measure in spread.measures:
            if measure not in table.captions:
                yield ("captions",), f"the tables of {measure} have no caption"
    elif not table.captions:
        yield ("captions",), "the table has no caption"


RULES: Mapping[str, tuple[Level, Rule]] = {
    "todo": ("error", no_todo_in_final),
    "markup": ("error", texts_hold_no_html),
    "question-date": ("warning", dates_agree),
    "unknown-part": ("error", parts_exist),
    "unknown-table": ("error", tables_exist),
    "unused-table": ("warning", tables_are_printed),
    "layout": ("error", _of_tables(Spread.faults)),
    "heading": ("error", _of_tables(_headings)),
    "caption": ("error", _of_tables(_captions)),
    "gap": ("error", _of_tables(Spread.gaps)),
    "difference": ("error", _of_tables(Spread.differences)),
}
"""Every rule by the code that its problems carry."""
