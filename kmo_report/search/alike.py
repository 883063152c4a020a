"""Whether what was answered to an earlier part may serve for one that is asked now.

To find is to be generous: the reader judges. What is taken over into a draft must be like what is
asked: nearly the same words, about the same subject, and the same names. What differs only in its
years is alike; what differs in a town is not.
"""

import re
from dataclasses import dataclass
from math import log, sqrt

from kmo_report.search.earlier import Earlier, Passage
from kmo_report.search.index import Index
from kmo_report.search.ranking import Asked, AskedPart, Found
from kmo_report.search.words import is_figure, words

ENOUGH = 0.65
"""From which likeness on an earlier answer is worth to be quoted."""

_LEAST = 300
"""Documents among which a word is at least counted as rare: in a small archive all words are."""
_USUAL = 0.2
"""What a word counts that says how something is asked, not what."""
_USUAL_WORDS = (  # noqa: SIM905 -- a list literal would be a page long
    "aandeel aantal aard beeld beleidsdomein beschikking bevoegdheid bijkomend cijfers concreet "
    "conclusies detail evolutie gegevens gemiddeld gemiddelde geven graag huidig huidige jaar "
    "jaarlijks jaren laatste lijst lopende maatregelen manier minister nemen nieuwe nodig "
    "onderscheid opdeling opgave opgesplitst opsplitsing overzicht percentage periode plannen "
    "precies provincie reden redenen resultaten specifiek stand stappen toelichten toelichting "
    "totaal totale uitsplitsing verdeling vermelding verklaren visie vlaams vlaamse vlaanderen "
    "volledig voorbije voorzien zaken zicht antwoord deelvraag krijgen waren gebeurt gebeurde "
    "bedrag bedragen kosten budget"
).split()
_NAMED, _NARROW = 0.9, 0.75
"""What is left where only what is asked has a name; where only the earlier part has: it was about
one place, or one programme."""
_SURE = 6.0
"""So many telling words in a part, and its subject need hardly say the same."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier part that was answered, and how like it is: from 0 to 1."""

    document: Earlier
    passage: Passage
    likeness: float


class Likeness:
    """Compares parts of one question that is asked with earlier ones."""

    def __init__(self, index: Index, asked: Asked) -> None:
        self._index = index
        self._asked = asked
        self._size = max(index.size(), _LEAST)
        self._weights: dict[str, float] = {}
        self._usual = {index.known[word][0] for word in _USUAL_WORDS if index.known[word]}
        self._whole = " ".join((asked.subject, asked.introduction, *(p.text for p in asked.parts)))

    def of(self, part: AskedPart, document: Earlier) -> list[Alike]:
        """The parts of an earlier question that were answered, the likest first."""
        found = [
            Alike(document, passage, round(self._of(part, document, passage), 3))
            for passage in document.passages
            if passage.answer
        ]
        return sorted(found, key=lambda one: -one.likeness)

    def among(self, found: Found) -> list[Alike]:
        """The parts of all that was found for a part, and of the same text put to others."""
        documents = (one for hit in found.hits for one in (hit.document, *hit.also))
        every = [one for document in documents for one in self.of(found.part, document)]
        return sorted(every, key=lambda one: -one.likeness)

    def _of(self, part: AskedPart, document: Earlier, passage: Passage) -> float:
        asked = _Text(self._index, part.text, f"{part.within} {self._asked.subject}")
        # Without numbers the whole question is asked in its introduction.
        question = passage.question or document.introduction
        earlier = _Text(self._index, question, f"{passage.within} {document.subject}")
        named = _names(part.text, self._asked.subject) - _names(_whole(document))
        other = _names(question, document.subject) - _names(self._whole)
        if named and other:
            return 0.0
        there = self._share(asked, earlier.all_terms | self._terms(document.introduction))
        here = self._share(earlier, asked.all_terms | self._terms(self._asked.introduction))
        subject = self._subject(document)
        telling = sum(self._weight(word) for word in asked.words) / log(1 + 2 * self._size)
        wanted = max(0.0, 1 - telling / _SURE)
        about = (1 - wanted * (1 - subject)) * (_NAMED if named else _NARROW if other else 1)
        return sqrt(there * here) * about

    def _subject(self, document: Earlier) -> float:
        """How much of the one subject is in the other question, or the other way round."""
        asked = _Text(self._index, self._asked.subject)
        earlier = _Text(self._index, document.subject)
        whole = self._terms(_whole(document))
        return max(self._share(asked, whole), self._share(earlier, self._terms(self._whole)))

    def _terms(self, text: str) -> frozenset[str]:
        return frozenset(self._index.known.terms(text))

    def _share(self, text: "_Text", terms: frozenset[str]) -> float:
        """How much of what a text says is among the terms."""
        weights = {word: self._weight(word) for word in text.words}
        whole = sum(weights.values())
        if not whole:
            return 0.0
        return sum(weights[word] * self._covered(word, terms) for word in weights) / whole

    def _covered(self, word: str, terms: frozenset[str]) -> float:
        first, *parts = self._index.known[word]
        if first in terms:
            return 1.0
        return sum(part in terms for part in parts) / len(parts) if parts else 0.0

    def _weight(self, word: str) -> float:
        if word not in self._weights:
            term = self._index.known[word][0]
            count = self._index.frequencies([term])[term]
            rare = log(1 + (self._size - count + 0.5) / (count + 0.5))
            self._weights[word] = rare * (_USUAL if term in self._usual else 1)
        return self._weights[word]


class _Text:
    """The words of a text that say something, and the terms of it with what stands around."""

    def __init__(self, index: Index, text: str, around: str = "") -> None:
        known = ((word, index.known[word]) for word in words(text))
        self.words = {word: None for word, terms in known if terms and not is_figure(terms[0])}
        self.all_terms = frozenset(index.known.terms(f"{text} {around}"))


def _whole(document: Earlier) -> str:
    parts = (f"{part.within} {part.question}" for part in document.passages)
    return " ".join((document.subject, document.introduction, *parts))


_NAME = re.compile(r"(?<=[\w,)] )(?<!minister )[A-Z][\w'-]*[a-z][\w'-]*|\b[A-Z]-?[0-9]{1,3}\b")
"""A word with a capital within a sentence, or a road."""


def _names(*texts: str) -> set[str]:
    return {match[0].lower() for text in texts for match in _NAME.finditer(text)}
