"""The commands from a question that came in to the draft of its answer."""

import os
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kmo_report.console import (
    DEFAULT,
    ReportFormat,
    TemplateOption,
    opened_style,
    print_problems,
    problems_told,
    today,
)
from kmo_report.language import mark, say

drafting = typer.Typer()


class ReadFormat(StrEnum):
    """How what was read can be printed."""

    text = "text"
    json = "json"
    yaml = "yaml"


@drafting.command(
    help=mark("Find earlier questions, and what was answered, that look like this one.")
)
def similar(
    *,
    wanted: Annotated[
        list[str],
        typer.Argument(metavar="ASKED", help=mark("A case folder, a file that came in, or words.")),
    ],
    limit: Annotated[
        int, typer.Option(min=1, max=100, help=mark("At most so many earlier questions."))
    ] = 10,
    found_format: Annotated[
        ReportFormat, typer.Option("--format", help=mark("For people or for programs."))
    ] = ReportFormat.text,
    answers: Annotated[
        Path, typer.Option(metavar="DIR", help=mark("The folder of the answers."))
    ] = Path("answers"),
) -> None:
    """List earlier questions; exit 0 when there is none."""
    from kmo_report.problems import InputError
    from kmo_report.search import listing, search

    if not answers.is_dir():
        raise typer.BadParameter(say("there is no folder {folder}", folder=answers))
    try:
        result = search(" ".join(wanted), answers, limit, os.environ)
    except InputError as error:
        print_problems(error.problems, err=True)
        raise typer.Exit(1) from None
    print_problems(result.problems, err=True)
    if found_format is ReportFormat.json:
        typer.echo(listing.as_json(result, today(), _from_here))
        return
    width = min(shutil.get_terminal_size().columns, 100)
    typer.echo(listing.as_text(result, limit, today(), listing.Page(width, _paint, _from_here)))


@drafting.command(
    help=mark("Read a question that came in, and the answer where it is in the same file.")
)
def read(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help=mark("A .docx, .pdf, .txt, .md, .eml or .html; - for standard input."),
        ),
    ],
    read_format: Annotated[
        ReadFormat, typer.Option("--format", help=mark("For people or programs."))
    ] = ReadFormat.text,
) -> None:
    """Print what was found; problems alone do not change the exit code."""
    from kmo_report.incoming import read_file
    from kmo_report.incoming.shown import SHOWN
    from kmo_report.problems import InputError

    try:
        reading = read_file(file)
    except InputError as error:
        print_problems(error.problems, err=True)
        raise typer.Exit(1) from None
    typer.echo(SHOWN[read_format](reading))
    if read_format is ReadFormat.text:
        print_problems(reading.problems, err=True)


@drafting.command(
    help=mark("Show what the cabinet changed in the Word file of a case, or take it over.")
)
def compare(
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.docx", help=mark("The Word file that came back."))
    ],
    case: Annotated[
        Path, typer.Argument(metavar="CASE", help=mark("A case folder, or its answer.yaml."))
    ],
    update: Annotated[
        bool, typer.Option("--update", help=mark("Write the changed texts into answer.yaml."))
    ] = False,
    compare_format: Annotated[
        ReportFormat, typer.Option("--format", help=mark("For people or for programs."))
    ] = ReportFormat.text,
    template: TemplateOption = DEFAULT,
) -> None:
    """List what differs; exit 0 where nothing is left to do, 1 where there is."""
    from kmo_report.compare import compared, shown
    from kmo_report.compare import update as updating

    style = opened_style(template)
    with problems_told():
        work = updating.taken_over if update else compared
        found = work(file, case, style)
    if compare_format is ReportFormat.json:
        typer.echo(shown.as_json(found))
    else:
        typer.echo(shown.as_text(found, _coloured))
    if found.left:
        raise typer.Exit(1)


_COLOURS = {"old": "red", "new": "green", "error": "red", "warning": "yellow"}


def _coloured(text: str, what: str) -> str:
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return typer.style(text, fg=_COLOURS[what], bold=what in ("error", "warning"))


def _paint(text: str, what: str) -> str:
    """Titles and what matters stand out on a terminal; elsewhere text is text."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return typer.style(text, bold=True, fg=typer.colors.GREEN if what == "same" else None)


def _from_here(place: str) -> str:
    """A path as it is typed here; a link as it is."""
    here = f"{Path.cwd()}{os.sep}"
    return place.removeprefix(here)
