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
    first, _, last = text.partition("-")
    years = tuple(range(_year(first), _year(last or first) + 1))
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
Placeholders = Annotated[Text, AfterValidator(_known_placeholders)]

Measure = Literal["count", "total", "average"]
MEASURES: tuple[Measure, ...] = ("count", "total", "average")
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
    portfolio: Text


class Skeleton(Noun):
    """A table as the asker drew it: a request, never data."""

    caption: Text
    rows: tuple[tuple[Text, ...], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _even(self) -> Self:
        if len({len(row) for row in self.rows}) > 1:
            raise _wrong("skeleton", "the rows are not equally long")
        return self


class Requested(Noun):
    """The figures that a part asks for, and the layout it wants them in."""

    text: Text | None = None
    years: Years = ()
    rows: tuple[Text, ...] = ()
    """Names of rows that must be there: items, or members of a label."""
    columns: tuple[Text, ...] = ()
    measures: tuple[Measure, ...] = ()
    layout: Text | None = None
    skeleton: tuple[Skeleton, ...] = ()


PartKey = Annotated[Text, AfterValidator(_part_key)]


class Part(Noun):
    """A numbered sub-question; one that does not ask only introduces its own parts."""

    text: Text
    asks: Flag = True
    parts: Mapping[PartKey, "Part"] = {}
    requested: Requested | None = None


class Question(Noun):
    """A written question as it came in; session + minister + number identify it."""

    session: Session
    number: Whole
    asked_by: Text
    asked_on: Day
    minister: Minister
    subject: Text
    introduction: Text | None = None
    parts: Mapping[PartKey, Part] = {}

    @property
    def case(self) -> str:
        """The name of its case: 2019-2020-crevits-370, 2022-2023-d-haeseleer-9.

        Session, minister and number; the minister being the printed name less its first word.
        """
        _, _, last = self.minister.name.partition(" ")
        plain = unicodedata.normalize("NFKD", last or self.minister.name).encode("ascii", "ignore")
        name = re.sub(r"[^a-z0-9]+", "-", plain.decode().lower()).strip("-")
        return f"{self.session}-{name}-{self.number}"

    def labels(self) -> Iterator[tuple[tuple[str, ...], Part]]:
        """Every part with its path, in order: (1,), (1, a), (1, b), ..."""
        return _labels((), self.parts)


def _labels(
    path: tuple[str, ...], parts: Mapping[str, Part]
) -> Iterator[tuple[tuple[str, ...], Part]]:
    for key, part in parts.items():
        yield (*path, key), part
        yield from _labels((*path, key), part.parts)


# --- the tables ------------------------------------------------------------------------------


class Missing(Noun):
    """A figure that is not there, as it is printed: `-` (nothing to count), `…` (not known), ``.

    `<5` and `x` are figures that are known and not shown, for the privacy of who is counted.
    """

    mark: Annotated[str, StringConstraints(max_length=3)] = Field(alias="missing")
    reason: Text | None = None
    """Why; printed as a note under the table. An empty cell must have one."""

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
    total: Total | None = None
    average: GivenAverage | None = None
    """As delivered; checked against total / count, never printed."""
    labels: Mapping[str, Text] = {}

    split = model_validator(mode="before")(_has_labels)


class Margin(Noun):
    """A total as delivered. It totals over every dimension that it does not name."""

    year: Year | None = None
    count: Count | None = None
    total: Total | None = None
    average: GivenAverage | None = None
    labels: Mapping[str, Text] = {}

    @model_validator(mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        own = {key: entry for key, entry in value.items() if key in (*MEASURES, "year")}
        rest = {key: entry for key, entry in value.items() if key not in own}
        return own | ({"labels": rest} if rest else {})


class TotalLine(Noun):
    """A row or column of totals: its heading, and what it means."""

    label: Text
    meaning: Meaning = "sum"
    """distinct: who stands in two rows is counted once, so it may be less; given: as delivered."""


def _total_line(value: object) -> object:
    return {"label": value} if isinstance(value, str) else value


Line = Annotated[TotalLine | None, BeforeValidator(_total_line)]


class Totals(Noun):
    """`rows`: a row of totals under the others; `columns`: a column of totals at the right."""

    rows: Line = None
    columns: Line = None


class Layout(Noun):
    """Where year, item or one of its labels, and measure go; what is not named is added up."""

    name: Literal["per-year", "per-measure"] | None = None
    table_per: Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)] | None = None
    rows: Text | None = None
    columns: Text | None = None
    measures: tuple[Measure, ...] | None = None
    totals: Totals | None = None
    title: Literal["caption", "heading"] = "caption"
    """Whether the title of a table is its caption or a heading of the text above it."""


