"""Changes in a YAML file that leave all else byte for byte: comments, order, quotes, line ends.

    amended(content, path, [Replace(("status",), "final"), Insert(("answer", "kind"), "answer")])

Libraries that read and write again fold and quote anew what they were not asked to touch, or lose
a blank line beside a change; here only the signs of the change are written.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kmo_report.emit import STEP, Noted, Value, entry_lines, flow, plain, scalar
from kmo_report.language import say
from kmo_report.problems import InputError, Problem
from kmo_report.source import Path, Source, Span, Tree, read_tree


@dataclass(frozen=True, slots=True)
class Replace:
    """Another text for the scalar at `path`; it keeps its style where that can hold the text."""

    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Insert:
    """A new value at `path`, whose last step is its key, or its position in a list.

    A key comes last, or after the key `after`. In a list it comes before what is at that position
    in the file; several at one position, or at the end, follow in their order. Where nothing stands
    yet (`tables:`), a first step `0` begins a list, any other a group.
    """

    path: Path
    value: Value
    after: str | None = None
    comment: str = ""
    """Lines above it, without their #."""


Change = Replace | Insert


def amended(content: bytes, path: str, changes: Sequence[Change]) -> bytes:
    """The same file with these changes; `path` is what problems call it.

    InputError where the way that the file is written leaves a change no room. That a place is not
    there, or is there already, is a mistake of the caller: KeyError.
    """
    tree, source = read_tree(content, path)
    old = content.decode("utf-8-sig")
    text = old.replace("\r\n", "\n").replace("\r", "\n")
    edits = _File(text, tree, source).edits(changes)
    end = "\r\n" if "\r\n" in old else "\r" if "\r" in old else "\n"
    doubles = [match.start() - nth for nth, match in enumerate(re.finditer("\r\n", old))]
    done, new = 0, []
    for start, stop, words in edits:
        assert start >= done  # noqa: S101 -- else one value would be changed twice
        first, last = (at + bisect_left(doubles, at) for at in (done, start))
        new += [old[first:last], words.replace("\n", end)]
        done = stop
    new.append(old[done + bisect_left(doubles, done) :])
    if edits and edits[-1].stop == len(text) and not text.endswith("\n") and "\n" in edits[-1].text:
        new.append(end)  # what stands below | ends with its line
        tree, _ = read_tree(f"{text}\n".encode(), path)
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    result = mark + "".join(new).encode()
    # The file is the only place of what people wrote: nothing else in it may be another.
    assert read_tree(result, path)[0] == _Expected(changes).of(tree)  # noqa: S101
    return result


