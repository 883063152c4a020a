"""What is kept, as it is searched: of each object the last version, its words and its description.

The words are those of the answer file where it was made here (of the PDF, where a later version of
the program can read that file no more), else those of the text that was taken out of its PDF when
it was kept. What has none is found by its description.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePath

from kmo_report.archive import description, ocfl
from kmo_report.archive.journal import Entry as Line
from kmo_report.archive.store import Archive
from kmo_report.incoming import read_text_words, read_words
from kmo_report.incoming.guard import guarded
from kmo_report.incoming.reading import Reading
from kmo_report.load import load_answer
from kmo_report.problems import InputError
from kmo_report.search.answers import ANSWER, earlier, passages_in
from kmo_report.search.earlier import Earlier, Entry, Kept, Source
from kmo_report.search.words import words

STATUS = "final"
"""Nothing else is kept."""


def kept_in(archive: Archive) -> Source:
    """An archive as a source; its journal says whether anything changed. InputError: it is none."""
    archive.open()
    return Source("archive", lambda: _entries(archive), archive.head())


def _entries(archive: Archive) -> Iterator[Entry]:
    for line in archive.latest():
        yield _entry(archive, line)


def _entry(archive: Archive, line: Line) -> Entry:
    def read() -> Earlier | None:
        try:
            return read_kept(archive, line)
        except (InputError, LookupError, TypeError, ValueError):  # damaged, or of another make
            return None

    return Entry(description.case_name(line.id), line.digest, lambda: line.digest, read)


def read_kept(archive: Archive, line: Line) -> Earlier:
    """The version of a line of the journal; InputError where it is not there as it was kept."""
    inventory = archive.inventory(line.id)
    state = inventory.versions[line.version - 1].state if inventory else {}

    def content(name: str) -> bytes:
        return archive.content(inventory, state[name]) if inventory else b""

    terms = description.read(content(description.NAME)) if description.NAME in state else {}
    papers = [name for name in sorted(state) if PurePath(name).suffix == ".pdf"]
    main = f"{description.case_name(line.id)}.pdf"
    papers = [main] if main in papers else papers[:1]
    place = f"{archive.root.resolve()}/{ocfl.object_path(line.id)}"

    def path(name: str) -> str:
        """Where a file lies: what did not change, with an earlier version."""
        return f"{place}/{inventory.manifest[state[name]][0]}" if inventory else ""

    known = {key: text for key, text in terms.items() if type(text) is str}
    described = _described(line, known, path(papers[0]) if papers else place)
    if ANSWER in state:
        written = content(ANSWER)
        try:
            answer = load_answer(written, ANSWER).model
        except InputError:
            pass  # of a version of the program that wrote another kind
        else:
            found = earlier(answer, described.place)
            # It is found by its id, whatever a later version says of itself.
            found = replace(found, key=described.key, file=path(ANSWER))
            return replace(found, status=STATUS, kept=described.kept)
    if description.TEXT in state:
        text = content(description.TEXT)
        return _with_words(described, lambda: read_text_words(text, place))
    if ANSWER in state and papers:
        pdf = content(papers[0])
        return _with_words(described, lambda: read_words(pdf, place))
    return described  # no words were found in it when it was kept


def _described(line: Line, terms: Mapping[str, str], place: str) -> Earlier:
    """As far as its description goes."""
    session, minister, number = description.parts(line.id)
    facts, case = line.facts, description.case_name(line.id)

    def term(*keys: str) -> str:
        return next((terms[key] for key in keys if terms.get(key)), "")

    return Earlier(
        key=case,
        session=session,
        number=int(number),
        asked_by=term("contributor"),
        asked_on=_day(facts.date),
        minister=term("creator", "kmo:addressee") or minister,
        subject=term("subject") or facts.title,
        introduction="",
        status=STATUS,
        kind="supplementary" if facts.kind == "supplementary" else "answer",
        place=place,
        passages=(),
        publish_on=facts.publish_on,
        kept=Kept(line.version, facts.kind, facts.title, facts.date, line.created),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _with_words(described: Earlier, read: Callable[[], tuple[str, Reading]]) -> Earlier:
    """With the words of a document: in their places as far as they have one, else anywhere."""
    try:
        text, reading = guarded(read, described.place)
    except InputError:  # more than can be read
        return described
    found = replace(
        described,
        asked_by=described.asked_by or reading.asked_by or "",
        asked_on=described.asked_on or reading.asked_on,
        introduction=reading.introduction or "" if reading.parts else "",
        kind=reading.answer.kind if reading.answer else described.kind,
        passages=passages_in(reading),
    )
    placed = set(words("\n".join([*found.texts(), *found.names()])))
    rest = [line for line in text.splitlines() if not placed.issuperset(words(line))]
    return replace(found, other="\n".join(rest))
