"""A house style is a folder: a second one works, and what it lacks is said."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kmo_report import pipeline
from kmo_report.fill import fill
from kmo_report.problems import InputError
from kmo_report.render import RENDERERS
from kmo_report.template import find_template, open_template
from kmo_report.view import page
from tests import docx_text, pdf_text
from tests.conftest import GOOD, ROOT, STYLE
from tests.test_same_content import bare, html_words


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The folder of a second house style, with Word styles from the script."""
    folder = tmp_path / "house"
    shutil.copytree(ROOT / "tests/house", folder)
    subprocess.run([sys.executable, ROOT / "templates/make_page_docx.py", folder], check=True)
    return folder


@pytest.mark.parametrize("case", sorted(GOOD.keys() - {"odd-text"}))
def test_a_second_house_style_says_it_in_its_own_way(case: str, house: Path) -> None:
    template = open_template(house)
    answer, attachments, _ = pipeline.read(GOOD[case], STYLE)
    document = fill(page(answer, template.style), template, attachments)
    body = document.root.find("body")
    assert body is not None
    words = bare(html_words(body))
    content = {suffix: RENDERERS[suffix](document, template) for suffix in ("pdf", "docx")}
    assert bare(docx_text.words(content["docx"])) == words
    # Its bullets are for Word only.
    assert bare(pdf_text.words(content["pdf"])).replace("•", "") == words.replace("•", "")
    if case == "2019-2020-crevits-370":
        assert "4.150" in words
        assert "2305219euro" in words
        assert "Hetantwoordop1ageldtookhier." in words
        assert "SCHRIFTELIJKEVRAAG" not in words


def test_the_command_takes_a_folder_for_a_template(house: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kmo_report", "render", str(GOOD["example-2b"])]
    out = tmp_path / "out"
    subprocess.run([*command, "--template", house, "--out", out], check=True)
    assert sorted(path.name for path in out.iterdir()) == ["example-2b.docx", "example-2b.pdf"]
    assert "Antwoord aan EVA VERMEULEN" in docx_text.words((out / "example-2b.docx").read_bytes())


def test_what_a_template_lacks_is_said_all_at_once(house: Path) -> None:
    (house / "page.css").unlink()
    (house / "page.docx").unlink()
    with pytest.raises(InputError) as caught:
        open_template(house)
    assert [p.message for p in caught.value.problems] == [
        "the template lacks page.css",
        "the template lacks page.docx",
    ]


def test_a_template_is_utf_8(house: Path) -> None:
    (house / "page.css").write_bytes("/* café */".encode("latin-1"))
    with pytest.raises(InputError, match="is no UTF-8; save the file as UTF-8 text"):
        open_template(house)


def test_an_unknown_template_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"did you mean vlaams-parlement\?"):
        find_template("vlaams-parlment")
    with pytest.raises(InputError, match=r"\(known: vlaams-parlement\)"):
        find_template("zzz")


def test_the_wheel_carries_the_house_style(tmp_path: Path) -> None:
    """Unpacked in an empty folder it renders, from there and from nothing else."""
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*build, tmp_path / "dist"], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    names = {path.name for path in (tmp_path / "site/kmo_report/templates").glob("*/*")}
    assert names >= {"page.html.j2", "page.css", "page.docx", "style.yaml"}
    where = "import kmo_report.template as t; print(t.find_template(t.DEFAULT))"
    surroundings = {"PYTHONPATH": str(tmp_path / "site"), "PATH": "/usr/bin:/bin"}
    found = subprocess.run(
        [sys.executable, "-c", where],
        env=surroundings,
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert found.stdout.decode().startswith(str(tmp_path / "site/kmo_report/templates"))
    case = [sys.executable, "-m", "kmo_report", "render", str(GOOD["example-2b"])]
    subprocess.run([*case, "--out", "here"], env=surroundings, cwd=tmp_path, check=True)
    assert (tmp_path / "here/example-2b.pdf").is_file()
    schema = [sys.executable, "-m", "kmo_report", "schema"]
    done = subprocess.run(schema, env=surroundings, cwd=tmp_path, check=True, capture_output=True)
    assert done.stdout == (ROOT / "kmo_report/schemas/answer.schema.json").read_bytes()
