"""The PDF: one file that is PDF/A-3a, to be kept, and PDF/UA-1, to be read by everybody.

WeasyPrint lays out and paints; `tagging` makes it accessible. What WeasyPrint would put up with
in silence is a problem here: a property it does not know, a font or character it does not have, a
file from elsewhere, text that runs off the page.
"""

import hashlib
import logging
import os
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from kmo_report import system
from kmo_report.document import Document, Picture
from kmo_report.document import created as created_on
from kmo_report.language import mark, say
from kmo_report.problems import InputError, Place, Problem
from kmo_report.template import Template

try:
    with redirect_stdout(StringIO()):  # WeasyPrint prints where its manual is
        import cssselect2
        import pydyf
        import weasyprint
        from weasyprint.formatting_structure.boxes import MarginBox, TextBox
        from weasyprint.text.ffi import ffi, fontconfig, harfbuzz_subset
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher, URLFetcherResponse

        from kmo_report.render import tagging
except OSError as error:
    raise InputError([Problem("engine", system.wanted())]) from error


def to_pdf(document: Document, template: Template) -> bytes:
    """The document as it is handed over and kept; its attachments travel inside."""
    if harfbuzz_subset is None:
        raise InputError([Problem("engine", system.wanted("HarfBuzz-Subset"))])
    look = _look(template)
    problems = list(look.problems)
    fetcher = _Fetcher(template.folder, document.pictures)
    with _listening() as records:
        page = _Page(document.root, fetcher)
        rendered = page.render(
            stylesheets=[look.css], font_config=look.fonts, pdf_variant="pdf/a-3a"
        )

        def finish(_: object, pdf: pydyf.PDF) -> None:
            tagging.retag(document.root, rendered, pdf)
            tagging.declare(pdf)
            _associate(document, pdf)

        attachments = [*_attachments(document)]
        pdf: bytes = rendered.write_pdf(
            finisher=finish, pdf_variant="pdf/a-3a", attachments=attachments
        )
    problems += _told(records, fetcher, template.folder)
    problems += _unlike(rendered, document.root, template)
    if problems:
        raise InputError(problems)
    return pdf


def laid_out(document: Document, template: Template) -> weasyprint.Document:
    """The pages with all their boxes, to be looked at."""
    look = _look(template)
    with _listening():
        page = _Page(document.root, _Fetcher(template.folder))
        return page.render(stylesheets=[look.css], font_config=look.fonts, pdf_variant="pdf/a-3a")


# --- the page --------------------------------------------------------------------------------


class _Page(weasyprint.HTML):  # type: ignore[misc] # WeasyPrint has no types
    """A document for WeasyPrint that is a tree already: what is laid out is what was checked."""

    def __init__(self, root: Element, fetcher: URLFetcher) -> None:  # without super: it parses
        self.base_url = (fetcher.folder / "page.html").as_uri()
        self.url_fetcher = fetcher
        self.media_type = "print"
        self.wrapper_element = cssselect2.ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = root


