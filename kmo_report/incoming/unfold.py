"""Copies that have lost their line breaks: a header that stands on one line gets its lines back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kmo_report.dutch import DAY
from kmo_report.incoming.header import in_capitals
from kmo_report.incoming.lines import Line
from kmo_report.incoming.reading import Finding
from kmo_report.incoming.reply import KINDS
from kmo_report.language import mark, say
from kmo_report.problems import Problem

_KIND = "|".join(filter(None, KINDS)).upper()
_QUESTION = re.compile(
    r"(?P<heading>SCHRIFTELIJKE\s+VRAAG)\s+(?P<number>nr\.?\s*\d{1,5}(?:\s*\(\d{4}-\d{4}\))?)"
    rf"\s+(?P<by>van\s+[^\d:]{{2,80}}?)\s+(?P<on>(?:datum\s*:?\s*)?(?:{DAY.pattern}))(?:\s+|$)",
    re.IGNORECASE,
)
_TO = re.compile(
    r"(?:aan\s+)?(?P<name>[^\W\d_](?:(?!\s-\s)[^.?!:\d]){1,80}?)\s+"
    r"(?=(?:VLAAMSE?\s+)?(?:VICE)?MINISTER\b)"
)
_ANSWER = re.compile(
    rf"(?P<heading>(?:(?:{_KIND})\s+)?ANTWOORD)\s+(?P<to>op\s+vraag\s+nr\.?\s*\d{{1,5}}"
    rf"(?:\s+van\s+(?:{DAY.pattern}))?)\s+(?P<by>van\s+)"
)
_TITLE = re.compile(r"\b(?:VLAAMSE?\s+)?(?:VICE)?MINISTER\b|\bSTAATSSECRETARIS\b")
_OPENERS = re.compile(
    r"\s(?=(?:De|Het|Een|In|Op|Binnen|Over|Met|Volgens|Uit|Sinds|Vorige?|Deze|Dit|Er|Ik|Graag|Kan|"
    r"Hoe|Hoeveel|Wat|Welke?|Naar|Tijdens|Vanaf|Om|Als|Bij|Via|Voor|Door|Tot|Onder|Recent|Eind|"
    r"Begin|Nu|Na|Heeft|Is|Zijn|Wordt|Worden|Elke?|Alle|Vlaanderen|Wij|We)\s)"
)
_LONGEST = 200


def unfold(lines: Sequence[Line]) -> tuple[tuple[Line, ...], list[Finding]]:
    """The lines, with those of a header each on their own; and what was not sure about that."""
    unfolded: list[Line] = []
    findings: list[Finding] = []
    for line in lines:
        unfolded += _unfold(line, findings) if line.cells is None else [line]
    return tuple(unfolded), findings


def _unfold(line: Line, findings: list[Finding]) -> Iterator[Line]:
    text = line.text
    if match := _QUESTION.search(text):
        if text[: match.start()].strip():
            yield replace(line, text=text[: match.start()].strip())
        for name in ("heading", "number", "by", "on"):
            yield replace(line, text=match[name], starts=name == "heading", label="", glued=False)
        line = replace(line, text=text[match.end() :], label="", starts=True, glued=False)
        yield from _addressee(line, findings)
    else:
        yield from _answer(line)


def _addressee(line: Line, findings: list[Finding]) -> Iterator[Line]:
    """Name and title, then the subject and all the rest."""
    match = _TO.match(line.text)
    text = line.text
    if match:
        words = text[match.end() :].split(" ")
        end = next((at for at, word in enumerate(words) if not _of_title(word)), len(words))
        yield replace(line, text=f"aan {match['name'].removeprefix('aan ')}")
        yield replace(line, text=" ".join(words[:end]), starts=False)
        text = " ".join(words[end:])
    if not text:
        return
    first = re.search(r"[^\W\d_]{2}[.?!:](?=\s)|\s1[.)]\s", text)
    sentence = text[: first.start()] if first else text
    starts = [m.start() for m in _OPENERS.finditer(sentence)]
    message = mark("where the subject ends is not sure: the copy has lost its line breaks")
    if starts and first:
        problem = Problem("unsure", say(message), line.place, "warning")
        findings.append(Finding("subject", problem))
        yield replace(line, text=text[: starts[-1]])
        yield from _answer(replace(line, text=text[starts[-1] + 1 :]))
    else:
        if first and len(text) > _LONGEST:
            findings.append(
                Finding("subject", Problem("unsure", say(message), line.place, "warning"))
            )
        yield from _answer(replace(line, text=text))


def _of_title(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    return word not in ("-", "–") and all(c.isupper() for c in letters)


def _answer(line: Line) -> Iterator[Line]:
    """A line in which the header of an answer stands, cut around it."""
    match = _ANSWER.search(line.text)
    if not match:
        yield line
        return
    before, after = line.text[: match.start()].rstrip(), line.text[match.end() :]
    words = before.split(" ")
    begin = len(words)
    while begin and _of_title(words[begin - 1]) and words[begin - 1].strip("…."):
        begin -= 1
    block = " ".join(words[begin:])
    title = _TITLE.search(block)
    if title and title.start() > 0:
        before = " ".join(words[:begin])
    if before:
        yield replace(line, text=before)
    if title and title.start() > 0:
        yield replace(line, text=block[: title.start()].strip(), label="", starts=True, glued=False)
        yield replace(line, text=block[title.start() :], label="", starts=False, glued=False)
    yield replace(line, text=match["heading"], label="", starts=True, glued=False)
    yield replace(line, text=match["to"], label="", starts=False, glued=False)
    names = after.split(" ")
    end = next(
        (at for at, word in enumerate(names) if not in_capitals(word) or _is_number(word)),
        len(names),
    )
    yield replace(
        line, text=match["by"] + " ".join(names[:end]), label="", starts=False, glued=False
    )
    if names[end:]:
        yield replace(line, text=" ".join(names[end:]), label="", starts=True, glued=False)


def _is_number(word: str) -> bool:
    return re.fullmatch(r"\d+[.)]?|[a-z][.)]", word) is not None
