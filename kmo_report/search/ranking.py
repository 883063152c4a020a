"""Which earlier parts are most like a part that is asked now, and why.

SQLite's full text search proposes documents; they are then weighed here, term by term: in which
field a term stands, how rare it is, whether it is a whole word or a part of a compound, and whether
it also stands in the very part that is shown. The formula is BM25F (Robertson and Zaragoza 2009).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log

from kmo_report.search.earlier import Earlier, Kept, Passage
from kmo_report.search.index import Index
from kmo_report.search.shelf import ANY, PART, TOLD, Within, distinct
from kmo_report.search.words import is_figure, words

CANDIDATES = 50
"""Documents that are weighed, for each part that is asked."""
TERMS = 16
"""The most telling terms of a part; more of them cost time and find nothing else."""

_SATURATION = 1.5
_SLOPE = 0.75
"""k1 and b of BM25."""
_FIELD = (2.0, 1.5, 1.0)
"""What a term in the subject, in the question, in the answer counts."""
_NAMES = 1.5
"""What one counts among the names and numbers, where they are searched too."""
_ASKED = {"subject": 1.0, "introduction": 0.5, "part": 1.0}
"""What a term of the subject, of the introduction, of the part that is asked counts."""
_OF_COMPOUND = 0.4
_FIGURE = 0.6
"""What a part of a compound and a mere figure count, beside a word."""
_OWN = 0.3
"""What the part that is shown counts, beside the whole document."""

WHOLE_TERMS = 8
SAME_SHARE = 0.85
"""From which share of a whole question's words on it is called the same question."""
_SAME_TIME = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class AskedPart:
    """A part that asks something, and the words of the parts that introduce it."""

    label: str
    text: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: a question, or mere words."""

    parts: tuple[AskedPart, ...]
    subject: str = ""
    introduction: str = ""
    whole: bool = False
    """Whether it is a whole question, so that it can be said to have been asked before."""
    key: str = ""
    """Its own key, if it may be among the documents: it is not like itself."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A word that was asked, and how the earlier text writes it."""

    asked: str
    found: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An earlier question, and the part of it that comes closest."""

    document: Earlier
    passage: Passage | None
    score: float
    shared: tuple[Shared, ...]
    also: tuple[Earlier, ...]
    """The same text, put to other ministers."""
    follows: Earlier | None
    """The question that it is a sequel to."""
    same: bool
    """Whether it is the same question, all in all."""
    kept: Kept | None = None
    """What the archive holds of it, if it does."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one part that is asked."""

    part: AskedPart
    hits: tuple[Hit, ...]


def similar(index: Index, asked: Asked, limit: int) -> list[Found]:
    """The best earlier parts for each part that is asked, at most `limit` documents for each."""
    ranking = _Ranking(index, asked)
    return [Found(part, ranking.hits(part, limit)) for part in asked.parts]


def search(index: Index, asked: Asked, limit: int, within: Within) -> tuple[Hit, ...]:
    """The best documents for mere words, each on its own; names and numbers are words too."""
    ranking = _Ranking(index, asked, (*_FIELD, _NAMES), within, apart=True)
    return ranking.hits(asked.parts[0], limit)


def by_document(found: Iterable[Found]) -> list[Hit]:
    """Each document once, for the part that it is most like; in the order of all parts together."""
    best: dict[str, Hit] = {}
    total: Counter[str] = Counter()
    for hit in (hit for part in found for hit in part.hits):
        key = hit.document.key
        total[key] += hit.score  # type: ignore[assignment]
        if key not in best or best[key].score < hit.score:
            best[key] = hit
    return sorted(best.values(), key=lambda hit: (-total[hit.document.key], hit.document.key))


@dataclass(frozen=True, slots=True)
class _Term:
    """A term that is looked for: what it counts, in the part's own words too, and its word."""

    weight: float
    own: float
    word: str


