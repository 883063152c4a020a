"""What was read, and what the user adds -> the question of an answer file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kmo_report.dutch import session_of
from kmo_report.emit import Value
from kmo_report.incoming.reading import Part, Reading, Requested, Skeleton
from kmo_report.language import say
from kmo_report.model.question import case_of
from kmo_report.model.scalars import Day, Noun, Session, Text, Whole
from kmo_report.problems import InputError, Problem

TODO = "TODO"


class Given(Noun):
    """What a user says of a question by hand; it comes before what was read."""

    session: Session | None = None
    number: Whole | None = None
    asked_by: Text | None = None
    asked_on: Day | None = None
    minister: Text | None = None
    portfolio: Text | None = None
    subject: Text | None = None
    introduction: Text | None = None


NEEDED = ("session", "number", "minister", "asked_on")
"""Without these a case has no name, or its question no date; anything else can be a TODO."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it goes into an answer file."""

    case: str
    tree: dict[str, Value]
    """The key `question` of the file."""
    asking: tuple[Part, ...]
    """The parts that ask, without the tables that they draw; one without a label where there are
    no numbers."""
    requested: Mapping[str, Requested]
    """By label, the figures that parts ask for."""
    texts: Mapping[str, str]
    """Of all parts, by label and in order."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Of all parts, in order."""
        return tuple(self.texts)

    def around(self, label: str) -> tuple[str, ...]:
        """A label, and those of the parts that it belongs to: 2, 2b."""
        steps = path_of(label, self.labels)
        return tuple("".join(steps[: depth + 1]) for depth in range(len(steps)))


def question_of(reading: Reading, given: Given) -> Question:
    """The question that was read; InputError that names what is needed and was not found."""
    minister = reading.minister
    day = given.asked_on or reading.asked_on
    known: dict[str, str | None] = {
        "session": given.session or reading.session or (session_of(day) if day else None),
        "number": _text(given.number if given.number is not None else reading.number),
        "minister": given.minister or (minister.name if minister else None),
        "asked_on": day.isoformat() if day else None,
    }
    lacking = [name for name in NEEDED if not known[name]]
    if lacking:
        options = " ".join(f"--{name.replace('_', '-')} ..." for name in lacking)
        message = say(
            "{lacking} not found in the document; say it yourself: {options}",
            lacking=", ".join(lacking),
            options=options,
        )
        raise InputError([Problem("incomplete", message)])
    portfolio = given.portfolio or (minister and minister.portfolio)
    introduction = given.introduction or reading.introduction
    numbered = [part for part in reading.parts if part.label]
    alone = [part for part in reading.parts if not part.label]
    if alone:  # a question without numbers is all introduction
        introduction = "\n\n".join(filter(None, (introduction, *(part.text for part in alone))))
    requested = {entry.part or "": entry for entry in reading.requested}
    tree: dict[str, Value] = {
        "session": known["session"],
        "number": known["number"],
        "asked_by": given.asked_by or reading.asked_by or TODO,
        "asked_on": known["asked_on"],
        "minister": {"name": known["minister"], "portfolio": portfolio or TODO},
        "subject": given.subject or reading.subject or TODO,
    }
    if introduction:
        tree["introduction"] = below(introduction)
    if numbered:
        tree["parts"] = _parts(numbered, requested)
    asking = [
        replace(part, text=asked_words(part, requested))
        for part in (numbered or alone)
        if part.asks
    ]
    return Question(
        case=case_of(str(known["session"]), str(known["minister"]), int(str(known["number"]))),
        tree=tree,
        asking=tuple(asking) or (Part(None, introduction or "", asks=True),),
        requested=requested,
        texts={part.label or "": asked_words(part, requested) for part in numbered},
    )


def below(text: str) -> str:
    """A text as it stands below its key where it is long."""
    text = text.strip()
    return f"{text}\n" if "\n" in text or len(text) > _LONG else text


