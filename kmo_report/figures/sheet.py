"""XLSX and ODS, read by calamine: the cells that are wanted become a text that DuckDB reads.

A spreadsheet holds amounts as binary numbers. The shortest text of such a number is what was typed;
a number that is not whole cents within a millionth is no amount.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from kmo_report.figures.header import LOOK, Header, find_header
from kmo_report.figures.opening import Opened
from kmo_report.figures.package import Package, Unvalued
from kmo_report.figures.relation import Relation
from kmo_report.figures.sql import CENTS, MAX_DIGITS, Column, literal
from kmo_report.figures.totals import Offender
from kmo_report.language import did_you_mean, say
from kmo_report.model.register import Register
from kmo_report.problems import Place

NEAR = Decimal("0.00000001")
"""Euros: a millionth of a cent."""
TOO_LARGE = 10**MAX_DIGITS

Row = Sequence[Any]


class Sheet(Relation):
    """A sheet as rows: its row number, what is broken, the cells as c0, c1, ..., exact amounts."""

    def __init__(self, opened: Opened, register: Register, folder: Path) -> None:
        package = Package(opened)
        try:
            with CalamineWorkbook.from_path(opened.path) as workbook:
                self.sheet = _named(opened, workbook, register.sheet)
                sheet = workbook.get_sheet_by_name(self.sheet)
                rows = sheet.to_python(skip_empty_area=False)
                merged = sheet.merged_cell_ranges or []
        except CalamineError as error:
            message = say("this spreadsheet is damaged ({why})", why=str(error)[:100])
            raise opened.refuse(message) from None
        header = find_header(_headers(rows, merged, register.header), register.columns,
                             register.header)  # fmt: skip
        if isinstance(header, str):
            raise opened.refuse(f"{self.sheet}: {header}")
        self.at = {name: header.at(name) for name in register.columns}
        copy = folder / "sheet.csv"
        exact_only = _write(copy, rows, header, register, package.unvalued(self.sheet))
        columns = {name: Column(f"c{at}") for at, name in enumerate(register.columns)}
        fields = ["k0", "b0", *(column.sql for column in columns.values()), "e0"]
        types = ", ".join(f"'{field}': 'VARCHAR'" for field in fields)
        super().__init__(
            shown=opened.shown,
            sql=f"read_csv({literal(str(copy))}, auto_detect = false, header = false, delim = ',',"
            f" quote = '\"', escape = '\"', columns = {{{types}}}, strict_mode = true)",
            columns=columns,
            paths=(copy,),
            origin={"sheet": self.sheet, "header": header.row},
            row="CAST(k0 AS BIGINT)",
            exact="CAST(e0 AS DECIMAL(18,2))",
            exact_only=exact_only,
            broken="(b0 IS NOT NULL)",
            broken_column="b0",
        )

    def places(self, cells: Sequence[tuple[int, str]]) -> list[Place]:
        return [
            Place(f"{self.shown}!{self.sheet}!{letters(self.at[column])}{row}")
            for row, column in cells
        ]

    def uncut_places(self, limit: int) -> list[Offender]:  # noqa: ARG002 -- there are none
        return []


def _named(opened: Opened, workbook: CalamineWorkbook, name: str | None) -> str:
    """The sheet of that name, or the only one."""
    names = workbook.sheet_names
    if name is None and len(names) == 1:
        return names[0]
    if name is None:
        raise opened.refuse(say("there are several sheets; say which: {names}",
                                names=", ".join(names)))  # fmt: skip
    if name not in names:
        message = say("there is no sheet {name}", name=name)
        raise opened.refuse(message + did_you_mean(name, names))
    return name


def letters(column: int) -> str:
    """0 -> A, 26 -> AA, as spreadsheets name their columns."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _headers(
    rows: Sequence[Row], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]], row: int | None
) -> list[list[str]]:
    """The first rows as texts; a merged cell stands in every place that it covers."""
    texts = [[_text(cell) for cell in cells] for cells in islice(rows, max(LOOK, row or 0))]
    for (top, left), (bottom, right) in merged:
        for at in range(top, min(bottom + 1, len(texts))):
            for column in range(left, min(right + 1, len(texts[at]))):
                texts[at][column] = texts[top][left]
    return texts


# --- cells ---------------------------------------------------------------------------------------


def _write(
    copy: Path, rows: Sequence[Row], header: Header, register: Register, unvalued: Unvalued
) -> bool:
    """The rows under the header as a text, without empty ones; whether no amount is a text."""
    names = register.columns
    columns = [header.at(name) for name in names]
    amount = names.index(register.amount)
    exact_only = True
    with copy.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file, lineterminator="\n").writerow
        for at, cells in enumerate(islice(rows, header.row, None), header.row):
            chosen = [cells[column] for column in columns]
            texts = [cell if cell.__class__ is str else _text(cell) for cell in chosen]
            broken = exact = ""
            if chosen[amount].__class__ in _NO_NUMBERS:
                exact_only = exact_only and texts[amount] == ""
            else:
                exact = _exact(texts[amount])
                broken = "" if exact else register.amount
            if unvalued:
                for place, column in enumerate(columns):
                    if (at, column) in unvalued:
                        texts[place], broken = unvalued[at, column], names[place]
            if any(texts) or any(cell != "" for cell in cells):
                write((at + 1, broken, *texts, exact))
    return exact_only


_NO_NUMBERS = frozenset((str, bool, date, datetime, time, timedelta))


def _text(cell: object) -> str:
    """A cell as text: a whole number without decimals, a date as 2019-02-13."""
    kind = cell.__class__
    if kind not in _NO_NUMBERS:
        return repr(cell).removesuffix(".0")
    if kind is bool:
        return str(cell).lower()
    return str(cell)


def _exact(text: str) -> str:
    """1234.5 -> 1234.50, the shortest text of a number as an amount; empty where it is none."""
    whole, _, part = text.partition(".")
    if len(part) == CENTS and whole.isdigit() and len(whole) <= MAX_DIGITS:
        return text
    if whole.isdigit() and len(whole) <= MAX_DIGITS and len(part) <= CENTS:
        return f"{whole}.{part:0<2}"
    try:
        amount = Decimal(text)
    except InvalidOperation:  # a time
        return ""
    if abs(amount) >= TOO_LARGE:
        return ""
    exact = amount.quantize(Decimal("0.01"))
    return f"{exact:f}" if abs(amount - exact) < NEAR else ""
