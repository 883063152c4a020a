"""Groups of rows -> the lines of a table, and an account in which every row is found once.

An engine adds rows up that are alike in year and labels; what becomes of them is decided here, the
same for every engine. Whole cents and whole numbers only.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import add, sub
from typing import NamedTuple, Protocol

from kmo_report.model.register import Register
from kmo_report.problems import Place

KINDS = ("duplicated", "negative", "without_year", "unknown")
"""What rows can have, each with a setting of the register."""


class Group(NamedTuple):
    """Rows that are alike in all but amount, added up."""

    selected: bool
    """Whether they are what `where` asks for."""
    year: int | None
    legible: bool
    """Whether the year could be read; one that is not there can."""
    labels: tuple[str, ...]
    rows: int
    rejected: int
    """Rows of them whose amount or number cannot be read."""
    cents: int
    negative_rows: int
    negative_cents: int


class Offender(NamedTuple):
    """A row that cannot count as it is: where it stands, and what stands there."""

    place: Place
    column: str
    value: str


class Engine(Protocol):
    """A source whose rows can be added up where they are; only the sums come back."""

    shown: str
    """What problems call it."""
    origin: dict[str, object]
    """Where the rows come from, for the record: nothing secret."""

    def groups(self) -> list[Group]:
        """All rows."""

    def repeated(self) -> list[Group]:
        """Of these the rows whose request number occurs again; of rows alike in all, all but one.

        Empty when the register names no column of request numbers.
        """

    def offenders(self, kind: str, limit: int) -> list[Offender]:
        """The first rows of a kind: `cell` (one that cannot be read), or one of `KINDS`."""

    def percent(self) -> int:
        """How far it is with what it does; less than nothing where that is not known."""

    def stop(self) -> None:
        """End what it does; from another thread."""

    def still(self) -> None:
        """InputError when the source is no longer what it was at the start."""

    def close(self) -> None:
        """Let go of what is open."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of figures.csv."""

    year: int | None
    labels: tuple[str, ...]
    count: int
    cents: int


@dataclass(slots=True)
class Tally:
    """Rows and what they add up to."""

    rows: int = 0
    cents: int = 0

    def add(self, rows: int, cents: int) -> None:
        """Some more rows."""
        self.rows += rows
        self.cents += cents


@dataclass(slots=True)
class Account:
    """What became of the rows; every row of the source is in one of these."""

    counted: Tally = field(default_factory=Tally)
    passed_over: int = 0
    """Rows that `where` does not ask for."""
    other_years: int = 0
    rejected: int = 0
    apart: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in KINDS})
    """Rows of each kind, whether they are refused, left out or counted on a line of their own."""
    separate: dict[str, Tally] = field(default_factory=lambda: {kind: Tally() for kind in KINDS})
    """Of these the ones on a line of their own; `counted` holds them too."""

    @property
    def left_out(self) -> dict[str, Tally]:
        """Rows of each kind that are on no line."""
        return {
            kind: Tally(tally.rows - self.separate[kind].rows,
                        tally.cents - self.separate[kind].cents)
            for kind, tally in self.apart.items()
            if tally.rows > self.separate[kind].rows
        }  # fmt: skip

    @property
    def rows(self) -> int:
        """All rows of the source."""
        left_out = sum(tally.rows for tally in self.left_out.values())
        return self.counted.rows + self.passed_over + self.other_years + self.rejected + left_out


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of a register, and where they came from."""

    labels: tuple[str, ...]
    lines: tuple[Line, ...]
    account: Account
    origin: Mapping[str, object]
    empty_years: tuple[int, ...] = ()
    """Years that were asked for and of which there are no rows."""


def settle(
    groups: Iterable[Group], repeated: Iterable[Group], register: Register
) -> tuple[tuple[Line, ...], Account]:
    """Lines sorted by year and labels, those without a year last, and what became of all rows."""
    lines: dict[tuple[int | None, tuple[str, ...]], Tally] = {}
    account = Account()
    for group, kind in _split(groups, repeated):
        if not group.selected:
            account.passed_over += group.rows
        elif not group.legible:
            account.rejected += group.rows
        elif group.year is not None and register.years and group.year not in register.years:
            account.other_years += group.rows
        else:
            account.rejected += group.rejected
            for found, tally in _tallies(group, kind):
                _count(group, found, tally, register, lines, account)
    ordered = sorted(lines.items(), key=lambda line: (line[0][0] or 10_000, line[0][1]))
    return tuple(Line(*key, tally.rows, tally.cents) for key, tally in ordered), account


def _merged(groups: Iterable[Group]) -> dict[tuple[object, ...], Group]:
    """Groups whose labels differ only in blanks around them are one."""
    merged: dict[tuple[object, ...], Group] = {}
    for each in groups:
        group = each._replace(labels=tuple(label.strip() for label in each.labels))
        key = group[:4]
        before = merged.get(key)
        sums = group[4:] if before is None else map(add, before[4:], group[4:])
        merged[key] = Group(*key, *sums)
    return merged


def _split(
    groups: Iterable[Group], repeated: Iterable[Group]
) -> Iterator[tuple[Group, str | None]]:
    """Each group without its repeated rows, and these apart."""
    again = _merged(repeated)
    for key, group in _merged(groups).items():
        other = again.get(key)
        if other:
            yield other, "duplicated"
        rest = map(sub, group[4:], other[4:]) if other else group[4:]
        yield Group(*group[:4], *rest), None


def _tallies(group: Group, kind: str | None) -> Iterator[tuple[str | None, Tally]]:
    """The rows of a group by what is the matter with their amounts."""
    sound = group.rows - group.rejected - group.negative_rows
    if kind:
        yield kind, Tally(sound + group.negative_rows, group.cents + group.negative_cents)
        return
    yield None, Tally(sound, group.cents)
    yield "negative", Tally(group.negative_rows, group.negative_cents)


def _count(  # noqa: PLR0913, PLR0917 -- where it comes from and where it goes
    group: Group,
    kind: str | None,
    tally: Tally,
    register: Register,
    lines: dict[tuple[int | None, tuple[str, ...]], Tally],
    account: Account,
) -> None:
    """Put rows on the line where they belong, or none; a row that has two kinds has the first."""
    if not tally.rows:
        return
    labels = list(group.labels)
    year_missing = group.year is None
    unknown = [
        at
        for at, (name, value) in enumerate(zip(register.by, labels, strict=True))
        if not known(register, name, value)
    ]
    if year_missing:
        kind = "without_year"
    elif unknown and not kind:
        kind = "unknown"
    names = [register.labels.get(name, {}) for name in register.by]
    labels = [known_as.get(value, value) for known_as, value in zip(names, labels, strict=True)]
    if kind:
        way, line_name = register.handling(kind)
        account.apart[kind].add(tally.rows, tally.cents)
        if way != "separate":
            return
        account.separate[kind].add(tally.rows, tally.cents)
        for at in unknown if kind == "unknown" else [0]:
            labels[at] = line_name
    key = (group.year, tuple(labels))
    lines.setdefault(key, Tally()).add(tally.rows, tally.cents)
    account.counted.add(tally.rows, tally.cents)


def known(register: Register, label: str, value: str) -> bool:
    """Whether a value may stand under a label: any that is not empty, or those that are named."""
    names = register.labels.get(label)
    return value in names if names is not None else value != ""
