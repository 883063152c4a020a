"""The archive as a folder: versions go in whole or not at all, and nothing that is in it changes.

All that a change adds is first written to `.work`, and synced. Then `.work/commit` says in one file
where it goes and which lines the journal gets: from that moment on the change is made, and whoever
comes next finishes it if its writer could not. Then the parts are renamed to their places, the
journal grows, and `.work` goes.

One writer at a time holds the file `lock`, as long as it lives and no longer.
"""

import errno
import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kmo_report.archive import journal, ocfl, seals
from kmo_report.archive.disk import Disk
from kmo_report.archive.journal import Entry, Facts
from kmo_report.archive.ocfl import Inventory, Version
from kmo_report.files import fault
from kmo_report.language import say
from kmo_report.problems import InputError, Place, Problem

WORK = ".work"
LOCK = "lock"
README = "LEESMIJ.txt"
USER = {"name": "kmo-report", "address": "urn:kmo-report"}
"""Who writes: OCFL wants a name and an address."""

_COMMIT = f"{WORK}/commit"
_NOTHING_OF_OURS = {LOCK, WORK}
_UNWRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM)
_TAIL = 1 << 16


@cache
def root_files() -> Mapping[str, bytes]:
    """The archive's own files, by their paths in it; the journal's first line has their digests."""
    return {**ocfl.LAYOUT_FILES, README: (Path(__file__).parent / README).read_bytes()}


@dataclass(frozen=True, slots=True)
class Content:
    """A file to be stored: its digest, and its bytes in pieces, each time they are asked for."""

    digest: str
    chunks: Callable[[], Iterable[bytes]]
    size: int = -1
    """In bytes, as far as it is known."""
    in_memory: bool = False
    """Whether the digest was computed from these very bytes."""

    @classmethod
    def of(cls, content: bytes) -> "Content":
        """Of bytes."""
        return cls(ocfl.digest(content), lambda: (content,), len(content), in_memory=True)

    def checked(self) -> Iterator[bytes]:
        """The bytes; InputError at their end if they are not those of the digest."""
        if self.in_memory:
            yield from self.chunks()
            return
        computed = hashlib.sha512()
        for chunk in self.chunks():
            computed.update(chunk)
            yield chunk
        if computed.hexdigest() != self.digest:
            message = say("a file changed while it was read")
            raise InputError([Problem("file", message)])


@dataclass(frozen=True, slots=True)
class Addition:
    """Versions to be added to an object that has those before them."""

    identifier: str
    versions: Mapping[int, tuple[bytes, Facts]]
    """Number -> inventory and facts, of the new ones; they follow each other."""
    content: Mapping[str, Content]
    """By path in the object."""