class _Ranking:
    def __init__(
        self,
        index: Index,
        asked: Asked,
        fields: tuple[float, ...] = _FIELD,
        within: Within = ANY,
        *,
        apart: bool = False,
    ) -> None:
        self.index = index
        self.asked = asked
        self.fields = fields
        self.within = within
        self.apart = apart
        self.averages, self.part_average = index.lengths()
        self.idf: dict[str, float] = {}
        own = index.terms(index.identified(asked.key)).values() if asked.key else ()
        self.size = index.documents() - len(own)
        self.in_own = Counter(term for _, terms in own for term in distinct(terms[:TOLD]))
        texts = [
            asked.subject,
            asked.introduction,
            *(f"{part.within} {part.text}" for part in asked.parts),
        ]
        self.whole = self._weighed((1.0, text) for text in texts) if asked.whole else {}

    def hits(self, part: AskedPart, limit: int) -> tuple[Hit, ...]:
        """The earlier documents for one part that is asked."""
        own = self._weighed([(_ASKED["part"], part.text)])
        around = [(_ASKED["subject"], self.asked.subject), (_ASKED["part"], part.text)]
        around += [(_ASKED["introduction"], f"{self.asked.introduction} {part.within}")]
        wanted = {
            term: _Term(found.weight, own[term].weight if term in own else 0.0, found.word)
            for term, found in self._weighed(around).items()
        }
        telling = sorted(wanted, key=lambda term: (-wanted[term].weight, term))
        telling = [term for term in telling if self.idf[term]][:TERMS]
        most = max(CANDIDATES, 2 * limit)
        chosen = self.index.candidates(telling, self.fields, most, self.within)
        proposed = self.index.terms(chosen)
        weighed = [
            (*self._score(wanted, fields), key, document)
            for document, (key, fields) in proposed.items()
        ]
        weighed.sort(key=lambda row: (-row[0], row[2]))
        return self._shown(weighed, wanted, proposed, limit)

    def _weighed(self, texts: Iterable[tuple[float, str]]) -> dict[str, _Term]:
        """Every term of some texts, and what it counts: the most that it does in any of them."""
        found: dict[str, _Term] = {}
        for weight, text in texts:
            for word in words(text):
                for at, term in enumerate(self.index.known[word]):
                    part = _FIGURE if is_figure(term) else _OF_COMPOUND if at else 1.0
                    if term not in found or found[term].weight < part * weight:
                        found[term] = _Term(part * weight, 0.0, word)
        self._learn(found)
        return {
            term: _Term(found[term].weight * self.idf[term], 0.0, found[term].word)
            for term in sorted(found)
        }

    def _learn(self, terms: Iterable[str]) -> None:
        """How telling terms are: the rarer, the more; 0 where no other document has them."""
        for term, found in self._frequencies(set(terms) - self.idf.keys()).items():
            count = found - self.in_own[term]
            self.idf[term] = log(1 + (self.size - count + 0.5) / (count + 0.5)) if count else 0.0

    def _frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        return self.index.frequencies(terms, anywhere=len(self.fields) > TOLD)

    def _score(self, wanted: Mapping[str, _Term], fields: Sequence[str]) -> tuple[float, int]:
        """What a document counts, and which of its parts comes closest (-1: it has none)."""
        bag: dict[str, float] = {}
        for field, weight, average in zip(fields, self.fields, self.averages, strict=False):
            for term, count in _normalised(field, wanted, average).items():
                bag[term] = bag.get(term, 0.0) + weight * count
        score = sum(wanted[term].weight * _saturated(bag[term]) for term in wanted if term in bag)
        own = []
        for question, answer in zip(fields[1].split(PART)[1:], fields[2].split(PART), strict=False):
            part = _normalised(f"{question} {answer}", wanted, self.part_average)
            own.append(sum(wanted[t].own * _saturated(part[t]) for t in wanted if t in part))
        best = max(range(len(own)), key=lambda at: (own[at], -at), default=-1)
        return score + (_OWN * own[best] if own else 0.0), best

    def _shown(
        self,
        weighed: Sequence[tuple[float, int, str, int]],
        wanted: Mapping[str, _Term],
        proposed: Mapping[int, tuple[str, tuple[str, ...]]],
        limit: int,
    ) -> tuple[Hit, ...]:
        """The best documents, a text that was put to several ministers once."""
        twins = {} if self.apart else self.index.twins([row[3] for row in weighed])
        hits: list[Hit] = []
        seen: set[int] = set()
        for score, part, _, document in weighed:
            if len(hits) == limit or score <= 0:
                break
            if document in seen:
                continue
            earlier = self.index.read(document)
            if earlier.key == self.asked.key:
                continue
            others = [(other, self.index.read(other)) for other in twins.get(document, ())]
            same = [
                (other, twin)
                for other, twin in others
                if other != document
                and twin.key != self.asked.key
                and _put_to_others(earlier, twin)
            ]
            seen.update(other for other, _ in same)
            first, *also = sorted([earlier, *(twin for _, twin in same)], key=_fullest_first)
            copy = self.index.copy(first)
            kept = first.kept or (copy.kept if copy else None)
            hits.append(
                Hit(
                    first,
                    first.passages[part] if part >= 0 else None,
                    round(score, 4),
                    self._reason(wanted, first),
                    tuple(also),
                    self.index.first_of(first),
                    self._is_same(proposed[document][1]),
                    kept,
                )
            )
        return tuple(hits)

    def _reason(self, wanted: Mapping[str, _Term], earlier: Earlier) -> tuple[Shared, ...]:
        """The words that were asked and stand there too, the most telling first."""
        texts = [*earlier.texts(), *(earlier.names() if self.apart else ())]
        written: dict[str, tuple[int, str]] = {}
        for word in words(" ".join(texts)):
            for at, term in enumerate(self.index.known[word]):
                if term in wanted and (term not in written or at < written[term][0]):
                    written[term] = (at, word)
        found: dict[str, Shared] = {}
        for term in sorted(written, key=lambda term: (-wanted[term].weight, term)):
            word = wanted[term].word
            found.setdefault(word, Shared(word, written[term][1]))
        return tuple(found.values())

    def _is_same(self, fields: Sequence[str]) -> bool:
        """Whether nearly all words of a whole question stand in the earlier question too."""
        if len(self.whole) < WHOLE_TERMS:
            return False
        there = set(f"{fields[0]} {fields[1]}".split())
        top = log(1 + (self.size + 0.5) / 0.5)
        weights = {
            term: found.weight if self.idf[term] else top for term, found in self.whole.items()
        }
        share = sum(weights[term] for term in weights if term in there)
        return share >= SAME_SHARE * sum(weights.values())


def _normalised(text: str, wanted: Mapping[str, _Term], average: float) -> dict[str, float]:
    """How often each wanted term stands in a text, less so the longer the text is."""
    terms = text.split()
    slope = 1 - _SLOPE + _SLOPE * len(terms) / (average or 1)
    counts = Counter(term for term in terms if term in wanted)
    return {term: count / slope for term, count in counts.items()}


def _saturated(count: float) -> float:
    return count * (_SATURATION + 1) / (count + _SATURATION)


def _fullest_first(one: Earlier) -> tuple[bool, int, str]:
    """Of ministers who were asked the same, one answers and the others refer to that."""
    return one.kind == "referring", -sum(len(part.answer) for part in one.passages), one.key


def _put_to_others(one: Earlier, other: Earlier) -> bool:
    if one.asked_on is None or other.asked_on is None:
        return False
    return one.minister != other.minister and abs(one.asked_on - other.asked_on) <= _SAME_TIME
