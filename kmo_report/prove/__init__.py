"""Is a PDF what was published, and do its figures follow from the data in it?

    proof = prove(Path("antwoord.pdf"), archive, template, today)

What travels in the file is rendered again and compared with what it shows; every figure is reckoned
again; the archive says whether this very file was kept. What cannot be shown is said, with why.
"""

from contextlib import suppress
from datetime import date
from pathlib import Path

from kmo_report import files, pipeline
from kmo_report.archive import ocfl
from kmo_report.archive.store import Archive
from kmo_report.incoming.guard import guarded
from kmo_report.incoming.limits import refuse
from kmo_report.language import say
from kmo_report.problems import InputError
from kmo_report.prove.again import identifier_of
from kmo_report.prove.examination import Examination
from kmo_report.prove.kept import find, problem_lines
from kmo_report.prove.proof import Proof
from kmo_report.prove.shown import files_of, shown
from kmo_report.template import Template

MOST_BYTES = 200_000_000


def prove(path: Path, archive: Archive | None, template: Template, today: date) -> Proof:
    """All that can be shown of a PDF; `template` is for one whose own house style is not kept."""
    content = files.read(path)
    if len(content) > MOST_BYTES:
        message = say("this file has more than {most} MB", most=MOST_BYTES // 10**6)
        refuse("too-large", message, str(path))
    proof = Proof(str(path), ocfl.digest(content))
    here, unread = None, []
    try:
        here = guarded(lambda: shown(content, str(path)), str(path))
    except InputError as error:
        unread = problem_lines(error)
    inside = files_of(here) if here else {}
    answer = inside.get(pipeline.ANSWER, b"")
    if answer:
        with suppress(InputError):
            proof.identifier = guarded(lambda: identifier_of(answer), str(path))
    kept = find(archive, proof.sha512, proof.identifier, answer) if archive else None
    if archive:
        proof.head = archive.head()
        proof.archived = "question" if kept else "stranger"
    if kept and kept.name:
        proof.identifier, proof.version = kept.inventory.identifier, kept.number
    examination = Examination(proof, content, here, kept, archive)
    examination.published()
    if here is None:
        proof.add("unread", "unknown", say("What it shows: the file cannot be read."), unread)
    elif not answer:
        examination.foreign()
    else:
        examination.ours(here, inside, template, today)
    return proof
