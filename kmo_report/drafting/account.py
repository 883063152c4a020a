"""What a draft was made of, and what is to be done next: for who started it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kmo_report.drafting.taken import Reply
from kmo_report.language import say

if TYPE_CHECKING:
    from kmo_report.drafting import Drafted

Where = Callable[[str], str]


def lines(drafted: "Drafted", where: Where) -> Iterator[str]:
    """Per part what it was taken over from; then the commands to type."""
    if not drafted.written:
        yield say("nothing is missing in {case}", case=where(str(drafted.folder)))
        return
    if drafted.replies:
        yield ""
    for reply in drafted.replies:
        yield from _reply(reply)
    case = where(str(drafted.folder))
    yield ""
    yield say("What next:")
    if drafted.tables:
        yield f"  kmo-report figures {case}"
    yield f"  kmo-report check {case}"
    yield f"  kmo-report preview {case}"


def _reply(reply: Reply) -> Iterator[str]:
    one, others = reply.source, len(reply.others)
    label = say("all") if reply.label == "all" else reply.label
    if one is None:
        yield f"{label:4} " + say("TODO: nothing like it was answered before")
        return
    part = say(" part {label}", label=one.passage.label) if one.passage.label else ""
    told = say(
        "taken over from {case}{part} ({day})",
        case=one.document.key,
        part=part,
        day=one.document.asked_on or say("no date known"),
    )
    if one.document.publish_on:
        told += ", " + say("public from {day}", day=one.document.publish_on)
    more = say("; {others} more that say something else", others=others) if others else ""
    yield f"{label:4} {told}{more}"
