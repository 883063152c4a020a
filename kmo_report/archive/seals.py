"""Seals: what an authority elsewhere has signed about heads of the journal, and when.

A seal stands beside the journal, as the authority sent it, and is named after what it seals and
what it is:

    seal-<32 digits of the head>-<32 digits of the SHA-512 of the seal>.tsr

So a change of either shows without any certificate. Whether the authority really signed it is for
a `Check` that is handed in: nothing here knows how signatures are made.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from kmo_report.archive.ocfl import digest
from kmo_report.language import say
from kmo_report.problems import Place, Problem

_DIGITS = 32
_NAME = re.compile(rf"seal-([0-9a-f]{{{_DIGITS}}})-([0-9a-f]{{{_DIGITS}}})\.tsr")


class Stamp(NamedTuple):
    """What a seal says."""

    time: str
    """As 2026-11-25T10:00:00Z."""
    authority: str
    """Who signed it, as its certificate has it."""


class Seal(NamedTuple):
    """A seal that was found to be sound, and what it says as far as that was checked."""

    head: str
    stamp: Stamp | None = None


class SealError(Exception):
    """Why a seal does not hold."""


Check = Callable[[bytes, bytes], Stamp]
"""A seal and the digest that it is about -> what it says; SealError where it does not hold."""


def name(head: str, reply: bytes) -> str:
    """The name of the seal of a head."""
    return f"seal-{head[:_DIGITS]}-{digest(reply)[:_DIGITS]}.tsr"


def is_name(text: str) -> bool:
    """Whether a file of this name is a seal."""
    return _NAME.fullmatch(text) is not None


def is_of(text: str, head: str) -> bool:
    """Whether a file of this name is a seal of that head."""
    match = _NAME.fullmatch(text)
    return match is not None and head.startswith(match[1])


def is_whole(text: str, content: bytes) -> bool:
    """Whether a seal is what its name says."""
    match = _NAME.fullmatch(text)
    return match is not None and digest(content).startswith(match[2])


def is_sound(text: str, content: bytes, head: str) -> bool:
    """Whether a seal is what its name says, and about that head."""
    return is_whole(text, content) and bytes.fromhex(head) in content


def heads(digests: Iterable[str]) -> Mapping[str, str]:
    """All heads that a journal ever had, by what a seal's name has of them."""
    return {own[:_DIGITS]: own for own in digests}


def look(
    path: Path, content: bytes, known: Mapping[str, str], check: Check | None
) -> Seal | Problem:
    """A seal that is whole, or what is wrong with it; `known` are `heads`."""
    place = Place(str(path))
    match = _NAME.fullmatch(path.name)
    head = known.get(match[1]) if match else None
    if not head:
        message = say(
            "this seals a head that the journal does not hold: its history was cut off or rewritten"
        )
        return Problem("archive-seal-head", message, place)
    sealed = bytes.fromhex(head)
    if sealed not in content:
        message = say("this seal is about something else than the head that it is named after")
        return Problem("archive-seal-imprint", message, place)
    if check is None:
        return Seal(head)
    try:
        return Seal(head, check(content, sealed))
    except SealError as error:
        message = say("this seal does not hold with these certificates: {why}", why=error)
        return Problem("archive-seal-signature", message, place)


def since(seals: Collection[Seal], digests: Sequence[str]) -> int:
    """How many of the journal's last lines no seal stands for."""
    sealed = {seal.head for seal in seals}
    last = max((n for n, own in enumerate(digests) if own in sealed), default=0)
    return len(digests) - 1 - last
