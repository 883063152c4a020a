"""One look in three files: what style.yaml sets, page.css makes of it and page.docx holds."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from kmo_report.document import Document
from kmo_report.language import say
from kmo_report.look import PLACES, difference, letterings
from kmo_report.model.style import Style
from kmo_report.problems import InputError, Place, Problem
from kmo_report.source import Source
from kmo_report.template import Template


def of_settings(style: Style, source: Source) -> Iterator[Problem]:
    """Fonts of the look that the PDF may not use; tables that are measured with other letters."""
    for place in PLACES:
        font = style.look and getattr(style.look, place).font
        if font and font not in style.fonts:
            message = say(
                "the font {family} is not declared in style.yaml (fonts: {declared})",
                family=font,
                declared=", ".join(style.fonts),
            )
            yield Problem("font", message, source.place(("look", place, "font")))
    size = style.look and (style.look.table.size or style.look.text.size)
    if size and size != Decimal(str(style.tables.letters)):
        message = say(
            "tables are measured with letters of {letters} pt; style.yaml says {size} pt "
            "(look: table)",
            letters=f"{style.tables.letters:g}",
            size=size,
        )
        yield Problem("look", message, source.place(("tables", "letters")), "warning")


def of_word(template: Template) -> list[Problem]:
    """What page.docx lacks, what of it is not used, and what looks otherwise than style.yaml."""
    # python-docx is heavy, and a list of variables wants none of it.
    from kmo_report.render import dress, running

    path = template.folder / "page.docx"
    try:
        word = dress.opened(template.docx, str(path))
    except InputError as error:
        return list(error.problems)
    look = template.style.look
    found = [("look", message) for message in (dress.differences(word, look) if look else ())]
    found += [("page-docx", message) for message in (*dress.unused(word), *running.absences(word))]
    return [Problem(code, message, Place(str(path)), "warning") for code, message in found]


# --- paper ---------------------------------------------------------------------------------------

_PLACES = {
    "h1": "title", "h2": "heading", "h3": "heading", "caption": "caption", "th": "table",
    "td": "table", "p.note": "note", "p.source": "note", "a": "link", "p": "text",
    "p.reference": "text", "p.addressee": "text", "h2.subject": "heading",
}  # fmt: skip
"""Element and class -> the key of `look`."""

_PROPERTIES = {
    "font": ("font-family", "font"),
    "size": ("font-size", "font"),
    "colour": ("color",),
    "inner": ("border-top-color", "border-top", "border-color", "border"),
    "outer": ("border-bottom-color", "border-bottom", "border-color", "border"),
}


def of_paper(documents: Iterable[Document], template: Template) -> list[Problem]:
    """What page.css makes otherwise than style.yaml says, each once and at its line."""
    from kmo_report.render import paper

    problems: dict[tuple[str, ...], Problem] = {}
    look = template.style.look
    wanted = letterings(look) if look else {}
    for document in documents:
        sheet = _Sheet(template, document.root)
        (body,) = document.root.iter("body")
        small = {
            cell
            for table in document.root.iter("table")
            if table.get("class") == "small"
            for cell in table.iter()
            if cell.tag in ("th", "td")
        }
        for seen in paper.looks(document, template):
            if isinstance(seen, paper.Line):
                should = getattr(look.rules, seen.kind) if look and look.rules else seen.colour
                unlike = [(seen.kind, seen.colour, f"rules.{seen.kind}", should)]
            else:
                place = _place(seen.element, seen.text, body)
                should = wanted.get(place, seen.lettering)
                if seen.element in small:  # so that it fits the page
                    should = replace(should, size=Decimal(str(template.style.tables.small)))
                unlike = [
                    (name, getattr(seen.lettering, name), place, getattr(should, name))
                    for name in seen.lettering.unlike(should)
                ]
            for name, value, key, right in unlike:
                if value != right and (key, name) not in problems:
                    kind = "colour" if name in ("inner", "outer") else name
                    message = difference(_shown(seen.element), kind, value, key, right)
                    at = sheet.place(seen.element, _PROPERTIES[name])
                    problems[key, name] = Problem("look", message, at, "warning")
    return list(problems.values())


def _place(element: Element | str, text: str, body: Element) -> str:
    if isinstance(element, str):
        for name in ("header", "footer"):
            words = body.get(f"data-{name}", "")
            if words and words in text:
                return name
        return ""
    return _PLACES.get(_name(element), "")


def _name(element: Element) -> str:
    of = element.get("class") if element.tag in ("p", "h2") else ""
    return f"{element.tag}.{of}" if of else element.tag


def _shown(element: Element | str) -> str:
    return element if isinstance(element, str) else _name(element)


@dataclass(frozen=True, slots=True)
class _Declaration:
    """A declaration of page.css, and how strong it is."""

    weight: tuple[bool, Sequence[int], int]
    line: int
    column: int


class _Sheet:
    """page.css, to look up which line says how an element looks."""

    def __init__(self, template: Template, root: Element) -> None:
        import cssselect2
        import tinycss2

        self._css, self._selectors = tinycss2, cssselect2
        self._path = Path(template.folder) / "page.css"
        self._lines = template.css.splitlines()
        self._rules = tinycss2.parse_stylesheet(
            template.css, skip_comments=True, skip_whitespace=True
        )
        wrapped = cssselect2.ElementWrapper.from_html_root(root)
        self._wrapped = {w.etree_element: w for w in wrapped.iter_subtree()}

    def place(self, element: Element | str, names: tuple[str, ...]) -> Place:
        """Where the property is set for an element, or for what it is in."""
        if isinstance(element, str):
            return self._at(max(self._in_margin(element, names), key=_weight, default=None))
        at = self._wrapped.get(element)
        while at is not None:
            found = [*self._of(at, names, self._rules)]
            if found:
                return self._at(max(found, key=_weight))
            at = at.parent
        return self._at(None)

    def _at(self, found: _Declaration | None) -> Place:
        if found is None or found.line > len(self._lines):
            return Place(str(self._path))
        return Place(str(self._path), found.line, found.column, self._lines[found.line - 1])

    def _of(
        self, element: object, names: tuple[str, ...], rules: list[Any]
    ) -> Iterator[_Declaration]:
        for rule in rules:
            if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
                if rule.content and "screen" not in self._css.serialize(rule.prelude):
                    inner = self._css.parse_rule_list(rule.content, skip_comments=True,
                                                      skip_whitespace=True)  # fmt: skip
                    yield from self._of(element, names, inner)
            elif rule.type == "qualified-rule":
                try:
                    selectors = self._selectors.compile_selector_list(rule.prelude)
                except self._selectors.SelectorError:
                    continue
                fitting = [s for s in selectors if not s.pseudo_element and s.test(element)]
                for declared in self._declared(rule.content, names) if fitting else ():
                    strength = max(tuple(s.specificity) for s in fitting)
                    yield _Declaration(
                        (declared.important, strength, declared.source_line),
                        declared.source_line,
                        declared.source_column,
                    )

    def _in_margin(self, keyword: str, names: tuple[str, ...]) -> Iterator[_Declaration]:
        for page in self._rules:
            if page.type == "at-rule" and page.lower_at_keyword == "page" and page.content:
                inner = self._css.parse_blocks_contents(page.content, skip_comments=True,
                                                        skip_whitespace=True)  # fmt: skip
                for box in inner:
                    if box.type == "at-rule" and f"@{box.lower_at_keyword}" == keyword:
                        for declared in self._declared(box.content, names):
                            yield _Declaration(
                                (declared.important, (), declared.source_line),
                                declared.source_line,
                                declared.source_column,
                            )

    def _declared(self, content: list[Any], names: tuple[str, ...]) -> Iterator[Any]:
        inner = self._css.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
        return (d for d in inner if d.type == "declaration" and d.lower_name in names)


def _weight(declaration: _Declaration) -> tuple[bool, Sequence[int], int]:
    return declaration.weight
