"""figures.csv and figures.source.json of a case: written by `figures`, read by all else.

Nothing here needs an engine. What was written is proved by its digest; a figures.csv that was
changed by hand, or made for another `figures:`, is no longer what the register says.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

from kmo_report.dutch import number
from kmo_report.figures.totals import KINDS, Totals
from kmo_report.files import fault
from kmo_report.language import say
from kmo_report.model.register import Register
from kmo_report.model.style import Phrases
from kmo_report.model.table import UNKNOWN, WITHHELD, Item, Missing, Table
from kmo_report.problems import InputError, Place, Problem

RECORD = "figures.source.json"


def csv_name(table: str, tables: Mapping[str, object]) -> str:
    """figures.csv, or figures-<table>.csv where an answer has several tables."""
    return "figures.csv" if len(tables) == 1 else f"figures-{table}.csv"


def as_csv(totals: Totals) -> bytes:
    """RFC 4180: year, the labels, count, total; sorted, no totals of rows, no averages."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["year", *totals.labels, "count", "total"])
    for line in totals.lines:
        total = Decimal(line.cents).scaleb(-2)
        rows.writerow([line.year or "", *line.labels, line.count, f"{total:.2f}"])
    return text.getvalue().encode()


@dataclass(frozen=True, slots=True)
class Made:
    """The figures of one table."""

    register: Register
    totals: Totals
    file: str
    csv: bytes


def as_json(made: Mapping[str, Made], version: str) -> bytes:
    """The record: for each table what was asked, of what, and what became of the rows."""
    record = {
        "tool": f"kmo-report {version}",
        "tables": {
            name: {
                "figures": {"file": table.file, "sha256": _sha256(table.csv)},
                "register": _settings(table.register),
                "source": dict(table.totals.origin),
                "rows": rows(table.totals),
            }
            for name, table in made.items()
        },
    }
    return _encoded(record)


