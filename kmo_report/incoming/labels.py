"""The numbers that parts carry: `1.`, `a)`, `1. a)`, `3, 4 en 9`; and the order they come in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kmo_report.incoming.lines import Indent, is_deeper

Path = tuple[str, ...]
"""2, b: the way to a part through the numbers of the question."""

_NUMBER = r"(?:\d{1,2}|[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})"
LABEL = re.compile(
    rf"\(?({_NUMBER})(?:(\)\.?|\.\)|[.])(?:\s+|$)|(\))(?=[^\W\d_])|(\.)(?=[A-ZÀ-Þ]))(?![.,;:)])"
)
"""One number at the start of a text; a blank after it may be missing."""
_DOUBLE = re.compile(r"(\d{1,2})[.\s]?([a-z])([.)])(?:\s+|(?<=\))(?=[^\W\d_]))")
"""`1a)`, `1.a)` or `1 a.`"""

MOST = 50
"""No question has more parts; a higher number is a year or an article."""

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_ABBREVIATED = re.compile(
    r"\b(?:artt?|nrs?|blz|pag?|pp?|hfst|hst|bv|bijv|ca|cf|vgl|resp|tel|max|min|incl|excl|dhr|mevr|"
    r"prof|dr|mr|ir|st|punt|deel|lid|titel|hoofdstuk|vraag|deelvraag|par|§)\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is printed: what kind, which one, and the sign after it."""

    text: str
    after: str

    def values(self) -> Iterator[tuple[str, int]]:
        """What it may count: `i` is the ninth letter or the first Roman number."""
        if self.text.isdigit():
            yield "1", int(self.text)
            return
        case = "a" if self.text.islower() else "A"
        if len(self.text) == 1:
            yield case, ord(self.text.lower()) - ord("a") + 1
        if set(self.text.lower()) <= _ROMAN.keys():
            digits = [_ROMAN[letter] for letter in self.text.lower()]
            pairs = zip(digits, [*digits[1:], 0], strict=True)
            yield f"{case}i", sum(-digit if digit < after else digit for digit, after in pairs)


def numbers(text: str) -> Iterator[tuple[list[Number], str]]:
    """The numbers at the start of a text and what follows them; first the fewest, then more.

    `1. a) Via` -> [1.], `a) Via`; then [1., a)], `Via`.
    """
    found: list[Number] = []
    double = _DOUBLE.match(text)
    if double:
        found = [Number(double[1], double[3]), Number(double[2], double[3])]
        text = text[double.end() :]
        yield found, text
    while len(found) < _DEEPEST and (match := LABEL.match(text)):
        number = Number(match[1], match[2] or match[3] or match[4])
        found = [*found, number]
        text = text[match.end() :]
        yield found, text


_DEEPEST = 4


@dataclass(slots=True)
class _Level:
    """One level of numbers that is open."""

    kind: str
    after: str
    value: int
    text: str
    indent: Indent | None


@dataclass(slots=True)
class Counter:
    """Which number may come next, in a text of which nothing but the order is known.

    A number opens a part where it is the next one of a level that is open, or the first of a new
    one. That `2019.`, `art. 43.` or `1. 2.` within prose open none follows from that.
    """

    levels: list[_Level] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """Numbers that were passed over, as (last, next)."""

    @property
    def path(self) -> Path:
        """The numbers of the part that is open."""
        return tuple(level.text for level in self.levels)

    def take(self, number: Number, indent: Indent | None, *, certain: bool, first: bool) -> bool:
        """Open the part of this number if it may stand here; whether it may.

        `certain`: it begins a paragraph, so that a number may have been left out before it;
        `first`: it may be the first of a new level.
        """
        return (
            self._next(number, indent, most=1)
            or (first and self._first(number, indent, certain=certain))
            or (certain and self._next(number, indent, most=_SKIP))
        )

    def _next(self, number: Number, indent: Indent | None, *, most: int) -> bool:
        """Open the part that follows the last one of a level, or one soon after that."""
        for depth in range(len(self.levels) - 1, -1, -1):
            level = self.levels[depth]
            if indent is not None and level.indent is not None and is_deeper(indent, level.indent):
                continue
            for kind, value in number.values():
                step = value - level.value
                same = kind == level.kind and (step == 1 or number.after == level.after)
                if same and 0 < step <= most and value <= MOST:
                    if step > 1:
                        self.skipped.append((level.text, number.text))
                    self._open(depth, _Level(kind, number.after, value, number.text, indent))
                    return True
        return False

    def _first(self, number: Number, indent: Indent | None, *, certain: bool) -> bool:
        """Open the first part of a new level; what a text begins with may be another."""
        used = {level.kind for level in self.levels}
        for kind, value in reversed(list(number.values())):
            begins = value == 1 or (certain and not self.levels and value <= MOST)
            if begins and kind not in used and len(self.levels) < _DEEPEST:
                if value > 1:
                    self.skipped.append(("", number.text))
                level = _Level(kind, number.after, value, number.text, indent)
                self._open(len(self.levels), level)
                return True
        return False

    def _open(self, depth: int, level: _Level) -> None:
        self.levels[depth:] = [level]


