"""The header of a question: line by line, each field with its place; what is not there is None."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kmo_report.dutch import DAY, read_day, session
from kmo_report.incoming.lines import Line, joined, paragraphs
from kmo_report.incoming.reading import Finding, Minister
from kmo_report.language import mark, say
from kmo_report.problems import Place, Problem

HEADING = re.compile(r"schriftelijke\s+vraag", re.IGNORECASE)
_DAY = DAY.pattern
_NUMBER = re.compile(
    rf"(?:(?:schriftelijke\s+)?vraag\s+)?nr\.?\s*(?P<number>\d{{1,5}})"
    rf"(?:\s*\((?P<session>\d{{4}}\s*[-–]\s*\d{{4}})\))?(?:\s+van\s+(?P<on>{_DAY}))?[.,]?",
    re.IGNORECASE,
)
_ASKED_ON = re.compile(rf"(?:(?:datum|d\.d\.)\s*:?\s*)?(?P<on>{_DAY})", re.IGNORECASE)
_BROKEN_DAY = re.compile(r"datum\s*:?\s*(?P<rest>.*)", re.IGNORECASE)
_BY = re.compile(r"van\s*:?\s+(?P<name>.+)", re.IGNORECASE)
_TO = re.compile(r"aan\s*:?\s+(?P<name>.+)", re.IGNORECASE)
_SESSION = re.compile(r"zitting(?:sjaar)?\s*:?\s*(?P<session>\d{4}\s*[-–]\s*\d{4})", re.IGNORECASE)
_RUNNING = re.compile(r"vraag\s+nr\.?\s*(\d+)\s*\((\d{4}-\d{4})\)", re.IGNORECASE)
_POLITE = re.compile(
    r"(?:de\s+heer|mevrouw|mevr\.?|dhr\.?|mw\.?|de\s+heren|dames?)\s+", re.IGNORECASE
)
TITLE = re.compile(
    r"(?:vlaamse?\s+)?(?:vice\s*-?\s*)?minister(?:-president)?\b|(?:vlaamse?\s+)?staatssecretaris\b",
    re.IGNORECASE,
)
"""How the title of a minister begins."""

_SEARCHED = 60
"""In so many lines from the top the header is looked for."""
_LONGEST_SUBJECT = 300


@dataclass(slots=True)
class Header:
    """The fields of a question's header, and where the rest begins."""

    session: str | None = None
    number: int | None = None
    asked_by: str | None = None
    asked_on: date | None = None
    minister: Minister | None = None
    subject: str | None = None
    rest: tuple[Line, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)


def read_header(lines: Sequence[Line], running: Sequence[str]) -> Header:
    """The header at the top of the lines; `rest` is what follows the subject."""
    header = Header()
    at = _start(lines)
    if at is None:
        header.rest = tuple(lines)
        return header
    if at:
        header.findings.append(not_placed(lines[:at]))
    if HEADING.fullmatch(lines[at].text.strip(" :")):
        at += 1
    while at < len(lines) and (after := _take(header, lines, at)):
        at = after
    printed = (match for text in running for match in [_RUNNING.search(text)] if match)
    for match in printed:
        if header.session is None and int(match[1]) == header.number:
            header.session = match[2]
    _settle_session(header)
    at = _take_subject(header, lines, at)
    header.rest = tuple(lines[at:])
    return header


def _start(lines: Sequence[Line]) -> int | None:
    """The line that the header begins with."""
    top = lines[:_SEARCHED]
    for at, line in enumerate(top):
        if HEADING.fullmatch(line.text.strip(" :")):
            return at
    for at, line in enumerate(top):
        # The header of an answer names the question too.
        if _NUMBER.fullmatch(line.text) and not line.text.lower().startswith("op "):
            return at
    return None


def _take(header: Header, lines: Sequence[Line], at: int) -> int:  # noqa: PLR0911 -- a field each
    """Read one field at a line; the line after it, or 0 where there is none."""
    line = lines[at]
    text = line.text
    if match := _NUMBER.fullmatch(text):
        header.number = int(match["number"])
        header.places["number"] = line.place
        if match["session"]:
            _set_session(header, match["session"])
        if match["on"]:
            _set_day(header, match, line)
        return at + 1
    if (match := _SESSION.fullmatch(text)) and header.session is None:
        _set_session(header, match["session"])
        return at + 1
    if (match := _ASKED_ON.fullmatch(text)) and header.asked_on is None:
        _set_day(header, match, line)
        return at + 1
    if (match := _BROKEN_DAY.fullmatch(text)) and header.asked_on is None:
        message = say("{text} is no date", text=match["rest"])
        header.findings.append(Finding("asked_on", Problem("date", message, line.place, "warning")))
        return at + 1
    if (match := _BY.fullmatch(text)) and header.asked_by is None:
        header.asked_by = bare_name(match["name"])
        header.places["asked_by"] = line.place
        return at + 1
    if (match := _TO.fullmatch(text)) and header.minister is None:
        return _take_minister(header, lines, at, match["name"])
    if header.number is not None and header.minister is None and _is_block(lines, at):
        return _take_minister(header, lines, at, text)
    return 0


