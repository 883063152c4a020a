"""page.docx as an officer or an office left it: what is theirs stays, what is ours is there."""

import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmo_report.document import Document, parse
from kmo_report.look import Lettering, custom_properties, letterings
from kmo_report.model.style import Letters, Look, Rules, TextLetters
from kmo_report.problems import InputError
from kmo_report.render.docx import packed, to_docx
from kmo_report.render.dress import NEEDED, differences, dress, lettering, name_of, opened
from kmo_report.template import DEFAULT, Template, find_template, open_template
from tests import docx_text
from tests.docx_text import W
from tests.house_style import copied, in_word
from tests.test_cli import kmo

TEMPLATE = open_template(find_template(DEFAULT))
STYLES, HEADER, FOOTER = "word/styles.xml", "word/header1.xml", "word/footer1.xml"
MAIN = "word/document.xml"
LOGO = (
    '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/'
    'wordprocessingDrawing"><wp:docPr id="1" name="logo" descr="Logo"/></wp:inline></w:drawing>'
)


def rendered(docx: bytes, header: str = "ONTWERP", footer: str = "Vraag nr. 370") -> bytes:
    html = (
        f'<html lang="nl-BE"><head><title>t</title></head><body data-header="{header}" '
        f'data-footer="{footer}"><section class="answer"><h1>A</h1><p>b</p></section></body></html>'
    )
    return to_docx(Document(html, parse(html)), replace(TEMPLATE, docx=docx))


def edited(*edits: tuple[str, str, str]) -> bytes:
    """The page.docx of the house, with texts of its parts changed."""
    content = TEMPLATE.docx
    for edit in edits:
        content = in_word(content, *edit)
    return content


def said(content: bytes, kind: str, of: str = "default") -> str:
    """What the header or footer of a kind of page says, fields as their codes."""
    names = {"r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships"}
    section = docx_text.part(content, MAIN)
    (key,) = (
        reference.get(f"{{{names['r']}}}id")
        for reference in section.iter(f"{W}{kind}Reference")
        if reference.get(f"{W}type") == of
    )
    targets = docx_text.part(content, "word/_rels/document.xml.rels")
    (target,) = (one.get("Target") for one in targets if one.get("Id") == key)
    pieces = docx_text.part(content, f"word/{target}".replace("word//word/", "word/")).iter()
    return "".join(
        f"<{(piece.text or '').strip()}>" if piece.tag == f"{W}instrText" else piece.text or ""
        for piece in pieces
        if piece.tag in (f"{W}t", f"{W}instrText")
    )


# --- header and footer ---------------------------------------------------------------------------


def test_what_the_officer_put_in_stays_beside_what_is_printed() -> None:
    docx = edited(
        (HEADER, "<w:t>{header}</w:t>", f"{LOGO}</w:r><w:r><w:t>Dep. {{header}} EWI</w:t>"),
        (FOOTER, "{footer}", "Brussel, {footer}"),
    )
    content = rendered(docx)
    assert said(content, "header") == "Dep. ONTWERP EWI"
    assert said(content, "footer").startswith("Brussel, Vraag nr. 370 <PAGE>1/<NUMPAGES>")
    assert [*docx_text.part(content, HEADER).iter(f"{W}drawing")]


def test_a_mark_that_has_no_place_gets_a_line_of_its_own() -> None:
    docx = edited(
        (HEADER, "{header}", "Departement EWI"),
        (FOOTER, "{footer}", "Brussel"),
        (FOOTER, " PAGE ", " DATE "),
    )
    content = rendered(docx)
    assert said(content, "header") == "Departement EWIONTWERP"
    assert said(content, "footer") == "Brussel <DATE>1/<NUMPAGES>1Vraag nr. 370<PAGE>1/<NUMPAGES>1"
    last = [*docx_text.part(content, HEADER).iter(f"{W}p")][-1]
    assert docx_text.value(last, "pPr/pStyle") == "Header"
    assert said(rendered(docx, header=""), "header") == "Departement EWI"


def test_the_mark_may_stand_in_the_footer() -> None:
    docx = edited((HEADER, "{header}", "EWI"), (FOOTER, "{footer}", "{header} {footer}"))
    content = rendered(docx)
    assert said(content, "header") == "EWI"
    assert said(content, "footer").startswith("ONTWERP Vraag nr. 370 <PAGE>")


@pytest.mark.parametrize(
    ("kind", "edit"),
    [
        ("first", (MAIN, "</w:sectPr>", "<w:titlePg/></w:sectPr>")),
        (
            "even",
            ("word/settings.xml", "<w:defaultTabStop", "<w:evenAndOddHeaders/><w:defaultTabStop"),
        ),
    ],
)
def test_every_kind_of_page_has_the_mark_and_the_number(
    kind: str, edit: tuple[str, str, str]
) -> None:
    content = rendered(edited(edit))
    assert said(content, "header") == said(content, "header", kind) == "ONTWERP"
    assert said(content, "footer", kind) == "Vraag nr. 370<PAGE>1/<NUMPAGES>1"


