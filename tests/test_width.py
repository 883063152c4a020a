"""A table's width is known before it is made: near enough to the font, and never too little."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from kmo_report.model.style import TableRoom
from kmo_report.model.table import Table
from kmo_report.table import table_views
from kmo_report.width import Fit, Need, Text, fit, letters, needs, shared
from tests import docx_text
from tests.conftest import GOOD, STYLE
from tests.docx_text import W, part, value
from tests.test_same_content import document, rendered

FONTS = Path("/usr/share/fonts/truetype/dejavu")
ROOM = TableRoom()


@cache
def measure(*, bold: bool) -> Callable[[str], float]:
    """The width of a text in ems, by the font itself."""
    font = TTFont(FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf")
    widths, names, size = font["hmtx"], font.getBestCmap(), font["head"].unitsPerEm
    return lambda text: float(sum(widths[names[ord(letter)]][0] for letter in text)) / size


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(
    "text",
    ["€\u00a01.684.800,00", "4150", "2019", "Arrondissement", "Gemiddelde", "Eindtotaal", "11,3%",
     "Isolatie van dak of zoldervloer", "\N{MINUS SIGN}23,1%", "VLAAMS MINISTER", "Wijk 'Ö'"],
)  # fmt: skip
def test_letters_are_as_wide_as_in_the_font(text: str, bold: bool) -> None:
    true = measure(bold=bold)(text)
    assert true * 0.985 <= letters(text, bold=bold) <= true * 1.08


def test_a_figure_is_never_broken_and_a_word_at_its_hyphen() -> None:
    assert Text("€ 1.200", number=True).narrowest() == letters("€ 1.200")
    assert Text("Oost-Vlaanderen").narrowest() == letters("Vlaanderen")
    assert Text("2019-2020").narrowest() == letters("2019-2020")
    assert Text("Totale steun", bold=True, number=True).narrowest() == letters("Totale", bold=True)


def columns(count: int, least: float) -> list[Need]:
    return [Need(least, least, least)] * count


def test_the_first_way_that_fits_is_taken() -> None:
    """Ten columns, from narrow to wide: as it is, smaller, turned, turned and smaller, not."""
    found = [fit(columns(10, least), ROOM, "auto") for least in (3, 4, 5.5, 6.4, 9)]
    assert [(way.landscape, way.small) for way in found] == [
        (False, False), (False, True), (True, False), (True, True), (True, True),
    ]  # fmt: skip
    assert [way.over > 0 for way in found] == [False] * 4 + [True]


def test_a_page_may_be_asked_for() -> None:
    assert fit(columns(2, 1), ROOM, "landscape") == Fit(landscape=True, small=False)
    assert not fit(columns(10, 5.5), ROOM, "portrait").landscape
    assert fit(columns(10, 5.5), ROOM, "portrait").over > 0


def test_a_list_around_it_takes_room() -> None:
    assert fit(columns(10, 3.7), ROOM, "auto") == Fit(landscape=False, small=False)
    assert fit(columns(10, 3.7), ROOM, "auto", 15) == Fit(landscape=False, small=True)


def test_names_get_room_before_the_page_is_kept() -> None:
    row = [Text("Een lange naam van een dienst"), *[Text("4150", number=True)] * 3]
    (names, *figures) = needs([row])
    assert names.least == letters("dienst") < names.comfort <= names.whole
    assert all(column.least == column.comfort for column in figures)


@given(
    st.lists(st.tuples(st.floats(0.5, 20), st.floats(0, 30)), min_size=1, max_size=9),
    st.floats(20, 300),
)
def test_a_width_is_shared_whole_and_by_need(
    wanted: list[tuple[float, float]], width: float
) -> None:
    found = [Need(least, least, least + more) for least, more in wanted]
    shares = shared(found, width, 0.6)
    assert abs(sum(shares) - width) < 1e-6
    if sum(column.least + 1.2 for column in found) <= width:
        assert all(s >= c.least + 1.2 - 1e-9 for s, c in zip(shares, found, strict=True))


@pytest.mark.parametrize("case", sorted(GOOD.keys() - {"odd-text"}))
def test_no_figure_of_a_docx_is_broken(case: str) -> None:
    """By the font itself: each figure is no wider than what its column leaves for it."""
    main = part(rendered(case, "docx"), "word/document.xml")
    for table, html in zip(main.iter(f"{W}tbl"), document(case).root.iter("table"), strict=True):
        size = STYLE.tables.small if html.get("class") == "small" else STYLE.tables.letters
        widths = [int(column.get(f"{W}w", "0")) / 20 for column in table.iter(f"{W}gridCol")]
        for row in table.iter(f"{W}tr"):
            for cell, width in zip(row.iter(f"{W}tc"), widths, strict=True):
                style = value(cell, "p/pPr/pStyle")
                words = docx_text.text(cell)
                pieces = words.split() if "Heading" in style else [words]
                if style.endswith("Number"):
                    bold = "Text" not in style
                    for piece in pieces:
                        assert measure(bold=bold)(piece) * size <= width - 10.8, (words, width)


def test_the_pages_are_those_of_the_style_sheets() -> None:
    """style.yaml says how wide a page is; page.docx has the same."""
    main = part(rendered("wide-tables", "docx"), "word/document.xml")
    sections = [
        (section.find(f"{W}pgSz"), section.find(f"{W}pgMar")) for section in main.iter(f"{W}sectPr")
    ]
    widths = []
    for page, margins in sections:
        assert page is not None
        assert margins is not None
        twips = (page.get(f"{W}w"), margins.get(f"{W}left"), margins.get(f"{W}right"))
        whole, left, right = (int(text or "0") for text in twips)
        widths.append(round((whole - left - right) / 1440 * 25.4))
    assert set(widths) == {STYLE.tables.portrait, STYLE.tables.landscape}
    assert all(a != b for a, b in pairwise(widths))


def test_the_tables_of_one_table_turn_their_page_together() -> None:
    years = {
        str(year): {"Dienst": {"count": "1", "total": "123456789"}} for year in range(2010, 2020)
    }
    layout = {"rows": "item", "columns": "year", "measures": ["count", "total"]}
    table = Table.model_validate({"years": years, "layout": layout, "captions": "t"})
    counts, totals = table_views(table, STYLE)
    assert counts.landscape
    assert totals.landscape
    assert counts.small == totals.small
    only = table.model_copy(
        update={"layout": table.layout.model_copy(update={"measures": ("count",)})}
    )
    assert not table_views(only, STYLE)[0].landscape
