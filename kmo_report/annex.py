"""A table of the answer as a file of its own, for who wants to compute with it.

As CSV it is the lines of the data, with a schema beside it; as a workbook it is what is printed, a
sheet per table, and those lines.
"""

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from textwrap import wrap
from typing import TYPE_CHECKING

from kmo_report.compute import Value, value
from kmo_report.layout import Spread, kind_of
from kmo_report.model.answer import Annex, Answer
from kmo_report.model.scalars import Shown
from kmo_report.model.style import Notation, Style
from kmo_report.model.table import Missing, Table
from kmo_report.table import Headings, caption, is_change, notation_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_HEADING = 8
"""Characters of a column, at least; a long heading wraps."""


def figures_csv(table: Table) -> bytes:
    """RFC 4180: year, item, the labels, count and total of each item; no totals, no averages.

    Totals are written as 1234.56; a figure that is missing is an empty field.
    """
    labels = table.label_names()
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["year", "item", *labels, "count", "total"])
    for year, name, item in sorted(table.items(), key=lambda entry: entry[0]):
        count = "" if item.count is None or isinstance(item.count, Missing) else item.count
        total = "" if item.total is None or isinstance(item.total, Missing) else f"{item.total:.2f}"
        rows.writerow([year, name, *(item.labels.get(label, "") for label in labels), count, total])
    return text.getvalue().encode()


def figures_schema(table: Table, style: Style) -> bytes:
    """The Table Schema of Frictionless Data that `figures_csv` keeps to."""

    def field(name: str, kind: str, *, required: bool = False) -> dict[str, object]:
        title = table.headings.get(name, {}).get("") or style.headings.get(name, name)
        limits = {"constraints": {"required": True}} if required else {}
        return {"name": name, "type": kind, "title": title, **limits}

    schema = {
        "fields": [
            field("year", "year", required=True),
            field("item", "string", required=True),
            *(field(label, "string") for label in table.label_names()),
            field("count", "integer"),
            field("total", "number"),
        ],
        "primaryKey": ["year", "item"],
        "missingValues": [""],
    }
    return f"{json.dumps(schema, ensure_ascii=False, indent=2)}\n".encode()


# --- the workbook ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table of a workbook: names of columns, rows of figures and texts, how each is written."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    formats: tuple[tuple[str, ...], ...]
    """Of each cell; empty for a text."""
    fixed: int
    """How many columns name the row."""


def workbook(table: Table, answer: Answer, title: str, style: Style) -> bytes:
    """An Excel file (ECMA-376) with real numbers; the same bytes on any day."""
    from xlsxwriter import Workbook  # noqa: PLC0415 -- only few answers want it

    question = answer.question
    content = io.BytesIO()
    plain = dict.fromkeys(("strings_to_formulas", "strings_to_numbers", "strings_to_urls"), False)
    book = Workbook(content, {"in_memory": True, **plain})
    told = style.annex.reference.format(
        number=question.number, session=question.session, asked_by=question.asked_by
    )
    created = datetime.combine(answer.answer.question_date, time(), UTC).replace(tzinfo=None)
    book.set_properties({"title": title, "subject": told, "author": answer.minister.name,
                         "comments": table.source or "", "created": created})  # fmt: skip
    sheets = [*_printed(table, style), _data(table, style)]
    names: set[str] = set()
    for number, sheet in enumerate(sheets, start=1):
        _write(book, sheet, _unique(sheet.name, names), f"Table{number}")
    notes = book.add_worksheet(_unique(style.annex.notes, names))
    notes.set_column(0, 0, 100, book.add_format({"text_wrap": True, "valign": "top"}))
    spread = Spread(table)
    reasons = dict.fromkeys(reason for grid in spread.grids() for reason in grid.reasons)
    source = [style.annex.source.format(source=table.source)] if table.source else []
    for row, line in enumerate([title, told, *reasons, *table.notes, *source]):
        notes.write_string(row, 0, line)
    book.close()
    return content.getvalue()


def _printed(table: Table, style: Style) -> Iterator[_Sheet]:
    """A sheet for each table as it is printed."""
    spread = Spread(table)
    for grid in spread.grids():
        heads = Headings(spread, style, grid)
        words = [
            heads.dimension(member) if dimension == "measure" else member
            for dimension, member in grid.members.items()
        ]
        if "measure" in grid.members and spread.measures[1:] == ():
            words = [w for d, w in zip(grid.members, words, strict=True) if d != "measure"]
        yield _Sheet(
            ", ".join(words) or caption(spread, style, grid),
            (*map(heads.dimension, spread.rows), *map(heads.column, grid.columns)),
            tuple(
                (*heads.row(row), *(_number(cell.value, cell.measure) for cell in cells))
                for row, cells in zip(grid.rows, grid.cells, strict=True)
            ),
            tuple(
                (
                    *("" for _ in spread.rows),
                    *(_format(cell.measure, table, style) for cell in cells),
                )
                for cells in grid.cells
            ),
            len(spread.rows),
        )


