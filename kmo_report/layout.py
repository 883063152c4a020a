"""Where year, item (or one of its labels) and measure go: a table per, the rows, the columns.

Every layout is this one mechanism; `per-year` and `per-measure` are names for two settings of it.
What is placed nowhere is added up, but for year and measure, which then get tables of their own. A
total, a subtotal and the rest of a top are groups of lines of the data like any other cell.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from typing import Literal, get_args

from kmo_report.compute import NIL, Comparison, Figures, Value, add_up, compared, rounded, value
from kmo_report.language import mark, say
from kmo_report.model.scalars import MEASURES, SHOWN, Meaning, Measure, Shown
from kmo_report.model.table import Item, Margin, Missing, Table, TotalLine, is_withheld

Coordinates = frozenset[tuple[str, str]]
"""Pairs of a dimension and its member; what is not named is totalled over."""
Line = tuple[str | None, ...]
"""A row or a column: its member of each dimension; None is totalled over."""
Axis = Literal["rows", "columns"]
AXES: tuple[Axis, ...] = ("rows", "columns")

Entry = tuple[int, str, Item]
"""Year, item and figures: a line of the data."""


_LENIENCE: tuple[Meaning, ...] = ("sum", "distinct", "given")
_COMPARED = ("change", "growth")
_NO_MARGIN = Margin()


@cache
def base_of(measure: Shown) -> Measure:
    """count_share -> count"""
    return next(base for base in MEASURES if measure.startswith(base))


@cache
def kind_of(measure: Shown) -> Comparison | Literal[""]:
    """count_share -> share"""
    return next((kind for kind in get_args(Comparison) if measure.endswith(kind)), "")


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure and what it is."""

    value: Value
    measure: Shown


@dataclass(frozen=True, slots=True)
class Grid:
    """One table as it will be printed, in values."""

    members: Mapping[str, str]
    """What this table is about: its member of each dimension of `table_per`."""
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    cells: tuple[tuple[Cell, ...], ...]
    reasons: tuple[str, ...]
    """Why figures are missing."""


