"""The nouns: a question, its answer, the tables in it, and the house style.

Everything is text until a type here decides what it is, so that `749.140`, `0370` or `no` is never
read as something else in silence. All models are frozen and know no other keys than their own.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self, get_args

from annotated_types import Ge
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)
from pydantic_core import PydanticCustomError

from kmo_report.dutch import MONTHS
from kmo_report.language import did_you_mean, say

# --- scalars ---------------------------------------------------------------------------------

_GROUPED = re.compile(r"(?:€\s*|nr\.\s*)?(\d{1,3}(?:[.\s]\d{3})+|\d+)(?:,(\d{2}))?(?:\s*€)?")


def _wrong(code: str, message: str, **values: object) -> PydanticCustomError:
    """A problem with a value, in the language of the reader."""
    # As a value, so that braces in the user's own words are left alone.
    return PydanticCustomError(code, "{message}", {"message": say(message, **values)})


def _meant(text: str) -> str:
    """`749.140` -> `; did you mean 749140?`, for a number in Flemish notation."""
    match = _GROUPED.fullmatch(text)
    if not match:
        return ""
    digits = re.sub(r"\D", "", match[1]).lstrip("0") or "0"
    meant = f"{digits}.{match[2]}" if match[2] else digits
    return say("; did you mean {near}?", near=meant) if meant != text else ""


def _text(value: object) -> str:
    """The text of a scalar; anything else is no number, date or word."""
    if value is None:
        raise _wrong("empty", "has no value")
    if not isinstance(value, str):
        raise _wrong("shape", "wants one value here, not a group or a list")
    return value


def _whole(value: object) -> int:
    """`4150` -> 4150; no sign, no dots, no leading zero."""
    text = _text(value)
    if not re.fullmatch(r"0|[1-9][0-9]{0,14}", text):
        raise _wrong("number", "{text} is no whole number{hint}", text=text, hint=_meant(text))
    return int(text)


def _amount(value: object) -> Decimal:
    """`749140` or `749140.50` -> euros; three decimals look like a thousands dot: refused."""
    text = _text(value)
    if not re.fullmatch(r"(0|[1-9][0-9]{0,14})(\.[0-9]{2})?", text):
        if re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", text):
            reads = text.rstrip("0").rstrip(".").replace(".", ",")
            hint = _meant(text)
            raise _wrong(
                "number", "{text} reads as {reads}{hint}", text=text, reads=reads, hint=hint
            )
        if hint := _meant(text):
            raise _wrong("number", "{text} is no amount in euros{hint}", text=text, hint=hint)
        raise _wrong(
            "number", "{text} is no amount in euros (write 749140 or 749140.50)", text=text
        )
    return Decimal(text)


def _given_average(value: object) -> Decimal:
    """An average as delivered: any number of decimals but three, for the same reason."""
    text = _text(value)
    if not re.fullmatch(r"(0|[1-9][0-9]{0,14})(\.([0-9]{1,2}|[0-9]{4,8}))?", text):
        raise _wrong("number", "{text} is no average{hint}", text=text, hint=_meant(text))
    return Decimal(text)


def _day(value: object) -> date:
    """`2020-02-13`"""
    text = _text(value)
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if match:
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            raise _wrong("date", "{text} is no day of the calendar", text=text) from None
    if meant := _meant_day(text):
        raise _wrong("date", "{text} is no date; did you mean {near}?", text=text, near=meant)
    raise _wrong("date", "{text} is no date; write it as 2020-02-13", text=text)


_WRITTEN = re.compile(r"([0-9]{1,2})(?:[/. -]([0-9]{1,2})[/. -]| ([a-z]+) )([0-9]{4})")


def _meant_day(text: str) -> str:
    """`13/02/2020` or `13 februari 2020` -> 2020-02-13"""
    match = _WRITTEN.fullmatch(text.lower())
    month = match and (int(match[2]) if match[2] else (*MONTHS, match[3]).index(match[3]) + 1)
    try:
        return date(int(match[4]), month, int(match[1])).isoformat() if match and month else ""
    except ValueError:
        return ""


def _measurement(value: object) -> float:
    """`9.5`: a size on paper."""
    text = _text(value)
    if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", text) or not float(text):
        raise _wrong("number", "{text} is no size; write it as 9.5", text=text)
    return float(text)


def _flag(value: object) -> bool:
    text = _text(value)
    if text not in ("true", "false"):
        raise _wrong("flag", "{text} is neither true nor false", text=text)
    return text == "true"


def _session(text: str) -> str:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{4})", text)
    if not match or int(match[2]) != int(match[1]) + 1:
        raise _wrong("session", "{text} is no parliamentary year; write it as 2019-2020", text=text)
    return text


def _year(value: object) -> int:
    text = _text(value)
    if not re.fullmatch(r"(19|20)[0-9]{2}", text):
        raise _wrong("year", "{text} is no year", text=text)
    return int(text)


def _years(value: object) -> tuple[int, ...]:
    """`2016-2019`, `2019` or a list of years -> every year, in order."""
    if isinstance(value, list):
        return tuple(_year(entry) for entry in value)
    text = _text(value)
    first, dash, last = text.partition("-")
    years = tuple(range(_year(first), _year(last if dash else first) + 1))
    if not years:
        raise _wrong("year", "{text} runs backwards", text=text)
    return years


def _part_key(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,3}|[A-Za-z]{1,4}", text):
        raise _wrong(
            "part-key",
            "{text} is no number of a part; write 1, a or ii, without dot or bracket",
            text=text,
        )
    return text


MAX_NAME = 255
"""Bytes of a file's name, on all usual file systems."""


