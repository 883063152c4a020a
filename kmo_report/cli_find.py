"""The commands that find what is kept: `kmo-report archive list`, `search` and `reindex`."""

import csv
import io
import json
import os
import shutil
import textwrap
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmo_report.console import (
    ArchiveOption,
    archive_there,
    day_as_typed,
    from_here,
    on_a_line,
    paint,
    print_problems,
    problems_told,
    progress,
    session_as_typed,
    today,
)
from kmo_report.language import mark, say

if TYPE_CHECKING:
    from kmo_report.archive.journal import Entry
    from kmo_report.search import Match, Matches, Places
    from kmo_report.search.snippet import Snippet

finding = typer.Typer()


class ListFormat(StrEnum):
    """How a list is printed."""

    table = "table"
    json = "json"
    csv = "csv"


class FoundFormat(StrEnum):
    """How what was found is printed."""

    table = "table"
    json = "json"


SessionOption = Annotated[
    str, typer.Option(callback=session_as_typed, help=mark("Of that session: 2019-2020."))
]
MinisterOption = Annotated[
    str, typer.Option(help=mark("Of that minister: Crevits, Hilde Crevits."))
]
FromOption = Annotated[
    str,
    typer.Option(
        "--from", metavar="DAY", help=mark("Questions of that day or later."), callback=day_as_typed
    ),
]
ToOption = Annotated[
    str,
    typer.Option(
        "--to", metavar="DAY", help=mark("Questions of that day or earlier."), callback=day_as_typed
    ),
]


@finding.command("list", help=mark("List what is kept, the last version of each."))
def list_(  # noqa: PLR0913, PLR0917
    session: SessionOption = "",
    minister: MinisterOption = "",
    first: FromOption = "",
    last: ToOption = "",
    list_format: Annotated[
        ListFormat, typer.Option("--format", help=mark("For people or programs."))
    ] = ListFormat.table,
    folder: ArchiveOption = None,
) -> None:
    """Sorted by case; what may not be public yet is marked so, what has no day is of none."""
    from kmo_report.archive.description import order, parts

    store, name = archive_there(folder), _as_in_id(minister)

    def is_wanted(identifier: str) -> bool:
        own_session, own_minister, _ = parts(identifier)
        own_name = not name or f"-{name}".endswith(f"-{own_minister}")
        return session in ("", own_session) and own_name

    with problems_told():
        latest = store.latest(is_wanted) if session or name else store.latest()
    entries = [
        entry
        for entry in latest
        if (not first or entry.facts.date >= first)
        and (not last or (entry.facts.date and entry.facts.date <= last))
    ]
    entries.sort(key=lambda entry: order(entry.id))
    _print_list(entries, list_format)


_FIELDS = ("id", "case", "version", "kind", "date", "title", "publish_on", "embargo", "kept")


def _print_list(entries: "Sequence[Entry]", list_format: ListFormat) -> None:
    from kmo_report.archive.description import case_name

    day = today().isoformat()
    cases = [case_name(entry.id) for entry in entries]
    if list_format is ListFormat.table:
        width = max(map(len, cases), default=0)
        lines = []
        for case, entry in zip(cases, entries, strict=True):
            kind, title, date, until = entry.facts
            title = _embargo(until, day) + title
            line = f"{case:{width}}  v{entry.version}  {kind:13}  {date:10}  {title}"
            lines.append(on_a_line(line))
        typer.echo("\n".join([*lines, say("answers: {answers}", answers=len(lines))]))
        return
    rows = [
        (entry.id, case, entry.version, kind, date, title, until, until > day, entry.created)
        for case, entry in zip(cases, entries, strict=True)
        for kind, title, date, until in (entry.facts,)
    ]
    if list_format is ListFormat.json:
        listed = [dict(zip(_FIELDS, row, strict=True)) for row in rows]
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    else:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_FIELDS, *rows])
        typer.echo(text.getvalue(), nl=False)


def _embargo(until: str, day: str) -> str:
    return say("not public before {day}: ", day=until) if until > day else ""


@finding.command(help=mark("Find what is kept by its words, names and numbers, the best first."))
def search(  # noqa: PLR0913
    *,
    wanted: Annotated[
        list[str], typer.Argument(metavar="WORDS", help=mark("Words; their order is free."))
    ],
    limit: Annotated[int, typer.Option(min=1, max=1000, help=mark("At most so many."))] = 10,
    session: SessionOption = "",
    minister: MinisterOption = "",
    first: FromOption = "",
    last: ToOption = "",
    found_format: Annotated[
        FoundFormat, typer.Option("--format", help=mark("For people or programs."))
    ] = FoundFormat.table,
    folder: ArchiveOption = None,
) -> None:
    """Exit 0 when there is none."""
    from kmo_report.search import look_up
    from kmo_report.search.shelf import Within

    within = Within(session, _as_in_id(minister), first, last)
    where = _all_of_it(folder)
    with problems_told(), progress() as told:
        found = look_up(" ".join(wanted), where, limit, os.environ, within, told)
    print_problems(found.problems, err=True)
    if found_format is FoundFormat.json:
        typer.echo(json.dumps(_tree(found), ensure_ascii=False, indent=1))
    else:
        _print_found(found, limit)


