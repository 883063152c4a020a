"""What all commands share: problems are printed, a house style is opened, the clock is read."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kmo_report.language import mark
from kmo_report.problems import InputError, Problem

if TYPE_CHECKING:
    from kmo_report.template import Template


class ReportFormat(StrEnum):
    """How findings can be printed that no editor reads."""

    text = "text"
    json = "json"


DEFAULT = "vlaams-parlement"
TemplateOption = Annotated[
    str, typer.Option(metavar="NAME|DIR", help=mark("The house style: a name or a folder."))
]

_COLOURS = {"error": typer.colors.RED, "warning": typer.colors.YELLOW, "hint": typer.colors.CYAN}


def now() -> datetime:
    """The clock is read here and nowhere else."""
    return datetime.now(UTC)


def today() -> date:
    """The day, where the user is."""
    return now().astimezone().date()


def opened_style(name: str) -> "Template":
    """A house style by its name or folder; its problems end the command."""
    from kmo_report.template import find_template, open_template

    with problems_told():
        return open_template(find_template(name))


@contextmanager
def problems_told() -> Iterator[None]:
    """What is wrong with the user's files is printed, and ends the command."""
    try:
        yield
    except InputError as error:
        print_problems(error.problems, err=True)
        raise typer.Exit(1) from None


def print_problems(problems: Iterable[Problem], *, err: bool = False) -> None:
    """Each problem on a line; for people in colour, with the line of the file and a caret."""
    from kmo_report.report import as_lines

    shown = (sys.stderr if err else sys.stdout).isatty()
    for problem in problems:
        text = as_lines(problem, pointed=shown)
        if shown and not os.environ.get("NO_COLOR"):
            word = f"{problem.level}:"
            text = text.replace(word, typer.style(word, fg=_COLOURS[problem.level], bold=True), 1)
        typer.echo(text, err=err)
