"""The whole way, in plain calls: a case folder -> files in the output folder. Read this first."""

import errno
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kmo_report import files
from kmo_report.checks import check
from kmo_report.document import Attachment, Document
from kmo_report.figures import Totals, Watch, record, totals, unwatched
from kmo_report.language import say
from kmo_report.load import Loaded, load_answer
from kmo_report.model.answer import Answer
from kmo_report.model.style import Style
from kmo_report.model.table import Table
from kmo_report.problems import InputError, Place, Problem
from kmo_report.render import RENDERERS
from kmo_report.source import without_comments
from kmo_report.template import Template
from kmo_report.withhold import published, published_source

ANSWER = "answer.yaml"

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
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
    document, warnings = neutral(source, template, today)
    target = out / case_name(source)
    try:
        contents = {
            Path(f"{target}.{suffix}"): made(document, suffix, template, source)
            for suffix in formats
        }
    except InputError as error:
        raise InputError([*warnings, *error.problems]) from error
    # Under the names that the document gives them, in a folder of their own.
    for attachment in document.attachments:
        if attachment.relationship == "Supplement":
            contents[target / attachment.name] = attachment.content
    files.write(contents)
    return list(contents), warnings


def case_file(source: Path) -> Path:
    """The answer file of a case that is named by its folder or by that file."""
    with suppress(OSError):  # such as a name that is too long
        if source.is_dir():
            return source / ANSWER
    return source


def case_name(source: Path) -> str:
    """The name of a case: that of its folder."""
    return case_file(source).resolve().parent.name


def neutral(
    source: Path, template: Template, today: date | None = None
) -> tuple[Document, list[Problem]]:
    """The neutral document of a case, and warnings; errors are raised."""
    from kmo_report.fill import fill  # not for `check`: it brings the engine of the templates
    from kmo_report.view import page

    answer, attachments, found = read(source, template.style, today)
    try:
        return fill(page(answer, template.style), template, attachments), found
    except InputError as error:
        raise InputError([*found, *error.problems]) from error


def again(source: Path, template: Template) -> Document:
    """The neutral document of an answer that was judged and published before: no rule bars it now.

    Nothing travels with it.
    """
    from kmo_report.fill import fill
    from kmo_report.view import page

    path = case_file(source)
    loaded = load_answer(files.read(path), str(path))
    answer = _with_figures(loaded, path.parent, template.style)[0].model
    return fill(page(published(answer, template.style), template.style), template)


def made(document: Document, suffix: str, template: Template, source: Path) -> bytes:
    """The neutral document of a case in a format; what is wrong with it has a place in the case."""
    try:
        return RENDERERS[suffix](document, template)
    except InputError as error:
        located = [_located(problem, case_file(source)) for problem in error.problems]
        raise InputError(located) from error


def problems(source: Path, style: Style, today: date | None = None) -> list[Problem]:
    """All that is to be said of a case; nothing is made or written."""
    stale = list(record.changed(case_file(source).parent))
    try:
        return [*_judged(source, style, today).problems, *stale]
    except InputError as error:
        return [*error.problems, *stale]


def make_figures(
    source: Path, version: str, watch: Watch = unwatched
) -> tuple[list[Path], Mapping[str, Totals]]:
    """Make figures.csv and figures.source.json of a case; the files, and the totals per table.

    Nothing is written when anything is wrong with any table.
    """
    path = case_file(source)
    loaded = load_answer(files.read(path), str(path))
    tables = loaded.model.tables
    results: dict[str, record.Made] = {}
    found: list[Problem] = []
    for name, table in tables.items():
        if table.figures:
            try:
                result = totals(table.figures, path.parent, watch)
            except InputError as error:
                found += error.problems
            else:
                csv = record.as_csv(result)
                results[name] = record.Made(
                    table.figures, result, record.csv_name(name, tables), csv
                )
    if not results and not found:
        message = say("no table of this answer has `figures:`")
        found.append(Problem("figures", message, loaded.source.place(("tables",), key=True)))
    if found:
        raise InputError(found)
    written = {path.parent / table.file: table.csv for table in results.values()}
    written[path.parent / record.RECORD] = record.as_json(results, version)
    files.write(written)
    return list(written), {name: table.totals for name, table in results.items()}


