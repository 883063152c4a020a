"""BagIt 1.0 (RFC 8493): a folder or a ZIP with the digests of all that is in it.

What comes from elsewhere is refused whole for any fault, and for what bags may hold in general and
these never do: links, files that no manifest lists, files to be fetched.
"""

import hashlib
import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from kmo_report.archive.ocfl import is_plain
from kmo_report.files import fault
from kmo_report.language import mark, say
from kmo_report.problems import InputError, Place, Problem

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha512.txt"
TAG_MANIFEST = "tagmanifest-sha512.txt"
TOP = "kmo-report-archive"
"""The folder in a ZIP."""

_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_ALGORITHMS = ("sha512", "sha256")
_CHUNK = 1 << 20
_MOST_TAGS = 200_000_000
"""Bytes of a tag file: a manifest of a million files."""
_MOST_ROOM = 200
"""How many times its size a ZIP may hold; PDFs hardly get smaller."""

Sink = Iterable[tuple[str, Iterable[bytes]]]


def tag_files(
    info: Iterable[tuple[str, str]], payload: Mapping[str, str], more: Mapping[str, bytes]
) -> dict[str, bytes]:
    """All files of a bag but its payload, which is given as path (data/...) -> SHA-512."""
    tags = {
        DECLARATION: _DECLARATION,
        INFO: "".join(f"{label}: {value}\n" for label, value in info).encode(),
        MANIFEST: _manifest(payload),
        **more,
    }
    digests = {name: hashlib.sha512(content).hexdigest() for name, content in tags.items()}
    return {**tags, TAG_MANIFEST: _manifest(digests)}


def _manifest(digests: Mapping[str, str]) -> bytes:
    lines = (f"{digest}  {_encoded(path)}\n" for path, digest in sorted(digests.items()))
    return "".join(lines).encode()


def _encoded(path: str) -> str:
    return path.replace("%", "%25")  # the others that are encoded are in no path of ours


def _decoded(path: str) -> str:
    return re.sub("%(25|0[AaDd])", lambda match: chr(int(match[1], 16)), path)


