"""An earlier table -> the same table for the years that are asked now, without a figure."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from kmo_report.drafting.asked import TODO, years_tree
from kmo_report.emit import Value
from kmo_report.layout import Spread
from kmo_report.model.scalars import MEASURES
from kmo_report.model.table import UNKNOWN, Table
from kmo_report.source import Tree

Branch = Mapping[str, Tree]

_YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
TO_FILL_IN = f"{TODO} Vul de cijfers van deze tabel in."


def new_table(before: Branch, table: Table, years: Sequence[int], moved: str) -> dict[str, Value]:
    """The tree of the new table; `moved` is the way from the new case to the earlier one.

    What came from a register comes from it again: `kmo-report figures` makes the figures. Where
    figures were typed, each is … until somebody fills it in. Notes are of the figures that were.
    """
    tree: dict[str, Value] = {}
    known = table.figures.years if table.figures else tuple(sorted(table.years))
    for key, value in before.items():
        if key == "years":
            tree[key] = _awaited(value, table, years or known[-1:])
        elif key == "figures" and isinstance(value, dict):
            tree[key] = _register(value, years, moved)
        elif key == "captions":
            tree[key] = _captions(value, table, known, years)
        elif key == "given":
            tree[key] = _margins(value, known, years or known[-1:])
        elif key != "notes":
            tree[key] = _flags(value)
    if table.years:
        tree["notes"] = [TO_FILL_IN]
    return tree


def _flags(value: Tree) -> Value:
    """A flag is no text, where a person would write it without quotes."""
    if isinstance(value, dict):
        return {key: _flags(entry) for key, entry in value.items()}
    return value == "true" if value in ("true", "false") else value


def _awaited(value: Tree, table: Table, years: Sequence[int]) -> Value:
    """The items of the last year that there were, for each year that is asked."""
    items = value.get(str(max(table.years))) if isinstance(value, dict) else None
    assert isinstance(items, dict)  # noqa: S101 -- the model has read it
    return {str(year): {name: _unknown(item) for name, item in items.items()} for year in years}


def _unknown(figures: Tree) -> dict[str, Value]:
    """Labels as they are, and … for each figure; an average follows from the others."""
    found = figures if isinstance(figures, dict) else {}
    return {
        key: UNKNOWN if key in MEASURES else entry
        for key, entry in found.items()
        if key != "average"
    }


def _margins(value: Tree, known: Sequence[int], years: Sequence[int]) -> Value:
    """Totals as delivered: those of the last year, for each year that is asked."""
    margins = (
        [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
    )
    of_last = [entry for entry in margins if entry.get("year") in (None, str(known[-1]))]
    dated = any("year" in entry for entry in of_last)
    return [
        _unknown({**entry, "year": str(year)} if "year" in entry else entry)
        for year in (years if dated else years[:1])
        for entry in of_last
    ]


def _register(value: dict[str, Tree], years: Sequence[int], moved: str) -> dict[str, Value]:
    """The same register and the same columns, for other years."""
    source = str(value["source"])
    if "://" not in source and not PurePath(source).is_absolute():
        source = os.path.normpath(PurePath(moved, source))
    asked: dict[str, Value] = {"years": years_tree(years)} if years else {}
    return {**value, "source": source, **asked}


def _captions(value: Tree, table: Table, known: Sequence[int], years: Sequence[int]) -> Value:
    if isinstance(value, dict):
        return {key: _captions(entry, table, known, years) for key, entry in value.items()}
    if not years or not isinstance(value, str):
        return value
    if "year" in Spread(table).table_per:
        return _YEAR.sub("{year}", value)
    ends = {str(known[0]): years[0], str(known[-1]): years[-1]} if known else {}
    return _YEAR.sub(lambda match: str(ends.get(match[0], match[0])), value)
