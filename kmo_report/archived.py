"""What is kept in an archive, as earlier questions with their answers: to be searched.

The journal's length and head stand for all of it: an archive in which nothing was kept since is not
looked through again. What was made here is read from the answer.yaml that is kept; of a PDF from
elsewhere, it is read as a document that came in.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date

from kmo_report.archive import description
from kmo_report.archive.description import TEXT, case_name
from kmo_report.archive.journal import Entry as Kept
from kmo_report.archive.ocfl import Inventory, object_path
from kmo_report.archive.store import Archive
from kmo_report.incoming import read_content
from kmo_report.incoming.reading import AnswerPart, Reading
from kmo_report.load import load_answer
from kmo_report.problems import InputError
from kmo_report.search.answers import ANSWER, asked_in, earlier
from kmo_report.search.earlier import Earlier, Entry, Passage, Source


def kept_in(archive: Archive, but: Collection[str] = ()) -> Source:
    """The last version of each answer in an archive, but for these cases."""
    cases = frozenset(but)
    names = hashlib.sha256("\n".join(sorted(cases)).encode()).hexdigest()[:16]
    head = f"{archive.journal.stat().st_size} {archive.head()} {names}"
    return Source("archive", lambda: _entries(archive, cases), head)


def _entries(archive: Archive, but: Collection[str]) -> Iterator[Entry]:
    for kept in archive.latest():
        if case_name(kept.id) not in but:
            yield _entry(archive, kept)


def _entry(archive: Archive, kept: Kept) -> Entry:
    def read() -> Earlier | None:
        try:
            inventory = archive.inventory(kept.id)
            return _read(archive, inventory, kept) if inventory else None
        except (InputError, LookupError, ValueError):  # damaged, or of another make
            return None

    return Entry(case_name(kept.id), kept.inventory, lambda: kept.inventory, read)


def _read(archive: Archive, inventory: Inventory, kept: Kept) -> Earlier | None:
    state = inventory.versions[kept.version - 1].state
    pdf = state.get(f"{case_name(kept.id)}.pdf")
    if pdf is None:
        return None
    home = f"{archive.root.resolve()}/{object_path(kept.id)}"
    place = f"{home}/{inventory.manifest[pdf][0]}"
    if ANSWER in state:
        content = archive.content(inventory, state[ANSWER])
        found = earlier(load_answer(content, ANSWER).model, place)
        # What did not change lies with an earlier version. It is found by its id, whatever a later
        # version says of itself.
        file = f"{home}/{inventory.manifest[state[ANSWER]][0]}"
        return replace(found, key=case_name(kept.id), file=file)
    terms = description.read(archive.content(inventory, state[description.NAME]))
    text = archive.content(inventory, state[TEXT]).decode() if TEXT in state else ""
    reading = None
    if text:
        with suppress(InputError):  # too large, or odd: its text is searched as it is
            reading = read_content(archive.content(inventory, pdf), place)
    return _from_elsewhere(kept, terms, reading, text, place)


def _from_elsewhere(
    kept: Kept, terms: Mapping[str, object], reading: Reading | None, text: str, place: str
) -> Earlier:
    """What is known of a PDF that was taken in: what was said of it, else what its text says."""
    said = {name: value for name, value in terms.items() if isinstance(value, str)}
    session, minister, number = description.parts(kept.id)
    passages = _passages(reading) if reading else ()
    day = date.fromisoformat(said["date"]) if "date" in said else None
    return Earlier(
        key=case_name(kept.id),
        session=session,
        number=int(number),
        asked_by=said.get("contributor") or (reading and reading.asked_by) or "",
        asked_on=day or (reading.asked_on if reading else None),
        minister=said.get("creator")
        or (reading and reading.minister and reading.minister.name)
        or minister,
        subject=said.get("subject") or (reading and reading.subject) or kept.facts.title,
        introduction=((reading and reading.introduction) or "") if passages else "",
        status="final",
        kind="supplementary" if kept.facts.kind == "supplementary" else "answer",
        place=place,
        passages=passages or (Passage("", "", "", text),),
    )


def _passages(reading: Reading) -> tuple[Passage, ...]:
    """The parts that ask, each with what is answered to it."""
    if not reading.answer:
        return ()
    answers: dict[str, list[str]] = {}
    whole = [_words(part) for part in reading.answer.parts if not part.labels]
    for part in reading.answer.parts:
        for label in part.labels:
            answers.setdefault(label, []).append(_words(part))
    return tuple(
        Passage(asked.label, asked.within, asked.text,
                "\n".join(answers.get(asked.label, [] if answers else whole)))
        for asked in asked_in(reading).parts
    )  # fmt: skip


def _words(part: AnswerPart) -> str:
    """Its text, and what its tables are about: figures say little."""
    rows = (row for table in part.tables for row in (table.rows[0], [r[0] for r in table.rows]))
    captions = (table.caption for table in part.tables if table.caption)
    return "\n".join([part.text, *captions, *(" ".join(filter(None, row)) for row in rows)])
