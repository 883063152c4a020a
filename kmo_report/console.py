"""What all commands share: problems are printed, a house style is opened, the clock is read."""

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kmo_report.language import mark, say
from kmo_report.problems import InputError, Problem

if TYPE_CHECKING:
    from kmo_report.archive.store import Archive
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


@contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A bar, where somebody looks and waits."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    begun, shown = monotonic(), ""

    def show(done: int, of: int) -> None:
        nonlocal shown
        width = 40 * done // of
        bar = f"\r[{'#' * width}{' ' * (40 - width)}] {100 * done // of}%"
        if bar != shown and monotonic() - begun > _PATIENCE:
            typer.echo(bar, nl=False, err=True)
            shown = bar

    yield show
    if shown:
        typer.echo("\r" + " " * 70 + "\r", nl=False, err=True)


_PATIENCE = 0.5
"""Seconds without a bar."""


def on_a_line(text: str) -> str:
    """A text from elsewhere, without what would command a terminal."""
    return text if text.isprintable() else re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", text)


def session_as_typed(text: str) -> str:
    """A session as 2019-2020, or nothing."""
    if text and not re.fullmatch("[0-9]{4}-[0-9]{4}", text):
        raise typer.BadParameter(say("{text} is no session; write it as 2019-2020", text=text))
    return text


def day_as_typed(text: str) -> str:
    """A day as 2020-02-13, or nothing."""
    try:
        sound = not text or date.fromisoformat(text).isoformat() == text
    except ValueError:
        sound = False
    if not sound:
        raise typer.BadParameter(say("{text} is no date; write it as 2020-02-13", text=text))
    return text


# --- the archive ---------------------------------------------------------------------------------


def archive_named(folder: Path | None) -> Path | None:
    """The folder of the archive: as the command says, else as the environment does."""
    named = folder or os.environ.get("KMO_REPORT_ARCHIVE")
    return Path(named) if named else None


def archive_needed(folder: Path | None) -> Path:
    """The same, for what cannot do without."""
    named = archive_named(folder)
    if not named:
        message = say("name the archive: --archive DIR, or KMO_REPORT_ARCHIVE in the environment")
        raise typer.BadParameter(message)
    return named


def archive_there(folder: Path | None) -> "Archive":
    """The archive that is named; one that is not there ends the command."""
    from kmo_report.archive.store import Archive

    archive = Archive(archive_needed(folder))
    with problems_told():
        archive.open()
    return archive


# --- earlier answers -----------------------------------------------------------------------------


def earlier_answers(answers: Path, archive: Path | None) -> "Places":
    """The folder of the answers, and the archive where there is one.

    A case that is in both is found in the folder, where its register and its source are at hand.
    """
    from kmo_report.search import Places, places

    here, root = places(answers), archive_named(archive)
    if not root or not (archive or (root.is_dir() and any(root.iterdir()))):
        return here  # an archive is made at the first keep
    from kmo_report.archive.store import Archive
    from kmo_report.kept import kept_in

    try:
        kept = kept_in(Archive(root))
    except InputError as error:
        if not archive:  # it stands in the environment, for other commands
            print_problems((replace(p, level="warning") for p in error.problems), err=True)
            return here
        print_problems(error.problems, err=True)
        raise typer.Exit(1) from None
    return Places([*here.sources, kept], [answers, root])


def print_found(wanted: str, where: "Places", limit: int, found_format: ReportFormat) -> None:
    """Search, and print what was found for whom it is for."""
    from kmo_report.search import listing, search

    with problems_told(), progress() as told:
        result = search(wanted, where, limit, os.environ, told)
    print_problems(result.problems, err=True)
    if found_format is ReportFormat.json:
        typer.echo(listing.as_json(result, today(), from_here))
        return
    width = min(shutil.get_terminal_size().columns, 100)
    typer.echo(listing.as_text(result, limit, today(), listing.Page(width, _paint, from_here)))


def paint(text: str, **look: Any) -> str:  # noqa: ANN401 -- whatever typer.style can do
    """Text that stands out on a terminal; elsewhere text is text."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return typer.style(text, **look)


def _paint(text: str, what: str) -> str:
    """Titles and what matters stand out."""
    return paint(text, bold=True, fg=typer.colors.GREEN if what == "same" else None)


def from_here(place: str) -> str:
    """A path as it is typed here; a link as it is."""
    here = f"{Path.cwd()}{os.sep}"
    return place.removeprefix(here)
