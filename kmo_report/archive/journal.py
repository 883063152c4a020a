"""The journal: a line for every version that was ever kept, each holding the digest of the last.

A line is the SHA-512 of the JSON text after it, two spaces, and that text:

    9f86d0…  {"created":"2026-11-25T10:00:00Z","id":"urn:…","inventory":"…","line":2,…}

The digest of the last line, the head, stands for all that is in the archive: who has it written
down elsewhere can tell later whether any of it was changed.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kmo_report.archive.ocfl import digest, is_digest, is_plain

NAME = "journal.txt"
_STRING = r'"((?:[^"\\\n]++|\\.)*+)"'
_PLAIN = r'"([^"\\\n]*+)"'
_DIGEST = r'[^"\\\n]{128}'
"""Quicker to pass over than its digits; what else could stand there is for `check`."""
_ROW = re.compile(
    rf'({_DIGEST})  {{"created":{_PLAIN},"date":{_PLAIN},"id":{_STRING},"inventory":"({_DIGEST})",'
    rf'"kind":{_PLAIN},"line":([0-9]++),"previous":"{_DIGEST}","publish_on":{_PLAIN},'
    rf'"title":{_STRING},"version":([0-9]++)}}\n'
)
"""A line as this version writes it, of which only id and title may hold what JSON encodes."""
_LINE = re.compile(rb"([0-9a-f]{128})  (\{.*\})")


class Facts(NamedTuple):
    """What a list of the archive shows of a version."""

    kind: str
    title: str = ""
    date: str = ""
    """The day of the question as the answer gives it, as far as it is known."""
    publish_on: str = ""
    """Not to be made public before that day; empty for what is public."""


class Entry(NamedTuple):
    """A line of the journal about one version of one object."""

    line: int
    created: str
    """When it was kept, as 2026-11-25T10:00:00Z."""
    id: str
    version: int
    inventory: str
    """The digest of the inventory of that version, which holds those of all its files."""
    facts: Facts
    digest: str = ""
    """Of this line."""


@dataclass(frozen=True, slots=True)
class First:
    """The first line: the digests of the archive's own files."""

    created: str
    files: Mapping[str, str]


@dataclass(slots=True)
class Journal:
    """What a journal holds, and where it is not sound."""

    first: First | None = None
    entries: list[Entry] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    """Of all lines, in order; the last is the head."""
    faults: list[tuple[int, str]] = field(default_factory=list)
    """Line, and what is wrong with it: `text`, `digest`, `chain`, `end`."""

    def take(self, item: First | Entry, own: str) -> None:
        """One more sound line."""
        if isinstance(item, First):
            self.first = item
        else:
            self.entries.append(item._replace(digest=own))


def first_line(created: str, files: Mapping[str, bytes]) -> bytes:
    """The line that begins a journal."""
    digests = {name: digest(content) for name, content in files.items()}
    return _encoded({"archive": "kmo-report", "created": created, "files": digests, "line": 1})


def next_lines(last: bytes, entries: Iterable[Entry]) -> bytes:
    """The lines of some entries after the last one; their numbers are counted on from there."""
    lines = []
    number = json.loads(last[130:])["line"]
    for entry in entries:
        number += 1
        tree: dict[str, object] = {**entry._asdict(), **entry.facts._asdict()}
        tree |= {"line": number, "previous": last[:128].decode()}
        del tree["facts"], tree["digest"]
        last = _encoded(tree)
        lines.append(last)
    return b"".join(lines)


def _encoded(tree: Mapping[str, object]) -> bytes:
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    return f"{digest(text)}  ".encode() + text + b"\n"


def is_sound(line: bytes) -> bool:
    """Whether a line, without its end, has the digest that it begins with."""
    match = _LINE.fullmatch(line)
    return match is not None and digest(match[2]).encode() == match[1]


def entries(content: bytes) -> Iterator[Entry]:
    """The entries, quickly: digests are not computed."""
    return map(_from_row, _rows(content))


