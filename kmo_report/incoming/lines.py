"""A document of any kind as lines of text: what every format is read to, and what is mended there.

A format only says what it knows for sure: where a paragraph begins, which number Word counted, what
the cells of a row are. What the words mean is for the grammar, which is the same for all formats.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kmo_report.problems import Place, Problem

Indent = tuple[float, float]
_TOLERANCE = 12.0
"""Points that items of one list may stand apart."""


def is_deeper(indent: Indent, other: Indent) -> bool:
    """Whether an item stands further in: its number and its text too.

    Numbers are of different widths, and a text below a number that was typed does not hang.
    """
    return all(x > y + _TOLERANCE for x, y in zip(indent, other, strict=True))


@dataclass(frozen=True, slots=True)
class Line:
    """A line or, where the format has no lines, a whole paragraph."""

    text: str
    place: Place
    starts: bool = True
    """Whether a paragraph begins here."""
    label: str = ""
    """The number or bullet that the format counts by itself; it is printed before the text."""
    indent: Indent | None = None
    """Where number and text begin, in points from the margin; None where that is not known."""
    title: bool = False
    """Whether it looks like a caption or a heading."""
    cells: tuple[str, ...] | None = None
    """Of a row of a table; `text` is the same, with blanks."""
    glued: bool = False
    """Whether it goes on with the word at the end of the line above it."""
    ended: bool = False
    """Whether the line was ended on purpose: the next word would have fitted on it."""

    @property
    def whole(self) -> str:
        """The text with its number."""
        return f"{self.label} {self.text}".strip() if self.label else self.text


@dataclass(frozen=True, slots=True)
class Pages:
    """What a format gives: the lines of the body in the order of reading."""

    lines: tuple[Line, ...]
    running: tuple[str, ...] = ()
    """What is printed above and below each page; no part of the body."""
    problems: tuple[Problem, ...] = ()


_SPACES = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def clean(text: str) -> str:
    """Composed letters, plain blanks one at a time, and nothing that is not seen.

    A soft hyphen stays where it is at the end: a word goes on there.
    """
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", _SPACES.sub(" ", text))).strip()
    return re.sub("\u00ad(?!$)", "", text)


# --- what a line end did to words -----------------------------------------------------------------

_HYPHENS = "-\u2010\u2011\u00ad"
_CUT = re.compile(rf"(?<![\w-])(\w[\w'’-]*)([{_HYPHENS}])$")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_HANGING = re.compile(r"(?:of|en|tot|dan wel)\b|[,;]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$", re.IGNORECASE)
_ADDRESS_GOES_ON = "-/_=&?%#"
_ADDRESS_ANYWHERE = re.compile(r"(?:https?://|www\.)[^\s)>]+", re.IGNORECASE)
_SOLE_ADDRESS = re.compile(rf"\W?({_ADDRESS_ANYWHERE.pattern}?)\W?", re.IGNORECASE)
_OFTEN = 0.25
"""A document of which so many lines end within a word was hyphenated by its program."""
_FEW = 3


def mend(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Put together the words that a line end has cut, and drop the copies of links.

    A hyphen at a line end may belong to the word: it goes only where the document itself writes the
    word without it, or is full of such line ends.
    """
    hyphens = _Hyphens(lines)
    mended: list[Line] = list(lines[:1])
    in_address = False
    for line in lines[1:]:
        above, glued = mended[-1], line.glued
        # A long address stands on more than two lines.
        in_address = bool(_ADDRESS.search(above.text)) or (in_address and " " not in above.text)
        in_address &= _goes_on(above, line)
        if in_address:
            first, last = line.text.split(" ", 1)[0], above.text[-1:]
            glued |= last in _ADDRESS_GOES_ON or (last == "." and "/" in first)
            in_address = glued
        elif _goes_on(above, line):
            cut = _CUT.search(above.text)
            if cut and line.text[:1].isalnum() and not _HANGING.match(line.text):
                glued = True
                if hyphens.are_no_part(cut, line.text):
                    mended[-1] = replace(above, text=above.text[:-1])
        mended.append(replace(line, glued=glued))
    return tuple(_without_copies(_without_soft_ends(mended)))


