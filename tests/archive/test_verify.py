"""Whatever is changed, cut, taken away, put in or swapped is found, and the file is named."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kmo_report.archive import journal, ocfl
from kmo_report.archive.disk import UnsyncedDisk
from kmo_report.archive.journal import Facts
from kmo_report.archive.store import LOCK, Archive
from kmo_report.archive.verify import Report, verify
from tests.archive import TORTURE
from tests.archive.test_faults import NOW, kept

FIRST, SECOND, THIRD = "urn:x:1", "urn:x:2", "urn:x:3"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three objects, one of them with two versions."""
    root = tmp_path_factory.mktemp("model") / "archive"
    archive = Archive(root, UnsyncedDisk())
    for step in (
        kept(FIRST, 1, pdf=b"%PDF one", yaml=b"same", empty=b""),
        kept(SECOND, 1, pdf=b"%PDF two"),
        kept(FIRST, 2, pdf=b"%PDF three", yaml=b"same"),
        kept(THIRD, 1, pdf=b"%PDF four", docx=b"PK" * 900),
    ):
        step(archive)
    return root


@pytest.fixture
def root(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "archive"))


def home(root: Path, identifier: str) -> Path:
    return root / ocfl.object_path(identifier)


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file() and path.name != LOCK)


def found(root: Path, **options: object) -> list[tuple[str, str]]:
    """Codes, and the files that they name."""
    report = verify(Archive(root), **options)  # type: ignore[arg-type]
    return [
        (p.code, str(Path(p.place.path).relative_to(root)) if p.place else "")
        for p in report.problems
    ]


def test_a_clean_archive_is_clean(root: Path) -> None:
    archive = Archive(root)
    report = verify(archive)
    head = archive.entries()[-1].digest
    assert report == Report([], 3, 4, len(files(root)) - 5, head, unsealed=4)
    assert not verify(archive, quick=True).problems
    assert not verify(archive, [FIRST], heads=[report.head, report.head[:40]]).problems


# --- every file, every way -----------------------------------------------------------------------