@dataclass(frozen=True, slots=True)
class _Extent:
    """What one table spans, in the order of the data."""

    rows: dict[tuple[str, ...], None]
    columns: dict[tuple[str, ...], None]
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
        self.rows, self.columns = layout.rows or (rows,), layout.columns or (columns,)
        placed = layout.table_per or ()
        inside = (*placed, *self.rows, *self.columns)
        self.table_per = (*(d for d in ("year", "measure") if d not in inside), *placed)

    @cached_property
    def measures(self) -> tuple[Shown, ...]:
        """What is printed of each item; by default all that the data give."""
        given: tuple[Measure, ...] = tuple(
            measure
            for measure in MEASURES[:2]
            if any(getattr(item, measure) is not None for _, _, item in self.table.items())
        )
        return self.table.layout.measures or (MEASURES if len(given) > 1 else given)

    def counted(self, axis: Axis) -> tuple[str, ...]:
        """The dimensions of the `rows` or the `columns` that can be totalled over."""
        dimensions = self.rows if axis == "rows" else self.columns
        return tuple(dimension for dimension in dimensions if dimension != "measure")

    # --- the grids ---------------------------------------------------------------------------

    def grids(self) -> Iterator[Grid]:
        """Every table that is printed, in order; a value of None is a gap."""
        members = (self._members(dimension) for dimension in self.table_per)
        for chosen in product(*members):
            about = dict(zip(self.table_per, chosen, strict=True))
            extent = self._extents.get(_coordinates(about))
            if extent is None:
                continue
            place: dict[str, str | None] = {**about}
            rows = self._compared("rows", place, self._lines("rows", about, extent.rows))
            columns = self._compared(
                "columns", place, self._lines("columns", about, extent.columns)
            )
            cells = tuple(
                tuple(self._cell(self.place(about, row, column)) for column in columns)
                for row in rows
            )
            if rows and columns:
                yield Grid(about, rows, columns, cells, tuple(extent.reasons))

    def place(self, members: Mapping[str, str], row: Line, column: Line) -> dict[str, str | None]:
        """The member of each dimension at a cell of a grid; None is totalled over."""
        rows, columns = zip(self.rows, row, strict=True), zip(self.columns, column, strict=True)
        return {**members, **dict(rows), **dict(columns)}

    def _lines(
        self, axis: Axis, about: Mapping[str, str], seen: Iterable[tuple[str, ...]]
    ) -> tuple[Line, ...]:
        """The lines of an axis in the order of print, with those of the totals."""
        dimensions = self.rows if axis == "rows" else self.columns

        def below(start: Line, lines: Sequence[tuple[str, ...]], kept: int) -> Iterator[Line]:
            left = dimensions[len(start) :]
            if not left:
                yield start
            elif left[0] == "measure":
                for measure in self.measures:
                    yield from below((*start, measure), lines, kept)
            else:
                total = self.total(axis, kept)
                ends = product(*(self.measures if d == "measure" else (None,) for d in left))
                totals = [(*start, *end) for end in ends] if total else []
                blocks: dict[str, list[tuple[str, ...]]] = {}
                for line in lines:
                    blocks.setdefault(line[kept], []).append(line)
                outer = dict(zip(dimensions, start, strict=False))
                if total and total.at == "start":
                    yield from totals
                for member in self._ordered(left[0], {**about, **outer}, blocks):
                    yield from below((*start, member), blocks[member], kept + 1)
                if total and total.at == "end":
                    yield from totals

        return tuple(below((), list(seen), 0))

    def _ordered(
        self, dimension: str, around: Mapping[str, str | None], members: Iterable[str]
    ) -> list[str]:
        order = self.table.layout.years
        if dimension == "year" and order:
            return sorted(members, key=int, reverse=order == "newest-first")
        if dimension == self._ranked:
            ranks = self._ranks.get(_coordinates(around), {})
            return sorted(members, key=lambda member: ranks.get(member, len(ranks)))
        return list(members)

    def _compared(
        self, axis: Axis, place: Mapping[str, str | None], lines: tuple[Line, ...]
    ) -> tuple[Line, ...]:
        """The lines without those that have no year to be compared with."""
        dimensions = self.rows if axis == "rows" else self.columns
        at = [{**place, **dict(zip(dimensions, line, strict=True))} for line in lines]
        return tuple(
            line for line, whole in zip(lines, at, strict=True) if not self._incomparable(whole)
        )

    def _incomparable(self, place: Mapping[str, str | None]) -> bool:
        """Whether a change stands here and there is no year before, for all that is known."""
        if not (place.get("measure") or "").endswith(_COMPARED) or "year" not in place:
            return False
        year = place["year"]
        return year is None or int(year) - 1 not in self.table.years

    def _cell(self, place: Mapping[str, str | None]) -> Cell:
        measure = next(m for m in SHOWN if m == place.get("measure", self.measures[0]))
        return Cell(self._value(_coordinates(place), measure), measure)

    def _value(self, coordinates: Coordinates, shown: Shown) -> Value:
        measure, kind, decimals = base_of(shown), kind_of(shown), self.table.decimals
        places = {"count": 0, "total": decimals.total, "average": decimals.average}[measure]
        figures = self.figures(coordinates)
        if figures is None:
            return self.table.missing
        if not kind:
            if measure == "average":
                return figures.average(places)
            figure = figures.count if measure == "count" else figures.total
            return rounded(figure, places) if isinstance(figure, Decimal) else figure
        if self._incomparable({"year": None, "measure": shown, **dict(coordinates)}):
            return NIL[0]
        places = places if kind == "change" else decimals.percent
        return compared(kind, figures.exact(measure), self._base(coordinates, shown), places)

    def _base(self, coordinates: Coordinates, shown: Shown) -> Fraction | str | None:
        """What a figure is compared with: the whole, or the year before."""
        if kind_of(shown) == "share":
            other = self.figures(self.whole(coordinates))
        else:
            other = self.figures(_year_before(coordinates))
        return other.exact(base_of(shown)) if other else self.table.missing or NIL[0]

    def figures(self, coordinates: Coordinates) -> Figures | None:
        """What stands at these coordinates: sums, or what was delivered for other totals.

        None where no line of the data is; a figure of None is a gap.
        """
        if coordinates not in self.groups:
            return None
        entries = self.groups[coordinates]
        summed = add_up(entry[2] for entry in entries)
        margin = self._margins.get(coordinates, _NO_MARGIN)
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

    def whole(self, coordinates: Coordinates) -> Coordinates:
        """What a share at these coordinates is a share of."""
        of = self.table.layout.share_of
        over = {
            *(self.rows if of in ("column", "table") else ()),
            *(self.columns if of in ("row", "table") else ()),
        }
        return frozenset(pair for pair in coordinates if pair[0] not in over)

    def compared_totals(self, place: Mapping[str, str | None]) -> tuple[Decimal, Decimal]:
        """The totals that a change is the difference of, as printed; this year's first."""
        now = _coordinates(place)
        values = (self._value(at, "total") for at in (now, _year_before(now)))
        first, second = (v if isinstance(v, Decimal) else Decimal() for v in values)
        return first, second

    def meaning(self, coordinates: Coordinates) -> Meaning:
        """What the figures at these coordinates are: a sum, unless a total line says otherwise."""
        lines = [self.total_at(axis, coordinates) for axis in AXES]
        return max((line.meaning for line in lines if line), key=_LENIENCE.index, default="sum")

    def total_at(self, axis: Axis, coordinates: Coordinates) -> TotalLine | None:
        """The total line of the `rows` or the `columns` that these coordinates stand in, if any."""
        named = {dimension for dimension, _ in coordinates}
        counted = self.counted(axis)
        kept = sum(dimension in named for dimension in counted)
        return self.total(axis, kept) if kept < len(counted) else None

    def total(self, axis: Axis, kept: int = 0) -> TotalLine | None:
        """The line that totals over the `rows` or `columns`, or within a block of `kept` levels."""
        totals = self.table.layout.totals
        if totals is None or not self.counted(axis):
            return None
        if axis == "columns":
            return None if kept else totals.columns
        return totals.subtotals if kept else totals.rows

    def _members(self, dimension: str) -> Sequence[str]:
        if dimension == "measure":
            return self.measures
        found = (self.placed(entry)[dimension] for entry in self.table.items())
        return self._ordered(dimension, {}, dict.fromkeys(found))

    # --- the lines behind the cells ------------------------------------------------------------

    @cached_property
    def groups(self) -> dict[Coordinates, list[Entry]]:
        """The lines behind each cell and each whole; one pass, for thousands of rows."""
        groups: dict[Coordinates, list[Entry]] = {}
        shapes = self._shapes()
        for entry in self.table.items():
            place = self.placed(entry)
            for shape in shapes:
                key = frozenset((d, place[d]) for d in shape)
                groups.setdefault(key, []).append(entry)
        return groups

    def _shapes(self) -> list[tuple[str, ...]]:
        """The dimensions that are named at some cell, or at the whole of some share."""
        kept: list[list[tuple[str, ...]]] = []
        for axis in AXES:
            counted = self.counted(axis)
            levels = [n for n in range(len(counted)) if self.total(axis, n)]
            kept.append([counted[:level] for level in (*levels, len(counted))])
        shapes = {frozenset((*rows, *columns)) for rows, columns in product(*kept)}
        if any(kind_of(measure) == "share" for measure in self.measures):
            of = self.table.layout.share_of
            over = {*(self.rows if of != "row" else ()), *(self.columns if of != "column" else ())}
            shapes |= {shape - over for shape in shapes}
        about = [dimension for dimension in self.table_per if dimension != "measure"]
        return sorted((*about, *sorted(shape)) for shape in shapes)

    @cached_property
    def _extents(self) -> dict[Coordinates, _Extent]:
        extents: dict[Coordinates, _Extent] = {}
        rows, columns = self.counted("rows"), self.counted("columns")
        for entry in self.table.items():
            place = self.placed(entry)
            about = frozenset((d, place[d]) for d in self.table_per if d != "measure")
            extent = extents.setdefault(about, _Extent({}, {}, {}))
            extent.rows[tuple(place[d] for d in rows)] = None
            extent.columns[tuple(place[d] for d in columns)] = None
            for figure in (entry[2].count, entry[2].total):
                if isinstance(figure, Missing) and figure.reason:
                    extent.reasons[figure.reason] = None
        return extents

    def placed(self, entry: Entry) -> dict[str, str]:
        """The member of each dimension that a line of the data has; below the top, the rest."""
        year, name, item = entry
        place = {"year": str(year), "item": name, **item.labels}
        top = self.table.layout.top
        if top and place[self._ranked] not in self._ranks[self._block(place)]:
            place[self._ranked] = top.rest
        return place

    @property
    def _ranked(self) -> str:
        """The dimension that a top is of: the innermost of the rows."""
        return next(reversed(self.counted("rows")), "") if self.table.layout.top else ""

    def _block(self, place: Mapping[str, str]) -> Coordinates:
        """What a top is made within: a table, and in it the outer rows."""
        around = (*self.table_per, *self.counted("rows")[:-1])
        return frozenset((d, place[d]) for d in around if d != "measure")

    @cached_property
    def _ranks(self) -> dict[Coordinates, dict[str, int]]:
        """The members of each top, from large to small; equals in the order of the data."""
        top, sizes = self.table.layout.top, dict[Coordinates, dict[str, Decimal]]()
        if top is None:
            return {}
        by = top.by or ("total" if self.measures[0].startswith("total") else "count")
        for year, name, item in self.table.items():
            place = {"year": str(year), "item": name, **item.labels}
            block = sizes.setdefault(self._block(place), {})
            figure, member = value(getattr(item, by)), place[self._ranked]
            size = Decimal(figure) if isinstance(figure, int | Decimal) else Decimal()
            block[member] = block.get(member, Decimal()) + size
        ranks = {}
        for around, block in sizes.items():
            # What is called the rest already stays there.
            members = [member for member in block if member != top.rest]
            members.sort(key=block.__getitem__, reverse=True)
            # One that is left over is called by its own name.
            alone = len(members) == top.rows + 1 and top.rest not in block
            shown = members if alone else members[: top.rows]
            ranks[around] = {member: rank for rank, member in enumerate(shown)}
        return ranks

    @cached_property
    def _margins(self) -> dict[Coordinates, Margin]:
        return {self.named(margin): margin for margin in self.table.given}

    def named(self, margin: Margin) -> Coordinates:
        """The coordinates of a delivered total; the only year of a table need not be named."""
        only = str(next(iter(self.table.years))) if len(self.table.years) == 1 else None
        year = str(margin.year) if margin.year else only
        return _coordinates({**margin.labels, "year": year})

    def describe(self, coordinates: Coordinates) -> str:
        """`2019, row HRM, column Eindtotaal`"""
        place = dict(coordinates)
        parts = [place.pop(d) for d in self.table_per if d in place]
        for axis in AXES:
            line = self.total_at(axis, coordinates)
            named = [place.pop(d) for d in self.counted(axis) if d in place]
            named += [line.label] if line else []
            if named:
                message = mark("row {name}") if axis == "rows" else mark("column {name}")
                parts.append(say(message, name=", ".join(named)))
        return ", ".join([*parts, *place.values()])


def _coordinates(place: Mapping[str, str | None]) -> Coordinates:
    return frozenset((d, m) for d, m in place.items() if m is not None and d != "measure")


def _year_before(coordinates: Coordinates) -> Coordinates:
    """The same place, a year earlier."""
    return frozenset((d, str(int(m) - 1) if d == "year" else m) for d, m in coordinates)
