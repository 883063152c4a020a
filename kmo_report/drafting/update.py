"""What came later, put into a case that is there: nothing that a person wrote is touched."""

from collections.abc import Iterator, Mapping, Sequence

from kmo_report.amend import Change, Insert
from kmo_report.drafting.asked import Question
from kmo_report.drafting.page import Where, answer_part, content
from kmo_report.drafting.taken import Reply, Taker
from kmo_report.emit import Noted, Value
from kmo_report.language import say
from kmo_report.load import Loaded
from kmo_report.model.answer import Answer, AnswerPart
from kmo_report.problems import Problem
from kmo_report.source import Path, Tree


def question_changes(tree: Mapping[str, Tree], question: Question) -> list[Change]:
    """What the question lacks: its introduction, parts, and the figures that parts ask for."""
    asked = tree["question"]
    assert isinstance(asked, dict)  # noqa: S101 -- the model has read it
    new = question.tree
    found: list[Change] = []
    if "introduction" in new and "introduction" not in asked:
        found.append(Insert(("question", "introduction"), new["introduction"], after="subject"))
    return found + list(_merged(("question",), asked, new))


def _merged(path: Path, before: Mapping[str, Tree], new: Mapping[str, Value]) -> Iterator[Change]:
    """The parts of a question, or of a part, that are new."""
    parts = new.get("parts")
    if not isinstance(parts, Mapping):
        return
    there = before.get("parts")
    if not isinstance(there, dict):
        yield Insert((*path, "parts"), parts)
        return
    last = None
    for key, part in parts.items():
        where = (*path, "parts", key)
        assert isinstance(part, Mapping)  # noqa: S101 -- it was made so
        known = there.get(key)
        if isinstance(known, dict):
            last = key
            if "requested" in part and "requested" not in known:
                yield Insert((*where, "requested"), part["requested"], after=_before_parts(known))
            yield from _merged(where, known, part)
        else:
            yield Insert(where, part, after=last)


def _before_parts(part: Mapping[str, Tree]) -> str | None:
    """After which key `requested` stands: what is asked comes before the parts below."""
    return next((key for key in ("asks", "text") if key in part), None)


def differences(loaded: Loaded[Answer], question: Question) -> Iterator[Problem]:
    """A warning for each part that reads otherwise in the document than in the case."""
    known = {"".join(path): (path, part) for path, part in loaded.model.question.labels()}
    for label, text in question.texts.items():
        if label not in known:
            continue
        path, part = known[label]
        if "".join((part.text or "").split()) != "".join(text.split()):
            message = say("part {label} reads otherwise in the document; it was left", label=label)
            where = ("question", *(step for key in path for step in ("parts", key)))
            yield Problem("asked-otherwise", message, loaded.source.place(where), "warning")


def lacking(answer: Answer, question: Question) -> tuple[str, ...]:
    """The labels of the parts that ask and that nothing is answered to yet."""
    served = {label for part in answer.answer.parts if _says(part) for label in part.of}
    return tuple(
        part.label or "all"
        for part in question.asking
        if "all" not in served and not served & set(question.around(part.label or "all"))
    )


def answer_changes(
    answer: Answer, question: Question, replies: Sequence[Reply], taker: Taker, where: Where
) -> Iterator[Change]:
    """The answers that are new, each in its place."""
    order = [*question.labels, "all"]
    parts = answer.answer.parts
    for reply in replies:
        empty = next((at for at, part in enumerate(parts) if part.of == (reply.label,)), None)
        if empty is not None:
            noted = content(reply, taker, where)
            assert isinstance(noted.value, list)  # noqa: S101 -- it was made so
            yield from _filled(("answer", "parts", str(empty)), noted, parts[empty])
            continue
        after = [
            at
            for at, part in enumerate(parts)
            if part.of[0] in order and order.index(part.of[0]) > order.index(reply.label)
        ]
        at = str(min(after, default=len(parts)))
        yield Insert(("answer", "parts", at), answer_part(reply, taker, where))


def _filled(path: Path, noted: Noted, part: AnswerPart) -> Iterator[Change]:
    """A part that was left empty gets its content."""
    if "content" not in part.model_fields_set:
        yield Insert((*path, "content"), noted)
        return
    for at, entry in enumerate(noted.value if isinstance(noted.value, list) else ()):
        yield Insert((*path, "content", "0"), entry, comment=noted.above if not at else "")


def table_changes(tree: Mapping[str, Tree], taker: Taker) -> Iterator[Change]:
    """The tables that are new."""
    if taker.tables and not isinstance(tree.get("tables"), dict):
        yield Insert(("tables",), dict(taker.tables))
        return
    for name, table in taker.tables.items():
        yield Insert(("tables", name), table)


def _says(part: AnswerPart) -> bool:
    return bool(part.content or part.covers)