def _file_name(text: str) -> str:
    if len(text.encode()) > MAX_NAME:
        raise _wrong("file-name", "{text} is too long for the name of a file", text=f"{text[:20]}…")
    if "/" in text or "\\" in text:
        raise _wrong(
            "file-name", "{text} lies elsewhere; an annex lies beside answer.yaml", text=text
        )
    return text


def _colour(value: object) -> str:
    """`#0b4a8f` or `0B4A8F` -> 0b4a8f"""
    text = _text(value)
    if not re.fullmatch(r"#?[0-9A-Fa-f]{6}", text):
        raise _wrong("value", '{text} is no colour; write it as "#0b4a8f"', text=text)
    return text.removeprefix("#").lower()


def _points(value: object) -> Decimal:
    """`9.5` -> the size of letters; Word knows halves of a point."""
    text = _text(value)
    if not re.fullmatch(r"[1-9][0-9]{0,2}(\.[05])?", text):
        raise _wrong(
            "number", "{text} is no size of letters; write points, as 10 or 9.5", text=text
        )
    return Decimal(text)


def _known_placeholders(text: str) -> str:
    if re.search("[{}]", re.sub(r"\{[^{}]+\}", "", text)):
        raise _wrong("placeholder", "a brace that is no placeholder such as {{year}}")
    return text


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Whole = Annotated[int, BeforeValidator(_whole)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
GivenAverage = Annotated[Decimal, BeforeValidator(_given_average)]
Day = Annotated[date, BeforeValidator(_day)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Session = Annotated[Text, AfterValidator(_session)]
Year = Annotated[int, BeforeValidator(_year)]
Years = Annotated[tuple[int, ...], BeforeValidator(_years)]
Colour = Annotated[str, BeforeValidator(_colour)]
Points = Annotated[Decimal, BeforeValidator(_points)]
Placeholders = Annotated[Text, AfterValidator(_known_placeholders)]

Measurement = Annotated[float, BeforeValidator(_measurement)]

Measure = Literal["count", "total", "average"]
MEASURES: tuple[Measure, ...] = ("count", "total", "average")
Shown = Literal[
    "count", "total", "average",
    "count_share", "total_share",
    "count_change", "total_change", "average_change",
    "count_growth", "total_growth", "average_growth",
]  # fmt: skip
"""What a cell may hold: a measure, its share of a whole (%), what it changed since the year before,
or that change in % (growth)."""
SHOWN: tuple[Shown, ...] = get_args(Shown)
Meaning = Literal["sum", "distinct", "given"]


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Noun(BaseModel):
    """What all models share."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- the question ----------------------------------------------------------------------------


class Minister(Noun):
    """Who is addressed, or who answers; name and title as printed."""

    name: Text
    """Name and first name, as printed. Example: HILDE CREVITS"""
    portfolio: Text
    """The title, as printed. Example: VLAAMS MINISTER VAN ECONOMIE"""


class Skeleton(Noun):
    """A table as the asker drew it: a request, never data."""

    caption: Text
    """The title that the asker put above it. Example: '2016:'"""
    rows: tuple[tuple[Text, ...], ...] = Field(min_length=1)
    """Its rows, equally long; the first holds the headings.
    Example: [[Opleiding, Aantal], [Advies B, …]]"""

    @model_validator(mode="after")
    def _even(self) -> Self:
        if len({len(row) for row in self.rows}) > 1:
            raise _wrong("skeleton", "the rows are not equally long")
        return self


class Requested(Noun):
    """The figures that a part asks for, and the layout it wants them in."""

    text: Text | None = None
    """The sentence that introduces the drawn tables, as printed.
    Example: 'Graag het antwoord als volgt:'"""
    years: Years = ()
    """The years that the answer must show or account for: one, a span or a list.
    Example: 2016-2019"""
    rows: tuple[Text, ...] = ()
    """Names of rows that must be there: items, or members of a label.
    Example: [Opleiding A, Advies B]"""
    columns: tuple[Text, ...] = ()
    """Names of columns that must be there. Example: [Advies, Opleiding]"""
    measures: tuple[Measure, ...] = ()
    """The measures that must be there. Example: [count, total]"""
    layout: Text | None = None
    """The layout that is asked for, in words. Example: per-year"""
    skeleton: tuple[Skeleton, ...] = ()
    """The tables as the asker drew them; printed with the question.
    Example: [{caption: "2016:", rows: [[Opleiding, Aantal], [Advies B, …]]}]"""


PartKey = Annotated[Text, AfterValidator(_part_key)]


class Part(Noun):
    """A numbered sub-question; one that does not ask only introduces its own parts."""

    text: Text
    """What it asks, as it came in; its line breaks are kept.
    Example: Hoeveel aanvragen waren er in 2019?"""
    asks: Flag = True
    """Whether it asks something; false if it only introduces its own parts. Example: false"""
    parts: Mapping[PartKey, "Part"] = {}
    """Its own parts, by number or letter: 1, a, ii.
    Example: {a: {text: Hoeveel aanvragen waren er?}}"""
    requested: Requested | None = None
    """The figures that it asks for, which the answer must then give.
    Example: {years: 2016-2019, measures: [count]}"""


class Question(Noun):
    """A written question as it came in; session + minister + number identify it."""

    session: Session
    """The parliamentary year. Example: 2019-2020"""
    number: Whole
    """Its number; numbers start anew for each minister and session. Example: 370"""
    asked_by: Text
    """The member who asks, as printed. Example: CAROLINE GENNEZ"""
    asked_on: Day
    """The date of the question. Example: 2020-02-13"""
    minister: Minister
    """The minister who is asked.
    Example: {name: HILDE CREVITS, portfolio: VLAAMS MINISTER VAN ECONOMIE}"""
    subject: Text
    """The subject, as printed. Example: Kmo-portefeuille  -  Focus op Talent"""
    introduction: Text | None = None
    """What stands before the numbered parts; its line breaks are kept.
    Example: Ik heb volgende vragen."""
    parts: Mapping[PartKey, Part] = {}
    """The numbered parts, by number or letter: 1, a, ii. Left out if there are none.
    Example: {1: {text: Hoeveel aanvragen waren er?}}"""

    @property
    def case(self) -> str:
        """The name of its case: 2019-2020-crevits-370."""
        return case_of(self.session, self.minister.name, self.number)

    @property
    def identifier(self) -> str:
        """What it is called for good: urn:kmo-report:sv:2019-2020:crevits:370."""
        return identifier(self.session, self.minister.name, self.number)

    def labels(self) -> Iterator[tuple[tuple[str, ...], Part]]:
        """Every part with its path, in order: (1,), (1, a), (1, b), ..."""
        return _labels((), self.parts)


def short_name(name: str) -> str:
    """A name less its first word, in ASCII and lower case: `Jan D'Haeseleer` -> d-haeseleer."""
    words = name.split()
    text = unicodedata.normalize("NFKD", " ".join(words[1:] or words)).encode("ascii", "ignore")
    return re.sub("[^a-z0-9]+", "-", text.decode().lower()).strip("-") or "minister"


def case_of(session: str, minister: str, number: int) -> str:
    """The name of the case of a question; the minister as printed."""
    return f"{session}-{short_name(minister)}-{number}"


def identifier(session: str, minister: str, number: int) -> str:
    """What a question is called for good; the minister as printed."""
    return f"urn:kmo-report:sv:{session}:{short_name(minister)}:{number}"


def _labels(
    path: tuple[str, ...], parts: Mapping[str, Part]
) -> Iterator[tuple[tuple[str, ...], Part]]:
    for key, part in parts.items():
        yield (*path, key), part
        yield from _labels((*path, key), part.parts)


# --- the register that figures come from -------------------------------------------------------

NOTATIONS = ("1.234,56", "1 234,56", "1234,56", "1,234.56", "1 234.56", "1234.56")
"""How amounts can be written in a register, by example."""
NotationName = Literal["1.234,56", "1 234,56", "1234,56", "1,234.56", "1 234.56", "1234.56"]

_SEPARATE = re.compile(r"separate as (\S.*)")


_SECRET = re.compile(
    r"://[^/@]*:[^/@]*@|[?&][^=]*(password|passwd|pwd|token|secret|key)[^=]*=", re.IGNORECASE
)


def _no_password(text: str) -> str:
    if _SECRET.search(text):
        raise _wrong(
            "password",
            "holds a password; leave it out: PGPASSWORD, ~/.pgpass or the like hold it",
        )
    return text


def _handling(text: str) -> str:
    if text not in ("refuse", "leave-out") and not _SEPARATE.fullmatch(text):
        raise _wrong(
            "handling",
            "{text} is none of refuse, leave-out, separate as NAME",
            text=text,
        )
    return text


def _label_name(text: str) -> str:
    if text in (*MEASURES, "year", "measure"):
        raise _wrong("label", "{text} has a meaning of its own; call the label otherwise",
                     text=text)  # fmt: skip
    return text


def _columns(value: object) -> object:
    """`Thema`, `[Thema, Dienst]` or `{theme: Thema}`: a label is called as its column is, or so."""
    if isinstance(value, str):
        return {value: value}
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return {entry: entry for entry in value}
    return value


def _names(value: object) -> object:
    """`[HRM, DIVERSITEIT]` are names as they stand; `{Hrm: HRM}` gives the name to print."""
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return {entry: entry for entry in value}
    return value


Handling = Annotated[Text, AfterValidator(_handling)]
"""What happens to rows of a kind: they are refused, left out with a note, or counted apart."""
LabelName = Annotated[Text, AfterValidator(_label_name)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)]


class Register(Noun):
    """Where the rows are, one per request, and what their columns are."""

    source: Annotated[Text, AfterValidator(_no_password)]
    """A file, from the folder of the case; or the address of a database, without a password.
    Example: register.xlsx
    Example: postgresql://host/register"""
    sheet: Text | None = None
    """The sheet of a spreadsheet that has several. Example: Blad1"""
    header: Annotated[Whole, Ge(1)] | None = None
    """The row that names the columns; by default the first that has all that are named here.
    Example: 3"""
    table: Text | None = None
    """The table of a database. Example: public.aanvragen"""
    query: Text | None = None
    """A query of a database, instead of a table; it may only read.
    Example: SELECT * FROM aanvragen WHERE status = 'goedgekeurd'"""
    year: Text
    """The column of a year or a date. Example: Datum"""
    by: Annotated[Mapping[LabelName, Text], BeforeValidator(_columns), Field(min_length=1)]
    """What parts the rows of a year: label and column, or just columns.
    Example: {theme: Thema, service: Dienst}
    Example: [Thema, Dienst]"""
    amount: Text
    """The column of amounts in euros. Example: Steun"""
    number: Text | None = None
    """The column of the request number, which may occur once. Example: Dossier"""
    years: Years = ()
    """The years that count; all by default. Example: 2016-2019"""
    where: Mapping[Text, Texts] = {}
    """Column and the value, or values, of the rows that count; others are passed over.
    Example: {Status: Goedgekeurd}"""
    labels: Mapping[Text, Annotated[Mapping[Text, Text], BeforeValidator(_names)]] = {}
    """Of a label the values that are known, in the order of the tables, and their names there.
    Example: {theme: {Hr: HRM, Div: DIVERSITEIT}, service: [Advies, Opleiding]}"""
    notation: NotationName | None = None
    """How amounts are written there, where that is not plain from the amounts.
    Example: 1.234,56"""
    item: Placeholders | None = None
    """The name of a row of the tables, made of its labels. Example: '{service} {theme}'"""
    duplicated: Handling = "refuse"
    """What happens to rows whose number stands there more than once. Example: leave-out"""
    negative: Handling = "refuse"
    """What happens to amounts below nothing. Example: separate as Terugvorderingen"""
    without_year: Handling = "refuse"
    """What happens to rows without a year. Example: separate as Zonder datum"""
    unknown: Handling = "refuse"
    """What happens to rows with a label that is not known. Example: separate as Andere"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for name in self.labels:
            if name not in self.by:
                raise _wrong("label", "{name} is no label of `by:`", name=name)
        for name in re.findall(r"\{([a-z_]+)\}", self.item or ""):
            if name not in self.by:
                raise _wrong("label", "{name} is no label of `by:`", name=name)
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, each once."""
        optional = [self.number] if self.number else []
        return tuple(
            dict.fromkeys([self.year, *self.by.values(), self.amount, *optional, *self.where])
        )

    def handling(self, kind: str) -> tuple[str, str]:
        """refuse, leave-out or separate; and the name under which rows are counted apart."""
        text: str = getattr(self, kind)
        match = _SEPARATE.fullmatch(text)
        return ("separate", match[1]) if match else (text, "")


# --- the tables ------------------------------------------------------------------------------


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
            raise _wrong("reason", "an empty cell wants a reason")
        return self


MARKS = ("-", "\N{EN DASH}", "…", "...", ".")
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


Dimensions = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more), Field(min_length=1)]
"""One dimension, or several: `year`, `[province, district]`."""


