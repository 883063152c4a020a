"""The Open XML SDK, openxml-audit and Frictionless on every annex that is made of a table."""

from pathlib import Path

import pytest

from kmo_report import pipeline
from tests.conformance import referees
from tests.conftest import GOOD, STYLE

MADE = [
    f"{case}/{annex.file}"
    for case, folder in GOOD.items()
    for annex in pipeline.read(folder, STYLE)[0].annexes
    if annex.table
]


def test_there_are_annexes_of_both_kinds() -> None:
    assert {Path(name).suffix for name in MADE} == {".csv", ".xlsx"}


@pytest.mark.parametrize("name", [name for name in MADE if name.endswith(".xlsx")])
def test_every_workbook_conforms(name: str, rendered: Path) -> None:
    assert referees.open_xml_sdk(rendered / name) == []
    assert referees.openxml_audit(rendered / name) == []


@pytest.mark.parametrize("name", [name for name in MADE if name.endswith(".csv")])
def test_every_csv_keeps_to_its_schema(name: str, rendered: Path) -> None:
    file = rendered / name
    assert referees.frictionless(file, file.with_suffix(".schema.json")) == []


def test_frictionless_finds_what_breaks_the_schema(rendered: Path, tmp_path: Path) -> None:
    good = rendered / next(name for name in MADE if name.endswith(".csv"))
    (tmp_path / "a.json").write_bytes(good.with_suffix(".schema.json").read_bytes())
    (tmp_path / "a.csv").write_bytes(good.read_bytes().replace(b",3862,", b",veel,"))
    assert "veel" in " ".join(referees.frictionless(tmp_path / "a.csv", tmp_path / "a.json"))