def flipped(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << (at % 8)
    path.chmod(0o600)
    path.write_bytes(content)


def test_a_bit_of_any_file_is_seen(root: Path) -> None:
    """In every byte by `make torture`."""
    dice = random.Random(1)  # noqa: S311
    for path in files(root):
        content = path.read_bytes()
        places = {0, len(content) // 2, len(content) - 1, dice.randrange(len(content) or 1)}
        for at in range(len(content)) if TORTURE else sorted(places) if content else ():
            flipped(path, at)
            assert str(path.relative_to(root)) in [name for _, name in found(root)], (path, at)
            path.write_bytes(content)
    assert not found(root)


def test_any_file_cut_to_nothing_is_seen(root: Path) -> None:
    for path in files(root):
        content = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(b"")
        name = str(path.relative_to(root))
        if name == journal.NAME:
            assert ("archive-journal", name) in found(root)
        elif content:
            assert ("archive-empty", name) in found(root)
        path.write_bytes(content)
    assert not found(root)


def test_any_file_that_is_taken_away_is_seen(root: Path) -> None:
    for path in files(root):
        away = root.parent / "away"
        path.rename(away)
        if path.name == journal.NAME:
            with pytest.raises(Exception, match="there is no archive in this folder"):
                found(root)
        else:
            assert ("archive-missing", str(path.relative_to(root))) in found(root)
        away.rename(path)
    assert not found(root)


def test_a_file_beside_any_other_is_seen(root: Path) -> None:
    for folder in {path.parent for path in files(root)} | {home(root, FIRST).parent}:
        for name in ("extra.pdf", ".hidden", "inventory.json.bak", "0=ocfl_object_1.0"):
            path = folder / name
            path.write_bytes(b"x")
            assert found(root) == [("archive-extra", str(path.relative_to(root)))]
            path.unlink()
    assert not found(root)


def test_an_empty_folder_anywhere_is_seen(root: Path) -> None:
    for folder in {path.parent for path in files(root)}:
        path = folder / "nothing"
        path.mkdir()
        ((code, name),) = found(root)
        assert code in ("archive-empty", "archive-extra")
        assert name == str(path.relative_to(root))
        path.rmdir()
    assert not found(root)


def test_two_files_that_were_swapped_are_both_seen(root: Path) -> None:
    everything = files(root)
    for one, other in zip(everything, everything[1:] + everything[:1], strict=True):
        contents = one.read_bytes(), other.read_bytes()
        if contents[0] == contents[1]:
            continue
        for path, content in zip((one, other), reversed(contents), strict=True):
            path.chmod(0o600)
            path.write_bytes(content)
        seen = [name for _, name in found(root)]
        for path in (one, other):
            assert str(path.relative_to(root)) in seen
        for path, content in zip((one, other), contents, strict=True):
            path.write_bytes(content)
    assert not found(root)


@pytest.mark.parametrize("link", [os.symlink, os.mkfifo])
def test_a_link_or_a_pipe_in_place_of_any_file_is_seen(
    root: Path, link: Callable[..., None]
) -> None:
    for path in files(root):
        away = root.parent / "away"
        path.rename(away)
        link(away, path) if link is os.symlink else link(path)
        if path.name != journal.NAME:
            assert ("archive-link", str(path.relative_to(root))) in found(root)
        elif link is os.symlink:
            assert ("archive-link", journal.NAME) in found(root)
        path.unlink()
        away.rename(path)
    assert not found(root)


@pytest.mark.parametrize("inside", [False, True])
def test_a_folder_that_is_a_link_is_seen(root: Path, *, inside: bool) -> None:
    folder = home(root, FIRST) if inside else home(root, FIRST).parent
    folder.rename(root.parent / "away")
    folder.symlink_to(root.parent / "away")
    assert ("archive-link", str(folder.relative_to(root))) in found(root)


def test_what_is_in_the_lock_is_seen(root: Path) -> None:
    (root / LOCK).write_text("x")
    assert found(root) == [("archive-changed", LOCK)]


# --- who knows how it works ----------------------------------------------------------------------


def rewritten(folder: Path, version: int, name: str, content: bytes) -> None:
    """Replace a file, and write its new digest wherever OCFL has it."""
    path = folder / f"v{version}/content/{name}"
    before, after = ocfl.digest(path.read_bytes()), ocfl.digest(content)
    path.chmod(0o600)
    path.write_bytes(content)
    for inventory in [folder / ocfl.INVENTORY, *folder.glob(f"v*/{ocfl.INVENTORY}")]:
        tree = json.loads(inventory.read_text().replace(before, after))
        text = json.dumps(tree, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
        inventory.chmod(0o600)
        inventory.write_bytes(text)
        beside = inventory.with_name(ocfl.SIDECAR)
        beside.chmod(0o600)
        beside.write_bytes(ocfl.sidecar(text))


def test_a_file_replaced_with_all_its_digests_is_seen_by_the_journal(root: Path) -> None:
    folder = home(root, FIRST)
    rewritten(folder, 1, "pdf", b"%PDF forged")
    place = ocfl.object_path(FIRST)
    assert {("archive-rewritten", f"{place}/{v}inventory.json") for v in ("", "v1/", "v2/")} <= {
        *found(root)
    }


def test_an_object_that_was_taken_away_is_seen(root: Path) -> None:
    shutil.rmtree(home(root, SECOND))
    assert ("archive-lost", ocfl.object_path(SECOND)) in found(root)
    home(root, SECOND).parent.rmdir()
    assert found(root) == [("archive-lost", ocfl.object_path(SECOND))]


def test_an_object_that_was_put_in_is_seen(root: Path, tmp_path: Path) -> None:
    other = Archive(tmp_path / "other", UnsyncedDisk())
    kept("urn:x:9", 1, pdf=b"forged")(other)
    shutil.copytree(home(other.root, "urn:x:9"), home(root, "urn:x:9"))
    ((code, name),) = found(root)
    assert (code, name) == ("archive-extra", ocfl.object_path("urn:x:9").split("/")[0])


def test_a_version_that_was_put_in_is_seen(root: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(root, tmp_path / "other"))
    kept(SECOND, 2, pdf=b"forged")(Archive(other, UnsyncedDisk()))
    shutil.rmtree(home(root, SECOND))
    shutil.copytree(home(other, SECOND), home(root, SECOND))
    seen = found(root)
    assert ("archive-unknown", f"{ocfl.object_path(SECOND)}/v2") in seen
    assert ("archive-rewritten", f"{ocfl.object_path(SECOND)}/inventory.json") in seen


def test_a_version_that_was_taken_back_is_seen(root: Path) -> None:
    folder = home(root, FIRST)
    shutil.rmtree(folder / "v2")
    for name in (ocfl.INVENTORY, ocfl.SIDECAR):
        shutil.copy(folder / "v1" / name, folder / f"{name}.new")
        (folder / f"{name}.new").rename(folder / name)
    assert ("archive-missing", f"{ocfl.object_path(FIRST)}/v2/inventory.json") in found(root)


def test_a_new_history_is_seen_by_a_head_that_was_written_down(root: Path, tmp_path: Path) -> None:
    """Without one it cannot be seen: who writes here can compute a whole new journal."""
    head = verify(Archive(root)).head
    forged = Archive(tmp_path / "forged", UnsyncedDisk())
    kept(FIRST, 1, pdf=b"%PDF forged")(forged)
    assert not found(forged.root)
    assert found(forged.root, heads=[head]) == [("archive-head", journal.NAME)]
    # cut off, with the object that goes with it
    lines = (root / journal.NAME).read_bytes().splitlines(keepends=True)
    (root / journal.NAME).write_bytes(b"".join(lines[:-1]))
    shutil.rmtree(home(root, THIRD).parent)
    assert not found(root)
    assert found(root, heads=[head]) == [("archive-head", journal.NAME)]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda lines: lines[:2] + lines[3:], 3),
        (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], 3),
        (lambda lines: lines[1:], 1),
        (lambda lines: [*lines, lines[-1]], 6),
        (lambda lines: [*lines, b"x"], 6),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], 5),
        (lambda lines: [*lines[:3], lines[3].replace(b'"answer"', b'"forged"'), lines[4]], 4),
    ],
)
def test_a_journal_whose_lines_are_moved_is_seen(
    root: Path, change: Callable[[list[bytes]], list[bytes]], line: int
) -> None:
    path = root / journal.NAME
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))
    first = verify(Archive(root)).problems[0]
    assert (first.code, first.place and first.place.line) == ("archive-journal", line)


