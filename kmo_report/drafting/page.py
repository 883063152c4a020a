"""A draft as the text of an answer file, with what a person wants to know beside it."""

from collections.abc import Callable, Iterable

from kmo_report.drafting.asked import Question
from kmo_report.drafting.taken import Reply, Taker, source_of
from kmo_report.drafting.writing import comment, yaml_text
from kmo_report.incoming.reading import Addressee
from kmo_report.language import say
from kmo_report.search.alike import Alike

Where = Callable[[Alike], str]
"""Where the answer that a part was taken over from is, seen from the new case."""


def answer_file(  # noqa: PLR0913, PLR0917 -- as many as a file has
    schema: str,
    question: Question,
    question_date: str,
    replies: Iterable[Reply],
    taker: Taker,
    addressees: Iterable[Addressee],
    where: Where,
) -> str:
    """The whole text; its first line names the schema for editors."""
    lines = [f"# yaml-language-server: $schema={schema}\n", "status: draft\n"]
    named = [f"{a.name} ({a.number})" if a.number else a.name for a in addressees]
    if named:
        lines.append(comment(say("also put to {others}", others=", ".join(named)), 0))
    lines += [yaml_text({"question": question.tree}), "answer:\n"]
    lines += [yaml_text({"question_date": question_date}, 2), "  parts:\n"]
    lines += [answer_part(reply, taker, where) for reply in replies]
    if taker.tables:
        lines.append(yaml_text({"tables": dict(taker.tables)}))
    return "".join(lines)


def answer_part(reply: Reply, taker: Taker, where: Where, indent: int = 4) -> str:
    """One part of the answer, with its sources."""
    of = yaml_text([{"of": reply.label}], indent)
    return of + content(reply, taker, where, indent + 2)


def content(reply: Reply, taker: Taker, where: Where, indent: int) -> str:
    """The key `content` of a part, and in comments where it is from and what else there was."""
    pad = " " * indent
    text = ""
    if reply.source:
        text += comment(source_of(reply.source, where(reply.source)), indent)
    text += f"{pad}content:\n"
    for entry in reply.content:
        if entry.remark:
            text += comment(entry.remark, indent + 2)
        text += yaml_text([entry.tree], indent + 2)
    if reply.source and (covers := taker.covers(reply.source)):
        text += comment(say("there, these were answered elsewhere:"), indent)
        block = yaml_text({"covers": covers})
        text += "".join(f"{pad}# {line}\n" for line in block.splitlines())
    for other in reply.others:
        title = say("otherwise in {source}", source=source_of(other, where(other)))
        text += comment(title, indent) + comment(other.passage.answer, indent)
    return text
