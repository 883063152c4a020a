"""A table of the answer as it is printed, in strings: headings, cells, chart, and its page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from kmo_report import width
from kmo_report.chart import ChartView, Drawing, Series
from kmo_report.compute import Value
from kmo_report.dutch import number
from kmo_report.layout import Axis, Cell, Grid, Line, Spread, base_of, kind_of
from kmo_report.model.scalars import Shown
from kmo_report.model.style import Notation, Style
from kmo_report.model.table import Table


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell of a table."""

    text: str
    number: bool = False
    total: bool = False
    heading: bool = False


@dataclass(frozen=True, slots=True)
class TableView:
    """A table: one row of column headings, then rows that start with their own headings."""

    title: str
    description: str
    head: tuple[CellView, ...]
    rows: tuple[tuple[CellView, ...], ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    heading: bool = False
    """Whether the title is a heading of the text, not the caption of the table."""
    landscape: bool = False
    """Whether its page is turned."""
    small: bool = False
    """Whether its letters are smaller, so that it fits."""
    over: float = 0
    """By how many mm it is too wide all the same."""
    chart: ChartView | None = None
    kind: str = "table"
    origin: tuple[str, ...] = ()
    """The way to what it is made of, in the answer file."""


def table_views(table: Table, style: Style, depth: int = 0) -> list[TableView]:
    """The printed tables of a table of the answer; its notes and source stand under the last.

    `depth` says in how many lists it stands. They are put on one kind of page, in letters of one
    size: what belongs together is not spread over pages that are turned and pages that are not.
    """
    views = list(_views(table, style))
    fitting = [fitted(view, style, table.layout.page, depth) for view in views]
    if any(view.landscape for view in fitting):
        fitting = [fitted(view, style, "landscape", depth) for view in views]
    small = any(view.small for view in fitting)
    return [replace(view, small=small) for view in fitting]


def _views(table: Table, style: Style) -> Iterator[TableView]:
    spread = Spread(table)
    grids = list(spread.grids())
    for grid in grids:
        last = grid is grids[-1]
        heads = Headings(spread, style, grid)
        corner = [heads.dimension(dimension) for dimension in spread.rows]
        columns = [heads.column(column) for column in grid.columns]
        yield TableView(
            title=caption(spread, style, grid),
            description=style.phrases.table.format(
                rows=", ".join(corner), columns=", ".join(columns)
            ),
            head=(
                *(CellView(text, heading=True) for text in corner),
                *(
                    CellView(text, number=True, total=None in column)
                    for text, column in zip(columns, grid.columns, strict=True)
                ),
            ),
            rows=tuple(
                (
                    *(CellView(text, total=None in row, heading=True) for text in heads.row(row)),
                    *(
                        CellView(
                            figure(cell, table, style), number=True, total=None in (*row, *column)
                        )
                        for column, cell in zip(grid.columns, cells, strict=True)
                    ),
                )
                for row, cells in zip(grid.rows, grid.cells, strict=True)
            ),
            notes=(*grid.reasons, *(table.notes if last else ())),
            source=(table.source or "") if last else "",
            heading=table.layout.title == "heading",
            chart=_chart(heads) if table.chart else None,
        )


_INDENT = 7.5
"""Of a table in a list, for each list around it, in mm."""


def fitted(view: TableView, style: Style, page: str, depth: int) -> TableView:
    """The table on the page, and in the letters, that it fits."""
    columns = width.needs(
        [
            [width.Text(c.text, bold=head or c.total, number=c.number) for c in row]
            for head, row in ((True, view.head), *((False, row) for row in view.rows))
        ]
    )
    fit = width.fit(columns, style.tables, page, depth * _INDENT)
    return replace(view, landscape=fit.landscape, small=fit.small, over=fit.over)


def caption(spread: Spread, style: Style, grid: Grid) -> str:
    """The title of one grid; KeyError for a placeholder that has no one member in it."""
    captions = spread.table.captions
    measure = grid.members.get("measure")
    text = next((c for m, c in captions.items() if measure in (None, m)), "")
    heads = Headings(spread, style, grid)
    return text.format_map(
        {d: heads.dimension(m) if d == "measure" else m for d, m in grid.members.items()}
    )


@dataclass(frozen=True, slots=True)
class Headings:
    """The words at the head of rows and columns: the table's own, else those of the house."""

    spread: Spread
    style: Style
    grid: Grid

    def dimension(self, name: str) -> str:
        """Of a dimension or a measure."""
        own = self.spread.table.headings.get(name, {})
        return own.get("") or self.style.headings.get(name, name)

    def column(self, line: Line) -> str:
        """`2019`, or with several dimensions `2019: Aantal aanvragen`."""
        return ": ".join(filter(None, self.columns(line)))

    def columns(self, line: Line) -> tuple[str, ...]:
        """The words of each dimension of a column."""
        return self._line("columns", self.spread.columns, line)

    def row(self, line: Line) -> tuple[str, ...]:
        """Of each dimension; a total is called so where it begins."""
        return self._line("rows", self.spread.rows, line)

    def _line(self, axis: Axis, dimensions: Sequence[str], line: Line) -> tuple[str, ...]:
        counted = self.spread.counted(axis)
        kept = sum(m is not None for d, m in zip(dimensions, line, strict=True) if d in counted)
        total = self.spread.total(axis, kept) if kept < len(counted) else None
        words, label = [], total.label if total else ""
        for dimension, member in zip(dimensions, line, strict=True):
            if member is None:
                words.append(label)
                label = ""
            else:
                words.append(self._member(dimension, member))
        return tuple(words)

    def _member(self, dimension: str, member: str) -> str:
        if dimension == "measure":
            return self.dimension(member)
        about = self.grid.members.get("measure", "")
        return self.spread.table.headings.get(about, {}).get(member, member)


def figure(cell: Cell, table: Table, style: Style) -> str:
    """452, € 749.140, 11,3% or +12, or the mark that stands for a figure that is missing."""
    return _written(cell.value, cell.measure, table, style)


def _written(value: Value, measure: Shown, table: Table, style: Style) -> str:
    if not isinstance(value, int | Decimal):
        return value or ""
    decimals, notation = notation_of(measure, table, style)
    digits = number(
        abs(Decimal(value)),
        decimals=decimals,
        thousands=notation.thousands,
        decimal=notation.decimal,
    )
    sign = "\N{MINUS SIGN}" if value < 0 else "+" if value > 0 and is_change(measure) else ""
    return f"{sign}{notation.before}{digits}{notation.after}"


def is_change(measure: Shown) -> bool:
    """Whether its figures have a sign."""
    return kind_of(measure) in ("change", "growth")


def notation_of(measure: Shown, table: Table, style: Style) -> tuple[int, Notation]:
    """The decimals and the notation of what a cell holds."""
    if kind_of(measure) in ("share", "growth"):
        return table.decimals.percent, style.notation.percent
    base = base_of(measure)
    decimals = {"count": 0, "total": table.decimals.total, "average": table.decimals.average}
    return decimals[base], getattr(style.notation, base)


# --- charts ----------------------------------------------------------------------------------


def _chart(heads: Headings) -> ChartView | None:
    """The figures of one measure, without totals: by row, or for a line by year."""
    spread, style = heads.spread, heads.style
    chart, measure = spread.table.chart, drawn_measure(spread, heads.grid)
    if chart is None or measure is None:
        return None
    along = ("year",) if chart.kind == "line" else spread.counted("rows") or spread.columns
    points = dict(_points(heads, measure, along))
    names = dict.fromkeys(name for name, _ in points)
    ordered = tuple(sorted(names) if chart.kind == "line" else names)
    series = []
    for other in dict.fromkeys(other for _, other in points):
        values = [points.get((name, other)) for name in ordered]
        series.append(
            Series(
                other or heads.dimension(measure),
                tuple(float(v) if isinstance(v, int | Decimal) else None for v in values),
                tuple(_written(v, measure, spread.table, style) for v in values),
            )
        )
    title = caption(spread, style, heads.grid)
    if spread.measures[1:] and "measure" not in heads.grid.members:
        title = f"{title.rstrip(':')}: {heads.dimension(measure)}"
    drawing = Drawing(chart.kind, title, ordered, tuple(series))
    return ChartView("", _in_words(drawing, style), drawing)


def _points(
    heads: Headings, measure: Shown, along: Sequence[str]
) -> Iterator[tuple[tuple[str, str], Value]]:
    """Each figure with its name in the dimensions `along` the chart, and in the others."""
    spread, grid = heads.spread, heads.grid
    dimensions = (*spread.rows, *spread.columns)
    for row, cells in zip(grid.rows, grid.cells, strict=True):
        for column, cell in zip(grid.columns, cells, strict=True):
            if None in (*row, *column) or cell.measure != measure:
                continue
            words = zip(dimensions, (*heads.row(row), *heads.columns(column)), strict=True)
            named = {dimension: word for dimension, word in words if dimension != "measure"}
            name = ", ".join(word for dimension, word in named.items() if dimension in along)
            other = ", ".join(word for dimension, word in named.items() if dimension not in along)
            yield (name, other), cell.value


def drawn_measure(spread: Spread, grid: Grid) -> Shown | None:
    """What a chart of this grid shows, if it has one."""
    chart = spread.table.chart
    wanted = chart.measure if chart else None
    own = grid.members.get("measure")
    if own is not None:
        return next((m for m in spread.measures if m == own and wanted in (None, m)), None)
    return wanted or spread.measures[0]


def _in_words(view: Drawing, style: Style) -> str:
    """What a chart shows for who cannot see it: the ends of each line, else the extremes."""
    words, said = style.chart, []
    alone = len(view.series) == 1
    points = [
        (value, name if alone else f"{name}, {series.name}", text)
        for series in view.series
        for name, value, text in zip(view.names, series.values, series.texts, strict=True)
    ]
    known = [point for point in points if point[0] is not None]
    said.append((words.line if view.kind == "line" else words.bar).format(title=view.title))
    if len(known) > 1:
        for phrase, (_, name, text) in (
            (words.largest, max(known, key=lambda point: point[0] or 0)),
            (words.smallest, min(known, key=lambda point: point[0] or 0)),
        ):
            said.append(phrase.format(name=name, figure=text))
    for series in view.series if view.kind == "line" else ():
        ends = [at for at, value in enumerate(series.values) if value is not None]
        if len(ends) > 1:
            first, last = series.values[ends[0]] or 0, series.values[ends[-1]] or 0
            phrase = words.rise if last > first else words.fall if last < first else words.level
            told = {"first": view.names[ends[0]], "last": view.names[ends[-1]]}
            said.append(phrase.format(name=series.name, start=series.texts[ends[0]],
                                      end=series.texts[ends[-1]], **told))  # fmt: skip
    if missing := [name for value, name, _ in points if value is None]:
        said.append(words.missing.format(names="; ".join(missing)))
    return " ".join(said)
