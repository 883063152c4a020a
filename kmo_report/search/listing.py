"""What was found, for people and for programs."""

import json
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from kmo_report import dutch
from kmo_report.language import mark, say, spoken
from kmo_report.search import Result
from kmo_report.search.earlier import Earlier
from kmo_report.search.ranking import Found, Hit, Shared, by_document

Paint = Callable[[str, str], str]
"""Text and what it is (title, same) -> the text as a terminal shows it."""
Where = Callable[[str], str]
"""The place of a document -> how the reader finds it from here."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the text is printed on: how many columns, how words stand out, where the reader is."""

    width: int
    paint: Paint
    where: Where


_STATUS = {"draft": mark("draft"), "reviewed": mark("reviewed"), "final": mark("final")}
_KINDS = {
    "coordinated": mark("coordinated answer"),
    "referring": mark("answer that refers"),
    "supplementary": mark("supplementary answer"),
    "provisional": mark("provisional answer"),
}
_SHARED = 8
"""Words in common that are named; the most telling come first."""
_FAINT = 0.15
"""What scores less than this share of the best is left to programs."""
_PER_PART = 3
"""Earlier parts that are listed under each part of a question."""


def as_json(result: Result, today: date, where: Where) -> str:
    """A JSON text, as schemas/similar.schema.json describes it."""
    tree = {
        "asked": {
            "question": result.asked.key or None,
            "subject": result.asked.subject or None,
        },
        "searched": result.searched,
        "parts": [
            {
                "label": found.part.label or None,
                "text": found.part.text,
                "earlier": [_entry(hit, today, where) for hit in found.hits],
            }
            for found in result.found
        ],
    }
    return json.dumps(tree, ensure_ascii=False, indent=2)


def _entry(hit: Hit, today: date, where: Where) -> dict[str, object]:
    passage = hit.passage
    return {
        **_reference(hit.document, where),
        "version": hit.kept.version if hit.kept else None,
        "publish_on": hit.document.publish_on or None,
        "asked_by": hit.document.asked_by,
        "age_days": (today - hit.document.asked_on).days if hit.document.asked_on else None,
        "status": hit.document.status,
        "kind": hit.document.kind,
        "subject": hit.document.subject,
        "label": (passage and passage.label) or None,
        "question": passage.question if passage else hit.document.introduction,
        "answer": (passage and passage.answer) or None,
        "score": hit.score,
        "same_question": hit.same,
        "shared": [{"asked": word.asked, "found": word.found} for word in hit.shared],
        "also": [_reference(twin, where) for twin in hit.also],
        "follows": _reference(hit.follows, where) if hit.follows else None,
    }


def _reference(document: Earlier, where: Where) -> dict[str, object]:
    return {
        "key": document.key,
        "session": document.session,
        "number": document.number,
        "minister": document.minister,
        "asked_on": document.asked_on.isoformat() if document.asked_on else None,
        "place": where(document.place),
    }


def as_text(result: Result, limit: int, today: date, page: Page) -> str:
    """For people: the documents with a number each, then for each part what they say on it."""
    hits = by_document(result.found)[:limit]
    best = max((hit.score for hit in hits), default=0.0)
    hits = [hit for hit in hits if hit.score >= _FAINT * best]
    if not hits:
        message = mark("None of the {searched} earlier questions looks like this.")
        return say(message, searched=result.searched)
    numbers = {hit.document.key: number for number, hit in enumerate(hits, 1)}
    lines = [say("Most alike of {searched} earlier questions:", searched=result.searched)]
    for number, hit in enumerate(hits, 1):
        lines += ["", *_document(number, hit, today, page)]
        if len(result.found) == 1:
            lines += _passage(hit, page.width, "    ", "")
        lines += _indented(f"{_common(hit)}\n{page.where(hit.document.place)}", page.width)
    if len(result.found) > 1:
        for found in result.found:
            lines += ["", *_part(found, numbers, page)]
    return "\n".join(lines)


