"""The same answer on each engine, cell by cell: DuckDB, PostgreSQL and Spark."""

import csv
import json
import random
import threading
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from kmo_report import figures
from kmo_report.figures.totals import Totals
from kmo_report.model.register import Register
from kmo_report.problems import InputError
from kmo_report.schemas import published
from tests.engines.servers import PASSWORD, Postgres, commands, postgres

COLUMNS = ("nr", "datum", "thema", "dienst", "steun")
Row = tuple[str, date | None, str, str, Decimal]


def drawn(count: int) -> list[Row]:
    """Rows of all kinds: doubles alike and not, corrections, days on the edge of a year, blanks."""
    of = random.Random(370)  # noqa: S311 -- data, not a secret
    rows: list[Row] = []
    for number in range(count):
        day = of.choice(
            [date(2018, 12, 31), date(2019, 1, 1), date(2020, 2, 29), date(2017, 7, 11)]
        )
        amount = Decimal(of.randrange(-50 if number % 50 == 0 else 1, 10 ** of.randrange(2, 10)))
        rows.append((f"D{number}", None if number % 97 == 0 else day,
                     of.choice(["HRM", " HRM ", "DIVERSITEIT", "Één 'x'"]),
                     "" if number % 89 == 0 else of.choice(["Advies", "Opleiding"]),
                     amount.scaleb(-2)))  # fmt: skip
    rows += rows[::71] + rows[:3]
    rows += [
        (number, day, thema, "Advies", amount + 1) for number, day, thema, _, amount in rows[5::83]
    ]
    return rows


ROWS = drawn(4000)


