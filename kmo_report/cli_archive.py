"""The commands of the archive: `kmo-report archive ...`."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmo_report.cli_find import finding
from kmo_report.console import (
    DEFAULT,
    ArchiveOption,
    FormatOption,
    ReportFormat,
    TemplateOption,
    archive_named,
    archive_needed,
    archive_there,
    day_as_typed,
    now,
    on_a_line,
    opened_style,
    print_problems,
    problems_told,
    progress,
    today,
)
from kmo_report.language import mark, say
from kmo_report.problems import InputError, Place, Problem

if TYPE_CHECKING:
    from kmo_report.archive.journal import Entry
    from kmo_report.archive.ocfl import Inventory
    from kmo_report.archive.seals import Check
    from kmo_report.archive.store import Archive
    from kmo_report.archive.verify import Report
    from kmo_report.keep import Outcome

archive = typer.Typer(
    help=mark("Keep answers for good, find them again, and see that none has changed."),
    no_args_is_help=True,
)


class Kind(StrEnum):
    """What a new version is."""

    answer = "answer"
    corrected = "corrected"
    supplementary = "supplementary"


Name = Annotated[
    str, typer.Argument(metavar="ID", help=mark("An id, or a case: 2019-2020-crevits-370."))
]
Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="ID", help=mark("Ids or cases; without any, everything.")),
]
NewVersion = Annotated[
    Kind | None,
    typer.Option(
        metavar="KIND",
        help=mark("What follows on what is kept: answer, corrected or supplementary."),
    ),
]
Message = Annotated[str, typer.Option(help=mark("Why; it is kept with the version."))]
_AUTHORITY = mark("An authority that signs the head with the time (RFC 3161).")


@archive.command(help=mark("Render final answers and keep them with all that they were made from."))
def keep(  # noqa: PLR0913, PLR0917
    answers: Annotated[
        list[Path],
        typer.Argument(metavar="CASE", help=mark("Case folders, or their answer.yaml.")),
    ],
    folder: ArchiveOption = None,
    new_version: NewVersion = None,
    message: Message = "",
    template: TemplateOption = DEFAULT,
    timestamp: Annotated[str, typer.Option(metavar="URL", help=_AUTHORITY)] = "",
) -> None:
    """Each case on its own: what one lacks keeps no other out.

    Exit 1 too where all is kept and not sealed as was asked.
    """
    store = _archive(folder)
    if timestamp:
        _ready_to_seal(timestamp)
    style = opened_style(template)
    from kmo_report.keep import keep as keep_case

    failed, is_kept = False, False
    for answer in answers:
        try:
            outcome = keep_case(answer, style, store, now(), kind=new_version, message=message)
        except InputError as error:
            print_problems(_but_hints(error.problems), err=True)
            failed = True
        else:
            print_problems(_but_hints(outcome.warnings), err=True)
            _tell(outcome)
            is_kept = True
    if timestamp and is_kept:
        try:
            _seal(store, timestamp)
        except InputError as error:  # what is kept stays, so this is no error
            print_problems((replace(p, level="warning") for p in error.problems), err=True)
            failed = True
    if failed:
        raise typer.Exit(1)


@archive.command(help=mark("Keep a PDF that was not made here, as it is: an older answer, a scan."))
def add(  # noqa: PLR0913
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=mark("The PDF."))],
    name: Annotated[
        str, typer.Option("--id", metavar="ID", help=mark("Its id or case; else as it says."))
    ] = "",
    title: Annotated[str, typer.Option(help=mark("Its title; else made of the others."))] = "",
    asked_by: Annotated[str, typer.Option(help=mark("Who asked; else as it says."))] = "",
    minister: Annotated[str, typer.Option(help=mark("Who answered; else as it says."))] = "",
    date: Annotated[
        str,
        typer.Option(
            metavar="DAY", callback=day_as_typed, help=mark("When it was asked, as 2020-02-14.")
        ),
    ] = "",
    subject: Annotated[str, typer.Option(help=mark("What it is about; else as it says."))] = "",
    publish_on: Annotated[
        str,
        typer.Option(
            metavar="DAY",
            callback=day_as_typed,
            help=mark("Not to be made public before then."),
        ),
    ] = "",
    certain: Annotated[
        bool, typer.Option("--certain", help=mark("It is that question, whatever it says itself."))
    ] = False,
    folder: ArchiveOption = None,
    new_version: NewVersion = None,
    message: Message = "",
) -> None:
    """What is not said is read from it, and where both say something they are compared."""
    from kmo_report.keep import add as keep_paper
    from kmo_report.paper import Said, describe, read_paper

    identifier = _identifier(name) if name else ""
    said = Said(identifier, title, asked_by, minister, date, subject, publish_on, certain)
    store = _archive(folder)
    with problems_told():
        paper = read_paper(file)
        described, problems = describe(paper, said, new_version or "answer")
        terms = {"title": title, "contributor": asked_by, "creator": minister, "date": date,
                 "subject": subject, "available": publish_on}  # fmt: skip
        outcome = keep_paper(
            paper,
            store,
            now(),
            described,
            said=[term for term, value in terms.items() if value],
            kind=new_version,
            message=message,
        )
    print_problems(problems, err=True)
    _tell(outcome)
    if not outcome.head:  # it was kept already, and described then
        return
    known = {
        mark("title"): described.title,
        mark("asked by"): described.contributor,
        mark("minister"): described.creator,
        mark("date"): described.date,
    }
    for word, value in known.items():
        typer.echo(f"  {say(word)}: {on_a_line(value) or say('not known')}")


@archive.command(help=mark("Have an authority sign the head of the archive with the time."))
def seal(
    timestamp: Annotated[str, typer.Option(metavar="URL", help=_AUTHORITY)],
    folder: ArchiveOption = None,
) -> None:
    """A head that is sealed already is left alone."""
    _ready_to_seal(timestamp)
    store = archive_there(folder)
    with problems_told():
        _seal(store, timestamp)


def _ready_to_seal(url: str) -> None:
    """Whether it could be done is known before anything is kept."""
    from kmo_report import seal as sealing

    if not sealing.is_address(url):
        message = say("{url} is no address of an authority; write https://...", url=url)
        raise typer.BadParameter(message)
    with problems_told():
        sealing.ready()


def _seal(store: "Archive", url: str) -> None:
    from kmo_report import seal as sealing

    outcome = sealing.seal(store, url)
    if outcome.stamp:
        told = say("by {authority}", authority=outcome.stamp.authority)
        typer.echo(f"  sealed {outcome.stamp.time} {told}")
    else:
        typer.echo(say("this head is sealed already; nothing was done"))


archive.add_typer(finding)


@archive.command(help=mark("Show all versions of an answer, and the files of each."))
def show(name: Name, folder: ArchiveOption = None) -> None:
    """Names and digests, as `sha512sum` prints them."""
    store = archive_there(folder)
    with problems_told():
        inventory, entries = _kept(store, _identifier(name))
    for version, entry in zip(inventory.versions, entries, strict=True):
        typer.echo(f"{inventory.identifier} v{entry.version}")
        kind, title, date, _ = entry.facts
        typer.echo(on_a_line(f"  {kind}  {date}  {title}"))
        typer.echo(on_a_line(f"  {version.created}  {version.message}"))
        for path, digest in sorted(version.state.items()):
            typer.echo(f"  {digest}  {path}")


@archive.command(help=mark("Copy the files of an answer out of the archive."))
def get(
    name: Name,
    out: Annotated[Path, typer.Option(metavar="DIR", help=mark("The folder for the files."))],
    version: Annotated[
        int | None, typer.Option(min=1, help=mark("Which version; default the last."))
    ] = None,
    folder: ArchiveOption = None,
) -> None:
    """All files or none; each is compared with its digest."""
    from kmo_report.files import write

    store, identifier = archive_there(folder), _identifier(name)
    with problems_told():
        inventory, entries = _kept(store, identifier)
        number = version or len(entries)
        if number > len(entries):
            message = say("{id} has {count} versions", id=identifier, count=len(entries))
            raise InputError([Problem("archive-id", message)])
        state = inventory.versions[number - 1].state
        contents = {path: store.content(inventory, digest) for path, digest in state.items()}
        write({out / path: content for path, content in contents.items()})
    for path in sorted(contents):
        typer.echo(out / path)


@archive.command(
    help=mark("Compare everything with its digest: nothing missing, changed or extra.")
)
def verify(  # noqa: PLR0913
    names: Names = None,
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help=mark("Read the journal and inventories only."))
    ] = False,
    expect_head: Annotated[
        list[str] | None,
        typer.Option(metavar="DIGEST", help=mark("A head that was written down elsewhere.")),
    ] = None,
    anchors: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=mark("A text, such as a mail, with such heads in it.")),
    ] = None,
    certificates: Annotated[
        Path | None,
        typer.Option(metavar="FILE.pem", help=mark("Of the authorities whose seals you trust.")),
    ] = None,
    said: FormatOption = ReportFormat.text,
    folder: ArchiveOption = None,
) -> None:
    """Exit 1 for any finding."""
    from kmo_report.archive.verify import SHORTEST_HEAD
    from kmo_report.archive.verify import verify as look

    heads = [head.lower() for head in expect_head or ()]
    for head in heads:
        if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST_HEAD},128}}", head):
            message = mark("{head} is no head: 128 digits of 0-9 and a-f, or the first {count}")
            raise typer.BadParameter(say(message, head=head, count=SHORTEST_HEAD))
    store = archive_there(folder)
    identifiers = [_identifier(name) for name in names or ()]
    with problems_told(), progress() as told:
        if anchors:
            heads += _heads(anchors)
        check = _check(certificates) if certificates else None
        report = look(store, identifiers, quick=quick, heads=heads, check=check, progress=told)
    _print_report(report, said, quick=quick)
    if report.problems:
        raise typer.Exit(1)


def _check(certificates: Path) -> "Check":
    from kmo_report.seal import checker

    return checker(certificates)


def _heads(path: Path) -> list[str]:
    from kmo_report.files import read

    found = re.findall(rb"\b[0-9a-f]{128}\b", read(path))
    if not found:
        message = say("there is no head in this file: 128 digits of 0-9 and a-f")
        raise InputError([Problem("archive-head", message, Place(str(path)))])
    return [head.decode() for head in dict.fromkeys(found)]


def _print_report(report: "Report", said: ReportFormat, *, quick: bool) -> None:
    if said is ReportFormat.json:
        tree = {
            "problems": [
                {
                    "code": problem.code,
                    "message": problem.message,
                    "path": problem.place.path if problem.place else None,
                    "line": problem.place.line if problem.place else None,
                }
                for problem in report.problems
            ],
            "objects": report.objects,
            "versions": report.versions,
            "files": report.files,
            "quick": quick,
            "head": report.head,
            "seals": [
                {
                    "head": seal.head,
                    "time": seal.stamp.time if seal.stamp else None,
                    "authority": seal.stamp.authority if seal.stamp else None,
                }
                for seal in report.seals
            ],
            "unsealed": report.unsealed,
        }
        typer.echo(json.dumps(tree, ensure_ascii=False, indent=1))
        return
    print_problems(report.problems)
    typer.echo(
        say(
            "answers: {objects}; versions: {versions}; files: {files}; findings: {findings}",
            objects=report.objects,
            versions=report.versions,
            files=report.files,
            findings=len(report.problems),
        )
    )
    if quick:
        typer.echo(say("Quick: contents were not read, so a changed PDF was not seen."))
    _print_seals(report)
    typer.echo(say("head {head}", head=report.head))


def _print_seals(report: "Report") -> None:
    """What each seal says; how many were not checked; what no seal stands for."""
    for one in report.seals:
        if one.stamp:
            message = mark("sealed: {head} at {time} by {authority}")
            typer.echo(say(message, head=one.head, **one.stamp._asdict()))
    unchecked = sum(not one.stamp for one in report.seals)
    if unchecked:
        message = mark("seals: {count}; who signed them was not checked: give --certificates")
        typer.echo(say(message, count=unchecked))
    if report.seals and report.unsealed:
        message = mark("versions that were kept after the last seal: {count}")
        typer.echo(say(message, count=report.unsealed))


@archive.command(help=mark("Show what holds of a PDF: whether it was published, and its figures."))
def prove(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=mark("The PDF."))],
    folder: ArchiveOption = None,
    template: TemplateOption = DEFAULT,
    said: FormatOption = ReportFormat.text,
) -> None:
    """Exit 1 when something does not hold, or nothing could be shown."""
    store = archive_there(folder) if archive_named(folder) else None
    style = opened_style(template)
    from kmo_report.prove import prove as look
    from kmo_report.prove.told import as_json, as_text

    with problems_told():
        proof = look(file, store, style, today())
    typer.echo(as_json(proof) if said is ReportFormat.json else as_text(proof))
    if proof.outcome != "holds":
        raise typer.Exit(1)


@archive.command(help=mark("Copy answers into one bag: BagIt 1.0, for another archive."))
def export(
    bag: Annotated[
        Path,
        typer.Option(
            "--bagit", metavar="DIR|ZIP", help=mark("The folder, or a file called *.zip.")
        ),
    ],
    names: Names = None,
    folder: ArchiveOption = None,
) -> None:
    """The bag is there whole, or not at all."""
    from kmo_report.archive.transfer import export as write_bag

    store = archive_there(folder)
    with problems_told():
        typer.echo(write_bag(store, [_identifier(name) for name in names or ()], bag))


@archive.command("import", help=mark("Take in the answers of such a bag, all or none."))
def import_(
    bag: Annotated[Path, typer.Argument(metavar="BAG", help=mark("A folder or a ZIP."))],
    folder: ArchiveOption = None,
) -> None:
    """What is here already is passed over."""
    from kmo_report.archive.transfer import take
    from kmo_report.keep import stamp

    store = _archive(folder)
    with problems_told():
        entries = take(store, bag, stamp(now()))
    for entry in entries:
        typer.echo(say("{id} v{version}: kept", id=entry.id, version=entry.version))
    if entries:
        typer.echo(f"  head   {entries[-1].digest}")
    else:
        typer.echo(say("all of it is kept already; nothing was done"))


@archive.command(help=mark("Make a website of all that is public in the archive, as plain files."))
def publish(
    target: Annotated[
        Path, typer.Argument(metavar="DIR", help=mark("The folder of the site; it is replaced."))
    ],
    base_url: Annotated[
        str,
        typer.Option(
            metavar="URL", help=mark("Where it will be read; for the feed and the sitemap.")
        ),
    ] = "",
    template: TemplateOption = DEFAULT,
    folder: ArchiveOption = None,
) -> None:
    """The site is there whole, or as it was before."""
    base = _base(base_url)
    store = archive_there(folder)
    style = opened_style(template)
    from kmo_report.publish import publish as make_site

    with problems_told(), progress() as told:
        made = make_site(store, target, style, today(), base=base, progress=told)
    print_problems(made.warnings, err=True)
    for held in made.held:
        message = say(
            "{case} v{version}: not public before {day}; left out",
            case=held.case,
            version=held.version,
            day=held.until,
        )
        typer.echo(message, err=True)
    if not base:
        typer.echo(say("without --base-url there is no feed and no sitemap"), err=True)
    typer.echo(made.first)
    size = round(made.index / 1000)
    typer.echo(say("answers: {answers}; index: {size} kB", answers=made.answers, size=size))


def _base(url: str) -> str:
    """The address of a site, with a / at its end."""
    from urllib.parse import urlsplit

    if not url:
        return ""
    try:
        split = urlsplit(url)
        sound = split.scheme in ("http", "https") and split.hostname and split.port != 0
        sound = sound and not re.search(r"[^!-~]|[?#]", url)
    except ValueError:  # such as a port that is no number
        sound = False
    if not sound:
        message = say("{url} is no address of a site; write https://www.example.be/", url=url)
        raise typer.BadParameter(message)
    return url.rstrip("/") + "/"


# --- what the commands share ---------------------------------------------------------------------


def _archive(folder: Path | None) -> "Archive":
    """The archive that is named; it need not be there yet."""
    from kmo_report.archive.store import Archive

    return Archive(archive_needed(folder))


def _identifier(name: str) -> str:
    from kmo_report.archive.description import identifier

    found = identifier(name)
    if found is None:
        message = mark("{name} is no id; write 2019-2020-crevits-370")
        raise typer.BadParameter(say(message, name=name))
    return found


def _kept(store: "Archive", identifier: str) -> "tuple[Inventory, list[Entry]]":
    """An object, and its lines in the journal."""
    entries = [entry for entry in store.entries() if entry.id == identifier]
    inventory = store.inventory(identifier)
    if inventory is None or not entries:
        message = say("the journal knows no {id}", id=identifier)
        raise InputError([Problem("archive-id", message)])
    return inventory, entries[: len(inventory.versions)]


def _but_hints(problems: Sequence[Problem]) -> Iterator[Problem]:
    return (problem for problem in problems if problem.level != "hint")


def _tell(outcome: "Outcome") -> None:
    """What became of it: id, version, digest, head."""
    if outcome.head:
        message = mark("{id} v{version}: kept")
    else:
        message = mark("{id} v{version}: is kept already; nothing was done")
    typer.echo(say(message, id=outcome.identifier, version=outcome.version))
    typer.echo(f"  sha512 {outcome.digest}")
    if outcome.head:
        typer.echo(f"  head   {outcome.head}")
    if outcome.unlike:
        message = say(
            "  made today, these would be other bytes: {names}", names=", ".join(outcome.unlike)
        )
        typer.echo(message)
