"""Rules on words and dates: what is still to be done, what may not be, what reads badly."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from kmo_report import prose
from kmo_report.checks.rule import Case, Finding, texts
from kmo_report.dutch import session_of
from kmo_report.language import mark, say
from kmo_report.source import Path

_TODO = re.compile(r"\b(?:TODO|TBD|FIXME|XXX)\b")


def nothing_is_to_do(case: Case) -> Iterator[Finding]:
    """A final answer holds nothing that is still to be done; of others it is listed."""
    final = case.answer.status == "final"
    for path, text in texts(case.answer):
        seen: Counter[str] = Counter()
        for match in _TODO.finditer(text):
            if final:
                message = say("a final answer may not hold {word}", word=match[0])
            else:
                rest = text[match.end() :].strip(" .)")
                message = say("to do: {words}", words=_beginning(rest or path[-1]))
            yield Finding(path, message, match[0], seen[match[0]])
            seen[match[0]] += 1


_SHOWN = 60
"""Characters of what is to be done."""


def _beginning(text: str) -> str:
    """The first words of a text, in one line."""
    words = " ".join(text.split()).lstrip(" :,.;)")
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rsplit(' ', 1)[0]} …"


def quotes_are_reviewed(case: Case) -> Iterator[Finding]:
    """What was taken over from an earlier answer was looked at before it leaves the house."""
    for path, part in case.parts():
        for at, content in enumerate(part.content):
            if content.quoted and not content.reviewed:
                message = mark(
                    "this text comes from {case} and nobody has reviewed it; see whether it still "
                    "holds, then write `reviewed: true`"
                )
                where = (*path, "content", str(at), "quoted")
                yield Finding(where, say(message, case=content.quoted))


def texts_hold_no_html(case: Case) -> Iterator[Finding]:
    """Texts hold paragraphs, lists, emphasis and links to the web, nothing else."""
    own = ((path, text, True) for path, text in case.prose())
    for path, text, markup in (*_asked(case), *own):
        for near, message in prose.faults(text, markup=markup):
            yield Finding(path, message, near)


def _asked(case: Case) -> Iterator[tuple[Path, str, bool]]:
    """The asker's own words, which hold no markup."""
    question = case.answer.question
    if question.introduction:
        yield ("question", "introduction"), question.introduction, False
    for label, part in question.labels():
        path = ("question", *(step for key in label for step in ("parts", key)))
        if part.text:
            yield (*path, "text"), part.text, False
        if part.requested and part.requested.text:
            yield (*path, "requested", "text"), part.requested.text, False


# --- dates -----------------------------------------------------------------------------------


def dates_agree(case: Case) -> Iterator[Finding]:
    """The answer's header names the date of the question; real documents differ, so it warns."""
    asked, named = case.answer.question.asked_on, case.answer.answer.question_date
    if asked < named:
        message = mark("the question is of {asked}, but the answer's header says {named}")
        yield Finding(("answer", "question_date"), say(message, asked=asked, named=named))


def no_answer_before_its_question(case: Case) -> Iterator[Finding]:
    """The date in the answer's header is not before the question was asked."""
    asked, named = case.answer.question.asked_on, case.answer.answer.question_date
    if named < asked:
        message = mark("the answer's header says {named}, before the question was asked ({asked})")
        yield Finding(("answer", "question_date"), say(message, asked=asked, named=named))


def the_session_fits_the_date(case: Case) -> Iterator[Finding]:
    """A question is asked in its parliamentary year."""
    question = case.answer.question
    if question.session != session_of(question.asked_on):
        message = mark("{asked} is in the parliamentary year {session}, not in {given}")
        session = session_of(question.asked_on)
        told = say(message, asked=question.asked_on, session=session, given=question.session)
        yield Finding(("question", "session"), told)


def no_date_lies_ahead(case: Case) -> Iterator[Finding]:
    """Nothing was asked on a day that is still to come."""
    dates: tuple[tuple[Path, date], ...] = (
        (("question", "asked_on"), case.answer.question.asked_on),
        (("answer", "question_date"), case.answer.answer.question_date),
    )
    for path, day in dates:
        if case.today and day > case.today:
            yield Finding(path, say("{day} lies in the future", day=day))


# --- language: hints, never errors ---------------------------------------------------------------

_DOUBLED = re.compile(r"\b([^\W\d_]+)[ \n]+\1\b", re.IGNORECASE)
_MAY_DOUBLE = frozenset({"die", "dat", "er", "u"})
"""`de mensen die die opleiding volgden` is good Dutch."""


def no_word_is_doubled(case: Case) -> Iterator[Finding]:
    """`van van` is a slip of the pen."""
    for path, text in case.prose():
        for match in _DOUBLED.finditer(text):
            if match[1].lower() not in _MAY_DOUBLE:
                shown = " ".join(match[0].split())
                yield Finding(path, say("a doubled word: {words}", words=shown), match[0])


_VAGUE = re.compile(
    r"\b(onlangs|recente?|recentelijk|binnenkort|momenteel|weldra)\b", re.IGNORECASE
)


def a_time_has_a_date(case: Case) -> Iterator[Finding]:
    """The answer is read for decades: `onlangs` wants a year in its paragraph."""
    for path, text in case.prose():
        for paragraph in re.split(r"\n\s*\n", text):
            dated = re.search(r"\b(19|20)[0-9]{2}\b", paragraph)
            for match in () if dated else _VAGUE.finditer(paragraph):
                message = mark("{word}: who reads this in ten years wants a date")
                yield Finding(path, say(message, word=match[0]), match[0])


_CURLY, _STRAIGHT = re.compile("[\u2018\u2019\u201c\u201d]"), re.compile("['\"]")


def quotes_are_of_one_kind(case: Case) -> Iterator[Finding]:
    """Straight and curly quotes side by side come from two sources."""
    written = list(case.prose())
    if any(_CURLY.search(text) for _, text in written):
        for path, text in written:
            if _STRAIGHT.search(text):
                message = mark("a straight quote beside curly ones elsewhere")
                yield Finding(path, say(message), _STRAIGHT.findall(text)[0])
