"""A proof as a page that anyone can read, or as JSON."""

import json
from collections.abc import Iterator
from textwrap import wrap

from kmo_report.language import mark, say
from kmo_report.prove.proof import Proof

_WIDTH = 80
_SIGNS = {"holds": "✓", "fails": "✗", "unknown": "?", "note": "·"}
_TITLES = {
    "holds": mark("What holds"),
    "fails": mark("What does not hold"),
    "unknown": mark("What could not be shown"),
    "note": mark("Good to know"),
}
_VERDICTS = {
    "published": mark("This is what was published."),
    "inside": mark("What was published is in it, and all that could be shown holds."),
    "itself": mark(
        "The file agrees with itself. Without an archive nobody can tell whether it was published."
    ),
    "copy": mark("This very file was not published; it shows the same as what was."),
    "changed": mark("This is not what was published."),
    "stranger": mark("The archive does not know it."),
    "fails": mark("Something does not hold."),
    "nothing": mark("Nothing could be shown."),
}


def verdict(proof: Proof) -> str:
    """It all in a sentence."""
    words = _VERDICTS[_verdict(proof)]
    return say(words)


def _verdict(proof: Proof) -> str:
    failed = {finding.code for finding in proof.findings if finding.outcome == "fails"}
    if proof.outcome == "nothing":
        return "nothing"
    if not failed:
        return "published" if proof.version else "inside" if proof.archived else "itself"
    shown = any(f.code == "shown" and f.outcome == "holds" for f in proof.findings)
    if shown and failed <= {"published", "bytes"}:
        return "copy"
    if failed & {"published", "added"} and proof.archived and not proof.version:
        return "changed" if proof.archived == "question" else "stranger"
    return "fails"


def as_text(proof: Proof) -> str:
    """One page in plain words."""
    return "\n".join(_lines(proof))


def _lines(proof: Proof) -> Iterator[str]:
    yield proof.file
    if proof.identifier:
        yield proof.identifier
    yield ""
    yield from _paragraph(verdict(proof), "", "")
    for outcome in ("fails", "holds", "unknown", "note"):
        found = [finding for finding in proof.findings if finding.outcome == outcome]
        if not found:
            continue
        yield ""
        yield say(_TITLES[outcome])
        for finding in found:
            yield from _paragraph(finding.message, f"  {_SIGNS[outcome]} ", "    ")
            for detail in finding.details:
                yield from _paragraph(detail, "      - ", "        ")
    yield ""
    yield say("To check it by hand")
    for number, step in enumerate(_by_hand(proof), 1):
        yield from _paragraph(step, f"  {number}. ", "     ")
    yield ""
    yield f"sha512 {proof.sha512}"
    if proof.head:
        yield f"head   {proof.head}"


def _by_hand(proof: Proof) -> Iterator[str]:
    yield say("`sha512sum` of the file gives the digest below. The archive lists the digests of "
              "all that it keeps in its inventory.json files; LEESMIJ.txt in it says how to check "
              "those.")  # fmt: skip
    if proof.head:
        yield say("The head below stands for the whole archive. If it was written down elsewhere "
                  "when this was kept, it must be in journal.txt still.")  # fmt: skip
    if any(finding.code in ("figures", "again", "bytes") for finding in proof.findings):
        yield say("A PDF reader shows the files in it behind a paperclip: answer.yaml is what was "
                  "answered, figures.csv the figures. Add them up yourself.")  # fmt: skip


def _paragraph(text: str, first: str, later: str) -> Iterator[str]:
    plain = "".join(sign if sign.isprintable() else " " for sign in text)  # it may steer a terminal
    yield from wrap(
        plain,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def as_json(proof: Proof) -> str:
    """A JSON text, as schemas/proof.schema.json describes it."""
    tree = {
        "file": proof.file,
        "sha512": proof.sha512,
        "outcome": proof.outcome,
        "verdict": verdict(proof),
        "id": proof.identifier or None,
        "version": proof.version,
        "head": proof.head or None,
        "figures": {"reckoned": proof.reckoned, "derived": proof.derived},
        "findings": [
            {
                "code": finding.code,
                "outcome": finding.outcome,
                "message": finding.message,
                "details": [*finding.details],
            }
            for finding in proof.findings
        ],
    }
    return json.dumps(tree, ensure_ascii=False, indent=1)