class _Fetcher(URLFetcher):  # type: ignore[misc]
    """Gives files of one folder, and pictures as if they lay in it; remembers what was refused."""

    def __init__(
        self, folder: Path, pictures: Mapping[str, Picture] = MappingProxyType({})
    ) -> None:
        super().__init__()
        self.folder = folder.resolve()
        self.pictures = pictures
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """The file at a file: URL."""
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        if parts.scheme != "file" or parts.netloc or not path.is_relative_to(self.folder):
            self.refused.append(url)
            raise ValueError(url)
        if path.parent == self.folder and path.name in self.pictures:
            svg = self.pictures[path.name].svg
            return URLFetcherResponse(url, svg, {"Content-Type": "image/svg+xml"})
        return super().fetch(path.as_uri(), headers)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a template says about the look, read."""

    css: weasyprint.CSS
    fonts: FontConfiguration
    problems: tuple[Problem, ...]


@lru_cache(maxsize=8)
def _look(template: Template) -> _Look:
    """The style sheet and its fonts; with many answers, it is read once."""
    sheet = template.folder / "page.css"
    families = template.style.fonts
    fetcher = _Fetcher(template.folder)
    with _listening() as records:
        fonts = _font_configuration(families)
        base_url = (fetcher.folder / sheet.name).as_uri()
        css = weasyprint.CSS(
            string=template.css, base_url=base_url, url_fetcher=fetcher, font_config=fonts
        )
    missing = [*_missing(families, fonts)]
    problems = _told(records, fetcher, sheet, template.css)
    if missing:  # Pango ends the program when it has no font at all
        raise InputError([*problems, *missing])
    return _Look(css, fonts, tuple(problems))


# --- what WeasyPrint says --------------------------------------------------------------------


@contextmanager
def _listening() -> Iterator[list[logging.LogRecord]]:
    """All that WeasyPrint and fontTools warn of, in this thread, meanwhile."""
    records: list[logging.LogRecord] = []
    here = threading.get_ident()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == here:
                records.append(record)

    ear = Ear(logging.WARNING)
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(ear)
    try:
        yield records
    finally:
        for logger in loggers:
            logger.removeHandler(ear)


def _told(
    records: list[logging.LogRecord], fetcher: _Fetcher, path: Path, text: str = ""
) -> list[Problem]:
    """What was logged and what was refused, as problems of the file or folder at `path`."""
    place = Place(str(path))
    problems = [
        Problem(
            "fetch", say("{url} is refused: only files of the template are used", url=url), place
        )
        for url in dict.fromkeys(fetcher.refused)
    ]
    for number, line in enumerate(text.splitlines(), start=1):
        if found := re.search(r"(?<![\w-])opacity\s*:", line):
            at = Place(place.path, number, found.start() + 1, line)
            message = mark(
                "opacity takes words out of what a screen reader reads; use a lighter colour"
            )
            problems.append(Problem("opacity", say(message), at))
    for record in records:
        message = record.getMessage()
        if message.startswith(".notdef glyph") or any(url in message for url in fetcher.refused):
            continue  # told in plainer words
        said = say("WeasyPrint says: {words}", words=message)
        problems.append(Problem("weasyprint", said, _position(message, place, text)))
    return problems


def _position(message: str, place: Place, text: str) -> Place:
    """The place that a message names: "Ignored `colour: red` at 12:5, unknown property."."""
    found = re.search(r" at (\d+):(\d+)", message)
    if not (found and text):
        return place
    line, column = int(found[1]), int(found[2])
    return Place(place.path, line, column, text.splitlines()[line - 1])


# --- fonts -----------------------------------------------------------------------------------


def _font_configuration(families: tuple[str, ...]) -> FontConfiguration:
    """Fonts of these families only: Pango must not find another, as it could on some machines."""
    outer = os.environ.get("FONTCONFIG_FILE")
    where = (
        f"<include>{escape(outer)}</include>"
        if outer
        else '<dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir><dir prefix="xdg">fonts'
        "</dir><cachedir>/var/cache/fontconfig</cachedir>"
        '<cachedir prefix="xdg">fontconfig</cachedir>'
    )
    accepted = "".join(
        f'<pattern><patelt name="family"><string>{escape(family)}</string></patelt>'
        '<patelt name="width"><int>100</int></patelt></pattern>'
        for family in families
    )
    with TemporaryDirectory() as folder:
        path = Path(folder, "fonts.conf")
        path.write_text(
            f"<fontconfig>{where}<selectfont><rejectfont><pattern/></rejectfont>"
            f"<acceptfont>{accepted}</acceptfont></selectfont></fontconfig>",
            "utf-8",
        )
        os.environ["FONTCONFIG_FILE"] = str(path)
        try:
            return FontConfiguration()
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            if outer:
                os.environ["FONTCONFIG_FILE"] = outer


def _missing(families: tuple[str, ...], fonts: FontConfiguration) -> Iterator[Problem]:
    """Declared fonts that are not there, and faces that they lack."""
    installed: dict[str, set[str]] = {}
    for family, style in _faces(fonts, fontconfig.FcSetSystem):
        installed.setdefault(family, set()).add(system.face(style))
    carried = {family for family, _ in _faces(fonts, fontconfig.FcSetApplication)}
    for family in families:
        package = system.FONT_PACKAGES.get(family)
        hint = ""
        if package:
            command = system.install([package])
            hint = say("; on Debian or Ubuntu: {command}", command=command)
        if family in carried:
            continue
        if family not in installed:
            message = say("the font {family} is not installed", family=family)
            yield Problem("font", message + hint)
        elif lacking := system.FACES - installed[family]:
            faces = ", ".join(sorted(lacking))
            message = say("the font {family} lacks {faces}", family=family, faces=faces)
            yield Problem("font", message + hint)


def _faces(fonts: FontConfiguration, which: int) -> Iterator[tuple[str, str]]:
    """Family and style of each font file."""
    for family, style, _ in _font_files(fonts, which):
        yield family, style


def _font_files(fonts: FontConfiguration, which: int) -> Iterator[tuple[str, str, str]]:
    """Family, style and path of each font file."""
    found = fontconfig.FcConfigGetFonts(fonts._config, which)  # noqa: SLF001 -- no public name
    text = ffi.new("FcChar8 **")
    for index in range(found.nfont if found else 0):
        values = []
        for name in (b"family", b"style", b"file"):
            fontconfig.FcPatternGetString(found.fonts[index], name, 0, text)
            values.append(ffi.string(text[0]).decode())
        yield values[0], values[1], values[2]


def fonts_of(template: Template) -> dict[str, str]:
    """The font files that a PDF of this house style may be made with, and their SHA-512."""
    fonts = _look(template).fonts
    paths = {
        Path(path)
        for which in (fontconfig.FcSetSystem, fontconfig.FcSetApplication)
        for _, _, path in _font_files(fonts, which)
    }
    return {
        path.name: hashlib.sha512(path.read_bytes()).hexdigest()
        for path in sorted(paths)
        if path.is_file()
    }


def _unlike(rendered: weasyprint.Document, root: Element, template: Template) -> Iterator[Problem]:
    """What does not look as it should: other fonts, lacking characters, text off the page."""
    declared = ", ".join(template.style.fonts)
    sheet = Place(str(template.folder / "page.css"))
    families: dict[str, None] = {}
    outside: dict[str, tuple[int, str]] = {}
    shown: list[str] = []
    tables = {cell: table for table in root.iter("table") for cell in table.iter()}
    for number, text, is_off, in_margin in _painted(rendered):
        families[text.style["font_family"][0]] = None
        if not in_margin:
            shown.append(text.text)
            if is_off:
                table = tables.get(text.element)
                title = "" if table is None else table.get("aria-label", "")
                outside.setdefault(title, (number, text.text.strip()[:60]))
    for title, (number, words) in outside.items():
        message = mark("a word is too long for page {page}: {words}")
        if title:
            message = mark("the table {title} runs off page {page}: {words}")
        yield Problem("page", say(message, title=title, page=number, words=words))
    if hidden := _lost(root, "".join(shown)):
        message = mark("words that the style sheet hides or breaks: {words}")
        yield Problem("hidden", say(message, words=hidden[:60]), sheet)
    for family in families:
        if family not in template.style.fonts:
            message = mark("the font {family} is not declared in style.yaml (fonts: {declared})")
            yield Problem("font", say(message, family=family, declared=declared), sheet)
    missing = {code for font in rendered.fonts.values() for code in font.missing}
    for character in map(chr, sorted(missing)):
        printed = f"{character!r} " if character.isprintable() else ""
        sign = f"{printed}U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
        around = _words_around(character, root)
        message = mark("{fonts} has no {sign}, as in: {words}")
        yield Problem("glyph", say(message, fonts=declared, sign=sign, words=around))


def _painted(rendered: weasyprint.Document) -> Iterator[tuple[int, TextBox, bool, bool]]:
    """Each piece of text: its page, whether it runs off that, and whether it is a running line."""
    for number, page in enumerate(rendered.pages, 1):
        box = page._page_box  # noqa: SLF001 -- no public name
        right, bottom = box.content_box_x() + box.width, box.content_box_y() + box.height
        for child in box.children:
            for text in child.descendants():
                if isinstance(text, TextBox) and text.text.strip():
                    # Blanks at the end of a line that keeps its white space may hang over.
                    width = text.width * len(text.text.rstrip()) / len(text.text)
                    x, y = text.position_x + width, text.position_y + text.height
                    is_off = x > right + 1 or y > bottom + 1
                    yield number, text, is_off, isinstance(child, MarginBox)


def _lost(root: Element, shown: str) -> str:
    """The first words of the document that are not on the pages, if any: letter by letter."""
    texts = [text.strip() for body in root.iter("body") for text in body.itertext()]
    pages = _letters(shown)
    if not Counter(_letters("".join(texts))) - Counter(pages):
        return ""
    return next((text for text in texts if _letters(text) not in pages), "…")


def _letters(text: str) -> str:
    """What is printed of a text, but for blanks, capitals and signs without a shape."""
    return "".join(c for c in text.casefold() if c.isprintable() and not c.isspace())


def _words_around(character: str, root: Element) -> str:
    """Some words to find a character by."""
    attributes = (
        value for element in root.iter() for name, value in element.items() if "data-" in name
    )
    # Split as a printer would: str.split() takes some of the characters that may lack for spaces.
    words = re.split("[ \n\t]+", " ".join(chain(root.itertext(), attributes)))
    index = next(index for index, word in enumerate(words) if character in word)
    around = " ".join(words[max(0, index - 3) : index + 4]).strip()
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in around)


# --- attachments -----------------------------------------------------------------------------


def _attachments(document: Document) -> Iterator[weasyprint.Attachment]:
    moment = created_on(document.root)
    # Sorted, since they become a name tree (PDF 1.7, 7.9.6).
    for attachment in sorted(document.attachments, key=lambda attachment: attachment.name):
        yield weasyprint.Attachment(
            string=attachment.content,
            name=attachment.name,
            description=attachment.description,
            created=moment,
            modified=moment,
        )


def _associate(document: Document, pdf: pydyf.PDF) -> None:
    """Say of each attachment what it is: WeasyPrint guesses the type and lists it twice."""
    files = {
        file["UF"].string: file
        for file in pdf.objects
        if isinstance(file, pydyf.Dictionary) and file.get("Type") == "/Filespec"
    }
    for attachment in document.attachments:
        file = files[attachment.name]
        file["AFRelationship"] = f"/{attachment.relationship}"
        content = pdf.objects[int(file["EF"]["F"].split()[0])]
        content.extra["Subtype"] = pydyf.name(attachment.media_type)
    if files:
        pdf.catalog["AF"] = pydyf.Array(file.reference for file in files.values())
