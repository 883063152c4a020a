"""The figures of a register for who looks at them: in a terminal, as CSV, JSON or YAML."""

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from decimal import Decimal
from threading import Thread
from typing import TypeVar

from kmo_report.compute import average
from kmo_report.figures import Totals, record
from kmo_report.language import mark, say
from kmo_report.model.register import Register
from kmo_report.model.scalars import MEASURES
from kmo_report.model.style import Style
from kmo_report.model.table import Decimals, Layout, Table, TotalLine
from kmo_report.model.table import Totals as Lines
from kmo_report.table import TableView, table_views

T = TypeVar("T")

WIDE = 1000


def as_csv(register: Register, totals: Totals, layout: str, style: Style) -> str:  # noqa: ARG001
    """What figures.csv would hold."""
    return record.as_csv(totals).decode()


def as_json(register: Register, totals: Totals, layout: str, style: Style) -> str:  # noqa: ARG001
    """The figures, what became of the rows, and where they came from."""
    figures = [
        {"year": line.year, **dict(zip(totals.labels, line.labels, strict=True)),
         "count": line.count, "total": f"{Decimal(line.cents).scaleb(-2):.2f}",
         "average": str(average(Decimal(line.cents).scaleb(-2), line.count, 2))}
        for line in totals.lines
    ]  # fmt: skip
    whole = {"figures": figures, "rows": record.rows(totals), "source": dict(totals.origin)}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def as_yaml(register: Register, totals: Totals, layout: str, style: Style) -> str:  # noqa: ARG001
    """What can stand under a table of an answer.yaml as `years:`."""
    lines = ["years:"]
    for year, items in record.as_items(register, record.as_csv(totals).decode())[0].items():
        lines.append(f"  {year}:")
        for name, item in items.items():
            labels = "".join(f", {_scalar(k)}: {_scalar(v)}" for k, v in item.labels.items())
            figures = f"count: {item.count}, total: {item.total}"
            lines.append(f"    {_scalar(name)}: {{{figures}{labels}}}")
    return "\n".join(lines) + "\n"


def _scalar(text: str) -> str:
    """A text as YAML writes it in quotes, which JSON does alike."""
    plain = text.replace(" ", "").replace("-", "")
    return text if plain.isalpha() and text[0].isalpha() else json.dumps(text, ensure_ascii=False)


def as_table(register: Register, totals: Totals, layout: str, style: Style) -> str:
    """Tables as a document would show them, drawn for the terminal; in a pipe as wide as needed."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Drawn

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    with console.capture() as captured:
        for view in _views(register, totals, layout, style):
            drawn = Drawn(
                title=view.title, title_style="bold", title_justify="left", box=box.SIMPLE
            )
            for cell in view.head:
                drawn.add_column(cell.text, justify="right" if cell.number else "left",
                                 overflow="fold", no_wrap=cell.number)  # fmt: skip
            for row in view.rows:
                total = row[0].total
                if total:
                    drawn.add_section()
                drawn.add_row(*(cell.text for cell in row), style="bold" if total else None)
            console.print(drawn, markup=False)
    return "\n".join(line.rstrip() for line in captured.get().rstrip().splitlines()) + "\n"


def _views(register: Register, totals: Totals, layout: str, style: Style) -> Iterator[TableView]:
    years, _, _ = record.as_items(register, record.as_csv(totals).decode())
    decimals = 2 if any(line.cents % 100 for line in totals.lines) else 0
    line = TotalLine(label=say("Total"))
    lines = Lines(rows=line, columns=line) if layout == "per-measure" else Lines(rows=line)
    captions = dict.fromkeys(MEASURES, "{year}")
    if layout == "per-measure":
        captions = dict.fromkeys(MEASURES, "{measure}" + " {year}" * (len(register.by) > 1))
    words = {"year": mark("Year"), "count": mark("Count"), "total": mark("Total"),
             "average": mark("Average")}  # fmt: skip
    table = Table.model_construct(
        years=years,
        layout=Layout.model_validate({"name": layout}).model_copy(update={"totals": lines}),
        captions=captions,
        headings={
            **{name: {"": name} for name in register.by},
            **{name: {"": say(word)} for name, word in words.items()},
            "item": {"": ", ".join(register.by)},
        },
        decimals=Decimals.model_construct(total=decimals, average=decimals),
        missing="-",
    )
    yield from table_views(table, style)


FORMATS = {"table": as_table, "csv": as_csv, "json": as_json, "yaml": as_yaml}


PATIENCE = 2
"""Seconds without a word."""


def watched(
    words: str, work: Callable[[], T], percent: Callable[[], int], stop: Callable[[], None]
) -> T:
    """Do the work; in a terminal show a bar when it takes longer than one waits gladly."""
    if not sys.stderr.isatty():
        return work()
    done: Future[T] = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # noqa: BLE001 -- it is raised again in the other thread
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    try:
        with suppress(TimeoutError):
            return done.result(PATIENCE)
        _bar(words, done, percent)
    except KeyboardInterrupt:
        stop()
        raise
    return done.result()


def _bar(words: str, done: "Future[T]", percent: Callable[[], int]) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(words, total=None)
        while not done.done():
            known = percent()
            progress.update(task, total=100 if known > 0 else None, completed=max(known, 0))
            wait([done], timeout=0.1)


def account(totals: Totals) -> Iterator[str]:
    """What was read and what became of it, a line each."""
    origin, rows = totals.origin, record.rows(totals)
    words = {
        "file": mark("file"), "sheet": mark("sheet"), "encoding": mark("encoding"),
        "delimiter": mark("delimiter"), "header": mark("header row"),
        "notation": mark("notation of amounts"),
    }  # fmt: skip
    for key, word in words.items():
        if key in origin:
            value = {"\t": "tab"}.get(str(origin[key]), origin[key])
            yield f"{say(word)}: {value}"
    if "sha256" in origin:
        yield f"SHA-256: {origin['sha256']}"
    yield say("rows: {read}; counted: {counted}", read=rows["read"], counted=rows["counted"])
    if rows["other_years"]:
        yield say("of other years: {count}", count=rows["other_years"])
    if rows["passed_over"]:
        yield say("not asked for: {count}", count=rows["passed_over"])
    if rows["empty_years"]:
        years = ", ".join(map(str, rows["empty_years"]))
        yield say("years without any rows: {years}", years=years)
    for kind, count in rows["left_out"].items():
        yield say("left out, {kind}: {count}", kind=kind, count=count)
    for kind, count in rows["separate"].items():
        yield say("on a line of their own, {kind}: {count}", kind=kind, count=count)
