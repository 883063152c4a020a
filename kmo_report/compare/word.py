"""A Word file as blocks: paragraphs with the look of their words, tables of cells, and comments."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml import etree

from kmo_report.incoming.changes import accept
from kmo_report.incoming.limits import MOST_CHARACTERS, refuse
from kmo_report.incoming.lines import clean
from kmo_report.incoming.word import Package, is_hidden, parent_table, symbol
from kmo_report.incoming.wordlists import Lists, W, value
from kmo_report.language import say

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIPPED = {
    *(f"{W}{name}" for name in ("pPr", "rPr", "sdtPr", "delText", "txbxContent", "pict", "object")),
    f"{_MC}Fallback",
}


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look."""

    text: str
    strong: bool = False
    emphasis: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `label` is the number or bullet that Word prints before it."""

    runs: tuple[Run, ...]
    label: str = ""
    note: bool = False
    """Whether it stands in a footnote or a text box."""

    @property
    def text(self) -> str:
        """Its words, line breaks as they are."""
        return "".join(run.text for run in self.runs)

    @property
    def key(self) -> str:
        """Its words, with each white space as one blank."""
        return clean(self.text).replace("\u2011", "-")  # which programs write as they like


@dataclass(frozen=True, slots=True)
class Table:
    """A table, by its rows of cells; `about` is what the file says of it to who cannot see it."""

    rows: tuple[tuple[str, ...], ...]
    about: str = ""

    @property
    def key(self) -> str:
        """All of its words."""
        return "\n".join("\t".join(row) for row in self.rows)


Block = Paragraph | Table


def look(paragraph: Paragraph) -> list[tuple[str, bool, bool, str]]:
    """The look of each sign; an address that is its own link is as good as one that is none."""
    found = []
    for run in paragraph.runs:
        href = "" if run.href.strip() == run.text.strip() else run.href
        text = run.text.replace("\u2011", "-")
        found += [(sign, run.strong, run.emphasis, href) for sign in text if not sign.isspace()]
    return found


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody says in the margin, the words it is about, and the block it stands at."""

    author: str
    date: str
    text: str
    about: str
    block: int


@dataclass(slots=True)
class WordFile:
    """All that is read of a Word file."""

    blocks: list[Block] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


def read_blocks(content: bytes, path: str) -> WordFile:
    """The blocks and comments of a Word file, with its tracked changes accepted."""
    package = Package(content, path)
    document = package.part("word/document.xml")
    if document is None:
        refuse("damaged", say("this is no Word document: it lacks its text"), path)
    about = _commented(document)
    accept(document)
    reader = _Reader(package, path)
    body = document.find(f"{W}body")
    reader.blocks(document if body is None else body)
    for name in ("footnotes", "endnotes"):
        notes = package.part(f"word/{name}.xml")
        for note in [] if notes is None else notes:
            if note.get(f"{W}type", "normal") == "normal":
                reader.blocks(note, note=True)
    return WordFile(reader.found, [*_comments(package, about, reader.places)])


