"""A writer of its own, to be killed: keeps version after version, and says when each is kept."""

import os
import sys
from itertools import count
from pathlib import Path

from kmo_report.archive.journal import Facts
from kmo_report.archive.store import Archive
from kmo_report.problems import InputError


def main() -> None:
    """Arguments: the archive, how many versions (0: until killed), and the ids to take in turn."""
    root, number, *identifiers = sys.argv[1:]
    archive = Archive(Path(root))
    for turn in range(int(number)) if int(number) else count():
        identifier = identifiers[turn % len(identifiers)]
        files = {"pdf": f"{os.getpid()} {turn}".encode(), "yaml": b"same"}
        try:
            entry = archive.keep(identifier, files, Facts("answer"), created="2026-11-25T10:00:00Z")
        except InputError as error:
            print(error, flush=True)  # noqa: T201 -- whoever started this reads it
            sys.exit(1)
        assert entry
        print(entry.line, entry.id, entry.version, entry.digest, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
