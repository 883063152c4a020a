"""Writes page.docx, the Word styles of a house style: python templates/make_page_docx.py FOLDER

A small Word file with styles, page, header and footer, and nothing else, so that what is in it can
be read here. It may be edited in Word afterwards: the program asks for the style ids, and prints
what stands for {header} and {footer} wherever a header or footer says so.
"""

import sys
import zipfile
from pathlib import Path

FONT = "DejaVu Sans"
LANGUAGE = "nl-BE"
INK, GREY, RULE, EDGE, LINK, ALERT = "1A1A1A", "4D4D4D", "B3B3B3", "595959", "0B4A8F", "8A1F11"
STEP = 340  # the indent of a level of a list, in twentieths of a point (6 mm)
TEXT_WIDTH = 9468  # A4 less the margins of 23 and 20 mm

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "application/vnd.openxmlformats-officedocument"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def paragraph_style(  # noqa: PLR0913 -- as many as a style has
    name: str, title: str, *, based: str = "Normal", after: str = "", ppr: str = "", rpr: str = ""
) -> str:
    """A paragraph style; `title` is its name in English, which Word translates."""
    following = f'<w:next w:val="{after}"/>' if after else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{title}"/>'
        f'<w:basedOn w:val="{based}"/>{following}<w:qFormat/>'
        f"{f'<w:pPr>{ppr}</w:pPr>' if ppr else ''}{f'<w:rPr>{rpr}</w:rPr>' if rpr else ''}"
        "</w:style>"
    )


def space(before: int, after: int, line: int = 0) -> str:
    """Space above and below, in twentieths of a point; `line` in 240ths of a line."""
    height = f' w:line="{line}" w:lineRule="auto"' if line else ""
    return f'<w:spacing w:before="{before}" w:after="{after}"{height}/>'


def size(points: float) -> str:
    """The size of the letters."""
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


BOLD = "<w:b/><w:bCs/>"
KEEP = "<w:keepNext/><w:keepLines/>"
RIGHT = '<w:jc w:val="right"/>'


def list_styles() -> str:
    """ListNumber, ListBullet and ListContinue for five levels; lists get numbers when made."""
    styles = ""
    for kind in ("Number", "Bullet", "Continue"):
        for level in range(1, 6):
            suffix, spaced = ("", "") if level == 1 else (str(level), f" {level}")
            indent = f'<w:ind w:left="{STEP * level}"/>'
            if kind == "Bullet":  # no space between the lines of a list, but after its last
                indent += "<w:contextualSpacing/>"
            styles += paragraph_style(f"List{kind}{suffix}", f"List {kind}{spaced}", ppr=indent)
    return styles


def table_style() -> str:
    """Thin rules, the headings between two heavier ones."""

    def rule(side: str, weight: int, colour: str) -> str:
        return f'<w:{side} w:val="single" w:sz="{weight}" w:space="0" w:color="{colour}"/>'

    borders = rule("top", 6, EDGE) + rule("bottom", 6, EDGE) + rule("insideH", 4, RULE)
    head = f"<w:tcBorders>{rule('top', 6, EDGE)}{rule('bottom', 6, EDGE)}</w:tcBorders>"
    last = f"<w:tcBorders>{rule('top', 6, EDGE)}</w:tcBorders>"
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/>'
        '<w:unhideWhenUsed/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/>'
        '<w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar>'
        "</w:tblPr></w:style>"
        '<w:style w:type="table" w:customStyle="1" w:styleId="AnswerTable">'
        '<w:name w:val="Answer Table"/><w:basedOn w:val="TableNormal"/><w:tblPr>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblCellMar><w:top w:w="45" w:type="dxa"/>'
        '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="45" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblStylePr w:type="firstRow"><w:rPr>{BOLD}</w:rPr><w:tblPr/>'
        f'<w:tcPr>{head}<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>'
        f'<w:tblStylePr w:type="lastRow"><w:rPr>{BOLD}</w:rPr><w:tblPr/><w:tcPr>{last}</w:tcPr>'
        "</w:tblStylePr></w:style>"
    )


def run_style(name: str, title: str, rpr: str) -> str:
    """A character style."""
    return (
        f'<w:style w:type="character" w:styleId="{name}"><w:name w:val="{title}"/>'
        f'<w:basedOn w:val="DefaultParagraphFont"/><w:qFormat/><w:rPr>{rpr}</w:rPr></w:style>'
    )


