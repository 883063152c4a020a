"""Dutch compounds taken apart: diversiteitsinitiatieven -> diversiteit, initiatieven.

A split is made only where a word may be broken at the end of a line, and only into words that the
dictionary knows (or nouns on -heids, -ings and the like, which it need not know). It depends on the
word alone, never on what else was indexed.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

SHORTEST = 4
"""Letters of a part; shorter ones are mostly prefixes."""

_LONGEST = 64
"""Letters of a word; what is longer is none, and to take it apart would take for ever."""

_LINKS = ("", "s", "en", "e", "n", "er")
"""What may stand between two parts, the usual ones first."""

_WITH_S = ("heids", "teits", "ings", "schaps", "doms")
"""Nouns that always take an s before the next part."""

_NO_PARTS = frozenset(
    """
    aangaande achter aire alle alleen allen ander andere anders atie aties baar beide beneden
    binnen boven buiten daar daarom deze dien door echter eens eerder eerst elen elijk elijke
    elke ende enkel eren erend erende ering eringen even geen haar heden heel heid hier hoewel
    iemand indien isch ische iteit iteiten juist kunnen later lijk lijke ling lingen loos
    loosheid loze maar matig matige mede meer mijn moet naar naast niet niets ning ningen nissen
    omdat omtrent onder ondere onze ooit over overig pelen reeds ring ringen rond samen schap
    schappen sinds soms ster sters sting tegen terug ties tieve ting tingen tische toch toen
    trans tussen vanaf vanuit veel verder volgens voor vooral vooruit waar wanneer want weer
    welk welke werd worden wordt zelf zich zijn zoge zonder
    """.split()  # noqa: SIM905 -- a list literal would be a page long
)
"""Words of grammar, and endings that happen to be words: no parts of a compound."""


@cache
def lexicon() -> Mapping[str, str]:
    """Every known form of a Dutch word -> the form that a dictionary lists. Half a second."""
    from simplemma.strategies import DefaultDictionaryFactory  # noqa: PLC0415 -- few need it

    return DefaultDictionaryFactory().get_dictionary("nl")


@cache
def _hyphenation() -> Any:  # noqa: ANN401 -- it has no types
    from pyphen import Pyphen  # noqa: PLC0415

    return Pyphen(lang="nl_NL")


@cache
def parts(word: str) -> tuple[str, ...]:
    """The words that a compound is made of, with those that are compounds themselves; or none."""
    found = _halves(word)
    if not found:
        return ()
    first, last = found
    return (*_inner(first), last, *parts(last))


@cache
def _halves(word: str) -> tuple[str, str] | None:
    """The best way to cut a word in two: a first half that is one word, halves of like length."""
    if not 2 * SHORTEST <= len(word) <= _LONGEST or not word.isalpha():
        return None
    ways = []
    for at in _ends(word):
        first, last = word[:at], word[at:]
        if min(len(first), len(last)) >= SHORTEST and _known(last) and _inner(first):
            ways.append((not _as_one(first), -min(len(first), len(last)), first, last))
    return min(ways)[2:] if ways else None


def _ends(word: str) -> list[int]:
    """Where the first part may end; hyphenation can take the s that links for the next part's."""
    ends = {int(at) for at in _hyphenation().positions(word)}
    return sorted(ends | {at for at in range(len(word)) if word[:at].endswith(_WITH_S)})


@cache
def _inner(first: str) -> tuple[str, ...]:
    """What the first half of a compound is made of: a word and its own parts, or only parts."""
    if one := _as_one(first):
        return (one, *parts(one))
    for link in _LINKS:
        if first.endswith(link) and (found := parts(first.removesuffix(link))):
            return found
    return ()


@cache
def _as_one(first: str) -> str:
    """The word that the first half of a compound is, without what links it to the second."""
    for link in _LINKS:
        word = first.removesuffix(link)
        if first.endswith(link) and len(word) >= SHORTEST and _known(word):
            return word
    return first[:-1] if len(first) >= 2 * SHORTEST and first.endswith(_WITH_S) else ""


def _known(word: str) -> bool:
    return word in lexicon() and word not in _NO_PARTS
