"""What the cabinet changed: a Word file that came back, and the document of the case as it is.

Both are read the same way, so that only what somebody changed differs. Each difference is named for
what it is and where in answer.yaml it would be written.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File

from kmo_report.compare.align import Piece, alike, pairs, words
from kmo_report.compare.markdown import inline
from kmo_report.compare.ours import Ours, printed
from kmo_report.compare.word import Comment, Paragraph, Table, WordFile, look, read_blocks
from kmo_report.incoming import content_of
from kmo_report.incoming.guard import guarded
from kmo_report.language import mark, say
from kmo_report.load import Loaded
from kmo_report.model.answer import Answer
from kmo_report.pipeline import readable
from kmo_report.problems import InputError, Level, Place, Problem
from kmo_report.template import Template
from kmo_report.trace import Path

MESSAGES = {
    "text": mark("text changed"),
    "added": mark("paragraph added"),
    "removed": mark("paragraph taken out"),
    "moved": mark("paragraph moved"),
    "look": mark("emphasis or link changed"),
    "number": mark("the number before it changed"),
    "question": mark("the question's own words changed"),
    "header": mark("header changed"),
    "made": mark("a sentence that the program writes changed"),
    "house": mark("words of the house style changed"),
    "caption": mark("title of a table changed"),
    "heading": mark("heading in a table changed"),
    "figure": mark("figure changed; figures change in the data, not in Word"),
    "note": mark("note or source under a table changed"),
    "annex": mark("title of an annex changed"),
    "row-added": mark("row of a table added"),
    "row-removed": mark("row of a table taken out"),
    "columns": mark("columns of a table added or taken out"),
    "table-added": mark("table added"),
    "table-removed": mark("table taken out"),
}
"""Kind of a difference -> what is said of it."""
_LEVELS: dict[str, Level] = {
    "figure": "error", "row-added": "error", "row-removed": "error", "columns": "error",
    "table-added": "error", "table-removed": "error", "question": "warning", "header": "warning",
}  # fmt: skip


@dataclass(slots=True)
class Difference:
    """One thing that is otherwise in the Word file."""

    kind: str
    place: Place
    part: str
    """The part of the answer that it stands in, as it is labelled: 1a."""
    old: str
    new: str
    ours: Ours | None = None
    theirs: Paragraph | Table | None = None
    after: int = -1
    """Of what was added, the block of ours that it stands behind."""
    near: str = ""
    """Of a cell, its row and column."""
    figure: bool = False
    """Whether a figure in a text is another."""
    taken: bool = False
    reason: str = ""

    @property
    def level(self) -> Level | None:
        """Whether it is more than a change."""
        return _LEVELS.get(self.kind) or ("warning" if self.figure else None)

    @property
    def message(self) -> str:
        """What it is, in words."""
        return say(MESSAGES[self.kind])

    @property
    def pieces(self) -> list[Piece]:
        """The words of both, in order."""
        return [*words(self.old, self.new)]

    @property
    def same_as(self) -> tuple[str, str, str, str]:
        """What it says, wherever it stands now."""
        return self.kind, self.part, self.old, self.new


@dataclass(slots=True)
class Comparison:
    """All that is different, in the order of the document, and what is said in the margin."""

    differences: list[Difference]
    comments: list[tuple[Comment, Place, str]] = field(default_factory=list)
    ours: list[Ours] = field(default_factory=list)
    written: File | None = None
    """The answer file, where something was taken over."""

    @property
    def left(self) -> bool:
        """Whether there is something left to do."""
        return bool(self.comments) or not all(d.taken for d in self.differences)


def compared(file: File, case: File, template: Template) -> Comparison:
    """A Word file that came back, compared with the case; InputError where it cannot be."""
    theirs = opened(file)
    return against(theirs, readable(case, template.style), template, str(file))


def opened(file: File) -> WordFile:
    """The Word file; hostile until proven."""
    content, path = content_of(str(file)), str(file)
    if not content.startswith(b"PK"):
        message = say("this is no Word file (.docx); save it as one")
        raise InputError([Problem("no-word", message, Place(path))])
    return guarded(lambda: read_blocks(content, path), path)


def against(theirs: WordFile, loaded: Loaded[Answer], template: Template, path: str) -> Comparison:
    """The same, of what was read."""
    ours = printed(loaded, template, path)
    _refuse_another(ours, theirs, path)
    finder = _Finder(ours, theirs, loaded)
    differences = [*finder.differences()]
    return Comparison(differences, [*finder.comments()], ours)


_ANOTHER = 0.25
_MOST_BLOCKS = 50_000


def _refuse_another(ours: Sequence[Ours], theirs: WordFile, path: str) -> None:
    first = " ".join(block.key for block in ours)
    second = " ".join(block.key for block in theirs.blocks)
    same = {block.key for block in theirs.blocks}
    paths = (("question", "number"), ("question", "asked_by"))
    own = [b for b in ours if {p.origin.path for p in b.pieces if p.origin} & {*paths}]
    named = any(block.key in same for block in own)
    if len(theirs.blocks) > _MOST_BLOCKS or alike(first, second) < (
        _ANOTHER if named else 2 * _ANOTHER
    ):
        message = say("this is not the document of this case: hardly any of its words are the same")
        if own and not named:
            message = say(
                "this is the document of another case: it does not say {words}", words=own[0].key
            )
        raise InputError([Problem("another-case", message, Place(path))])


class _Finder:
    """Finds what differs, block by block."""

    def __init__(self, ours: Sequence[Ours], theirs: WordFile, loaded: Loaded[Answer]) -> None:
        self.ours, self.theirs = ours, theirs
        self.source, self.answer = loaded.source, loaded.model
        self.pairs = pairs([o.key for o in ours], [t.key for t in theirs.blocks])
        self.parts = _parts(ours, loaded.model)

    def differences(self) -> Iterator[Difference]:
        """All of them, in the order of the document."""
        found = [*self._found()]
        gone = {d.old: d for d in found if d.kind == "removed" and len(d.old.split()) > 1}
        for difference in found:
            if difference.kind == "added" and difference.new in gone:
                gone[difference.new].kind = difference.kind = "moved"
        yield from found

    def _found(self) -> Iterator[Difference]:
        last = -1
        for a, b in self.pairs:
            ours = None if a is None else self.ours[a]
            theirs = None if b is None else self.theirs.blocks[b]
            last = last if a is None else a
            if ours is None:
                yield self._added(theirs, last)  # type: ignore[arg-type]
            elif theirs is None or isinstance(theirs, Table) != isinstance(ours.block, Table):
                kind = "table-removed" if isinstance(ours.block, Table) else "removed"
                old = ours.key if kind == "removed" else _first_row(ours.block)
                yield self._difference(kind, a or 0, old, "")
                if theirs is not None:
                    yield self._added(theirs, last)
            elif isinstance(ours.block, Table):
                assert isinstance(theirs, Table)  # noqa: S101
                yield from self._table(a or 0, ours.block, theirs)
            else:
                assert isinstance(theirs, Paragraph)  # noqa: S101
                yield from self._paragraph(a or 0, theirs)

    def _added(self, theirs: Paragraph | Table, last: int) -> Difference:
        kind = "table-added" if isinstance(theirs, Table) else "added"
        new = _first_row(theirs) if isinstance(theirs, Table) else theirs.key
        found = self._difference(kind, max(last, 0), "", new)
        origin = self.ours[max(last, 0)].origin
        if origin and origin.lines and not origin.made and new:
            end = self.ours[max(last, 0)].key.split()[-1]
            text = "\n".join(str(self._value(origin.path)).split("\n")[: origin.lines[1]])
            found.place = self.source.place(origin.path, end, max(text.count(end) - 1, 0))
        found.ours, found.theirs, found.after = None, theirs, last
        return found

    def _difference(self, kind: str, at: int, old: str, new: str) -> Difference:
        ours = self.ours[at]
        changed = next((p.text for p in words(old, new) if p.kind == "old"), "")
        place = self._place(ours, old, changed)
        return Difference(kind, place, self.parts[at], old, new, ours)

    def _place(self, ours: Ours, old: str, changed: str) -> Place:
        origin = ours.origin
        if origin is None:
            return Place(self.source.path)
        path = origin.path
        for piece in ours.pieces:  # of a header, the words that changed
            if piece.origin and changed and changed.split(maxsplit=1)[0] in piece.text.split():
                path = piece.origin.path
        near = changed.split(maxsplit=1)[0] if changed and not origin.made else ""
        nth = 0
        if near and origin.lines is not None:
            value = str(self._value(path) or "")
            before = "\n".join(value.split("\n")[: origin.lines[0]])
            nth = before.count(near) + old[: max(_index(old, changed), 0)].count(near)
        if near and origin.path[0] == "tables":
            path = path if len(path) > 2 else self.source.resolve((*path, "years"))  # noqa: PLR2004
        return self.source.place(path, near, nth)

    def _value(self, path: Path) -> object:
        value: object = self.answer
        for step in path:
            if isinstance(value, tuple | list):
                value = value[int(step)]
            elif isinstance(value, dict):
                value = value[step]
            else:
                value = getattr(value, step, None)
        return value

    # --- paragraphs ------------------------------------------------------------------------------

    def _paragraph(self, at: int, theirs: Paragraph) -> Iterator[Difference]:
        ours = self.ours[at]
        assert isinstance(ours.block, Paragraph)  # noqa: S101
        kind = _kind(ours)
        if ours.key != theirs.key:
            found = self._difference(kind, at, ours.key, theirs.key)
            found.theirs = theirs
            found.figure = kind in ("text", "caption", "note") and _figures(ours.key) != _figures(
                theirs.key
            )
            yield found
        elif kind == "text" and look(ours.block) != look(theirs):
            found = self._difference("look", at, inline(ours.block.runs), inline(theirs.runs))
            found.theirs = theirs
            yield found
        if ours.block.label != theirs.label:
            yield self._difference("number", at, ours.block.label, theirs.label)

    # --- tables ----------------------------------------------------------------------------------

    def _table(self, at: int, old: Table, new: Table) -> Iterator[Difference]:
        wide, heads = len(old.rows[0]), self.ours[at].heads
        for a, b in pairs(
            ["\t".join(row) for row in old.rows], ["\t".join(row) for row in new.rows]
        ):
            if a is None or b is None:
                row = new.rows[b or 0] if a is None else old.rows[a]
                text = " | ".join(row)
                if a is None:
                    yield self._difference("row-added", at, "", text)
                else:
                    yield self._difference("row-removed", at, text, "")
                continue
            if len(new.rows[b]) != wide:
                yield self._difference(
                    "columns", at, " | ".join(old.rows[a]), " | ".join(new.rows[b])
                )
                continue
            for column, (was, now) in enumerate(zip(old.rows[a], new.rows[b], strict=True)):
                if was != now:
                    yield self._cell(at, old, (a, column), now, heading=a == 0 or column < heads)

    def _cell(
        self, at: int, table: Table, cell: tuple[int, int], now: str, *, heading: bool
    ) -> Difference:
        row, column = cell
        ours, was = self.ours[at], table.rows[row][column]
        asked = ours.origin is not None and ours.origin.path[0] == "question"
        kind = "question" if asked else "heading" if heading else "figure"
        found = self._difference(kind, at, was, now)
        if ours.origin and not asked:
            found.place = self._figure_place(ours.origin.path, table, cell, found.place)
        row_name = table.rows[row][0]
        found.near = row_name if heading else f"{row_name}, {table.rows[0][column]}"
        return found

    def _figure_place(
        self, path: Path, table: Table, cell: tuple[int, int], otherwise: Place
    ) -> Place:
        """A figure as it is written in the data, or the name of its row; else the table."""
        row, column = cell
        plain = re.sub(r"\D", "", table.rows[row][column])
        names = {name for name in (table.rows[row][0], table.rows[0][column]) if name}
        inside = [p for p in self.source.spans if p[:2] == path[:2] and len(p) > 2]  # noqa: PLR2004
        leaves = [p for p in inside if plain and p[2] in ("years", "given") and
                  re.sub(r"\D", "", self._written(p)) == plain]  # fmt: skip
        named = [p for p in leaves if names & {*p}] or leaves
        if len(named) == 1:
            return self.source.place(named[0])
        rows = [p for p in inside if p[-1] == table.rows[row][0]]
        return self.source.place(rows[0], key=True) if rows else otherwise

    def _written(self, path: Path) -> str:
        span = self.source.spans[path]
        line = self.source.lines[span.line]
        return (
            line[span.column : span.column + span.stop - span.start]
            if span.line == span.end
            else ""
        )

    # --- comments --------------------------------------------------------------------------------

    def comments(self) -> Iterator[tuple[Comment, Place, str]]:
        """What is said in the margin, and where."""
        counterpart = {b: a for a, b in self.pairs if b is not None}
        for comment in self.theirs.comments:
            at = next(
                (found for b in range(comment.block, -1, -1)
                 if (found := counterpart.get(b)) is not None), 0
            )  # fmt: skip
            ours = self.ours[at]
            yield comment, self._place(ours, ours.key, comment.about), self.parts[at]


def _index(text: str, words_: str) -> int:
    return text.find(words_)


def _figures(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,]\d+)*", text)


def _first_row(table: object) -> str:
    assert isinstance(table, Table)  # noqa: S101
    return " | ".join(table.rows[0]) if table.rows else ""


def _kind(ours: Ours) -> str:
    origin = ours.origin
    if origin is None:
        return "house"
    path = origin.path
    if path[0] == "question":
        text = origin.lines is not None or path[-1] == "subject" or len(path) > 3  # noqa: PLR2004
        return "question" if text else "header"
    if path[0] == "tables":
        return "caption" if "captions" in path else "note"
    if path[0] == "annexes":
        return "annex"
    if len(path) == 2 or path[1] == "minister":  # noqa: PLR2004
        return "header"
    return "made" if origin.made else "text"


def _parts(ours: Sequence[Ours], answer: Answer) -> list[str]:
    """The part that each block stands in, as its label."""
    found, last = [], ""
    for block in ours:
        origin = block.origin
        path = origin.path if origin else ()
        if path[:2] == ("answer", "parts"):
            of = answer.answer.parts[int(path[2])].of
            last = "" if of == ("all",) else ", ".join(of)
        elif path[:1] == ("question",):
            last = "".join(path[2::2][: path.count("parts")])
        elif path[:1] in (("annexes",), ("answer",)) or not path:
            last = ""
        found.append(last)
    return found
