"""The neutral document in the middle: strict HTML of a closed set of elements.

Every format is made from this text and from nothing else, so the set is exactly what all
renderers can show: an element, class or attribute outside of it is an error when a template is
filled, never a silent loss in one of the formats.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from xml.etree.ElementTree import Element, fromstring

from kmo_report.language import did_you_mean, mark, say

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What one element may hold."""

    children: Words
    classes: Words = frozenset()
    attributes: Words = frozenset()
    required: Words = frozenset()
    text: bool = False


def _words(text: str) -> Words:
    return frozenset(text.split())


INLINE = _words("a em strong br")
BLOCKS = _words("h1 h2 h3 p ol ul table img div blockquote")

ELEMENTS: dict[str, Rule] = {
    "html": Rule(_words("head body"), attributes=_words("lang"), required=_words("lang")),
    "head": Rule(_words("title meta")),
    "title": Rule(_words(""), text=True),
    "meta": Rule(_words(""), attributes=_words("name content"), required=_words("name content")),
    # data-header and data-footer are printed on every page, outside of the text; the footer is
    # followed by the page number as n/N.
    "body": Rule(
        _words("section"),
        attributes=_words("data-header data-footer"),
        required=_words("data-header data-footer"),
    ),
    # Each section starts on a new page.
    "section": Rule(BLOCKS, classes=_words("question answer")),
    "h1": Rule(INLINE, text=True),
    # The white space of a subject is kept as it was typed.
    "h2": Rule(INLINE, classes=_words("subject"), text=True),
    "h3": Rule(INLINE, text=True),
    "p": Rule(INLINE, classes=_words("reference addressee note source"), text=True),
    "ol": Rule(_words("li")),
    "ul": Rule(_words("li")),
    # In an ol, data-label is the printed number: "1.", "a)", "1-2.". In a ul there is none.
    "li": Rule(BLOCKS, attributes=_words("data-label")),
    # What stands on a page that is turned: a wide table, with all that belongs to it.
    "div": Rule(_words("h2 h3 p table img"), classes=_words("landscape"), required=_words("class")),
    # In a draft: words of an earlier answer, that nobody has reviewed.
    "blockquote": Rule(_words("p ol ul")),
    # A picture that travels with the document; alt says the same in words.
    "img": Rule(_words(""), attributes=_words("src alt"), required=_words("src alt")),
    # aria-label is the title of the table and aria-description says what it holds.
    "table": Rule(
        _words("caption thead tbody"),
        classes=_words("small"),
        attributes=_words("aria-label aria-description"),
        required=_words("aria-label"),
    ),
    "caption": Rule(INLINE, text=True),
    "thead": Rule(_words("tr")),
    "tbody": Rule(_words("tr")),
    "tr": Rule(_words("th td"), classes=_words("total")),
    "th": Rule(
        INLINE,
        classes=_words("number total"),
        attributes=_words("scope"),
        required=_words("scope"),
        text=True,
    ),
    "td": Rule(INLINE, classes=_words("number total"), text=True),
    "a": Rule(
        _words("em strong br"), attributes=_words("href"), required=_words("href"), text=True
    ),
    "em": Rule(INLINE, text=True),
    "strong": Rule(INLINE, text=True),
    "br": Rule(_words("")),
}

