"""What a PDF shows and carries, as plain values: pages, tables, tags, metadata, attachments.

PDFium reads it, as a browser does, and the cells of a table are those of its tags. The file is
hostile until proven, so all of this runs in a process that is bounded.
"""

import ctypes
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium

from kmo_report.incoming.limits import refuse
from kmo_report.incoming.paper import opened
from kmo_report.language import say

_HYPHEN = "\N{START OF TEXT}"  # as PDFium tells one at the end of a line
_MOST_INSIDE = 100_000_000
"""Bytes of all attachments together."""
_DEEPEST = 60
"""Levels of the tags; ours have some ten."""
_MOST_TAGS = 500_000
_LARGEST = 2000
"""Points of a page that is drawn: A1, and not a wall."""
_SCALE = 2
_INFO = ("Title", "Author", "Subject", "Keywords", "Creator", "Producer", "CreationDate", "ModDate")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table."""

    text: str
    heading: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A text outside of tables: its tag, its words, and the page where it begins."""

    kind: str
    text: str
    page: int


@dataclass(slots=True)
class Table:
    """A table, put together where it goes on over a page."""

    title: str
    page: int
    found: dict[tuple[int, int], list[Cell]] = field(default_factory=dict)
    """Place in its part (head, body) and in the table -> cells."""

    @property
    def rows(self) -> list[list[Cell]]:
        """All of them, the headings first."""
        return list(self.found.values())

    def take(self, at: tuple[int, int], cells: list[Cell]) -> None:
        """A row, or the rest of one that a page end cuts."""
        before = self.found.setdefault(at, cells)
        if before is not cells and len(before) == len(cells):
            self.found[at] = [
                Cell(" ".join(filter(None, (b.text, c.text))), b.heading or c.heading)
                for b, c in zip(before, cells, strict=True)
            ]


@dataclass(slots=True)
class Shown:
    """All that is compared."""

    pages: list[str] = field(default_factory=list)
    """All text of each page, tagged or not."""
    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    """By page, the text that no tag holds: what stands above and below on each page."""
    tags: list[str] = field(default_factory=list)
    """Every structure element in order, with what only a screen reader says of it."""
    looks: list[str] = field(default_factory=list)
    """By page, the digest of its picture; empty where it is too large to be drawn."""
    info: dict[str, str] = field(default_factory=dict)
    """Title, author, language, and the like."""
    metadata: str | None = None
    """The XMP packet; None where it cannot be found as text."""
    inside: list[tuple[str, bytes]] = field(default_factory=list)
    """Name and content of the attachments."""
    signatures: int = 0
    programs: int = 0
    locked: bool = False


def shown(pdf: bytes, path: str) -> Shown:
    """What a PDF shows; InputError for one that cannot be read, or is too large."""
    with opened(pdf, path) as file:
        found = Shown()
        found.inside = list(_inside(file, path))
        found.info = {name: file.get_metadata_value(name) for name in _INFO}
        found.info["Language"] = _wide(pdfium.FPDFCatalog_GetLanguage, file)
        # The packet is written plainly, so that it is found without a PDF program.
        packets = re.findall(rb"<rdf:RDF.*?</rdf:RDF>", pdf, re.DOTALL)
        found.metadata = packets[-1].decode("utf-8", "replace") if packets else None
        found.signatures = max(0, pdfium.FPDF_GetSignatureCount(file))
        found.programs = max(0, pdfium.FPDFDoc_GetJavaScriptActionCount(file))
        found.locked = pdfium.FPDF_GetSecurityHandlerRevision(file) != -1
        for number in range(len(file)):
            try:
                _Page(file[number], number + 1, found, path).read()
            except pypdfium2.PdfiumError:
                refuse("damaged", say("this PDF is damaged or cut off"), path)
    return found


def _inside(file: pypdfium2.PdfDocument, path: str) -> Iterator[tuple[str, bytes]]:
    size = 0
    for index in range(file.count_attachments()):
        attachment = file.get_attachment(index)
        try:
            content = bytes(attachment.get_data())
        except pypdfium2.PdfiumError:
            content = b""
        size += len(content)
        if size > _MOST_INSIDE:
            message = say(
                "the files in this PDF hold more than {most} MB", most=_MOST_INSIDE // 10**6
            )
            refuse("too-large", message, path)
        yield attachment.get_name(), content


