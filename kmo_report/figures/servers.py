"""The engine for databases and warehouses: one Ibis expression, which each of them runs itself.

Only sums come back, and the first rows of what cannot count. Amounts are whole numbers or DECIMAL,
or text that is read as strictly as that of a file; binary floating point is refused. Who may log
in is the affair of the environment and of ~/.pgpass: nothing secret is taken, kept or shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import ibis
import ibis.expr.types as ir
import sqlglot
from ibis.common.exceptions import TableNotFound
from sqlglot import expressions

from kmo_report.figures import notation
from kmo_report.figures.header import LOOK
from kmo_report.figures.notation import BLANKS, MINUS, Notation
from kmo_report.figures.totals import Group, Offender
from kmo_report.language import did_you_mean, say
from kmo_report.model.register import Register
from kmo_report.problems import InputError, Place, Problem

ZONE = "Europe/Brussels"
NO_YEAR, ILLEGIBLE, PASSED_OVER = 0, -1, -2
TOO_LARGE = 10**15
FEBRUARY = 2
_CENTS = "decimal(38, 0)"
_TIME = "([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?"
_DAY_FIRST = "([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"


class Server:
    """A table or a query of a database, of which the rows are added up there."""

    def __init__(self, register: Register) -> None:
        self.register = register
        address = urlsplit(register.source)
        where = address.hostname or ""
        where += f":{address.port}" if address.port else ""
        self.shown = f"{address.scheme}://{where}{address.path}"
        if (register.table is None) == (register.query is None):
            raise self._refused(say("a database wants either `table:` or `query:`"))
        with self._told():
            self.backend = connect(register.source)
        try:
            self._ask()
        except BaseException:
            self.close()
            raise

    def _ask(self) -> None:
        """What the columns hold."""
        register = self.register
        with self._told():
            self.rows = self._rows()
        missing = [name for name in register.columns if name not in self.rows.columns]
        if missing:
            known = list(self.rows.columns)[:LOOK]
            message = say("there is no column {name}", name=missing[0])
            raise self._refused(message + did_you_mean(missing[0], known))
        with self._told():
            self.notation = self._notation()
            self.parsed = self._parsed()
            now = self._fetch(ibis.now().cast("string").name("now").as_table())[0]["now"]
        self.origin: dict[str, object] = {
            "server": self.shown,
            "version": f"{self.backend.name} {self.backend.version}",
            "at": now,
            "query": str(ibis.to_sql(self._sums(self.parsed), dialect=self.backend.name)),
        }
        if self.notation:
            self.origin["notation"] = self.notation.name

    def percent(self) -> int:
        return -1

    def stop(self) -> None:
        self.close()

    def still(self) -> None:
        """A database is read in one query, and may change after that."""

    def close(self) -> None:
        with suppress(Exception):  # it may be gone
            self.backend.disconnect()

    # --- reaching it -------------------------------------------------------------------------

    def _refused(self, message: str) -> InputError:
        return InputError([Problem("database", message, Place(self.shown))])

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database says in protest, in a problem."""
        try:
            yield
        except InputError:
            raise
        except Exception as error:  # noqa: BLE001 -- each database has errors of its own
            said = str(error).strip().replace(self.register.source, self.shown)
            message = say("the database says: {said}", said=(said.splitlines() or ["?"])[0][:300])
            raise self._refused(message) from None

    def _rows(self) -> ir.Table:
        if self.register.table:
            schema, _, table = self.register.table.rpartition(".")
            try:
                return self.backend.table(table, database=schema or None)
            except TableNotFound:
                message = say("there is no table {name}", name=self.register.table)
                raise self._refused(message) from None
        query = (self.register.query or "").strip().rstrip(";")
        self._only_reads(query)
        return self.backend.sql(query, schema=_schema(self.backend, query))

    def _only_reads(self, query: str) -> None:
        try:
            parsed = sqlglot.parse(query, read=self.backend.dialect)
        except sqlglot.errors.SqlglotError:
            raise self._refused(say("`query:` is no SQL that can be read")) from None
        writes = (expressions.DML, expressions.DDL, expressions.Command, expressions.Into)
        if len(parsed) != 1 or not isinstance(parsed[0], expressions.Query):
            raise self._refused(say("`query:` wants one SELECT"))
        if any(isinstance(part, writes) and not isinstance(part, expressions.Query)
               for part in parsed[0].walk()):  # fmt: skip
            raise self._refused(say("`query:` writes; it may only read"))

    def _fetch(self, expression: ir.Table) -> list[dict[str, Any]]:
        """The rows of a result; the only way that anything comes back."""
        found: list[dict[str, Any]] = self.backend.to_pyarrow(expression).to_pylist()
        return found

    # --- what a row says ---------------------------------------------------------------------

    def _text(self, column: str) -> ir.StringValue:
        return self.rows[column].cast("string").strip().fill_null("")

    def _wrong_type(self, column: str, wanted: str) -> InputError:
        return self._refused(say("the column {name} holds {type}, no {wanted}", name=column,
                                 type=self.rows[column].type(), wanted=wanted))  # fmt: skip

    def _year(self) -> ir.IntegerValue:
        name = self.register.year
        column, text = self.rows[name], self._text(name)
        if column.type().is_date() or column.type().is_timestamp():
            year = column.year()
        elif column.type().is_integer():
            year = column
        elif column.type().is_string():
            year = _year_of_text(text)
        else:
            raise self._wrong_type(name, say("years or dates"))
        code = ibis.cases(
            (year.between(1900, 2099), year.cast("int32")),
            (text == "", NO_YEAR),
            else_=ILLEGIBLE,
        )
        tests = [self._text(of).isin(values) for of, values in self.register.where.items()]
        return ibis.cases((ibis.and_(*tests), code), else_=PASSED_OVER) if tests else code

    def _amount(self) -> ir.DecimalValue:
        """Whole cents, or NULL."""
        name = self.register.amount
        column, kind = self.rows[name], self.rows[name].type()
        if kind.is_integer() or kind.is_decimal():
            bounded = (column > -TOO_LARGE) & (column < TOO_LARGE)
            exact = column.cast("decimal(18, 2)")
            cents = ibis.cases((column - exact == 0, (exact * 100).cast(_CENTS)), else_=None)
            return ibis.cases((bounded, cents), else_=None)
        if not kind.is_string() or self.notation is None:
            raise self._wrong_type(name, say("amounts (of DECIMAL or whole numbers)"))
        text = _clean(self._text(name))
        digits = text.re_replace(f"[^0-9{self.notation.decimal}-]", "")
        amount = digits.replace(self.notation.decimal, ".").cast("decimal(18, 2)")
        fits = text.re_search(f"^({self.notation.pattern})$")
        return ibis.cases((fits, (amount * 100).cast(_CENTS)), else_=None)

    def _notation(self) -> Notation | None:
        register = self.register
        if not self.rows[register.amount].type().is_string():
            return None
        if register.notation:
            return notation.ALL[register.notation]
        text = _clean(self._text(register.amount))
        tests = [text.re_search("[.,]")]
        tests += [text.re_search(f"^({each.loose})$") for each in notation.ALL.values()]
        filled = self.rows.select(*(test.name(f"t{at}") for at, test in enumerate(tests)),
                                  t=text, y=self._year())  # fmt: skip
        cells = filled.filter(self._eligible(filled), filled.t != "")
        counts = {f"n{at}": cells[f"t{at}"].sum() for at in range(len(tests))}
        found = self._fetch(cells.aggregate(n=cells.count(), **counts))[0]
        marked, *each = (int(found[name] or 0) for name in counts)
        fits = notation.Fits(int(found["n"]), marked, tuple(each))
        chosen = notation.choose(fits)
        if len(chosen) > 1:
            cell = self._fetch(cells.filter(cells.t0).select("t").limit(1))[0]["t"]
            message = say("{name}: {cell} can be read with a decimal point or a decimal comma; say "
                          "which with `notation:`", name=register.amount, cell=cell)  # fmt: skip
            raise InputError([Problem("notation", message, Place(self.shown))])
        return chosen[0] if chosen else notation.likeliest(fits)

    def _parsed(self) -> ir.Table:
        """Each row: y its year or a code, l0 l1 ... its labels, a cents, n its number."""
        register = self.register
        amount = self._amount()
        fields: dict[str, ir.Value] = {
            f"l{at}": self._text(column) for at, column in enumerate(register.by.values())
        }
        if register.number:
            number = self._text(register.number)
            fields["n"] = number
            amount = ibis.cases((number != "", amount), else_=None)
        return self.rows.select(y=self._year(), **fields, a=amount)

    def _eligible(self, rows: ir.Table) -> ir.BooleanValue:
        years = self.register.years
        return rows.y.isin([NO_YEAR, *years]) if years else rows.y >= NO_YEAR

    # --- the engine --------------------------------------------------------------------------

    def _sums(self, rows: ir.Table, times: str = "") -> ir.Table:
        names = ["y", *(f"l{at}" for at in range(len(self.register.by)))]
        rows = rows if times else rows.mutate(m=ibis.literal(1, "int64"))
        below = rows.a < 0
        amount = (rows.a * rows.m).cast(_CENTS)
        return rows.group_by(names).aggregate(
            rows=rows.m.sum().cast("string"),
            rejected=rows.m.sum(where=rows.a.isnull()).cast("string"),
            cents=amount.sum().cast("string"),
            negatives=rows.m.sum(where=below).cast("string"),
            negative=amount.sum(where=below).cast("string"),
        )

    def groups(self) -> list[Group]:
        with self._told():
            return [self._group(row) for row in self._fetch(self._sums(self.parsed))]

    def repeated(self) -> list[Group]:
        if not self.register.number:
            return []
        counted = self._again()
        kinds = counted.group_by("n").aggregate(kinds=counted.count())
        both = counted.join(kinds, "n")
        surplus = both.mutate(m=ibis.cases((both.kinds == 1, both.m - 1), else_=both.m))
        with self._told():
            found = self._fetch(self._sums(surplus.filter(surplus.m > 0), times="m"))
        return [self._group(row) for row in found]

    def _again(self) -> ir.Table:
        """Of each number that occurs again: the rows that differ, and how many are alike."""
        rows = self.parsed.filter(self._eligible(self.parsed), self.parsed.a.notnull())
        numbers = rows.group_by("n").aggregate(times=rows.count())
        again = rows.semi_join(numbers.filter(numbers.times > 1), "n")
        names = ["n", "y", *(f"l{at}" for at in range(len(self.register.by))), "a"]
        return again.group_by(names).aggregate(m=again.count())

    def _group(self, row: dict[str, Any]) -> Group:
        year, below = int(row["y"]), _whole(row["negative"])
        return Group(
            selected=year != PASSED_OVER,
            year=year if year > NO_YEAR else None,
            legible=year != ILLEGIBLE,
            labels=tuple(row[f"l{at}"] for at in range(len(self.register.by))),
            rows=_whole(row["rows"]),
            rejected=_whole(row["rejected"]),
            cents=_whole(row["cents"]) - below,
            negative_rows=_whole(row["negatives"]),
            negative_cents=below,
        )

    def offenders(self, kind: str, limit: int) -> list[Offender]:
        """The first rows of a kind that the database names; it knows no order."""
        register = self.register
        shown = {f"v{at}": self._text(name) for at, name in enumerate(register.columns)}
        rows = self.rows.select(**shown, y=self._year(), a=self._parsed_amount())
        cells = {name: rows[f"v{at}"] for at, name in enumerate(register.columns)}
        eligible = self._eligible(rows)
        labels = {of: self._unknown(name, cells[of]) for name, of in register.by.items()}
        tests: dict[str, list[tuple[str, ir.BooleanValue]]] = {
            "cell": [(register.year, rows.y == ILLEGIBLE), *self._blank(cells),
                     (register.amount, eligible & rows.a.isnull())],
            "negative": [(register.amount, eligible & (rows.a < 0))],
            "without_year": [(register.year, rows.y == NO_YEAR)],
            "unknown": [(of, eligible & test) for of, test in labels.items()],
        }  # fmt: skip
        if kind == "duplicated":
            again = self._again()
            numbers = again.group_by("n").aggregate(m=again.m.sum())
            with self._told():
                found = self._fetch(numbers.filter(numbers.m > 1).order_by("n").limit(limit))
            return [Offender(Place(self.shown), register.number or "", row["n"]) for row in found]
        offenders: list[Offender] = []
        for column, test in tests[kind]:
            chosen = rows.filter(test).select(v=cells[column]).limit(limit - len(offenders))
            with self._told():
                offenders += [
                    Offender(Place(self.shown), column, row["v"]) for row in self._fetch(chosen)
                ]
        return offenders

    def _parsed_amount(self) -> ir.DecimalValue:
        return self._amount()

    def _blank(self, cells: dict[str, ir.StringValue]) -> list[tuple[str, ir.BooleanValue]]:
        number = self.register.number
        return [(number, cells[number] == "")] if number else []

    def _unknown(self, name: str, text: ir.StringValue) -> ir.BooleanValue:
        names = self.register.labels.get(name)
        return text == "" if names is None else ~text.isin(list(names))


