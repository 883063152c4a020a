"""A disk that remembers every change, stops at any of them, and can lose its power.

`Recorder` does what `Disk` does and keeps a model of the names and bytes, in the way a file system
sees them: a file is a node, a name is an entry in a folder's node. `states` makes what may be found
after the power was lost: what was synced, and of the rest any part.
"""

import errno
import hashlib
import os
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import FileIO
from itertools import count
from pathlib import Path

from kmo_report.archive.disk import Disk

Tree = dict[int, "dict[str, int] | bytes"]
"""Node -> the entries of a folder, or the bytes of a file."""

MODES = ("nothing", "names", "zeros", "data")
"""What survives of that which was not synced; and besides, any part of it at random."""


class Killed(BaseException):
    """The process is dead: nothing that follows reaches the disk."""


@dataclass(frozen=True)
class Change:
    """One change, in terms of nodes."""

    kind: str
    node: int
    parent: int = -1
    name: str = ""
    source: int = -1
    source_name: str = ""
    content: bytes = b""
    size: int = 0

    @property
    def is_name(self) -> bool:
        """Whether it changes a folder, not a file."""
        return self.kind in ("link", "rename", "unlink")


class Recorder(Disk):
    """Works in `base`, and stops before the change number `stop`, or leaves out number `forget`."""

    def __init__(self, base: Path, *, stop: int = -1, forget: int = -1, full: int = -1) -> None:
        self.base = base
        self.changes: list[Change] = []
        self.forget, self.stop, self.full = forget, stop, full
        self.dead = False
        self.made = 0
        self.kinds: list[str] = []
        self.start: Tree = {}
        self.nodes: dict[Path, int] = {}
        self.numbers = count()
        self._read(base)

    def _read(self, folder: Path) -> int:
        node = self._node(folder)
        entries: dict[str, int] = {}
        for path in sorted(folder.iterdir()):
            if path.is_dir():
                entries[path.name] = self._read(path)
            else:
                entries[path.name] = self._node(path)
                self.start[entries[path.name]] = path.read_bytes()
        self.start[node] = entries
        return node

    def _node(self, path: Path) -> int:
        if path not in self.nodes:
            self.nodes[path] = next(self.numbers)
        return self.nodes[path]

    def _goes(self, kind: str) -> bool:
        """Whether the next change is made."""
        if self.dead or self.made == self.stop:
            self.dead = True
            raise Killed
        self.made += 1
        self.kinds.append(kind)
        if self.made - 1 == self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self.made - 1 != self.forget

    def revive(self) -> None:
        """Another process comes, on the same disk."""
        self.dead, self.stop = False, -1

    def make(self, folder: Path) -> None:
        if self._goes("make"):
            super().make(folder)
            self._link(folder)

    def create(self, path: Path, mode: int = 0o666) -> FileIO:
        self._goes("create")
        file = super().create(path, mode)
        self._link(path)
        return file

    def _link(self, path: Path) -> None:
        self.nodes.pop(path, None)
        node, parent = self._node(path), self.nodes[path.parent]
        self.start.setdefault(node, {} if path.is_dir() else b"")
        self.changes.append(Change("link", node, parent, path.name))

    def append(self, file: FileIO, content: bytes) -> None:
        # In two halves, so that a stop can fall within it.
        half = len(content) // 2
        for part in filter(None, (content[:half], content[half:])):
            if self._goes("append"):
                super().append(file, part)
                self.changes.append(Change("append", self._of(file), content=part))

    def cut(self, file: FileIO, size: int) -> None:
        if self._goes("cut"):
            super().cut(file, size)
            self.changes.append(Change("cut", self._of(file), size=size))

    def sync(self, file: FileIO) -> None:
        if self._goes("sync"):
            self.changes.append(Change("sync", self._of(file)))

    def sync_folder(self, folder: Path) -> None:
        if self._goes("sync_folder"):
            self.changes.append(Change("sync", self.nodes[folder]))

    def rename(self, source: Path, target: Path) -> None:
        if self._goes("rename"):
            super().rename(source, target)
            node = self.nodes[source]
            moved = {p: n for p, n in self.nodes.items() if p == source or source in p.parents}
            for path, inner in moved.items():
                del self.nodes[path]
                self.nodes[target / path.relative_to(source)] = inner
            ends = self.nodes[target.parent], target.name, self.nodes[source.parent], source.name
            self.changes.append(Change("rename", node, *ends))

    def unlink(self, path: Path) -> None:
        if self._goes("unlink"):
            super().unlink(path)
            self._unlinked(path)

    def remove(self, folder: Path) -> None:
        if self._goes("remove"):
            super().remove(folder)
            self._unlinked(folder)

    def _unlinked(self, path: Path) -> None:
        node = self.nodes.pop(path)
        self.changes.append(Change("unlink", node, self.nodes[path.parent], path.name))

    def _of(self, file: FileIO) -> int:
        return self.nodes[Path(str(file.name))]


