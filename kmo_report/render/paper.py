"""How a page looks when it is laid out: the letters of each text, and the lines in tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any
from xml.etree.ElementTree import Element

from weasyprint.formatting_structure.boxes import MarginBox, TableCellBox, TextBox

from kmo_report.document import Document
from kmo_report.look import Lettering
from kmo_report.render.pdf import laid_out
from kmo_report.template import Template


@dataclass(frozen=True, slots=True)
class Seen:
    """Letters on paper: the element or the margin box (`@top-right`) that they stand in."""

    element: Element | str
    text: str
    lettering: Lettering


@dataclass(frozen=True, slots=True)
class Line:
    """A line at a cell of a table: between rows (`inner`), or under headings (`outer`)."""

    element: Element
    kind: str
    colour: str


def looks(document: Document, template: Template) -> Iterator[Seen | Line]:
    """How everything looks; InputError where the style sheet cannot be used."""
    rendered = laid_out(document, template)
    for child in chain.from_iterable(page._page_box.children for page in rendered.pages):  # noqa: SLF001
        boxes = [*child.descendants()]
        margin = child.at_keyword if isinstance(child, MarginBox) else None
        line = "".join(box.text for box in boxes if isinstance(box, TextBox)) if margin else ""
        for box in boxes:
            if (
                isinstance(box, TextBox)
                and box.text.strip()
                and "::" not in (box.element_tag or "")
            ):
                yield Seen(margin or box.element, line or box.text, _lettering(box.style))
            elif isinstance(box, TableCellBox) and box.element is not None:
                yield from _lines(box)


def _lines(cell: TableCellBox) -> Iterator[Line]:
    heading = cell.element.get("scope") == "col"
    kind, side = ("outer", "bottom") if heading else ("inner", "top")
    total = "total" in cell.element.get("class", "").split()
    if cell.style[f"border_{side}_width"] and (heading or not total):
        yield Line(cell.element, kind, _colour(cell.style, f"border_{side}_color"))


def _lettering(style: Mapping[str, Any]) -> Lettering:
    # Pixels are 96 to the inch, points 72.
    size = Decimal(str(round(style["font_size"] * 0.75, 2))).normalize()
    return Lettering(style["font_family"][0], size, _colour(style, "color"))


def _colour(style: Mapping[str, Any], name: str) -> str:
    value = style["color"] if style[name] == "currentcolor" else style[name]
    return "".join(f"{round(part * 255):02x}" for part in value.to("srgb").coordinates)