class Archive:
    """An archive in a folder. Nothing is read or made before it is asked for."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self.root = root
        self.disk = disk or Disk()
        self.journal = root / journal.NAME

    # --- reading ---------------------------------------------------------------------------------

    def open(self) -> None:
        """See that it is there, and finish what a writer that died has left; else InputError."""
        with told(self.root):
            if (self.root / WORK).exists():
                try:
                    with self.locked():
                        pass
                except OSError as error:
                    if error.errno not in _UNWRITABLE:
                        raise
            if not self.journal.is_file():
                message = say("there is no archive in this folder")
                raise InputError([Problem("archive", message, Place(str(self.root)))])

    def entries(self) -> list[Entry]:
        """All lines of the journal but the first."""
        return self._lines(lambda content: list(journal.entries(content)))

    def latest(self, wanted: Callable[[str], bool] = lambda _: True) -> list[Entry]:
        """The last line of each object whose id is wanted."""
        return self._lines(lambda content: journal.latest(content, wanted))

    def head(self) -> str:
        """The digest of the last line of the journal, which stands for all that is kept."""
        with told(self.journal):
            _, last = self._tail()
        return last[:128].decode()

    def sealable(self) -> tuple[str, bytes]:
        """The head, and the bytes that it is the SHA-512 of."""
        with told(self.journal), self.still():
            _, last = self._tail()
        return last[:128].decode(), last[130:]

    def is_sealed(self, head: str) -> bool:
        """Whether there is a seal of a head, whole; `verify` says whether it holds."""
        with told(self.root):
            own = [path for path in self.root.iterdir() if seals.is_of(path.name, head)]
            return any(seals.is_sound(path.name, path.read_bytes(), head) for path in own)

    def _lines(self, read: Callable[[bytes], list[Entry]]) -> list[Entry]:
        with told(self.journal):
            content = self.journal.read_bytes()
        try:
            return read(content)
        except (ValueError, KeyError, TypeError):
            faults = journal.check(content).faults
            place = Place(str(self.journal), faults[0][0] if faults else None)
            message = say("the journal is damaged; `archive verify` says where")
            raise InputError([Problem("archive-journal", message, place)]) from None

    def inventory(self, identifier: str) -> Inventory | None:
        """All versions of an object, or None where there is no such object."""
        path = self._solid(f"{ocfl.object_path(identifier)}/{ocfl.INVENTORY}")
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise fault(error, path) from None
        try:
            inventory = ocfl.read_inventory(content)
            if inventory.identifier == identifier:
                return inventory
        except ocfl.InventoryError:
            pass
        message = say("this inventory is damaged; `archive verify` says more")
        raise InputError([Problem("archive-inventory", message, Place(str(path)))])

    def content(self, inventory: Inventory, digest: str) -> bytes:
        """The content with a digest; InputError if it is no longer what it was."""
        home = ocfl.object_path(inventory.identifier)
        path = self._solid(f"{home}/{inventory.manifest[digest][0]}")
        with told(path):
            content = path.read_bytes()
        if ocfl.digest(content) != digest:
            message = say("this file is not what was kept")
            raise InputError([Problem("archive-changed", message, Place(str(path)))])
        return content

    # --- writing ---------------------------------------------------------------------------------

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone with the archive, and what a writer that died had begun is finished or undone."""
        handle = os.open(self.root / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._recover()
            yield
        finally:
            os.close(handle)

    @contextmanager
    def still(self) -> Iterator[None]:
        """Nobody writes meanwhile; where that cannot be had, as on a CD, nobody can write."""
        try:
            handle = os.open(self.root / LOCK, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    def keep(  # noqa: PLR0913 -- all that a version is
        self,
        identifier: str,
        files: Mapping[str, bytes],
        facts: Facts,
        *,
        created: str,
        message: str = "",
        unless: Callable[[Inventory | None], bool] = lambda _: False,
    ) -> Entry | None:
        """A new version of an object; its line of the journal.

        `unless` is asked first, with what is there: where it holds nothing is kept. It may raise.
        """
        for name in files:
            if not ocfl.is_plain(name):
                told_name = say("{name} is no name for a file that is kept", name=ascii(name)[1:-1])
                raise InputError([Problem("file-name", told_name)])
        with told(self.root):
            self.disk.make_all(self.root)
            with self.locked():
                before = self.inventory(identifier)
                if unless(before):
                    return None
                contents = [Content.of(content) for content in files.values()]
                state = {
                    name: content.digest for name, content in zip(files, contents, strict=True)
                }
                version = Version(created, message or facts.kind, USER, state)
                after = (before or Inventory(identifier)).with_version(version)
                stored = {after.manifest[content.digest][0]: content for content in contents}
                versions = {len(after.versions): (after.encoded(), facts)}
                (entry,) = self._add([Addition(identifier, versions, stored)], created)
                return entry

    def seal(self, head: str, reply: bytes) -> bool:
        """Put a seal beside the journal; False where there is one of that head already."""
        with told(self.root), self.locked():
            if self.is_sealed(head):
                self.disk.sync_folder(self.root)  # who put it there may have died before
                return False
            work = self.root / WORK
            try:
                self.disk.make(work)
                self.disk.write(work / "seal", (reply,))
                # One rename is the moment: what is not yet moved is cleared by whoever comes next.
                self.disk.rename(work / "seal", self.root / seals.name(head, reply))
                self.disk.sync_folder(self.root)
            finally:
                with suppress(OSError):
                    self.disk.clear(work)
            return True

    def take(self, additions: Callable[[], Sequence[Addition]], created: str) -> list[Entry]:
        """Versions from elsewhere, of many objects, all or none; their lines of the journal.

        `additions` is called when no other writer can come between.
        """
        with told(self.root):
            self.disk.make_all(self.root)
            with self.locked():
                return self._add(additions(), created)

    def _add(self, additions: Sequence[Addition], created: str) -> list[Entry]:
        """Stage, commit, apply. The lock is held."""
        wanted = [
            Entry(0, created, addition.identifier, number, ocfl.digest(inventory), facts)
            for addition in additions
            for number, (inventory, facts) in addition.versions.items()
        ]
        if not wanted:
            return []
        try:
            self.disk.make(self.root / WORK)
            entries = self._stage(additions, wanted, created)
        except BaseException:
            # What is committed is finished by whoever comes next.
            with suppress(OSError):
                if not (self.root / _COMMIT).exists():
                    self.disk.clear(self.root / WORK)
            raise
        self._apply()
        return entries

    def _stage(
        self, additions: Sequence[Addition], wanted: Sequence[Entry], created: str
    ) -> list[Entry]:
        """Write all that is new to `.work`, then the commit; the lines that the journal gets."""
        work = self.root / WORK
        moves: list[tuple[str, str]] = []
        made: dict[str, None] = {}
        synced: dict[str, None] = {}
        if self.journal.exists():
            size, last = self._tail()
            first = b""
        else:
            size = 0
            first = last = journal.first_line(created, root_files())
            self.disk.write_tree(work / "root", ((n, (c,)) for n, c in root_files().items()))
            tops = dict.fromkeys(name.split("/")[0] for name in root_files())
            moves += [(f"{WORK}/root/{name}", name) for name in tops]
            synced[""] = None
        for number, addition in enumerate(additions):
            staged, home = f"{WORK}/{number}", ocfl.object_path(addition.identifier)
            self._solid(home)
            self.disk.write_tree(self.root / staged, _tree(addition))
            if 1 in addition.versions:
                around = home.rpartition("/")[0]
                moves.append((staged, home))
                synced[around] = None
                if not (self.root / around).exists():
                    made[around] = None
            else:
                names = [f"v{version}" for version in addition.versions]
                names += [ocfl.INVENTORY, ocfl.SIDECAR]
                moves += [(f"{staged}/{name}", f"{home}/{name}") for name in names]
                synced[home] = None
        self.disk.sync_folder(work)
        lines = journal.next_lines(last, wanted)
        told_lines = (first + lines).decode()
        commit = {
            "make": [*made],
            "moves": moves,
            "sync": [*synced],
            "size": size,
            "lines": told_lines,
        }
        entries = list(journal.entries((first or b"\n") + lines))
        self.disk.write(work / "commit.new", (json.dumps(commit).encode(),))
        # The commit must be for good before anything is moved, and `.work` with it.
        self.disk.sync_folder(self.root)
        self.disk.rename(work / "commit.new", self.root / _COMMIT)
        return entries

    def _tail(self) -> tuple[int, bytes]:
        """The size of the journal, and its last line."""
        with self.journal.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            wanted = _TAIL
            while True:
                file.seek(max(0, size - wanted))
                lines = file.read().split(b"\n")
                if len(lines) > 2 or wanted >= size:  # noqa: PLR2004 -- one whole line, and the end
                    break
                wanted *= 2
        if lines[-1] or not lines[-2:-1] or not journal.is_sound(lines[-2]):
            message = say("the journal is damaged; `archive verify` says where")
            raise InputError([Problem("archive-journal", message, Place(str(self.journal)))])
        return size, lines[-2]

    def _recover(self) -> None:
        """Finish a change that was committed; undo one that was not."""
        if (self.root / _COMMIT).exists():
            self._apply()
        elif (self.root / WORK).exists():
            self.disk.clear(self.root / WORK)
        if not self.journal.exists():
            strange = {path.name for path in self.root.iterdir()} - _NOTHING_OF_OURS
            if strange:
                message = say(
                    "this folder holds {name} and is no archive; name an empty folder",
                    name=min(strange),
                )
                raise InputError([Problem("archive", message, Place(str(self.root)))])

    def _apply(self) -> None:
        """Do what the commit says; what was done already is left, but synced (again)."""
        work = self.root / WORK
        commit = json.loads((self.root / _COMMIT).read_bytes())
        self.disk.sync_folder(work)
        for folder in commit["make"]:
            if not (self.root / folder).exists():
                self.disk.make(self.root / folder)
        if commit["make"]:  # nothing may be moved to where it could be lost
            self.disk.sync_folder(self.root)
        for source, target in commit["moves"]:
            if _is_there(self.root / source):
                self.disk.rename(self.root / source, self.root / target)
            elif not _is_there(self.root / target):
                raise _unfinished(self.root / target)
        self._write_lines(commit["size"], commit["lines"].encode())
        for folder in commit["sync"]:
            self.disk.sync_folder(self.root / folder)
        self.disk.unlink(self.root / _COMMIT)
        self.disk.clear(work)

    def _write_lines(self, size: int, lines: bytes) -> None:
        """The lines of a commit, at the place of the journal where they belong."""
        tail = b""
        if self.journal.exists():
            with self.journal.open("rb") as there:
                there.seek(size)
                tail = there.read()
            file = self.disk.reopen(self.journal)
        else:
            file = self.disk.create(self.journal, 0o666)
        with file:
            if not tail.startswith(lines):
                # What a loss of power left of these lines goes; another's line never does.
                others = {*tail.split(b"\n")} - {*lines.split(b"\n")}
                if any(map(journal.is_sound, others)):
                    raise _unfinished(self.journal)
                if tail:
                    self.disk.cut(file, size)
                self.disk.append(file, lines)
            self.disk.sync(file)

    def _solid(self, path: str) -> Path:
        """A place in the archive that is reached without a link."""
        place = self.root
        for step in path.split("/"):
            place /= step
            if place.is_symlink():
                message = say("this is a link; the archive holds none")
                raise InputError([Problem("archive-link", message, Place(str(place)))])
        return place


def _tree(addition: Addition) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The files of the new versions of an object, and those of its root."""
    new = tuple(f"v{version}/" for version in addition.versions)
    for path, content in sorted(addition.content.items()):
        if path.startswith(new):
            yield path, content.checked()
    for version, (inventory, _) in addition.versions.items():
        yield f"v{version}/{ocfl.INVENTORY}", (inventory,)
        yield f"v{version}/{ocfl.SIDECAR}", (ocfl.sidecar(inventory),)
    if 1 in addition.versions:
        yield ocfl.OBJECT_MARK, (ocfl.OBJECT_MARK_TEXT,)
    last, _ = addition.versions[max(addition.versions)]
    yield ocfl.INVENTORY, (last,)
    yield ocfl.SIDECAR, (ocfl.sidecar(last),)


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


def _unfinished(path: Path) -> InputError:
    message = say("what was begun here cannot be finished; `archive verify` says more")
    return InputError([Problem("archive-interrupted", message, Place(str(path)))])


@contextmanager
def told(path: Path) -> Iterator[None]:
    """A disk that will not is a problem of the user's, not a bug."""
    try:
        yield
    except OSError as error:
        raise fault(error, Path(str(error.filename2 or error.filename or path))) from None
