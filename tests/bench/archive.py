"""How fast the archive is, beside sha512sum and ocfl-py, in one run: the same files, the same disk.

Prints a line a measurement with its bound; exit 1 if one is not kept.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kmo_report import pipeline
from kmo_report.archive import description, ocfl
from kmo_report.archive.description import Description, case_name
from kmo_report.archive.disk import Disk, UnsyncedDisk
from kmo_report.archive.journal import Facts
from kmo_report.archive.ocfl import Inventory, Version
from kmo_report.archive.store import USER, Addition, Archive, Content
from kmo_report.kept import kept_in
from kmo_report.search.index import Index, index_file
from kmo_report.template import DEFAULT, find_template, open_template
from tests.bench.bench import SEED, kept

REFEREE = Path(__file__).parent.parent.parent / ".cache/preservation/venv/bin/python"
NOW = "2026-11-25T10:00:00Z"

VERIFY = 1.2
"""archive verify of 1 GB in files of 1 MB, whole process / sha512sum -c of the same files"""
STORE = 1.0
"""storing 1,000 rendered answers, without syncing / ocfl-py's own ingest of the same"""
KEEP = 1.3
"""a keep in an archive of 50,000 answers / in one of 1,000"""
FIND_SECONDS = 0.5
"""archive list and archive search among 50,000 answers, whole process"""
INDEX_SECONDS = 30.0
"""archive reindex of 50,000 answers, whole process: 1 minute per 100,000"""
OPEN_SECONDS = 0.05
"""to see that nothing changed among them"""


def wall(work: Callable[[], object]) -> float:
    """Seconds of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def identifier(number: int) -> str:
    """An id."""
    session = 1990 + number % 40
    return f"urn:kmo-report:sv:{session}-{session + 1}:crevits:{number}"


def command(*arguments: str) -> None:
    """Run a command of the archive, whole."""
    done = [sys.executable, "-m", "kmo_report", "archive", *arguments]
    subprocess.run(done, check=True, capture_output=True)


def verifying(base: Path) -> bool:
    """A thousand files of a megabyte."""
    archive = Archive(base / "large", UnsyncedDisk())
    sums = []
    for number in range(1000):
        archive.keep(identifier(number), {"pdf": os.urandom(1 << 20)}, Facts("answer"), created=NOW)
        path = f"{ocfl.object_path(identifier(number))}/v1/content/pdf"
        inventory = archive.inventory(identifier(number))
        assert inventory
        sums.append(f"{inventory.versions[0].state['pdf']}  {path}\n")
    (base / "sums").write_text("".join(sums))
    check = ["sha512sum", "--quiet", "-c", str(base / "sums")]

    def theirs() -> None:
        subprocess.run(check, check=True, cwd=archive.root)

    def ours() -> None:
        command("verify", "--archive", str(archive.root))

    ours()
    theirs()
    runs = [(wall(ours), wall(theirs)) for _ in range(3)]
    shutil.rmtree(archive.root)
    mine, other = (statistics.median(run[which] for run in runs) for which in (0, 1))
    return kept("verify of 1 GB in files of 1 MB / sha512sum -c", mine, other, VERIFY)


def answers() -> Iterator[dict[str, bytes]]:
    """A thousand rendered answers: the real one, each with bytes of its own."""
    template = open_template(find_template(DEFAULT))
    with tempfile.TemporaryDirectory() as out:
        written, _ = pipeline.render(SEED, template, ["pdf", "docx"], Path(out))
        files = {path.name: path.read_bytes() for path in written}
    files |= {path.name: path.read_bytes() for path in SEED.iterdir()}
    for number in range(1000):
        yield {name: content + b"\n%% %d" % number for name, content in files.items()}


_THEIRS = """
import sys, time
from pathlib import Path
import ocfl
source, target = Path(sys.argv[1]), Path(sys.argv[2])
start = time.perf_counter()
for folder in sorted(source.iterdir()):
    thing = ocfl.Object(identifier=f"urn:x:{folder.name}", spec_version="1.1")
    thing.create(srcdir=str(folder), objdir=str(target / folder.name))
