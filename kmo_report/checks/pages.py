"""Rules on what is seen: does a table fit its page, and can its chart be read?"""

from collections.abc import Iterator

from kmo_report.chart import MOST_SERIES, too_much
from kmo_report.checks.figures import captions
from kmo_report.checks.layouts import faults
from kmo_report.checks.rule import Case, Finding
from kmo_report.language import did_you_mean, mark, say
from kmo_report.layout import Spread
from kmo_report.model.table import Table
from kmo_report.source import Path
from kmo_report.table import TableView, table_views


def tables_fit(case: Case) -> Iterator[Finding]:
    """A table is no wider than its page."""
    for name, view in _printed(case):
        if view.over > 0:
            message = mark(
                "table {table} ({title}) is {over} mm too wide for its page; show fewer columns, "
                "let rows and columns change places, or shorten its longest word: {word}"
            )
            words = (
                word for row in (view.head, *view.rows) for c in row for word in c.text.split()
            )
            told = say(message, table=name, title=view.title, over=max(1, round(view.over)),
                       word=max(words, key=len, default=""))  # fmt: skip
            yield Finding(("tables", name, "layout"), told)


def _printed(case: Case) -> Iterator[tuple[str, TableView]]:
    for _, part in case.parts():
        depth = 0 if part.of_all else max(map(len, part.of))
        for content in part.content:
            table = case.answer.tables.get(content.table or "")
            if content.table and table and _can_be_made(table):
                for view in table_views(table, case.style, depth):
                    yield content.table, view


def _can_be_made(table: Table) -> bool:
    spread = Spread(table)
    return not any(faults(spread)) and not any(captions(spread))


def charts_can_be_read(case: Case) -> Iterator[Finding]:
    """A chart shows a measure of its table, and no more than can be told apart."""
    for name, table in case.answer.tables.items():
        if table.chart and _can_be_made(table):
            for key, message in _chart_faults(Spread(table)):
                told = say("table {table}: {finding}", table=name, finding=message)
                yield Finding(("tables", name, *key), told)
    for name, view in _printed(case):
        chart = view.chart.drawing if view.chart else None
        if chart and too_much(chart.kind, chart.names, chart.series):
            message = mark(
                "table {table}: a chart of {series} times {names} figures cannot be read; show "
                "less of them (`top`), or at most {most} kinds"
            )
            told = say(message, table=name, series=len(chart.series), names=len(chart.names),
                       most=MOST_SERIES)  # fmt: skip
            yield Finding(("tables", name, "chart"), told)


def _chart_faults(spread: Spread) -> Iterator[tuple[Path, str]]:
    chart = spread.table.chart
    if chart and chart.measure and chart.measure not in spread.measures:
        message = say("the table does not show {measure}", measure=chart.measure)
        yield ("chart", "measure"), message + did_you_mean(chart.measure, spread.measures)
    if chart and chart.kind == "line":
        if "year" not in (*spread.rows, *spread.columns):
            message = mark("a line is drawn over the years: put `year` in the rows or the columns")
            yield ("chart",), say(message)
        elif len(spread.table.years) == 1:
            yield ("chart",), say("a line wants two years at least; a bar does with one")