class _Page:
    """One page, read into what was found so far."""

    def __init__(self, page: pypdfium2.PdfPage, number: int, found: Shown, path: str) -> None:
        self.page, self.number, self.found, self.path = page, number, found, path
        self.pieces: dict[int, list[str]] = {}
        """Text by number of its mark; -1 for what has none."""
        self.spoken: list[str] = []
        self.used: set[int] = set()

    def read(self) -> None:
        """Text, tags, and the picture of it."""
        words = self.page.get_textpage()
        self.found.pages.append(words.get_text_bounded().replace(_HYPHEN, "-"))
        for item in self.page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT], max_depth=5, textpage=words):
            mark = pdfium.FPDFPageObj_GetMarkedContentID(item)
            text = _wide(pdfium.FPDFTextObj_GetText, item, words).replace(_HYPHEN, "-")
            self.pieces.setdefault(mark, []).append(text)
            self.spoken += _spoken(item)
        tree = pdfium.FPDF_StructTree_GetForPage(self.page)
        if tree:
            try:
                for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                    self._walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), 0)
            finally:
                pdfium.FPDF_StructTree_Close(tree)
        self.found.tags += self.spoken
        outside = (p for mark, texts in self.pieces.items() if mark not in self.used for p in texts)
        self.found.running.append(" ".join(outside))
        self.found.looks.append(self._look())

    def _walk(self, element: object, depth: int) -> None:
        """An element and all below it: a block where it holds text itself, a table as rows."""
        if not element:
            return
        kind = self._enter(element, depth)
        if kind == "Table":
            self._table(element, depth)
            return
        words = []
        for mark, child in _children(element):
            if mark >= 0:
                words.append(self._take(mark))
            elif child and _wide(pdfium.FPDF_StructElement_GetType, child) in _INLINE:
                words.append(self._words(child, depth + 1))
            else:
                self._walk(child, depth + 1)
        if any(words):
            text = " ".join(filter(None, words))
            self.found.blocks.append(Block(kind, text, self.number))

    def _enter(self, element: object, depth: int) -> str:
        """The kind of an element, which is written down with what is said of it."""
        if depth > _DEEPEST or len(self.found.tags) > _MOST_TAGS:
            refuse("too-large", say("its tags go on without end"), self.path)
        kind = _wide(pdfium.FPDF_StructElement_GetType, element)
        said = [
            _wide(call, element)
            for call in (
                pdfium.FPDF_StructElement_GetTitle,
                pdfium.FPDF_StructElement_GetAltText,
                pdfium.FPDF_StructElement_GetActualText,
            )
        ]
        self.found.tags.append("\t".join([kind, *filter(None, said)]))
        return kind

    def _take(self, mark: int) -> str:
        self.used.add(mark)
        return "".join(self.pieces.get(mark, ())).strip()

    def _words(self, element: object, depth: int) -> str:
        """All text in an element."""
        self._enter(element, depth)
        words = []
        for mark, child in _children(element):
            if mark >= 0:
                words.append(self._take(mark))
            elif child:
                words.append(self._words(child, depth + 1))
        return " ".join(filter(None, words))

    def _table(self, element: object, depth: int) -> None:
        """A table, or what goes on of one: that has no heading on this page."""
        title = _wide(pdfium.FPDF_StructElement_GetTitle, element)
        table = Table(title, self.number)
        headed = False
        for number, part in _kids(element):
            kind = part and self._enter(part, depth + 1)
            if kind == "TR":
                table.take((0, number), self._row(part, depth + 2))
            elif kind in ("THead", "TBody", "TFoot"):
                headed |= kind == "THead"
                for at, row in _kids(part):
                    if row:
                        self._enter(row, depth + 2)
                        table.take((number, at), self._row(row, depth + 3))
            elif part and (words := self._words(part, depth + 2)):
                self.found.blocks.append(Block(str(kind), words, self.number))
        before = self.found.tables[-1] if self.found.tables else None
        if before and not headed and before.title == title and before.page < self.number:
            for place, cells in table.found.items():
                before.take(place, cells)
        else:
            self.found.tables.append(table)

    def _row(self, row: object, depth: int) -> list[Cell]:
        cells = []
        for _, cell in _kids(row):  # one that is empty is on no page
            heading = bool(cell) and _wide(pdfium.FPDF_StructElement_GetType, cell) == "TH"
            cells.append(Cell(self._words(cell, depth) if cell else "", heading))
        return cells

    def _look(self) -> str:
        width, height = self.page.get_size()
        if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
            return ""
        picture = self.page.render(scale=_SCALE)
        size = f"{picture.width} {picture.height} ".encode()
        return hashlib.sha256(size + bytes(picture.buffer)).hexdigest()


def _children(element: object) -> Iterator[tuple[int, object]]:
    """What is in an element: marked content by its number, or -1 and another element."""
    for index, child in _kids(element):
        yield pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index), child


def _kids(element: object) -> Iterator[tuple[int, object]]:
    """The elements in an element, by number; None for those that are not on this page."""
    for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
        yield index, pdfium.FPDF_StructElement_GetChildAtIndex(element, index)


_INLINE = frozenset({"Link", "Span", "Em", "Strong", "Reference", "Annot"})
"""Elements that are part of the text around them."""


def _spoken(item: object) -> Iterator[str]:
    """What is said of a piece of text instead of its letters."""
    for index in range(pdfium.FPDFPageObj_CountMarks(item)):
        mark = pdfium.FPDFPageObj_GetMark(item, index)
        size = ctypes.c_ulong()
        call = pdfium.FPDFPageObjMark_GetParamStringValue
        if call(mark, b"ActualText", None, 0, size) and size.value:
            buffer = ctypes.create_string_buffer(size.value)
            call(mark, b"ActualText", ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)),
                 size.value, size)  # fmt: skip
            yield buffer.raw[: max(0, size.value - 2)].decode("utf-16-le", "replace")


def _wide(call: "ctypes._FuncPointer", *of: object) -> str:
    """A text of PDFium's: UTF-16 in a buffer that it says the size of."""
    size = call(*of, None, 0)
    buffer = ctypes.create_string_buffer(size)
    call(*of, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: max(0, size - 2)].decode("utf-16-le", "replace")


def files_of(found: Shown) -> Mapping[str, bytes]:
    """The attachments by name; of two of one name, the first."""
    return dict(reversed(found.inside))
