"""Tables on paper: rows of pieces between rules, or without any, as rows of cells."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kmo_report.incoming.drawn import Rule
from kmo_report.incoming.paper import Piece, Row, Sheet
from kmo_report.incoming.tables import is_figure

Column = tuple[float, float]
"""From where to where."""

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
        for upper, lower in pairwise(chain):
            band = _Band(upper, lower, _within(sheet.rows, upper, lower))
            if band.tabular or (run and band.rows and _boxed(band, sheet.rules)):
                run.append(band)
            elif run and any(lower.y < row.y < upper.y for row in sheet.rows):
                yield from _grid(run, sheet)  # other text goes on between
                run = []
        if run:
            _below(run[-1], sheet.rows)
            yield from _grid(run, sheet)


def _below(band: _Band, rows: Sequence[Row]) -> None:
    """Take in the rows below the last rule, where a table has none at its foot."""
    above = band.rows[-1] if band.rows else None
    for row in rows:
        lower = row.y < band.bottom.y
        if above is None or not lower or above.y - row.y > _ROWS_APART * row.height:
            continue
        if len(row.pieces) < 2 or is_listed(row) or row.x1 > band.top.x1 + _SAME:  # noqa: PLR2004
            break
        band.rows.append(row)
        above = row


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
    ruled = len(bands) > _BANDS
    cells = [row for band in bands for row in _cells(band.rows, columns, ruled=ruled)]
    if any(is_figure(cell) for cell in cells[0][1:]):
        head = _above(bands[0].top, sheet.rows, columns)
        rows = [*head, *rows]
        cells = [_together(head, columns), *cells] if head else cells
    yield Grid(cells, rows, bands[0].top.y)


def _above(top: _Line, rows: Sequence[Row], columns: Sequence[Column]) -> list[Row]:
    """The headings that stand above the first rule, where a table has none over them."""
    head: list[Row] = []
    lowest = top.y
    for row in sorted((row for row in rows if row.y > top.y), key=lambda row: row.y):
        inside = row.x0 >= top.x0 - _SAME and row.x1 <= top.x1 + _SAME
        if not inside or is_listed(row) or row.y - lowest > _CONTINUES * row.height:
            break
        head.insert(0, row)
        lowest = row.y
        if all(_placed(head, columns)) and row.pieces[1:]:
            # A heading of more lines goes on above this one, nearer than the text does.
            return [*_rest_of_head(head, rows), *head]
    return []


def _rest_of_head(head: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    return [
        row for row in rows if row.pieces[1:] and 0 < row.y - head[0].y <= _TIGHT * head[0].height
    ]


_BANDS = 2
"""A table of no more is ruled around its headings only."""


def _columns_of_rules(
    bands: Sequence[_Band], rules: Sequence[Rule], rows: Sequence[Row]
) -> list[Column]:
    """The columns that are drawn: by upright rules, or by where the level ones meet."""
    top, bottom = bands[0].top, bands[-1].bottom
    ends = {top.x0, top.x1}
    for line in (band.top for band in bands):
        ends |= line.ends
    for rule in rules:
        beside = not rule.level and rule.y1 >= bottom.y and rule.y0 <= top.y
        if beside and top.x0 - _SAME <= rule.x0 <= top.x1 + _SAME:
            ends.add(rule.x0)
    edges: list[float] = []
    for x in sorted(ends):
        if not edges or x - edges[-1] > _SAME:
            edges.append(x)
    columns = list(pairwise(edges))
    crossing = any(
        p.x0 < x - _SAME and p.x1 > x + _SAME
        for row in rows
        for piece in row.pieces
        for p in _words(piece)
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


def _cells(
    rows: Sequence[Row], columns: Sequence[Column], *, ruled: bool
) -> Iterator[tuple[str, ...]]:
    """The rows of a band; `ruled`: it lies between others, so that it is likely one row."""
    groups = _by_distance(rows, columns)
    if groups is None:
        groups = []
        for row in rows:
            if not groups or _starts_row(groups[-1], row, columns, ruled=ruled):
                groups.append([])
            groups[-1].append(row)
    for group in groups:
        yield _together(group, columns)


_TIGHT = 1.12
"""Lines that are further apart than so many of the nearest ones are of two rows."""


def _by_distance(rows: Sequence[Row], columns: Sequence[Column]) -> list[list[Row]] | None:
    """The lines of each row, where rows are further apart than the lines within a cell."""
    steps = [above.y - row.y for above, row in pairwise(rows)]
    full = [step for step, row in zip(steps, rows[1:], strict=False) if step > 0.8 * row.height]
    if not full or max(steps) <= _TIGHT * min(full):
        return None
    groups = [[rows[0]]]
    for step, row in zip(steps, rows[1:], strict=True):
        if step > _TIGHT * min(full):
            groups.append([])
        groups[-1].append(row)
    doubled = any(
        sum(is_figure(piece.text) for piece in pieces) > 1
        for group in groups
        for pieces in _placed(group, columns)[1:]
    )
    return None if doubled else groups


def _starts_row(group: Sequence[Row], row: Row, columns: Sequence[Column], *, ruled: bool) -> bool:
    """Whether a line has figures where there are some already, or headings."""
    new, old = _placed([row], columns), _placed(group, columns)
    return any(
        new[at]
        and old[at]
        and is_figure(_said(new[at]))
        and (not ruled or is_figure(_said(old[at])))
        for at in range(1, len(columns))
    )


def _placed(rows: Sequence[Row], columns: Sequence[Column]) -> list[list[Piece]]:
    """The pieces in each column; one that reaches over more of them is taken apart."""
    placed: list[list[Piece]] = [[] for _ in columns]
    for row in rows:
        for piece in row.pieces:
            apart = _column_at(piece.x0 + 1, columns) != _column_at(piece.x1 - 1, columns)
            for part in _words(piece) if apart else [piece]:
                column = placed[_column_at((part.x0 + part.x1) / 2, columns)]
                column.append(part)
    return placed


def _column_at(x: float, columns: Sequence[Column]) -> int:
    """The column that a place is in, or the nearest one."""
    return min(range(len(columns)), key=lambda at: max(columns[at][0] - x, x - columns[at][1], 0.0))


def _words(piece: Piece) -> list[Piece]:
    """The words of a piece, each with its place."""
    words: list[Piece] = []
    begin = 0
    for word in piece.text.split(" "):
        end = begin + len(word)
        if word:
            after = piece.xs[end] if end < len(piece.xs) else piece.x1
            xs = piece.xs[begin:end]
            x1 = min(after, piece.x1) - (piece.height / 4 if end < len(piece.xs) else 0)
            words.append(replace(piece, text=word, xs=xs, x0=xs[0], x1=max(x1, xs[0])))
        begin = end + 1
    return words


def _together(rows: Sequence[Row], columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(_said(pieces) for pieces in _placed(rows, columns))


_HANGING = re.compile(r"(?:of|en|tot)\b|[,;]")


def _said(pieces: Sequence[Piece]) -> str:
    text = ""
    for piece in pieces:
        glued = text[-1:] == "-" and text[-2:-1].isalpha() and not _HANGING.match(piece.text)
        text += ("" if not text or glued else " ") + piece.text.strip()
    return text


# --- without rules --------------------------------------------------------------------------------

_CONTINUES = 1.5
"""A line that is nearer to the one above it, in heights, goes on with its cell."""


def _unruled(rows: Sequence[Row]) -> Iterator[Grid]:
    at = 0
    while at < len(rows):
        begin, end = _run_of_columns(rows, at)
        run = sorted(rows[begin:end], key=lambda row: -row.y)
        if run and _is_table(run):
            columns = _columns(run)
            head = rows[begin - 1] if begin else None
            cells = list(_cells(run, columns, ruled=False))
            if head and _is_head(head, run[0], columns):
                run.insert(0, head)
                cells.insert(0, _together([head], columns))
            yield Grid(cells, run, run[0].y)
            at = end
        else:
            at += 1


def _is_head(head: Row, first: Row, columns: Sequence[Column]) -> bool:
    """Whether a line above a table holds headings, nearer to each other than its cells are."""
    if len(head.pieces) < 2 or is_listed(head):  # noqa: PLR2004
        return False
    near = 0 < head.y - first.y < _ROWS_APART * first.height
    return near and all(_placed([head], columns)) and head.text[-1:] not in ".:;?!"


def _run_of_columns(rows: Sequence[Row], at: int) -> tuple[int, int]:
    """Where rows begin and end that stand in the same columns, around row `at`; else nothing."""
    first = rows[at]
    if len(first.pieces) < 2 or is_listed(first):  # noqa: PLR2004
        return at, at
    begin, lowest = at, first.y
    # A heading in the middle of its cell was written before the others, and stands lower.
    if at and len(rows[at - 1].pieces) == 1 and 0 < first.y - rows[at - 1].y < first.height:
        begin, lowest = at - 1, rows[at - 1].y
    columns = len(_columns(rows[begin : at + 1]))
    last = end = at + 1
    while end < len(rows):
        row = rows[end]
        single = len(row.pieces) == 1
        apart = (_CONTINUES if single else _ROWS_APART) * row.height
        if is_listed(row) or row.y > first.y or lowest - row.y > apart:
            break
        shown = len(_columns(rows[begin : end + 1]))
        if shown < max(columns, len(row.pieces)):
            break
        columns, lowest = max(columns, shown), min(lowest, row.y)
        end += 1
        if not single or row.y > lowest:
            last = end
    return begin, last


_ROWS_APART = 4.0


def _is_table(rows: Sequence[Row]) -> bool:
    """Whether a column holds figures: text that only stands in columns is none."""
    columns = _columns(rows)
    cells = list(_cells(rows, columns, ruled=False))
    return len(columns) > 1 and any(
        sum(is_figure(row[at]) for row in cells) >= min(2, len(cells) - 1) > 0
        for at in range(1, len(columns))
    )
