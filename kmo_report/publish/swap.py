"""A folder that is put in the place of an earlier one, whole or not at all."""

import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_IMODE

from kmo_report import files
from kmo_report.language import say
from kmo_report.problems import InputError, Place, Problem

MARK = "kmo-report.txt"
"""In a site of ours: it says that the folder may be replaced, and what belongs to it."""
_SIGN = "kmo-report: website"
"""The first line of it, in this and in every later version; after the line -- the names follow."""
_WORDS = """
Deze map is een website die kmo-report gemaakt heeft. Bij elke `archive publish` wordt zij in haar
geheel vervangen: zet er zelf niets in. Zonder dit bestand wordt de map nooit vervangen.

This folder is a website that kmo-report made. Each `archive publish` replaces it as a whole: put
nothing of your own in it. Without this file the folder is never replaced.

--
"""
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux: two names change places, at once."""
_HERE = -100
"""AT_FDCWD."""


@contextmanager
def building(target: Path, apart_from: Path) -> Iterator[Path]:
    """A folder to build in; afterwards it is `target`, unless something went wrong meanwhile.

    InputError where `target` is anything else than nothing, an empty folder, or what this made
    before; or where it and `apart_from` are in each other.
    """
    try:
        target = target.resolve()
        _see(target, apart_from.resolve())
        target.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{target.name[:100]}.publish-"
        _sweep(target.parent, prefix)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=prefix) as made:
            handle = os.open(made, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)  # so that no other takes it for what was left
                folder = Path(made, "new")
                folder.mkdir()
                yield folder
                names = "".join(f"{path.name}\n" for path in sorted(folder.iterdir()))
                (folder / MARK).write_text(f"{_SIGN}\n{_WORDS}{names}", "utf-8")
                os.sync()
                _see(target, apart_from.resolve())
                _put(folder, target)
            finally:
                os.close(handle)
    except OSError as error:
        raise files.fault(error, target) from None


def _see(target: Path, apart_from: Path) -> None:
    """Nothing but an earlier site of ours may go."""

    def refuse(message: str) -> InputError:
        return InputError([Problem("publish-folder", message, Place(str(target)))])

    if target.is_relative_to(apart_from) or apart_from.is_relative_to(target):
        raise refuse(say("the site and the archive may not lie in each other"))
    if not os.path.lexists(target):
        return
    if not target.is_dir():
        raise refuse(say("this is a file; name a folder for the site"))
    there = {path.name for path in target.iterdir()}
    if not there:
        return
    mark = target / MARK
    lines = files.read(mark).decode("utf-8", "replace").split("\n") if mark.is_file() else [""]
    if lines[0] != _SIGN or "--" not in lines:
        raise refuse(say("this folder is no site of ours, and is left alone; name another"))
    strange = there - {MARK, *lines[lines.index("--") + 1 :]}
    if strange:
        message = say("{name} is not of the site, and would be lost; move it", name=min(strange))
        raise refuse(message)


def _sweep(parent: Path, prefix: str) -> None:
    """Away with what an interrupted run left."""
    for path in parent.iterdir():
        if path.name.startswith(prefix) and path.is_dir() and not path.is_symlink():
            with suppress(OSError):
                handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path)
                finally:
                    os.close(handle)


def _put(folder: Path, target: Path) -> None:
    """The new folder at its place; the earlier one goes with what surrounds the new."""
    if target.is_dir():
        folder.chmod(S_IMODE(target.stat().st_mode))
    if not target.is_dir() or not any(target.iterdir()):
        folder.rename(target)
    elif not _exchanged(folder, target):
        old = folder.with_name("old")
        target.rename(old)
        try:
            folder.rename(target)
        except OSError:
            old.rename(target)
            raise


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders have changed places; some systems and disks cannot."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        return False
    done = call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE)
    if done and ctypes.get_errno() not in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))
    return not done
