"""Pages of a PDF -> lines: without what runs along; paragraphs, tables and columns in order."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from kmo_report.incoming.grid import Grid, grids, is_listed
from kmo_report.incoming.labels import listed, numbers
from kmo_report.incoming.lines import Indent, Line, Pages, bullet, clean
from kmo_report.incoming.paper import Row, Sheet, sheets
from kmo_report.incoming.tables import is_figure
from kmo_report.language import say
from kmo_report.problems import Place, Problem

_EDGE = 0.12
"""The part of a page, at its top and its foot, where running lines stand."""
_NUMBERED = re.compile(
    r"(?:.*\s)?(?:(?:pagina|blz\.?|p\.)\s*)?\d{1,3}\s*(?:/|van)\s*\d{1,3}|-?\s*\d{1,3}\s*-?",
    re.IGNORECASE,
)
_PARAGRAPH = 1.25
"""A line further down than so many usual steps begins a paragraph."""
_SENTENCE_END = ".?!:;"
_ROOM = 6.0
"""Points of a line that may stay empty though the next word would have fitted."""


def read_paper(content: bytes, path: str) -> Pages:
    """The lines of a PDF with a text layer, tagged or not."""
    pages = sheets(content, path)
    running = _take_running(pages)
    for sheet in pages:
        sheet.rows = _columns_in_order(sheet)
    flow = _Flow(path, pages)
    for sheet in pages:
        flow.page(sheet)
    return Pages(tuple(flow.lines), tuple(running), tuple(_in_pictures(pages, path)))


def _in_pictures(pages: Sequence[Sheet], path: str) -> Iterator[Problem]:
    """No word is lost in silence."""
    for sheet in pages:
        if sheet.in_pictures:
            message = say(
                "these words stand in a picture on page {page}: {words}",
                page=sheet.number,
                words=clean(sheet.in_pictures),
            )
            yield Problem("not-placed", message, Place(path), "hint")


# --- running lines --------------------------------------------------------------------------------


def _take_running(pages: Sequence[Sheet]) -> list[str]:
    """Take the lines out that stand at the same place on more pages, and page numbers."""
    groups: dict[tuple[str, int], dict[int, Row]] = {}
    for sheet in pages:
        for row in (row for rows in _at_edges(sheet) for row in rows):
            key = re.sub(r"\d+", "#", row.text), round(row.y / 4)
            groups.setdefault(key, {}).setdefault(sheet.number, row)
    counted = {
        id(row)
        for rows in groups.values()
        for row in rows.values()
        if (len(rows) > 1 and _is_counted([*rows.values()])) or _NUMBERED.fullmatch(row.text)
    }
    running: list[str] = []
    for sheet in pages:
        taken: set[int] = set()
        for rows in _at_edges(sheet):
            along = [*takewhile(lambda row: id(row) in counted, rows)]
            # What runs along stands apart from the text; what does not is part of it.
            while along and not _stands_apart(along, sheet.rows):
                along.pop()
            taken |= {id(row) for row in along}
            running += [clean(row.text) for row in along]
        sheet.rows = _title_first([row for row in sheet.rows if id(row) not in taken], sheet)
    return running


def _title_first(rows: list[Row], sheet: Sheet) -> list[Row]:
    """Lines at the top that were written after all others are read before them."""
    begin = len(rows)
    while begin and rows[begin - 1].y > (1 - _EDGE) * sheet.height:
        begin -= 1
    return [*rows[begin:], *rows[:begin]]


_APART = 1.6


def _stands_apart(along: Sequence[Row], rows: Sequence[Row]) -> bool:
    """Whether nothing else is near the innermost of some lines."""
    last = along[-1]
    others = (row for row in rows if all(row is not other for other in along))
    return all(abs(row.y - last.y) > _APART * last.height for row in others)


def _is_counted(rows: Sequence[Row]) -> bool:
    """Whether lines are the same but for one number, that of the page."""
    found = zip(*(re.findall(r"\d+", row.text) for row in rows), strict=True)
    return sum(len({*column}) > 1 for column in found) <= 1


def _at_edges(sheet: Sheet) -> tuple[list[Row], list[Row]]:
    """The rows near the top and near the foot of a page, each from the edge inwards."""
    low, high = _EDGE * sheet.height, (1 - _EDGE) * sheet.height
    top = sorted((row for row in sheet.rows if row.y >= high), key=lambda row: -row.y)
    foot = sorted((row for row in sheet.rows if row.y <= low), key=lambda row: row.y)
    return top, foot


# --- columns --------------------------------------------------------------------------------------

_COLUMN = 0.25
"""The part of a page that a column of text is wide."""
_FEW = 4


def _columns_in_order(sheet: Sheet) -> list[Row]:
    """Two columns that were written line by line: first the left one, then the right one."""
    rows: list[Row] = []
    run: list[Row] = []
    for row in [*sheet.rows, None]:
        if row and (_in_two(row, sheet.width) or (run and _fits(row, run))):
            run.append(row)
            continue
        rows += _apart(run)
        run = []
        if row:
            rows.append(row)
    return rows


def _in_two(row: Row, width: float) -> bool:
    return (
        len(row.pieces) == 2  # noqa: PLR2004
        and all(piece.x1 - piece.x0 > _COLUMN * width for piece in row.pieces)
        and not is_listed(row)
    )


def _fits(row: Row, run: Sequence[Row]) -> bool:
    left, right = run[0].pieces[0].x0, run[0].pieces[1].x0
    return all(abs(p.x0 - left) < 20 or abs(p.x0 - right) < 20 for p in row.pieces) and (  # noqa: PLR2004
        row.x1 < right or row.x0 > right - 20 or len(row.pieces) == 2  # noqa: PLR2004
    )


def _apart(run: list[Row]) -> list[Row]:
    if len(run) < _FEW:
        return run
    gutter = min(row.pieces[1].x0 for row in run if len(row.pieces) > 1) - 1
    left = [[p for p in row.pieces if p.x0 < gutter] for row in run]
    right = [[p for p in row.pieces if p.x0 >= gutter] for row in run]
    return [Row(pieces) for pieces in (*left, *right) if pieces]


# --- lines ----------------------------------------------------------------------------------------


def _usual_step(pages: Sequence[Sheet]) -> float:
    """How far apart the lines of a paragraph are, in heights of their letters."""
    steps = Counter(
        round((above.y - row.y) / row.height, 1)
        for sheet in pages
        for above, row in zip(sheet.rows, sheet.rows[1:], strict=False)
        if 0.8 * row.height < above.y - row.y < 3 * row.height and len(row.pieces) == 1
    ).most_common(3)
    return min((step for step, times in steps if times >= steps[0][1] / 3), default=1.3)


class _Flow:
    """Follows the rows over the pages, and says where a paragraph begins."""

    def __init__(self, path: str, pages: Sequence[Sheet]) -> None:
        self.lines: list[Line] = []
        self._path = path
        self._step = _usual_step(pages)
        self._edges = _edges(pages)
        self._above: Row | None = None
        """The row above on this page; none after a table."""
        self._last: Row | None = None
        """The last row of text, on whatever page."""

    def page(self, sheet: Sheet) -> None:
        """Add the lines of a page."""
        tables = grids(sheet)
        in_table = {id(row): grid for grid in tables for row in grid.rows}
        done: set[int] = set()
        self._above = None
        for number, row in enumerate(sheet.rows, start=1):
            place = Place(f"{self._path}#page={sheet.number}", number)
            grid = in_table.get(id(row))
            if grid is None:
                self.lines.append(self._line(row, place, first=number == 1))
                self._above = self._last = row
            elif id(grid) not in done:
                done.add(id(grid))
                self._table(grid, place, first=number == 1)
                self._above = self._last = None

    def _line(self, row: Row, place: Place, *, first: bool) -> Line:
        text, xs = _text(row)
        words = clean(text)
        above = self._last if first else self._above
        starts = ended = glued = False
        if above is None:
            starts = True
        else:
            room = self._edges[id(above)][1] - above.x1
            ended = room > _first_word(row) + _ROOM
            starts = self._starts(above, row, ended=ended)
            last = above.text.rsplit(" ", 1)[-1]
            # A word that is broken anywhere has lines of its own.
            long = last == above.text and ("://" in last or len(last) > _LONG)
            broken = re.search(r"[^\w,;]\w|\d", row.text.split(" ", 1)[0]) is not None
            glued = long and broken and room < row.height / 2 and not starts
        return Line(
            words,
            replace(place, source=words),
            starts,
            indent=_indent(text, xs, self._edges[id(row)][0]),
            title=row.bold,
            glued=glued,
            ended=ended,
        )

    def _starts(self, above: Row, row: Row, *, ended: bool) -> bool:
        if above.bold != row.bold or is_listed(row):
            return True
        sentence = above.text[-1:] in _SENTENCE_END
        if row.y > above.y - row.height / 2:  # on another page or in another column
            numbered = any(True for _ in (*listed(row.text), *numbers(row.text)))
            return (numbered and sentence) or (ended and not row.text[:1].islower())
        apart = (above.y - row.y) / max(above.height, row.height)
        return apart > _PARAGRAPH * self._step or (ended and sentence)

    def _table(self, grid: Grid, place: Place, *, first: bool) -> None:
        rows = [tuple(clean(cell) for cell in row) for row in grid.cells]
        above = self.lines[-1].cells if self.lines and first else None
        goes_on = False
        if above and rows and len(above) == len(rows[0]):
            # A table that goes on over a page says its headings again, or none.
            head = next((line.cells for line in reversed(self.lines) if line.starts), None)
            repeated = rows[0] == head
            goes_on = repeated or any(is_figure(cell) for cell in rows[0][1:])
            rows = rows[1:] if repeated else rows
        for row in rows:
            text = " ".join(filter(None, row))
            if text:
                self.lines.append(Line(text, replace(place, source=text), not goes_on, cells=row))
                goes_on = True


def _edges(pages: Sequence[Sheet]) -> dict[int, tuple[float, float]]:
    """Where the lines around each row begin and end: those of its column, on all pages."""
    runs: list[list[Row]] = []
    for sheet in pages:
        above: Row | None = None
        for row in sheet.rows:
            if above is None or (row.y > above.y + _UP and row.x0 > above.x0 + _UP):
                runs.append([])
            runs[-1].append(row)
            above = row
    spans = [(min(row.x0 for row in run), max(row.x1 for row in run)) for run in runs]
    edges: dict[int, tuple[float, float]] = {}
    in_columns = len(runs) > len(pages)
    for run, (x0, x1) in zip(runs, spans, strict=True):
        near = [span for span in spans if not in_columns or abs(span[0] - x0) < _COLUMNS_APART]
        left = min(left for left, _ in near)
        # In columns a line that is as wide as the page says nothing.
        right = x1 if in_columns else max(right for _, right in near)
        edges.update({id(row): (left, right) for row in run})
    return edges


_COLUMNS_APART = 60.0
_UP = 100.0
"""So far up and to the right of the line before it begins another column."""


def _text(row: Row) -> tuple[str, list[float]]:
    """The words of a row, and where each of their characters stands."""
    text, xs = "", []
    for piece in row.pieces:
        if text:
            text += " "
            xs.append(piece.x0)
        text += piece.text
        xs += piece.xs
    return text, xs


def _first_word(row: Row) -> float:
    """How wide it is."""
    piece = row.pieces[0]
    end = piece.text.find(" ")
    return (piece.xs[end] if end > 0 else piece.x1) - piece.x0


def _indent(text: str, xs: Sequence[float], left: float) -> Indent:
    """Where the number and the text begin, from the left edge of the column."""
    rest = text
    for _, after in (*listed(text), *numbers(text)):
        rest = after
    if rest == text:
        rest = bullet(text) or text
    return xs[0] - left, xs[min(len(text) - len(rest), len(xs) - 1)] - left


_LONG = 45
"""A word that is longer is broken wherever the line ends."""
