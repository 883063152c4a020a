"""The house style as data."""

import re
from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import AfterValidator, Field, StringConstraints

from kmo_report.language import did_you_mean
from kmo_report.model.answer import Kind
from kmo_report.model.scalars import (
    MEASURES,
    Colour,
    Measurement,
    Noun,
    Points,
    Text,
    invalid,
    known_placeholders,
)


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
        for name in re.findall(r"\{([^{}]+)\}", known_placeholders(text)):
            if name not in known:
                hint = did_you_mean(name, known)
                raise invalid(
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
    quoted: Annotated[Text, _with("case")] = "Overgenomen uit {case}, nog na te lezen:"
    """In a draft above what was taken over from an earlier answer, until it is reviewed; with
    `{case}`. Example: 'Overgenomen uit {case}, nog na te lezen:'"""
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
                raise invalid("missing-key", "lacks the key {key}", key=name)
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
