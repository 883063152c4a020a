"""The words that a browser shows around the answer: the page itself, and a scene as JSON."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from kmo_report.language import mark, say, spoken
from kmo_report.manual import paragraphs
from kmo_report.preview.paper import Paper
from kmo_report.preview.stage import Scene, Stage
from kmo_report.problems import Level, Problem

_WORDS: Mapping[Level, str] = {
    "error": mark("Error"),
    "warning": mark("Warning"),
    "hint": mark("Hint"),
}
_COUNTS: Mapping[Level, str] = {
    "error": mark("errors: {count}"),
    "warning": mark("warnings: {count}"),
    "hint": mark("hints: {count}"),
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A problem as it is shown."""

    code: str
    level: Level
    word: str
    message: str
    where: str
    """`answer.yaml:54:18`, or as much as is known."""
    href: str
    """To that place in the view of the source, where it can be shown."""
    editor: str
    before: str
    marked: str
    after: str
    """The line, with the word that is meant."""
    manual: tuple[str, ...]


def shell(stage: Stage) -> str:
    """The page that a browser loads once; all else comes by `scene_json` and `paper_json`."""
    return _template("page.html.j2").render(
        name=stage.case.name, answer=stage.answer_key, language=spoken(), say=say
    )


def scene_json(stage: Stage, scene: Scene) -> str:
    """A scene for preview.js: what to show, and the problems as HTML."""
    summary = _summary(scene.problems)
    state = {
        "run": stage.run,
        "good": scene.good.number if scene.good else 0,
        "broken": scene.broken,
        "empty": scene.good is None,
        "summary": summary,
        "problems": _problems_html(stage, scene.problems),
        "worst": next((p.level for p in _gravest_first(scene.problems)), ""),
    }
    return json.dumps(state, ensure_ascii=False)


def paper_json(stage: Stage, paper: Paper) -> str:
    """The pages of the PDF for preview.js, and what is wrong with them as HTML."""
    state = {
        "number": paper.number,
        "sizes": paper.sizes,
        "summary": _summary(paper.problems) if paper.problems else "",
        "problems": _problems_html(stage, paper.problems) if paper.problems else "",
    }
    return json.dumps(state, ensure_ascii=False)


def _summary(problems: Iterable[Problem]) -> str:
    count = Counter(problem.level for problem in problems)
    counts = [say(_COUNTS[level], count=count[level]) for level in _COUNTS if count[level]]
    return ", ".join(counts) or say("no problems")


def _problems_html(stage: Stage, problems: Iterable[Problem]) -> str:
    entries = [*_entries(stage, problems)]
    return _template("problems.html.j2").render(entries=entries, say=say)


def _gravest_first(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: list(_WORDS).index(problem.level))


def _entries(stage: Stage, problems: Iterable[Problem]) -> Iterator[_Entry]:
    manual = paragraphs()
    for problem in _gravest_first(problems):
        place = problem.place
        key = stage.key(place.path) if place else None
        before, marked, after = _split(place.source, place.column) if place else ("", "", "")
        position = [str(n) for n in (place.line, place.column) if n] if place else []
        name = key.partition("/")[2] if key else place.path if place else ""
        editor = ""
        if stage.editor and key and place:
            editor = stage.editor.format(
                path=quote(str(Path(place.path).resolve())),
                line=place.line or 1,
                column=place.column or 1,
            )
        yield _Entry(
            code=problem.code,
            level=problem.level,
            word=say(_WORDS[problem.level]),
            message=problem.message,
            where=":".join([name, *position]) if name else "",
            href=f"#source/{quote(key)}:{':'.join(position)}".rstrip(":") if key else "",
            editor=editor,
            before=before,
            marked=marked,
            after=after,
            manual=tuple(manual.get(problem.code, "").split("\n\n")),
        )


def _split(line: str, column: int | None) -> tuple[str, str, str]:
    """A line as what stands before the word at the column, that word, and the rest."""
    start = min((column or 1) - 1, len(line))
    if not column:
        start = len(line) - len(line.lstrip())
    word = re.match(r"\w[\w.,'-]*\w|\w|\S|$", line[start:]) if column else None
    end = start + word.end() if word else len(line)
    return line[:start].lstrip(), line[start:end], line[end:]


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, autoescape=True
    )
    return environment.get_template(name)