def _encoded(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()


def _settings(register: Register) -> dict[str, Any]:
    return register.model_dump(mode="json", exclude_defaults=True)


def rows(totals: Totals) -> dict[str, Any]:
    """What became of the rows of the source."""
    account = totals.account
    apart = {kind: account.apart[kind].rows for kind in KINDS if account.apart[kind].rows}
    left_out = {kind: tally.rows for kind, tally in account.left_out.items()}
    return {
        "read": account.rows,
        "counted": account.counted.rows,
        "other_years": account.other_years,
        "passed_over": account.passed_over,
        "left_out": left_out,
        "empty_years": list(totals.empty_years),
        "separate": {kind: count for kind, count in apart.items() if kind not in left_out},
    }


# --- reading -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Filled:
    """A table with the figures that were made for it, and the file that they are in."""

    table: Table
    file: str
    csv: bytes


def read_record(folder: Path) -> tuple[bytes, Mapping[str, Any]]:
    """figures.source.json as it stands, and as a mapping table -> what is recorded of it."""
    path = folder / RECORD
    try:
        content = path.read_bytes()
        tables = json.loads(content)["tables"]
        return content, {name: table for name, table in tables.items() if table["figures"]["file"]}
    except FileNotFoundError:
        return b"", {}
    except OSError as error:
        raise fault(error, path) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        message = say("this is not what kmo-report figures writes")
        raise InputError([Problem("figures", message, Place(str(path)))]) from None


def fill(folder: Path, table: Table, recorded: Any, phrases: Phrases) -> Filled | str:  # noqa: ANN401
    """A table with its figures; or why they cannot be trusted."""
    register = table.figures
    if register is None or not recorded:
        return say("its figures were not made yet")
    if recorded.get("register") != _settings(register):
        return say("its `figures:` was changed after they were made")
    file = str(recorded["figures"]["file"])
    try:
        content = (folder / Path(file).name).read_bytes()
    except OSError:
        return say("{file} cannot be read", file=file)
    # A tool that keeps texts may have changed the ends of the lines.
    whole = content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if _sha256(whole) != recorded["figures"]["sha256"]:
        return say("{file} was changed by hand, or by another program", file=file)
    years, loose, doubled = as_items(register, whole.decode())
    if doubled:
        return say("two rows are called {name}; let `item:` name all labels", name=doubled)
    below = table.small_counts.below if table.small_counts else 1
    notes = (*table.notes, *_notes(recorded["rows"], loose, phrases, below))
    return Filled(table.model_copy(update={"years": years, "notes": notes}), file, whole)


def awaited(table: Table, register: Register, years: Sequence[int]) -> Table:
    """A table whose figures were not made yet: its years and known rows, and … for each figure."""
    known = (
        list(dict.fromkeys(register.labels.get(name, {}).values())) or [UNKNOWN]
        for name in register.by
    )
    figure = Missing.model_construct(mark=UNKNOWN, reason=None)
    items: dict[str, Item] = {}
    for values in product(*known):
        labels = dict(zip(register.by, values, strict=True))
        name = item_name(register, labels)
        labels.pop("item", None)
        items[name] = Item.model_construct(count=figure, total=figure, average=None, labels=labels)
    shown = dict.fromkeys(register.years or years, items)
    return table.model_copy(update={"years": shown, "given": ()})


def as_items(
    register: Register, text: str
) -> tuple[dict[int, dict[str, Item]], dict[str, tuple[int, Decimal]], str]:
    """What is in a figures.csv: year -> item; what has no year; and a name that two items have."""
    years: dict[int, dict[str, Item]] = {}
    loose: dict[str, tuple[int, Decimal]] = {}
    doubled = ""
    lines = [dict(line) for line in csv.DictReader(io.StringIO(text))]
    for line in sorted(lines, key=lambda line: _order(register, line)):
        labels = {name: line[name] for name in register.by}
        count, total = int(line["count"]), Decimal(line["total"])
        if not line["year"]:
            name = register.handling("without_year")[1]
            before = loose.get(name, (0, Decimal()))
            loose[name] = before[0] + count, before[1] + total
            continue
        name = item_name(register, labels)
        items = years.setdefault(int(line["year"]), {})
        doubled = doubled or (name if name in items else "")
        labels.pop("item", None)
        items[name] = Item.model_construct(count=count, total=total, average=None, labels=labels)
    return years, loose, doubled


def _order(register: Register, line: Mapping[str, str]) -> tuple[object, ...]:
    """By year; within it as `labels:` lists the values, then by name."""
    keys: list[object] = [line["year"]]
    for name in register.by:
        known = list(dict.fromkeys(register.labels.get(name, {}).values()))
        value = line[name]
        keys += [known.index(value) if value in known else len(known), value]
    return tuple(keys)


def item_name(register: Register, labels: Mapping[str, str]) -> str:
    """The name of a row of the tables: as `item:` says, or all labels."""
    if register.item:
        return register.item.format_map(labels)
    return labels.get("item") or ", ".join(labels.values())


def _notes(
    recorded: Mapping[str, Any], loose: Mapping[str, Any], phrases: Phrases, below: int
) -> Iterator[str]:
    """What stands under the table of rows that are not in it, small counts withheld too."""
    for kind, count in recorded["left_out"].items():
        shown = f"<{below}" if 0 < count < below else count
        yield phrases.left_out.format(rows=getattr(phrases.rows, kind), count=shown)
    for name, (count, total) in loose.items():
        small = 0 < count < below
        shown, sum_ = (f"<{below}", WITHHELD) if small else (count, number(total, decimals=2))
        yield phrases.separate.format(rows=name, count=shown, total=sum_)


def published(origin: bytes, withheld: Mapping[str, bytes]) -> bytes:
    """The record as it may travel, given what figures.csv becomes of tables that withhold counts.

    How many rows became what gives a small count away, and so does the digest of a file whose few
    other figures are known: whoever tries all counts below the threshold finds the one that fits.
    """
    if not withheld:
        return origin
    record = json.loads(origin)
    for name, csv_ in withheld.items():
        table = record["tables"][name]
        table["figures"]["sha256"] = _sha256(csv_)
        del table["rows"]
    return _encoded(record)


def changed(folder: Path) -> Iterator[Problem]:
    """A warning for each source that is no longer the file that the figures were made of."""
    try:
        _, tables = read_record(folder)
    except InputError:
        return
    for name, table in tables.items():
        source = table.get("source", {})
        path = folder / str(table.get("register", {}).get("source", ""))
        if "sha256" not in source or not path.is_file():
            continue
        if path.stat().st_size != source.get("bytes") or _digest(path) != source["sha256"]:
            message = say("changed after the figures of table {table} were made of it; run "
                          "kmo-report figures again", table=name)  # fmt: skip
            yield Problem("source-changed", message, Place(str(path)), "warning")


def _sha256(content: bytes) -> str:
    from hashlib import sha256  # not for a case without a register

    return sha256(content).hexdigest()


def _digest(path: Path) -> str:
    from hashlib import file_digest

    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
