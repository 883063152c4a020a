"""Word's automatic numbers: printed labels such as `1.`, `a)` or `1-2.` as lists that count.

Somebody who adds a part in Word must see the ones after it count on, so a label is never typed. A
list of Word (`w:num`, ECMA-376 17.9) counts in levels; this follows what it would print next, goes
on with it where that is the label, and else makes a new list.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from docx.oxml.ns import qn
from lxml import etree

from kmo_report.width import letters

STEP = 340
"""How far a level is indented, in twentieths of a point (6 mm), unless its labels are wider."""
_GAP = 100
"""Between a label and its text."""
LEVELS = 9
"""Word has no more; what is deeper stands at the last."""

_EM = 200
"""The size of the letters of a text."""

_WIDEST = 2 * STEP
"""Of a label that its whole list makes room for."""

_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label: what kind of number, which one, and what follows it."""

    kind: str
    """A number format of Word: decimal, lowerLetter, ...; `none` for what is no number."""
    value: int
    after: str


def read_label(text: str, first: str) -> Label:
    """`b)` -> lowerLetter, 2, `)`; `first` is the first label of the list: `i)` starts Romans."""
    match = re.fullmatch(r"([0-9]{1,5}|[A-Za-z]{1,5})([.)]*)", text)
    number, after = (match[1], match[2]) if match else ("", text)
    case = "lower" if number == number.lower() else "upper"
    roman = re.fullmatch(r"[IiVvXxLlCc]+", number) and re.fullmatch(r"[Ii][.)]*", first)
    if number.isdigit() and str(int(number)) == number:
        return Label("decimal", int(number), after)
    if roman and _as_roman(_roman_value(number)) == number.lower():
        return Label(f"{case}Roman", _roman_value(number), after)
    if len(number) == 1 and number.isascii():
        return Label(f"{case}Letter", ord(number.lower()) - ord("a") + 1, after)
    return Label("none", 1, text)


def _roman_value(text: str) -> int:
    digits = [_ROMAN[letter] for letter in text.lower()]
    pairs = zip(digits, [*digits[1:], 0], strict=True)
    return sum(-digit if digit < after else digit for digit, after in pairs)


def _as_roman(value: int) -> str:
    text = ""
    for number, roman in ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
                          (5, "v"), (4, "iv"), (1, "i")):  # fmt: skip
        while value >= number:
            text, value = text + roman, value - number
    return text


def room(labels: Iterable[str]) -> int:
    """How far the text of a list stands from its margin: as its widest label has it.

    But for a label as long as `4, 9 en 10.`, which would push all others away.
    """
    widths = [_width(label) for label in labels]
    return max([STEP, *(width for width in widths if width <= _WIDEST)])


def _width(label: str) -> int:
    """Of a label and the space behind it."""
    return round(letters(label) * _EM) + _GAP


@dataclass(frozen=True, slots=True)
class _Level:
    """How a list prints one of its levels."""

    kind: str
    text: str
    start: int
    left: int
    hanging: int
    spaced: bool = False
    """Whether the label is too long for its room: its text then follows after a space."""


@dataclass(slots=True)
class _List:
    """A list of Word, and where its counters stand."""

    number: int
    levels: dict[int, _Level] = field(default_factory=dict)
    counters: dict[int, int] = field(default_factory=dict)

    def fits(self, depth: int, level: _Level) -> bool:
        """Whether the next paragraph at `depth` would print what `level` starts with."""
        mine = self.levels.setdefault(depth, level)
        same = replace(mine, start=0) == replace(level, start=0)
        return same and self.counters.get(depth, mine.start - 1) + 1 == level.start

    def count(self, depth: int) -> None:
        """One more paragraph at `depth`; what is below it starts again."""
        self.counters[depth] = self.counters.get(depth, self.levels[depth].start - 1) + 1
        for below in [level for level in self.counters if level > depth]:
            del self.counters[below]


