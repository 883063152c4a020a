"""Objects out of an archive as a bag, and into another: whole, with their history, or not at all.

The payload of a bag is a folder for each object, as OCFL has it. So what is imported is what was
exported, byte for byte, and a second export is the same as the first.
"""

import json
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from itertools import chain
from pathlib import Path

from kmo_report.archive import bag, description, ocfl
from kmo_report.archive.bag import Bag, Sink
from kmo_report.archive.journal import Entry, Facts
from kmo_report.archive.ocfl import INVENTORY, OBJECT_MARK, SIDECAR, Inventory
from kmo_report.archive.store import Addition, Archive, Content, told
from kmo_report.language import mark, say
from kmo_report.problems import InputError, Place, Problem

RECORD = "dublin-core.jsonld"
_CHUNK = 1 << 20


# --- out -----------------------------------------------------------------------------------------


def export(archive: Archive, identifiers: Collection[str], target: Path) -> Path:
    """A bag of these objects, or of all, as a folder, or as a file where its name ends in .zip."""
    archive.open()
    with archive.still():
        known = _entries(archive)
        for identifier in identifiers:
            if identifier not in known:
                message = say("the journal knows no {id}", id=identifier)
                raise InputError([Problem("archive-id", message)])
        wanted = sorted(set(identifiers) or known)
        payload: dict[str, Content] = {}
        records = []
        for identifier in wanted:
            inventory, files = _object(archive, identifier, known[identifier])
            folder = description.case_name(identifier)
            payload |= {f"data/{folder}/{path}": content for path, content in files.items()}
            records.append(_record(archive, inventory))
        size = sum(content.size for content in payload.values())
    info = [
        ("Bag-Software-Agent", f"kmo-report {version('kmo-report')}"),
        ("External-Description", "Antwoorden op schriftelijke vragen: objecten van OCFL 1.1"),
        *(("External-Identifier", identifier) for identifier in wanted),
        ("Payload-Oxum", f"{size}.{len(payload)}"),
    ]
    digests = {path: content.digest for path, content in payload.items()}
    graph = json.dumps({"@graph": records}, ensure_ascii=False, indent=1, sort_keys=True)
    tags = bag.tag_files(info, digests, {RECORD: graph.encode() + b"\n"})
    all_files: Sink = chain(
        ((name, (content,)) for name, content in tags.items()),
        ((path, content.checked()) for path, content in payload.items()),
    )
    with told(target):
        _write(archive, all_files, target)
    return target


def _entries(archive: Archive) -> dict[str, dict[int, Entry]]:
    known: dict[str, dict[int, Entry]] = {}
    for entry in archive.entries():
        known.setdefault(entry.id, {})[entry.version] = entry
    return known


def _object(
    archive: Archive, identifier: str, entries: Mapping[int, Entry]
) -> tuple[Inventory, dict[str, Content]]:
    """All files of an object, those that are not content as the journal has them."""
    home = archive.root / ocfl.object_path(identifier)
    inventory = archive.inventory(identifier)
    if inventory is None or len(inventory.versions) != len(entries):
        message = say("{id} is in the journal, and is not here", id=identifier)
        raise InputError([Problem("archive-lost", message, Place(str(home)))])
    files = {OBJECT_MARK: Content.of(ocfl.OBJECT_MARK_TEXT)}
    for number, entry in entries.items():
        place = home / f"v{number}/{INVENTORY}"
        content = place.read_bytes()
        if ocfl.digest(content) != entry.inventory:
            message = say("this file is not what was kept")
            raise InputError([Problem("archive-changed", message, Place(str(place)))])
        folders = [f"v{number}/"] + ([""] if number == len(entries) else [])
        for folder in folders:
            files[folder + INVENTORY] = Content.of(content)
            files[folder + SIDECAR] = Content.of(ocfl.sidecar(content))
    for path, digest in inventory.files().items():
        lies = home / path
        files[path] = Content(digest, partial(_read, lies), lies.stat().st_size)
    return inventory, files


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _record(archive: Archive, inventory: Inventory) -> Mapping[str, object]:
    digest = inventory.versions[-1].state.get(description.NAME)
    if digest is None:
        return {"@id": inventory.identifier}
    return description.read(archive.content(inventory, digest))


