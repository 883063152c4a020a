"""Where year, item (or one of its labels) and measure go: a table per, the rows, the columns.

Every layout is this one mechanism; `per-year` and `per-measure` are names for two settings of it.
What is placed nowhere is added up, but for year and measure, which then get tables of their own.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cached_property
from itertools import product

from kmo_report.compute import Figures, Value, add_up, average, rounded, value
from kmo_report.language import did_you_mean, mark, say
from kmo_report.model import (
    MEASURES,
    Item,
    Margin,
    Meaning,
    Measure,
    Missing,
    Table,
    TotalLine,
    is_withheld,
)
from kmo_report.source import Path

Finding = tuple[Path, str]
"""Where in the table, and what is wrong there."""
Coordinates = frozenset[tuple[str, str]]
"""Pairs of a dimension and its member; what is not named is totalled over."""

Entry = tuple[int, str, Item]
"""Year, item and figures: a line of the data."""

_IN_DUTCH = {"aantal": "count", "totaal": "total", "steun": "total", "gemiddelde": "average"}
"""What a Dutch reader may write for a measure."""

_LENIENCE: tuple[Meaning, ...] = ("sum", "distinct", "given")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure and what it is."""

    value: Value
    measure: Measure


@dataclass(frozen=True, slots=True)
class Grid:
    """One table as it will be printed, in values; None as a row or column is the total."""

    members: Mapping[str, str]
    """What this table is about: its member of each dimension of `table_per`."""
    rows: tuple[str | None, ...]
    columns: tuple[str | None, ...]
    cells: tuple[tuple[Cell, ...], ...]
    reasons: tuple[str, ...]
    """Why figures are missing."""


@dataclass(frozen=True, slots=True)
class _Extent:
    """What one table spans, in the order of the data."""

    rows: dict[str, None]
    columns: dict[str, None]
    reasons: dict[str, None]


