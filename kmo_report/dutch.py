"""Numbers, dates, enumerations and parliamentary years as Flemish readers write them."""

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


def session_of(value: date) -> str:
    """2020-02-13 -> 2019-2020; a parliamentary year starts on the fourth Monday of September."""
    first = date(value.year, 9, 1)
    opening = 1 + (7 - first.weekday()) % 7 + 21
    start = value.year if value >= date(value.year, 9, opening) else value.year - 1
    return f"{start}-{start + 1}"
