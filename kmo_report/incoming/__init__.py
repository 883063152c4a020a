"""A document that came in -> the question, and the answer where it is in it. Hostile until proven.

    reading = read_file(Path("vraag.docx"))

    bytes -> Pages of Lines (plain, web, word, paper + grid + flow, mail: what a format knows)
          -> mended lines (lines, unfold) -> Reading (question: header, parts, asked, reply, tables)

Nothing in a file is run, followed or fetched. A file that cannot be read is an InputError that says
why; all that is odd in one that can be read is in `reading.findings`.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from kmo_report import files
from kmo_report.incoming.guard import guarded
from kmo_report.incoming.limits import MOST_BYTES, MOST_CHARACTERS, refuse
from kmo_report.incoming.lines import Pages
from kmo_report.incoming.reading import Reading
from kmo_report.language import mark, say

STDIN = "-"


def read_file(path: Path | str) -> Reading:
    """The question in a file; `-` is standard input. Read in a process that is bounded."""
    return read_content(content_of(str(path)), str(path))


def read_content(content: bytes, path: str) -> Reading:
    """The same, of bytes that are at hand."""
    return guarded(lambda: read_bytes(content, path), path)


def kind_of(content: bytes, path: str) -> str:
    """The suffix of a file of its kind: of what it is, whatever it is called."""
    suffix = PurePath(path).suffix.lower()
    form = next(form for form in FORMATS if form.is_one(content, suffix))
    return form.suffix


def read_bytes(content: bytes, path: str) -> Reading:
    """The question in a document; `path` is what problems call it, and helps to tell its kind."""
    from kmo_report.incoming.question import read_question

    return read_question(read_pages(content, path))


def read_words(content: bytes, path: str) -> tuple[str, Reading]:
    """All words of a document, a blank line between paragraphs, and the question in it."""
    return _words_in(read_pages(content, path))


def read_text_words(content: bytes, path: str) -> tuple[str, Reading]:
    """The same, of what is text whatever it looks like."""
    if len(content) > MOST_CHARACTERS:
        refuse("too-large", say("this file holds more text than a question can"), path)
    return _words_in(_text(content, path))


def _words_in(pages: Pages) -> tuple[str, Reading]:
    from kmo_report.incoming.question import read_question

    lines = (f"\n{line.whole}" if line.starts else line.whole for line in pages.lines)
    return "\n".join(lines).strip(), read_question(pages)


def read_pages(content: bytes, path: str) -> Pages:
    """The lines of a document of any kind."""
    if len(content) > MOST_BYTES:
        _too_large(path)
    for form in FORMATS:
        if form.is_one(content, PurePath(path).suffix.lower()):
            pages = form.read(content, path)
            if not any(line.text for line in pages.lines):
                refuse("no-text", say("this file holds no words"), path)
            if sum(len(line.text) for line in pages.lines) > MOST_CHARACTERS:
                refuse("too-large", say("this file holds more text than a question can"), path)
            return pages
    raise AssertionError  # anything is text


def content_of(path: str) -> bytes:
    """The bytes of a file, one more than may be at most."""
    try:
        if path == STDIN:
            return sys.stdin.buffer.read(MOST_BYTES + 1)
        with Path(path).open("rb") as file:
            if os.fstat(file.fileno()).st_size > MOST_BYTES:
                _too_large(path)
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise files.fault(error, Path(path)) from None


def _too_large(path: str) -> None:
    message = say("this file is larger than {most} MB", most=MOST_BYTES // 1024 // 1024)
    refuse("too-large", message, path)


# --- kinds of files -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: how to tell it, from its bytes and its suffix, and how to read it."""

    is_one: Callable[[bytes, str], bool]
    read: Callable[[bytes, str], Pages]
    suffix: str = ".txt"
    """What files of this kind are called here."""


def _refused(message: str) -> Callable[[bytes, str], Pages]:
    def read(_content: bytes, path: str) -> Pages:
        refuse("unreadable-kind", say(message), path)

    return read


def _word(content: bytes, path: str) -> Pages:
    from kmo_report.incoming.word import read_word

    return read_word(content, path)


def _paper(content: bytes, path: str) -> Pages:
    from kmo_report.incoming.flow import read_paper

    return read_paper(content, path)


def _text(content: bytes, path: str) -> Pages:
    from kmo_report.incoming.plain import read_text

    return read_text(content, path)


def _html(content: bytes, path: str) -> Pages:
    from kmo_report.incoming.web import read_html

    return read_html(content, path)


def _markdown(content: bytes, path: str) -> Pages:
    from kmo_report.incoming.web import read_markdown

    return read_markdown(content, path)


def _mail(content: bytes, path: str) -> Pages:
    from kmo_report.incoming.mail import attachment, chosen, read_mail

    found = attachment(content)
    if found is None:
        return read_mail(content, path)
    name, inner = found
    pages = read_pages(inner, f"{path}: {name}")
    return replace(pages, problems=(chosen(name, path), *pages.problems))


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""What files of older Office programs begin with: .doc, .msg; and a DOCX with a password."""
_MAIL_HEADERS = (b"received:", b"from:", b"return-path:", b"mime-version:", b"delivered-to:",
                 b"x-", b"message-id:", b"date:", b"subject:", b"to:", b"arc-")  # fmt: skip


_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _is_mail(content: bytes, suffix: str) -> bool:
    if suffix == ".eml":
        return True
    start = content[:4096].lower().replace(b"\r\n", b"\n")
    head = start.split(b"\n\n", 1)[0]
    named = sum(line.startswith(_MAIL_HEADERS) for line in head.split(b"\n"))
    return start.startswith(_MAIL_HEADERS) and named >= 2 and b"from:" in head  # noqa: PLR2004


def _is_html(content: bytes, suffix: str) -> bool:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return suffix in (".html", ".htm") or start.startswith((b"<!doctype html", b"<html"))


FORMATS = (
    Format(lambda content, _: b"%PDF-" in content[:1024], _paper, ".pdf"),
    Format(
        lambda content, suffix: content.startswith(_OLE) and suffix == ".docx",
        _refused(mark("this file is protected with a password, or an older Word file; "
                      "save it as .docx without a password")),
    ),
    Format(
        lambda content, suffix: content.startswith(_OLE) or suffix in (".doc", ".msg"),
        _refused(mark("files of older Office programs (.doc, .msg) are not read; "
                      "save it as .docx, or the mail as .eml")),
    ),
    Format(
        lambda content, suffix: content.startswith(b"{\\rtf") or suffix in (".rtf", ".odt"),
        _refused(mark("this kind of file is not read; save it as .docx or .pdf")),
    ),
    Format(
        lambda content, suffix: content.startswith(b"PK") or suffix == ".docx",
        _word,
        ".docx",
    ),
    Format(
        lambda content, suffix: suffix == ".pdf" or content.startswith(_PICTURES),
        _refused(mark("this is no PDF and no text")),
    ),
    Format(_is_html, _html, ".html"),
    Format(_is_mail, _mail, ".eml"),
    Format(lambda _, suffix: suffix in (".md", ".markdown"), _markdown, ".md"),
    Format(lambda content, _: b"\x00" in content and content[:2] not in _UTF16,
           _refused(mark("this is no PDF and no text"))),
    Format(lambda _content, _suffix: True, _text),
)  # fmt: skip
"""The first that a file is one of reads it; what it holds says more than how it is called."""
