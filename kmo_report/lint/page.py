"""page.html.j2 as text: blocks that are not closed, and elements outside of the closed set."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

from jinja2 import Environment, TemplateSyntaxError

from kmo_report.document import ELEMENTS, unknown_attribute, unknown_class, unknown_element
from kmo_report.language import did_you_mean, say
from kmo_report.problems import Place, Problem

_BLOCKS = ("autoescape", "block", "call", "filter", "for", "if", "macro", "with")
_TAGS = (
    *(*_BLOCKS, "set"),
    *(f"end{name}" for name in (*_BLOCKS, "set")),
    *("elif", "else", "extends", "from", "import", "include"),
)
_BEGINNINGS = frozenset({"variable_begin", "block_begin", "comment_begin", "raw_begin"})
_ENDS = frozenset({"variable_end", "block_end", "comment_end", "raw_end"})


def place(text: str, path: str, at: int) -> Place:
    """The place of a character."""
    line = text.count("\n", 0, at) + 1
    start = text.rfind("\n", 0, at) + 1
    return Place(path, line, at - start + 1, text.split("\n")[line - 1])


def blocks(text: str, path: str) -> list[Problem]:
    """Blocks that are not closed, each at its opener; or else the first mistake of syntax."""
    problems: list[Problem] = []
    lexed, loose = text, 0
    while loose >= 0:  # what has no end is told, and the rest is read without it
        scan = _Scan(lexed, path)
        loose = scan.read()
        if loose < 0:
            problems += scan.problems
        else:
            problems.append(_open_ended(text, path, loose))
            lexed = f"{lexed[:loose]}  {lexed[loose + 2 :]}"
    if not problems:
        try:
            Environment(autoescape=True).parse(text)
        except TemplateSyntaxError as error:
            problems.append(_said(error, text, path))
    return sorted(problems, key=Problem.position)


@dataclass(slots=True)
class _Scan:
    """Reads a template from the top, with the blocks that stand open."""

    text: str
    path: str
    problems: list[Problem] = field(default_factory=list)
    opened: list[tuple[str, int]] = field(default_factory=list)
    at: int = 0
    begun: int = 0
    starts: str = ""
    """What began last, and is not at its end."""
    block: str = ""

    def read(self) -> int:
        """Look for blocks that do not match; where something begins that has no end, else -1."""
        try:
            for _, kind, value in Environment(autoescape=True).lexer.tokeniter(self.text, None):
                self._token(kind, value)
        except TemplateSyntaxError as error:
            if not self.starts:
                self.problems.append(_said(error, self.text, self.path))
                return -1
        if self.starts == "raw_begin":
            self.opened.append(("raw", self.begun))
        elif self.starts:
            return self.begun
        for name, start in self.opened:
            self._not_closed(name, start)
        return -1

    def _token(self, kind: str, value: str) -> None:
        here = self.text.index(value, self.at)  # what `-` takes away is in no token
        self.at = here + len(value)
        if kind in _BEGINNINGS:
            self.begun, self.starts, self.block = here, kind, ""
        elif kind in _ENDS:
            if kind == "block_end":
                self._block(self.block, self.begun)
            self.starts = ""
        elif self.starts == "block_begin" and kind != "whitespace":
            self.block = f"{self.block} {value}".strip()

    def _block(self, block: str, begun: int) -> None:
        """Take `for part in page.parts` or `endfor`."""
        word, _, rest = block.partition(" ")
        if word not in _TAGS:
            message = say("there is no {{% {word} %}}", word=word) + did_you_mean(word, _TAGS)
            here = place(self.text, self.path, begun)
            self.problems.append(Problem("template", message, here))
            word = next(iter(get_close_matches(word, _TAGS, n=1)), word)
        if word in _BLOCKS or (word == "set" and "=" not in rest):
            self.opened.append((word, begun))
        elif word.startswith("end"):
            self._close(word.removeprefix("end"), begun)

    def _close(self, closed: str, begun: int) -> None:
        if closed not in [name for name, _ in self.opened]:
            message = say("{{% {word} %}} closes nothing", word=f"end{closed}")
            here = place(self.text, self.path, begun)
            self.problems.append(Problem("template", message, here))
            return
        while self.opened:
            name, start = self.opened.pop()
            if name == closed:
                return
            self._not_closed(name, start)

    def _not_closed(self, name: str, start: int) -> None:
        here = place(self.text, self.path, start)
        message = say(
            "{{% {name} %}} of line {line} is not closed: {{% end{name} %}} is missing",
            name=name,
            line=here.line,
        )
        self.problems.append(Problem("template", message, here))


def _open_ended(text: str, path: str, begun: int) -> Problem:
    here, opening = place(text, path, begun), text[begun : begun + 2]
    message = say(
        "{opening} of line {line} is not closed: {closing} is missing, or it holds a wrong sign",
        opening=opening,
        line=here.line,
        closing={"{{": "}}", "{%": "%}", "{#": "#}"}[opening],
    )
    return Problem("template", message, here)


def _said(error: TemplateSyntaxError, text: str, path: str) -> Problem:
    """At the word that the parser names, if it names one."""
    lines = text.split("\n")
    source = lines[error.lineno - 1] if error.lineno <= len(lines) else ""
    message = error.message or "?"
    words = re.findall(r"'([^']+)'", message)
    columns = [source.find(word) for word in reversed(words) if word in source]
    first = len(source) - len(source.lstrip())
    here = Place(path, error.lineno, (columns[0] if columns else first) + 1, source)
    return Problem("template", say("Jinja says: {words}", words=message), here)


# --- elements ----------------------------------------------------------------------------------

_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<([A-Za-z][\w:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_ATTRIBUTE = re.compile(r"([\w:-]+)\s*=\s*(\"[^\"]*\"|'[^']*')")


def elements(text: str, path: str) -> Iterator[Problem]:
    """Elements, classes and attributes outside of the set, in branches that are never taken too."""
    bare = _CODE.sub(lambda code: re.sub(r"[^\n]", "\0", code[0]), text)
    for tag in _TAG.finditer(bare):
        name = tag[1]
        rule = ELEMENTS.get(name)
        if rule is None:
            yield Problem("element", unknown_element(name), place(text, path, tag.start()))
            continue
        for attribute in _ATTRIBUTE.finditer(tag[2]):
            at = tag.start(2) + attribute.start()
            if attribute[1] == "class":
                words = re.finditer(r"[^\s\"']+", attribute[2])
                for word in words if "\0" not in attribute[2] else ():
                    if word[0] not in rule.classes:
                        start = tag.start(2) + attribute.start(2) + word.start()
                        message = unknown_class(name, word[0])
                        yield Problem("element", message, place(text, path, start))
            elif attribute[1] not in rule.attributes:
                message = unknown_attribute(name, attribute[1])
                yield Problem("element", message, place(text, path, at))
