"""page.docx as an office left it: its styles under the ids that we know, and the letters they set.

Word and LibreOffice may save a style under another id (Kop1, InternetLink) or another name
(Envelope Address), so a style is looked for by both.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from types import MappingProxyType

import docx
from docx.document import Document as Word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import nsdecls, qn
from docx.oxml.parser import parse_xml
from lxml import etree

from kmo_report.language import say
from kmo_report.look import Lettering, difference, letterings
from kmo_report.model.style import Look
from kmo_report.problems import InputError, Place, Problem

_DEEPEST = 5
LIST_STYLES = tuple(
    f"List{kind}{suffix}"
    for kind in ("Number", "Bullet", "Continue")
    for suffix in ("", *map(str, range(2, _DEEPEST + 1)))
)
"""Word has list styles for five levels."""
_CELL_STYLES = tuple(
    f"Table{kind}{number}" for kind in ("Text", "Heading", "Total") for number in ("", "Number")
)
TABLE_STYLE = "AnswerTable"

DRESSED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": ("Normal", "Reference", "Addressee", *LIST_STYLES),
        "title": ("Heading1",),
        "heading": ("Heading2", "Subject", "Heading3"),
        "caption": ("Caption",),
        "table": _CELL_STYLES,
        "note": ("Note", "Source"),
        "link": ("Hyperlink",),
        "header": ("Header",),
        "footer": ("Footer",),
    }
)
"""Place of `look` -> the styles, by id, that must look so; each after the one it is based on."""

NEEDED = (
    *(name for names in DRESSED.values() for name in names),
    "Strong",
    "Emphasis",
    TABLE_STYLE,
)
"""The styles that a page.docx must have."""

_SMALL = re.compile(r"(Heading|Caption|Header|Footer)(\d?)")
_REFERENCES = ("basedOn", "next", "link", "pStyle", "rStyle", "tblStyle", "styleLink")
_TRACKED = ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "sectPrChange")


def opened(content: bytes, path: str) -> Word:
    """A page.docx, its styles under our ids; InputError with all that bars its use."""
    try:
        word = docx.Document(BytesIO(content))
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError):
        message = say("this is no Word file (.docx)")
        raise InputError([Problem("page-docx", message, Place(path))]) from None
    _restore(word)
    known = {style.get(qn("w:styleId")) for style in word.styles.element}
    wrong = [
        say("the style {style} is missing", style=f"{name_of(style)} ({style})")
        for style in NEEDED
        if style not in known
    ]
    if any(next(root.iter(*(qn(f"w:{t}") for t in _TRACKED)), None) is not None
           for root in _roots(word)):  # fmt: skip
        wrong.append(say("it holds tracked changes; accept or reject them all in Word, then save"))
    if wrong:
        raise InputError(Problem("page-docx", message, Place(path)) for message in wrong)
    return word


def unused(word: Word) -> Iterator[str]:
    """What an officer put in that no document will show, and pictures without words."""
    words = "".join(piece.text or "" for piece in word.element.iter(qn("w:t"))).strip()
    if words:
        yield say("text in the page itself is not printed: {words}", words=words[:40])
    for root in related(word, RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER):
        for picture in root.iter(qn("wp:docPr")):
            if not picture.get("descr"):
                name = picture.get("name", "")
                yield say("the picture {name} has no alternative text for who cannot see it",
                          name=name)  # fmt: skip


def name_of(style: str) -> str:
    """Heading1 -> heading 1, TableText -> Table Text: the name in every language of Word's file."""
    if match := _SMALL.fullmatch(style):
        return f"{match[1].lower()} {match[2]}".strip()
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", " ", style)


def related(word: Word, *kinds: str) -> list[etree._Element]:
    """The roots of the parts of some kinds, such as headers."""
    return [
        rel.target_part.element
        for rel in word.part.rels.values()
        if rel.reltype in kinds and hasattr(rel.target_part, "element")
    ]


def _roots(word: Word) -> list[etree._Element]:
    kinds = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER, RELATIONSHIP_TYPE.NUMBERING)
    return [word.element, word.styles.element, *related(word, *kinds)]


def _restore(word: Word) -> None:
    """Give each style that we know its own id and name again, wherever it is named."""
    styles = word.styles.element
    held = [(style, style.get(qn("w:styleId")) or "", _value(style, "name")) for style in styles]
    new: dict[str, str] = {}
    for wanted in NEEDED:
        name = name_of(wanted)
        # An office may write a style of its own under our id: the name as we wrote it comes first.
        found = next(
            (
                (style, key)
                for fits in (
                    lambda _, n, name=name: n == name,
                    lambda key, _, wanted=wanted: key == wanted,
                    lambda _, n, name=name: n.casefold() == name.casefold(),
                )
                for style, key, n in held
                if fits(key, n)
            ),
            None,
        )
        if found is None:
            continue
        style, key = found
        for other, other_key, _ in held:
            if other is not style and other_key == wanted and other.getparent() is not None:
                styles.remove(other)
        new[key] = wanted
        style.set(qn("w:styleId"), wanted)
        element = style.find(qn("w:name"))
        if element is not None:
            element.set(qn("w:val"), name)
    for root in _roots(word):
        for element in root.iter(*(qn(f"w:{name}") for name in _REFERENCES)):
            key = element.get(qn("w:val"), "")
            element.set(qn("w:val"), new.get(key, key))


