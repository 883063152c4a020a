"""Words of a Word file as the Markdown of an answer; only what differs is written anew."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from xml.etree.ElementTree import Element

from kmo_report import prose
from kmo_report.compare.word import Paragraph, Run, look
from kmo_report.document import parse

_MEANING = re.compile(r"[\\*_\[\]<]")
_AT_START = re.compile(r"(?m)^(\s*)(?:([-+*#>])(?=\s|$)|(\d+)([.)])(?=\s|$))")


def inline(runs: Sequence[Run], *, escaped: bool = False, markup: bool = True) -> str:
    """Words with their emphasis and links; `escaped`: each sign that may mean something."""
    pieces = []
    for run in _by_look(runs):
        text = re.sub(r"[^\S\n\u00a0]+", " ", run.text)
        if not markup:
            pieces.append(text)
            continue
        if escaped:
            text = _MEANING.sub(r"\\\g<0>", text)
        text = text.replace("\n", "\\\n")
        core = text.strip()
        if core:
            sign = "**" * run.strong + "*" * run.emphasis
            made = f"{sign}{core}{sign[::-1]}"
            if run.href and run.href.strip() != run.text.strip():
                target = f"<{run.href}>" if re.search(r"[\s()]", run.href) else run.href
                made = f"[{made}]({target})"
            text = text.replace(core, made, 1)
        pieces.append(text)
    whole = "".join(pieces).strip()
    return _AT_START.sub(_harmless, whole) if markup else whole


def _harmless(match: re.Match[str]) -> str:
    space, sign, number, dot = match.groups()
    return f"{space}\\{sign}" if sign else f"{space}{number}\\{dot}"


def _by_look(runs: Sequence[Run]) -> Iterator[Run]:
    """Runs; one of blanks alone has no look of its own."""
    last: Run | None = None
    for run in runs:
        now = run if run.text.strip() or last is None else replace(last, text=run.text)
        href = "" if now.href.strip() == now.text.strip() else now.href
        if (
            last
            and replace(last, text="", href="") == replace(now, text="", href="")
            and (("" if last.href.strip() == last.text.strip() else last.href) == href)
        ):
            last = replace(now, text=last.text + now.text, href=href)
        else:
            if last:
                yield last
            last = now
    if last:
        yield last


def merged(old: str, new: str) -> str:
    """The new words in the lines of the old ones."""
    first, second = _words(old), _words(new)
    matcher = SequenceMatcher(None, [w for _, w in first], [w for _, w in second], autojunk=False)
    result = ""
    for op, a, _, c, d in matcher.get_opcodes():
        for nth, (gap, word) in enumerate(second[c:d]):
            was = first[a + nth][0] if op == "equal" else gap
            kept = c + nth and "\n" not in gap and (nth or "\n" in was)
            result += (was if kept else gap) + word
    return result


def _words(text: str) -> list[tuple[str, str]]:
    """Each word, with the white space before it."""
    return re.findall(r"(\s*)(\S+)", text)


# --- what a text prints ----------------------------------------------------------------------


def prints(text: str, *, markup: bool) -> list[tuple[str, list[tuple[str, bool, bool, str]], bool]]:
    """Of each paragraph its words, their look, and whether an item of a list begins with it."""
    root = parse(f"<div>{prose.blocks(text, markup=markup)}</div>")
    found = ((Paragraph(tuple(runs)), starts) for runs, starts in _paragraphs(root, starts=False))
    return [(paragraph.key, look(paragraph), starts) for paragraph, starts in found]


def _paragraphs(element: Element, *, starts: bool) -> Iterator[tuple[list[Run], bool]]:
    for at, child in enumerate(element):
        if child.tag == "p":
            yield [*_runs(child, Run(""))], starts and at == 0
        else:
            yield from _paragraphs(child, starts=child.tag == "li")


def _runs(element: Element, around: Run) -> Iterator[Run]:
    yield replace(around, text=element.text or "")
    for child in element:
        if child.tag == "br":
            yield replace(around, text="\n")
        else:
            yield from _runs(child, _LOOKS[child.tag](around, child))
        yield replace(around, text=child.tail or "")


_LOOKS: Mapping[str, Callable[[Run, Element], Run]] = {
    "strong": lambda look, _: replace(look, strong=True),
    "em": lambda look, _: replace(look, emphasis=True),
    "a": lambda look, link: replace(look, href=link.get("href", "")),
}
