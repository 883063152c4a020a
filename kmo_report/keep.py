"""What goes into the archive: an answer, rendered here and now, with all that it was made from.

Nothing that was rendered before is trusted. What withholds small counts withholds them here too:
the answer file that is kept is the one that travels in the PDF.
"""

import ctypes
import json
import platform
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from kmo_report import files, pipeline
from kmo_report.archive import description, ocfl
from kmo_report.archive.description import Description
from kmo_report.archive.journal import Entry
from kmo_report.archive.ocfl import Inventory
from kmo_report.archive.store import Archive
from kmo_report.document import Document
from kmo_report.fill import fill
from kmo_report.language import say
from kmo_report.load import load_answer
from kmo_report.model.answer import Answer, EarlierQuestion
from kmo_report.model.question import identifier, slug
from kmo_report.paper import Paper
from kmo_report.problems import InputError, Place, Problem
from kmo_report.render import RENDERERS
from kmo_report.template import Template
from kmo_report.view import page

MADE_BY = "made-by.json"
KINDS = ("answer", "corrected", "supplementary")
"""What a new version can be: a final answer after a provisional one, a corrected one, an
aanvullend antwoord."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    identifier: str
    version: int
    digest: str
    """SHA-512 of its PDF."""
    head: str
    """Of the journal, after it; empty where nothing was kept."""
    warnings: tuple[Problem, ...] = ()
    unlike: tuple[str, ...] = ()
    """What comes out otherwise than what is kept, though all that goes in is the same."""


def keep(  # noqa: PLR0913 -- each is asked of the user
    case: Path,
    template: Template,
    archive: Archive,
    now: datetime,
    *,
    kind: str | None = None,
    message: str = "",
) -> Outcome:
    """Render a case and keep it; InputError where it may not be kept, and then nothing is."""
    answer, attachments, warnings = pipeline.read(case, template.style, now.astimezone().date())
    file = pipeline.case_file(case)
    loaded = load_answer(files.read(file), str(file))
    if answer.status != "final":
        told = say("only a final answer is kept, and this is {status}", status=answer.status)
        raise InputError([*warnings, Problem("not-final", told, loaded.source.place(("status",)))])
    document = fill(page(answer, template.style), template, attachments)
    pdf, docx = (RENDERERS[suffix](document, template) for suffix in ("pdf", "docx"))
    _proofread(pdf, document, file)
    name = answer.question.case
    inside = {
        f"annexes/{a.name}" if a.relationship == "Supplement" else a.name: a.content
        for a in attachments
    }
    withholds = any(table.small_counts for table in loaded.model.tables.values())
    house = _template_files(template)
    kept = {
        **_beside(file.parent, figures=not withholds),
        **inside,
        **{f"template/{path}": content for path, content in house.items()},
    }
    made = {f"{name}.pdf": pdf, f"{name}.docx": docx}
    described = _describe(answer, document, kind or answer.answer.kind)
    kept |= {
        **made,
        MADE_BY: _as_json(_made_by(template, house)),
        description.NAME: described.encoded(),
    }
    return _put(archive, described, kept, f"{name}.pdf", now, kind, message, tuple(warnings))


def add(  # noqa: PLR0913
    paper: Paper,
    archive: Archive,
    now: datetime,
    described: Description,
    *,
    said: Collection[str] = (),
    kind: str | None = None,
    message: str = "",
) -> Outcome:
    """Keep a PDF that was not made here, as it is; its text goes beside it, to be searched.

    `said` are the terms of its description that somebody said, such as an embargo: another one than
    is kept is a change. Those that a program read may be read otherwise by a later one.
    """
    name = f"{description.case_name(described.identifier)}.pdf"
    kept = {name: paper.content, description.NAME: described.encoded()}
    if paper.text:
        kept[description.TEXT] = paper.text.encode()
    return _put(archive, described, kept, name, now, kind, message, (), said)


def _put(  # noqa: PLR0913, PLR0917
    archive: Archive,
    described: Description,
    contents: Mapping[str, bytes],
    pdf: str,
    now: datetime,
    kind: str | None,
    message: str,
    warnings: tuple[Problem, ...],
    said: Collection[str] = (),
) -> Outcome:
    state = {name: ocfl.digest(content) for name, content in contents.items()}
    before: list[Inventory] = []
    other: set[str] = set()

    def is_kept(inventory: Inventory | None) -> bool:
        """Whether this is what is kept last; InputError where it is not and may not follow it."""
        if inventory:
            before.append(inventory)
            kept = _described(archive, inventory)
            _same_minister(inventory, kept, described)
            if any(kept.get(term, "") != getattr(described, term) for term in said):
                other.add(description.NAME)
        return _is_kept(inventory, state, described.identifier, kind, other)

    entry = archive.keep(
        described.identifier,
        contents,
        description.facts(described.encoded()),
        created=stamp(now),
        message=message,
        unless=is_kept,
    )
    if entry:
        return _outcome(entry, state[pdf], warnings)
    kept = before[0].versions[-1].state
    made = state if pipeline.ANSWER in state else ()
    unlike = tuple(name for name in sorted(made) if kept.get(name) != state[name])
    number = len(before[0].versions)
    return Outcome(described.identifier, number, kept.get(pdf, ""), "", warnings, unlike)


def _outcome(entry: Entry, digest: str, warnings: tuple[Problem, ...]) -> Outcome:
    return Outcome(entry.id, entry.version, digest, entry.digest, warnings)


def stamp(now: datetime) -> str:
    """As the archive writes a moment: 2026-11-25T10:00:00Z."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_kept(
    inventory: Inventory | None,
    state: Mapping[str, str],
    identifier: str,
    kind: str | None,
    other: Collection[str],
) -> bool:
    case = description.case_name(identifier)
    if inventory is None:
        if kind is None:
            return False
        message = say("nothing of {case} is kept yet; leave out --new-version", case=case)
        raise InputError([Problem("new-version", message)])
    kept = inventory.versions[-1].state
    made = {MADE_BY, description.TEXT, description.NAME, f"{case}.docx"}
    if pipeline.ANSWER in state:
        made.add(f"{case}.pdf")
    changed = {name for name in kept.keys() | state.keys() if kept.get(name) != state.get(name)}
    told = {*changed - made, *other}
    if not (changed - {description.NAME} or other) or (kind is None and not told):
        return True
    if kind is None:
        message = say(
            "version {number} of {case} is another ({changed}); say what this one is: "
            "--new-version {kinds}",
            number=len(inventory.versions),
            case=case,
            changed=", ".join(sorted(told)),
            kinds="|".join(KINDS),
        )
        raise InputError([Problem("new-version", message)])
    return False


