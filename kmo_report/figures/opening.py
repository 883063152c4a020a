"""A file as it was when it was read: what it is by its first bytes, its digest, its encoding."""

import codecs
import hashlib
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kmo_report.files import fault
from kmo_report.language import mark, say
from kmo_report.problems import InputError, Place, Problem

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that was read once from end to end."""

    path: Path
    shown: str
    """What problems call it."""
    kind: str
    """text, zip or parquet"""
    encoding: str
    """Of a text: utf-8, utf-16 or windows-1252."""
    size: int
    sha256: str
    stamp: tuple[int, ...]

    def refuse(self, message: str) -> InputError:
        """A problem with the file as a whole."""
        return refusal(self.shown, message)

    def still(self) -> None:
        """InputError when the file is no longer the one that was read."""
        if _stamp(self.path) != self.stamp:
            raise self.refuse(say("the file was changed while it was read; try again"))


def refusal(shown: str, message: str) -> InputError:
    """The one problem of a source that cannot be used."""
    return InputError([Problem("source", message, Place(shown))])


def open_file(path: Path, shown: str) -> Opened:
    """Read a file for its digest; InputError when it cannot be a register."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise refusal(shown, say("this is a folder; name a file in it"))
        if not stat.S_ISREG(mode):
            raise refusal(shown, say("this is no ordinary file"))
        stamp = _stamp(path)
        with path.open("rb") as file:
            first = file.read(8)
            kind = _kind(first)
            if not first:
                raise refusal(shown, say("the file is empty"))
            if problem := _NOT.get(kind):
                raise refusal(shown, say(problem))
            file.seek(0)
            reader = _Text(first) if kind == "text" else None
            digest, size = hashlib.sha256(), 0
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if reader and (problem := reader.take(chunk)):
                    raise refusal(shown, say(problem))
    except OSError as error:
        raise fault(error, Path(shown)) from None
    encoding = reader.encoding() if reader else ""
    if reader and not encoding:
        raise refusal(shown, say("this is no text in UTF-8, UTF-16 or Windows-1252"))
    opened = Opened(path, shown, kind, encoding, size, digest.hexdigest(), stamp)
    opened.still()
    return opened


def _stamp(path: Path) -> tuple[int, ...]:
    with suppress(OSError):
        found = path.stat()
        return found.st_size, found.st_mtime_ns, found.st_ino
    return ()


_MAGIC = ((b"PK\x03\x04", "zip"), (b"PAR1", "parquet"), (b"\xd0\xcf\x11\xe0", "ole"),
          (b"%PDF", "pdf"))  # fmt: skip
_NOT = {
    "ole": mark("an old Excel file, or one with a password; save it as .xlsx without a password"),
    "pdf": mark("a PDF holds no rows; ask for the spreadsheet or the CSV file behind it"),
}


def _kind(first: bytes) -> str:
    return next((kind for magic, kind in _MAGIC if first.startswith(magic)), "text")


class _Text:
    """What the bytes of a text say of its encoding."""

    def __init__(self, first: bytes) -> None:
        self.utf16 = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self.decoder = codecs.getincrementaldecoder("utf-16" if self.utf16 else "utf-8")()
        self.sound, self.windows = True, True

    def take(self, chunk: bytes) -> str:
        """Look at some more bytes; what is wrong with them."""
        if self.sound:
            try:
                self.decoder.decode(chunk)
            except UnicodeDecodeError:
                self.sound = False
        if not self.utf16 and b"\0" in chunk:
            return mark("the file holds zero bytes: it is no text, or a damaged one")
        # The five bytes that mean nothing in Windows-1252.
        self.windows = self.windows and not any(code in chunk for code in b"\x81\x8d\x8f\x90\x9d")
        return ""

    def encoding(self) -> str:
        with suppress(UnicodeDecodeError):
            self.decoder.decode(b"", final=True)
            if self.sound:
                return "utf-16" if self.utf16 else "utf-8"
        return "windows-1252" if self.windows and not self.utf16 else ""
