"""Which row of a file names the columns, and whether all that are wanted are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from kmo_report.language import did_you_mean, say

LOOK = 50
"""Rows in which the header is looked for."""


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns; it counts from 1."""

    row: int
    names: tuple[str, ...]

    def at(self, name: str) -> int:
        """The position of a column; it counts from 0."""
        return self.names.index(name)


def find_header(
    rows: Sequence[Sequence[str]], wanted: Sequence[str], row: int | None
) -> Header | str:
    """The first row that has all the names that are wanted, or the row of that number; or a reason.

    >>> find_header([["Overzicht"], ["Datum", "Steun"]], ["Steun"], None)
    Header(row=2, names=('Datum', 'Steun'))
    """
    headers = [Header(at, tuple(c.strip() for c in cells)) for at, cells in enumerate(rows, 1)]
    if row:
        headers = [header for header in headers if header.row == row]
    if not any(any(header.names) for header in headers):
        return say("row {row} names no columns", row=row) if row else say("there are no rows")
    found = max(headers, key=lambda header: len(set(wanted) & set(header.names)))
    known = list(dict.fromkeys(filter(None, found.names)))
    for name in wanted:
        if name not in known:
            near = bool(get_close_matches(name, known, n=1))
            told = did_you_mean(name, known[:LOOK], or_known=not near)
            return say("row {row} has no column {name}", row=found.row, name=name) + told
        if found.names.count(name) > 1:
            return say("row {row} has two columns {name}", row=found.row, name=name)
    return found
