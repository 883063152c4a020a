"""How wide a table becomes, before any format is made: whether it fits the page.

PDF and DOCX must turn the page for the same tables, so neither can be asked. The letters are those
of DejaVu Sans, which is as wide as Verdana and wider than most: a table that fits by these fits.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kmo_report.model.style import TableRoom

_CLASSES = {
    30: "'ijlIJï", 34: " \u00a0,.·\u2019/:;\\|f-", 41: "()[]t!r",
    50: '"*_`\u2013sz\u201c\u201d?', 56: "cçL",
    62: "FkvxyPTYaeoöéèëêâàôûîñ•", 65: "ESbdghnpquüùäá$0123456789{}€K", 69: "AVBRXZC",
    76: "DGHNU&", 83: "OQw#+<=>^~\u2212", 100: "Mm%W@…",
}  # fmt: skip
_EM = {letter: width / 100 for width, letters in _CLASSES.items() for letter in letters}
_OTHER = 0.8
_BOLD = 1.11
_MM = 25.4 / 72
"""Of a point."""
COMFORT = 16.0
"""So many ems a column of names may have before it is wrapped, if there is room at all."""


def letters(text: str, *, bold: bool = False) -> float:
    """The width of a text in ems."""
    return sum(_EM.get(letter, _OTHER) for letter in text) * (_BOLD if bold else 1)


@dataclass(frozen=True, slots=True)
class Text:
    """What stands in a cell, as far as it matters for the width."""

    text: str
    bold: bool = False
    number: bool = False

    def narrowest(self) -> float:
        """Its widest piece that no line may break, in ems."""
        pieces = [self.text] if self.number and not self.bold else _pieces(self.text)
        return max((letters(piece, bold=self.bold) for piece in pieces), default=0)

    def widest(self) -> float:
        """All on one line."""
        return letters(self.text, bold=self.bold)


def _pieces(text: str) -> Iterator[str]:
    """Where a line may break: at a space, and after a hyphen between letters."""
    for word in re.split(r"[ \t\n]+", text):
        yield from re.split(r"(?<=[^\W\d]-)(?=[^\W\d])", word)


@dataclass(frozen=True, slots=True)
class Need:
    """What a column needs and what it would like, in ems and without the room around it."""

    least: float
    comfort: float
    whole: float


def needs(rows: Iterable[Sequence[Text]]) -> list[Need]:
    """Of each column."""
    found = []
    for column in zip(*rows, strict=True):
        least = max(text.narrowest() for text in column)
        whole = max(text.widest() for text in column)
        names = whole if not any(text.number for text in column) else 0.0
        found.append(Need(least, max(least, min(names, COMFORT)), whole))
    return found


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table is put on the page."""

    landscape: bool
    small: bool
    over: float = 0
    """By how many mm it is too wide even so."""


def fit(columns: Sequence[Need], room: TableRoom, page: str, indent: float = 0) -> Fit:
    """The first that fits: as it is, in smaller letters, on a page that is turned, or both."""
    pages = {"portrait": [False], "landscape": [True]}.get(page, [False, True])
    ways = [Fit(turned, small) for turned in pages for small in (False, True)]
    for wanted in ([c.comfort for c in columns], [c.least for c in columns]):
        for way in ways:
            if _over(wanted, way, room) + indent <= 0:
                return way
    last = ways[-1]
    over = _over([c.least for c in columns], last, room) + indent
    return Fit(last.landscape, last.small, over)


def _over(columns: Sequence[float], way: Fit, room: TableRoom) -> float:
    size = room.small if way.small else room.letters
    width = sum(columns) + 2 * room.padding * len(columns)
    return width * size * _MM - (room.landscape if way.landscape else room.portrait)


def shared(columns: Sequence[Need], width: float, padding: float) -> list[float]:
    """A width in ems given to the columns: what each needs, and the rest to who would like it."""
    least = [column.least + 2 * padding for column in columns]
    spare = width - sum(least)
    if spare < 0:
        return [width * need / sum(least) for need in least]
    likes = [max(column.whole - column.least, 0.5) for column in columns]
    return [n + spare * like / sum(likes) for n, like in zip(least, likes, strict=True)]
