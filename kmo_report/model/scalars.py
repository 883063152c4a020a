"""What a scalar is: its text until a type here decides that it is a number, a day or a name.

So `749.140`, `0370` or `no` is never read as something else in silence.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from kmo_report.dutch import MONTHS
from kmo_report.language import say

_GROUPED = re.compile(r"(?:€\s*|nr\.\s*)?(\d{1,3}(?:[.\s]\d{3})+|\d+)(?:,(\d{2}))?(?:\s*€)?")


def invalid(code: str, message: str, **values: object) -> PydanticCustomError:
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
        raise invalid("empty", "has no value")
    if not isinstance(value, str):
        raise invalid("shape", "wants one value here, not a group or a list")
    return value


def _whole(value: object) -> int:
    """`4150` -> 4150; no sign, no dots, no leading zero."""
    text = _text(value)
    if not re.fullmatch(r"0|[1-9][0-9]{0,14}", text):
        raise invalid("number", "{text} is no whole number{hint}", text=text, hint=_meant(text))
    return int(text)


def _amount(value: object) -> Decimal:
    """`749140` or `749140.50` -> euros; three decimals look like a thousands dot: refused."""
    text = _text(value)
    if not re.fullmatch(r"(0|[1-9][0-9]{0,14})(\.[0-9]{2})?", text):
        if re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", text):
            reads = text.rstrip("0").rstrip(".").replace(".", ",")
            hint = _meant(text)
            raise invalid(
                "number", "{text} reads as {reads}{hint}", text=text, reads=reads, hint=hint
            )
        if hint := _meant(text):
            raise invalid("number", "{text} is no amount in euros{hint}", text=text, hint=hint)
        raise invalid(
            "number", "{text} is no amount in euros (write 749140 or 749140.50)", text=text
        )
    return Decimal(text)


def _given_average(value: object) -> Decimal:
    """An average as delivered: any number of decimals but three, for the same reason."""
    text = _text(value)
    if not re.fullmatch(r"(0|[1-9][0-9]{0,14})(\.([0-9]{1,2}|[0-9]{4,8}))?", text):
        raise invalid("number", "{text} is no average{hint}", text=text, hint=_meant(text))
    return Decimal(text)


def _day(value: object) -> date:
    """`2020-02-13`"""
    text = _text(value)
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if match:
        try:
            return date(*map(int, match.groups()))
        except ValueError:
            raise invalid("date", "{text} is no day of the calendar", text=text) from None
    if meant := _meant_day(text):
        raise invalid("date", "{text} is no date; did you mean {near}?", text=text, near=meant)
    raise invalid("date", "{text} is no date; write it as 2020-02-13", text=text)


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
        raise invalid("number", "{text} is no size; write it as 9.5", text=text)
    return float(text)


def _flag(value: object) -> bool:
    text = _text(value)
    if text not in ("true", "false"):
        raise invalid("flag", "{text} is neither true nor false", text=text)
    return text == "true"


def _session(text: str) -> str:
    match = re.fullmatch(r"([0-9]{4})-([0-9]{4})", text)
    if not match or int(match[2]) != int(match[1]) + 1:
        raise invalid(
            "session", "{text} is no parliamentary year; write it as 2019-2020", text=text
        )
    return text


def _year(value: object) -> int:
    text = _text(value)
    if not re.fullmatch(r"(19|20)[0-9]{2}", text):
        raise invalid("year", "{text} is no year", text=text)
    return int(text)


def _years(value: object) -> tuple[int, ...]:
    """`2016-2019`, `2019` or a list of years -> every year, in order."""
    if isinstance(value, list):
        return tuple(_year(entry) for entry in value)
    text = _text(value)
    first, dash, last = text.partition("-")
    years = tuple(range(_year(first), _year(last if dash else first) + 1))
    if not years:
        raise invalid("year", "{text} runs backwards", text=text)
    return years


def _part_key(text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,3}|[A-Za-z]{1,4}", text):
        raise invalid(
            "part-key",
            "{text} is no number of a part; write 1, a or ii, without dot or bracket",
            text=text,
        )
    return text


MAX_NAME = 255
"""Bytes of a file's name, on all usual file systems."""


def _file_name(text: str) -> str:
    if len(text.encode()) > MAX_NAME:
        raise invalid(
            "file-name", "{text} is too long for the name of a file", text=f"{text[:20]}…"
        )
    if "/" in text or "\\" in text:
        raise invalid(
            "file-name", "{text} lies elsewhere; an annex lies beside answer.yaml", text=text
        )
    return text


def _colour(value: object) -> str:
    """`#0b4a8f` or `0B4A8F` -> 0b4a8f"""
    text = _text(value)
    if not re.fullmatch(r"#?[0-9A-Fa-f]{6}", text):
        raise invalid("value", '{text} is no colour; write it as "#0b4a8f"', text=text)
    return text.removeprefix("#").lower()


def _points(value: object) -> Decimal:
    """`9.5` -> the size of letters; Word knows halves of a point."""
    text = _text(value)
    if not re.fullmatch(r"[1-9][0-9]{0,2}(\.[05])?", text):
        raise invalid(
            "number", "{text} is no size of letters; write points, as 10 or 9.5", text=text
        )
    return Decimal(text)


def known_placeholders(text: str) -> str:
    """`In {year}`; a brace that stands alone is refused."""
    if re.search("[{}]", re.sub(r"\{[^{}]+\}", "", text)):
        raise invalid("placeholder", "a brace that is no placeholder such as {{year}}")
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
Placeholders = Annotated[Text, AfterValidator(known_placeholders)]

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


def one_or_more(value: object) -> object:
    """A text where a list may stand is a list of one."""
    return [value] if isinstance(value, str) else value


class Noun(BaseModel):
    """What all models share."""

    model_config = ConfigDict(frozen=True, extra="forbid")
