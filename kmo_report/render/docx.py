"""The DOCX: a Word file that the cabinet can edit, accessible, with the template's styles.

python-docx opens the template and keeps the package in order; the body is written as XML, since
its own calls take minutes for tables of thousands of rows. What the file must hold is in ECMA-376,
part 1 (clauses below).
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from types import MappingProxyType
from typing import cast
from xml.etree.ElementTree import Element

from docx.document import Document as Word
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import XmlPart
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.parts.numbering import NumberingPart
from lxml import etree

from kmo_report.document import Document, Picture
from kmo_report.model.style import TableRoom
from kmo_report.render.dress import TABLE_STYLE, opened
from kmo_report.render.numbering import LEVELS, STEP, Label, Numbering, read_label, room
from kmo_report.render.running import print_on_pages
from kmo_report.template import Template
from kmo_report.width import Text, needs, shared

STYLES: Mapping[str, str] = MappingProxyType(
    {
        "h1": "Heading1",
        "h2": "Heading2",
        "h2.subject": "Subject",
        "h3": "Heading3",
        "p": "Normal",
        "p.reference": "Reference",
        "p.addressee": "Addressee",
        "p.note": "Note",
        "p.source": "Source",
        "caption": "Caption",
    }
)
"""Element and class -> paragraph style, by its id: names are localised, ids are not."""

_DEEPEST = 5
"""Word has list styles for so many levels."""
_SUFFIXES = ("", *map(str, range(2, _DEEPEST + 1)))

KEPT_WHOLE = 16
"""A table of fewer rows is not broken over pages."""


def to_docx(document: Document, template: Template) -> bytes:
    """The document as a Word file; its attachments do not travel with it."""
    word = opened(template.docx, str(template.folder / "page.docx"))
    (body,) = document.root.iter("body")
    print_on_pages(word, body.get("data-header", ""), body.get("data-footer", ""))
    _Writer(word, document.pictures, template.style.tables).write(body)
    _describe(word, document.root)
    return packed(word)


# --- XML ---------------------------------------------------------------------------------------

_NAMES: dict[str, str] = {}


def _name(prefixed: str) -> str:
    """`w:p` -> its full name; looked up a hundred thousand times for a long table."""
    return _NAMES.get(prefixed) or _NAMES.setdefault(prefixed, qn(prefixed))


def _add(parent: etree._Element, name: str, **attributes: str | int) -> etree._Element:
    """A child in the namespace of Word, with attributes of the same namespace."""
    values = {_name(f"w:{key}"): str(value) for key, value in attributes.items()}
    return etree.SubElement(parent, _name(f"w:{name}"), values)


# --- words -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Run:
    """Text of one look; a line break is a run of its own."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str = ""


_BREAK = "\n"


def _runs(element: Element, look: _Run) -> Iterator[_Run]:
    """The text of an element in runs, with the white space as it stands in the HTML."""
    if element.text:
        yield replace(look, text=element.text)
    for child in element:
        if child.tag == "br":
            yield replace(look, text=_BREAK)
        else:
            yield from _runs(child, _LOOKS[child.tag](child, look))
        if child.tail:
            yield replace(look, text=child.tail)


_LOOKS: Mapping[str, Callable[[Element, _Run], _Run]] = MappingProxyType(
    {
        "em": lambda _, look: replace(look, emphasis=True),
        "strong": lambda _, look: replace(look, strong=True),
        "a": lambda link, look: replace(look, href=link.get("href", "")),
    }
)


def _folded(runs: Iterator[_Run]) -> list[_Run]:
    """White space as a browser folds it: one space at most, none at the ends of a line."""
    folded: list[_Run] = []
    open_end = False
    for run in runs:
        if run.text == _BREAK:
            open_end = False
            if folded and folded[-1].text.endswith(" "):
                folded[-1] = replace(folded[-1], text=folded[-1].text[:-1])
            folded.append(run)
            continue
        text = re.sub(r"[ \t\r\n]+", " ", run.text)
        if not open_end:
            text = text.removeprefix(" ")
        if text:
            open_end = not text.endswith(" ")
            folded.append(replace(run, text=text))
    if folded and folded[-1].text.endswith(" "):
        folded[-1] = replace(folded[-1], text=folded[-1].text[:-1])
    return [run for run in folded if run.text]