_SKIP = 8
"""More numbers are not left out."""

INLINE = re.compile(
    r"(?:(?<=[?!])\s*|(?<=[.:;])\s+)(?=(?:\d{1,2}|[a-z]|[ivx]{2,5})[.)]\s*(?:[a-z][.)]\s*)?[A-ZÀ-Þ\"“‘'«€(])"
)
"""Where a number may stand in the middle of a line, since its line end is lost."""


def after_abbreviation(text: str) -> bool:
    """Whether a text ends in an abbreviation, so that a number after it belongs to it: `art.`"""
    return _ABBREVIATED.search(text) is not None


def listed(text: str) -> Iterator[tuple[Sequence[Sequence[str]], str]]:
    """The parts that an answer says it is to, and what follows: `Vragen 3, 4 en 9: ...`.

    Each way to read it in turn, the longest first; whether there are such parts is for the caller.
    """
    match = _HEADED.match(text)
    if match:
        yield _paths(match[1]), text[match.end() :]
        return
    match = _SEVERAL.match(text)
    if match:
        yield _paths(match[1]), text[match.end() :]


_ONE = r"(?:\d{1,2}(?:\s?[a-z](?:\s?[ivx]{1,4})?)?(?![\w])|(?:[a-zA-Z]|[ivx]{2,4})(?![\w]))"
_JOINT = (
    r"(?:\s*[,;]\s*(?:en\s+)?|\s+en\s+|\s*&\s*|\s*[-\u2010-\u2013]\s*"
    r"|\s+(?:tot en met|t\.?e\.?m\.?|tot)\s+)"
)
_HEADED = re.compile(
    r"(?:gezamenlijk\s+)?(?:antwoord(?:en)?(?:\s+op)?\s+)?(?:de\s+)?(?:ad|(?:deel)?vra(?:ag|gen)|"
    r"antwoord(?:en)?)\s*(?:nrs?\.?\s*|nummers?\s*)?"
    rf"({_ONE}(?:{_JOINT}{_ONE})*)\s*(?:[.):]+\s*|$)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(rf"({_ONE}(?:{_JOINT}{_ONE})+)[.)]\.?\s*")
_RANGE = re.compile(r"\s*[-\u2010-\u2013]\s*|\s+(?:tot en met|t\.?e\.?m\.?|tot)\s+", re.IGNORECASE)


def _paths(text: str) -> list[Path]:
    """`3 a, 4-6 en 9` -> (3, a), (4,), (5,), (6,), (9,)"""
    found: list[Path] = []
    for entry in re.split(r"\s*[,;]\s*(?:en\s+)?|\s+en\s+|\s*&\s*", text):
        ends = [tuple(re.findall(r"\d+|[ivx]{2,4}|[A-Za-z]", end)) for end in _RANGE.split(entry)]
        first, last = ends[0], ends[-1]
        if len(ends) > 1 and first[:-1] == last[:-1]:
            found += [(*first[:-1], name) for name in _between(first[-1], last[-1])]
        else:
            found += ends
    return [path for path in found if path]


def _between(first: str, last: str) -> list[str]:
    """1, 3 -> 1, 2, 3; a, c -> a, b, c"""
    if first.isdigit() and last.isdigit() and int(first) <= int(last) <= MOST:
        return [str(number) for number in range(int(first), int(last) + 1)]
    if len(first) == len(last) == 1 and first <= last:
        return [chr(code) for code in range(ord(first), ord(last) + 1)]
    return [first, last]
