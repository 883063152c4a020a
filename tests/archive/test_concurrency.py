"""Many at once, and some of them killed: nothing is lost, doubled or out of order."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from kmo_report.archive.journal import Facts
from kmo_report.archive.store import WORK, Archive
from kmo_report.archive.verify import verify
from tests.archive import EFFORT
from tests.archive.test_faults import ONE
from tests.conftest import ROOT

SHARED = "urn:x:shared"
WRITERS = 8
ROUNDS = (2, 10, 50)[EFFORT]


def writer(
    root: Path, number: int, *identifiers: str, said: IO[str] | int
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.archive.writer", str(root), str(number), *identifiers]
    return subprocess.Popen(command, cwd=ROOT, stdout=said, text=True)


def acknowledged(text: str) -> Iterator[tuple[int, str, int, str]]:
    """What a writer said was kept; a last line that was cut off by its end says nothing."""
    for line in text.splitlines(keepends=True):
        if line.endswith("\n"):
            number, identifier, version, digest = line.split()
            yield int(number), identifier, int(version), digest


def kept(root: Path) -> list[tuple[int, str, int, str]]:
    return [(e.line, e.id, e.version, e.digest) for e in Archive(root).entries()]


def test_eight_writers_lose_nothing(tmp_path: Path) -> None:
    """They make the archive together; a reader meanwhile finds nothing wrong, ever."""
    root, each = tmp_path / "archive", 12 if EFFORT else 6
    writers = [
        writer(root, each, SHARED, f"urn:x:{number}", said=subprocess.PIPE)
        for number in range(WRITERS)
    ]
    looks = 0
    while any(process.poll() is None for process in writers):
        if (root / "journal.txt").exists():
            assert not verify(Archive(root)).problems
            looks += 1
    said = [line for process in writers for line in acknowledged(process.communicate()[0])]
    assert looks
    assert all(process.returncode == 0 for process in writers)
    assert sorted(said) == kept(root)
    assert [line for line, *_ in kept(root)] == list(range(2, 2 + WRITERS * each))
    versions = [version for _, identifier, version, _ in kept(root) if identifier == SHARED]
    assert versions == list(range(1, 1 + WRITERS * each // 2))
    assert not verify(Archive(root)).problems


def test_killed_writers_leave_a_sound_archive(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    dice = random.Random(6)  # noqa: S311
    everything: list[tuple[int, str, int, str]] = []
    for turn in range(ROUNDS):
        outputs = [(tmp_path / f"{turn}-{number}").open("w+") for number in range(4)]
        writers = [writer(root, 0, SHARED, said=output) for output in outputs]
        until = time.monotonic() + 20
        while not any(Path(output.name).stat().st_size for output in outputs):
            assert time.monotonic() < until
            time.sleep(0.01)
        time.sleep(dice.uniform(0, 0.25))
        for process in writers:
            process.send_signal(signal.SIGKILL)
        for process in writers:
            process.wait()
        for output in outputs:
            output.close()
            everything += acknowledged(Path(output.name).read_text())
        assert not verify(Archive(root)).problems
        assert not (root / WORK).exists()
        assert set(everything) <= set(kept(root))
        assert [version for _, _, version, _ in kept(root)] == list(range(1, 1 + len(kept(root))))
    assert len(everything) >= ROUNDS


@pytest.mark.parametrize("clock", ["2019-01-01T00:00:00Z", "2026-11-25T10:00:00Z"])
def test_a_clock_that_goes_back_or_stands_still_does_no_harm(tmp_path: Path, clock: str) -> None:
    archive = Archive(tmp_path / "archive")
    ONE(archive)
    entry = archive.keep("urn:x:1", {"pdf": b"later"}, Facts("corrected"), created=clock)
    assert entry
    assert (entry.version, entry.created) == (2, clock)
    assert not verify(archive).problems
