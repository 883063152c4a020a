"""The command line: arguments in, problems printed, exit code out.

Exit codes: 0 fine (warnings allowed), 1 errors in the user's files, 2 wrong usage.
"""

import gc
import os
import sys
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from kmo_report import usage
from kmo_report.cli_archive import archive
from kmo_report.cli_draft import drafting
from kmo_report.console import (
    DEFAULT,
    ReportFormat,
    TemplateOption,
    opened_style,
    print_problems,
    problems_told,
    today,
)
from kmo_report.language import did_you_mean, mark, say, speak, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kmo_report.model.register import Register
    from kmo_report.problems import Problem
    from kmo_report.template import Template

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(drafting)
app.add_typer(archive, name="archive")


class Format(StrEnum):
    """What an answer can be rendered to."""

    pdf = "pdf"
    docx = "docx"
    html = "html"


class ListFormat(StrEnum):
    """How problems can be printed."""

    text = "text"
    json = "json"
    github = "github"


class SchemaName(StrEnum):
    """What has a published schema."""

    answer = "answer"
    style = "style"
    problems = "problems"
    doctor = "doctor"
    figures = "figures"
    similar = "similar"
    reading = "reading"
    archive_list = "archive-list"
    archive_search = "archive-search"
    comparison = "comparison"
    proof = "proof"


class Language(StrEnum):
    """What the program speaks."""

    en = "en"
    nl = "nl"


_BURST = 150
"""Milliseconds of quiet after which `render --watch` takes a burst of saves to be over."""


def _version(wished: bool) -> None:  # noqa: FBT001 -- typer calls it with the flag
    if wished:
        from importlib.metadata import version

        typer.echo(f"kmo-report {version('kmo-report')}")
        raise typer.Exit


@app.callback(
    help=mark(
        "Answers to written questions of the Flemish Parliament: from figures to DOCX and PDF."
    )
)
def start(
    *,
    _version_wanted: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help=mark("Print the version.")
        ),
    ] = False,
    _language: Annotated[
        Language | None,
        typer.Option(
            "--lang",
            help=mark("The language of messages; else KMO_REPORT_LANG, else that of the system."),
        ),
    ] = None,
) -> None:
    """Options of all commands; the language was chosen before anything was said."""


@app.command(help=mark("Render answers to official documents, as OUT/<case>.<format>."))
def render(
    *,
    answers: Annotated[
        list[Path],
        typer.Argument(metavar="ANSWER", help=mark("Case folders, or their answer.yaml.")),
    ],
    formats: Annotated[
        list[Format] | None,
        typer.Option("--format", help=mark("Repeat it for several; default pdf and docx.")),
    ] = None,
    out: Annotated[Path, typer.Option(help=mark("The folder for the files."))] = Path("out"),
    template: TemplateOption = DEFAULT,
    watch: Annotated[
        bool, typer.Option("--watch", help=mark("Render again at each save; Ctrl-C ends it."))
    ] = False,
) -> None:
    """Write each answer in each format; hints are for `check`."""
    from kmo_report import pipeline

    cases = {pipeline.case_file(answer).resolve(): answer for answer in answers}
    names = [pipeline.case_name(answer) for answer in cases.values()]
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = mark("two cases are called {name}; render them to two folders")
        raise typer.BadParameter(say(message, name=name))
    suffixes = list(dict.fromkeys(formats or [Format.pdf, Format.docx]))
    if watch:
        _render_at_each_save(cases, suffixes, out, template)
        return
    style = opened_style(template)
    if Format.docx in suffixes:
        from kmo_report.lint import word_differences

        print_problems(word_differences(style), err=True)
    done = [_render(answer, style, suffixes, out) for answer in cases.values()]
    if not all(done):
        raise typer.Exit(1)


