"""The PDF: its tags, fonts, links, attachments and dates; what it refuses; its bytes."""

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element

import pikepdf
import pytest

from kmo_report import pipeline
from kmo_report.document import Attachment, Document, parse
from kmo_report.problems import InputError, Problem
from kmo_report.render.pdf import to_pdf
from kmo_report.source import without_comments
from kmo_report.template import Template
from tests import pdf_text
from tests.conftest import GOOD, ROOT
from tests.test_same_content import TEMPLATE, bare, document, html_words, one_text, rendered

CASE = "2019-2020-crevits-370"
URL = "https://www.vlaamsparlement.be/parlementaire-documenten/schriftelijke-vragen/1304942"


@contextmanager
def opened(content: bytes) -> Iterator[pikepdf.Pdf]:
    """A PDF to look into."""
    with pikepdf.open(BytesIO(content)) as pdf:
        yield pdf


def problems(doc: Document, template: Template = TEMPLATE) -> list[Problem]:
    """What is wrong with it."""
    with pytest.raises(InputError) as caught:
        to_pdf(doc, template)
    return list(caught.value.problems)


def with_css(css: str) -> Template:
    """The house style with something more."""
    return replace(TEMPLATE, css=TEMPLATE.css + css)


# --- tags --------------------------------------------------------------------------------------

STRUCTURE = {
    "body": "Document", "section": "Sect", "h1": "H1", "h2": "H2", "h3": "H3", "p": "P", "ol": "L",
    "ul": "L", "table": "Table", "caption": "Caption", "thead": "THead", "tbody": "TBody",
    "tr": "TR", "th": "TH", "td": "TD", "a": "Link", "div": "Div", "blockquote": "BlockQuote", "img": "Figure",
}  # fmt: skip


def expected(element: Element) -> list[str]:
    """The structure that an element should have: kinds in reading order."""
    inside = [kind for child in element for kind in expected(child)]
    if element.tag == "li":
        return ["LI", "Lbl", "LBody", *inside]
    return [STRUCTURE[element.tag], *inside] if element.tag in STRUCTURE else inside


@pytest.mark.parametrize("case", GOOD)
def test_the_structure_is_that_of_the_html(case: str) -> None:
    body = document(case).root.find("body")
    assert body is not None
    with opened(rendered(case, "pdf")) as pdf:
        assert [tag.kind for tag in pdf_text.tags(pdf).walk()] == expected(body)


@pytest.mark.parametrize("case", sorted(GOOD.keys() - {"odd-text"}))
def test_a_screen_reader_says_the_words_of_each_element(case: str) -> None:
    root = document(case).root
    with opened(rendered(case, "pdf")) as pdf:
        tree = pdf_text.tags(pdf)
        for html, kind in (("h1", "H1"), ("p", "P"), ("caption", "Caption"), ("a", "Link"),
                           ("th", "TH"), ("td", "TD")):  # fmt: skip
            said = [bare(pdf_text.spoken(pdf, tag)) for tag in tree.all(kind)]
            assert said == [bare(html_words(element)) for element in root.iter(html)]
        labels = [e.get("data-label", "•") for e in root.iter("li")]
        assert [pdf_text.spoken(pdf, tag) for tag in tree.all("Lbl")] == labels


def test_each_cell_is_tied_to_its_row_and_its_column() -> None:
    with opened(rendered(CASE, "pdf")) as pdf:
        *_, averages = pdf_text.tags(pdf).all("Table")
        names = {
            str(tag.element.ID): pdf_text.spoken(pdf, tag).strip() for tag in averages.all("TH")
        }
        tied = {
            bare(pdf_text.spoken(pdf, cell)): [names[str(i)] for i in cell.element.A.Headers]
            for cell in averages.all("TD")
        }
        assert tied["€1.657"] == ["HRM", "Advies"]
        assert tied["€536"] == ["DIVERSITEIT", "Eindtotaal"]
        scopes = [str(tag.element.A.Scope) for tag in averages.all("TH")]
        assert scopes == [*["/Column"] * 4, "/Row", "/Row"]