class Numbering:
    """The lists of one document."""

    def __init__(self, root: etree._Element) -> None:
        """`root` is the w:numbering of the template; its own lists stay."""
        self._root = root
        used = [int(num.get(qn("w:numId"), "0")) for num in root.iter(qn("w:num"))]
        kinds = root.iter(qn("w:abstractNum"))
        self._first_number = max(used, default=0) + 1
        self._first_kind = (
            max((int(k.get(qn("w:abstractNumId"), "0")) for k in kinds), default=0) + 1
        )
        self._lists: list[_List] = []
        self._at: dict[int, _List] = {}
        self._bullets: _List | None = None

    def numbered(self, depth: int, labels: Sequence[Label], left: int, hanging: int) -> int:
        """The list for a paragraph at `depth`; further labels stand on the line of the first.

        `1.` with `a)` on its line is a level that prints `%1. a)`; the `b)` below it starts at 2.
        The text stands at `left`, the labels begin `hanging` before it.
        """
        first, *others = labels
        beside = "".join(f" {_printed(label)}" for label in others)
        number = "" if first.kind == "none" else f"%{depth + 1}"
        text = f"{number}{first.after}{beside}"
        printed = " ".join(map(_printed, labels))
        level = _Level(
            first.kind, text, first.value, left, hanging, spaced=_width(printed) > hanging
        )
        # The list that counts here, or that of what stands around it.
        around = [self._at[at] for at in (depth, depth - 1) if at in self._at]
        chosen = next((one for one in around if one.fits(depth, level)), None)
        if chosen is None:
            chosen = self._new()
            chosen.levels[depth] = level
        chosen.count(depth)
        self._at = {at: one for at, one in self._at.items() if at < depth} | {depth: chosen}
        return chosen.number

    def bullet(self) -> int:
        """The list of bullets: one for the document, it counts nothing."""
        if self._bullets is None:
            self._bullets = self._new()
            for depth in range(LEVELS):
                left = (depth + 1) * STEP
                self._bullets.levels[depth] = _Level("bullet", "\N{BULLET}", 1, left, STEP)
        return self._bullets.number

    def _new(self) -> _List:
        one = _List(self._first_number + len(self._lists))
        self._lists.append(one)
        return one

    def write(self) -> None:
        """Put the lists into the file: kinds of lists first, as the schema has it."""
        kinds = self._root.findall(qn("w:abstractNum"))
        place = self._root.index(kinds[-1]) + 1 if kinds else 0
        for offset, one in enumerate(self._lists):
            kind = str(self._first_kind + offset)
            self._root.insert(place + offset, _abstract(kind, one))
        for offset, one in enumerate(self._lists):
            num = etree.SubElement(self._root, qn("w:num"), {qn("w:numId"): str(one.number)})
            etree.SubElement(
                num, qn("w:abstractNumId"), {qn("w:val"): str(self._first_kind + offset)}
            )


def _printed(label: Label) -> str:
    number = {
        "decimal": str(label.value),
        "lowerLetter": chr(ord("a") + label.value - 1),
        "upperLetter": chr(ord("A") + label.value - 1),
        "lowerRoman": _as_roman(label.value),
        "upperRoman": _as_roman(label.value).upper(),
    }
    return number.get(label.kind, "") + label.after


def _abstract(kind: str, one: _List) -> etree._Element:
    abstract = etree.Element(qn("w:abstractNum"), {qn("w:abstractNumId"): kind})
    etree.SubElement(abstract, qn("w:multiLevelType"), {qn("w:val"): "multilevel"})
    for depth, level in sorted(one.levels.items()):
        element = etree.SubElement(abstract, qn("w:lvl"), {qn("w:ilvl"): str(depth)})
        values = [("start", str(level.start)), ("numFmt", level.kind), ("lvlText", level.text)]
        if level.spaced:
            values.insert(2, ("suff", "space"))
        for name, value in (*values, ("lvlJc", "left")):
            etree.SubElement(element, qn(f"w:{name}"), {qn("w:val"): value})
        properties = etree.SubElement(element, qn("w:pPr"))
        indent = {qn("w:left"): str(level.left), qn("w:hanging"): str(level.hanging)}
        etree.SubElement(properties, qn("w:ind"), indent)
    return abstract