def latest(content: bytes, wanted: Callable[[str], bool]) -> list[Entry]:
    """The last entry of each id that is wanted."""
    last = {row[3]: row for row in _rows(content)}
    return [_from_row(row) for name, row in last.items() if wanted(_plain(name))]


_Row = tuple[str, ...]
"""The texts of a line, as JSON writes them but for quotes: digest, created, date, id, inventory,
kind, line, publish_on, title, version."""


def _rows(content: bytes) -> list[_Row]:
    """The lines but the first: at once where all are as this version writes them, else each."""
    text = content.decode()
    start = text.find("\n") + 1
    rows: list[_Row] = _ROW.findall(text, start)
    if len(rows) == text.count("\n", start):
        return rows
    return [_row(line) for line in text.split("\n")[1:-1]]


def _row(line: str) -> _Row:
    entry = _entry(json.loads(line[130:]), line[:128])
    values = (entry.created, entry.facts.date, entry.id, entry.inventory, entry.facts.kind,
              entry.line, entry.facts.publish_on, entry.facts.title, entry.version)  # fmt: skip
    return (entry.digest, *(json.dumps(str(value))[1:-1] for value in values))


def _from_row(row: _Row) -> Entry:
    if "\\" in row[8] or "\\" in row[3]:
        row = tuple(map(_plain, row))
    own, created, date, name, inventory, kind, line, publish_on, title, version = row
    facts = Facts(kind, title, date, publish_on)
    return Entry(int(line), created, name, int(version), inventory, facts, own)


def _plain(encoded: str) -> str:
    """What a JSON string says; most hold nothing that is encoded."""
    return str(json.loads(f'"{encoded}"')) if "\\" in encoded else encoded


def check(content: bytes) -> Journal:
    """The journal, with every digest computed and every line compared with the one before."""
    journal = Journal()
    lines = content.split(b"\n")
    if lines.pop() or not lines:
        journal.faults.append((len(lines) + 1, "end"))
    before: tuple[str, ...] = ("",)
    for number, line in enumerate(lines, 1):
        read = _read(line, first=number == 1)
        if read is None:
            journal.faults.append((number, "text"))
            before = ()
            continue
        item, place, previous = read
        own, computed = line[:128].decode(), digest(line[130:])
        if own != computed:
            journal.faults.append((number, "digest"))
        elif place != number or (before and previous not in before):
            journal.faults.append((number, "chain"))
        # Where a line is not sound, either of the two digests may be the true one.
        before = (own, computed)
        journal.digests.append(own)
        if own == computed:
            journal.take(item, own)
    return journal


def _read(line: bytes, *, first: bool) -> tuple[First | Entry, int, str] | None:
    """What a line says, its own number, and the digest of the line before; None if it is none."""
    match = _LINE.fullmatch(line)
    if not match:
        return None
    try:
        tree = json.loads(match[2])
        item = _first(tree) if first else _entry(tree)
        return (item, tree["line"], tree.get("previous", "")) if _is_sane(item) else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _is_sane(item: First | Entry) -> bool:
    """Whether it holds what it should: who forges a line can also give it a digest."""
    if isinstance(item, First):
        return all(is_plain(name) and is_digest(value) for name, value in item.files.items())
    texts = (item.created, item.id, item.inventory, *item.facts)
    return all(isinstance(text, str) for text in texts) and isinstance(item.version, int)


def _first(tree: Any) -> First:  # noqa: ANN401 -- JSON
    return First(tree["created"], dict(tree["files"]))


def _entry(tree: Any, own: str = "") -> Entry:  # noqa: ANN401 -- JSON
    return Entry(
        tree["line"],
        tree["created"],
        tree["id"],
        tree["version"],
        tree["inventory"],
        Facts(tree["kind"], tree["title"], tree["date"], tree["publish_on"]),
        own,
    )
