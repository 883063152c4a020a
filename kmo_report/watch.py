"""Says when files changed, as soon as the system does: nothing is read again and again."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from signal import SIGINT, signal
from threading import Event, current_thread, main_thread

from watchfiles import Change, DefaultFilter, watch

_LOOK = 100
"""Milliseconds after which we see whether the folders are still the same."""
_MOST = 20
"""How many times the quiet that ends a burst the burst may take."""


def changes(
    folders: Sequence[Path], quiet: int, ours: Callable[[Path], bool] = lambda _: False
) -> Iterator[set[Path]]:
    """The files in some folders that changed, each time some did; it ends with Ctrl-C only.

    The first time nothing has changed: from then on no change is missed. Changes that follow one
    another within `quiet` milliseconds come together. What is `ours` to write, and what editors
    leave beside a file, is no change. A folder may go and come back, as when a branch is switched.
    """
    beside = DefaultFilter(ignore_dirs=())

    def counts(change: Change, path: str) -> bool:
        return beside(change, path) and not ours(Path(path))

    paths = {folder.resolve() for folder in folders}
    missed: set[Path] = set()
    ended = _ctrl_c()
    while not ended.is_set():
        known = _identities(paths)
        if None in known:
            time.sleep(_LOOK / 1000)
            continue
        first = True
        watched = watch(
            *paths,
            watch_filter=counts,
            debounce=quiet * _MOST,
            step=quiet,
            rust_timeout=_LOOK,
            yield_on_timeout=True,
        )
        with suppress(FileNotFoundError):  # it went away this very moment
            for found in watched:
                if ended.is_set():
                    break
                changed = {Path(path) for _, path in found}
                if changed or first:
                    yield changed | missed
                    first, missed = False, set()
                # A folder made anew may have the number of the old one, but its removal was told.
                if changed & paths or _identities(paths) != known:
                    missed = paths
                    break


def _ctrl_c() -> Event:
    """Is set by Ctrl-C, which raises KeyboardInterrupt too.

    The exception alone may be lost: Python ignores one that is raised while something is thrown
    away, and the program would go on.
    """
    ended = Event()
    if current_thread() is main_thread():

        def end(_number: int, _frame: object) -> None:
            ended.set()
            raise KeyboardInterrupt

        signal(SIGINT, end)
    return ended


def _identities(paths: set[Path]) -> list[tuple[int, int] | None]:
    """What each folder is to the system: one that is made anew has its name only."""
    found: list[tuple[int, int] | None] = []
    for path in sorted(paths):
        try:
            status = path.stat()
        except OSError:
            found.append(None)
        else:
            found.append((status.st_dev, status.st_ino) if path.is_dir() else None)
    return found
