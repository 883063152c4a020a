"""The engine for files: DuckDB, embedded, with no reach beyond the file that it is given."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from kmo_report.compute import cents
from kmo_report.figures import notation, sql
from kmo_report.figures.notation import Notation
from kmo_report.figures.relation import Relation
from kmo_report.figures.sandbox import connect
from kmo_report.figures.sql import Column
from kmo_report.figures.totals import Group, Offender
from kmo_report.language import mark, say
from kmo_report.model.register import Register
from kmo_report.problems import InputError, Place, Problem

SAMPLE = 10_000

NO_YEAR, ILLEGIBLE, PASSED_OVER = 0, -1, -2
"""What stands for the year of a row that has none, that cannot be read, that nobody asked for."""

_SUMS = (
    "count(*), count(*) FILTER (a IS NULL), sum(a), count(*) FILTER (a < 0), sum(a) FILTER (a < 0)"
)
_TIMES = "sum(m), 0, sum(m * a), sum(m) FILTER (a < 0), sum(m * a) FILTER (a < 0)"
"""The same of rows that stand for `m` alike."""


class Duck:
    """A file of which the rows are added up."""

    def __init__(self, relation: Relation, register: Register, folder: Path) -> None:
        self.relation, self.register, self.folder = relation, register, folder
        self.labels = [relation.columns[column] for column in register.by.values()]
        self.shown, self.origin = relation.shown, relation.origin
        self.connection = connect(relation.paths, folder)
        self.notation = self._notation()
        self.amount = self._amount()
        if self.notation:
            self.origin["notation"] = self.notation.name

    def percent(self) -> int:
        return int(self.connection.query_progress())

    def stop(self) -> None:
        self.connection.interrupt()

    def still(self) -> None:
        self.relation.still()

    def close(self) -> None:
        self.connection.close()

    # --- what a row says ---------------------------------------------------------------------

    def _year(self) -> str:
        column = self.relation.columns[self.register.year]
        found = sql.year(column)
        if found is None:
            raise self._wrong_type(self.register.year, column, say("years or dates"))
        return found

    def _amount(self) -> str:
        column, exact = self.relation.columns[self.register.amount], self.relation.exact
        if self.relation.exact_only:
            return exact
        found = sql.amount(column, self.notation)
        if found is None:
            raise self._wrong_type(self.register.amount, column, say("amounts"))
        return f"coalesce({exact}, {found})" if exact else found

    def _wrong_type(self, name: str, column: Column, wanted: str) -> InputError:
        message = say("the column {name} holds {type}, no {wanted}", name=name, type=column.type,
                      wanted=wanted)  # fmt: skip
        return self._refused(message)

    def _parsed(self, source: str, amount: str, *more: str) -> str:
        """Each row: y its year or one of the codes below, l0 l1 ... its labels, a amount, more."""
        register = self.register
        missing = self.relation.columns[register.year].empty
        year = f"coalesce({self._year()}, CASE WHEN {missing} THEN {NO_YEAR} ELSE {ILLEGIBLE} END)"
        broken, selected = self._broken(), self._selected()
        if broken:
            amount = f"CASE WHEN NOT ({broken}) THEN {amount} END"
        if selected:
            year = f"CASE WHEN {selected} THEN {year} ELSE {PASSED_OVER} END"
        labels = [f"{column.text} AS l{at}" for at, column in enumerate(self.labels)]
        return (
            f"SELECT {', '.join([f'{year} AS y', *labels, f'{amount} AS a', *more])} FROM {source}"
        )

    def _selected(self) -> str:
        """Whether a row is what `where` asks for; one that is broken may be. Empty: all are."""
        tests = [
            sql.among(self.relation.columns[name].bare, values)
            for name, values in self.register.where.items()
        ]
        together = " AND ".join(tests)
        return " OR ".join(filter(None, (together, self.relation.broken))) if tests else ""

    def _broken(self) -> str:
        """Whether a row cannot count, whatever its amount. Empty: none is."""
        number = self.register.number
        blank = f"{self.relation.columns[number].text} = ''" if number else ""
        return " OR ".join(filter(None, (self.relation.broken, blank)))

    @property
    def _eligible(self) -> str:
        """A row that may come into the table: selected, of a year that is asked for."""
        years = ", ".join(map(str, (NO_YEAR, *self.register.years)))
        return f"y IN ({years})" if self.register.years else f"y >= {NO_YEAR}"

    @property
    def _names(self) -> str:
        return "".join(f", l{at}" for at in range(len(self.labels)))

    # --- the notation ------------------------------------------------------------------------

    def _notation(self) -> Notation | None:
        register = self.register
        column = self.relation.columns[register.amount]
        if column.type != "VARCHAR" or self.relation.exact_only:
            return None
        if register.notation:
            return notation.ALL[register.notation]
        fits = self._fits(column, f" LIMIT {SAMPLE}")
        chosen = notation.choose(fits)
        if not fits.marked or len(chosen) != 1:
            # No cell of the sample decides; perhaps one further on does.
            fits = self._fits(column)
            chosen = notation.choose(fits)
        if len(chosen) > 1:
            raise self._ambiguous(column)
        return chosen[0] if chosen else notation.likeliest(fits)

    def _cells(self, column: Column) -> str:
        """The amounts that are texts."""
        text, exact = sql.clean(column), self.relation.exact
        if exact:
            text = f"CASE WHEN {exact} IS NULL THEN {text} ELSE '' END"
        parsed = self._parsed(self.relation.sql, "NULL", f"{text} AS t")
        return f"FROM ({parsed}) WHERE {self._eligible} AND t <> ''"

    def _fits(self, column: Column, limit: str = "") -> notation.Fits:
        tests = ["contains(t, '.') OR contains(t, ',')"]
        tests += [
            f"regexp_full_match(t, {sql.literal(each.loose)})" for each in notation.ALL.values()
        ]
        counts = ", ".join(f"count(*) FILTER ({test})" for test in tests)
        cells = f"(SELECT t {self._cells(column)}{limit})"
        total, marked, *each = self._rows(f"SELECT count(*), {counts} FROM {cells}")[0]
        return notation.Fits(total, marked, tuple(each))

    def _ambiguous(self, column: Column) -> InputError:
        query = f"SELECT t {self._cells(column)} AND regexp_matches(t, '[.,]') LIMIT 1"
        ((cell,),) = self._rows(query)
        message = mark(
            "{name}: {cell} can be read with a decimal point or a decimal comma; say which with "
            "`notation:`"
        )
        told = say(message, name=self.register.amount, cell=cell)
        return InputError([Problem("notation", told, Place(self.shown))])

    # --- the engine --------------------------------------------------------------------------

    def groups(self) -> list[Group]:
        source = self.relation.rejecting or self.relation.sql
        if self.register.number:
            number = self.relation.columns[self.register.number].text
            parsed = self._parsed(source, self.amount, f"{number} AS n")
            self._run(f"CREATE TEMP TABLE parsed AS {parsed}")
            source = "parsed"
        else:
            source = f"({self._parsed(source, self.amount)})"
        query = f"SELECT y{self._names}, {_SUMS} FROM {source} GROUP BY ALL"
        return [_group(row) for row in self._rows(query)] + self._uncut()

    def _uncut(self) -> list[Group]:
        """The rows of a text that cannot be cut into fields."""
        if not self.relation.rejecting:
            return []
        self.relation.uncut = self._rows(
            "SELECT line_byte_position, min(error_type), max(column_idx) FROM reject_errors"
            " GROUP BY ALL ORDER BY ALL"
        )
        rows = len(self.relation.uncut)
        labels = ("",) * len(self.labels)
        group = Group(
            selected=True, year=None, legible=False, labels=labels, rows=rows,
            rejected=0, cents=0, negative_rows=0, negative_cents=0,
        )  # fmt: skip
        return [group] if rows else []

    def repeated(self) -> list[Group]:
        if not self.register.number:
            return []
        sound = f"{self._eligible} AND a IS NOT NULL"
        twice = f"SELECT n FROM parsed WHERE {sound} GROUP BY n HAVING count(*) > 1"
        self._run(f"CREATE TEMP TABLE twice AS {twice}")
        if self._rows("SELECT count(*) FROM twice") == [(0,)]:
            return []
        self._run(
            f"CREATE TEMP TABLE again AS SELECT n, y{self._names}, a, count(*) AS m FROM parsed"
            f" WHERE {sound} AND n IN (SELECT n FROM twice) GROUP BY ALL"
        )
        surplus = (
            f"SELECT y{self._names}, a, CASE WHEN count(*) OVER (PARTITION BY n) = 1 THEN m - 1"
            " ELSE m END AS m FROM again"
        )
        query = f"SELECT y{self._names}, {_TIMES} FROM ({surplus}) WHERE m > 0 GROUP BY ALL"
        return [_group(row) for row in self._rows(query)]

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._run(query).fetchall()

    def _run(self, query: str) -> duckdb.DuckDBPyConnection:
        try:
            return self.connection.execute(query)
        except duckdb.InvalidInputException:
            # All else that is wrong with a text is noted by `store_rejects`.
            raise self._refused(
                say("the ends of lines are not all alike; save the file anew")
            ) from None
        except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
            message = say("DuckDB has no room: {said}", said=str(error).splitlines()[0])
            raise self._refused(message) from None

    def _refused(self, message: str) -> InputError:
        return InputError([Problem("source", message, Place(self.shown))])

    # --- where they stand --------------------------------------------------------------------

    def offenders(self, kind: str, limit: int) -> list[Offender]:
        """The first rows of a kind, in the order of the file; of repeated numbers by number."""
        uncut = self.relation.uncut_places(limit) if kind == "cell" else []
        query = f"SELECT k, c, v FROM ({self._offenders(kind, limit)}) LIMIT {limit - len(uncut)}"
        with connect(self.relation.paths, self.folder, ordered=True) as ordered:
            found = ordered.execute(query).fetchall()
        places = self.relation.places([(row, column) for row, column, _ in found])
        return uncut + [
            Offender(place, column, value)
            for place, (_, column, value) in zip(places, found, strict=True)
        ]

    def _offenders(self, kind: str, limit: int) -> str:
        """The rows: k their number, c the column, v what stands there."""
        register, columns = self.register, self.relation.columns
        order = "k"
        blank = columns[register.number].text + " = ''" if register.number else "false"
        broken = self.relation.broken or "false"
        match kind:
            case "cell":
                which = self.relation.broken_column or "''"
                test = f"y = {ILLEGIBLE} OR ({self._eligible} AND a IS NULL)"
                column = (
                    f"CASE WHEN {broken} THEN {which}"
                    f" WHEN y = {ILLEGIBLE} THEN {sql.literal(register.year)}"
                    f" WHEN {blank} THEN {sql.literal(register.number or '')}"
                    f" ELSE {sql.literal(register.amount)} END"
                )
            case "negative":
                test, column = f"{self._eligible} AND a < 0", sql.literal(register.amount)
            case "without_year":
                test, column = f"{self._eligible} AND y = {NO_YEAR}", sql.literal(register.year)
            case "unknown":
                labels = zip(register.by, self.labels, strict=True)
                unknown = {name: self._unknown(name, column.bare) for name, column in labels}
                test = f"{self._eligible} AND ({' OR '.join(unknown.values())})"
                cases = (f"WHEN {unknown[name]} THEN {sql.literal(register.by[name])}"
                         for name in register.by)  # fmt: skip
                column = f"CASE {' '.join(cases)} END"
            case _:
                twice = "SELECT n FROM twice ORDER BY n LIMIT ?"
                numbers = [n for (n,) in self.connection.execute(twice, [limit]).fetchall()]
                number = register.number or ""
                test = f"{self._eligible} AND {sql.among(columns[number].text, numbers)}"
                column, order = sql.literal(number), "v, k"
        values = " ".join(
            f"WHEN {sql.literal(name)} THEN {column.text}" for name, column in columns.items()
        )
        row = f"{self.relation.row} AS k"
        raw = self._parsed(self.relation.numbered or self.relation.sql, self.amount, row, "*")
        shown = f"SELECT k, {column} AS c, CASE c {values} END AS v FROM ({raw}) WHERE {test}"
        return f"SELECT * FROM ({shown}) ORDER BY {order}"

    def _unknown(self, name: str, text: str) -> str:
        names = self.register.labels.get(name)
        return f"{text} = ''" if names is None else f"NOT {sql.among(text, names)}"


def _group(row: Sequence[Any]) -> Group:
    year, *labels = row[:-5]
    rows, rejected, total, negatives, negative = row[-5:]
    below = _cents(negative)
    return Group(
        selected=year != PASSED_OVER,
        year=year if year > NO_YEAR else None,
        legible=year != ILLEGIBLE,
        labels=tuple(labels),
        rows=int(rows),
        rejected=int(rejected or 0),
        cents=_cents(total) - below,
        negative_rows=int(negatives or 0),
        negative_cents=below,
    )


def _cents(total: Decimal | None) -> int:
    return cents(total) if total is not None else 0
