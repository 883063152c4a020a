"""An answer file: the question, the answer proper, its tables and annexes."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kmo_report.model.question import Minister, Question
from kmo_report.model.scalars import (
    Day,
    Flag,
    Noun,
    Session,
    Text,
    Whole,
    Years,
    _file_name,
    invalid,
    one_or_more,
)
from kmo_report.model.table import Table


class EarlierQuestion(Noun):
    """A question that is referred to."""

    number: Whole
    """Its number. Example: 303"""
    session: Session | None = None
    """Its parliamentary year. Example: 2018-2019"""
    asked_by: Text
    """The member who asked it. Example: Yasmine Kherbache"""
    minister: Text | None = None
    """The minister who was asked. Example: Philippe Muyters"""
    url: Text | None = None
    """Where its answer can be read.
    Example: https://www.vlaamsparlement.be/nl/parlementaire-documenten"""

    def is_named_in(self, text: str) -> bool:
        """Whether a text refers to it already: by its address, or as `vraag (nr.) 303`."""
        named = rf"\b[vV]ra(?:ag|gen)\b(?:nr\.|[^.;]){{0,40}}?\b{self.number}\b"
        return bool(self.url and self.url in text) or re.search(named, text) is not None


class Cover(Noun):
    """What is answered elsewhere, or not at all and why."""

    years: Years = ()
    """The years that this covers: one, a span or a list; all of the part if left out.
    Example: 2016-2018"""
    question: EarlierQuestion | None = None
    """The earlier question whose answer holds it; either this or not_available. It is printed after
    the content, unless that names the question already.
    Example: {number: 303, asked_by: Yasmine Kherbache}"""
    not_available: Text | None = None
    """The reason; printed after the content. Example: De premie bestond nog niet."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.question is None) == (self.not_available is None):
            raise invalid("covers", "wants either question or not_available")
        return self


class Content(Noun):
    """One block of an answer: a text, a table by its name, or where the answer is to be found."""

    text: Text | None = None
    """Paragraphs, lists, emphasis and links in plain Markdown; no HTML.
    Example: 'De cijfers voor 2019:'"""
    quoted: Text | None = None
    """The case that the text, or the reference, was taken over from.
    Example: 2018-2019-muyters-303"""
    reviewed: Flag = False
    """Whether somebody has seen that what is quoted still holds. Example: true"""
    table: Text | None = None
    """A table of `tables`, by its name. Example: support"""
    same_as: Text | None = None
    """Another part of this question, whose answer serves here too. Example: 1a"""
    question: EarlierQuestion | None = None
    """A question that was answered earlier. Example: {number: 303, asked_by: Yasmine Kherbache}"""
    annex: Text | None = None
    """The file of an annex. Example: bijlage.xlsx"""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = (self.text, self.table, self.same_as, self.question, self.annex)
        if sum(kind is not None for kind in kinds) != 1:
            raise invalid("content", "wants one of text, table, same_as, question or annex")
        if (self.quoted or self.reviewed) and (self.table is not None or self.annex is not None):
            raise invalid("content", "a table or an annex is not quoted, and not reviewed")
        return self


class AnswerPart(Noun):
    """What is answered to one part, to several, or (`all`) to the whole question."""

    of: Annotated[tuple[Text, ...], BeforeValidator(one_or_more)] = Field(min_length=1)
    """The part it answers, a list of parts, or all: one answer without numbers.
    Example: 1a
    Example: [1, 2b]
    Example: all"""
    covers: tuple[Cover, ...] = ()
    """What is answered by an earlier question, or not at all and why.
    Example: [{years: 2015, not_available: De premie bestond nog niet.}]"""
    content: tuple[Content, ...] = ()
    """What is printed, in this order: texts, tables, and where else the answer is to be found.
    Example: [{text: "De cijfers voor 2019:"}, {table: support}]"""

    @property
    def of_all(self) -> bool:
        """Whether it is one unnumbered answer to the whole question."""
        return self.of == ("all",)


Kind = Literal["answer", "coordinated", "referring", "supplementary", "provisional"]


class AnswerText(Noun):
    """The answer proper, under its own header."""

    kind: Kind = "answer"
    """Which kind of answer it is; its header says so. Example: provisional"""
    question_date: Day
    """The question's date as the answer's header prints it. Example: 2020-02-13"""
    minister: Minister | None = None
    """Only where name or title differ from the question's.
    Example: {name: HILDE CREVITS, portfolio: VLAAMS MINISTER VAN WERK}"""
    parts: tuple[AnswerPart, ...] = Field(min_length=1)
    """What is answered to each part, in the order in which it is printed.
    Example: [{of: 1a, content: [{text: In 2019 waren het er 452.}]}]"""


class Annex(Noun):
    """A file that goes with the answer: of the case folder, or made of a table."""

    file: Annotated[Text, AfterValidator(_file_name)]
    """Its name, as the document prints it; it lies beside answer.yaml unless it is made of a table.
    Example: bijlage.xlsx"""
    title: Text
    """Its title in the list at the end. Example: Steun per gemeente"""
    table: Text | None = None
    """The table that it is made of: an Excel file (.xlsx), or the data (.csv) with a schema.
    Example: support"""

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        if self.table and not self.file.lower().endswith((".xlsx", ".csv")):
            raise invalid("annex", "a table is put out as .xlsx or .csv, not as {file}",
                         file=self.file)  # fmt: skip
        return self


class Silence(Noun):
    """A hint that is not wanted in this answer, and why."""

    code: Text
    """The word in brackets behind the hint. Example: quotes"""
    reason: Text
    """Why it is not wanted. Example: The original writes it so."""


class Answer(Noun):
    """An answer file, whole."""

    status: Literal["draft", "reviewed", "final"]
    """draft or reviewed: ONTWERP stands on every page, and TODO may stand in it; final: neither.
    Example: draft"""
    publish_on: Day | None = None
    """Not to be made public before that day.
    Example: 2020-03-06"""
    question: Question
    """The question as it came in.
    Example: {session: 2019-2020, number: 370, asked_by: CAROLINE GENNEZ, asked_on: 2020-02-13,
     minister: {name: HILDE CREVITS, portfolio: VLAAMS MINISTER VAN ECONOMIE},
     subject: Kmo-portefeuille, parts: {1: {text: Hoeveel aanvragen waren er in 2019?}}}"""
    answer: AnswerText
    """The answer proper.
    Example: {question_date: 2020-02-13, parts: [{of: 1, content: [{table: support}]}]}"""
    tables: Mapping[Text, Table] = {}
    """The figures, by a name that the content prints them by.
    Example: {support: {years: {2019: {Advies A: {count: 452, total: 749140}}},
     captions: "{year}:"}}"""
    annexes: tuple[Annex, ...] = ()
    """Files beside answer.yaml; they are listed at the end and travel inside the PDF.
    Example: [{file: bijlage.xlsx, title: Steun per gemeente}]"""
    silence: tuple[Silence, ...] = ()
    """Hints that are not wanted in this answer, each with a reason.
    Example: [{code: quotes, reason: The original writes it so.}]"""

    @property
    def minister(self) -> Minister:
        """Who answers."""
        return self.answer.minister or self.question.minister
