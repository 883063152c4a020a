"""The Oxford Common File Layout 1.1: names, paths and inventories, as texts and values.

https://ocfl.io/1.1/spec/ and its layout extension 0003, which files an object under the first
digits of the digest of its id, in a folder that carries the id itself.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kmo_report.language import mark, say

ROOT_MARK = "0=ocfl_1.1"
OBJECT_MARK = "0=ocfl_object_1.1"
OBJECT_MARK_TEXT = b"ocfl_object_1.1\n"
INVENTORY = "inventory.json"
SIDECAR = "inventory.json.sha512"
_TYPE = "https://ocfl.io/1.1/spec/#inventory"
_LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
_TUPLE = 3
"""Digits of the folders in the root: 4,096 of them, some fifty objects each after thirty years."""
_LONGEST = 100
"""Characters of an id in a path, as the extension has it."""


def _json(value: object) -> bytes:
    """Readable by people, and the same bytes for the same value."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


LAYOUT_FILES: Mapping[str, bytes] = {
    ROOT_MARK: b"ocfl_1.1\n",
    "ocfl_layout.json": _json(
        {
            "extension": _LAYOUT,
            "description": "Objects by the first digits of the SHA-256 of their id, in a folder "
            "that is called after the id.",
        }
    ),
    f"extensions/{_LAYOUT}/config.json": _json(
        {
            "extensionName": _LAYOUT,
            "digestAlgorithm": "sha256",
            "tupleSize": _TUPLE,
            "numberOfTuples": 1,
        }
    ),
}
"""The files of a storage root that make it one."""


def digest(content: bytes) -> str:
    """SHA-512, as `sha512sum` prints it."""
    return hashlib.sha512(content).hexdigest()


def is_digest(text: object) -> bool:
    """Whether it is a SHA-512 as we write it."""
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{128}", text) is not None


def folder_name(identifier: str) -> str:
    """The id as the name of a folder: what is no letter, digit, - or _ as %3a."""
    encoded = re.sub(
        r"[^A-Za-z0-9_-]",
        lambda match: "".join(f"%{byte:02x}" for byte in match[0].encode()),
        identifier,
    )
    if len(encoded) > _LONGEST:
        return f"{encoded[:_LONGEST]}-{hashlib.sha256(identifier.encode()).hexdigest()}"
    return encoded


def object_path(identifier: str) -> str:
    """Where an object lies in the root."""
    first = hashlib.sha256(identifier.encode()).hexdigest()[:_TUPLE]
    return f"{first}/{folder_name(identifier)}"


def sidecar(inventory: bytes) -> bytes:
    """What `sha512sum inventory.json` prints."""
    return f"{digest(inventory)}  {INVENTORY}\n".encode()