# --- the body ----------------------------------------------------------------------------------


class _Writer:
    """Writes the blocks of a document into a Word file."""

    def __init__(self, word: Word, pictures: Mapping[str, Picture], room: TableRoom) -> None:
        self._part = word.part
        self._pictures, self._room = pictures, room
        self._numbering = Numbering(_numbering_part(word).element)
        self._body = word.element.body
        self._section = self._body.sectPr
        self._landscape = False
        """Whether the pages are turned."""
        for old in [*self._body]:
            self._body.remove(old)
        self._lefts: list[int] = []
        """Where the text of each of the lists around stands, from the margin."""
        self._labels: list[Label] = []
        """Numbers that wait for the paragraph they stand at."""
        self._bullet = False
        """Whether a bullet does."""
        self._announces = False
        """Whether a list, table or picture follows: it begins on the same page."""
        self._new_page = False
        self._after_table = False
        self._quoted = False
        """Whether what is written is a quotation."""

    def write(self, body: Element) -> None:
        """Write all sections."""
        self._children(body)
        if self._after_table:  # Word wants a paragraph at the end (17.2.2)
            self._paragraph("Normal", [])
        self._body.append(self._section_properties())
        self._numbering.write()

    @property
    def _depth(self) -> int:
        """How many lists stand around."""
        return len(self._lefts)

    @property
    def _left(self) -> int:
        """Where the text stands, from the margin."""
        return self._lefts[-1] if self._lefts else 0

    def _children(self, element: Element) -> None:
        children = [*element]
        for child, following in zip(children, [*children[1:], None], strict=False):
            self._announces = following is not None and (
                following.tag in ("ol", "ul", "table", "img", "div")
                or following.get("class") in ("note", "source")
            )
            if child.tag not in ("ol", "ul"):
                # What announces a table stands on the same page, turned or not.
                announced = following if child.tag == "p" else None
                self._turn(landscape=any(map(_is_landscape, (element, child, announced))))
            BLOCKS[child.tag](self, child)

    def _turn(self, *, landscape: bool) -> None:
        """What follows stands on pages that are turned, or not; they are sections (17.6)."""
        if landscape == self._landscape:
            return
        if len(self._body):
            if self._after_table:
                self._paragraph("Normal", [])
            last = self._body[-1]
            properties = last.find(_name("w:pPr"))
            assert properties is not None  # noqa: S101 -- each paragraph of ours has a style
            properties.append(self._section_properties())
            self._new_page = False  # a section begins on one
        self._landscape = landscape

    def _section_properties(self) -> etree._Element:
        """Those of the template, with its header and footer, on a page that may be turned."""
        section: etree._Element = deepcopy(self._section)
        page = section.find(_name("w:pgSz"))
        if self._landscape and page is not None:
            width, height = page.get(_name("w:w"), ""), page.get(_name("w:h"), "")
            page.set(_name("w:w"), height)
            page.set(_name("w:h"), width)
            page.set(_name("w:orient"), "landscape")
        return section

    @property
    def _width(self) -> int:
        """Between the margins, in twentieths of a point."""
        section = self._section_properties()
        page, margins = section.find(_name("w:pgSz")), section.find(_name("w:pgMar"))
        if page is None or margins is None:
            return round(self._room.portrait * 1440 / 25.4)
        sides = (margins.get(_name(f"w:{side}"), "0") for side in ("left", "right"))
        return int(page.get(_name("w:w"), "0")) - sum(map(int, sides))

    def _write_section(self, element: Element) -> None:
        self._new_page = len(self._body) > 0
        self._children(element)

    def _write_text(self, element: Element) -> None:
        kind = f"{element.tag}.{element.get('class')}" if element.get("class") else element.tag
        runs = _runs(element, _Run(""))
        # A subject keeps its white space, as in the HTML.
        words = list(runs) if kind == "h2.subject" else _folded(runs)
        says_so = self._quoted and kind == "p.note"  # above the words that it is about
        self._paragraph(STYLES[kind], words, keep=self._announces or says_so)

    def _write_list(self, element: Element) -> None:
        # "1. a)" shares a line; a number before a bullet, or a bullet before a list, has its own.
        if self._bullet or (self._labels and element.tag == "ul"):
            self._paragraph("Normal", [], keep=True)
        labels = [item.get("data-label", "") for item in element]
        self._lefts.append(self._left + room(labels))
        for item, label in zip(element, labels, strict=True):
            if element.tag == "ol" and label:
                self._labels.append(read_label(label, labels[0]))
            else:
                self._bullet = True
            self._children(item)
            if self._labels or self._bullet:  # an item that holds nothing
                self._paragraph("Normal", [])
        self._lefts.pop()

    def _write_quotation(self, element: Element) -> None:
        self._quoted = True
        self._children(element)
        self._quoted = False

    def _paragraph(self, style: str, runs: Sequence[_Run], *, keep: bool = False) -> None:
        paragraph = etree.Element(_name("w:p"))
        self._body.append(paragraph)
        properties = _add(paragraph, "pPr")
        bullet = self._bullet
        listed, number, level = self._place_in_list()
        own = style != "Normal"
        _add(properties, "pStyle", val=style if own else listed or style)
        if keep:
            _add(properties, "keepNext")
        if self._new_page:
            _add(properties, "pageBreakBefore")
            self._new_page = False
        if number:
            place = _add(properties, "numPr")
            _add(place, "ilvl", val=level)
            _add(place, "numId", val=number)
        if self._quoted:
            borders = _add(properties, "pBdr")
            _add(borders, "left", val="single", sz=12, space=6, color="auto")
        if self._after_table and not own:
            _add(properties, "spacing", before=200)
        self._after_table = False
        usual = self._left == min(self._depth, LEVELS) * STEP
        if bullet and not usual:
            _add(properties, "ind", left=self._left, hanging=STEP)
        elif not number and self._depth and (own or self._depth > _DEEPEST or not usual):
            _add(properties, "ind", left=self._left)
        self._write_runs(paragraph, runs)

    def _place_in_list(self) -> tuple[str, int, int]:
        """The list style of the next paragraph, and the number of its list and level, or 0."""
        if not self._depth:
            return "", 0, 0
        suffix = _SUFFIXES[min(self._depth, _DEEPEST) - 1]
        labels, bullet = self._labels, self._bullet
        self._labels, self._bullet = [], False
        if bullet:
            return f"ListBullet{suffix}", self._numbering.bullet(), min(self._depth, LEVELS) - 1
        if labels:
            level = min(self._depth - len(labels), LEVELS - 1)
            lefts = [0, *self._lefts]
            hanging = self._left - lefts[self._depth - len(labels)]
            number = self._numbering.numbered(level, labels, self._left, hanging)
            return f"ListNumber{suffix}", number, level
        return f"ListContinue{suffix}", 0, 0

    def _write_runs(
        self, paragraph: etree._Element, runs: Sequence[_Run], size: float | None = None
    ) -> None:
        link, holder = "", paragraph
        for run in runs:
            if run.href != link:
                link, holder = run.href, paragraph
                if link:
                    key = self._part.relate_to(link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                    holder = _add(paragraph, "hyperlink", history=1)
                    holder.set(qn("r:id"), key)
            element = _add(holder, "r")
            if run.href or run.strong or run.emphasis or size:
                _look(_add(element, "rPr"), run, size)
            if run.text == _BREAK:
                _add(element, "br")
            else:
                text = _add(element, "t")
                text.text = run.text
                text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")

    # --- tables ----------------------------------------------------------------------------------

    def _write_table(self, element: Element) -> None:
        caption = element.find("caption")
        if caption is not None:
            self._paragraph("Caption", _folded(_runs(caption, _Run(""))), keep=True)
        elif self._labels or self._bullet or self._after_table or self._new_page:
            # A number wants a line to stand on, and two tables that touch become one.
            self._paragraph("Normal", [], keep=True)
        rows = [*element.iter("tr")]
        indent, keep_last = self._left, self._announces
        header = {*element.iterfind("thead/tr")}
        size = self._room.small if element.get("class") == "small" else None
        widths = _widths(rows, header, self._width - indent, size or self._room.letters,
                         self._room.padding)  # fmt: skip
        table = etree.Element(_name("w:tbl"))
        self._body.append(table)
        _table_properties(table, element, rows, indent, sum(widths))
        grid = _add(table, "tblGrid")
        for width in widths:
            _add(grid, "gridCol", w=width)
        for index, row in enumerate(rows):
            line = _add(table, "tr")
            properties = _add(line, "trPr")
            _add(properties, "cantSplit")
            if row in header:
                _add(properties, "tblHeader")
            last = index == len(rows) - 1
            keep = row in header or (keep_last if last else len(rows) < KEPT_WHOLE)
            for cell, width in zip(row, widths, strict=True):
                self._write_cell(line, cell, width, size, heading=row in header, keep=keep)
        self._after_table = True

    def _write_cell(  # noqa: PLR0913 -- as many as a cell has
        self,
        row: etree._Element,
        cell: Element,
        width: int,
        size: float | None,
        *,
        heading: bool,
        keep: bool,
    ) -> None:
        classes = cell.get("class", "").split()
        element = _add(row, "tc")
        _add(_add(element, "tcPr"), "tcW", w=width, type="dxa")
        paragraph = _add(element, "p")
        properties = _add(paragraph, "pPr")
        kind = "Heading" if heading else "Total" if "total" in classes else "Text"
        _add(properties, "pStyle", val=f"Table{kind}{'Number' if 'number' in classes else ''}")
        if keep:
            _add(properties, "keepNext")
        self._write_runs(paragraph, _folded(_runs(cell, _Run(""))), size)

    # --- pictures --------------------------------------------------------------------------------

    def _write_picture(self, element: Element) -> None:
        picture = self._pictures[element.get("src", "")]
        width = min(round(picture.width * 36000), (self._width - self._left) * 635)
        height = round(picture.height * 36000 * width / (picture.width * 36000))
        inline = self._part.new_pic_inline(BytesIO(picture.png), width, height)
        inline.docPr.set("descr", element.get("alt", ""))
        self._after_table = True  # some space before it
        self._paragraph("Normal", [])
        run = _add(self._body[-1], "r")
        _add(run, "drawing").append(inline)


BLOCKS: Mapping[str, Callable[[_Writer, Element], None]] = MappingProxyType(
    {
        "section": _Writer._write_section,  # noqa: SLF001
        "h1": _Writer._write_text,  # noqa: SLF001
        "h2": _Writer._write_text,  # noqa: SLF001
        "h3": _Writer._write_text,  # noqa: SLF001
        "p": _Writer._write_text,  # noqa: SLF001
        "ol": _Writer._write_list,  # noqa: SLF001
        "ul": _Writer._write_list,  # noqa: SLF001
        "table": _Writer._write_table,  # noqa: SLF001
        "img": _Writer._write_picture,  # noqa: SLF001
        "div": _Writer._children,  # noqa: SLF001
        "blockquote": _Writer._write_quotation,  # noqa: SLF001
    }
)
"""Element -> what writes it; those of a line are in `_LOOKS`, those of a table in its function."""

_INSIDE = {"html", "head", "title", "meta", "body", "li", "br"}
_OF_TABLES = {"caption", "thead", "tbody", "tr", "th", "td"}
KNOWN = frozenset({*BLOCKS, *_LOOKS, *_INSIDE, *_OF_TABLES})
"""All elements that this renderer shows."""


def _is_landscape(element: Element | None) -> bool:
    return element is not None and element.tag == "div" and element.get("class") == "landscape"


def _look(properties: etree._Element, run: _Run, size: float | None) -> None:
    """A run has one style; a second look is set on it, and so are smaller letters."""
    styles = [("Hyperlink", run.href), ("Strong", run.strong), ("Emphasis", run.emphasis)]
    first, *others = [*(style for style, wanted in styles if wanted), ""]
    if first:
        _add(properties, "rStyle", val=first)
    for name, style in (("b", "Strong"), ("bCs", "Strong"), ("i", "Emphasis"), ("iCs", "Emphasis")):
        if style in others:
            _add(properties, name)
    for name in ("sz", "szCs") if size else ():
        _add(properties, name, val=round((size or 0) * 2))


def _table_properties(
    table: etree._Element, element: Element, rows: Sequence[Element], indent: int, width: int
) -> None:
    properties = _add(table, "tblPr")
    _add(properties, "tblStyle", val=TABLE_STYLE)
    _add(properties, "tblW", w=width, type="dxa")
    if indent:
        _add(properties, "tblInd", w=indent, type="dxa")
    last = int(bool(rows) and rows[-1].get("class") == "total")
    _add(properties, "tblLook", val="04E0" if last else "04A0", firstRow=1, lastRow=last,
         firstColumn=1, lastColumn=0, noHBand=0, noVBand=1)  # fmt: skip
    _add(properties, "tblCaption", val=element.get("aria-label", ""))
    if summary := element.get("aria-description"):
        _add(properties, "tblDescription", val=summary)


def _widths(
    rows: Sequence[Element], header: set[Element], width: int, size: float, padding: float
) -> list[int]:
    """The widths of the columns: by what they hold, and no figure or word is broken."""
    columns = needs(
        [
            Text(
                "".join(cell.itertext()),
                bold=row in header or "total" in cell.get("class", ""),
                number="number" in cell.get("class", ""),
            )
            for cell in row
        ]
        for row in rows
    )
    em = size * 20
    widths = [int(share * em) for share in shared(columns, width / em, padding)]
    return [*widths[:-1], width - sum(widths[:-1])]


# --- the rest of the file ----------------------------------------------------------------------


def _numbering_part(word: Word) -> XmlPart:
    """The part for lists; an office suite drops it from a template that has none."""
    try:
        part = word.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING)
    except KeyError:
        part = NumberingPart(
            PackURI("/word/numbering.xml"),
            CONTENT_TYPE.WML_NUMBERING,
            parse_xml(f"<w:numbering {nsdecls('w')}/>"),
            word.part.package,
        )
        word.part.relate_to(part, RELATIONSHIP_TYPE.NUMBERING)
    return cast("XmlPart", part)


def _describe(word: Word, root: Element) -> None:
    """Title, author, language and dates, from the head of the HTML."""
    meta = {m.get("name"): m.get("content", "") for m in root.iter("meta")}
    core, element = word.core_properties, word.core_properties._element  # noqa: SLF001
    core.language = root.get("lang", "")
    core.last_modified_by = core.author = meta.get("author", "")[:255]
    core.revision = 1
    for name in ("created", "modified"):
        if f"dcterms.{name}" in meta:
            moment = datetime.fromisoformat(meta[f"dcterms.{name}"]).replace(tzinfo=None)
            setattr(core, name, moment)
    # python-docx refuses more than 255 characters here; the format does not.
    core.title = core.subject = "-"
    element.find(qn("dc:title")).text = root.findtext("head/title", "")
    element.find(qn("dc:subject")).text = meta.get("description", "")


def packed(word: Word) -> bytes:
    """The file, with the same bytes on any day: python-docx stamps the clock into the package."""
    saved, packed = BytesIO(), BytesIO()
    word.save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(packed, "w") as new:
        # The content types come first, so that the kind of file is known from its start.
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            new.writestr(entry, old.read(name), compresslevel=6)
    return packed.getvalue()