def test_lists_say_how_they_count_and_tables_what_they_hold() -> None:
    with opened(rendered(CASE, "pdf")) as pdf:
        tree = pdf_text.tags(pdf)
        kinds = [str(tag.element.A.ListNumbering) for tag in tree.all("L")]
        assert kinds[:3] == ["/Decimal", "/LowerAlpha", "/LowerAlpha"]
        titles = [str(tag.element.T) for tag in tree.all("Table")]
        assert titles[-1] == "Gemiddelde steun per project 2019"
        assert all("/Summary" in tag.element.A for tag in tree.all("Table")[1:])


def test_a_table_over_pages_is_one_table_and_repeats_its_header() -> None:
    content = rendered("long-table", "pdf")
    with opened(content) as pdf:
        (table,) = pdf_text.tags(pdf).all("Table")
        assert len(table.all("TR")) == len([*document("long-table").root.iter("tr")])
    pages = [lines for lines in pdf_text.pages(content) if any("€" in line for line in lines)]
    assert len(pages) > 2
    for lines in pages:
        text = bare("".join(lines))
        assert "GemeenteAantalaanvragenTotalesteunGemiddeldesteunperaanvraag" in text
    assert sum(line == "Steun per gemeente in 2019" for page in pages for line in page) == 1


def test_no_row_is_split_over_two_pages() -> None:
    names = [f"regel{n}" for n in range(6)]  # fewer could not be split anyway
    row = f"<tr><th scope='row'>{'<br/>'.join(names)}</th></tr>"
    for filler in range(8):
        html = one_text("x").html.replace(
            "</section>",
            f'{"<p>x</p>" * filler}<table aria-label="u"><thead><tr><th scope="col">kop</th></tr>'
            f"</thead><tbody>{row * 20}</tbody></table></section>",
        )
        pages = pdf_text.pages(to_pdf(Document(html, parse(html)), TEMPLATE))
        assert len(pages) > 2
        for lines in pages:
            assert len({lines.count(name) for name in names}) == 1


def test_a_caption_stands_on_the_page_of_its_table() -> None:
    for filler in range(20, 60, 2):
        rows = "<tr><th scope='row'>regel</th></tr>" * 3
        html = (
            '<html lang="nl-BE"><head><title>t</title></head><body data-header="" data-footer="f">'
            f'<section class="answer"><h1>A</h1>{"<p>x</p>" * filler}<p>Ziehier:</p>'
            '<table aria-label="t"><caption>Bijschrift</caption><thead><tr><th scope="col">kop</th>'
            f"</tr></thead><tbody>{rows}</tbody></table></section></body></html>"
        )
        for lines in pdf_text.pages(to_pdf(Document(html, parse(html)), TEMPLATE)):
            text = "".join(lines)
            assert "Ziehier:Bijschriftkop" in text or "Bijschrift" not in text
            assert text.count("regel") == (3 if "Bijschrift" in text else 0)


# --- what is on every page ---------------------------------------------------------------------


@pytest.mark.parametrize("case", GOOD)
def test_every_page_has_its_number_and_a_draft_says_so(case: str) -> None:
    body = document(case).root.find("body")
    assert body is not None
    pages = pdf_text.pages(rendered(case, "pdf"))
    header = body.get("data-header")
    final = pipeline.read(GOOD[case], TEMPLATE.style)[0].status == "final"
    assert header == ("" if final else "ONTWERP")
    for number, lines in enumerate(pages, start=1):
        assert lines.count(f"{body.get('data-footer')} {number}/{len(pages)}") == 1
        assert ("ONTWERP" in lines) == bool(header)
    assert "ONTWERP" not in pdf_text.words(rendered(case, "pdf"))


# --- links -------------------------------------------------------------------------------------


def test_every_part_of_a_wrapped_link_leads_to_the_whole_address() -> None:
    with opened(rendered(CASE, "pdf")) as pdf:
        links = [a for page in pdf.pages for a in page.get("/Annots", [])]
        lines = {link.Rect[1] for link in links}
        assert len(lines) == 2  # it is broken over two lines
        for link in links:
            assert str(link.A.URI) == URL
        (tag,) = pdf_text.tags(pdf).all("Link")
        assert bare(pdf_text.spoken(pdf, tag)) == URL
        tied = [kid.Obj.objgen for kid in tag.element.K if isinstance(kid, pikepdf.Dictionary)]
        assert tied == [link.objgen for link in links]


