"""Work on a hostile file in a process of its own: it ends after a while, and with bounded memory.

A library that hangs, crashes or eats memory over a file from outside takes nothing with it.
"""

import os
import pickle
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TypeVar

from kmo_report.incoming.limits import refuse
from kmo_report.language import say
from kmo_report.problems import InputError

T = TypeVar("T")

SECONDS = 10.0
MEMORY = 900 * 1024 * 1024
"""Bytes on top of what the program has already."""


def guarded(work: Callable[[], T], path: str, seconds: float = SECONDS, memory: int = MEMORY) -> T:
    """What `work` gives, or InputError: its own, or that it took too much."""
    sys.stdout.flush()
    sys.stderr.flush()
    begin, end = os.pipe()
    child = os.fork()
    if not child:
        os.close(begin)
        _work(work, end, seconds, memory)
    os.close(end)
    try:
        answer = _read(begin, seconds)
    finally:
        os.close(begin)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if answer is None:
        refuse(
            "too-much", say("this file takes more than {seconds} seconds", seconds=seconds), path
        )
    if not answer:
        refuse("too-much", say("this file takes too much memory, or crashes its reader"), path)
    # It comes from our own process, which only holds what the file says as plain values.
    result = pickle.loads(answer)  # noqa: S301
    if isinstance(result, BaseException):
        raise result
    return result  # type: ignore[no-any-return]


def _work(work: Callable[[], object], end: int, seconds: float, memory: int) -> NoReturn:
    """In the child: the answer goes through the pipe; nothing else of the program runs on."""
    try:
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = size + memory if hard == resource.RLIM_INFINITY else min(size + memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        answer: bytes = b""
        try:
            answer = pickle.dumps(work())
        except InputError as error:
            answer = pickle.dumps(error)
        except MemoryError:
            answer = b""
        except Exception as error:  # noqa: BLE001 -- a bug is shown where the program can show it
            answer = pickle.dumps(error)
        view = memoryview(answer)
        while view:
            view = view[os.write(end, view) :]
    finally:
        os._exit(0)


def _read(begin: int, seconds: float) -> bytes | None:
    """All that comes through a pipe; None when that takes too long."""
    until = time.monotonic() + seconds
    answer = b""
    while (left := until - time.monotonic()) > 0:
        if select.select([begin], [], [], left)[0]:
            piece = os.read(begin, 1 << 20)
            if not piece:
                return answer
            answer += piece
    return None
