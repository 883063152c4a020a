"""Figures of a register: exact, every row in the account, every bad cell with its place."""

import ast
import csv
import json
import random
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kmo_report import figures, pipeline, terminal
from kmo_report.figures import notation
from kmo_report.figures.totals import Totals
from kmo_report.model.register import Register
from kmo_report.problems import InputError
from tests.conftest import ROOT, STYLE
from tests.data import register as synthetic
from tests.test_cli import kmo

SCHEMA = json.loads((ROOT / "kmo_report/schemas/figures.schema.json").read_text("utf-8"))
HEADER = "nr,jaar,thema,steun\n"
BASE: dict[str, Any] = {"year": "jaar", "by": "thema", "amount": "steun"}


def totals(path: Path, **settings: object) -> Totals:
    register = Register.model_validate({"source": path.name, **BASE, **settings})
    return figures.totals(register, path.parent)


def problems(path: Path, **settings: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        totals(path, **settings)
    return [str(problem).replace(f"{path.parent}/", "") for problem in caught.value.problems]


def lines(path: Path, **settings: object) -> list[tuple[object, ...]]:
    found = totals(path, **settings).lines
    return [(line.year, *line.labels, line.count, line.cents) for line in found]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A text file; bytes as they are."""

    def make(text: str | bytes, name: str = "r.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


Write = Callable[..., Path]

# --- the published figures ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic register in Belgian notation."""
    return synthetic.write(tmp_path_factory.mktemp("r") / "synthetic.csv", belgian=True)


PUBLISHED = ["--year", "Datum", "--by", "Thema,Dienst", "--amount", "Steun", "--number", "Dossier",
             "--years", "2019", "--where", "Thema=HRM", "--where", "Thema=DIVERSITEIT"]  # fmt: skip


def test_the_register_gives_the_published_figures(register: Path) -> None:
    done = kmo("figures", str(register), *PUBLISHED, "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "year,Thema,Dienst,count,total",
        "2019,DIVERSITEIT,Advies,13,27409.00",
        "2019,DIVERSITEIT,Opleiding,164,67457.00",
        "2019,HRM,Advies,452,749140.00",
        "2019,HRM,Opleiding,4150,2305219.00",
    ]
    assert "rows: 150000; counted: 4779\nof other years: " in done.stderr


def test_the_table_in_the_terminal_is_that_of_the_answer(register: Path) -> None:
    done = kmo("figures", str(register), *PUBLISHED, "--layout", "per-measure")
    for row in (
        ("HRM", "452", "4150", "4602"),
        ("HRM", "€ 749.140", "€ 2.305.219", "€ 3.054.359"),
        ("HRM", "€ 1.657", "€ 555", "€ 664"),
        ("DIVERSITEIT", "€ 2.108", "€ 411", "€ 536"),
    ):
        printed = [
            line.replace("\N{NO-BREAK SPACE}", " ").split("  ") for line in done.stdout.splitlines()
        ]
        assert list(row) in [[cell.strip() for cell in line if cell.strip()] for line in printed]


def test_yaml_can_stand_in_an_answer(register: Path, tmp_path: Path) -> None:
    done = kmo("figures", str(register), *PUBLISHED, "--format", "yaml")
    text = (ROOT / "answers/example-2b/answer.yaml").read_text("utf-8")
    before, _, rest = text.partition("    years:\n      2016:")
    after = rest[rest.index("    layout:") :]
    indented = "".join(f"    {line}\n" for line in done.stdout.splitlines())
    answer = tmp_path / "answer.yaml"
    answer.write_text(before + indented + after, "utf-8")
    with pytest.raises(InputError) as caught:  # a year of the question is not there
        pipeline.read(answer, STYLE)
    assert {problem.code for problem in caught.value.problems} == {"requested"}


def test_json_holds_figures_rows_and_source(register: Path) -> None:
    done = kmo("figures", str(register), *PUBLISHED, "--format", "json")
    found = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(found)
    assert found["figures"][2] == {"year": 2019, "Thema": "HRM", "Dienst": "Advies", "count": 452,
                                   "total": "749140.00", "average": "1657.39"}  # fmt: skip
    assert sum(found["rows"][kind] for kind in ("counted", "other_years", "passed_over")) == 150_000
    assert found["source"]["notation"] == "1.234,56"


@pytest.mark.parametrize("name", ["register.xlsx", "register.parquet", "rows-left-out.csv"])
def test_the_json_of_every_kind_of_file_fits_its_schema(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if path.suffix == ".csv":
        path.write_text(HEADER + "1,2019,A,5\n1,2019,A,5\n2,,A,5\n3,2019,A,-5\n", "utf-8")
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in (HEADER.strip().split(","), [1, 2019, "A", 5.25]):
            book.worksheets[0].append(row)
        book.save(path)
    else:
        select = "SELECT 1 nr, 2019 jaar, 'A' thema, 5.25::DECIMAL(9,2) steun"
        duckdb.execute(f"COPY ({select}) TO '{path}'")
    handled = {"duplicated": "leave-out", "negative": "leave-out",
               "without_year": "separate as Zonder jaar"}  # fmt: skip
    register = Register.model_validate({"source": name, "number": "nr", **BASE, **handled})
    text = terminal.as_json(register, figures.totals(register, tmp_path), "per-year", STYLE)
    Draft202012Validator(SCHEMA).validate(json.loads(text))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_another_kind_of_file_gives_the_same(register: Path, suffix: str, tmp_path: Path) -> None:
    other = synthetic.write(tmp_path / f"other.{suffix}")
    settings = {"year": "Datum", "by": ["Thema", "Dienst"], "amount": "Steun", "number": "Dossier"}
    assert totals(other, **settings).lines == totals(register, **settings).lines


# --- exactness ------------------------------------------------------------------------------------


def test_ten_million_times_ten_cents(tmp_path: Path) -> None:
    path = tmp_path / "dimes.csv"
    row = b"1,2019,A,0.10\n"
    with path.open("wb") as file:
        file.write(HEADER.encode())
        for _ in range(100):
            file.write(row * 100_000)
    assert lines(path) == [(2019, "A", 10_000_000, 100_000_000)]


ADVERSARIAL = ["0.10", "0.20", "0.30", "0.01", "999999999999999.99", "70368744177664.01", "1.1",
               "4503599627370497.5"[:15], "0", "0.29", "1.15", "9007199254740.93"]  # fmt: skip


def test_amounts_that_binary_numbers_cannot_hold(write: Write) -> None:
    path = write(HEADER + "".join(f"{n},2019,A,{a}\n" for n, a in enumerate(ADVERSARIAL * 7)))
    expected = sum(int(Decimal(amount) * 100) for amount in ADVERSARIAL) * 7
    assert lines(path) == [(2019, "A", len(ADVERSARIAL) * 7, expected)]


def test_no_float_occurs_in_the_room() -> None:
    """No number with a point, no true division, nobody who names it, no binary type in SQL."""
    paths = sorted((ROOT / "kmo_report/figures").glob("*.py"))
    assert len(paths) > 9
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            where = (path.name, getattr(node, "lineno", 0))
            if isinstance(node, ast.Constant):
                assert not isinstance(node.value, float), where
            if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
                right = node.right if isinstance(node, ast.BinOp) else node.value
                text = ast.unparse(node)
                assert any(word in text for word in ("folder", "path", "work", "copy")), (
                    where,
                    text,
                )
                assert not isinstance(right, ast.Constant) or isinstance(right.value, str), where
            if isinstance(node, ast.Name):
                assert node.id != "float", where
    sql = (ROOT / "kmo_report/figures/sql.py").read_text("utf-8")
    assert "AS DOUBLE" not in sql
    assert "avg(" not in "".join(path.read_text("utf-8") for path in paths)


def test_the_sums_of_the_engine_are_whole_cents(write: Write) -> None:
    found = totals(write(HEADER + "1,2019,A,0.10\n"))
    assert all(type(value) is int for line in found.lines for value in (line.count, line.cents))


def test_random_registers_are_added_up_as_python_does(tmp_path: Path) -> None:
    """An independent sum in whole cents, for files of every kind."""
    drawn = random.Random(370)  # noqa: S311 -- data, not a secret
    rows = [
        (f"D{n}", date(drawn.choice([2018, 2019]), 12, 31) if n % 7 else date(2019, 1, 1),
         drawn.choice(["A", "B", "C d"]), drawn.randrange(0, 10**drawn.randrange(1, 12)))
        for n in range(3000)
    ]  # fmt: skip
    expected: dict[tuple[object, ...], list[int]] = {}
    for _, day, theme, cents in rows:
        tally = expected.setdefault((day.year, theme), [0, 0])
        tally[0] += 1
        tally[1] += cents
    wanted = sorted((*key, *tally) for key, tally in expected.items())
    for path in files(tmp_path, rows):
        assert lines(path, number="nr") == wanted, path.name


def files(folder: Path, rows: list[tuple[str, date, str, int]]) -> Iterator[Path]:
    """The same rows as CSV, Parquet and XLSX."""
    header = ["nr", "jaar", "thema", "steun"]
    path = folder / "r.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows((n, d, t, f"{Decimal(c).scaleb(-2):.2f}") for n, d, t, c in rows)
    yield path
    with duckdb.connect() as connection:
        select = (
            "SELECT * REPLACE (steun::{kind} AS steun) FROM read_csv('{path}', all_varchar = true)"
        )
        for kind in ("DECIMAL(14,2)", "DOUBLE", "VARCHAR"):
            parquet = folder / f"{kind[:3]}.parquet"
            connection.execute(f"COPY ({select.format(kind=kind, path=path)}) TO '{parquet}'")
            yield parquet
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Blad1")
    sheet.append(header)
    for number, day, theme, cents in rows:
        sheet.append([number, day, theme, cents / 100])
    book.save(folder / "r.xlsx")
    yield folder / "r.xlsx"


# --- notation -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "name", "cents"),
    [
        (["€ 1.234,56", "12", "1.000"], "1.234,56", 123456 + 1200 + 100000),
        (["1 234,56", "1\N{NO-BREAK SPACE}000 €"], "1 234,56", 123456 + 100000),
        (["1234,5", "7"], "1234,56", 123450 + 700),
        (["1,234.56", "EUR 1,000"], "1,234.56", 123456 + 100000),
        (["1 234.56"], "1 234.56", 123456),
        (["1234.56", "0.1", "3"], "1234.56", 123456 + 10 + 300),
        (["1234", "5"], "1234.56", 123900),
        (["1 234", "5"], "1 234,56", 123900),
        (["1.234.567", "1.000"], "1.234,56", 123456700 + 100000),
        (["1.000", "0,5"], "1.234,56", 100000 + 50),
    ],
)
def test_the_one_notation_that_fits_every_cell(
    write: Write, cells: list[str], name: str, cents: int
) -> None:
    path = write("jaar;thema;steun\n" + "".join(f"2019;A;{cell}\n" for cell in cells))
    found = totals(path)
    assert (found.origin["notation"], found.lines[0].cents) == (name, cents)
    assert totals(path, notation=name).lines == found.lines


def test_what_could_be_read_in_two_ways_is_refused(write: Write) -> None:
    path = write("jaar;thema;steun\n2019;A;1.234\n2019;A;12\n")
    (found,) = problems(path)
    assert found == (
        "r.csv: error: steun: 1.234 can be read with a decimal point or a decimal comma; say which "
        "with `notation:` [notation]"
    )
    assert lines(path, notation="1.234,56") == [(2019, "A", 2, 124600)]
    assert "1.234 is no amount such as 1234.56 [cell]" in problems(path, notation="1234.56")[0]


def test_a_cell_far_down_decides_too(write: Write) -> None:
    rows = "2019;A;1.234\n" * 20_000
    path = write(f"jaar;thema;steun\n{rows}2019;A;0,50\n")
    assert lines(path) == [(2019, "A", 20_001, 20_000 * 123400 + 50)]


@pytest.mark.parametrize(
    "cell",
    ["1.005", "1e3", "1,5", "(5)", "5-", "--5", "n.v.t.", "0x10", "1_000", "٣", "1.2.3", "12.", ".5",
     "€", "1 2", "1'000", "1234567890123456", "NaN", "inf", "€ € 1"],
)  # fmt: skip
def test_what_is_no_amount_is_named(write: Write, cell: str) -> None:
    path = write(HEADER + f'1,2019,A,"{cell}"\n2,2019,A,0.25\n')
    assert f"r.csv:2:10: error: steun: {cell} is no amount such as 1234.56 [cell]" in problems(
        path, notation="1234.56"
    )


@given(st.integers(-(10**14), 10**14), st.sampled_from(sorted(notation.ALL)))
def test_an_amount_is_written_and_read_back(cents: int, name: str) -> None:
    """The patterns read what a printer of the notation writes, and nothing else with three decimals."""
    import re

    chosen = notation.ALL[name]
    sign = "-" if cents < 0 else ""
    whole = f"{abs(cents) // 100:,}".replace(",", chosen.thousands)
    text = f"{sign}{whole}{chosen.decimal}{abs(cents) % 100:02}"
    assert re.fullmatch(chosen.pattern, text)
    assert not re.fullmatch(chosen.pattern, text + "0")
    assert re.fullmatch(chosen.loose, text + "0")


# --- years ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2019", 2019),
        ("2019-12-31", 2019),
        ("2019-12-31 23:59:59", 2019),
        ("31/12/2019", 2019),
        ("1-1-2020", 2020),
        ("29.02.2020 10:00", 2020),
        # It is New Year's night in Brussels already.
        ("2019-12-31T23:30:00Z", 2020),
        ("2019-12-31 23:30:00+01:00", 2019),
    ],
)
def test_a_year_is_that_of_the_day_in_belgium(write: Write, cell: str, year: int) -> None:
    assert lines(write(f"{HEADER}1,{cell},A,1\n")) == [(year, "A", 1, 100)]


