"""PDF -> what stands where on each page: pieces of text with their places, and drawn rules.

PDFium reads the text in the order in which it was written into the file, which is the order of
reading for all programs that we know; where it stands decides the rest.
"""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ctypes import byref, c_double, create_string_buffer
from dataclasses import dataclass, field

import pypdfium2
import pypdfium2.raw as pdfium

from kmo_report.incoming import drawn
from kmo_report.incoming.drawn import Rule
from kmo_report.incoming.limits import MOST_CHARACTERS, MOST_PAGES, refuse
from kmo_report.language import say

_FEW_LETTERS = 20
"""A page with fewer holds no text: it is a picture of one."""
_GAP, _WIDE_GAP = 0.85, 1.5
"""How far apart two pieces are, in heights of a line: without and with a blank between them."""


@dataclass(slots=True)
class Piece:
    """Text on one line without a wide gap in it; `xs` is where each character begins."""

    text: str
    xs: list[float]
    x0: float
    x1: float
    y: float
    """The baseline."""
    height: float
    bold: bool = False


@dataclass(slots=True)
class Row:
    """All pieces that stand on one line."""

    pieces: list[Piece]

    @property
    def y(self) -> float:
        """The baseline."""
        return self.pieces[0].y

    @property
    def x0(self) -> float:
        """Where it begins."""
        return min(piece.x0 for piece in self.pieces)

    @property
    def x1(self) -> float:
        """Where it ends."""
        return max(piece.x1 for piece in self.pieces)

    @property
    def height(self) -> float:
        """Of its letters, with what hangs below them."""
        return max(piece.height for piece in self.pieces)

    @property
    def text(self) -> str:
        """Its words."""
        return " ".join(piece.text.strip() for piece in self.pieces)

    @property
    def bold(self) -> bool:
        """Whether all of it is."""
        return all(piece.bold for piece in self.pieces)


@dataclass(slots=True)
class Sheet:
    """A page: its rows in the order of reading, its rules, its size."""

    number: int
    rows: list[Row]
    rules: list[Rule]
    width: float
    height: float
    in_pictures: str = ""
    """The words that are drawn in pictures, such as charts."""
    links: list[str] = field(default_factory=list)


