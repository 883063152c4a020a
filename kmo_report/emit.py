"""A tree -> YAML as a person would write it, which every reader of YAML 1.2 reads alike.

Quotes stand only where they are needed, and a text over several lines below a | or >.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from kmo_report.source import Tree

Scalar = str | bool | int | Decimal | date | None
Value: TypeAlias = "Scalar | Sequence[Value] | Mapping[str, Value] | Noted"
"""A text that says `true`, `null` or 0370 gets quotes; a flag, a number and a day get none."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A value of a group or list with comments of its own, without their #."""

    value: Value
    above: str = ""
    below: str = ""


STEP = 2
"""By how much what belongs to a key is indented."""
WIDTH = 100
"""A line is no longer, where the text lets itself be folded."""


def yaml_text(tree: Mapping[str, Value], *, indent: int = 0) -> str:
    """A tree as YAML.

    What is read back is exactly what was given. So a text that should stand below `|` (or `>`, if
    it is one line) ends with a line end; without one, a text of several lines stands below `|-`.
    """
    return "".join(f"{line}\n" for line in below(tree, indent))


def below(value: Mapping[str, Value] | Sequence[Value], column: int) -> list[str]:
    """The lines of a group or list that is not empty, each indented by `column`."""
    lines: list[str] = []
    if isinstance(value, Mapping):
        for key, entry in value.items():
            lines += entry_lines(f"{scalar(key, flow=True).inline}:", entry, column)
    else:
        for entry in value:
            lines += entry_lines("-", entry, column)
    return lines


def entry_lines(sign: str, entry: Value, column: int) -> list[str]:
    """The lines of `key: value` or `- value`, with its comments."""
    indent = " " * column
    if isinstance(entry, Noted):
        inner = entry_lines(sign, entry.value, column)
        return [*comment(entry.above, column), *inner, *comment(entry.below, column)]
    if not isinstance(entry, str) and isinstance(entry, Mapping | Sequence):
        if short := _on_a_line(entry, column + len(sign)):
            return [f"{indent}{sign} {short}"]
        inner = below(entry, column + STEP)
        if sign != "-":
            return [f"{indent}{sign}", *inner]
        # `- of: 1a` shares a line; what is said of its first key is said above it.
        first = next(at for at, line in enumerate(inner) if not line.lstrip().startswith("#"))
        said = [line[STEP:] for line in inner[:first]]
        return [*said, f"{indent}- {inner[first].lstrip()}", *inner[first + 1 :]]
    written = scalar(entry, column + len(sign) + 1, column + STEP)
    return [f"{indent}{sign} {written.inline}".rstrip(), *written.body]


def comment(text: str, column: int) -> list[str]:
    """The lines of a comment."""
    return [f"{' ' * column}# {line}".rstrip() for line in text.splitlines()]


def flow(value: Value) -> str:
    """A value between brackets, on one line; comments have no place there."""
    if isinstance(value, Noted):
        return flow(value.value)
    if isinstance(value, Mapping):
        pairs = (f"{scalar(key, flow=True).inline}: {flow(v)}" for key, v in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(flow, value))}]"
    return "null" if value is None else scalar(value, flow=True).inline


def plain(value: Value) -> Tree:
    """A value as it is read back: text."""
    if isinstance(value, Noted):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {key: plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(entry) for entry in value]
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _on_a_line(value: Sequence[Value] | Mapping[str, Value], column: int) -> str:
    """A list of words as `[1a, 1b]`, or nothing where it is another or too long."""
    if not value:
        return flow(value)
    if isinstance(value, Mapping) or any(not isinstance(entry, Scalar) for entry in value):
        return ""
    text = flow(value)
    return text if column + 1 + len(text) <= WIDTH else ""


# --- scalars -----------------------------------------------------------------------------------


class Written(NamedTuple):
    """A scalar: what stands behind its key, and the lines below."""

    inline: str
    body: tuple[str, ...] = ()