def belgian(row: Row) -> tuple[str, ...]:
    number, day, thema, dienst, amount = row
    text = f"€ {amount:,.2f}".translate(str.maketrans(",.", ".,"))
    return number, f"{day:%d/%m/%Y}" if day else "", thema, dienst, text


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows as files: text and typed."""
    folder = tmp_path_factory.mktemp("sources")
    with (folder / "text.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(COLUMNS)
        writer.writerows(map(belgian, ROWS))
    with (folder / "plain.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *ROWS])
    with duckdb.connect() as connection:
        for name, steun in (("typed", "DECIMAL(12,2)"), ("wide", "DECIMAL(38,6)")):
            connection.execute(
                f"COPY (SELECT nr, datum::DATE AS datum, coalesce(thema, '') AS thema,"
                f" coalesce(dienst, '') AS dienst, steun::{steun} AS steun"
                f" FROM read_csv('{folder}/plain.csv', all_varchar = true))"
                f" TO '{folder}/{name}.parquet'"
            )
        connection.execute(
            f"COPY (SELECT * FROM read_csv('{folder}/text.csv', all_varchar = true, delim = ';'))"
            f" TO '{folder}/text.parquet'"
        )
    return folder


Ask = Callable[..., Totals]


@pytest.fixture(
    params=["csv", "parquet", "wide", "postgres", "postgres-text", "spark", "spark-text"]
)
def ask(request: pytest.FixtureRequest, sources: Path) -> Ask:
    """The figures of these rows by one engine."""
    engine = request.param
    where: dict[str, str] = {
        "source": {"csv": "text.csv", "wide": "wide.parquet"}.get(engine, "typed.parquet")
    }
    if engine.startswith("postgres"):
        server: Postgres = request.getfixturevalue("server")
        where = {"source": server.address, "table": _loaded(server, text="text" in engine)}
    if engine.startswith("spark"):
        path = sources / ("text.parquet" if "text" in engine else "typed.parquet")
        where = {
            "source": request.getfixturevalue("spark"),
            "query": f"SELECT * FROM parquet.`{path}`",
        }
    if engine.startswith("postgres"):
        request.getfixturevalue("monkeypatch").setenv("PGPASSWORD", PASSWORD)

    def totals(**settings: object) -> Totals:
        base: dict[str, Any] = {"year": "datum", "by": ["thema", "dienst"], "amount": "steun",
                                "number": "nr"}  # fmt: skip
        return figures.totals(Register.model_validate({**where, **base, **settings}), sources)

    return totals


def _loaded(server: Postgres, *, text: bool) -> str:
    name = "public.texts" if text else "public.typed"
    if server.run(f"SELECT to_regclass('{name}')") == [(None,)]:
        types = (
            "text",
            "text" if text else "date",
            "text",
            "text",
            "text" if text else "numeric(12,2)",
        )
        columns = ", ".join(f"{c} {t}" for c, t in zip(COLUMNS, types, strict=True))
        server.run(f"CREATE TABLE {name} ({columns})")
        rows = [belgian(row) for row in ROWS] if text else ROWS
        server.run(f"COPY {name} FROM STDIN", [tuple(row) for row in rows])
    return name


# --- an independent sum --------------------------------------------------------------------------


Known = tuple[int | None, str, str, int]
"""Year, theme, service, cents."""


def expected(years: tuple[int, ...], thema: str | None, *, apart: bool) -> list[tuple[object, ...]]:
    """The same by hand: in Python, row by row, in whole cents."""
    seen: dict[str, list[Known]] = {}
    for number, day, theme, service, amount in ROWS:
        asked = (not thema or theme.strip() == thema) and (not (day and years) or day.year in years)
        if asked:
            year = day.year if day else None
            seen.setdefault(number, []).append((year, theme.strip(), service, int(amount * 100)))
    lines: dict[tuple[int | None, str, str], list[int]] = {}
    for rows in seen.values():
        for at, (year, theme, service, cents) in enumerate(rows):
            doubled = len(rows) > 1 and not (len(set(rows)) == 1 and at == 0)
            kind = _kind(rows[at], doubled=doubled)
            if kind == "Onbekend":
                service = kind  # noqa: PLW2901 -- as it is told
            elif kind:
                theme = kind  # noqa: PLW2901
            if apart or not kind:
                tally = lines.setdefault((year, theme, service), [0, 0])
                tally[0] += 1
                tally[1] += cents
    order = sorted(lines, key=lambda key: (key[0] or 10_000, key[1], key[2]))
    return [(*key, *lines[key]) for key in order]


def _kind(row: Known, *, doubled: bool) -> str:
    year, _, service, cents = row
    kinds = {
        "Zonder": year is None,
        "Dubbel": doubled,
        "Onbekend": service == "",
        "Terug": cents < 0,
    }
    return next((kind for kind, is_so in kinds.items() if is_so), "")


LEFT_OUT = dict.fromkeys(["duplicated", "negative", "without_year", "unknown"], "leave-out")
APART = {"duplicated": "separate as Dubbel", "negative": "separate as Terug",
         "without_year": "separate as Zonder", "unknown": "separate as Onbekend"}  # fmt: skip


@pytest.mark.parametrize("years", [(), (2018, 2019)])
@pytest.mark.parametrize("thema", [None, "HRM"])
@pytest.mark.parametrize("apart", [False, True])
def test_every_cell_is_the_same(
    ask: Ask, years: tuple[int, ...], thema: str | None, apart: bool
) -> None:
    settings: dict[str, Any] = {**(APART if apart else LEFT_OUT)}
    if years:
        settings["years"] = f"{years[0]}-{years[-1]}"
    if thema:
        settings["where"] = {"thema": thema}
    found = ask(**settings)
    cells = [(line.year, *line.labels, line.count, line.cents) for line in found.lines]
    assert cells == expected(years, thema, apart=apart)
    assert found.account.rows == len(ROWS)


def test_what_is_refused_is_refused_alike(ask: Ask) -> None:
    with pytest.raises(InputError) as caught:
        ask(labels={"dienst": ["Advies"]})
    counts = {problem.code: problem.message.split(" ")[0] for problem in caught.value.problems}
    assert sorted(counts) == ["duplicated", "negative", "unknown-label", "without-year"]
    totals = [p.message for p in caught.value.problems if " such rows of " in p.message]
    with pytest.raises(InputError) as by_hand:
        figures.totals(Register.model_validate({
            "source": "text.csv", "year": "datum", "by": ["thema", "dienst"], "amount": "steun",
            "number": "nr", "labels": {"dienst": ["Advies"]},
        }), _folder(ask))  # fmt: skip
    assert totals == [p.message for p in by_hand.value.problems if " such rows of " in p.message]


def _folder(ask: Ask) -> Path:
    (folder,) = [
        c.cell_contents for c in ask.__closure__ or () if isinstance(c.cell_contents, Path)
    ]
    return folder


# --- exactness, where the rows are ----------------------------------------------------------------

DIMES = 10_000_000
LARGE = (
    "(VALUES ('999999999999999.99'), ('0.01'), ('70368744177664.01'), ('-0.10'), ('1.10')) AS v(t)"
)


def test_ten_million_dimes_in_postgres(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    query = (
        f"SELECT 2019 AS jaar, 'A' AS t, 0.10::numeric(12,2) AS s FROM generate_series(1, {DIMES})"
    )
    assert _sum(server.address, query) == (DIMES, DIMES * 10)
    query = f"SELECT 2019 AS jaar, 'A' AS t, v.t::{{}} AS s FROM {LARGE}"
    wanted = (5, 99999999999999999 + 1 + 7036874417766401 - 10 + 110)
    for kind in ("text", "numeric", "numeric(30,8)"):
        assert _sum(server.address, query.format(kind)) == wanted


def test_ten_million_dimes_in_spark(spark: str) -> None:
    query = f"SELECT 2019 AS jaar, 'A' AS t, CAST(0.10 AS DECIMAL(12,2)) AS s FROM range({DIMES})"
    assert _sum(spark, query) == (DIMES, DIMES * 10)
    query = f"SELECT 2019 AS jaar, 'A' AS u, CAST(t AS {{}}) AS s FROM {LARGE}"
    for kind in ("STRING", "DECIMAL(30,8)"):
        found = _sum(spark, query.format(kind).replace("AS u", "AS t "))
        assert found == (5, 99999999999999999 + 1 + 7036874417766401 - 10 + 110)


def _sum(source: str, query: str) -> tuple[int, int]:
    register = {"source": source, "query": query, "year": "jaar", "by": "t", "amount": "s",
                "notation": "1234.56", "negative": "separate as A"}  # fmt: skip
    lines = figures.totals(Register.model_validate(register), Path()).lines
    return sum(line.count for line in lines), sum(line.cents for line in lines)


# --- only sums come back --------------------------------------------------------------------------


def test_nothing_but_sums_is_fetched(server: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted where psycopg hands over rows, whoever asks for them."""
    import psycopg

    fetched: list[int] = []
    for kind in (psycopg.Cursor, psycopg.ServerCursor):
        for name in ("fetchall", "fetchmany", "fetchone"):
            fetch = getattr(kind, name)

            def counted(cursor: Any, *given: Any, fetch: Any = fetch) -> Any:  # noqa: ANN401
                found = fetch(cursor, *given)
                fetched.append(len(found) if isinstance(found, list) else found is not None)
                return found

            monkeypatch.setattr(kind, name, counted)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    register = Register.model_validate({
        "source": server.address, "table": _loaded(server, text=False), "year": "datum",
        "by": ["thema", "dienst"], "amount": "steun", "number": "nr", **LEFT_OUT,
    })  # fmt: skip
    found = figures.totals(register, Path())
    fetched_by_test = 1 if server.run("SELECT 1") else 0
    assert found.account.rows == len(ROWS) > 4000
    assert len(found.lines) < sum(fetched) - fetched_by_test < 120


