"""What was found, for people and for programs."""

import json
import os
from collections.abc import Callable
from typing import Any

from kmo_report.compare import Comparison, Difference
from kmo_report.compare.align import Piece
from kmo_report.language import mark, say

Paint = Callable[[str, str], str]
"""Text and what it is (old, new, error, warning) -> the text as a terminal shows it."""
_AROUND = 4
"""Words that are shown before and after what changed."""


def as_text(found: Comparison, paint: Paint) -> str:
    """A line with the place and what it is, and below it the old words and the new ones."""
    lines: list[str] = []
    for difference in found.differences:
        lines += [_title(difference, paint), f"    {_words(difference, paint)}"]
        if difference.taken:
            lines.append(f"    {say('taken over')}")
        elif difference.reason:
            lines.append("    " + say("not taken over: {reason}", reason=difference.reason))
    for comment, place, part in found.comments:
        who = comment.author or say("somebody")
        title = say("{who} says", who=f"{who} ({comment.date})" if comment.date else who)
        lines += [f"{place}: {f'{part}: ' if part else ''}{title} [comment]"]
        if comment.about:
            lines.append(f"    « {_short(comment.about)} »")
        lines.append(f"    {comment.text}")
    return "\n".join([*lines, *([""] if lines else []), _summary(found)])


def _title(difference: Difference, paint: Paint) -> str:
    level = difference.level
    head = f"{difference.place}: "
    head += paint(f"{level}: ", level) if level else ""
    where = ": ".join(filter(None, (difference.part, difference.near)))
    head += f"{where}: " if where else ""
    more = say(" (a figure is another)") if difference.figure else ""
    return f"{head}{difference.message}{more} [{difference.kind}]"


def _words(difference: Difference, paint: Paint) -> str:
    if difference.kind == "moved":
        text = _short(difference.old or difference.new)
        return say(_FROM if difference.old else _TO, words=text)
    pieces = difference.pieces
    if not any(piece.kind == "same" for piece in pieces):
        pieces = [Piece("old", difference.old), Piece("new", difference.new)]
    shown = []
    for at, piece in enumerate(pieces):
        if piece.kind == "same":
            shown.append(_around(piece.text, first=at == 0, last=at == len(pieces) - 1))
        elif piece.text:
            signs = ("[-", "-]") if piece.kind == "old" else ("{+", "+}")
            shown.append(paint(f"{signs[0]}{piece.text}{signs[1]}", piece.kind))
    return " ".join(shown)


_FROM, _TO = mark("from here: {words}"), mark("to here: {words}")


def _around(text: str, *, first: bool, last: bool) -> str:
    """The words near a change."""
    words = text.split()
    if len(words) <= _AROUND * (1 if first or last else 2):
        return text
    before = [] if first else words[:_AROUND]
    after = [] if last else words[-_AROUND:]
    return " ".join([*before, "…", *after])


def _short(text: str) -> str:
    words = text.split()
    return text if len(words) <= 4 * _AROUND else " ".join([*words[: 3 * _AROUND], "…", words[-1]])


def _summary(found: Comparison) -> str:
    counts = {"changes": len(found.differences), "comments": len(found.comments),
              "figures": sum(d.level == "error" for d in found.differences)}  # fmt: skip
    if not any(counts.values()):
        return say("nothing changed")
    text = say("changes: {changes}; of these in figures: {figures}; comments: {comments}", **counts)
    if found.written:
        taken = sum(d.taken for d in found.differences)
        text += "\n" + say("{path}: {taken} taken over, {left} not", path=found.written,
                           taken=taken, left=len(found.differences) - taken)  # fmt: skip
    return text


def as_json(found: Comparison) -> str:
    """A JSON text, as schemas/comparison.schema.json describes it."""
    tree = {
        "differences": [_entry(difference) for difference in found.differences],
        "comments": [
            {"author": c.author or None, "date": c.date or None, "text": c.text,
             "about": c.about or None, "part": part or None,
             "path": place.path, "line": place.line, "column": place.column}
            for c, place, part in found.comments
        ],
        "written": os.fspath(found.written) if found.written else None,
    }  # fmt: skip
    return json.dumps(tree, ensure_ascii=False, indent=2)


def _entry(difference: Difference) -> dict[str, Any]:
    place = difference.place
    return {
        "kind": difference.kind,
        "level": difference.level,
        "message": difference.message,
        "part": difference.part or None,
        "cell": difference.near or None,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "old": difference.old,
        "new": difference.new,
        "words": [{"is": piece.kind, "text": piece.text} for piece in difference.pieces],
        "figure_changed": difference.figure or difference.kind == "figure",
        "taken_over": difference.taken,
        "reason": difference.reason or None,
    }