def _described(archive: Archive, inventory: Inventory) -> Mapping[str, object]:
    """How the last version is described."""
    kept = inventory.versions[-1].state.get(description.NAME)
    return description.read(archive.content(inventory, kept)) if kept else {}


def _same_minister(
    inventory: Inventory, kept: Mapping[str, object], described: Description
) -> None:
    """Two ministers of one session may share a last name, and so an id."""
    before, now = str(kept.get("kmo:addressee", "")), described.addressee
    one, other = ({*slug(name).split("-")} for name in (before, now))
    if before and now and not (one <= other or other <= one):  # Muyters, and Philippe Muyters
        message = say(
            "{id} is kept as a question to {before}, and this one is to {now}",
            id=inventory.identifier,
            before=before,
            now=now,
        )
        raise InputError([Problem("other-minister", message)])


# --- what goes in --------------------------------------------------------------------------------


def _proofread(pdf: bytes, document: Document, file: Path) -> None:
    from kmo_report.render.proofread import faults

    problems = [Problem("proofread", fault, Place(str(file))) for fault in faults(pdf, document)]
    if problems:
        raise InputError(problems)


def _beside(folder: Path, *, figures: bool) -> dict[str, bytes]:
    """The question as it came in, and the figures with their source, from the folder of a case."""
    wanted = ["question.*", "figures.source.json"] + (["figures*.csv"] if figures else [])
    return {
        f"question/{path.name}" if path.name.startswith("question.") else path.name: (
            files.read(path)
        )
        for pattern in wanted
        for path in sorted(folder.glob(pattern))
        if path.is_file() and not path.is_symlink()
    }


