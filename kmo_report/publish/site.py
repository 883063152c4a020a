"""The site as a whole: what is on it, how it is called, and what belongs together."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kmo_report.dutch import day
from kmo_report.publish.index import folded
from kmo_report.publish.public import Answer
from kmo_report.site_words import Words

_KINDS = ("answer", "corrected", "supplementary", "provisional", "coordinated", "referring")
_SLUG = 60
"""Signs of a name in an address."""
FOLDERS = {"session": "zittingsjaar", "minister": "minister", "subject": "onderwerp"}
"""Of the pages of groups."""
OVERVIEWS = {
    "session": "zittingsjaren.html",
    "minister": "ministers.html",
    "subject": "onderwerpen.html",
}
"""The pages that list them."""


@dataclass(slots=True, eq=False)
class Group:
    """The answers of a session, to a minister, or about a subject."""

    kind: str
    """session, minister, subject."""
    key: str
    """In its address."""
    names: Counter[str] = field(default_factory=Counter)
    answers: list[Answer] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As it is called most often."""
        return min(self.names, key=lambda name: (-self.names[name], name))

    @property
    def page(self) -> str:
        """The path of its page in the site."""
        return f"{FOLDERS[self.kind]}/{self.key}.html"


def theme(subject: str) -> str:
    """What a subject is first about: `Kmo-portefeuille  -  Focus op Talent` -> Kmo-portefeuille"""
    return re.split(r"\s+[-\N{EN DASH}]+\s+", subject)[0].strip() or subject


def key(name: str) -> str:
    """A name as a step of an address; where that says less, a digest tells it from others."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = [sign for sign in plain if not unicodedata.combining(sign)]
    slug = re.sub("[^a-z0-9]+", "-", "".join(letters)).strip("-")
    if len(slug) <= _SLUG and slug and all(s.isascii() or not s.isalnum() for s in letters):
        return slug
    digest = hashlib.sha256("".join(letters).encode()).hexdigest()[:8]
    return f"{slug[:_SLUG].strip('-')}-{digest}".strip("-")


class Site:
    """All that its pages say."""

    def __init__(self, answers: Sequence[Answer], words: Words, base: str = "") -> None:
        self.answers = answers
        self.words = words
        self.base = base
        """The address of the site, with a / at its end; empty where none is known."""
        self.by_id = {answer.identifier: answer for answer in answers}
        self.referred_by: dict[str, list[Answer]] = {}
        for answer in answers:
            for identifier in {relation[0] for relation in answer.relations}:
                if identifier in self.by_id and identifier != answer.identifier:
                    self.referred_by.setdefault(identifier, []).append(answer)

    # --- words -----------------------------------------------------------------------------------

    def word(self, name: str, /, **values: object) -> str:
        """A word of the site, filled in."""
        return self.words[name].format_map(values)

    def line(self, answer: Answer) -> str:
        """Who asked whom, when: `Vraag nr. 370 (2019-2020) van ... aan ..., 14 februari 2020`"""
        session, _, number_ = answer.parts
        said = [self.word("line_number", number=number_, session=session)]
        if asked_by := answer.text("contributor"):
            said.append(self.word("line_asked_by", asked_by=asked_by))
        said.append(self.word("line_minister", minister=answer.minister))
        if on := self.day(answer):
            said.append(self.word("line_date", date=on))
        return "".join(said)

    def day(self, answer: Answer) -> str:
        """The date of an answer in full; empty where it is not known."""
        try:
            return day(date.fromisoformat(answer.text("date")))
        except ValueError:
            return ""

    def kind(self, kind: str) -> str:
        """What a version is."""
        return self.word(kind if kind in _KINDS else "answer")

    def count(self, answers: Sequence[Answer]) -> str:
        """12 antwoorden"""
        if len(answers) == 1:
            return self.word("one_answer")
        return self.word("answers", count=len(answers))

    # --- groups ----------------------------------------------------------------------------------

    def keys(self, answer: Answer) -> tuple[str, str, str]:
        """The groups that an answer stands in, by their keys: session, minister, subject."""
        return answer.parts[0], answer.parts[1], key(theme(answer.subject))

    @cached_property
    def groups(self) -> Mapping[str, Sequence[Group]]:
        """By kind: sessions from new to old, the others by name."""
        found: dict[str, dict[str, Group]] = {kind: {} for kind in FOLDERS}
        for answer in self.answers:
            names = (answer.parts[0], answer.minister, theme(answer.subject))
            for kind, own, name in zip(FOLDERS, self.keys(answer), names, strict=True):
                group = found[kind].setdefault(own, Group(kind, own))
                group.names[name] += 1
                group.answers.append(answer)
        by_name = {
            kind: sorted(groups.values(), key=lambda group: (folded(group.name), group.key))
            for kind, groups in found.items()
        }
        by_name["session"].reverse()
        return by_name

    def group(self, answer: Answer, kind: str) -> Group:
        """The group of that kind that an answer stands in."""
        own = dict(zip(FOLDERS, self.keys(answer), strict=True))
        return self._by_key[kind, own[kind]]

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], Group]:
        return {(g.kind, g.key): g for groups in self.groups.values() for g in groups}
