"""Sums, averages and the one rounding; whole numbers and Decimal only.

The average of a total row is its total divided by its count, never the mean of the rows above it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, Rounded

from kmo_report.model import WITHHELD, Item, Missing, is_withheld

Number = int | Decimal
Value = Number | str | None
"""A figure, the mark that is printed instead of one (`-`, `…` or nothing), or None: not given."""

NIL = ("-", "\N{EN DASH}")
"""The marks that say there is nothing to count, as in the tables of statistics offices; a sum goes
on without them. Every other mark says that the figure is not known, and then its sum is not."""

# No sum of amounts of at most 17 digits is ever rounded; a trap would tell.
_EXACT = Context(prec=60, traps=[Inexact, Rounded])


@dataclass(frozen=True, slots=True)
class Figures:
    """The count and the total of one cell."""

    count: Value
    total: Value

    def average(self, decimals: int) -> Value:
        """Total / count; the mark of the missing one, or empty where the count is 0."""
        if is_withheld(self.count):
            return WITHHELD  # `<5` is said of a count, not of an amount
        if not isinstance(self.count, int):
            return self.count
        if not isinstance(self.total, Decimal):
            return self.total
        return average(self.total, self.count, decimals) if self.count else ""


def average(total: Decimal, count: int, decimals: int) -> Decimal:
    """94866 / 177 -> 536, rounded once, half up; exact, since it is done in whole cents."""
    dividend, divisor = cents(total) * 10**decimals, count * 100
    return Decimal((2 * dividend + divisor) // (2 * divisor)).scaleb(-decimals)


def cents(total: Decimal) -> int:
    """749140.50 -> 74914050"""
    return int(total.scaleb(2, _EXACT).to_integral_exact(context=_EXACT))


def rounded(value: Number, decimals: int) -> Decimal:
    """536.5 -> 537 with no decimals; half up."""
    return Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def add_up(items: Iterable[Item]) -> Figures:
    """The figures of some items together; of one item, its own."""
    chosen = list(items)
    return Figures(
        _sum([value(item.count) for item in chosen]),
        _sum([value(item.total) for item in chosen]),
    )


def value(figure: Number | Missing | None) -> Value:
    """A figure of the model as what is printed."""
    return figure.mark if isinstance(figure, Missing) else figure


def _sum(values: Sequence[Value]) -> Value:
    marks = [value for value in values if isinstance(value, str)]
    numbers = [value for value in values if isinstance(value, int | Decimal)]
    if None in values:
        return None
    unknown = [mark for mark in marks if mark not in NIL]
    if unknown or not numbers:
        return min(unknown or marks[:1], key=is_withheld)
    total = numbers[0]
    for number in numbers[1:]:
        total = total + number if isinstance(total, int) else _EXACT.add(total, number)
    return total
