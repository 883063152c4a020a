"""Files that are broken on purpose, one fault each: a referee that misses one is no referee."""

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zipfile import ZipFile

import pikepdf
from lxml import etree
from pikepdf import Array, Dictionary, Name, Pdf

from tests.conformance.accessibility import (
    COMPATIBILITY,
    CORE,
    DOCUMENT,
    NAMES,
    STYLES,
    Element,
    elements,
)

# --- PDF ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BrokenPdf:
    """A fault, and the flavour and clause under which veraPDF must find it."""

    flavour: str
    clause: str
    change: Callable[[Pdf], None]


def break_pdf(good: Path, name: str, target: Path) -> Path:
    """Write a copy of a PDF with one thing broken."""
    with pikepdf.open(good) as pdf:
        BROKEN_PDF[name].change(pdf)
        pdf.save(target)
    return target


def _elements(node: pikepdf.Object, kind: str) -> Iterator[pikepdf.Object]:
    """The elements of the structure tree of one kind, in order."""
    if not isinstance(node, Dictionary):
        return
    if node.get("/S") == kind:
        yield node
    kids = node.get("/K", Array([]))
    for kid in kids if isinstance(kids, Array) else [kids]:
        yield from _elements(kid, kind)


def _structure(kind: str, change: Callable[[pikepdf.Object], None]) -> Callable[[Pdf], None]:
    """Change the first element of a kind."""
    return lambda pdf: change(next(_elements(pdf.Root.StructTreeRoot, kind)))


def _without(key: str) -> Callable[[Pdf], None]:
    """Take a key out of the catalogue."""

    def change(pdf: Pdf) -> None:
        del pdf.Root[key]

    return change


def _rename_in_metadata(old: bytes, new: bytes) -> Callable[[Pdf], None]:
    def change(pdf: Pdf) -> None:
        packet = pdf.Root.Metadata
        packet.write(packet.read_bytes().replace(old, new))

    return change


def _attachment_without_relationship(pdf: Pdf) -> None:
    del pdf.Root.AF[0]["/AFRelationship"]


def _annotation(key: str) -> Callable[[Pdf], None]:
    """Take a key from the first link."""

    def change(pdf: Pdf) -> None:
        page = next(page for page in pdf.pages if "/Annots" in page)
        del page.Annots[0][key]

    return change


def _without_tab_order(pdf: Pdf) -> None:
    for page in pdf.pages:
        del page["/Tabs"]


def _loose_text(pdf: Pdf) -> None:
    page = pdf.pages[0]
    font = next(iter(page.Resources.Font.keys()))
    page.contents_add(f"BT {font} 10 Tf <0003> Tj ET".encode())


