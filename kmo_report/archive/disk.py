"""Every change of the disk goes through `Disk`: tests stop, fill or forget each of them.

A change is there for good after a power loss only when the file was synced, and the folder that it
stands in too.
"""

import os
from collections.abc import Iterable
from io import FileIO
from pathlib import Path

READ_ONLY = 0o444
"""The mode of files in the archive: none is ever altered."""


class Disk:
    """Small changes, each of which happens or does not."""

    def make(self, folder: Path) -> None:
        """A new folder."""
        folder.mkdir()

    def create(self, path: Path, mode: int = READ_ONLY) -> FileIO:
        """A new file, open to be appended to; no file may be there."""
        return _opened(path, os.O_CREAT | os.O_EXCL, mode)

    def reopen(self, path: Path) -> FileIO:
        """A file that is there, open to be appended to."""
        return _opened(path, 0, 0)

    def append(self, file: FileIO, content: bytes) -> None:
        """More of a file."""
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]

    def cut(self, file: FileIO, size: int) -> None:
        """Less of a file."""
        file.truncate(size)

    def sync(self, file: FileIO) -> None:
        """The content of a file outlives a loss of power."""
        os.fsync(file.fileno())

    def rename(self, source: Path, target: Path) -> None:
        """Another name, on the same file system; a file that has it is replaced."""
        source.rename(target)

    def unlink(self, path: Path) -> None:
        """A file less."""
        path.unlink()

    def remove(self, folder: Path) -> None:
        """An empty folder less."""
        folder.rmdir()

    def sync_folder(self, folder: Path) -> None:
        """The names in a folder outlive a loss of power."""
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    # What follows is made of the above.

    def write(self, path: Path, chunks: Iterable[bytes]) -> None:
        """A new file, synced; its name is for good when its folder is synced too."""
        with self.create(path) as file:
            for chunk in chunks:
                self.append(file, chunk)
            self.sync(file)

    def write_tree(self, folder: Path, files: Iterable[tuple[str, Iterable[bytes]]]) -> None:
        """A new folder with files, named by their paths in it; all but its own name is for good."""
        self.make(folder)
        made = {folder}
        for name, chunks in files:
            path = folder / name
            for parent in reversed(path.relative_to(folder).parents[:-1]):
                if folder / parent not in made:
                    self.make(folder / parent)
                    made.add(folder / parent)
            self.write(path, chunks)
        for inner in sorted(made):
            self.sync_folder(inner)

    def make_all(self, folder: Path) -> None:
        """A folder and those around it, where they are not there; their names are for good."""
        if folder.is_dir():
            return
        self.make_all(folder.parent)
        try:
            self.make(folder)
        except FileExistsError:
            if not folder.is_dir():
                raise
        self.sync_folder(folder.parent)

    def clear(self, folder: Path) -> None:
        """A folder and all in it less; links are not followed."""
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
        for entry in inside:
            if entry.is_dir(follow_symlinks=False):
                self.clear(Path(entry.path))
            else:
                self.unlink(Path(entry.path))
        self.remove(folder)


def _opened(path: Path, flags: int, mode: int) -> FileIO:
    flags |= os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    return FileIO(path, "ab", opener=lambda name, _: os.open(name, flags, mode))


class UnsyncedDisk(Disk):
    """For measurements only: nothing waits for the disk, so a loss of power loses anything."""

    def sync(self, file: FileIO) -> None:
        """Nothing."""

    def sync_folder(self, folder: Path) -> None:
        """Nothing."""
