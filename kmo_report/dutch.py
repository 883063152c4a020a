"""Numbers, dates and enumerations as Flemish readers write them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def number(value: Decimal, *, decimals: int = 0, thousands: str = ".", decimal: str = ",") -> str:
    """2305219 -> 2.305.219; `value` must have been rounded to `decimals` already."""
    text = f"{value:,.{decimals}f}"
    return text.translate({ord(","): thousands, ord("."): decimal})


def day(value: date) -> str:
    """2020-02-13 -> 13 februari 2020"""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def enumeration(words: Sequence[str]) -> str:
    """a, b, c -> a, b en c"""
    return " en ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)
