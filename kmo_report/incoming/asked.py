"""What a text asks for and refers to: years, measures, rows; other ministers; earlier questions."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from kmo_report.dutch import DAY, read_day
from kmo_report.incoming.header import bare_name
from kmo_report.incoming.reading import Addressee, Measure, Reference, Requested, Skeleton

# --- figures --------------------------------------------------------------------------------------

_YEAR = r"(?:19[89]\d|20[0-4]\d)"
_NO_REQUEST = re.compile(
    rf"{DAY.pattern}"
    rf"|\b(?:vraag|vragen)\s+(?:nr\.?\s*)?\d+\s*\({_YEAR}\s*[-–]\s*{_YEAR}\)"
    rf"|\b(?:zittingsjaar|zitting|legislatuur|regeerakkoord|beleidsnota|beleidsplan|decreet van|"
    rf"besluit van)\s+{_YEAR}(?:\s*[-–]\s*{_YEAR})?",
    re.IGNORECASE,
)
"""Years that are no years asked for."""
_SPAN = re.compile(
    rf"\b({_YEAR})\s*(?:[-–]|tot\s+en\s+met|t\.?\s?e\.?\s?m\.?|tot|en\s+met)\s*({_YEAR})\b"
    rf"|\btussen\s+({_YEAR})\s+en\s+({_YEAR})\b",
    re.IGNORECASE,
)
_SINCE = re.compile(rf"\b(?:sinds|vanaf|sedert)\s+({_YEAR})\b", re.IGNORECASE)
_WORDS = {
    name: number
    for number, name in enumerate(
        ("twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien"), start=2
    )
}
_LAST = re.compile(
    rf"\b(?:voorbije|afgelopen|laatste|vorige|voorgaande)\s+({'|'.join(_WORDS)}|\d{{1,2}})\s+"
    r"(?:volledige\s+|kalender)?ja(?:ar|ren)\b",
    re.IGNORECASE,
)
_MOST_YEARS = 40

_MEASURES: tuple[tuple[Measure, re.Pattern[str]], ...] = (
    (
        "count",
        re.compile(
            r"\baantal(?:len)?\b|\bhoeveel\b(?!\s+(?:euro|geld|steun|subsidies?|budget|middelen|"
            r"tijd|bedraagt|kost))"
            r"|\boverzicht\b[^.?]*\b(?:aanvra(?:ag|gen)|dossiers?|projecten|toekenningen)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "total",
        re.compile(
            r"\btota(?:al|le)\b|\bbedrag(?:en)?\b|\bbudget(?:ten)?\b"
            r"|\bhoeveel\s+(?:euro|geld|steun|subsidies?|budget|middelen)\b",
            re.IGNORECASE,
        ),
    ),
    ("average", re.compile(r"\bgemiddeld[e]?\b", re.IGNORECASE)),
)
_TOTAL_NUMBER = re.compile(r"\btota(?:al|le)\s+(aantal(?:len)?)\b", re.IGNORECASE)
_AVERAGE_OF = re.compile(
    r"\b(gemiddelde?)\s+(?:tota(?:al|le)\s+)?(?:aantal(?:len)?|bedrag(?:en)?|budget)\b",
    re.IGNORECASE,
)

_ROWS = re.compile(
    r"\b(?:per|volgens|naargelang(?:\s+van)?)\s+(?:het\s+|de\s+)?"
    r"(?P<rows>[^\W\d_][\w-]*(?:(?:,\s*|\s+of\s+|\s+en\s+(?:per\s+)?)(?!de\b|het\b|met\b|per\b)"
    r"[^\W\d_][\w-]*(?=\s*(?:[.,;:?!)]|$|\s(?:zoals|in|van|op|en|voor|met|opgelijst|die|dat|kan|"
    r"te|weer|weergeven|geven|bezorgen|meedelen)\b)))*)",
    re.IGNORECASE,
)
_NO_ROWS = re.compile(
    r"(?:ja(?:ar|ren)|kalenderjaar|maand|kwartaal|semester|schooljaar|aanvraag|persoon|inwoner|"
    r"project|dossier|stuk|dag|week|uur|email|e-mail|mail|post|brief|definitie|slot|ongeluk|saldo|"
    r"direct|vergissing|artt?|artikel|mij|ons|u|mijn|onze|welke?|deze|dit)",
    re.IGNORECASE,
)


def requested(
    part: str | None, text: str, skeleton: Sequence[Skeleton], asked_on: date | None
) -> Requested | None:
    """The figures that a part asks for; None where it asks for none."""
    drawn = " ".join(cell for table in skeleton for row in table.rows[:1] for cell in row)
    plain = _AVERAGE_OF.sub(r"\1", _TOTAL_NUMBER.sub(r"\1", f"{text}\n{drawn}"))
    years = _years(text, asked_on)
    measures = tuple(measure for measure, pattern in _MEASURES if pattern.search(plain))
    found = (_without_time(match["rows"]) for match in _ROWS.finditer(text))
    rows = next(filter(None, found), None)
    layout = _layout(skeleton)
    if not (years or layout or rows or measures):
        return None
    return Requested(part, years, measures, rows, layout, tuple(skeleton))


def _without_time(rows: str) -> str:
    """`jaar en per provincie` -> provincie: years are asked for as such."""
    words = re.split(r"(,\s*|\s+of\s+|\s+en\s+(?:per\s+)?)", rows)
    while words and _NO_ROWS.fullmatch(words[0]):
        del words[:2]
    while words and _NO_ROWS.fullmatch(words[-1]):
        del words[-2:]
    return "".join(words)


def _layout(skeleton: Sequence[Skeleton]) -> Literal["per-year", "per-measure"] | None:
    """A table a year with the measures as columns, or a table a measure, as it was drawn."""
    for table in skeleton:
        head = " ".join(table.rows[0][1:])
        measured = sum(bool(pattern.search(head)) for _, pattern in _MEASURES)
        if re.fullmatch(rf"(?:jaar\s+)?{_YEAR}\s*:?", table.caption, re.IGNORECASE) and measured:
            return "per-year"
        if any(pattern.search(table.caption) for _, pattern in _MEASURES) and not measured:
            return "per-measure"
    return None


def _years(text: str, asked_on: date | None) -> tuple[int, ...]:
    """Every year that is named, in order."""
    text = _NO_REQUEST.sub(" ", text)
    years: set[int] = set()
    for match in _SPAN.finditer(text):
        first, last = (int(year) for year in match.groups() if year)
        if first <= last <= first + _MOST_YEARS:
            years |= {*range(first, last + 1)}
    years |= {int(year) for year in re.findall(rf"(?<![\d.,-])\b{_YEAR}\b(?![.,]?\d)", text)}
    if asked_on:
        for match in _SINCE.finditer(text):
            years |= {*range(int(match[1]), asked_on.year + 1)}
        for match in _LAST.finditer(text):
            length = _WORDS.get(match[1].lower()) or int(match[1])
            if length <= _MOST_YEARS:
                years |= {*range(asked_on.year - length, asked_on.year)}
    return tuple(sorted(years))


def derived_years(text: str) -> str | None:
    """The words that name years without saying which: `de voorbije vijf jaar`, `sinds 2016`."""
    match = _LAST.search(text) or _SINCE.search(_NO_REQUEST.sub(" ", text))
    return match[0] if match else None


# --- other ministers ------------------------------------------------------------------------------

_ADDRESSED = re.compile(
    r"\s*\bDeze\s+(?:schriftelijke\s+)?vraag\s+(?:werd|wordt|is)\s+(?:ook\s+|tevens\s+)?gesteld\s+"
    r"aan\s+(?:de\s+)?(?:Vlaamse?\s+)?(?:vice)?ministers?(?:-president)?\s+"
    r"(?P<names>(?:[^()\n]{1,120}\(\s*(?:nr\.?\s*)?\d{1,5}\s*\))+)\s*\.?",
    re.IGNORECASE,
)
_NAMED = re.compile(r"([^()]+?)\s*\(\s*(?:nr\.?\s*)?(\d{1,5})\s*\)")


def take_addressees(text: str) -> tuple[str, tuple[Addressee, ...]]:
    """A text without the sentence that names the other ministers, and these."""
    match = _ADDRESSED.search(text)
    if not match:
        return text, ()
    people = tuple(
        Addressee(bare_name(re.sub(r"^(?:[\s,;]|en\s|aan\s|minister\s)+", "", name)), int(number))
        for name, number in _NAMED.findall(match["names"])
    )
    before, after = text[: match.start()].rstrip(), text[match.end() :].strip()
    return "\n\n".join(filter(None, (before, after))), people


# --- earlier questions ----------------------------------------------------------------------------

_NAME_WORD = r"(?:[A-ZÀ-Þ](?:\.|[\w'’-]*)|['’d]['’]?[A-ZÀ-Þ][\w'’-]*)"
_NAME = (
    rf"(?:(?:de\s+heer|mevrouw|dhr\.?|mevr\.?)\s+)?(?:toenmalig\s+)?"
    rf"{_NAME_WORD}(?:\s+(?:van|de|den|der|ten|ter|het|el|al|ben|la|le)\b|\s+{_NAME_WORD}){{0,6}}"
)
_OWN = r"(?P<own>\bmijn\s+(?:\w+\s+){0,2})?"
_NUMBERED = re.compile(
    rf"{_OWN}\b(?:(?P<written>schriftelijke\s+vra(?:ag|gen)|SV)\s+(?:met\s+)?(?:nrs?\.?|nummer)?|"
    rf"vra(?:ag|gen)\s+(?P<nr>nrs?\.?|nummer)?)\s*(?P<number>\d{{1,4}})\b(?![.)]?\s?[a-z]\b)"
)
_DATED = re.compile(
    r"(?P<own>\bmijn\s+)?(?:(?:vorige|eerdere|vroegere|andere|gelijkaardige|gelijkluidende)\s+)"
    rf"(?:schriftelijke\s+)?vraag\s+van\s+{DAY.pattern}",
    re.IGNORECASE,
)


def references(texts: Sequence[str], own: tuple[int | None, str | None]) -> tuple[Reference, ...]:
    """Earlier questions that are named, each once; `own`: number and asker of this one."""
    found: dict[tuple[object, ...], Reference] = {}
    for text in texts:
        for _, reference in sorted(_references(" ".join(text.split()), own), key=lambda r: r[0]):
            if reference.number == own[0] and reference.asked_by in (None, own[1]):
                continue
            key = (reference.number, (reference.asked_by or "").lower(), reference.date)
            found.setdefault(key, reference)
    return tuple(found.values())


def _references(text: str, own: tuple[int | None, str | None]) -> Iterator[tuple[int, Reference]]:
    for match in _NUMBERED.finditer(text):
        day, name = _facts(text[match.end() : match.end() + 200])
        if match["own"] and not name:
            name = own[1]
        if match["written"] or match["nr"] or name:
            yield match.start(), Reference(int(match["number"]), name, day)
    for match in _DATED.finditer(text):
        name = own[1] if match["own"] else None
        yield match.start(), Reference(None, name, read_day(match))


_ON = re.compile(rf",?\s*(?:van\s+|d\.d\.\s+)?{DAY.pattern}", re.IGNORECASE)
_FROM = re.compile(rf",?\s*van\s+(?P<name>{_NAME})")
_IN = re.compile(r"\s*\(\d{4}\s*[-–]\s*\d{4}\)")


def _facts(text: str) -> tuple[date | None, str | None]:
    """The day and the asker that follow a number, in either order."""
    day: date | None = None
    name: str | None = None
    at = 0
    while True:
        rest = text[at:]
        if match := _IN.match(rest):
            pass
        elif day is None and (match := _ON.match(rest)):
            day = read_day(match)
        elif name is None and (match := _FROM.match(rest)):
            name = bare_name(match["name"]).rstrip(".")
        else:
            return day, name
        at += match.end()