def test_a_page_without_header_and_footer_gets_them() -> None:
    docx = edited(
        (MAIN, '<w:headerReference w:type="default" r:id="rId4"/>', ""),
        (MAIN, '<w:footerReference w:type="default" r:id="rId5"/>', ""),
    )
    content = rendered(docx)
    assert said(content, "header") == "ONTWERP"
    assert said(content, "footer") == "Vraag nr. 370<PAGE>1/<NUMPAGES>1"


# --- styles --------------------------------------------------------------------------------------


def test_styles_are_found_by_name_where_an_office_gave_them_other_ids() -> None:
    """As Word in Dutch does: Kop1, Standaard, Bijschrift."""
    styles = docx_text.part(TEMPLATE.docx, STYLES)
    ids = [str(style.get(f"{W}styleId")) for style in styles.iter(f"{W}style")]
    content = TEMPLATE.docx
    for part in (STYLES, HEADER, FOOTER):
        for name in ids:
            for attribute in ("styleId", "val"):
                old, new = f'w:{attribute}="{name}"', f'w:{attribute}="Stijl{name}"'
                if f"{W}{attribute}" and old in _text(content, part):
                    content = in_word(content, part, old, new)
    # Names are values too: those stay as they were.
    content = in_word(content, STYLES, '<w:name w:val="Stijl', '<w:name w:val="')
    assert 'w:styleId="StijlHeading1"' in _text(content, STYLES)
    assert '<w:basedOn w:val="StijlHeading2"/>' in _text(content, STYLES)
    known = _ids(rendered(content))
    assert set(NEEDED) <= known
    assert 'w:basedOn w:val="StijlHeading2"' not in _text(rendered(content), STYLES)
    assert 'w:pStyle w:val="Header"' in _text(rendered(content), HEADER)


def test_a_style_of_the_office_under_our_id_gives_way() -> None:
    """As LibreOffice does: its own Caption takes the id, and ours becomes Caption1."""
    theirs = (
        '<w:style w:type="paragraph" w:styleId="Caption"><w:name w:val="Caption"/>'
        "<w:rPr><w:i/></w:rPr></w:style>"
    )
    content = edited(
        (STYLES, 'w:styleId="Caption"', 'w:styleId="Caption1"'),
        (STYLES, "</w:styles>", f"{theirs}</w:styles>"),
    )
    styles = docx_text.part(rendered(content), STYLES)
    (caption,) = (s for s in styles if s.get(f"{W}styleId") == "Caption")
    assert docx_text.value(caption, "name") == "caption"
    assert caption.find(f"{W}rPr/{W}b") is not None
    assert caption.find(f"{W}rPr/{W}i") is None


def _text(content: bytes, part: str) -> str:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return package.read(part).decode()


def _ids(content: bytes) -> set[str]:
    styles: Element = docx_text.part(content, STYLES)
    return {str(style.get(f"{W}styleId")) for style in styles.iter(f"{W}style")}


def test_names_are_those_that_word_writes_in_every_language() -> None:
    names = {"Heading1": "heading 1", "Caption": "caption", "ListNumber2": "List Number 2",
             "TableTextNumber": "Table Text Number", "Normal": "Normal"}  # fmt: skip
    assert {style: name_of(style) for style in names} == names
    styles = docx_text.part(TEMPLATE.docx, STYLES)
    for style in styles.iter(f"{W}style"):
        key = str(style.get(f"{W}styleId"))
        if key in NEEDED:
            assert docx_text.value(style, "name") == name_of(key)


@pytest.mark.parametrize("tag", ["ins", "del", "moveFrom", "rPrChange", "pPrChange"])
def test_tracked_changes_bar_a_document(tag: str) -> None:
    docx = edited((HEADER, "<w:r><w:t>{header}", f"<w:{tag}/><w:r><w:t>{{header}}"))
    with pytest.raises(InputError, match="it holds tracked changes"):
        rendered(docx)


# --- the look ------------------------------------------------------------------------------------

colours = st.text("0123456789abcdef", min_size=6, max_size=6)
sizes = st.integers(2, 200).map(lambda halves: Decimal(halves) / 2)
fonts = st.sampled_from(["Arial", "Calibri", "Flanders Art Sans", "DejaVu Sans"])
letters = st.builds(
    Letters.model_construct,
    font=st.none() | fonts,
    size=st.none() | sizes,
    colour=st.none() | colours,
)
OTHERS = ("title", "heading", "caption", "table", "note", "link", "header", "footer")
looks = st.builds(
    Look.model_construct,
    text=st.builds(TextLetters.model_construct, font=fonts, size=sizes, colour=colours),
    **dict.fromkeys(OTHERS, letters),
    rules=st.none() | st.builds(Rules.model_construct, inner=colours, outer=colours),
)  # fmt: skip


