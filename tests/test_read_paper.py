"""What paper does to a text: broken words, running lines, columns, tables over pages."""

from typing import Any

import pytest
import weasyprint
from hypothesis import given, settings

from kmo_report.incoming import read_bytes
from kmo_report.incoming.flow import read_paper
from tests.test_read import (
    HEAD,
    TO,
    bodies,
    every_word_once,
    numbered_words,
)

LOREM = (
    "De Vlaamse overheid ondersteunt ondernemingen die investeren in de vaardigheden van hun medewerkers "
    "en in een competentiegericht personeelsbeleid, zodat kansengroepen opportuniteiten krijgen. "
)


def paper(body: str, css: str = "") -> bytes:
    """An untagged PDF."""
    page = (
        "@page { size: A4; margin: 25mm } body { font: 10pt 'DejaVu Sans' } p { margin: 0 0 8pt } "
    )
    html = f"<html lang='nl'><body>{body}</body></html>"
    pdf: bytes = weasyprint.HTML(string=html).write_pdf(
        stylesheets=[weasyprint.CSS(string=page + css)]
    )
    return pdf


def text_of(body: str, css: str = "") -> str:
    return read_bytes(paper(body, css), "a.pdf").parts[0].text


def question(body: str) -> str:
    head = "".join(
        f"<p>{part.replace(chr(10), '<br>')}</p>" for part in (HEAD + TO).strip().split("\n\n")
    )
    return f"{head}<p>Onderwerp</p>{body}"


def answer_tables(body: str, css: str = "") -> list[dict[str, Any]]:
    head = (
        "<p>1. Hoeveel?</p><p>TOM CLAES<br>VLAAMS MINISTER VAN WERK</p><p>ANTWOORD<br>op vraag nr. 12 van "
        "5 maart 2024<br>van LIEN AERTS</p>"
    )
    found = read_bytes(paper(question(head + body), css), "a.pdf").as_tree()
    return [table for part in found["answer"]["parts"] for table in part["tables"]]


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(60, 170, 10))
def test_words_are_put_together_as_they_were(width: int) -> None:
    text = (
        "Een viona-onderzoek naar het HR-beleid en de aan- of verkoop van kmo-portefeuille-opleidingen "
        "in Oost-Vlaanderen, zie https://www.vlaamsparlement.be/parlementaire-documenten/schriftelijke-"
        "vragen/1304942 en ook COVID-19-maatregelen van 2019-2020. "
    )
    css = f"p {{ width: {width}mm; overflow-wrap: anywhere }}"
    text = (text + LOREM) * 3
    assert text_of(f"<p>{text}</p>", css) == text.strip()


@pytest.mark.parametrize("mark", ["\u2010", "-"])
def test_hyphens_of_the_program_go_and_those_of_the_word_stay(mark: str) -> None:
    css = f'p {{ width: 50mm; hyphens: auto; hyphenate-character: "{mark}" }}'
    text = (LOREM + "Het kmo-portefeuille-instrument wordt breed ingezet. ") * 4
    pdf = paper(f"<p>{text}</p>", css)
    cut = [line.text for line in read_paper(pdf, "a").lines if line.text.endswith(("-", "\u2010"))]
    assert len(cut) > 5 or mark == "\u2010"
    found = read_bytes(pdf, "a.pdf").parts[0].text
    assert found.replace("kmo- ", "kmo-") == text.strip()


def test_a_link_that_is_printed_again_is_dropped() -> None:
    link = "https://www.vlaamsparlement.be/parlementaire-documenten/schriftelijke-vragen/1304942"
    found = text_of(
        f"<p>Zie ook het antwoord (zie: {link}).</p><p>{link}</p><p>{link}</p><p>Verder niets.</p>"
    )
    assert found == f"Zie ook het antwoord (zie: {link}).\n\nVerder niets."


# --- pages ----------------------------------------------------------------------------------------

RUNNING = """@page { @top-center { content: "Vlaams Parlement - 12 (2023-2024)" }
                     @bottom-right { content: counter(page) "/" counter(pages) } }"""


@pytest.mark.parametrize("repeat", [1, 60])
def test_running_lines_are_no_text_and_paragraphs_go_on_over_pages(repeat: int) -> None:
    text = " ".join(f"{LOREM}Zo is het {number} keer." for number in range(repeat))
    found = text_of(f"<p>{text}</p><p>Einde.</p>", RUNNING)
    wanted = f"{text}\n\nEinde.".replace("  ", " ")
    if repeat == 1:  # what stands once is only known to run along by its page number
        wanted = f"Vlaams Parlement - 12 (2023-2024)\n\n{wanted}"
    assert found == wanted


def test_two_columns_are_read_one_after_the_other() -> None:
    texts = [" ".join(f"Zin {n}{c} is {LOREM}" for c in "abc").strip() for n in range(1, 13)]
    body = "".join(f"<p>{n}. {text}</p>" for n, text in enumerate(texts, start=1))
    found = read_bytes(paper(f"<h1>Onderwerp</h1>{body}", "body { columns: 2 }"), "a.pdf")
    assert [part.text for part in found.parts] == [text.replace("  ", " ") for text in texts]


