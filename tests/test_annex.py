"""Annexes that are made of tables: read back without the program's own code."""

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from kmo_report import pipeline
from kmo_report.annex import figures_csv, figures_schema, workbook
from kmo_report.document import parse
from kmo_report.model.answer import Answer
from kmo_report.model.table import Table
from kmo_report.problems import InputError
from kmo_report.template import Template
from kmo_report.withhold import published_table
from tests import docx_text
from tests.conftest import GOOD, STYLE

X = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CASE = "top-and-share"


class Book:
    """A workbook: what each cell of each sheet holds."""

    def __init__(self, content: bytes) -> None:
        self.package = zipfile.ZipFile(io.BytesIO(content))
        self.names = [s.get("name", "") for s in self.part("xl/workbook.xml").iter(f"{X}sheet")]
        strings = self.part("xl/sharedStrings.xml").iter(f"{X}si")
        self.strings = ["".join(t.text or "" for t in string.iter(f"{X}t")) for string in strings]
        styles = self.part("xl/styles.xml")
        codes = {f.get("numFmtId"): f.get("formatCode") for f in styles.iter(f"{X}numFmt")}
        codes |= {"0": "General", "1": "0", "3": "#,##0", "9": "0%", "10": "0.00%"}
        formats = styles.find(f"{X}cellXfs")
        assert formats is not None
        self.formats = [codes[xf.get("numFmtId", "0")] for xf in formats]

    def part(self, name: str) -> Element:
        return parse(self.package.read(name).decode())

    def sheet(self, name: str) -> Element:
        return self.part(f"xl/worksheets/sheet{self.names.index(name) + 1}.xml")

    def rows(self, name: str) -> list[list[Any]]:
        """Numbers as numbers, texts as texts."""
        found = []
        for row in self.sheet(name).iter(f"{X}row"):
            cells: dict[str, Any] = {}
            for cell in row:
                assert cell.find(f"{X}f") is None  # no formula
                said = cell.findtext(f"{X}v", "")
                kind = cell.get("t")
                column = re.sub("[0-9]", "", cell.get("r", ""))
                cells[column] = self.strings[int(said)] if kind == "s" else float(said)
            found.append([cells[column] for column in sorted(cells)])
        return found

    def formats_of(self, name: str, row: int) -> list[str | None]:
        rows = [*self.sheet(name).iter(f"{X}row")]
        return [self.formats[int(cell.get("s", "0"))] for cell in rows[row]]


def of_case(case: str, name: str) -> tuple[Answer, Table]:
    answer, _, _ = pipeline.read(GOOD[case], STYLE)
    return answer, answer.tables[name]


def book(case: str, name: str) -> Book:
    answer, table = of_case(case, name)
    return Book(workbook(table, answer, "Titel", STYLE))


def test_a_workbook_holds_what_is_printed_and_the_data() -> None:
    made = book(CASE, "towns")
    assert made.names == ["2023", "Gegevens", "Toelichting"]
    printed = made.rows("2023")
    assert printed[0] == ["Gemeente", "Aantal aanvragen", "Totale steun", "Aandeel"]
    assert printed[1] == ["Antwerpen", 2211, 1204400, 0.29]
    assert printed[-2:] == [
        ["Overige gemeenten", 2302, 1103360, 0.265],
        ["Totaal", 8187, 4159410, 1],
    ]
    assert made.formats_of("2023", 1) == ["General", "0", '"€\u00a0"#,##0', "0.0%"]
    data = made.rows("Gegevens")
    assert data[0] == ["Jaar", "Gemeente", "Aantal aanvragen", "Totale steun"]
    assert len(data) == 1 + 12  # what the top leaves out is here
    assert made.formats_of("Gegevens", 1) == ["0", "General", "0", '"€\u00a0"#,##0.00']
    notes = [row[0] for row in made.rows("Toelichting")]
    assert notes == [
        "Titel",
        "Bijlage bij het antwoord op schriftelijke vraag nr. 61 (2023-2024) van JAN PEETERS",
        "Door afronding kan de som afwijken van het totaal.",
    ]