print(time.perf_counter() - start)
"""


def storing(base: Path) -> bool:
    """Beside ocfl-py; then with every sync, to tell the disk's share."""
    contents = list(answers())
    source = base / "source"
    for number, files in enumerate(contents):
        (source / str(number)).mkdir(parents=True)
        for name, content in files.items():
            (source / str(number) / name).write_bytes(content)

    def ours(disk: Disk, name: str) -> float:
        archive = Archive(base / name, disk)

        def store() -> None:
            for number in range(len(contents)):
                folder = source / str(number)
                files = {path.name: path.read_bytes() for path in folder.iterdir()}
                archive.keep(identifier(number), files, Facts("answer"), created=NOW)

        took = wall(store)
        shutil.rmtree(base / name)
        return took

    def theirs() -> float:
        (base / "theirs").mkdir()
        told = [str(REFEREE), "-c", _THEIRS, str(source), str(base / "theirs")]
        took = float(subprocess.run(told, check=True, capture_output=True, text=True).stdout)
        shutil.rmtree(base / "theirs")
        return took

    runs = [(ours(UnsyncedDisk(), "ours"), theirs()) for _ in range(3)]
    mine, other = (statistics.median(run[which] for run in runs) for which in (0, 1))
    good = kept("store 1,000 answers, unsynced / ocfl-py", mine, other, STORE)
    synced = ours(Disk(), "synced")
    print(f"  with syncing: {synced:.2f} s, of which the disk's share is {1 - mine / synced:.0%}")
    return good


def fill(archive: Archive, numbers: range, facts: Facts) -> None:
    """Small answers, many at a time."""

    def addition(number: int) -> Addition:
        own = identifier(number)
        described = Description(
            own, "answer", facts.title, subject=f"Diversiteit in bedrijven {number % 977}"
        )
        files = {f"{case_name(own)}.pdf": b"%d" % number, description.NAME: described.encoded()}
        contents = {name: Content.of(content) for name, content in files.items()}
        state = {name: content.digest for name, content in contents.items()}
        inventory = Inventory(own).with_version(Version(NOW, "answer", USER, state))
        paths = {inventory.manifest[each.digest][0]: each for each in contents.values()}
        return Addition(own, {1: (inventory.encoded(), facts)}, paths)

    for at in range(numbers.start, numbers.stop, 1000):
        some = range(at, min(at + 1000, numbers.stop))
        archive.take(lambda: [addition(number) for number in some], NOW)  # noqa: B023


def growing(base: Path) -> bool:
    """What a keep costs, and a list, however many are there."""
    archive = Archive(base / "many", UnsyncedDisk())
    facts = Facts(
        "answer", "Schriftelijke vraag nr. 370 (2019-2020): Kmo-portefeuille", "2020-02-14"
    )
    runs = {}
    number = 0
    for size in (1_000, 50_000):
        fill(archive, range(number, size), facts)
        number = size
        synced, times = Archive(archive.root), []
        for _ in range(300):
            files = {"pdf": b"%d" % number}
            times.append(wall(lambda: synced.keep(identifier(number), files, facts, created=NOW)))  # noqa: B023
            number += 1
        runs[size] = statistics.median(times)
    good = kept("keep among 50,000 / among 1,000", runs[50_000], runs[1_000], KEEP)
    return good & finding(archive, base)


def finding(archive: Archive, base: Path) -> bool:
    """To list and to search 50,000 answers, and the index that this needs."""
    os.environ["XDG_CACHE_HOME"] = str(base / "cache")
    where = ["--archive", str(archive.root)]
    took = wall(lambda: command("reindex", *where))
    good = kept("reindex of 50,000 / 1 second, process", took, 1.0, INDEX_SECONDS)
    start = time.perf_counter()
    source = kept_in(archive)
    with Index(index_file(archive.root, base / "cache", "archive")) as index:
        index.refresh([source])
        opened = time.perf_counter() - start
    good &= kept("an unchanged index of 50,000 / 1 second", opened, 1.0, OPEN_SECONDS)
    for name, done in (
        ("list of a session of 50,000", ["list", *where, "--session", "2019-2020"]),
        ("list of all 50,000", ["list", *where]),
        ("search among 50,000", ["search", "diversiteit", "bedrijven", *where]),
    ):
        took = statistics.median(wall(lambda: command(*done)) for _ in range(5))  # noqa: B023
        good &= kept(f"{name} / 1 second, process", took, 1.0, FIND_SECONDS)
    return good


def main() -> None:
    """All measurements."""
    if not REFEREE.exists():
        sys.exit("not installed: ocfl-py; run make bench")
    with tempfile.TemporaryDirectory(dir=os.environ.get("KMO_REPORT_BENCH")) as folder:
        base = Path(folder)
        good = [verifying(base), storing(base), growing(base)]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