def _render(answer: Path, style: "Template", suffixes: "Sequence[str]", out: Path) -> bool:
    """Render one answer and print what there is to say; whether its files were written."""
    from kmo_report import pipeline
    from kmo_report.problems import InputError

    try:
        written, problems = pipeline.render(answer, style, suffixes, out, today())
    except InputError as error:
        written, problems = [], list(error.problems)
    print_problems((problem for problem in problems if problem.level != "hint"), err=True)
    for path in written:
        typer.echo(path)
    return bool(written)


def _render_at_each_save(
    cases: "Mapping[Path, Path]", suffixes: "Sequence[str]", out: Path, template: str
) -> None:
    """Render all answers, then those that a save touches, until Ctrl-C; broken files are told."""
    from kmo_report.problems import InputError
    from kmo_report.template import find_template, read_template
    from kmo_report.watch import changes

    style = opened_style(template)
    # Without a house style or a folder there is nothing to wait for.
    for file, answer in cases.items():
        if not file.parent.is_dir():
            _render(answer, style, suffixes, out)
            raise typer.Exit(1)
    house = find_template(template)
    names = tuple(f"{file.parent.name}." for file in cases)
    target = out.resolve()

    def ours(path: Path) -> bool:
        return path.parent == target and path.name.removeprefix(".").startswith(names)

    fresh: Template | None = None
    with suppress(KeyboardInterrupt):
        for changed in changes([house, *(file.parent for file in cases)], _BURST, ours):
            if fresh is None or any(path.is_relative_to(house.resolve()) for path in changed):
                fresh, touched = None, list(cases.values())
            else:
                touched = [
                    answer
                    for file, answer in cases.items()
                    if any(path.is_relative_to(file.parent) for path in changed)
                ]
            try:
                fresh = fresh or read_template(house)
            except InputError as error:
                print_problems(error.problems, err=True)
                continue
            for answer in touched:
                _render(answer, fresh, suffixes, out)


@app.command(help=mark("Show an answer in a browser while it is written; Ctrl-C ends it."))
def preview(
    *,
    answer: Annotated[
        Path, typer.Argument(metavar="ANSWER", help=mark("A case folder, or its answer.yaml."))
    ],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help=mark("The port on 127.0.0.1; 0: a free one."))
    ] = 0,
    opens: Annotated[
        bool, typer.Option("--open", help=mark("Open the browser of this system too."))
    ] = False,
    template: TemplateOption = DEFAULT,
) -> None:
    """Serve the page until Ctrl-C."""
    from kmo_report import files
    from kmo_report import preview as browser
    from kmo_report.template import find_template

    there = False
    with suppress(OSError):  # such as a name that is too long
        there = answer.exists()
    if not there:
        raise typer.BadParameter(say("there is no {name}", name=answer))
    opened_style(template)
    house = find_template(template)

    def ready(url: str) -> None:
        typer.echo(url)
        typer.echo(say("Open this address in a browser; Ctrl-C ends the preview."), err=True)
        if opens:
            typer.launch(url)

    try:
        stage = browser.Stage(answer, house, editor_address())
        browser.preview(stage, today, port, browser.secret_of(files.caches(os.environ)), ready)
    except KeyboardInterrupt:
        return
    except browser.NoPortError:
        message = say("port {port} cannot be had; without --port there is a free one", port=port)
        raise typer.BadParameter(message) from None


def editor_address() -> str:
    """How a browser opens a place in the editor whose terminal this is, where it has an address."""
    here = os.environ.get("TERM_PROGRAM") == "vscode" and "SSH_CONNECTION" not in os.environ
    return "vscode://file{path}:{line}:{column}" if here else ""


