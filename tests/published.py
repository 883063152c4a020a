"""An archive with all that a site has to cope with, and the site of it."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

from kmo_report.archive import description
from kmo_report.archive.description import Description
from kmo_report.archive.store import Archive
from kmo_report.keep import add, keep
from kmo_report.paper import read_paper
from kmo_report.publish import Outcome, publish
from kmo_report.template import DEFAULT, find_template, open_template
from tests.conftest import GOOD, ROOT

KEPT = ROOT / "tests/archive/kept/1"
ANSWER, OLDER = "2019-2020-crevits-370", "2011-2012-muyters-7"
CHARTS, SMALL = "2023-2024-d-haese-61", "2023-2024-claes-88"
EVIL, ODD, HELD, SCAN = (
    *("2020-2021-index-1", "2020-2021-index-2"),
    *("2026-2027-crevits-99", "2000-2001-nul-3"),
)
BASE = "https://antwoorden.example.be/"
TODAY = date(2026, 11, 26)
UNTIL = date(2026, 12, 24)
"""The day on which what is held back becomes public."""
NOW = datetime(2026, 11, 25, 14, tzinfo=UTC)
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> & \"'"
HIDDEN = "Geheimzinnig"
PNG_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""A page with nothing on it, such as a scan."""


def described(case: str, subject: str, **more: object) -> Description:
    """A description of an answer from elsewhere."""
    identifier = description.identifier(case)
    assert identifier
    return Description(identifier, "answer", f"Antwoord over {subject}", subject=subject, **more)  # type: ignore[arg-type]


def archived(folder: Path) -> Archive:
    """The archive, in a folder that is not there yet."""
    archive = Archive(Path(shutil.copytree(KEPT, folder)))
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    template = open_template(find_template(DEFAULT))
    for case in ("top-and-share", "small-counts"):
        keep(GOOD[case], template, archive, NOW)
    older = folder.parent / "older.pdf"
    shutil.copy(next(KEPT.rglob("*.pdf")), older)
    relations = [
        {"@id": "urn:kmo-report:sv:2019-2020:crevits:370", "title": "Vraag nr. 370"},
        {"@id": f"urn:kmo-report:sv:{HELD.replace('-crevits-', ':crevits:')}", "title": "Vraag 99"},
        {"title": HOSTILE, "source": "javascript:alert(3)"},
    ]
    evil = described(
        EVIL, HOSTILE, contributor=HOSTILE, relation=relations, date="2021-02-30", language='x" y="'
    )
    add(read_paper(older), archive, NOW, evil)
    held = described(HELD, HIDDEN, available=UNTIL.isoformat(), date="2026-10-01")
    add(read_paper(older), archive, NOW, held)
    scan = folder.parent / "scan.pdf"
    scan.write_bytes(PNG_PDF)
    add(read_paper(scan), archive, NOW, described(SCAN, "../../index"))
    odd = described(ODD, "index")
    files = {
        f"{ODD}.pdf": PNG_PDF,
        "annexes/.htaccess": b"Deny from all",
        "annexes/x.php": b"<?php evil();",
        "annexes/Één & <b>#?.html": b"<script>alert(4)</script>",
        "annexes/cijfers A.csv": b"a",
        "annexes/cijfers_A.csv": b"b",
        "question/question.txt": b"Van: " + HIDDEN.encode(),
        description.NAME: odd.encoded().replace(b'"index"', b'"in\\udcffdex\\u0000"'),
    }
    archive.keep(odd.identifier, files, description.facts(files[description.NAME]), created=STAMP)
    return archive


STAMP = "2026-11-25T15:00:00Z"


def made(archive: Archive, target: Path, *, base: str = BASE, today: date = TODAY) -> Outcome:
    """The site of an archive."""
    template = open_template(find_template(DEFAULT))
    return publish(archive, target, template, today, base=base)
