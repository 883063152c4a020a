"""What was found of a file: each finding with what it is about, and how it came out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kmo_report.prove import compare

Holds = Literal["holds", "fails", "unknown", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    code: str
    outcome: Holds
    message: str
    details: tuple[str, ...] = ()


@dataclass(slots=True)
class Proof:
    """What holds of a file, what does not, and what could not be shown."""

    file: str
    sha512: str
    identifier: str = ""
    version: int | None = None
    """In the archive, of this very file."""
    archived: Literal["", "question", "stranger"] = ""
    """What the archive that was looked in knows of it; empty where there was none."""
    head: str = ""
    findings: list[Finding] = field(default_factory=list)
    reckoned: int = 0
    """Figures that were reckoned again."""
    derived: int = 0
    """Those of them that are totals, averages, shares, ..."""

    @property
    def outcome(self) -> Literal["holds", "fails", "nothing"]:
        """All that could be shown holds; something does not; nothing could be shown."""
        outcomes = {finding.outcome for finding in self.findings}
        return "fails" if "fails" in outcomes else "holds" if "holds" in outcomes else "nothing"

    def add(self, code: str, outcome: Holds, message: str, details: Sequence[str] = ()) -> None:
        """One more finding."""
        self.findings.append(Finding(code, outcome, message, tuple(compare.told(details))))