@finding.command(help=mark("Make the index that `search` and `similar` use anew."))
def reindex(folder: ArchiveOption = None) -> None:
    """It makes itself, and can always be thrown away."""
    from kmo_report.search import remade

    where = _all_of_it(folder)
    with problems_told(), progress() as told:
        count, problems = remade(where, os.environ, told)
    print_problems(problems, err=True)
    typer.echo(say("answers: {answers}", answers=count))


def _all_of_it(folder: Path | None) -> "Places":
    from kmo_report.kept import kept_in
    from kmo_report.search import Places

    store = archive_there(folder)
    with problems_told():
        return Places([kept_in(store)], [store.root])


def _as_in_id(minister: str) -> str:
    """Van den Heuvel -> van-den-heuvel."""
    if not minister:
        return ""
    from kmo_report.model.question import slug

    return slug(minister)


def _tree(found: "Matches") -> dict[str, object]:
    """As schemas/archive-search.schema.json describes it."""
    from kmo_report.archive.description import identifier

    day = today().isoformat()
    matches = []
    for match in found.found:
        document, kept = match.hit.document, match.hit.document.kept
        assert kept  # noqa: S101 -- only the archive was searched
        matches.append(
            {
                "id": identifier(document.key),
                "case": document.key,
                "version": kept.version,
                "kind": kept.kind,
                "date": kept.date,
                "title": kept.title,
                "publish_on": document.publish_on,
                "embargo": document.publish_on > day,
                "kept": kept.created,
                "asked_by": document.asked_by,
                "minister": document.minister,
                "subject": document.subject,
                "place": from_here(document.place),
                "score": match.hit.score,
                "snippet": match.text.text,
                "found": [match.text.text[begin:end] for begin, end in match.text.found],
            }
        )
    return {"searched": found.searched, "more": found.more, "answers": matches}


def _print_found(found: "Matches", limit: int) -> None:
    if not found.found:
        typer.echo(say("none of the {searched} answers holds this", searched=found.searched))
        return
    width = min(shutil.get_terminal_size().columns, 100)
    day = today().isoformat()
    for match in found.found:
        typer.echo("\n".join(_lines(match, width, day)) + "\n")
    if found.more:
        told = say("the best {limit} of {searched}; there are more: --limit", limit=limit,
                   searched=found.searched)  # fmt: skip
    else:
        told = say("answers: {answers}", answers=len(found.found))
    typer.echo(told)


def _lines(match: "Match", width: int, day: str) -> list[str]:
    """A match for people: which, its title, who, and the best piece of it."""
    document, kept = match.hit.document, match.hit.document.kept
    assert kept  # noqa: S101 -- only the archive was searched
    until = _embargo(document.publish_on, day)
    who = on_a_line(" → ".join(filter(None, (document.asked_by, document.minister))))
    version = on_a_line(f"v{kept.version}  {kept.kind}  {kept.date}")
    lines = [f"{paint(document.key, bold=True)}  {version}".rstrip()]
    lines += _wrapped(match.title, width, until)
    lines += [f"    {who}"] if who else []
    lines += _wrapped(match.text, width)
    return [*lines, f"    {from_here(document.place)}"]


def _wrapped(piece: "Snippet", width: int, before: str = "") -> list[str]:
    """A text over the lines that it needs, with the words that were found marked."""
    signs, at = [], 0
    for begin, end in piece.found:
        # What is marked is one word to who wraps it.
        signs += [piece.text[at:begin], "\x0e", piece.text[begin:end], "\x0f"]
        at = end
    signs = [sign if sign in "\x0e\x0f" else on_a_line(sign) for sign in [*signs, piece.text[at:]]]
    text = "".join([before, *signs])
    lines = textwrap.wrap(
        text, width, initial_indent="    ", subsequent_indent="    ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return [_marked(line) for line in lines]


def _marked(line: str) -> str:
    """A line whose found words are between two signs, as a terminal shows it."""
    first, *rest = line.split("\x0e")
    words = (piece.partition("\x0f") for piece in rest)
    return first + "".join(paint(word, bold=True) + after for word, _, after in words)