@app.command(help=mark("Say what is wrong with answers, and write nothing."))
def check(
    *,
    answers: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="ANSWER",
            help=mark("Case folders, or their answer.yaml; default all of answers/."),
        ),
    ] = None,
    list_format: Annotated[
        ListFormat, typer.Option("--format", help=mark("For people, programs or GitHub Actions."))
    ] = ListFormat.text,
    strict: Annotated[
        bool, typer.Option("--strict", help=mark("Exit with 1 for warnings too."))
    ] = False,
    template: TemplateOption = DEFAULT,
) -> None:
    """Print all problems, a summary, and exit 1 when there is an error."""
    from kmo_report import pipeline

    cases = answers or sorted(path.parent for path in Path("answers").glob("*/answer.yaml"))
    if not cases:
        raise typer.BadParameter(say("there is no answer in answers/; name a case folder"))
    style = opened_style(template).style
    problems = [problem for case in cases for problem in pipeline.problems(case, style, today())]
    _report(problems, len(cases), "answers", list_format, strict=strict)


class TableFormat(StrEnum):
    """How figures can be printed."""

    table = "table"
    csv = "csv"
    json = "json"
    yaml = "yaml"


class TableLayout(StrEnum):
    """How figures can be laid out."""

    per_year = "per-year"
    per_measure = "per-measure"


def _column(holds: str) -> Any:  # noqa: ANN401 -- the type of an option is typer's own
    return typer.Option(metavar="COL", help=holds)


_HANDLING = typer.Option(metavar="HOW", help=mark("refuse, leave-out or `separate as NAME`."))


@app.command(
    help=mark("Make the figures of a case from its register, or show those of any register.")
)
def figures(  # noqa: PLR0913 -- each is a key of `figures:`
    *,
    source: Annotated[
        str,
        typer.Argument(
            metavar="CASE|DATA",
            help=mark(
                "A case folder; or a CSV, XLSX, ODS or Parquet file, or a database's address."
            ),
        ),
    ],
    year: Annotated[str | None, _column(mark("A year or a date."))] = None,
    by: Annotated[
        str | None, typer.Option(metavar="COL[,COL]", help=mark("What parts the rows of a year."))
    ] = None,
    amount: Annotated[str | None, _column(mark("The amounts in euros."))] = None,
    number: Annotated[str | None, _column(mark("The request numbers, to find doubles."))] = None,
    years: Annotated[
        str | None, typer.Option(metavar="2016-2019", help=mark("The years that count."))
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(metavar="COL=VALUE", help=mark("Only rows with this value; repeat it.")),
    ] = None,
    sheet: Annotated[str | None, typer.Option(help=mark("The sheet of a spreadsheet."))] = None,
    header: Annotated[
        str | None, typer.Option(metavar="ROW", help=mark("The row that names the columns."))
    ] = None,
    table: Annotated[str | None, typer.Option(help=mark("The table of a database."))] = None,
    query: Annotated[str | None, typer.Option(help=mark("A query instead of a table."))] = None,
    notation: Annotated[
        str | None,
        typer.Option(metavar="1.234,56", help=mark("How amounts are written, by example.")),
    ] = None,
    duplicated: Annotated[str | None, _HANDLING] = None,
    negative: Annotated[str | None, _HANDLING] = None,
    without_year: Annotated[str | None, _HANDLING] = None,
    unknown: Annotated[str | None, _HANDLING] = None,
    layout: Annotated[
        TableLayout,
        typer.Option(
            metavar="NAME", help=mark("per-year: a table per year; per-measure: one per measure.")
        ),
    ] = TableLayout.per_year,
    table_format: Annotated[
        TableFormat, typer.Option("--format", help=mark("A table to look at, or data."))
    ] = TableFormat.table,
) -> None:
    """Write the figures of a case; of anything else print them, and on stderr how they came."""
    from kmo_report import pipeline, terminal
    from kmo_report.problems import InputError

    options = {
        "year": year, "by": by and by.split(","), "amount": amount, "number": number,
        "years": years, "where": _where(where or []), "sheet": sheet, "header": header,
        "table": table, "query": query, "notation": notation, "duplicated": duplicated,
        "negative": negative, "without_year": without_year, "unknown": unknown,
    }  # fmt: skip
    given = {key: value for key, value in options.items() if value}
    path = Path(source)
    try:
        is_case = path.name == pipeline.ANSWER or (path / pipeline.ANSWER).is_file()
        # A misspelt case is no register either.
        if is_case or not (given or path.is_file() or "://" in source):
            if given:
                name = "--" + next(iter(given)).replace("_", "-")
                message = mark("{name} is for a file; a case says it under `figures:`")
                raise typer.BadParameter(say(message, name=name))
            _figures_of_case(path)
            return
        from kmo_report.figures import totals

        register = _register({"source": source, **given})
        result = totals(register, Path(), terminal.watched)
    except InputError as error:
        print_problems(error.problems, err=True)
        raise typer.Exit(1) from None
    shown = terminal.FORMATS[table_format](register, result, layout, opened_style(DEFAULT).style)
    typer.echo(shown, nl=False)
    for line in terminal.account(result):
        typer.echo(line, err=True)