_LONG = 80


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def asked_by_hand(parts: Sequence[str]) -> Reading:
    """Nothing but parts, numbered as they come."""
    numbered = tuple(Part(str(at), text, asks=True) for at, text in enumerate(parts, 1))
    return Reading(
        *(None, None, None, None, None, None, None), numbered, (), (), (), answer=None, findings=()
    )


def asked_words(part: Part, requested: Mapping[str, Requested]) -> str:
    """What a part asks in words: without the tables that it draws."""
    figures = requested.get(part.label or "")
    return _without_drawing(part.text, figures.skeleton)[0] if figures else part.text


def path_of(label: str, labels: Sequence[str]) -> tuple[str, ...]:
    """The way to a part through those around it: 2b of 2, 2a, 2b -> (2, b)."""
    around = [
        other
        for other in labels
        if other != label
        and label.startswith(other)
        and not (other[-1].isdigit() and label[len(other)].isdigit())
    ]
    ends = [len(other) for other in sorted(around, key=len)]
    return tuple(label[a:b] for a, b in zip([0, *ends], [*ends, len(label)], strict=True))


def _parts(parts: Sequence[Part], requested: Mapping[str, Requested]) -> dict[str, Value]:
    labels = [part.label or "" for part in parts]
    top: dict[str, Value] = {}
    for part in parts:
        *around, key = path_of(part.label or "", labels)
        holder = top
        for step in around:
            outer = holder[step]
            assert isinstance(outer, dict)  # noqa: S101 -- each part is written below
            holder = outer.setdefault("parts", {})
        holder[key] = part_tree(part, requested.get(part.label or ""))
    return top


def part_tree(part: Part, requested: Requested | None) -> dict[str, Value]:
    """A part of the question, without its own parts."""
    text, introduced = part.text, ""
    drawn: tuple[Skeleton, ...] = ()
    if requested:
        text, introduced, drawn = _without_drawing(part.text, requested.skeleton)
    tree: dict[str, Value] = {"text": below(text)} if text else {}
    if not part.asks:
        tree["asks"] = False
    if requested and _wants_table(requested):
        tree["requested"] = dict(_requested(requested, introduced, drawn))
    return tree


def _wants_table(requested: Requested) -> bool:
    """Whether a sentence would not do: one number of one year needs no table."""
    return bool(requested.years[1:] or requested.layout or requested.skeleton)


def _requested(
    requested: Requested, introduced: str, drawn: Sequence[Skeleton]
) -> Iterator[tuple[str, Value]]:
    if introduced and drawn:
        yield "text", introduced
    if requested.years:
        yield "years", years_tree(requested.years)
    if requested.measures:
        yield "measures", list(requested.measures)
    if requested.layout:
        yield "layout", requested.layout
    if drawn:
        yield (
            "skeleton",
            [{"caption": one.caption, "rows": [list(row) for row in one.rows]} for one in drawn],
        )


def years_tree(years: Sequence[int]) -> Value:
    """2016, 2017, 2018 -> 2016-2018; else the years as a list."""
    if list(years) == list(range(years[0], years[0] + len(years))):
        return f"{years[0]}-{years[-1]}" if years[1:] else f"{years[0]}"
    return [str(year) for year in years]


def _without_drawing(text: str, drawn: Sequence[Skeleton]) -> tuple[str, str, tuple[Skeleton, ...]]:
    """The words of a part, those that announce the tables it draws, and these.

    The words of the tables stand in the text too; where they are not found there, or stand before
    other words, the text is left as it is, and no table is drawn twice.
    """
    if not drawn or not all(one.caption for one in drawn):
        return text, "", ()
    letters = "".join(
        one.caption + "".join(cell for row in one.rows for cell in row) for one in drawn
    )
    pattern = r"\s*".join(map(re.escape, re.sub(r"\s", "", letters)))
    match = re.search(rf"\s*{pattern}\s*\Z", text)
    if not match:
        return text, "", ()
    *before, announced = re.split(r"\n\s*\n", text[: match.start()].strip())
    if before and announced.endswith(":"):
        return "\n\n".join(before), announced, tuple(drawn)
    return text[: match.start()].strip(), "", tuple(drawn)
