"""Rules on layouts: can the table be made, is every figure given, and are given totals right?"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import get_close_matches

from kmo_report.compute import Figures, add_up, average, value
from kmo_report.language import did_you_mean, mark, say
from kmo_report.layout import AXES, Coordinates, Spread, base_of, kind_of
from kmo_report.model.scalars import MEASURES
from kmo_report.model.table import Margin, is_withheld
from kmo_report.source import Path

Fault = tuple[Path, str]
"""Where in the table, and what is wrong there."""

_IN_DUTCH = {"aantal": "count", "totaal": "total", "steun": "total", "gemiddelde": "average"}
"""What a Dutch reader may write for a measure."""


def faults(spread: Spread) -> Iterator[Fault]:
    """All that keeps the grids from being made."""
    known = ("year", "item", *spread.labels, "measure")
    layout = spread.table.layout
    for key in ("rows", "columns", "table_per"):
        for name in getattr(layout, key) or ():
            if name not in known:
                message = say("no item has a label {label}", label=name)
                yield ("layout", key), message + did_you_mean(name, known)
    placed = (*spread.table_per, *spread.rows, *spread.columns)
    for name in dict.fromkeys(name for name in placed if placed.count(name) > 1):
        yield ("layout",), say("{name} is placed twice", name=name)
    yield from _total_faults(spread)
    yield from _measure_faults(spread)
    yield from _label_faults(spread)


def _total_faults(spread: Spread) -> Iterator[Fault]:
    layout = spread.table.layout
    for axis in AXES:
        if getattr(layout.totals, axis, None) and not spread.counted(axis):
            yield ("layout", "totals", axis), say("count, total and average cannot be added up")
    if layout.totals and layout.totals.subtotals and len(spread.counted("rows")) < 2:  # noqa: PLR2004 -- a level within another
        message = mark("subtotals want rows of two levels, such as `rows: [theme, item]`")
        yield ("layout", "totals", "subtotals"), say(message)
    if layout.top and not spread.counted("rows"):
        yield ("layout", "top"), say("count, total and average are no rows to make a top of")


def _measure_faults(spread: Spread) -> Iterator[Fault]:
    """What is compared with a whole or an earlier year must have one."""
    of = spread.table.layout.share_of
    over = (*(spread.rows if of != "row" else ()), *(spread.columns if of != "column" else ()))
    for index, measure in enumerate(spread.table.layout.measures or ()):
        where = ("layout", "measures", str(index))
        kind = kind_of(measure)
        if kind in ("change", "growth") and len(spread.table.years) == 1:
            message = mark("{measure} compares with the year before, but there is one year only")
            yield where, say(message, measure=measure)
        if kind == "share" and not set(over) - {"measure"}:
            message = mark("{measure} is a share of the {whole}, but nothing is added up there; "
                           "see `share_of`")  # fmt: skip
            yield where, say(message, measure=measure, whole=of)


def _label_faults(spread: Spread) -> Iterator[Fault]:
    for year, name, item in spread.table.items():
        where = ("years", str(year), name)
        for label in item.labels:
            if label in ("year", "item", "measure"):
                message = say("a label cannot be called {label}; call it otherwise", label=label)
                yield (*where, label), message
                continue
            near = _IN_DUTCH.get(label.lower(), label)
            if label not in spread.labels and get_close_matches(near, MEASURES, 1, cutoff=0.75):
                message = say("unknown key {key}", key=label)
                yield (*where, label), message + did_you_mean(near, MEASURES)
            elif label not in spread.labels:
                message = say("other items have no label {label}", label=label)
                hint = did_you_mean(label, spread.labels, or_known=False)
                yield (*where, label), message + hint
        for label in spread.labels:
            if label not in item.labels:
                message = mark("{item} lacks the label {label} that other items have")
                yield where, say(message, item=name, label=label)


# --- gaps ----------------------------------------------------------------------------------------


def gaps(spread: Spread) -> Iterator[Fault]:
    """Figures that are printed and that nobody gave."""
    bases = {base_of(measure) for measure in spread.measures}
    needed = MEASURES[:2] if "average" in bases else [m for m in MEASURES if m in bases]
    for year, name, item in spread.table.items():
        for measure in needed:
            if getattr(item, measure) is None:
                message = mark("{item} lacks {measure}; write a number, or a mark such as `-`")
                where = ("years", str(year), name)
                yield where, say(message, item=name, measure=measure)
    yield from dict.fromkeys(_empty_cells(spread))


def _empty_cells(spread: Spread) -> Iterator[Fault]:
    for grid in spread.grids():
        for row, cells in zip(grid.rows, grid.cells, strict=True):
            for column, cell in zip(grid.columns, cells, strict=True):
                if cell.value is None:
                    yield from _gap(spread, spread.place(grid.members, row, column))


def _gap(spread: Spread, place: Mapping[str, str | None]) -> Iterator[Fault]:
    coordinates = frozenset((d, m) for d, m in place.items() if m is not None and d != "measure")
    described = spread.describe(coordinates)
    if coordinates not in spread.groups:
        message = mark(
            "no figures for {place}; give them, or say with `missing:` what is printed instead"
        )
        yield (), say(message, place=described)
    elif (meaning := spread.meaning(coordinates)) != "sum":
        message = mark("{place} is {meaning}, not a sum; write it under `given:`")
        yield ("layout", "totals"), say(message, place=described, meaning=meaning)
    elif any(is_withheld(value(item.count)) for _, _, item in spread.groups[coordinates]):
        message = mark(
            "{place} adds up what is withheld; write it under `given:`, or leave the total out"
        )
        yield ("layout", "totals"), say(message, place=described)


# --- what was delivered --------------------------------------------------------------------------


def differences(spread: Spread) -> Iterator[Fault]:
    """Averages and totals as delivered that are not what they should be."""
    decimals = spread.table.decimals.average
    for year, name, item in spread.table.items():
        if item.average is None:
            continue
        place = say("{year}, row {row}, column average", year=year, row=name)
        figures = add_up([item])
        yield from _average_differs(
            ("years", str(year), name, "average"), place, item.average, figures, decimals
        )
    seen: set[Coordinates] = set()
    for index, margin in enumerate(spread.table.given):
        where = ("given", str(index))
        if spread.named(margin) in seen:
            place = spread.describe(spread.named(margin))
            yield where, say("{place} is given twice", place=place)
        seen.add(spread.named(margin))
        yield from _margin_differs(spread, where, margin)


def _margin_differs(spread: Spread, where: Path, margin: Margin) -> Iterator[Fault]:
    coordinates = spread.named(margin)
    items = [e[2] for e in spread.table.items() if coordinates <= spread.placed(e).items()]
    if not items:
        yield where, say("no item is {place}", place=spread.describe(coordinates))
        return
    summed, meaning = add_up(items), spread.meaning(coordinates)
    place = spread.describe(coordinates)
    for measure, given in (("count", value(margin.count)), ("total", value(margin.total))):
        expected = summed.count if measure == "count" else summed.total
        if not (isinstance(given, int | Decimal) and isinstance(expected, int | Decimal)):
            continue
        told = {"place": place, "measure": measure, "given": given, "expected": expected}
        if meaning == "sum" and given != expected:
            message = mark("{place}: {measure} is given as {given}, expected {expected} (the sum)")
            yield (*where, measure), say(message, **told)
        elif meaning == "distinct" and given > expected:
            message = mark(
                "{place}: {measure} is given as {given}, expected at most {expected}: "
                "a distinct total is never more than the sum"
            )
            yield (*where, measure), say(message, **told)
    if margin.average is not None:
        figures = Figures(
            value(margin.count) if margin.count is not None else summed.count,
            value(margin.total) if margin.total is not None else summed.total,
        )
        place = say("{place}, average", place=place)
        yield from _average_differs(
            (*where, "average"), place, margin.average, figures, spread.table.decimals.average
        )


def _average_differs(
    where: Path, place: str, given: Decimal, figures: Figures, decimals: int
) -> Iterator[Fault]:
    count, total = figures.count, figures.total
    if isinstance(count, int) and isinstance(total, Decimal):
        if not count:
            message = mark("{place}: is given as {given}, but there is nothing to divide by")
            yield where, say(message, place=place, given=given)
        elif given != average(total, count, decimals):
            expected = f"{average(total, count, decimals)} ({total} / {count})"
            message = mark("{place}: is given as {given}, expected {expected}")
            yield where, say(message, place=place, given=given, expected=expected)