def test_what_stands_in_a_link_is_read_in_order() -> None:
    html = one_text("x").html.replace(
        "<p>x</p>", '<p>een <a href="https://a.be/b">twee <em>drie</em> vier</a> vijf</p>'
    )
    with opened(to_pdf(Document(html, parse(html)), TEMPLATE)) as pdf:
        tree = pdf_text.tags(pdf)
        assert pdf_text.spoken(pdf, tree.all("Link")[0]) == "twee drie vier"
        assert pdf_text.spoken(pdf, tree.all("P")[0]) == "een twee drie vier vijf"


def test_a_screen_reader_finds_each_link_where_it_is_read() -> None:
    """From its place on the page a reader gets to its element (PDF 1.7, 14.7.4)."""
    with opened(rendered(CASE, "pdf")) as pdf:
        (tag,) = pdf_text.tags(pdf).all("Link")
        numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
        parents = dict(zip([int(n) for n in numbers[::2]], numbers[1::2], strict=True))
        for page in pdf.pages:
            for link in page.get("/Annots", []):
                assert parents[int(link.StructParent)].objgen == tag.element.objgen
                assert link.Rect[2] > link.Rect[0]


# --- what the file says of itself ---------------------------------------------------------------


def test_title_language_author_and_dates_are_those_of_the_data() -> None:
    with opened(rendered(CASE, "pdf")) as pdf:
        assert str(pdf.Root.Lang) == "nl-BE"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert str(pdf.docinfo["/Title"]).startswith("Schriftelijke vraag nr. 370")
        assert str(pdf.docinfo["/Author"]) == "HILDE CREVITS"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20200214000000Z"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "3"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == str(pdf.docinfo["/Title"])


def test_the_answer_and_its_figures_travel_inside() -> None:
    with opened(rendered(CASE, "pdf")) as pdf:
        files = {str(file.UF): file for file in pdf.Root.AF}
        assert {name: str(file.AFRelationship) for name, file in files.items()} == {
            "answer.yaml": "/Source",
            "figures.csv": "/Data",
        }
        assert str(files["figures.csv"].EF.F.Subtype) == "/text/csv"
        answer = files["answer.yaml"].EF.F.read_bytes()
        assert answer == without_comments((GOOD[CASE] / "answer.yaml").read_bytes())
        assert b"# the original says 14" not in answer
        assert [*pdf.attachments] == ["answer.yaml", "figures.csv"]
        for file in files.values():
            assert str(file.EF.F.Params.ModDate).startswith("D:20200214000000")


def test_text_under_marks_can_be_copied_as_it_was_written() -> None:
    """The glyphs of e and an accent say two characters; what is copied is the text (14.9.4)."""
    word = "re\u0301sume\u0301"
    with opened(to_pdf(one_text(word), TEMPLATE)) as pdf:
        assert pdf_text.spoken(pdf, pdf_text.tags(pdf).all("P")[0]) == word


def test_only_the_declared_font_is_used_and_all_of_it_is_inside() -> None:
    with opened(rendered("unnumbered", "pdf")) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert re.fullmatch(r"/[A-Z]{6}\+DejaVu-Sans(-Bold|-Oblique)?", str(font.BaseFont))
            assert "/FontFile2" in font.DescendantFonts[0].FontDescriptor


# --- what is refused ---------------------------------------------------------------------------


def test_a_missing_font_is_an_error_that_says_which() -> None:
    style = TEMPLATE.style.model_copy(update={"fonts": ("Flanders Art Sans",)})
    (problem,) = problems(one_text("x"), replace(TEMPLATE, style=style))
    assert problem.message == "the font Flanders Art Sans is not installed"


def test_a_font_that_lacks_a_face_is_an_error() -> None:
    style = TEMPLATE.style.model_copy(update={"fonts": ("DejaVu Sans", "DejaVu Math TeX Gyre")})
    (problem,) = problems(one_text("x"), replace(TEMPLATE, style=style))
    assert problem.message == "the font DejaVu Math TeX Gyre lacks bold, bold italic, italic"