def _data(table: Table, style: Style) -> _Sheet:
    """The lines of the data: what was counted, of each year and item."""
    labels = table.label_names()
    measures: list[Shown] = [
        m for m in ("count", "total") if any(getattr(i, m) is not None for *_, i in table.items())
    ]
    names = ("year", "item", *labels, *measures)
    formats = (
        "0",
        *("" for _ in ("item", *labels)),
        *(_format(m, table, style, exact=True) for m in measures),
    )
    rows = tuple(
        (year, name, *(item.labels.get(label, "") for label in labels),
         *(value(getattr(item, measure)) for measure in measures))
        for year, name, item in table.items()
    )  # fmt: skip
    head = (table.headings.get(n, {}).get("") or style.headings.get(n, n) for n in names)
    return _Sheet(style.annex.data, tuple(head), rows, (formats,) * len(rows), 2 + len(labels))


def _number(figure: Value, measure: Shown) -> Value:
    """A percentage is a part of one, as Excel has it."""
    percent = kind_of(measure) in ("share", "growth")
    return Decimal(figure) / 100 if percent and isinstance(figure, int | Decimal) else figure


def _format(measure: Shown, table: Table, style: Style, *, exact: bool = False) -> str:
    """The notation of the house as a number format (ECMA-376 part 1, 18.8.31)."""
    decimals, notation = notation_of(measure, table, style)
    if kind_of(measure) in ("share", "growth"):
        notation = Notation(after="%")
    if exact and measure == "total":
        decimals = 2
    digits = f"{'#,##0' if notation.thousands else '0'}{'.' if decimals else ''}{'0' * decimals}"
    after = "%" if notation.after == "%" else f'"{notation.after}"' if notation.after else ""
    before = f'"{notation.before}"' if notation.before else ""
    written = f"{before}{digits}{after}"
    return f"+{written};-{written};{written}" if is_change(measure) else written


def _unique(name: str, taken: set[str]) -> str:
    """A name that Excel takes: at most 31 characters, no signs of its own, not twice."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:31] or "-"
    number, wanted = 1, plain
    while wanted.casefold() in taken:
        number += 1
        wanted = f"{plain[: 31 - len(str(number)) - 1]} {number}"
    taken.add(wanted.casefold())
    return wanted


def _write(book: "Workbook", sheet: _Sheet, name: str, table_name: str) -> None:
    page = book.add_worksheet(name)
    taken: set[str] = set()
    head_format = {"bold": True, "text_wrap": True, "valign": "top"}
    bold, over_figures = (
        book.add_format({**head_format, "align": align}) for align in ("left", "right")
    )
    head = [_column(text, taken) for text in sheet.head]
    figures = [any(codes[column] for codes in sheet.formats) for column in range(len(head))]
    page.add_table(0, 0, max(1, len(sheet.rows)), len(head) - 1, {
        "columns": [
            {"header": text, "header_format": over_figures if holds_figures else bold}
            for text, holds_figures in zip(head, figures, strict=True)
        ],
        "name": table_name, "style": "Table Style Light 1", "banded_rows": False,
        "first_column": True, "autofilter": False,
    })  # fmt: skip
    page.freeze_panes(1, sheet.fixed)
    formats = {code: book.add_format({"num_format": code}) for row in sheet.formats for code in row}
    for row, (cells, codes) in enumerate(zip(sheet.rows, sheet.formats, strict=True), start=1):
        for column, (cell, code) in enumerate(zip(cells, codes, strict=True)):
            if isinstance(cell, int | Decimal):
                page.write_number(row, column, cell, formats[code])
            elif cell:
                page.write_string(row, column, cell)
    lines = 1
    for column in range(len(head)):
        texts = [str(cells[column] or "") for cells in sheet.rows]
        longest = max([*map(len, texts), *map(len, head[column].split(" ")), _HEADING])
        width = min(longest + 6, 50)
        page.set_column(column, column, width)
        # Bold letters are wider, and no program makes a row higher by itself when it opens a file.
        lines = max(lines, len(wrap(head[column], int(width * 0.9))))
    page.set_row(0, 15 * lines)


def _column(text: str, taken: set[str]) -> str:
    """The name of a column, which no other of the table may have."""
    number, wanted = 1, text or "-"
    while wanted.casefold() in taken:
        number += 1
        wanted = f"{text} {number}"
    taken.add(wanted.casefold())
    return wanted


# --- the files -------------------------------------------------------------------------------


def names(annex: Annex) -> tuple[str, ...]:
    """The files that an annex is: a CSV of a table has its schema beside it."""
    if annex.table and annex.file.lower().endswith(".csv"):
        return annex.file, f"{annex.file[:-4]}.schema.json"
    return (annex.file,)


def made(annex: Annex, table: Table, answer: Answer, style: Style) -> tuple[bytes, ...]:
    """The contents of those files, for an annex that is made of a table."""
    if annex.file.lower().endswith(".csv"):
        return figures_csv(table), figures_schema(table, style)
    return (workbook(table, answer, annex.title, style),)
