"""The text of an answer as HTML for a page of the site, and as words to be searched.

It is made anew from what is kept, by the neutral document, and compared with the words of the
PDF: where today's program would say anything else, the text of the PDF itself is shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from kmo_report import files, pipeline
from kmo_report.archive.description import TEXT
from kmo_report.archive.store import Archive
from kmo_report.document import INLINE, Document
from kmo_report.figures.record import RECORD
from kmo_report.keep import text_of
from kmo_report.language import say
from kmo_report.load import load_options
from kmo_report.model.style import Style
from kmo_report.problems import InputError, Place, Problem
from kmo_report.publish.public import FOLDER, Answer, Version
from kmo_report.render.proofread import unsaid
from kmo_report.source import read_tree
from kmo_report.template import DEFAULT, PAGE, Template, find_template

_STYLE = "style.yaml"
_TELLING = 4
"""Digits of a figure in a table that somebody would look for: there are many 13s."""
_SHORT = 4
"""Signs of a number that stands beside its text."""
_MM = 96 / 25.4
"""Pixels of CSS."""


@dataclass(frozen=True, slots=True)
class Text:
    """What an answer says."""

    html: str
    """Of the question and the answer, to stand under a heading of the first level; may be empty."""
    words: str
    """To be searched."""
    language: str
    kind: str
    """document; pdf where only the text of the PDF is known; none."""
    pictures: Mapping[str, bytes]
    """Charts, by their paths in the site."""
    warning: Problem | None = None


def text(archive: Archive, answer: Answer) -> Text:
    """The text of the last public version of an answer."""
    version = answer.versions[0]
    if pipeline.ANSWER not in version.state:
        return _of_pdf(archive, answer, version)
    try:
        document = _document(archive, answer, version)
    except InputError as error:
        why = " ".join(problem.message for problem in error.problems[:1])
        message = say("shown as the text of its PDF, since it cannot be made anew: {why}", why=why)
        place = Place(f"{answer.case} v{version.number}")
        warning = Problem("publish-text", message, place, "warning")
        return _of_pdf(archive, answer, version, warning)
    return _of_document(answer, version, document)


def _content(archive: Archive, answer: Answer, version: Version, name: str) -> bytes:
    digest = version.state.get(name)
    if digest is None:
        raise InputError([Problem("publish-text", say("{file} is not kept", file=name))])
    return archive.content(answer.inventory, digest)


def _language(tag: str) -> str:
    """A language as HTML names it (nl-BE); empty for anything else."""
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else ""


# --- made anew -----------------------------------------------------------------------------------


def _document(archive: Archive, answer: Answer, version: Version) -> Document:
    """The neutral document; InputError where it is not what the PDF says."""
    names = [f"template/{name}" for name in (PAGE, _STYLE)]
    template = _template(*(_content(archive, answer, version, name) for name in names))
    wanted = [pipeline.ANSWER, RECORD, *(f.name for f in version.files if f.kind == "figures")]
    with TemporaryDirectory() as folder:
        for name in filter(version.state.__contains__, wanted):
            Path(folder, name).write_bytes(_content(archive, answer, version, name))
        document = pipeline.again(Path(folder), template)
    pdf = _content(archive, answer, version, f"{answer.case}.pdf")
    if words := next(unsaid(pdf, document), ""):
        message = say("its PDF says it otherwise, near: {words}", words=words)
        raise InputError([Problem("publish-text", message)])
    return document


@lru_cache(maxsize=8)
def _template(page: bytes, style: bytes) -> Template:
    """A house style that was kept; keys that it did not have yet are as ours has them."""
    usual: Any = read_tree(files.read(find_template(DEFAULT) / _STYLE), _STYLE)[0]
    own: Any = read_tree(style, _STYLE)[0]
    model = load_options(_over(usual, own), Style)
    return Template(Path("template"), page.decode("utf-8-sig", "replace"), "", b"", model)


def _over(usual: Any, own: Any) -> Any:  # noqa: ANN401 -- trees of YAML
    if isinstance(usual, dict) and isinstance(own, dict):
        return {**usual, **{key: _over(usual.get(key), value) for key, value in own.items()}}
    return own


# --- as HTML -------------------------------------------------------------------------------------


def _of_document(answer: Answer, version: Version, document: Document) -> Text:
    home = f"{FOLDER}/{answer.case}/v{version.number}"
    html = []
    for section in document.root.iter("section"):
        placed = _placed(section, document, f"{answer.case}/v{version.number}")
        html.append(tostring(placed, encoding="unicode", method="html"))
    return Text(
        "\n".join(html),
        "".join(said for section in document.root.iter("section") for said in _said(section)),
        _language(document.root.get("lang", "")),
        "document",
        {f"{home}/{src}": picture.svg for src, picture in document.pictures.items()},
    )


def _placed(element: Element, document: Document, folder: str) -> Element:
    """A copy for a page that has a heading of its own: headings go down by one level.

    The number of a part becomes a text, and what is too wide for a phone can be moved.
    """
    tag = f"h{int(element.tag[1]) + 1}" if re.fullmatch("h[1-3]", element.tag) else element.tag
    copy = Element(tag, dict(element.attrib))
    copy.text = element.text
    inside = copy
    if tag in ("ol", "ul"):
        copy.set("role", "list")  # which Safari forgets where there is no bullet
    elif tag == "li":
        label = SubElement(copy, "span", {"class": "label"})
        label.text = copy.attrib.pop("data-label", "\N{BULLET}")
        if len(label.text) > _SHORT:
            label.set("class", "label long")
        if label.text == "\N{BULLET}":
            label.set("aria-hidden", "true")
        label.tail, copy.text = " ", None
        inside = SubElement(copy, "div")
        inside.text = element.text
    elif tag == "img":
        picture = document.pictures[element.get("src", "")]
        copy.set("src", f"{folder}/{element.get('src')}")
        copy.set("width", str(round(picture.width * _MM)))
        copy.set("height", str(round(picture.height * _MM)))
    for child in element:
        placed = _placed(child, document, folder)
        placed.tail = child.tail
        inside.append(placed)
    if tag != "table":
        return copy
    title = copy.attrib.pop("aria-label", "")
    wide = Element("div", {"class": "wide", "role": "group", "aria-label": title, "tabindex": "0"})
    wide.append(copy)
    if copy.find("caption") is None:
        copy.set("aria-label", title)
    return wide


def _said(element: Element) -> Iterator[str]:
    if element.tag == "td" and sum(map(str.isdigit, element.text or "")) in range(1, _TELLING):
        return
    apart = "" if element.tag in INLINE - {"br"} else "\n"
    yield apart + (element.text or "")
    for child in element:
        yield from _said(child)
        yield child.tail or ""
    yield apart


# --- the text of a PDF ---------------------------------------------------------------------------


def _of_pdf(
    archive: Archive, answer: Answer, version: Version, warning: Problem | None = None
) -> Text:
    language = _language(answer.text("language"))
    try:
        if TEXT in version.state:
            words = _content(archive, answer, version, TEXT).decode("utf-8", "replace")
        else:
            pdf = _content(archive, answer, version, f"{answer.case}.pdf")
            words = text_of(pdf, answer.case)
    except InputError:
        words = ""
    # PDFium tells a hyphen at the end of a line by a control character.
    words = re.sub(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ufffe\uffff]", " ", words.replace("\x02", "-"))
    if not words.strip():
        return Text("", "", language, "none", {}, warning)
    # A paragraph ends where a line does that ends a sentence.
    paragraphs = re.split(r"(?<=[.?!:])\n", words.strip())
    html = "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return Text(html, words, language, "pdf", {}, warning)
