"""What is wrong with a house style: all at once, with its place, and without an answer at hand.

The page is read as text (`page`) and as a program (`names`), filled with answers of our own that
reach every branch, and rendered; the look is compared between style.yaml, page.css and page.docx.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import shorten

from kmo_report import files, site_words
from kmo_report.document import Document
from kmo_report.fill import checked, environment, fill, written
from kmo_report.language import say
from kmo_report.lint import kinds, look, names, page
from kmo_report.load import load_answer, load_style
from kmo_report.problems import InputError, Place, Problem
from kmo_report.render import RENDERERS
from kmo_report.source import Source
from kmo_report.template import (
    DEFAULT,
    FILES,
    PAGE,
    Template,
    dressed,
    find_template,
    open_template,
)
from kmo_report.view import Page, charts
from kmo_report.view import page as view

SAMPLES = tuple(sorted((Path(__file__).parent / "samples").glob("*.yaml")))
"""Answers that together have all that an answer can have, and nothing."""


def lint(folder: Path) -> list[Problem]:
    """All problems of the template in a folder, in the order of its files and of their lines."""
    problems: list[Problem] = []
    house = _opened(folder, problems)
    template = house.template
    if PAGE in house.files:
        faults = _of_page(template)
        problems += faults
        if any(problem.level == "error" for problem in faults):
            # What is wrong with the style sheet shows on our page too.
            template = replace(template, page=open_template(find_template(DEFAULT)).page)
    if {"page.css", "style.yaml"} <= house.files:
        problems += _of_paper(template)
    if house.source:
        settings = [*look.of_settings(template.style, house.source)]
        told = {problem.message for problem in settings}
        problems = [_at_fonts(p, house.source) for p in problems if p.message not in told]
        problems += settings
    problems += look.of_word(template) if "page.docx" in house.files else ()
    problems += _of_site(folder)
    order = [str(folder / name) for name in (*FILES, site_words.NAME)]

    def position(problem: Problem) -> tuple[int, int, int]:
        path = problem.place.path if problem.place else ""
        return (order.index(path) if path in order else -1, *problem.position())

    return sorted(dict.fromkeys(problems), key=position)


def _of_site(folder: Path) -> tuple[Problem, ...]:
    try:
        site_words.read(folder)
    except InputError as error:
        return error.problems
    return ()


def _at_fonts(problem: Problem, source: Source) -> Problem:
    """What a font lacks is to be mended where style.yaml names it."""
    if problem.place or problem.code not in ("font", "glyph"):
        return problem
    return replace(problem, place=source.place(("fonts",)))


def word_differences(template: Template) -> list[Problem]:
    """Where page.docx looks otherwise than style.yaml says: cheap enough for every render."""
    return [problem for problem in look.of_word(template) if problem.code == "look"]


def variables(template: Template) -> list[tuple[str, str, str]]:
    """Every field that a page may print: its name, its type, and an example in one line."""
    fullest = next(_samples(template))
    return [
        (name, kind, shorten(example, 60, placeholder=" …"))
        for name, kind, example in kinds.variables(fullest)
    ]


@dataclass(frozen=True, slots=True)
class _House:
    """A template as far as it can be read; what cannot is that of the house that we bring."""

    template: Template
    files: frozenset[str]
    """The names of the files that are its own."""
    source: Source | None
    """Where the values of style.yaml stand."""


def _opened(folder: Path, problems: list[Problem]) -> _House:
    ours = open_template(find_template(DEFAULT))
    content, texts = {}, {PAGE: ours.page, "page.css": ours.css}
    for name in FILES:
        path = folder / name
        if not path.is_file():
            message = say("the template lacks {file}", file=name)
            problems.append(Problem("template", message, Place(str(path))))
        else:
            content[name] = files.read(path)
    for name in {PAGE, "page.css"} & content.keys():
        try:
            # As Jinja counts lines, on every system.
            texts[name] = re.sub("\r\n?", "\n", content[name].decode("utf-8-sig"))
        except UnicodeDecodeError:
            message = say("this is no UTF-8; save the file as UTF-8 text")
            problems.append(Problem("encoding", message, Place(str(folder / name))))
            del content[name]
    style, source = ours.style, None
    if "style.yaml" in content:
        try:
            loaded = load_style(content["style.yaml"], str(folder / "style.yaml"))
            style, source = loaded.model, loaded.source
        except InputError as error:
            problems += error.problems
            del content["style.yaml"]
    if source is None:
        style = style.model_copy(update={"look": None})  # ours says nothing of their files
    docx = content.get("page.docx", ours.docx)
    css = dressed(texts["page.css"], style)
    template = Template(folder, texts[PAGE], css, docx, style)
    return _House(template, frozenset(content), source)


def _samples(template: Template) -> Iterator[Page]:
    for path in SAMPLES:
        loaded = load_answer(path.read_bytes(), str(path))
        yield view(loaded.model, template.style)


def _of_page(template: Template) -> list[Problem]:
    """What can be said of page.html.j2, read and filled."""
    text, path = template.page, str(template.folder / PAGE)
    found = [*page.elements(text, path)]
    open_blocks = page.blocks(text, path)
    if open_blocks:
        return [*found, *open_blocks]
    said = names.Reader(environment(template), text, path).read()
    # A name that is not known is told already; what is filled without it shows the rest.
    lenient = any(problem.code == "template" for problem in said)
    known = {(problem.code, problem.message) for problem in found}
    filled = [p for p in _filled(template, lenient=lenient) if (p.code, p.message) not in known]
    return [*found, *said, *filled]


def _filled(template: Template, *, lenient: bool) -> Iterator[Problem]:
    """What only shows where the page is filled: names out of place, elements in the wrong one."""
    for sample in _samples(template):
        html = ""
        try:
            html = written(sample, template, lenient=lenient)
            checked(html, template, drawings=charts(sample.answer))
        except InputError as error:
            if html or not lenient:
                yield from error.problems


def _of_paper(template: Template) -> list[Problem]:
    """What the samples show when they are printed."""
    problems: list[Problem] = []
    documents: list[Document] = []
    for sample in _samples(template):
        documents.append(fill(sample, template))
        try:
            RENDERERS["pdf"](documents[-1], template)
        except InputError as error:
            problems += error.problems
    if any(problem.code == "engine" for problem in problems):
        return [replace(problem, level="warning") for problem in problems]
    if template.style.look:
        with suppress(InputError):  # of fonts that lack, as was said
            problems += look.of_paper(documents, template)
    return problems
