"""The tags of the PDF: what a screen reader finds in it.

WeasyPrint tags what stands on each page: an element that a page end cuts becomes two, and its
lists and header cells are not those of PDF/UA. Here its tree makes place for one that has exactly
one structure element for each element of the HTML. What is taken from WeasyPrint is which piece
of text on the page comes from which element. (Clauses below are those of PDF 1.7, ISO 32000-1.)
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pydyf
from weasyprint import Document as Rendered
from weasyprint.formatting_structure import boxes

KINDS = {
    "body": "Document",
    "section": "Sect",
    "div": "Div",
    "blockquote": "BlockQuote",
    "h1": "H1",
    "h2": "H2",
    "h3": "H3",
    "p": "P",
    "ol": "L",
    "ul": "L",
    "li": "LI",
    "table": "Table",
    "caption": "Caption",
    "thead": "THead",
    "tbody": "TBody",
    "tr": "TR",
    "th": "TH",
    "td": "TD",
    "a": "Link",
    "img": "Figure",
}
"""The structure type of an element (14.8.4); em, strong and br are only a look."""

# The first that fits all labels of a list is its ListNumbering (14.8.5.5).
NUMBERINGS = (
    ("Decimal", re.compile(r"\d[\d\W]*")),
    ("LowerRoman", re.compile(r"[ivxl]+\W*")),
    ("LowerAlpha", re.compile(r"[a-z]\W*")),
    ("UpperRoman", re.compile(r"[IVXL]+\W*")),
    ("UpperAlpha", re.compile(r"[A-Z]\W*")),
)

# Where a glyph is a character. Elsewhere, such as under marks over letters, the text is told beside
# its glyphs (14.9.4), or it cannot be copied or searched; but for text from right to left, which
# readers turn round themselves.
PLAIN = re.compile("[\u0020-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff]*")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff]")

# PDF/A wants a property that it does not know itself, such as this of PDF/UA, explained.
UA_DECLARATION = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">\
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>The part of ISO 14289 that is followed</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description>
"""


class Mark:
    """A piece of text on a page."""

    def __init__(self, page: int, mcid: int) -> None:
        self.page, self.mcid = page, mcid


class Area:
    """Where on a page a link can be clicked on."""

    def __init__(self, page: int, annotation: pydyf.Dictionary) -> None:
        self.page, self.annotation = page, annotation


Pieces = list[Mark | Area | Element]
"""What an element holds, in reading order; an Element among them is a link."""


def retag(root: Element, rendered: Rendered, pdf: pydyf.PDF) -> None:
    """Give the PDF the structure of the HTML of `root` instead of that of its pages."""
    first = _number(pdf.catalog["StructTreeRoot"]) - 1
    parents, *_, metadata = pdf.objects[first:]
    pages = _Pages(rendered, parents["Nums"])
    for reference, hidden, actual in zip(
        pdf.page_references, pages.hidden, pages.actual, strict=True
    ):
        page = pdf.objects[_number(reference)]
        if "Annots" in page:
            page["Annots"] = pydyf.Array(a for a in page["Annots"] if bytes(a) not in pages.empty)
        contents = page["Contents"]
        _mark(pdf.objects[_number(contents)].stream, hidden, actual)
    # The tree is the last that WeasyPrint makes, but for the metadata.
    del pdf.objects[first:]
    pdf.add_object(metadata)
    pdf.catalog["Metadata"] = metadata.reference
    _Tree(pages, pdf).write(root)


def declare(pdf: pydyf.PDF) -> None:
    """Say in the metadata that the file is PDF/UA-1 too."""
    metadata = pdf.objects[_number(pdf.catalog["Metadata"])]
    (packet,) = metadata.stream
    head, end, tail = packet.rpartition(b"</rdf:RDF>")
    metadata.stream = [head + UA_DECLARATION + end + tail]
    metadata.compress = False  # so that it is found without a PDF program


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


