"""What a reader of a PDF sees and hears, read without the program's own code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2

_SHOWS = frozenset({"Tj", "TJ", "'", '"', "Do"})
_HYPHEN = "\N{START OF TEXT}"  # as PDFium tells a hyphen at the end of a line


def pages(content: bytes) -> list[list[str]]:
    """All lines of each page, as they are on paper."""
    with pypdfium2.PdfDocument(content) as pdf:
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
    return [text.replace(_HYPHEN, "-").splitlines() for text in texts]


def words(content: bytes) -> str:
    """The text without its artifacts (running lines, repeated header rows) and its charts."""
    return "\n".join(line for page in pages(_without_artifacts(content)) for line in page)


def _without_artifacts(content: bytes) -> bytes:
    saved = BytesIO()
    with pikepdf.open(BytesIO(content)) as pdf:
        for page in pdf.pages:
            kept = []
            marks: list[bool] = []
            for instruction in pikepdf.parse_content_stream(page):
                operands, name = instruction.operands, str(instruction.operator)
                if name in ("BDC", "BMC"):
                    marks.append(str(operands[0]) in ("/Artifact", "/Figure"))
                elif name == "EMC":
                    marks.pop()
                if not (any(marks) and name in _SHOWS):
                    kept.append(instruction)
            page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(kept))
        pdf.save(saved)
    return saved.getvalue()


@dataclass(frozen=True)
class Tag:
    """A structure element."""

    kind: str
    element: pikepdf.Object
    """The dictionary, from pikepdf."""
    kids: tuple["Tag", ...]

    def walk(self) -> Iterator["Tag"]:
        """Itself and all below it, in reading order."""
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def all(self, *kinds: str) -> list["Tag"]:
        """All of some kinds, in reading order."""
        return [tag for tag in self.walk() if tag.kind in kinds]


def tags(pdf: pikepdf.Pdf) -> Tag:
    """The structure tree."""

    def read(element: pikepdf.Object) -> Tag:
        kids: Any = element.get("/K", [])
        inside = [
            kid
            for kid in ([kids] if isinstance(kids, pikepdf.Dictionary) else kids)
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid
        ]
        return Tag(str(element.S)[1:], element, tuple(map(read, inside)))

    (document,) = pdf.Root.StructTreeRoot.K
    return read(document)


def spoken(pdf: pikepdf.Pdf, tag: Tag) -> str:
    """The text that a screen reader says for an element: of its own pieces, then of those in it."""
    return "".join(_said(pdf, tag.element))


def _said(pdf: pikepdf.Pdf, element: pikepdf.Object) -> Iterator[str]:
    for kid in element.get("/K", []):
        if isinstance(kid, pikepdf.Dictionary):
            if "/S" in kid:
                yield from _said(pdf, kid)
            elif kid.Type == "/MCR":
                yield _pieces(pdf, kid.Pg)[int(kid.MCID)]
        else:
            yield _pieces(pdf, element.Pg)[int(kid)]


_CACHE: dict[tuple[int, tuple[int, int]], dict[int, str]] = {}


def _pieces(pdf: pikepdf.Pdf, page: pikepdf.Object) -> dict[int, str]:
    """The marked pieces of text of a page, by their numbers."""
    key = id(pdf), page.objgen
    if key not in _CACHE:
        _CACHE.clear()
        _CACHE[key] = _read_pieces(page)
    return _CACHE[key]


def _read_pieces(page: pikepdf.Object) -> dict[int, str]:
    fonts = {name: _characters(font) for name, font in page.Resources.Font.items()}
    pieces: dict[int, str] = {}
    font: dict[bytes, str] = {}
    marks: list[Any] = []
    for instruction in pikepdf.parse_content_stream(page):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "Tf":
            font = fonts[str(operands[0])]
        elif name in ("BDC", "BMC"):
            marks.append(operands[1] if name == "BDC" else {})
            if "/MCID" in marks[-1]:
                pieces[int(marks[-1]["/MCID"])] = str(marks[-1].get("/ActualText", ""))
        elif name == "EMC":
            marks.pop()
        elif name == "TJ" and marks and "/MCID" in marks[-1] and "/ActualText" not in marks[-1]:
            codes = b"".join(bytes(o) for o in operands[0] if isinstance(o, pikepdf.String))
            pieces[int(marks[-1]["/MCID"])] += "".join(
                font[codes[at : at + 2]] for at in range(0, len(codes), 2)
            )
    return pieces


def _characters(font: pikepdf.Object) -> dict[bytes, str]:
    """Glyph -> characters."""
    table = font.ToUnicode.read_bytes().decode()
    return {
        bytes.fromhex(glyph): bytes.fromhex(text).decode("utf-16-be")
        for glyph, text in re.findall(r"^<(\w+)> <(\w*)>$", table, re.MULTILINE)
    }
