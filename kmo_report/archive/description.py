"""What a version of an object is, in Dublin Core terms as JSON-LD: a file of every version.

The context stands in the file itself, so that nothing has to be fetched to read it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kmo_report.archive.journal import Facts

NAME = "description.jsonld"
TEXT = "text.txt"
"""The text of a PDF that was not made here, beside it."""
_PREFIX = "urn:kmo-report:sv:"
IDENTIFIER = re.compile(
    rf"(?:{_PREFIX})?(?P<session>[0-9]{{4}}-[0-9]{{4}})[:-](?P<minister>[a-z0-9][a-z0-9-]*)"
    r"[:-](?P<number>0|[1-9][0-9]{0,14})"
)

_CONTEXT = {
    "@vocab": "http://purl.org/dc/terms/",
    "kmo": "urn:kmo-report:terms:",
    "available": {"@type": "http://www.w3.org/2001/XMLSchema#date"},
    "date": {"@type": "http://www.w3.org/2001/XMLSchema#date"},
}


@dataclass(frozen=True, slots=True)
class Description:
    """The terms of a version; what is empty is not known."""

    identifier: str
    kind: str
    """answer, corrected, supplementary, ..."""
    title: str
    creator: str = ""
    """Who answers, as printed."""
    contributor: str = ""
    """Who asked."""
    addressee: str = ""
    """The minister whom the question is to, as printed."""
    date: str = ""
    subject: str = ""
    language: str = ""
    available: str = ""
    """Not to be made public before that day."""
    relation: Sequence[Mapping[str, str]] = ()
    """Questions that are referred to: `@id` where it is known, and `title`."""
    format: Sequence[str] = ()

    def encoded(self) -> bytes:
        """The file."""
        session, minister, number = parts(self.identifier)
        tree = {
            "@context": _CONTEXT,
            "@id": self.identifier,
            "identifier": [self.identifier, f"{session}-{minister}-{number}"],
            "type": "http://purl.org/dc/dcmitype/Text",
            "title": self.title,
            "creator": self.creator,
            "contributor": self.contributor,
            "date": self.date,
            "subject": self.subject,
            "language": self.language,
            "available": self.available,
            "relation": [dict(relation) for relation in self.relation],
            "format": [*self.format],
            "kmo:kind": self.kind,
            "kmo:session": session,
            "kmo:number": number,
            "kmo:addressee": self.addressee,
        }
        known = {key: value for key, value in tree.items() if value}
        return json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def identifier(text: str) -> str | None:
    """The id for what a person writes: that id itself, or 2019-2020-crevits-370."""
    match = IDENTIFIER.fullmatch(text)
    if not match:
        return None
    return _PREFIX + "{session}:{minister}:{number}".format_map(match.groupdict())


def is_identifier(text: str) -> bool:
    """Whether it is an id as this program gives them."""
    return text == identifier(text)


def parts(identifier: str) -> tuple[str, str, str]:
    """Session, minister and number of an id."""
    session, minister, number = identifier.removeprefix(_PREFIX).split(":")
    return session, minister, number


def order(identifier: str) -> tuple[str, str, int]:
    """To sort ids by: session, minister, and the number as a number."""
    session, minister, number = parts(identifier)
    return session, minister, int(number)


def case_name(identifier: str) -> str:
    """urn:kmo-report:sv:2019-2020:crevits:370 -> 2019-2020-crevits-370"""
    return identifier.removeprefix(_PREFIX).replace(":", "-")


def read(content: bytes) -> Mapping[str, object]:
    """The terms of a description; none where it is damaged or of another kind."""
    try:
        tree = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def facts(content: bytes) -> Facts:
    """What the journal says of a version with this description."""
    tree = read(content)

    def text(key: str) -> str:
        value = tree.get(key, "")
        return value if isinstance(value, str) else ""

    return Facts(text("kmo:kind") or "answer", text("title"), text("date"), text("available"))
