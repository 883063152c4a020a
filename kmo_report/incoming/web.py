"""HTML and Markdown -> lines. Nothing is loaded and nothing is run: only the words are taken."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser

from kmo_report.incoming.limits import MOST_CHARACTERS, refuse
from kmo_report.incoming.lines import Line, Pages, clean
from kmo_report.incoming.plain import decoded
from kmo_report.incoming.wordlists import printed
from kmo_report.language import say
from kmo_report.problems import Place


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNSEEN = _names("script style template head title noscript object svg math select")
_BLOCKS = _names(
    "address article aside blockquote body caption center dd details div dl dt fieldset figure "
    "figcaption footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary "
    "table tbody tfoot thead tr ul"
)
_TITLES = _names("caption h1 h2 h3 h4 h5 h6")
_VOID = _names("br hr img input meta link wbr col base area")
_KINDS: Mapping[str, str] = {
    "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
}  # fmt: skip
_DEEPEST = 200
_STEP = 18.0
"""Points that a list is taken to be indented."""
_CHARSET = re.compile(rb"<meta[^>]{0,100}charset=[\"']?([\w-]{2,20})", re.IGNORECASE)


def read_html(content: bytes, path: str) -> Pages:
    """The lines of a page as a browser would show it, lists with their numbers."""
    charset = _CHARSET.search(content[:4096])
    try:
        text = content.decode(charset[1].decode()) if charset else decoded(content)
    except (LookupError, UnicodeDecodeError):
        text = decoded(content)
    return html_lines(text, path)


def read_markdown(content: bytes, path: str) -> Pages:
    """The lines of a Markdown file; a line break in it is one."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 -- only where it is used

    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 100})
    markdown.enable("table").disable(["code", "lheading", "reference"])
    return html_lines(markdown.render(decoded(content)), path)


def html_lines(text: str, path: str) -> Pages:
    """The lines of HTML."""
    if len(text) > MOST_CHARACTERS * 4:
        refuse("too-large", say("this file holds more text than a question can"), path)
    reader = _Reader(path)
    reader.feed(text)
    reader.close()
    reader.end()
    return Pages(tuple(reader.lines))


class _Reader(HTMLParser):
    """Follows the elements, and keeps what stands in each block."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._path = path
        self._words = ""
        self._starts = True
        self._unseen: list[str] = []
        self._open: list[str] = []
        self._lists: list[tuple[str, int]] = []
        """The open lists: what they count with, and how far they are."""
        self._label = ""
        self._around = (0, 0)
        """How many lists stand around the first number of a label, and around the last."""
        self._cells: list[str] | None = None
        """Those of the row that is open."""
        self._begun = False
        """Whether a cell of it is."""
        self._first_row = False
        self._tables = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: C901
        """A block begins; what is not seen is not read."""
        if self._unseen:
            if tag == self._unseen[-1]:
                self._unseen.append(tag)
            return
        if tag in _UNSEEN:
            self._unseen.append(tag)
            return
        values = dict(attrs)
        if tag == "br":
            self._flush()
        elif tag in ("td", "th"):
            self._cell()
        elif tag in _BLOCKS:
            self._block()
        if tag == "table":
            self._tables += 1
            self._first_row = True
        elif tag == "tr" and self._tables == 1:
            self._cells = []
        elif tag in ("ol", "ul") and len(self._lists) < _DEEPEST:
            start = values.get("start") or "1"
            kind = _KINDS.get(values.get("type") or "", "decimal") if tag == "ol" else "bullet"
            count = int(start) if re.fullmatch(r"\d{1,4}", start) else 1
            self._lists.append((kind, count - 1))
        elif tag == "li":
            self._item(values)
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(tag)

    def _item(self, values: Mapping[str, str | None]) -> None:
        kind, count = self._lists.pop() if self._lists else ("bullet", 0)
        value = values.get("value") or ""
        count = int(value) if re.fullmatch(r"\d{1,4}", value) else count + 1
        self._lists.append((kind, count))
        own = values.get("data-label")
        counted = "\N{BULLET}" if kind == "bullet" else f"{printed(kind, count)}."
        # The first item of a list within an item may share its line: `1. a)`.
        depth = len(self._lists)
        outer, inner = self._around if self._label else (depth, depth)
        self._around = outer, inner if kind == "bullet" else depth
        self._label = f"{self._label} {clean(own) if own else counted}".strip()

    def handle_endtag(self, tag: str) -> None:
        """A block ends."""
        if self._unseen:
            if tag == self._unseen[-1]:
                self._unseen.pop()
            return
        if tag == "tr" and self._cells is not None and self._tables == 1:
            self._row()
        elif tag == "table":
            self._tables = max(self._tables - 1, 0)
        if tag in _BLOCKS and self._cells is None:
            self._block()
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._label = ""
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._unseen:
            return
        if "pre" not in self._open or self._cells is not None:
            self._words += data
            return
        first, *others = data.split("\n")
        self._words += first
        for line in others:
            empty = not self._words.strip()
            self._flush()
            self._starts |= empty
            self._words = line

    def end(self) -> None:
        """What is still open ends here."""
        if self._cells is not None:
            self._row()
        self._flush()

    def _block(self) -> None:
        if self._cells is not None:
            self._words += " "
            return
        self._flush()
        self._starts = True

    def _cell(self) -> None:
        if self._cells is None or self._tables > 1:
            self._words += " "
            return
        if self._begun:
            self._cells.append(clean(self._words))
            self._words = ""
        self._begun = True

    def _row(self) -> None:
        cells = self._cells or []
        cells.append(clean(self._words))
        self._words, self._cells, self._begun = "", None, False
        text = " ".join(filter(None, cells))
        if text:
            place = Place(self._path, self.getpos()[0], source=text)
            if self._label:
                self.lines.append(Line("", place, label=self._label))
                self._label = ""
            self.lines.append(Line(text, place, self._first_row, cells=tuple(cells)))
            self._first_row = False
        self._starts = True

    def _flush(self) -> None:
        if self._cells is not None:
            self._words += " "
            return
        words = clean(self._words)
        self._words = ""
        if not words:
            return
        place = Place(self._path, self.getpos()[0], source=words)
        title = any(tag in _TITLES for tag in self._open)
        depth = len(self._lists)
        outer, inner = self._around if self._label else (depth, depth)
        indent = (_STEP * outer, _STEP * inner) if depth else None
        self.lines.append(Line(words, place, self._starts, self._label, indent, title))
        self._starts, self._label = False, ""
