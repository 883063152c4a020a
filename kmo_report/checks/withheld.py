"""Rules on small counts: what is withheld does not come out another way."""

import re
from collections.abc import Iterator

from kmo_report.checks.figures import NUMBER
from kmo_report.checks.layouts import faults
from kmo_report.checks.rule import Case, Finding
from kmo_report.language import mark, say
from kmo_report.layout import Line, Spread
from kmo_report.model.table import Item, Table
from kmo_report.source import Path
from kmo_report.withhold import given_away, published_table, withheld


def withheld_figures_stay_so(case: Case) -> Iterator[Finding]:
    """A small count does not follow from a total, another table, or the text."""
    tables = {
        name: published_table(table, case.style)
        for name, table in case.answer.tables.items()
        if not any(faults(Spread(table)))
    }
    for name, table in tables.items():
        for path, message in given_away(table):
            yield Finding(("tables", name, *path), message)
        if table.layout.top and _order(case.answer.tables[name]) != _order(table):
            message = mark(
                "table {table}: the order of the top says how large withheld figures are; show "
                "fewer rows, so that they are all in the rest"
            )
            yield Finding(("tables", name, "layout", "top"), say(message, table=name))
        yield from _elsewhere(name, tables)
        yield from _in_texts(case, case.answer.tables[name], table)


def _order(table: Table) -> list[tuple[Line, ...]]:
    return [grid.rows for grid in Spread(table).grids()]


def _elsewhere(name: str, tables: dict[str, Table]) -> Iterator[Finding]:
    secret = {
        (year, item_name, frozenset(tables[name].years[year][item_name].labels.items()))
        for year, item_name in withheld(tables[name])
    }
    for other, table in tables.items():
        for year, item_name, item in table.items() if secret else ():
            key = (year, item_name, frozenset(item.labels.items()))
            if isinstance(item.count, int) and key in secret:
                message = mark("{item} in {year} is withheld in table {table}, but shown here")
                path: Path = ("tables", other, "years", str(year), item_name, "count")
                yield Finding(path, say(message, item=item_name, year=year, table=name))


def _in_texts(case: Case, typed: Table, table: Table) -> Iterator[Finding]:
    for year, name in withheld(table):
        item: Item = typed.years[year][name]
        for path, text in case.prose() if isinstance(item.count, int) else ():
            for match in re.finditer(rf"(?<!\w){re.escape(name)}{NUMBER}", text, re.IGNORECASE):
                if int(re.sub(r"\D", "", match[1])) == item.count:
                    message = mark(
                        "{item} in {year} is withheld in its table, but the text says it"
                    )
                    yield Finding(path, say(message, item=name, year=year), match[0])
