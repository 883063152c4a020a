"""Is a DOCX accessible and really a Word document? A file can be valid and fail all of these."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from lxml import etree

Element = etree._Element  # noqa: SLF001 -- lxml has no public name for it

DOCUMENT, STYLES, CORE = "word/document.xml", "word/styles.xml", "docProps/core.xml"
NAMES: Final = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "dc": "http://purl.org/dc/elements/1.1/",
}
COMPATIBILITY = "w:compat/w:compatSetting[@w:name='compatibilityMode']"
_TYPED_MARKER = re.compile(r"\s*(\d{1,2}[.)]|[a-z]\)|[-•\u2013])\s")


def elements(root: Element, path: str) -> list[Element]:
    """All elements on an XPath."""
    found = root.xpath(path, namespaces=NAMES)
    assert isinstance(found, list)
    return [item for item in found if isinstance(item, Element)]


def strings(root: Element, path: str) -> list[str]:
    """All texts or attributes on an XPath."""
    found = root.xpath(path, namespaces=NAMES)
    assert isinstance(found, list)
    return [item for item in found if isinstance(item, str)]


def text(element: Element) -> str:
    """The words of an element as a reader sees them."""
    return "".join(strings(element, ".//w:t/text()"))


@dataclass(frozen=True, slots=True)
class Package:
    """The XML parts of a DOCX, by name."""

    parts: Mapping[str, Element]

    def elements(self, part: str, path: str) -> list[Element]:
        return elements(self.parts[part], path) if part in self.parts else []

    def strings(self, part: str, path: str) -> list[str]:
        return strings(self.parts[part], path) if part in self.parts else []


def findings(file: Path) -> list[str]:
    """All that stands in the way of a reader or an editor."""
    with ZipFile(file) as archive:
        parts = {
            name: etree.fromstring(archive.read(name))
            for name in archive.namelist()
            if name.endswith(".xml")
        }
    package = Package(parts)
    return [finding for check in CHECKS for finding in check(package)]


def _metadata(package: Package) -> Iterator[str]:
    for name in ("title", "language"):
        if not any(value.strip() for value in package.strings(CORE, f"dc:{name}/text()")):
            yield f"no {name} in the properties"
    if package.strings(STYLES, "w:docDefaults/w:rPrDefault/w:rPr/w:lang/@w:val") != ["nl-BE"]:
        yield "the default language is not nl-BE"
    if package.strings("word/settings.xml", f"{COMPATIBILITY}/@w:val") != ["15"]:
        yield "opens in compatibility mode"


def _headings(package: Package) -> Iterator[str]:
    styles = {
        identifier: style
        for style in package.elements(STYLES, "w:style")
        for identifier in strings(style, "@w:styleId")
    }
    last = 0
    for paragraph in package.elements(DOCUMENT, ".//w:p"):
        level = _level(paragraph, styles)
        if level and not text(paragraph).strip():
            yield "a heading is empty"
        if level > last + 1:
            yield f"a heading skips from level {last} to {level}: {text(paragraph)!r}"
        last = level or last
    if not last:
        yield "there are no headings"


def _level(paragraph: Element, styles: Mapping[str, Element]) -> int:
    """The level of a heading, also when its style is based on a heading; 0 of other paragraphs."""
    names = strings(paragraph, "w:pPr/w:pStyle/@w:val")
    while names and names[0] in styles:
        style = styles[names[0]]
        heading = re.fullmatch("heading ([1-9])", strings(style, "w:name/@w:val")[0], re.IGNORECASE)
        if heading:
            return int(heading[1])
        names = strings(style, "w:basedOn/@w:val")
    return 0


def _lists(package: Package) -> Iterator[str]:
    for paragraph in package.elements(DOCUMENT, ".//w:p[not(w:pPr/w:numPr)]"):
        if _TYPED_MARKER.match(text(paragraph)):
            yield f"a list marker is typed: {text(paragraph)[:40]!r}"


_TABLE: Final = {
    "w:tr[1]/w:trPr/w:tblHeader": "a table does not repeat its header row",
    "self::*[not(w:tr[not(w:trPr/w:cantSplit)])]": "a row may split over pages",
    "w:tblPr/w:tblCaption[@w:val != '']": "a table has no title",
    "w:tblPr/w:tblLook[@w:firstRow = '1']": "a table does not flag its first row",
    "w:tblPr/w:tblLook[@w:firstColumn = '1']": "a table does not flag its first column",
    "self::*[not(.//w:vMerge or .//w:gridSpan or .//w:hMerge)]": "a table has merged cells",
    "self::*[not(.//w:tc[not(w:p)])]": "a cell has no paragraph, and Word calls that corrupt",
}
"""What each table must have, and what is said when it has not."""


def _tables(package: Package) -> Iterator[str]:
    for table in package.elements(DOCUMENT, ".//w:tbl"):
        for path, finding in _TABLE.items():
            if not elements(table, path):
                yield f"{finding}: {text(table)[:40]!r}"


def _pictures(package: Package) -> Iterator[str]:
    for name in package.strings(DOCUMENT, ".//wp:docPr[not(@descr) or @descr = '']/@name"):
        yield f"a picture has no text in its place: {name!r}"


def _leftovers(package: Package) -> Iterator[str]:
    for part, root in package.parts.items():
        if not re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", part):
            continue
        kinds = strings(root, ".//w:fldChar/@w:fldCharType")
        if kinds.count("begin") != kinds.count("end"):
            yield f"{part}: a field is not closed"
        if any(loose.strip() for loose in strings(root, ".//w:r/text() | .//w:p/text()")):
            yield f"{part}: text stands outside of w:t"
        if elements(root, ".//w:ins | .//w:del | .//w:commentRangeStart"):
            yield f"{part}: a tracked change or a comment is left in"


CHECKS: tuple[Callable[[Package], Iterator[str]], ...] = (
    _metadata,
    _headings,
    _lists,
    _tables,
    _pictures,
    _leftovers,
)
