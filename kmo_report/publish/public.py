"""What of an archive is public on a day: the versions of each answer, and the files of each.

Names from the archive never become paths: `file_name` has its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from kmo_report import pipeline
from kmo_report.archive import description
from kmo_report.archive.journal import Entry
from kmo_report.archive.ocfl import Inventory
from kmo_report.archive.store import Archive
from kmo_report.archive.verify import verify
from kmo_report.figures.record import RECORD
from kmo_report.language import say
from kmo_report.problems import InputError, Problem

FOLDER = "antwoord"
"""Of the site, for answers: their addresses are for good."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a version that the public gets."""

    kind: str
    """pdf, docx, answer, figures, source, annex."""
    name: str
    """As the archive has it."""
    path: str
    """In the site."""
    digest: str

    @property
    def word(self) -> str:
        """What the site calls it: the name of a word."""
        return (
            f"file_{self.kind}_of" if self.kind == "figures" and self.title else f"file_{self.kind}"
        )

    @property
    def title(self) -> str:
        """The table of figures, the name of an annex."""
        if self.kind == "figures":
            return self.name.removeprefix("figures").removesuffix(".csv").removeprefix("-")
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Version:
    """A version that is public."""

    number: int
    entry: Entry
    state: Mapping[str, str]
    """Name -> digest, of all that the archive has of it."""
    files: tuple[File, ...]

    @property
    def since(self) -> str:
        """The moment from which it is public, as far as the archive knows."""
        day = self.entry.facts.publish_on
        return max(self.entry.created, f"{day}T00:00:00Z" if day else "")

    @property
    def pdf(self) -> File | None:
        """Its PDF: an archive from elsewhere may have none."""
        return next((file for file in self.files if file.kind == "pdf"), None)


def plain(value: object) -> str:
    """A text in one line, without what may stand in no page; empty for anything else."""
    return " ".join(_NOWHERE.sub(" ", value).split()) if isinstance(value, str) else ""


_NOWHERE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Answer:
    """An answer of which something is public; it is described as its last public version is."""

    inventory: Inventory
    versions: tuple[Version, ...]
    """The last one first."""
    tree: Mapping[str, object]
    """The description."""

    @property
    def identifier(self) -> str:
        """urn:kmo-report:sv:..."""
        return self.inventory.identifier

    @cached_property
    def case(self) -> str:
        """2019-2020-crevits-370"""
        return description.case_name(self.identifier)

    @cached_property
    def parts(self) -> tuple[str, str, str]:
        """Session, minister as in the id, number."""
        return description.parts(self.identifier)

    @property
    def page(self) -> str:
        """The path of its page in the site."""
        return f"{FOLDER}/{self.case}.html"

    def text(self, key: str) -> str:
        """A term of the description in one line; empty where it is not known."""
        return plain(self.tree.get(key))

    @cached_property
    def subject(self) -> str:
        """What it is about; else its title."""
        return self.text("subject") or self.text("title") or self.case

    @property
    def minister(self) -> str:
        """Who was asked, as printed; as in the id where that is not known."""
        named = self.text("kmo:addressee") or self.text("creator")
        return named or self.parts[1].replace("-", " ").title()

    @property
    def relations(self) -> Iterator[tuple[str, str, str]]:
        """Id, title and address of the questions that it refers to."""
        found = self.tree.get("relation")
        for relation in found if isinstance(found, list) else ():
            if isinstance(relation, dict):
                terms = ("@id", "title", "source")
                identifier, title, address = (plain(relation.get(term)) for term in terms)
                if identifier or title or address:
                    yield identifier, title or identifier or address, address


@dataclass(frozen=True, slots=True)
class Held:
    """A version that may not be public yet."""

    case: str
    version: int
    until: str


def public(archive: Archive, day: str) -> tuple[list[Answer], list[Held]]:
    """What is public on a day (2026-11-25), the newest first, and what is not yet.

    InputError where any of it is no longer what was kept.
    """
    archive.open()
    by_id: dict[str, list[Entry]] = {}
    held = []
    for entry in archive.entries():
        if not description.is_identifier(entry.id):
            continue  # an archive may hold other things: then nobody knows what they are
        if entry.facts.publish_on > day:
            case = description.case_name(entry.id)
            held.append(Held(case, entry.version, entry.facts.publish_on))
        else:
            by_id.setdefault(entry.id, []).append(entry)
    if by_id:
        problems = verify(archive, by_id).problems
        if problems:
            raise InputError(problems)
    answers = [_answer(archive, identifier, entries) for identifier, entries in by_id.items()]
    answers.sort(key=lambda answer: description.order(answer.identifier), reverse=True)
    answers.sort(key=lambda answer: answer.text("date") or answer.parts[0], reverse=True)
    return answers, held


def _answer(archive: Archive, identifier: str, entries: list[Entry]) -> Answer:
    inventory = archive.inventory(identifier)
    if inventory is None or len(inventory.versions) < entries[-1].version:
        message = say("{id} is in the journal, and is not here", id=identifier)
        raise InputError([Problem("archive-lost", message)])
    versions = []
    for entry in reversed(entries):
        state = inventory.versions[entry.version - 1].state
        files = tuple(_files(description.case_name(identifier), entry.version, state))
        versions.append(Version(entry.version, entry, state, files))
    described = versions[0].state.get(description.NAME)
    tree = description.read(archive.content(inventory, described)) if described else {}
    return Answer(inventory, tuple(versions), tree)


def _files(case: str, number: int, state: Mapping[str, str]) -> Iterator[File]:
    """The files that the public gets, in the order in which they are listed.

    The question as it came in, which may be somebody's mail, and the house style are not for it.
    """
    kinds = {f"{case}.pdf": "pdf", f"{case}.docx": "docx", pipeline.ANSWER: "answer"}
    kinds |= {
        name: "figures" for name in sorted(state) if re.fullmatch(r"figures(-[^/]*)?\.csv", name)
    }
    kinds[RECORD] = "source"
    kinds |= {name: "annex" for name in sorted(state) if name.startswith("annexes/")}
    taken: set[str] = set()
    for name, kind in kinds.items():
        if name not in state:
            continue
        path = file_name(name) if kind in ("annex", "figures") else name
        if path.lower() in taken:
            path = f"{state[name][:16]}-{path}"
        taken.add(path.lower())
        yield File(kind, name, f"{FOLDER}/{case}/v{number}/{path}", state[name])


_PLAIN = (
    *(".csv", ".doc", ".docx", ".gif", ".jpeg", ".jpg", ".json", ".ods", ".odt", ".pdf", ".png"),
    *(".pptx", ".txt", ".webp", ".xls", ".xlsx", ".yaml", ".zip"),
)
"""Files that no server runs, and in which a browser runs nothing."""


def file_name(name: str) -> str:
    """The last step of a name as a file of the site, which no server and no browser runs."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    stem, end = (path.stem, suffix) if suffix in _PLAIN else (path.name, ".bin")
    return re.sub(r"[^A-Za-z0-9_-]", "_", stem)[:100] + end
