"""Small counts of persons, which are not published, and what would give them away all the same.

A count from 1 to 4 (with a threshold of 5) is printed as `<5`, its amounts as `x`. That alone does
not hide it: 10 in all and 7 of the others leave 3. So every printed sum is an equation over the
figures behind it, and a withheld figure is given away if the equations leave it one value. The
field knows this as cell suppression; a second figure that is withheld for the sake of a first one
is secondary suppression.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from kmo_report.compute import Figures, add_up, value
from kmo_report.language import mark, say
from kmo_report.layout import Coordinates, Spread
from kmo_report.model.answer import Answer
from kmo_report.model.scalars import MEASURES
from kmo_report.model.style import Style
from kmo_report.model.table import WITHHELD, Item, Margin, Missing, Table, is_withheld
from kmo_report.source import Path, Tree, read_tree

if TYPE_CHECKING:
    from fractions import Fraction

Line = tuple[int, str]
"""A year and an item: what one line of the data counts."""
Marks = Mapping[Line, str]
"""What is printed instead of the counts that are withheld."""

_MANY = 10**15
"""No count has more digits."""

_ONE = mark(
    "{item} in {year} is withheld, but it follows from the total ({sums}) and the figures beside "
    "it; withhold a second figure (`second: true`), or leave out the total or the shares of it"
)
_SEVERAL = mark(
    "{item} in {year} is withheld, but it follows from several totals together ({sums}); withhold "
    "a second figure (`second: true`), or leave out a total or the shares of it"
)


def published(answer: Answer, style: Style) -> Answer:
    """The answer as the world may see it, in its tables and in the data that travel with it."""
    tables = {name: published_table(table, style) for name, table in answer.tables.items()}
    return answer.model_copy(update={"tables": tables})


def published_table(table: Table, style: Style) -> Table:
    """The table without its small counts; the sums that they are part of are kept as given."""
    rule = table.small_counts
    if rule is None:
        return table
    counts = _counts(table)
    marks = {line: f"<{rule.below}" for line, count in counts.items() if 0 < count < rule.below}
    sums = list(_sums(Spread(table), rule.below))
    while rule.second and (second := _second(_Known(sums, counts, marks, rule.below))):
        marks |= dict.fromkeys(second, WITHHELD)
    return _without(table, marks, rule.below, style)


def withheld(table: Table) -> dict[Line, str]:
    """The lines of a published table whose counts are withheld, and their marks."""
    printed = {(year, name): value(item.count) for year, name, item in table.items()}
    return {
        line: text for line, text in printed.items() if isinstance(text, str) and is_withheld(text)
    }


def given_away(table: Table) -> Iterator[tuple[Path, str]]:
    """Withheld figures of a published table that its printed sums give away, and how they do."""
    spread, marks = Spread(table), withheld(table)
    below = table.small_counts.below if table.small_counts else 1
    known = _Known(list(_sums(spread, below)), _counts(table), marks, below)
    for (year, name), places in known.determined().items():
        message = _ONE if len(places) == 1 else _SEVERAL
        sums = "; ".join(spread.describe(place) for place in places)
        yield ("years", str(year), name), say(message, item=name, year=year, sums=sums)


# --- what is withheld ------------------------------------------------------------------------


def _counts(table: Table) -> dict[Line, int]:
    """The counts that are numbers."""
    return {(y, name): i.count for y, name, i in table.items() if isinstance(i.count, int)}


def _without(table: Table, marks: Marks, below: int, style: Style) -> Table:
    """The table with marks for figures; a sum over them, which can no longer be made, is given."""
    reason = style.phrases.small_counts.format(below=below)
    years = {
        year: {
            name: _withheld(item, marks[year, name], reason) if (year, name) in marks else item
            for name, item in items.items()
        }
        for year, items in table.years.items()
    }
    spread = Spread(table)
    made = {
        place: _margin(place, add_up(e[2] for e in entries), below, reason)
        for place, entries in spread.groups.items()
        if len(entries) > 1 and any((year, name) in marks for year, name, _ in entries)
        if spread.meaning(place) == "sum"
    }
    kept = [margin for margin in table.given if spread.named(margin) not in made]
    return table.model_copy(update={"years": years, "given": (*kept, *made.values())})


def _withheld(item: Item, shown: str, reason: str) -> Item:
    total = None if item.total is None else _missing(WITHHELD, reason)
    hidden = {"count": _missing(shown, reason), "total": total, "average": None}
    return item.model_copy(update=hidden)


def _margin(place: Coordinates, summed: Figures, below: int, reason: str) -> Margin:
    """A sum that was made before its parts were withheld; it may be small itself."""
    named = dict(place)
    year = int(named.pop("year")) if "year" in named else None
    count: Any = summed.count if isinstance(summed.count, int) else None
    total: Any = summed.total if isinstance(summed.total, Decimal) else None
    if count and count < below:
        count, total = _missing(f"<{below}", reason), total and _missing(WITHHELD, reason)
    return Margin.model_construct(year=year, count=count, total=total, average=None, labels=named)


def _missing(shown: str, reason: str) -> Missing:
    return Missing(missing=shown, reason=reason)


# --- what the printed sums tell --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum that is printed, and the lines of the data that it adds up."""

    place: Coordinates
    lines: frozenset[Line]
    total: int


