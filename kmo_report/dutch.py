"""Numbers, dates, enumerations and parliamentary years as Flemish readers write them."""

import re
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


DAY = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:ste|de|e)?\s+(?P<month>{'|'.join(MONTHS)})\s+(?P<year>\d{{4}})\b"
    r"|(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})\b)",
    re.IGNORECASE,
)
"""A day in a text: 13 februari 2020, 27/4/2023."""


_FIRST_YEAR = 1900


def read_day(match: re.Match[str]) -> date | None:
    """The day that `DAY` found; None for one that is in no calendar, or before there were any."""
    month = match["month"]
    number = MONTHS.index(month.lower()) + 1 if month else int(match["m"])
    year = int(match["year"] or match["y"])
    try:
        found = date(year, number, int(match["day"] or match["d"]))
    except ValueError:
        return None
    return found if year >= _FIRST_YEAR else None


def session(day: date) -> str:
    """The parliamentary year of a day: it starts on the fourth Monday of September."""
    first = date(day.year, 9, 1)
    opening = date(day.year, 9, 1 + (7 - first.weekday()) % 7 + 21)
    year = day.year if day >= opening else day.year - 1
    return f"{year}-{year + 1}"
