"""What of the site is for programs: JSON-LD, Atom, a sitemap."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kmo_report import pipeline
from kmo_report.publish.public import Answer, File
from kmo_report.publish.site import OVERVIEWS, Site, theme

_FED = 50
"""Answers in the feed."""
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_MEDIA_TYPES = {
    **pipeline.MEDIA_TYPES,
    ".doc": "application/msword",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".png": "image/png",
    ".webp": "image/webp",
    ".xls": "application/vnd.ms-excel",
    ".yaml": "application/yaml",
    ".zip": "application/zip",
}


def media_type(file: File) -> str:
    """What kind of file it is, as the web says it."""
    return _MEDIA_TYPES.get(PurePosixPath(file.path).suffix, "application/octet-stream")


def described(site: Site, answer: Answer, sizes: Mapping[str, int]) -> str:
    """JSON-LD: an answer in the words of schema.org, and its description as the archive has it."""
    version = answer.versions[0]
    terms: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": answer.identifier,
        "identifier": answer.identifier,
        "url": site.base + quote(answer.page) if site.base else "",
        "name": answer.text("title") or answer.subject,
        "about": answer.subject,
        "inLanguage": answer.text("language"),
        "dateCreated": answer.text("date"),
        "datePublished": answer.versions[-1].since[:10],
        "dateModified": version.since[:10],
        "version": version.number,
        "author": _person(answer.text("creator")),
        "contributor": _person(answer.text("contributor")),
        "publisher": {"@type": "Organization", "name": site.word("publisher")},
        "citation": [
            _known({"@type": "CreativeWork", "@id": identifier, "name": title, "url": address})
            for identifier, title, address in answer.relations
        ],
        "encoding": [
            {
                "@type": "MediaObject",
                "name": file.name,
                "contentUrl": (site.base or "../") + quote(file.path),
                "encodingFormat": media_type(file),
                "contentSize": str(sizes[file.path]),
                "identifier": f"urn:sha-512:{file.digest}",
            }
            for file in version.files
        ],
    }
    graph = [_known(terms), dict(answer.tree)]
    return json.dumps(graph, ensure_ascii=False, indent=1, sort_keys=True)


def _known(terms: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in terms.items() if value}


def _person(name: str) -> Mapping[str, str] | None:
    return {"@type": "Person", "name": name} if name else None


def sitemap(site: Site) -> bytes:
    """All pages, and since when those of answers are as they are (sitemaps.org)."""
    root = Element("urlset", {"xmlns": _SITEMAP})
    pages = [("", "")]
    pages += [(path, "") for path in OVERVIEWS.values()]
    pages += [(group.page, "") for groups in site.groups.values() for group in groups]
    pages += [(answer.page, answer.versions[0].since) for answer in site.answers]
    for path, since in pages:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = site.base + quote(path)
        if since:
            SubElement(url, "lastmod").text = since
    return _xml(root)


def feed(site: Site) -> bytes:
    """Atom (RFC 4287): what became public last."""
    root = Element("feed", {"xmlns": _ATOM, "xml:lang": site.word("language")})
    newest = sorted(site.answers, key=lambda answer: answer.versions[0].since, reverse=True)
    _say(root, "id", site.base)
    _say(root, "title", site.word("title"))
    _say(root, "subtitle", site.word("description"))
    _say(root, "updated", newest[0].versions[0].since if newest else "1970-01-01T00:00:00Z")
    _say(_say(root, "author"), "name", site.word("publisher"))
    _say(root, "link", rel="self", type="application/atom+xml", href=f"{site.base}feed.xml")
    _say(root, "link", rel="alternate", type="text/html", href=site.base)
    for answer in newest[:_FED]:
        version = answer.versions[0]
        entry = _say(root, "entry")
        _say(entry, "id", answer.identifier)
        _say(entry, "title", answer.subject)
        _say(entry, "updated", version.since)
        _say(entry, "published", answer.versions[-1].since)
        if name := answer.text("creator"):
            _say(_say(entry, "author"), "name", name)
        address = site.base + quote(answer.page)
        _say(entry, "link", rel="alternate", type="text/html", href=address)
        if pdf := version.pdf:
            address = site.base + quote(pdf.path)
            _say(entry, "link", rel="enclosure", type="application/pdf", href=address)
        _say(entry, "category", term=theme(answer.subject))
        kind = site.kind(version.entry.facts.kind)
        _say(entry, "summary", f"{kind}. {site.line(answer)}.")
    return _xml(root)


def _say(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    element = SubElement(parent, name, attributes)
    element.text = text or None
    return element


def robots(site: Site) -> bytes:
    """All may be read by all."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.base}sitemap.xml\n".encode()


def _xml(root: Element) -> bytes:
    indent(root, " ")
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()