def styles() -> str:
    """word/styles.xml"""
    fonts = f'w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"'
    cell = space(0, 0, 264)
    running = f'<w:color w:val="{GREY}"/>{size(8)}'
    paragraphs = [
        paragraph_style("Heading1", "heading 1", after="Normal", rpr=BOLD + size(12),
                        ppr=f'{KEEP}{space(0, 160)}<w:outlineLvl w:val="0"/>'),
        paragraph_style("Heading2", "heading 2", after="Normal", rpr=BOLD,
                        ppr=f'{KEEP}{space(320, 160)}<w:outlineLvl w:val="1"/>'),
        paragraph_style("Subject", "Subject", based="Heading2", after="Normal",
                        ppr=space(320, 320)),
        paragraph_style("Heading3", "heading 3", after="Normal", rpr=BOLD,
                        ppr=f'{KEEP}{space(240, 160)}<w:outlineLvl w:val="2"/>'),
        paragraph_style("Reference", "Reference", ppr=space(0, 320)),
        paragraph_style("Addressee", "Addressee", ppr=space(0, 320)),
        paragraph_style("Caption", "caption", after="Normal", rpr=BOLD + size(9.5),
                        ppr=f"{KEEP}{space(240, 80)}"),
        paragraph_style("TableText", "Table Text", ppr=cell, rpr=size(9.5)),
        paragraph_style("TableTextNumber", "Table Text Number", based="TableText", ppr=RIGHT),
        paragraph_style("TableHeading", "Table Heading", based="TableText", ppr="<w:keepNext/>",
                        rpr=BOLD),
        paragraph_style("TableHeadingNumber", "Table Heading Number", based="TableHeading",
                        ppr=RIGHT),
        paragraph_style("TableTotal", "Table Total", based="TableText", rpr=BOLD),
        paragraph_style("TableTotalNumber", "Table Total Number", based="TableTotal", ppr=RIGHT),
        paragraph_style("Note", "Note", ppr=space(80, 80), rpr=size(8.5)),
        paragraph_style("Source", "Source", ppr=space(80, 160), rpr=size(8.5)),
        paragraph_style("Header", "header", ppr=space(0, 0) + RIGHT,
                        rpr=f'{BOLD}<w:color w:val="{ALERT}"/>{size(12)}'),
        paragraph_style("Footer", "footer", ppr=space(0, 0) + RIGHT, rpr=running),
    ]  # fmt: skip
    runs = [
        run_style("Strong", "Strong", BOLD),
        run_style("Emphasis", "Emphasis", "<w:i/><w:iCs/>"),
        run_style("Hyperlink", "Hyperlink", f'<w:color w:val="{LINK}"/><w:u w:val="single"/>'),
    ]
    return (
        f"{XML}<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/>"
        f'<w:color w:val="{INK}"/>{size(10)}'
        f'<w:lang w:val="{LANGUAGE}" w:eastAsia="{LANGUAGE}" w:bidi="ar-SA"/></w:rPr>'
        f"</w:rPrDefault><w:pPrDefault><w:pPr>{space(0, 160, 288)}</w:pPr></w:pPrDefault>"
        "</w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "<w:qFormat/></w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/>'
        "<w:unhideWhenUsed/></w:style>"
        f"{''.join(paragraphs)}{list_styles()}{''.join(runs)}{table_style()}</w:styles>"
    )