def test_each_table_has_its_sheet_with_a_header_that_is_marked() -> None:
    made = book(CASE, "services")
    assert made.names[:2] == ["Aantal aanvragen", "Groei van de steun"]
    for number, name in enumerate(made.names[:-1], start=1):
        sheet = made.sheet(name)
        pane = sheet.find(f"{X}sheetViews/{X}sheetView/{X}pane")
        assert pane is not None
        assert (pane.get("state"), pane.get("ySplit")) == ("frozen", "1")
        assert sheet.find(f"{X}mergeCells") is None
        table = made.part(f"xl/tables/table{number}.xml")
        head = [column.get("name") for column in table.iter(f"{X}tableColumn")]
        assert head == made.rows(name)[0]
        assert table.get("headerRowCount", "1") == "1"
    assert made.formats_of("Groei van de steun", 1)[1] == "+0.0%;-0.0%;0.0%"
    assert "Bron: VLAIO, 31 januari 2024" in [row[0] for row in made.rows("Toelichting")]


def test_a_heading_stands_over_its_figures_and_its_row_is_high_enough() -> None:
    made = book(CASE, "towns")
    styles = list(made.part("xl/styles.xml").iterfind(f"{X}cellXfs/{X}xf"))
    head, first, *_ = made.sheet("2023").iter(f"{X}row")
    aligned = [styles[int(cell.get("s", "0"))].find(f"{X}alignment") for cell in head]
    assert [a.get("horizontal") for a in aligned if a is not None] == [
        "left", "right", "right", "right"
    ]  # fmt: skip
    assert float(head.get("ht", "15")) == 30  # `Aantal aanvragen` on two lines
    assert first.get("ht") is None


def test_what_is_withheld_is_withheld_here_too() -> None:
    made = book("blocks", "cheques")
    assert ["Limburg", "Maaseik", "<5", "x", 97] in made.rows(made.names[0])
    data = made.rows("Gegevens")
    assert [2024, "Maaseik", "Limburg", "Maaseik", "<5"] in data
    assert not [row for row in data if row[-1] in (4, 3)]


ODD: dict[str, Any] = {
    "years": {
        "2019": {
            '=HYPERLINK("http://a.be","x")': {"count": "1", "kind": "+1"},
            "-2": {"count": {"missing": "-"}, "kind": "@SUM(A1)"},
            "x": {"count": "3", "kind": "=1+1"},
        }
    },
    "layout": {"rows": ["item", "kind"], "columns": "year"},
    "captions": "=cmd|' /C calc'!A0",
    "headings": {"kind": "Soort", "item": "soort"},
    "notes": ["=1+1", "+2"],
}


def test_cells_that_begin_as_a_formula_are_texts() -> None:
    answer, _ = of_case(CASE, "towns")
    made = Book(workbook(Table.model_validate(ODD), answer, "=1", STYLE))
    assert made.rows(made.names[0]) == [
        ["soort", "Soort 2", "2019"],
        ['=HYPERLINK("http://a.be","x")', "+1", 1],
        ["-2", "@SUM(A1)", "-"],
        ["x", "=1+1", 3],
    ]
    assert [row[0] for row in made.rows("Toelichting")][-2:] == ["=1+1", "+2"]
    assert not any(set(name) & set("[]:*?/\\") for name in made.names)
    assert all(0 < len(name) <= 31 for name in made.names)


def test_names_of_sheets_are_short_and_not_twice() -> None:
    answer, _ = of_case(CASE, "towns")
    long = "Een heel lange naam van een dienst, en nog wat"
    years = {
        "2019": {f"{n}": {"count": "1", "dienst": f"{long} {n}", "soort": "a"} for n in range(3)}
    }
    layout = {"table_per": ["dienst"], "rows": "item", "columns": "soort", "measures": ["count"]}
    table = Table.model_validate({"years": years, "layout": layout, "captions": "t"})
    names = Book(workbook(table, answer, "t", STYLE)).names
    assert len({name.casefold() for name in names}) == len(names) == 5
    assert all(len(name) <= 31 for name in names)


