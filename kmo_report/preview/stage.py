"""What there is to show at each moment: the last good document, and all that is wrong now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_hex
from threading import Condition

from kmo_report import pipeline
from kmo_report.document import Document
from kmo_report.problems import InputError, Problem
from kmo_report.template import Template, read_template


@dataclass(frozen=True, slots=True)
class Good:
    """The last document that could be made, and what it was made with."""

    number: int
    document: Document
    template: Template
    html: bytes


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to show at a moment."""

    number: int
    """Of the look at the files that it shows; 0 before the first."""
    problems: tuple[Problem, ...] = ()
    good: Good | None = None

    @property
    def broken(self) -> bool:
        """Whether the document is of an earlier moment, or there is none."""
        return self.good is None or self.good.number != self.number


class Stage:
    """The scene of a case in the house style of a folder, for whoever waits for the next one.

    `editor` is the address by which an editor opens a file: `{path}`, `{line}` and `{column}` in it
    are filled in.
    """

    def __init__(self, source: Path, folder: Path, editor: str = "") -> None:
        self.source = source
        self.case = pipeline.case_file(source).resolve().parent
        self.house = folder.resolve()
        self.editor = editor
        self.run = token_hex(4)
        self.scene = Scene(0)
        self.ended = False
        self._folder = folder
        self._template: Template | None = None
        self._changed = Condition()
        answer = pipeline.case_file(source).resolve()
        self.answer_key = f"case/{answer.name}"
        self._sources = {self.answer_key: answer}

    def look(self, today: date, changed: Iterable[Path] = ()) -> None:
        """Look at the files anew, after these changed."""
        if any(path.is_relative_to(self.house) for path in changed):
            self._template = None
        number, good = self.scene.number + 1, self.scene.good
        try:
            if not self._template:
                self._template = read_template(self._folder)
            document, problems = pipeline.neutral(self.source, self._template, today)
            html = pipeline.made(document, "html", self._template, self.source)
            good = Good(number, document, self._template, html)
        except InputError as error:
            problems = list(error.problems)
        with self._changed:
            self.scene = Scene(number, tuple(problems), good)
            self._changed.notify_all()

    def next(self, after: int, seconds: float) -> Scene | None:
        """The scene once it is another than the one of that number; None if it stays so long."""
        with self._changed:
            found = self._changed.wait_for(
                lambda: self.ended or self.scene.number != after, seconds
            )
            return self.scene if found and not self.ended else None

    def key(self, path: str) -> str | None:
        """What browsers call a file that a problem names, so that they may see it.

        It is case/... or house/...; None for what is in neither folder.
        """
        file = Path(path).resolve()
        for word, folder in (("case", self.case), ("house", self.house)):
            if file.is_relative_to(folder) and file.is_file():
                key = f"{word}/{file.relative_to(folder).as_posix()}"
                self._sources[key] = file
                return key
        return None

    def source_text(self, key: str) -> str | None:
        """The text of a file by that name; of the answer, and of files that problems name."""
        try:
            return self._sources[key].read_text("utf-8-sig", errors="replace")
        except (KeyError, OSError):
            return None

    def end(self) -> None:
        """Nobody need wait any more."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()
