"""What all commands share: problems are printed, a house style is opened, the clock is read."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmo_report.language import mark
from kmo_report.problems import InputError, Problem

if TYPE_CHECKING:
    from kmo_report.search import Places
    from kmo_report.template import Template


class ReportFormat(StrEnum):
    """How findings can be printed that no editor reads."""

    text = "text"
    json = "json"


DEFAULT = "vlaams-parlement"
TemplateOption = Annotated[
    str, typer.Option(metavar="NAME|DIR", help=mark("The house style: a name or a folder."))
]

ArchiveOption = Annotated[
    Path | None,
    typer.Option("--archive", metavar="DIR", help=mark("The archive; else KMO_REPORT_ARCHIVE.")),
]

LimitOption = Annotated[
    int, typer.Option(min=1, max=100, help=mark("At most so many earlier questions."))
]
FormatOption = Annotated[
    ReportFormat, typer.Option("--format", help=mark("For people or for programs."))
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


# --- earlier answers -----------------------------------------------------------------------------


def earlier_answers(answers: Path, archive: Path | None) -> "Places":
    """The folder of the answers, and the archive where there is one.

    A case that is in both is found in the folder, where its register and its source are at hand.
    """
    from kmo_report.search import Places, places

    root = archive or Path(os.environ.get("KMO_REPORT_ARCHIVE", ""))
    if not archive and not (os.environ.get("KMO_REPORT_ARCHIVE") and root.is_dir()):
        return places(answers)
    from kmo_report.archive.store import Archive
    from kmo_report.archived import kept_in

    store = Archive(root)
    with problems_told():
        store.open()
        here = [file.parent.name for file in answers.glob("*/answer.yaml")]
        return Places([*places(answers).sources, kept_in(store, here)], [answers, root])


def print_found(wanted: str, where: "Places", limit: int, found_format: ReportFormat) -> None:
    """Search, and print what was found for whom it is for."""
    from kmo_report.search import listing, search

    with problems_told():
        result = search(wanted, where, limit, os.environ)
    print_problems(result.problems, err=True)
    if found_format is ReportFormat.json:
        typer.echo(listing.as_json(result, today(), from_here))
        return
    width = min(shutil.get_terminal_size().columns, 100)
    typer.echo(listing.as_text(result, limit, today(), listing.Page(width, _paint, from_here)))


def _paint(text: str, what: str) -> str:
    """Titles and what matters stand out on a terminal; elsewhere text is text."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return typer.style(text, bold=True, fg=typer.colors.GREEN if what == "same" else None)


def from_here(place: str) -> str:
    """A path as it is typed here; a link as it is."""
    here = f"{Path.cwd()}{os.sep}"
    return place.removeprefix(here)
