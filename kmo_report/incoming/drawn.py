"""What is drawn on a page of a PDF: rules, as of tables, and pictures."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from ctypes import byref, c_ulong, c_ushort, sizeof
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

_MOST = 20_000
"""Things on one page that are looked at."""
_THIN = 2.0
_SHORT = 8.0
_WHOLE = 0.6
"""What covers so much of a page is its background."""

Box = tuple[float, float, float, float]
_FIGURE = "Figure".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line that is drawn: from (x0, y0) to (x1, y1); level, or upright."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def level(self) -> bool:
        """Whether it lies."""
        return self.y0 == self.y1

    @property
    def middle(self) -> tuple[float, float]:
        """Where its middle is."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


def rules(page: pypdfium2.PdfPage, area: float) -> Iterator[Rule]:
    """Lines, and the edges of boxes."""
    objects = page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=4)
    for count, drawn in enumerate(objects):
        if count > _MOST:
            return
        try:
            x0, y0, x1, y1 = drawn.get_bounds()
        except pypdfium2.PdfiumError:
            continue
        width, height = x1 - x0, y1 - y0
        if height <= _THIN and width > _SHORT:
            yield Rule(x0, (y0 + y1) / 2, x1, (y0 + y1) / 2)
        elif width <= _THIN and height > _SHORT:
            yield Rule((x0 + x1) / 2, y0, (x0 + x1) / 2, y1)
        elif width > _SHORT and height > _SHORT and width * height < _WHOLE * area:
            yield Rule(x0, y1, x1, y1)
            yield Rule(x0, y0, x1, y0)
            yield Rule(x0, y0, x0, y1)
            yield Rule(x1, y0, x1, y1)


def figures(page: pypdfium2.PdfPage, area: float) -> list[Box]:
    """What is marked as a picture: the words and lines in it are drawn, not written.

    A picture that is nearly all of the page is that of a page, and its words were read off it. A
    mark counts for what is drawn directly on the page; text may also stand in a form of it.
    """
    boxes: dict[int, Box] = {}
    for count, drawn in enumerate(page.get_objects(max_depth=1)):
        if count > _MOST:
            break
        if not _is_figure(drawn.raw):
            continue
        with suppress(pypdfium2.PdfiumError):
            x0, y0, x1, y1 = drawn.get_bounds()
            content = pdfium.FPDFPageObj_GetMarkedContentID(drawn.raw)
            a, b, c, d = boxes.get(content, (x0, y0, x1, y1))
            boxes[content] = min(a, x0), min(b, y0), max(c, x1), max(d, y1)
    return [box for box in boxes.values() if (box[2] - box[0]) * (box[3] - box[1]) < _WHOLE * area]


def _is_figure(drawn: object) -> bool:
    name, size = (c_ushort * 16)(), c_ulong()
    for number in range(pdfium.FPDFPageObj_CountMarks(drawn)):
        mark = pdfium.FPDFPageObj_GetMark(drawn, number)
        if pdfium.FPDFPageObjMark_GetName(mark, name, sizeof(name), byref(size)):
            return bytes(name).startswith(_FIGURE + b"\0\0")
    return False


def is_in(boxes: Iterable[Box], x: float, y: float) -> bool:
    """Whether a point is in one of them."""
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)
