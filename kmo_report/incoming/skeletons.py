"""The table that an asker draws in a question: a layout that is asked for, never data."""

import re
from collections.abc import Sequence
from dataclasses import replace

from kmo_report.incoming.lines import Line, joined, paragraphs
from kmo_report.incoming.reading import Skeleton
from kmo_report.incoming.tables import caption_above, end_of_cells, split_head

_OPEN = r"(?:…\.?|\.{2,5}|[-–_]+|[xX?])"
_ROW = re.compile(rf"(?P<label>\S.{{0,80}}?)\s+(?P<cells>{_OPEN}(?:\s+{_OPEN})+)")
_MOST = 400


def draw(lines: Sequence[Line]) -> tuple[list[Line], list[Skeleton]]:
    """The lines, with rows of text made rows of cells; and the tables that were drawn there."""
    rowed = _rows(lines)
    drawn: list[Skeleton] = []
    at = 0
    while at < len(rowed):
        end = max(end_of_cells(rowed, at), at + 1)
        rows = tuple(line.cells for line in rowed[at:end] if line.cells)
        even = len({len(row) for row in rows}) == 1
        if even and len(rows[0]) > 1 and all(cell for row in rows for cell in row):
            drawn.append(Skeleton(caption_above(rowed[:at]) or "", rows))
        at = end
    return rowed, drawn


def _rows(lines: Sequence[Line]) -> list[Line]:
    rowed: list[Line] = []
    for paragraph in paragraphs(lines):
        matches = [
            _ROW.fullmatch(line.text) if len(line.text) < _MOST and line.cells is None else None
            for line in paragraph
        ]
        begin = len(paragraph)
        while begin and matches[begin - 1]:
            begin -= 1
        rowed += paragraph[:begin]
        first = not (rowed and rowed[-1].cells is not None)
        for line, match in zip(paragraph[begin:], matches[begin:], strict=True):
            if match:
                cells = (match["label"], *match["cells"].split())
                first = first and not _head(rowed, len(cells))
                rowed.append(replace(line, cells=cells, starts=first))
                first = False
    return rowed


def _head(rowed: list[Line], columns: int) -> bool:
    """Make the paragraph above a row its headings, where it is clear which they are."""
    begin = max((at for at, line in enumerate(rowed) if line.starts), default=len(rowed))
    text = joined(rowed[begin:])
    head = split_head(text, columns)
    if head:
        rowed[begin:] = [replace(rowed[begin], text=text, label="", cells=head)]
    return head is not None
