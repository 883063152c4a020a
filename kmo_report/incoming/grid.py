"""Tables on paper: rows of pieces between rules, or without any, as rows of cells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kmo_report.incoming.paper import Piece, Row, Rule, Sheet
from kmo_report.incoming.tables import is_figure

_SAME = 3.0
"""Points that what is drawn at one place may be apart."""
_BETWEEN = 3.0
"""So far apart are two columns, at least."""

_NUMBER = r"(?:\d{1,2}|[A-Za-z]|[ivxIVX]{2,5})"
_LISTED = re.compile(
    rf"\(?{_NUMBER}(?:(?:, | en |-){_NUMBER})*[.)]+|[-\u2010-\u2015•·▪●◦○]",
)


@dataclass(slots=True)
class Grid:
    """A table: its rows of cells, and the rows of the page that they were made of."""

    cells: list[tuple[str, ...]]
    rows: list[Row]
    y: float
    """Where it begins."""


def is_listed(row: Row) -> bool:
    """Whether a row is an item with its number or bullet at some distance."""
    return _LISTED.fullmatch(row.pieces[0].text) is not None


def grids(sheet: Sheet) -> list[Grid]:
    """The tables of a page, in order; a row stands in one at most."""
    found = list(_ruled(sheet))
    taken = {id(row) for grid in found for row in grid.rows}
    found += _unruled([row for row in sheet.rows if id(row) not in taken])
    return found


# --- between rules --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Line:
    """A level rule, put together from its pieces; `ends` are where these meet."""

    y: float
    x0: float
    x1: float
    ends: set[float]


def _lines(rules: Sequence[Rule]) -> list[_Line]:
    """The level rules from the top, the pieces of one as one."""
    lines: list[_Line] = []
    for rule in sorted((r for r in rules if r.level), key=lambda r: (-round(r.y0), r.x0)):
        for line in lines[-4:]:
            near = abs(line.y - rule.y0) <= _SAME
            if near and rule.x0 <= line.x1 + _SAME and line.x0 <= rule.x1 + _SAME:
                line.x0, line.x1 = min(line.x0, rule.x0), max(line.x1, rule.x1)
                line.ends |= {rule.x0, rule.x1}
                break
        else:
            lines.append(_Line(rule.y0, rule.x0, rule.x1, {rule.x0, rule.x1}))
    return lines


@dataclass(slots=True)
class _Band:
    """What stands between two level rules."""

    top: _Line
    bottom: _Line
    rows: list[Row]

    @property
    def tabular(self) -> bool:
        """Whether things stand beside each other in it."""
        return any(len(row.pieces) > 1 and not is_listed(row) for row in self.rows)


def _ruled(sheet: Sheet) -> Iterator[Grid]:
    lines = _lines(sheet.rules)
    run: list[_Band] = []
    used: set[int] = set()
    for at, top in enumerate(lines):
        if at in used:
            continue
        chain = [top]
        for below in range(at + 1, len(lines)):
            line = lines[below]
            if abs(line.x0 - top.x0) <= _SAME and abs(line.x1 - top.x1) <= _SAME:
                chain.append(line)
                used.add(below)
        run = []
        for upper, lower in zip(chain, chain[1:], strict=False):
            band = _Band(upper, lower, _within(sheet.rows, upper, lower))
            if band.tabular or (run and band.rows and _boxed(band, sheet.rules)):
                run.append(band)
            elif band.rows and run:
                yield from _grid(run, sheet)
                run = []
        if run:
            yield from _grid(run, sheet)


def _boxed(band: _Band, rules: Sequence[Rule]) -> bool:
    """Whether upright rules go on beside it."""
    return any(
        not rule.level and abs(rule.x0 - band.top.x0) <= _SAME
        and rule.y0 <= band.bottom.y + _SAME and rule.y1 >= band.top.y - _SAME
        for rule in rules
    )  # fmt: skip


def _within(rows: Sequence[Row], top: _Line, bottom: _Line) -> list[Row]:
    found = [
        row
        for row in rows
        if bottom.y - 1 <= row.y + row.height / 4 <= top.y + 1
        and row.x0 >= top.x0 - _SAME
        and row.x1 <= top.x1 + _SAME
    ]
    return sorted(found, key=lambda row: -row.y)


def _grid(bands: Sequence[_Band], sheet: Sheet) -> Iterator[Grid]:
    rows = [row for band in bands for row in band.rows]
    columns = _columns_of_rules(bands, sheet.rules, rows) or _columns(rows)
    if len(columns) < 2 or (len(bands) == 1 and len(rows) == 1 and not columns):  # noqa: PLR2004
        return
    cells = [row for band in bands for row in _cells(band.rows, columns)]
    yield Grid(cells, rows, bands[0].top.y)


Column = tuple[float, float]


def _columns_of_rules(
    bands: Sequence[_Band], rules: Sequence[Rule], rows: Sequence[Row]
) -> list[Column]:
    """The columns that are drawn: by upright rules, or by where the level ones meet."""
    top, bottom = bands[0].top, bands[-1].bottom
    ends = {top.x0, top.x1}
    for line in (band.top for band in bands):
        ends |= line.ends
    for rule in rules:
        if not rule.level and rule.y1 >= bottom.y and rule.y0 <= top.y:
            if top.x0 - _SAME <= rule.x0 <= top.x1 + _SAME:
                ends.add(rule.x0)
    edges: list[float] = []
    for x in sorted(ends):
        if not edges or x - edges[-1] > _SAME:
            edges.append(x)
    columns = list(zip(edges, edges[1:], strict=False))
    crossing = any(
        p.x0 < x - _SAME and p.x1 > x + _SAME
        for row in rows
        for p in row.pieces
        for x in edges[1:-1]
    )
    return columns if len(columns) > 1 and not crossing else []


def _columns(rows: Sequence[Row]) -> list[Column]:
    """The columns that show from where nothing stands in any row."""
    spans = sorted((p.x0, p.x1) for row in rows for p in row.pieces)
    columns: list[Column] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1] + _BETWEEN:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _cells(rows: Sequence[Row], columns: Sequence[Column]) -> Iterator[tuple[str, ...]]:
    """The rows of a band; a cell may be wrapped, but a column of figures has one in each row."""
    group: list[Row] = []
    for row in rows:
        if group and _starts_row(group, row, columns):
            yield _together(group, columns)
            group = []
        group.append(row)
    if group:
        yield _together(group, columns)


def _starts_row(group: Sequence[Row], row: Row, columns: Sequence[Column]) -> bool:
    new = _placed([row], columns)
    old = _placed(group, columns)
    return any(
        new[at] and old[at] and is_figure(_said(new[at])) and is_figure(_said(old[at]))
        for at in range(1, len(columns))
    )


def _placed(rows: Sequence[Row], columns: Sequence[Column]) -> list[list[Piece]]:
    placed: list[list[Piece]] = [[] for _ in columns]
    for row in rows:
        for piece in row.pieces:
            middle = (piece.x0 + piece.x1) / 2
            at = next((n for n, (_, x1) in enumerate(columns) if middle <= x1), len(columns) - 1)
            placed[at].append(piece)
    return placed


def _together(rows: Sequence[Row], columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(_said(pieces) for pieces in _placed(rows, columns))


def _said(pieces: Sequence[Piece]) -> str:
    text = ""
    for piece in pieces:
        glued = text.endswith("-") and not text.endswith(" -") and piece.text[:1].islower()
        text += ("" if not text or glued else " ") + piece.text.strip()
    return text


# --- without rules --------------------------------------------------------------------------------

_CONTINUES = 1.5
"""A line that is nearer to the one above it, in heights, goes on with its cell."""


def _unruled(rows: Sequence[Row]) -> Iterator[Grid]:
    at = 0
    while at < len(rows):
        end = _end_of_columns(rows, at)
        if end > at and _is_table(rows[at:end]):
            run = list(rows[at:end])
            columns = _columns(run)
            yield Grid(list(_cells(run, columns)), run, run[0].y)
            at = end
        else:
            at += 1


def _end_of_columns(rows: Sequence[Row], at: int) -> int:
    """Where rows end that stand in the same columns, from `at` on."""
    if len(rows[at].pieces) < 2 or is_listed(rows[at]):  # noqa: PLR2004
        return at
    columns, last, end = len(rows[at].pieces), at + 1, at + 1
    while end < len(rows):
        row = rows[end]
        above = rows[end - 1]
        if is_listed(row) or not 0 < above.y - row.y < _ROWS_APART * row.height:
            break
        shown = len(_columns(rows[at : end + 1]))
        if shown < max(columns, len(row.pieces)):
            break
        single = len(row.pieces) == 1
        if single and above.y - row.y > _CONTINUES * row.height:
            break
        columns = max(columns, shown)
        end += 1
        if not single:
            last = end
    return last


_ROWS_APART = 4.0


def _is_table(rows: Sequence[Row]) -> bool:
    """Whether a column holds figures: text that only stands in columns is none."""
    columns = _columns(rows)
    cells = list(_cells(rows, columns))
    return len(columns) > 1 and any(
        sum(is_figure(row[at]) for row in cells) >= min(2, len(cells) - 1) > 0
        for at in range(1, len(columns))
    )
