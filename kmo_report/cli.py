"""The command line: arguments in, problems printed, exit code out.

Exit codes: 0 fine (warnings allowed), 1 errors in the user's files, 2 wrong usage.
"""

import gc
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kmo_report.problems import Problem

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """What an answer can be rendered to."""

    pdf = "pdf"
    docx = "docx"
    html = "html"


def _version(wanted: bool) -> None:  # noqa: FBT001 -- typer calls it with the flag
    if wanted:
        from importlib.metadata import version

        typer.echo(f"kmo-report {version('kmo-report')}")
        raise typer.Exit


@app.callback()
def start(
    *,
    _version_wanted: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Answers to written questions of the Flemish Parliament: from figures to DOCX and PDF."""


@app.command()
def render(
    answers: Annotated[
        list[Path],
        typer.Argument(metavar="ANSWER", help="Case folders, or their answer.yaml."),
    ],
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", help="Repeat it for several; default pdf and docx."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder for the files.")] = Path("out"),
    template: Annotated[
        str, typer.Option(metavar="NAME|DIR", help="The house style: a name or a folder.")
    ] = "vlaams-parlement",
) -> None:
    """Render answers to official documents, as OUT/<case>.<format>."""
    from kmo_report import pipeline
    from kmo_report.problems import InputError
    from kmo_report.template import find_template, open_template

    cases = {pipeline.case_file(answer).resolve(): answer for answer in answers}
    names = [pipeline.case_name(answer) for answer in cases.values()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        raise typer.BadParameter(f"two cases are called {name}; render them to two folders")
    failed = False
    try:
        style = open_template(find_template(template))
    except InputError as error:
        _print(error.problems)
        raise typer.Exit(1) from None
    wanted = list(dict.fromkeys(formats or [Format.pdf, Format.docx]))
    for answer in cases.values():
        try:
            written, problems = pipeline.render(answer, style, wanted, out)
        except InputError as error:
            written, problems = [], list(error.problems)
            failed = True
        _print(problems)
        for path in written:
            typer.echo(path)
    if failed:
        raise typer.Exit(1)


def _print(problems: "Iterable[Problem]") -> None:
    """Each problem on a line; for people also the line of the file, with a caret below it."""
    shown = sys.stderr.isatty()
    for problem in problems:
        typer.echo(str(problem), err=True)
        place = problem.place
        if shown and place and place.source and place.line:
            typer.echo(f"{place.line:>5} | {place.source}", err=True)
            if place.column:
                # A tab stays a tab, so that the caret stands under its character.
                before = "".join(c if c == "\t" else " " for c in place.source[: place.column - 1])
                typer.echo(f"{'':>5} | {before}^", err=True)


def main() -> None:
    """The entry point."""
    # Most of a short run is imports, and what they make stays: a search for garbage finds none.
    gc.set_threshold(100_000)
    app()