@given(looks)
def test_what_was_dressed_has_no_difference_also_when_it_is_opened_again(look: Look) -> None:
    word = opened(TEMPLATE.docx, "page.docx")
    dress(word, look)
    assert [*differences(word, look)] == []
    again = opened(packed(word), "page.docx")
    assert [*differences(again, look)] == []
    wanted = letterings(look)["title"]
    assert lettering(again, "Heading1") == wanted


def test_the_house_style_agrees_with_itself() -> None:
    assert TEMPLATE.style.look is not None
    word = opened(TEMPLATE.docx, "page.docx")
    assert [*differences(word, TEMPLATE.style.look)] == []


def test_fonts_and_colours_of_the_theme_are_what_word_shows() -> None:
    fonts = '<w:rFonts w:asciiTheme="minorHAnsi" w:ascii="Arial"/><w:color w:val="auto"/>'
    theme = '<a:minorFont><a:latin typeface="{}"/>'
    docx = edited(
        (STYLES, '<w:b/><w:bCs/><w:sz w:val="24"/>', fonts),
        ("word/theme/theme1.xml", theme.format("DejaVu Sans"), theme.format("Calibri")),
    )
    found = lettering(opened(docx, "page.docx"), "Heading1")
    assert found == Lettering("Calibri", Decimal(10), "000000")


def test_one_setting_dresses_both(tmp_path: Path) -> None:
    """Another size in style.yaml: the PDF follows, page.docx is told, dressed, and follows."""
    folder = copied(tmp_path / "house")
    style = folder / "style.yaml"
    text = style.read_text("utf-8")
    style.write_text(text.replace("title: {size: 12}", 'title: {size: 17.5, colour: "#123456"}'))
    told = kmo("template", "check", str(folder)).stdout
    assert "heading 1: size 12 pt; style.yaml says 17.5 pt (look: title)" in told
    assert "page.css" not in told
    html = kmo("render", "answers/example-2b", "--format", "html", "--template", str(folder),
               "--out", str(tmp_path))  # fmt: skip
    assert html.returncode == 0, html.stderr
    page = (tmp_path / "example-2b.html").read_text("utf-8")
    assert "--title-size: 17.5pt; --title-colour: #123456;" in page
    done = kmo("template", "dress", str(folder))
    assert done.stdout == f"{folder}/page.docx\n"
    assert "warnings: 0" in kmo("template", "check", str(folder)).stdout
    assert "nothing was changed" in kmo("template", "dress", str(folder)).stdout
    assert kmo("render", "answers/example-2b", "--format", "docx", "--template", str(folder),
               "--out", str(tmp_path)).stderr == ""  # fmt: skip
    styles = _text((tmp_path / "example-2b.docx").read_bytes(), STYLES)
    assert re.search(r'<w:name w:val="heading 1"/>.*?w:val="123456".*?w:sz w:val="35"', styles)


def test_a_difference_is_told_when_a_word_file_is_rendered(tmp_path: Path) -> None:
    folder = copied(tmp_path / "house")
    docx = edited((STYLES, '<w:color w:val="0B4A8F"/>', '<w:color w:val="0000FF"/>'))
    (folder / "page.docx").write_bytes(docx)
    case = ("render", "answers/example-2b", "--template", str(folder), "--out", str(tmp_path))
    done = kmo(*case, "--format", "docx")
    assert done.returncode == 0
    assert done.stderr == (
        f"{folder}/page.docx: warning: Hyperlink: colour #0000ff; style.yaml says #0b4a8f "
        "(look: link) [look]\n"
    )
    assert kmo(*case, "--format", "html").stderr == ""


def test_without_a_look_nothing_is_compared_and_nothing_written(
    tmp_path: Path, template: Template
) -> None:
    folder = copied(tmp_path / "house")
    style = folder / "style.yaml"
    text = style.read_text("utf-8")
    style.write_text(re.sub(r"(?ms)^look:.*?(?=^notation)", "", text), "utf-8")
    (folder / "page.css").write_text('body { font-family: "DejaVu Sans" }', "utf-8")
    assert ":root" not in open_template(folder).css
    assert ":root" in template.css
    done = kmo("template", "dress", str(folder))
    assert done.returncode == 1
    assert "style.yaml has no look to write into page.docx" in done.stderr


def test_custom_properties_are_one_line() -> None:
    look = TEMPLATE.style.look
    assert look is not None
    text = custom_properties(look)
    assert text.count("\n") == 1
    assert (
        '--text-font: "DejaVu Sans", sans-serif; --text-size: 10pt; --text-colour: #1a1a1a;' in text
    )
    assert "--link-size" not in text  # a link stands in a text of any size
    assert "--rules-inner: #b3b3b3; --rules-outer: #595959;" in text
