"""What a reader of a DOCX sees, automatic numbers included, read without the program's own code.

Numbers are computed as ECMA-376 part 1, 17.9 has it: a list counts in levels, a paragraph of a
level sets back the levels below it, and a level that was not reached yet counts as begun.
"""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from string import ascii_lowercase, ascii_uppercase
from xml.etree.ElementTree import Element, fromstring

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def part(content: bytes, name: str) -> Element:
    """A part of the package, such as word/document.xml."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return fromstring(package.read(name))  # noqa: S314 -- we made it


def value(element: Element, path: str) -> str:
    """The w:val at a path such as pPr/numPr/ilvl, or nothing."""
    found = element.find("/".join(W + step for step in path.split("/")))
    return "" if found is None else found.get(f"{W}val", "")


def text(element: Element) -> str:
    """The text of an element, without automatic numbers."""
    signs = {f"{W}br": "\n", f"{W}tab": "\t"}
    return "".join(
        (e.text or "") if e.tag == f"{W}t" else signs.get(e.tag, "") for e in element.iter()
    )


class Lists:
    """The automatic numbers of a document, while it is read from the top."""

    def __init__(self, numbering: Element) -> None:
        kinds = {k.get(f"{W}abstractNumId"): k for k in numbering.iter(f"{W}abstractNum")}
        self.levels = {
            (num.get(f"{W}numId"), level.get(f"{W}ilvl")): level
            for num in numbering.iter(f"{W}num")
            for level in kinds[value(num, "abstractNumId")].iter(f"{W}lvl")
        }
        self.counters: dict[tuple[str, int], int] = {}

    def number(self, paragraph: Element) -> str:
        """What Word prints before a paragraph; nothing where it is in no list."""
        number, level = value(paragraph, "pPr/numPr/numId"), value(paragraph, "pPr/numPr/ilvl")
        if not number:
            return ""
        depth, found = int(level), self.levels[number, level]
        start = int(value(found, "start"))
        self.counters[number, depth] = self.counters.get((number, depth), start - 1) + 1
        self.counters = {k: n for k, n in self.counters.items() if k[0] != number or k[1] <= depth}
        return re.sub(
            r"%(\d)", lambda m: self._printed(number, int(m[1]) - 1), value(found, "lvlText")
        )

    def _printed(self, number: str, depth: int) -> str:
        level = self.levels[number, str(depth)]
        count = self.counters.get((number, depth), int(value(level, "start")))
        roman = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
        match value(level, "numFmt"):
            case "decimal":
                return str(count)
            case "lowerLetter":
                return ascii_lowercase[count - 1]
            case "upperLetter":
                return ascii_uppercase[count - 1]
            case "lowerRoman":
                return roman[count]
            case "upperRoman":
                return roman[count].upper()
            case kind:
                raise ValueError(kind)


def paragraphs(content: bytes) -> Iterator[tuple[str, str]]:
    """The number and the text of each paragraph in order, those in tables too."""
    lists = Lists(part(content, "word/numbering.xml"))
    for paragraph in part(content, "word/document.xml").iter(f"{W}p"):
        yield lists.number(paragraph), text(paragraph)


def words(content: bytes) -> str:
    """All that is printed but for headers and footers, a paragraph a line."""
    return "\n".join(f"{number} {said}".strip() for number, said in paragraphs(content))


def tables(content: bytes) -> list[list[list[str]]]:
    """Rows of cells of each table."""
    return [
        [[text(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")]
        for table in part(content, "word/document.xml").iter(f"{W}tbl")
    ]
