"""A YAML file as a tree of text, and where in the file each value stands.

Scalars stay text. Anchors, aliases, tags and doubled keys are refused, so that what a reader of
the file sees is all there is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from kmo_report.language import mark, say
from kmo_report.problems import InputError, Place, Problem

Path = tuple[str, ...]
"""The way to a value from the top of the file: keys, and positions in lists."""
Tree = str | None | list["Tree"] | dict[str, "Tree"]

MAX_BYTES = 20_000_000
MAX_DEPTH = 50
MAX_SHOWN = 20
"""Of forbidden characters: a file of another kind has thousands."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, where PyYAML was built with it: the same events, ten times as fast."""

# What may not stand in a text: controls, lone surrogates and code points that are no characters.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value, and its key if it has one, stand in the text; lines and columns from 0."""

    line: int
    column: int
    end: int
    key: tuple[int, int] | None
    start: int
    """Counted from the start of the text, whose lines end in one sign; so is `stop`."""
    stop: int
    style: str
    """Of a text: its first sign (' " | >), or none; of a group or list: [ where in brackets."""


@dataclass(slots=True)
class Source:
    """The text of a file, and where each value of it stands."""

    path: str
    lines: list[str] = field(default_factory=list)
    spans: dict[Path, Span] = field(default_factory=dict)

    def place(self, path: Path, near: str = "", nth: int = 0, *, key: bool = False) -> Place:
        """Where the value at `path` stands: at its key, or at the nth word `near` in it.

        What is not in the file is placed at the key of what is nearest above it.
        """
        found = self.resolve(path)
        span = self.spans.get(found)
        if span is None:
            return Place(self.path)
        if near:
            start = span.key if span.key and near in found[-1] else (span.line, span.column)
            for line in range(start[0], min(span.end + 1, len(self.lines))):
                for match in re.finditer(re.escape(near), self.lines[line]):
                    if line > start[0] or match.start() >= start[1]:
                        if not nth:
                            return self.at(line, match.start())
                        nth -= 1
        if span.key and (key or found != path):
            return self.at(*span.key)
        return self.at(span.line, span.column)

    def resolve(self, path: Path) -> Path:
        """The part of `path` that is in the file; steps that only the model has are left out."""
        found: Path = ()
        for step in path:
            if (*found, step) in self.spans:
                found = (*found, step)
        return found

    def at(self, line: int, column: int) -> Place:
        """The place of a line and column that count from 0."""
        text = self.lines[line] if line < len(self.lines) else ""
        return Place(self.path, line + 1, column + 1, text)

    def before(self, line: int, column: int) -> Place:
        """The same, or the end of the text before it where nothing stands in that line."""
        line = min(line, len(self.lines))  # a line separator ends a line for YAML alone
        while line and not (self.lines[line : line + 1] and self.lines[line].strip()):
            line -= 1
            column = len(self.lines[line])
        return self.at(line, column)


def value_at(tree: Tree, path: Path) -> Tree:
    """What stands at a path; None where nothing does."""
    for step in path:
        if isinstance(tree, list) and step.isdigit() and int(step) < len(tree):
            tree = tree[int(step)]
        elif isinstance(tree, dict):
            tree = tree.get(step)
        else:
            return None
    return tree


def read_tree(content: bytes, path: str) -> tuple[Tree, Source]:
    """The tree of a YAML file; InputError if it is none."""
    source = Source(path)
    text = _decoded(content, source)
    builder = _Builder(source)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        builder.problems.append(_unreadable(error, source, builder))
    if builder.problems:
        raise InputError(builder.problems)
    if builder.top is None:
        raise InputError([Problem("empty", say("the file is empty"), Place(path))])
    return builder.top, source


def _unreadable(error: yaml.YAMLError, source: Source, builder: "_Builder") -> Problem:
    """Where YAML could not go on, and most likely why."""
    found: Any = getattr(error, "problem_mark", None)
    if found is None:
        return Problem("yaml", say(_meaning(error, Place(source.path))), Place(source.path))
    place = source.before(found.line, found.column)
    opened: Any = getattr(error, "context_mark", None)
    if opened and "unexpected end" in str(getattr(error, "problem", "")):
        return Problem("yaml", say(_UNCLOSED), source.at(opened.line, opened.column))
    first, last = builder.quoted
    if first != last and found.line == last:
        # A quote that was forgotten is closed by the next one, which then seems to be too much.
        message = mark("a quote that is opened on line {line} closes here; is one missing there?")
        return Problem("yaml", say(message, line=first + 1), place)
    before = place.source[: (place.column or 1) - 1]
    if re.search(r"(: |- )\[[^\]]*\]\S*\s*$", before):
        return Problem("yaml", say(_BRACKET), place)
    return Problem("yaml", say(_meaning(error, place)), place)


