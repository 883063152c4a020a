"""What site.js searches in a browser, without a server: every word of every answer, ready made.

A page that is opened as a file may fetch nothing, so the index is a script. Python does what a
browser cannot: it knows that `bedrijven` and `bedrijf` are one word, and that
`diversiteitsinitiatieven` is about `diversiteit`. The script only looks up and adds up.
"""

import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kmo_report.search.compounds import parts
from kmo_report.search.words import STOP, Vocabulary, is_figure, words

_K, _B = 1.2, 0.75
"""Of BM25: how soon a word is said often enough, and how much long texts are held back."""
_HEAD = 0.5
"""What a word of the title, or a name, is worth; the rest is for how often the text says it."""
_STEPS = 7
"""Weights are whole numbers from 1 to 7: three bits after the number of the answer."""


class Entry(NamedTuple):
    """An answer as it is found."""

    page: str
    title: str
    line: str
    """Who asked whom, when."""
    groups: tuple[str, ...]
    """The session, minister and subject that it is listed under, by their keys."""
    head: str
    """Words that weigh more."""
    body: str


def script(entries: Sequence[Entry]) -> bytes:
    """The script with the index."""
    vocabulary = Vocabulary()
    counts = [_counted(entry.body, vocabulary) for entry in entries]
    heads = [_counted(f"{entry.title} {entry.head}", vocabulary) for entry in entries]
    lengths = [sum(count.values()) for count in counts]
    usual = (sum(lengths) / len(lengths) if lengths else 0) or 1
    terms = sorted({term for count in (*counts, *heads) for term in count})
    number = {term: at for at, term in enumerate(terms)}
    postings: list[list[int]] = [[] for _ in terms]
    last = [0] * len(terms)
    for at, (count, head, length) in enumerate(zip(counts, heads, lengths, strict=True)):
        for term in sorted(count.keys() | head.keys()):
            times = count[term]
            weight = times / (times + _K * (1 - _B + _B * length / usual))  # below 1
            weight = _HEAD * (term in head) + (1 - _HEAD) * weight
            own = number[term]
            gap, last[own] = at - last[own], at
            postings[own].append(gap * (_STEPS + 1) + max(1, math.ceil(weight * _STEPS)))
    forms = _forms(vocabulary, number)
    keys = [sorted({entry.groups[kind] for entry in entries}) for kind in range(3)]
    tree = {
        "answers": [
            [e.page, e.title, e.line, *(keys[k].index(e.groups[k]) for k in range(3))]
            for e in entries
        ],
        "groups": keys,
        "words": " ".join(forms),
        "terms": [*forms.values()],
        "postings": postings,
        "grammar": " ".join(sorted(map(folded, STOP))),
    }
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    # As a script it may hold nothing that ends one.
    return f"self.kmoIndex={safe(text)};\n".encode()


def safe(text: str) -> str:
    """JSON that may stand in a page or a script, whatever its texts hold."""
    signs = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
    return text.translate(signs)


def folded(word: str) -> str:
    """A word as it is looked up: lower case, without accents and what is no letter or digit."""
    plain = unicodedata.normalize("NFKD", word.lower())
    return "".join(sign for sign in plain if sign.isalnum())


def _counted(text: str, vocabulary: Vocabulary) -> Counter[str]:
    """How often a text has each term."""
    count: Counter[str] = Counter()
    for word in words(text):
        count.update(vocabulary[word])
        for piece in (*_pieces(word), *parts(word)):  # each can be looked up by itself
            _ = vocabulary[piece]
    return count


def _pieces(word: str) -> Iterable[str]:
    found = re.split("[&'-]", word)
    return filter(None, found) if len(found) > 1 else ()


def _forms(vocabulary: Vocabulary, number: dict[str, int]) -> dict[str, list[int]]:
    """Each word as it is looked up -> its terms: the whole word first, then its parts."""
    forms: dict[str, list[int]] = {}
    for word, terms in vocabulary.items():
        known = [number[term] for term in terms if term in number]
        # Figures are their own term; what a road is called (N70) is both.
        form = terms[0] if terms and is_figure(terms[0]) else folded(word)
        if form and known and len(known) >= len(forms.get(form, ())):
            forms[form] = known
    return dict(sorted(forms.items()))
