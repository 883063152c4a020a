"""A communication officer edits page.docx in LibreOffice, and the next render uses it."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests import docx_text
from tests.conformance import accessibility, referees
from tests.conformance.test_docx import REFEREES, words
from tests.conftest import GOOD, ROOT

DRAFT = "provinces-by-year"
CASES = (DRAFT, "2019-2020-crevits-370", "long-table")
# The Python of the system, which has the package python3-uno.
PYTHON = "/usr/bin/python3"


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    program = Path(sys.executable).with_name("kmo-report")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house style as `template new` makes it, with a page.docx that went through LibreOffice."""
    work = tmp_path_factory.mktemp("officer")
    folder, logo = work / "house", work / "logo.png"
    assert command("template", "new", folder).returncode == 0
    shutil.copyfile(ROOT / "templates/vlaams-parlement/preview.png", logo)
    edit: list[str | Path] = [
        PYTHON,
        ROOT / "tests/conformance/office_edit.py",
        folder / "page.docx",
    ]
    edited = work / "edited.docx"
    subprocess.run([*edit, edited, logo, work / "profile"], check=True, timeout=300)
    shutil.move(edited, folder / "page.docx")
    return folder


@pytest.fixture(scope="session")
def edited(house: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Case -> its DOCX in the edited house style; beside it the HTML."""
    out = tmp_path_factory.mktemp("edited")
    cases = [GOOD[case] for case in CASES]
    formats = ("--format=docx", "--format=html")
    done = command("render", *cases, *formats, "--template", house, "--out", out)
    assert done.returncode == 0, done.stderr
    return {case: out / f"{case}.docx" for case in CASES}


@pytest.mark.parametrize("referee", REFEREES)
@pytest.mark.parametrize("case", CASES)
def test_what_is_rendered_with_it_conforms(
    case: str, referee: str, edited: Mapping[str, Path]
) -> None:
    assert REFEREES[referee](edited[case]) == []


def test_libreoffice_reads_the_same_words(
    edited: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    read = referees.office_texts(edited.values(), tmp_path_factory.mktemp("read"))
    for path in edited.values():
        assert read[path].split() == words(path.with_suffix(".html"))


def test_it_has_the_new_look(edited: Mapping[str, Path]) -> None:
    for path in edited.values():
        styles = docx_text.part(path.read_bytes(), "word/styles.xml")
        (title,) = (s for s in styles if s.get(f"{docx_text.W}styleId") == "Heading1")
        fonts = title.find(f"{docx_text.W}rPr/{docx_text.W}rFonts")
        assert fonts is not None
        assert fonts.get(f"{docx_text.W}ascii") == "DejaVu Serif"
        assert docx_text.value(title, "rPr/color") == "006633"
        assert docx_text.value(title, "rPr/sz") == "30"


@pytest.mark.parametrize("case", CASES)
def test_what_the_officer_wrote_and_what_the_program_writes_are_both_there(
    case: str, edited: Mapping[str, Path]
) -> None:
    content = edited[case].read_bytes()
    above = docx_text.text(docx_text.part(content, "word/header1.xml"))
    below = docx_text.text(docx_text.part(content, "word/footer1.xml"))
    assert above.strip().splitlines()[0] == "Departement Economie"
    assert ("ONTWERP" in above) is (case == DRAFT)
    assert below.startswith("Versie voor de pers - Schriftelijke vraag nr. ")
    assert below.endswith("1/1")  # fields, whose last value this is
    with ZipFile(edited[case]) as package:
        (logo,) = (name for name in package.namelist() if name.startswith("word/media/"))
        assert package.read(logo).startswith(b"\x89PNG")
        assert b" PAGE " in package.read("word/footer1.xml")
        assert b" NUMPAGES " in package.read("word/footer1.xml")


def test_the_difference_with_style_yaml_is_told_and_mended(house: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(house, copy)
    told = command("template", "check", copy).stdout
    assert "heading 1: font DejaVu Serif; style.yaml says DejaVu Sans (look: title)" in told
    assert "heading 1: colour #006633; style.yaml says #1a1a1a (look: title)" in told
    assert "errors: 0; warnings: 3;" in told
    assert command("template", "dress", copy).returncode == 0
    assert "warnings: 0;" in command("template", "check", copy).stdout
    case = GOOD[DRAFT]
    done = command("render", case, "--format=docx", "--template", copy, "--out", tmp_path)
    assert "look" not in done.stderr
    content = (tmp_path / f"{DRAFT}.docx").read_bytes()
    above = docx_text.text(docx_text.part(content, "word/header1.xml"))
    assert above.split("\n") == ["Departement Economie", "ONTWERP"]  # the logo and all stay
    assert accessibility.findings(tmp_path / f"{DRAFT}.docx") == []
    assert referees.open_xml_sdk(tmp_path / f"{DRAFT}.docx") == []
