"""The body of a question -> its introduction and its numbered parts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from kmo_report.incoming.labels import INLINE, Counter, Number, Path, after_abbreviation, numbers
from kmo_report.incoming.lines import Indent, Line
from kmo_report.incoming.reading import Finding
from kmo_report.language import say
from kmo_report.problems import Problem


@dataclass(slots=True)
class Piece:
    """The lines of one part, without its number."""

    path: Path
    lines: list[Line] = field(default_factory=list)


def read_parts(lines: Sequence[Line]) -> tuple[list[Line], list[Piece], list[Finding]]:
    """The lines of the introduction, the parts in order, and numbers that are not there."""
    introduction, pieces, counter = _split(lines, anywhere=False)
    if not pieces:
        # Copies that have lost their line breaks have the numbers in the middle of a line.
        introduction, pieces, counter = _split(lines, anywhere=True)
    findings = []
    for above, number in counter.skipped:
        message = (
            say("after part {last} comes part {next}", last=above, next=number)
            if above
            else say("the first part is {next}", next=number)
        )
        findings.append(Finding("parts", Problem("number-skipped", message, None, "warning")))
    return introduction, pieces, findings


def _split(lines: Sequence[Line], *, anywhere: bool) -> tuple[list[Line], list[Piece], Counter]:
    counter = Counter()
    introduction: list[Line] = []
    pieces: list[Piece] = []
    above: Line | None = None
    for line in lines:
        for numbered, rest in _opened(line, above, counter, anywhere=anywhere):
            pieces += [Piece(path) for path in numbered]
            if rest.text:
                (pieces[-1].lines if pieces else introduction).append(rest)
        above = line
    return introduction, pieces, counter


def _opened(
    line: Line, above: Line | None, counter: Counter, *, anywhere: bool
) -> Iterator[tuple[list[Path], Line]]:
    """A line, cut before each number that opens a part; and the parts that are opened there."""
    if line.cells is not None:
        yield [], line
        return
    paths, rest = _at_start(line, above, counter)
    text = rest.text
    begin = 0
    for match in INLINE.finditer(text):
        at = match.end()
        if at <= begin or after_abbreviation(text[begin : match.start()]):
            continue
        for found, after in numbers(text[at:]):
            inner = _take(
                found[-1:], None, counter, certain=False, first=anywhere or bool(counter.levels)
            )
            if not inner:
                break
            yield paths, replace(rest, text=text[begin : match.start()])
            paths, rest = inner, replace(rest, starts=True, label="", glued=False)
            begin = len(text) - len(after)
            break
    yield paths, replace(rest, text=text[begin:])


def _at_start(line: Line, above: Line | None, counter: Counter) -> tuple[list[Path], Line]:
    """The parts that the numbers at the start of a line open, and the rest of the line."""
    certain = bool(line.label) or line.starts
    if not certain and above and not may_break(above, line):
        return [], line
    paths: list[Path] = []
    rest = line
    for found, after in numbers(line.whole):
        new = _take(found[len(paths) :], line.indent, counter, certain=certain, first=True)
        if not new:
            break
        paths += new
        rest = replace(line, text=after, label="", starts=True, glued=False)
    return paths, rest


def may_break(above: Line, line: Line) -> bool:
    """Whether a part may begin in the middle of a paragraph, below this line."""
    if after_abbreviation(above.text):
        return False
    return above.text[-1:] in ".?!:;,…" or line.ended or bool(re.match(r"\d", line.text))


def _take(
    found: Sequence[Number], indent: Indent | None, counter: Counter, *, certain: bool, first: bool
) -> list[Path]:
    paths = []
    for number in found:
        if not counter.take(number, indent, certain=certain, first=first):
            break
        paths.append(counter.path)
    return paths


_ASKS = re.compile(
    r"\?|\b(?:graag|gelieve|kan|kunt|welke?|hoeveel|hoe|waarom|wanneer|wat|wie|waar|is|zijn|zal|"
    r"heeft|hebben|wordt|worden)\b[^.:]*\?|\b(?:graag|gelieve)\b|\bkan (?:de|u)\b",
    re.IGNORECASE,
)


def asks(text: str, *, introduces: bool) -> bool:
    """Whether a part asks something itself; one without parts of its own always does."""
    return not introduces or _ASKS.search(text) is not None
