"""What travels in a PDF, rendered again: in a process that is bounded, with a house style given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kmo_report import files, keep, pipeline
from kmo_report.archive import ocfl
from kmo_report.archive.description import is_identifier
from kmo_report.fill import fill
from kmo_report.incoming.guard import guarded
from kmo_report.language import say
from kmo_report.load import load_answer
from kmo_report.model.question import identifier
from kmo_report.problems import InputError, Problem
from kmo_report.prove.reckon import Reckoned, reckoned
from kmo_report.prove.shown import Shown, shown
from kmo_report.render import RENDERERS
from kmo_report.source import read_tree
from kmo_report.template import Template, read_template
from kmo_report.view import page

SECONDS = 300.0
MEMORY = 3 << 30


@dataclass(frozen=True, slots=True)
class Again:
    """What came out."""

    identifier: str
    status: str
    pdf: bytes
    shown: Shown
    inside: Mapping[str, bytes]
    """The attachments, made again."""
    cells: list[Reckoned]
    made: Mapping[str, object]
    """The versions of what made it, as `keep` records them."""


def identifier_of(content: bytes) -> str:
    """Of the question in an answer file, be it one that only another version can read; or empty."""
    try:
        return load_answer(content, pipeline.ANSWER).model.question.identifier
    except InputError:
        tree: Any = read_tree(content, pipeline.ANSWER)[0]
        try:
            question = tree["question"]
            named = identifier(
                question["session"], question["minister"]["name"], question["number"]
            )
        except (KeyError, TypeError, AttributeError):
            return ""
        return named if is_identifier(named) else ""


def again(inside: Mapping[str, bytes], template: Template, today: date) -> Again:
    """Render what travels in a file; InputError where this program cannot, or takes too long."""
    return guarded(lambda: made(inside, template, today), pipeline.ANSWER, SECONDS, MEMORY)


def made(inside: Mapping[str, bytes], template: Template, today: date) -> Again:
    """The same, here."""
    with TemporaryDirectory() as folder:
        case = Path(folder, "case")
        files.write({case / name: content for name, content in inside.items() if is_file(name)})
        try:
            answer, attachments, _ = pipeline.read(case, template.style, today)
            document = fill(page(answer, template.style), template, attachments)
            pdf = RENDERERS["pdf"](document, template)
        except InputError as error:
            raise InputError(
                Problem(p.code, p.message, None, p.level) for p in error.problems
            ) from None
    return Again(
        answer.question.identifier,
        answer.status,
        pdf,
        shown(pdf, pipeline.ANSWER),
        {attachment.name: attachment.content for attachment in attachments},
        reckoned(answer, template.style, inside),
        keep.made_by(template),
    )


def is_file(name: str) -> bool:
    """Whether the name of an attachment is one of a file in a folder, and no way out of it."""
    return ocfl.is_plain(name) and "/" not in name and not name.startswith(".")


def kept_template(kept: Mapping[str, bytes], folder: Path) -> Template:
    """The house style that was kept with a version, laid out in a folder."""
    house = {
        name.removeprefix("template/"): content
        for name, content in kept.items()
        if name.startswith("template/")
    }
    if not house:
        raise InputError([Problem("template", say("no house style was kept with it"))])
    files.write({folder / name: content for name, content in house.items()})
    return read_template(folder)
