"""The pages of the site, its feed and its sitemap: what is public, in the words of the site."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from kmo_report import pipeline
from kmo_report.document import is_address
from kmo_report.dutch import day, number
from kmo_report.publish import index
from kmo_report.publish.public import Answer, File
from kmo_report.publish.text import Text
from kmo_report.publish.words import Words

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
_LATEST = 20
"""Answers on the first page."""
_FED = 50
"""Answers in the feed."""
_SUBJECTS = 300
"""Subjects that can be chosen from: those of most answers; all have a page."""
_SLUG = 60


@dataclass(slots=True, eq=False)
class Group:
    """The answers of a session, to a minister, or about a subject."""

    kind: str
    """session, minister, subject."""
    key: str
    """In its address."""
    names: Counter[str] = field(default_factory=Counter)
    answers: list[Answer] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As it is called most often."""
        return min(self.names, key=lambda name: (-self.names[name], name))

    @property
    def page(self) -> str:
        """The path of its page in the site."""
        return f"{_FOLDERS[self.kind]}/{self.key}.html"


_FOLDERS = {"session": "zittingsjaar", "minister": "minister", "subject": "onderwerp"}


def theme(subject: str) -> str:
    """What a subject is first about: `Kmo-portefeuille  -  Focus op Talent` -> Kmo-portefeuille"""
    return re.split(r"\s+[-\N{EN DASH}]+\s+", subject)[0].strip() or subject