@contextmanager
def opened(content: bytes, path: str) -> Iterator[pypdfium2.PdfDocument]:
    """A PDF; refused where it cannot be read, or has more pages than anybody publishes."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        code = pdfium.FPDF_GetLastError()
        if code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            refuse("encrypted", say("this file is protected with a password"), path)
        refuse("damaged", say("this PDF is damaged or cut off"), path)
    with document:
        if len(document) > MOST_PAGES:
            message = say("this file has {count} pages; at most {most} are read",
                          count=len(document), most=MOST_PAGES)  # fmt: skip
            refuse("too-large", message, path)
        yield document


def sheets(content: bytes, path: str) -> list[Sheet]:
    """All pages of a PDF; refused where they hold no text, or more than a question can."""
    found: list[Sheet] = []
    size = 0
    with opened(content, path) as document:
        for number in range(len(document)):
            with suppress(pypdfium2.PdfiumError):  # a page that is damaged, among others
                found.append(_sheet(document, number, path, MOST_CHARACTERS - size))
                size += sum(len(piece.text) for row in found[-1].rows for piece in row.pieces)
    if not found:
        refuse("damaged", say("this PDF is damaged or cut off"), path)
    letters = sum(c.isalnum() for s in found for r in s.rows for c in r.text)
    if letters < _FEW_LETTERS * len(found):
        message = say("this PDF holds no text, only pictures of it: it was scanned; "
                      "ask for the file it was made from")  # fmt: skip
        refuse("no-text", message, path)
    return found


def _sheet(document: pypdfium2.PdfDocument, number: int, path: str, most: int) -> Sheet:
    page = document[number]
    try:
        width, height = page.get_size()
        pictures = drawn.figures(page, width * height)

        def is_drawn(x: float, y: float) -> bool:
            return drawn.is_in(pictures, x, y)

        textpage = page.get_textpage()
        try:
            if textpage.count_chars() > most:
                refuse("too-large", say("this file holds more text than a question can"), path)
            rows = _rows(list(_pieces(textpage, lambda x, y: not is_drawn(x, y))))
            words = " ".join(piece.text for piece in _pieces(textpage, is_drawn))
        finally:
            textpage.close()
        rules = [r for r in drawn.rules(page, width * height) if not is_drawn(*r.middle)]
        return Sheet(number + 1, rows, rules, width, height, words)
    finally:
        page.close()


# --- text -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Glyph:
    text: str
    x0: float
    x1: float
    y: float
    height: float
    index: int


def _glyphs(textpage: pypdfium2.PdfTextPage) -> Iterator[_Glyph | None]:
    """The characters of a page with their places; None for a blank that PDFium found between."""
    box, x, y = pdfium.FS_RECTF(), c_double(), c_double()
    raw = textpage.raw
    for index in range(textpage.count_chars()):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        hyphen = pdfium.FPDFText_IsHyphen(raw, index) == 1
        if pdfium.FPDFText_IsGenerated(raw, index) == 1 and not hyphen:
            yield None
            continue
        text = "-" if hyphen and code in (0x02, 0xFFFE) else chr(code) if code else ""
        if not text or 0xD800 <= code < 0xE000:  # noqa: PLR2004 -- half of a pair
            continue
        pdfium.FPDFText_GetLooseCharBox(raw, index, byref(box))
        pdfium.FPDFText_GetCharOrigin(raw, index, byref(x), byref(y))
        height = min(max(abs(box.top - box.bottom), 1.0), 500.0)
        yield _Glyph(text, box.left, box.right, y.value, height, index)


def _pieces(
    textpage: pypdfium2.PdfTextPage, wanted: Callable[[float, float], bool]
) -> Iterator[Piece]:
    """Those that stand where they are wanted."""
    piece: Piece | None = None
    last: _Glyph | None = None
    typed, found = False, False
    for glyph in _glyphs(textpage):
        if glyph is None or glyph.text.isspace():
            found |= glyph is None
            typed |= glyph is not None
            continue
        if not wanted((glyph.x0 + glyph.x1) / 2, glyph.y):
            continue
        if piece is None or last is None or not _follows(last, glyph, typed=typed):
            if piece is not None:
                yield piece
            bold = _is_bold(textpage, glyph.index)
            piece = Piece("", [], glyph.x0, glyph.x1, glyph.y, glyph.height, bold)
        elif typed or found:
            piece.text += " "
            piece.xs.append(glyph.x0)
        piece.text += glyph.text
        piece.xs += [glyph.x0] * len(glyph.text)
        piece.x0, piece.x1 = min(piece.x0, glyph.x0), max(piece.x1, glyph.x1)
        piece.height = max(piece.height, glyph.height)
        last, typed, found = glyph, False, False
    if piece is not None:
        yield piece


def _follows(last: _Glyph, glyph: _Glyph, *, typed: bool) -> bool:
    """Whether a character stands on the same line as the last one and near it."""
    height = max(last.height, glyph.height)
    if abs(last.y - glyph.y) > height / 3:
        return False
    if unicodedata.bidirectional(glyph.text[0]) in ("R", "AL"):
        return abs(last.x0 - glyph.x1) < height or abs(glyph.x0 - last.x1) < height
    gap = glyph.x0 - last.x1
    return -height < gap < height * (_WIDE_GAP if typed else _GAP)


def _is_bold(textpage: pypdfium2.PdfTextPage, index: int) -> bool:
    name = create_string_buffer(128)
    pdfium.FPDFText_GetFontInfo(textpage.raw, index, name, 128, None)
    return b"bold" in name.value.lower() or pdfium.FPDFText_GetFontWeight(textpage.raw, index) > 600  # noqa: PLR2004


_BACK = 12
_NEAR = 90.0
"""Pieces of one row are written soon after each other: cell after cell."""


def _rows(pieces: list[Piece]) -> list[Row]:
    rows: list[Row] = []
    for piece in pieces:
        row = _row_of(piece, rows)
        if row is None:
            rows.append(Row([piece]))
        else:
            row.pieces.append(piece)
            row.pieces.sort(key=lambda p: p.x0)
    return rows


def _row_of(piece: Piece, rows: list[Row]) -> Row | None:
    """The row that a piece stands on, among the last ones."""
    lowest = highest = piece.y
    for row in reversed(rows[-_BACK:]):
        lowest, highest = min(lowest, row.y), max(highest, row.y)
        if highest - lowest > _NEAR:
            return None
        near = abs(row.y - piece.y) < piece.height / 3
        if near and all(p.x1 <= piece.x0 + 1 or p.x0 >= piece.x1 - 1 for p in row.pieces):
            return row
    return None
