"""What a cabinet does in LibreOffice: changes words with tracked changes on, or only saves.

Run by the Python of the system, which has `uno`: office_changes.py SOURCE TARGET PROFILE [OLD=NEW...]
"""

import sys
from pathlib import Path
from typing import Any

from office_edit import office, saved


def change(document: Any, pairs: list[str]) -> None:  # noqa: ANN401 -- uno has no types
    """Other words, recorded as changes."""
    document.RecordChanges = True
    for pair in pairs:
        old, _, new = pair.partition("=")
        search(document, old).String = new


def search(document: Any, words: str) -> Any:  # noqa: ANN401
    """Where words stand first."""
    wanted = document.createSearchDescriptor()
    wanted.SearchString = words
    return document.findFirst(wanted)


def main(source: str, target: str, profile: str, *pairs: str) -> None:
    """Open, change, save as .docx, close; without changes, of several documents."""
    with office(profile) as manager:
        for name in source.split(","):
            to = target if pairs else str(Path(target, Path(name).name))
            with saved(manager, name, to) as document:
                if pairs:
                    change(document, [*pairs])


if __name__ == "__main__":
    main(*sys.argv[1:])