def test_a_journal_line_with_its_own_digest_anew_breaks_the_next(root: Path) -> None:
    path = root / journal.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    text = lines[2][130:-1].replace(b'"answer"', b'"forged"')
    lines[2] = ocfl.digest(text).encode() + b"  " + text + b"\n"
    path.write_bytes(b"".join(lines))
    first = verify(Archive(root)).problems[0]
    assert (first.code, first.place and first.place.line) == ("archive-journal", 4)


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [
        (0, b'"LEESMIJ.txt"', b'"../../LEESMIJ.txt"'),
        (0, b'"files":{', b'"files":7,"was":{'),
        (1, b'"id":"urn:x:1"', b'"id":7'),
        (1, b'"version":1', b'"version":"1"'),
        (1, b'"title":', b'"titel":'),
    ],
)
def test_a_forged_line_that_makes_no_sense_is_told_and_not_stumbled_over(
    root: Path, number: int, old: bytes, new: bytes
) -> None:
    path = root / journal.NAME
    lines = path.read_bytes().splitlines(keepends=True)
    assert old in lines[number]
    text = lines[number][130:-1].replace(old, new)
    lines[number] = ocfl.digest(text).encode() + b"  " + text + b"\n"
    path.write_bytes(b"".join(lines))
    first = verify(Archive(root)).problems[0]
    assert (first.code, first.place and first.place.line) == ("archive-journal", number + 1)


# --- what is asked for ---------------------------------------------------------------------------


def test_quick_sees_what_is_missing_and_not_what_is_changed(root: Path) -> None:
    path = home(root, FIRST) / "v1/content/pdf"
    flipped(path, 3)
    assert found(root) == [("archive-changed", str(path.relative_to(root)))]
    assert not found(root, quick=True)
    path.unlink()
    assert found(root, quick=True) == [("archive-missing", str(path.relative_to(root)))]


def test_only_some_objects_are_looked_at(root: Path) -> None:
    flipped(home(root, FIRST) / "v1/content/pdf", 3)
    assert not found(root, identifiers=[SECOND])
    assert found(root, identifiers=["urn:x:9"]) == [("archive-id", "")]
    assert [code for code, _ in found(root, identifiers=[FIRST])] == ["archive-changed"]


def test_nothing_is_written_and_nothing_need_be(root: Path) -> None:
    def stamps() -> list[tuple[str, int]]:
        return [(str(path), path.stat().st_mtime_ns) for path in sorted(root.rglob("*"))]

    (root / LOCK).unlink()
    before = stamps()
    assert not found(root)
    assert stamps() == before


def test_a_file_that_cannot_be_read_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home(root, FIRST) / "v1/content/pdf"
    real = os.open

    def broken(name: str, *rest: int) -> int:
        if Path(name) == path:
            raise OSError(5, "Input/output error", str(name))
        return real(name, *rest)

    monkeypatch.setattr(os, "open", broken)
    assert found(root) == [("archive-unreadable", str(path.relative_to(root)))]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"head": "v1"', '"head": "v2"', "it is not written as this program writes it"),
        ("v1/content/pdf", "v1/content/../pdf", "v1/content/../pdf is no place for content"),
        ('"pdf"', '"../pdf"', "a name leads out of the object"),
        ("T10", " 10", "a date is none"),
        ('"id"', '"type"', "a key stands there twice"),
        ('"versions"', '"version"', "it lacks what an inventory has"),
        ('"v1": {', '"v2": {', "it lacks what an inventory has"),
    ],
)
def test_what_we_would_not_have_written_is_no_inventory(
    root: Path, old: str, new: str, why: str
) -> None:
    text = (home(root, SECOND) / ocfl.INVENTORY).read_text()
    assert old in text
    with pytest.raises(ocfl.InventoryError) as caught:
        ocfl.read_inventory(text.replace(old, new).encode())
    assert str(caught.value) == why


def test_no_false_alarm_among_many(tmp_path: Path) -> None:
    count = 10_000 if TORTURE else 500
    archive = Archive(tmp_path / "many", UnsyncedDisk())
    for number in range(count):
        files = {"pdf": b"%PDF" + bytes([number % 256]) * 9000, "yaml": b"%d" % number}
        archive.keep(f"urn:x:{number}", files, Facts("answer"), created=NOW)
    report = verify(archive)
    assert (report.objects, report.versions, report.problems) == (count, count, [])
