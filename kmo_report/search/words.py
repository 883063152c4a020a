"""A text as terms: what two ways to write the same thing have in common.

A word is brought to the form that a dictionary lists, then to its stem: `bedrijven`, `bedrijf` are
one term. A compound gives a term for itself and one for each of its parts.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping

import Stemmer

from kmo_report.search.compounds import lexicon, parts

VERSION = "1"
"""To be raised with every change that gives other terms: an index made before is made anew."""

STOP = frozenset(
    """
    aan aangezien achter afgelopen al aldus alle allemaal als alsmede alsook alvast ander andere
    anders antwoord antwoorden bedankt beide ben bent bij bijgevolg binnen buiten daar daaraan
    daarbij daarin daarmee daarna daarnaast daarom daarop daarover daartoe daarvan daarvoor dan
    dank dankbaar dat de den der des deze die dien dienen dient dit doen doet door dus echter
    een eens eerder elk elke en enige enkel enkele er eraan erbij erin ermee erop erover ertoe
    eruit ervan ervoor etc even evenals eveneens evenwel gaan gaat geachte gedurende geen graag
    had hadden heb hebben hebt heeft heel hem hen het hier hieraan hierbij hierin hiermee hierna
    hierop hierover hiertoe hiervan hiervoor hij hoe hoeveel hoewel houdt hun ieder iedere
    iemand iets ik immers in indien inzake is ja je jullie kan kon konden kreeg kunnen kunt maar
    mag me mede meer men met mevrouw mij mijn mijnheer minister moest moet moeten mogen
    momenteel na naar naast namelijk nee neen niet niets nietwaar nochtans nog nu of ofwel om
    omdat omtrent onder ondertussen ons onze ook op over overeenkomstig per reeds rond sedert
    sinds slechts soms steeds te tegen ten tenzij ter terwijl tevens tijdens toch toe toen tot
    totdat tussen u uit uitvoerig uw van vanaf vanuit vanwege via volgende volgens voor vooral
    vraag vragen waar waaraan waarbij waardoor waarin waarmee waarom waarop waarover waartoe
    waarvan waarvoor wanneer want waren was wat we weer wegens wel welk welke werd werden wie
    wij wil willen word worden wordt zal ze zeer zelf zich zij zijn zo zoals zodat zodra zonder
    zou zouden zowel zulks zullen zult
    """.split()  # noqa: SIM905 -- a list literal would be a page long
)
"""Words of grammar, and those of the form itself: every question holds them."""

_ADDRESS = re.compile(r"https?://\S+|www\.\S+|(?<!\S)\S[^\s@]*+@\S+\.\S+")
_WORD = re.compile(
    r"\b[a-z][ -]?[0-9]{1,3}\b"  # N 70, N-70 and N70 are one road
    r"|[0-9]+(?:[.,][0-9]+){0,20}(?![^\W_])"
    r"|[^\W\d_][^\W_]*(?:['&-][^\W_]+)*"
    r"|[^\W_]+"
)
_stem: Callable[[str], str] = Stemmer.Stemmer("dutch_porter").stemWord

Terms = tuple[str, ...]


def libraries() -> str:
    """What else decides the terms."""
    from importlib.metadata import version  # noqa: PLC0415

    return " ".join(version(name) for name in ("PyStemmer", "pyphen", "simplemma"))


def words(text: str) -> list[str]:
    """The words of a text in lower case, figures and web addresses set apart."""
    plain = (
        unicodedata.normalize("NFC", text).lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )
    return _WORD.findall(_ADDRESS.sub(" ", plain))


def is_figure(term: str) -> bool:
    """Whether a term is a mere number: it says little of what a text is about."""
    return term.isdigit()


class Vocabulary(dict[str, Terms]):
    """word -> its terms: the whole word first, then its parts; () for a word of grammar.

    `known` holds what was found out before; `fresh` what was found out since.
    """

    def __init__(self, *known: Mapping[str, Terms]) -> None:
        super().__init__()
        self.known = known
        self.fresh: dict[str, Terms] = {}

    def __missing__(self, word: str) -> Terms:
        found = (terms for known in self.known if (terms := known.get(word)) is not None)
        terms = next(found, None)
        if terms is None:
            terms = self.fresh[word] = terms_of(word)
        self[word] = terms
        return terms

    def terms(self, text: str) -> Iterator[str]:
        """All terms of a text, in its order."""
        for word in words(text):
            yield from self[word]


def terms_of(word: str) -> Terms:
    """The terms of one word, in lower case."""
    if word[0].isdigit():
        return (re.sub("[.,]", "", word),) if word.isascii() else ()
    if re.fullmatch("[a-z][ -]?[0-9]{1,3}", word):
        return (re.sub("[ -]", "", word), re.sub("[^0-9]", "", word))
    pieces = re.split("[&'-]", re.sub("'s$", "", word))
    found = [_term("".join(pieces)), *_of_compound("".join(pieces))] if word not in STOP else []
    if len(pieces) > 1:
        for piece in pieces:
            if piece not in STOP and len(piece) > 1:
                found += [_term(piece), *_of_compound(piece)]
    return tuple(term for term in dict.fromkeys(found) if len(term) > 1)


def _of_compound(word: str) -> list[str]:
    return [_term(part) for part in parts(word) if part not in STOP]


_DEVOICED = {"v": "f", "z": "s"}


def _term(word: str) -> str:
    """`bedrijven` -> bedrijf, `goedgekeurde` -> goedkeur"""
    listed = unicodedata.normalize("NFKD", lexicon().get(word, word).lower())
    stem = _stem("".join(c for c in listed if c.isalnum()))
    return stem[:-1] + _DEVOICED.get(stem[-1:], stem[-1:])