class _Expected:
    """What a file says after changes."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self.texts = {change.path: change.text for change in changes if isinstance(change, Replace)}
        self.added = _by_parent(changes)

    def of(self, tree: Tree, path: Path = ()) -> Tree:
        """The tree at `path`, changed."""
        added = self.added.get(path, [])
        if path in self.texts:
            return self.texts[path]
        if isinstance(tree, list) or (tree is None and _begins_list(added)):
            grown: list[Tree] = []
            for at, entry in enumerate([*(tree or []), None]):
                grown += [plain(insert.value) for insert in added if insert.path[-1] == str(at)]
                grown.append(self.of(entry, (*path, str(at))))
            return grown[:-1]
        if isinstance(tree, dict) or added:
            entries = tree if isinstance(tree, dict) else {}
            group = {key: self.of(entry, (*path, key)) for key, entry in entries.items()}
            return group | {insert.path[-1]: plain(insert.value) for insert in added}
        return tree


def _by_parent(changes: Sequence[Change]) -> dict[Path, list[Insert]]:
    found: dict[Path, list[Insert]] = defaultdict(list)
    for change in changes:
        if isinstance(change, Insert):
            found[change.path[:-1]].append(change)
    return found


def _begins_list(inserts: Sequence[Insert]) -> bool:
    return any(insert.path[-1] == "0" for insert in inserts)


class _Edit(NamedTuple):
    """Other signs between two places of the text."""

    start: int
    stop: int
    text: str


_HEADER = re.compile(r"(?:![ \t]+)?[|>][-+0-9]*")


class _File:
    """A file as one text, and what stands where in it."""

    def __init__(self, text: str, tree: Tree, source: Source) -> None:
        self.text, self.tree, self.source = text, tree, source
        self.spans = source.spans

    def edits(self, changes: Sequence[Change]) -> list[_Edit]:
        """What is to be written, in the order of the file."""
        found = [e for c in changes if isinstance(c, Replace) for e in self._replace(c)]
        # Where two end in the same line, what is deeper comes first.
        deepest = sorted(_by_parent(changes).items(), key=lambda found: -len(found[0]))
        for path, inserts in deepest:
            around = self._at(path)
            if isinstance(around, str):
                raise KeyError(path)
            if isinstance(around, dict):
                for insert in inserts:
                    if insert.path[-1] in around or {insert.after} - {None, *around}:
                        raise KeyError(insert.path)
            if around and self.spans[path].style:
                found += [self._into_brackets(around, insert) for insert in inserts]
            elif around:
                found += [self._into_lines(around, insert) for insert in inserts]
            else:
                found += self._into_nothing(path, around, inserts)
        return sorted(found, key=lambda edit: edit[:2])

    # --- where things are ----------------------------------------------------------------------

    def _at(self, path: Path) -> Tree:
        value = self.tree
        for step in path:
            value = value[int(step)] if isinstance(value, list) else value[step]  # type: ignore[index]
        return value

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def _line_start(self, at: int) -> int:
        return self.text.rfind("\n", 0, at) + 1

    def _in_brackets(self, path: Path) -> bool:
        """Whether the value at `path` stands in a group or list between brackets."""
        return bool(path) and self.spans[path[:-1]].style == "["

    def _indent(self, path: Path) -> int:
        """How far what belongs to the value at `path` is indented, if it has lines of its own."""
        return self.spans[path[:-1]].column + STEP if path else 0

    def _header(self, span: Span) -> re.Match[str]:
        """The sign of a text that stands below it, with its `-`, `+` or number."""
        match = _HEADER.match(self.text, span.start)
        assert match  # noqa: S101 -- its style says so
        return match

    def _below(self, path: Path) -> tuple[int, int, int]:
        """Of a text below | or >: the end of its first line and of its last, its indentation."""
        span = self.spans[path]
        first = self._line_end(span.start)
        lines = self.text[first + 1 : span.stop].split("\n")
        hint = re.search("[1-9]", self._header(span)[0])
        indents = [len(line) - len(line.lstrip(" ")) for line in lines if line.strip(" ")]
        if not indents:
            return first, first, self._indent(path)
        indent = self._indent(path) - STEP + int(hint[0]) if hint else indents[0]
        end = last = first
        for line in lines:
            end += 1 + len(line)
            last = end if line[indent:] else last
        return first, min(last, len(self.text)), indent

    def _end(self, path: Path) -> int:
        """Where a value ends that something may come after."""
        span, value = self.spans[path], self._at(path)
        if value and not isinstance(value, str) and not span.style:
            last = str(len(value) - 1) if isinstance(value, list) else [*value][-1]
            return self._end((*path, last))
        if isinstance(value, str) and span.style in ("|", ">"):
            blank = "+" in self._header(span)[0] and self.text.endswith("\n", 0, span.stop)
            return span.stop - 1 if blank else self._below(path)[1]
        return span.stop

    def _after(self, path: Path, column: int) -> int:
        """The end of the last line of a value, and of comments below that stand as deep."""
        end = self._line_end(self._end(path))
        while match := re.compile(rf"\n {{{column},}}#.*").match(self.text, end):
            end = match.end()
        return end

    # --- changes -------------------------------------------------------------------------------

    def _replace(self, change: Replace) -> Iterator[_Edit]:
        path, span = change.path, self.spans[change.path]
        if isinstance(self._at(path), list | dict):
            raise KeyError(path)
        indent = self._indent(path)
        written = scalar(
            change.text,
            span.start - self._line_start(span.start) + 1,
            indent,
            span.style,
            flow=self._in_brackets(path),
        )
        if span.style not in ("|", ">"):
            yield _Edit(span.start, span.stop, self._gap(path) + written.inline)
            end = self._line_end(span.stop)
            yield _Edit(end, end, _lines(written.body))
            return
        first, last, own = self._below(path)
        if not change.text.startswith(" "):
            written = scalar(change.text, 0, own, span.style)
        yield _Edit(span.start, self._header(span).end(), written.inline)
        yield _Edit(first, last, _lines(written.body))

    def _gap(self, path: Path) -> str:
        """The blank that a key wants before its value, where it has none yet."""
        span = self.spans[path]
        if span.start < span.stop:
            return ""
        before = self.text[: span.start].rstrip(" ")
        if not before.endswith("-" if isinstance(self._at(path[:-1]), list) else ":"):
            raise self._no_room(path)
        return " " if len(before) == span.start else ""

    def _into_lines(self, around: Tree, insert: Insert) -> _Edit:
        *_, step = insert.path
        path, value = insert.path[:-1], Noted(insert.value, insert.comment)
        column = self.spans[path].column
        if isinstance(around, dict):
            last = [*around][-1]
            anchor = insert.after or last
            end = self._after((*path, anchor), column + (anchor != last))
            key = scalar(step, flow=True).inline
            return _Edit(end, end, _lines(entry_lines(f"{key}:", value, column)))
        assert isinstance(around, list)  # noqa: S101
        lines, at = entry_lines("-", value, column), int(step)
        if at > len(around):
            raise KeyError(insert.path)
        if at:
            end = self._after((*path, str(at - 1)), column + (at < len(around)))
            return _Edit(end, end, _lines(lines))
        start = self.spans[path].start
        if self.text[self._line_start(start) : start].strip(" "):  # `- - a`
            return _Edit(start, start, "\n".join(lines).lstrip() + "\n" + " " * column)
        start = self._line_start(start)
        while match := re.compile(rf" {{{column}}}#.*\n").match(
            self.text, self._line_start(start - 1)
        ):
            if match.end() != start:
                break
            start = match.start()
        return _Edit(start, start, "".join(f"{line}\n" for line in lines))

    def _into_brackets(self, around: Tree, insert: Insert) -> _Edit:
        *_, step = insert.path
        path = insert.path[:-1]
        if (
            insert.comment
            or _is_noted(insert.value)
            or self.text[self.spans[path].start] not in "[{"
        ):
            raise self._no_room(path)
        if isinstance(around, dict):
            end = self._end((*path, insert.after or [*around][-1]))
            return _Edit(end, end, f", {flow({step: insert.value})[1:-1]}")
        assert isinstance(around, list)  # noqa: S101
        if int(step) > len(around):
            raise KeyError(insert.path)
        if step == "0":
            start = self.spans[*path, "0"].start
            return _Edit(start, start, f"{flow(insert.value)}, ")
        end = self._end((*path, str(int(step) - 1)))
        return _Edit(end, end, f", {flow(insert.value)}")

    def _into_nothing(self, path: Path, around: Tree, inserts: Sequence[Insert]) -> Iterator[_Edit]:
        span = self.spans[path]
        listed = isinstance(around, list) or (around is None and _begins_list(inserts))
        if self._in_brackets(path):
            if any(insert.comment or _is_noted(insert.value) for insert in inserts):
                raise self._no_room(path)
            values = [insert.value for insert in inserts]
            whole = flow(values if listed else {i.path[-1]: i.value for i in inserts})
            yield _Edit(span.start, span.stop, self._gap(path) + whole)
            return
        self._gap(path)
        lines: list[str] = []
        for insert in inserts:
            sign = "-" if listed else f"{scalar(insert.path[-1], flow=True).inline}:"
            lines += entry_lines(sign, Noted(insert.value, insert.comment), self._indent(path))
        start = len(self.text[: span.start].rstrip(" "))
        if not path:
            yield _Edit(span.start, span.stop, "\n".join(lines))
            return
        yield _Edit(start, span.stop, "")
        end = self._line_end(span.stop)
        yield _Edit(end, end, _lines(lines))

    def _no_room(self, path: Path) -> InputError:
        """A user has to write it otherwise first."""
        message = say(
            "nothing can be put into {key} as it is written; give each value a line of its own",
            key=path[-1] if path else self.source.path,
        )
        return InputError([Problem("amend", message, self.source.place(path, key=True))])


def _lines(lines: Sequence[str]) -> str:
    return "".join(f"\n{line}" for line in lines)


def _is_noted(value: Value) -> bool:
    """Whether a value has comments anywhere in it."""
    if isinstance(value, Noted):
        return bool(value.above or value.below) or _is_noted(value.value)
    if isinstance(value, Mapping):
        return any(map(_is_noted, value.values()))
    return isinstance(value, Sequence) and not isinstance(value, str) and any(map(_is_noted, value))
