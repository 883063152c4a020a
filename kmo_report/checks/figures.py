"""Rules on tables: do they add up, agree with each other, and say what they show?"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise

from kmo_report.checks.layouts import faults
from kmo_report.checks.rule import Case, Find, Finding
from kmo_report.compute import NIL, add_up, rounded
from kmo_report.language import did_you_mean, mark, say
from kmo_report.layout import Axis, Cell, Grid, Line, Spread, base_of, kind_of
from kmo_report.model.scalars import MEASURES, SHOWN
from kmo_report.model.table import is_withheld
from kmo_report.source import Path
from kmo_report.table import notation_of, table_views


def of_tables(find: Callable[[Spread], Iterator[tuple[Path, str]]]) -> Find:
    """A rule on every table; one with a fault of layout is laid out by no other rule."""

    def rule(case: Case) -> Iterator[Finding]:
        for name, table in case.answer.tables.items():
            spread = Spread(table)
            if find is faults or not any(faults(spread)):
                for path, message in find(spread):
                    told = say("table {table}: {finding}", table=name, finding=message)
                    yield Finding(("tables", name, *path), told)

    rule.__doc__ = find.__doc__
    return rule


def headings(spread: Spread) -> Iterator[tuple[Path, str]]:
    """Headings are of things that the table has, and rows of a label have one."""
    table = spread.table
    known = ["year", "item", "measure", *spread.labels, *SHOWN]
    for name in table.headings:
        if name not in known:
            message = say("nothing here is called {name}", name=name)
            yield ("headings", name), message + did_you_mean(name, known)
    for name in spread.rows:
        if name in spread.labels and "" not in table.headings.get(name, {}):
            message = mark("the column of {name} wants a heading: `{name}: ...`")
            yield ("headings",), say(message, name=name)


def captions(spread: Spread) -> Iterator[tuple[Path, str]]:
    """Every table has a caption, and its placeholders have one member in it."""
    table = spread.table
    known = list(spread.table_per)
    for measure, text in table.captions.items():
        for name in re.findall(r"\{([^{}]+)\}", text):
            if name not in known:
                path = ("captions", measure)
                message = say("{name} does not name one thing per table", name=f"{{{name}}}")
                yield path, message + did_you_mean(name, known)
    if "measure" in spread.table_per:
        for measure in spread.measures:
            if measure not in table.captions:
                message = mark("the tables of {measure} have no caption")
                yield ("captions",), say(message, measure=measure)
    elif not table.captions:
        yield ("captions",), say("the table has no caption")
    elif len({table.captions.get(m, "") for m in spread.measures} - {""}) > 1:
        message = mark("these measures share a table, so they share one caption: `captions: ...`")
        yield ("captions",), say(message)


def caption_years(spread: Spread) -> Iterator[tuple[Path, str]]:
    """A year that is written out in a caption or heading is one of the data."""
    years = {str(year) for year in spread.table.years}
    captions_of = {text: measure for measure, text in spread.table.captions.items()}
    for text, measure in captions_of.items():
        for year in dict.fromkeys(re.findall(r"\b(?:19|20)[0-9]{2}\b", text)):
            if year not in years:
                message = mark("the caption says {year}, but the figures are of {years}")
                told = say(message, year=year, years=", ".join(sorted(years)))
                yield ("captions", measure), told


def nothing_is_nothing(spread: Spread) -> Iterator[tuple[Path, str]]:
    """`-` says that there is nothing to count, so it is said of the count and of the total."""
    for year, name, item in spread.table.items():
        figures = add_up([item])
        for measure, one, other in (
            ("count", figures.count, figures.total),
            ("total", figures.total, figures.count),
        ):
            if one in NIL and isinstance(other, int | Decimal) and other:
                message = mark(
                    "{item}: `-` says that there is nothing, but the other figure is {other}; "
                    "write … for what is not known"
                )
                yield ("years", str(year), name, measure), say(message, item=name, other=other)


def items_are_called_alike(spread: Spread) -> Iterator[tuple[Path, str]]:
    """An item that is nearly called as one of another year is the same item, misspelt."""
    years = spread.table.years
    for (_, before), (year, items) in pairwise(years.items()):
        for name in items:
            gone = [other for other in before if other not in items]
            near = get_close_matches(name, gone, n=1, cutoff=0.85) if name not in before else []
            if near:
                message = mark("{item} is called {near} in another year; is it the same?")
                yield ("years", str(year), name), say(message, item=name, near=near[0])


def roundings(spread: Spread) -> Iterator[tuple[Path, str]]:
    """Where rounded parts do not add up to their rounded total, a note says so."""
    if any(re.search("afgerond|afronding", note) for note in spread.table.notes):
        return
    for grid in spread.grids():
        for total, parts in _sums(spread, grid):
            added = sum(parts, Decimal())
            if parts and added != total:
                message = mark(
                    "rounded, the parts add up to {sum} and the total is {total}; the usual note "
                    "is: Door afronding kan de som afwijken van het totaal."
                )
                yield ("notes",), say(message, sum=added, total=total)
                return


def _sums(spread: Spread, grid: Grid) -> Iterator[tuple[Decimal, list[Decimal]]]:
    """Each printed total of amounts or shares that is a sum, or change, and its printed parts."""
    for line in zip(*grid.cells, strict=True):
        yield from _sums_along(spread, "rows", [*zip(grid.rows, line, strict=True)])
    for line in grid.cells:
        yield from _sums_along(spread, "columns", [*zip(grid.columns, line, strict=True)])
    for row, cells in zip(grid.rows, grid.cells, strict=True):
        for column, cell in zip(grid.columns, cells, strict=True):
            if cell.measure == "total_change" and isinstance(cell.value, Decimal):
                place = spread.place(grid.members, row, column)
                now, before = spread.compared_totals(place)
                yield cell.value, [now, -before]


def _sums_along(
    spread: Spread, axis: Axis, line: list[tuple[Line, Cell]]
) -> Iterator[tuple[Decimal, list[Decimal]]]:
    for whole, total in line:
        if None not in whole or total.measure not in ("total", "count_share", "total_share"):
            continue
        kept = sum(1 for d, m in zip(_of(spread, axis), whole, strict=True) if m and d != "measure")
        meant = spread.total(axis, kept)
        parts = [
            cell.value
            for member, cell in line
            if None not in member and cell.measure == total.measure
            if all(w in (None, m) for w, m in zip(whole, member, strict=True))
        ]
        if meant is None or meant.meaning != "sum" or any(map(is_withheld, parts)):
            continue
        if isinstance(total.value, Decimal):
            yield total.value, [part for part in parts if isinstance(part, Decimal)]


def _of(spread: Spread, axis: Axis) -> tuple[str, ...]:
    return spread.rows if axis == "rows" else spread.columns


# --- tables beside each other, and beside the text ------------------------------------------------


def figures_agree(case: Case) -> Iterator[Finding]:
    """The same item, year and measure is the same figure wherever it is given."""
    given: dict[tuple[object, ...], tuple[str, object]] = {}
    for name, table in case.answer.tables.items():
        for year, item_name, item in table.items():
            for measure in MEASURES[:2]:
                value = getattr(item, measure)
                key = (year, item_name, frozenset(item.labels.items()), measure)
                if not isinstance(value, int | Decimal):
                    continue
                first, earlier = given.setdefault(key, (name, value))
                if earlier != value:
                    message = mark("{item} in {year}: {measure} is {value} here and {earlier} in "
                                   "table {table}")  # fmt: skip
                    told = say(message, item=item_name, year=year, measure=measure, value=value,
                               earlier=earlier, table=first)  # fmt: skip
                    yield Finding(("tables", name, "years", str(year), item_name, measure), told)


NUMBER = (
    r"(?:\s*[:(]\s*|\s+)(?:€\s*)?([0-9]{1,3}(?:[.\s][0-9]{3})+|[0-9]+)(?![0-9]*[.,]?[0-9])(?!\s*%)"
)
"""A whole number that follows a name, as `advies: 452` or `advies (€ 1.200)`."""


def texts_agree_with_tables(case: Case) -> Iterator[Finding]:
    """A number that stands in a text right after the name of a row or column is in that table."""
    shown = _shown(case)
    for path, text in case.prose():
        for word, values in shown.items():
            for match in re.finditer(rf"(?<!\w){re.escape(word)}{NUMBER}", text, re.IGNORECASE):
                number = int(re.sub(r"\D", "", match[1]))
                if number not in values and not 1900 <= number <= 2100:  # noqa: PLR2004 -- a year
                    message = mark("the text says {number} for {name}, the tables do not")
                    yield Finding(path, say(message, number=match[1], name=word), match[0])


def _shown(case: Case) -> dict[str, set[int]]:
    """The figures of each row and each column, by its name."""
    shown: dict[str, set[int]] = {}
    spreads = (Spread(table) for table in case.answer.tables.values())
    for spread, grid in ((s, g) for s in spreads if not any(faults(s)) for g in s.grids()):
        for row, cells in zip(grid.rows, grid.cells, strict=True):
            for column, cell in zip(grid.columns, cells, strict=True):
                if isinstance(cell.value, int | Decimal):
                    for word in (*_names(spread, "rows", row), *_names(spread, "columns", column)):
                        shown.setdefault(word, set()).add(int(rounded(Decimal(cell.value), 0)))
    return shown


def _names(spread: Spread, axis: Axis, line: Line) -> list[str]:
    """What a text may call a line: its members, or the heading of the total."""
    total = spread.total(axis)
    return [m for m in line if m] or ([total.label] if total else [])


def headings_are_written_alike(case: Case) -> Iterator[Finding]:
    """`advies` in one table and `Advies` in the next look like two things."""
    for name, table in case.answer.tables.items():
        spellings: dict[str, dict[str, None]] = {}
        spread = Spread(table)
        if any(faults(spread)) or any(captions(spread)):
            continue
        for view in table_views(table, case.style):
            rows = (cell for row in view.rows for cell in row if cell.heading)
            for cell in (*view.head, *rows):
                spellings.setdefault(cell.text.casefold(), {})[cell.text] = None
        for written in spellings.values():
            if len(written) > 1:
                message = mark("table {table}: {words} differ only in capitals")
                told = say(message, table=name, words=", ".join(written))
                yield Finding(("tables", name, "headings"), told)


def amounts_have_a_unit(case: Case) -> Iterator[Finding]:
    """Amounts say that they are euros: in the cell, in the heading or in the caption."""
    for name, table in case.answer.tables.items():
        spread = Spread(table)
        for measure in spread.measures:
            notation = notation_of(measure, table, case.style)[1]
            words = f"{notation.before}{notation.after}"
            words += table.headings.get(measure, {}).get("", case.style.headings.get(measure, ""))
            words += "".join(table.captions.values())
            of_euros = base_of(measure) != "count" and kind_of(measure) in ("", "change")
            if of_euros and not re.search("€|eur", words, re.IGNORECASE):
                message = mark(
                    "table {table}: nothing says that the {measure} is in euros; put it in the "
                    "heading"
                )
                yield Finding(
                    ("tables", name, "headings"), say(message, table=name, measure=measure)
                )
