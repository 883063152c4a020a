"""Rows that DuckDB can read, and the way back from a row to its place in the file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kmo_report.figures.sql import Column
from kmo_report.figures.totals import Offender
from kmo_report.problems import Place


@dataclass(slots=True)
class Relation:
    """A file as rows; each kind of file has one of its own."""

    shown: str
    """What problems call the file."""
    sql: str
    """What comes after FROM."""
    columns: Mapping[str, Column]
    """The columns that the register names, by those names."""
    paths: tuple[Path, ...]
    """All that may be read."""
    origin: dict[str, object] = field(default_factory=dict)
    """What was found out about the file, for the record."""
    numbered: str = ""
    """The same, with what `row` wants; empty where `sql` has it."""
    row: str = "row_number() OVER ()"
    """The number of a row, to find its place by."""
    exact: str = ""
    """The amount where a cell holds a number, not a text."""
    exact_only: bool = False
    """Whether no amount is a text, so that there is no notation to find."""
    broken: str = ""
    """Whether a row cannot be used, whatever its cells say."""
    broken_column: str = ""
    """The column for which it cannot."""
    rejecting: str = ""
    """The same as `sql`, but noting rows that cannot be cut into fields."""
    uncut: Sequence[tuple[int, str, int]] = ()
    """Those rows: the byte at which each starts, what is wrong, how many fields it has."""
    still: Callable[[], None] = lambda: None
    """InputError when the file is no longer the one that was opened."""

    def places(self, cells: Sequence[tuple[int, str]]) -> list[Place]:
        """Where cells stand; each is named by the number of its row and its column."""
        raise NotImplementedError

    def uncut_places(self, limit: int) -> list[Offender]:
        """The first rows that cannot be cut into fields."""
        raise NotImplementedError
