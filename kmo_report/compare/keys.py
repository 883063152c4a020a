"""Keys of the answer file that are printed as they are: dates, names, titles, headings, notes."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from kmo_report.compare import Difference
from kmo_report.dutch import DAY, read_day
from kmo_report.incoming.lines import clean
from kmo_report.source import Tree, value_at
from kmo_report.trace import Path


def changed(
    differences: Sequence[Difference], tree: Tree
) -> Iterator[tuple[Path, str, list[Difference]]]:
    """Keys whose words are printed as they are, or in a place of their own: what they become."""
    values: dict[Path, set[str]] = defaultdict(set)
    settled: dict[Path, list[Difference]] = defaultdict(list)
    for difference in differences:
        for path, text in _keys(difference, tree):
            values[path].add(text)
            settled[path].append(difference)
    for path, texts in values.items():
        if len(texts) == 1 and isinstance(value_at(tree, path), str):
            old = str(value_at(tree, path))
            end = "\n" if old.endswith("\n") else ""
            yield path, texts.pop() + end, settled[path]


def _keys(difference: Difference, tree: Tree) -> Iterator[tuple[Path, str]]:
    ours, new = difference.ours, difference.new
    origin = ours.origin if ours else None
    if ours is None or origin is None or not new:
        return
    if difference.kind == "heading":
        headings = value_at(tree, (*origin.path[:2], "headings"))
        found = (
            [k for k, v in headings.items() if v == difference.old]
            if isinstance(headings, dict)
            else []
        )
        if len(found) == 1:
            yield (*origin.path[:2], "headings", found[0]), new
        return
    if difference.kind not in ("header", "question", "caption", "note", "annex"):
        return
    pattern = "".join(
        "(.+?)" if piece.origin else re.sub(r"(?:\\ |\\\n|\s)+", r"\\s*", re.escape(piece.text))
        for piece in ours.pieces
        if piece.text
    )
    match = re.fullmatch(pattern, new)
    if match is None:
        return
    named = [piece for piece in ours.pieces if piece.origin and piece.text]
    for piece, text in zip(named, match.groups(), strict=True):
        assert piece.origin  # noqa: S101
        if clean(piece.text) != text and (
            pair := _value(piece.origin.path, piece.text, text, tree)
        ):
            yield pair


def _value(path: Path, old: str, new: str, tree: Tree) -> tuple[Path, str] | None:
    """How a key is written so that these words are printed."""
    if path[-1] in ("asked_on", "question_date"):
        match = DAY.fullmatch(new)
        day = read_day(match) if match else None
        return (path, day.isoformat()) if day else None
    if path[-1] in ("kind", "file"):
        return None
    if path[-1] == "captions":
        if re.search("[{}]", new):
            return None
        found = value_at(tree, path)
        if isinstance(found, dict):
            keys = [
                key for key, text in found.items() if isinstance(text, str) and _fits(text, old)
            ]
            if len(keys) != 1:
                return None
            path, found = (*path, keys[0]), found[keys[0]]
        return (path, _with_places(found, old, new)) if isinstance(found, str) else None
    return path, new


def _fits(caption: str, printed: str) -> dict[str, str] | None:
    """What stands in a printed title for each of its places: {year} -> 2019."""
    pieces = re.split(r"\{(\w+)\}", clean(caption))
    pattern = "".join(
        re.escape(piece) if at % 2 == 0 else f"(?P<p{at}>.+)" for at, piece in enumerate(pieces)
    )
    match = re.fullmatch(pattern, clean(printed))
    if match is None:
        return None
    return {f"{{{pieces[int(key[1:])]}}}": text for key, text in match.groupdict().items()} or {
        "": ""
    }


def _with_places(caption: str, old: str, new: str) -> str:
    for place, text in (_fits(caption, old) or {}).items():
        if place and new.count(text) == 1:
            new = new.replace(text, place)
    return new
