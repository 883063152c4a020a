"""The commands from a question that came in to the draft of its answer."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmo_report.console import (
    DEFAULT,
    ArchiveOption,
    FormatOption,
    LimitOption,
    ReportFormat,
    TemplateOption,
    earlier_answers,
    from_here,
    opened_style,
    print_found,
    print_problems,
    problems_told,
)
from kmo_report.language import mark, say

if TYPE_CHECKING:
    from kmo_report.drafting import Given

drafting = typer.Typer()


SessionOption = Annotated[
    str | None, typer.Option(metavar="2019-2020", help=mark("The parliamentary year."))
]
NumberOption = Annotated[
    str | None, typer.Option(metavar="NR", help=mark("The number of the question."))
]
MinisterOption = Annotated[
    str | None, typer.Option(metavar="NAME", help=mark("The minister who is asked."))
]
PortfolioOption = Annotated[
    str | None, typer.Option(metavar="TITLE", help=mark("The title of the minister."))
]
SubjectOption = Annotated[str | None, typer.Option(metavar="TEXT", help=mark("The subject."))]
AskedByOption = Annotated[
    str | None, typer.Option(metavar="NAME", help=mark("The member who asks."))
]
AskedOnOption = Annotated[
    str | None, typer.Option(metavar="2020-02-13", help=mark("The date of the question."))
]


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
    limit: LimitOption = 10,
    found_format: FormatOption = ReportFormat.text,
    answers: Annotated[
        Path, typer.Option(metavar="DIR", help=mark("The folder of the answers."))
    ] = Path("answers"),
    folder: ArchiveOption = None,
) -> None:
    """List earlier questions; exit 0 when there is none."""
    where = earlier_answers(answers, folder)
    if not answers.is_dir() and len(where.sources) == 1:
        raise typer.BadParameter(say("there is no folder {folder}", folder=answers))
    print_found(" ".join(wanted), where, limit, found_format)


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
    help=mark("Start the answer to a question that came in, of what was answered before.")
)
def draft(  # noqa: PLR0913 -- each may be said by hand
    *,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help=mark("A .docx, .pdf, .txt, .md, .eml or .html; - for standard input."),
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="CASE|ID", help=mark("Take over from this case, and look no further.")
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help=mark("The folder that the new case comes in."))
    ] = Path("answers"),
    answers: Annotated[
        Path, typer.Option(metavar="DIR", help=mark("The folder of the earlier answers."))
    ] = Path("answers"),
    session: SessionOption = None,
    number: NumberOption = None,
    minister: MinisterOption = None,
    portfolio: PortfolioOption = None,
    subject: SubjectOption = None,
    asked_by: AskedByOption = None,
    asked_on: AskedOnOption = None,
    update: Annotated[
        bool,
        typer.Option("--update", help=mark("Put what is missing into the case that is there.")),
    ] = False,
    folder: ArchiveOption = None,
) -> None:
    """Write a case, and say what of it was taken over from where."""
    from kmo_report.drafting import Request, account, draft

    said = {
        "session": session, "number": number, "minister": minister, "portfolio": portfolio,
        "subject": subject, "asked_by": asked_by, "asked_on": asked_on,
    }  # fmt: skip
    given = _given(said)
    where = earlier_answers(answers, folder)
    with problems_told():
        drafted = draft(Request(file, out, where, source, given, update), os.environ)
    for path in drafted.written:
        typer.echo(from_here(str(path)))
    print_problems(drafted.problems, err=True)
    for line in account.lines(drafted, from_here):
        typer.echo(line, err=True)


@drafting.command(
    help=mark("Start an answer by hand; in a terminal, what is missing is asked for.")
)
def new(  # noqa: PLR0913 -- each is asked
    *,
    session: SessionOption = None,
    number: NumberOption = None,
    minister: MinisterOption = None,
    portfolio: PortfolioOption = None,
    subject: SubjectOption = None,
    asked_by: AskedByOption = None,
    asked_on: AskedOnOption = None,
    part: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help=mark("A part of the question; repeat it.")),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help=mark("The folder that the new case comes in."))
    ] = Path("answers"),
) -> None:
    """Write a case with nothing but the question."""
    from kmo_report.drafting import account, start
    from kmo_report.drafting.asked import NEEDED

    said = {
        "number": number, "asked_by": asked_by, "asked_on": asked_on, "session": session,
        "minister": minister, "portfolio": portfolio, "subject": subject,
    }  # fmt: skip
    given = _given(said)
    lacking = [name for name in (*NEEDED, "asked_by", "subject")
               if said[name] is None and (name != "session" or asked_on is None)]  # fmt: skip
    parts = part or []
    if lacking and sys.stdin.isatty():
        given, parts = _asked_for(said, parts)
    elif lacking:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in lacking)
        raise typer.BadParameter(say("still needed: {options}", options=options))
    with problems_told():
        drafted = start(given, parts, out)
    for path in drafted.written:
        typer.echo(from_here(str(path)))
    for line in account.lines(drafted, from_here):
        typer.echo(line, err=True)


_QUESTIONS = {
    "number": mark("Number of the question"),
    "asked_by": mark("Asked by"),
    "asked_on": mark("Date of the question, as 2020-02-13"),
    "session": mark("Parliamentary year, as 2019-2020"),
    "minister": mark("Minister"),
    "portfolio": mark("Title of the minister"),
    "subject": mark("Subject"),
}


def _asked_for(said: "dict[str, str | None]", parts: list[str]) -> "tuple[Given, list[str]]":
    """What lacks, asked of who sits at the terminal, again until it is right."""
    from kmo_report.drafting import Given
    from kmo_report.drafting.asked import TODO
    from kmo_report.dutch import session_of
    from kmo_report.load import load_options
    from kmo_report.problems import InputError

    answers = {name: text for name, text in said.items() if text is not None}
    for name, question in _QUESTIONS.items():
        usual = TODO if name == "portfolio" else None
        if name == "session" and (day := load_options(answers, Given).asked_on):
            usual = session_of(day)
        while name not in answers:
            text = typer.prompt(say(question), default=usual, err=True)
            try:
                load_options({name: text}, Given)
            except InputError as error:
                typer.echo(error.problems[0].message, err=True)
            else:
                answers[name] = text
    if not parts:
        while text := typer.prompt(
            say("Part {number}, or nothing if there are no more", number=len(parts) + 1),
            default="",
            show_default=False,
            err=True,
        ):
            parts.append(text)
    return load_options(answers, Given), parts


def _given(said: "dict[str, str | None]") -> "Given":
    """What the options say of a question; what is wrong with one is wrong usage."""
    from kmo_report.drafting import Given
    from kmo_report.load import load_options
    from kmo_report.problems import InputError

    try:
        return load_options({name: text for name, text in said.items() if text is not None}, Given)
    except InputError as error:
        raise typer.BadParameter(error.problems[0].message) from None


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
    compare_format: FormatOption = ReportFormat.text,
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
