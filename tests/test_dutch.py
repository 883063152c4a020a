"""Notation: what is written can be read back."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kmo_report.dutch import MONTHS, day, enumeration, number


def test_the_notation_of_the_seed() -> None:
    assert number(Decimal(4150), thousands="") == "4150"
    assert number(Decimal(2305219)) == "2.305.219"
    assert number(Decimal("2.68"), decimals=2) == "2,68"
    assert day(date(2020, 2, 13)) == "13 februari 2020"


@given(st.decimals(-(10**15), 10**15, places=2))
def test_a_number_reads_back(value: Decimal) -> None:
    text = number(value, decimals=2)
    assert Decimal(text.replace(".", "").replace(",", ".")) == value


@given(st.dates())
def test_a_day_reads_back(value: date) -> None:
    number_, month, year = day(value).split(" ")
    assert date(int(year), MONTHS.index(month) + 1, int(number_)) == value


def test_an_enumeration() -> None:
    assert enumeration(["1"]) == "1"
    assert enumeration(["1", "2"]) == "1 en 2"
    assert enumeration(["3", "4", "5", "9", "10"]) == "3, 4, 5, 9 en 10"
