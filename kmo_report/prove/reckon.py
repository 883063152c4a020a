"""Every figure that is printed, reckoned again from the figures that travel in the file.

Where a cell stands is the layout's to say; what stands in it is reckoned here anew, in whole
numbers and fractions of the CSV, by nothing that made the document.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from kmo_report.compute import NIL, value
from kmo_report.figures import record
from kmo_report.layout import Cell, Coordinates, Entry, Spread, base_of, kind_of
from kmo_report.model.answer import Answer
from kmo_report.model.scalars import Shown as Measure
from kmo_report.model.style import Style
from kmo_report.model.table import Table
from kmo_report.table import figure
from kmo_report.view import Block, PartView, page

Line = tuple[str, str]
"""Year and item."""
Figures = Mapping[Line, tuple[Fraction | None, Fraction | None]]
"""Count and total of each line; None for one that is missing or withheld."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A cell of a printed table, and what must stand in it."""

    table: int
    """Of all printed tables, from 0."""
    row: int
    column: int
    text: str | None
    """None where it cannot be reckoned: it was delivered so, or a figure is missing."""
    derived: bool
    """Whether it is a sum, an average, a share, ..., and no figure of one line."""


def reckoned(answer: Answer, style: Style, files: Mapping[str, bytes]) -> list[Reckoned]:
    """All cells of figures of an answer, in the order in which its tables are printed.

    `files` are those that travel with it.
    """
    found = []
    # What answers the whole question comes first.
    parts = sorted(answer.answer.parts, key=lambda part: not part.of_all)
    names = [content.table for part in parts for content in part.content if content.table]
    queues = {}
    for name in dict.fromkeys(names):
        table = answer.tables[name]
        content = files.get(record.csv_name(name, answer.tables), b"")
        queues[name] = [*_tables(table, style, _figures(table, content))]
    number = _before(answer, style)
    for name in names:
        for cells in queues[name]:
            found += [Reckoned(number, *cell) for cell in cells]
            number += 1
    return found


def _before(answer: Answer, style: Style) -> int:
    """How many tables the question itself draws; they come first and hold no figures."""

    def count(parts: Sequence[PartView]) -> int:
        return sum(_drawn(part.blocks) + count(part.parts) for part in parts)

    question = page(answer, style).question
    return _drawn(question.introduction) + count(question.parts)


def _drawn(blocks: Sequence[Block]) -> int:
    return sum(block.kind == "table" for block in blocks)


def _figures(table: Table, content: bytes) -> Figures:
    """Year and item -> what the CSV says."""
    text = content.decode("utf-8")
    if table.figures:
        years, _, _ = record.as_items(table.figures, text)
        return {
            (str(year), name): (_number(str(item.count)), _number(str(item.total)))
            for year, items in years.items()
            for name, item in items.items()
        }
    return {
        (row["year"], row["item"]): (_number(row["count"]), _number(row["total"]))
        for row in csv.DictReader(io.StringIO(text))
    }


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(Decimal(text))
    except (InvalidOperation, ValueError, OverflowError):
        return None


_Cells = list[tuple[int, int, str | None, bool]]


def _tables(table: Table, style: Style, figures: Figures) -> Iterator[_Cells]:
    """For each printed table its cells: row, column, text, whether it is derived."""
    spread = Spread(table)
    headings = len(spread.rows)
    for grid in spread.grids():
        cells: _Cells = []
        for down, (row, printed) in enumerate(zip(grid.rows, grid.cells, strict=True), 1):
            for across, (column, cell) in enumerate(zip(grid.columns, printed, strict=True)):
                place = spread.place(grid.members, row, column)
                at = frozenset((d, m) for d, m in place.items() if m and d != "measure")
                reckon = _Reckoning(spread, figures, cell.measure)
                exact = reckon.value(at)
                text = None if exact is None else figure(Cell(exact, cell.measure), table, style)
                cells.append((down, headings + across, text, reckon.derived(at)))
        yield cells


@dataclass(frozen=True, slots=True)
class _Reckoning:
    """Reckons one measure of a table."""

    spread: Spread
    figures: Figures
    measure: Measure

    def derived(self, at: Coordinates) -> bool:
        """Whether it is made of other figures."""
        several = len(self.spread.groups.get(at, ())) > 1
        return several or self.measure not in ("count", "total")

    def value(self, at: Coordinates) -> Decimal | int | None:
        """The figure as it must be printed, or None where nobody can tell from the lines."""
        kind, base = kind_of(self.measure), base_of(self.measure)
        exact = self._exact(at, base)
        decimals = self.spread.table.decimals
        places = {"count": 0, "total": decimals.total, "average": decimals.average}[base]
        if exact is None:
            return None
        if not kind:
            return int(exact) if base == "count" else _rounded(exact, places)
        other = self._exact(self._other(at, kind), base)
        if other is None or (not other and kind != "change"):
            return None
        if kind == "change":
            return _rounded(exact - other, places)
        part = exact if kind == "share" else exact - other
        return _rounded(part * 100 / other, decimals.percent)

    def _other(self, at: Coordinates, kind: str) -> Coordinates:
        """What it is compared with."""
        if kind == "share":
            return self.spread.whole(at)
        return frozenset((d, str(int(m) - 1) if d == "year" else m) for d, m in at)

    def _exact(self, at: Coordinates, base: str) -> Fraction | None:
        entries = self.spread.groups.get(at)
        if not entries or (len(entries) > 1 and self.spread.meaning(at) != "sum"):
            return None
        count, total = self._sum(entries, "count"), self._sum(entries, "total")
        if base == "average":
            return total / count if count and total is not None else None
        return count if base == "count" else total

    def _sum(self, entries: Sequence[Entry], measure: str) -> Fraction | None:
        """None where a figure is not known; one that is nothing to count is no part of it."""
        known = []
        for year, name, item in entries:
            if value(getattr(item, measure)) in NIL:
                continue
            found = self.figures.get((str(year), name), (None, None))[measure == "total"]
            if found is None:
                return None
            known.append(found)
        return sum(known, Fraction()) if known else None


def _rounded(exact: Fraction, decimals: int) -> Decimal:
    """Once, half away from nought."""
    scaled = exact * 10**decimals
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-decimals)
