"""Is a PDF what it should be? It is read back by another program than the one that wrote it.

PDFium opens it, as a browser does: the words must be those of the document, the structure must be
there, fonts and attachments must be inside, and it must say that it is PDF/A and PDF/UA.
"""

import ctypes
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import pypdfium2
import pypdfium2.raw as pdfium

from kmo_report.document import Document
from kmo_report.language import mark, say

_DECLARED = (
    b"http://www.aiim.org/pdfa/ns/id/",
    rb'pdfaid:part="3"',
    rb'pdfaid:conformance="A"',
    rb"pdfuaid:part",
)
_STRUCTURE = {
    "h1": "H1",
    "h2": "H2",
    "p": "P",
    "table": "Table",
    "th": "TH",
    "td": "TD",
    "li": "LI",
}
"""Element -> what it is called in a PDF."""
_LINE_END_HYPHEN = "\N{START OF TEXT}"  # as PDFium tells it


def faults(pdf: bytes, document: Document) -> Iterator[str]:
    """What is wrong with the PDF of a document."""
    try:
        opened = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        yield say("the PDF cannot be opened")
        return
    with opened as file:
        yield from (say(fault) for fault in _of_file(pdf, file, document))
        yield from _attachments(file, document)
        yield from _words(file, document.root)
        yield from _structure(file, document.root)


def unsaid(pdf: bytes, document: Document) -> Iterator[str]:
    """Words of a document that its PDF lacks, if there are any."""
    try:
        with pypdfium2.PdfDocument(pdf) as file:
            yield from _lacking(file, document.root)
    except pypdfium2.PdfiumError:
        yield say("the PDF cannot be opened")


def _of_file(pdf: bytes, file: pypdfium2.PdfDocument, document: Document) -> Iterator[str]:
    if any(re.search(declared, pdf) is None for declared in _DECLARED):
        yield mark("the PDF does not say that it is PDF/A-3a and PDF/UA-1")
    if not pdfium.FPDFCatalog_IsTagged(file):
        yield mark("the PDF has no tags")
    title = (document.root.findtext("head/title") or "").strip()
    if _bare(file.get_metadata_value("Title")) != _bare(title):
        yield mark("the PDF has another title")
    if _wide(pdfium.FPDFCatalog_GetLanguage, file) != document.root.get("lang", ""):
        yield mark("the PDF is in another language")
    if pdfium.FPDFDoc_GetJavaScriptActionCount(file):
        yield mark("the PDF holds a program")
    if not all(_embedded(page) for page in file):
        yield mark("a font is not inside the PDF")


def _embedded(page: pypdfium2.PdfPage) -> bool:
    return all(
        pdfium.FPDFFont_GetIsEmbedded(pdfium.FPDFTextObj_GetFont(item)) == 1
        for item in page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT], max_depth=5)
    )


def _attachments(file: pypdfium2.PdfDocument, document: Document) -> Iterator[str]:
    inside = {}
    for index in range(file.count_attachments()):
        attachment = file.get_attachment(index)
        inside[attachment.get_name()] = bytes(attachment.get_data())
    expected = {attachment.name: attachment.content for attachment in document.attachments}
    for name in sorted(inside.keys() | expected.keys()):
        if inside.get(name) != expected.get(name):
            yield say("the attachment {name} is not the one that was given", name=name)


def _words(file: pypdfium2.PdfDocument, root: Element) -> Iterator[str]:
    for words in _lacking(file, root):
        yield say("the PDF lacks words of the document, near: {words}", words=words)


def _lacking(file: pypdfium2.PdfDocument, root: Element) -> Iterator[str]:
    """Every letter of the document, in its order; running lines may stand between."""
    text = "".join(page.get_textpage().get_text_bounded() for page in file)
    found = _letters(text.replace(_LINE_END_HYPHEN, "-"))
    body = root.find("body")
    expected = _letters("".join(_said(body))) if body is not None else ""
    if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in expected):
        # PDFium tells what runs from right to left in another order.
        expected, found = "".join(sorted(expected)), "".join(sorted(found))
    letters = iter(found)
    for at, letter in enumerate(expected):
        if letter not in letters:  # which moves on to where it is found
            yield expected[max(0, at - 20) : at + 20]
            return


def _said(element: Element) -> Iterator[str]:
    if element.tag == "li" and "data-label" in element.attrib:
        yield element.attrib["data-label"]
    yield element.text or ""
    for child in element:
        yield from _said(child)
        yield child.tail or ""


def _structure(file: pypdfium2.PdfDocument, root: Element) -> Iterator[str]:
    """No fewer elements of each kind; what goes on over a page is told on both."""
    found: Counter[str] = Counter()
    for page in file:
        tree = pdfium.FPDF_StructTree_GetForPage(page)
        try:
            for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
                found.update(_kinds(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index)))
        finally:
            pdfium.FPDF_StructTree_Close(tree)
    expected = Counter(
        _STRUCTURE[element.tag]
        for element in root.iter()
        if element.tag in _STRUCTURE and "".join(element.itertext()).strip()
    )
    for kind, count in expected.items():
        if found[kind] < count:
            message = mark("the PDF has {found} tags {kind}, and the document {count}")
            yield say(message, found=found[kind], kind=kind, count=count)


def _kinds(element: object) -> Iterator[str]:
    if not element:
        return
    yield _wide(pdfium.FPDF_StructElement_GetType, element)
    for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
        yield from _kinds(pdfium.FPDF_StructElement_GetChildAtIndex(element, index))


def _wide(call: "ctypes._FuncPointer", of: object) -> str:
    """A text of PDFium's: UTF-16 in a buffer that it says the size of."""
    size = call(of, None, 0)
    buffer = ctypes.create_string_buffer(size)
    call(of, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
    return buffer.raw[: max(0, size - 2)].decode("utf-16-le")


def _letters(text: str) -> str:
    """Each letter apart from its accents, as fonts may have them."""
    return unicodedata.normalize("NFKD", _bare(text))


def _bare(text: str) -> str:
    """Without white space: it is where each format breaks its lines."""
    return re.sub(r"\s", "", text)