class _Pages:
    """What the pages show, sorted by the element that it comes from."""

    def __init__(self, rendered: Rendered, nums: list[list[bytes]]) -> None:
        self.text: dict[Element, Pieces] = {}
        self.labels: dict[Element, Pieces] = {}
        self.sizes: list[int] = []
        """How many pieces of text each page has."""
        self.hidden: list[dict[int, pydyf.Dictionary]] = []
        """By page and piece of text: artifacts, which are no part of the text."""
        self.actual: list[dict[int, str]] = []
        """By page and piece of text: what the glyphs alone do not tell."""
        self.empty: set[bytes] = set()
        """References of links without a width, which nobody can click on."""
        self._heads: dict[Element, int] = {}
        for page, tagged in zip(rendered.pages, nums[1::2], strict=False):
            self.sizes.append(len(tagged))
            self.hidden.append({})
            self.actual.append({})
            # By number of the structure element that WeasyPrint made for each, so in the order in
            # which it came by them; a link has one for all text straight in it.
            groups: dict[int, list[int]] = {}
            for mcid, reference in enumerate(tagged):
                groups.setdefault(_number(reference), []).append(mcid)
            self._groups = (iter(groups[number]) for number in sorted(groups))
            self._read(page._page_box, [], None, None)  # noqa: SLF001 -- no public name
            if list(self._groups):
                raise RuntimeError("WeasyPrint tagged text that is in no box")

    def _read(
        self,
        box: boxes.Box,
        pieces: Pieces,
        artifact: pydyf.Dictionary | None,
        group: Iterator[int] | None,
    ) -> None:
        """Sort what is in the box; the rest is what it is part of so far."""
        page = len(self.sizes) - 1
        artifact = artifact or self._artifact(box, page)
        pieces = self._pieces(box, pieces)
        if box.link_annotation:
            left, _, right, _ = box.link_annotation["Rect"]
            if left < right:
                pieces.append(Area(page, box.link_annotation))
            else:  # of the sign without width before each link
                self.empty.add(bytes(box.link_annotation.reference))
        if not isinstance(box, boxes.TextBox | boxes.ReplacedBox):
            if not isinstance(box, boxes.LineBox):
                group = self._link_group(box)
            for child in box.children:
                self._read(child, pieces, artifact, group)
            return
        mcid = next(group or next(self._groups))
        if artifact:
            self.hidden[page][mcid] = artifact
            return
        pieces.append(Mark(page, mcid))
        text = box.text if isinstance(box, boxes.TextBox) else ""
        if not PLAIN.fullmatch(text) and not RIGHT_TO_LEFT.search(text):
            self.actual[page][mcid] = text

    def _link_group(self, box: boxes.Box) -> Iterator[int] | None:
        """The pieces of text straight in a link, if this is one that has any."""
        if (box.element_tag or "").split(":")[0] != "a":
            return None
        lines = (c.children if isinstance(c, boxes.LineBox) else [c] for c in box.children)
        straight = any(isinstance(child, boxes.TextBox) for line in lines for child in line)
        return next(self._groups) if straight else None

    def _artifact(self, box: boxes.Box, page: int) -> pydyf.Dictionary | None:
        """What kind of artifact begins with this box (14.8.2.2)."""
        if isinstance(box, boxes.MarginBox):
            place = "/Header" if box.at_keyword.startswith("@top") else "/Footer"
            return pydyf.Dictionary({"Type": "/Pagination", "Subtype": place})
        if box.element_tag == "a::before":  # it only helps to break the line
            return pydyf.Dictionary({"Type": "/Layout"})
        if box.element_tag == "thead" and self._heads.setdefault(box.element, page) != page:
            return pydyf.Dictionary({"Type": "/Pagination"})  # repeated for the eye
        return None

    def _pieces(self, box: boxes.Box, pieces: Pieces) -> Pieces:
        """Where what is in the box belongs."""
        element, tag = box.element, box.element_tag
        if tag == "li::before":
            return self.labels.setdefault(element, [])
        if tag not in KINDS:
            return pieces
        if tag == "a" and element not in self.text:
            pieces.append(element)
        return self.text.setdefault(element, [])


def _mark(stream: list[Any], hidden: dict[int, pydyf.Dictionary], actual: dict[int, str]) -> None:
    """Say in the content of a page which pieces are artifacts, and what others mean."""
    for index, token in enumerate(stream):
        if token == b"BDC":
            mcid = stream[index - 1]["MCID"]
            if mcid in hidden:
                stream[index - 2 : index] = ["/Artifact", hidden[mcid]]
            elif mcid in actual:
                stream[index - 1]["ActualText"] = pydyf.String(actual[mcid])


