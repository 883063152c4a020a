"""Is everything there, unchanged, and nothing else? Each finding has its code and names its file.

Nothing is trusted but the journal, and that only as far as its digests reach: whoever can write
here can compute a whole new journal too. Only a head that was written down elsewhere shows that.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader, FileIO
from pathlib import Path

from kmo_report.archive import journal, ocfl, seals
from kmo_report.archive.journal import Entry, Journal
from kmo_report.archive.ocfl import INVENTORY, OBJECT_MARK, SIDECAR, Inventory
from kmo_report.archive.seals import Check, Seal
from kmo_report.archive.store import LOCK, WORK, Archive, root_files
from kmo_report.files import because
from kmo_report.language import mark, say
from kmo_report.problems import Place, Problem

SHORTEST_HEAD = 40
"""Digits of a head that must be written down, so that none can be made to look like it."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found."""

    problems: Sequence[Problem]
    objects: int
    versions: int
    files: int
    head: str
    seals: Sequence[Seal] = ()
    """Those in which nothing wrong was found."""
    unsealed: int = 0
    """How many versions were kept after the last of them."""


def verify(  # noqa: PLR0913
    archive: Archive,
    identifiers: Collection[str] = (),
    *,
    quick: bool = False,
    heads: Collection[str] = (),
    check: Check | None = None,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Report:
    """Compare all that is there, or only some objects, with the journal and the digests.

    `quick` reads the journal and the inventories, and of other files only that they are there.
    `heads` are digests of journal lines that were written down elsewhere. `check` says whether a
    seal was really signed: without it only its name and what it is about are looked at, and with it
    there must be one. Others may go on writing meanwhile: what looks wrong is looked at again when
    nobody writes.
    """
    archive.open()
    with archive.still():
        known = _read_journal(archive)
        problems = [*_journal(archive, known, heads), *_root(archive, known)]
        sealed = _seals(archive, known, check, problems)
        versions = _versions(known)
        if not identifiers:
            problems += _strangers(archive, versions)
    wanted = sorted(set(identifiers) if identifiers else versions)
    for identifier in set(wanted) - versions.keys():
        message = say("the journal knows no {id}", id=identifier)
        problems.append(Problem("archive-id", message))
    wanted = [identifier for identifier in wanted if identifier in versions]
    files, doubtful = 0, []
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:

        def look(identifier: str) -> tuple[str, "_Object"]:
            return identifier, _Object(archive, identifier, versions[identifier], quick=quick)

        for done, (identifier, seen) in enumerate(pool.map(look, wanted), 1):
            files += seen.files
            if seen.problems:
                doubtful.append(identifier)
            progress(done, len(wanted))
    if doubtful:
        with archive.still():
            versions |= _versions(_read_journal(archive))
            for identifier in doubtful:
                again = _Object(archive, identifier, versions[identifier], quick=quick)
                problems += again.problems
    return Report(
        problems,
        len(wanted),
        sum(len(versions[identifier]) for identifier in wanted),
        files,
        known.digests[-1] if known.digests else "",
        sealed,
        seals.since(sealed, known.digests),
    )


# --- the journal and the root --------------------------------------------------------------------


def _read_journal(archive: Archive) -> Journal:
    try:
        return journal.check(archive.journal.read_bytes())
    except OSError:
        return Journal(faults=[(1, "end")])


_FAULTS = {
    "text": mark("this line cannot be read"),
    "digest": mark("this line was changed: its digest is another"),
    "chain": mark("this line does not follow the one before it"),
    "end": mark("the journal ends in the middle of a line, or has none"),
    "sequence": mark("the versions of {id} do not follow each other"),
}


def _journal(archive: Archive, known: Journal, heads: Collection[str]) -> Iterator[Problem]:
    def fault(line: int, what: str, identifier: str = "") -> Problem:
        place = Place(str(archive.journal), line)
        return Problem("archive-journal", say(_FAULTS[what], id=identifier), place)

    yield from (fault(line, what) for line, what in known.faults)
    if not known.faults:
        last: dict[str, int] = {}
        for entry in known.entries:
            if entry.version != last.get(entry.id, 0) + 1:
                yield fault(entry.line, "sequence", entry.id)
            last[entry.id] = entry.version
    for head in heads:
        if not any(digest.startswith(head) for digest in known.digests):
            message = say(
                "the journal no longer holds {head}: its history was cut off or rewritten",
                head=head,
            )
            yield Problem("archive-head", message, Place(str(archive.journal)))


def _versions(known: Journal) -> dict[str, dict[int, Entry]]:
    """Id -> version -> its line."""
    versions: dict[str, dict[int, Entry]] = {}
    for entry in known.entries:
        versions.setdefault(entry.id, {})[entry.version] = entry
    return versions


def _root(archive: Archive, known: Journal) -> Iterator[Problem]:
    """The archive's own files, as the first line of the journal has them."""
    ours = {name: ocfl.digest(content) for name, content in root_files().items()}
    expected = known.first.files if known.first else ours
    for name in {**ours, **expected}:
        path = archive.root / name
        content, problem = _read(path)
        if problem:
            yield problem
        elif name in expected and ocfl.digest(content) != expected[name]:
            yield _changed(path, content)
    for path in (archive.root / LOCK, archive.journal):
        if path.exists() or path.is_symlink():
            content, problem = _read(path)
            if problem:
                yield problem
            elif path.name == LOCK and content:
                yield _changed(path, content)
    if (archive.root / WORK).exists():
        message = say("a change was broken off; run this where the archive can be written to")
        yield Problem("archive-interrupted", message, Place(str(archive.root / WORK)))


def _seals(
    archive: Archive, known: Journal, check: Check | None, problems: list[Problem]
) -> tuple[Seal, ...]:
    """The seals in which nothing is wrong; what is wrong with the others goes to the problems."""
    sound: list[Seal] = []
    heads = seals.heads(known.digests)
    names = [entry.name for entry in _entries(archive.root) if seals.is_name(entry.name)]
    for name in names:
        path = archive.root / name
        content, problem = _read(path)
        if not problem and not seals.is_whole(name, content):
            problem = _changed(path, content)
        seen = problem or seals.look(path, content, heads, check)
        if isinstance(seen, Seal):
            sound.append(seen)
        else:
            problems.append(seen)
    if check and not names:
        message = say("there is no seal here: none was made, or it was taken away")
        problems.append(Problem("archive-unsealed", message, Place(str(archive.root))))
    return tuple(sound)


def _strangers(archive: Archive, versions: Mapping[str, Mapping[int, Entry]]) -> Iterator[Problem]:
    """What lies in the root, or between it and the objects, and belongs to nothing."""
    own = {*root_files()}
    homes: dict[str, set[str]] = {}
    for identifier in versions:
        around, _, name = ocfl.object_path(identifier).partition("/")
        homes.setdefault(around, set()).add(name)
    for entry in _entries(archive.root):
        if entry.name in (LOCK, WORK, journal.NAME) or seals.is_name(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name in homes:
                inside = _entries(Path(entry.path))
                yield from (_extra(Path(e.path)) for e in inside if e.name not in homes[entry.name])
            elif any(name.startswith(f"{entry.name}/") for name in own):
                problems: list[Problem] = []
                tree = _walk(Path(entry.path), problems)
                yield from problems
                yield from (
                    _extra(archive.root / entry.name / path)
                    for path in tree
                    if f"{entry.name}/{path}" not in own
                )
            else:
                yield _extra(Path(entry.path))
        elif entry.name not in own:
            yield _extra(Path(entry.path))


# --- an object -----------------------------------------------------------------------------------


class _Object:
    """One object, looked at: its problems, and how many files it has."""

    def __init__(
        self, archive: Archive, identifier: str, entries: Mapping[int, Entry], *, quick: bool
    ) -> None:
        self.identifier = identifier
        self.entries = entries
        self.quick = quick
        self.problems: list[Problem] = []
        self.files = 0
        self.home = archive.root / ocfl.object_path(identifier)
        link = next((p for p in (self.home.parent, self.home) if p.is_symlink()), None)
        if link:
            self.problems.append(_link(link))
        elif not self.home.is_dir():
            message = say("{id} is in the journal, and is not here", id=identifier)
            self.problems.append(Problem("archive-lost", message, Place(str(self.home))))
        else:
            self._look()

    def _look(self) -> None:
        there = _walk(self.home, self.problems)
        self.files = len(there)
        head = max(self.entries)
        unknown = self._unknown_versions(there)
        there = {p: size for p, size in there.items() if not p.startswith(tuple(unknown))}
        inventory = self._inventories(there, head)
        expected = {OBJECT_MARK, INVENTORY, SIDECAR}
        expected |= {f"v{v}/{name}" for v in self.entries for name in (INVENTORY, SIDECAR)}
        contents = inventory.files() if inventory else {}
        if inventory is None:  # then nobody can tell which content belongs here
            there = {path: size for path, size in there.items() if "/content/" not in path}
        for path in sorted(there.keys() - expected - contents.keys()):
            self.problems.append(_extra(self.home / path))
        for path in sorted((expected | contents.keys()) - there.keys()):
            self._missing(path)
        if OBJECT_MARK in there:
            self._compare(OBJECT_MARK, ocfl.digest(ocfl.OBJECT_MARK_TEXT))
        for path, digest in contents.items():
            if path in there:
                self._content(path, digest, there[path])

    def _unknown_versions(self, there: Mapping[str, int]) -> list[str]:
        """Folders of versions that the journal does not know."""
        known = {f"v{version}/" for version in self.entries}
        folders = {path.partition("/")[0] + "/" for path in there if "/" in path}
        unknown = [f for f in sorted(folders - known) if f[:1] == "v" and f[1:-1].isdigit()]
        for folder in unknown:
            message = say("the journal knows no such version of {id}", id=self.identifier)
            place = Place(str(self.home / folder[:-1]))
            self.problems.append(Problem("archive-unknown", message, place))
        return unknown

    def _inventories(self, there: Mapping[str, int], head: int) -> Inventory | None:
        """Compare all inventories; the last that is as the journal has it."""
        sound: dict[int, Inventory] = {}
        for version, entry in sorted(self.entries.items()):
            content = self._inventory(f"v{version}/", entry.inventory, there)
            if content is not None:
                self._take(sound, version, content)
        content = self._inventory("", self.entries[head].inventory, there)
        if content is not None and head not in sound:
            self._take(sound, head, content)
        last = sound[max(sound)] if sound else None
        for version, inventory in sound.items():
            if last and inventory.versions != last.versions[:version]:
                message = say("version {version} tells another history", version=version)
                place = Place(str(self.home / f"v{version}/{INVENTORY}"))
                self.problems.append(Problem("archive-history", message, place))
        return last

    def _take(self, sound: dict[int, Inventory], version: int, content: bytes) -> None:
        """One more inventory that is as the journal has it."""
        place = Place(str(self.home / f"v{version}/{INVENTORY}"))
        try:
            inventory = ocfl.read_inventory(content)
        except ocfl.InventoryError as error:
            message = say("this is no inventory: {why}", why=error)
            self.problems.append(Problem("archive-inventory", message, place))
            return
        if (inventory.identifier, len(inventory.versions)) != (self.identifier, version):
            message = say(
                "this is the inventory of something else: {why}", why=inventory.identifier
            )
            self.problems.append(Problem("archive-inventory", message, place))
            return
        sound[version] = inventory

    def _inventory(self, folder: str, digest: str, there: Mapping[str, int]) -> bytes | None:
        """An inventory and its sidecar; its content if that is as the journal has it."""
        path, beside = folder + INVENTORY, folder + SIDECAR
        content = self._bytes(path) if path in there else None
        noted = self._bytes(beside) if beside in there else None
        if content is not None and ocfl.digest(content) != digest:
            if content and noted == ocfl.sidecar(content):
                message = say("this inventory was written anew; the journal has another digest")
                place = Place(str(self.home / path))
                self.problems.append(Problem("archive-rewritten", message, place))
                return None
            self.problems.append(_changed(self.home / path, content))
            content = None
        if noted is not None and noted != f"{digest}  {INVENTORY}\n".encode():
            self.problems.append(_changed(self.home / beside, noted))
        return content

    def _bytes(self, path: str) -> bytes | None:
        content, problem = _read(self.home / path)
        if problem:
            self.problems.append(problem)
            return None
        return content

    def _compare(self, path: str, digest: str) -> None:
        content = self._bytes(path)
        if content is not None and ocfl.digest(content) != digest:
            self.problems.append(_changed(self.home / path, content))

    def _content(self, path: str, digest: str, size: int) -> None:
        """A file of the content: large ones are not read whole."""
        if not size and digest != _OF_NOTHING:
            self.problems.append(_changed(self.home / path, b""))
            return
        if self.quick:
            return
        try:
            with _opened(self.home / path) as file:
                computed = hashlib.file_digest(file, hashlib.sha512).hexdigest()
        except OSError as error:
            self.problems.append(_unreadable(self.home / path, error))
            return
        if computed != digest:
            self.problems.append(_changed(self.home / path, b"x"))

    def _missing(self, path: str) -> None:
        place = Place(str(self.home / path))
        if not any(problem.place == place for problem in self.problems):
            self.problems.append(Problem("archive-missing", say("this file is missing"), place))


# --- files ---------------------------------------------------------------------------------------

_OF_NOTHING = ocfl.digest(b"")


def _opened(path: Path) -> BufferedReader:
    """A file to be read, and no link to one."""
    return BufferedReader(
        FileIO(
            path, opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
        )
    )


def _read(path: Path) -> tuple[bytes, Problem | None]:
    """The content of a file, or what is wrong with it."""
    try:
        if not stat.S_ISREG(path.lstat().st_mode):
            return b"", _link(path)
        with _opened(path) as file:
            return file.read(), None
    except FileNotFoundError:
        return b"", Problem("archive-missing", say("this file is missing"), Place(str(path)))
    except OSError as error:
        return b"", _unreadable(path, error)


def _entries(folder: Path) -> list["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _walk(folder: Path, problems: list[Problem], inside: str = "") -> dict[str, int]:
    """The files in a folder, by their paths in it, and their sizes."""
    found: dict[str, int] = {}
    try:
        with os.scandir(folder / inside) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                path = f"{inside}/{entry.name}" if inside else entry.name
                if entry.is_dir(follow_symlinks=False):
                    before = len(problems)
                    below = _walk(folder, problems, path)
                    if not below and len(problems) == before:
                        message = say("this folder is empty")
                        place = Place(str(folder / path))
                        problems.append(Problem("archive-empty", message, place))
                    found |= below
                elif entry.is_file(follow_symlinks=False):
                    found[path] = entry.stat(follow_symlinks=False).st_size
                else:
                    problems.append(_link(folder / path))
    except OSError as error:
        problems.append(_unreadable(folder / inside, error))
    return found


def _changed(path: Path, content: bytes) -> Problem:
    if not content:
        return Problem("archive-empty", say("this file was emptied"), Place(str(path)))
    return Problem("archive-changed", say("this file is not what was kept"), Place(str(path)))


def _extra(path: Path) -> Problem:
    return Problem("archive-extra", say("this does not belong here"), Place(str(path)))


def _link(path: Path) -> Problem:
    message = say("this is a link or a device, where only files and folders belong")
    return Problem("archive-link", message, Place(str(path)))


def _unreadable(path: Path, error: OSError) -> Problem:
    return Problem("archive-unreadable", because(error), Place(str(path)))
