"""A draft as the text of an answer file, with what a person wants to know beside it."""

import textwrap
from collections.abc import Callable, Iterable, Mapping

from kmo_report.drafting.asked import Question
from kmo_report.drafting.taken import Reply, Taker, source_of
from kmo_report.emit import Noted, Value, yaml_text
from kmo_report.incoming.reading import Addressee
from kmo_report.language import say
from kmo_report.search.alike import Alike

Where = Callable[[Alike], str]
"""Where the answer that a part was taken over from is, seen from the new case."""

_WIDTH = 88
"""Of a comment, wherever it stands."""


def answer_file(
    schema: str, question: Question, parts: Iterable[Value], tables: Mapping[str, Value], said: str
) -> str:
    """The whole text; its first line names the schema for editors, `said` is of the question."""
    tree: dict[str, Value] = {
        "status": "draft",
        "question": Noted(question.tree, above=said),
        "answer": {"question_date": question.tree["asked_on"], "parts": list(parts)},
    }
    if tables:
        tree["tables"] = tables
    return f"# yaml-language-server: $schema={schema}\n{yaml_text(tree)}"


def also_asked(addressees: Iterable[Addressee]) -> str:
    """That other ministers were asked the same, if they were."""
    others = [f"{a.name} ({a.number})" if a.number else a.name for a in addressees]
    return _lines(say("also put to {others}", others=", ".join(others))) if others else ""


def answer_part(reply: Reply, taker: Taker, where: Where) -> dict[str, Value]:
    """One part of the answer, with its sources."""
    return {"of": reply.label, "content": content(reply, taker, where)}


def content(reply: Reply, taker: Taker, where: Where) -> Noted:
    """What a part says, and in comments where it is from and what else there was."""
    above = _lines(source_of(reply.source, where(reply.source))) if reply.source else ""
    below = []
    if reply.source and (covers := taker.covers(reply.source)):
        below.append(_lines(say("there, these were answered elsewhere:")))
        below.append(yaml_text({"covers": covers}).rstrip())
    for other in reply.others:
        below.append(_lines(say("otherwise in {source}", source=source_of(other, where(other)))))
        below.append(_lines(other.passage.answer, "  "))
    entries = [Noted(entry.tree, above=_lines(entry.remark)) for entry in reply.content]
    return Noted(entries, above, "\n".join(below))


def _lines(text: str, indent: str = "") -> str:
    """A text in lines that are no longer than a comment should be."""
    wrapped = (
        textwrap.wrap(
            line,
            _WIDTH,
            initial_indent=indent,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    )
    return "\n".join(line for lines in wrapped for line in lines)
