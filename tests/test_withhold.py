"""Small counts: what is withheld stays so, and as little as possible is."""

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from kmo_report.fill import fill
from kmo_report.layout import Spread, kind_of
from kmo_report.load import load_answer
from kmo_report.model.table import Table, is_withheld
from kmo_report.template import Template
from kmo_report.view import page
from kmo_report.withhold import (
    Line,
    given_away,
    published,
    published_source,
    published_table,
    withheld,
)
from tests.conftest import GOOD, STYLE

BELOW = 5
CASE = GOOD["small-counts"] / "answer.yaml"


SHARES = ("count", "count_share", "total_share")


def table(
    counts: list[list[int]], *, second: bool, totals: tuple[str, ...], **layout: object
) -> Table:
    """Rows by columns of counts, each with an amount."""
    items = {
        f"{r}{c}": {"count": str(count), "total": str(count * 7), "row": f"r{r}", "column": f"c{c}"}
        for r, row in enumerate(counts)
        for c, count in enumerate(row)
    }
    return Table.model_validate(
        {
            "years": {"2023": items},
            "layout": {
                "table_per": "measure",
                "rows": "row",
                "columns": "column",
                "totals": dict.fromkeys(totals, "Totaal"),
                **layout,
            },
            "captions": "t",
            "small_counts": {"below": str(BELOW), "second": "true" if second else "false"},
        }
    )


@st.composite
def tables(draw: st.DrawFn, *, second: bool) -> Table:
    width, height = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    count = st.integers(0, 9)
    rows = st.lists(st.lists(count, min_size=width, max_size=width), min_size=height,
                    max_size=height)  # fmt: skip
    totals = draw(st.sampled_from([(), ("rows",), ("columns",), ("rows", "columns")]))
    layouts: list[dict[str, object]] = [{}, {"measures": SHARES}]
    layouts += [{"measures": SHARES, "share_of": of} for of in ("row", "table")]
    layouts += [{"rows": ["row", "item"]}, {"top": {"rows": "1", "rest": "rest"}}]
    layout = draw(st.sampled_from(layouts))
    if "rows" in layout:
        totals = (*totals, "subtotals")
    return table(draw(rows), second=second, totals=totals, **layout)


def refused(typed: Table) -> bool:
    """A top that its withheld figures would put in another order is an error of its own."""
    shown = published_table(typed, STYLE)
    return [g.rows for g in Spread(typed).grids()] != [g.rows for g in Spread(shown).grids()]


def possible(shown: Table) -> dict[Line, set[int]]:
    """What each withheld count may be, for all that is printed: every way to fill them is tried."""
    marks = withheld(shown)
    spread = Spread(shown)
    known = {(y, name): item.count for y, name, item in shown.items() if (y, name) not in marks}
    sums = []
    for place, entries in spread.groups.items():
        figures = spread.figures(place)
        if figures and len(entries) > 1 and isinstance(figures.count, int):
            sums.append(([(y, name) for y, name, _ in entries], figures.count))
    # More than the largest count that is drawn, so that `x` has no upper end that matters.
    ranges = [range(1, BELOW) if mark[0] == "<" else range(BELOW, 14) for mark in marks.values()]
    found: dict[Line, set[int]] = {line: set() for line in marks}
    for values in product(*ranges):
        told: dict[Line, Any] = {**known, **dict(zip(marks, values, strict=True))}
        if all(sum(told[line] for line in lines) == total for lines, total in sums):
            for line in marks:
                found[line].add(told[line])
    return found


def given_lines(shown: Table) -> set[Line]:
    return {(int(path[1]), path[2]) for path, _ in given_away(shown)}


@settings(max_examples=60)
@given(tables(second=False))
def test_what_is_said_to_be_given_away_has_one_value_left(typed: Table) -> None:
    shown = published_table(typed, STYLE)
    values = possible(shown) if len(withheld(shown)) <= 4 else {}
    for line in given_lines(shown) & values.keys():
        assert len(values[line]) == 1


@settings(max_examples=60)
@given(tables(second=True))
def test_with_second_figures_no_small_count_is_left_with_one_value(typed: Table) -> None:
    shown = published_table(typed, STYLE)
    marks = withheld(shown)
    if given_lines(shown) or refused(typed) or len(marks) > 5:
        return  # it is said that it cannot be done; or too many ways to try
    for line, values in possible(shown).items():
        if marks[line][0] == "<":
            assert len(values) > 1, (line, shown)


def test_a_chain_of_totals_is_seen_through() -> None:
    """No total alone gives it away, the four together do: 2 columns of x beside one cell."""
    counts = [[6, 7, 9], [8, 6, 9], [9, 9, 3]]
    shown = published_table(table(counts, second=False, totals=("rows",)), STYLE)
    assert given_lines(shown) == {(2023, "22")}
    tree = typed_block()
    assert given_lines(Table.model_validate(tree)) == {(2023, "02")}


def typed_block() -> dict[str, Any]:
    """What is left of row 0 is its third cell: 30 less two columns of 20, and row 1 of 20 again."""
    counts = [["x", "x", "x"], ["x", "x", "9"], ["8", "8", "x"]]
    items = {
        f"{r}{c}": {"count": count, "row": f"r{r}", "column": f"c{c}"}
        for r, row in enumerate(counts)
        for c, count in enumerate(row)
    }
    sums = {("row", "r0"): 30, ("row", "r1"): 29, ("column", "c0"): 28, ("column", "c1"): 28}
    return {
        "years": {"2023": items},
        "layout": {
            "rows": "row",
            "columns": "column",
            "measures": ["count"],
            "totals": {"rows": "Totaal", "columns": "Totaal"},
        },
        "captions": "t",
        "given": [
            {"year": "2023", label: name, "count": str(n)} for (label, name), n in sums.items()
        ],
    }