def _sums(spread: Spread, below: int) -> Iterator[_Sum]:
    """Every printed sum over several lines, but for those that are small themselves."""
    for place, entries in spread.groups.items():
        figures = spread.figures(place)
        total = figures.count if figures and len(entries) > 1 else None
        if isinstance(total, int) and not 0 < total < below and spread.meaning(place) == "sum":
            yield _Sum(place, frozenset((year, name) for year, name, _ in entries), total)


@dataclass(slots=True)
class _Row:
    """An equation over withheld lines, and the printed sums that it was made of."""

    terms: "dict[Line, Fraction]"
    places: dict[Coordinates, None]

    def less(self, other: "_Row", times: "Fraction") -> "_Row":
        """The equation less a multiple of another."""
        terms = dict(self.terms)
        for line, factor in other.terms.items():
            terms[line] = terms.get(line, 0 * times) - times * factor
        left = {line: factor for line, factor in terms.items() if factor}
        return _Row(left, {**self.places, **other.places})


@dataclass(frozen=True, slots=True)
class _Known:
    """What a reader who can reckon knows of the lines that are withheld."""

    sums: Sequence[_Sum]
    counts: Mapping[Line, int]
    """Of all lines; those of lines with a mark are for who withholds them."""
    marks: Marks
    below: int

    def determined(self) -> dict[Line, tuple[Coordinates, ...]]:
        """The lines whose figure follows from printed sums, and from which."""
        found = self._by_equations() | self._by_bounds()
        return {line: found[line] for line in self.marks if line in found}

    def _withheld(self) -> Iterator[tuple[_Sum, list[Line], int]]:
        """The sums over withheld lines, those lines, and what they count together."""
        for told in self.sums:
            lines = sorted(told.lines & self.marks.keys())
            if lines:
                shown = (self.counts.get(line, 0) for line in told.lines - self.marks.keys())
                yield told, lines, told.total - sum(shown)

    def _by_bounds(self) -> dict[Line, tuple[Coordinates, ...]]:
        """One sum at a time: `<5` is 1 to 4, so two of them that are 2 together are 1 each."""
        low, high = {}, {}
        for line, shown in self.marks.items():
            low[line] = self.below if shown == WITHHELD else 1
            high[line] = _MANY if shown == WITHHELD else int(shown[1:]) - 1
        found: dict[Line, tuple[Coordinates, ...]] = {}
        changed = True
        while changed:
            changed = False
            for told, lines, rest in self._withheld():
                least, most = sum(low[line] for line in lines), sum(high[line] for line in lines)
                for line in lines:
                    lowest = max(low[line], rest - (most - high[line]))
                    highest = min(high[line], rest - (least - low[line]))
                    if lowest > highest or (lowest, highest) == (low[line], high[line]):
                        continue  # no figures fit, which is no secret; or nothing new
                    least, most = least + lowest - low[line], most + highest - high[line]
                    low[line], high[line] = lowest, highest
                    changed = True
                    if lowest == highest:
                        found[line] = (told.place,)
        return found

    def _by_equations(self) -> dict[Line, tuple[Coordinates, ...]]:
        """All sums together: the lines that are alone in an equation of the reduced system."""
        from fractions import Fraction  # not for answers that withhold nothing

        pivots: dict[Line, _Row] = {}
        for told, lines, _ in self._withheld():
            row = _Row(dict.fromkeys(lines, Fraction(1)), {told.place: None})
            for line in lines:
                if line in pivots and line in row.terms:
                    row = row.less(pivots[line], row.terms[line])
            if not row.terms:
                continue
            pivot, factor = next(iter(row.terms.items()))
            row.terms = {line: term / factor for line, term in row.terms.items()}
            for line, other in pivots.items():
                if pivot in other.terms:
                    pivots[line] = other.less(row, other.terms[pivot])
            pivots[pivot] = row
        return {line: tuple(row.places) for line, row in pivots.items() if len(row.terms) == 1}


