"""The zip that a spreadsheet is: whether it is one, how large it grows, and what calamine hides.

Calamine gives an empty cell for a formula that was never computed and for an error; both are found
in the XML itself.
"""

import zipfile
from collections.abc import Iterator
from typing import IO
from zlib import error as ZlibError  # noqa: N812 -- it is an exception

from lxml import etree

from kmo_report.figures.opening import CHUNK, Opened
from kmo_report.language import say

MAX_SIZE = 2_000_000_000
"""Bytes of XML; a sheet of a million rows has about a tenth."""
MAX_RATIO, SMALL = 250, 50_000_000
"""The XML of real sheets is 5 to 30 times as large as the file."""

Unvalued = dict[tuple[int, int], str]
"""Row and column, from 0 -> the formula that has no value, or the error."""

_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_XLSX, _PREFIXED, _ODS = (b"<f", b'"e"', b"'e'"), (b":f", b'"e"', b"'e'"), (b":formula", b"error")
"""What the XML of a sheet holds if it has formulas or errors; XLSX without prefix and with one."""


class Package:
    """A spreadsheet that is small enough to be read; InputError if it is none."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        try:
            with zipfile.ZipFile(opened.path) as package:
                names = set(package.namelist())
                self.ods = "content.xml" in names and package.read("mimetype").decode() == _MIMETYPE
                size = sum(entry.file_size for entry in package.infolist())
        except (zipfile.BadZipFile, KeyError, OSError, UnicodeDecodeError):
            raise self._damaged() from None
        if size > MAX_SIZE or (size > SMALL and size > MAX_RATIO * opened.size):
            message = say("it unpacks to {size} MB, more than any register", size=size // 1_000_000)
            raise opened.refuse(message)
        if not self.ods and "xl/workbook.xml" not in names:
            raise opened.refuse(say("this is a zip, but no XLSX or ODS spreadsheet"))

    def unvalued(self, sheet: str) -> Unvalued:
        """The formulas without a value, and the errors, of a sheet."""
        try:
            with zipfile.ZipFile(self.opened.path) as package:
                part = "content.xml" if self.ods else _part(package, sheet)
                with package.open(part) as file:
                    if not _marked(file, ods=self.ods):
                        return {}
                with package.open(part) as file:
                    return dict(_in_ods(file, sheet) if self.ods else _in_xlsx(file))
        except (zipfile.BadZipFile, ZlibError, EOFError, KeyError, etree.XMLSyntaxError):
            raise self._damaged() from None

    def _damaged(self) -> Exception:
        return self.opened.refuse(say("this spreadsheet is damaged"))


def _marked(file: IO[bytes], *, ods: bool) -> bool:
    """Whether there is anything to look for; read to the end, which proves the zip whole."""
    found, tail = False, b""
    marks: tuple[bytes, ...] = _ODS
    while chunk := file.read(CHUNK):
        text = tail + chunk
        if not ods and not tail:
            marks = _XLSX if b"<worksheet" in text else _PREFIXED
        found = found or any(mark in text for mark in marks)
        tail = chunk[-16:]
    return found


def _part(package: zipfile.ZipFile, sheet: str) -> str:
    """The part of an XLSX that holds a sheet."""
    relation = next(
        value
        for element in etree.fromstring(package.read("xl/workbook.xml")).iter("{*}sheet")
        if element.get("name") == sheet
        for key, value in element.items()
        if str(key).endswith("}id")
    )
    target = next(
        str(element.get("Target"))
        for element in etree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        if element.get("Id") == relation
    )
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _in_xlsx(file: IO[bytes]) -> Iterator[tuple[tuple[int, int], str]]:
    for _, cell in etree.iterparse(file, tag="{*}c"):
        formula, value = cell.find("{*}f"), cell.findtext("{*}v")
        if cell.get("t") == "e":
            yield _place(cell.get("r")), value or "#"
        elif formula is not None and not value and cell.get("t") != "str":
            yield _place(cell.get("r")), f"={formula.text or ''}"
        cell.clear()


def _place(reference: str) -> tuple[int, int]:
    """C12 -> (11, 2)"""
    column = 0
    for letter in reference.rstrip("0123456789"):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1, column - 1


def _in_ods(file: IO[bytes], sheet: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Rows and cells may stand for many alike; those that do hold nothing."""
    row = 0
    for _, element in etree.iterparse(file, events=("end",), tag=("{*}table-row", "{*}table")):
        if element.tag.endswith("}table"):
            row = 0
            continue
        table = next(element.iterancestors("{*}table"))
        if _own(table, "name") == sheet:
            column = 0
            for cell in element.iterchildren("{*}table-cell", "{*}covered-table-cell"):
                if "error" in (cell.get(_CALC), _own(cell, "value-type")):
                    yield (row, column), "".join(cell.itertext()) or "#"
                elif _own(cell, "formula") and not _own(cell, "value-type"):
                    yield (row, column), "=" + str(_own(cell, "formula")).partition("=")[2]
                column += int(_own(cell, "number-columns-repeated") or 1)
        row += int(_own(element, "number-rows-repeated") or 1)
        element.clear()


def _own(element: etree._Element, name: str) -> str | None:
    """An attribute, whatever namespace it is in."""
    for key, value in element.items():
        if str(key).endswith(f"}}{name}"):
            return str(value)
    return None