def test_without_totals_nothing_more_is_withheld() -> None:
    counts = [[1, 9], [9, 2]]
    shown = published_table(table(counts, second=True, totals=()), STYLE)
    assert set(withheld(shown).values()) == {"<5"}
    assert not given_lines(shown)


def test_sums_are_printed_as_before_unless_they_are_small() -> None:
    shown = published_table(table([[1, 2], [9, 8]], second=False, totals=("columns",)), STYLE)
    grids = list(Spread(shown).grids())
    assert [[cell.value for cell in row] for row in grids[0].cells] == [
        ["<5", "<5", "<5"],
        [9, 8, 17],
    ]
    assert [[str(cell.value) for cell in row] for row in grids[1].cells] == [
        ["x", "x", "x"],
        ["63", "56", "119"],
    ]


def test_the_data_that_travel_along_withhold_the_same_and_make_the_same_document(
    template: Template,
) -> None:
    content = CASE.read_bytes()
    answer = load_answer(content, "answer.yaml").model
    shown = published(answer, STYLE)
    source = published_source(content, shown)
    again = load_answer(source, "answer.yaml").model
    assert published(again, STYLE) == again
    assert fill(page(again, STYLE), template).html == fill(page(shown, STYLE), template).html
    for figure in (b"'3'", b"'240'", b"'14'", b"'1400'", b"'9'"):
        assert figure not in source


def test_an_answer_that_withholds_nothing_travels_as_it_is() -> None:
    content = (GOOD["example-2b"] / "answer.yaml").read_bytes()
    answer = load_answer(content, "answer.yaml").model
    assert published_source(content, published(answer, STYLE)) is content


# --- what is made of withheld figures ----------------------------------------------------------


@settings(max_examples=60)
@given(tables(second=True))
def test_what_is_made_of_a_withheld_figure_is_withheld(typed: Table) -> None:
    """A share or a change with a number in it is one of printed sums, and of nothing else."""
    spread = Spread(published_table(typed, STYLE))
    for grid in spread.grids():
        for row, cells in zip(grid.rows, grid.cells, strict=True):
            for column, cell in zip(grid.columns, cells, strict=True):
                place = {**spread.place(grid.members, row, column)}
                at = frozenset((d, m) for d, m in place.items() if m and d != "measure")
                of = spread.figures(at), spread.figures(spread.whole(at))
                if kind_of(cell.measure) and any(f and is_withheld(f.count) for f in of):
                    assert cell.value == "x"


def test_a_share_tells_the_whole_and_so_what_is_left() -> None:
    """40 is 95 % of all: some 42, so the other is 2 or so."""
    layout: dict[str, object] = {"measures": ["count", "count_share"]}
    shown = published_table(table([[2], [40]], second=False, totals=(), **layout), STYLE)
    assert given_lines(shown) == {(2023, "00")}
    shown = published_table(table([[2], [40]], second=False, totals=(), measures=["count"]), STYLE)
    assert not given_lines(shown)


def test_a_subtotal_gives_away_what_is_alone_in_its_block() -> None:
    counts = [[2, 40], [30, 20]]
    nested: dict[str, object] = {"rows": ["row", "item"], "columns": "year"}
    subtotals = ("subtotals",)
    shown = published_table(table(counts, second=False, totals=subtotals, **nested), STYLE)
    assert given_lines(shown) == {(2023, "00")}
    shown = published_table(table(counts, second=True, totals=subtotals, **nested), STYLE)
    assert withheld(shown) == {(2023, "00"): "<5", (2023, "01"): "x"}
    assert not given_lines(shown)


def test_the_rest_of_a_top_may_hold_small_counts() -> None:
    counts = [[30], [3], [2], [1], [20]]
    top: dict[str, object] = {"top": {"rows": "2", "rest": "Overige"}, "measures": ["count"]}
    typed = table(counts, second=False, totals=(), **top)
    shown = published_table(typed, STYLE)
    (grid,) = Spread(shown).grids()
    assert grid.rows == (("r0",), ("r4",), ("Overige",))
    assert [cells[0].value for cells in grid.cells] == [30, 20, 6]
    assert [grid.rows for grid in Spread(typed).grids()] == [grid.rows]
    assert not given_lines(shown)


def test_a_change_between_a_shown_and_a_withheld_figure_is_withheld() -> None:
    items = {"2022": {"A": {"count": "3"}, "B": {"count": "9"}}}
    items["2023"] = {"A": {"count": "8"}, "B": {"count": "7"}}
    layout = {"columns": ["year", "measure"], "measures": ["count", "count_change", "count_growth"]}
    tree = {"years": items, "layout": layout, "captions": "t", "small_counts": {"below": "5"}}
    (grid,) = Spread(published_table(Table.model_validate(tree), STYLE)).grids()
    assert [[str(cell.value) for cell in cells] for cells in grid.cells] == [
        ["<5", "8", "x", "x"],
        ["9", "7", "-2", "-22.2"],
    ]


def test_blocks_and_tops_travel_along_as_they_are_printed(template: Template) -> None:
    content = (GOOD["blocks"] / "answer.yaml").read_bytes()
    top = b"rows: [province, district]\n      top: {rows: 1, rest: Overige}"
    assert b"rows: [province, district]\n" in content
    for text in (content, content.replace(b"rows: [province, district]", top)):
        shown = published(load_answer(text, "answer.yaml").model, STYLE)
        again = load_answer(published_source(text, shown), "answer.yaml").model
        assert published(again, STYLE) == again
        assert fill(page(again, STYLE), template).html == fill(page(shown, STYLE), template).html
