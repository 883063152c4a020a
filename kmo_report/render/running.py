"""What is printed on every page of the Word file: the header and footer of the document.

What an officer put in the headers and footers of page.docx stays. The document's own texts come
where these say {header} and {footer}; where no header or footer of a kind of page does, they get
a line of their own, and so does the number of the page: a mark such as ONTWERP is never lost.
"""

import re
from collections.abc import Iterator, Sequence

from docx.document import Document as Word
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from docx.section import _Footer, _Header
from lxml import etree

from kmo_report.language import mark, say

_Area = _Header | _Footer
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def print_on_pages(word: Word, header: str, footer: str) -> None:
    """Print the texts and the number of the page on every kind of page."""
    for above, below in _areas(word):
        roots = _roots(above, below)
        for place, text, area in (("{header}", header, above), ("{footer}", footer, below)):
            put = [_put(root, place, text) for root in roots]  # everywhere, not the first only
            if text and not any(put):
                _line(area, place.strip("{}").capitalize(), text)
        if not any(_numbers(root) for root in _roots(above, below)):
            _number(below)


def absences(word: Word) -> list[str]:
    """What page.docx leaves to this program to place, a sentence each."""
    said: dict[str, None] = {}
    for areas in _areas(word):
        roots = _roots(*areas)
        for place in ("{header}", "{footer}"):
            if not any(place in text for root in roots for text in _texts(root)):
                message = mark(
                    "no header or footer of page.docx says {place}: a line is added for it"
                )
                said[say(message, place=place)] = None
        if not any(_numbers(root) for root in roots):
            said[say("no header or footer of page.docx has a page number: one is added")] = None
    return list(said)


def _areas(word: Word) -> Iterator[tuple[_Header, _Footer]]:
    """The header and footer of each kind of page: the first, an even one, any other."""
    section = word.sections[-1]
    yield section.header, section.footer
    if section.different_first_page_header_footer:
        yield section.first_page_header, section.first_page_footer
    if word.settings.odd_and_even_pages_header_footer:
        yield section.even_page_header, section.even_page_footer


def _roots(*areas: _Area) -> list[etree._Element]:
    return [area._element for area in areas if not area.is_linked_to_previous]  # noqa: SLF001


def _texts(root: etree._Element) -> Iterator[str]:
    for paragraph in root.iter(qn("w:p")):
        yield "".join(piece.text or "" for piece in paragraph.iter(qn("w:t")))


def _numbers(root: etree._Element) -> bool:
    """Whether the number of the page is in it, as a field."""
    codes = [code.text or "" for code in root.iter(qn("w:instrText"))]
    codes += [field.get(qn("w:instr"), "") for field in root.iter(qn("w:fldSimple"))]
    return any(re.search(r"\bPAGE\b", code) for code in codes)


def _put(root: etree._Element, place: str, text: str) -> bool:
    """Print `text` where `place` stands, in one run or in several."""
    found = False
    for paragraph in root.iter(qn("w:p")):
        pieces: Sequence[etree._Element] = [*paragraph.iter(qn("w:t"))]
        start = "".join(piece.text or "" for piece in pieces).find(place)
        if start < 0:
            continue
        found, end, at, new = True, start + len(place), 0, text
        for piece in pieces:
            words = piece.text or ""
            first, last = max(0, start - at), max(0, end - at)
            if first < len(words) and last > 0:
                piece.text, new = words[:first] + new + words[last:], ""
                piece.set(_SPACE, "preserve")
            at += len(words)
    return found


def _line(area: _Area, style: str, text: str) -> etree._Element:
    """A new last line of a header or footer."""
    line = parse_xml(
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t/></w:r></w:p>'
    )
    piece = next(line.iter(qn("w:t")))
    piece.text = text
    piece.set(_SPACE, "preserve")
    made = area.is_linked_to_previous
    root = area._element  # noqa: SLF001 -- and made now, where there was none
    for empty in [*root] if made else ():
        root.remove(empty)
    root.append(line)
    return line


def _number(area: _Footer) -> None:
    """n/N, at the end of the footer."""
    line = _line(area, "Footer", "")
    for part in (_field("PAGE"), "<w:r><w:t>/</w:t></w:r>", _field("NUMPAGES")):
        for run in parse_xml(f"<w:p {nsdecls('w')}>{part}</w:p>"):
            line.append(run)


def _field(code: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