def _figures_of_case(case: Path) -> None:
    from importlib.metadata import version

    from kmo_report import pipeline, terminal

    written, made = pipeline.make_figures(case, version("kmo-report"), terminal.watched)
    for path in written:
        typer.echo(path)
    for result in made.values():
        for line in terminal.account(result):
            typer.echo(line, err=True)


def _where(tests: list[str]) -> dict[str, list[str]]:
    """COL=VALUE, ... -> column -> values"""
    found: dict[str, list[str]] = {}
    for test in tests:
        column, sign, value = test.partition("=")
        if not sign:
            raise typer.BadParameter(say("{test} is not COL=VALUE", test=test))
        found.setdefault(column, []).append(value)
    return found


def _register(options: "Mapping[str, object]") -> "Register":
    """The register that the options name."""
    from kmo_report.load import load_options
    from kmo_report.model.register import Register
    from kmo_report.problems import InputError

    for name in ("year", "by", "amount"):
        if name not in options:
            raise typer.BadParameter(say("a register wants --year, --by and --amount"))
    try:
        return load_options(options, Register)
    except InputError as error:
        raise typer.BadParameter(error.problems[0].message) from None


@app.command(
    help=mark("Say why a problem matters and how to mend it, or print a page of the manual.")
)
def explain(
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE|PAGE",
            help=mark("The word in brackets behind a problem, or a page; default a list of all."),
        ),
    ] = None,
) -> None:
    """Print a paragraph or a page of the manual."""
    from kmo_report.manual import PAGES, page, paragraphs

    known = paragraphs()
    if code is None:
        for name in PAGES:
            title = page(name).partition("\n")[0].removeprefix("# ")
            typer.echo(typer.style(f"{name:16} {title}", bold=True))
        for name, words in known.items():
            typer.echo(f"{name:16} {words.splitlines()[0]}")
        return
    name = code.strip("[]")
    if name in PAGES:
        typer.echo(page(name))
        return
    if name not in known:
        message = say("there is no problem called {code}", code=name)
        raise typer.BadParameter(message + did_you_mean(name, [*PAGES, *known], or_known=False))
    typer.echo(f"{name}\n\n{known[name]}")


@app.command(help=mark("Print a JSON Schema, for editors and programs."))
def schema(
    name: Annotated[
        SchemaName,
        typer.Argument(
            metavar="NAME",
            help=mark("Which one; problems, doctor, similar: what check, doctor, similar print."),
        ),
    ] = SchemaName.answer,
) -> None:
    """Print it as it is published."""
    from kmo_report.schemas import published

    typer.echo(published(name), nl=False)


@app.command(help=mark("Say what this machine has and lacks for it, and what mends that."))
def doctor(
    *,
    out: Annotated[Path, typer.Option(help=mark("The folder for the files."))] = Path("out"),
    template: TemplateOption = DEFAULT,
    list_format: Annotated[
        ReportFormat, typer.Option("--format", help=mark("For people or programs."))
    ] = ReportFormat.text,
) -> None:
    """Print what was found, and exit 1 when something needed is missing."""
    from kmo_report import doctor as examination

    findings = [*examination.examine(opened_style(template).style.fonts, out)]
    if list_format is ReportFormat.json:
        typer.echo(examination.as_json(findings))
    else:
        for finding in findings:
            typer.echo(finding)
        typer.echo(examination.summary(findings))
    if not examination.is_well(findings):
        raise typer.Exit(1)


