"""One text: the words and cells of HTML, PDF and DOCX are the same, and those of the original.

Words are compared without white space, since each format breaks its lines elsewhere.
"""

import re
import unicodedata
from functools import cache
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmo_report import pipeline
from kmo_report.document import Document, parse
from kmo_report.fill import fill
from kmo_report.problems import InputError
from kmo_report.render import RENDERERS
from kmo_report.template import DEFAULT, find_template, open_template
from kmo_report.view import page
from tests import docx_text, pdf_text
from tests.conftest import GOOD, ROOT

TEMPLATE = open_template(find_template(DEFAULT))
LINK = "https://www.vlaamsparlement.be/parlementaire-documenten/schriftelijke-vragen/1304942"


@cache
def document(case: str) -> Document:
    """A good case, filled."""
    answer, attachments, _ = pipeline.read(GOOD[case], TEMPLATE.style)
    return fill(page(answer, TEMPLATE.style), TEMPLATE, attachments)


@cache
def rendered(case: str, suffix: str) -> bytes:
    """A good case in a format."""
    return RENDERERS[suffix](document(case), TEMPLATE)


def bare(text: str) -> str:
    """Without white space."""
    return re.sub(r"\s", "", text)


def html_words(element: Element) -> str:
    """All words in order, with the labels of lists."""
    label = element.get("data-label", "•") if element.tag == "li" else ""
    inside = "".join(html_words(child) + (child.tail or "") for child in element)
    return f"{label}{element.text or ''}{inside}"


def html_tables(root: Element) -> list[list[list[str]]]:
    """Rows of cells."""
    return [
        [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]
        for table in root.iter("table")
    ]


@pytest.mark.parametrize("case", GOOD)
def test_the_words_of_all_formats_are_the_same(case: str) -> None:
    body = document(case).root.find("body")
    assert body is not None
    words = bare(html_words(body))
    docx = rendered(case, "docx")
    assert bare(docx_text.words(docx)) == words
    if case != "odd-text":  # text from right to left has no one order on paper
        assert bare(pdf_text.words(rendered(case, "pdf"))) == words


@pytest.mark.parametrize("case", GOOD)
def test_the_cells_of_the_docx_are_those_of_the_html(case: str) -> None:
    tables = html_tables(document(case).root)
    found = docx_text.tables(rendered(case, "docx"))
    assert [[list(map(bare, row)) for row in table] for table in found] == [
        [list(map(bare, row)) for row in table] for table in tables
    ]


def test_the_seed_says_what_the_original_says() -> None:
    """But for the copies of the link that stand below it in the original."""
    original = bare((ROOT / "tests/data/sv-370-2019-2020.txt").read_text("utf-8"))
    assert original.count(LINK) == 3
    first = original.index(LINK) + len(LINK)
    original = original[:first] + original[first:].replace(LINK, "")
    name = "2019-2020-crevits-370"
    assert bare(pdf_text.words(rendered(name, "pdf"))) == original
    assert bare(docx_text.words(rendered(name, "docx"))) == original


def test_the_2b_example_has_a_table_per_year_with_a_row_per_item() -> None:
    docx = rendered("example-2b", "docx")
    _, *tables = docx_text.tables(docx)
    assert len(tables) == 4
    for table in tables:
        assert table[0][1:] == ["Aantal aanvragen", "Totale steun", "Gemiddelde steun per aanvraag"]
        assert [row[0] for row in table[1:]][-1] == "Eindtotaal"
        assert len(table) == 6
    words = docx_text.words(docx)
    for year in range(2016, 2020):
        assert f"{year}:" in words
    assert "fictief" in words


# --- any text --------------------------------------------------------------------------------

HEAD = '<html lang="nl-BE"><head><title>t</title></head><body data-header="" data-footer="f">'


def one_text(text: str) -> Document:
    """A document of one paragraph and one cell."""
    escaped = escape(text)
    html = (
        f'{HEAD}<section class="answer"><h1>A</h1><p>{escaped}</p><table aria-label="t"><thead><tr>'
        f'<th scope="col">k</th></tr></thead><tbody><tr><td>{escaped}</td></tr></tbody></table>'
        "</section></body></html>"
    )
    return Document(html, parse(html))


# Scripts that DejaVu Sans has, written from left to right, without marks that combine.
LETTERS = "".join(
    chr(code)
    for first, last in ((0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x17F), (0x391, 0x3A1), (0x410, 0x44F))
    for code in range(first, last + 1)
)
snippets = st.sampled_from(["O&O <50", "{{ x }}", "%}", "€", "</p>", "&amp;", "]]>", "\u00a0", "½"])


@settings(max_examples=40)
@given(st.lists(st.one_of(st.text(LETTERS, max_size=12), snippets), max_size=6).map("".join))
def test_any_text_comes_out_of_both(text: str) -> None:
    given_document = one_text(text)
    docx = docx_text.words(RENDERERS["docx"](given_document, TEMPLATE))
    assert bare(docx) == bare(f"A{text}k{text}")
    pdf = pdf_text.words(RENDERERS["pdf"](given_document, TEMPLATE))
    assert bare(pdf) == bare(f"A{text}k{text}")


# Letters with marks that combine, and letters that are read from right to left.
CLUSTERS = ["e\u0301", "c\u0327", "a\u0308", "n", " ", *"שלום", *"مرحبا"]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=20).map("".join))
def test_marks_and_text_from_right_to_left_lose_nothing(text: str) -> None:
    given_document = one_text(text)
    docx = docx_text.words(RENDERERS["docx"](given_document, TEMPLATE))
    assert bare(docx) == bare(f"A{text}k{text}")
    # On paper they have another order, and letters and their marks or ligatures are one sign.
    pdf = pdf_text.words(RENDERERS["pdf"](given_document, TEMPLATE))
    assert letters(pdf) == letters(f"A{text}k{text}")


def letters(text: str) -> list[str]:
    """The letters and marks of a text, in no order."""
    return sorted(bare(unicodedata.normalize("NFKD", text)))


@settings(max_examples=25)
@given(st.characters(codec="utf-8", categories=["So"], min_codepoint=0x1F300))
def test_a_sign_without_a_glyph_is_named(sign: str) -> None:
    try:
        RENDERERS["pdf"](one_text(f"goed gedaan {sign} collega"), TEMPLATE)
    except InputError as error:
        (problem,) = error.problems
        assert f"U+{ord(sign):04X} {unicodedata.name(sign)}" in problem.message
        assert "goed gedaan" in problem.message
    else:
        assert ord(sign) in range(0x1F030, 0x1F650)  # DejaVu Sans has some of these


def test_an_emoji_is_named() -> None:
    with pytest.raises(InputError, match=r"U\+1F9FE RECEIPT, as in: .*goed"):
        RENDERERS["pdf"](one_text("goed \N{RECEIPT}"), TEMPLATE)
