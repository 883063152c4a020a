"""A reading as text for people, and as JSON or YAML for programs."""

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping

from kmo_report.dutch import day
from kmo_report.incoming.reading import Answer, Minister, Reading, Requested, Table
from kmo_report.language import mark, say


def as_json(reading: Reading) -> str:
    """As schemas/reading.schema.json describes it."""
    return json.dumps(reading.as_tree(), ensure_ascii=False, indent=2)


def as_yaml(reading: Reading) -> str:
    """The same tree as YAML."""
    import yaml  # noqa: PLC0415 -- only where it is asked for

    text: str = yaml.safe_dump(reading.as_tree(), allow_unicode=True, sort_keys=False, width=100)
    return text.rstrip("\n")


def as_text(reading: Reading) -> str:
    """The question with its fields named, then its parts, then the answer."""
    blocks = ["\n".join(_header(reading))]
    if reading.introduction:
        blocks.append(_wrapped(reading.introduction))
    wanted = {entry.part: entry for entry in reading.requested}
    for part in reading.parts:
        text = _wrapped(f"{part.label or ''} {part.text}".strip())
        if part.label in wanted:
            text += f"\n  → {_figures(wanted[part.label])}"
        blocks.append(text)
    if reading.answer:
        blocks += _answer(reading.answer)
    return "\n\n".join(filter(None, blocks))


_WORDS = (
    *(mark("count"), mark("total"), mark("average"), mark("answer"), mark("coordinated")),
    *(mark("referring"), mark("supplementary"), mark("provisional")),
)
"""What the tree says of kinds and measures, to be said in the language of the reader."""


def _wrapped(text: str) -> str:
    """Lines that fit in a window; those of the text stay."""
    lines = (textwrap.fill(line, _WIDTH, break_on_hyphens=False) for line in text.split("\n"))
    return "\n".join(lines)


_WIDTH = 100


def _header(reading: Reading) -> Iterator[str]:
    number = f"{reading.number or '?'}"
    if reading.session:
        number += f" ({reading.session})"
    fields = {
        say("number"): number,
        say("asked by"): reading.asked_by,
        say("asked on"): day(reading.asked_on) if reading.asked_on else None,
        say("minister"): _minister(reading.minister),
        say("subject"): reading.subject,
        say("also asked to"): ", ".join(f"{a.name} ({a.number})" for a in reading.addressees),
        say("refers to"): "; ".join(
            " ".join(
                filter(
                    None,
                    (
                        f"nr. {entry.number}" if entry.number else None,
                        entry.asked_by,
                        day(entry.date) if entry.date else None,
                    ),
                )
            )
            for entry in reading.references
        ),
    }
    width = max(map(len, fields))
    for name, value in fields.items():
        if value != "":
            indent = " " * (width + 2)
            line = f"{name:{width}}  {value or '-'}"
            yield textwrap.fill(line, _WIDTH, subsequent_indent=indent, break_on_hyphens=False)


def _minister(minister: Minister | None) -> str | None:
    return ", ".join(filter(None, (minister.name, minister.portfolio))) if minister else None


def _figures(requested: Requested) -> str:
    """`figures: 2016, 2017; count, total; per dienst; layout per-year`"""
    pieces = [
        ", ".join(map(str, requested.years)),
        ", ".join(map(say, requested.measures)),
        say("per {rows}", rows=requested.rows) if requested.rows else "",
        say("layout {layout}", layout=requested.layout) if requested.layout else "",
    ]
    return say("figures: {figures}", figures="; ".join(filter(None, pieces)))


def _answer(answer: Answer) -> Iterator[str]:
    title = say("ANSWER ({kind})", kind=say(answer.kind))
    if answer.question_date:
        title += f", {day(answer.question_date)}"
    yield "\n".join(filter(None, (title, _minister(answer.minister))))
    for part in answer.parts:
        yield _wrapped(f"{', '.join(part.labels)} {part.text}".strip())
        yield from (_table(table) for table in part.tables)


def _table(table: Table) -> str:
    columns = max(map(len, table.rows))
    even = [(*row, *[""] * (columns - len(row))) for row in table.rows]
    widths = [max(len(row[at]) for row in even) for at in range(columns)]
    lines = [table.caption or ""]
    for row in even:
        cells = [f"{row[0]:<{widths[0]}}"]
        cells += [f"{c:>{w}}" for c, w in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join(cells).rstrip())
    if not table.adds_up:
        lines.append("  " + say("(no totals that could be checked, or they differ)"))
    return "\n".join(filter(None, lines))


SHOWN: Mapping[str, Callable[[Reading], str]] = {
    "text": as_text,
    "json": as_json,
    "yaml": as_yaml,
}
