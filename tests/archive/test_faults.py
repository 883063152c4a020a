"""Killed at every change of the disk, or powerless, or full: the old or the new, never a third.

How often a change is tried is said in tests/archive/__init__.py.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from kmo_report.archive import bag, transfer
from kmo_report.archive.disk import UnsyncedDisk
from kmo_report.archive.journal import Facts
from kmo_report.archive.ocfl import Inventory
from kmo_report.archive.store import WORK, Archive
from kmo_report.archive.verify import verify
from kmo_report.problems import InputError
from tests.archive import EFFORT, TORTURE, one_in
from tests.archive.disks import MODES, Killed, Recorder, States, Tree, write

SEEDS = [*(f"seed {n}" for n in range(8 if TORTURE else 1)),
         *(f"prefix {n}" for n in range(4 if TORTURE else 1))]  # fmt: skip
NOW = "2026-11-25T10:00:00Z"
MEMORY = Path("/dev/shm")  # noqa: S108 -- thousands of small archives: in memory, where there is

Step = Callable[[Archive], object]
Content = dict[str, list[dict[str, str]]]


def has(number: int) -> Callable[[Inventory | None], bool]:
    return lambda inventory: inventory is not None and len(inventory.versions) >= number


def kept(identifier: str, number: int, **files: bytes) -> Step:
    """A step that keeps a version, once."""
    return lambda archive: archive.keep(
        identifier, files, Facts("answer", identifier), created=NOW, unless=has(number)
    )


ONE = kept("urn:x:1", 1, pdf=b"%PDF one", yaml=b"same")
TWO = kept("urn:x:1", 2, pdf=b"%PDF two", yaml=b"same", csv=b"1,2")
OTHER = kept("urn:x:2", 1, pdf=b"%PDF one", docx=b"PK")
ANSWER, BEFORE = (f"urn:kmo-report:sv:2019-2020:crevits:{number}" for number in (370, 371))
FIRST = kept(ANSWER, 1, pdf=b"%PDF one", yaml=b"same")
CORRECTED = kept(ANSWER, 2, pdf=b"%PDF two", yaml=b"same")
EARLIER = kept(BEFORE, 1, pdf=b"%PDF one")


@cache
def a_bag(suffix: str = "") -> Path:
    """A bag with two answers, one of them in two versions."""
    folder = Path(mkdtemp())
    archive = Archive(folder / "archive", UnsyncedDisk())
    for step in (FIRST, CORRECTED, EARLIER):
        step(archive)
    return transfer.export(archive, [], folder / f"bag{suffix}")


def imported(archive: Archive) -> object:
    """A step that takes in the bag."""
    return transfer.take(archive, a_bag(), NOW)


SCENARIOS: dict[str, tuple[Sequence[Step], Sequence[Step]]] = {
    "first": ([], [ONE]),
    "next": ([ONE], [TWO, OTHER]),
    "import": ([FIRST], [imported]),
}
"""Name -> what is there before, and what is done."""


@pytest.fixture
def memory() -> Iterator[Path]:
    folder = Path(mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    yield folder
    shutil.rmtree(folder)


def content(archive: Archive) -> Content:
    """All that is kept: object -> versions -> names and digests, as the journal tells it."""
    if not archive.journal.exists():
        return {}
    found: Content = {}
    for entry in archive.entries():
        inventory = archive.inventory(entry.id)
        assert inventory
        found.setdefault(entry.id, []).append(dict(inventory.versions[entry.version - 1].state))
    return found


@dataclass
class Trial:
    """A scenario, done once on a disk that remembers."""

    folder: Path
    before: Sequence[Step]
    steps: Sequence[Step]

    def __post_init__(self) -> None:
        base = self.folder / "base"
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir()
        self.base = base
        for step in self.before:
            step(Archive(base / "archive"))
        self.contents = [content(Archive(base / "archive"))]

    def run(self, *, stop: int = -1, forget: int = -1, full: int = -1) -> Recorder:
        """Do the steps; where each ended stands in `ends`."""
        work = self.folder / "run"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.base, work)
        recorder = self.recorder = Recorder(work, stop=stop, forget=forget, full=full)
        self.ends: list[int] = []
        first = len(self.contents) == 1
        for step in self.steps:
            step(Archive(work / "archive", recorder))
            self.ends.append(len(recorder.changes))
            if first:
                self.contents.append(content(Archive(work / "archive")))
        return recorder

    def acknowledged(self, number: int) -> int:
        """How many steps were over after so many changes."""
        return sum(end <= number for end in self.ends)

    def judge(self, tree: Tree, acknowledged: int) -> None:
        """The old or the new, and the steps can be done again."""
        place = self.folder / "judged"
        write(tree, place)
        self.judge_folder(place / "archive", acknowledged)

    def judge_folder(self, root: Path, acknowledged: int) -> None:
        archive = Archive(root)
        try:
            archive.open()
        except InputError as error:
            if self.contents[0] or error.problems[0].code not in ("archive", "file"):
                raise
        else:
            assert not verify(archive).problems
        now = content(archive)
        assert now in self.contents[acknowledged : acknowledged + 2]
        for step in self.steps:
            step(archive)
        assert content(archive) == self.contents[-1]
        assert not verify(archive).problems
        assert not (root / WORK).exists()


@pytest.fixture(params=SCENARIOS)
def trial(request: pytest.FixtureRequest, memory: Path) -> Trial:
    return Trial(memory, *SCENARIOS[request.param])


def test_killed_at_every_change(trial: Trial) -> None:
    recorder = trial.run()
    states = States(recorder)
    for number in range(len(recorder.changes) + 1):
        trial.judge(states.killed(number), trial.acknowledged(number))


def test_the_power_goes_at_every_change(trial: Trial) -> None:
    recorder = trial.run()
    states = States(recorder)
    for number in range(len(recorder.changes) + 1):
        for mode in (*MODES, *SEEDS):
            tree = states.lost(number, mode)
            if states.new(tree, trial.acknowledged(number)):
                trial.judge(tree, trial.acknowledged(number))


def test_the_disk_is_full_at_every_change(trial: Trial) -> None:
    total = trial.run().made
    for full in range(0, total, one_in(3)):
        with pytest.raises(InputError, match="the disk is full"):
            trial.run(full=full)
        trial.judge_folder(trial.folder / "run/archive", len(trial.ends))


def test_killed_or_powerless_while_another_recovers(trial: Trial) -> None:
    for stop in range(0, trial.run().made, one_in(9)):
        with pytest.raises(Killed):
            trial.run(stop=stop)
        recorder, done = trial.recorder, len(trial.ends)
        dead = len(recorder.changes)
        recorder.revive()
        with suppress(InputError):  # where there is no archive yet
            Archive(trial.folder / "run/archive", recorder).open()
        states = States(recorder)
        for number in range(dead, len(recorder.changes) + 1):
            trees = [states.killed(number)]
            modes = (*MODES, *SEEDS) if TORTURE else ("nothing", "names")
            trees += [states.lost(number, mode) for mode in modes]
            for tree in trees:
                if states.new(tree, done):
                    trial.judge(tree, done)


# --- a bag is there whole, or not at all ---------------------------------------------------------


@pytest.fixture(params=["bag", "bag.zip"])
def parcel(request: pytest.FixtureRequest, memory: Path) -> "Parcel":
    return Parcel(memory, request.param)


@dataclass
class Parcel:
    """An export, done once on a disk that remembers."""

    folder: Path
    name: str

    def __post_init__(self) -> None:
        self.base = self.folder / "base"
        self.base.mkdir()
        for step in (FIRST, CORRECTED, EARLIER):
            step(Archive(self.base / "archive", UnsyncedDisk()))

    def run(self, **faults: int) -> Recorder:
        work = self.folder / "run"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.base, work)
        self.recorder = Recorder(work, **faults)
        transfer.export(Archive(work / "archive", self.recorder), [], work / self.name)
        return self.recorder

    def judge(self, tree: Tree, *, done: bool) -> None:
        place = self.folder / "judged"
        write(tree, place)
        self.judge_folder(place, done=done)

    def judge_folder(self, place: Path, *, done: bool) -> None:
        target = place / self.name
        assert not done or target.exists()
        if target.exists():
            with bag.opened(target) as opened:
                assert opened.payload
        else:
            transfer.export(Archive(place / "archive", UnsyncedDisk()), [], target)
        assert sorted(path.name for path in place.iterdir()) == ["archive", self.name]
        with bag.opened(target) as one, bag.opened(a_bag()) as other:
            assert one.payload == other.payload


def test_an_export_is_whole_or_not_at_all(parcel: Parcel) -> None:
    recorder = parcel.run()
    states, total = States(recorder), len(recorder.changes)
    for number in (*range(0, total, one_in(3)), total):
        trees = [states.killed(number)]
        trees += [states.lost(number, mode) for mode in (*MODES, *SEEDS)]
        for tree in trees:
            if states.new(tree, number == total):
                parcel.judge(tree, done=number == total)


def test_an_export_on_a_full_disk_leaves_nothing(parcel: Parcel) -> None:
    total = parcel.run().made
    for full in range(0, total, one_in(5)):
        with pytest.raises(InputError, match="the disk is full"):
            parcel.run(full=full)
        assert not list((parcel.folder / "run").glob(".*"))
        parcel.judge_folder(parcel.folder / "run", done=False)


# --- the harness itself: does it see what it should? ---------------------------------------------


def mutants() -> Iterator[tuple[str, int, str]]:
    """Scenario, number and kind of each sync and rename."""
    for name, scenario in SCENARIOS.items():
        if name != "next" and not EFFORT:
            continue
        folder = Path(mkdtemp())
        recorder = Trial(folder, *scenario).run()
        shutil.rmtree(folder)
        for number, kind in enumerate(recorder.kinds):
            if kind in ("sync", "sync_folder", "rename"):
                yield name, number, kind


@pytest.mark.parametrize(("name", "number", "kind"), [*mutants()])
def test_nothing_can_be_left_out(memory: Path, name: str, number: int, kind: str) -> None:
    trial = Trial(memory, *SCENARIOS[name])
    trial.run()
    assert is_seen(trial, number), f"{kind} number {number} of {name} can be left out unseen"


def is_seen(trial: Trial, forget: int) -> bool:
    """Whether some loss of power shows that a sync or a rename was left out."""
    try:
        recorder = trial.run(forget=forget)
    except (InputError, OSError):
        return True
    states = States(recorder)
    for number in reversed(range(forget, len(recorder.changes) + 1)):
        for mode in (*MODES, *(f"seed {n}" for n in range(8))):
            tree, done = states.lost(number, mode), trial.acknowledged(number)
            if states.new(tree, done):
                try:
                    trial.judge(tree, done)
                except (AssertionError, InputError, OSError, ValueError):
                    return True
    return False
