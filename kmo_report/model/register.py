"""The register that figures come from: where its rows are, and what its columns hold."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from annotated_types import Ge
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from kmo_report.model.scalars import (
    MEASURES,
    Noun,
    Placeholders,
    Text,
    Whole,
    Years,
    invalid,
    one_or_more,
)

NOTATIONS = ("1.234,56", "1 234,56", "1234,56", "1,234.56", "1 234.56", "1234.56")
"""How amounts can be written in a register, by example."""
NotationName = Literal["1.234,56", "1 234,56", "1234,56", "1,234.56", "1 234.56", "1234.56"]

_SEPARATE = re.compile(r"separate as (\S.*)")


_SECRET = re.compile(
    r"://[^/@]*:[^/@]*@|[?&][^=]*(password|passwd|pwd|token|secret|key)[^=]*=", re.IGNORECASE
)


def _no_password(text: str) -> str:
    if _SECRET.search(text):
        raise invalid(
            "password",
            "holds a password; leave it out: PGPASSWORD, ~/.pgpass or the like hold it",
        )
    return text


def _handling(text: str) -> str:
    if text not in ("refuse", "leave-out") and not _SEPARATE.fullmatch(text):
        raise invalid(
            "handling",
            "{text} is none of refuse, leave-out, separate as NAME",
            text=text,
        )
    return text


def _label_name(text: str) -> str:
    if text in (*MEASURES, "year", "measure"):
        raise invalid("label", "{text} has a meaning of its own; call the label otherwise",
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
Texts = Annotated[tuple[Text, ...], BeforeValidator(one_or_more)]


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
                raise invalid("label", "{name} is no label of `by:`", name=name)
        for name in re.findall(r"\{([a-z_]+)\}", self.item or ""):
            if name not in self.by:
                raise invalid("label", "{name} is no label of `by:`", name=name)
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