def _without_fonts(pdf: Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == "/FontDescriptor":
            for key in {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys()):
                del item[key]


def _without_scope(pdf: Pdf) -> None:
    for kind in ("/TH", "/TD"):
        for cell in _elements(pdf.Root.StructTreeRoot, kind):
            for key in {"/A", "/ID"} & set(cell.keys()):
                del cell[key]


def _script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _retag(new: str) -> Callable[[pikepdf.Object], None]:
    def change(element: pikepdf.Object) -> None:
        element.S = Name(new)

    return change


def _drop_last_kid(element: pikepdf.Object) -> None:
    del element.K[-1]


BROKEN_PDF: Mapping[str, BrokenPdf] = {
    "no PDF/UA identification": BrokenPdf(
        "ua1", "5-2", _rename_in_metadata(b"pdfuaid:part", b"pdfuaid:was")
    ),
    "no PDF/A identification": BrokenPdf(
        "3a", "6.6.4-1", _rename_in_metadata(b"/pdfa/ns/id/", b"/other/ns/id/")
    ),
    "no tags": BrokenPdf("ua1", "7.1-11", _without("/StructTreeRoot")),
    "not marked as tagged": BrokenPdf("3a", "6.7.2.2-1", _without("/MarkInfo")),
    "no language": BrokenPdf("ua1", "7.2-34", _without("/Lang")),
    "no title in the window": BrokenPdf("ua1", "7.1-10", _without("/ViewerPreferences")),
    "no colour profile": BrokenPdf("3a", "6.2.4.3-2", _without("/OutputIntents")),
    "a font not embedded": BrokenPdf("3a", "6.2.11.4.1-1", _without_fonts),
    "text outside of the tags": BrokenPdf("ua1", "7.1-3", _loose_text),
    "headers not tied to cells": BrokenPdf("ua1", "7.5-1", _without_scope),
    "a row short of a cell": BrokenPdf("ua1", "7.2-42", _structure("/TR", _drop_last_kid)),
    "an item without a body": BrokenPdf("ua1", "7.2-20", _structure("/LBody", _retag("/P"))),
    "a heading skipped": BrokenPdf("ua1", "7.4.2-1", _structure("/H1", _retag("/H4"))),
    "a link without words": BrokenPdf("ua1", "7.18.5-2", _annotation("/Contents")),
    "a link outside of the tags": BrokenPdf("ua1", "7.18.5-1", _annotation("/StructParent")),
    "no tab order": BrokenPdf("ua1", "7.18.3-1", _without_tab_order),
    "an attachment of no kind": BrokenPdf("3a", "6.8-3", _attachment_without_relationship),
    "an attachment of nothing": BrokenPdf("3a", "6.8-4", _without("/AF")),
    "a script": BrokenPdf("3a", "6.5.1-1", _script),
}

# --- DOCX -----------------------------------------------------------------------------------

Parts = dict[str, bytes]
Change = Callable[[Parts], None]


@dataclass(frozen=True, slots=True)
class BrokenDocx:
    """A fault, who must find it, and words of what is then said."""

    found_by: Literal["open_xml_sdk", "openxml_audit", "accessibility", "office"]
    finding: str
    change: Change


def break_docx(good: Path, name: str, target: Path) -> Path:
    """Write a copy of a DOCX with one thing broken."""
    with ZipFile(good) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    BROKEN_DOCX[name].change(parts)
    with ZipFile(target, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return target


def _edit(part: str, path: str, change: Callable[[Element], None]) -> Change:
    """Change the first element of a part on an XPath."""

    def apply(parts: Parts) -> None:
        root = etree.fromstring(parts[part])
        change(elements(root, path)[0])
        parts[part] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    return apply


def _remove(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _put_last(element: Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.append(element)


def _double(element: Element) -> None:
    element.addnext(deepcopy(element))


def _set(name: str, value: str) -> Callable[[Element], None]:
    prefix, local = name.split(":")

    def change(element: Element) -> None:
        element.set(f"{{{NAMES[prefix]}}}{local}", value)

    return change


def _add(xml: str) -> Callable[[Element], None]:
    """Put XML at the start of an element."""
    names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())

    def change(element: Element) -> None:
        wrapper = etree.fromstring(f"<wrapper {names}>{xml}</wrapper>")
        for child in reversed(list(wrapper)):
            element.insert(0, child)

    return change


def _rewrite(part: str, pattern: bytes, new: bytes) -> Change:
    def change(parts: Parts) -> None:
        parts[part] = re.sub(pattern, new, parts[part], count=1)

    return change


def _drop(part: str) -> Change:
    def change(parts: Parts) -> None:
        del parts[part]

    return change


_CELL = "//w:tbl//w:tc[w:p]"
_HEADING = "//w:p[w:pPr/w:pStyle]"
_NUMBERED = "//w:p[w:pPr/w:numPr][w:r]"
_SENTENCE = "//w:p[not(ancestor::w:tbl)]/w:r[w:t]"
TYPES = "[Content_Types].xml"
_LOOK = "//w:tbl/w:tblPr/w:tblLook"

BROKEN_DOCX: Mapping[str, BrokenDocx] = {
    "elements out of order": BrokenDocx(
        "open_xml_sdk", "unexpected child element", _edit(DOCUMENT, "//w:p/w:pPr", _put_last)
    ),
    "an unknown element": BrokenDocx(
        "open_xml_sdk", "invalid child element", _edit(DOCUMENT, "//w:body", _add("<w:para/>"))
    ),
    "a wrong value": BrokenDocx(
        "open_xml_sdk", "'tien' is not valid", _edit(STYLES, "//w:sz", _set("w:val", "tien"))
    ),
    "a link to nowhere": BrokenDocx(
        "open_xml_sdk",
        "relationship",
        _edit(DOCUMENT, "//w:hyperlink[@r:id]", _set("r:id", "rId999")),
    ),
    "a style twice": BrokenDocx(
        "open_xml_sdk", "unique", _edit(STYLES, "//w:style[@w:type='paragraph']", _double)
    ),
    "a part missing": BrokenDocx("open_xml_sdk", "doesn't exist", _drop(STYLES)),
    "a part of another type": BrokenDocx(
        "open_xml_sdk", "unexpected content type", _rewrite(TYPES, rb"styles\+xml", b"settings+xml")
    ),
    "a document of no type": BrokenDocx(
        "openxml_audit",
        "does not match extension",
        _rewrite(TYPES, rb'<Override [^>]*document.xml"[^>]*>', b""),
    ),
    "an empty cell": BrokenDocx(
        "openxml_audit", "content is missing", _edit(DOCUMENT, f"{_CELL}/w:p", _remove)
    ),
    "a numbering that is not there": BrokenDocx(
        "openxml_audit", "99", _edit(DOCUMENT, "//w:numPr/w:numId", _set("w:val", "99"))
    ),
    "a style that is not there": BrokenDocx(
        "openxml_audit", "Weg", _edit(DOCUMENT, "//w:pPr/w:pStyle", _set("w:val", "Weg"))
    ),
    "no title": BrokenDocx("accessibility", "no title in", _edit(CORE, "dc:title", _remove)),
    "no language": BrokenDocx("accessibility", "no language", _edit(CORE, "dc:language", _remove)),
    "the wrong language": BrokenDocx(
        "accessibility",
        "not nl-BE",
        _edit(STYLES, "//w:docDefaults//w:lang", _set("w:val", "en-US")),
    ),
    "compatibility mode": BrokenDocx(
        "accessibility",
        "compatibility mode",
        _edit("word/settings.xml", COMPATIBILITY, _set("w:val", "14")),
    ),
    "an empty heading": BrokenDocx(
        "accessibility",
        "a heading is empty",
        _edit(DOCUMENT, "//w:body", _add('<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr></w:p>')),
    ),
    "a heading skipped": BrokenDocx(
        "accessibility",
        "skips",
        _edit(DOCUMENT, "//w:pStyle[@w:val='Heading1']", _set("w:val", "Heading3")),
    ),
    "no headings": BrokenDocx(
        "accessibility",
        "no headings",
        _rewrite(DOCUMENT, rb"(?s)(<w:body>).*(</w:body>)", rb"\1\2"),
    ),
    "a typed number": BrokenDocx(
        "accessibility",
        "typed",
        _edit(DOCUMENT, "//w:body", _add("<w:p><w:r><w:t>a) een</w:t></w:r></w:p>")),
    ),
    "no header row": BrokenDocx(
        "accessibility", "header row", _edit(DOCUMENT, "//w:tr/w:trPr/w:tblHeader", _remove)
    ),
    "a row that splits": BrokenDocx(
        "accessibility", "may split", _edit(DOCUMENT, "//w:tr/w:trPr/w:cantSplit", _remove)
    ),
    "a table without a title": BrokenDocx(
        "accessibility", "no title:", _edit(DOCUMENT, "//w:tblPr/w:tblCaption", _remove)
    ),
    "a first row like any other": BrokenDocx(
        "accessibility", "first row", _edit(DOCUMENT, _LOOK, _set("w:firstRow", "0"))
    ),
    "a first column like any other": BrokenDocx(
        "accessibility", "first column", _edit(DOCUMENT, _LOOK, _set("w:firstColumn", "0"))
    ),
    "merged cells": BrokenDocx(
        "accessibility",
        "merged",
        _edit(DOCUMENT, _CELL, _add('<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>')),
    ),
    "a cell without a paragraph": BrokenDocx(
        "accessibility", "no paragraph", _edit(DOCUMENT, f"{_CELL}/w:p", _remove)
    ),
    "a picture without words": BrokenDocx(
        "accessibility",
        "picture",
        _edit(DOCUMENT, "//w:p/w:r", _add('<w:drawing><wp:docPr id="1" name="logo"/></w:drawing>')),
    ),
    "a field left open": BrokenDocx(
        "accessibility",
        "field",
        _edit(DOCUMENT, "//w:p/w:r", _add('<w:fldChar w:fldCharType="begin"/>')),
    ),
    "text in the wrong place": BrokenDocx(
        "accessibility", "outside of w:t", _rewrite(DOCUMENT, rb"</w:t></w:r>", b"</w:t>weg</w:r>")
    ),
    "a tracked change": BrokenDocx(
        "accessibility",
        "tracked",
        _edit(DOCUMENT, "//w:p", _add("<w:ins><w:r><w:t>nieuw</w:t></w:r></w:ins>")),
    ),
    "a sentence lost": BrokenDocx("office", "", _edit(DOCUMENT, _SENTENCE, _remove)),
    "a number lost": BrokenDocx(
        "office", "", _edit(DOCUMENT, f"{_NUMBERED}/w:pPr/w:numPr", _remove)
    ),
    "a row lost": BrokenDocx("office", "", _edit(DOCUMENT, "//w:tbl/w:tr[2]", _remove)),
    "two rows changed about": BrokenDocx(
        "office", "", _edit(DOCUMENT, "//w:tbl[w:tr[3]]/w:tr[2]", _put_last)
    ),
}