def scalar(
    value: Scalar, column: int = 0, indent: int = STEP, like: str = "", *, flow: bool = False
) -> Written:
    """A scalar that begins in `column`; lines below it are indented by `indent`.

    `like`: the sign of the style that is kept if it can be: ' " | >.
    """
    if not isinstance(value, str):
        return Written(plain(value) or "")  # type: ignore[arg-type]
    if not flow and _may_stand_below(value):
        lines = value.removesuffix("\n").split("\n")
        end = "" if value.endswith("\n") else "-"
        wide = like == "" and column + len(value) > WIDTH and " " in value
        long = like == "" and any(indent + len(line) > WIDTH for line in lines)
        alone = len(lines) == 1 and like != "|" and (wide or not end)
        if (like == ">" or alone or (long and lines[1:])) and _may_fold(lines):
            return Written(f">{end}", tuple(_folded(lines, indent)))
        if like in ("|", ">") or "\n" in value:
            sign = f"|{STEP}{end}" if value.startswith(" ") else f"|{end}"
            return Written(sign, tuple(" " * indent * bool(line) + line for line in lines))
    if like in ("", ">", "|") and _is_plain(value, flow=flow):
        return Written(value)
    shown = _PRINTED.fullmatch(value) and "\t" not in value
    if shown and like != '"' and (like == "'" or re.search(r'["\\]', value)):
        return Written("'" + value.replace("'", "''") + "'")
    return Written('"' + _ESCAPED.sub(_escape, value) + '"')


_SIGNS = "\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"
_PRINTED = re.compile(f"[\t{_SIGNS}]*")
"""What YAML prints as it is, less its own further line ends and the mark of byte order."""
_OTHER = re.compile(
    r"null|Null|NULL|~|true|True|TRUE|false|False|FALSE|<<"
    r"|(?!0$|[1-9][0-9]*$|[0-9]{4}-[0-9]{2}-[0-9]{2}$)"
    r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))"
)
"""What an editor reads as something other than these very signs; 370 says the same as `370`."""
_BARE = re.compile(
    r"""(?![-?:](?:\s|$)|---|\.\.\.|[\s,\[\]{}#&*!|>'"%@`])(?!.*(?:: |:$| \#|\s$)).+"""
)
_ESCAPED = re.compile(rf'["\\]|[^{_SIGNS}]')


def _is_plain(text: str, *, flow: bool) -> bool:
    """Whether a text needs no quotes."""
    whole = _PRINTED.fullmatch(text) and "\t" not in text and _BARE.fullmatch(text)
    marked = flow and re.search(r"[,\[\]{}]|^[-?:]|:\?", text)
    return bool(whole) and not marked and not _OTHER.fullmatch(text)


def _escape(match: re.Match[str]) -> str:
    """A sign as it is written between double quotes."""
    sign, code = match[0], ord(match[0])
    short = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\"}.get(sign)
    return short or (f"\\u{code:04X}" if sign <= "\uffff" else f"\\U{code:08X}")


def _may_stand_below(text: str) -> bool:
    """Whether a text is the same as lines of their own; blanks that nobody sees need quotes."""
    lines = text.removesuffix("\n").split("\n")
    return (
        bool(lines[0])
        and bool(lines[-1])
        and all(_PRINTED.fullmatch(line) for line in lines)
        and not any(line.startswith("\t") or (line and not line.strip(" \t")) for line in lines)
    )


def _may_fold(lines: Sequence[str]) -> bool:
    return not any(line[:1].isspace() or line[-1:].isspace() for line in lines)


def _folded(lines: Sequence[str], indent: int) -> Iterator[str]:
    """Each line as a paragraph, broken where one blank stands between two words."""
    for at, line in enumerate(lines):
        if at:
            yield ""
        if not line:
            continue
        row = ""
        for word in re.split(r"(?<=\S) (?=\S)", line):
            if row and indent + len(row) + 1 + len(word) > WIDTH:
                yield " " * indent + row
                row = word
            else:
                row = f"{row} {word}" if row else word
        yield " " * indent + row