class _Tree:
    """The structure tree (14.7): an element for each of the HTML, and the ways back to it."""

    def __init__(self, pages: _Pages, pdf: pydyf.PDF) -> None:
        self._pages, self._pdf = pages, pdf
        self._page_references = pdf.page_references
        self._owners = [[b"null"] * size for size in pages.sizes]
        self._links: list[bytes] = []
        self._ids: dict[Element, pydyf.String] = {}
        self._headers: dict[Element, list[pydyf.String]] = {}
        self._names: list[object] = []

    def write(self, root: Element) -> None:
        tree = pydyf.Dictionary({"Type": "/StructTreeRoot"})
        self._pdf.add_object(tree)
        self._pdf.catalog["StructTreeRoot"] = tree.reference
        tree["K"] = pydyf.Array(self._write(body, tree) for body in root.iter("body"))
        values = [*map(pydyf.Array, self._owners), *self._links]
        nums = (part for pair in enumerate(values) for part in pair)
        for key, kind, entries in (("ParentTree", "Nums", nums), ("IDTree", "Names", self._names)):
            index = pydyf.Dictionary({kind: pydyf.Array(entries)})
            self._pdf.add_object(index)
            tree[key] = index.reference

    def _write(self, html: Element, parent: pydyf.Dictionary) -> bytes:
        element = self._add(KINDS[html.tag], parent)
        if html.tag == "table":
            self._tie(html)
        self._describe(html, element)
        holder = element
        if html.tag == "li":
            if html in self._pages.labels:
                self._fill(self._add("Lbl", element), self._pages.labels[html])
            holder = self._add("LBody", element)
        self._fill(holder, self._pages.text.get(html, ()))
        for child in html:
            if child.tag in KINDS and child.tag != "a":
                self._write(child, holder)
        return bytes(element.reference)

    def _add(self, kind: str, parent: pydyf.Dictionary) -> pydyf.Dictionary:
        values = {"Type": "/StructElem", "S": f"/{kind}", "P": parent.reference}
        element = pydyf.Dictionary({**values, "K": pydyf.Array()})
        self._pdf.add_object(element)
        if "K" in parent:
            parent["K"].append(element.reference)
        return element

    def _fill(self, element: pydyf.Dictionary, pieces: Iterable[Mark | Area | Element]) -> None:
        for piece in pieces:
            if isinstance(piece, Element):
                self._write(piece, element)
                continue
            page = self._page_references[piece.page]
            if isinstance(piece, Area):
                kid = {"Type": "/OBJR", "Pg": page, "Obj": piece.annotation.reference}
                element["K"].append(pydyf.Dictionary(kid))
                piece.annotation["StructParent"] = len(self._owners) + len(self._links)
                self._links.append(element.reference)
            else:
                self._owners[piece.page][piece.mcid] = element.reference
                if element.setdefault("Pg", page) == page:
                    element["K"].append(piece.mcid)
                else:
                    kid = {"Type": "/MCR", "Pg": page, "MCID": piece.mcid}
                    element["K"].append(pydyf.Dictionary(kid))

    def _describe(self, html: Element, element: pydyf.Dictionary) -> None:
        """Add what else is known of an element: titles, numbering, headers."""
        attributes = pydyf.Dictionary()
        if html.tag in ("ol", "ul"):
            attributes |= {"O": "/List", "ListNumbering": f"/{_numbering(html)}"}
        elif html.tag == "table":
            element["T"] = pydyf.String(html.get("aria-label", ""))
            if summary := html.get("aria-description"):
                attributes |= {"O": "/Table", "Summary": pydyf.String(summary)}
        elif html.tag == "th":
            scope = "/Row" if html.get("scope") == "row" else "/Column"
            attributes |= {"O": "/Table", "Scope": scope}
            element["ID"] = self._ids[html]
            self._names += [self._ids[html], element.reference]
        elif html.tag == "img":
            element["Alt"] = pydyf.String(html.get("alt", ""))
        elif html.tag == "td":
            attributes |= {"O": "/Table", "Headers": pydyf.Array(self._headers[html])}
        if attributes:
            element["A"] = attributes

    def _tie(self, table: Element) -> None:
        """Tie each data cell to the header cells of its row and of its column."""
        columns: dict[int, list[pydyf.String]] = {}
        for row in table.iter("tr"):
            for header in row.iter("th"):
                # Of one length, so that the order of names (7.9.6) is that of writing.
                self._ids[header] = pydyf.String(f"header-{len(self._ids):08}")
            beside = [self._ids[header] for header in row if header.get("scope") == "row"]
            for index, cell in enumerate(row):
                if cell.tag == "td":
                    self._headers[cell] = beside + columns.get(index, [])
                elif cell.get("scope") == "col":
                    columns.setdefault(index, []).append(self._ids[cell])


def _numbering(numbered: Element) -> str:
    labels = [item.get("data-label", "") for item in numbered]
    fitting: Iterator[str] = (
        name for name, pattern in NUMBERINGS if all(map(pattern.fullmatch, labels))
    )
    return "Disc" if numbered.tag == "ul" else next(fitting, "None")