def field(code: str) -> str:
    """A field that Word computes."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


HEADER = '<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:t>{header}</w:t></w:r></w:p>'
FOOTER = (
    '<w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
    '<w:r><w:t xml:space="preserve">{footer} </w:t></w:r>'
    f"{field('PAGE')}<w:r><w:t>/</w:t></w:r>{field('NUMPAGES')}</w:p>"
)
SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/>'
    '<w:footerReference w:type="default" r:id="rId5"/><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1418" w:right="1134" w:bottom="1247" w:left="1304" w:header="709" '
    'w:footer="709" w:gutter="0"/></w:sectPr>'
)
SETTINGS = (
    f'{XML}<w:settings {NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="708"/>'
    '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting '
    'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    f'</w:compat><w:themeFontLang w:val="{LANGUAGE}"/><w:decimalSymbol w:val=","/>'
    '<w:listSeparator w:val=";"/></w:settings>'
)
FONTS = (
    f'{XML}<w:fonts {NAMESPACES}><w:font w:name="{FONT}"><w:family w:val="swiss"/>'
    '<w:pitch w:val="variable"/></w:font></w:fonts>'
)


def theme() -> str:
    """word/theme/theme1.xml: Word wants one (ECMA-376 part 1, 14.2.7); our styles refer to none."""
    colours = {
        "dk1": INK,
        "lt1": "FFFFFF",
        "dk2": GREY,
        "lt2": RULE,
        "hlink": LINK,
        "folHlink": LINK,
    }
    colours |= {f"accent{number}": LINK for number in range(1, 7)}
    order = ("dk1", "lt1", "dk2", "lt2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
    scheme = "".join(f'<a:{c}><a:srgbClr val="{colours[c]}"/></a:{c}>' for c in order)
    font = f'<a:latin typeface="{FONT}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    return (
        f'{XML}<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'name="House">'
        f'<a:themeElements><a:clrScheme name="House">{scheme}</a:clrScheme>'
        f'<a:fontScheme name="House"><a:majorFont>{font}</a:majorFont>'
        f'<a:minorFont>{font}</a:minorFont></a:fontScheme><a:fmtScheme name="House">'
        f"<a:fillStyleLst>{fill * 3}</a:fillStyleLst>"
        f"<a:lnStyleLst>{f'<a:ln>{fill}</a:ln>' * 3}</a:lnStyleLst>"
        f"<a:effectStyleLst>{'<a:effectStyle><a:effectLst/></a:effectStyle>' * 3}"
        f"</a:effectStyleLst><a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme>"
        "</a:themeElements></a:theme>"
    )


TYPES = {
    "word/document.xml": f"{OFFICE}.wordprocessingml.document.main+xml",
    "word/styles.xml": f"{OFFICE}.wordprocessingml.styles+xml",
    "word/settings.xml": f"{OFFICE}.wordprocessingml.settings+xml",
    "word/numbering.xml": f"{OFFICE}.wordprocessingml.numbering+xml",
    "word/fontTable.xml": f"{OFFICE}.wordprocessingml.fontTable+xml",
    "word/theme/theme1.xml": "application/vnd.openxmlformats-officedocument.theme+xml",
    "word/header1.xml": f"{OFFICE}.wordprocessingml.header+xml",
    "word/footer1.xml": f"{OFFICE}.wordprocessingml.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": f"{OFFICE}.extended-properties+xml",
}


def relationships(*targets: tuple[str, str]) -> str:
    """A .rels part: kinds and targets, numbered from rId1."""
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def parts() -> dict[str, str]:
    """Every part of the package, by its name."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in TYPES.items()
    )
    return {
        "[Content_Types].xml": (
            f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": relationships(
            (f"{RELATIONS}/officeDocument", "word/document.xml"),
            (f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            (f"{RELATIONS}/extended-properties", "docProps/app.xml"),
        ),
        "word/_rels/document.xml.rels": relationships(
            (f"{RELATIONS}/styles", "styles.xml"),
            (f"{RELATIONS}/settings", "settings.xml"),
            (f"{RELATIONS}/numbering", "numbering.xml"),
            (f"{RELATIONS}/header", "header1.xml"),
            (f"{RELATIONS}/footer", "footer1.xml"),
            (f"{RELATIONS}/fontTable", "fontTable.xml"),
            (f"{RELATIONS}/theme", "theme/theme1.xml"),
        ),
        "word/document.xml": (
            f"{XML}<w:document {NAMESPACES}><w:body><w:p/>{SECTION}</w:body></w:document>"
        ),
        "word/styles.xml": styles(),
        "word/settings.xml": SETTINGS,
        "word/numbering.xml": f"{XML}<w:numbering {NAMESPACES}/>",
        "word/fontTable.xml": FONTS,
        "word/theme/theme1.xml": theme(),
        "word/header1.xml": f"{XML}<w:hdr {NAMESPACES}>{HEADER}</w:hdr>",
        "word/footer1.xml": f"{XML}<w:ftr {NAMESPACES}>{FOOTER}</w:ftr>",
        "docProps/core.xml": (
            f'{XML}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"/>'
        ),
        "docProps/app.xml": (
            f'{XML}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
            'extended-properties"><Application>kmo-report</Application></Properties>'
        ),
    }


def write(path: Path) -> None:
    """Write the file; the same bytes on any day."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts().items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, text)


if __name__ == "__main__":
    write(Path(sys.argv[1]) / "page.docx")