def _layout(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _captions(value: object) -> object:
    return dict.fromkeys(MEASURES, value) if isinstance(value, str) else value


def _heading(value: object) -> object:
    return {"": value} if isinstance(value, str) else value


class Decimals(Noun):
    """How many decimals are printed."""

    total: Annotated[Whole, Field(le=2)] = 0
    average: Annotated[Whole, Field(le=6)] = 0


class SmallCounts(Noun):
    """Counts of persons that are too small to be published: who is behind them could be known."""

    below: Annotated[Whole, Field(ge=2, le=99)]
    """5: counts from 1 to 4 are printed as `<5`, and their amounts as `x`."""
    second: Flag = False
    """Whether further figures are withheld (`x`) where a total would give a small one away."""


class Table(Noun):
    """year -> item -> count and total, and how they are laid out."""

    years: Mapping[Year, Mapping[Text, Item]] = Field(min_length=1)
    layout: Annotated[Layout, BeforeValidator(_layout)] = Layout(name="per-year")
    captions: Annotated[Mapping[Measure, Placeholders], BeforeValidator(_captions)]
    headings: Mapping[str, Annotated[Mapping[str, Text], BeforeValidator(_heading)]] = {}
    """Of a dimension, of a measure, or of single members within the tables of one measure."""
    decimals: Decimals = Decimals()
    missing: Annotated[str, StringConstraints(max_length=3, min_length=1)] | None = None
    """What is printed where an item has no figures for a year."""
    given: tuple[Margin, ...] = ()
    small_counts: SmallCounts | None = None
    """Where set, what counts persons is not printed below a threshold."""
    notes: tuple[Text, ...] = ()
    source: Text | None = None

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
    session: Session | None = None
    asked_by: Text
    minister: Text | None = None
    url: Text | None = None

    def is_named_in(self, text: str) -> bool:
        """Whether a text refers to it already: by its address, or as `vraag (nr.) 303`."""
        named = rf"\b[vV]ra(?:ag|gen)\b(?:nr\.|[^.;]){{0,40}}?\b{self.number}\b"
        return bool(self.url and self.url in text) or re.search(named, text) is not None


class Cover(Noun):
    """What is answered elsewhere, or not at all and why."""

    years: Years = ()
    question: EarlierQuestion | None = None
    """Printed after the content, unless that names the question already."""
    not_available: Text | None = None
    """The reason; printed after the content."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.question is None) == (self.not_available is None):
            raise _wrong("covers", "wants either question or not_available")
        return self


class Content(Noun):
    """One block of an answer: a text, a table by its name, or where the answer is to be found."""

    text: Text | None = None
    quoted: Text | None = None
    """The case that the text was taken over from."""
    reviewed: Flag = False
    """Whether somebody has seen that a quoted text still holds."""
    table: Text | None = None
    same_as: Text | None = None
    """Another part of this question, whose answer serves here too."""
    question: EarlierQuestion | None = None
    """A question that was answered earlier."""
    annex: Text | None = None
    """The file of an annex."""

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
    covers: tuple[Cover, ...] = ()
    content: tuple[Content, ...] = ()

    @property
    def of_all(self) -> bool:
        """Whether it is one unnumbered answer to the whole question."""
        return self.of == ("all",)


Kind = Literal["answer", "coordinated", "referring", "supplementary", "provisional"]


class AnswerText(Noun):
    """The answer proper, under its own header."""

    kind: Kind = "answer"
    question_date: Day
    """The question's date as the answer's header prints it."""
    minister: Minister | None = None
    """Only where name or title differ from the question's."""
    parts: tuple[AnswerPart, ...] = Field(min_length=1)


class Annex(Noun):
    """A file of the case folder that goes with the answer."""

    file: Annotated[Text, AfterValidator(_file_name)]
    title: Text


class Silence(Noun):
    """A hint that is not wanted in this answer, and why."""

    code: Text
    reason: Text


class Answer(Noun):
    """An answer file, whole."""

    status: Literal["draft", "reviewed", "final"]
    question: Question
    answer: AnswerText
    tables: Mapping[Text, Table] = {}
    annexes: tuple[Annex, ...] = ()
    silence: tuple[Silence, ...] = ()

    @property
    def minister(self) -> Minister:
        """Who answers."""
        return self.answer.minister or self.question.minister


# --- the house style -------------------------------------------------------------------------


class Notation(Noun):
    """How a kind of number is printed."""

    before: str = ""
    after: str = ""
    thousands: Annotated[str, StringConstraints(max_length=1)] = ""
    decimal: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","


class Notations(Noun):
    """A notation for each measure."""

    count: Notation
    total: Notation
    average: Notation


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
    session: Annotated[str, _with("session")]
    asked_by: Annotated[str, _with("asked_by")]
    minister: Annotated[str, _with("minister")]
    url: Annotated[str, _with("url")]


class Phrases(Noun):
    """Sentences that the house always writes the same way."""

    same_as: Annotated[Text, _with("part")]
    """With `{part}`: the part that was answered already."""
    earlier: Annotated[Text, _with("question")]
    """With `{question}`: the question that was answered earlier, as `question` names it."""
    earlier_years: Annotated[Text, _with("question", "years")]
    """The same, with `{years}`, where it is answered for some years only."""
    question: QuestionWords
    annex: Annotated[Text, _with("annex")]
    """With `{annex}`: the title of the annex that holds the answer."""
    table: Annotated[Text, _with("rows", "columns")]
    """What a table holds, for who cannot see it; with `{rows}` and `{columns}`."""
    skeleton: Text
    """The same for a table that the asker drew."""
    draft: Text
    """On every page of an answer that is not final."""
    small_counts: Annotated[Text, _with("below")]
    """Why figures are withheld, with `{below}`; printed as a note under the table."""


def _all_of(*names: str) -> AfterValidator:
    """Each of these has words."""

    def check(value: Mapping[str, str]) -> Mapping[str, str]:
        for name in names:
            if name not in value:
                raise _wrong("missing-key", "lacks the key {key}", key=name)
        return value

    return AfterValidator(check)


class Style(Noun):
    """The house style as data: words, notation, fonts."""

    language: Text
    """As in the lang attribute of HTML: nl-BE."""
    fonts: tuple[Text, ...] = Field(min_length=1)
    """The font families that the PDF may use; each must be installed."""
    notation: Notations
    headings: Annotated[Mapping[str, Text], _all_of("year", "item", "measure", *MEASURES)]
    """Of dimensions and measures, where the table has none of its own."""
    kinds: Annotated[Mapping[Kind, Text], _all_of(*get_args(Kind))]
    """The title of each kind of answer."""
    phrases: Phrases