_UNCLOSED = mark("the quote that is opened here is not closed")
_BRACKET = mark("a text that begins with [ wants quotes, or stands below a |")
_MEANINGS = (
    (
        "mapping values",
        mark("a colon too many: quote a text that holds `: `, or mend the key above"),
    ),
    ("expected ':'", mark("a key without a colon and a space after it")),
    (
        "expected key",
        mark("indented otherwise than the lines above, or a quote before it is missing"),
    ),
    ("expected '-'", mark("in a list every line starts with `- `, indented alike")),
    ("expected ','", mark("a comma or a closing bracket is missing")),
    (
        "node content",
        mark("a value is missing, or a sign such as `-`, `,` or `]` stands where none may"),
    ),
    ("cannot start any token", mark("a text that begins with this sign wants quotes around it")),
    ("alias", mark("a text that begins with * wants quotes, or stands below a |")),
    ("escape", mark("between double quotes a backslash has a meaning; use single quotes")),
    ("block scalar", mark("after `|` or `>` the text starts on the next line, indented")),
)
"""What the parser says in its own terms -> what its user did."""


def _meaning(error: yaml.YAMLError, place: Place) -> str:
    said = f"{getattr(error, 'problem', None)} {getattr(error, 'context', None)}"
    if "\t" in place.source[: place.column or 0].lstrip(" ")[:1] or "tab character" in said:
        return mark("a tab; indent with spaces")
    found = (meaning for part, meaning in _MEANINGS if part in said)
    return next(found, mark("this and what follows cannot be read as YAML"))


def without_comments(content: bytes) -> bytes:
    """The same file without its comments, which are notes of who wrote it to who works on it."""
    text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    kept: list[str] = []
    done = 0
    for start, end in _comments(text):
        whole_line = text[:start].endswith("\n") or not start
        kept.append(text[done:start])
        done = min(end + 1, len(text)) if whole_line else end
    return "".join([*kept, text[done:]]).encode()


_COMMENT = re.compile(r"[ \t]*#.*")


def _comments(text: str) -> Iterator[tuple[int, int]]:
    """Where each comment starts, with the blanks before it, and ends: all that is in no token."""
    done = 0
    for token in yaml.scan(text, Loader=_LOADER):
        start, end = token.start_mark.index, token.end_mark.index
        for match in _COMMENT.finditer(text, done, start):
            yield match.span()
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            for match in _COMMENT.finditer(text, start, text.index("\n", start)):
                yield match.span()
        done = max(done, end)


