"""Out and in again is the same; what is hostile, damaged or not ours is refused whole."""

import hashlib
import io
import shutil
import stat
import warnings
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from kmo_report.archive import ocfl, transfer
from kmo_report.archive.bag import MANIFEST, TAG_MANIFEST, TOP
from kmo_report.archive.disk import UnsyncedDisk
from kmo_report.archive.journal import Facts
from kmo_report.archive.store import Archive
from kmo_report.archive.verify import verify
from kmo_report.problems import InputError
from tests.archive.test_faults import ANSWER, BEFORE, CORRECTED, FIRST, NOW, a_bag, content, kept

LATER = "2031-01-01T00:00:00Z"
OBJECT = "data/2019-2020-crevits-370"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(a_bag(), tmp_path / "bag"))


def refused(path: Path, root: Path) -> list[str]:
    """What is said of a bag; the archive is not even begun."""
    with pytest.raises(InputError) as caught:
        transfer.take(Archive(root), path, NOW)
    assert not (root / "journal.txt").exists()
    assert not (root / ".work").exists()
    return [f"{problem.message} [{problem.code}]" for problem in caught.value.problems]


def sealed(folder: Path) -> None:
    """Write the manifests of a bag anew, and the sum, as who packs a bag on purpose does."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    names = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    payload = {name: content for name, content in names.items() if name.startswith("data/")}
    info = (folder / "bag-info.txt").read_text().splitlines()
    total = f"{sum(map(len, payload.values()))}.{len(payload)}"
    info = [line for line in info if not line.startswith("Payload-Oxum")]
    (folder / "bag-info.txt").write_text("\n".join([*info, f"Payload-Oxum: {total}", ""]))
    written(folder / MANIFEST, folder, payload)
    tags = [n for n in names if not n.startswith("data/") and n != TAG_MANIFEST]
    written(folder / TAG_MANIFEST, folder, tags)


def written(manifest: Path, folder: Path, names: Iterable[str]) -> None:
    lines = [f"{ocfl.digest((folder / name).read_bytes())}  {name}\n" for name in sorted(names)]
    manifest.write_text("".join(lines))


# --- out and in ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bag", "bag.zip"])
def test_export_import_export_is_the_same(tmp_path: Path, name: str) -> None:
    first = a_bag(name.removeprefix("bag"))
    other = Archive(tmp_path / "other", UnsyncedDisk())
    entries = transfer.take(other, first, LATER)
    assert [(e.id, e.version) for e in entries] == [(ANSWER, 1), (ANSWER, 2), (BEFORE, 1)]
    assert not verify(other).problems
    second = transfer.export(other, [], tmp_path / name)
    assert bytes_of(second) == bytes_of(first)
    assert not transfer.take(other, second, LATER)


def bytes_of(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def test_what_is_here_gets_what_follows_on_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    FIRST(archive)
    assert [(e.id, e.version) for e in transfer.take(archive, a_bag(), LATER)] == [
        (ANSWER, 2),
        (BEFORE, 1),
    ]
    assert not verify(archive).problems
    CORRECTED(archive)
    kept(ANSWER, 3, pdf=b"%PDF three")(archive)
    assert not transfer.take(archive, a_bag(), LATER)


def test_another_history_is_refused(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    kept(ANSWER, 1, pdf=b"%PDF other")(archive)
    before = content(archive)
    with pytest.raises(InputError, match="is here already, with another history"):
        transfer.take(archive, a_bag(), NOW)
    assert content(archive) == before
    assert not verify(archive).problems


def test_names_that_no_file_system_likes_are_stored_and_come_back(tmp_path: Path) -> None:
    names = [
        "annexes/100%.csv",
        "annexes/één.csv",
        "annexes/100_.csv",
        "annexes/A B",
        "annexes/a_b",
    ]
    files = {name: name.encode() for name in names}
    archive = Archive(tmp_path / "one", UnsyncedDisk())
    archive.keep(ANSWER, files, Facts("answer"), created=NOW)
    paths = [str(path.relative_to(archive.root)) for path in archive.root.rglob("*")]
    assert all(path.isascii() and " " not in path for path in paths)
    other = Archive(tmp_path / "other", UnsyncedDisk())
    transfer.take(other, transfer.export(archive, [], tmp_path / "bag"), NOW)
    inventory = other.inventory(ANSWER)
    assert inventory
    state = inventory.versions[0].state
    assert {name: other.content(inventory, state[name]) for name in state} == files


def test_a_damaged_archive_is_not_exported(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    FIRST(archive)
    path = archive.root / ocfl.object_path(ANSWER) / "v1/content/pdf"
    path.chmod(0o600)
    path.write_bytes(b"%PDF two")
    with pytest.raises(InputError, match="changed"):
        transfer.export(archive, [], tmp_path / "bag")
    assert [path.name for path in tmp_path.iterdir()] == ["archive"]
    with pytest.raises(InputError, match="the journal knows no"):
        transfer.export(archive, [BEFORE], tmp_path / "bag")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    FIRST(archive)
    (tmp_path / "bag.zip").write_text("mine")
    with pytest.raises(InputError, match="this is there already"):
        transfer.export(archive, [], tmp_path / "bag.zip")
    (tmp_path / "empty").mkdir()
    assert (transfer.export(archive, [], tmp_path / "empty") / "bagit.txt").is_file()


# --- bags that are damaged -----------------------------------------------------------------------


def append(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        with (folder / name).open("a") as file:
            file.write(text)

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def put(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_text(text)

    return change


def no_text(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(b"\xff\n")


DAMAGED: dict[str, tuple[Callable[[Path], None], str]] = {
    "longer payload": (append(f"{OBJECT}/v1/content/pdf", "x"), "more or less in it than"),
    "payload gone": (remove(f"{OBJECT}/v1/content/pdf"), "which is not there"),
    "payload more": (put("data/more", "x"), "does not list data/more"),
    "tag changed": (append("dublin-core.jsonld", " "), "dublin-core.jsonld is not what"),
    "tag gone": (remove("dublin-core.jsonld"), "which is not there"),
    "tag more": (put("more.txt", "x"), "does not list more.txt"),
    "no declaration": (remove("bagit.txt"), "bagit.txt is missing"),
    "old declaration": (put("bagit.txt", "BagIt-Version: 0.97\n"), "not that of BagIt 1.0"),
    "no manifest": (remove(MANIFEST), f"{MANIFEST} is missing"),
    "no tag manifest": (remove(TAG_MANIFEST), f"{TAG_MANIFEST} is missing"),
    "no sum": (put("bag-info.txt", "Contact-Name: x\n"), "has no Payload-Oxum"),
    "to be fetched": (put("fetch.txt", "http://192.0.2.1/a - data/a\n"), "to be fetched"),
    "weak digests": (put("manifest-md5.txt", ""), "only SHA-512 and SHA-256"),
    "manifest no text": (no_text, "is no UTF-8"),
    "manifest of nothing": (append(MANIFEST, "abc  data/x\n"), "line"),
    "manifest leads out": (append(MANIFEST, f"{'0' * 128}  ../x\n"), "line"),
    "manifest twice": (lambda f: append(MANIFEST, (f / MANIFEST).read_text())(f), "line"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_bag_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    change, said = DAMAGED[name]
    change(folder)
    assert any(said in line for line in refused(folder, tmp_path / "archive"))


def test_a_bit_of_any_file_of_a_bag_is_seen(folder: Path, tmp_path: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            before = path.read_bytes()
            path.write_bytes(bytes([before[0] ^ 1]) + before[1:])
            assert refused(folder, tmp_path / "archive")
            path.write_bytes(before)
    transfer.take(Archive(tmp_path / "archive"), folder, NOW)


def test_a_bag_of_another_program_with_two_kinds_of_digest_is_taken(
    folder: Path, tmp_path: Path
) -> None:
    payload = sorted(p for p in (folder / "data").rglob("*") if p.is_file())
    lines = [
        f"{hashlib.sha256(p.read_bytes()).hexdigest().upper()} *./{p.relative_to(folder)}\r\n"
        for p in payload
    ]
    (folder / "manifest-sha256.txt").write_bytes("".join(lines).encode())
    names = [p.name for p in folder.iterdir() if p.is_file() and p.name != TAG_MANIFEST]
    written(folder / TAG_MANIFEST, folder, names)
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    assert len(transfer.take(archive, folder, NOW)) == 3


# --- bags that hold what is not ours -------------------------------------------------------------


def foreign(folder: Path) -> None:
    shutil.rmtree(folder / "data")
    (folder / "data").mkdir()


def renamed(folder: Path) -> None:
    (folder / OBJECT).rename(folder / "data/2019-2020-crevits-999")


def history(folder: Path) -> None:
    shutil.copy(folder / OBJECT / "inventory.json", folder / OBJECT / "v1/inventory.json")


def other_id(folder: Path) -> None:
    for path in (folder / OBJECT).rglob("inventory.json"):
        path.write_text(path.read_text().replace("urn:kmo-report:sv:", "../../etc:"))


NOT_OURS: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (foreign, "it holds no answer"),
    "another folder": (renamed, "is called otherwise"),
    "more than the inventory says": (put(f"{OBJECT}/v1/content/x", "x"), "not as its inventory"),
    "less than the inventory says": (remove(f"{OBJECT}/v1/content/pdf"), "not as its inventory"),
    "no inventory": (remove(f"{OBJECT}/inventory.json"), "has no inventory.json"),
    "no inventory of a version": (remove(f"{OBJECT}/v1/inventory.json"), "has no v1/inventory"),
    "a bad inventory": (append(f"{OBJECT}/inventory.json", "x"), "inventory.json is no inventory"),
    "two histories": (history, "has two histories"),
    "a version that cannot be read": (put(f"{OBJECT}/v1/inventory.json", "{"), "is no inventory"),
    "another id": (other_id, "is no id of ours"),
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_OURS)
def test_a_valid_bag_of_something_else_is_refused(folder: Path, tmp_path: Path, name: str) -> None:
    change, said = NOT_OURS[name]
    change(folder)
    sealed(folder)
    (line,) = refused(folder, tmp_path / "archive")
    assert said in line
    assert line.endswith("[bag-object]")


def test_links_in_a_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "data/link").symlink_to("/etc/passwd")
    (folder / "data/way").symlink_to("/etc")
    lines = refused(folder, tmp_path / "archive")
    assert lines == [f"data/{name} is a link or a device [bag-hostile]" for name in ("link", "way")]


# --- ZIPs that mean harm -------------------------------------------------------------------------

Entry = tuple[ZipInfo, bytes]


def entry(name: str, mode: int = stat.S_IFREG | 0o644, method: int = ZIP_STORED) -> ZipInfo:
    info = ZipInfo(f"{TOP}/{name}")
    info.filename = info.orig_filename = name if name[:1] in "./\\C" else f"{TOP}/{name}"
    info.external_attr = mode << 16
    info.compress_type = method
    return info


HOSTILE: dict[str, list[Entry]] = {
    "leads out": [(entry("../../evil"), b"x")],
    "absolute": [(entry("/evil"), b"x")],
    "backslash": [(entry("..\\evil"), b"x")],
    "drive": [(entry("C:\\evil"), b"x")],
    "dot": [(entry("data/./evil"), b"x")],
    "control": [(entry("data/e\nvil"), b"x")],
    "link": [(entry("data/link", stat.S_IFLNK | 0o777), b"/etc/passwd")],
    "device": [(entry("data/null", stat.S_IFCHR | 0o666), b"")],
    "twice": [(entry("data/a"), b"x"), (entry("data/a"), b"y")],
    "file and folder": [(entry("data/a"), b"x"), (entry("data/a/b"), b"y")],
    "method": [(entry("data/a", method=ZIP_BZIP2), b"x")],
    "bomb": [(entry("data/a", method=ZIP_DEFLATED), bytes(30_000_000))],
}


def repacked(target: Path, more: list[Entry]) -> Path:
    """The good ZIP with some entries more."""
    with ZipFile(a_bag(".zip")) as good, ZipFile(target, "w") as bad, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of a name that stands there twice
        for info in good.infolist():
            bad.writestr(info, good.read(info))
        for info, data in more:
            bad.writestr(info, data)
    return target


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused(tmp_path: Path, name: str) -> None:
    before = sorted(path.name for path in Path(tmp_path.anchor).iterdir())
    path = repacked(tmp_path / "x.zip", HOSTILE[name])
    lines = refused(path, tmp_path / "archive")
    assert all(line.endswith("[bag-hostile]") for line in lines)
    assert {p.name for p in tmp_path.iterdir()} <= {"x.zip", "archive"}
    assert sorted(path.name for path in Path(tmp_path.anchor).iterdir()) == before


def test_a_zip_that_lies_about_a_size_is_refused(tmp_path: Path) -> None:
    """Its directory says one byte; packed in it are millions."""
    path = tmp_path / "x.zip"
    content, data = a_bag(".zip").read_bytes(), zlib.compress(bytes(9_000_000), 9)[2:-4]
    with ZipFile(io.BytesIO(content)) as good:
        name = good.namelist()[0]
    small = ZipInfo(name)
    small.compress_type = ZIP_DEFLATED
    with ZipFile(path, "w") as bad:
        bad.writestr(small, bytes(9_000_000))
    raw = bytearray(path.read_bytes())
    assert data[:100] in raw
    size = (9_000_000).to_bytes(4, "little")
    path.write_bytes(raw.replace(size, (1).to_bytes(4, "little")))
    assert refused(path, tmp_path / "archive")


@pytest.mark.parametrize("cut", [0, 10, 5000, -30])
def test_a_zip_that_is_cut_or_none_is_refused(tmp_path: Path, cut: int) -> None:
    (tmp_path / "x.zip").write_bytes(a_bag(".zip").read_bytes()[:cut])
    assert refused(tmp_path / "x.zip", tmp_path / "archive")


def test_a_bit_of_a_zip_is_seen(tmp_path: Path) -> None:
    """Or changes nothing of what is in it: dates and other notes of the ZIP itself."""
    content = a_bag(".zip").read_bytes()
    path = tmp_path / "x.zip"
    for at in range(0, len(content), 97):
        path.write_bytes(content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :])
        archive = Archive(tmp_path / str(at), UnsyncedDisk())
        try:
            transfer.take(archive, path, NOW)
        except InputError:
            assert not archive.journal.exists()
        else:
            assert {len(v) for v in content_of(archive).values()} == {1, 2}
            assert not verify(archive).problems


content_of = content


def test_a_file_that_changes_while_it_is_read_is_refused(folder: Path, tmp_path: Path) -> None:
    path = folder / OBJECT / "v1/content/pdf"
    archive = Archive(tmp_path / "archive", UnsyncedDisk())
    real = archive.inventory

    def swap(identifier: str) -> ocfl.Inventory | None:
        path.write_bytes(b"%PDF 1ne")  # after it was checked
        return real(identifier)

    archive.inventory = swap  # type: ignore[method-assign]
    with pytest.raises(InputError, match="a file changed while it was read"):
        transfer.take(archive, folder, NOW)
    assert not archive.journal.exists()
    assert not (archive.root / ".work").exists()


def test_what_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        transfer.take(Archive(tmp_path / "archive"), tmp_path / "nothing", NOW)
