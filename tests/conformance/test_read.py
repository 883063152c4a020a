"""PDFs that LibreOffice makes, without tags and with its own lists, are read as the DOCX itself."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from kmo_report.incoming import read_bytes, read_file
from tests.conformance import referees
from tests.conftest import GOOD, ROOT
from tests.expected import comparable
from tests.test_read_round_trip import letters


@pytest.fixture(scope="session")
def office_pdfs(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[Path, Path]:
    """The PDF that LibreOffice makes of each rendered DOCX."""
    folder = tmp_path_factory.mktemp("office-pdf")
    return referees.office_files(rendered.glob("*.docx"), folder, "pdf")


SPLIT = pytest.mark.xfail(
    strict=True, reason="a row whose only figure is left empty splits a table in two"
)


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=[SPLIT] if case == "one-number" else []) for case in GOOD],
)
def test_the_pdf_of_libreoffice_is_read_as_its_docx(
    case: str, rendered: Path, office_pdfs: Mapping[Path, Path]
) -> None:
    docx = rendered / f"{case}.docx"
    found = comparable(read_file(office_pdfs[docx]).as_tree())
    wanted = comparable(read_file(docx).as_tree())
    if case == "odd-text":  # text from right to left has no one order on paper
        found, wanted = letters(found), letters(wanted)
    assert found == wanted


@pytest.mark.parametrize("kind", ["docx", "pdf", "html"])
def test_the_seed_as_libreoffice_makes_it_of_text(
    kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A paragraph a line, since that is what a text file has."""
    seed = ROOT / "tests/data/sv-370-2019-2020.txt"
    (made,) = referees.office_files([seed], tmp_path_factory.mktemp("seed"), kind).values()
    wanted = read_bytes(seed.read_bytes(), "a.txt").as_tree()
    assert read_bytes(made.read_bytes(), made.name).as_tree() == wanted
