"""Page + template -> the neutral document; a mistake in a template is an error with its line.

Templates run in a sandbox, an unknown name is an error, and all text is escaped. What comes out
must be of the closed set of `document`, or it does not come out.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from xml.etree.ElementTree import ParseError

from jinja2 import (
    ChainableUndefined,
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import SandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup

from kmo_report import document, prose
from kmo_report.chart import ChartView, draw
from kmo_report.document import Attachment, Document, Fault
from kmo_report.language import did_you_mean, say
from kmo_report.problems import InputError, Place, Problem
from kmo_report.template import PAGE, Template
from kmo_report.view import Page, charts

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


def fill(page: Page, template: Template, attachments: Iterable[Attachment] = ()) -> Document:
    """The document of a page; InputError with the line of the template where it is at fault."""
    return checked(written(page, template), template, attachments, charts(page.answer))


def written(page: Page, template: Template, *, lenient: bool = False) -> str:
    """The HTML that a template writes; where it is `lenient`, an unknown name prints nothing."""
    try:
        return environment(template, lenient=lenient).get_template(PAGE).render(page=page)
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
        line = _template_line(error)
        if line is None:
            raise
        own = re.findall(r"\{%-?\s*(?:set|macro)\s+(\w+)", template.page)
        message = str(error)
        if isinstance(error, RecursionError):
            message = say("this calls itself without end")
        if message.startswith(_NOWHERE):
            name = message.removeprefix(_NOWHERE)
            message = say("{name} is not known", name=name) + did_you_mean(name, ["page", *own])
        raise _mistake(template, message, line) from error


def checked(
    html: str,
    template: Template,
    attachments: Iterable[Attachment] = (),
    drawings: Iterable[ChartView] = (),
) -> Document:
    """The document of an HTML text; InputError where it is not of the closed set."""
    try:
        root = document.parse(html)
    except ParseError as error:
        raise InputError([_not_well_formed(html, error, template)]) from error
    drawn = {chart.file: chart for chart in drawings}
    problems = [
        Problem("element", fault.message, _place_of(template, fault))
        for fault in document.faults(root, frozenset(drawn))
    ]
    if problems:
        raise InputError(dict.fromkeys(problems))
    font = template.style.fonts[0]
    pictures = {file: draw(chart.drawing, font) for file, chart in drawn.items()}
    return Document(html, root, tuple(attachments), pictures)


@lru_cache(maxsize=8)
def environment(template: Template, *, lenient: bool = False) -> SandboxedEnvironment:
    """The filters, tests and names that a template has."""
    source = (template.page, str(template.folder / PAGE), lambda: True)
    found = SandboxedEnvironment(
        loader=FunctionLoader(lambda name: source if name == PAGE else None),
        undefined=ChainableUndefined if lenient else _Named,
        autoescape=True,
        keep_trailing_newline=True,
    )
    found.filters["prose"] = lambda text: Markup(prose.blocks(text))  # noqa: S704 -- escaped
    found.filters["plain"] = lambda text: Markup(prose.blocks(text, markup=False))  # noqa: S704
    return found


def _template_line(error: BaseException) -> int | None:
    """The line of the template that ran last, if any did; of an endless call the one that calls."""
    lines, traceback = [], error.__traceback__
    while traceback:
        if traceback.tb_frame.f_code.co_filename.endswith(PAGE):
            lines.append(traceback.tb_lineno)
        traceback = traceback.tb_next
    if isinstance(error, RecursionError) and lines:
        return Counter(lines).most_common(1)[0][0]
    return lines[-1] if lines else None


def _mistake(template: Template, message: str, line: int) -> InputError:
    lines = template.page.splitlines()
    text = lines[line - 1] if line <= len(lines) else ""
    place = Place(str(template.folder / PAGE), line, source=text)
    return InputError([Problem("template", message, place)])


def _not_well_formed(html: str, error: ParseError, template: Template) -> Problem:
    if not html.strip():
        return Problem("template", say("the page is empty"), Place(str(template.folder / PAGE)))
    line, column = error.position
    near = [*html.split("\n"), ""][line - 1]
    words = near[max(0, column - 30) : column + 30].strip()
    message = say("the filled page is not well-formed, near {words}", words=words)
    patterns = [re.escape(near[max(0, column - width) : column + width]) for width in (30, 15)]
    patterns += [
        rf"<{opened}\b[^<>]*>[^<]*</{closed}>"  # with words of the answer between them
        for opened, closed in re.findall(r"<(\w+)[^<>]*>[^<]*</(\w+)>", near)
        if opened != closed
    ]
    patterns += [re.escape(tag) for tag in re.findall(r"&\w+;|</?\w+", words)]
    return Problem("template", message, _place_of(template, Fault(message, tuple(patterns))))


def _place_of(template: Template, fault: Fault) -> Place:
    """Where the template first writes that; all elements but those of texts stand in it."""
    for pattern in fault.patterns:
        for number, line in enumerate(template.page.splitlines(), start=1):
            match = re.search(pattern, line)
            if match:
                return Place(str(template.folder / PAGE), number, match.start() + 1, line)
    return Place(str(template.folder / PAGE))
