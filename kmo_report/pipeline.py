"""The whole way, in plain calls: a case folder -> files in the output folder. Read this first."""

import errno
import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path

from kmo_report.annex import figures_csv
from kmo_report.checks import check
from kmo_report.document import Attachment
from kmo_report.fill import fill
from kmo_report.language import mark, say
from kmo_report.load import Loaded, load_answer
from kmo_report.model import Answer, Style
from kmo_report.problems import InputError, Place, Problem
from kmo_report.render import RENDERERS
from kmo_report.source import without_comments
from kmo_report.template import Template
from kmo_report.view import page
from kmo_report.withhold import published, published_source

ANSWER = "answer.yaml"

_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Of annexes; a table of our own, since that of the machine differs from one to the next."""


def render(
    source: Path,
    template: Template,
    formats: Iterable[str],
    out: Path,
    today: date | None = None,
) -> tuple[list[Path], list[Problem]]:
    """Render a case in every format; the files that were written, and the warnings.

    Nothing is written when there is an error in any format.
    """
    answer, attachments, warnings = read(source, template.style, today)
    document = fill(page(answer, template.style), template, attachments)
    contents = {suffix: RENDERERS[suffix](document, template) for suffix in formats}
    target = out / case_name(source)
    return [write(Path(f"{target}.{s}"), content) for s, content in contents.items()], warnings


def case_file(source: Path) -> Path:
    """The answer file of a case that is named by its folder or by that file."""
    return source / ANSWER if source.is_dir() else source


def case_name(source: Path) -> str:
    """The name of a case: that of its folder."""
    return case_file(source).resolve().parent.name


def problems(source: Path, style: Style, today: date | None = None) -> list[Problem]:
    """All that is to be said of a case; nothing is made or written."""
    try:
        return read(source, style, today)[2]
    except InputError as error:
        return list(error.problems)


def read(
    source: Path, style: Style, today: date | None = None
) -> tuple[Answer, tuple[Attachment, ...], list[Problem]]:
    """The answer of a case, the files that travel with it, and warnings; errors are raised."""
    path = case_file(source)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError([Problem("file", _why(error), Place(str(path)))]) from None
    loaded = load_answer(content, str(path))
    annexes, missing = _annexes(loaded, path.parent)
    found = [*check(loaded, style, today), *_misnamed(loaded), *missing]
    if any(problem.level == "error" for problem in found):
        raise InputError(found)
    answer = published(loaded.model, style)
    # Comments are notes of who wrote it, not meant for the public.
    own = without_comments(published_source(content, answer))
    attachments = [
        Attachment(ANSWER, own, "application/yaml", "De gegevens van dit antwoord", "Source")
    ]
    for name, table in answer.tables.items():
        suffix = "" if len(answer.tables) == 1 else f"-{name}"
        csv = figures_csv(table)
        description = f"De cijfers van tabel {name}"
        attachments.append(Attachment(f"figures{suffix}.csv", csv, "text/csv", description, "Data"))
    return answer, (*attachments, *annexes), found


def _misnamed(loaded: Loaded[Answer]) -> list[Problem]:
    """A folder that is named as the case of another question was copied and not changed."""
    folder = case_name(Path(loaded.source.path))
    own = loaded.model.question.case
    if folder == own or not re.fullmatch(r"[0-9]{4}-[0-9]{4}-[a-z0-9-]+-[0-9]+", folder):
        return []
    message = say(
        "the folder is called {folder}, but this is {own}; mend the question or the name",
        folder=folder,
        own=own,
    )
    return [Problem("case-name", message, loaded.source.place(("question", "number")), "warning")]


def _annexes(loaded: Loaded[Answer], folder: Path) -> tuple[list[Attachment], list[Problem]]:
    """The annexes of an answer, and those that are not in the folder of its case."""
    found, missing = [], []
    for index, annex in enumerate(loaded.model.annexes):
        file = folder / annex.file
        if file.is_file() and file.resolve().is_relative_to(folder.resolve()):
            kind = _MEDIA_TYPES.get(file.suffix.lower(), "application/octet-stream")
            content = file.read_bytes()
            found.append(Attachment(annex.file, content, kind, annex.title, "Supplement"))
        else:
            place = loaded.source.place(("annexes", str(index), "file"))
            message = say("there is no file {file} in the folder of the case", file=annex.file)
            missing.append(Problem("annex", message, place))
    return found, missing


_WHY = {
    errno.ENOENT: mark("there is no such file"),
    errno.ENOTDIR: mark("a part of this path is a file, not a folder"),
    errno.EEXIST: mark("a part of this path is a file, not a folder"),
    errno.EACCES: mark("you may not read or write here"),
    errno.EPERM: mark("you may not read or write here"),
    errno.EROFS: mark("this disk can only be read"),
    errno.EISDIR: mark("this is a folder"),
    errno.ENOSPC: mark("the disk is full"),
    errno.EDQUOT: mark("the disk is full for you"),
}


_UNREADABLE = mark("this cannot be read or written")


def _why(error: OSError) -> str:
    return say(_WHY.get(error.errno or 0, _UNREADABLE))


def write(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all: after a full disk or a kill the earlier one is there."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        raise InputError([Problem("file", _why(error), Place(str(path)))]) from None
    finally:
        if temporary:
            with suppress(FileNotFoundError):
                Path(temporary).unlink()
    return path
