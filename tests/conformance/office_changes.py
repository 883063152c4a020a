"""What a cabinet does in LibreOffice: changes words with tracked changes on, or only saves.

Run by the Python of the system, which has `uno`: office_changes.py SOURCE TARGET PROFILE [OLD=NEW...]
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import uno
from office_edit import context, option


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
    """Open, change, save as .docx, close."""
    pipe = f"office-changes-{Path(profile).name}"
    command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore"]
    office = subprocess.Popen([*command, f"--accept=pipe,name={pipe};urp;"])
    try:
        manager = context(pipe).ServiceManager
        desktop = manager.createInstance("com.sun.star.frame.Desktop")
        for name in source.split(","):
            document = desktop.loadComponentFromURL(
                uno.systemPathToFileUrl(name),
                "_blank",
                0,
                (option("Hidden", True),),  # noqa: FBT003
            )
            if pairs:
                change(document, [*pairs])
            kind = option("FilterName", "MS Word 2007 XML")
            to = target if pairs else str(Path(target, Path(name).name))
            document.storeToURL(uno.systemPathToFileUrl(to), (kind,))
            document.close(True)  # noqa: FBT003
    finally:
        office.terminate()
        office.wait(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