def key(name: str) -> str:
    """A name as a step of an address; where that says less, a digest tells it from others."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = [sign for sign in plain if not unicodedata.combining(sign)]
    slug = re.sub("[^a-z0-9]+", "-", "".join(letters)).strip("-")
    if len(slug) <= _SLUG and slug and all(s.isascii() or not s.isalnum() for s in letters):
        return slug
    digest = hashlib.sha256("".join(letters).encode()).hexdigest()[:8]
    return f"{slug[:_SLUG].strip('-')}-{digest}".strip("-")


class Site:
    """A site: paths in it -> contents, one after the other."""

    def __init__(self, answers: Sequence[Answer], words: Words, base: str = "") -> None:
        self.answers = answers
        self.words = words
        self.base = base
        """The address of the site, with a / at its end; empty where none is known."""
        self.by_id = {answer.identifier: answer for answer in answers}
        self.referred_by: dict[str, list[Answer]] = {}
        for answer in answers:
            for identifier in {relation[0] for relation in answer.relations}:
                if identifier in self.by_id and identifier != answer.identifier:
                    self.referred_by.setdefault(identifier, []).append(answer)

    # --- words -----------------------------------------------------------------------------------

    def word(self, name: str, /, **values: object) -> str:
        """A word of the site, filled in."""
        return self.words[name].format_map(values)

    def line(self, answer: Answer) -> str:
        """Who asked whom, when: `Vraag nr. 370 (2019-2020) van ... aan ..., 14 februari 2020`"""
        session, _, number_ = answer.parts
        said = [self.word("line_number", number=number_, session=session)]
        if asked_by := answer.text("contributor"):
            said.append(self.word("line_asked_by", asked_by=asked_by))
        said.append(self.word("line_minister", minister=answer.minister))
        if on := self.day(answer):
            said.append(self.word("line_date", date=on))
        return "".join(said)

    def day(self, answer: Answer) -> str:
        """The date of an answer in full; empty where it is not known."""
        try:
            return day(date.fromisoformat(answer.text("date")))
        except ValueError:
            return ""

    def kind(self, kind: str) -> str:
        """What a version is."""
        return self.words.get(kind, self.words["answer"]) if kind in _KINDS else self.word("answer")

    def count(self, answers: Sequence[Answer]) -> str:
        """12 antwoorden"""
        return self.word("one_answer") if len(answers) == 1 else self.word(
            "answers", count=len(answers)
        )  # fmt: skip

    # --- groups ----------------------------------------------------------------------------------

    def keys(self, answer: Answer) -> tuple[str, str, str]:
        """The groups that an answer stands in, by their keys: session, minister, subject."""
        return answer.parts[0], answer.parts[1], key(theme(answer.subject))

    @cached_property
    def groups(self) -> Mapping[str, Sequence[Group]]:
        """By kind: sessions from new to old, the others by name."""
        found: dict[str, dict[str, Group]] = {kind: {} for kind in _FOLDERS}
        for answer in self.answers:
            names = (answer.parts[0], answer.minister, theme(answer.subject))
            for kind, own, name in zip(_FOLDERS, self.keys(answer), names, strict=True):
                group = found[kind].setdefault(own, Group(kind, own))
                group.names[name] += 1
                group.answers.append(answer)
        by_name = {
            kind: sorted(groups.values(), key=lambda group: (index.folded(group.name), group.key))
            for kind, groups in found.items()
        }
        by_name["session"].reverse()
        return by_name

    def group(self, answer: Answer, kind: str) -> Group:
        """The group of that kind that an answer stands in."""
        return self._by_key[kind, self.keys(answer)[[*_FOLDERS].index(kind)]]

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], Group]:
        return {(g.kind, g.key): g for groups in self.groups.values() for g in groups}

    # --- pages -----------------------------------------------------------------------------------

    def first(self) -> bytes:
        """The first page, where one searches."""
        choices = {kind: list(groups) for kind, groups in self.groups.items()}
        largest = sorted(choices["subject"], key=lambda group: -len(group.answers))[:_SUBJECTS]
        shown = {group.key for group in largest}
        choices["subject"] = [group for group in choices["subject"] if group.key in shown]
        latest = self.answers[:_LATEST]
        return self._page("first.html.j2", "index.html", choices=choices, latest=latest)

    def overviews(self) -> Iterable[tuple[str, bytes]]:
        """The lists of sessions, ministers and subjects, and a page for each of these."""
        for kind, groups in self.groups.items():
            path = f"{_FOLDERS[kind]}/index.html"
            yield path, self._page("groups.html.j2", path, kind=kind, groups=groups)
            for group in groups:
                yield group.page, self._page("group.html.j2", group.page, group=group)

    def answer(self, answer: Answer, text: Text, sizes: Mapping[str, int]) -> bytes:
        """The page of an answer; `sizes` are those of its files, by their paths."""
        relations = []
        for identifier, title, address in answer.relations:
            other = self.by_id.get(identifier)
            if other and other is not answer:
                relations.append((other.page, "", other))
            else:
                relations.append((address if is_address(address) else "", title, None))
        return self._page(
            "answer.html.j2",
            answer.page,
            answer=answer,
            text=text,
            html=Markup(text.html),  # noqa: S704 -- made of elements and escaped texts
            sizes=sizes,
            relations=relations,
            referred_by=self.referred_by.get(answer.identifier, ()),
            described=Markup(index.safe(self._described(answer, sizes))),  # noqa: S704
        )

    def _page(self, template: str, path: str, **values: object) -> bytes:
        home = "../" * path.count("/")
        html = _environment().get_template(template).render(
            site=self,
            word=self.word,
            path=path,
            to=lambda target: home + quote(target),
            policy=POLICY,
            **values,
        )  # fmt: skip
        return html.encode()

    def _described(self, answer: Answer, sizes: Mapping[str, int]) -> str:
        """The description as it is kept, and the same in the words of schema.org."""
        version = answer.versions[0]
        pdf = version.pdf
        said: dict[str, object] = {
            "@context": "https://schema.org",
            "@type": "Report",
            "@id": answer.identifier,
            "identifier": answer.identifier,
            "url": self.base + quote(answer.page) if self.base else "",
            "name": answer.text("title") or answer.subject,
            "about": answer.subject,
            "inLanguage": answer.text("language"),
            "dateCreated": answer.text("date"),
            "datePublished": answer.versions[-1].since[:10],
            "dateModified": version.since[:10],
            "version": version.number,
            "author": _person(answer.text("creator")),
            "contributor": _person(answer.text("contributor")),
            "publisher": {"@type": "Organization", "name": self.word("publisher")},
            "citation": [
                {key: value for key, value in (
                    ("@type", "CreativeWork"), ("@id", identifier), ("name", title), ("url", address),
                ) if value}
                for identifier, title, address in answer.relations
            ],
            "encoding": [
                {
                    "@type": "MediaObject",
                    "name": file.name,
                    "contentUrl": (self.base or "../") + quote(file.path),
                    "encodingFormat": media_type(file),
                    "contentSize": str(sizes[file.path]),
                    **({"identifier": f"urn:sha-512:{file.digest}"} if file is pdf else {}),
                }
                for file in version.files
            ],
        }  # fmt: skip
        known = {name: value for name, value in said.items() if value}
        return json.dumps([known, dict(answer.tree)], ensure_ascii=False, indent=1, sort_keys=True)

    def entry(self, answer: Answer, text: Text) -> index.Entry:
        """An answer as it is found by site.js."""
        session, _, number_ = answer.parts
        names = [answer.text(term) for term in ("contributor", "creator", "kmo:addressee")]
        head = " ".join([number_, session, answer.minister, *names])
        line = self.line(answer)
        return index.Entry(
            quote(answer.page), answer.subject, line, self.keys(answer), head, text.words
        )

    # --- for machines ----------------------------------------------------------------------------

    def sitemap(self) -> bytes:
        """https://www.sitemaps.org"""
        root = Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
        pages = [("", "")]
        pages += [(f"{folder}/index.html", "") for folder in _FOLDERS.values()]
        pages += [(group.page, "") for groups in self.groups.values() for group in groups]
        pages += [(answer.page, answer.versions[0].since) for answer in self.answers]
        for path, since in pages:
            url = SubElement(root, "url")
            SubElement(url, "loc").text = self.base + quote(path)
            if since:
                SubElement(url, "lastmod").text = since
        return _xml(root)

    def feed(self) -> bytes:
        """Atom (RFC 4287): what became public last."""
        register_namespace("", _ATOM)
        root = Element(f"{{{_ATOM}}}feed", {"xml:lang": self.word("language")})

        def say(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
            element = SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
            element.text = text or None
            return element

        newest = sorted(self.answers, key=lambda answer: answer.versions[0].since, reverse=True)
        say(root, "id", self.base)
        say(root, "title", self.word("title"))
        say(root, "subtitle", self.word("description"))
        since = newest[0].versions[0].since if newest else "1970-01-01T00:00:00Z"
        say(root, "updated", since)
        say(say(root, "author"), "name", self.word("publisher"))
        say(root, "link", rel="self", type="application/atom+xml", href=f"{self.base}feed.xml")
        say(root, "link", rel="alternate", type="text/html", href=self.base)
        for answer in newest[:_FED]:
            version, address = answer.versions[0], self.base + quote(answer.page)
            entry = say(root, "entry")
            say(entry, "id", answer.identifier)
            say(entry, "title", answer.subject)
            say(entry, "updated", version.since)
            say(entry, "published", answer.versions[-1].since)
            if name := answer.text("creator"):
                say(say(entry, "author"), "name", name)
            say(entry, "link", rel="alternate", type="text/html", href=address)
            if pdf := version.pdf:
                href = self.base + quote(pdf.path)
                say(entry, "link", rel="enclosure", type="application/pdf", href=href)
            say(entry, "category", term=theme(answer.subject))
            say(entry, "summary", f"{self.kind(version.entry.facts.kind)}. {self.line(answer)}.")
        return _xml(root)

    def robots(self) -> bytes:
        """All may be read by all."""
        return f"User-agent: *\nAllow: /\n\nSitemap: {self.base}sitemap.xml\n".encode()


_KINDS = ("answer", "corrected", "supplementary", "provisional", "coordinated", "referring")
_ATOM = "http://www.w3.org/2005/Atom"


def _person(name: str) -> Mapping[str, str] | None:
    return {"@type": "Person", "name": name} if name else None


def _xml(root: Element) -> bytes:
    indent(root, " ")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, "utf-8") + b"\n"


def media_type(file: File) -> str:
    """What kind of file it is, as the web says it."""
    suffix = PurePosixPath(file.path).suffix
    more = {".yaml": "application/yaml", ".png": "image/png", ".zip": "application/zip"}
    return {**more, **pipeline.MEDIA_TYPES}.get(suffix, "application/octet-stream")


def _size(bytes_: int) -> str:
    """23 kB, 1,5 MB"""
    from decimal import ROUND_HALF_UP, Decimal  # noqa: PLC0415

    kilo, mega = 1000, 1_000_000
    if bytes_ < mega:
        return f"{max(1, round(bytes_ / kilo))} kB"
    amount = (Decimal(bytes_) / mega).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{number(amount, decimals=1)} MB"


def _day_of(moment: str) -> str:
    """2026-11-25T10:00:00Z -> 25 november 2026"""
    return day(date.fromisoformat(moment[:10]))


def _type(file: File) -> str:
    """PDF, XLSX"""
    return PurePosixPath(file.name).suffix[1:].upper() or "?"


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = {"day_of": _day_of, "size": _size, "type_of": _type, "media": media_type}
    found.filters |= filters
    found.globals |= {"theme": theme}
    return found