def zipped(files: Sink, into: "os.PathLike[str] | object") -> None:
    """Write files as a ZIP into an open file: stored, not pressed, and with no date of today."""
    with ZipFile(into, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]
        for name, chunks in files:
            entry = ZipInfo(f"{TOP}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.create_system = 3
            with archive.open(entry, "w", force_zip64=True) as file:
                for chunk in chunks:
                    file.write(chunk)


# --- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag that is valid: the files of its payload, without data/, and their digests."""

    path: Path
    payload: Mapping[str, str]
    """Path -> SHA-512."""
    chunks: Callable[[str], Iterator[bytes]]
    """The bytes of a file of the payload."""

    def bytes_of(self, path: str) -> bytes:
        """A small file of the payload."""
        return b"".join(self.chunks(path))


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a bag, wherever they are: path -> size."""

    place: Place
    sizes: Mapping[str, int]
    open: Callable[[str], Iterator[bytes]]


@contextmanager
def opened(path: Path) -> Iterator[Bag]:
    """A bag, checked whole; InputError with all that is wrong with it."""
    try:
        if path.is_dir():
            yield _checked(_in_folder(path), path)
        else:
            with ZipFile(path) as archive:
                yield _checked(_in_zip(archive, path), path)
    except OSError as error:
        raise fault(error, path) from None
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        message = say("this is no ZIP, or it is damaged")
        raise InputError([Problem("bag", message, Place(str(path)))]) from None


def _in_folder(folder: Path) -> _Files:
    sizes: dict[str, int] = {}
    problems: list[Problem] = []

    def walk(inside: str) -> None:
        with os.scandir(folder / inside) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            path = f"{inside}/{entry.name}" if inside else entry.name
            if not is_plain(path):
                problems.append(_hostile(folder, path, _NOT_PLAIN))
            elif entry.is_dir(follow_symlinks=False):
                walk(path)
            elif entry.is_file(follow_symlinks=False):
                sizes[path] = entry.stat(follow_symlinks=False).st_size
            else:
                problems.append(_hostile(folder, path, _LINK))

    def chunks(path: str) -> Iterator[bytes]:
        handle = os.open(folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    walk("")
    if problems:
        raise InputError(problems)
    return _Files(Place(str(folder)), sizes, chunks)


_NOT_PLAIN = mark("{name} leads out of the bag, or is no name for a file")
_LINK = mark("{name} is a link or a device")
_TWICE = mark("{name} stands in it twice")
_LOCKED = mark("{name} is locked, or packed in a way that is not known")
_BOMB = mark("{name} holds far more than it seems to")


def _hostile(path: Path, name: str, message: str) -> Problem:
    return Problem("bag-hostile", say(message, name=ascii(name)[1:-1]), Place(str(path)))


def _in_zip(archive: ZipFile, path: Path) -> _Files:
    entries = _entries(archive, path)
    tops = {name.partition("/")[0] for name in entries}
    top = f"{tops.pop()}/" if len(tops) == 1 and DECLARATION not in entries else ""

    def chunks(name: str) -> Iterator[bytes]:
        with archive.open(entries[top + name]) as file:
            while chunk := file.read(_CHUNK):
                yield chunk

    sizes = {name.removeprefix(top): entry.file_size for name, entry in entries.items()}
    return _Files(Place(str(path)), sizes, chunks)


def _entries(archive: ZipFile, path: Path) -> dict[str, ZipInfo]:
    """The files of a ZIP; InputError if any could do harm."""
    problems = []
    entries: dict[str, ZipInfo] = {}
    folders: set[str] = set()
    for entry in archive.infolist():
        name = entry.filename.removesuffix("/")
        if fault := _fault(entry, name):
            problems.append(_hostile(path, entry.orig_filename, fault))
        elif entry.is_dir():
            folders.add(name)
        elif name in entries:
            problems.append(_hostile(path, name, _TWICE))
        else:
            entries[name] = entry
    for name in entries:
        parents = {name.rsplit("/", depth)[0] for depth in range(1, name.count("/") + 1)}
        if name in folders or parents & entries.keys():
            problems.append(_hostile(path, name, _TWICE))
    size = path.stat().st_size
    packed = sum(entry.compress_size for entry in entries.values())
    room = sum(entry.file_size for entry in entries.values())
    if packed > size or room > _MOST_ROOM * size:
        problems.append(_hostile(path, path.name, _BOMB))
    if problems:
        raise InputError(problems)
    return entries


def _fault(entry: ZipInfo, name: str) -> str:
    """What harm an entry could do."""
    if entry.filename != entry.orig_filename or not is_plain(name):
        return _NOT_PLAIN
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
        return _LINK
    if entry.flag_bits & 0x1 or entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return _LOCKED
    return ""


class _Wrong:
    """What is wrong with a bag, as it is found."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.problems: list[Problem] = []

    def __call__(self, message: str, **values: object) -> None:
        self.problems.append(Problem("bag", say(message, **values), self.place))

    def stop(self) -> None:
        """InputError, if there was anything."""
        if self.problems:
            raise InputError(self.problems)


def _checked(files: _Files, path: Path) -> Bag:
    """Every file in every manifest, every digest, the sum of the sizes; nothing else there."""
    wrong = _Wrong(files.place)
    if _tag(files, DECLARATION, wrong) != _DECLARATION:
        wrong(mark("{name} is not that of BagIt 1.0 in UTF-8"), name=DECLARATION)
    if "fetch.txt" in files.sizes:
        wrong(mark("it wants files to be fetched; it must be whole"))
    payload = {name for name in files.sizes if name.startswith("data/")}
    manifests = _manifests(files, wrong)
    tags = {name for name in files.sizes.keys() - payload if not name.startswith("tagmanifest-")}
    for kind, there in (("manifest-", payload), ("tagmanifest-", tags)):
        named = [name for name in manifests if name.startswith(kind)]
        if not named:
            wrong(mark("{name} is missing"), name=f"{kind}sha512.txt")
        for name in named:
            for lost in sorted(manifests[name].keys() - there):
                wrong(mark("{manifest} lists {name}, which is not there"), manifest=name, name=lost)
            for extra in sorted(there - manifests[name].keys()):
                wrong(mark("{manifest} does not list {name}"), manifest=name, name=extra)
    _sum(_tag(files, INFO, wrong), {name: files.sizes[name] for name in payload}, wrong)
    wrong.stop()
    digests = {name: _compared(files, name, manifests, wrong) for name in sorted(files.sizes)}
    wrong.stop()
    inside = {name.removeprefix("data/"): digests[name] for name in payload}
    return Bag(path, inside, lambda name: files.open(f"data/{name}"))


def _tag(files: _Files, name: str, wrong: _Wrong) -> bytes:
    """A file of the bag itself, read whole."""
    if name not in files.sizes:
        wrong(mark("{name} is missing"), name=name)
        return b""
    if files.sizes[name] > _MOST_TAGS:
        wrong(_BOMB, name=name)
        return b""
    return b"".join(files.open(name))


def _manifests(files: _Files, wrong: _Wrong) -> dict[str, Mapping[str, str]]:
    """Name of each manifest -> path -> digest."""
    found: dict[str, Mapping[str, str]] = {}
    for name in sorted(files.sizes):
        match = re.fullmatch(r"(?:tag)?manifest-([a-z0-9]+)\.txt", name)
        if match and match[1] in _ALGORITHMS:
            found[name] = _lines(_tag(files, name, wrong), name, match[1], wrong)
        elif match:
            wrong(mark("{name}: only SHA-512 and SHA-256 are sound"), name=name)
    return found


def _compared(
    files: _Files, name: str, manifests: Mapping[str, Mapping[str, str]], wrong: _Wrong
) -> str:
    """The SHA-512 of a file, which is compared with what every manifest says of it."""
    computed = {algorithm: hashlib.new(algorithm) for algorithm in _ALGORITHMS}
    for chunk in files.open(name):
        for state in computed.values():
            state.update(chunk)
    for manifest, listed in manifests.items():
        algorithm = manifest.rpartition("-")[2].removesuffix(".txt")
        if listed.get(name, "") not in ("", computed[algorithm].hexdigest()):
            wrong(mark("{name} is not what {manifest} says"), name=name, manifest=manifest)
    return computed["sha512"].hexdigest()


def _lines(content: bytes, name: str, algorithm: str, wrong: _Wrong) -> Mapping[str, str]:
    """Path -> digest of a manifest."""
    digits = hashlib.new(algorithm).digest_size * 2
    found: dict[str, str] = {}
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        wrong(mark("{name} is no UTF-8"), name=name)
        return found
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        match = re.fullmatch(rf"([0-9A-Fa-f]{{{digits}}})[ \t]+\*?(?:\./)?(\S.*)", line)
        if not line:
            continue
        path = _decoded(match[2]) if match else ""
        if not match or not is_plain(path) or path in found:
            wrong(mark("line {line} of {name} is none"), line=number, name=name)
            continue
        found[path] = match[1].lower()
    return found


def _sum(info: bytes, payload: Mapping[str, int], wrong: _Wrong) -> None:
    """The Payload-Oxum: bytes and files; a bag without it could be cut short unseen."""
    match = re.search(rb"^Payload-Oxum:[ \t]*([0-9]+)\.([0-9]+)[ \t]*\r?$", info, re.MULTILINE)
    if not match:
        wrong(mark("{name} has no {label}"), name=INFO, label="Payload-Oxum")
    elif (int(match[1]), int(match[2])) != (sum(payload.values()), len(payload)):
        wrong(mark("there is more or less in it than {name} says"), name=INFO)
