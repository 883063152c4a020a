"""What the archive says of a file, or of the question that is in it."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from kmo_report import keep, pipeline
from kmo_report.archive import description, journal, ocfl
from kmo_report.archive.journal import Entry
from kmo_report.archive.ocfl import Inventory
from kmo_report.archive.store import Archive
from kmo_report.problems import InputError


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of an answer in the archive."""

    archive: Archive
    inventory: Inventory
    entries: tuple[Entry, ...]
    """A line of the journal for each version."""
    number: int
    name: str
    """Of the very file in it; empty where it is not kept."""

    @property
    def case(self) -> str:
        """2019-2020-crevits-370"""
        return description.case_name(self.inventory.identifier)

    @property
    def entry(self) -> Entry:
        """The line of the journal about this version."""
        return self.entries[self.number - 1]

    @property
    def state(self) -> Mapping[str, str]:
        """Name -> digest of what is in it."""
        return self.inventory.versions[self.number - 1].state

    @property
    def pdf(self) -> str:
        """The name of the document in it."""
        return f"{self.case}.pdf"

    def content(self, name: str) -> bytes:
        """A file of it; InputError where it is damaged."""
        return self.archive.content(self.inventory, self.state[name])

    def house(self) -> Mapping[str, bytes]:
        """The files of its house style; of a file that was added, those of the version before."""
        for version in reversed(self.inventory.versions[: self.number]):
            house = {n: d for n, d in version.state.items() if n.startswith("template/")}
            if house:
                return {n: self.archive.content(self.inventory, d) for n, d in house.items()}
        return {}

    def made(self) -> Mapping[str, Any]:
        """The versions of what made it; nothing where that is not recorded."""
        if keep.MADE_BY not in self.state:
            return {}
        return description.read(self.content(keep.MADE_BY))

    def documents(self) -> dict[str, int]:
        """Digest of the document of each version -> its number."""
        found: dict[str, int] = {}
        for number, version in enumerate(self.inventory.versions, 1):
            found.setdefault(version.state.get(self.pdf, ""), number)
        return found

    def is_sound(self) -> bool:
        """Whether the journal holds together, and vouches for this version."""
        home = self.archive.root / ocfl.object_path(self.inventory.identifier)
        with suppress(OSError):
            content = (home / f"v{self.number}" / ocfl.INVENTORY).read_bytes()
            known = journal.check(self.archive.journal.read_bytes())
            same = ocfl.digest(content) == self.entry.inventory
            with suppress(ocfl.InventoryError):
                told = ocfl.read_inventory(content).versions[self.number - 1]
                return same and not known.faults and told.state == self.state
        return False


def find(archive: Archive, digest: str, identifier: str, answer: bytes) -> Kept | None:
    """The version that holds a file of that digest; else one of that question.

    Of several the one with the same answer file, else the last.
    """
    entries = archive.entries()
    own = _of(archive, entries, identifier) if identifier else None
    if own and (exact := _exact(archive, *own, digest)):
        return exact
    for entry in archive.latest():
        path = archive.root / ocfl.object_path(entry.id) / ocfl.INVENTORY
        with suppress(OSError):
            if digest.encode() in path.read_bytes():
                other = _of(archive, entries, entry.id)
                if other and (exact := _exact(archive, *other, digest)):
                    return exact
    if own is None:
        return None
    inventory, lines = own
    data = ocfl.digest(answer)
    numbers = range(len(lines), 0, -1)
    states = [inventory.versions[number - 1].state for number in numbers]
    same = (n for n, state in zip(numbers, states, strict=True)
            if state.get(pipeline.ANSWER) == data)  # fmt: skip
    return Kept(archive, inventory, lines, next(same, len(lines)), "")


def _of(
    archive: Archive, entries: list[Entry], identifier: str
) -> tuple[Inventory, tuple[Entry, ...]] | None:
    lines = tuple(entry for entry in entries if entry.id == identifier)
    inventory = archive.inventory(identifier) if lines else None
    if inventory is None or len(inventory.versions) != len(lines):
        return None
    return inventory, lines


def _exact(
    archive: Archive, inventory: Inventory, lines: tuple[Entry, ...], digest: str
) -> Kept | None:
    for number, version in enumerate(inventory.versions, 1):
        for name, content in sorted(version.state.items()):
            if content == digest:
                return Kept(archive, inventory, lines, number, name)
    return None


def other_versions(recorded: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
    """What is of another version than when it was made: `weasyprint 70.0, now 71.0`."""
    before, now = _flat(recorded), _flat(made)
    return [
        f"{name}: {before.get(name, '-')} → {now.get(name, '-')}"
        for name in sorted(before.keys() | now.keys(), key=lambda name: (name not in _FIRST, name))
        if name != "template name" and before.get(name) != now.get(name)
    ]


_FIRST = frozenset(
    {"packages kmo-report", "packages pydyf", "packages weasyprint", "libraries pango",
     "libraries harfbuzz", "template sha512", "python"}
)  # fmt: skip
"""What most often makes a document come out otherwise."""


def _flat(tree: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for kind, value in tree.items():
        if isinstance(value, dict):
            for name, version in value.items():
                text = version if isinstance(version, str) else json.dumps(version)
                found[f"{kind} {name}"] = text[:12] if kind in ("fonts", "template") else text
        else:
            found[kind] = str(value)
    return found


def problem_lines(error: InputError) -> list[str]:
    """What is wrong, a line each."""
    return [problem.message for problem in error.problems]
