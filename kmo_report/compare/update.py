"""The words of the cabinet taken over into answer.yaml, where one key decides what is printed."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File

from kmo_report import files
from kmo_report.amend import Change, Insert, Replace, amended
from kmo_report.compare import Comparison, Difference, against, opened
from kmo_report.compare.markdown import inline, merged, prints
from kmo_report.compare.ours import Ours
from kmo_report.compare.word import Paragraph, look
from kmo_report.dutch import DAY, read_day
from kmo_report.incoming.lines import clean
from kmo_report.language import mark, say
from kmo_report.pipeline import case_file, readable
from kmo_report.problems import InputError
from kmo_report.source import Tree, read_tree
from kmo_report.template import Template
from kmo_report.trace import Path

_DATA = mark("figures are not taken from Word: change the data")
_PROGRAM = mark("the program writes this: change what it is made of")
_HOUSE = mark("this is of the house style, or of the question's numbers")
_PLACE = mark("it stands in no text of the answer: write it where it belongs")
_WHOLE = mark("this is a whole text: take its entry out by hand")
_OTHERWISE = mark("it cannot be written so that it prints the same: change it by hand")
_REASONS = {
    **dict.fromkeys(("figure", "row-added", "row-removed", "columns"), _DATA),
    **dict.fromkeys(("table-added", "table-removed"), _DATA),
    **dict.fromkeys(("table-added", "table-removed"), _DATA),
    "made": _PROGRAM, "header": _PROGRAM, "house": _HOUSE, "number": _HOUSE,
}  # fmt: skip


def taken_over(file: File, case: File, template: Template) -> Comparison:
    """Compare, and write what can be taken over; whole or not at all."""
    theirs, path = opened(file), case_file(case)
    content = files.read(path)
    first = readable(case, template.style, content)
    comparison = against(theirs, first, template, str(file))
    tree, _ = read_tree(content, str(path))
    plans = [*_plans(comparison, tree)]
    before = Counter(difference.same_as for difference in comparison.differences)
    result = content
    while plans:
        changes = [plan.change for plan in plans]
        result = amended(content, str(path), changes)
        try:
            answer = readable(case, template.style, result)
        except InputError as error:
            plans = [*_without_errors(plans, error, result, str(path))]
            result = content
            continue
        again = against(theirs, answer, template, str(file))
        left = Counter(difference.same_as for difference in again.differences)
        new = [d for d in again.differences if d.same_as not in before]
        failed = [
            p for p in plans if any(left[d.same_as] > before[d.same_as] - 1 for d in p.differences)
        ]
        failed += [p for p in plans if p not in failed and any(_touches(p, d) for d in new)]
        if not failed and not new:
            break
        # What does not come out as it should is not written; if that cannot be told apart, nothing.
        plans = [plan for plan in plans if plan not in failed] if failed else []
        result = content
    for difference in (d for plan in plans for d in plan.differences):
        difference.taken, difference.reason = True, ""
    for difference in comparison.differences:
        if not difference.taken:
            usual = _REASONS.get(difference.kind, _OTHERWISE)
            difference.reason = difference.reason or say(usual)
    if result != content:
        files.write({path: result})
        comparison.written = path
    return comparison


@dataclass(slots=True)
class _Plan:
    """Another text for a key, and the differences that it settles."""

    change: Change
    differences: list[Difference] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """Where it is written."""
        return self.change.path


def _without_errors(
    plans: Sequence[_Plan], error: InputError, content: bytes, path: str
) -> Iterator[_Plan]:
    """The changes less those that make an error of the case; none, where that is not clear."""
    _, source = read_tree(content, path)
    lines = {p.place.line - 1: p.message for p in error.problems if p.place and p.place.line}
    wrong = []
    for plan in plans:
        span = source.spans[source.resolve(plan.path)]
        said = next((lines[at] for at in range(span.line, span.end + 1) if at in lines), None)
        if said is not None:
            wrong.append(plan)
            for difference in plan.differences:
                difference.reason = said
    yield from (plan for plan in plans if wrong and plan not in wrong)


def _touches(plan: _Plan, difference: Difference) -> bool:
    """Whether a new difference may come from this change: its key is printed there too."""
    ours = difference.ours
    paths = [piece.origin.path for piece in ours.pieces if piece.origin] if ours else []
    near = any(path[:2] == plan.path[:2] for path in paths)
    return plan.path in paths or (near and any(d.kind == difference.kind for d in plan.differences))


def _at(tree: Tree, path: Path) -> Tree:
    for step in path:
        if isinstance(tree, list) and step.isdigit() and int(step) < len(tree):
            tree = tree[int(step)]
        elif isinstance(tree, dict):
            tree = tree.get(step)
        else:
            return None
    return tree


def _plans(comparison: Comparison, tree: Tree) -> Iterator[_Plan]:
    texts: dict[Path, list[Difference]] = defaultdict(list)
    others: list[Difference] = []
    for difference in comparison.differences:
        if difference.kind in _REASONS and difference.kind != "header":
            continue
        ours = difference.ours or _neighbour(comparison.ours, difference)
        origin = ours.origin if ours else None
        if origin and origin.lines is not None and not origin.made:
            texts[origin.path].append(difference)
        elif difference.kind in ("removed", "moved"):
            difference.reason = say(_PROGRAM)
        elif difference.ours:
            others.append(difference)
        elif plan := _block_plan(difference, comparison.ours, tree):
            yield plan
        else:
            difference.reason = say(_PLACE)
    moved = _incomplete_moves(texts)
    for path, differences in texts.items():
        wanted = [d for d in differences if d.kind != "moved" or (d.old or d.new) not in moved]
        if plan := _text_plan(path, wanted, comparison.ours, _at(tree, path)):
            yield plan
    yield from _key_plans(others, tree)


def _incomplete_moves(texts: dict[Path, list[Difference]]) -> set[str]:
    """What was moved from or to where it cannot be taken over stays where it is."""
    ends = Counter((d.old or d.new) for found in texts.values() for d in found if d.kind == "moved")
    return {words for words, count in ends.items() if count % 2}


def _neighbour(ours: Sequence[Ours], difference: Difference) -> Ours | None:
    """The paragraph of a text that an added one stands behind, or else before."""
    theirs, at = difference.theirs, difference.after
    plain = isinstance(theirs, Paragraph) and not theirs.note and theirs.label in ("", "\N{BULLET}")
    if not plain:
        return None
    for near in (at, at + 1):
        if 0 <= near < len(ours):
            block, origin = ours[near].block, ours[near].origin
            begins = near > at and isinstance(block, Paragraph) and block.label  # another part
            if origin and origin.lines is not None and not origin.made and not begins:
                return ours[near]
    return None


def _block_plan(difference: Difference, ours: Sequence[Ours], tree: Tree) -> _Plan | None:
    """A paragraph behind a table or a sentence of the program: a text of its own in that part."""
    theirs, at = difference.theirs, difference.after
    plain = isinstance(theirs, Paragraph) and not theirs.note and not theirs.label
    origin = ours[at].origin if plain and at >= 0 else None
    way = _content_of(origin.path, tree) if origin else None
    if way is None or not isinstance(theirs, Paragraph):
        return None
    for escaped in (False, True):
        words = inline(theirs.runs, escaped=escaped)
        if prints(words, markup=True) == [(theirs.key, look(theirs), False)]:
            place = (*way[:-1], str(int(way[-1]) + 1))
            return _Plan(Insert(place, {"text": f"{_folded(words)}\n"}), [difference])
    return None


def _content_of(path: Path, tree: Tree) -> Path | None:
    """The entry of an answer that is printed there, if it is one."""
    parts = ("answer", "parts")
    if path[:2] == parts and path[3:4] == ("content",):
        return path[:5]
    if path[:1] != ("tables",):
        return None
    answers = _at(tree, parts)
    found = [
        (*parts, str(i), "content", str(j))
        for i, part in enumerate(answers if isinstance(answers, list) else [])
        for j, entry in enumerate(_entries(part))
        if _at(entry, ("table",)) == path[1]
    ]
    return found[0] if len(found) == 1 else None


def _entries(part: Tree) -> Sequence[Tree]:
    content = _at(part, ("content",))
    return content if isinstance(content, list) else []


# --- texts ---------------------------------------------------------------------------------------


def _text_plan(
    path: Path, differences: Sequence[Difference], ours: Sequence[Ours], raw: Tree
) -> _Plan | None:
    if not isinstance(raw, str) or not differences:
        return None
    places = [
        at for at, o in enumerate(ours) if o.origin and o.origin.path == path and o.origin.lines
    ]
    text = raw.rstrip("\n ")
    if raw[:1].isspace() or not places:
        return None
    if all(any(d.ours is ours[at] and d.theirs is None for d in differences) for at in places):
        for difference in differences:
            difference.reason = say(_WHOLE)
        return None
    markup = bool(ours[places[0]].origin and ours[places[0]].origin.markup)  # type: ignore[union-attr]
    printed = prints(text, markup=markup)
    if len(printed) != len(places):
        return None
    wanted = _wanted(differences, ours, places, printed)
    for escaped in (False, True):
        new = _composed(text, differences, ours, places, escaped=escaped, markup=markup)
        if new.strip() and prints(new, markup=markup) == wanted:
            folded = _folded(new) if markup and "\n" in new else new
            if prints(folded, markup=markup) == wanted:
                new = folded
            end = raw[len(text) :] or ("\n" if "\n" in new else "")
            return _Plan(Replace(path, new + end), [*differences])
    return None


Printed = tuple[str, list[tuple[str, bool, bool, str]], bool]


def _wanted(
    differences: Sequence[Difference],
    ours: Sequence[Ours],
    places: Sequence[int],
    printed: Sequence[Printed],
) -> list[Printed]:
    """What the new text should print."""
    found: list[Printed] = []
    added = [d for d in differences if d.ours is None and isinstance(d.theirs, Paragraph)]

    def add(after: int) -> None:
        there = (d.theirs for d in added if d.after == after)
        found.extend((p.key, look(p), bool(p.label)) for p in there if isinstance(p, Paragraph))

    if places[0] - 1 not in places:
        add(places[0] - 1)
    for at, was in zip(places, printed, strict=True):
        own = [d for d in differences if d.ours is ours[at]]
        new = next((d.theirs for d in own if isinstance(d.theirs, Paragraph)), None)
        if new is not None:
            found.append((new.key, look(new), was[2]))
        elif not own:
            found.append(was)
        add(at)
    return found


_PREFIX = re.compile(r"[ \t]*(?:[-+*][ \t]+|\d+[.)][ \t]+)?")


def _composed(  # noqa: PLR0913 -- a text, and all that is done to it
    text: str,
    differences: Sequence[Difference],
    ours: Sequence[Ours],
    places: Sequence[int],
    *,
    escaped: bool,
    markup: bool,
) -> str:
    """The Markdown with its paragraphs changed, from the last to the first."""
    lines = text.split("\n")
    for at in reversed(places):
        origin = ours[at].origin
        assert origin and origin.lines  # noqa: S101, PT018 -- `places` has only these
        first, last = origin.lines
        prefix = _PREFIX.match(lines[first])
        sign = prefix[0] if prefix else ""
        listed = sign.strip() != ""
        _add(lines, last, [d for d in differences if d.after == at], sign if listed else None,
             escaped=escaped, markup=markup)  # fmt: skip
        for difference in (d for d in differences if d.ours is ours[at]):
            if not isinstance(difference.theirs, Paragraph):
                del lines[first:last]
                if first < len(lines) and not lines[first] and (first == 0 or not lines[first - 1]):
                    del lines[first]
                break
            old = "\n".join(lines[first:last])[len(sign) :]
            new = inline(difference.theirs.runs, escaped=escaped, markup=markup)
            lines[first:last] = (sign + merged(old, new)).split("\n")
            break
    before = [d for d in differences if d.after == places[0] - 1 and d.ours is None]
    for difference in reversed(before):
        assert isinstance(difference.theirs, Paragraph)  # noqa: S101
        words = inline(difference.theirs.runs, escaped=escaped, markup=markup)
        lines[:0] = ["- " * bool(difference.theirs.label) + words, ""]
    return "\n".join(lines).strip("\n")


def _add(  # noqa: PLR0913 -- the same
    lines: list[str],
    at: int,
    added: Sequence[Difference],
    sign: str | None,
    *,
    escaped: bool,
    markup: bool,
) -> None:
    for difference in reversed(added):
        if difference.ours is None and isinstance(difference.theirs, Paragraph):
            words = inline(difference.theirs.runs, escaped=escaped, markup=markup)
            if difference.theirs.label:
                gap = [] if sign is not None else [""]
                lines[at:at] = [*gap, (sign or "- ") + words]
            else:
                lines[at:at] = ["", *words.split("\n")]


_WIDE = 88


def _folded(text: str) -> str:
    """Long lines of a text that has more than one, broken between words."""
    found: list[str] = []
    for line in text.split("\n"):
        prefix = _PREFIX.match(line)
        indent = " " * len(prefix[0]) if prefix else ""
        rest = line
        while len(rest) > _WIDE and (cut := rest.rfind(" ", len(indent) + 1, _WIDE + 1)) > len(
            indent
        ):
            found.append(rest[:cut])
            rest = indent + rest[cut + 1 :]
        found.append(rest)
    return "\n".join(found)


# --- keys ----------------------------------------------------------------------------------------


def _key_plans(differences: Sequence[Difference], tree: Tree) -> Iterator[_Plan]:
    """Keys whose words are printed as they are, or in a place of their own."""
    values: dict[Path, set[str]] = defaultdict(set)
    settled: dict[Path, list[Difference]] = defaultdict(list)
    for difference in differences:
        for path, text in _keys(difference, tree):
            values[path].add(text)
            settled[path].append(difference)
    for path, texts in values.items():
        if len(texts) == 1 and isinstance(_at(tree, path), str):
            old = str(_at(tree, path))
            end = "\n" if old.endswith("\n") else ""
            yield _Plan(Replace(path, texts.pop() + end), settled[path])


def _keys(difference: Difference, tree: Tree) -> Iterator[tuple[Path, str]]:
    ours, new = difference.ours, difference.new
    origin = ours.origin if ours else None
    if ours is None or origin is None or not new:
        return
    if difference.kind == "heading":
        headings = _at(tree, (*origin.path[:2], "headings"))
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
        found = _at(tree, path)
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
