"""What `read` must find in a document that `render` made: from the answer it was made of."""

import re
import unicodedata
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import weasyprint

from kmo_report import prose
from kmo_report.document import Document
from kmo_report.model.answer import Answer
from kmo_report.model.question import Part
from kmo_report.model.style import Style
from kmo_report.table import TableView
from kmo_report.template import Template
from kmo_report.view import Block, PartView, WordsView, page


def bare(text: str) -> str:
    """Letters as one sign each, without white space and without bullets."""
    items = re.sub("^- ", "", unicodedata.normalize("NFC", text), flags=re.MULTILINE)
    return re.sub(r"\s", "", items)


def spaced(text: str) -> str:
    """With plain blanks, one at a time."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def expected(answer: Answer, style: Style) -> dict[str, Any]:
    """The tree of a reading, texts without white space; without what is derived from them."""
    question = answer.question
    parts: list[tuple[str | None, str, bool]] = [
        ("".join(path), _asked(part), part.asks) for path, part in question.labels()
    ]
    opening = _words_of(question.introduction or "", markup=False)
    if not parts and opening:
        parts, opening = [(None, opening, True)], ""
    text = answer.answer
    return {
        "session": question.session,
        "number": question.number,
        "asked_by": spaced(question.asked_by),
        "asked_on": question.asked_on.isoformat(),
        "minister": _minister(question.minister),
        "subject": spaced(question.subject),
        "introduction": opening,
        "parts": parts,
        "kind": text.kind,
        "question_date": text.question_date.isoformat(),
        "answering": _minister(answer.minister),
        "answers": _answers(answer, style),
    }


def comparable(tree: dict[str, Any]) -> dict[str, Any]:
    """The tree of a reading, in the same shape."""
    answer = tree["answer"]
    return {
        **{key: tree[key] for key in ("session", "number", "asked_by", "asked_on", "minister")},
        "subject": tree["subject"],
        "introduction": bare(tree["introduction"] or ""),
        "parts": [(part["label"], bare(part["text"]), part["asks"]) for part in tree["parts"]],
        "kind": answer["kind"],
        "question_date": answer["question_date"],
        "answering": answer["minister"],
        "answers": [
            (
                part["labels"],
                bare(part["text"]),
                [(table["caption"], table["rows"]) for table in part["tables"]],
            )
            for part in answer["parts"]
        ],
    }


def _minister(minister: Any) -> dict[str, str]:  # noqa: ANN401
    return {"name": spaced(minister.name), "portfolio": spaced(minister.portfolio)}


def _asked(part: Part) -> str:
    text = _words_of(part.text or "", markup=False)
    if part.requested:
        text += bare(part.requested.text or "")
        for skeleton in part.requested.skeleton:
            text += bare(skeleton.caption + "".join(c for row in skeleton.rows for c in row))
    return text


def _answers(answer: Answer, style: Style) -> list[tuple[list[str], str, list[Any]]]:
    found: list[tuple[list[str], str, list[Any]]] = []
    for part in answer.answer.parts:
        alone = answer.model_copy(
            update={"answer": answer.answer.model_copy(update={"parts": (part,)})}
        )
        view = page(alone, style).answer
        blocks = [*view.blocks, *(block for inner in view.parts for block in _blocks(inner))]
        labels = [] if part.of_all else list(part.of)
        text = "".join(_words(block) for block in blocks)
        tables = [
            (
                spaced(block.title),
                [[spaced(cell.text) for cell in row] for row in (block.head, *block.rows)],
            )
            for block in blocks
            if isinstance(block, TableView)
        ]
        found.append((labels, text, tables))
    if answer.annexes:
        labels, text, tables = found[-1]
        listed = "".join(
            bare(f"Bijlage {annex.number}: {annex.title} ({annex.file})")
            for annex in page(answer, style).answer.annexes
        )
        found[-1] = labels, f"{text}{listed}", tables
    return found


def _blocks(view: PartView) -> list[Block]:
    return [*view.blocks, *(block for inner in view.parts for block in _blocks(inner))]


def _words(block: Block) -> str:
    if isinstance(block, WordsView):
        return bare(block.quoted) + _words_of(block.text, markup=block.markup)
    return bare("".join(block.notes) + (f"Bron: {block.source}" if block.source else ""))


def _words_of(text: str, *, markup: bool) -> str:
    return bare(_spoken(fromstring(f"<x>{prose.blocks(text, markup=markup)}</x>")))  # noqa: S314


def _spoken(element: Element) -> str:
    label = element.get("data-label", "") if element.tag == "li" else ""
    inside = "".join(_spoken(child) + (child.tail or "") for child in element)
    return f"{label}{element.text or ''}{inside}"


def untagged(document: Document, template: Template) -> bytes:
    """The same pages as a plain PDF, without tags."""
    css = weasyprint.CSS(string=template.css)
    pdf: bytes = weasyprint.HTML(string=document.html).write_pdf(stylesheets=[css])
    return pdf
