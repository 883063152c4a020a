"""Sums, averages and the one rounding; whole numbers and Decimal only.

The average of a total row is its total divided by its count, never the mean of the rows above it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, Rounded
from fractions import Fraction
from typing import Literal

from kmo_report.model.scalars import Measure
from kmo_report.model.table import WITHHELD, Item, Missing, is_withheld

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
        exact = self.exact("average")
        return half_up(exact, decimals) if isinstance(exact, Fraction) else exact

    def exact(self, measure: Measure) -> Fraction | str | None:
        """A figure before it is rounded, or the mark that stands for it."""
        if measure != "average":
            figure = self.count if measure == "count" else self.total
            return Fraction(figure) if isinstance(figure, int | Decimal) else figure
        if is_withheld(self.count):
            return WITHHELD  # `<5` is said of a count, not of an amount
        if not isinstance(self.count, int):
            return self.count if isinstance(self.count, str) else None
        if not isinstance(self.total, Decimal):
            return self.total if isinstance(self.total, str) else None
        return Fraction(self.total) / self.count if self.count else ""


def average(total: Decimal, count: int, decimals: int) -> Decimal:
    """94866 / 177 -> 536, rounded once, half up."""
    return half_up(Fraction(total) / count, decimals)


def cents(total: Decimal) -> int:
    """749140.50 -> 74914050"""
    return int(total.scaleb(2, _EXACT).to_integral_exact(context=_EXACT))


Comparison = Literal["share", "change", "growth"]


def compared(
    kind: Comparison, figure: Fraction | str | None, base: Fraction | str | None, decimals: int
) -> Value:
    """A figure as a share of a whole or against the year before (%, or for a change as it is).

    A mark where one of the two is missing: what is withheld stays so in whatever is made of it.
    """
    if isinstance(figure, Fraction) and isinstance(base, Fraction):
        if kind == "change":
            return half_up(figure - base, decimals)
        if not base:
            return NIL[0]  # nothing to compare with
        return half_up((figure if kind == "share" else figure - base) / base * 100, decimals)
    if any(map(is_withheld, (figure, base))):
        return WITHHELD
    if figure is None or base is None:
        return None
    marks = [mark for mark in (figure, base) if isinstance(mark, str)]
    return next((mark for mark in marks if mark and mark not in NIL), NIL[0])


def half_up(exact: Fraction, decimals: int) -> Decimal:
    """536.5 -> 537 and -536.5 -> -537 with no decimals: halves go away from nought."""
    scaled = abs(exact) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if exact < 0 else whole).scaleb(-decimals)


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
