"""One mechanism for all layouts: whatever stands where, a cell holds the same figure."""

from decimal import Decimal
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kmo_report.layout import Grid, Spread
from kmo_report.model import Table

Tree = dict[str, Any]

figures = st.fixed_dictionaries(
    {"count": st.integers(0, 10**6).map(str), "total": st.integers(0, 10**9).map(str)}
)


@st.composite
def data(draw: st.DrawFn) -> Tree:
    """Three years of themes and services, every combination given."""
    years = draw(st.lists(st.sampled_from(["2017", "2018", "2019"]), min_size=1, unique=True))
    themes = draw(st.lists(st.sampled_from("ABC"), min_size=1, unique=True))
    services = draw(st.lists(st.sampled_from("xyz"), min_size=1, unique=True))
    return {
        year: {
            f"{t}{s}": {**draw(figures), "theme": t, "service": s} for t in themes for s in services
        }
        for year in years
    }


def table(years: Tree, layout: object, **more: object) -> Table:
    captions = "titel"
    return Table.model_validate({"years": years, "layout": layout, "captions": captions, **more})


def cells(grids: list[Grid], spread: Spread) -> dict[frozenset[tuple[str, str]], object]:
    """Every figure by what it is, wherever it stands."""
    return {
        frozenset({**grid.members, spread.rows: row, spread.columns: column}.items()): cell.value
        for grid in grids
        for row, line in zip(grid.rows, grid.cells, strict=True)
        for column, cell in zip(grid.columns, line, strict=True)
        if row is not None and column is not None
    }


@given(data())
def test_a_figure_is_the_same_in_every_layout(years: Tree) -> None:
    dimensions = ("year", "theme", "service", "measure")
    seen = []
    for per, rows, columns in permutations(dimensions, 3):
        (other,) = set(dimensions) - {per, rows, columns}
        layout = {"table_per": [per, other], "rows": rows, "columns": columns}
        spread = Spread(table(years, layout))
        assert not list(spread.faults())
        assert not list(spread.gaps())
        seen.append(cells(list(spread.grids()), spread))
    assert seen[0]
    assert all(found == seen[0] for found in seen)


@given(data())
def test_totals_are_the_sums_of_their_rows_and_columns(years: Tree) -> None:
    layout = {"rows": "theme", "columns": "service", "totals": {"rows": "T", "columns": "T"}}
    for grid in Spread(table(years, {**layout, "measures": ["count"]})).grids():
        assert grid.rows[-1] is None
        assert grid.columns[-1] is None
        *rows, total = ([cell.value for cell in line] for line in grid.cells)
        for line in (*rows, total):
            assert sum(line[:-1]) == line[-1]  # type: ignore[arg-type]
        for *column, last in zip(*rows, total, strict=True):
            assert sum(column) == last


@given(data())
def test_a_dimension_that_is_placed_nowhere_is_added_up(years: Tree) -> None:
    layout = {"table_per": "year", "rows": "theme", "columns": "measure", "measures": ["total"]}
    for grid in Spread(table(years, layout)).grids():
        items = years[grid.members["year"]].values()
        for row, (cell,) in zip(grid.rows, grid.cells, strict=True):
            assert cell.value == sum(Decimal(i["total"]) for i in items if i["theme"] == row)


SEED: Tree = {
    "2019": {
        "HRM advies": {"count": "452", "total": "749140", "theme": "HRM", "service": "Advies"},
        "HRM opl": {"count": "4150", "total": "2305219", "theme": "HRM", "service": "Opleiding"},
    }
}


def test_the_two_names_are_settings_of_the_one_mechanism() -> None:
    spelled = {
        "per-year": {"table_per": "year", "rows": "item", "columns": "measure"},
        "per-measure": {"table_per": "measure", "rows": "theme", "columns": "service"},
    }
    for name, layout in spelled.items():
        assert list(Spread(table(SEED, name)).grids()) == list(Spread(table(SEED, layout)).grids())


def differences(**given: str) -> list[str]:
    layout = {"rows": "theme", "columns": "service", "totals": {"columns": "Eindtotaal"}}
    spread = Spread(table(SEED, layout, given=[given]))
    return [message for _, message in spread.differences()]


def test_a_delivered_total_is_checked_and_named() -> None:
    assert differences(theme="HRM", count="4602", total="3054359.00", average="664") == []
    assert differences(theme="HRM", total="3054360") == [
        "2019, row HRM, column Eindtotaal: total is given as 3054360, expected 3054359 (the sum)"
    ]
    assert differences(theme="HRM", average="1106") == [
        "2019, row HRM, column Eindtotaal, average: is given as 1106, expected 664 (3054359 / 4602)"
    ]
    assert differences(theme="HR") == ["no item is 2019, row HR, column Eindtotaal"]


def test_a_distinct_total_may_be_less_than_the_sum_never_more() -> None:
    line = {"label": "T", "meaning": "distinct"}
    layout = {"rows": "service", "columns": "measure", "totals": {"rows": line}}
    for count, wrong in (("4602", False), ("4000", False), ("4603", True)):
        spread = Spread(table(SEED, layout, given=[{"year": "2019", "count": count}]))
        assert bool(list(spread.differences())) is wrong
        (grid,) = spread.grids()
        assert grid.cells[-1][0].value == int(count)
        assert grid.cells[-1][1].value == 3054359


def test_thousands_of_rows_are_no_square() -> None:
    """Every cell is looked up, none is searched for."""
    years = {"2019": {f"i{n}": {"count": "1", "total": "1"} for n in range(20_000)}}
    (grid,) = Spread(table(years, {"name": "per-year", "totals": {"rows": "T"}})).grids()
    assert [cell.value for cell in grid.cells[-1]] == [20_000, 20_000, 1]