def connect(source: str) -> Any:  # noqa: ANN401 -- a backend of any kind
    """The database at an address; of PostgreSQL only transactions that read."""
    address = urlsplit(source)
    if address.scheme not in ("postgres", "postgresql"):
        backend = ibis.connect(source)
        if backend.name == "pyspark":
            backend.raw_sql(f"SET TIME ZONE '{ZONE}'")
        return backend
    import psycopg  # noqa: PLC0415 -- who has another database need not have it

    # What is not in the address, libpq looks for itself: PGUSER, PGPASSWORD, ~/.pgpass, ...
    connection = psycopg.connect(source, autocommit=True, connect_timeout=10,
                                 options="-c default_transaction_read_only=on")  # fmt: skip
    connection.read_only = True
    backend = ibis.postgres.from_connection(connection)
    connection.execute(f"SET TIME ZONE '{ZONE}'")
    return backend


def _schema(backend: Any, query: str) -> Any:  # noqa: ANN401
    """The columns of a query; Ibis itself would make a view for it, which writes."""
    if backend.name != "postgres":
        return None
    with backend.con.transaction(), backend.con.cursor() as cursor:
        described = cursor.execute(f"SELECT * FROM ({query}) AS q LIMIT 0").description or ()
    from_string = backend.compiler.type_mapper.from_string
    return ibis.schema({column.name: from_string(column.type_display) for column in described})


