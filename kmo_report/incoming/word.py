"""DOCX -> lines, with the numbers that Word counts and the cells of its tables.

A file from outside is hostile until proven otherwise: only the few parts that hold text are opened,
none is larger than a limit, and their XML may define nothing of its own.
"""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

from lxml import etree

from kmo_report.incoming.changes import accept
from kmo_report.incoming.limits import MOST_CHARACTERS, refuse
from kmo_report.incoming.lines import Line, Pages, clean
from kmo_report.incoming.wordlists import Lists, W, value
from kmo_report.language import say
from kmo_report.problems import Place

_MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes of all parts together that are read."""
_MOST_ENTRIES = 5000
_DOCUMENT = "word/document.xml"
_NAMESPACES = {
    "w": W[1:-1],
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
_NAMES = (
    *("del", "moveFrom", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr", "sdtPr"),
    *("instrText", "delText", "pict", "object", "rt"),
    *("footnoteRef", "endnoteRef", "annotationRef"),
)
_LEFT_OUT = {f"{W}{name}" for name in _NAMES}
"""What is deleted, or is no text of the document."""
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_BOX = f"{W}txbxContent"
_SIGNS = {f"{W}tab": " ", f"{W}noBreakHyphen": "-", f"{W}ptab": " "}
_BREAK = "\n"


def read_word(content: bytes, path: str) -> Pages:
    """The lines of a Word file as it would be printed with all changes accepted."""
    package = Package(content, path)
    document = package.part(_DOCUMENT)
    if document is None:
        refuse("damaged", say("this is no Word document: it lacks its text"), path)
    accept(document)
    lists = Lists(package.part("word/numbering.xml"), package.part("word/styles.xml"))
    body = document.find(f"{W}body")
    lines = list(_Body(path, lists).blocks(body if body is not None else document))
    for name in ("footnotes", "endnotes"):
        notes = package.part(f"word/{name}.xml")
        if notes is not None:
            lines += _notes(notes, path, lists)
    running = [
        clean(" ".join(_words(part)))
        for name in package.names
        if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name)
        for part in [package.part(name)]
        if part is not None
    ]
    return Pages(tuple(_in_paragraphs(lines)), tuple(filter(None, running)))


class Package:
    """The parts of a package, each checked before it is opened."""

    def __init__(self, content: bytes, path: str) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
            refuse("damaged", say("this Word file is damaged or cut off"), path)
        wanted = [entry for entry in entries if entry.filename.endswith((".xml", ".rels"))]
        if len(entries) > _MOST_ENTRIES or sum(e.file_size for e in wanted) > _MOST_UNPACKED:
            refuse("too-large", say("this file unpacks to more than a question can be"), path)
        self.names = sorted({entry.filename for entry in entries})

    def part(self, name: str) -> etree._Element | None:
        """The root of a part, or None where there is no such part."""
        if name not in self.names:
            return None
        try:
            text = self._zip.read(name)
        except RuntimeError:  # a password
            refuse("encrypted", say("this file is protected with a password"), self.path)
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, zlib.error):
            refuse("damaged", say("this Word file is damaged or cut off"), self.path)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(text, parser)
        except etree.XMLSyntaxError:
            refuse("damaged", say("this Word file is damaged or cut off"), self.path)
        if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
            # The standard forbids it (ECMA-376 part 2, 8.1.4); it is the door of XML bombs.
            message = say("this file defines entities of its own, which no Word file does")
            refuse("damaged", message, self.path)
        return root


# --- text -----------------------------------------------------------------------------------------


def _words(element: etree._Element) -> Iterator[str]:
    """The text of an element in pieces; what was deleted is left out."""
    for child in element:
        tag = child.tag
        if tag in _LEFT_OUT or tag in (_FALLBACK, _BOX):
            continue
        if tag in (f"{W}t", _MATH):
            yield child.text or ""
        elif tag in _SIGNS:
            yield _SIGNS[tag]
        elif tag in (f"{W}br", f"{W}cr"):
            yield _BREAK
        elif tag == f"{W}sym":
            yield symbol(child.get(f"{W}char", ""))
        elif tag == f"{W}r" and is_hidden(child):
            continue
        else:
            yield from _words(child)
            if tag == f"{W}p":
                yield " "


def symbol(code: str) -> str:
    """`F0B7` -> the sign with that number; halves of pairs are none."""
    sign = chr(int(code, 16)) if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else ""
    return "" if unicodedata.category(sign or "\0") in ("Cs", "Cc") else sign


def is_hidden(run: etree._Element) -> bool:
    """Whether the words of a run are not shown."""
    hidden = run.find(f"{W}rPr/{W}vanish")
    return hidden is not None and hidden.get(f"{W}val", "1") not in ("0", "false", "off")


def _boxes(element: etree._Element) -> Iterator[etree._Element]:
    """Text boxes that hang at a paragraph, each once."""
    for box in element.iter(_BOX):
        above = []
        for ancestor in box.iterancestors():
            if ancestor is element:
                break
            above.append(ancestor.tag)
        # What stands in a box within a box is read with that.
        if not {_BOX, _FALLBACK, f"{W}del", f"{W}moveFrom"} & {*above}:
            yield box


# --- blocks ---------------------------------------------------------------------------------------


class _Body:
    """Walks through the blocks of a document, and counts its paragraphs."""

    def __init__(self, path: str, lists: Lists) -> None:
        self._path = path
        self._lists = lists
        self._number = 0
        self._size = 0

    def blocks(self, parent: etree._Element) -> Iterator[Line]:
        """The lines of all paragraphs and tables; an empty paragraph is a line without text."""
        for child in parent:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tbl":
                yield from self._table(child)
            elif child.tag not in _LEFT_OUT and child.tag != _FALLBACK:
                yield from self.blocks(child)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Line]:
        self._number += 1
        label = self._lists.label(paragraph)
        text = "".join(_words(paragraph))
        self._size += len(text)
        if self._size > MOST_CHARACTERS:
            refuse("too-large", say("this file holds more text than a question can"), self._path)
        left, title = self._lists.indent(paragraph), self._lists.is_title(paragraph)
        indent = None if left is None else (left, left)
        for at, words in enumerate(map(clean, text.split(_BREAK))):
            place = Place(self._path, self._number, source=words)
            if words or at == 0:
                first = label if at == 0 else ""
                yield Line(words, place, at == 0, first, indent, title)
        for box in _boxes(paragraph):
            yield from self.blocks(box)

    def _table(self, table: etree._Element) -> Iterator[Line]:
        """The rows of a table; a merged cell stands in the first of its rows and columns."""
        rows = [row for row in table.iterdescendants(f"{W}tr") if parent_table(row) is table]
        starts = True
        for row in rows:
            self._number += 1
            cells: list[str] = []
            for cell in row.iterdescendants(f"{W}tc"):
                if parent_table(cell) is not table or next(cell.iterancestors(f"{W}tr")) is not row:
                    continue
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                goes_on = merged is not None and merged.get(f"{W}val", "continue") == "continue"
                cells.append("" if goes_on else self._cell(cell))
                span = value(cell, "tcPr/gridSpan")
                cells += [""] * (
                    min(int(span), _MOST_COLUMNS) - 1 if span.isdigit() and span != "0" else 0
                )
            if any(cells):
                text = " ".join(filter(None, cells))
                place = Place(self._path, self._number, source=text)
                yield Line(text, place, starts, cells=tuple(cells))
                starts = False

    def _cell(self, cell: etree._Element) -> str:
        words = [line.whole for line in self.blocks(cell) if line.whole]
        return " ".join(words)


_MOST_COLUMNS = 100


def parent_table(element: etree._Element) -> etree._Element | None:
    """The table that a row or a cell stands in."""
    return next(element.iterancestors(f"{W}tbl"), None)


def _notes(notes: etree._Element, path: str, lists: Lists) -> Iterator[Line]:
    """Footnotes, at the end as they are printed."""
    for note in notes:
        if note.get(f"{W}type", "normal") == "normal":
            yield from _Body(path, lists).blocks(note)


def _in_paragraphs(lines: Iterable[Line]) -> Iterator[Line]:
    """Without empty paragraphs.

    A file that was made from text has a paragraph for each line, and empty ones between what are
    really its paragraphs.
    """
    lines = list(lines)
    pairs = pairwise(lines)
    broken = sum(
        bool(len(above.text) >= _WIDE and above.text[-1] not in ".?!:;" and not line.label)
        and line.starts
        and line.text[:1].islower()
        and line.cells is None
        for above, line in pairs
    )
    texts = sum(1 for line in lines if line.text)
    lined = broken >= _FEW and broken >= _OFTEN * texts
    gap = True
    for line in lines:
        if not line.text and not line.label:
            gap = True
            continue
        if not line.text and line.label and line.cells is None and not _numbered(line):
            continue
        starts = line.starts and (gap or not lined or bool(line.label) or line.cells is not None)
        yield replace(line, starts=starts)
        gap = False


def _numbered(line: Line) -> bool:
    """An item without text still counts where it has a number: what it holds may be a table."""
    return any(c.isalnum() for c in line.label)


_WIDE = 40
_FEW = 3
_OFTEN = 0.15
