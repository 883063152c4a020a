"""Rules on questions and answers: is everything answered that was asked, and does it exist?"""

import re
from collections.abc import Iterator
from itertools import pairwise

from kmo_report.checks.rule import Case, Finding
from kmo_report.document import is_address
from kmo_report.language import did_you_mean, mark, say
from kmo_report.layout import Spread
from kmo_report.model.answer import AnswerPart, EarlierQuestion
from kmo_report.model.question import Requested
from kmo_report.model.table import Table
from kmo_report.source import Path


def parts_exist(case: Case) -> Iterator[Finding]:
    """An answer is to parts of the question, and refers to parts of the question."""
    known = case.labels()
    for path, part in case.parts():
        named: list[tuple[Path, str]] = [
            ((*path, "of", str(at)), label) for at, label in enumerate(part.of)
        ]
        named += [
            ((*path, "content", str(at), "same_as"), content.same_as)
            for at, content in enumerate(part.content)
            if content.same_as
        ]
        for where, label in named:
            if label not in known and not (label == "all" and part.of_all):
                message = say("the question has no part {label}", label=label)
                yield Finding(where, message + did_you_mean(label, known))


def parts_are_answered(case: Case) -> Iterator[Finding]:
    """Every part that asks something is answered, by itself or with the part that it belongs to."""
    for label, part in case.answer.question.labels():
        if part.asks and not any(_serve(case, label)):
            message = mark(
                "part {label} is not answered: answer it, refer with `same_as`, say under `covers` "
                "why not, or write `asks: false` if it only introduces"
            )
            yield Finding(_place(label), say(message, label="".join(label)))


def parts_are_answered_once(case: Case) -> Iterator[Finding]:
    """The same part or parts have one answer."""
    seen: dict[tuple[str, ...], int] = {}
    for index, part in enumerate(case.answer.answer.parts):
        if seen.setdefault(part.of, index) != index:
            message = mark("{label} was answered already; put it together, or mend the number")
            path = ("answer", "parts", str(index), "of")
            yield Finding(path, say(message, label=", ".join(part.of)))


def answers_are_in_order(case: Case) -> Iterator[Finding]:
    """Answers to single parts follow each other as the parts of the question do."""
    labels = case.labels()
    single = [
        (path, labels.index(part.of[0]))
        for path, part in case.parts()
        if len(part.of) == 1 and part.of[0] in labels
    ]
    for (_, before), (path, at) in pairwise(single):
        if at < before:
            message = mark("the answer to {label} stands after that to {before}")
            told = say(message, label=labels[at], before=labels[before])
            yield Finding((*path, "of"), told)


def answers_say_something(case: Case) -> Iterator[Finding]:
    """An answer has content, or says where it is or why there is none."""
    for path, part in case.parts():
        if not part.content and not part.covers:
            yield Finding(path, say("the answer to {label} is empty", label=", ".join(part.of)))


def requests_are_met(case: Case) -> Iterator[Finding]:
    """The years, rows, columns and measures that a part asks for are in a table, or accounted for.

    Years by a reference or a reason under `covers`; one that names no years accounts for all.
    """
    for label, part in case.answer.question.labels():
        if part.requested:
            answers = list(_serve(case, label))
            for key, asked in _unmet(case, part.requested, answers):
                message = mark("part {label} asks for {asked}, which no table of its answer shows; "
                               "add them, or account for them under `covers`")  # fmt: skip
                told = say(message, label="".join(label), asked=", ".join(asked))
                yield Finding((*_place(label), "requested", key), told)


def _unmet(
    case: Case, requested: Requested, answers: list[AnswerPart]
) -> Iterator[tuple[str, list[str]]]:
    covers = [cover for part in answers for cover in part.covers]
    if not answers or any(not cover.years for cover in covers):
        return
    tables = list(_tables(case, answers, set()))
    years = {year for cover in covers for year in cover.years}
    years |= {year for table in tables for year in table.years}
    shown = {word.casefold() for table in tables for word in _shown(case, table)}
    measures = {measure for table in tables for measure in Spread(table).measures}
    unmet: dict[str, list[str]] = {
        "years": [str(year) for year in requested.years if year not in years],
        "rows": [row for row in requested.rows if row.casefold() not in shown],
        "columns": [column for column in requested.columns if column.casefold() not in shown],
        "measures": [measure for measure in requested.measures if measure not in measures],
    }
    for key, asked in unmet.items():
        if asked:
            yield key, asked


def _shown(case: Case, table: Table) -> Iterator[str]:
    """All that a row or column of the table may be called."""
    for year, name, item in table.items():
        yield from (str(year), name, *item.labels.values())
    for headings in table.headings.values():
        yield from headings.values()
    yield from case.style.headings.values()