def test_two_columns_that_were_written_line_by_line() -> None:
    left, right = [f"links{n}" for n in range(8)], [f"rechts{n}" for n in range(8)]
    body = "".join(
        f"<div style='position: absolute; left: {x}mm; top: {6 * n}mm'>{words[n]} {'regel tekst ' * 3}</div>"
        for n in range(8)
        for x, words in ((0, left), (85, right))
    )
    found = text_of(body, "body { font-size: 9pt; white-space: nowrap }")
    assert [word for word in found.split() if word[-1].isdigit()] == left + right


# --- tables ---------------------------------------------------------------------------------------

ROWS = [
    ["Provincie", "Aantal aanvragen", "Totale steun", "Totaal van alles samen"],
    ["Antwerpen", "1.204", "80", "1.284"],
    ["Oost-Vlaanderen en West-Vlaanderen samen", "4", "6", "10"],
    ["Totaal", "1.208", "86", "1.294"],
]
TABLE = "<table>" + "".join(
    f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS
) + "</table>"  # fmt: skip
LOOKS = {
    "none": "td { padding: 2pt 12pt }",
    "grid": "table { border-collapse: collapse } td { border: 0.5pt solid; padding: 2pt 6pt }",
    "rows": "table { border-collapse: collapse } td { border-top: 0.5pt solid; padding: 2pt 12pt }",
    "light": "table { border-top: 1pt solid; border-bottom: 1pt solid; border-collapse: collapse }"
    " td { padding: 2pt 12pt } tr:first-child td { border-bottom: 1pt solid }",
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", ["auto", "130mm"])
def test_tables_are_read_whatever_their_rules(look: str, width: str) -> None:
    css = f"{LOOKS[look]} table {{ width: {width} }} td {{ max-width: 40mm }} td + td {{ text-align: right }}"
    (table,) = answer_tables(
        f"<p>De cijfers voor 2023:</p><p>Steun per provincie</p>{TABLE}<p>Verder.</p>", css
    )
    assert table == {"caption": "Steun per provincie", "rows": ROWS, "adds_up": True}


def test_a_table_over_pages_is_one_and_its_headings_stand_once() -> None:
    rows = [[f"Gemeente {n}", str(n), str(2 * n), str(3 * n)] for n in range(1, 150)]
    head = (
        "<thead><tr><th>Gemeente</th><th>Advies</th><th>Opleiding</th><th>Totaal</th></tr></thead>"
    )
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    for look in LOOKS.values():
        (table,) = answer_tables(f"<p>Steun</p><table>{head}{body}</table>", look + RUNNING)
        assert table["rows"] == [["Gemeente", "Advies", "Opleiding", "Totaal"], *rows]
        assert table["adds_up"] is True


def test_items_at_some_distance_of_their_number_are_no_table() -> None:
    items = "".join(
        f"<div style='position: relative; padding-left: 20mm'><span style='position: absolute; left: 0'>{n}."
        f"</span>Vraag {n}?</div>"
        for n in range(1, 5)
    )
    found = read_bytes(paper(question(items)), "a.pdf")
    assert [(part.label, part.text) for part in found.parts] == [
        (str(n), f"Vraag {n}?") for n in range(1, 5)
    ]


# --- pictures -------------------------------------------------------------------------------------

PICTURE = (
    "<svg xmlns='http://www.w3.org/2000/svg' width='{0}' height='{0}'><rect width='{0}' height='{0}' "
    "fill='silver'/><text x='10' y='40' font-size='14'>Staafdiagram 1234</text></svg>"
)


@pytest.mark.parametrize(("size", "drawn"), [(200, True), (760, False)])
def test_words_of_a_picture_are_told_and_those_of_a_page_that_is_one_are_read(
    size: int, drawn: bool
) -> None:
    picture = f'<img alt="x" src="data:image/svg+xml,{PICTURE.format(size)}">'
    html = f"<html lang=nl><p>Woorden van het blad zelf, die er al stonden.</p>{picture}"
    sheet = weasyprint.CSS(string="@page { size: A4; margin: 0 } p { font: 10pt 'DejaVu Sans' }")
    pdf = weasyprint.HTML(string=html).write_pdf(stylesheets=[sheet], pdf_tags=True)
    pages = read_paper(pdf, "a.pdf")
    text = " ".join(line.text for line in pages.lines)
    assert "die er al stonden" in text
    assert ("Staafdiagram 1234" in text) is not drawn
    assert [p.code for p in pages.problems] == ["not-placed"] * drawn
    assert all("Staafdiagram 1234" in p.message for p in pages.problems)


# --- the law of words -----------------------------------------------------------------------------


@settings(max_examples=20)
@given(bodies)
def test_every_word_on_paper_is_in_one_element_or_in_a_problem(pieces: Any) -> None:  # noqa: ANN401
    text, words = numbered_words(pieces)
    body = "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in text.split("\n\n"))
    tree = read_bytes(paper(question(f"<p>{LOREM}</p>{body}")), "a.pdf").as_tree()
    every_word_once(tree, words)
