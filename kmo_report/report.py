"""Problems as text: a line each for people and editors, JSON for programs, GitHub's annotations."""

import json
from collections import Counter
from collections.abc import Sequence

from kmo_report.language import mark, say
from kmo_report.problems import Level, Problem

LEVELS: tuple[Level, ...] = ("error", "warning", "hint")


def as_lines(problem: Problem, *, pointed: bool = False) -> str:
    """`answer.yaml:27:60: error: ... [average]`; `pointed`: and that line, with a caret."""
    place = problem.place
    if not (pointed and place and place.source and place.line):
        return str(problem)
    lines = [str(problem), f"{place.line:>5} | {place.source}"]
    if place.column:
        # A tab stays a tab, so that the caret stands under its character.
        before = "".join(c if c == "\t" else " " for c in place.source[: place.column - 1])
        lines.append(f"{'':>5} | {before}^")
    return "\n".join(lines)


def summary(problems: Sequence[Problem], checked: int, what: str = "answers") -> str:
    """`answers: 3; errors: 1; warnings: 2; hints: 0`, or of templates."""
    count = Counter(problem.level for problem in problems)
    return say(
        _SUMMARIES[what],
        checked=checked,
        errors=count["error"],
        warnings=count["warning"],
        hints=count["hint"],
    )


_SUMMARIES = {
    "answers": mark("answers: {checked}; errors: {errors}; warnings: {warnings}; hints: {hints}"),
    "templates": mark(
        "templates: {checked}; errors: {errors}; warnings: {warnings}; hints: {hints}"
    ),
}


def as_json(problems: Sequence[Problem], checked: int, what: str = "answers") -> str:
    """A JSON text, as schemas/problems.schema.json describes it."""
    count = Counter(problem.level for problem in problems)
    entries = [
        {
            "code": problem.code,
            "level": problem.level,
            "message": problem.message,
            "path": problem.place.path if problem.place else None,
            "line": problem.place.line if problem.place else None,
            "column": problem.place.column if problem.place else None,
        }
        for problem in problems
    ]
    counts = {what: checked, **{f"{level}s": count[level] for level in LEVELS}}
    return json.dumps({"problems": entries, "summary": counts}, ensure_ascii=False, indent=2)


_COMMANDS = {"error": "error", "warning": "warning", "hint": "notice"}


def as_github(problem: Problem) -> str:
    """A workflow command of GitHub Actions, which shows the problem beside the line."""
    place = problem.place
    values = {
        "file": place and place.path,
        "line": place and place.line,
        "col": place and place.column,
        "title": problem.code,
    }
    properties = ",".join(f"{k}={_property(str(v))}" for k, v in values.items() if v)
    return f"::{_COMMANDS[problem.level]} {properties}::{_data(problem.message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
