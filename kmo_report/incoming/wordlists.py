"""The numbers that Word counts: they stand in no text (ECMA-376 part 1, 17.9)."""

import re
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_STEPS = 20
"""A style is based on no more others; a circle of them ends here."""
_DEEPEST = 9
_TITLES = re.compile(r"caption|bijschrift|heading\s*[1-9]|kop\s*[1-9]|title|titel", re.IGNORECASE)


def value(element: etree._Element | None, path: str) -> str:
    """The w:val at a path such as pPr/numPr/ilvl, or nothing."""
    found = (
        None if element is None else element.find("/".join(W + step for step in path.split("/")))
    )
    return "" if found is None else found.get(f"{W}val", "")


@dataclass(slots=True)
class _Level:
    """How a list prints one of its levels."""

    kind: str
    text: str
    start: int
    restart: int | None
    legal: bool
    indent: float | None


@dataclass(slots=True)
class _Kind:
    """A kind of list, with its counters: lists of one kind count on."""

    levels: dict[int, _Level]
    counters: dict[int, int] = field(default_factory=dict)


class Lists:
    """The lists of one document, while its paragraphs are read from the top."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._default = ""
        for style in () if styles is None else styles.iter(f"{W}style"):
            key = style.get(f"{W}styleId", "")
            self._styles[key] = style
            if style.get(f"{W}default") in ("1", "true") and style.get(f"{W}type") == "paragraph":
                self._default = key
        self._abstract: dict[str, _Kind] = {}
        self._numbers: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
        self._started: set[tuple[str, int]] = set()
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: etree._Element) -> None:
        linked: dict[str, str] = {}
        links: dict[str, str] = {}
        for abstract in numbering.iter(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId", "")
            levels = {_number(lvl.get(f"{W}ilvl")): _level(lvl) for lvl in abstract.iter(f"{W}lvl")}
            self._abstract[key] = _Kind(levels)
            if link := value(abstract, "numStyleLink"):
                links[key] = link
            if link := value(abstract, "styleLink"):
                linked[link] = key
        for key, link in links.items():
            if link in linked:
                self._abstract[key] = self._abstract[linked[link]]
        for num in numbering.iter(f"{W}num"):
            levels, starts = {}, {}
            for change in num.iter(f"{W}lvlOverride"):
                depth = _number(change.get(f"{W}ilvl"))
                own = change.find(f"{W}lvl")
                if own is not None:
                    levels[depth] = _level(own)
                if (start := value(change, "startOverride")).isdigit():
                    starts[depth] = int(start[:6])
            key = num.get(f"{W}numId", "")
            self._numbers[key] = value(num, "abstractNumId"), levels, starts

    # --- styles -----------------------------------------------------------------------------------

    def _properties(self, paragraph: etree._Element) -> list[etree._Element]:
        """The properties of a paragraph, then those of its styles; the first of them counts."""
        own = paragraph.find(f"{W}pPr")
        found = [] if own is None else [own]
        name = value(paragraph, "pPr/pStyle") or self._default
        for _ in range(_MOST_STEPS):
            style = self._styles.get(name)
            if style is None:
                break
            properties = style.find(f"{W}pPr")
            if properties is not None:
                found.append(properties)
            name = value(style, "basedOn")
        return found

    def is_title(self, paragraph: etree._Element) -> bool:
        """Whether the style of a paragraph is that of a caption or a heading."""
        key = value(paragraph, "pPr/pStyle")
        name = value(self._styles.get(key), "name") or key
        return _TITLES.match(name) is not None

    def _list(self, paragraph: etree._Element) -> tuple[str, int] | None:
        number, depth = "", ""
        for properties in self._properties(paragraph):
            number = number or value(properties, "numPr/numId")
            depth = depth or value(properties, "numPr/ilvl")
        if number in ("", "0") or number not in self._numbers:
            return None
        return number, min(_number(depth), _DEEPEST - 1)

    def _level(self, number: str, depth: int) -> _Level | None:
        key, own, _ = self._numbers[number]
        kind = self._abstract.get(key)
        return own.get(depth) or (kind.levels.get(depth) if kind else None)

    def indent(self, paragraph: etree._Element) -> float | None:
        """Where the text begins, in points from the margin."""
        for properties in self._properties(paragraph):
            ind = properties.find(f"{W}ind")
            if ind is not None:
                left = ind.get(f"{W}left") or ind.get(f"{W}start")
                if left is not None:
                    return _points(left)
        place = self._list(paragraph)
        level = self._level(*place) if place else None
        return level.indent if level else 0.0

    # --- counting ---------------------------------------------------------------------------------

    def label(self, paragraph: etree._Element) -> str:
        """The number or bullet that Word prints before a paragraph; each call counts on."""
        place = self._list(paragraph)
        level = self._level(*place) if place else None
        if place is None or level is None:
            return ""
        number, depth = place
        key, _, starts = self._numbers[number]
        counters = self._abstract[key].counters if key in self._abstract else {}
        if depth in starts and (number, depth) not in self._started:
            counters[depth] = starts[depth] - 1
        self._started.add((number, depth))
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for below in [at for at in counters if at > depth]:
            lower = self._level(number, below)
            if lower is None or lower.restart is None or lower.restart > depth:
                del counters[below]
        if level.kind == "bullet":
            return "\N{BULLET}"
        if level.kind == "none" and "%" not in level.text:
            return level.text
        return re.sub(
            r"%([1-9])", lambda m: self._printed(number, int(m[1]) - 1, counters, level), level.text
        ).strip()

    def _printed(self, number: str, depth: int, counters: dict[int, int], around: _Level) -> str:
        level = self._level(number, depth)
        if level is None:
            return ""
        count = counters.get(depth, level.start)
        return printed("decimal" if around.legal else level.kind, count)


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"\d{1,3}", text) else 0


def _points(text: str) -> float | None:
    """Twentieths of a point, or a length with its unit."""
    match = re.fullmatch(r"(-?\d{1,6}(?:\.\d{1,4})?)(pt|mm|cm|in)?", text)
    if not match:
        return None
    factors = {None: 1 / 20, "pt": 1, "mm": 72 / 25.4, "cm": 720 / 25.4, "in": 72}
    return float(match[1]) * factors[match[2]]


def _level(element: etree._Element) -> _Level:
    ind = element.find(f"{W}pPr/{W}ind")
    left = None if ind is None else ind.get(f"{W}left") or ind.get(f"{W}start")
    restart = value(element, "lvlRestart")
    return _Level(
        kind=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText"),
        start=_number(value(element, "start")),
        restart=int(restart) if restart.isdigit() and len(restart) < 3 else None,  # noqa: PLR2004
        legal=element.find(f"{W}isLgl") is not None,
        indent=_points(left) if left else None,
    )


_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
          (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


def printed(kind: str, count: int) -> str:
    """3 -> 3, c, C, iii or III"""
    if kind in ("lowerLetter", "upperLetter") and count > 0:
        # After z comes aa, then bb.
        text = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 10)
    elif kind in ("lowerRoman", "upperRoman") and 0 < count < 4000:  # noqa: PLR2004
        text, rest = "", count
        for number, roman in _ROMAN:
            text += roman * (rest // number)
            rest %= number
    elif kind == "decimalZero":
        return f"{count:02}"
    elif kind == "none":
        return ""
    else:
        return str(count)
    return text.upper() if kind.startswith("upper") else text
