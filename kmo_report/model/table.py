"""The figures of a table, and how they are laid out."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, StringConstraints, Tag, model_validator

from kmo_report.model.register import Register
from kmo_report.model.scalars import (
    MEASURES,
    SHOWN,
    Amount,
    Flag,
    GivenAverage,
    Meaning,
    Noun,
    Placeholders,
    Shown,
    Text,
    Whole,
    Year,
    invalid,
    one_or_more,
)


class Missing(Noun):
    """A figure that is not there, as it is printed: `-` (nothing to count), `…` (not known), ``.

    `<5` and `x` are figures that are known and not shown, for the privacy of who is counted.
    """

    mark: Annotated[str, StringConstraints(max_length=3)] = Field(alias="missing")
    """What is printed instead: `-` (nothing to count), `…` (not known) or nothing. Example: ''"""
    reason: Text | None = None
    """Why; printed as a note under the table. An empty cell must have one.
    Example: De premie bestond nog niet."""

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if not self.mark and not self.reason:
            raise invalid("reason", "an empty cell wants a reason")
        return self


UNKNOWN = "…"
"""The mark of a figure that is not known."""
MARKS = ("-", "\N{EN DASH}", UNKNOWN, "...", ".")
WITHHELD = "x"
"""The mark of a figure that is known and not shown, since another could be derived from it."""
_SMALL = re.compile(r"<[1-9][0-9]?")


def is_withheld(mark: object) -> bool:
    """Whether a mark says that the figure is known but not shown: `<5` or `x`."""
    return isinstance(mark, str) and (mark == WITHHELD or _SMALL.fullmatch(mark) is not None)


def _mark(value: object) -> object:
    return {"missing": value} if isinstance(value, str) else value


TAGS = ("(missing)", "(figure)")
"""What a figure was taken for: steps in the paths of problems that are in no file."""


def _figure_or_missing(value: object) -> str:
    stands_in = isinstance(value, dict) or value in MARKS or is_withheld(value)
    return TAGS[0] if stands_in else TAGS[1]


def _has_labels(value: object) -> object:
    """Keys of an item that are no figures are its labels: theme, service, province, ..."""
    if not isinstance(value, dict) or "labels" in value:
        return value
    figures = {key: entry for key, entry in value.items() if key in MEASURES}
    labels = {key: entry for key, entry in value.items() if key not in MEASURES}
    return figures | ({"labels": labels} if labels else {})


Absent = Annotated[Missing, BeforeValidator(_mark), Tag(TAGS[0])]
Count = Annotated[Annotated[Whole, Tag(TAGS[1])] | Absent, Discriminator(_figure_or_missing)]
Total = Annotated[Annotated[Amount, Tag(TAGS[1])] | Absent, Discriminator(_figure_or_missing)]


class Item(Noun):
    """What one row counts: approved requests and their support in euros, with its labels."""

    count: Count | None = None
    """How many approved requests; a mark such as `-` or `…` if there is no figure. Example: 452"""
    total: Total | None = None
    """Their support in euros, as 749140 or 749140.50; or a mark. Example: 749140"""
    average: GivenAverage | None = None
    """As delivered; checked against total / count, never printed. Example: 1657"""
    labels: Mapping[str, Text] = {}
    """A label of your own choice that rows or columns can be made of. Example: {theme: HRM}"""

    split = model_validator(mode="before")(_has_labels)


class Margin(Noun):
    """A total as delivered. It totals over every dimension that it does not name."""

    year: Year | None = None
    """The year that it is the total of; of all years if left out. Example: 2019"""
    count: Count | None = None
    """How many approved requests, as delivered. Example: 4602"""
    total: Total | None = None
    """Their support in euros, as delivered. Example: 3054359"""
    average: GivenAverage | None = None
    """The average support in euros, as delivered. Example: 664"""
    labels: Mapping[str, Text] = {}
    """The item, or the label, that it is the total of. Example: {theme: HRM}"""

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        own = {key: entry for key, entry in value.items() if key in (*MEASURES, "year")}
        rest = {key: entry for key, entry in value.items() if key not in own}
        return own | ({"labels": rest} if rest else {})


class TotalLine(Noun):
    """A row or column of totals: its heading, what it means, and where it stands."""

    label: Text
    """Its heading, as printed. Example: Eindtotaal"""
    meaning: Meaning = "sum"
    """sum; distinct: who stands in two rows is counted once, so it may be less; given: as
    delivered, under `given`.
    Example: distinct"""
    at: Literal["start", "end"] = "end"
    """start: above what it totals, or at the left of it; end: below it, or at the right.
    Example: start"""


def _total_line(value: object) -> object:
    return {"label": value} if isinstance(value, str) else value


Line = Annotated[TotalLine | None, BeforeValidator(_total_line)]


class Totals(Noun):
    """The totals that a table shows."""

    rows: Line = None
    """A row that totals over all rows: its heading, or what else is to be said of it.
    Example: Eindtotaal
    Example: {label: Totaal, meaning: distinct}"""
    subtotals: Line = None
    """With rows of two levels: a row that totals over each block of them.
    Example: Subtotaal"""
    columns: Line = None
    """A column that totals over all columns: its heading, or what else is to be said of it.
    Example: Eindtotaal
    Example: {label: Totaal, meaning: distinct}"""


class Top(Noun):
    """Only the largest rows, the others together in a last one; of each block, if there are any."""

    rows: Annotated[Whole, Field(ge=1)]
    """How many rows; they stand from large to small. Example: 5"""
    rest: Text
    """The heading of the row for the others. Example: Overige"""
    by: Literal["count", "total"] | None = None
    """What makes a row large; what the table shows first if left out. Example: total"""


Dimensions = Annotated[tuple[Text, ...], BeforeValidator(one_or_more), Field(min_length=1)]
"""One dimension, or several: `year`, `[province, district]`."""


class Layout(Noun):
    """Where year, item or one of its labels, and measure go; what is not named is added up."""

    name: Literal["per-year", "per-measure"] | None = None
    """A layout that has a name, in place of table_per, rows and columns. Example: per-year"""
    table_per: Annotated[tuple[Text, ...], BeforeValidator(one_or_more)] | None = None
    """What there is a table per: year, measure, item or one of its labels; or several of them.
    Example: measure
    Example: [year, measure]"""
    rows: Dimensions | None = None
    """What the rows are: year, item, one of its labels or measure; of several, the first makes
    blocks and is repeated in each row of them.
    Example: item
    Example: year
    Example: [province, district]"""
    columns: Dimensions | None = None
    """What the columns are: year, item, one of its labels or measure, or several of them.
    Example: measure
    Example: year
    Example: [year, measure]"""
    measures: tuple[Shown, ...] | None = None
    """What is shown of each item, in this order; all that the data give if left out. A share is in
    % of a whole, a change is against the year before, growth is that in %.
    Example: [count, total]
    Example: [count, count_share]
    Example: [total, total_change, total_growth]"""
    totals: Totals | None = None
    """Rows and columns of totals.
    Example: {rows: Eindtotaal}
    Example: {rows: {label: Totaal, at: start}, subtotals: Subtotaal}"""
    top: Top | None = None
    """Only the largest rows, and the others together.
    Example: {rows: 5, rest: Overige, by: count}"""
    years: Literal["oldest-first", "newest-first"] | None = None
    """The order of the years; that of the data if left out. Example: newest-first"""
    share_of: Literal["column", "row", "table"] = "column"
    """What adds up to 100 %. Example: row"""
    title: Literal["caption", "heading"] = "caption"
    """Whether the title of a table is its caption or a heading of the text above it.
    Example: heading"""
    page: Literal["auto", "portrait", "landscape"] = "auto"
    """How its page is turned; auto: to landscape where the table is too wide without.
    Example: landscape"""


def _layout(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _captions(value: object) -> object:
    return dict.fromkeys(SHOWN, value) if isinstance(value, str) else value


def _heading(value: object) -> object:
    return {"": value} if isinstance(value, str) else value


class Decimals(Noun):
    """How many decimals are printed."""

    total: Annotated[Whole, Field(le=2)] = 0
    """Of totals in euros: 0 to 2. Example: 2"""
    average: Annotated[Whole, Field(le=6)] = 0
    """Of averages: 0 to 6. Example: 2"""
    percent: Annotated[Whole, Field(le=4)] = 1
    """Of shares and growth: 0 to 4. Example: 0"""


class SmallCounts(Noun):
    """Counts of persons that are too small to be published: who is behind them could be known."""

    below: Annotated[Whole, Field(ge=2, le=99)]
    """The threshold: with 5, counts from 1 to 4 are printed as `<5`, and their amounts as `x`.
    Example: 5"""
    second: Flag = False
    """Whether further figures are withheld (`x`) where a total would give a small one away.
    Example: true"""


class Chart(Noun):
    """A picture of each printed table, under it."""

    kind: Literal["bar", "line"]
    """bar: to compare rows; line: over the years. Example: line"""
    measure: Shown | None = None
    """What is drawn; the first that the table shows if left out. Example: total"""


def _chart(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


class Table(Noun):
    """year -> item -> count and total, and how they are laid out."""

    years: Mapping[Year, Mapping[Text, Item]] = Field(default={}, min_length=1)
    """The figures, typed by hand: year, then item, then count and total.
    Example: {2019: {Advies A: {count: 452, total: 749140}}}"""
    figures: Register | None = None
    """In place of `years:`, the register that `kmo-report figures` makes the figures of.
    Example: {source: register.xlsx, year: Datum, by: {service: Dienst}, amount: Steun}"""
    layout: Annotated[Layout, BeforeValidator(_layout)] = Layout(name="per-year")
    """How the figures are laid out: per-year, per-measure, or spelled out.
    Example: per-year
    Example: {table_per: measure, rows: theme, columns: service}
    Example: {rows: item, columns: year, measures: [count], totals: {rows: Totaal}}"""
    captions: Annotated[Mapping[Shown, Placeholders], BeforeValidator(_captions)]
    """The title of each table: one text, or one per measure; {year} is filled in.
    Example: Steun in {year}
    Example: {count: 'Aantal in {year}', total: 'Steun in {year}', average: Gemiddelde}"""
    headings: Mapping[str, Annotated[Mapping[str, Text], BeforeValidator(_heading)]] = {}
    """Headings: of dimensions, of measures, or of single members within the tables of one measure.
    Example: {year: Jaar, item: Dienst, measure: Gegeven, count: Aantal, total: Steun, average:
     Gemiddelde steun}
    Example: {theme: Thema, count: {Advies: advies}}
    Example: {count_share: Aandeel, total_share: Aandeel, count_change: Verschil,
     total_change: Verschil, average_change: Verschil, count_growth: Groei, total_growth: Groei,
     average_growth: Groei}"""
    decimals: Decimals = Decimals()
    """How many decimals are printed; if left out none, and one of a percentage.
    Example: {total: 2, average: 2, percent: 0}"""
    missing: Annotated[str, StringConstraints(max_length=3, min_length=1)] | None = None
    """What is printed where an item has no figures for a year. Example: '-'"""
    given: tuple[Margin, ...] = ()
    """Totals and averages as they were delivered; they are checked against the items.
    Example: [{year: 2019, theme: HRM, count: 4602}]"""
    small_counts: SmallCounts | None = None
    """For a table that counts persons: figures below a threshold are not printed.
    Example: {below: 5, second: true}"""
    chart: Annotated[Chart | None, BeforeValidator(_chart)] = None
    """A picture of each printed table, under it, with a description for who cannot see it.
    Example: bar
    Example: {kind: line, measure: total}"""
    notes: tuple[Text, ...] = ()
    """Notes, printed under the table. Example: ["* Voorlopige cijfers."]"""
    source: Text | None = None
    """Where the figures come from; printed under the table.
    Example: Agentschap Innoveren en Ondernemen"""

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if bool(self.years) == bool(self.figures):
            raise invalid("figures", "wants either `years:`, typed by hand, or `figures:`")
        return self

    def items(self) -> Iterator[tuple[int, str, Item]]:
        """Every item of every year, in order."""
        for year, items in self.years.items():
            for name, item in items.items():
                yield year, name, item

    def label_names(self) -> tuple[str, ...]:
        """The names of the labels, in order: those that at least half of the items have."""
        items = [item for _, _, item in self.items()]
        written = Counter(label for item in items for label in item.labels)
        return tuple(label for label, count in written.items() if 2 * count >= len(items))
