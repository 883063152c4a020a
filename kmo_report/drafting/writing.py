"""A tree as YAML that a person will go on with: long texts in lines, short groups in one line."""

import re
import textwrap
from collections.abc import Iterator

import yaml

from kmo_report.model.table import UNKNOWN
from kmo_report.source import Tree

WIDTH = 100
_FLAT = 88
"""Columns of a group that is written in one line."""
_TYPED = re.compile(r"[0-9]+(\.[0-9]{2})?|[0-9]{4}-[0-9]{2}(-[0-9]{2}|[0-9]{2})|true|false")
"""What may stand without quotes: numbers, days, years and flags, which are text all the same."""
_NUMBERISH = re.compile(r"[0-9][0-9a-fxo_.+-]*", re.IGNORECASE)
"""What some readers of YAML take for a number, or not quite: quoted, unless it is a label."""
_LABEL = re.compile(r"[0-9]{1,3}[a-z]{1,4}(?<!e)|[0-9]{4}-[0-9]{4}(-[a-z0-9]+)+")
_SAFE = re.compile(r"[^\W_][^#:{}\[\],&*?|<>=!%@`\"'\n\\]*(?<!\s)")
_BLOCK = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")


def yaml_text(tree: Tree, indent: int = 0) -> str:
    """The lines of a tree, each with its line end; a group or a list is not empty."""
    return "".join(f"{line}\n" for line in _lines(tree, " " * indent))


def _lines(tree: Tree, pad: str) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _entry(f"{pad}{_scalar(key)}:", value, f"{pad}  ")
    elif isinstance(tree, list):
        for value in tree:
            yield from _item(value, pad)
    else:
        yield f"{pad}{_scalar(tree)}"


def _item(value: Tree, pad: str) -> Iterator[str]:
    """A member of a list: its first line begins with `- `."""
    flat = _flat(value)
    fits = flat and _fits(f"{pad}-", flat)
    if isinstance(value, str | None) or (fits and (isinstance(value, list) or len(value) > 1)):
        yield from _entry(f"{pad}-", value, f"{pad}  ")
        return
    first, *rest = _lines(value, f"{pad}  ")
    yield f"{pad}- {first[len(pad) + 2 :]}"
    yield from rest


def _entry(start: str, value: Tree, pad: str) -> Iterator[str]:
    """What stands after a key or a dash: in the same line, or below it."""
    flat = _flat(value)
    if flat and _fits(start, flat):
        yield f"{start} {flat}"
    elif isinstance(value, dict | list):
        yield start
        yield from _lines(value, pad)
    elif value is None or not _can_be_block(value):
        yield f"{start} {_quoted(value or '')}"
    else:
        yield from _block(start, value, pad)


def _fits(start: str, flat: str) -> bool:
    return len(start) + len(flat) < (_FLAT if flat[0] == "{" else WIDTH)


def _block(start: str, text: str, pad: str) -> Iterator[str]:
    """Line by line where no line is long, else folded: there a blank line is a line break."""
    lines = text.split("\n")
    folds = not any(line[:1] in (" ", "\t") for line in lines)
    if folds and any(len(pad) + len(line) > WIDTH for line in lines):
        yield f"{start} >"
        for line in re.sub("\n+", lambda match: match[0] + "\n", text).split("\n"):
            pieces = _folded(line, WIDTH - len(pad))
            yield from (f"{pad}{piece}" if piece else "" for piece in pieces)
    else:
        yield f"{start} |"
        yield from (f"{pad}{line}" if line else "" for line in lines)


def _folded(line: str, width: int) -> list[str]:
    """Broken at single blanks, which is what a line break in a folded text stands for."""
    words = re.split(r"(?<=\S) (?=\S)", line)
    lines = words[:1]
    for word in words[1:]:
        if len(lines[-1]) + len(word) < width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _can_be_block(text: str) -> bool:
    return (
        text == text.strip()
        and _BLOCK.fullmatch(text) is not None
        and not any(line.endswith((" ", "\t")) for line in text.split("\n"))
    )


def _flat(tree: Tree) -> str:
    """A tree in one line; empty where it is better in several."""
    if isinstance(tree, dict):
        pairs = [(key, _flat(value)) for key, value in tree.items()]
        whole = all(value and not isinstance(tree[key], dict) for key, value in pairs)
        joined = ", ".join(f"{_scalar(key)}: {value}" for key, value in pairs)
        return f"{{{joined}}}" if whole and pairs else ""
    if isinstance(tree, list):
        values = [_flat(value) for value in tree]
        return f"[{', '.join(values)}]" if all(values) and values else ""
    if tree is None or "\n" in tree:
        return ""
    return _scalar(tree)


def _scalar(text: str | None) -> str:
    text = text or ""
    plain = _TYPED.fullmatch(text) or _LABEL.fullmatch(text) or text == UNKNOWN
    if not plain and not _NUMBERISH.fullmatch(text):
        plain = _SAFE.fullmatch(text) and not _is_typed(text)
    return text if plain else _quoted(text)


def _is_typed(text: str) -> bool:
    """Whether an editor reads it as something else than a text: yes, null."""
    return not isinstance(yaml.safe_load(text), str)


def _quoted(text: str) -> str:
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", text) or '"' not in text:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]", _escaped, escaped) + '"'
    return "'" + text.replace("'", "''") + "'"


def _escaped(match: re.Match[str]) -> str:
    return {"\n": "\\n", "\t": "\\t"}.get(match[0], f"\\u{ord(match[0]):04x}")


def comment(text: str, indent: int) -> str:
    """A text as a comment, in lines."""
    pad = " " * indent
    lines: list[str] = []
    for paragraph in text.split("\n"):
        wrapped = textwrap.wrap(
            paragraph, WIDTH - indent - 2, break_long_words=False, break_on_hyphens=False
        )
        lines += wrapped or [""]
    return "".join(f"{pad}# {line}".rstrip() + "\n" for line in lines)