def is_plain(path: str) -> bool:
    """Whether a path stays in its folder: no empty step, no . or .., nothing that ends a line."""
    return (
        all(step not in ("", ".", "..") for step in path.split("/"))
        and not re.search(r"[\x00-\x1f\x7f\\\ud800-\udfff]", path)
        and all(len(step.encode()) <= 255 for step in path.split("/"))  # noqa: PLR2004 -- NAME_MAX
    )


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an object: what it was called, and what it holds."""

    created: str
    """As 2026-11-25T10:00:00Z."""
    message: str
    user: Mapping[str, str]
    state: Mapping[str, str]
    """Name -> digest."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """All versions of an object, and where the content with a digest lies in it."""

    identifier: str
    versions: tuple[Version, ...] = ()
    manifest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Digest -> paths in the object."""

    def with_version(self, version: Version) -> "Inventory":
        """With one more version; content that is there already is not stored again."""
        manifest = dict(self.manifest)
        taken: set[str] = set()
        for name, content in sorted(version.state.items()):
            if content not in manifest:
                path = _portable(name)
                if path.lower() in taken:
                    path = f"{content[:16]}-{path.rpartition('/')[2]}"
                taken.add(path.lower())
                manifest[content] = (f"v{len(self.versions) + 1}/content/{path}",)
        return Inventory(self.identifier, (*self.versions, version), manifest)

    def up_to(self, number: int) -> "Inventory":
        """As it was when that version was the last."""
        versions = self.versions[:number]
        used = {content for version in versions for content in version.state.values()}
        manifest = {content: paths for content, paths in self.manifest.items() if content in used}
        return Inventory(self.identifier, versions, manifest)

    def files(self) -> dict[str, str]:
        """Path in the object -> digest."""
        return {path: content for content, paths in self.manifest.items() for path in paths}

    def encoded(self) -> bytes:
        """The inventory.json."""
        return _json(
            {
                "id": self.identifier,
                "type": _TYPE,
                "digestAlgorithm": "sha512",
                "head": f"v{len(self.versions)}",
                "manifest": {content: [*paths] for content, paths in self.manifest.items()},
                "versions": {
                    f"v{number}": {
                        "created": version.created,
                        "message": version.message,
                        "user": dict(version.user),
                        "state": _by_digest(version.state),
                    }
                    for number, version in enumerate(self.versions, 1)
                },
            }
        )


def _portable(name: str) -> str:
    """A name that every file system writes the same way; the state has the true one."""
    return re.sub(r"[^A-Za-z0-9._/-]", "_", name)


def _by_digest(state: Mapping[str, str]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for name, content in sorted(state.items()):
        names.setdefault(content, []).append(name)
    return names


class InventoryError(ValueError):
    """An inventory that is none; the text says what is wrong with it."""


def read_inventory(content: bytes) -> Inventory:
    """An inventory.json of ours; InventoryError for anything that we would not have written.

    So all that is read is plain: versions without gaps, paths that stay in the object, every
    content used and every name once.
    """
    try:
        inventory = _read(json.loads(content, object_pairs_hook=_no_twice))
    except InventoryError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InventoryError(say("it lacks what an inventory has")) from None
    if inventory.encoded() != content:
        raise InventoryError(say("it is not written as this program writes it"))
    return inventory


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise InventoryError(say("a key stands there twice"))
    return dict(pairs)


_CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _read(tree: Any) -> Inventory:  # noqa: ANN401 -- JSON
    numbers = range(1, len(tree["versions"]) + 1)
    _must(bool(numbers), mark("it has no version"))
    versions = [_version(tree["versions"][f"v{number}"]) for number in numbers]
    manifest = {content: tuple(paths) for content, paths in tree["manifest"].items()}
    paths = [path for found in manifest.values() for path in found]
    _must(all(map(is_digest, manifest)), mark("a digest is none"))
    _must(len(set(paths)) == len(paths), mark("two contents lie in one place"))
    for path in paths:
        version, _, name = path.partition("/content/")
        _must(
            version in tree["versions"] and is_plain(name),
            mark("{path} is no place for content"),
            path=path,
        )
    used = {content for version in versions for content in version.state.values()}
    _must(used == set(manifest), mark("its versions and its contents disagree"))
    identifier = tree["id"]
    _must(isinstance(identifier, str) and bool(identifier), mark("it has no id"))
    return Inventory(identifier, tuple(versions), manifest)


def _version(tree: Any) -> Version:  # noqa: ANN401 -- JSON
    state = {name: content for content, names in tree["state"].items() for name in names}
    _must(len(state) == sum(map(len, tree["state"].values())), mark("a name stands there twice"))
    _must(all(map(is_plain, state)), mark("a name leads out of the object"))
    _must(_CREATED.fullmatch(tree["created"]) is not None, mark("a date is none"))
    return Version(tree["created"], tree["message"], tree["user"], state)


def _must(holds: bool, otherwise: str, **values: object) -> None:  # noqa: FBT001
    if not holds:
        raise InventoryError(say(otherwise, **values))
