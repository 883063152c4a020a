"""The expressions that read cells strictly, in the SQL of DuckDB.

DuckDB itself would take money for DOUBLE, read 1.005 as 1.01, and 1e3 as 1000.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kmo_report.figures.notation import BLANKS, MINUS, PLAIN, Notation

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
          "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}  # fmt: skip
_BINARY = {"DOUBLE", "FLOAT"}
_TIMES = {"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS",
          "TIMESTAMP WITH TIME ZONE"}  # fmt: skip

MAX_DIGITS, CENTS = 15, 2
BLANK = r"E' \t\n\r\x0b\x0c'"
"""What may stand around a cell."""

_YEAR = "(19|20)[0-9]{2}"
_TIME = "([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?"
_ISO = f"{_YEAR}-[0-9]{{2}}-[0-9]{{2}}"
_ZONED = f"{_ISO}[ T][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}([.][0-9]+)?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})"
_DAY_FIRST = f"[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-]{_YEAR}"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation: its expression, and its type as DuckDB names it."""

    sql: str
    type: str = "VARCHAR"

    @property
    def text(self) -> str:
        """The cell as text without blanks around it; empty where there is nothing."""
        cell = self.sql if self.type == "VARCHAR" else f"CAST({self.sql} AS VARCHAR)"
        return f"trim(coalesce({cell}, ''))"

    @property
    def empty(self) -> str:
        """Whether there is nothing in the cell."""
        return f"{self.text} = ''" if self.type == "VARCHAR" else f"{self.sql} IS NULL"

    @property
    def bare(self) -> str:
        """The same without tabs and ends of lines around it; it takes five times as long."""
        return f"trim({self.text}, {BLANK})"


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """The name of a column as SQL writes it."""
    return '"' + text.replace('"', '""') + '"'


def among(sql: str, values: Iterable[str]) -> str:
    """Whether it is one of the values; false where there are none."""
    listed = ", ".join(map(literal, values))
    return f"({sql} IN ({listed}))" if listed else "false"


def year(column: Column) -> str | None:
    """The year of a year or a date, NULL where it is none; None for a type that holds neither."""
    cell = column.sql
    if column.type in _TIMES:
        return (
            f"CASE WHEN year({cell}) BETWEEN 1900 AND 2099 THEN CAST(year({cell}) AS SMALLINT) END"
        )
    if column.type in _WHOLE:
        return f"CASE WHEN {cell} BETWEEN 1900 AND 2099 THEN CAST({cell} AS SMALLINT) END"
    if column.type != "VARCHAR":
        return None
    text = f"trim({cell})"
    first = f"replace(replace(regexp_extract({text}, '{_DAY_FIRST}'), '/', '-'), '.', '-')"
    # Most cells are one of the first two; a blank before or after takes longer.
    return (
        f"CAST(CASE WHEN regexp_full_match({cell}, '{_ISO}') THEN year(TRY_CAST({cell} AS DATE))"
        f" WHEN regexp_full_match({text}, '{_YEAR}') THEN CAST({text} AS INTEGER)"
        f" WHEN regexp_full_match({text}, '{_ISO}{_TIME}')"
        f" THEN year(TRY_CAST({text}[1:10] AS DATE))"
        f" WHEN regexp_full_match({text}, '{_DAY_FIRST}{_TIME}')"
        f" THEN year(try_strptime({first}, '%d-%m-%Y'))"
        f" WHEN regexp_full_match({text}, '{_ZONED}')"
        f" THEN year(TRY_CAST({text} AS TIMESTAMPTZ)) END AS SMALLINT)"
    )


def amount(column: Column, notation: Notation | None) -> str | None:
    """The amount as DECIMAL(18,2), NULL where it is none; None for a type that holds no amounts."""
    cell = column.sql
    if column.type in _WHOLE:
        return _bounded(f"TRY_CAST({cell} AS DECIMAL(18,2))")
    if column.type.startswith("DECIMAL"):
        width, scale = map(int, column.type.removeprefix("DECIMAL(").rstrip(")").split(","))
        if scale <= CENTS and width - scale <= MAX_DIGITS:
            return f"CAST({cell} AS DECIMAL(18,2))"
        exact = f"TRY_CAST({cell} AS DECIMAL(18,2))"
        return _bounded(f"CASE WHEN {exact} = {cell} THEN {exact} END")
    if column.type in _BINARY:
        # Its shortest text is what was meant; what a sum of such numbers adds is less than 1e-6.
        text = f"CAST({cell} AS VARCHAR)"
        near = f"TRY_CAST({text} AS DECIMAL(38,12))"
        return _bounded(
            f"CASE WHEN abs({near} - round({near}, 2)) < 0.00000001"
            f" THEN TRY_CAST(round({near}, 2) AS DECIMAL(18,2)) END"
        )
    if column.type != "VARCHAR" or notation is None:
        return None
    text = clean(column)
    mark = literal(notation.decimal)
    digits = f"regexp_replace({text}, '[^0-9{notation.decimal}-]', '', 'g')"
    plain = PLAIN if notation.plain else "-?[0-9]{1,15}"
    return (
        f"CASE WHEN regexp_full_match({cell}, '{plain}') THEN CAST({cell} AS DECIMAL(18,2))"
        f" WHEN regexp_full_match({text}, {literal(notation.pattern)})"
        f" THEN CAST(replace({digits}, {mark}, '.') AS DECIMAL(18,2)) END"
    )


def _bounded(exact: str) -> str:
    return f"CASE WHEN abs({exact}) < 1000000000000000 THEN {exact} END"


def clean(column: Column) -> str:
    """The text of an amount with ordinary blanks and an ordinary minus."""
    signs = literal(BLANKS + MINUS)
    return f"trim(translate({column.text}, {signs}, {literal(' ' * len(BLANKS) + '-')}))"
