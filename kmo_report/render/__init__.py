"""The formats: each is one function from the neutral document to bytes, and one row here.

A renderer decides nothing about content; it is imported when it is first called, since WeasyPrint
and python-docx are heavy.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from kmo_report.document import Document
from kmo_report.template import Template

Renderer = Callable[[Document, Template], bytes]


def _html(document: Document, template: Template) -> bytes:
    from kmo_report.render.html import to_html

    return to_html(document, template)


def _pdf(document: Document, template: Template) -> bytes:
    from kmo_report.render.pdf import to_pdf

    return to_pdf(document, template)


def _docx(document: Document, template: Template) -> bytes:
    from kmo_report.render.docx import to_docx

    return to_docx(document, template)


RENDERERS: Mapping[str, Renderer] = MappingProxyType({"pdf": _pdf, "docx": _docx, "html": _html})
"""Format -> renderer; the format is the suffix of the file too."""
