"""What is answered to each part: taken over from the likest earlier answer, else a TODO.

Nothing is written here that was not in an earlier answer or in the question.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from kmo_report.drafting.asked import TODO, Question, below, path_of
from kmo_report.drafting.tables import new_table
from kmo_report.emit import Value
from kmo_report.incoming.reading import Part
from kmo_report.language import mark, say
from kmo_report.model.answer import Answer, AnswerPart, Content, EarlierQuestion
from kmo_report.search.alike import ENOUGH, Alike
from kmo_report.search.earlier import Earlier
from kmo_report.source import Tree

CHOSEN = 0.4
"""The likeness that is enough in a case that the user names, or half of it for the same number."""
_AS_GOOD = 0.05
"""Parts that differ less in likeness are as good as each other: then the newest is taken."""
_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier answer file: what it says, as a model and as it was written."""

    answer: Answer
    tree: dict[str, Tree]
    moved: str
    """The way there from the folder of the new case."""


Open = Callable[[Earlier], Before | None]
"""The answer file of an earlier question, where there is one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One block of content, and what is said of it in a comment."""

    tree: dict[str, Value]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the draft answers to one part."""

    label: str
    """`all` for a question without numbers."""
    source: Alike | None
    """What it was taken over from; None where it is still to be written."""
    content: tuple[Entry, ...]
    others: tuple[Alike, ...] = ()
    """Earlier answers that say something else, the best first."""


@dataclass(slots=True)
class Taker:
    """Takes over what serves, part by part; a text that was taken over is referred to next."""

    question: Question
    opened: Open
    named: bool = False
    """Whether the user names the case to take from."""
    taken_names: set[str] = field(default_factory=set)
    """Of tables that are there already."""
    tables: dict[str, Value] = field(default_factory=dict)
    _used: dict[tuple[str, int], str] = field(default_factory=dict)
    _files: dict[str, Before | None] = field(default_factory=dict)

    def reply(self, part: Part, found: Sequence[Alike]) -> Reply:
        """The answer to a part, of what was found for it."""
        label = part.label or "all"
        serving = [one for one in found if self._serves(one, part)]
        for one in _best_first(serving):
            content = tuple(self._content(one, label))
            if content:
                others = tuple(_saying_else(serving, one))
                return Reply(label, one, content, others)
        return Reply(label, None, (Entry({"text": below(todo(part.text))}),))

    def _serves(self, one: Alike, part: Part) -> bool:
        if one.document.status == "draft" or not one.passage.answer:
            return False
        enough = CHOSEN if self.named else ENOUGH
        if self.named and one.passage.label == (part.label or ""):
            enough /= 2
        return one.likeness >= enough

    def _content(self, one: Alike, label: str) -> Iterator[Entry]:
        before = self._open(one.document)
        if before is None:
            yield Entry(_quoted("text", below(plain(one.passage.answer)), one.document.key))
            return
        for at, part in _served(before.answer, one.passage.label):
            yield from self._part(one.document, before, at, part, label)

    def _open(self, document: Earlier) -> Before | None:
        if document.place not in self._files:
            self._files[document.place] = self.opened(document)
        return self._files[document.place]

    def _part(
        self, document: Earlier, before: Before, at: int, part: AnswerPart, label: str
    ) -> Iterator[Entry]:
        first = self._used.setdefault((document.place, at), label)
        if first != label:  # one answer to several parts
            yield Entry(_quoted("same_as", first, document.key))
            return
        for content in part.content:
            yield from self._block(document, before, content, label)
        said = "\n".join(content.text or "" for content in part.content)
        for cover in part.covers:
            if cover.not_available:
                yield Entry(_quoted("text", below(cover.not_available), document.key))
            elif cover.question and not cover.question.is_named_in(said):
                yield Entry(_quoted("question", _earlier(cover.question), document.key))

    def _block(
        self, document: Earlier, before: Before, content: Content, label: str
    ) -> Iterator[Entry]:
        key = document.key
        if content.text:
            yield Entry(_quoted("text", below(content.text), key))
        elif content.question:
            yield Entry(_quoted("question", _earlier(content.question), key))
        elif content.table in before.answer.tables:
            yield Entry({"table": self._table(before, str(content.table), label)})
        elif content.same_as:
            yield from self._same(document, before, content.same_as, label)
        elif content.annex:
            titles = [a.title for a in before.answer.annexes if a.file == content.annex]
            words = plain(" ".join([TODO, "bijlage:", *titles]))
            yield Entry({"text": words}, say("there it was the annex {file}", file=content.annex))

    def _same(self, document: Earlier, before: Before, target: str, label: str) -> Iterator[Entry]:
        """A reference to another part: to what was made of that here, else its own words."""
        for at, part in _served(before.answer, target):
            if (document.place, at) not in self._used and part.content:
                if any(content.same_as for content in part.content):
                    continue  # it refers on
                yield from self._part(document, before, at, part, label)
            elif part.content:
                first = self._used[document.place, at]
                if first != label:
                    yield Entry(_quoted("same_as", first, document.key))

    def _table(self, before: Before, name: str, label: str) -> str:
        years = [*self.question.requested[label].years] if label in self.question.requested else []
        if not years and "" in self.question.requested and label == "all":
            years = [*self.question.requested[""].years]
        tables = before.tree["tables"]
        tree = tables[name] if isinstance(tables, dict) else None
        assert isinstance(tree, dict)  # noqa: S101 -- the model has read it
        free = _free(name, self.taken_names | self.tables.keys())
        self.tables[free] = new_table(tree, before.answer.tables[name], years, before.moved)
        return free

    def covers(self, one: Alike) -> list[Tree]:
        """What an earlier answer said was covered elsewhere, as it stands there."""
        before = self._open(one.document)
        found: list[Tree] = []
        for at, _ in _served(before.answer, one.passage.label) if before else ():
            part: Tree = before.tree  # type: ignore[union-attr]
            for step in ("answer", "parts", at):
                part = part[step]  # type: ignore[index]
            covers = part.get("covers") if isinstance(part, dict) else None
            found += covers if isinstance(covers, list) else []
        return found


def todo(words: str) -> str:
    """What is still to be written: the asker's own words after TODO."""
    return f"{TODO} {plain(words)}" if words else TODO


