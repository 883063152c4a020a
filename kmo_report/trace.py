"""A text that says in the document where in the answer file it comes from.

Each piece stands between signs that no answer may hold, so that what became of it is found again.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from typing import NamedTuple, Self

Path = tuple[str, ...]
_BEGIN, _NAMED, _END = "\ufdd0", "\ufdd1", "\ufdd2"
_SIGNS = re.compile(f"{_BEGIN}([0-9]+){_NAMED}|{_END}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where words come from: the way to a value, and of a text of several paragraphs the lines."""

    path: Path
    lines: tuple[int, int] | None = None
    """The first, and the one after the last, in the Markdown of the text."""
    markup: bool = False
    made: bool = False
    """Whether the house made the words of it: a sentence, a date, a number."""


class Piece(NamedTuple):
    """Words, and where they come from; None: of the house style."""

    text: str
    origin: Origin | None


@dataclass(slots=True)
class Trace:
    """The origins of the pieces of one document."""

    origins: list[Origin] = field(default_factory=list)

    def text(self, words: str, origin: Origin) -> "Traced":
        """The words, which keep their origin in whatever a template makes of them."""
        return Traced(words, self, origin)

    def signed(self, html: str, origin: Origin) -> str:
        """HTML between the signs of its origin."""
        self.origins.append(origin)
        return f"{_BEGIN}{len(self.origins) - 1}{_NAMED}{html}{_END}"

    def pieces(self, text: str) -> Iterator[Piece]:
        """A text with signs, taken apart."""
        open_: list[Origin | None] = [None]
        done = 0
        for match in _SIGNS.finditer(text):
            if match.start() > done:
                yield Piece(text[done : match.start()], open_[-1])
            done = match.end()
            if match[1]:
                open_.append(self.origins[int(match[1])])
                yield Piece("", open_[-1])
            elif len(open_) > 1:
                open_.pop()
        if done < len(text):
            yield Piece(text[done:], open_[-1])


class Traced(str):
    """A text that knows its origin; a template prints it with its signs."""

    __slots__ = ("origin", "trace")
    trace: Trace
    origin: Origin

    def __new__(cls, words: str, trace: Trace, origin: Origin) -> Self:
        made = super().__new__(cls, words)
        made.trace, made.origin = trace, origin
        return made

    def __html__(self) -> str:
        """What Jinja prints."""
        return self.trace.signed(escape(str(self)), self.origin)
