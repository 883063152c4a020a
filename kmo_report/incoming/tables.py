"""Tables of an answer: rows that the format knows, or rows of text whose totals add up."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from kmo_report.incoming.lines import Line, bullet
from kmo_report.incoming.reading import Table

Row = tuple[str, ...]

_FIGURE = r"(?:€\s?-?\d[\d.]*(?:,\d+)?|-?\d[\d.]*(?:,\d+)?\s?[%€]?|<\d{1,2}|[-–…]|\.{3,4}|….|x)"
_CELLS = re.compile(rf"(?P<label>\S.*?)\s+(?P<cells>{_FIGURE}(?:\s+{_FIGURE})*)")
_NUMBER = re.compile(r"€?\s?(-?\d{1,3}(?:\.\d{3})+|-?\d+)(?:,(\d+))?\s?[%€]?")
_UNKNOWN = re.compile(r"<\d{1,2}|…|\.{3,4}|….|x|\.|")
_NOTHING = re.compile(r"[-–]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TOTAL = re.compile(r"\b(?:eind|sub)?tota(?:al|len)\b|\btotal\b", re.IGNORECASE)
_SUBTOTAL = re.compile(r"\bsubtotaal\b", re.IGNORECASE)
_AVERAGE = re.compile(r"gemiddeld", re.IGNORECASE)
_SHARE = re.compile(r"%|aandeel|percentage|procent", re.IGNORECASE)
_LONGEST_CAPTION = 160
_LONGEST_ROW = 300


@dataclass(slots=True)
class Found:
    """The lines of a text that are in no table, and the tables."""

    lines: list[Line]
    tables: list[Table]
    left: list[Line]
    """Rows of text that look like a table, and are none: nothing in them adds up."""


def take_tables(lines: Sequence[Line], before: Sequence[Table]) -> Found:
    """Tables, taken out of the lines; `before`: those that came earlier in the same answer."""
    found = Found([], [], [])
    at = 0
    while at < len(lines):
        end = end_of_cells(lines, at)
        if end > at:
            rows = tuple(line.cells or () for line in lines[at:end])
            caption = _take_caption(found.lines)
            found.tables.append(_table(caption, rows, [*before, *found.tables]))
        else:
            end = _rows_of_text(lines, at, found, before)
        if end == at:
            found.lines.append(lines[at])
            end = at + 1
        at = end
    return found


def end_of_cells(lines: Sequence[Line], at: int) -> int:
    """Where the table ends whose first row stands at `at`."""
    end = at
    while (
        end < len(lines) and lines[end].cells is not None and (end == at or not lines[end].starts)
    ):
        end += 1
    return end


def caption_above(lines: Sequence[Line]) -> str | None:
    """The last line, where it is the caption of what follows and no sentence of the text."""
    if not lines or not lines[-1].starts or lines[-1].cells or bullet(lines[-1].whole):
        return None
    line = lines[-1]
    short = len(line.whole) <= _LONGEST_CAPTION and line.text[-1:] not in ".?!;,"
    sentence = line.text.endswith(":") and line.whole.count(" ") > _CAPTION_WORDS
    return line.whole if line.title or (short and not sentence) else None


def _take_caption(lines: list[Line]) -> str | None:
    caption = caption_above(lines)
    if caption is not None:
        lines.pop()
    return caption


_CAPTION_WORDS = 3


def _table(caption: str | None, rows: Sequence[Row], before: Sequence[Table]) -> Table:
    even = tuple(row for row in rows)
    return Table(caption, even, adds_up=adds_up(even) or _are_averages(even, before))


# --- rows of text ---------------------------------------------------------------------------------


def split_row(text: str) -> Row | None:
    """`HRM 452 € 4.150 4602` -> its label and its cells, from the right."""
    match = _CELLS.fullmatch(text)
    if not match:
        return None
    cells = re.findall(rf"(?:^|(?<=\s)){_FIGURE}(?=\s|$)", match["cells"])
    return (match["label"], *cells)


def split_head(text: str, columns: int) -> Row | None:
    """The headings of so many columns, where it is clear where each of them begins."""
    words = text.split(" ")
    if len(words) == columns:
        return tuple(words)
    years = re.fullmatch(rf"(?P<label>\D.*?)((?:\s+{_YEAR.pattern}){{{columns - 1}}})", text)
    if years:
        return (years["label"], *years[2].split())
    groups: list[str] = []
    for word in words:
        if groups and not (word[:1].isupper() and len(word) > 1):
            groups[-1] += f" {word}"
        else:
            groups.append(word)
    return tuple(groups) if len(groups) == columns else None


def _rows_of_text(lines: Sequence[Line], at: int, found: Found, before: Sequence[Table]) -> int:
    """Rows that stand as text from `at`: where they end, with the table in `found`; else `at`."""
    rows: list[Row] = []
    end = at
    while end < len(lines) and lines[end].cells is None and not lines[end].label:
        row = split_row(lines[end].text) if len(lines[end].text) < _LONGEST_ROW else None
        if row is None or (rows and len(row) != len(rows[0])):
            break
        rows.append(row)
        end += 1
    if not rows or (len(rows[0]) <= 2 and len(rows) < _FEWEST):  # noqa: PLR2004 -- label and figure
        return at
    columns = len(rows[0])
    if all(_YEAR.fullmatch(cell) for cell in rows[0][1:]) and columns > 2 and len(rows) > 1:  # noqa: PLR2004
        head: Row | None = rows[0]
    elif columns == 2:  # noqa: PLR2004 -- a list of figures with their sum has no headings
        head = None
        table = _table(None, rows, ())
        if table.adds_up:
            found.tables.append(Table(_take_caption(found.lines), tuple(rows), adds_up=True))
            return end
        return at
    else:
        head = split_head(found.lines[-1].whole, columns) if found.lines else None
        if head:
            rows.insert(0, head)
    table = _table(None, rows, [*before, *found.tables])
    if not head or not table.adds_up:
        found.left += lines[at:end]
        found.lines += lines[at:end]
        return end
    if rows[0] is head and found.lines and found.lines[-1].whole == " ".join(head):
        found.lines.pop()
    found.tables.append(Table(_take_caption(found.lines), tuple(rows), adds_up=True))
    return end


_FEWEST = 3
"""A column of one figure is a table from so many rows on."""


# --- do the totals add up? ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cell:
    """A figure as it is printed; None where it is not known."""

    value: Decimal | None
    places: int = 0


def _read(cell: str) -> _Cell | None:
    """The figure in a cell; None where it is a word."""
    cell = cell.strip()
    if match := _NUMBER.fullmatch(cell):
        decimals = match[2] or ""
        return _Cell(Decimal(f"{match[1].replace('.', '')}.{decimals or 0}"), len(decimals))
    if _NOTHING.fullmatch(cell):
        return _Cell(Decimal(0))
    return _Cell(None) if _UNKNOWN.fullmatch(cell) else None


def is_figure(cell: str) -> bool:
    """Whether a cell holds a figure, or a mark that stands for one."""
    return bool(cell) and _read(cell) is not None


def adds_up(rows: Sequence[Row]) -> bool:
    """Whether there are totals, and each of them is the sum of its row or column.

    Averages beside a count and a total are checked too: they are total / count.
    """
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:  # noqa: PLR2004 -- heading and a row
        return False
    has_head = not all(_read(cell) for cell in rows[0][1:]) or all(
        _YEAR.fullmatch(cell) for cell in rows[0][1:]
    )
    head = rows[0] if has_head else ("",) * len(rows[0])
    body = rows[1:] if has_head else rows
    figures = [[_read(cell) for cell in row[1:]] for row in body]
    if not all(cell for row in figures for cell in row):
        return False
    matrix = [[cell for cell in row if cell] for row in figures]
    checks = [
        *_row_totals(head, matrix),
        *_column_totals(head, body, matrix),
        *_averages(head, matrix),
    ]
    return bool(checks) and all(checks)


def _row_totals(head: Row, matrix: Sequence[Sequence[_Cell]]) -> Iterator[bool]:
    """The last column, where it is a total."""
    named = bool(_TOTAL.search(head[-1])) and not _measures(head)
    if not named or len(head) < 4:  # noqa: PLR2004 -- a label, two figures and their sum
        return
    for *cells, total in matrix:
        if total.value is None or any(cell.value is None for cell in cells):
            continue
        yield sum(cell.value or 0 for cell in cells) == total.value


def _measures(head: Row) -> bool:
    """Whether the columns are unlike things: a number, an amount, their quotient."""
    return any(_AVERAGE.search(name) for name in head[1:]) or (
        len(head) == 3 and "aantal" in head[1].lower()  # noqa: PLR2004
    )


def _column_totals(
    head: Row, body: Sequence[Row], matrix: Sequence[Sequence[_Cell]]
) -> Iterator[bool]:
    """The rows that are totals: of the rows above them, or of those since the last subtotal."""
    if len(body) < 2:  # noqa: PLR2004
        return
    for column in range(len(matrix[0])):
        name = head[column + 1]
        if _AVERAGE.search(name) or _SHARE.search(name):
            continue
        block: list[_Cell] = []
        whole: list[_Cell] = []
        for row, cells in zip(body, matrix, strict=True):
            cell = cells[column]
            if _SUBTOTAL.search(row[0]):
                yield from _is_sum(block, cell)
                block = []
            elif _TOTAL.search(row[0]):
                yield from _is_sum(whole, cell)
            else:
                block.append(cell)
                whole.append(cell)


def _is_sum(cells: Sequence[_Cell], total: _Cell) -> Iterator[bool]:
    values = [cell.value for cell in cells if cell.value is not None]
    if total.value is not None and cells and len(values) == len(cells):
        yield sum(values) == total.value


def _averages(head: Row, matrix: Sequence[Sequence[_Cell]]) -> Iterator[bool]:
    """An average that stands right of its count and its total."""
    for at, name in enumerate(head[1:]):
        if at < 2 or not _AVERAGE.search(name):  # noqa: PLR2004
            continue
        for row in matrix:
            yield from _is_quotient(row[at - 2], row[at - 1], row[at])


def _is_quotient(count: _Cell, total: _Cell, average: _Cell) -> Iterator[bool]:
    if count.value and total.value is not None and average.value is not None:
        exact = Decimal(1).scaleb(-average.places)
        yield (total.value / count.value).quantize(exact, ROUND_HALF_UP) == average.value


def _are_averages(rows: Sequence[Row], before: Sequence[Table]) -> bool:
    """Whether each cell is the quotient of the two tables before it: totals by counts."""
    if len(before) < 2:  # noqa: PLR2004
        return False
    counts, totals = before[-2].rows, before[-1].rows
    heads = {tuple(cell.lower() for cell in table[0]) for table in (counts, totals, rows)}
    labels = {tuple(row[0].lower() for row in table) for table in (counts, totals, rows)}
    if len(heads) > 1 or len(labels) > 1:
        return False
    checks: list[bool] = []
    for row in zip(counts[1:], totals[1:], rows[1:], strict=True):
        for texts in zip(*(cells[1:] for cells in row), strict=True):
            cells = [_read(text) for text in texts]
            if not all(cells):
                return False
            checks += _is_quotient(*(cell for cell in cells if cell))
    return bool(checks) and all(checks)