def _document(number: int, hit: Hit, today: date, page: Page) -> Iterator[str]:
    document, width, paint = hit.document, page.width, page.paint
    title = f"{f'[{number}]':<4}{' '.join(document.subject.split())}"
    yield from (paint(line, "title") for line in _wrapped(title, width, "", "    "))
    message = mark("nr. {number} ({session}) by {asked_by} to {minister}, {day}{age}, {status}")
    status = _status(hit, today)
    if document.kind in _KINDS:
        status += f", {say(_KINDS[document.kind])}"
    told = say(
        message,
        number=document.number,
        session=document.session,
        asked_by=document.asked_by or say("an unknown member"),
        minister=document.minister,
        day=_day(document.asked_on),
        age=_age((today - document.asked_on).days) if document.asked_on else "",
        status=status,
    )
    yield from _indented(told, width)
    if hit.same:
        told = say("The same question: nearly all its words stand in this one.")
        yield from (paint(line, "same") for line in _indented(told, width))
    if hit.also:
        others = dutch.enumeration([f"{twin.minister} (nr. {twin.number})" for twin in hit.also])
        yield from _indented(say("also put to {others}", others=others), width)
    if hit.follows:
        first = hit.follows
        message = mark("sequel to nr. {number} ({session}) of {day}: {place}")
        told = say(
            message,
            number=first.number,
            session=first.session,
            day=_day(first.asked_on),
            place=page.where(first.place),
        )
        yield from _indented(told, width)


def _status(hit: Hit, today: date) -> str:
    """How far it is, and what the archive holds of it."""
    told = say(_STATUS.get(hit.document.status, hit.document.status))
    if hit.kept:
        told += say(", kept as version {version}", version=hit.kept.version)
    if hit.document.publish_on > today.isoformat():
        day = _day(date.fromisoformat(hit.document.publish_on))
        told += say(", not public before {day}", day=day)
    return told


def _common(hit: Hit) -> str:
    words = ", ".join(_word(word) for word in hit.shared[:_SHARED])
    return say("in common: {words}", words=words)


def _word(word: Shared) -> str:
    """`diversiteit (diversiteitsinitiatieven)`: as it was asked, and as it is written there."""
    return word.asked if word.asked == word.found else f"{word.asked} ({word.found})"


def _part(found: Found, numbers: dict[str, int], page: Page) -> Iterator[str]:
    yield from (
        page.paint(line, "title")
        for line in _wrapped(
            f"{found.part.label:<4}{_start(found.part.text, page.width)}", page.width, "", "    "
        )
    )
    shown = [hit for hit in found.hits if hit.document.key in numbers][:_PER_PART]
    for hit in shown:
        yield from _passage(hit, page.width, "        ", f"    [{numbers[hit.document.key]}] ")
    if not shown:
        yield "    " + say("nothing like it was found")


def _passage(hit: Hit, width: int, indent: str, first: str) -> Iterator[str]:
    """The part that comes closest, and how its answer starts."""
    passage = hit.passage
    if passage is None:
        return
    label = say("part {label}: ", label=passage.label) if passage.label else ""
    room = 2 * (width - len(indent)) - 4
    yield from _wrapped(label + _start(passage.question, room), width, first or indent, indent)
    answer = _start(passage.answer, room) or say("no text")
    yield from _wrapped(f"→ {answer}", width, indent, f"{indent}  ")


def _start(text: str, room: int) -> str:
    """As much of a text as there is room for, whole words."""
    return textwrap.shorten(text, room, placeholder=" …")


def _indented(text: str, width: int) -> list[str]:
    return [line for row in text.splitlines() for line in _wrapped(row, width, "    ", "    ")]


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _day(day: date | None) -> str:
    if day is None:
        return say("no date known")
    return dutch.day(day) if spoken() == "nl" else f"{day.day} {day:%B} {day.year}"


_DAYS_IN_MONTH, _TWO_MONTHS, _TWO_YEARS = 30.44, 61, 731


def _age(days: int) -> str:
    if days < 0:
        return ""
    if days < _TWO_MONTHS:
        return say(" ({days} days ago)", days=days)
    if days < _TWO_YEARS:
        return say(" ({months} months ago)", months=int(days / _DAYS_IN_MONTH))
    return say(" ({years} years ago)", years=int(days / 365.25))