def read(
    source: Path, style: Style, today: date | None = None
) -> tuple[Answer, tuple[Attachment, ...], list[Problem]]:
    """The answer of a case, the files that travel with it, and warnings; errors are raised."""
    from kmo_report import annex as annexes  # not for `check`

    case = _judged(source, style, today)
    if any(problem.level == "error" for problem in case.problems):
        raise InputError(case.problems)
    answer = published(case.loaded.model, style)
    # Comments are notes of who wrote it, not meant for the public.
    own = without_comments(published_source(case.content, answer))
    attachments = [
        Attachment(ANSWER, own, "application/yaml", "De gegevens van dit antwoord", "Source")
    ]
    withheld: dict[str, bytes] = {}
    for name, table in answer.tables.items():
        if table.figures and name not in case.made:
            continue  # in a draft, before they are made
        csv_name = record.csv_name(name, answer.tables)
        if name in case.made and not table.small_counts:
            csv = case.made[name].csv
        else:  # small counts are withheld from the data too
            csv = annexes.figures_csv(table)
            withheld |= {name: csv} if name in case.made else {}
        description = f"De cijfers van tabel {name}"
        attachments.append(Attachment(csv_name, csv, "text/csv", description, "Data"))
    if case.made:
        origin = record.published(case.origin, withheld)
        description = "De herkomst van de cijfers"
        attachments.append(
            Attachment(record.RECORD, origin, "application/json", description, "Source")
        )
    attachments += _annexes(answer, style, case_file(source).parent)
    return answer, tuple(attachments), case.problems


def readable(source: Path, style: Style, content: bytes | None = None) -> Loaded[Answer]:
    """The answer of a case as it is printed, or InputError; `content` stands for its file."""
    case = _judged(source, style, None, content)
    if any(problem.level == "error" for problem in case.problems):
        raise InputError([problem for problem in case.problems if problem.level == "error"])
    return replace(case.loaded, model=published(case.loaded.model, style))


class _Judged(NamedTuple):
    """A case that was read and checked."""

    content: bytes
    loaded: Loaded[Answer]
    made: Mapping[str, record.Filled]
    """By table, the figures that were made for it."""
    origin: bytes
    """The record of these figures."""
    problems: list[Problem]


def _judged(
    source: Path, style: Style, today: date | None, content: bytes | None = None
) -> _Judged:
    path = case_file(source)
    content = files.read(path) if content is None else content
    loaded, made, origin, unmade = _with_figures(
        load_answer(content, str(path)), path.parent, style
    )
    found = [*check(loaded, style, today), *unmade, *_misnamed(loaded)]
    found += _annex_faults(loaded, path.parent)
    return _Judged(content, loaded, made, origin, sorted(found, key=Problem.position))


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


def _annex_faults(loaded: Loaded[Answer], folder: Path) -> Iterator[Problem]:
    """The annexes that cannot travel with the answer."""
    if not loaded.model.annexes:
        return
    from kmo_report import annex as annexes

    taken = {ANSWER}
    for index, annex in enumerate(loaded.model.annexes):
        file, names = folder / annex.file, annexes.names(annex)
        place = loaded.source.place(("annexes", str(index), "file"))
        if not taken.isdisjoint(names) or _FIGURES.match(annex.file):
            message = say("the name {file} is taken; call the annex otherwise", file=annex.file)
            yield Problem("annex", message, place)
        elif not annex.table and not _is_in(file, folder):
            message = say("there is no file {file} in the folder of the case", file=annex.file)
            yield Problem("annex", message, place)
        taken |= set(names)


def _is_in(file: Path, folder: Path) -> bool:
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def _annexes(answer: Answer, style: Style, folder: Path) -> Iterator[Attachment]:
    """The annexes of an answer: files of its folder, and those that are made of its tables."""
    from kmo_report import annex as annexes

    for annex in answer.annexes:
        if annex.table:
            contents = annexes.made(annex, answer.tables[annex.table], answer, style)
        else:
            contents = (files.read(folder / annex.file),)
        for name, content in zip(annexes.names(annex), contents, strict=True):
            kind = MEDIA_TYPES.get(Path(name).suffix.lower(), "application/octet-stream")
            yield Attachment(name, content, kind, annex.title, "Supplement")


