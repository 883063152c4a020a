"""The pages of the site, from templates beside this: an answer, a list, where one searches."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kmo_report.document import is_address
from kmo_report.dutch import day, number
from kmo_report.publish import index
from kmo_report.publish.machine import described, media_type
from kmo_report.publish.public import Answer, File
from kmo_report.publish.site import OVERVIEWS, Site, theme
from kmo_report.publish.text import Text

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
"""What a browser may load: files of the site, and nothing that stands in a page."""
_LATEST = 20
"""Answers on the first page."""
_SUBJECTS = 300
"""Subjects that can be chosen from: those of most answers; all have a page."""
_KILO, _MEGA = 1_000, 1_000_000


def first(site: Site, searched: str) -> bytes:
    """The first page, where one searches; `searched` is the address of the index."""
    choices = dict(site.groups)
    largest = sorted(choices["subject"], key=lambda group: -len(group.answers))[:_SUBJECTS]
    shown = {group.key for group in largest}
    choices["subject"] = [group for group in choices["subject"] if group.key in shown]
    return _page(
        site,
        "first.html.j2",
        "index.html",
        choices=choices,
        latest=site.answers[:_LATEST],
        searched=searched,
    )


def overviews(site: Site) -> Iterable[tuple[str, bytes]]:
    """The lists of sessions, ministers and subjects, and a page for each of these."""
    for kind, groups in site.groups.items():
        path = OVERVIEWS[kind]
        yield path, _page(site, "groups.html.j2", path, kind=kind, groups=groups)
        for group in groups:
            yield group.page, _page(site, "group.html.j2", group.page, group=group)


def answer(site: Site, answer: Answer, text: Text, sizes: Mapping[str, int]) -> bytes:
    """The page of an answer; `sizes` are those of its files, by their paths."""
    relations: list[tuple[str, str, Answer | None]] = []
    for identifier, title, address in answer.relations:
        other = site.by_id.get(identifier)
        if other and other is not answer:
            relations.append((other.page, "", other))
        else:
            relations.append((address if is_address(address) else "", title, None))
    return _page(
        site,
        "answer.html.j2",
        answer.page,
        answer=answer,
        text=text,
        html=Markup(text.html),  # noqa: S704 -- made of elements and escaped texts
        sizes=sizes,
        relations=relations,
        referred_by=site.referred_by.get(answer.identifier, ()),
        described=Markup(index.safe(described(site, answer, sizes))),  # noqa: S704 -- by `safe`
    )


def entry(site: Site, answer: Answer, text: Text) -> index.Entry:
    """An answer as it is found by site.js."""
    session, _, number_ = answer.parts
    names = [answer.text(term) for term in ("contributor", "creator", "kmo:addressee")]
    head = " ".join([number_, session, answer.minister, *names])
    line, keys = site.line(answer), site.keys(answer)
    return index.Entry(quote(answer.page), answer.subject, line, keys, head, text.words)


def _page(site: Site, template: str, path: str, **values: object) -> bytes:
    home = "../" * path.count("/")
    html: str = _template(template).render(
        site=site,
        word=site.word,
        path=path,
        to=lambda target: home + quote(target),
        policy=POLICY,
        **values,
    )
    return html.encode("utf-8", "replace")  # a lone surrogate, in a description from elsewhere


@cache
def _template(name: str) -> Any:  # noqa: ANN401 -- of Jinja
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = {"day_of": _day, "size": _size, "type_of": _type, "media": media_type}
    environment.filters |= filters
    environment.globals |= {"theme": theme}
    return environment.get_template(name)


def _size(size: int) -> str:
    """23 kB, 1,5 MB"""
    if size < _MEGA:
        return f"{max(1, round(size / _KILO))} kB"
    amount = (Decimal(size) / _MEGA).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{number(amount, decimals=1)} MB"


def _day(moment: str) -> str:
    """2026-11-25T10:00:00Z -> 25 november 2026"""
    return day(date.fromisoformat(moment[:10]))


def _type(file: File) -> str:
    """PDF, XLSX"""
    return PurePosixPath(file.name).suffix[1:].upper() or "?"