@pytest.mark.parametrize(
    "cell",
    ["19", "1899", "2100", "2019-02-30", "02/13/2019", "31/4/2019", "20l9", "2019-13-01", "43467",
     "1e3", "-019", "2019-1-1", "13 februari 2020", "2019/02/13", "29/2/2019"],
)  # fmt: skip
def test_what_is_no_year_is_named(write: Write, cell: str) -> None:
    assert problems(write(f"{HEADER}1,{cell},A,1\n"))[0] == (
        f"r.csv:2:3: error: jaar: {cell} is no year and no date [cell]"
    )


# --- what rows can have ---------------------------------------------------------------------------

ROWS = (
    "1,2019,A,10.00\n1,2019,A,10.00\n"  # alike
    "2,2019,A,5\n2,2019,B,5\n"  # not alike
    "3,2018,B,-7\n"
    "4,,A,3\n"
    "5,2019,,2\n"
    "6,2019, A ,1\n"
)


def test_each_kind_is_refused_at_first(write: Write) -> None:
    found = problems(write(HEADER + ROWS), number="nr")
    assert [line.split(": ")[0] for line in found if " occurs" in line] == [
        f"r.csv:{n}:1" for n in (2, 3, 4, 5)
    ]
    assert "r.csv:6:10: error: steun: -7 is less than nothing [negative]" in found
    assert "r.csv:7:3: error: jaar: there is no value [without-year]" in found
    assert "r.csv:8:8: error: thema: there is no value [unknown-label]" in found