_FIGURES = re.compile(r"figures((-.*)?\.csv|\.source\.json)")
_CODE_POINT = re.compile(r"U\+([0-9A-F]{4,6})")


def _located(problem: Problem, path: Path) -> Problem:
    """A problem of the finished pages, at the answer file that they were made of.

    A character that a font lacks is looked up in that file.
    """
    if problem.place or problem.code == "engine":
        return problem
    sign = _CODE_POINT.search(problem.message)
    if problem.code == "glyph" and sign:
        for number, line in enumerate(files.read(path).decode().splitlines(), start=1):
            column = line.find(chr(int(sign[1], 16)))
            if column >= 0:
                return replace(problem, place=Place(str(path), number, column + 1, line))
    return replace(problem, place=Place(str(path)))


def _with_figures(
    loaded: Loaded[Answer], folder: Path, style: Style
) -> tuple[Loaded[Answer], dict[str, record.Filled], bytes, list[Problem]]:
    """The answer with the figures that were made for its tables, these, and their record.

    In a draft they may not be made yet: then they are awaited, and that is told.
    """
    tables = {name: table for name, table in loaded.model.tables.items() if table.figures}
    if not tables:
        return loaded, {}, b"", []
    origin, recorded = record.read_record(folder)
    filled, found = {}, []
    awaited: dict[str, Table] = {}
    for name, table in tables.items():
        result = record.fill(folder, table, recorded.get(name), style.phrases)
        if isinstance(result, str):
            message = say(
                "table {table}: {reason}; run kmo-report figures", table=name, reason=result
            )
            place = loaded.source.place(("tables", name, "figures"), key=True)
            if table.figures and loaded.model.status == "draft" and name not in recorded:
                found.append(Problem("figures", message, place, "warning"))
                awaited[name] = record.awaited(table, table.figures, _asked_years(loaded.model))
            else:
                found.append(Problem("figures", message, place))
        else:
            filled[name] = result
    if any(problem.level == "error" for problem in found):
        raise InputError(found)
    whole = {**loaded.model.tables, **awaited, **{n: made.table for n, made in filled.items()}}
    model = loaded.model.model_copy(update={"tables": whole})
    return Loaded(model, loaded.source), filled, origin, found


def _asked_years(answer: Answer) -> list[int]:
    """The years that the question asks figures of, or that of its date."""
    asked = (part.requested.years for _, part in answer.question.labels() if part.requested)
    return sorted({year for years in asked for year in years}) or [answer.question.asked_on.year]


# --- house styles ------------------------------------------------------------------------------


def start_template(source: Path, target: Path) -> list[Path]:
    """Copy a house style to a new folder, whole or not at all; the files that are there then."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent, prefix=f".{target.name[:100]}.") as made:
            copy, plain = Path(made, "copy"), Path(made, "plain")
            # Without the rights of the source: it may be read-only, and a start is to be changed.
            shutil.copytree(source, copy, ignore=_NOT_COPIED, copy_function=shutil.copyfile)
            style = copy / "style.yaml"  # whose schema, as it names it, lies beside the original
            style.write_bytes(re.sub(rb"# yaml-language-server:.*\n", b"", style.read_bytes()))
            plain.mkdir()
            copy.chmod(plain.stat().st_mode)
            copy.rename(target)  # over nothing, or an empty folder
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            raise files.fault(error, target) from None
        message = say("there is something of that name; nothing is overwritten")
        raise InputError([Problem("file", message, Place(str(target)))]) from None
    return sorted(path for path in target.rglob("*") if path.is_file())


_NOT_COPIED = shutil.ignore_patterns("preview.png", ".*", "__pycache__")


def dress(template: Template) -> Path | None:
    """Write the look of style.yaml into page.docx; its path, or None where nothing was to do."""
    from kmo_report.render import docx, dress

    path = template.folder / "page.docx"
    look = template.style.look
    if look is None:
        message = say("style.yaml has no look to write into page.docx")
        raise InputError([Problem("template", message, Place(str(template.folder / "style.yaml")))])
    word = dress.opened(template.docx, str(path))
    if not [*dress.differences(word, look)]:
        return None
    dress.dress(word, look)
    files.write({path: docx.packed(word)})
    return path
