"""A website of all that is public in an archive: plain files, which need no server and no network.

`public` says what is public, `text` what an answer says, `site` what belongs together; `pages`
makes the pages, `machine` what is for programs, and `index` what is searched; `swap` puts the whole
in place. The same archive on the same day gives the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from kmo_report import files, site_words
from kmo_report.archive.ocfl import digest
from kmo_report.archive.store import Archive
from kmo_report.problems import Problem
from kmo_report.publish import index, machine, pages, public, swap, text
from kmo_report.publish.public import Held
from kmo_report.publish.site import Site
from kmo_report.template import Template

_HERE = Path(__file__).parent
INDEX = "index.js"
LOOK = "site.css"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    first: Path
    """The page to begin at."""
    answers: int
    held: Sequence[Held]
    """Versions that may not be public yet: nothing on the site tells of them."""
    index: int
    """Bytes of what is searched."""
    warnings: Sequence[Problem]


def publish(  # noqa: PLR0913
    archive: Archive,
    target: Path,
    house: Template,
    today: date,
    *,
    base: str = "",
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> Outcome:
    """Make the site of an archive at a folder, whole or not at all; InputError where it may not be.

    `base` is the address that it will have, with a / at its end: without it there can be no feed
    and no sitemap.
    """
    said = site_words.read(house.folder)
    with swap.building(target, archive.root) as folder:
        answers, held = public.public(archive, today.isoformat())
        site = Site(answers, said, base)
        found: list[index.Entry] = []
        warnings: list[Problem] = []
        for done, answer in enumerate(answers, 1):
            shown = text.text(archive, answer)
            if shown.warning:
                warnings.append(shown.warning)
            sizes = {}
            for version in answer.versions:
                for file in version.files:
                    content = archive.content(answer.inventory, file.digest)
                    sizes[file.path] = len(content)
                    _write(folder / file.path, content)
            for path, content in shown.pictures.items():
                _write(folder / path, content)
            _write(folder / answer.page, pages.answer(site, answer, shown, sizes))
            found.append(pages.entry(site, answer, shown))
            progress(done, len(answers))
        searched = index.script(found)
        for path, content in _rest(site, house, searched):
            _write(folder / path, content)
    return Outcome(target / "index.html", len(answers), held, len(searched), warnings)


def _rest(site: Site, house: Template, searched: bytes) -> Iterator[tuple[str, bytes]]:
    """All but the answers."""
    # Another index has another address: no browser shall search the one of yesterday.
    yield "index.html", pages.first(site, f"{INDEX}?{digest(searched)[:16]}")
    yield from pages.overviews(site)
    yield INDEX, searched
    yield "site.css", _look(house)
    for name in ("site.js", "icon.svg"):
        yield name, files.read(_HERE / name)
    if site.base:
        yield "sitemap.xml", machine.sitemap(site)
        yield "feed.xml", machine.feed(site)
        if urlsplit(site.base).path == "/":  # elsewhere nobody looks for it
            yield "robots.txt", machine.robots(site)


def _look(house: Template) -> bytes:
    """The look of the site, and after it what the house adds."""
    look = files.read(_HERE / LOOK)
    own = house.folder / LOOK
    return look + b"\n" + files.read(own) if own.is_file() else look


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise files.fault(error, path) from None
