"""What Word counts, changes and hides: read as it would be printed."""

import pytest

from kmo_report.incoming import read_bytes
from kmo_report.incoming.word import read_word
from kmo_report.incoming.wordlists import printed
from tests.test_read_hostile import document, package

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(text: str, number: str = "", level: int = 0, style: str = "") -> str:
    listed = (
        f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    )
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inside = text if text.startswith("<") else run(text)
    return f"<w:p><w:pPr>{named}{listed}</w:pPr>{inside}</w:p>"


def levels(*kinds: tuple[str, str], start: int = 1, extra: str = "") -> str:
    return "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{extra}'
        f'<w:lvlText w:val="{text}"/><w:pPr><w:ind w:left="{425 * (at + 1)}"/></w:pPr></w:lvl>'
        for at, (kind, text) in enumerate(kinds)
    )


def numbering(*abstracts: str, nums: str = "") -> bytes:
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{at}">{inside}</w:abstractNum>'
        for at, inside in enumerate(abstracts, start=1)
    )
    given = nums or "".join(
        f'<w:num w:numId="{at}"><w:abstractNumId w:val="{at}"/></w:num>'
        for at in range(1, len(abstracts) + 1)
    )
    return f'<w:numbering xmlns:w="{MAIN}">{kinds}{given}</w:numbering>'.encode()


USUAL = levels(("decimal", "%1."), ("lowerLetter", "%2)"), ("lowerRoman", "%3)"))


def lines(body: str, lists: bytes = b"", **parts: bytes) -> list[str]:
    content = package(document=document(body), numbering=lists or numbering(USUAL), **parts)
    return [line.whole for line in read_word(content, "a.docx").lines]


def test_levels_count_and_start_again_below_a_new_number() -> None:
    depths = (0, 1, 2, 2, 1, 0, 1, 2)
    body = "".join(paragraph("tekst", "1", depth) for depth in depths)
    assert [line.split()[0] for line in lines(body)] == [
        "1.",
        "a)",
        "i)",
        "ii)",
        "b)",
        "2.",
        "a)",
        "i)",
    ]


def test_lists_of_one_kind_count_on_unless_they_start_again() -> None:
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="7"/></w:lvlOverride></w:num>'
    )
    body = "".join(paragraph("tekst", number) for number in "1123321")
    found = lines(body, numbering(USUAL, nums=nums))
    assert [line.split()[0] for line in found] == ["1.", "2.", "3.", "7.", "8.", "9.", "10."]


def test_a_level_may_print_those_above_it_and_start_elsewhere() -> None:
    lists = numbering(levels(("decimal", "%1."), ("decimal", "%1.%2"), ("bullet", "x")), USUAL)
    body = (
        paragraph("a", "1")
        + paragraph("b", "1", 1)
        + paragraph("c", "1", 1)
        + paragraph("d", "1", 2)
    )
    assert lines(body, lists) == ["1. a", "1.1 b", "1.2 c", "• d"]
    lists = numbering(levels(("upperLetter", "Vraag %1:"), start=3))
    assert lines(paragraph("a", "1"), lists) == ["Vraag C: a"]


def test_a_level_that_never_starts_again_counts_on() -> None:
    lists = numbering(
        levels(("decimal", "%1."), ("decimal", "%2)"), extra='<w:lvlRestart w:val="0"/>')
    )
    body = "".join(paragraph("x", "1", depth) for depth in (0, 1, 0, 1))
    assert [line.split()[0] for line in lines(body, lists)] == ["1.", "1)", "2.", "2)"]


def test_a_style_may_carry_the_list() -> None:
    styles = (
        f'<w:styles xmlns:w="{MAIN}"><w:style w:type="paragraph" w:styleId="A"><w:name w:val="Vraag"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="C"/></w:style></w:styles>'
    ).encode()
    body = paragraph("a", style="A") + paragraph("b", style="B") + paragraph("c", style="C")
    assert lines(body, styles=styles) == ["1. a", "2. b", "c"]


def test_a_list_style_and_a_number_of_none() -> None:
    linked = '<w:numStyleLink w:val="L"/>', f'<w:styleLink w:val="L"/>{USUAL}'
    assert lines(paragraph("a", "1") + paragraph("b", "0"), numbering(*linked)) == ["1. a", "b"]
    assert lines(paragraph("a", "99")) == ["a"]


