"""The answer that stands below a question: its header, and which part each text is an answer to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from kmo_report.dutch import DAY, read_day
from kmo_report.incoming.header import TITLE, bare_name, in_capitals, minister
from kmo_report.incoming.labels import (
    INLINE,
    Path,
    after_abbreviation,
    listed,
    numbers,
)
from kmo_report.incoming.lines import Indent, Line, is_deeper, prose
from kmo_report.incoming.parts import may_break, read_parts
from kmo_report.incoming.reading import Answer, AnswerPart, Finding, Kind, Minister, Table
from kmo_report.incoming.tables import take_tables
from kmo_report.language import say
from kmo_report.problems import Place, Problem

KINDS: dict[str, Kind] = {
    "": "answer",
    "gecoördineerd": "coordinated",
    "verwijzend": "referring",
    "aanvullend": "supplementary",
    "voorlopig": "provisional",
}
_HEADING = re.compile(r"(?:(?P<kind>[^\W\d]+)\s+)?antwoord(?:\s*:)?", re.IGNORECASE)
_TO = re.compile(
    r"op\s+(?:de\s+)?(?:schriftelijke\s+)?vraag\s+nr\.?\s*(?P<number>\d{1,5})"
    rf"(?:\s*\(\d{{4}}-\d{{4}}\))?(?:\s+van\s+(?P<on>{DAY.pattern}))?[.,]?",
    re.IGNORECASE,
)
_BY = re.compile(r"van\s+(?P<name>.+)", re.IGNORECASE)
_MOST_LINES = 8
"""A name and a title take no more."""


@dataclass(slots=True)
class Reply:
    """The answer, and what its header says of the question."""

    begin: int
    """The line that it begins with: all before it is the question."""
    kind: Kind
    minister: Minister | None = None
    number: int | None = None
    question_date: date | None = None
    asked_by: str | None = None
    body: tuple[Line, ...] = ()
    place: Place | None = None
    findings: list[Finding] = field(default_factory=list)


def find_reply(lines: Sequence[Line]) -> Reply | None:
    """The answer's header, where there is one."""
    for at, line in enumerate(lines):
        match = _HEADING.fullmatch(line.text)
        if not match or line.label or line.cells:
            continue
        following = lines[at + 1] if at + 1 < len(lines) else None
        named = following is not None and _TO.fullmatch(following.text)
        kind = (match["kind"] or "").lower()
        if not named and not (line.starts and kind in KINDS and line.text[:1].isupper()):
            continue
        return _read_header(lines, at, kind)
    return None


def _read_header(lines: Sequence[Line], at: int, kind: str) -> Reply:
    begin = _minister_above(lines, at)
    reply = Reply(begin, KINDS.get(kind, "answer"), place=lines[at].place)
    if kind not in KINDS:
        message = say("{kind} is no kind of answer that is known", kind=lines[at].text)
        problem = Problem("kind-of-answer", message, lines[at].place, "warning")
        reply.findings.append(Finding("answer.kind", problem))
    if begin < at:
        reply.minister, after = minister(lines[:at], begin, lines[begin].text)
        if after < at:  # a title in small letters, or a line that is none
            rest = tuple(lines[after:at])
            reply.body += rest
    at += 1
    if at < len(lines) and (match := _TO.fullmatch(lines[at].text)):
        reply.number = int(match["number"])
        day = DAY.search(match["on"]) if match["on"] else None
        reply.question_date = read_day(day) if day else None
        at += 1
    if at < len(lines) and reply.number and (match := _BY.fullmatch(lines[at].text)):
        reply.asked_by = bare_name(match["name"])
        at += 1
    reply.body += tuple(lines[at:])
    return reply


def _minister_above(lines: Sequence[Line], at: int) -> int:
    """Where the name stands of the minister who answers, above the heading."""
    titles = [
        above
        for above in range(max(at - _MOST_LINES, 0), at)
        if TITLE.match(lines[above].text) and above > 0
    ]
    for title in titles:
        between = lines[title + 1 : at]
        name = lines[title - 1]
        wrapped = all(in_capitals(line.text) or not line.starts for line in between)
        if wrapped and not name.label and not name.cells and _is_name(name, lines[title]):
            return title - 1
    return at


def _is_name(line: Line, title: Line) -> bool:
    """A name stands right above its title, in capitals as that is, or alone in its paragraph."""
    words = line.text.split()
    return len(words) <= _MOST_LINES and (
        in_capitals(line.text) or (not in_capitals(title.text) and line.starts)
    )


# --- the body -----------------------------------------------------------------------------------