def _tables(case: Case, answers: list[AnswerPart], seen: set[str]) -> Iterator[Table]:
    """The tables in some answers, and in those that they refer to."""
    for content in (content for part in answers for content in part.content):
        if table := case.answer.tables.get(content.table or ""):
            yield table
        if content.same_as and content.same_as not in seen:
            seen.add(content.same_as)
            for label, _ in case.answer.question.labels():
                if "".join(label) == content.same_as:
                    yield from _tables(case, list(_serve(case, label)), seen)


def _serve(case: Case, label: tuple[str, ...]) -> Iterator[AnswerPart]:
    """The answers to a part: to itself, to one that it belongs to, or to the whole question."""
    names = {"".join(label[:depth]) for depth in range(1, len(label) + 1)}
    for _, part in case.parts():
        if part.of_all or names & set(part.of):
            yield part


def _place(label: tuple[str, ...]) -> Path:
    return ("question", *(step for key in label for step in ("parts", key)))


# --- references ----------------------------------------------------------------------------------


def references_are_sound(case: Case) -> Iterator[Finding]:
    """A question that is referred to has a well-formed address and is another; an annex exists."""
    annexes = [annex.file for annex in case.answer.annexes]
    for path, part in case.parts():
        for at, cover in enumerate(part.covers):
            if cover.question:
                where = (*path, "covers", str(at), "question")
                yield from _reference_faults(case, where, cover.question)
        for at, content in enumerate(part.content):
            where = (*path, "content", str(at))
            if content.same_as and _leads_back(case, part, content.same_as):
                message = say("part {label} refers to itself in the end", label=content.same_as)
                yield Finding((*where, "same_as"), message)
            if content.question:
                yield from _reference_faults(case, (*where, "question"), content.question)
            if content.annex and content.annex not in annexes:
                message = say("no annex of this answer is called {file}", file=content.annex)
                hint = did_you_mean(content.annex, annexes)
                yield Finding((*where, "annex"), message + hint)


def _leads_back(case: Case, start: AnswerPart, label: str) -> bool:
    """Whether an answer that only refers on leads to the part that it is the answer to."""
    seen: set[str] = set()
    while label not in seen:
        seen.add(label)
        if label in start.of:
            return True
        onward = [part for _, part in case.parts() if label in part.of]
        targets = [c.same_as for part in onward for c in part.content]
        if len(targets) != 1 or targets[0] is None:
            return False
        label = targets[0]
    return False


_ANNEX = re.compile(r"\b[bB]ijlagen? ([0-9]{1,2})\b")


def annexes_are_there(case: Case) -> Iterator[Finding]:
    """An annex that a text names by its number is one of the list."""
    for path, text in case.prose():
        for match in _ANNEX.finditer(text):
            if not 0 < int(match[1]) <= len(case.answer.annexes):
                message = mark("the text refers to annex {number}, but `annexes` lists {count}")
                told = say(message, number=match[1], count=len(case.answer.annexes))
                yield Finding(path, told, match[0])


def _reference_faults(case: Case, where: Path, earlier: EarlierQuestion) -> Iterator[Finding]:
    if earlier.url and not is_address(earlier.url):
        message = mark("{link} is no web or mail address (https://, http://, mailto:)")
        yield Finding((*where, "url"), say(message, link=earlier.url))
    question = case.answer.question
    same_minister = earlier.minister in (None, question.minister.name)
    if earlier.number == question.number and earlier.session == question.session and same_minister:
        yield Finding((*where, "number"), say("this question refers to itself"))


# --- tables --------------------------------------------------------------------------------------


def tables_exist(case: Case) -> Iterator[Finding]:
    """A table that is to be printed is there."""
    for path, part in case.parts():
        for at, content in enumerate(part.content):
            if content.table and content.table not in case.answer.tables:
                message = say("there is no table {name}", name=content.table)
                hint = did_you_mean(content.table, list(case.answer.tables))
                yield Finding((*path, "content", str(at), "table"), message + hint)
    for at, annex in enumerate(case.answer.annexes):
        if annex.table and annex.table not in case.answer.tables:
            message = say("there is no table {name}", name=annex.table)
            hint = did_you_mean(annex.table, list(case.answer.tables))
            yield Finding(("annexes", str(at), "table"), message + hint)


def tables_are_printed(case: Case) -> Iterator[Finding]:
    """A table that is there is printed, or put out as an annex."""
    printed = {content.table for _, part in case.parts() for content in part.content}
    printed |= {annex.table for annex in case.answer.annexes}
    for name in case.answer.tables:
        if name not in printed:
            message = mark("table {name} is not printed; write `- table: {name}` in a part")
            yield Finding(("tables", name), say(message, name=name))