@pytest.mark.parametrize(
    ("kind", "count", "text"),
    [
        ("lowerLetter", 27, "aa"), ("upperLetter", 2, "B"), ("lowerRoman", 14, "xiv"),
        ("upperRoman", 49, "XLIX"), ("decimalZero", 4, "04"), ("ordinal", 3, "3"), ("none", 3, ""),
    ],
)  # fmt: skip
def test_numbers_of_word(kind: str, count: int, text: str) -> None:
    assert printed(kind, count) == text


def test_a_question_with_automatic_numbers_is_read() -> None:
    head = ("SCHRIFTELIJKE VRAAG", "", "nr. 5", "van AN MAES", "datum: 3 mei 2021", "", "aan JO AERTS",
            "VLAAMS MINISTER VAN WERK", "", "Onderwerp", "", "Ik vraag:")  # fmt: skip
    body = "".join(map(paragraph, head)) + "".join(
        paragraph(text, "1", depth)
        for text, depth in (("Over dit.", 0), ("Hoe?", 1), ("Wat?", 1), ("Waar?", 0))
    )
    content = package(document=document(body), numbering=numbering(USUAL))
    found = read_bytes(content, "a.docx")
    assert [part.label for part in found.parts] == ["1", "1a", "1b", "2"]
    assert (found.number, found.asked_by, found.subject) == (5, "AN MAES", "Onderwerp")
    assert found.minister is not None
    assert found.minister.portfolio == "VLAAMS MINISTER VAN WERK"


def test_changes_are_read_as_accepted() -> None:
    body = (
        f"<w:p>{run('Dit ')}<w:ins>{run('staat er ')}</w:ins><w:del><w:r><w:delText>niet </w:delText></w:r>"
        f"</w:del><w:del>{run('ooit ')}</w:del><w:moveFrom>{run('weg')}</w:moveFrom><w:moveTo>{run('nu')}</w:moveTo></w:p>"
    )
    assert lines(body) == ["Dit staat er nu"]


def test_what_stands_in_fields_links_boxes_and_notes_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('In een kader')}</w:txbxContent>"
    compatible = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f"<w:p><w:hyperlink>{run('Een ')}</w:hyperlink><w:r><w:instrText>HYPERLINK</w:instrText></w:r>"
        f"<w:sdt><w:sdtPr/><w:sdtContent>{run('veld')}</w:sdtContent></w:sdt>"
        f"<w:r><mc:AlternateContent {compatible}><mc:Choice>{box}</mc:Choice><mc:Fallback><w:pict>{box}"
        f"</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        f"<w:r><w:noBreakHyphen/><w:t>x</w:t><w:tab/><w:sym w:char='F0B7'/></w:r>{run('geheim', '<w:vanish/>')}</w:p>"
    )
    notes = (
        f'<w:footnotes xmlns:w="{MAIN}"><w:footnote w:type="separator">{paragraph("nee")}</w:footnote>'
        f"<w:footnote>{paragraph('Een noot')}</w:footnote></w:footnotes>"
    ).encode()
    found = lines(body, footnotes=notes)
    assert found == ["Een veld-x \uf0b7", "In een kader", "Een noot"]


def test_tables_with_merged_and_nested_cells() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{text if text.startswith('<') else paragraph(text)}</w:tc>"

    merged, wide = '<w:vMerge w:val="restart"/>', '<w:gridSpan w:val="2"/>'
    inner = f"<w:tbl><w:tr>{cell('x')}{cell('y')}</w:tr></w:tbl>{paragraph('z')}"
    body = (
        f"<w:tbl><w:tr>{cell('A', merged)}{cell('B', wide)}</w:tr>"
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('C')}{cell(inner)}</w:tr></w:tbl>"
    )
    content = package(document=document(body))
    rows = [line.cells for line in read_word(content, "a.docx").lines]
    assert rows == [("A", "B", ""), ("", "C", "x y z")]


def test_a_file_that_was_made_from_text_has_its_paragraphs_back() -> None:
    text = [
        "Met betrekking tot de evaluatie van het beleid worden werkgevers",
        "gestimuleerd om te investeren in talent en om een competentiegericht",
        "beleid te ontwikkelen, en zo moeten kansengroepen opportuniteiten",
        "krijgen.", "", "Een tweede alinea.",
    ]  # fmt: skip
    content = package(document=document("".join(map(paragraph, text))))
    assert [line.starts for line in read_word(content, "a.docx").lines] == [
        True,
        False,
        False,
        False,
        True,
    ]
    found = read_bytes(content, "a.docx").parts[0].text
    assert found == " ".join(text[:4]) + "\n\nEen tweede alinea."