def test_rows_are_left_out_or_on_a_line_of_their_own(write: Write) -> None:
    path = write(HEADER + ROWS)
    left_out = dict.fromkeys(["duplicated", "negative", "without_year", "unknown"], "leave-out")
    assert lines(path, number="nr", **left_out) == [(2019, "A", 2, 1100)]
    apart = {kind: f"separate as {kind.capitalize()}" for kind in left_out}
    assert lines(path, number="nr", **apart) == [
        (2018, "Negative", 1, -700),
        (2019, "A", 2, 1100),
        (2019, "Duplicated", 3, 2000),
        (2019, "Unknown", 1, 200),
        (None, "Without_year", 1, 300),
    ]


def test_a_year_without_rows_is_told(write: Write) -> None:
    path = write(HEADER + "1,2019,A,1\n")
    assert totals(path, years="2017-2019").empty_years == (2017, 2018)
    options = ["--year", "jaar", "--by", "thema", "--amount", "steun", "--years", "2018-2019"]
    assert "years without any rows: 2018\n" in kmo("figures", str(path), *options).stderr


def test_known_labels_get_their_names_and_others_are_named(write: Write) -> None:
    path = write(HEADER + "1,2019,Hrm,1\n2,2019,HRM,2\n3,2019,hrm,4\n")
    labels = {"thema": {"Hrm": "HRM", "HRM": "HRM"}}
    assert problems(path, labels=labels)[0] == (
        "r.csv:4:8: error: thema: hrm is not known; did you mean Hrm? [unknown-label]"
    )
    assert lines(path, labels=labels, unknown="leave-out") == [(2019, "HRM", 2, 300)]