class Layout(Noun):
    """Where year, item or one of its labels, and measure go; what is not named is added up."""

    name: Literal["per-year", "per-measure"] | None = None
    """A layout that has a name, in place of table_per, rows and columns. Example: per-year"""
    table_per: Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)] | None = None
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
            raise _wrong("figures", "wants either `years:`, typed by hand, or `figures:`")
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


# --- the answer ------------------------------------------------------------------------------


class EarlierQuestion(Noun):
    """A question that is referred to."""

    number: Whole
    """Its number. Example: 303"""
    session: Session | None = None
    """Its parliamentary year. Example: 2018-2019"""
    asked_by: Text
    """The member who asked it. Example: Yasmine Kherbache"""
    minister: Text | None = None
    """The minister who was asked. Example: Philippe Muyters"""
    url: Text | None = None
    """Where its answer can be read.
    Example: https://www.vlaamsparlement.be/nl/parlementaire-documenten"""

    def is_named_in(self, text: str) -> bool:
        """Whether a text refers to it already: by its address, or as `vraag (nr.) 303`."""
        named = rf"\b[vV]ra(?:ag|gen)\b(?:nr\.|[^.;]){{0,40}}?\b{self.number}\b"
        return bool(self.url and self.url in text) or re.search(named, text) is not None


class Cover(Noun):
    """What is answered elsewhere, or not at all and why."""

    years: Years = ()
    """The years that this covers: one, a span or a list; all of the part if left out.
    Example: 2016-2018"""
    question: EarlierQuestion | None = None
    """The earlier question whose answer holds it; either this or not_available. It is printed after
    the content, unless that names the question already.
    Example: {number: 303, asked_by: Yasmine Kherbache}"""
    not_available: Text | None = None
    """The reason; printed after the content. Example: De premie bestond nog niet."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.question is None) == (self.not_available is None):
            raise _wrong("covers", "wants either question or not_available")
        return self


class Content(Noun):
    """One block of an answer: a text, a table by its name, or where the answer is to be found."""

    text: Text | None = None
    """Paragraphs, lists, emphasis and links in plain Markdown; no HTML.
    Example: 'De cijfers voor 2019:'"""
    quoted: Text | None = None
    """The case that the text was taken over from. Example: 2018-2019-muyters-303"""
    reviewed: Flag = False
    """Whether somebody has seen that a quoted text still holds. Example: true"""
    table: Text | None = None
    """A table of `tables`, by its name. Example: support"""
    same_as: Text | None = None
    """Another part of this question, whose answer serves here too. Example: 1a"""
    question: EarlierQuestion | None = None
    """A question that was answered earlier. Example: {number: 303, asked_by: Yasmine Kherbache}"""
    annex: Text | None = None
    """The file of an annex. Example: bijlage.xlsx"""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = (self.text, self.table, self.same_as, self.question, self.annex)
        if sum(kind is not None for kind in kinds) != 1:
            raise _wrong("content", "wants one of text, table, same_as, question or annex")
        if (self.quoted or self.reviewed) and self.text is None:
            raise _wrong("content", "only a text is quoted and reviewed")
        return self


class AnswerPart(Noun):
    """What is answered to one part, to several, or (`all`) to the whole question."""

    of: Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)] = Field(min_length=1)
    """The part it answers, a list of parts, or all: one answer without numbers.
    Example: 1a
    Example: [1, 2b]
    Example: all"""
    covers: tuple[Cover, ...] = ()
    """What is answered by an earlier question, or not at all and why.
    Example: [{years: 2015, not_available: De premie bestond nog niet.}]"""
    content: tuple[Content, ...] = ()
    """What is printed, in this order: texts, tables, and where else the answer is to be found.
    Example: [{text: "De cijfers voor 2019:"}, {table: support}]"""

    @property
    def of_all(self) -> bool:
        """Whether it is one unnumbered answer to the whole question."""
        return self.of == ("all",)


Kind = Literal["answer", "coordinated", "referring", "supplementary", "provisional"]


class AnswerText(Noun):
    """The answer proper, under its own header."""

    kind: Kind = "answer"
    """Which kind of answer it is; its header says so. Example: provisional"""
    question_date: Day
    """The question's date as the answer's header prints it. Example: 2020-02-13"""
    minister: Minister | None = None
    """Only where name or title differ from the question's.
    Example: {name: HILDE CREVITS, portfolio: VLAAMS MINISTER VAN WERK}"""
    parts: tuple[AnswerPart, ...] = Field(min_length=1)
    """What is answered to each part, in the order in which it is printed.
    Example: [{of: 1a, content: [{text: In 2019 waren het er 452.}]}]"""


class Annex(Noun):
    """A file that goes with the answer: of the case folder, or made of a table."""

    file: Annotated[Text, AfterValidator(_file_name)]
    """Its name, as the document prints it; it lies beside answer.yaml unless it is made of a table.
    Example: bijlage.xlsx"""
    title: Text
    """Its title in the list at the end. Example: Steun per gemeente"""
    table: Text | None = None
    """The table that it is made of: an Excel file (.xlsx), or the data (.csv) with a schema.
    Example: support"""

    @model_validator(mode="after")
    def _can_be_made(self) -> Self:
        if self.table and not self.file.lower().endswith((".xlsx", ".csv")):
            raise _wrong("annex", "a table is put out as .xlsx or .csv, not as {file}",
                         file=self.file)  # fmt: skip
        return self


class Silence(Noun):
    """A hint that is not wanted in this answer, and why."""

    code: Text
    """The word in brackets behind the hint. Example: quotes"""
    reason: Text
    """Why it is not wanted. Example: The original writes it so."""


class Answer(Noun):
    """An answer file, whole."""

    status: Literal["draft", "reviewed", "final"]
    """draft or reviewed: ONTWERP stands on every page, and TODO may stand in it; final: neither.
    Example: draft"""
    publish_on: Day | None = None
    """Not to be made public before that day.
    Example: 2020-03-06"""
    question: Question
    """The question as it came in.
    Example: {session: 2019-2020, number: 370, asked_by: CAROLINE GENNEZ, asked_on: 2020-02-13,
     minister: {name: HILDE CREVITS, portfolio: VLAAMS MINISTER VAN ECONOMIE},
     subject: Kmo-portefeuille, parts: {1: {text: Hoeveel aanvragen waren er in 2019?}}}"""
    answer: AnswerText
    """The answer proper.
    Example: {question_date: 2020-02-13, parts: [{of: 1, content: [{table: support}]}]}"""
    tables: Mapping[Text, Table] = {}
    """The figures, by a name that the content prints them by.
    Example: {support: {years: {2019: {Advies A: {count: 452, total: 749140}}},
     captions: "{year}:"}}"""
    annexes: tuple[Annex, ...] = ()
    """Files beside answer.yaml; they are listed at the end and travel inside the PDF.
    Example: [{file: bijlage.xlsx, title: Steun per gemeente}]"""
    silence: tuple[Silence, ...] = ()
    """Hints that are not wanted in this answer, each with a reason.
    Example: [{code: quotes, reason: The original writes it so.}]"""

    @property
    def minister(self) -> Minister:
        """Who answers."""
        return self.answer.minister or self.question.minister


# --- the house style -------------------------------------------------------------------------


class Notation(Noun):
    """How a kind of number is printed."""

    before: str = ""
    """What stands before the number, a space too. Example: '€ '"""
    after: str = ""
    """What stands after it. Example: ' %'"""
    thousands: Annotated[str, StringConstraints(max_length=1)] = ""
    """What parts the thousands; nothing if left out. Example: '.'"""
    decimal: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    """The decimal sign. Example: ','"""


class Notations(Noun):
    """A notation for each measure; a change is written as what changed, with its sign."""

    count: Notation
    """Of numbers of requests. Example: {thousands: "."}"""
    total: Notation
    """Of amounts in euros. Example: {before: "€ ", thousands: "."}"""
    average: Notation
    """Of averages. Example: {before: "€ ", thousands: "."}"""
    percent: Notation = Notation(after="%")
    """Of shares and growth. Example: {after: "%"}"""


def _with(*known: str) -> AfterValidator:
    """A phrase may hold these placeholders and no others."""

    def check(text: str) -> str:
        for name in re.findall(r"\{([^{}]+)\}", _known_placeholders(text)):
            if name not in known:
                hint = did_you_mean(name, known)
                raise _wrong(
                    "placeholder", "{name} is no placeholder here{hint}", name=name, hint=hint
                )
        return text

    return AfterValidator(check)


class QuestionWords(Noun):
    """How an earlier question is named: a piece for each thing that is known of it, in this order.

    Blanks at the ends of a piece are kept.
    """

    number: Annotated[str, _with("number")]
    """With `{number}`. Example: 'schriftelijke vraag nr. {number}'"""
    session: Annotated[str, _with("session")]
    """With `{session}`. Example: ' ({session})'"""
    asked_by: Annotated[str, _with("asked_by")]
    """With `{asked_by}`. Example: ' van {asked_by}'"""
    minister: Annotated[str, _with("minister")]
    """With `{minister}`. Example: ' aan {minister}'"""
    url: Annotated[str, _with("url")]
    """With `{url}`. Example: ' ({url})'"""


class RowsPhrases(Noun):
    """What rows of a register are called that are not in a table."""

    duplicated: Text
    """Whose number stands there twice. Example: aanvragen die meer dan eens voorkomen"""
    negative: Text
    """Whose amount is below nothing. Example: aanvragen met een negatief bedrag"""
    without_year: Text
    """That have no year. Example: aanvragen zonder jaar"""
    unknown: Text
    """Whose label is not known. Example: aanvragen met een onbekende indeling"""


class Phrases(Noun):
    """Sentences that the house always writes the same way."""

    same_as: Annotated[Text, _with("part")]
    """With `{part}`: the part that was answered already.
    Example: 'Zie het antwoord op vraag {part}.'"""
    earlier: Annotated[Text, _with("question")]
    """With `{question}`: the question that was answered earlier, as `question` names it.
    Example: 'Zie het antwoord op {question}.'"""
    earlier_years: Annotated[Text, _with("question", "years")]
    """The same, with `{years}`, where it is answered for some years only.
    Example: 'Voor {years}: zie het antwoord op {question}.'"""
    question: QuestionWords
    """How an earlier question is named.
    Example: {number: 'vraag {number}', session: ' ({session})', asked_by: ' van {asked_by}',
     minister: ' aan {minister}', url: ' ({url})'}"""
    annex: Annotated[Text, _with("number", "annex", "file")]
    """Where the answer is in an annex: its `{number}`, title (`{annex}`) and `{file}`.
    Example: 'Zie bijlage {number}: {annex}.'"""
    table: Annotated[Text, _with("rows", "columns")]
    """What a table holds, for who cannot see it; with `{rows}` and `{columns}`.
    Example: 'Rijen: {rows}. Kolommen: {columns}.'"""
    skeleton: Text
    """The same for a table that the asker drew. Example: De opbouw die de vraagsteller vraagt."""
    draft: Text
    """On every page of an answer that is not final. Example: ONTWERP"""
    small_counts: Annotated[Text, _with("below")]
    """Why figures are withheld, with `{below}`; printed as a note under the table.
    Example: 'Aantallen onder {below} worden niet getoond.'"""
    left_out: Annotated[Text, _with("rows", "count")]
    """The note on rows of a register that are not counted; with `{rows}` and `{count}`.
    Example: 'Niet meegeteld: {rows} ({count}).'"""
    separate: Annotated[Text, _with("rows", "count", "total")]
    """The note on rows that are counted apart, without a year; with `{total}` too.
    Example: '{rows}: {count} (€ {total}).'"""
    rows: RowsPhrases
    """What rows that are left out are called.
    Example: {duplicated: dubbele aanvragen, negative: negatieve bedragen, without_year: aanvragen
     zonder jaar, unknown: onbekende diensten}"""


def _all_of(*names: str) -> AfterValidator:
    """Each of these has words."""

    def check(value: Mapping[str, str]) -> Mapping[str, str]:
        for name in names:
            if name not in value:
                raise _wrong("missing-key", "lacks the key {key}", key=name)
        return value

    return AfterValidator(check)


class Letters(Noun):
    """Font, size in points and colour; what is not given is as in the text."""

    font: Text | None = None
    """The family, one of `fonts`. Example: DejaVu Sans"""
    size: Points | None = None
    """In points, in halves at the finest. Example: 9.5"""
    colour: Colour | None = None
    """Red, green and blue, in quotes. Example: '#0b4a8f'"""


class TextLetters(Noun):
    """Those of the text, where nothing is left open."""

    font: Text
    """The family, one of `fonts`. Example: DejaVu Sans"""
    size: Points
    """In points, in halves at the finest. Example: 10"""
    colour: Colour
    """Red, green and blue, in quotes. Example: '#1a1a1a'"""


class Rules(Noun):
    """The colours of the lines in a table."""

    inner: Colour
    """Between its rows. Example: '#b3b3b3'"""
    outer: Colour
    """Round its headings, above its totals and at its end. Example: '#595959'"""


class Look(Noun):
    """What the PDF and the Word file agree on; the rest is in page.css and page.docx."""

    text: TextLetters
    """The text, and all that is not named here.
    Example: {font: DejaVu Sans, size: 10, colour: '#1a1a1a'}"""
    title: Letters = Letters()
    """The title of question and answer. Example: {size: 12}"""
    heading: Letters = Letters()
    """Headings in the text, and the subject. Example: {size: 10}"""
    caption: Letters = Letters()
    """The title of a table. Example: {size: 9.5}"""
    table: Letters = Letters()
    """The cells of a table. Example: {size: 9.5}"""
    note: Letters = Letters()
    """Notes and sources under a table. Example: {size: 8.5}"""
    link: Letters = Letters()
    """Links; what is not given is as around them. Example: {colour: '#0b4a8f'}"""
    header: Letters = Letters()
    """The mark of a draft on every page. Example: {size: 12, colour: '#8a1f11'}"""
    footer: Letters = Letters()
    """The line at the foot of every page. Example: {size: 8, colour: '#4d4d4d'}"""
    rules: Rules | None = None
    """The lines in a table; without it, they are not compared.
    Example: {inner: '#b3b3b3', outer: '#595959'}"""


class ChartWords(Noun):
    """What a chart shows, for who cannot see it: sentences that are filled from the figures."""

    bar: Annotated[Text, _with("title")]
    """How a bar chart begins. Example: 'Staafdiagram: {title}.'"""
    line: Annotated[Text, _with("title")]
    """How a line chart begins. Example: 'Lijndiagram: {title}.'"""
    largest: Annotated[Text, _with("name", "figure")]
    """The largest figure of all, with its `{name}`. Example: 'Het hoogst: {name}, {figure}.'"""
    smallest: Annotated[Text, _with("name", "figure")]
    """The smallest figure of all. Example: 'Het laagst: {name}, {figure}.'"""
    rise: Annotated[Text, _with("name", "first", "last", "start", "end")]
    """A line that ends (`{end}`, at `{last}`) higher than it starts (`{start}`, at `{first}`).
    Example: '{name} stijgt van {start} in {first} naar {end} in {last}.'"""
    fall: Annotated[Text, _with("name", "first", "last", "start", "end")]
    """A line that ends lower.
    Example: '{name} daalt van {start} in {first} naar {end} in {last}.'"""
    level: Annotated[Text, _with("name", "first", "last", "start", "end")]
    """A line that ends where it starts.
    Example: '{name} is in {last} even hoog als in {first}: {end}.'"""
    missing: Annotated[Text, _with("names")]
    """What is not drawn, since its figure is missing. Example: 'Niet getekend: {names}.'"""


class AnnexWords(Noun):
    """What the house writes in an Excel file that it makes of a table."""

    reference: Annotated[Text, _with("number", "session", "asked_by")]
    """Which answer it goes with.
    Example: 'Bijlage bij het antwoord op vraag nr. {number} ({session}) van {asked_by}'"""
    data: Text
    """The name of the sheet with the data, line by line. Example: Gegevens"""
    notes: Text
    """The name of the sheet with the notes. Example: Toelichting"""
    source: Annotated[Text, _with("source")]
    """Where the figures come from. Example: 'Bron: {source}'"""


class TableRoom(Noun):
    """How wide a table may be, and its letters: as page.css and page.docx have it."""

    portrait: Measurement = 167
    """Between the margins of a page, in mm. Example: 167"""
    landscape: Measurement = 254
    """Between the margins of a page that is turned, in mm. Example: 254"""
    letters: Measurement = 9.5
    """The size of its letters, in points. Example: 9.5"""
    small: Measurement = 8.5
    """The size of the letters in a table that would not fit its page otherwise. Example: 8.5"""
    padding: Measurement = 0.6
    """What is left free at both sides in a cell, in ems. Example: 0.6"""


class Style(Noun):
    """The house style as data: words, notation, fonts and look."""

    language: Text
    """As in the lang attribute of HTML. Example: nl-BE"""
    fonts: tuple[Text, ...] = Field(min_length=1)
    """The font families that the PDF may use; each must be installed. Example: [DejaVu Sans]"""
    look: Look | None = None
    """Font, size and colour that PDF and Word share; without it, nothing is compared.
    Example: {text: {font: DejaVu Sans, size: 10, colour: '#1a1a1a'}, title: {size: 12}}"""
    notation: Notations
    """How numbers are written.
    Example: {count: {thousands: ""}, total: {before: "€ "}, average: {before: "€ "}}"""
    headings: Annotated[Mapping[str, Text], _all_of("year", "item", "measure", *MEASURES)]
    """Of dimensions and measures, where the table has none of its own.
    Example: {year: Jaar, item: Dienst, measure: Gegeven, count: Aantal, total: Steun,
     average: Gemiddelde steun, count_share: Aandeel, total_share: Aandeel, count_change: Verschil,
     total_change: Verschil, average_change: Verschil, count_growth: Groei, total_growth: Groei,
     average_growth: Groei}"""
    kinds: Annotated[Mapping[Kind, Text], _all_of(*get_args(Kind))]
    """The title of each kind of answer.
    Example: {answer: ANTWOORD, coordinated: GECOÖRDINEERD ANTWOORD, provisional: VOORLOPIG
     ANTWOORD, referring: VERWIJZEND ANTWOORD, supplementary: AANVULLEND ANTWOORD}"""
    phrases: Phrases
    """Sentences that the house always writes the same way.
    Example: {same_as: 'Zie vraag {part}.', earlier: 'Zie {question}.',
     earlier_years: 'Voor {years}: zie {question}.', annex: 'Zie {annex}.',
     question: {number: 'vraag {number}', session: ' ({session})', asked_by: ' van {asked_by}',
     minister: ' aan {minister}', url: ' ({url})'},
     table: 'Rijen: {rows}.', skeleton: De gevraagde opbouw., draft: ONTWERP,
     small_counts: 'Onder {below} niet getoond.', left_out: 'Niet geteld: {rows} ({count}).',
     separate: '{rows}: {count} ({total}).', rows: {duplicated: dubbele, negative: negatieve,
     without_year: zonder jaar, unknown: onbekende}}"""
    annex: AnnexWords
    """What the house writes in an Excel file that it makes of a table.
    Example: {reference: 'Bijlage bij vraag nr. {number}', data: Gegevens, notes: Toelichting,
     source: 'Bron: {source}'}"""
    chart: ChartWords
    """What a chart shows, for who cannot see it.
    Example: {bar: 'Staven: {title}.', line: 'Lijnen: {title}.', largest: 'Hoogst: {name}.',
     smallest: 'Laagst: {name}.', rise: '{name} stijgt.', fall: '{name} daalt.',
     level: '{name} blijft gelijk.', missing: 'Niet getekend: {names}.'}"""
    tables: TableRoom = TableRoom()
    """How wide a table may be, and its letters. Example: {portrait: 167, landscape: 254}"""
