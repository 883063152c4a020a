"""A written question as it came in, and what identifies it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from kmo_report.model.scalars import (
    Day,
    Flag,
    Measure,
    Noun,
    Session,
    Text,
    Whole,
    Years,
    _part_key,
    invalid,
)


class Minister(Noun):
    """Who is addressed, or who answers; name and title as printed."""

    name: Text
    """Name and first name, as printed. Example: HILDE CREVITS"""
    portfolio: Text
    """The title, as printed. Example: VLAAMS MINISTER VAN ECONOMIE"""


class Skeleton(Noun):
    """A table as the asker drew it: a request, never data."""

    caption: Text
    """The title that the asker put above it. Example: '2016:'"""
    rows: tuple[tuple[Text, ...], ...] = Field(min_length=1)
    """Its rows, equally long; the first holds the headings.
    Example: [[Opleiding, Aantal], [Advies B, …]]"""

    @model_validator(mode="after")
    def _even(self) -> Self:
        if len({len(row) for row in self.rows}) > 1:
            raise invalid("skeleton", "the rows are not equally long")
        return self


class Requested(Noun):
    """The figures that a part asks for, and the layout it wants them in."""

    text: Text | None = None
    """The sentence that introduces the drawn tables, as printed.
    Example: 'Graag het antwoord als volgt:'"""
    years: Years = ()
    """The years that the answer must show or account for: one, a span or a list.
    Example: 2016-2019"""
    rows: tuple[Text, ...] = ()
    """Names of rows that must be there: items, or members of a label.
    Example: [Opleiding A, Advies B]"""
    columns: tuple[Text, ...] = ()
    """Names of columns that must be there. Example: [Advies, Opleiding]"""
    measures: tuple[Measure, ...] = ()
    """The measures that must be there. Example: [count, total]"""
    layout: Text | None = None
    """The layout that is asked for, in words. Example: per-year"""
    skeleton: tuple[Skeleton, ...] = ()
    """The tables as the asker drew them; printed with the question.
    Example: [{caption: "2016:", rows: [[Opleiding, Aantal], [Advies B, …]]}]"""


PartKey = Annotated[Text, AfterValidator(_part_key)]


class Part(Noun):
    """A numbered sub-question; one that does not ask only introduces its own parts."""

    text: Text | None = None
    """What it asks, as it came in; its line breaks are kept. A number above others may have none.
    Example: Hoeveel aanvragen waren er in 2019?"""
    asks: Flag = True
    """Whether it asks something; false if it only introduces its own parts. Example: false"""
    parts: Mapping[PartKey, "Part"] = {}
    """Its own parts, by number or letter: 1, a, ii.
    Example: {a: {text: Hoeveel aanvragen waren er?}}"""
    requested: Requested | None = None
    """The figures that it asks for, which the answer must then give.
    Example: {years: 2016-2019, measures: [count]}"""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and not self.parts:
            raise invalid("missing-key", "lacks the key {key}", key="text")
        return self


class Question(Noun):
    """A written question as it came in; session + minister + number identify it."""

    session: Session
    """The parliamentary year. Example: 2019-2020"""
    number: Whole
    """Its number; numbers start anew for each minister and session. Example: 370"""
    asked_by: Text
    """The member who asks, as printed. Example: CAROLINE GENNEZ"""
    asked_on: Day
    """The date of the question. Example: 2020-02-13"""
    minister: Minister
    """The minister who is asked.
    Example: {name: HILDE CREVITS, portfolio: VLAAMS MINISTER VAN ECONOMIE}"""
    subject: Text
    """The subject, as printed. Example: Kmo-portefeuille  -  Focus op Talent"""
    introduction: Text | None = None
    """What stands before the numbered parts; its line breaks are kept.
    Example: Ik heb volgende vragen."""
    parts: Mapping[PartKey, Part] = {}
    """The numbered parts, by number or letter: 1, a, ii. Left out if there are none.
    Example: {1: {text: Hoeveel aanvragen waren er?}}"""

    @property
    def case(self) -> str:
        """The name of its case: 2019-2020-crevits-370."""
        return case_of(self.session, self.minister.name, self.number)

    @property
    def identifier(self) -> str:
        """What it is called for good: urn:kmo-report:sv:2019-2020:crevits:370."""
        return identifier(self.session, self.minister.name, self.number)

    def labels(self) -> Iterator[tuple[tuple[str, ...], Part]]:
        """Every part with its path, in order: (1,), (1, a), (1, b), ..."""
        return _labels((), self.parts)


def short_name(name: str) -> str:
    """A name less its first word, in ASCII and lower case: `Jan D'Haeseleer` -> d-haeseleer."""
    words = name.split()
    return slug(" ".join(words[1:] or words)) or "minister"


def slug(text: str) -> str:
    """The words of a text, in ASCII and lower case: `Jan D'Haeseleer` -> jan-d-haeseleer."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", ascii_text.lower()).strip("-")


def case_of(session: str, minister: str, number: int) -> str:
    """The name of the case of a question; the minister as printed."""
    return f"{session}-{short_name(minister)}-{number}"


def identifier(session: str, minister: str, number: int) -> str:
    """What a question is called for good; the minister as printed."""
    return f"urn:kmo-report:sv:{session}:{short_name(minister)}:{number}"


def _labels(
    path: tuple[str, ...], parts: Mapping[str, Part]
) -> Iterator[tuple[tuple[str, ...], Part]]:
    for key, part in parts.items():
        yield (*path, key), part
        yield from _labels((*path, key), part.parts)
