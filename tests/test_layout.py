"""One mechanism for all layouts: whatever stands where, a cell holds the same figure."""

from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kmo_report.checks import layouts
from kmo_report.checks.layouts import faults, gaps
from kmo_report.layout import Grid, Line, Spread
from kmo_report.model.table import Table

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


def cells(grids: list[Grid], spread: Spread) -> dict[frozenset[tuple[str, str | None]], object]:
    """Every figure by what it is, wherever it stands."""
    return {
        frozenset({**grid.members, **spread.place({}, row, column)}.items()): cell.value
        for grid in grids
        for row, line in zip(grid.rows, grid.cells, strict=True)
        for column, cell in zip(grid.columns, line, strict=True)
        if None not in (*row, *column)
    }


@given(data())
def test_a_figure_is_the_same_in_every_layout(years: Tree) -> None:
    dimensions = ("year", "theme", "service", "measure")
    seen = []
    for per, rows, columns in permutations(dimensions, 3):
        (other,) = set(dimensions) - {per, rows, columns}
        layout = {"table_per": [per, other], "rows": rows, "columns": columns}
        spread = Spread(table(years, layout))
        assert not list(faults(spread))
        assert not list(gaps(spread))
        seen.append(cells(list(spread.grids()), spread))
    assert seen[0]
    assert all(found == seen[0] for found in seen)


@given(data())
def test_totals_are_the_sums_of_their_rows_and_columns(years: Tree) -> None:
    layout = {"rows": "theme", "columns": "service", "totals": {"rows": "T", "columns": "T"}}
    for grid in Spread(table(years, {**layout, "measures": ["count"]})).grids():
        assert grid.rows[-1] == (None,)
        assert grid.columns[-1] == (None,)
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
            assert cell.value == sum(Decimal(i["total"]) for i in items if (i["theme"],) == row)


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
    return [message for _, message in layouts.differences(spread)]


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
        assert bool(list(layouts.differences(spread))) is wrong
        (grid,) = spread.grids()
        assert grid.cells[-1][0].value == int(count)
        assert grid.cells[-1][1].value == 3054359


def test_thousands_of_rows_are_no_square() -> None:
    """Every cell is looked up, none is searched for."""
    years = {"2019": {f"i{n}": {"count": "1", "total": "1"} for n in range(20_000)}}
    (grid,) = Spread(table(years, {"name": "per-year", "totals": {"rows": "T"}})).grids()
    assert [cell.value for cell in grid.cells[-1]] == [20_000, 20_000, 1]


# --- blocks, order, tops ---------------------------------------------------------------------


def numbers(grid: Grid) -> dict[Line, list[Any]]:
    """The values of each row of a grid."""
    return {
        row: [cell.value for cell in cells]
        for row, cells in zip(grid.rows, grid.cells, strict=True)
    }


NESTED: Tree = {
    "table_per": "measure",
    "rows": ["theme", "service"],
    "columns": "year",
    "measures": ["count"],
    "totals": {"rows": "T", "subtotals": "S"},
}


@given(data(), st.sampled_from(["start", "end"]), st.sampled_from(["start", "end"]))
def test_subtotals_are_the_sums_of_their_blocks_and_the_total_of_the_subtotals(
    years: Tree, of_all: str, of_blocks: str
) -> None:
    totals = {"rows": {"label": "T", "at": of_all}, "subtotals": {"label": "S", "at": of_blocks}}
    spread = Spread(table(years, {**NESTED, "totals": totals}))
    assert not list(faults(spread))
    (grid,) = spread.grids()
    assert grid.rows[0 if of_all == "start" else -1] == (None, None)
    lines = numbers(grid)
    blocks = {theme: [r for r in grid.rows if r[0] == theme] for theme, _ in grid.rows if theme}
    for theme, rows in blocks.items():
        assert rows[0 if of_blocks == "start" else -1] == (theme, None)
        # A block stands together, and its label in each of its rows.
        first = grid.rows.index(rows[0])
        assert [*grid.rows[first : first + len(rows)]] == rows
        inner = [lines[row] for row in rows if row[1] is not None]
        assert [sum(column) for column in zip(*inner, strict=True)] == lines[theme, None]
    subtotals = [lines[theme, None] for theme in blocks]
    assert [sum(column) for column in zip(*subtotals, strict=True)] == lines[None, None]


@given(data(), st.sampled_from(["oldest-first", "newest-first"]))
def test_years_stand_in_the_order_that_is_asked_for(years: Tree, order: str) -> None:
    expected = sorted(years, reverse=order == "newest-first")
    for layout in ({"rows": "theme", "columns": "year"}, {"rows": "year"}, {"table_per": "year"}):
        spread = Spread(table(years, {**layout, "years": order, "measures": ["count"]}))
        grids = list(spread.grids())
        if spread.rows == ("year",):
            assert [row for (row,) in grids[0].rows] == expected
        elif spread.columns == ("year",):
            assert [column for (column,) in grids[0].columns] == expected
        else:
            assert [grid.members["year"] for grid in grids] == expected


