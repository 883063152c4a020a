"""YAML text -> a model, or every problem with its line and column.

Scalars stay text: the model decides what they are. Anchors, aliases, tags and doubled keys are
refused, so what a reader of the file sees is all there is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Generic, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError

from kmo_report.model import Answer, Style
from kmo_report.problems import InputError, Place, Problem

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, where PyYAML was built with it: the same events, ten times as fast."""

MAX_BYTES = 20_000_000
MAX_DEPTH = 50

Path = tuple[str, ...]
"""The way to a value from the top of the file: keys, and positions in lists."""
Tree = str | None | list["Tree"] | dict[str, "Tree"]
M = TypeVar("M", bound=BaseModel)

# What may not stand in a text: controls, lone surrogates and code points that are no characters.
_FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef]"
    + "".join(f"|[{chr(0x10000 * plane + 0xFFFE)}{chr(0x10000 * plane + 0xFFFF)}]" for plane in range(17))
)


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a value, and its key if it has one, stand in the text; lines and columns from 0."""

    line: int
    column: int
    end: int
    key: tuple[int, int] | None = None


@dataclass(frozen=True)
class Loaded(Generic[M]):
    """A model and the text it came from."""

    model: M
    source: "Source"


@dataclass
class Source:
    """The text of a file, and where each value of it stands."""

    path: str
    lines: list[str] = field(default_factory=list)
    spans: dict[Path, _Span] = field(default_factory=dict)

    def place(self, path: Path, near: str = "", *, key: bool = False) -> Place:
        """Where the value at `path` stands, or what is nearest above it; at the word `near` in it."""
        found = self._resolve(path)
        span = self.spans.get(found)
        if span is None:
            return Place(self.path)
        if near:
            for line in range(span.line, min(span.end + 1, len(self.lines))):
                start = span.column if line == span.line else 0
                column = self.lines[line].find(near, start)
                if column >= 0:
                    return self._at(line, column)
        return self._at(*(span.key if span.key and (key or found != path) else (span.line, span.column)))

    def _resolve(self, path: Path) -> Path:
        """The longest way through the file that `path` follows; a model has steps of its own."""
        found: Path = ()
        for step in path:
            if (*found, step) in self.spans:
                found = (*found, step)
        return found

    def _at(self, line: int, column: int) -> Place:
        text = self.lines[line] if line < len(self.lines) else ""
        return Place(self.path, line + 1, column + 1, text)


def load_answer(content: bytes, path: str) -> Loaded[Answer]:
    """The answer in an answer file; `path` is what problems call it."""
    return _load(content, path, Answer)


def load_style(content: bytes, path: str) -> Loaded[Style]:
    """The house style in a style file."""
    return _load(content, path, Style)


def _load(content: bytes, path: str, model: type[M]) -> Loaded[M]:
    source = Source(path)
    tree = _tree(_decoded(content, source), source)
    if tree is None:
        raise InputError([Problem("empty", "the file is empty", Place(path))])
    try:
        return Loaded(model.model_validate(tree), source)
    except ValidationError as error:
        raise InputError(sorted(_problems(error, model, source), key=_position)) from None


def _position(problem: Problem) -> tuple[int, int]:
    place = problem.place
    return ((place.line or 0, place.column or 0)) if place else (0, 0)


# --- bytes -> text ---------------------------------------------------------------------------


def _decoded(content: bytes, source: Source) -> str:
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1_000_000} MB"
        raise InputError([Problem("size", message, Place(source.path))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        line, column = before.count("\n"), len(before) - before.rfind("\n") - 1
        message = f"byte 0x{content[error.start]:02X} is no UTF-8; save the file as UTF-8 text"
        place = Place(source.path, line + 1, column + 1)
        raise InputError([Problem("encoding", message, place)]) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    source.lines = text.split("\n")
    problems = [
        Problem("character", _forbidden(match[0]), source._at(line, match.start()))
        for line, words in enumerate(source.lines)
        for match in _FORBIDDEN.finditer(words)
    ]
    if problems:
        raise InputError(problems[:20])
    return text


def _forbidden(character: str) -> str:
    return f"the control character U+{ord(character):04X} may not stand in a text"


# --- text -> tree ----------------------------------------------------------------------------


class _Stop(Exception):
    """What keeps a YAML text from being read further."""

    def __init__(self, message: str, mark: Any) -> None:
        super().__init__(message)
        self.message, self.mark = message, mark


@dataclass
class _Open:
    """A group or list that is being read."""

    path: Path
    value: dict[str, Tree] | list[Tree]
    start: Any
    key: tuple[str, Any] | None = None


def _tree(text: str, source: Source) -> Tree:
    """The tree of a YAML text; its events are read in a loop, so depth is bounded by us alone."""
    problems: list[Problem] = []
    try:
        tree = _grow(text, source, problems)
    except _Stop as stop:
        problems.append(Problem("yaml", stop.message, _mark(source, stop.mark)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        context = getattr(error, "context", None)
        message = f"this is no YAML: {problem}{f' {context}' if context else ''}"
        problems.append(Problem("yaml", message, _mark(source, mark)))
    if problems:
        raise InputError(problems)
    return tree


def _mark(source: Source, mark: Any) -> Place:
    return source._at(mark.line, mark.column) if mark else Place(source.path)


def _grow(text: str, source: Source, problems: list[Problem]) -> Tree:
    stack: list[_Open] = []
    top: Tree = None
    documents = 0
    for event in yaml.parse(text, Loader=Loader):
        mark = event.start_mark
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _Stop("a second document starts here; an answer is one", mark)
        elif isinstance(event, yaml.AliasEvent):
            raise _Stop(f"aliases are not used here; write out what *{event.anchor} stands for", mark)
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.anchor:
                raise _Stop(f"anchors are not used here; take out &{event.anchor}", mark)
            if event.tag and event.tag != "!":
                raise _Stop(f"tags are not used here; take out {event.tag}", mark)
            if isinstance(event, yaml.ScalarEvent):
                top = _scalar(event, stack, source, problems, top)
                continue
            if len(stack) >= MAX_DEPTH:
                raise _Stop(f"nested more than {MAX_DEPTH} deep", mark)
            value: dict[str, Tree] | list[Tree] = (
                {} if isinstance(event, yaml.MappingStartEvent) else []
            )
            if stack and isinstance(stack[-1].value, dict) and stack[-1].key is None:
                raise _Stop("a key must be one word or text, not a group or a list", mark)
            stack.append(_Open(_next(stack), value, event))
        elif isinstance(event, yaml.CollectionEndEvent):
            done = stack.pop()
            top = _place(done.value, done.start.start_mark, event.end_mark, stack, source, top)
    return top


def _next(stack: list[_Open]) -> Path:
    """The way to the value that comes next."""
    if not stack:
        return ()
    around = stack[-1]
    step = around.key[0] if around.key else str(len(around.value))
    return (*around.path, step)


def _scalar(
    event: Any, stack: list[_Open], source: Source, problems: list[Problem], top: Tree
) -> Tree:
    bare = event.style is None or event.style == ""
    value = None if bare and event.value in ("", "~", "null") else event.value
    for match in _FORBIDDEN.finditer(event.value):
        problems.append(
            Problem("character", _forbidden(match[0]), _mark(source, event.start_mark))
        )
    around = stack[-1] if stack else None
    if around is not None and isinstance(around.value, dict) and around.key is None:
        if event.value in around.value:
            first = source.spans[(*around.path, event.value)].key or (0, 0)
            message = f"{event.value} is written twice; the first is on line {first[0] + 1}"
            problems.append(Problem("doubled-key", message, _mark(source, event.start_mark)))
        around.key = (event.value, event.start_mark)
        return top
    return _place(value, event.start_mark, event.end_mark, stack, source, top)


def _place(
    value: Tree, start: Any, end: Any, stack: list[_Open], source: Source, top: Tree
) -> Tree:
    """Put a finished value where it belongs, and note where it stands."""
    path = _next(stack)
    key = stack[-1].key[1] if stack and stack[-1].key else None
    at = (key.line, key.column) if key else None
    source.spans[path] = _Span(start.line, start.column, end.line, at)
    if not stack:
        return value
    around = stack[-1]
    if isinstance(around.value, list):
        around.value.append(value)
    elif around.key:
        around.value[around.key[0]] = value
        around.key = None
    return top


# --- what the model found --------------------------------------------------------------------


def _problems(error: ValidationError, model: type[BaseModel], source: Source) -> Iterator[Problem]:
    for entry in error.errors(include_url=False):
        path = tuple(str(step) for step in entry["loc"])
        code, message = _SAY.get(entry["type"], _own)(entry, path, model)
        on_key = entry["type"] == "extra_forbidden" or path[-1:] == ("[key]",)
        yield Problem(code, message, source.place(path, key=on_key))


Entry = Mapping[str, Any]
Say = Callable[[Entry, Path, type[BaseModel]], tuple[str, str]]


def _own(entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
    """A sentence of our own types: `number` wants its key named first."""
    name = next((step for step in reversed(path) if step[0] not in "[("), "")
    message = str(entry["msg"])
    return entry["type"], f"{name}: {message}" if name and not name.isdigit() else message


def _missing(_entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
    around = path[-2] if len(path) > 1 and not path[-2].isdigit() else ""
    return "missing-key", f"{around or 'this'} lacks {path[-1]}"


def _unknown(_entry: Entry, path: Path, model: type[BaseModel]) -> tuple[str, str]:
    known = _keys(model, path[:-1])
    near = get_close_matches(path[-1], known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known)}"
    return "unknown-key", f"unknown key {path[-1]}; {hint}"


def _shape(wants: str) -> Say:
    def say(entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
        name = path[-1] if path else "the file"
        if entry["input"] is None:
            return "empty", f"{name} has no value"
        return "shape", f"{name} wants {wants}"

    return say


def _choice(entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
    known = [word.strip("'") for word in re.split(r", | or ", entry["ctx"]["expected"])]
    if not isinstance(entry["input"], str):
        return _shape("one of " + ", ".join(known))(entry, path, _model)
    near = get_close_matches(entry["input"], known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return "choice", f"{entry['input']} is none of {', '.join(known)}{hint}"


def _bound(words: str) -> Say:
    def say(entry: Entry, path: Path, _model: type[BaseModel]) -> tuple[str, str]:
        return "value", f"{path[-1]} {words.format_map(entry['ctx'])}"

    return say


_SAY: Mapping[str, Say] = {
    "missing": _missing,
    "extra_forbidden": _unknown,
    "string_type": _shape("one text here, not a group or a list"),
    "model_type": _shape("keys with values below it"),
    "model_attributes_type": _shape("keys with values below it"),
    "dict_type": _shape("keys with values below it"),
    "mapping_type": _shape("keys with values below it"),
    "tuple_type": _shape("a list (lines that start with `- `)"),
    "list_type": _shape("a list (lines that start with `- `)"),
    "literal_error": _choice,
    "string_too_short": _bound("is empty"),
    "string_too_long": _bound("is longer than {max_length} characters"),
    "string_pattern_mismatch": _bound("is not written as {pattern}"),
    "too_short": _bound("wants at least {min_length}"),
    "less_than_equal": _bound("is more than {le}"),
}
"""Our words for what pydantic finds; anything else has words of its own in `model`."""


def _keys(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """The keys that the model knows at `path`."""
    for step in path:
        info = model.model_fields.get(step)
        model = (info and _model_in(info.annotation)) or model
    return tuple(info.alias or name for name, info in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """`Mapping[str, tuple[Part, ...]]` -> Part"""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for arg in get_args(annotation) if (found := _model_in(arg))), None)
