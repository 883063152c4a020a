"""The PDF of a document as pictures of its pages, made when they are looked at."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock

import pypdfium2

from kmo_report import pipeline
from kmo_report.preview.stage import Good
from kmo_report.problems import InputError, Problem

_SCALE = 2.0
"""Pixels per point: an A4 page 1190 wide, sharp on a screen of today."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The pages of the last PDF that could be made, and what is wrong with that of now."""

    number: int = 0
    """Of the document that these pages are of; 0 without pages."""
    sizes: tuple[tuple[int, int], ...] = ()
    """Width and height of each page, in pixels."""
    problems: tuple[Problem, ...] = ()


class Press:
    """Makes the pages of the PDF of a case; one thing at a time, since PDFium can do no more."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._paper = Paper()
        self._tried = 0
        self._pdf: pypdfium2.PdfDocument | None = None
        self._pictures: dict[int, bytes] = {}
        self._one = Lock()

    def paper(self, good: Good) -> Paper:
        """The pages of this document, or those of an earlier one and why there are no newer."""
        with self._one:
            if good.number > self._tried:
                self._tried = good.number
                try:
                    pdf = pipeline.made(good.document, "pdf", good.template, self._source)
                    self._take(good.number, pdf)
                except InputError as error:
                    self._paper = Paper(self._paper.number, self._paper.sizes, error.problems)
            return self._paper

    def _take(self, number: int, content: bytes) -> None:
        if self._pdf:
            self._pdf.close()
        self._pdf = pypdfium2.PdfDocument(content)
        self._pictures.clear()
        points = [self._pdf.get_page_size(index) for index in range(len(self._pdf))]
        sizes = tuple((round(width * _SCALE), round(height * _SCALE)) for width, height in points)
        self._paper = Paper(number, sizes)

    def picture(self, page: int) -> bytes | None:
        """A page as PNG; None if there are fewer."""
        with self._one:
            if not 1 <= page <= len(self._paper.sizes):
                return None
            if page not in self._pictures and self._pdf:
                image = self._pdf[page - 1].render(scale=_SCALE).to_pil()
                content = BytesIO()
                image.save(content, "PNG", compress_level=1)  # it goes no further than this machine
                self._pictures[page] = content.getvalue()
            return self._pictures[page]

    def end(self) -> None:
        """Wait for what is being made: no program may end in the middle of it."""
        with self._one:
            if self._pdf:
                self._pdf.close()
                self._pdf = None
