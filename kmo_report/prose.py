"""The small Markdown of an answer, as elements of the neutral document.

An answer may use paragraphs, emphasis, lists and links. The asker's own words have no emphasis:
they are printed as they came in, but for lists and web addresses. Nothing else is markup, so any
other text is printed as it stands.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from types import MappingProxyType

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kmo_report.document import is_address
from kmo_report.language import mark, say
from kmo_report.trace import Traced

_TAG = re.compile(
    r"</?(?:a|abbr|address|article|aside|audio|b|base|big|blockquote|body|br|button|canvas|center|"
    r"cite|code|col|dd|del|div|dl|dt|em|embed|fieldset|figure|font|footer|form|frame|h[1-6]|head|"
    r"header|hr|html|i|iframe|image|img|input|ins|kbd|label|li|link|main|map|marquee|math|meta|nav|"
    r"object|ol|option|p|param|picture|pre|q|s|samp|script|section|select|small|source|span|strike|"
    r"strong|style|sub|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|tt|u|ul|"
    r"var|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_RULES = ("newline", "list", "linkify", "text_join")
_MARKUP = ("emphasis", "balance_pairs", "link", "escape")


def blocks(text: str, *, markup: bool = True) -> str:
    """Paragraphs and lists as HTML; without `markup` a line break is kept, `*` an asterisk."""
    tokens = _markdown(markup=markup).parse(str(text))
    html = "".join(_traced(tokens, text) if isinstance(text, Traced) else _html(tokens))
    return html if markup else html.replace("\n", "<br/>")


def faults(text: str, *, markup: bool = True) -> Iterator[tuple[str, str]]:
    """What the text may not hold: the words it stands at, and what is wrong."""
    for match in _TAG.finditer(text):
        if not (markup and text[: match.start()].endswith("\\")):
            message = mark("{tag} is HTML, which the asker's text may not hold; take it out")
            if markup:
                message = mark(
                    "{tag} is HTML, which a text may not hold; write \\< for the sign itself"
                )
            yield match[0], say(message, tag=match[0][:40])
    for token in _markdown(markup=markup).parse(text):
        for child in token.children or ():
            href = str(child.attrGet("href"))
            if child.type == "link_open" and not is_address(href):
                message = mark("{link} is no web or mail address (https://, http://, mailto:)")
                yield href, say(message, link=href)


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802
        """A link that may not be is a fault; the library would print its source instead."""
        return bool(url)

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        """What the reader sees of an address is what was typed."""
        return link


@cache
def _markdown(*, markup: bool) -> MarkdownIt:
    options = {"linkify": True, "maxNesting": 100}
    markdown = _Markdown("zero", options).enable([*_RULES, *(_MARKUP if markup else ())])
    # Only an address that is written in full is a link: `vlaanderen.be` may be just a name.
    markdown.linkify = LinkifyIt(
        {"ftp:": None, "//": None, "mailto:": None},
        {"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False},
    )
    return markdown


_TAGS = MappingProxyType(
    {
        "paragraph_open": "<p>",
        "paragraph_close": "</p>",
        "bullet_list_open": "<ul>",
        "bullet_list_close": "</ul>",
        "ordered_list_open": "<ol>",
        "ordered_list_close": "</ol>",
        "list_item_close": "</li>",
        "em_open": "<em>",
        "em_close": "</em>",
        "strong_open": "<strong>",
        "strong_close": "</strong>",
        "link_close": "</a>",
        "softbreak": "\n",
        "hardbreak": "<br/>",
    }
)


def _traced(tokens: Sequence[Token], text: Traced) -> Iterator[str]:
    """The same, with each paragraph between the signs of its lines."""
    for token in tokens:
        html = "".join(_html([token]))
        if token.type == "inline" and token.map:
            origin = replace(text.origin, lines=(token.map[0], token.map[1]))
            html = text.trace.signed(html, origin)
        yield html


def _html(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _html(token.children or ())
        elif token.type == "text":
            yield escape(token.content)
        elif token.type == "link_open":
            yield f'<a href="{escape(str(token.attrGet("href")))}">'
        elif token.type == "list_item_open":
            label = f"{token.info}{token.markup}"
            yield f'<li data-label="{label}">' if token.info else "<li>"
        else:
            yield _TAGS[token.type]