_URL = re.compile(r"(https?://[^\s/?#]+|mailto:[^\s@]+@[^\s@]+)[^\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the PDF (PDF/A-3 associated file)."""

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: Literal["Source", "Data", "Supplement"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: lines for paper and screen, and dots for Word; the same bytes on any day."""

    svg: bytes
    png: bytes
    width: float
    """In mm."""
    height: float
    """In mm."""


@dataclass(frozen=True, slots=True)
class Document:
    """A filled template: the text of the HTML, the same as a tree, and what goes with it."""

    html: str
    root: Element
    attachments: tuple[Attachment, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    """What an <img> of the text shows, by its src."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What in the HTML is outside of the closed set, and how the place looks in a template."""

    message: str
    patterns: tuple[str, ...]
    """Regular expressions, the closest first."""


def parse(html: str) -> Element:
    """The tree of an HTML text that is well-formed XML; ParseError if it is not."""
    return fromstring(html)  # noqa: S314 -- expat loads nothing from outside


def is_address(url: str) -> bool:
    """Whether a link may go there: a web or mail address, no file and no script."""
    return _URL.fullmatch(url) is not None


def faults(root: Element, pictures: Words = frozenset()) -> Iterator[Fault]:
    """All that the renderers could not show; `pictures` are those that there are."""
    if root.tag != "html":
        message = say("the outermost element is <{tag}>, not <html>", tag=root.tag)
        yield Fault(message, (f"<{root.tag}\\b",))
    else:
        yield from _faults(root)
        for src in (image.get("src", "") for image in root.iter("img")):
            if src not in pictures:
                message = say("there is no picture {src}", src=src)
                yield Fault(message, (rf'<img\b[^>]*src="{re.escape(src)}', r"<img\b"))


def _faults(element: Element) -> Iterator[Fault]:
    tag = element.tag
    rule, start = ELEMENTS[tag], rf"<{tag}\b"
    yield from _attribute_faults(element, rule, start)
    for text in (element.text, *(child.tail for child in element)):
        if not rule.text and text and text.strip():
            words = text.strip()[:40]
            message = say("text straight in <{tag}>: {words}", tag=tag, words=words)
            yield Fault(message, (re.escape(words), start))
    if tag == "table":
        widths = {len(row) for row in element.iter("tr")}
        if len(widths) > 1:
            yield Fault(say("the rows of a table are not equally long"), (r"<tr\b", start))
    if tag == "body":
        yield from _level_faults(element)
    if tag == "head":
        yield from _date_faults(element, start)
    for child in element:
        if child.tag not in ELEMENTS:
            yield Fault(unknown_element(child.tag), (rf"<{re.escape(child.tag)}\b",))
        elif child.tag not in rule.children:
            message = say("<{inner}> may not stand in <{outer}>", inner=child.tag, outer=tag)
            yield Fault(message, (rf"{start}.*<{child.tag}\b", rf"<{child.tag}\b"))
        else:
            yield from _faults(child)


def _level_faults(body: Element) -> Iterator[Fault]:
    """Headings go down by one level at a time (PDF/UA-1, 7.4.2)."""
    level = 0
    for element in body.iter():
        if re.fullmatch("h[1-3]", element.tag):
            if int(element.tag[1]) > level + 1:
                message = mark("<{tag}> without <{above}> before it")
                told = say(message, tag=element.tag, above=f"h{level + 1}")
                yield Fault(told, (rf"<{element.tag}\b",))
            level = int(element.tag[1])


def _date_faults(head: Element, start: str) -> Iterator[Fault]:
    dates = {meta.get("name", ""): meta.get("content", "") for meta in head.iter("meta")}
    dates = {name: text for name, text in dates.items() if name.startswith("dcterms.")}
    for name, text in {"dcterms.created": "", **dates}.items():
        if _moment(text) is None:
            message = mark('<meta name="{name}"> wants a date such as 2020-02-14T00:00:00Z')
            yield Fault(say(message, name=name), (re.escape(name), start))


def created(root: Element) -> datetime | None:
    """The date of the document, for what has no date of its own: it never comes from the clock."""
    meta = root.find("head/meta[@name='dcterms.created']")
    return None if meta is None else _moment(meta.get("content", ""))


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _attribute_faults(element: Element, rule: Rule, start: str) -> Iterator[Fault]:
    tag = element.tag
    for name, value in element.items():
        written = (rf"{start}[^>]*{re.escape(name)}=", start)
        if name == "class":
            for word in sorted(set(value.split()) - rule.classes):
                message = unknown_class(tag, word)
                yield Fault(message, (rf'{start}[^>]*class="[^"]*{re.escape(word)}', *written))
        elif name not in rule.attributes:
            yield Fault(unknown_attribute(tag, name), written)
    for name in sorted(rule.required - set(element.keys())):
        message = say("<{tag}> lacks {name}", tag=tag, name=name)
        yield Fault(message, (rf"{start}(?![^>]*{name}=)", start))
    href, scope = element.get("href"), element.get("scope")
    if href is not None and not is_address(href):
        message = say("{link} is no web or mail address (https://, http://, mailto:)", link=href)
        yield Fault(message, (rf"{start}[^>]*{re.escape(href)}", start))
    if scope is not None and scope not in ("col", "row"):
        message = say("<{tag}> wants scope col or row", tag=tag)
        yield Fault(message, (rf'{start}[^>]*scope="{scope}"', start))


def unknown_element(tag: str) -> str:
    """What is said of an element outside of the set."""
    return _unknown(f"<{tag}>", tag, ELEMENTS)


def unknown_class(tag: str, word: str) -> str:
    """What is said of a class that an element may not have."""
    return _unknown(f'<{tag} class="{word}">', word, ELEMENTS[tag].classes)


def unknown_attribute(tag: str, name: str) -> str:
    """What is said of an attribute that an element may not have."""
    return _unknown(f'<{tag} {name}="...">', name, ELEMENTS[tag].attributes)


def _unknown(shown: str, word: str, known: Words | dict[str, Rule]) -> str:
    return say("{name} is not known", name=shown) + did_you_mean(word, sorted(known))
