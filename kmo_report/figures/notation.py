"""How the amounts of a column are written: declared, or the one notation that fits every cell.

The patterns are those that Python and the SQL of DuckDB, PostgreSQL and Spark read alike.
"""

from dataclasses import dataclass

from kmo_report.model.register import NOTATIONS

BLANKS = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"
"""What office programs put between digits; read as a blank."""
MINUS = "\N{MINUS SIGN}"

PLAIN = r"-?[0-9]{1,15}(\.[0-9]{1,2})?"
"""An amount that is cast as it stands."""

_BEFORE, _AFTER = "(- ?(€|EUR) ?|((€|EUR) ?)?(- ?)?)", "( ?(€|EUR))?"


@dataclass(frozen=True, slots=True)
class Notation:
    """One way to write amounts; the mark of thousands is empty where there is none."""

    name: str
    thousands: str
    decimal: str

    def digits(self, decimals: str) -> str:
        """A pattern: thousands in threes or not at all, and so many decimals."""
        whole = "[0-9]{1,15}"
        if self.thousands:
            whole = rf"([1-9][0-9]{{0,2}}([{self.thousands}][0-9]{{3}}){{1,4}}|{whole})"
        return rf"{whole}([{self.decimal}][0-9]{decimals})?"

    @property
    def pattern(self) -> str:
        """What a whole cell must fit: at most two decimals, a euro sign before or after."""
        return f"{_BEFORE}{self.digits('{1,2}')}{_AFTER}"

    @property
    def loose(self) -> str:
        """The same with any number of decimals: what a cell could have been meant as."""
        return f"{_BEFORE}{self.digits('{1,15}')}{_AFTER}"

    @property
    def plain(self) -> bool:
        """Whether an amount with decimals in it is one that SQL itself reads."""
        return self.decimal == "."


def _notation(name: str) -> Notation:
    return Notation(name, name[1] if name[1] in "., " else "", name[-3])


ALL = {name: _notation(name) for name in NOTATIONS}
WHOLE = ALL["1234.56"]
"""The notation of a column of whole numbers, which all read alike."""


@dataclass(frozen=True, slots=True)
class Fits:
    """How many cells of a column each notation fits, of `cells` that are not empty."""

    cells: int
    marked: int
    """Cells with a point or a comma; what is whole reads alike in every notation."""
    each: tuple[int, ...]
    """Per notation of `ALL`."""


def choose(fits: Fits) -> list[Notation]:
    """The notations that can be meant: one, none, or two that give the cells other values.

    A cell that a decimal point and a decimal comma both fit, such as 1.234, has another value in
    each; that there are decimals elsewhere in the column decides.
    """
    fitting = [n for n, count in zip(ALL.values(), fits.each, strict=True) if count == fits.cells]
    if not fits.marked and WHOLE in fitting:
        return [WHOLE]
    plainest = sorted(fitting, key=lambda notation: notation.thousands != "")
    chosen: dict[str, Notation] = {}
    for notation in plainest:
        chosen.setdefault(notation.decimal, notation)
    return list(chosen.values()) if fits.marked else [*chosen.values()][:1]


def likeliest(fits: Fits) -> Notation:
    """What fits most cells where nothing fits all: the others are to be named."""
    pairs = list(zip(ALL.values(), fits.each, strict=True))
    return max(pairs, key=lambda pair: (pair[1], pair[0] is WHOLE))[0]