def test_where_and_years_choose_rows_whose_other_cells_are_not_read(write: Write) -> None:
    path = write(HEADER + "1,2019,A,1\n2,2019,B,x\n3,2018,A,y\n")
    found = totals(path, where={"thema": "A"}, years="2019")
    account = found.account
    assert (account.rows, account.passed_over, account.other_years) == (3, 1, 1)
    assert problems(path, where={"thema": "Z"}) == [
        "r.csv: error: none of 3 rows is of these years and values [source]"
    ]


@given(st.lists(st.tuples(
    st.sampled_from(["2018", "2019", "", "x", "2017"]), st.sampled_from(["A", "B", "", "Z"]),
    st.sampled_from(["1", "-1", "0.10", "", "q"]), st.sampled_from(["1", "2", "3", ""]),
), min_size=1, max_size=12))  # fmt: skip
def test_every_row_is_in_the_account(rows: list[tuple[str, str, str, str]]) -> None:
    """Accepted and rejected are all rows, whatever they hold and whatever the settings are."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        text = "".join(
            f"{number},{year},{theme},{amount}\n" for year, theme, amount, number in rows
        )
        path.write_text(HEADER + text, "utf-8")
        register = Register.model_validate({
            "source": "r.csv", **BASE, "number": "nr", "years": "2018-2019",
            "labels": {"thema": ["A", "B"]}, "duplicated": "leave-out", "negative": "leave-out",
            "unknown": "leave-out", "without_year": "separate as Zonder",
        })  # fmt: skip
        try:
            account = figures.totals(register, Path(folder)).account
        except InputError as error:
            said = str(error)
            assert "rows cannot be read" in said or "none of" in said
            if "cannot be read" in said:
                rejected = int(said.rsplit("error: ", maxsplit=1)[-1].split(" of ", maxsplit=1)[0])
                assert f"{rejected} of {len(rows)} rows cannot be read" in said
        else:
            assert account.rows == len(rows)
            assert account.rejected == 0
            counted = [int(Decimal(a) * 100) for y, t, a, _ in rows
                       if y in ("2018", "2019", "") and t in "AB"]  # fmt: skip
            assert account.counted.rows <= len(counted)


def test_twenty_are_shown_and_all_are_counted(write: Write) -> None:
    found = problems(write(HEADER + "1,2019,A,1\n" * 5 + "1,2019,A,x\n" * 37))
    assert len(found) == 21
    assert found[0] == "r.csv:7:10: error: steun: x is no amount such as 1234.56 [cell]"
    assert found[-1] == (
        "r.csv: error: 37 of 42 rows cannot be read, 5 can; the first are shown [cell]"
    )