class Spread:
    """A table of the answer, spread over grids as its layout says."""

    def __init__(self, table: Table) -> None:
        layout, labels = table.layout, table.label_names()
        self.table = table
        self.labels = labels
        rows, columns = "item", "measure"
        if layout.name == "per-measure":
            rows = labels[0] if labels else "item"
            columns = labels[1] if labels[1:] else "year"
        self.rows, self.columns = layout.rows or rows, layout.columns or columns
        placed = layout.table_per or ()
        inside = (*placed, self.rows, self.columns)
        self.table_per = (*(d for d in ("year", "measure") if d not in inside), *placed)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What is printed of each item; by default all that the data give."""
        given: tuple[Measure, ...] = tuple(
            measure
            for measure in MEASURES[:2]
            if any(getattr(item, measure) is not None for _, _, item in self.table.items())
        )
        return self.table.layout.measures or (MEASURES if len(given) > 1 else given)

    # --- the grids ---------------------------------------------------------------------------

    def grids(self) -> Iterator[Grid]:
        """Every table that is printed, in order; a value of None is a gap."""
        for chosen in product(*(self._members(dimension) for dimension in self.table_per)):
            members = dict(zip(self.table_per, chosen, strict=True))
            about = frozenset(pair for pair in members.items() if pair[0] != "measure")
            if about not in self._extent:
                continue
            extent = self._extent[about]
            rows = self._line("rows", self.rows, extent.rows)
            columns = self._line("columns", self.columns, extent.columns)
            cells = tuple(
                tuple(self._cell(members, row, column) for column in columns) for row in rows
            )
            yield Grid(members, rows, columns, cells, tuple(extent.reasons))

    def _line(self, axis: str, dimension: str, seen: Iterable[str]) -> tuple[str | None, ...]:
        members = self.measures if dimension == "measure" else seen
        return (*members, *([None] if self.total(axis) else []))

    def _cell(self, members: Mapping[str, str], row: str | None, column: str | None) -> Cell:
        place = {**members, self.rows: row, self.columns: column}
        measure = next(m for m in MEASURES if m == place.get("measure", self.measures[0]))
        return Cell(self._value(_coordinates(place), measure), measure)

    def _value(self, coordinates: Coordinates, measure: Measure) -> Value:
        figures = self.figures(coordinates)
        if figures is None:
            return self.table.missing
        decimals = self.table.decimals
        if measure == "average":
            return figures.average(decimals.average)
        figure = figures.count if measure == "count" else figures.total
        return rounded(figure, decimals.total) if isinstance(figure, Decimal) else figure

    def figures(self, coordinates: Coordinates) -> Figures | None:
        """What stands at these coordinates: sums, or what was delivered for other totals.

        None where no line of the data is; a figure of None is a gap.
        """
        if coordinates not in self.groups:
            return None
        entries = self.groups[coordinates]
        summed = add_up(entry[2] for entry in entries)
        margin = self._margins.get(coordinates, Margin())
        meaning = self.meaning(coordinates)
        if meaning == "sum":
            if len(entries) == 1:
                return summed
            # What is withheld cannot be added up; the sum is known to who withheld it.
            return Figures(
                value(margin.count) if is_withheld(summed.count) else summed.count,
                value(margin.total) if is_withheld(summed.total) else summed.total,
            )
        # Persons can be counted once where euros cannot: a distinct total of support is the sum.
        total = summed.total if meaning == "distinct" else None
        return Figures(
            value(margin.count), value(margin.total) if margin.total is not None else total
        )

    def meaning(self, coordinates: Coordinates) -> Meaning:
        """What the figures at these coordinates are: a sum, unless a total line says otherwise."""
        named = {dimension for dimension, _ in coordinates}
        lines = [
            self.total(axis)
            for axis, dimension in (("rows", self.rows), ("columns", self.columns))
            if dimension != "measure" and dimension not in named
        ]
        return max((line.meaning for line in lines if line), key=_LENIENCE.index, default="sum")

    def total(self, axis: str) -> TotalLine | None:
        """The total line at the end of the `rows` or the `columns`, if there is one."""
        line: TotalLine | None = getattr(self.table.layout.totals, axis, None)
        return line

    def _members(self, dimension: str) -> tuple[str, ...]:
        if dimension == "measure":
            return self.measures
        found = (_placed(*entry)[dimension] for entry in self.table.items())
        return tuple(dict.fromkeys(found))

    @cached_property
    def groups(self) -> dict[Coordinates, list[Entry]]:
        """The lines behind each cell, those of the totals too; one pass, for thousands of rows."""
        groups: dict[Coordinates, list[Entry]] = {}
        axes = [
            [dimension, None] if self.total(axis) else [dimension]
            for axis, dimension in (("rows", self.rows), ("columns", self.columns))
        ]
        shapes = [(*self.table_per, *(d for d in shape if d)) for shape in product(*axes)]
        for year, name, item in self.table.items():
            place = _placed(year, name, item)
            for shape in shapes:
                key = frozenset((d, place[d]) for d in shape if d != "measure")
                groups.setdefault(key, []).append((year, name, item))
        return groups

    @cached_property
    def _extent(self) -> dict[Coordinates, _Extent]:
        extents: dict[Coordinates, _Extent] = {}
        for entry in self.table.items():
            place = _placed(*entry)
            about = frozenset((d, place[d]) for d in self.table_per if d != "measure")
            extent = extents.setdefault(about, _Extent({}, {}, {}))
            extent.rows[place.get(self.rows, "")] = None
            extent.columns[place.get(self.columns, "")] = None
            for figure in (entry[2].count, entry[2].total):
                if isinstance(figure, Missing) and figure.reason:
                    extent.reasons[figure.reason] = None
        return extents

    @cached_property
    def _margins(self) -> dict[Coordinates, Margin]:
        return {self.named(margin): margin for margin in self.table.given}

    def named(self, margin: Margin) -> Coordinates:
        """The coordinates of a delivered total; the only year of a table need not be named."""
        only = str(next(iter(self.table.years))) if len(self.table.years) == 1 else None
        year = str(margin.year) if margin.year else only
        return _coordinates({**margin.labels, "year": year})

    # --- what may be wrong -------------------------------------------------------------------

    def faults(self) -> Iterator[Finding]:
        """All that keeps the grids from being made."""
        known = ("year", "item", *self.labels, "measure")
        layout = self.table.layout
        written = [("rows", layout.rows), ("columns", layout.columns)]
        written += [("table_per", name) for name in layout.table_per or ()]
        for key, name in written:
            if name and name not in known:
                message = say("no item has a label {label}", label=name)
                yield ("layout", key), message + did_you_mean(name, known)
        placed = (*self.table_per, self.rows, self.columns)
        for name in dict.fromkeys(name for name in placed if placed.count(name) > 1):
            yield ("layout",), say("{name} is placed twice", name=name)
        for axis, name in (("rows", self.rows), ("columns", self.columns)):
            if name == "measure" and self.total(axis):
                yield ("layout", "totals", axis), say("count, total and average cannot be added up")
        yield from self._label_faults()

    def _label_faults(self) -> Iterator[Finding]:
        for year, name, item in self.table.items():
            where = ("years", str(year), name)
            for label in item.labels:
                if label in ("year", "item", "measure"):
                    message = say(
                        "a label cannot be called {label}; call it otherwise", label=label
                    )
                    yield (*where, label), message
                    continue
                near = _IN_DUTCH.get(label.lower(), label)
                if label not in self.labels and get_close_matches(near, MEASURES, 1, cutoff=0.75):
                    message = say("unknown key {key}", key=label)
                    yield (*where, label), message + did_you_mean(near, MEASURES)
                elif label not in self.labels:
                    message = say("other items have no label {label}", label=label)
                    hint = did_you_mean(label, self.labels, or_known=False)
                    yield (*where, label), message + hint
            for label in self.labels:
                if label not in item.labels:
                    message = mark("{item} lacks the label {label} that other items have")
                    yield where, say(message, item=name, label=label)

    def gaps(self) -> Iterator[Finding]:
        """Figures that are printed and that nobody gave."""
        needed = MEASURES[:2] if "average" in self.measures else self.measures
        for year, name, item in self.table.items():
            for measure in needed:
                if getattr(item, measure) is None:
                    message = mark("{item} lacks {measure}; write a number, or a mark such as `-`")
                    where = ("years", str(year), name)
                    yield where, say(message, item=name, measure=measure)
        for grid in self.grids():
            for row, cells in zip(grid.rows, grid.cells, strict=True):
                for column, cell in zip(grid.columns, cells, strict=True):
                    if cell.value is None:
                        yield from self._gap({**grid.members, self.rows: row, self.columns: column})

    def _gap(self, place: Mapping[str, str | None]) -> Iterator[Finding]:
        coordinates = _coordinates(place)
        if coordinates not in self.groups:
            message = mark(
                "no figures for {place}; give them, or say with `missing:` what is printed instead"
            )
            yield (), say(message, place=self.describe(coordinates))
        elif (meaning := self.meaning(coordinates)) != "sum":
            message = mark("{place} is {meaning}, not a sum; write it under `given:`")
            where = ("layout", "totals")
            yield where, say(message, place=self.describe(coordinates), meaning=meaning)
        elif any(is_withheld(value(item.count)) for _, _, item in self.groups[coordinates]):
            message = mark(
                "{place} adds up what is withheld; write it under `given:`, or leave the total out"
            )
            yield ("layout", "totals"), say(message, place=self.describe(coordinates))

    def differences(self) -> Iterator[Finding]:
        """Averages and totals as delivered that are not what they should be."""
        decimals = self.table.decimals.average
        for year, name, item in self.table.items():
            if item.average is None:
                continue
            place = say("{year}, row {row}, column average", year=year, row=name)
            figures = add_up([item])
            yield from self._average_differs(
                ("years", str(year), name, "average"), place, item.average, figures, decimals
            )
        seen: set[Coordinates] = set()
        for index, margin in enumerate(self.table.given):
            where = ("given", str(index))
            if self.named(margin) in seen:
                place = self.describe(self.named(margin))
                yield where, say("{place} is given twice", place=place)
            seen.add(self.named(margin))
            yield from self._margin_differs(where, margin)

    def _margin_differs(self, where: Path, margin: Margin) -> Iterator[Finding]:
        coordinates = self.named(margin)
        items = [e[2] for e in self.table.items() if coordinates <= _placed(*e).items()]
        if not items:
            yield where, say("no item is {place}", place=self.describe(coordinates))
            return
        summed, meaning = add_up(items), self.meaning(coordinates)
        place = self.describe(coordinates)
        for measure, given in (("count", value(margin.count)), ("total", value(margin.total))):
            expected = summed.count if measure == "count" else summed.total
            if not (isinstance(given, int | Decimal) and isinstance(expected, int | Decimal)):
                continue
            told = {"place": place, "measure": measure, "given": given, "expected": expected}
            if meaning == "sum" and given != expected:
                message = mark(
                    "{place}: {measure} is given as {given}, expected {expected} (the sum)"
                )
                yield (*where, measure), say(message, **told)
            elif meaning == "distinct" and given > expected:
                message = mark(
                    "{place}: {measure} is given as {given}, expected at most {expected}: "
                    "a distinct total is never more than the sum"
                )
                yield (*where, measure), say(message, **told)
        if margin.average is not None:
            figures = Figures(
                value(margin.count) if margin.count is not None else summed.count,
                value(margin.total) if margin.total is not None else summed.total,
            )
            decimals = self.table.decimals.average
            place = say("{place}, average", place=place)
            yield from self._average_differs(
                (*where, "average"), place, margin.average, figures, decimals
            )

    @staticmethod
    def _average_differs(
        where: Path, place: str, given: Decimal, figures: Figures, decimals: int
    ) -> Iterator[Finding]:
        count, total = figures.count, figures.total
        if isinstance(count, int) and isinstance(total, Decimal):
            if not count:
                message = mark("{place}: is given as {given}, but there is nothing to divide by")
                yield where, say(message, place=place, given=given)
            elif given != average(total, count, decimals):
                expected = f"{average(total, count, decimals)} ({total} / {count})"
                message = mark("{place}: is given as {given}, expected {expected}")
                yield where, say(message, place=place, given=given, expected=expected)

    def describe(self, coordinates: Coordinates) -> str:
        """`2019, row HRM, column Eindtotaal`"""
        place = dict(coordinates)
        parts = [place.pop(d) for d in self.table_per if d in place]
        for axis, dimension in (("rows", self.rows), ("columns", self.columns)):
            line = self.total(axis)
            member = place.pop(dimension, line.label if line else None)
            if member is not None and dimension != "measure":
                message = mark("row {name}") if axis == "rows" else mark("column {name}")
                parts.append(say(message, name=member))
        return ", ".join([*parts, *place.values()])


def _placed(year: int, name: str, item: Item) -> dict[str, str]:
    """The member of each dimension that an item has."""
    return {"year": str(year), "item": name, **item.labels}


def _coordinates(place: Mapping[str, str | None]) -> Coordinates:
    return frozenset((d, m) for d, m in place.items() if m is not None and d != "measure")