def test_no_other_font_that_is_installed_steps_in() -> None:
    """DejaVu Sans has the signs, but only DejaVu Sans Mono may be used."""
    style = TEMPLATE.style.model_copy(update={"fonts": ("DejaVu Sans Mono",)})
    css = TEMPLATE.css.replace('"DejaVu Sans"', '"DejaVu Sans Mono"')
    mono = replace(TEMPLATE, style=style, css=css)
    assert to_pdf(one_text("x"), mono).startswith(b"%PDF")
    sign = "\N{LATIN SMALL LETTER OU}\N{LATIN CAPITAL LETTER B WITH STROKE}"
    assert to_pdf(one_text(sign), TEMPLATE).startswith(b"%PDF")
    assert {p.code for p in problems(one_text(sign), mono)} == {"glyph"}


def test_without_harfbuzz_subset_the_bytes_would_differ_so_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kmo_report.render.pdf.harfbuzz_subset", None)
    (problem,) = problems(one_text("x"))
    assert problem.code == "engine"
    assert "libharfbuzz-subset0" in problem.message


@pytest.mark.parametrize(
    ("css", "code"),
    [("table { display: none }", "hidden"), ("h1 { opacity: .5 }", "opacity")],
)
def test_a_style_sheet_hides_no_words(css: str, code: str) -> None:
    (problem,) = problems(one_text("een twee"), with_css(css))
    assert problem.code == code
    assert problem.place is not None
    assert problem.place.path.endswith("page.css")


def test_blanks_at_the_end_of_a_line_may_hang_over() -> None:
    assert rendered("lists", "pdf")


def test_an_undeclared_font_is_an_error() -> None:
    (problem,) = problems(one_text("x"), with_css("h1 { font-family: Lobster }"))
    assert problem.message == "the font Lobster is not declared in style.yaml (fonts: DejaVu Sans)"


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/a.png", "https://192.0.2.1/a.png", "file:///etc/passwd", "../x.png"]
)
def test_nothing_comes_from_elsewhere(url: str) -> None:
    found = problems(one_text("x"), with_css(f"body {{ background: url({url}) }}"))
    assert "is refused: only files of the template are used" in found[0].message
    assert Path(url).name in found[0].message


def test_a_picture_of_the_template_may_be_used(tmp_path: Path) -> None:
    square = "<rect width='9' height='9'/>"
    logo = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{square}</svg>"
    (tmp_path / "logo.svg").write_text(logo)
    template = replace(with_css("body { background: url(logo.svg) }"), folder=tmp_path)
    assert to_pdf(one_text("x"), template).startswith(b"%PDF")


def test_whatever_weasyprint_warns_of_is_an_error_with_its_place() -> None:
    (problem,) = problems(one_text("x"), with_css("\nh1 { colour: red }"))
    assert problem.code == "weasyprint"
    assert "colour" in problem.message
    assert problem.place is not None
    assert problem.place.path.endswith("page.css")
    assert problem.place.line == len(TEMPLATE.css.splitlines()) + 2


def test_a_table_that_runs_off_the_page_is_an_error() -> None:
    html = one_text("x").html.replace("<td>x</td>", f"<td>{'123456789 ' * 20}</td>")
    wide = with_css("td { width: 40cm; white-space: nowrap }")
    assert [p.code for p in problems(Document(html, parse(html)), wide)] == ["page"]


def test_a_sign_without_a_glyph_is_an_error_and_nothing_else() -> None:
    (problem,) = problems(one_text("goed \N{RECEIPT} werk"))
    assert problem.code == "glyph"
    assert problem.message.startswith("DejaVu Sans has no '\N{RECEIPT}' U+1F9FE RECEIPT")


# --- the same bytes ----------------------------------------------------------------------------

