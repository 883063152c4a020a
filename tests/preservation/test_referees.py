"""ocfl-py accepts every archive that the tests make, bagit every bag; and both are awake."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

from kmo_report.archive import ocfl, transfer
from kmo_report.archive.bag import TOP
from kmo_report.archive.disk import UnsyncedDisk
from kmo_report.archive.journal import Facts
from kmo_report.archive.store import Archive
from kmo_report.archive.verify import verify
from kmo_report.keep import keep
from kmo_report.problems import InputError
from kmo_report.template import Template
from tests.archive.disks import States, write
from tests.archive.test_bag import DAMAGED, append, put
from tests.archive.test_faults import ANSWER, NOW, SCENARIOS, Trial, a_bag, kept
from tests.archive.test_fixture import FIXTURE
from tests.archive.test_keep import NOW as MOMENT
from tests.archive.test_verify import FIRST, home
from tests.conftest import GOOD, ROOT

PYTHON = ROOT / ".cache/preservation/venv/bin/python"


@pytest.fixture(scope="session", autouse=True)
def _the_referees_are_there() -> None:
    if not PYTHON.exists():
        pytest.exit("not installed: ocfl-py and bagit; run make preservation", returncode=1)


def judged(*paths: Path) -> dict[Path, str]:
    """What the referees say; empty is valid."""
    said: dict[Path, str] = {}
    for at in range(0, len(paths), 200):
        command = [
            str(PYTHON),
            str(Path(__file__).with_name("judge.py")),
            *map(str, paths[at : at + 200]),
        ]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        assert "stumbled" not in done.stdout
        said |= {Path(path): words for path, words in json.loads(done.stdout).items()}
    return said


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_left_by_a_kill_at_any_change_is_valid(tmp_path: Path, name: str) -> None:
    trial = Trial(tmp_path, *SCENARIOS[name])
    recorder = trial.run()
    states, roots = States(recorder), []
    for number in range(len(recorder.changes) + 1):
        place = tmp_path / f"killed-{number}"
        write(states.killed(number), place)
        archive = Archive(place / "archive")
        try:
            archive.open()
        except InputError:
            continue
        roots.append(archive.root)
    assert len(roots) > 5
    assert not {path: said for path, said in judged(*roots).items() if said}


def test_archives_of_real_answers_and_their_bags_are_valid(
    tmp_path: Path, template: Template
) -> None:
    archive = Archive(tmp_path / "archive")
    for name in ("2019-2020-crevits-370", "example-2b", "unnumbered", "small-counts"):
        keep(GOOD[name], template, archive, MOMENT)
    names = [
        "annexes/100%.csv",
        "annexes/één.csv",
        "annexes/A B",
        "annexes/a_b",
        "x" * 250,
        "empty",
    ]
    files = {name: name.encode() * (name != "empty") for name in names}
    archive.keep(ANSWER[:-3] + "9", files, Facts("answer"), created=NOW)
    kept("urn:kmo-report:sv:2019-2020:" + "x" * 200 + ":1", 1, pdf=b"%PDF")(archive)
    bag = transfer.export(archive, [], tmp_path / "bag")
    packed = transfer.export(archive, [], tmp_path / "bag.zip")
    with ZipFile(packed) as zipped:
        zipped.extractall(tmp_path)
    other = Archive(tmp_path / "other")
    transfer.take(other, packed, NOW)
    said = judged(archive.root, bag, tmp_path / TOP, other.root, FIXTURE, a_bag())
    assert set(said.values()) == {""}


# --- both see what breaks a rule of OCFL ---------------------------------------------------------


def inventory(old: str, new: str) -> Callable[[Path], None]:
    """Change the inventory of the last version, with all its digests: only the rule is broken."""

    def change(folder: Path) -> None:
        text = (folder / ocfl.INVENTORY).read_text()
        assert old in text
        for place in (folder, max(folder.glob("v*"))):
            for name, content in (
                (ocfl.INVENTORY, text.replace(old, new).encode()),
                (ocfl.SIDECAR, ocfl.sidecar(text.replace(old, new).encode())),
            ):
                (place / name).unlink()
                (place / name).write_bytes(content)

    return change


def gone(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return change


RULES: dict[str, Callable[[Path], object]] = {
    "E001 an extra folder": lambda folder: (folder / "extra").mkdir(),
    "E001 an extra file": put("extra.txt", "x"),
    "E003 no declaration": gone("0=ocfl_object_1.1"),
    "E007 a wrong declaration": append("0=ocfl_object_1.1", "x"),
    "E008 no version": inventory('"versions": {', '"versions": {}, "was": {'),
    "E010 a version missing": gone("v1"),
    "E015 a file beside the content": put("v1/extra.txt", "x"),
    "E023 a file that no inventory has": put("v1/content/extra", "x"),
    "E024 an empty folder": lambda folder: (folder / "v1/content/nothing").mkdir(),
    "E036 no id": inventory('"id": "urn:x:1"', '"was": "urn:x:1"'),
    "E037 another id": inventory('"id": "urn:x:1"', '"id": "urn:x:9"'),
    "E040 a head that is not the last": inventory('"head": "v2"', '"head": "v1"'),
    "E049 no date": inventory(NOW, "yesterday"),
    "E052 a name that leads out": inventory('"pdf"', '"../pdf"'),
    "E058 no sidecar": gone("inventory.json.sha512"),
    "E060 another inventory": append("inventory.json", " "),
    "E063 no inventory": gone("inventory.json"),
    "E092 other content": append("v1/content/pdf", "x"),
    "E095 a name twice": inventory('"pdf"', '"pdf", "pdf"'),
    "E099 a path that leads out": inventory("v1/content/pdf", "v1/content/../content/pdf"),
}  # fmt: skip


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("broken")
    archive = Archive(base / "good", UnsyncedDisk())
    kept(FIRST, 1, pdf=b"%PDF one", yaml=b"same")(archive)
    kept(FIRST, 2, pdf=b"%PDF two", yaml=b"same")(archive)
    roots = {}
    for number, (name, change) in enumerate(RULES.items()):
        roots[name] = Path(shutil.copytree(archive.root, base / str(number)))
        for path in roots[name].rglob("*"):
            if path.is_file():
                path.chmod(0o644)
        change(home(roots[name], FIRST))
    return roots


def test_what_breaks_a_rule_is_seen_by_the_referee(broken: dict[str, Path]) -> None:
    said = judged(*broken.values())
    assert not [name for name, root in broken.items() if not said[root]]


@pytest.mark.parametrize("name", RULES)
def test_what_breaks_a_rule_is_seen_by_us(broken: dict[str, Path], name: str) -> None:
    assert verify(Archive(broken[name])).problems


def test_what_only_we_see(tmp_path: Path) -> None:
    """The blind spots of the referees, so that nobody leans on them: see if they mend."""
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    kept(FIRST, 1, pdf=b"%PDF one")(archive)
    kept("urn:x:2", 1, pdf=b"%PDF two")(archive)
    link = Path(shutil.copytree(archive.root, tmp_path / "link"))
    path = home(link, FIRST) / "v1/content/pdf"
    path.rename(tmp_path / "pdf")
    path.symlink_to(tmp_path / "pdf")
    lost = Path(shutil.copytree(archive.root, tmp_path / "lost"))
    shutil.rmtree(home(lost, FIRST).parent)
    assert set(judged(link, lost).values()) == {""}
    assert verify(Archive(link)).problems
    assert verify(Archive(lost)).problems


def test_what_bagit_accepts_and_we_do_not(tmp_path: Path) -> None:
    bags = {}
    for number, (name, (change, _)) in enumerate(DAMAGED.items()):
        bags[name] = Path(shutil.copytree(a_bag(), tmp_path / str(number)))
        change(bags[name])
    said = judged(*(bag for bag in bags.values() if (bag / "bagit.txt").exists()))
    accepted = {name for name, bag in bags.items() if said.get(bag) == ""}
    assert accepted == {
        "tag more",
        "no tag manifest",
        "to be fetched",
        "weak digests",
    }