class _Reader:
    """Walks through a document once, from the top."""

    def __init__(self, package: Package, path: str) -> None:
        styles = package.part("word/styles.xml")
        self.lists = Lists(package.part("word/numbering.xml"), styles)
        self.path, self.size = path, 0
        self.looks = _looks(styles)
        self.links: dict[str, str] = {}
        relations = package.part("word/_rels/document.xml.rels")
        for relation in [] if relations is None else relations:
            self.links[relation.get("Id", "")] = relation.get("Target", "")
        self.found: list[Block] = []
        self.places: dict[str, int] = {}
        """Comment -> the block at which it begins."""

    def blocks(self, parent: etree._Element, *, note: bool = False) -> None:
        """Read all blocks of a body, a cell or a note."""
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child, note=note)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag not in _SKIPPED and child.tag != f"{W}sectPr":
                self.blocks(child, note=note)

    def _paragraph(self, paragraph: etree._Element, *, note: bool) -> None:
        label = self.lists.label(paragraph)
        runs = self._runs(paragraph)
        self._note_places(paragraph)
        if label or any(run.text.strip() for run in runs):
            self.found.append(Paragraph(tuple(runs), label, note))
        for box in paragraph.iter(f"{W}txbxContent"):
            if not any(above.tag == f"{_MC}Fallback" for above in box.iterancestors()):
                self.blocks(box, note=True)

    def _note_places(self, element: etree._Element) -> None:
        for start in element.iter(f"{W}commentRangeStart", f"{W}commentReference"):
            self.places.setdefault(start.get(f"{W}id", ""), len(self.found))

    def _runs(self, paragraph: etree._Element) -> list[Run]:
        runs: list[Run] = []
        for run in self._pieces(paragraph, Run("")):
            self.size += len(run.text)
            if self.size > MOST_CHARACTERS:
                refuse("too-large", say("this file holds more text than a question can"), self.path)
            if runs and replace(runs[-1], text="") == replace(run, text=""):
                runs[-1] = replace(run, text=runs[-1].text + run.text)
            elif run.text:
                runs.append(run)
        return runs

    def _pieces(self, element: etree._Element, look: Run) -> Iterator[Run]:
        field_, code = 0, ""
        for child in element:
            if child.tag == f"{W}hyperlink":
                link = self.links.get(child.get(f"{_R}id", ""), "")
                yield from self._pieces(child, replace(look, href=link))
            elif child.tag == f"{W}r":
                mark = child.find(f"{W}fldChar")
                kind = "" if mark is None else mark.get(f"{W}fldCharType", "")
                field_ += {"begin": 1, "end": -1}.get(kind, 0)
                if kind == "begin":
                    code = ""
                code += "".join(x.text or "" for x in child.iter(f"{W}instrText"))
                goal = re.search(r'HYPERLINK\s+"([^"]+)"', code) if field_ else None
                if not is_hidden(child):
                    yield from self._run(child, replace(look, href=goal[1]) if goal else look)
            elif child.tag not in _SKIPPED:
                yield from self._pieces(child, look)

    def _run(self, run: etree._Element, look: Run) -> Iterator[Run]:
        strong, emphasis = self.looks.get(value(run, "rPr/rStyle"), (False, False))
        own = run.find(f"{W}rPr")
        look = replace(look, strong=_is_on(own, "b", strong), emphasis=_is_on(own, "i", emphasis))
        for child in run:
            tag = child.tag
            text = ""
            if tag == f"{W}t":
                text = child.text or ""
            elif tag in (f"{W}tab", f"{W}ptab"):
                text = " "
            elif tag == f"{W}noBreakHyphen":
                text = "\u2011"
            elif tag == f"{W}cr" or (tag == f"{W}br" and child.get(f"{W}type") is None):
                text = "\n"
            elif tag == f"{W}sym":
                text = symbol(child.get(f"{W}char", ""))
            elif tag == f"{_MC}AlternateContent":
                yield from self._pieces(child, look)
            yield replace(look, text=text)

    def _table(self, table: etree._Element) -> None:
        rows = []
        for row in table.iterdescendants(f"{W}tr"):
            if parent_table(row) is not table:
                continue
            cells: list[str] = []
            for cell in row.iterdescendants(f"{W}tc"):
                if next(cell.iterancestors(f"{W}tr")) is row:
                    words = [
                        "".join(run.text for run in self._runs(paragraph))
                        for paragraph in cell.iter(f"{W}p")
                    ]
                    cells.append(clean(" ".join(words)))
                    span = value(cell, "tcPr/gridSpan")
                    wide = int(span) if re.fullmatch("[1-9][0-9]?", span) else 1
                    cells += [""] * (wide - 1)
            rows.append(tuple(cells))
        self._note_places(table)
        about = value(table, "tblPr/tblCaption") + value(table, "tblPr/tblDescription")
        self.found.append(Table(tuple(rows), about))


def _is_on(properties: etree._Element | None, name: str, otherwise: bool) -> bool:  # noqa: FBT001
    found = None if properties is None else properties.find(f"{W}{name}")
    return otherwise if found is None else found.get(f"{W}val", "1") not in ("0", "false", "off")


def _looks(styles: etree._Element | None) -> dict[str, tuple[bool, bool]]:
    """Styles of letters: whether they are strong, and whether they are emphasis."""
    found: dict[str, tuple[bool, bool]] = {}
    for style in [] if styles is None else styles.iter(f"{W}style"):
        if style.get(f"{W}type") == "character":
            name, own = value(style, "name").lower(), style.find(f"{W}rPr")
            strong, emphasis = name == "strong", name == "emphasis"
            found[style.get(f"{W}styleId", "")] = (
                _is_on(own, "b", strong),
                _is_on(own, "i", emphasis),
            )
    return found


# --- comments --------------------------------------------------------------------------------


def _commented(document: etree._Element) -> dict[str, str]:
    """Comment -> the words it is about, those that were deleted too."""
    open_: set[str] = set()
    words: dict[str, list[str]] = defaultdict(list)
    for element in document.iter():
        key = element.get(f"{W}id", "")
        if element.tag == f"{W}commentRangeStart":
            open_.add(key)
        elif element.tag == f"{W}commentRangeEnd":
            open_.discard(key)
        elif element.tag in (f"{W}t", f"{W}delText"):
            for comment in open_:
                words[comment].append(element.text or "")
        elif element.tag == f"{W}p":
            for comment in open_:
                words[comment].append(" ")
    return {key: clean("".join(pieces)) for key, pieces in words.items()}


def _comments(package: Package, about: dict[str, str], places: dict[str, int]) -> Iterator[Comment]:
    part = package.part("word/comments.xml")
    found = []
    for comment in [] if part is None else part.iter(f"{W}comment"):
        key = comment.get(f"{W}id", "")
        accept(comment)
        lines = ("".join(t.text or "" for t in p.iter(f"{W}t")) for p in comment.iter(f"{W}p"))
        text = clean(" ".join(lines))
        author, date = clean(comment.get(f"{W}author", "")), comment.get(f"{W}date", "")[:10]
        found.append(Comment(author, date, text, about.get(key, ""), places.get(key, 0)))
    yield from sorted(found, key=lambda comment: comment.block)
