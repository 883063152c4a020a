"""Real files, and the many ways in which bytes can be wrong."""

import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from io import BytesIO
from random import Random

import pikepdf

from tests.conftest import GOOD, ROOT
from tests.test_read_round_trip import good, rendered

Bytes = bytes

_TOKENS = (
    *(
        b"\x00",
        b"\xff",
        b"\xff\xfe",
        b"%PDF-",
        b"PK\x03\x04",
        b"endobj",
        b"<<",
        b">>",
        b"stream\n",
        b"%EOF",
    ),
    *(
        b"<w:p>",
        b"</w:p>",
        b"<w:tbl>",
        b"<w:tr/>",
        b"&amp;",
        b"&x;",
        b"<!DOCTYPE x>",
        b'w:val="9999999999"',
    ),
    *(
        b"<ol start=99999>",
        b"<table>",
        b"<td>",
        b"<li>",
        b"\n\n",
        b"1. ",
        b"a) ",
        b"ANTWOORD\n",
        b" 12 13 25\n",
    ),
    *(
        b"nr. 99999",
        b"31 februari 2020",
        b"aan ",
        b"MINISTER",
        b"Content-Type: multipart/mixed\n",
        b"=?utf-8?q?=?=",
    ),
)


def corpus() -> dict[str, bytes]:
    """A file of each kind, by a name that ends as it would."""
    answer = good("several-parts")[1]
    docx, pdf = rendered(answer, "docx"), rendered(answer, "pdf")
    text = (ROOT / "tests/data/sv-370-2019-2020.txt").read_bytes()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "an@example.be", "jo@example.be", "Vraag"
    message.set_content("Zie bijlage.")
    message.add_attachment(
        rendered(answer, "html"), maintype="text", subtype="html", filename="vraag.html"
    )
    return {
        "seed.txt": text,
        "several.html": rendered(answer, "html"),
        "seed.md": text,
        "several.eml": message.as_bytes(),
        "several.docx": docx,
        "seed.docx": rendered(good("2019-2020-crevits-370")[1], "docx"),
        "several.pdf": pdf,
        "open.pdf": _open_streams(pdf),
        "plain.pdf": _open_streams(rendered(answer, "untagged")),
    }


assert "several-parts" in GOOD


def _open_streams(pdf: bytes) -> bytes:
    """The same PDF with nothing packed, so that a changed byte is a changed operator."""
    saved = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as file:
        for name in [*file.attachments]:
            del file.attachments[name]
        file.save(saved, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all,
                  object_stream_mode=pikepdf.ObjectStreamMode.disable)  # fmt: skip
    return saved.getvalue()


def mutated(content: bytes, name: str, random: Random) -> bytes:
    """The file with some bytes changed; of a package often the bytes of one part in it."""
    if name.endswith(".docx") and random.random() < _INSIDE:
        return _in_package(content, random)
    return _changed(content, random)


_INSIDE = 0.8


def _in_package(content: bytes, random: Random) -> bytes:
    saved = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(saved, "w") as new:
        names = [n for n in old.namelist() if n.endswith(".xml")]
        wanted = [
            n for n in names if n.split("/")[-1] in ("document.xml", "numbering.xml", "styles.xml")
        ]
        chosen = random.choice(wanted if random.random() < _INSIDE else names)
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry, _changed(part, random) if entry.filename == chosen else part)
    return saved.getvalue()


def _changed(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 2, 4, 16))):
        random.choice(_CHANGES)(changed, random)
    return bytes(changed)


def _at(content: bytearray, random: Random) -> int:
    return random.randrange(len(content) + 1)


def _flip(content: bytearray, random: Random) -> None:
    if content:
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)


def _set(content: bytearray, random: Random) -> None:
    if content:
        content[random.randrange(len(content))] = random.choice(
            (0, 9, 10, 32, 45, 60, 127, 128, 255)
        )


def _cut(content: bytearray, random: Random) -> None:
    at = _at(content, random)
    del content[at : at + random.choice((1, 3, 20, 400))]


def _shorten(content: bytearray, random: Random) -> None:
    if random.random() < 0.2:
        del content[_at(content, random) :]


def _put(content: bytearray, random: Random) -> None:
    at = _at(content, random)
    content[at:at] = random.choice(_TOKENS)


def _double(content: bytearray, random: Random) -> None:
    at = _at(content, random)
    piece = content[at : at + random.choice((2, 10, 100, 2000))]
    there = _at(content, random)
    content[there:there] = piece * random.choice((1, 1, 2, 30))


def _swap(content: bytearray, random: Random) -> None:
    size = random.choice((1, 8, 64))
    one, other = _at(content, random), _at(content, random)
    content[one : one + size], content[other : other + size] = (
        content[other : other + size],
        content[one : one + size],
    )


def _number(content: bytearray, random: Random) -> None:
    """A digit becomes a large number: a length, a count, an offset."""
    digits = [at for at, byte in enumerate(content[:20000]) if 0x30 <= byte <= 0x39]
    if digits:
        at = random.choice(digits)
        content[at : at + 1] = random.choice((b"0", b"-1", b"65536", b"4294967295", b"1e9"))


_CHANGES: Sequence[Callable[[bytearray, Random], None]] = (
    _flip, _set, _cut, _shorten, _put, _double, _swap, _number,
)  # fmt: skip
