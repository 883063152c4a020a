"""Every good case, rendered once by the command itself, and the verdicts on it."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conformance import referees
from tests.conformance.broken import BROKEN_DOCX, BROKEN_PDF, break_docx, break_pdf
from tests.conftest import GOOD

SAMPLE = "2019-2020-crevits-370"
"""The case whose files are broken on purpose: it has lists, links and tables."""


@pytest.fixture(scope="session", autouse=True)
def _all_referees_are_there() -> None:
    missing = referees.missing()
    if missing:
        pytest.exit(f"not installed: {', '.join(missing)}; run make conformance", returncode=1)


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with <case>.pdf, <case>.docx and <case>.html of every good case."""
    out = tmp_path_factory.mktemp("rendered")
    command = [str(Path(sys.executable).with_name("kmo-report")), "render", "--out", str(out)]
    formats = [f"--format={name}" for name in ("pdf", "docx", "html")]
    subprocess.run([*command, *formats, *map(str, GOOD.values())], check=True)
    return out


@pytest.fixture(scope="session")
def broken_pdfs(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Breakage -> the sample with that broken."""
    folder, good = tmp_path_factory.mktemp("broken-pdf"), rendered / f"{SAMPLE}.pdf"
    return {name: break_pdf(good, name, folder / f"{i}.pdf") for i, name in enumerate(BROKEN_PDF)}


@pytest.fixture(scope="session")
def broken_docx(rendered: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Breakage -> the sample with that broken."""
    folder, good = tmp_path_factory.mktemp("broken-docx"), rendered / f"{SAMPLE}.docx"
    return {
        name: break_docx(good, name, folder / f"{i}.docx") for i, name in enumerate(BROKEN_DOCX)
    }


@pytest.fixture(scope="session")
def verapdf(
    rendered: Path, broken_pdfs: Mapping[str, Path]
) -> Mapping[tuple[Path, str], list[str]]:
    """What veraPDF finds, of all PDFs in one start of Java."""
    return referees.verapdf([*sorted(rendered.glob("*.pdf")), *broken_pdfs.values()])


@pytest.fixture(scope="session")
def office(
    rendered: Path, broken_docx: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Path, str]:
    """What LibreOffice reads, of all DOCX in two starts."""
    good = referees.office_texts(rendered.glob("*.docx"), tmp_path_factory.mktemp("office"))
    broken = [path for name, path in broken_docx.items() if BROKEN_DOCX[name].found_by == "office"]
    return good | referees.office_texts(broken, tmp_path_factory.mktemp("office-broken"))
