"""The DOCX: its lists, tables, links and properties; the template it starts from; its speed."""

import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmo_report.document import ELEMENTS, Document, parse
from kmo_report.problems import InputError
from kmo_report.render.docx import KNOWN, to_docx
from kmo_report.render.dress import NEEDED
from tests import docx_text
from tests.conftest import GOOD, ROOT
from tests.docx_text import W, part, text, value
from tests.test_same_content import TEMPLATE, document, one_text, rendered

CASE = "2019-2020-crevits-370"
MAIN = "word/document.xml"


def body(inside: str, header: str = "") -> Document:
    """A document of one section."""
    html = (
        f'<html lang="nl-BE"><head><title>t</title></head><body data-header="{header}" '
        f'data-footer="f"><section class="answer"><h1>A</h1>{inside}</section></body></html>'
    )
    return Document(html, parse(html))


Labels = str | tuple["Labels", ...]


def numbered(*labels: Labels) -> str:
    """A list: `("1.", "a)", "b)")` is an item that holds a list; each item says its label."""

    def item(label: Labels) -> str:
        if isinstance(label, str):
            return f'<li data-label="{label}"><p>({label})</p></li>'
        return f'<li data-label="{label[0]}">{numbered(*label[1:])}</li>'

    return f"<ol>{''.join(map(item, labels))}</ol>"


def numbers(inside: str) -> list[str]:
    """The automatic numbers that Word prints."""
    found = docx_text.paragraphs(to_docx(body(inside), TEMPLATE))
    return [number for number, _ in found if number]


def test_every_element_of_the_html_is_written() -> None:
    assert frozenset(ELEMENTS) == KNOWN


# --- lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "printed"),
    [
        (numbered("1.", "2.", "3."), ["1.", "2.", "3."]),
        (numbered(("1.", "a)", "b)"), ("2.", "a)")), ["1. a)", "b)", "2. a)"]),
        (numbered(("1.", "b)"), ("3.", "a)", "b)")), ["1. b)", "3. a)", "b)"]),
        (numbered("1-2.", "3."), ["1-2.", "3."]),
        (numbered("i)", "ii)", "iii)", "iv)"), ["i)", "ii)", "iii)", "iv)"]),
        (numbered("h)", "i)", "j)"), ["h)", "i)", "j)"]),
        (numbered("A.", "B."), ["A.", "B."]),
        (numbered("4.", "5."), ["4.", "5."]),
        (numbered("1.", "1."), ["1.", "1."]),
        (numbered("01.", "*"), ["01.", "*"]),
        (numbered("1.") + "<p>x</p>" + numbered("1.", "2."), ["1.", "1.", "2."]),
        (numbered("1.") + "<p>x</p>" + numbered("2."), ["1.", "2."]),
        (numbered(("1.", ("a)", "1°", "2°"), "b)")), ["1. a) 1°", "2°", "b)"]),
    ],
)
def test_automatic_numbers_are_the_printed_labels(inside: str, printed: list[str]) -> None:
    assert numbers(inside) == printed


labels = st.one_of(
    st.integers(1, 40).map("{}.".format),
    st.sampled_from("abcdefghijklm").map("{})".format),
    st.sampled_from(["i)", "ii)", "iv)", "A.", "1-3.", "2°", "a", "10"]),
)


@given(st.lists(st.one_of(labels, st.lists(labels, min_size=2, max_size=5).map(tuple)), max_size=6))
def test_any_labels_come_out_as_they_are(items: list[str | tuple[str, ...]]) -> None:
    wanted = []
    for item in items:
        if isinstance(item, str):
            wanted.append(item)
        else:
            wanted += [f"{item[0]} {item[1]}", *item[2:]]
    assert numbers(numbered(*items)) == wanted


def test_parts_that_count_on_share_a_list_so_that_a_new_one_renumbers_them() -> None:
    content = to_docx(body(numbered(("1.", "a)", "b)"), "2.", "3.")), TEMPLATE)
    lists = {value(p, "pPr/numPr/numId") for p in part(content, MAIN).iter(f"{W}p")} - {""}
    assert len(lists) == 1 + 1  # "1. a)" prints another pattern than "2."


def test_list_paragraphs_have_the_styles_of_lists() -> None:
    content = rendered("unnumbered", "docx")
    styles = {value(p, "pPr/pStyle") for p in part(content, MAIN).iter(f"{W}p")}
    assert {"ListBullet", "ListNumber2", "ListNumber", "Heading1", "Subject"} <= styles
    styles = {value(p, "pPr/pStyle") for p in part(rendered(CASE, "docx"), MAIN).iter(f"{W}p")}
    assert {"ListNumber2", "ListContinue2", "Caption", "TableHeading", "Addressee"} <= styles


