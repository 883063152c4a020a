"""What is wrong in a user's file, and where.

A mistake of a user is a value, never a traceback: rooms collect `Problem`s and raise them
together as one `InputError`; only bugs surface as other exceptions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning", "hint"]


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; line and column count from 1, as editors do."""

    path: str
    line: int | None = None
    column: int | None = None
    source: str = ""
    """The text of that line, to point at."""

    def __str__(self) -> str:
        """`answer.yaml:27:60`, as far as it is known."""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: what is wrong, how grave, and where."""

    code: str
    """A short fixed name, such as `todo`, to look up and to search for."""
    message: str
    """One line for people, that says how to mend it where that is not obvious."""
    place: Place | None = None
    level: Level = "error"

    def __str__(self) -> str:
        """`answer.yaml:27:60: error: ... [average]`"""
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.level}: {self.message} [{self.code}]"

    def position(self) -> tuple[int, int]:
        """To sort by: line and column, 0 where they are not known."""
        return (self.place.line or 0, self.place.column or 0) if self.place else (0, 0)


class InputError(Exception):
    """The input cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["InputError"], tuple[tuple[Problem, ...]]]:
        """It goes from one process to another with its problems."""
        return InputError, (self.problems,)