_BESIDE = ("preview.png", "site.yaml", "site.css")
"""Files of a house style that no document is made of: of the website, and a picture."""


def _template_files(template: Template) -> dict[str, bytes]:
    """The files of a house style that make a document."""
    return {
        str(path.relative_to(template.folder)): files.read(path)
        for path in sorted(template.folder.rglob("*"))
        if path.is_file()
        and path.suffix not in (".py", ".pyc")
        and path.name not in _BESIDE
        and not any(part.startswith(".") for part in path.relative_to(template.folder).parts)
    }


def _describe(answer: Answer, document: Document, kind: str) -> Description:
    question = answer.question
    return Description(
        question.identifier,
        kind,
        (document.root.findtext("head/title") or "").strip(),
        answer.minister.name,
        question.asked_by,
        question.minister.name,
        answer.answer.question_date.isoformat(),
        question.subject,
        document.root.get("lang", ""),
        answer.publish_on.isoformat() if answer.publish_on else "",
        list(_relations(answer)),
        ("application/pdf", pipeline.MEDIA_TYPES[".docx"]),
    )


def _relations(answer: Answer) -> Iterator[dict[str, str]]:
    """The questions that are referred to, each once."""
    referred: dict[EarlierQuestion, None] = {}
    for part in answer.answer.parts:
        for question in (*(c.question for c in part.content), *(c.question for c in part.covers)):
            if question:
                referred[question] = None
    for earlier in referred:
        relation = {"title": f"Schriftelijke vraag nr. {earlier.number} van {earlier.asked_by}"}
        if earlier.session and earlier.minister:
            relation["@id"] = identifier(earlier.session, earlier.minister, earlier.number)
        if earlier.url:
            relation["source"] = earlier.url
        yield relation


def made_by(template: Template) -> Mapping[str, Any]:
    """The versions of everything that a document depends on, and the digest of its house style."""
    return _made_by(template, _template_files(template))


def _made_by(template: Template, house: Mapping[str, bytes]) -> Mapping[str, Any]:
    from kmo_report.render.pdf import fonts_of

    listed = "".join(f"{ocfl.digest(content)}  {name}\n" for name, content in house.items())
    return {
        "python": platform.python_version(),
        "packages": dict(sorted(_packages())),
        "libraries": {name: _version(*which) for name, which in _LIBRARIES.items()},
        "fonts": fonts_of(template),
        "template": {
            "name": template.folder.resolve().name,
            "sha512": ocfl.digest(listed.encode()),
        },
    }


def _as_json(tree: Mapping[str, Any]) -> bytes:
    return json.dumps(tree, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _packages() -> Iterator[tuple[str, str]]:
    """The program, the packages that it needs, those that they need, ... and their versions."""
    wanted, seen = ["kmo-report"], set()
    while wanted:
        name = wanted.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system, or only with an extra
        yield name, found.version
        for requirement in found.requires or ():
            match = re.match(r"[A-Za-z0-9._-]+", requirement)
            if match and "extra ==" not in requirement:
                wanted.append(re.sub(r"[-_.]+", "-", match[0]).lower())


_LIBRARIES = {
    "fontconfig": ("libfontconfig.so.1", "FcGetVersion"),
    "harfbuzz": ("libharfbuzz.so.0", "hb_version_string"),
    "pango": ("libpango-1.0.so.0", "pango_version_string"),
}


def _version(library: str, function: str) -> str:
    """What a system library says that it is; they are loaded by now."""
    try:
        call: Callable[[], object] = getattr(ctypes.CDLL(library), function)
    except (OSError, AttributeError):
        return ""
    if function.endswith("_string"):
        call.restype = ctypes.c_char_p  # type: ignore[attr-defined]
    told = call()
    return told.decode() if isinstance(told, bytes) else str(told)