def _year_of_text(text: ir.StringValue) -> ir.IntegerValue:
    """The year of 2019, 2019-02-13 or 13/02/2019, with a time or without; NULL for no such day."""
    iso = f"^([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}}){_TIME}$"
    first = f"^{_DAY_FIRST}{_TIME}$"
    return ibis.cases(
        (text.re_search("^[0-9]{4}$"), text.cast("int32")),
        (text.re_search(iso), _valid(text, iso, (1, 2, 3))),
        (text.re_search(first), _valid(text, first, (3, 2, 1))),
        else_=None,
    )


def _valid(text: ir.StringValue, pattern: str, order: tuple[int, int, int]) -> ir.IntegerValue:
    year, month, day = (text.re_extract(pattern, at).cast("int32") for at in order)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = ibis.cases(
        (month.isin([4, 6, 9, 11]), 30), (month == FEBRUARY, ibis.ifelse(leap, 29, 28)), else_=31
    )
    return ibis.cases((month.between(1, 12) & (day >= 1) & (day <= last), year), else_=None)


def _clean(text: ir.StringValue) -> ir.StringValue:
    return text.translate(BLANKS + MINUS, " " * len(BLANKS) + "-").strip()


def _whole(text: str | None) -> int:
    """A sum as the database writes it; a DECIMAL may have a point with nothing behind it."""
    return int(Decimal(text)) if text else 0
