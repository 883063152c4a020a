"""Files of every kind as registers: read right, or refused with a reason; and cases made of them."""

import hashlib
import json
import subprocess
import sys
import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from kmo_report import pipeline, terminal
from kmo_report.figures import record
from kmo_report.figures.text import line_of, start
from kmo_report.problems import InputError
from tests.conftest import GOOD, ROOT, STYLE
from tests.test_cli import kmo
from tests.test_figures import HEADER, Write, lines, problems, totals, write

__all__ = ["write"]  # a fixture

CASE = GOOD["synthetic-register"]

# --- texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_delimiter_and_encoding_are_found(
    write: Write, delimiter: str, end: str, encoding: str
) -> None:
    rows = [
        ["jaar", "thema", "steun"],
        ["2019", '"Één ""A"""', "€ 5.00"],
        ["2019", "Één B", "1.00"],
    ]
    text = end.join(delimiter.join(row) for row in rows)
    found = totals(write(text.encode(encoding)))
    assert [line.labels for line in found.lines] == [("Één B",), ('Één "A"',)] or [
        line.labels for line in found.lines
    ] == [('Één "A"',), ("Één B",)]
    assert found.origin["delimiter"] == delimiter
    assert found.origin["encoding"] == encoding.removesuffix("-sig")


def test_lines_above_the_header_are_passed_over(write: Write) -> None:
    text = (
        'Overzicht\r\n\r\n"Kop\r\nover twee",x\r\njaar,thema,steun\r\n2019,A,1.00\r\n2019,A,x\r\n'
    )
    path = write(text)
    assert problems(path)[0].startswith("r.csv:7:8: error: steun: x ")
    again = path.parent / "s.csv"
    again.write_text(text.replace("x\r\n", "2\r\n"), "utf-8", newline="")
    assert totals(again).origin["header"] == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jaar,thema,steun\n2019,A\n", "r.csv:2:1: error: this row has not as many fields as the header"),
        ("jaar,thema,steun\n2019,A,1,2\n", "r.csv:2:1: error: this row has not as many"),
        ('jaar,thema,steun\n2019,"A\nB",x\n', "r.csv:2: error: steun: x is no amount"),
        ('jaar,thema,steun\n2019,"A"b,1\n', "r.csv:2:1: error: a quote is not closed, or stands"),
        ('jaar,thema,steun\n2019,A,1\n2019,"A,1\n2019,B,1\n', "r.csv:3:1: error: a quote is not"),
        ("jaar,thema,steun\n\n\n2019,A,x\n", "r.csv:4:8: error: steun: x"),
        ("jaar,thema,steun\n2019,A,1,2\n2019,A,x\n", "r.csv:3:8: error: steun: x"),
        ("jaar,thema\n2019,A\n", "error: row 1 has no column steun"),
        ("jaar,thema,Steun\n2019,A,1\n", "row 1 has no column steun; did you mean Steun?"),
        ("jaar,thema,steun,steun\n2019,A,1,2\n", "row 1 has two columns steun"),
        ("jaar,thema,steun\n", "error: there are no rows under the header"),
        ("", "error: the file is empty"),
        ("\n\n\n", "error: there are no rows"),
        ("\0" * 100, "the file holds zero bytes"),
        ("%PDF-1.7", "a PDF holds no rows"),
        ("\x81\x8d".encode("latin-1") + b"\xff\xfe\xfd", "this is no text in UTF-8, UTF-16"),
        (b"\xd0\xcf\x11\xe0abc", "an old Excel file, or one with a password"),
        (b"PAR1" + b"x" * 50, "this Parquet file is damaged"),
        (b"PK\x03\x04" + b"x" * 50, "this spreadsheet is damaged"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(write: Write, text: str | bytes, said: str) -> None:
    found = problems(write(text))
    assert any(said in line for line in found), found


def test_mixed_ends_of_lines_are_said(write: Write) -> None:
    found = problems(write("jaar,thema,steun\n2019,A,1\r\n2019,A,2\n2019,A,3\r\n"))
    assert "the ends of lines are not all alike" in found[0]


@pytest.mark.parametrize("source", ["/dev/null", ".", "weg.csv", "\0"])
def test_what_is_no_file_is_said(tmp_path: Path, source: str) -> None:
    done = (
        kmo("figures", "--year", "a", "--by", "b", "--amount", "c", source, cwd=tmp_path)
        if ("\0" not in source)
        else None
    )
    if done:
        assert (done.returncode, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr
        assert "[source]" in done.stderr or "[file]" in done.stderr


def test_a_file_that_grows_while_it_is_read_is_refused(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kmo_report.figures.duck import Duck

    path = write(HEADER + "1,2019,A,1\n")
    groups = Duck.groups

    def and_grow(engine: Duck) -> Any:  # noqa: ANN401
        found = groups(engine)
        with path.open("a") as file:
            file.write("2,2019,A,1\n")
        return found

    monkeypatch.setattr(Duck, "groups", and_grow)
    assert problems(path) == [
        "r.csv: error: the file was changed while it was read; try again [source]"
    ]


def test_a_line_is_that_of_its_byte(write: Write) -> None:
    text = b"a\r\nb\nc\rd\n"
    path = write(text)
    assert [line_of(path, at) for at in (0, 3, 5, 7, 9)] == [1, 2, 3, 4, 5]
    assert [start('x,"a,b",c', ",", at) for at in range(4)] == [1, 3, 9, None]


def test_duckdb_reaches_nothing_but_the_file(write: Write, tmp_path: Path) -> None:
    from kmo_report.figures.sandbox import connect

    path = write(HEADER)
    other = write("a\n1\n", "other.csv")
    with connect((path,), tmp_path) as connection:
        connection.execute(f"SELECT * FROM read_csv('{path}')")
        for query in (
            f"SELECT * FROM read_csv('{other}')",
            "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
            f"COPY (SELECT 1) TO '{other}'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "SET allowed_directories = ['/']",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(query)
    assert other.read_text("utf-8") == "a\n1\n"


# --- Parquet --------------------------------------------------------------------------------------


def parquet(path: Path, select: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def test_typed_columns_are_read_as_strictly(tmp_path: Path) -> None:
    path = parquet(tmp_path / "r.parquet",
                   "SELECT * FROM (VALUES (DATE '2019-12-31', 1, 0.10::DOUBLE),"
                   " (DATE '2020-01-01', 2, 1e15::DOUBLE), (NULL, 1, 1.005::DOUBLE),"
                   " (DATE '2020-01-01', 1, 0.1::DOUBLE + 0.2::DOUBLE)) t(jaar, thema, steun)")  # fmt: skip
    found = problems(path, without_year="leave-out")
    assert found[0] == (
        "r.parquet, row 2, column steun: error: steun: 1000000000000000.0 is no amount in whole "
        "cents [cell]"
    )
    assert "row 3, column steun: error: steun: 1.005 is no amount" in found[1]
    assert len(found) == 3


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("SELECT 2019 AS jaar, {'a': 1} AS thema, 1 AS steun", "thema holds groups or lists"),
        ("SELECT 2019 AS jaar, [1] AS thema, 1 AS steun", "thema holds groups or lists"),
        ("SELECT 2019 AS jaar, 'A' AS thema, true AS steun", "steun holds BOOLEAN, no amounts"),
        ("SELECT 2019.0::DOUBLE AS jaar, 'A' AS thema, 1 AS steun", "jaar holds DOUBLE, no years"),
        ("SELECT 2019 AS jaar, 'A' AS thema, 1.005 AS steun", "1.005 is no amount in whole cents"),
        ("SELECT 2019 AS jaar, 'A' AS thema WHERE false", "row 1 has no column steun"),
        ("SELECT 2019 AS jaar, 'A' AS thema, 1 AS steun WHERE false", "there are no rows"),
    ],
)
def test_a_parquet_that_holds_other_things_is_refused(
    tmp_path: Path, select: str, said: str
) -> None:
    assert said in problems(parquet(tmp_path / "r.parquet", select))[0]


def test_a_moment_belongs_to_the_year_in_belgium(tmp_path: Path) -> None:
    select = (
        "SELECT TIMESTAMPTZ '2019-12-31 23:30:00+00' AS jaar, 'A' AS thema, 1::TINYINT AS steun"
    )
    assert lines(parquet(tmp_path / "r.parquet", select)) == [(2020, "A", 1, 100)]


def test_columns_may_be_called_anything(tmp_path: Path) -> None:
    select = """SELECT 2019 AS "y", 'A' AS "a""b", 1 AS "l0", 'x' AS "k0" """
    path = parquet(tmp_path / "r.parquet", select)
    assert lines(path, year="y", by='a"b', amount="l0", where={"k0": "x"}) == [(2019, "A", 1, 100)]


# --- spreadsheets ---------------------------------------------------------------------------------


def book(path: Path, rows: list[list[object]], sheets: int = 1, **merged: str) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Blad 1"
    for row in rows:
        sheet.append(row)
    for cells in merged.values():
        sheet.merge_cells(cells)
    for number in range(1, sheets):
        made.create_sheet(f"Blad {number + 1}")
    made.save(path)
    return path


GOOD_ROWS: list[list[object]] = [
    ["Overzicht van de steun"],
    [],
    ["jaar", "thema", "steun", None],
    [None, None, "gevraagd", "toegekend"],
    [date(2019, 12, 31), "A", 1, 0.1],
    [datetime(2020, 1, 1, 0, 0, 1), 9000, 2, 0.1 + 0.2],  # noqa: DTZ001 -- a spreadsheet has no zone
    [],
    ["2019", "A", 3, "€ 1.234,50"],
    [2019, True, 4, 70368744177664.5],
]


def test_a_sheet_is_read_with_its_merged_header(tmp_path: Path) -> None:
    path = book(tmp_path / "r.xlsx", GOOD_ROWS, a="A3:A4", b="B3:B4", c="C3:D3")
    found = totals(path, amount="toegekend")
    assert [(line.year, *line.labels, line.count, line.cents) for line in found.lines] == [
        (2019, "A", 2, 10 + 123450),
        (2019, "true", 1, 7036874417766450),
        (2020, "9000", 1, 30),
    ]
    assert (found.origin["sheet"], found.origin["header"]) == ("Blad 1", 4)
    assert found.account.rows == 4


BAD_ROWS: list[list[object]] = [
    ["jaar", "thema", "steun"],
    [2019, "A", 1.005],
    [2019, "A", "=1+1"],
    ["=A2", "A", 1],
    [43467, "A", 1],
    [2019, "=B2", 1],
    [2019, "A", "n.v.t."],
    [2019, "A", True],
    [2019, "A", date(2019, 1, 1)],
    [2019, "A", 10**15],
    [2019, "A", None],
    [2019, "A", 5],
]


def test_a_bad_cell_has_the_name_that_it_has_in_the_sheet(tmp_path: Path) -> None:
    found = problems(book(tmp_path / "r.xlsx", BAD_ROWS))
    assert [line.split(": ")[0] for line in found] == [
        *(f"r.xlsx!Blad 1!{cell}" for cell in ("C2", "C3", "A4", "A5", "B6", "C7", "C8", "C9",
                                               "C10", "C11")),
        "r.xlsx",
    ]  # fmt: skip
    assert "=1+1 is a formula without a value" in found[1]
    assert "=B2 is a formula without a value" in found[4]
    assert found[-1].endswith("10 of 11 rows cannot be read, 1 can; the first are shown [cell]")


def test_a_sheet_must_be_named_where_there_are_several(tmp_path: Path) -> None:
    path = book(tmp_path / "r.xlsx", GOOD_ROWS, sheets=2)
    assert "there are several sheets; say which: Blad 1, Blad 2" in problems(path)[0]
    assert "there is no sheet Blad; did you mean Blad 2?" in problems(path, sheet="Blad")[0] or (
        "did you mean Blad 1?" in problems(path, sheet="Blad")[0]
    )
    assert "Blad 2: there are no rows" in problems(path, sheet="Blad 2")[0]


def test_columns_far_to_the_right_have_two_letters() -> None:
    from kmo_report.figures.sheet import letters

    assert [letters(at) for at in (0, 25, 26, 701, 702, 16383)] == [
        "A", "Z", "AA", "ZZ", "AAA", "XFD",
    ]  # fmt: skip


ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
 office:version="1.3"><office:body><office:spreadsheet>
 <table:table table:name="Ander"><table:table-row><table:table-cell/></table:table-row></table:table>
 <table:table table:name="Blad1">ROWS</table:table></office:spreadsheet></office:body>
</office:document-content>"""


MANIFEST = """<?xml version="1.0"?><manifest:manifest
 xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry
 manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>
</manifest:manifest>"""


def ods(path: Path, rows: list[list[str]]) -> Path:
    """An ODS by hand; a cell is the inside of its tag."""
    xml = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell {cell}</table:table-cell>' for cell in row)}"
        "</table:table-row>" for row in rows
    )  # fmt: skip
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        made.writestr("META-INF/manifest.xml", MANIFEST)
        made.writestr("content.xml", ODS.replace("ROWS", xml))
    return path


def words(text: str) -> str:
    return f'office:value-type="string"><text:p>{text}</text:p>'


def amount(value: str) -> str:
    return f'office:value-type="currency" office:value="{value}"><text:p>x</text:p>'


DAY = 'office:value-type="date" office:date-value="2019-12-31"><text:p>31/12/19</text:p>'


def test_ods_is_read_alike(tmp_path: Path) -> None:
    header = [words("jaar"), words("thema"), words("steun")]
    path = ods(tmp_path / "r.ods", [header, [DAY, words("A"), amount("12.34")]])
    assert lines(path, sheet="Blad1") == [(2019, "A", 1, 1234)]
    bad = ods(tmp_path / "b.ods", [header, [DAY, words("A"), 'table:formula="of:=1+1">'],
              [DAY, words("A"), 'calcext:value-type="error"><text:p>#N/A</text:p>'],
              [DAY, words("A"), amount("1")]])  # fmt: skip
    assert [line.split(": ")[0] for line in problems(bad, sheet="Blad1")] == [
        "b.ods!Blad1!C2", "b.ods!Blad1!C3", "b.ods",
    ]  # fmt: skip


def bomb(path: Path, size: int) -> Path:
    """Zeros in a zip that calls itself XLSX."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(size >> 20):
                member.write(bytes(1 << 20))
    return path


def test_three_gigabytes_of_zeros_are_refused_at_once(tmp_path: Path) -> None:
    path = bomb(tmp_path / "r.xlsx", 3 << 30)
    assert path.stat().st_size < 5_000_000
    assert "it unpacks to 3221 MB, more than any register" in problems(path)[0]


def test_a_zip_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    path = book(tmp_path / "r.xlsx", GOOD_ROWS, a="A3:A4", b="B3:B4")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as made:
        entry = made.getinfo("xl/worksheets/sheet1.xml")
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
    content[at + 24 : at + 28] = (entry.file_size // 2).to_bytes(4, "little")
    path.write_bytes(content)
    assert "this spreadsheet is damaged" in problems(path, amount="toegekend")[0]


def test_a_zip_of_another_kind_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as made:
        made.writestr("a.txt", "jaar")
    assert "this is a zip, but no XLSX or ODS" in problems(tmp_path / "r.xlsx")[0]


# --- a case ---------------------------------------------------------------------------------------


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A copy of a case with a register."""
    for file in CASE.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def said(case: Path) -> list[str]:
    return [str(problem).replace(f"{case}/", "") for problem in pipeline.problems(case, STYLE)]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_the_figures_of_a_case_are_made_anew_alike(case: Path) -> None:
    before = {name: (case / name).read_bytes() for name in ("figures.csv", record.RECORD)}
    done = kmo("figures", str(case))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{case}/figures.csv", f"{case}/{record.RECORD}"]
    assert before == {name: (case / name).read_bytes() for name in before}
    assert said(case) == []


def test_what_travels_is_what_was_made(case: Path) -> None:
    _, attachments, _ = pipeline.read(case, STYLE)
    found = {a.name: a for a in attachments}
    assert found["figures.csv"].content == (case / "figures.csv").read_bytes()
    assert found[record.RECORD].content == (case / record.RECORD).read_bytes()


def test_small_counts_of_a_register_are_withheld_from_all_that_travels(
    case: Path, tmp_path: Path
) -> None:
    edit(
        case / "answer.yaml", "totals: {rows: Eindtotaal, columns: Eindtotaal}", "measures: [count]"
    )
    edit(case / "answer.yaml", "    missing: ", "    small_counts: {below: 5}\n    missing: ")
    answer, attachments, _ = pipeline.read(case, STYLE)
    found = {a.name: a.content.decode() for a in attachments}
    assert "2018,Advies HRM,HRM,Advies,,\r\n" in found["figures.csv"]
    assert "figures:" not in found["answer.yaml"]
    again = tmp_path / "again" / "answer.yaml"
    again.parent.mkdir()
    again.write_text(found["answer.yaml"], "utf-8")
    same, _, _ = pipeline.read(again, STYLE)
    assert same.tables["support"].notes == answer.tables["support"].notes
    assert same.tables["support"].notes == (
        "Niet meegeteld: aanvragen die meer dan eens in het register staan (<5).",
        "Niet meegeteld: aanvragen met een negatief bedrag (<5).",
        "Aanvragen zonder datum: <5 (€\N{NO-BREAK SPACE}x).",
    )
    # The record neither counts rows nor holds the digest of figures that could be tried out.
    (table,) = json.loads(found[record.RECORD])["tables"].values()
    assert table["figures"]["sha256"] == hashlib.sha256(found["figures.csv"].encode()).hexdigest()
    assert table["source"]["file"] == "register.csv"
    assert "rows" not in table


def test_a_source_that_changed_is_a_warning(case: Path) -> None:
    edit(case / "register.csv", "999,00", "999,01")
    (found,) = said(case)
    assert found == (
        "register.csv: warning: changed after the figures of table support were made of it; run "
        "kmo-report figures again [source-changed]"
    )
    (case / "register.csv").unlink()
    assert said(case) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("figures.csv", "2018,HRM", "2017,HRM", "figures.csv was changed by hand, or by another program"),
        ("answer.yaml", "years: 2018-2019", "years: 2019", "its `figures:` was changed after they were"),
        (record.RECORD, '"support"', '"other"', "its figures were not made yet"),
    ],
)  # fmt: skip
def test_figures_that_cannot_be_trusted_are_refused(
    case: Path, file: str, old: str, new: str, reason: str
) -> None:
    edit(case / file, old, new)
    (found,) = said(case)
    assert found.startswith(f"answer.yaml:22:5: error: table support: {reason}")
    assert found.endswith("run kmo-report figures [figures]")


def test_ends_of_lines_are_no_change(case: Path) -> None:
    path = case / "figures.csv"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))
    assert said(case) == []


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"tables": {"support": 1}}', b"\xff"])
def test_a_damaged_record_is_a_problem(case: Path, content: bytes) -> None:
    (case / record.RECORD).write_bytes(content)
    assert "this is not what kmo-report figures writes [figures]" in said(case)[0]


def test_a_bad_register_leaves_the_earlier_figures(case: Path) -> None:
    before = (case / "figures.csv").read_bytes()
    edit(case / "register.csv", "€ 555,01", "€ 555,015")
    done = kmo("figures", str(case))
    assert (done.returncode, done.stdout) == (1, "")
    assert "register.csv:4:32: error: Steun: € 555,015 is no amount such as 1.234,56" in done.stderr
    assert (case / "figures.csv").read_bytes() == before


def test_two_rows_of_one_name_are_refused(case: Path) -> None:
    edit(case / "answer.yaml", 'item: "{service} {theme}"', 'item: "{theme}"')
    assert kmo("figures", str(case)).returncode == 0
    assert "two rows are called HRM; let `item:` name all labels" in said(case)[0]


def test_a_misspelt_case_says_so(tmp_path: Path) -> None:
    done = kmo("figures", str(tmp_path))
    assert done.returncode == 1
    assert "answer.yaml: error: there is no such file" in done.stderr


def test_a_case_without_a_register_says_so() -> None:
    done = kmo("figures", str(GOOD["2019-2020-crevits-370"]))
    assert done.returncode == 1
    assert "no table of this answer has `figures:`" in done.stderr


def test_check_and_render_load_no_engine_for_figures(case: Path) -> None:
    code = (
        "import sys; from kmo_report.cli import main\n"
        f"try: main({['check', str(case)]!r})\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in"
        " ('duckdb', 'ibis', 'python_calamine', 'psycopg', 'rich')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


# --- usage ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([str(CASE / "register.csv")], "a register wants --year, --by and --amount"),
        ([str(CASE), "--year", "x"], "--year is for a file; a case says it under `figures:`"),
        (["r.csv", "--year", "a", "--by", "b", "--amount", "c", "--where", "x"], "x is not COL=VALUE"),
        (["r.csv", "--year", "a", "--by", "b", "--amount", "c", "--negative", "no"],
         "negative: no is none of refuse, leave-out, separate as NAME"),
        (["r.csv", "--year", "a", "--by", "b", "--amount", "c", "--notation", "x"], "x is none of"),
        (["r.csv", "--year", "a", "--by", "total", "--amount", "c"], "total has a meaning of its own"),
        (["r.csv", "--year", "a", "--by", "b", "--amount", "c", "--years", "x"], "x is no year"),
        (["postgresql://u:geheim@h/d", "--year", "a", "--by", "b", "--amount", "c"], "holds a password"),
    ],
)  # fmt: skip
def test_wrong_options_are_exit_2(arguments: list[str], said: str) -> None:
    done = kmo("figures", *arguments)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "geheim" not in done.stderr


# --- the bar --------------------------------------------------------------------------------------


def test_a_bar_is_shown_of_what_takes_long_and_only_in_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> str:
        time.sleep(0.6)
        return "done"

    monkeypatch.setattr(terminal, "PATIENCE", 0.1)
    assert terminal.watched("adding up", work, lambda: 40, lambda: None) == "done"
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert terminal.watched("adding up", work, lambda: 40, lambda: None) == "done"
    assert "adding up" in capsys.readouterr().err
    assert terminal.watched("short", lambda: 7, int, lambda: None) == 7
    assert capsys.readouterr().err == ""


def test_what_goes_wrong_behind_the_bar_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    def fail() -> None:
        raise InputError([])

    with pytest.raises(InputError):
        terminal.watched("adding up", fail, int, lambda: None)


def test_an_interruption_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(terminal, "PATIENCE", 0)
    stopped: list[bool] = []

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(terminal, "_bar", interrupted)
    with pytest.raises(KeyboardInterrupt):
        terminal.watched("adding up", lambda: time.sleep(0.2), int, lambda: stopped.append(True))
    assert stopped == [True]
