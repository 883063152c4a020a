"""What ocfl-py and bagit say of archives and bags, as JSON; it runs where those are installed."""

import json
import logging
import sys
from pathlib import Path

import bagit
import ocfl
from ocfl.validator import Validator


def archive(root: Path) -> str:
    """Empty, or what is wrong with a storage root, its objects included.

    `StorageRoot.validate` is True with broken objects in it, so they are counted; and it tells of
    no warnings of objects, so each is judged alone too.
    """
    store = ocfl.StorageRoot(root=str(root))
    if not store.validate(log_warnings=True, log_errors=False):
        return f"the root: {store.traversal_error or 'invalid'}"
    if store.good_objects != store.num_objects:
        return f"{store.good_objects} of {store.num_objects} objects are good"
    for mark in sorted(root.rglob("0=ocfl_object_*")):
        validator = Validator(log_warnings=True, log_errors=True)
        if not validator.validate_object(str(mark.parent)) or validator.log.num_warnings:
            return f"{mark.parent.name}: {validator.status_str()}"
    return ""


def bag(folder: Path) -> str:
    """Empty, or what is wrong with a bag."""
    try:
        bagit.Bag(str(folder)).validate()
    except (bagit.BagError, UnicodeDecodeError) as error:
        return str(error) or type(error).__name__
    return ""


def main() -> None:
    """Arguments: what to judge; a folder with bagit.txt is a bag."""
    logging.disable(logging.CRITICAL)
    said = {}
    for name in sys.argv[1:]:
        path = Path(name)
        try:
            said[name] = bag(path) if (path / "bagit.txt").exists() else archive(path)
        except Exception as error:  # noqa: BLE001 -- a referee that stumbles must be told apart
            said[name] = f"stumbled: {error!r}"
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