def _value(element: etree._Element, name: str) -> str:
    found = element.find(qn(f"w:{name}"))
    return "" if found is None else found.get(qn("w:val"), "")


# --- letters -----------------------------------------------------------------------------------

_UNSAID = Lettering("Times New Roman", Decimal(10), "000000")
"""What Word takes where a file says nothing (ECMA-376 part 1, 17.7.5)."""


def lettering(word: Word, name: str) -> Lettering:
    """The letters of a style as a reader sees them, with what it takes from those below it."""
    styles = {s.get(qn("w:styleId")): s for s in word.styles.element.iter(qn("w:style"))}
    style, chain = styles.get(name), []
    while style is not None and style not in chain:
        chain.append(style)
        style = styles.get(_value(style, "basedOn"))
    looks = [look for style in chain for look in style.iterchildren(qn("w:rPr"))]
    if chain[0].get(qn("w:type")) != "paragraph":
        return _seen(word, looks)
    seen = _seen(word, [*looks, *word.styles.element.iterfind(_DEFAULTS)])
    return Lettering(
        seen.font or _UNSAID.font, seen.size or _UNSAID.size, seen.colour or _UNSAID.colour
    )


_DEFAULTS = "/".join(map(qn, ("w:docDefaults", "w:rPrDefault", "w:rPr")))


def _seen(word: Word, looks: Sequence[etree._Element]) -> Lettering:
    """What the first of some run properties says that says anything."""
    font = size = colour = ""
    for look in looks:
        fonts = look.find(qn("w:rFonts"))
        if fonts is not None:
            font = font or _theme_font(word, fonts) or fonts.get(qn("w:ascii"), "")
        size = size or _value(look, "sz")
        colour = colour or _plain(_value(look, "color"))
    return Lettering(font or None, Decimal(size) / 2 if size.isdigit() else None, colour or None)


def _plain(colour: str) -> str:
    return colour.lower().replace("auto", "000000")


def _theme_font(word: Word, fonts: etree._Element) -> str:
    """The font of the theme that stands for `minorHAnsi` and its like."""
    name = fonts.get(qn("w:asciiTheme"))
    if name:
        kind = "majorFont" if name.startswith("major") else "minorFont"
        for rel in word.part.rels.values():
            if rel.reltype == RELATIONSHIP_TYPE.THEME:
                latin = parse_xml(rel.target_part.blob).find(f".//{{*}}{kind}/{{*}}latin")
                return "" if latin is None else latin.get("typeface", "")
    return ""


def _rules(word: Word) -> Iterator[tuple[str, etree._Element]]:
    """`inner` or `outer`, and a border of the style of tables that has that colour."""
    for style in word.styles.element.iter(qn("w:style")):
        if style.get(qn("w:styleId")) == TABLE_STYLE:
            for borders in style.iter(qn("w:tblBorders"), qn("w:tcBorders")):
                for border in borders:
                    if border.get(qn("w:val")) not in (None, "nil", "none"):
                        yield "inner" if border.tag == qn("w:insideH") else "outer", border


def differences(word: Word, look: Look) -> Iterator[str]:
    """What page.docx has otherwise than style.yaml, a sentence each."""
    for place, wanted in letterings(look).items():
        for style in DRESSED[place]:
            here = lettering(word, style)
            for name in here.unlike(wanted):
                values = getattr(here, name), place, getattr(wanted, name)
                yield difference(name_of(style), name, *values)
    for kind, colour in look.rules or ():
        found = {_plain(border.get(qn("w:color"), "")) for k, border in _rules(word) if k == kind}
        for other in sorted(found - {colour}):
            yield difference(name_of(TABLE_STYLE), "colour", other, f"rules.{kind}", colour)


def dress(word: Word, look: Look) -> None:
    """Set in the styles what style.yaml says; what is right already stays as it is."""
    for place, wanted in letterings(look).items():
        for name in DRESSED[place]:
            wrong = set(lettering(word, name).unlike(wanted))
            if not wrong:
                continue
            (style,) = (s for s in word.styles.element if s.get(qn("w:styleId")) == name)
            properties = style.get_or_add_rPr()
            if "font" in wrong:
                fonts = properties.get_or_add_rFonts()
                fonts.attrib.clear()
                for script in ("ascii", "hAnsi", "eastAsia", "cs"):
                    fonts.set(qn(f"w:{script}"), str(wanted.font))
            if "size" in wrong and wanted.size:
                size = properties.get_or_add_sz()
                size.set(qn("w:val"), str(int(wanted.size * 2)))
                for old in properties.iterchildren(qn("w:szCs")):
                    properties.remove(old)
                size.addnext(parse_xml(f'<w:szCs {nsdecls("w")} w:val="{int(wanted.size * 2)}"/>'))
            if "colour" in wrong:
                colour = properties.get_or_add_color()
                colour.attrib.clear()
                colour.set(qn("w:val"), str(wanted.colour).upper())
    for kind, border in _rules(word) if look.rules else ():
        border.set(qn("w:color"), getattr(look.rules, kind).upper())
        border.attrib.pop(qn("w:themeColor"), "")