def _second(known: _Known) -> set[Line]:
    """Further lines to withhold: one beside each line that is given away.

    The one that gives away the fewest sums anew, and of those the smallest: what is left to read is
    as much as can be had without a search over all choices.
    """
    around: dict[Line, list[_Sum]] = {}
    for told in known.sums:
        for line in told.lines:
            around.setdefault(line, []).append(told)
    chosen: set[Line] = set()
    for given in known.determined():
        hidden = known.marks.keys() | chosen
        partners = {
            line
            for told in around[given]
            for line in told.lines
            if known.counts.get(line) and line not in known.marks
        }
        if partners and not partners & chosen:
            cost = {
                line: (
                    sum(told.lines.isdisjoint(hidden) for told in around[line]),
                    known.counts[line],
                    line,
                )
                for line in partners
            }
            chosen.add(min(partners, key=cost.__getitem__))
    return chosen


# --- the answer file that travels with the document -----------------------------------------------


def published_source(content: bytes, answer: Answer) -> bytes:
    """The answer file with the tables of the published answer in place of those that withhold.

    Rendering it makes the same document. Comments are lost, since they may say too much.
    """
    if not any(table.small_counts for table in answer.tables.values()):
        return content
    tree: Any = read_tree(content, "answer.yaml")[0]
    for name, table in answer.tables.items():
        if table.small_counts:
            del tree["tables"][name]["small_counts"]
            tree["tables"][name]["years"] = _years(table)
            if tree["tables"][name].pop("figures", None):
                tree["tables"][name]["notes"] = list(table.notes)
            tree["tables"][name]["given"] = [_given(margin) for margin in table.given]
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=100)
    return text.encode()


def _years(table: Table) -> Tree:
    return {
        str(year): {name: {**_figures(item), **item.labels} for name, item in items.items()}
        for year, items in table.years.items()
    }


def _given(margin: Margin) -> Tree:
    year: dict[str, Tree] = {} if margin.year is None else {"year": str(margin.year)}
    return {**year, **_figures(margin), **margin.labels}


def _figures(of: Item | Margin) -> dict[str, Tree]:
    written: dict[str, Tree] = {}
    for measure in MEASURES:
        figure = getattr(of, measure)
        if isinstance(figure, Missing):
            reason: dict[str, Tree] = {"reason": figure.reason} if figure.reason else {}
            written[measure] = {"missing": figure.mark, **reason}
        elif figure is not None:
            written[measure] = str(figure)
    return written