# --- a database that will not ---------------------------------------------------------------------


def refused(server: Postgres, **settings: object) -> str:
    base: dict[str, Any] = {
        "source": server.address,
        "year": "datum",
        "by": "thema",
        "amount": "steun",
    }
    with pytest.raises(InputError) as caught:
        figures.totals(Register.model_validate({**base, **settings}), Path())
    return str(caught.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"query": "DELETE FROM typed"}, "`query:` wants one SELECT"),
        ({"query": "SELECT * FROM typed; DROP TABLE typed"}, "`query:` wants one SELECT"),
        ({"query": "WITH d AS (DELETE FROM typed RETURNING *) SELECT * FROM d"}, "it may only read"),
        ({"query": "SELECT * INTO other FROM typed"}, "it may only read"),
        ({"query": "SELECT *, writes() FROM typed"}, "cannot execute INSERT in a read-only transaction"),
        ({"query": "SELECT datum, thema, steun, nextval('s') FROM typed"}, "in a read-only transaction"),
        ({"query": "SELEC 1"}, "`query:`"),
        ({"table": "nergens"}, "there is no table nergens"),
        ({"table": "typed", "year": "jaar"}, "there is no column jaar"),
        ({"table": "typed", "amount": "nr", "notation": "1234.56"}, "D0 is no amount such as 1234.56"),
        ({"query": "SELECT datum, thema, steun::real AS steun FROM typed"}, "holds float32, no amounts"),
        ({"query": "SELECT nr = 'D0' AS datum, thema, steun FROM typed"}, "no years or dates"),
        ({}, "a database wants either `table:` or `query:`"),
        ({"query": "SELECT datum, thema, 1/0 AS steun FROM typed"}, "division by zero"),
    ],
)  # fmt: skip
def test_it_says_why(
    server: Postgres, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    _loaded(server, text=False)
    server.run("CREATE SEQUENCE IF NOT EXISTS s; CREATE OR REPLACE FUNCTION writes() RETURNS int"
               " LANGUAGE sql AS 'INSERT INTO typed VALUES (''x'') RETURNING 1'")  # fmt: skip
    message = refused(server, **settings)
    assert said in message
    assert PASSWORD not in message
    assert server.run("SELECT count(*) FROM typed") == [(len(ROWS),)]


def test_a_wrong_password_is_told_without_it(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "verkeerd")
    message = refused(server, table="typed")
    assert "password authentication failed" in message
    assert "verkeerd" not in message


def test_pgpass_lets_in_and_nothing_secret_is_kept(
    server: Postgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pgpass = tmp_path / "pgpass"
    pgpass.write_text(f"127.0.0.1:{server.port}:*:kmo:{PASSWORD}\n", "utf-8")
    pgpass.chmod(0o600)
    monkeypatch.delenv("PGPASSWORD", raising=False)
    monkeypatch.setenv("PGPASSFILE", str(pgpass))
    register = {"source": server.address, "table": _loaded(server, text=False), "year": "datum",
                "by": "thema", "amount": "steun", **LEFT_OUT}  # fmt: skip
    origin = figures.totals(Register.model_validate(register), Path()).origin
    assert PASSWORD not in str(origin)
    assert origin["server"] == f"postgresql://127.0.0.1:{server.port}/postgres"
    assert str(origin["version"]).startswith("postgres 1")
    assert str(origin["at"]).startswith("20")
    assert "GROUP BY" in str(origin["query"])
    told = json.loads(published("figures"))["properties"]["source"]["properties"]
    assert {name: told[name]["type"] for name in origin} == dict.fromkeys(origin, "string")


def test_a_moment_belongs_to_the_year_in_belgium(
    server: Postgres, spark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    for source, moment in (
        (server.address, "timestamptz '2019-12-31 23:30:00+00'"),
        (spark, "to_timestamp('2019-12-31 23:30:00+00:00')"),
    ):
        query = f"SELECT {moment} AS datum, 'A' AS thema, 1 AS steun"
        register = {"source": source, "query": query, "year": "datum", "by": "thema",
                    "amount": "steun"}  # fmt: skip
        (line,) = figures.totals(Register.model_validate(register), Path()).lines
        assert (line.year, line.count, line.cents) == (2020, 1, 100), source


def test_a_database_that_stops_in_the_middle_is_a_problem(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    programs = commands()
    assert programs
    assert server.port
    with postgres(programs) as doomed:
        stopping = threading.Timer(2, doomed.stop)
        stopping.start()
        query = "SELECT 2019 AS datum, 'A' AS thema, 1 AS steun FROM pg_sleep(60)"
        begun = time.monotonic()
        message = refused(doomed, query=query)
        stopping.join()
    assert "the database says: " in message
    assert 1 < time.monotonic() - begun < 30
