"""Rows of a file or a database -> year -> labels -> count and total, and where they came from.

One small interface for every kind of source:

    totals(register, folder) -> Totals

A `Register` (model) says where the rows are and what their columns hold. An `Engine` (totals.py)
adds up the rows where they are, and hands back only sums, as whole cents; `settle` decides, the
same for every engine, what counts. Anything wrong is an InputError with every problem and its
place: a bad row is never passed over, and nothing is written here.

    notation.py              how amounts are written
    opening.py               a file, its digest and its encoding
    text.py sheet.py parquet.py   a kind of file as rows (relation.py), its header (header.py)
    duck.py sql.py           the engine for files, strict reading in SQL
    servers.py               the engine for databases, through Ibis; an optional extra
    totals.py                what becomes of the rows
    record.py                figures.csv and figures.source.json
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol, TypeVar

from kmo_report.figures.totals import KINDS, Account, Engine, Line, Totals, settle
from kmo_report.language import did_you_mean, mark, say
from kmo_report.model.register import Register
from kmo_report.problems import InputError, Place, Problem

if TYPE_CHECKING:
    from kmo_report.figures.relation import Relation

__all__ = ["Account", "Line", "Totals", "Watch", "totals", "unwatched"]

T = TypeVar("T")

SHOWN = 20
"""Of the rows that cannot count, the first so many are named."""


class Watch(Protocol):
    """Does the work, and shows somebody how far it is; `stop` ends it from without."""

    def __call__(
        self,
        words: str,
        work: Callable[[], T],
        percent: Callable[[], int],
        stop: Callable[[], None],
    ) -> T:
        """What the work gives."""


def unwatched(
    words: str,  # noqa: ARG001
    work: Callable[[], T],
    percent: Callable[[], int],  # noqa: ARG001
    stop: Callable[[], None],  # noqa: ARG001
) -> T:
    """Just the work."""
    return work()


def totals(register: Register, folder: Path, watch: Watch = unwatched) -> Totals:
    """The figures of a register; a file is looked for from `folder`."""
    with TemporaryDirectory(prefix="kmo-report-") as work:
        opening = partial(_open, register, folder, Path(work))
        engine = watch(say("reading {source}", source=register.source), opening, int, lambda: None)
        with closing(engine):
            how_far = engine.percent, engine.stop
            groups = watch(say("adding up"), engine.groups, *how_far)
            doubles = watch(say("looking for doubles"), engine.repeated, *how_far)
            lines, account = settle(groups, doubles, register)
            engine.still()
            problems = list(_problems(engine, register, account))
    if problems:
        raise InputError(problems)
    found = {line.year for line in lines}
    empty = tuple(year for year in register.years if year not in found)
    return Totals(tuple(register.by), lines, account, engine.origin, empty)


def _open(register: Register, folder: Path, work: Path) -> Engine:
    if "://" in register.source:
        from kmo_report.figures.servers import Server

        return Server(register)
    from kmo_report.figures.duck import Duck

    return Duck(_relation(register, folder, work), register, work)


def _relation(register: Register, folder: Path, work: Path) -> "Relation":
    from kmo_report.figures.opening import open_file
    from kmo_report.figures.parquet import Parquet
    from kmo_report.figures.sheet import Sheet
    from kmo_report.figures.text import Text

    opened = open_file(folder / register.source, register.source)
    kinds: dict[str, type[Text | Sheet | Parquet]] = {
        "text": Text, "zip": Sheet, "parquet": Parquet,
    }  # fmt: skip
    relation = kinds[opened.kind](opened, register, work)
    found = {"file": opened.path.name, "bytes": opened.size, "sha256": opened.sha256}
    relation.origin = {**found, **relation.origin}
    relation.still = opened.still
    return relation


_REFUSED = {
    "duplicated": mark("{column}: {value} occurs more than once"),
    "negative": mark("{column}: {value} is less than nothing"),
    "without_year": "",
    "unknown": mark("{column}: {value} is not known"),
}
CODES = {
    "duplicated": "duplicated",
    "negative": "negative",
    "without_year": "without-year",
    "unknown": "unknown-label",
}


def _problems(engine: Engine, register: Register, account: Account) -> Iterator[Problem]:
    """What keeps rows from counting: the first of each kind with their places, and how many."""
    if account.rejected:
        for place, column, value in engine.offenders("cell", SHOWN):
            yield Problem(
                "cell", _cell(column, value, register, engine.origin.get("notation")), place
            )
        message = say("{rejected} of {rows} rows cannot be read, {others} can; the first are shown",
                      rejected=account.rejected, rows=account.rows,
                      others=account.rows - account.rejected)  # fmt: skip
        yield Problem("cell", message, Place(engine.shown))
    for kind in KINDS:
        tally = account.apart[kind]
        if not tally.rows or register.handling(kind)[0] != "refuse":
            continue
        for place, column, value in engine.offenders(kind, SHOWN):
            told = _REFUSED[kind] if value else mark("{column}: there is no value")
            message = say(told, column=column, value=value)
            if kind == "unknown" and value:
                message += _near(register, column, value)
            yield Problem(CODES[kind], message, place)
        message = mark(
            "{count} such rows of {rows}; `{kind}: leave-out` or `{kind}: separate as NAME` lets "
            "the others count"
        )
        told = say(message, count=tally.rows, rows=account.rows, kind=kind)
        yield Problem(CODES[kind], told, Place(engine.shown))
    if not account.rows:
        yield Problem("source", say("there are no rows under the header"), Place(engine.shown))
    elif not account.counted.rows and not account.rejected:
        message = say("none of {rows} rows is of these years and values", rows=account.rows)
        yield Problem("source", message, Place(engine.shown))


def _cell(column: str, value: str, register: Register, notation: object) -> str:
    if not column:
        return value
    if not value:
        return say("{column}: there is no value", column=column)
    if value.startswith(("=", "#")):
        message = mark("{column}: {value} is a formula without a value; open the file and save it")
    elif column == register.year:
        message = mark("{column}: {value} is no year and no date")
    elif notation:
        message = mark("{column}: {value} is no amount such as {notation}")
    else:
        message = mark("{column}: {value} is no amount in whole cents")
    return say(message, column=column, value=value, notation=notation)


def _near(register: Register, column: str, value: str) -> str:
    label = next(name for name, of in register.by.items() if of == column)
    return did_you_mean(value, list(register.labels.get(label, {})), or_known=False)
