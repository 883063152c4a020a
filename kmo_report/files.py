"""Files, read whole and written whole or not at all; what goes wrong is told in plain words."""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kmo_report.language import mark, say
from kmo_report.problems import InputError, Place, Problem

_WHY = {
    errno.ENOENT: mark("there is no such file"),
    errno.ENOTDIR: mark("a part of this path is a file, not a folder"),
    errno.EEXIST: mark("a part of this path is a file, not a folder"),
    errno.EACCES: mark("you may not read or write here"),
    errno.EPERM: mark("you may not read or write here"),
    errno.EROFS: mark("this disk can only be read"),
    errno.EISDIR: mark("this is a folder"),
    errno.ENOSPC: mark("the disk is full"),
    errno.EDQUOT: mark("the disk is full for you"),
    errno.ENAMETOOLONG: mark("this name is too long"),
}
_UNREADABLE = mark("this cannot be read or written")


def fault(error: OSError, path: Path) -> InputError:
    """What a user is told of an error of the file system."""
    return InputError([Problem("file", because(error), Place(str(path)))])


def because(error: OSError) -> str:
    """Why the file system will not, in plain words."""
    return say(_WHY.get(error.errno or 0, _UNREADABLE))


def read(path: Path) -> bytes:
    """The content of a file; InputError if there is none to be had."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise fault(error, path) from None


def write(files: Mapping[Path, bytes]) -> None:
    """Write files whole or not at all: after a full disk or a kill the earlier ones are there.

    Folders that lack are made. All content is on the disk before the first file takes its place.
    """
    waiting: dict[Path, Path] = {}
    path = Path()
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
            waiting[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            umask = os.umask(0)
            os.umask(umask)
            waiting[path].chmod(0o666 & ~umask)
        for path, temporary in waiting.items():
            temporary.replace(path)
    except OSError as error:
        raise fault(error, path) from None
    finally:
        for temporary in waiting.values():
            with suppress(FileNotFoundError):
                temporary.unlink()


def caches(environment: Mapping[str, str]) -> Path | None:
    """The folder for what can be made anew, as the XDG Base Directory Specification says."""
    named = Path(environment.get("XDG_CACHE_HOME", ""))
    home = Path(environment.get("HOME", ""))
    if named.is_absolute():
        return named
    return home / ".cache" if home.is_absolute() else None


def write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write a new folder with its files whole or not at all; InputError where there is one.

    It is made beside its place, out of sight, and moved there in one step. What an earlier run
    left, that was killed meanwhile, is cleared away.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone_in(target.parent):
            for left in target.parent.glob(f".*{_STAGE}"):
                shutil.rmtree(left, ignore_errors=True)
            stage = target.parent / f".{target.name[:100]}{_STAGE}"
            try:
                whole = stage / "whole"
                whole.mkdir(parents=True)
                for name, content in files.items():
                    _written(whole / name, content)
                _sync(whole)
                whole.rename(target)  # over nothing, or an empty folder
                _sync(target.parent)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            raise fault(error, target) from None
        message = say("there is something of that name; nothing is overwritten")
        raise InputError([Problem("file", message, Place(str(target)))]) from None


_STAGE = ".drafting"


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Nobody else writes a folder there meanwhile; the lock ends with the program."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some disks of a network know no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _written(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
