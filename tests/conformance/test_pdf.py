"""veraPDF on every PDF: one file is PDF/A-3a, to be kept, and PDF/UA-1, to be read by all."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conformance.broken import BROKEN_PDF
from tests.conformance.referees import FLAVOURS
from tests.conftest import GOOD

Verdicts = Mapping[tuple[Path, str], list[str]]


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize("case", GOOD)
def test_every_pdf_conforms(case: str, flavour: str, rendered: Path, verapdf: Verdicts) -> None:
    assert verapdf[rendered / f"{case}.pdf", flavour] == []


@pytest.mark.parametrize("name", BROKEN_PDF)
def test_verapdf_finds_what_is_broken(
    name: str, broken_pdfs: Mapping[str, Path], verapdf: Verdicts
) -> None:
    expected = BROKEN_PDF[name]
    found = verapdf[broken_pdfs[name], expected.flavour]
    assert expected.clause in [finding.split(":")[0] for finding in found], found