def _decoded(content: bytes, source: Source) -> str:
    if len(content) > MAX_BYTES:
        message = say("the file is larger than {size} MB", size=MAX_BYTES // 1_000_000)
        raise InputError([Problem("size", message, Place(source.path))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        byte = f"0x{content[error.start]:02X}"
        message = say("byte {byte} is no UTF-8; save the file as UTF-8 text", byte=byte)
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise InputError([Problem("encoding", message, Place(source.path, line, column))]) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    source.lines = text.split("\n")
    problems = [
        _forbidden(match[0], source.at(line, match.start()))
        for line, words in enumerate(source.lines)
        for match in _FORBIDDEN.finditer(words)
    ]
    if problems:
        raise InputError(problems[:MAX_SHOWN])
    return text


def _forbidden(character: str, place: Place) -> Problem:
    code = f"U+{ord(character):04X}"
    message = say("the control character {code} may not stand in a text", code=code)
    return Problem("character", message, place)


@dataclass(slots=True)
class _Open:
    """A group or list that is being read, and in a group the key whose value comes next."""

    path: Path
    value: dict[str, Tree] | list[Tree]
    mark: Any
    flow: bool
    key: str | None = None
    key_mark: Any = None


class _Builder:
    """Grows the tree from the events of the parser: in a loop, so no depth of nesting can hurt."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.top: Tree = None
        self.documents = 0
        self.open: list[_Open] = []
        self.quoted = (0, 0)
        """The first and last line of the last text between quotes."""

    def take(self, event: Any) -> None:  # noqa: ANN401 -- PyYAML's events have no types
        """Read one event."""
        if isinstance(event, yaml.AliasEvent):
            self._refuse(
                event,
                say("a text that begins with * wants quotes, or stands below a |"),
            )
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                self._refuse(event, say("a second document starts here; a file holds one"))
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.open.pop()
            self._put(done.value, done.mark, event.end_mark, "[" if done.flow else "")
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.anchor:
                self._refuse(event, say("a text that begins with & wants quotes"))
            if event.tag not in (None, "!"):
                self._refuse(event, say("tags are not used here; take out {tag}", tag=event.tag))
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            else:
                self._start(event)

    def _start(self, event: Any) -> None:  # noqa: ANN401
        if len(self.open) >= MAX_DEPTH:
            self._refuse(event, say("nested more than {depth} deep", depth=MAX_DEPTH))
        if self._wants_key():
            self._refuse(event, say("a key must be one word or text, not a group or a list"))
        group = isinstance(event, yaml.MappingStartEvent)
        self.open.append(
            _Open(self._path(), {} if group else [], event.start_mark, event.flow_style)
        )

    def _scalar(self, event: Any) -> None:  # noqa: ANN401
        start = event.start_mark
        place = self.source.at(start.line, start.column)
        # What is escaped in double quotes is not in the text of the file.
        self.problems += [_forbidden(c[0], place) for c in _FORBIDDEN.finditer(event.value)]
        self._refuse_lost_words(event)
        if event.style in ("'", '"'):
            self.quoted = (start.line, event.end_mark.line)
        if not self._wants_key():
            bare = not event.style and event.value in ("", "~", "null")
            value = None if bare else event.value
            self._put(value, start, event.end_mark, event.style or "")
            return
        around = self.open[-1]
        around.key, around.key_mark = event.value, start
        if event.value in around.value:
            first = self.source.spans[self._path()].key or (0, 0)
            line = first[0] + 1
            message = say(
                "{key} is written twice; the first is on line {line}", key=event.value, line=line
            )
            self.problems.append(Problem("doubled-key", message, place))

    def _refuse_lost_words(self, event: Any) -> None:  # noqa: ANN401
        """`Zie vraag #3` without quotes is `Zie vraag` to YAML: the rest is a comment."""
        end = event.end_mark
        line = "".join(self.source.lines[end.line : end.line + 1])
        rest = line[end.column :] if not event.style else ""
        if re.match(r"\s+#[^\s#]", rest):
            place = self.source.at(end.line, end.column + rest.index("#"))
            lost = rest.strip()[:40]
            message = mark(
                "{words} would be lost as a comment: quote the text, or put a blank after #"
            )
            self.problems.append(Problem("comment", say(message, words=lost), place))

    def _wants_key(self) -> bool:
        return (
            bool(self.open) and isinstance(self.open[-1].value, dict) and self.open[-1].key is None
        )

    def _path(self) -> Path:
        """The way to the value that comes next."""
        if not self.open:
            return ()
        around = self.open[-1]
        return (*around.path, str(len(around.value)) if around.key is None else around.key)

    def _put(self, value: Tree, start: Any, end: Any, style: str) -> None:  # noqa: ANN401
        """Put a finished value where it belongs, and note where it stands."""
        path, around = self._path(), self.open[-1] if self.open else None
        key = around.key_mark if around else None
        at = (key.line, key.column) if key else None
        span = Span(start.line, start.column, end.line, at, start.index, end.index, style)
        self.source.spans[path] = span
        if around is None:
            self.top = value
        elif isinstance(around.value, list):
            around.value.append(value)
        elif around.key is not None:
            around.value[around.key] = value
            around.key = around.key_mark = None

    def _refuse(self, event: Any, message: str) -> NoReturn:  # noqa: ANN401
        start = event.start_mark
        problem = Problem("yaml", message, self.source.at(start.line, start.column))
        raise InputError([*self.problems, problem])
