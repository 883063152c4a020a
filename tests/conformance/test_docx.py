"""The Open XML SDK, openxml-audit, our accessibility checks and LibreOffice on every DOCX."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest

from kmo_report.document import INLINE, parse
from tests.conformance import accessibility, referees
from tests.conformance.broken import BROKEN_DOCX
from tests.conformance.conftest import SAMPLE
from tests.conftest import GOOD

REFEREES: Mapping[str, Callable[[Path], list[str]]] = {
    "open_xml_sdk": referees.open_xml_sdk,
    "openxml_audit": referees.openxml_audit,
    "accessibility": accessibility.findings,
}
REFEREED = [name for name, broken in BROKEN_DOCX.items() if broken.found_by in REFEREES]
LOST = [name for name, broken in BROKEN_DOCX.items() if broken.found_by == "office"]


@pytest.mark.parametrize("referee", REFEREES)
@pytest.mark.parametrize("case", GOOD)
def test_every_docx_conforms(case: str, referee: str, rendered: Path) -> None:
    assert REFEREES[referee](rendered / f"{case}.docx") == []


@pytest.mark.parametrize("name", REFEREED)
def test_the_referee_finds_what_is_broken(name: str, broken_docx: Mapping[str, Path]) -> None:
    expected = BROKEN_DOCX[name]
    found = REFEREES[expected.found_by](broken_docx[name])
    assert any(expected.finding in finding for finding in found), found


@pytest.mark.parametrize("case", GOOD)
def test_libreoffice_reads_the_words_of_the_html(
    case: str, rendered: Path, office: Mapping[Path, str]
) -> None:
    text = office[rendered / f"{case}.docx"].translate({ord(sign): "•" for sign in "◦▪"})
    assert text.split() == words(rendered / f"{case}.html")


@pytest.mark.parametrize("name", LOST)
def test_words_that_are_lost_are_missed(
    name: str, rendered: Path, broken_docx: Mapping[str, Path], office: Mapping[Path, str]
) -> None:
    assert office[broken_docx[name]].split() != words(rendered / f"{SAMPLE}.html")


def words(html: Path) -> list[str]:
    """The words of the body, the numbers of its lists among them."""
    body = parse(html.read_text("utf-8")).find("body")
    assert body is not None
    return "".join(_pieces(body)).split()


def _pieces(element: Element) -> Iterator[str]:
    apart = "\n" if element.tag not in INLINE or element.tag == "br" else ""
    label = f"{element.get('data-label', '•')} " if element.tag == "li" else ""
    yield f"{apart}{label}{element.text or ''}"
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""
    yield apart