ANOTHER_TIME = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize("suffix", ["pdf", "docx"])
def test_the_same_answer_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    """Across processes, folders, time zones, locales, hash seeds and days."""
    surroundings = [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "2", "TZ": "America/Lima", "LC_ALL": "nl_BE.UTF-8",
         "SOURCE_DATE_EPOCH": str(int(ANOTHER_TIME.timestamp()))},
    ]  # fmt: skip
    digests = set()
    for number, extra in enumerate(surroundings):
        folder = tmp_path / str(number)
        folder.mkdir()
        command = [sys.executable, "-m", "kmo_report", "render", str(GOOD[CASE])]
        environment = {**os.environ, **extra, "PYTHONPATH": str(ROOT)}
        subprocess.run([*command, "--format", suffix], cwd=folder, env=environment, check=True)
        digests.add(hashlib.sha256((folder / f"out/{CASE}.{suffix}").read_bytes()).hexdigest())
    digests.add(hashlib.sha256(rendered(CASE, suffix)).hexdigest())
    assert len(digests) == 1


def test_the_order_of_attachments_does_not_change_the_bytes() -> None:
    first = Attachment("b.csv", b"1", "text/csv", "b", "Data")
    second = Attachment("a.yaml", b"2", "application/yaml", "a", "Source")
    base = document(CASE)
    one = to_pdf(replace(base, attachments=(first, second)), TEMPLATE)
    other = to_pdf(replace(base, attachments=(second, first)), TEMPLATE)
    with opened(one) as a, opened(other) as b:
        assert [*a.attachments] == [*b.attachments] == ["a.yaml", "b.csv"]


# --- pages that are turned, charts ----------------------------------------------------------------


def test_a_wide_table_turns_its_page_and_what_follows_turns_it_back() -> None:
    content = rendered("wide-tables", "pdf")
    with opened(content) as pdf:
        turned = [page.MediaBox[2] > page.MediaBox[3] for page in pdf.pages]
    pages = ["".join(lines) for lines in pdf_text.pages(content)]
    assert turned == [False, False, True, True, False]
    assert "1.a)Detoegekendesteun,totopdecent:ToegekendesteunDienst" in bare(pages[2])
    assert "b)Aantalensteunsamen:AantalaanvragenensteunDienst" in bare(pages[3])
    assert bare(pages[4]).startswith("Dezecijferszijnfictief.2.")


def test_a_wide_table_that_comes_first_keeps_its_number() -> None:
    table = '<table aria-label="t"><thead><tr><th scope="col">k</th></tr></thead></table>'
    wide = f'<div class="landscape">{table}</div>'
    for first in (wide, f"<p>x</p>{wide}"):
        nested = f'<ol><li data-label="a)">{first}</li></ol>'
        check_number_of(first)
        check_number_of(nested)


def check_number_of(item: str) -> None:
    """The number of an item stands on the turned page, before what it numbers."""
    inside = f'<ol><li data-label="7.">{item}</li></ol>'
    html = one_text("x").html.replace("<p>x</p>", f"<p>voor</p><p>dat</p>{inside}")
    pages = pdf_text.pages(to_pdf(Document(html, parse(html)), TEMPLATE))
    assert len(pages) == 3
    assert pages[1][0].startswith("7.")
    assert "k" in pages[1]


def test_a_chart_is_a_figure_that_says_the_same_in_words() -> None:
    for case in ("wide-tables", "top-and-share", "one-number"):
        with opened(rendered(case, "pdf")) as pdf:
            said = [str(tag.element.Alt) for tag in pdf_text.tags(pdf).all("Figure")]
        assert said == [image.get("alt") for image in document(case).root.iter("img")]
        assert said


def test_a_chart_is_drawn_in_lines_and_letters() -> None:
    content = rendered("one-number", "pdf")
    assert "".join(pdf_text.pages(content)[1]).count("Hoogrendementsglas") == 2
    with opened(content) as pdf:
        pictures = [o for o in pdf.objects if isinstance(o, pikepdf.Stream)
                    and o.get("/Subtype") == "/Image"]  # fmt: skip
    assert not pictures


def test_a_table_that_does_not_fit_is_named_once() -> None:
    rows = "".join(f'<tr><th scope="row">{"i" * 300}{n}</th></tr>' for n in range(90))
    html = one_text("x").html.replace("<tr><td>x</td></tr>", rows)
    (problem,) = problems(Document(html, parse(html)), with_css("th { white-space: nowrap }"))
    assert problem.message.startswith("the table t runs off page 1: iii")
