"""House styles to test with: the one that comes with the program, changed."""

import shutil
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import yaml

from kmo_report.template import DEFAULT, FILES, find_template


def copied(folder: Path) -> Path:
    """A copy of the house style that comes with the program."""
    folder.mkdir(parents=True)
    for name in (*FILES, "site.yaml"):
        shutil.copyfile(find_template(DEFAULT) / name, folder / name)
    return folder


def changed(folder: Path, changes: Path) -> Path:
    """The same with the changes of a file: `old` becomes `new`, also in a part of page.docx."""
    copied(folder)
    for change in yaml.safe_load(changes.read_text("utf-8")):
        _change(folder / change["file"], change)
    return folder


def in_word(content: bytes, part: str, old: str, new: str) -> bytes:
    """A Word file with a change in one of its parts."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                assert old.encode() in text, old
                text = text.replace(old.encode(), new.encode())
            package.writestr(name, text)
    return target.getvalue()


def _change(path: Path, change: Mapping[str, str]) -> None:
    match change:
        case {"gone": _}:
            path.unlink()
        case {"text": text}:
            path.write_text(text, "utf-8")
        case {"windows": _}:  # its line ends
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        case {"latin": text}:
            path.write_bytes(text.encode("latin-1"))
        case {"part": part, "old": old, "new": new}:
            path.write_bytes(in_word(path.read_bytes(), part, old, new))
        case {"old": old, "new": new}:
            text = path.read_text("utf-8")
            assert text.count(old) == 1, (old, text.count(old))
            path.write_text(text.replace(old, new), "utf-8")
