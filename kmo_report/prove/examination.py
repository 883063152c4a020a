"""One file held against the archive, against its own data and against its figures."""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from kmo_report.archive import ocfl
from kmo_report.archive.description import case_name
from kmo_report.archive.store import Archive
from kmo_report.incoming.guard import guarded
from kmo_report.language import mark, say
from kmo_report.problems import InputError
from kmo_report.prove import again as rendering
from kmo_report.prove import compare
from kmo_report.prove.again import Again
from kmo_report.prove.kept import Kept, other_versions, problem_lines
from kmo_report.prove.proof import Proof
from kmo_report.prove.shown import Shown, files_of, shown
from kmo_report.template import Template

_MOST_ENDS = 1000
"""How many ends of revisions are tried; each signature or change adds one."""


@dataclass(slots=True)
class Examination:
    """Looks at one file; each method adds its findings to the proof."""

    proof: Proof
    content: bytes
    here: Shown | None
    kept: Kept | None
    archive: Archive | None
    end: int = 0
    """Where a document that is known ends, if it is the beginning of this file."""

    @property
    def exact(self) -> bool:
        """Whether this very file is kept."""
        return bool(self.kept and self.kept.name)

    # --- the archive -----------------------------------------------------------------------------

    def published(self) -> None:
        """Whether the archive keeps this very file, or another of that question."""
        add, kept = self.proof.add, self.kept
        if self.archive is None:
            message = say("Whether it was published: no archive was given to look in. Whoever has "
                          "this program can make a sound file with other figures; only the archive "
                          "tells them apart.")  # fmt: skip
            add("published", "unknown", message)
        elif kept is None:
            message = say("The archive knows neither this file nor its question.")
            if self.proof.identifier:
                message = say("The archive knows neither this file nor question {case}.",
                              case=case_name(self.proof.identifier))  # fmt: skip
            add("published", "fails", message)
        elif not kept.is_sound():
            message = say("The archive itself is damaged at {case}, version {version}: run "
                          "`kmo-report archive verify`.",
                          case=kept.case, version=kept.number)  # fmt: skip
            add("archive", "fails", message)
        elif kept.name:
            self._kept(kept)
        else:
            self._of_the_same_question(kept)

    def _kept(self, kept: Kept) -> None:
        message = mark("This very file, byte for byte, is kept as {case}, version {version} "
                       "({kind}), since {moment}.")  # fmt: skip
        if kept.name != kept.pdf:
            message = mark("This very file, byte for byte, is kept as {name} with {case}, version "
                           "{version} ({kind}), since {moment}.")  # fmt: skip
        self.proof.add("published", "holds", say(message, name=kept.name, **_facts(kept)))
        if kept.number < len(kept.entries):
            later = replace(kept, number=len(kept.entries))
            message = mark("A later version is kept: version {version} ({kind}), since {moment}.")
            self.proof.add("later", "note", say(message, **_facts(later)))

    def _of_the_same_question(self, kept: Kept) -> None:
        """Another file of the question is kept: it is in this one, or this is another."""
        if self._revision(kept.documents()):
            return
        document = kept.state.get(kept.pdf, "")
        message = say("This very file is not kept. {case} is, as version {version} ({kind}), since "
                      "{moment}, with another digest: {digest}",
                      digest=document, **_facts(kept))  # fmt: skip
        self.proof.add("published", "fails", message)
        if self.here and document:
            there = self._shown_of(kept)
            if there:
                self._compare(self.here, there)

    def _shown_of(self, kept: Kept) -> Shown | None:
        try:
            document = kept.content(kept.pdf)
            return guarded(lambda: shown(document, kept.pdf), kept.pdf)
        except InputError as error:
            message = say("What differs from what was published: that cannot be read.")
            self.proof.add("shown", "unknown", message, problem_lines(error))
            return None

    def _compare(self, here: Shown, there: Shown) -> None:
        """What differs between this file and the one that was published."""
        printed = compare.words(here, there, compare.PUBLISHED)
        if printed:
            message = say("It does not show what was published:")
            self.proof.add("shown", "fails", message, printed)
        else:
            message = say("It shows the same words and the same cells as what was published.")
            self.proof.add("shown", "holds", message)
        looks = [] if printed else compare.looks(here, there)
        self._if_any("looks", say("It does not look like what was published:"), looks)
        if not printed:
            tags = compare.structure(here, there)
            self._if_any("structure", say("A screen reader is told something else:"), tags)
        said = compare.descriptions(here, there, compare.PUBLISHED)
        self._if_any("metadata", say("It says other things of itself:"), said)
        carried = compare.inside(here, files_of(there), compare.KEPT_DATA)
        self._if_any("data", say("The data in it are not those that were published:"), carried)
        self._more(here, there)
        self._tools(here, there)

    def _if_any(self, code: str, message: str, details: Sequence[str]) -> None:
        if details:
            self.proof.add(code, "fails", message, details)

    def _more(self, here: Shown, there: Shown) -> None:
        if here.programs > there.programs:
            self.proof.add("program", "fails", say("It holds a program, which runs when opened."))
        if here.locked and not there.locked:
            self.proof.add("locked", "fails", say("It was locked after it was made."))

    def _tools(self, here: Shown, there: Shown) -> None:
        if tools := compare.tools(here, there):
            message = say(
                "It was saved by another program, or another version of it (here / there):"
            )
            self.proof.add("tools", "note", message, tools)

    # --- what was added after --------------------------------------------------------------------

    def _revision(self, documents: Mapping[str, int | None]) -> bool:
        """Whether the file begins with a whole document that is known by its digest."""
        end, digest = _begins_with(self.content, documents.keys())
        if not end or self.here is None:
            return False
        self.end = end
        version, here = documents[digest], self.here
        known = {"bytes": end, "more": len(self.content) - end}
        if version is None:
            message = mark("Its first {bytes} bytes are what comes out when it is rendered again; "
                           "after that {more} bytes were added.")  # fmt: skip
        else:
            message = mark("Its first {bytes} bytes are what was published, as version {version}; "
                           "after that {more} bytes were added.")  # fmt: skip
        self.proof.add("revision", "holds", say(message, version=version or 0, **known))
        first = self.content[:end]
        there = guarded(lambda: shown(first, self.proof.file), self.proof.file)
        against = compare.PUBLISHED if version else compare.BEFORE
        changes = [
            *compare.words(here, there, against),
            *compare.looks(here, there),
            *compare.structure(here, there),
            *compare.descriptions(here, there, against),
            *compare.inside(here, files_of(there), against),
        ]
        if changes:
            message = mark("What was added changes it:")
            if here.signatures:
                message = mark("What was added changes it, and not only signs it; see whether that "
                               "is the stamp of the signature:")  # fmt: skip
            self.proof.add("added", "fails", say(message), changes)
        elif here.signatures:
            message = say("A signature was added; what it shows and carries is as before. Who "
                          "signed is not looked at here: a PDF reader shows it.")  # fmt: skip
            self.proof.add("signature", "note", message)
        else:
            message = say("Something was added that is no signature, though it shows the same: "
                          "another program saved it.")  # fmt: skip
            self.proof.add("added", "fails", message)
        self._more(here, there)
        return True

    # --- what travels in it ----------------------------------------------------------------------

    def foreign(self) -> None:
        """Nothing of this program is in it."""
        message = say("Its figures: it was not made by this program, or its data were taken out; "
                      "nothing can be rendered or reckoned again.")  # fmt: skip
        self.proof.add("foreign", "unknown", message)

    def ours(
        self, here: Shown, inside: Mapping[str, bytes], template: Template, today: date
    ) -> None:
        """Render what is in it again, and compare; reckon its figures again."""
        self._if_any("twice", say("Files in it are called alike:"), compare.twice(here))
        with TemporaryDirectory() as folder:
            house, told = self._house(template, Path(folder, "house"))
            try:
                made = rendering.again(inside, house, today)
            except InputError as error:
                message = say("Whether it follows from its data, and its figures: this version of "
                              "the program cannot use them.")  # fmt: skip
                self.proof.add("again", "unknown", message, problem_lines(error))
                return
        if made.status != "final":
            message = say("It is no final answer: its status is {status}.", status=made.status)
            self.proof.add("draft", "note", message)
        self._again(here, made, told)
        self._figures(here, made)

    def _house(self, template: Template, folder: Path) -> tuple[Template, str]:
        """The house style that it was made with, and how it is called."""
        name = template.folder.resolve().name
        if self.kept is None:
            return template, say("the installed house style {name}", name=name)
        try:
            kept = rendering.kept_template(self.kept.house(), folder)
        except InputError as error:
            message = say("The house style that was kept with it cannot be used by this version of "
                          "the program; {name}, which is installed, was used.",
                          name=name)  # fmt: skip
            self.proof.add("house-style", "note", message, problem_lines(error))
            return template, say("the installed house style {name}", name=name)
        return kept, say("the house style that is kept with it")

    def _again(self, here: Shown, made: Again, house: str) -> None:
        """Bytes where they are the same, else words, cells and structure."""
        add = self.proof.add
        if made.pdf == self.content:
            message = say("Rendered again from its data, with {house}, every byte is the same.",
                          house=house)  # fmt: skip
            add("again", "holds", message)
            return
        digest = ocfl.digest(made.pdf)
        if not (self.exact or self.end):
            self._revision({digest: None})
        if _begins_with(self.content, {digest})[0]:
            message = say("Rendered again from its data, with {house}, every byte is the same, "
                          "but for what was added after.", house=house)  # fmt: skip
            add("again", "holds", message)
            return
        if self.end:
            return
        recorded = self.kept.made() if self.kept else {}
        others = other_versions(recorded, made.made) if recorded else []
        printed = compare.words(here, made.shown, compare.DATA)
        if printed:
            message = say("Rendered again from its data, with {house}, it does not show the "
                          "same:", house=house)  # fmt: skip
            add("again", "unknown" if self.exact and others else "fails", message, printed)
        else:
            message = say("Rendered again from its data, with {house}, all words and all "
                          "cells of tables are the same.", house=house)  # fmt: skip
            add("again", "holds", message)
        if others or not printed:
            self._bytes(recorded, others)
        carried = compare.inside(here, made.inside, compare.MADE_DATA)
        if carried:
            message = say("The files in it do not follow from its answer file:")
            add("inside", "unknown" if self.exact and others else "fails", message, carried)
        if not self.kept:
            self._unlike(here, made, printed=bool(printed))

    def _bytes(self, recorded: Mapping[str, object], others: Sequence[str]) -> None:
        """Why its bytes are others."""
        if others:
            message = say("Whether every byte follows from the data: it was made with other "
                          "versions, so words and cells were compared (then → now):")  # fmt: skip
            self.proof.add("bytes", "unknown", message, others)
        elif recorded:
            message = say("Made with the same versions of everything, its bytes should be the "
                          "same, and they are not: it was changed, or saved by another "
                          "program.")  # fmt: skip
            self.proof.add("bytes", "fails", message)
        else:
            message = say("Whether every byte follows from the data: they differ, and without the "
                          "archive nobody can tell whether that is another version of the program "
                          "or a change; so words and cells were compared.")  # fmt: skip
            self.proof.add("bytes", "unknown", message)

    def _unlike(self, here: Shown, made: Again, *, printed: bool) -> None:
        """What no archive can vouch for: other tags, metadata, looks."""
        there = made.shown
        self._tools(here, there)
        self._more(here, there)
        same_tools = not compare.tools(here, there)
        packets = there if same_tools else replace(there, metadata=None)
        said = compare.descriptions(here, packets, compare.DATA)
        self._if_any("metadata", say("It says other things of itself:"), said)
        if printed:
            return
        tags = compare.structure(here, there)
        if tags:
            message = say("A screen reader is told something else than when it is rendered again:")
            self.proof.add("structure", "fails" if same_tools else "unknown", message, tags)
        if looks := compare.looks(here, there):
            message = say("Whether it looks as it was made: rendered again it looks otherwise, "
                          "which other fonts or another version can do too:")  # fmt: skip
            self.proof.add("looks", "unknown", message, looks)

    def _figures(self, here: Shown, made: Again) -> None:
        """Every figure of its tables, reckoned again from those in it."""
        wrong, silent = [], 0
        message = mark("{place}: {here} is printed here, {there} follows from the figures in it")
        for cell in made.cells:
            try:
                table = here.tables[cell.table]
                printed = table.rows[cell.row][cell.column].text
            except IndexError:
                silent += 1
                continue
            if cell.text is None:
                silent += 1
                continue
            self.proof.reckoned += 1
            self.proof.derived += cell.derived
            if re.sub(r"\s", "", cell.text) != re.sub(r"\s", "", printed):
                place = compare.cell_name(cell.table + 1, table, cell.row, cell.column)
                wrong.append(say(message, place=place, here=printed, there=cell.text))
        counts = {"count": self.proof.reckoned, "derived": self.proof.derived}
        if wrong:
            message = say("Of the {count} figures in its tables that were reckoned again, not "
                          "what follows from the figures in it: {wrong}",
                          wrong=len(wrong), **counts)  # fmt: skip
            self.proof.add("figures", "fails", message, wrong)
        elif self.proof.reckoned:
            message = say("All {count} figures in its tables that can be reckoned again from the "
                          "figures in it are what is printed; {derived} of them are totals, "
                          "averages, shares and the like.", **counts)  # fmt: skip
            self.proof.add("figures", "holds", message)
        if silent:
            message = say("Figures that nobody can reckon again: {count}. They are missing or "
                          "withheld, or were delivered as they are.", count=silent)  # fmt: skip
            self.proof.add("not-reckoned", "unknown", message)
        elif not made.cells:
            self.proof.add("figures", "note", say("There are no figures in its tables."))


def _facts(kept: Kept) -> Mapping[str, object]:
    entry = kept.entry
    moment = f"{entry.created[:10]} {entry.created[11:16]} UTC"
    kind = say(_KINDS.get(entry.facts.kind, "{kind}"), kind=entry.facts.kind)
    return {"case": kept.case, "version": kept.number, "kind": kind, "moment": moment}


_KINDS = {
    "answer": mark("answer"),
    "corrected": mark("corrected"),
    "supplementary": mark("supplementary"),
    "coordinated": mark("coordinated"),
    "referring": mark("referring"),
    "provisional": mark("provisional"),
}


def _begins_with(content: bytes, digests: Collection[str]) -> tuple[int, str]:
    """The length of a beginning that has one of the digests, and which; 0 where none has."""
    computed, at = hashlib.sha512(), 0
    for number, found in enumerate(re.finditer(rb"%%EOF(?:\r\n|\r|\n)?", content)):
        if number == _MOST_ENDS:
            break
        for end in sorted({found.start() + 5, found.end()}):
            computed.update(content[at:end])
            at = end
            if end < len(content) and computed.hexdigest() in digests:
                return end, computed.hexdigest()
    return 0, ""
