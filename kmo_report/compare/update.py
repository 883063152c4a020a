"""The words of the cabinet taken over into answer.yaml, where one key decides what is printed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File

from kmo_report import files
from kmo_report.amend import Change, Insert, Replace, amended
from kmo_report.compare import Comparison, Difference, against, opened
from kmo_report.compare.keys import changed
from kmo_report.compare.markdown import inline, prints
from kmo_report.compare.ours import Ours
from kmo_report.compare.texts import folded, rewritten
from kmo_report.compare.word import Paragraph, look
from kmo_report.language import mark, say
from kmo_report.pipeline import case_file, readable
from kmo_report.problems import InputError
from kmo_report.source import Tree, read_tree, value_at
from kmo_report.template import Template
from kmo_report.trace import Path

_DATA = mark("figures are not taken from Word: change the data")
_PROGRAM = mark("the program writes this: change what it is made of")
_HOUSE = mark("this is of the house style, or of the question's numbers")
_PLACE = mark("it stands in no text of the answer: write it where it belongs")
_OTHERWISE = mark("it cannot be written so that it prints the same: change it by hand")
_REASONS = {
    **dict.fromkeys(("figure", "row-added", "row-removed", "columns"), _DATA),
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
        if text := rewritten(path, wanted, comparison.ours, value_at(tree, path)):
            yield _Plan(Replace(path, text), wanted)
    for path, text, settled in changed(others, tree):
        yield _Plan(Replace(path, text), settled)


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
            return _Plan(Insert(place, {"text": f"{folded(words)}\n"}), [difference])
    return None


def _content_of(path: Path, tree: Tree) -> Path | None:
    """The entry of an answer that is printed there, if it is one."""
    parts = ("answer", "parts")
    if path[:2] == parts and path[3:4] == ("content",):
        return path[:5]
    if path[:1] != ("tables",):
        return None
    answers = value_at(tree, parts)
    found = [
        (*parts, str(i), "content", str(j))
        for i, part in enumerate(answers if isinstance(answers, list) else [])
        for j, entry in enumerate(_entries(part))
        if value_at(entry, ("table",)) == path[1]
    ]
    return found[0] if len(found) == 1 else None


def _entries(part: Tree) -> Sequence[Tree]:
    content = value_at(part, ("content",))
    return content if isinstance(content, list) else []