def read_answer(reply: Reply, known: Sequence[Path]) -> Answer:
    """The answer with its parts; `known`: the numbers of the question, in order."""
    pieces = _Pieces(known).read(reply.body) if known else [([], list(reply.body))]
    parts: list[AnswerPart] = []
    tables: list[Table] = []
    for labels, lines in pieces:
        found = take_tables(lines, tables)
        tables += found.tables
        text = prose(found.lines)
        if found.left:
            message = say("rows of figures that do not add up are left as text")
            problem = Problem("figures-as-text", message, found.left[0].place, "hint")
            reply.findings.append(Finding("answer.parts", problem))
        if text or found.tables:
            names = tuple("".join(path) for path in labels)
            parts.append(AnswerPart(names, text, tuple(found.tables)))
    return Answer(reply.kind, reply.question_date, reply.minister, tuple(parts))


def answer_alone(reply: Reply) -> list[Path]:
    """The numbers that an answer has of itself, where its question is not in the document."""
    _, pieces, _ = read_parts(reply.body)
    return [piece.path for piece in pieces]


class _Pieces:
    """Cuts an answer where a number of the question begins: only those that the question has."""

    def __init__(self, known: Sequence[Path]) -> None:
        self._order = {_lower(path): at for at, path in enumerate(known)}
        self._known = tuple(known)
        self._at: Path = ()
        self._indents: dict[int, Indent] = {}
        self._pieces: list[tuple[list[Path], list[Line]]] = [([], [])]

    def read(self, lines: Sequence[Line]) -> list[tuple[list[Path], list[Line]]]:
        """The parts that each piece answers (none: the whole), and its lines."""
        above: Line | None = None
        for line in lines:
            if line.cells is None:
                self._take(line, above)
            else:
                self._pieces[-1][1].append(line)
            above = line
        return [piece for piece in self._pieces if piece[1]]

    def _take(self, line: Line, above: Line | None) -> None:
        rest = line
        if opened := self._at_start(line, above):
            self._open(opened[0], line.indent)
            rest = replace(line, text=opened[1], label="", starts=True, glued=False)
        begin, text = 0, rest.text
        for match in INLINE.finditer(text):
            at = match.end()
            if at <= begin or after_abbreviation(text[begin : match.start()]):
                continue
            if following := self._following(text[at:]):
                self._append(replace(rest, text=text[begin : match.start()]))
                self._open([following[0]], None)
                rest = replace(rest, label="", starts=True, glued=False)
                begin = len(text) - len(following[1])
        self._append(replace(rest, text=text[begin:]))

    def _append(self, line: Line) -> None:
        if line.whole:
            self._pieces[-1][1].append(line)

    def _open(self, paths: list[Path], indent: Indent | None) -> None:
        self._pieces.append((paths, []))
        self._at = paths[-1]
        if indent is not None and len(paths) == 1:
            self._indents[len(paths[-1])] = indent

    def _at_start(self, line: Line, above: Line | None) -> tuple[list[Path], str] | None:
        """The parts that a line begins the answer to, and the rest of the line."""
        certain = bool(line.label) or line.starts
        if not certain and above is not None and not may_break(above, line):
            return None
        best = None
        text = line.whole
        chains = [([number.text for number in chain], rest) for chain, rest in numbers(text)]
        if certain:
            for chain, rest in [([], text), *chains]:
                for names, after in listed(rest):
                    found = [path for name in names for path in self._resolved([*chain, *name])]
                    if len(found) == len(names) > 1 or (found and not chain):
                        best = found, after
        if best is None:
            for chain, rest in chains:
                for path in self._resolved(chain):
                    if self._may_open(path, line.indent, certain=certain):
                        best = [path], rest
        return best

    def _resolved(self, names: Sequence[str]) -> list[Path]:
        """The part that is meant by these numbers where the answer stands: `b` after 1a is 1b."""
        for depth in range(len(self._at), -1, -1):
            at = self._order.get(_lower((*self._at[:depth], *names)))
            if at is not None:
                return [self._known[at]]
        return []

    def _may_open(self, path: Path, indent: Indent | None, *, certain: bool) -> bool:
        """Whether a number is that of a part, and not one of a list within an answer."""
        if any(path in paths for paths, lines in self._pieces if lines):
            return False
        deep = [other for depth, other in self._indents.items() if depth >= len(path)]
        if indent is not None and deep and all(is_deeper(indent, other) for other in deep):
            return False
        return certain or self._place(path) > self._place(self._at)

    def _place(self, path: Path) -> int:
        return self._order.get(_lower(path), -1)

    def _following(self, text: str) -> tuple[Path, str] | None:
        """The part whose turn it is, where its number stands in the middle of a line."""
        best = None
        for chain, rest in numbers(text):
            for path in self._resolved([number.text for number in chain]):
                if self._place(path) == self._place(self._at) + len(chain):
                    best = path, rest
        return best


def _lower(path: Sequence[str]) -> Path:
    return tuple(name.lower() for name in path)