def _write(archive: Archive, files: Sink, target: Path) -> None:
    """The files beside the target, then the target: whole or not at all."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        message = say("this is there already; name another")
        raise InputError([Problem("file", message, Place(str(target)))])
    disk = archive.disk
    disk.make_all(target.parent)
    part = target.with_name(f".{target.name}.part")
    _away(archive, part)
    try:
        if target.suffix.lower() == ".zip":
            with tempfile.TemporaryFile(dir=target.parent) as file:
                bag.zipped(files, file)
                file.seek(0)
                disk.write(part, iter(partial(file.read, _CHUNK), b""))
        else:
            disk.write_tree(part, files)
        disk.rename(part, target)
        disk.sync_folder(target.parent)
    except Exception:
        _away(archive, part)
        raise


def _away(archive: Archive, part: Path) -> None:
    if part.is_dir() and not part.is_symlink():
        archive.disk.clear(part)
    elif os.path.lexists(part):
        archive.disk.unlink(part)


# --- in ------------------------------------------------------------------------------------------


def take(archive: Archive, path: Path, created: str) -> list[Entry]:
    """The objects of a bag, with their history; the lines of the journal for what is new.

    InputError for anything that is not as `export` makes it, or is here already and is another.
    """
    with bag.opened(path) as opened:
        objects = _objects(opened)

        def additions() -> list[Addition]:
            found = [_addition(archive, opened, *each) for each in objects]
            return [addition for addition in found if addition.versions]

        return archive.take(additions, created)


def _wrong(bag_: Bag, message: str, **values: object) -> InputError:
    return InputError([Problem("bag-object", say(message, **values), Place(str(bag_.path)))])


def _objects(opened: Bag) -> list[tuple[Inventory, str, list[bytes]]]:
    """Each object with its folder and the inventories of its versions, all compared."""
    folders: dict[str, dict[str, str]] = {}
    for path, digest in opened.payload.items():
        folder, _, inside = path.partition("/")
        folders.setdefault(folder, {})[inside] = digest
    if not folders:
        raise _wrong(opened, mark("it holds no answer"))
    return [_read_object(opened, folder, files) for folder, files in sorted(folders.items())]


def _read_object(
    opened: Bag, folder: str, files: Mapping[str, str]
) -> tuple[Inventory, str, list[bytes]]:
    inventory = _read_inventory(opened, folder, files, INVENTORY)
    if not description.is_identifier(inventory.identifier):
        raise _wrong(opened, mark("{name} is no id of ours"), name=inventory.identifier)
    if folder != description.case_name(inventory.identifier):
        raise _wrong(opened, mark("{name} is called otherwise"), name=inventory.identifier)
    expected = {**inventory.files(), OBJECT_MARK: ocfl.digest(ocfl.OBJECT_MARK_TEXT)}
    inventories = []
    for number in range(1, len(inventory.versions) + 1):
        name = f"v{number}/{INVENTORY}"
        if _read_inventory(opened, folder, files, name) != inventory.up_to(number):
            raise _wrong(opened, mark("{name} has two histories"), name=folder)
        content = opened.bytes_of(f"{folder}/{name}")
        inventories.append(content)
        for place in ("", f"v{number}/"):
            expected[place + INVENTORY] = ocfl.digest(content)
            expected[place + SIDECAR] = ocfl.digest(ocfl.sidecar(content))
    for path in sorted(expected.keys() | files.keys()):
        if expected.get(path) != files.get(path):
            message = mark("{name}: {file} is not as its inventory says")
            raise _wrong(opened, message, name=folder, file=path)
    return inventory, folder, inventories


def _read_inventory(opened: Bag, folder: str, files: Mapping[str, str], path: str) -> Inventory:
    if path not in files:
        raise _wrong(opened, mark("{name} has no {file}"), name=folder, file=path)
    try:
        return ocfl.read_inventory(opened.bytes_of(f"{folder}/{path}"))
    except ocfl.InventoryError as error:
        message = mark("{name}: {file} is no inventory: {why}")
        raise _wrong(opened, message, name=folder, file=path, why=error) from None


def _addition(
    archive: Archive, opened: Bag, inventory: Inventory, folder: str, inventories: list[bytes]
) -> Addition:
    """What of an object is not here yet. The lock is held."""
    present = archive.inventory(inventory.identifier)
    count = len(present.versions) if present else 0
    if present and present.up_to(min(count, len(inventories))) != inventory.up_to(count):
        message = mark("{id} is here already, with another history")
        raise _wrong(opened, message, id=inventory.identifier)
    versions = {
        number: (inventories[number - 1], _facts(opened, folder, inventory, number))
        for number in range(count + 1, len(inventories) + 1)
    }
    contents = {
        path: Content(digest, _chunks(opened, f"{folder}/{path}"))
        for path, digest in inventory.files().items()
    }
    return Addition(inventory.identifier, versions, contents)


def _chunks(opened: Bag, path: str) -> Callable[[], Iterator[bytes]]:
    return lambda: opened.chunks(path)


def _facts(opened: Bag, folder: str, inventory: Inventory, number: int) -> Facts:
    digest = inventory.versions[number - 1].state.get(description.NAME)
    if digest is None:
        return Facts("answer")
    return description.facts(opened.bytes_of(f"{folder}/{inventory.manifest[digest][0]}"))
