"""PDFs that somebody changed: in a cell, in the data, in what they say of themselves, at their end.

Made with pikepdf, and by hand where the file must begin as it was.
"""

import re
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pikepdf

from tests import pdf_text


def resaved(pdf: bytes, change: Callable[[pikepdf.Pdf], object] = lambda _: None) -> bytes:
    """The file, changed and saved by another program."""
    saved = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        change(opened)
        opened.save(saved)
    return saved.getvalue()


def cell(old: str, new: str) -> Callable[[pikepdf.Pdf], None]:
    """Other glyphs in the first piece of text that is `old`."""

    def change(pdf: pikepdf.Pdf) -> None:
        for page in pdf.pages:
            content = rewritten(page, old, new)
            if content is not None:
                page.Contents = pdf.make_stream(content)
                return
        raise AssertionError(old)

    return change


def rewritten(page: pikepdf.Page, old: str, new: str) -> bytes | None:
    """The content of a page with other glyphs."""
    fonts = {name: characters(font) for name, font in page.Resources.Font.items()}
    instructions: list[Any] = list(pikepdf.parse_content_stream(page))
    font: Mapping[bytes, str] = {}
    for at, instruction in enumerate(instructions):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "Tf":
            font = fonts[str(operands[0])]
        elif name == "TJ":
            codes = b"".join(bytes(o) for o in operands[0] if isinstance(o, pikepdf.String))
            text = "".join(font[codes[n : n + 2]] for n in range(0, len(codes), 2))
            if text.strip() == old:
                back = {sign: code for code, sign in font.items()}
                glyphs = pikepdf.String(b"".join(back[sign] for sign in new))
                instructions[at] = pikepdf.ContentStreamInstruction(
                    [pikepdf.Array([glyphs])], pikepdf.Operator("TJ")
                )
                return pikepdf.unparse_content_stream(instructions)
    return None


def characters(font: pikepdf.Object) -> dict[bytes, str]:
    """Glyph -> characters."""
    return pdf_text._characters(font)  # noqa: SLF001


def attached(name: str, content: Callable[[bytes], bytes]) -> Callable[[pikepdf.Pdf], None]:
    """Another content for an attachment."""

    def change(pdf: pikepdf.Pdf) -> None:
        file = next(f for f in pdf.Root.AF if str(f.UF) == name).EF.F
        file.write(content(file.read_bytes()))

    return change


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    """A text with one word for another, once."""

    def change(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return change


def appended(pdf: bytes, objects: Mapping[int, bytes]) -> bytes:
    """An incremental update: other objects behind what is there, and a table of where they are.

    In them `SIZE` is the first number that is free.
    """
    with pikepdf.open(BytesIO(pdf)) as opened:
        root = opened.trailer.Root.objgen[0]
        size = len(opened.objects) + 1
    (before,) = re.findall(rb"startxref\s+(\d+)\s+%%EOF\s*\Z", pdf)
    new = b""
    places = {}
    for number, content in objects.items():
        places[number] = len(pdf) + len(new)
        new += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = max(size, *places) + 1
    places[table] = len(pdf) + len(new)
    index = b" ".join(b"%d 1" % number for number in sorted(places))
    rows = b"".join(b"\x01" + places[n].to_bytes(4, "big") + b"\0" for n in sorted(places))
    new += (
        b"%d 0 obj\n<</Type/XRef/Size %d/Index[%s]/W[1 4 1]/Root %d 0 R/Prev %s/Length %d>>\n"
        b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n"
    ) % (table, table + 1, index, root, before, len(rows), rows, places[table])
    return pdf + new


def number_of_contents(pdf: bytes, page: int) -> int:
    """The number of the object with the content of a page."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        return int(opened.pages[page].Contents.objgen[0])


def with_cell_behind(pdf: bytes, page: int, old: str, new: str) -> bytes:
    """A cell that is changed by an incremental update."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        content = rewritten(opened.pages[page], old, new)
    assert content
    packed = zlib.compress(content)
    stream = b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
    return appended(pdf, {number_of_contents(pdf, page): stream})


def signed(pdf: bytes) -> bytes:
    """With a field for a signature behind it, as programs that sign add one."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        root = opened.Root
        first = len(opened.objects) + 1
        number = root.objgen[0]
        root_text = root.unparse(resolved=False)
        if root_text.endswith(b"R"):
            root_text = pikepdf.Dictionary(dict(root.items())).unparse()
    field, value = first, first + 1
    catalog = root_text.strip()[:-2] + b"/AcroForm<</Fields[%d 0 R]/SigFlags 3>>>>" % field
    return appended(
        pdf,
        {
            number: catalog,
            field: b"<</FT/Sig/T(Signature1)/V %d 0 R>>" % value,
            value: b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached"
            b"/ByteRange[0 100 200 300]/Contents<00>>>",
        },
    )
