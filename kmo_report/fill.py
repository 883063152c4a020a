"""Page + template -> the neutral document; a mistake in a template is an error with its line.

Templates run in a sandbox, an unknown name is an error, and all text is escaped. What comes out
must be of the closed set of `document`, or it does not come out.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from types import TracebackType
from xml.etree.ElementTree import ParseError

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup

from kmo_report import document, prose
from kmo_report.document import Attachment, Document, Fault
from kmo_report.language import did_you_mean, say
from kmo_report.problems import InputError, Place, Problem
from kmo_report.template import PAGE, Template
from kmo_report.view import Page


def fill(page: Page, template: Template, attachments: Iterable[Attachment] = ()) -> Document:
    """The document of a page; InputError with the line of the template where it is at fault."""
    path = str(template.folder / PAGE)
    try:
        html = _environment(template).get_template(PAGE).render(page=page)
    except TemplateSyntaxError as error:
        raise _mistake(template, error.message or "syntax error", error.lineno) from error
    # Whatever a template does that Python refuses is a mistake in the template, not a bug.
    except (
        TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
        RecursionError,
    ) as error:
        line = _template_line(error.__traceback__)
        if line is None:
            raise
        own = re.findall(r"\{%-?\s*(?:set|macro)\s+(\w+)", template.page)
        message = str(error)
        if message.startswith(_NOWHERE):
            name = message.removeprefix(_NOWHERE)
            message = say("{name} is not known", name=name) + did_you_mean(name, ["page", *own])
        raise _mistake(template, message, line) from error
    try:
        root = document.parse(html)
    except ParseError as error:
        line, column = error.position
        wrong = [*html.splitlines(), ""][line - 1][max(0, column - 30) : column + 30].strip()
        if not html.strip():
            raise InputError(
                [Problem("template", say("the page is empty"), Place(path))]
            ) from error
        message = say("the filled page is not well-formed, near {words}", words=wrong)
        tags = [re.escape(tag) for tag in re.findall(r"&\w+;|</?\w+", wrong)]
        place = _place_of(template, Fault(message, (re.escape(wrong), *tags)))
        raise InputError([Problem("template", message, place)]) from error
    problems = [
        Problem("element", fault.message, _place_of(template, fault))
        for fault in document.faults(root)
    ]
    if problems:
        raise InputError(dict.fromkeys(problems))
    return Document(html, root, tuple(attachments))


_NOWHERE = "nowhere: "
"""Before a name that is in no scope: which names are is known only outside of the sandbox."""


class _Named(StrictUndefined):
    """An unknown name says which known one is nearest."""

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        name = str(self._undefined_name)
        if self._undefined_obj is missing:
            return _NOWHERE + name
        known = [n for n in dir(self._undefined_obj) if n[0] != "_"]
        kind = type(self._undefined_obj).__name__
        message = say("{name} of {kind} is not known", name=name, kind=kind)
        return message + did_you_mean(name, known)


@lru_cache(maxsize=8)
def _environment(template: Template) -> SandboxedEnvironment:
    source = (template.page, str(template.folder / PAGE), lambda: True)
    environment = SandboxedEnvironment(
        loader=FunctionLoader(lambda name: source if name == PAGE else None),
        undefined=_Named,
        autoescape=True,
        keep_trailing_newline=True,
    )
    environment.filters["prose"] = lambda text: Markup(prose.blocks(text))  # noqa: S704 -- escaped
    environment.filters["plain"] = lambda text: Markup(prose.blocks(text, markup=False))  # noqa: S704
    return environment


def _template_line(traceback: TracebackType | None) -> int | None:
    """The line of the template that ran last, if any did."""
    line = None
    while traceback:
        if traceback.tb_frame.f_code.co_filename.endswith(PAGE):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _mistake(template: Template, message: str, line: int) -> InputError:
    lines = template.page.splitlines()
    text = lines[line - 1] if line <= len(lines) else ""
    place = Place(str(template.folder / PAGE), line, source=text)
    return InputError([Problem("template", message, place)])


def _place_of(template: Template, fault: Fault) -> Place:
    """Where the template first writes that; all elements but those of texts stand in it."""
    for pattern in fault.patterns:
        for number, line in enumerate(template.page.splitlines(), start=1):
            match = re.search(pattern, line)
            if match:
                return Place(str(template.folder / PAGE), number, match.start() + 1, line)
    return Place(str(template.folder / PAGE))