def plain(text: str) -> str:
    """A text without markup as one that may hold it: each sign stands for itself."""
    return re.sub(r"([\\*_\[\]<`])", r"\\\1", text.strip())


def source_of(one: Alike, place: str) -> str:
    """Case, part, day, asker and place of an earlier answer, for a comment."""
    document = one.document
    message = mark(
        "nr. {number} ({session}) of {asked_on}, by {asked_by} to {minister}{part}: {place}"
    )
    part = say(", part {label}", label=one.passage.label) if one.passage.label else ""
    if document.publish_on:
        place = say("public from {day}", day=document.publish_on) + f": {place}"
    return say(
        message,
        number=document.number,
        session=document.session,
        asked_on=document.asked_on or say("no date known"),
        asked_by=document.asked_by or say("an unknown member"),
        minister=document.minister,
        part=part,
        place=place,
    )


def _quoted(kind: str, value: Value, key: str) -> dict[str, Value]:
    return {kind: value, "quoted": key, "reviewed": False}


def _earlier(question: EarlierQuestion) -> dict[str, Value]:
    known = question.model_dump(mode="json", exclude_none=True)
    return {name: str(value) for name, value in known.items()}


def _best_first(found: Sequence[Alike]) -> list[Alike]:
    """The likest; of those that are as good, the newest that answers itself."""
    top = max((one.likeness for one in found), default=0.0)

    def rank(one: Alike) -> tuple[bool, bool, int, float, str]:
        near = one.likeness >= top - _AS_GOOD
        document = one.document
        return (
            not near,
            document.kind == "referring",
            -document.asked_on.toordinal() if near and document.asked_on else 0,
            -one.likeness,
            document.key,
        )

    return sorted(found, key=rank)


def _saying_else(found: Sequence[Alike], taken: Alike) -> Iterator[Alike]:
    """Those whose text is another, each text once."""
    seen = {_words(taken)}
    for one in _best_first(found):
        if _words(one) not in seen and len(seen) <= _OTHERS:
            seen.add(_words(one))
            yield one


def _words(one: Alike) -> str:
    return " ".join(one.passage.answer.split()).casefold()


def _served(answer: Answer, label: str) -> list[tuple[int, AnswerPart]]:
    """The answers to a part: its own, else those to what it belongs to or to the whole question."""
    parts = list(enumerate(answer.answer.parts))
    own = [(at, part) for at, part in parts if label in part.of]
    if own:
        return own
    labels = ["".join(path) for path, _ in answer.question.labels()]
    steps = path_of(label, labels) if label else ()
    around = {"".join(steps[:depth]) for depth in range(1, len(steps))}
    return [(at, part) for at, part in parts if part.of_all or around & set(part.of)]


def _free(name: str, taken: set[str]) -> str:
    """A name that no table has; without figures."""
    letters = iter("bcdefghijklmnopqrstuvwxyz")
    free = name
    while free in taken:
        free = f"{name}-{next(letters)}"
    return free
