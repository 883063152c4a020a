"""Laws of the figures: exact sums, one rounding, averages of sums."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kmo_report.compute import (
    Comparison,
    Figures,
    add_up,
    average,
    cents,
    compared,
    half_up,
    rounded,
)
from kmo_report.model.table import Item, Missing

counts = st.integers(0, 10**15 - 1)
totals = st.integers(0, 10**17 - 1).map(lambda n: Decimal(n).scaleb(-2))
items = st.builds(lambda c, t: Item.model_construct(count=c, total=t), counts, totals)


@given(st.lists(items, min_size=1))
def test_a_sum_is_exact(some: list[Item]) -> None:
    figures = add_up(some)
    assert figures.count == sum(item.count for item in some if isinstance(item.count, int))
    exact = sum(Fraction(item.total) for item in some if isinstance(item.total, Decimal))
    assert isinstance(figures.total, Decimal)
    assert Fraction(figures.total) == exact


@given(totals, st.integers(1, 10**15), st.integers(0, 6))
def test_an_average_is_the_quotient_rounded_once_half_up(
    total: Decimal, count: int, decimals: int
) -> None:
    scaled = Fraction(total) / count * 10**decimals
    expected = (scaled + Fraction(1, 2)).__floor__()
    assert Fraction(average(total, count, decimals)) == Fraction(expected, 10**decimals)


def test_an_average_is_not_rounded_twice() -> None:
    # 0.4999... would be 0.5 after a first rounding and 1 after a second.
    assert average(Decimal("4999999999999.99"), 10**13, 0) == 0
    assert average(Decimal("0.05"), 10, 2) == Decimal("0.01")  # 0.005, half up


def test_the_averages_of_the_seed() -> None:
    seed = {(749140, 452): 1657, (2305219, 4150): 555, (3054359, 4602): 664}
    seed |= {(27409, 13): 2108, (67457, 164): 411, (94866, 177): 536}
    for (total, count), expected in seed.items():
        assert average(Decimal(total), count, 0) == expected


def test_the_average_of_a_total_is_not_the_mean_of_the_means() -> None:
    hrm = [
        Item.model_construct(count=452, total=Decimal(749140)),
        Item.model_construct(count=4150, total=Decimal(2305219)),
    ]
    assert add_up(hrm).average(0) == 664


def test_nothing_to_divide_by_is_an_empty_average() -> None:
    assert Figures(0, Decimal(0)).average(0) == ""


@given(st.integers(-(10**9), 10**9), st.integers(0, 2))
def test_rounding_is_half_up_and_off_by_half_at_most(number: int, decimals: int) -> None:
    value = Decimal(number).scaleb(-3)
    assert abs(rounded(value, decimals) - value) <= Decimal("0.5").scaleb(-decimals)
    assert rounded(Decimal("536.5"), 0) == 537
    assert rounded(Decimal("2.675"), 2) == Decimal("2.68")


@given(totals)
def test_cents_are_whole(total: Decimal) -> None:
    assert Decimal(cents(total)).scaleb(-2) == total


def missing(mark: str) -> Item:
    gone = Missing.model_construct(mark=mark, reason="x")
    return Item.model_construct(count=gone, total=gone)


def test_a_dash_is_nothing_and_an_ellipsis_is_not_known() -> None:
    one = Item.model_construct(count=1, total=Decimal(5))
    assert add_up([one, missing("-")]) == Figures(1, Decimal(5))
    assert add_up([one, missing("…"), missing("-")]) == Figures("…", "…")
    assert add_up([one, missing("")]) == Figures("", "")
    assert add_up([missing("-")]) == Figures("-", "-")
    assert add_up([one, Item()]) == Figures(None, None)
    assert Figures(3, "…").average(0) == "…"
    assert Figures("-", Decimal(1)).average(0) == "-"
    assert Figures(None, Decimal(1)).average(0) is None


def test_a_comparison_is_rounded_once_and_keeps_the_marks() -> None:
    assert compared("share", Fraction(1), Fraction(3), 1) == Decimal("33.3")
    assert compared("change", Fraction(1, 3), Fraction(1), 2) == Decimal("-0.67")
    assert compared("growth", Fraction(3), Fraction(4), 0) == Decimal(-25)
    kinds: tuple[Comparison, ...] = ("share", "change", "growth")
    for kind in kinds:
        assert compared(kind, "<5", Fraction(9), 0) == compared(kind, Fraction(9), "x", 0) == "x"
        assert compared(kind, "…", Fraction(9), 0) == "…"
        assert compared(kind, "-", Fraction(9), 0) == "-"
        assert compared(kind, "-", "…", 0) == "…"
        assert compared(kind, None, Fraction(9), 0) is None
    assert compared("growth", Fraction(3), Fraction(0), 0) == "-"
    assert compared("share", Fraction(0), Fraction(0), 0) == "-"


@given(st.fractions(-(10**6), 10**6), st.integers(0, 3))
def test_halves_go_away_from_nought(exact: Fraction, decimals: int) -> None:
    found = Fraction(half_up(exact, decimals))
    assert half_up(-exact, decimals) == -half_up(exact, decimals)
    assert abs(found - exact) <= Fraction(1, 2 * 10**decimals)
    assert half_up(Fraction(-1, 2), 0) == -1