@dataclass
class States:
    """What may be found on a disk after some of its changes."""

    recorder: Recorder
    seen: set[str] = field(default_factory=set)
    """Digests of what was given already, with what had been acknowledged."""

    def killed(self, number: int) -> Tree:
        """After so many changes, all of which the system still makes."""
        return self._after(self.recorder.changes[:number], lambda _: "kept")

    def lost(self, number: int, mode: str) -> Tree:
        """After so many changes and a loss of power; `mode` is one of MODES or a seed."""
        changes = self.recorder.changes[:number]
        dice = random.Random(f"{number} {mode}")  # noqa: S311
        cut = dice.randrange(number + 1)

        def fate(index: int) -> str:
            change = changes[index]
            holder = change.parent if change.is_name else change.node
            if any(c.kind == "sync" and c.node == holder for c in changes[index + 1 :]):
                return "kept"
            if mode in MODES:
                if change.is_name:
                    return "kept" if mode in ("names", "zeros") else "gone"
                return {"zeros": "zeros", "data": "kept"}.get(mode, "gone")
            if change.is_name and mode.startswith("prefix"):
                return "kept" if index < cut else "gone"
            return dice.choice(["kept", "gone"] if change.is_name else ["kept", "gone", "zeros"])

        return self._after(changes, fate)

    def _after(self, changes: list[Change], fate: Callable[[int], str]) -> Tree:
        tree: Tree = {
            node: dict(value) if isinstance(value, dict) else value
            for node, value in self.recorder.start.items()
        }
        for index, change in enumerate(changes):
            what = "kept" if change.kind == "sync" else fate(index)
            if what != "gone":
                _do(tree, change, zeros=what == "zeros")
        return tree

    def new(self, tree: Tree, acknowledged: int) -> bool:
        """Whether this state was not yet given."""
        digest = hashlib.sha256(repr(acknowledged).encode())
        for path, content in _files(tree, 0, ""):
            digest.update(f"{path}\0{hashlib.sha256(content).hexdigest()}\0".encode())
        before = len(self.seen)
        self.seen.add(digest.hexdigest())
        return len(self.seen) > before


def _do(tree: Tree, change: Change, *, zeros: bool) -> None:
    value = tree[change.node]
    if change.is_name:
        parent = tree[change.parent]
        assert isinstance(parent, dict)
        if change.kind == "rename":
            source = tree[change.source]
            assert isinstance(source, dict)
            if source.get(change.source_name) == change.node:
                del source[change.source_name]
        if change.kind == "unlink":
            if parent.get(change.name) == change.node:
                del parent[change.name]
        else:
            parent[change.name] = change.node
    elif isinstance(value, bytes):
        if change.kind == "append":
            tree[change.node] = value + (bytes(len(change.content)) if zeros else change.content)
        elif change.kind == "cut":
            tree[change.node] = value[: change.size]


def _files(tree: Tree, node: int, path: str) -> Iterator[tuple[str, bytes]]:
    value = tree[node]
    if isinstance(value, bytes):
        yield path, value
    else:
        yield f"{path}/", b""
        for name, inner in sorted(value.items()):
            yield from _files(tree, inner, f"{path}/{name}")


def write(tree: Tree, base: Path) -> None:
    """The tree as real folders and files, in `base`, and nothing else in it."""
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir()
    for path, content in _files(tree, 0, ""):
        target = base / path.lstrip("/")
        if path.endswith("/"):
            target.mkdir(exist_ok=True)
        else:
            target.write_bytes(content)
