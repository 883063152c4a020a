"""Lines -> the question and its answer. The grammar is the same for every format."""

from collections.abc import Sequence

from kmo_report.incoming.asked import derived_years, references, requested, take_addressees
from kmo_report.incoming.header import Header, read_header
from kmo_report.incoming.labels import Path
from kmo_report.incoming.lines import Line, Pages, mend, prose
from kmo_report.incoming.parts import Piece, asks, read_parts
from kmo_report.incoming.reading import (
    Addressee,
    Answer,
    Finding,
    Part,
    Reading,
    Requested,
)
from kmo_report.incoming.reply import Reply, answer_alone, find_reply, read_answer
from kmo_report.incoming.skeletons import draw
from kmo_report.incoming.unfold import unfold
from kmo_report.language import say
from kmo_report.problems import Problem


def read_question(pages: Pages) -> Reading:
    """All that the lines of a document say; what is not found is None, and a problem says so."""
    lines, findings = unfold(mend(pages.lines))
    reply = find_reply(lines)
    above = lines[: reply.begin] if reply else lines
    header = read_header(above, pages.running) if above else Header()
    opening, pieces, skipped = read_parts(header.rest)
    findings += skipped
    introduction, parts, wanted, people = _body(header, opening, pieces, findings)
    paths = [piece.path for piece in pieces]
    answer = _answer(reply, header, paths, findings, whole=bool(above))
    _say_what_is_missing(header, parts, reply, findings)
    texts = [introduction or "", *(part.text for part in parts)]
    texts += [part.text for part in answer.parts] if answer else []
    return Reading(
        session=header.session,
        number=header.number,
        asked_by=header.asked_by,
        asked_on=header.asked_on,
        minister=header.minister,
        subject=header.subject,
        introduction=introduction,
        parts=parts,
        requested=wanted,
        addressees=people,
        references=references(texts, (header.number, header.asked_by)),
        answer=answer,
        findings=(
            *(Finding(None, problem) for problem in pages.problems),
            *header.findings,
            *findings,
            *(reply.findings if reply else ()),
        ),
    )


def _body(
    header: Header, introduction: list[Line], pieces: Sequence[Piece], findings: list[Finding]
) -> tuple[str | None, tuple[Part, ...], tuple[Requested, ...], tuple[Addressee, ...]]:
    """Introduction, parts, what they ask for, and the ministers that were asked the same."""
    entries: list[tuple[Path | None, Sequence[Line]]] = [(p.path, p.lines) for p in pieces]
    if not pieces:
        entries, introduction = [(None, introduction)] if introduction else [], []
    opening, people = take_addressees(prose(introduction))
    parts: list[Part] = []
    wanted: list[Requested] = []
    for path, lines in entries:
        rowed, drawn = draw(lines)
        text, named = take_addressees(prose(rowed))
        people += named
        longer = path and any(other and other[: len(path)] == path != other for other, _ in entries)
        part = Part("".join(path) if path else None, text, asks(text, introduces=bool(longer)))
        parts.append(part)
        figures = requested(part.label, text, drawn, header.asked_on) if part.asks else None
        if figures:
            wanted.append(figures)
            words = derived_years(text)
            if words and header.asked_on and figures.years:
                years = f"{figures.years[0]}-{figures.years[-1]}"
                message = say("{words} is read as {years}", words=words, years=years)
                problem = Problem("years", message, lines[0].place if lines else None, "hint")
                findings.append(Finding(f"requested.{part.label}", problem))
    return opening or None, tuple(parts), tuple(wanted), people


def _answer(
    reply: Reply | None, header: Header, paths: list[Path], findings: list[Finding], *, whole: bool
) -> Answer | None:
    """The answer; what its header says of the question is compared with the question's own."""
    if reply is None:
        return None
    for name in ("number", "asked_by"):
        own, theirs = getattr(header, name), getattr(reply, name)
        if own is None:
            setattr(header, name, theirs)
        elif theirs is not None and str(own).lower() != str(theirs).lower():
            message = say(
                "the answer's header says {theirs}, the question {own}", theirs=theirs, own=own
            )
            findings.append(
                Finding(name, Problem("header-differs", message, reply.place, "warning"))
            )
    if reply.question_date and header.asked_on and reply.question_date != header.asked_on:
        message = say(
            "the question is of {asked_on}, but the answer says it is of {question_date}",
            asked_on=header.asked_on,
            question_date=reply.question_date,
        )
        problem = Problem("question-date", message, reply.place, "warning")
        findings.append(Finding("answer.question_date", problem))
    return read_answer(reply, paths if whole else answer_alone(reply))


def _say_what_is_missing(
    header: Header, parts: Sequence[Part], reply: Reply | None, findings: list[Finding]
) -> None:
    fields: dict[str, object] = {
        "number": header.number,
        "asked_by": header.asked_by,
        "asked_on": header.asked_on,
        "session": header.session,
        "minister": header.minister,
        "subject": header.subject,
        "parts": parts or None,
    }
    if header.minister:
        fields["minister.portfolio"] = header.minister.portfolio
    if reply:
        fields["answer.question_date"] = reply.question_date
        fields["answer.minister"] = reply.minister
        if reply.minister:
            fields["answer.minister.portfolio"] = reply.minister.portfolio
        fields["answer.parts"] = reply.body or None
    said = {finding.field for finding in findings} | {finding.field for finding in header.findings}
    for name, value in fields.items():
        if value is None and name not in said:
            message = say("{field} was not found in the document", field=name)
            findings.append(Finding(name, Problem("not-found", message, None, "warning")))