# --- tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", GOOD)
def test_tables_are_made_to_be_read_and_edited(case: str) -> None:
    main = part(rendered(case, "docx"), MAIN)
    sources = [*document(case).root.iter("table")]
    for table, source in zip(main.iter(f"{W}tbl"), sources, strict=True):
        assert value(table, "tblPr/tblStyle") == "AnswerTable"
        assert value(table, "tblPr/tblCaption") == source.get("aria-label")
        assert value(table, "tblPr/tblDescription") == source.get("aria-description", "")
        look = table.find(f"{W}tblPr/{W}tblLook")
        assert look is not None
        assert look.get(f"{W}firstRow") == look.get(f"{W}firstColumn") == "1"
        first, *rest = table.iter(f"{W}tr")
        assert first.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}tblHeader") is None for row in rest)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in (first, *rest))
        columns = [grid.get(f"{W}w") for grid in table.iter(f"{W}gridCol")]
        for row in (first, *rest):
            assert [c.get(f"{W}w") for c in row.iter(f"{W}tcW")] == columns
    assert not [e for e in main.iter() if e.tag in (f"{W}gridSpan", f"{W}vMerge")]


def test_a_caption_stays_with_its_table_and_two_tables_apart() -> None:
    main = part(rendered(CASE, "docx"), MAIN)
    blocks = [e for e in main[0] if e.tag in (f"{W}p", f"{W}tbl")]
    for before, table in pairwise(blocks):
        if table.tag == f"{W}tbl":
            assert before.tag == f"{W}p"
            assert before.find(f"{W}pPr/{W}keepNext") is not None
    assert blocks[-1].tag == f"{W}p"


def test_numbers_stand_at_the_right_and_no_column_is_too_narrow_for_its_words() -> None:
    main = part(rendered("example-2b", "docx"), MAIN)
    *_, table = main.iter(f"{W}tbl")
    styles = [value(c, "p/pPr/pStyle") for c in table.iter(f"{W}tc")]
    assert styles[:2] == ["TableHeading", "TableHeadingNumber"]
    assert styles[4:6] == ["TableText", "TableTextNumber"]
    assert styles[-4:] == ["TableTotal", *["TableTotalNumber"] * 3]
    for row in table.iter(f"{W}tr"):
        for cell in row.iter(f"{W}tc"):
            width = next(cell.iter(f"{W}tcW")).get(f"{W}w", "")
            assert int(width) >= max(map(len, text(cell).split(" "))) * 110


# --- text ----------------------------------------------------------------------------------------


def test_links_are_links_and_one_address_is_kept_once() -> None:
    link = '<a href="https://a.be/b">b</a>'
    content = to_docx(body(f"<p>{link} en <strong>{link}</strong></p>"), TEMPLATE)
    links = [*part(content, MAIN).iter(f"{W}hyperlink")]
    assert [text(one) for one in links] == ["b", "b"]
    assert value(links[1], "r/rPr/rStyle") == "Hyperlink"
    assert links[1].find(f"{W}r/{W}rPr/{W}b") is not None
    targets = [r.get("Target") for r in part(content, "word/_rels/document.xml.rels")]
    assert targets.count("https://a.be/b") == 1


def test_white_space_folds_as_in_a_browser_but_for_the_subject() -> None:
    content = to_docx(
        body("<p> een\n  <em> twee </em> drie<br/> vier </p><h2 class='subject'>a  -  b</h2>"),
        TEMPLATE,
    )
    said = [words for _, words in docx_text.paragraphs(content)]
    assert said == ["A", "een twee drie\nvier", "a  -  b"]


def test_the_page_numbers_are_fields_and_a_draft_says_so() -> None:
    for case, header in (("provinces-by-year", "ONTWERP"), (CASE, "")):
        content = rendered(case, "docx")
        assert text(part(content, "word/header1.xml")) == header
        footer = part(content, "word/footer1.xml")
        assert text(footer).startswith("Schriftelijke vraag nr. ")
        fields = [e.text for e in footer.iter(f"{W}instrText")]
        assert fields == [" PAGE ", " NUMPAGES "]