class _Hyphens:
    """What a document says of its words with and without a hyphen."""

    def __init__(self, lines: Sequence[Line]) -> None:
        words = Counter(word.lower() for line in lines for word in _WORD.findall(line.text))
        self._plain = {word for word in words if "-" not in word}
        self._joined = {
            pair for word in words if "-" in word for pair in _neighbours(word.split("-"))
        }
        cuts = [
            (cut, line.text)
            for above, line in _pairs(lines)
            if _goes_on(above, line) and (cut := _CUT.search(above.text))
        ]
        plain = sum(self._word(cut, after) in self._plain for cut, after in cuts)
        joined = sum(self._pair(cut, after) in self._joined for cut, after in cuts)
        different = {self._pair(cut, after) for cut, after in cuts} - self._joined
        often = len(cuts) >= _OFTEN * len(lines) and len(different) >= _FEW
        self._often = often or plain >= max(joined + 1, _FEW)

    @staticmethod
    def _pair(cut: re.Match[str], after: str) -> tuple[str, str]:
        end = _WORD.match(after)
        return cut[1].lower().rsplit("-", 1)[-1], end[0].lower().split("-")[0] if end else ""

    def _word(self, cut: re.Match[str], after: str) -> str:
        return "".join(self._pair(cut, after))

    def are_no_part(self, cut: re.Match[str], after: str) -> bool:
        """Whether the hyphen was put there by the program that broke the line."""
        if cut[2] in "\u2010\u00ad":  # nobody types these
            return True
        if not after[0].islower() or not cut[1][-1].isalpha() or cut[1].isupper():
            return False
        if self._pair(cut, after) in self._joined:
            return False
        return self._word(cut, after) in self._plain or self._often


def _neighbours(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairwise(parts)


def _pairs(lines: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    return pairwise(lines)


def _goes_on(above: Line, line: Line) -> bool:
    return not (line.starts or line.label or line.cells or above.cells)


def _without_soft_ends(lines: Iterable[Line]) -> list[Line]:
    return [replace(line, text=line.text.removesuffix("\u00ad")) for line in lines]


def _without_copies(lines: Sequence[Line]) -> Iterator[Line]:
    """Links that some programs print once more at the end of the page say nothing new."""
    seen: set[str] = set()
    for paragraph in paragraphs(lines):
        text = joined(paragraph)
        words = [_SOLE_ADDRESS.fullmatch(word) for word in text.split()]
        if not all(match and match[1] in seen for match in words) or paragraph[0].cells:
            seen |= {found.rstrip(".,;:") for found in _ADDRESS_ANYWHERE.findall(text)}
            yield from paragraph


# --- lines to text --------------------------------------------------------------------------------

_BULLET = re.compile(r"(?:[-\u2010-\u2015•·▪●◦○\uf0b7\uf0a7]\s+)+")


def bullet(text: str) -> str | None:
    """What follows the bullet of an item; None where there is none."""
    match = _BULLET.match(text)
    return text[match.end() :] if match else None


def paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of each paragraph."""
    group: list[Line] = []
    for line in lines:
        if group and line.starts:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def joined(lines: Iterable[Line]) -> str:
    """Lines as one, with the words that were cut put together."""
    pieces: list[str] = []
    for line in lines:
        pieces += ("" if line.glued or not pieces else " ", line.whole)
    return "".join(pieces)


def prose(lines: Sequence[Line]) -> str:
    """Paragraphs with an empty line between them; items of a list and rows each on their own."""
    pieces: list[str] = []
    rowed = False
    for line in lines:
        if _BULLET.fullmatch(f"{line.whole} "):  # an item that holds nothing but other items
            continue
        item = bullet(line.whole)
        row = line.cells is not None
        if not pieces:
            before = ""
        elif item is not None or (row and rowed):
            before = "\n"
        elif row or line.starts or rowed:
            before = "\n\n"
        else:
            before = "" if line.glued else " "
        pieces += (before, line.whole if item is None else f"- {item}")
        rowed = row
    return "".join(pieces)
