"""What LibreOffice saves is compared: nothing where nothing was changed, and what was, tracked."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from kmo_report.compare import compared
from kmo_report.compare.update import taken_over
from kmo_report.template import DEFAULT, find_template, open_template
from tests.conformance.conftest import SAMPLE
from tests.conformance.test_template import PYTHON
from tests.conftest import GOOD, ROOT

TEMPLATE = open_template(find_template(DEFAULT))
EDITOR = ROOT / "tests/conformance/office_changes.py"
CHANGES = (
    "opleiding of advies=vorming of advies",
    "weinig specifiek=niet specifiek",
    "749.140=749.141",
    "Goedgekeurde projecten=Goedgekeurde aanvragen",
)


@pytest.fixture(scope="session")
def saved(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Case -> its Word file, opened and saved by LibreOffice."""
    out = tmp_path_factory.mktemp("saved")
    files = ",".join(str(rendered / f"{case}.docx") for case in GOOD)
    subprocess.run([PYTHON, EDITOR, files, out, out / "profile"], check=True, timeout=300)
    return {case: out / f"{case}.docx" for case in GOOD}


@pytest.mark.parametrize("case", GOOD)
def test_what_was_only_saved_does_not_differ(saved: Mapping[str, Path], case: str) -> None:
    assert not compared(saved[case], GOOD[case], TEMPLATE).left


def test_what_was_changed_is_found_and_taken_over(rendered: Path, tmp_path: Path) -> None:
    file, case = tmp_path / "back.docx", tmp_path / SAMPLE
    shutil.copytree(GOOD[SAMPLE], case)
    source = rendered / f"{SAMPLE}.docx"
    command: list[str | Path] = [PYTHON, EDITOR, source, file, tmp_path / "profile", *CHANGES]
    subprocess.run(command, check=True, timeout=300)
    found = compared(file, case, TEMPLATE)
    assert [d.kind for d in found.differences] == ["text", "text", "caption", "figure"]
    taken_over(file, case, TEMPLATE)
    left = compared(file, case, TEMPLATE).differences
    assert [(d.kind, d.new) for d in left] == [("figure", "€ 749.141")]