def test_the_same_table_gives_the_same_bytes() -> None:
    code = (
        "import sys, hashlib; from tests.test_annex import of_case, STYLE, workbook\n"
        "answer, table = of_case('top-and-share', 'towns')\n"
        "print(hashlib.sha256(workbook(table, answer, 't', STYLE)).hexdigest())"
    )
    answer, table = of_case(CASE, "towns")
    digests = {hashlib.sha256(workbook(table, answer, "t", STYLE)).hexdigest()}
    for zone in ("UTC", "Asia/Tokyo"):
        done = subprocess.run([sys.executable, "-c", code], env={"TZ": zone, "PYTHONHASHSEED": "5"},
                              check=True, capture_output=True, text=True)  # fmt: skip
        digests.add(done.stdout.strip())
    assert len(digests) == 1


def test_a_csv_keeps_to_the_schema_beside_it() -> None:
    _, table = of_case("blocks", "cheques")
    fields = json.loads(figures_schema(table, STYLE))["fields"]
    rows = [*csv.reader(io.StringIO(figures_csv(published_table(table, STYLE)).decode()))]
    assert [field["name"] for field in fields] == rows[0]
    assert [field["title"] for field in fields][:4] == ["Jaar", "Onderdeel", "Provincie",
                                                        "Arrondissement"]  # fmt: skip
    kinds = {"year": int, "integer": int, "number": float, "string": str}
    for row in rows[1:]:
        for field, text in zip(fields, row, strict=True):
            assert text or not field.get("constraints", {}).get("required")
            assert not text or kinds[field["type"]](text) is not None


def test_annexes_are_numbered_named_attached_and_written(
    tmp_path: Path, template: Template
) -> None:
    written, _ = pipeline.render(GOOD[CASE], template, ["docx"], tmp_path)
    names = [str(path.relative_to(tmp_path)) for path in written]
    assert names == [
        "top-and-share.docx",
        "top-and-share/steun-per-gemeente.xlsx",
        "top-and-share/aanvragen.csv",
        "top-and-share/aanvragen.schema.json",
    ]
    words = docx_text.words(written[0].read_bytes())
    assert "Zie bijlage 1: Steun per gemeente." in words
    assert words.endswith(
        "Bijlage 1: Steun per gemeente (steun-per-gemeente.xlsx)\n"
        "Bijlage 2: Aanvragen per dienst en jaar (aanvragen.csv)"
    )
    _, attachments, _ = pipeline.read(GOOD[CASE], STYLE)
    inside = {a.name: a.content for a in attachments if a.relationship == "Supplement"}
    assert {path.name: path.read_bytes() for path in written[1:]} == inside


def test_a_schema_takes_a_name_too(tmp_path: Path) -> None:
    text = (GOOD[CASE] / "answer.yaml").read_text("utf-8")
    text += "  - {file: aanvragen.schema.json, title: Schema}\n"
    (tmp_path / "answer.yaml").write_text(text, "utf-8")
    (tmp_path / "aanvragen.schema.json").write_text("{}")
    with pytest.raises(InputError, match=r"the name aanvragen\.schema\.json is taken"):
        pipeline.read(tmp_path, STYLE)


def test_two_files_of_one_name_cannot_travel(tmp_path: Path) -> None:
    text = (GOOD[CASE] / "answer.yaml").read_text("utf-8")
    text = text.replace("aanvragen.csv", "figures-towns.csv")
    (tmp_path / "answer.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"the name figures-towns\.csv is taken; .* \[annex\]"):
        pipeline.read(tmp_path, STYLE)
