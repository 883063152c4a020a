"""What an earlier version of this program wrote is still read, checked and added to.

`kept/1` was written once, by `python -m tests.archive.test_fixture`, and is never written again: a
change of the format gets a folder of its own beside it.
"""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kmo_report.archive import description
from kmo_report.archive.description import Description
from kmo_report.archive.store import Archive
from kmo_report.archive.verify import verify
from kmo_report.keep import add, keep
from kmo_report.paper import read_paper
from kmo_report.template import DEFAULT, find_template, open_template
from tests.conftest import GOOD

FIXTURE = Path(__file__).parent / "kept/1"
SCRIPT = Path(__file__).parent / "read_by_hand.sh"
ANSWER = "urn:kmo-report:sv:2019-2020:crevits:370"
OLDER = "urn:kmo-report:sv:2011-2012:muyters:7"
HEAD = (
    "631bfce432a9d7b0dec1903f4d6cd94dc52b7f92580c072c46985136564f8a55"
    "1a44bd73c6d3220b47efb2217e68966223b1b0d584b019556de2e7000d5f1888"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIXTURE, tmp_path / "archive"))


def test_it_verifies_and_its_head_is_the_one_of_that_day() -> None:
    report = verify(Archive(FIXTURE), heads=[HEAD])
    assert (report.problems, report.head) == ([], HEAD)
    assert (report.objects, report.versions) == (2, 3)


def test_it_is_read() -> None:
    archive = Archive(FIXTURE)
    assert [(e.id, e.version, e.facts.kind, e.created) for e in archive.entries()] == [
        (ANSWER, 1, "answer", "2026-11-25T10:00:00Z"),
        (OLDER, 1, "answer", "2026-11-25T11:00:00Z"),
        (ANSWER, 2, "corrected", "2026-11-25T12:00:00Z"),
    ]
    inventory = archive.inventory(ANSWER)
    assert inventory
    for version in inventory.versions:
        contents = {name: archive.content(inventory, d) for name, d in version.state.items()}
        assert contents["2019-2020-crevits-370.pdf"].startswith(b"%PDF-1.7")
        assert description.read(contents[description.NAME])["creator"] == "HILDE CREVITS"


def test_it_is_added_to(root: Path) -> None:
    archive = Archive(root)
    moment = datetime(2031, 1, 1, tzinfo=UTC)
    keep(GOOD["example-2b"], open_template(find_template(DEFAULT)), archive, moment)
    report = verify(archive, heads=[HEAD])
    assert (report.problems, report.versions) == ([], 4)


def by_hand(root: Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        ["sh", str(SCRIPT), str(root)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.splitlines()


def test_a_stranger_reads_and_checks_it_by_hand(root: Path) -> None:
    """As LEESMIJ.txt says, in some twenty lines, with ls, cat and sha512sum."""
    assert by_hand(root) == (0, [f"All is as it was kept. Head: {HEAD}"])
    for name in ("*.pdf", "inventory.json", "v1/inventory.json", "answer.yaml", "journal.txt"):
        path = min(root.rglob(name))
        content = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(content[:200] + bytes([content[200] ^ 1]) + content[201:])
        code, lines = by_hand(root)
        assert code == 1, name
        assert lines
        path.write_bytes(content)
    assert by_hand(root)[0] == 0


def test_the_words_of_the_stranger_name_what_is_there() -> None:
    text = (FIXTURE / "LEESMIJ.txt").read_text("utf-8")
    assert all(len(line) <= 80 for line in text.splitlines())
    for word in ("journal.txt", "inventory.json.sha512", "sha512sum -c", "lock", ".work", "v1"):
        assert text.count(word) >= 2  # once in each language


def write(folder: Path) -> str:
    """Write the fixture; its head."""
    archive = Archive(folder / "archive")
    template = open_template(find_template(DEFAULT))
    case = Path(shutil.copytree(GOOD["2019-2020-crevits-370"], folder / "2019-2020-crevits-370"))
    keep(case, template, archive, datetime(2026, 11, 25, 10, tzinfo=UTC))
    older = folder / "older.pdf"
    shutil.copy(next((archive.root).rglob("*.pdf")), older)
    described = Description(OLDER, "answer", "Een ouder antwoord", date="2012-01-02")
    add(read_paper(older), archive, datetime(2026, 11, 25, 11, tzinfo=UTC), described)
    path = case / "answer.yaml"
    path.write_text(path.read_text("utf-8").replace("count: 452", "count: 453"), "utf-8")
    moment = datetime(2026, 11, 25, 12, tzinfo=UTC)
    keep(case, template, archive, moment, kind="corrected", message="Eén aanvraag meer.")
    (archive.root / "lock").unlink()
    return verify(archive).head


if __name__ == "__main__":
    print(write(Path(sys.argv[1])))  # noqa: T201