def test_properties_come_from_the_data() -> None:
    core = docx.Document(BytesIO(rendered(CASE, "docx"))).core_properties
    assert core.title == document(CASE).root.findtext("head/title")
    assert core.author == core.last_modified_by == "HILDE CREVITS"
    assert core.language == "nl-BE"
    assert core.created is not None
    assert core.created.isoformat().startswith("2020-02-14T00:00:00")
    assert core.created == core.modified
    settings = part(rendered(CASE, "docx"), "word/settings.xml")
    (mode,) = settings.iter(f"{W}compatSetting")
    assert mode.get(f"{W}val") == "15"
    styles = part(rendered(CASE, "docx"), "word/styles.xml")
    assert {e.get(f"{W}val") for e in styles.iter(f"{W}lang")} == {"nl-BE"}


# --- the template --------------------------------------------------------------------------------


def changed(change: Callable[[str, bytes], bytes]) -> bytes:
    """The page.docx of the house style with its parts changed."""
    saved = BytesIO()
    with zipfile.ZipFile(BytesIO(TEMPLATE.docx)) as old, zipfile.ZipFile(saved, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return saved.getvalue()


def test_page_docx_is_what_its_script_writes(tmp_path: Path) -> None:
    script = ROOT / "templates/make_page_docx.py"
    subprocess.run([sys.executable, script, tmp_path], check=True)
    assert (tmp_path / "page.docx").read_bytes() == TEMPLATE.docx


def test_page_docx_holds_no_style_that_is_not_used() -> None:
    styles = part(TEMPLATE.docx, "word/styles.xml")
    kept = {style.get(f"{W}styleId") for style in styles.iter(f"{W}style")}
    base = {"Normal", "DefaultParagraphFont", "TableNormal", "Header", "Footer"}
    assert kept == {*NEEDED, *base}


def test_a_style_that_is_missing_is_named() -> None:
    less = changed(lambda _, content: re.sub(b'"List ?Number ?2"', b'"Genummerd"', content))
    with pytest.raises(InputError, match=r"List Number 2 \(ListNumber2\) is missing") as caught:
        to_docx(one_text("x"), replace(TEMPLATE, docx=less))
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.path.endswith("templates/vlaams-parlement/page.docx")


@pytest.mark.parametrize("content", [b"", b"no zip", changed(lambda *_: b"")])
def test_what_is_no_word_file_is_an_error(content: bytes) -> None:
    with pytest.raises(InputError, match="this is no Word file"):
        to_docx(one_text("x"), replace(TEMPLATE, docx=content))


def test_a_header_may_be_split_in_runs_as_word_does() -> None:
    split = changed(
        lambda _, content: content.replace(
            b"<w:t>{header}</w:t>", b"<w:t>zie {hea</w:t></w:r><w:r><w:t>der} hier</w:t>"
        )
    )
    content = to_docx(body("", header="ONTWERP"), replace(TEMPLATE, docx=split))
    assert text(part(content, "word/header1.xml")) == "zie ONTWERP hier"


def test_a_template_saved_by_an_office_suite_may_lack_lists() -> None:
    def change(name: str, content: bytes) -> bytes:
        if name == "word/_rels/document.xml.rels":
            root = parse(content.decode())
            for relation in [r for r in root if r.get("Target") == "numbering.xml"]:
                root.remove(relation)
            return _xml(root)
        return content

    content = to_docx(body(numbered("1.", "2.")), replace(TEMPLATE, docx=changed(change)))
    assert [n for n, _ in docx_text.paragraphs(content) if n] == ["1.", "2."]


def _xml(root: Element) -> bytes:
    return bytes(tostring(root))


def test_the_answer_starts_on_a_new_page() -> None:
    content = docx.Document(BytesIO(rendered(CASE, "docx")))
    breaks = [p.text for p in content.paragraphs if p.paragraph_format.page_break_before]
    assert [text.splitlines()[0] for text in breaks] == ["HILDE CREVITS"]


# --- the file ------------------------------------------------------------------------------------


def test_the_clock_is_not_in_the_file() -> None:
    with zipfile.ZipFile(BytesIO(rendered(CASE, "docx"))) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"


def long_table(rows: int) -> Document:
    """A table of so many rows."""
    row = '<tr><th scope="row">Gemeente</th><td>12</td><td class="number">€ 1</td></tr>'
    return body(
        '<table aria-label="t"><caption>c</caption><thead><tr><th scope="col">g</th>'
        '<th scope="col">n</th><th scope="col">e</th></tr></thead>'
        f"<tbody>{row * rows}</tbody></table>"
    )


def test_time_grows_with_the_rows_and_no_faster() -> None:
    def seconds(rows: int) -> float:
        wanted = long_table(rows)
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            to_docx(wanted, TEMPLATE)
            best = min(best, time.process_time() - start)
        return best

    thousand, four = seconds(1000), seconds(4000)
    assert four < 2
    assert four < 6 * thousand


# --- pages that are turned, pictures --------------------------------------------------------------


def sections(content: bytes) -> list[tuple[bool, list[str]]]:
    """Whether the pages of each section are turned, and the words of its paragraphs and tables."""
    found: list[tuple[bool, list[str]]] = []
    words: list[str] = []
    for block in part(content, MAIN)[0]:
        ending = block if block.tag == f"{W}sectPr" else block.find(f"{W}pPr/{W}sectPr")
        if block.tag != f"{W}sectPr":
            words.append(text(block))
        if ending is not None:
            page = ending.find(f"{W}pgSz")
            assert page is not None
            width, height = int(page.get(f"{W}w", "0")), int(page.get(f"{W}h", "0"))
            assert (width > height) is (page.get(f"{W}orient") == "landscape")
            kinds = {e.tag.removeprefix(W) for e in ending}
            assert {"headerReference", "footerReference", "pgMar"} <= kinds
            found.append((width > height, words))
            words = []
    return found


def test_a_wide_table_turns_its_page_and_what_follows_turns_it_back() -> None:
    (first, second, third) = sections(rendered("wide-tables", "docx"))
    assert [first[0], second[0], third[0]] == [False, True, False]
    assert "De toegekende steun, tot op de cent:" in second[1]  # what announces it goes with it
    assert "Aantal en steun samen:" in second[1]
    assert third[1][0] == "Deze cijfers zijn fictief."
    assert not [turned for turned, _ in sections(rendered(CASE, "docx")) if turned]


def test_a_document_may_begin_or_end_with_a_turned_page() -> None:
    table = '<table aria-label="t"><thead><tr><th scope="col">k</th></tr></thead></table>'
    wide = f'<div class="landscape">{table}</div>'
    made = sections(to_docx(body(f"{wide}{wide}<p>na</p><p>voor</p>{wide}"), TEMPLATE))
    assert [turned for turned, _ in made] == [False, True, False, True]
    assert [words[-1] for _, words in made[1:3]] == ["", "na"]


def test_letters_are_smaller_in_a_table_that_would_not_fit() -> None:
    main = part(rendered("wide-tables", "docx"), MAIN)
    small, usual = (
        {size.get(f"{W}val") for size in table.iter(f"{W}sz")} for table in main.iter(f"{W}tbl")
    )
    assert small == {"17"}
    assert not usual


def test_a_picture_says_the_same_in_words() -> None:
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
    for case in ("wide-tables", "top-and-share", "one-number"):
        content = rendered(case, "docx")
        images = [*document(case).root.iter("img")]
        said = [p.get("descr") for p in part(content, MAIN).iter(f"{drawing}docPr")]
        assert said == [image.get("alt") for image in images]
        assert images
        with zipfile.ZipFile(BytesIO(content)) as package:
            pictures = [n for n in package.namelist() if n.startswith("word/media/")]
            assert len(pictures) == len(images)
            dots = {package.read(name) for name in pictures}
        assert dots == {picture.png for picture in document(case).pictures.values()}


def test_a_wide_label_has_room_before_its_text() -> None:
    inside = numbered("1-2.", ("10.", "a)", "b)")) + "<ul><li><p>x</p></li></ul>"
    content = to_docx(body(inside), TEMPLATE)
    numbering = part(content, "word/numbering.xml")
    rooms = {
        value(level, "lvlText"): level.find(f"{W}pPr/{W}ind")
        for level in numbering.iter(f"{W}lvl")
        if value(level, "numFmt") != "bullet"
    }
    hanging = {
        label: int(room.get(f"{W}hanging", "0"))
        for label, room in rooms.items()
        if room is not None
    }
    # By the letters of DejaVu Sans at 10 points: a digit is 127 twentieths wide, a stop 64.
    assert hanging["1-2."] > 2 * 127 + 64 + 72
    assert hanging["%1. a)"] > 2 * 127 + 64 + 64 + 200
    left = {label: room.get(f"{W}left") for label, room in rooms.items() if room is not None}
    assert left["%1. a)"] == left["%2)"]  # both texts stand below each other


def test_the_lines_of_a_list_of_bullets_stand_together() -> None:
    with zipfile.ZipFile(BytesIO(TEMPLATE.docx)) as package:
        styles = parse(package.read("word/styles.xml").decode())
    tight = {
        style.get(f"{W}styleId")
        for style in styles
        if style.find(f"{W}pPr/{W}contextualSpacing") is not None
    }
    assert tight == {f"ListBullet{n}" for n in ("", 2, 3, 4, 5)}