@given(st.lists(st.integers(0, 50), min_size=1, max_size=9), st.integers(1, 4))
def test_a_top_shows_the_largest_and_the_rest_together(counts: list[int], rows: int) -> None:
    items = {f"i{n}": {"count": str(count)} for n, count in enumerate(counts)}
    top = {"rows": str(rows), "rest": "Overige"}
    layout = {"name": "per-year", "top": top, "totals": {"rows": "T"}}
    (grid,) = Spread(table({"2019": items}, layout)).grids()
    lines = {row: line[0] for (row,), line in numbers(grid).items()}
    shown = [row for row in lines if row not in (None, "Overige")]
    # One that would be alone in the rest is called by its name.
    assert len(shown) == (len(counts) if len(counts) <= rows + 1 else rows)
    assert [lines[row] for row in shown] == sorted(counts, reverse=True)[: len(shown)]
    assert lines.get("Overige", 0) == sum(counts) - sum(lines[row] for row in shown)
    assert lines[None] == sum(counts)


def test_a_top_is_made_in_each_block_and_by_what_is_asked() -> None:
    years = {
        "2019": {
            f"{theme}{n}": {"count": str(n), "total": str(100 - n), "theme": theme, "town": f"t{n}"}
            for theme in "AB"
            for n in range(1, 6)
        }
    }
    top = {"rows": "2", "rest": "Overige"}
    layout: Tree = {"rows": ["theme", "town"], "top": top}
    by_count, by_total = (
        [*next(Spread(table(years, wanted)).grids()).rows]
        for wanted in (
            {**layout, "measures": ["count"]},
            {**layout, "measures": ["count"], "top": {**top, "by": "total"}},
        )
    )
    towns = ["t5", "t4", "Overige"]
    assert by_count == [(theme, town) for theme in "AB" for town in towns]
    assert by_total == [(theme, town) for theme in "AB" for town in ("t1", "t2", "Overige")]


# --- shares and changes ----------------------------------------------------------------------


@given(data(), st.sampled_from(["column", "row", "table"]))
def test_shares_are_of_the_column_the_row_or_the_table(years: Tree, of: str) -> None:
    layout = {"table_per": ["measure", "year"], "rows": "theme", "columns": "service"}
    totals = {"rows": "T", "columns": "T"}
    spread = Spread(
        table(
            years,
            {**layout, "measures": ["count", "count_share"], "share_of": of, "totals": totals},
            decimals={"percent": "4"},
        )
    )
    assert not list(faults(spread))
    grids = list(spread.grids())
    counts = {g.members["year"]: numbers(g) for g in grids if g.members["measure"] == "count"}
    for grid in (g for g in grids if g.members["measure"] == "count_share"):
        known = counts[grid.members["year"]]
        for row, shares in numbers(grid).items():
            for at, share in enumerate(shares):
                whole = known[(None,) if of != "row" else row][-1 if of != "column" else at]
                if whole:
                    exact = Fraction(known[row][at] * 100, whole)
                    assert abs(Fraction(share) - exact) <= Fraction(1, 20000)
                else:
                    assert share == "-"


def test_what_changed_is_against_the_year_before_and_the_first_has_none() -> None:
    years = {
        "2017": {"A": {"count": "4", "total": "10"}, "B": {"count": "…", "total": "1"}},
        "2018": {"A": {"count": "6", "total": "5"}, "B": {"count": "5", "total": "1"}},
        "2020": {"A": {"count": "9", "total": "9"}, "B": {"count": "0", "total": "0"}},
    }
    measures = ["count", "count_change", "count_growth", "average_change"]
    layout = {"rows": "item", "columns": ["year", "measure"], "measures": measures}
    (grid,) = Spread(table(years, layout)).grids()
    # 2020 has no 2019 before it in the data, and 2017 nothing at all.
    assert [c for c in grid.columns if c[1] != "count"] == [("2018", m) for m in measures[1:]]
    assert [*map(str, numbers(grid)["A",])] == ["4", "6", "2", "50.0", "-2", "9"]
    assert [*map(str, numbers(grid)["B",])] == ["…", "5", "…", "…", "…", "0"]
    tall = {"rows": "year", "columns": "measure", "measures": ["count", "count_change"]}
    (grid,) = Spread(table(years, {**tall, "totals": {"rows": "T"}}, missing="-")).grids()
    assert [line[1] for line in numbers(grid).values()] == ["-", "…", "-", "-"]


def test_what_was_not_there_a_year_before_has_nothing_to_be_compared_with() -> None:
    years = {"2018": {"A": {"count": "0"}}, "2019": {"A": {"count": "6"}, "B": {"count": "5"}}}
    layout = {"table_per": "year", "measures": ["count", "count_change", "count_growth"]}
    first, second = Spread(table(years, layout)).grids()
    assert first.columns == (("count",),)
    assert [*map(str, numbers(second)["A",])] == ["6", "6", "-"]
    assert [*map(str, numbers(second)["B",])] == ["5", "-", "-"]


def test_a_share_of_a_total_that_must_be_given_wants_it() -> None:
    years = {"2019": {"A": {"count": "4"}, "B": {"count": "5"}}}
    totals = {"rows": {"label": "Totaal", "meaning": "distinct"}}
    layout = {"name": "per-year", "measures": ["count", "count_share"], "totals": totals}
    assert "2019, row Totaal is distinct" in next(gaps(Spread(table(years, layout))))[1]
    spread = Spread(table(years, layout, given=[{"count": "8"}]))
    assert not list(gaps(spread))
    (grid,) = spread.grids()
    assert [str(line[1]) for line in numbers(grid).values()] == ["50.0", "62.5", "100.0"]
