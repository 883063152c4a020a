"""A text of the answer file with its paragraphs changed: Markdown that prints what came back."""

import re
from collections.abc import Sequence

from kmo_report.compare import Difference
from kmo_report.compare.markdown import inline, merged, prints
from kmo_report.compare.ours import Ours
from kmo_report.compare.word import Paragraph, look
from kmo_report.language import mark, say
from kmo_report.source import Tree
from kmo_report.trace import Path

_WHOLE = mark("this is a whole text: take its entry out by hand")


def rewritten(
    path: Path, differences: Sequence[Difference], ours: Sequence[Ours], raw: Tree
) -> str | None:
    """The text at a path with its paragraphs changed; None where it would not print as wanted."""
    if not isinstance(raw, str) or not differences:
        return None
    places = [
        at for at, o in enumerate(ours) if o.origin and o.origin.path == path and o.origin.lines
    ]
    text = raw.rstrip("\n ")
    if raw[:1].isspace() or not places:
        return None
    if all(any(d.ours is ours[at] and d.theirs is None for d in differences) for at in places):
        for difference in differences:
            difference.reason = say(_WHOLE)
        return None
    markup = bool(ours[places[0]].origin and ours[places[0]].origin.markup)  # type: ignore[union-attr]
    printed = prints(text, markup=markup)
    if len(printed) != len(places):
        return None
    wanted = _wanted(differences, ours, places, printed)
    for escaped in (False, True):
        new = _composed(text, differences, ours, places, escaped=escaped, markup=markup)
        if new.strip() and prints(new, markup=markup) == wanted:
            shorter = folded(new) if markup and "\n" in new else new
            if prints(shorter, markup=markup) == wanted:
                new = shorter
            end = raw[len(text) :] or ("\n" if "\n" in new else "")
            return new + end
    return None


Printed = tuple[str, list[tuple[str, bool, bool, str]], bool]


def _wanted(
    differences: Sequence[Difference],
    ours: Sequence[Ours],
    places: Sequence[int],
    printed: Sequence[Printed],
) -> list[Printed]:
    """What the new text should print."""
    found: list[Printed] = []
    added = [d for d in differences if d.ours is None and isinstance(d.theirs, Paragraph)]

    def add(after: int) -> None:
        there = (d.theirs for d in added if d.after == after)
        found.extend((p.key, look(p), bool(p.label)) for p in there if isinstance(p, Paragraph))

    if places[0] - 1 not in places:
        add(places[0] - 1)
    for at, was in zip(places, printed, strict=True):
        own = [d for d in differences if d.ours is ours[at]]
        new = next((d.theirs for d in own if isinstance(d.theirs, Paragraph)), None)
        if new is not None:
            found.append((new.key, look(new), was[2]))
        elif not own:
            found.append(was)
        add(at)
    return found


_PREFIX = re.compile(r"[ \t]*(?:[-+*][ \t]+|\d+[.)][ \t]+)?")


def _composed(  # noqa: PLR0913 -- a text, and all that is done to it
    text: str,
    differences: Sequence[Difference],
    ours: Sequence[Ours],
    places: Sequence[int],
    *,
    escaped: bool,
    markup: bool,
) -> str:
    """The Markdown with its paragraphs changed, from the last to the first."""
    lines = text.split("\n")
    for at in reversed(places):
        origin = ours[at].origin
        assert origin and origin.lines  # noqa: S101, PT018 -- `places` has only these
        first, last = origin.lines
        prefix = _PREFIX.match(lines[first])
        sign = prefix[0] if prefix else ""
        listed = sign.strip() != ""
        _add(lines, last, [d for d in differences if d.after == at], sign if listed else None,
             escaped=escaped, markup=markup)  # fmt: skip
        for difference in (d for d in differences if d.ours is ours[at]):
            if not isinstance(difference.theirs, Paragraph):
                del lines[first:last]
                if first < len(lines) and not lines[first] and (first == 0 or not lines[first - 1]):
                    del lines[first]
                break
            old = "\n".join(lines[first:last])[len(sign) :]
            new = inline(difference.theirs.runs, escaped=escaped, markup=markup)
            lines[first:last] = (sign + merged(old, new)).split("\n")
            break
    before = [d for d in differences if d.after == places[0] - 1 and d.ours is None]
    for difference in reversed(before):
        assert isinstance(difference.theirs, Paragraph)  # noqa: S101
        words = inline(difference.theirs.runs, escaped=escaped, markup=markup)
        lines[:0] = ["- " * bool(difference.theirs.label) + words, ""]
    return "\n".join(lines).strip("\n")


def _add(  # noqa: PLR0913 -- the same
    lines: list[str],
    at: int,
    added: Sequence[Difference],
    sign: str | None,
    *,
    escaped: bool,
    markup: bool,
) -> None:
    for difference in reversed(added):
        if difference.ours is None and isinstance(difference.theirs, Paragraph):
            words = inline(difference.theirs.runs, escaped=escaped, markup=markup)
            if difference.theirs.label:
                gap = [] if sign is not None else [""]
                lines[at:at] = [*gap, (sign or "- ") + words]
            else:
                lines[at:at] = ["", *words.split("\n")]


_WIDE = 88


def folded(text: str) -> str:
    """Long lines of a text that has more than one, broken between words."""
    found: list[str] = []
    for line in text.split("\n"):
        prefix = _PREFIX.match(line)
        indent = " " * len(prefix[0]) if prefix else ""
        rest = line
        while len(rest) > _WIDE and (cut := rest.rfind(" ", len(indent) + 1, _WIDE + 1)) > len(
            indent
        ):
            found.append(rest[:cut])
            rest = indent + rest[cut + 1 :]
        found.append(rest)
    return "\n".join(found)