house_style = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(house_style, name="template", help=mark("Start, check and dress a house style."))

HouseArgument = Annotated[
    str, typer.Argument(metavar="NAME|DIR", help=mark("The house style: a name or a folder."))
]


@house_style.command("new", help=mark("Copy a house style to a new folder, as a start."))
def new_template(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=mark("The new folder."))],
    template: TemplateOption = DEFAULT,
) -> None:
    """Copy all files, or none; nothing is overwritten."""
    from kmo_report import pipeline

    source = opened_style(template).folder
    with problems_told():
        for path in pipeline.start_template(source, folder):
            typer.echo(path)


@house_style.command("check", help=mark("Say what is wrong with a house style, all at once."))
def check_template(
    *,
    template: HouseArgument,
    list_format: Annotated[
        ListFormat, typer.Option("--format", help=mark("For people, programs or GitHub Actions."))
    ] = ListFormat.text,
    strict: Annotated[
        bool, typer.Option("--strict", help=mark("Exit with 1 for warnings too."))
    ] = False,
) -> None:
    """Print all problems, a summary, and exit 1 when there is an error."""
    from kmo_report.lint import lint
    from kmo_report.template import find_template

    with problems_told():
        folder = find_template(template)
    _report(lint(folder), 1, "templates", list_format, strict=strict)


@house_style.command("variables", help=mark("List what a page may print: type and example."))
def template_variables(template: TemplateOption = DEFAULT) -> None:
    """Print a field a line."""
    from kmo_report.lint import variables

    rows = variables(opened_style(template))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, kind, example in rows:
        typer.echo(f"{name:{widths[0]}}  {kind:{widths[1]}}  {example}".rstrip())


@house_style.command("dress", help=mark("Write the look of style.yaml into page.docx."))
def dress_template(folder: HouseArgument) -> None:
    """Set fonts, sizes and colours of the Word styles; the rest of page.docx stays."""
    from kmo_report import pipeline

    style = opened_style(folder)
    with problems_told():
        path = pipeline.dress(style)
    typer.echo(path or say("page.docx looks as style.yaml says; nothing was changed"))


def _report(
    problems: "Sequence[Problem]", checked: int, what: str, list_format: ListFormat, *, strict: bool
) -> None:
    """Print problems for whom they are for, and exit 1 for those that bar."""
    from kmo_report import report

    if list_format is ListFormat.json:
        typer.echo(report.as_json(problems, checked, what))
    elif list_format is ListFormat.github:
        for problem in problems:
            typer.echo(report.as_github(problem))
    else:
        print_problems(problems)
        typer.echo(report.summary(problems, checked, what))
    barring = ("error", "warning") if strict else ("error",)
    if any(problem.level in barring for problem in problems):
        raise typer.Exit(1)


def main(arguments: "Sequence[str] | None" = None) -> None:
    """The entry point."""
    # Most of a short run is imports, and what they make stays: a search for garbage finds none.
    gc.set_threshold(100_000)
    # typer reads its arguments with pydantic, which else looks through all packages for plug-ins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    given = list(sys.argv[1:] if arguments is None else arguments)
    speak(wanted(given, os.environ))
    command = typer.main.get_command(app)
    usage.translate(command)
    try:
        sys.exit(
            command(usage.language_first(given), prog_name="kmo-report", standalone_mode=False)
        )
    except TyperException as error:
        usage.explain(error)
        sys.exit(2)
    except BrokenPipeError:  # who reads it has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        typer.echo(say("Error: {message}", message=error.strerror), err=True)
        sys.exit(1)
    finally:
        # Nor is it searched once more at the end, only to be thrown away.
        gc.freeze()