def bare_name(text: str) -> str:
    """A name without what is polite before it."""
    return _POLITE.sub("", text, count=1).strip(" ,.") if _POLITE.match(text) else text.strip(" ,")


def _set_session(header: Header, text: str) -> None:
    header.session = re.sub(r"\s*[-–]\s*", "-", text)


def _set_day(header: Header, match: re.Match[str], line: Line) -> None:
    day = DAY.search(match["on"])
    header.asked_on = read_day(day) if day else None
    header.places["asked_on"] = line.place
    if header.asked_on is None:
        message = say("{text} is no date", text=match["on"])
        header.findings.append(Finding("asked_on", Problem("date", message, line.place, "warning")))


def _settle_session(header: Header) -> None:
    if not header.asked_on:
        return
    derived = session(header.asked_on)
    if header.session and header.session != derived:
        message = say(
            "{session} is printed, but a question of {day} is one of {derived}",
            session=header.session,
            day=header.asked_on,
            derived=derived,
        )
        place = header.places.get("asked_on")
        header.findings.append(
            Finding("session", Problem("session-date", message, place, "warning"))
        )
    header.session = header.session or derived


# --- the minister -----------------------------------------------------------------------------


def in_capitals(text: str) -> bool:
    """Whether a line is printed in capitals: a small letter here and there is a sign or a slip."""
    letters = [c for c in text if c.isalpha()]
    return sum(c.isupper() for c in letters) >= _MOSTLY * len(letters)


_MOSTLY = 0.7


def _is_block(lines: Sequence[Line], at: int) -> bool:
    """Whether a minister's name and title stand here without `aan` before them."""
    if not lines[at].starts or not in_capitals(lines[at].text):
        return False
    paragraph = next(paragraphs(lines[at : at + 8]))
    following = lines[at + 1 : at + 2]
    return any(TITLE.match(line.text) for line in (*paragraph[1:], *following))


def _take_minister(header: Header, lines: Sequence[Line], at: int, name: str) -> int:
    """Name and title, and the line after them."""
    header.places["minister"] = lines[at].place
    header.minister, after = minister(lines, at, name)
    return after


def minister(lines: Sequence[Line], at: int, name: str) -> tuple[Minister, int]:
    """The minister whose name stands in line `at`, with the title below it, wrapped or not."""
    after = at + 1
    on_line = TITLE.search(name)
    if on_line and on_line.start() > 0:
        title = [replace(lines[at], text=name[on_line.start() :])]
        name = name[: on_line.start()]
    elif after < len(lines) and TITLE.match(lines[after].text):
        title = [lines[after]]
        after += 1
    else:
        return Minister(bare_name(name), None), after
    capitals = in_capitals(title[0].text)
    while after < len(lines) and _goes_on(title[-1], lines[after], capitals=capitals):
        title.append(lines[after])
        after += 1
    return Minister(bare_name(name), joined(title)), after


def _goes_on(above: Line, line: Line, *, capitals: bool) -> bool:
    """Whether a title is wrapped onto this line; some copies put each line in a paragraph."""
    if line.label or line.cells or _NUMBER.fullmatch(line.text):
        return False
    if line.starts:
        return above.text.endswith((",", " EN")) and in_capitals(line.text)
    return in_capitals(line.text) or not capitals


# --- the subject --------------------------------------------------------------------------------


def _take_subject(header: Header, lines: Sequence[Line], at: int) -> int:
    """The subject is the first paragraph below the header."""
    if at >= len(lines) or lines[at].label or lines[at].cells:
        return at
    paragraph = next(paragraphs(lines[at:]))
    text = joined(paragraph)
    if len(paragraph) > 1 and (
        len(text) > _LONGEST_SUBJECT or re.search(r"[^\W\d_]{2}[.?!]\s+[A-ZÀ-Þ]", text)
    ):
        # No empty line stands between the subject and the text.
        paragraph = paragraph[:1]
        message = mark("where the subject ends is not sure: no empty line stands below it")
        header.findings.append(
            Finding("subject", Problem("unsure", say(message), lines[at].place, "warning"))
        )
    if len(joined(paragraph)) > _LONGEST_SUBJECT:
        return at
    header.subject = joined(paragraph)
    header.places["subject"] = lines[at].place
    return at + len(paragraph)


def not_placed(lines: Sequence[Line]) -> Finding:
    """Words that belong to nothing that is read."""
    words = joined(lines)
    message = say("these words belong to no part of the question: {words}", words=words)
    return Finding(None, Problem("not-placed", message, lines[0].place, "hint"))
