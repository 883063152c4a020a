"""A mail -> the question in it: an attachment that can be read goes before the text."""

import email
import email.errors
from email.message import EmailMessage
from email.policy import default
from pathlib import PurePosixPath

from kmo_report.incoming.lines import Pages
from kmo_report.incoming.plain import text_lines
from kmo_report.incoming.web import html_lines
from kmo_report.language import say
from kmo_report.problems import Place, Problem

_MOST_PARTS = 200
_ATTACHED = (".docx", ".pdf", ".html", ".htm", ".md", ".txt")
"""Which attachment is read, the first of these that there is."""


def attachment(content: bytes) -> tuple[str, bytes] | None:
    """The name and the bytes of the attachment that holds the question, if there is one."""
    found: dict[str, tuple[str, bytes]] = {}
    for part in _parts(content):
        name = PurePosixPath((part.get_filename() or "").replace("\\", "/")).name
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in _ATTACHED and suffix not in found:
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes) and payload:
                found[suffix] = (name, payload)
    return next((found[suffix] for suffix in _ATTACHED if suffix in found), None)


def read_mail(content: bytes, path: str) -> Pages:
    """The lines of the text of a mail that has no attachment to read."""
    plain = html = None
    for part in _parts(content):
        if part.get_filename():
            continue
        kind = part.get_content_type()
        if kind == "text/plain" and plain is None:
            plain = _text(part)
        elif kind == "text/html" and html is None:
            html = _text(part)
    if plain is not None and plain.strip():
        return text_lines(plain, path)
    return html_lines(html or "", path)


def chosen(name: str, path: str) -> Problem:
    """Which part of the mail was read."""
    message = say("the attachment {name} is read, not the text of the mail", name=name)
    return Problem("attachment", message, Place(path), "hint")


def _parts(content: bytes) -> list[EmailMessage]:
    """The parts of a mail in order, those of a mail that was forwarded too."""
    try:
        message = email.message_from_bytes(content, policy=default)
        parts: list[EmailMessage] = []
        for part in message.walk():
            if len(parts) == _MOST_PARTS:
                break
            if not part.is_multipart():
                parts.append(part)
    except (ValueError, LookupError, AttributeError, TypeError, IndexError, RecursionError):
        return []  # headers that the library trips over
    return parts


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        return payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return payload.decode("cp1252", "replace")
