"""The lines of a text that say most about what was asked, and which of their words were found."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kmo_report.search.words import Vocabulary, words

_LONGEST = 180
_BEFORE = 50
"""Characters of a snippet, and of it at most before the first word that was found."""

_WORD = re.compile(r"[^\s()\[\]\"“”„]+")


_AFTER = ".,;:!?'\N{RIGHT SINGLE QUOTATION MARK}"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text; `found` are the places in it of words that were asked: begin, end."""

    text: str
    found: tuple[tuple[int, int], ...]


def snippet(texts: Iterable[str], asked: Collection[str], known: Vocabulary) -> Snippet:
    """The piece with the most of the words asked; the beginning, where there is none of them."""
    best: tuple[int, int, str] = (0, 0, "")
    for line in (" ".join(text.split()) for text in texts):
        count, start = _densest(_marked(line, asked, known))
        if count > best[0] or not best[2]:
            best = (count, start, line)
    _, start, text = best
    return whole(_cut(text, start), asked, known)


def whole(text: str, asked: Collection[str], known: Vocabulary) -> Snippet:
    """All of a short text."""
    return Snippet(text, tuple((begin, end) for begin, end, _ in _marked(text, asked, known)))


def _marked(
    text: str, asked: Collection[str], known: Vocabulary
) -> list[tuple[int, int, frozenset[str]]]:
    """Where a text holds words with one of these terms, and which."""
    found = []
    seen: dict[str, frozenset[str]] = {}
    for match in _WORD.finditer(text):
        shared = seen.get(match[0])
        if shared is None:
            terms = (term for word in words(match[0]) for term in known[word])
            shared = seen[match[0]] = frozenset(term for term in terms if term in asked)
        if shared:
            begin, end = match.span()
            end -= len(match[0]) - len(match[0].rstrip(_AFTER))
            found.append((begin, end, shared))
    return found


def _densest(found: list[tuple[int, int, frozenset[str]]]) -> tuple[int, int]:
    """How many terms the best piece holds, and where the first word of it begins."""
    best = (0, 0)
    for at, (begin, _, _) in enumerate(found):
        inside: set[str] = set()
        for _, end, terms in found[at : at + _LONGEST]:
            if end - begin > _LONGEST - _BEFORE:
                break
            inside |= terms
        if len(inside) > best[0]:
            best = (len(inside), begin)
    return best


def _cut(text: str, start: int) -> str:
    """A piece of a text around a place, of whole words."""
    begin = max(0, start - _BEFORE)
    if begin:
        begin = text.rfind(" ", 0, begin) + 1
    end = begin + _LONGEST
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + _BEFORE)
    piece = text[begin:end].strip()
    return f"{'… ' if begin else ''}{piece}{' …' if end < len(text) else ''}"
