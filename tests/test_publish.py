"""The site of an archive: whole, safe, the same every day, and nothing before its day."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import lxml.etree
import lxml.html
import pytest
import tinyhtml5.parser

from kmo_report import site_words
from kmo_report.archive import description, ocfl
from kmo_report.archive.store import Archive
from kmo_report.keep import keep
from kmo_report.problems import InputError
from kmo_report.publish import index, swap
from kmo_report.publish.public import file_name
from kmo_report.publish.site import key, theme
from kmo_report.template import DEFAULT, Template, find_template, open_template
from tests import published
from tests.conftest import GOOD, ROOT
from tests.published import (
    ANSWER,
    BASE,
    CHARTS,
    EVIL,
    HELD,
    HIDDEN,
    HOSTILE,
    ODD,
    OLDER,
    SCAN,
    SMALL,
    UNTIL,
)
from tests.test_cli import kmo

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return published.archived(tmp_path_factory.mktemp("publish") / "archive")


@pytest.fixture(scope="module")
def site(archive: Archive) -> Path:
    folder = archive.root.with_name("site")
    published.made(archive, folder)
    return folder


@pytest.fixture
def own(archive: Archive, tmp_path: Path) -> Archive:
    """An archive that may be changed."""
    return Archive(Path(shutil.copytree(archive.root, tmp_path / "archive")))


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def parsed(path: Path) -> Any:  # noqa: ANN401 -- of lxml
    return lxml.html.fromstring(path.read_text("utf-8"))


def page(site: Path, case: str) -> Any:  # noqa: ANN401
    return parsed(site / f"antwoord/{case}.html")


def said(element: Any) -> str:  # noqa: ANN401
    return " ".join(element.text_content().split())


# --- the whole -----------------------------------------------------------------------------------


def test_every_link_leads_somewhere_and_every_file_is_linked_to(site: Path) -> None:
    linked = {"index.html", "kmo-report.txt", "index.js", "sitemap.xml", "robots.txt"}
    anchors = {}
    links = []
    for path in site.rglob("*.html"):
        tree = parsed(path)
        own = str(path.relative_to(site))
        ids = tree.xpath("//@id")
        anchors[own] = set(ids)
        assert len(ids) == len(set(ids)), own
        for attribute in ("href", "src"):
            for element in tree.xpath(f"//*[@{attribute}]"):
                target = element.get(attribute)
                if urlsplit(target).scheme:
                    assert (element.tag, element.get("rel")) in (("a", None), ("link", "canonical"))
                    assert urlsplit(target).scheme in ("http", "https")
                else:
                    links.append((own, target))
    for own, target in links:
        split = urlsplit(urljoin(f"http://x/{own}", target))
        step = unquote(split.path).lstrip("/")
        assert (site / step).is_file(), f"{own}: {target}"
        assert not split.fragment or split.fragment in anchors[step], f"{own}: {target}"
        linked.add(step)
    assert contents(site).keys() == linked


def test_its_html_is_well_formed_and_says_who_it_is(site: Path) -> None:
    titles = []
    for path in site.rglob("*.html"):
        parser = tinyhtml5.parser.HTMLParser()
        parser.parse(path.read_text("utf-8"))
        assert parser.errors == [], path
        tree = parsed(path)
        assert tree.get("lang") == "nl-BE"
        titles.append(tree.findtext("head/title"))
        assert tree.xpath("string(//meta[@name='description']/@content)")
        own = str(path.relative_to(site))
        expected = BASE + ("" if own == "index.html" else own)
        assert tree.xpath("string(//link[@rel='canonical']/@href)") == expected
        assert tree.xpath("count(//h1)") == 1
        levels = [int(h.tag[1]) for h in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")]
        assert all(b <= a + 1 for a, b in zip([0, *levels], levels, strict=False)), own
        assert not tree.xpath("//*[@style]|//style|//@onclick|//iframe")
        for script in tree.xpath("//script"):
            assert script.get("type") == "application/ld+json" or not script.text
    assert len(titles) == len(set(titles))


def test_the_same_archive_gives_the_same_bytes(
    archive: Archive, site: Path, tmp_path: Path
) -> None:
    before = contents(site)
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = (
            "import sys; from pathlib import Path; from tests import published as p;"
            "p.made(p.Archive(Path(sys.argv[1])), Path(sys.argv[2]))"
        )
        target = tmp_path / seed
        run = [sys.executable, "-c", command, str(archive.root), str(target)]
        subprocess.run(run, check=True, cwd=ROOT, env=env)
        assert contents(target) == before


# --- an answer -----------------------------------------------------------------------------------


def test_a_page_says_what_was_published(site: Path) -> None:
    tree = page(site, ANSWER)
    (shown,) = tree.xpath("//div[@class='document']")
    golden = parsed(ROOT / "tests/good" / ANSWER / "page.html")
    for section in golden.xpath("//section"):
        for item in section.xpath(".//li[@data-label]"):
            item.text = f"{item.get('data-label')} {item.text or ''}"
    expected = re.sub(r"\s+", "", "".join(said(s) for s in golden.xpath("//section")))
    # What is kept is the correction: one request more, and what follows from it.
    for old, new in (("HRM4524150", "HRM4534150"), ("4602DIV", "4603DIV"), ("€1.657", "€1.654")):
        assert old in expected
        expected = expected.replace(old, new)
    assert re.sub(r"\s+", "", said(shown)) == expected
    assert shown.get("lang") == "nl-BE"
    assert [h.tag for h in shown.xpath(".//h2|.//h3")] == ["h2", "h3", "h2"]
    facts = {said(row[0]): said(row[1]) for row in tree.xpath("//article/dl/div")}
    assert facts == {
        "Nummer": "370 van zittingsjaar 2019-2020",
        "Gesteld door": "CAROLINE GENNEZ",
        "Gericht aan": "HILDE CREVITS",
        "Datum": "14 februari 2020",
        "Onderwerp": "Kmo-portefeuille",
        "Soort": "Verbeterd antwoord",
    }


def test_its_files_are_those_of_the_archive(archive: Archive, site: Path) -> None:
    inventory = archive.inventory("urn:kmo-report:sv:2023-2024:d-haese:61")
    assert inventory
    state = inventory.versions[0].state
    home = site / f"antwoord/{CHARTS}/v1"
    kept = [name for name in state if not name.startswith(("question/", "template/"))]
    kept = sorted(set(kept) - {"made-by.json", description.NAME})
    listed = [said(item) for item in page(site, CHARTS).xpath("//ul[@class='files'][1]/li")]
    assert listed[:2] == [
        "Het antwoord als PDF PDF, 46 kB",
        "Het antwoord als Word-bestand DOCX, 66 kB",
    ]
    assert "De cijfers van tabel towns CSV, 1 kB" in listed
    assert "Bijlage: steun-per-gemeente.xlsx XLSX, 9 kB" in listed
    for name in kept:
        place = home / (file_name(name) if "/" in name else name)
        assert ocfl.digest(place.read_bytes()) == state[name]
    charts = sorted(path.name for path in home.glob("*.svg"))
    assert charts == ["chart-1.svg", "chart-2.svg"]
    assert {p.name for p in home.iterdir()} == {*charts, *(
        file_name(n) if "/" in n else n for n in kept
    )}  # fmt: skip
    pictures = page(site, CHARTS).xpath("//img/@src")
    assert pictures == [f"{CHARTS}/v1/{name}" for name in charts]


def test_earlier_versions_stay_where_they_were(site: Path, archive: Archive) -> None:
    tree = page(site, ANSWER)
    told = [said(h) for h in tree.xpath("//ol[@class='versions']//h3")]
    assert told == ["Versie 2: verbeterd antwoord", "Versie 1: antwoord"]
    assert "vervangt een eerder antwoord" in said(tree)
    inventory = archive.inventory("urn:kmo-report:sv:2019-2020:crevits:370")
    assert inventory
    for number in (1, 2):
        pdf = site / f"antwoord/{ANSWER}/v{number}/{ANSWER}.pdf"
        digest = inventory.versions[number - 1].state[f"{ANSWER}.pdf"]
        assert ocfl.digest(pdf.read_bytes()) == digest
        assert (digest in said(tree)) == (number == 2), "the digest is that of what is shown"


def test_what_is_withheld_stays_withheld(site: Path) -> None:
    text = (GOOD["small-counts"] / "answer.yaml").read_text("utf-8")
    rows = re.findall(r"count: ([1-4]), total: (\d+)", text)
    assert rows
    everything = b"".join(c for n, c in contents(site).items() if SMALL in n and n[-4:] != ".pdf")
    for _, amount in rows:
        shown = f"{int(amount):,}".replace(",", ".")
        assert amount.encode() not in everything
        assert shown.encode() not in everything
    assert "<5" in [said(cell) for cell in page(site, SMALL).xpath("//td")]


def test_an_older_pdf_is_shown_as_its_text(site: Path) -> None:
    tree = page(site, OLDER)
    assert "Dit is de tekst van de PDF." in said(tree)
    assert "Via de kmo-portefeuille kunnen ondernemingen" in said(tree)
    assert "de kmo-portefeuille in de uitrol" in said(tree), "a hyphen at the end of a line"
    assert "alleen een PDF zonder leesbare tekst" in said(page(site, SCAN))


def test_an_answer_that_would_be_made_otherwise_today_is_shown_as_its_text(
    own: Archive, tmp_path: Path
) -> None:
    identifier = "urn:kmo-report:sv:2030-2031:claes:1"
    inventory = own.inventory("urn:kmo-report:sv:2019-2020:crevits:370")
    assert inventory
    files = {n: own.content(inventory, d) for n, d in inventory.versions[0].state.items()}
    files["2030-2031-claes-1.pdf"] = files[f"{ANSWER}.pdf"]
    changes: Mapping[str, tuple[str, bytes, bytes, str]] = {
        "words": ("answer.yaml", b"HRM advies: {count: 452", b"HRM advies: {count: 451", "its PDF says it otherwise, near: "),
        "template": ("template/page.html.j2", b"page.language", b"page.tongue", "tongue of Page is not known"),
        "style": ("template/style.yaml", b"language:", b"tongue:", "unknown key tongue"),
        "none": ("answer.yaml", b"status:", b"state:", "unknown key state"),
    }  # fmt: skip
    for kind, (name, old, new, why) in changes.items():
        assert old in files[name], kind
        changed = {**files, name: files[name].replace(old, new)}
        facts = description.facts(files[description.NAME])
        own.keep(identifier, changed, facts, created=published.STAMP)
        outcome = published.made(own, tmp_path / "site")
        (warning,) = outcome.warnings
        assert why in warning.message, kind
        assert warning.code == "publish-text"
        assert str(warning.place).startswith("2030-2031-claes-1 v")
        tree = page(tmp_path / "site", "2030-2031-claes-1")
        assert "Dit is de tekst van de PDF." in said(tree)
        assert "HRM 452 4150 4602" in said(tree)


def test_questions_that_are_referred_to_are_linked_where_they_are(site: Path) -> None:
    links = page(site, EVIL).xpath("//section[@aria-labelledby='verwijzingen']//li")
    assert [li.xpath("string(a/@href)") for li in links] == [f"../antwoord/{ANSWER}.html", "", ""]
    assert [said(li) for li in links][1:] == ["Vraag 99", HOSTILE]
    back = page(site, ANSWER).xpath("//section[@aria-labelledby='verwezen']//a/@href")
    assert back == [f"../antwoord/{EVIL}.html"]
    away = page(site, ANSWER).xpath("//section[@aria-labelledby='verwijzingen']//a/@href")
    assert away == ["https://www.vlaamsparlement.be/parlementaire-documenten/schriftelijke-vragen/1304942"]  # fmt: skip


def test_each_page_carries_its_description(site: Path) -> None:
    for case in (ANSWER, EVIL, ODD, CHARTS):
        (script,) = page(site, case).xpath("//script[@type='application/ld+json']/text()")
        schema, kept = json.loads(script)
        assert schema["@context"] == "https://schema.org"
        assert kept["@context"]["@vocab"] == "http://purl.org/dc/terms/"
        assert schema["@id"] == kept["@id"] == description.identifier(case)
        assert schema["url"] == f"{BASE}antwoord/{case}.html"
        for file in schema["encoding"]:
            path = site / unquote(file["contentUrl"].removeprefix(BASE))
            assert int(file["contentSize"]) == path.stat().st_size
            assert file["identifier"] == f"urn:sha-512:{ocfl.digest(path.read_bytes())}"


# --- around the answers --------------------------------------------------------------------------


def test_answers_are_found_by_session_minister_and_subject(site: Path) -> None:
    def listed(path: str) -> list[tuple[str, str]]:
        rows = parsed(site / path).xpath("//ul[@class='groups']/li")
        return [(said(row[0]), said(row[1])) for row in rows]

    assert listed("zittingsjaren.html")[:2] == [
        ("2023-2024", "2 antwoorden"),
        ("2020-2021", "2 antwoorden"),
    ]
    assert ("HILDE CREVITS", "1 antwoord") in listed("ministers.html")
    assert ("Muyters", "1 antwoord") in listed("ministers.html")
    assert ("Kmo-portefeuille", "1 antwoord") in listed("onderwerpen.html")
    rows = parsed(site / "zittingsjaar/2023-2024.html").xpath("//ol[@class='answers']/li")
    assert [said(row) for row in rows] == [
        "Opleidingscheques Vraag nr. 88 (2023-2024) van LIEN AERTS aan TOM CLAES, 4 maart 2024",
        "Voorbeeld - Steun per gemeente Vraag nr. 61 (2023-2024) van JAN PEETERS aan AN D'HAESE, 12 februari 2024",
    ]
    first = parsed(site / "index.html")
    address = first.xpath("string(//form/@data-index)")
    assert address == f"index.js?{ocfl.digest((site / 'index.js').read_bytes())[:16]}"
    options = [said(o) for o in first.xpath("//select[@id='session']/option")]
    assert options[:2] == ["Alle", "2023-2024 (2)"]
    assert len(first.xpath("//section[@aria-labelledby='latest']//li")) == 7


def test_a_subject_is_what_stands_first_and_spellings_are_one() -> None:
    assert theme("Kmo-portefeuille  -  Focus op Talent") == "Kmo-portefeuille"
    assert theme("Kmo-portefeuille") == "Kmo-portefeuille"
    assert key("Kmo-portefeuille") == key("KMO portefeuille") == "kmo-portefeuille"
    assert key("Financiële steun") == "financiele-steun"
    names = ["日本", "中国", "Łódź", "Odz", "", "...", "x" * 70, "x" * 71, "../..", "a/b"]
    keys = [key(name) for name in names]
    assert len(set(keys)) == len(names)
    assert all(re.fullmatch("[a-z0-9-]{1,80}", found) for found in keys)


def test_the_feed_and_the_sitemap_name_what_is_there(site: Path) -> None:
    sitemap = lxml.etree.parse(site / "sitemap.xml")
    pages = {url.text for url in sitemap.iterfind(".//{*}loc")}
    assert pages == {
        BASE + ("" if path == site / "index.html" else str(path.relative_to(site)))
        for path in site.rglob("*.html")
    }
    feed = lxml.etree.parse(site / "feed.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    assert {f"{ATOM}{name}" for name in ("id", "title", "updated")} <= {child.tag for child in feed}
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}updated") for entry in entries] == sorted(
        (str(entry.findtext(f"{ATOM}updated")) for entry in entries), reverse=True
    )
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    for entry in entries:
        for link in entry.findall(f"{ATOM}link"):
            assert (site / unquote(link.get("href", "").removeprefix(BASE))).is_file()
    assert (site / "robots.txt").read_text().endswith(f"Sitemap: {BASE}sitemap.xml\n")


def test_without_an_address_there_is_no_feed(archive: Archive, tmp_path: Path) -> None:
    published.made(archive, tmp_path / "site", base="")
    names = contents(tmp_path / "site").keys()
    assert not names & {"feed.xml", "sitemap.xml", "robots.txt"}
    text = (tmp_path / "site/index.html").read_text("utf-8")
    assert "canonical" not in text
    assert "feed" not in text
    deep = "https://example.be/antwoorden/"
    published.made(archive, tmp_path / "deep", base=deep)
    assert "robots.txt" not in contents(tmp_path / "deep")  # only the top of a host has one


# --- searching -----------------------------------------------------------------------------------


def entry(title: str, body: str = "", head: str = "") -> index.Entry:
    return index.Entry("p.html", title, "", ("s", "m", "o"), head, body)


def tree_of(script: bytes) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(script.decode().removeprefix("self.kmoIndex=").removesuffix(";\n"))


def postings(tree: Any, word: str) -> list[list[int]]:  # noqa: ANN401
    """The answers in which each term of a word stands, as site.js reads them."""
    found = []
    for term in tree["terms"][tree["words"].split(" ").index(word)]:
        numbers, number = [], 0
        for posting in tree["postings"][term]:
            number += posting // 8
            assert 1 <= posting % 8 <= 7
            numbers.append(number)
        found.append(numbers)
    return found


def test_the_index_knows_stems_compounds_and_accents() -> None:
    tree = tree_of(
        index.script(
            [
                entry("Bedrijven", "Steun van € 749.140 in Zoë's gemeente"),
                entry("Diversiteitsinitiatieven", "een bedrijf"),
                entry("Kmo-portefeuille", "diversiteit"),
            ]
        )
    )
    assert postings(tree, "bedrijven") == postings(tree, "bedrijf") == [[0, 1]]
    assert postings(tree, "diversiteit")[0] == [1, 2]
    assert postings(tree, "diversiteitsinitiatieven")[:2] == [[1], [1, 2]]
    assert postings(tree, "kmoportefeuille")[0] == postings(tree, "portefeuille")[0] == [2]
    assert postings(tree, "749140") == [[0]]
    assert "zoe" in tree["words"].split(" ")
    assert "een" not in tree["words"].split(" ")
    assert "een" in tree["grammar"].split(" ")
    weights = [
        p % 8 for p in tree["postings"][tree["terms"][tree["words"].split().index("bedrijf")][0]]
    ]
    assert weights[0] > weights[1], "a word of the title says more"


def test_a_word_in_which_emphasis_begins_is_one(tmp_path: Path, template: Template) -> None:
    case = Path(shutil.copytree(GOOD["one-number"], tmp_path / "2022-2023-maes-17"))
    text = (case / "answer.yaml").read_text("utf-8")
    old, new = "De premies van 2021:", "Over zonne*boiler*premies **niet**.\n\nEinde"
    (case / "answer.yaml").write_text(text.replace(f'"{old}"', json.dumps(new)), "utf-8")
    archive = Archive(tmp_path / "archive")
    keep(case, template, archive, published.NOW)
    published.made(archive, tmp_path / "site")
    known = tree_of((tmp_path / "site/index.js").read_bytes())["words"].split(" ")
    assert {"zonneboilerpremies", "zonneboiler", "premies", "einde"} <= set(known)


def test_amounts_of_tables_are_searched_and_small_figures_are_not(site: Path) -> None:
    tree = tree_of((site / "index.js").read_bytes())
    (number,) = (n for n, row in enumerate(tree["answers"]) if CHARTS in row[0])
    cells = [re.sub(r"\D", "", said(cell)) for cell in page(site, CHARTS).xpath("//td")]
    large, small = {c for c in cells if len(c) >= 4}, {c for c in cells if 0 < len(c) < 4}
    assert len(large) > 5
    assert all(number in postings(tree, figure)[0] for figure in large)
    known = tree["words"].split(" ")
    assert len(small - {f for f in small if f in known and number in postings(tree, f)[0]}) > 3


def test_an_empty_archive_gives_a_site_too(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    facts = description.facts(b"{}")._replace(publish_on="2999-01-01")
    archive.keep(
        "urn:kmo-report:sv:2019-2020:crevits:1", {"a": b"a"}, facts, created=published.STAMP
    )
    outcome = published.made(archive, tmp_path / "site")
    assert outcome.answers == 0
    assert "Er zijn nog geen antwoorden." in said(parsed(tmp_path / "site/index.html"))
    assert tree_of((tmp_path / "site/index.js").read_bytes())["words"] == ""


def test_an_answer_of_which_little_is_known_has_a_page(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    identifier = "urn:kmo-report:sv:2019-2020:van-den-bossche:1"
    archive.keep(identifier, {"x": b"a"}, description.facts(b"{}"), created=published.STAMP)
    archive.keep("urn:other", {"x": b"a"}, description.facts(b"{}"), created=published.STAMP)
    assert published.made(archive, tmp_path / "site").answers == 1
    tree = page(tmp_path / "site", "2019-2020-van-den-bossche-1")
    assert "Van Den Bossche" in [said(value) for value in tree.xpath("//dd")]


# --- not before its day --------------------------------------------------------------------------


def test_nothing_tells_of_what_is_not_public_yet(
    archive: Archive, site: Path, tmp_path: Path
) -> None:
    for name, content in contents(site).items():
        assert HELD not in name
        if name != f"antwoord/{EVIL}.html":  # which refers to it, as it was published
            assert b"crevits:99" not in content, name
        assert HELD.encode() not in content, name
        assert HIDDEN.encode() not in content, name
    (held,) = published.made(archive, tmp_path / "site").held
    assert (held.case, held.version, held.until) == (HELD, 1, UNTIL.isoformat())
    published.made(archive, tmp_path / "site", today=UNTIL - timedelta(days=1))
    assert not (tmp_path / f"site/antwoord/{HELD}.html").exists()
    outcome = published.made(archive, tmp_path / "site", today=UNTIL)
    assert not outcome.held
    for path in ("index.js", "feed.xml", "sitemap.xml", f"antwoord/{HELD}.html", "index.html"):
        assert HELD.encode() in (tmp_path / "site" / path).read_bytes(), path
    newest = lxml.etree.parse(tmp_path / "site/feed.xml").find(f"{ATOM}entry")
    assert newest is not None
    assert newest.findtext(f"{ATOM}updated") == f"{UNTIL}T00:00:00Z"


def test_until_its_day_a_correction_leaves_what_was_public(own: Archive, tmp_path: Path) -> None:
    inventory = own.inventory("urn:kmo-report:sv:2011-2012:muyters:7")
    assert inventory
    files = {n: own.content(inventory, d) for n, d in inventory.versions[0].state.items()}
    facts = description.facts(files[description.NAME])._replace(publish_on=UNTIL.isoformat())
    own.keep(inventory.identifier, {**files, "annexes/a.csv": b"1"}, facts, created=published.STAMP)
    published.made(own, tmp_path / "site")
    assert [p.name for p in (tmp_path / f"site/antwoord/{OLDER}").iterdir()] == ["v1"]
    published.made(own, tmp_path / "site", today=UNTIL)
    assert sorted(p.name for p in (tmp_path / f"site/antwoord/{OLDER}").iterdir()) == ["v1", "v2"]


# --- safe ----------------------------------------------------------------------------------------


def test_words_from_outside_are_never_markup(site: Path) -> None:
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "javascript:" not in re.sub(r'<script type="application/ld\+json">.*?</script>', "", text, flags=re.DOTALL)  # fmt: skip
        tree = parsed(path)
        scripts = len(tree.xpath("//script"))
        assert scripts == (path == site / "index.html" or path.parent.name == "antwoord")
    assert said(page(site, EVIL).xpath("//h1")[0]) == HOSTILE
    (block,) = page(site, EVIL).xpath("//*[@class='document of-pdf']/div")
    assert block.get("lang") == "nl-BE"
    script = (site / "index.js").read_text("utf-8")
    assert "<" not in script
    assert HOSTILE in [answer[1] for answer in tree_of(script.encode())["answers"]]
    for path in site.rglob("*.xml"):
        titles = [element.text for element in lxml.etree.parse(path).iter(f"{ATOM}title")]
        assert HOSTILE in titles or path.name == "sitemap.xml"


def test_names_from_outside_are_never_paths(site: Path) -> None:
    home = site / f"antwoord/{ODD}/v1"
    assert sorted(path.name for path in home.iterdir()) == [
        f"{ODD}.pdf",
        f"{ocfl.digest(b'b')[:16]}-cijfers_A.csv",
        "__n____b____html.bin",
        "_htaccess.bin",
        "cijfers_A.csv",
        "x_php.bin",
    ]  # fmt: skip
    names = page(site, ODD).xpath("//ul[@class='files']//@download")
    assert {".htaccess", "x.php", "Één & <b>#?.html", "cijfers A.csv"} < set(names)
    assert said(page(site, ODD).xpath("//h1")[0]) == "in dex"
    assert sorted(path.name for path in site.iterdir() if path.is_dir()) == [
        "antwoord",
        "minister",
        "onderwerp",
        "zittingsjaar",
    ]
    assert (site / "minister/index.html").is_file()
    assert (site / "onderwerp/index.html").is_file()


def test_the_question_as_it_came_in_is_not_published(site: Path) -> None:
    assert not [path for path in site.rglob("*") if "question" in path.name]
    assert not [path for path in site.rglob("*") if path.name in ("made-by.json", "page.docx")]


@pytest.mark.parametrize("name", ["*.pdf", "answer.yaml", "inventory.json", "page.docx"])
def test_what_is_no_longer_what_was_kept_is_not_published(
    own: Archive, tmp_path: Path, name: str
) -> None:
    published.made(own, tmp_path / "site")
    before = contents(tmp_path / "site")
    path = min((own.root / "62c").rglob(name))
    path.write_bytes(path.read_bytes()[:-3] + b"x\n\n")
    with pytest.raises(InputError) as raised:
        published.made(own, tmp_path / "site")
    assert str(path) in str(raised.value)
    assert {problem.code for problem in raised.value.problems} <= {
        "archive-changed",
        "archive-rewritten",
        "archive-inventory",
        "archive-extra",
    }
    assert contents(tmp_path / "site") == before


# --- in place, whole -----------------------------------------------------------------------------


@pytest.mark.parametrize("exchanges", [True, False])
def test_an_earlier_site_is_replaced_as_a_whole(
    own: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, exchanges: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr(swap, "_exchanged", lambda _one, _other: False)
    target = tmp_path / "site"
    published.made(own, target)
    target.chmod(0o2750)
    assert (target / f"antwoord/{OLDER}.html").exists()
    journal = own.journal.read_text("utf-8").splitlines(keepends=True)
    own.journal.write_text("".join(journal[:2]), "utf-8")  # as another archive would have it
    shutil.rmtree(own.root / "e4d")
    for version in ("v2", "inventory.json", "inventory.json.sha512"):
        path = next((own.root / "62c").iterdir()) / version
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    home = next((own.root / "62c").iterdir())
    for path in (home / "v1").glob("inventory*"):
        shutil.copy(path, home)
    assert published.made(own, target).answers == 1
    assert not (target / f"antwoord/{OLDER}.html").exists()
    assert not (target / f"antwoord/{OLDER}").exists()
    assert target.stat().st_mode & 0o7777 == 0o2750
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "site"]


def test_where_it_cannot_be_put_in_place_the_earlier_site_comes_back(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.made(archive, tmp_path / "site")
    before = contents(tmp_path / "site")
    monkeypatch.setattr(swap, "_exchanged", lambda _one, _other: False)
    real = Path.rename

    def stubborn(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError(errno.EACCES, "no", str(target))
        return real(path, target)

    monkeypatch.setattr(Path, "rename", stubborn)
    with pytest.raises(InputError, match="you may not read or write here"):
        published.made(archive, tmp_path / "site")
    assert contents(tmp_path / "site") == before


def test_only_a_site_of_ours_is_replaced(archive: Archive, tmp_path: Path) -> None:
    def refused(target: Path, why: str) -> None:
        before = contents(target) if target.is_dir() else {}
        with pytest.raises(InputError, match=why) as raised:
            published.made(archive, target)
        assert [problem.code for problem in raised.value.problems] == ["publish-folder"]
        assert not target.is_dir() or contents(target) == before

    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("ten years")
    refused(other, "is no site of ours")
    (other / swap.MARK).write_text("mine")
    refused(other, "is no site of ours")
    refused(other / "thesis.txt", "this is a file")
    refused(archive.root, "may not lie in each other")
    refused(archive.root / "site", "may not lie in each other")
    refused(archive.root.parent, "may not lie in each other")
    empty = tmp_path / "empty"
    empty.mkdir()
    published.made(archive, empty)
    (empty / "CNAME").write_text("example.be")
    refused(empty, "CNAME is not of the site, and would be lost")
    link = tmp_path / "link"
    (empty / "CNAME").unlink()
    link.symlink_to(empty)
    (empty / "index.html").write_text("old")
    mark = empty / swap.MARK  # in the words of another version of the program
    mark.write_text(re.sub("(?s)Deze map.*replaced.", "Anders.", mark.read_text("utf-8")), "utf-8")
    published.made(archive, link)
    assert link.is_symlink()
    assert (empty / "index.html").read_text("utf-8") != "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "link", "other"]


def test_what_comes_in_the_way_meanwhile_is_kept(archive: Archive, tmp_path: Path) -> None:
    target = tmp_path / "site"

    def build() -> None:
        with swap.building(target, archive.root) as folder:
            (folder / "index.html").write_text("new")
            target.mkdir()
            (target / "mine.txt").write_text("mine")

    with pytest.raises(InputError, match="is no site of ours"):
        build()
    assert contents(target) == {"mine.txt": b"mine"}


def test_what_an_interrupted_run_left_goes(archive: Archive, tmp_path: Path) -> None:
    left = tmp_path / ".site.publish-abc"
    (left / "new").mkdir(parents=True)
    with swap.building(tmp_path / "site", archive.root) as folder:
        assert not left.exists()
        # One that is at work is left alone.
        with swap.building(tmp_path / "site", archive.root) as other:
            assert folder.exists()
            (other / "a").write_text("1")
        (folder / "b").write_text("2")
    assert (tmp_path / "site/b").exists()
    assert not (tmp_path / "site/a").exists()


def test_a_disk_that_will_not_leaves_the_earlier_site(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published.made(archive, tmp_path / "site")
    before = contents(tmp_path / "site")
    real = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if path.name == "site.css":
            raise OSError(errno.ENOSPC, "full", str(path))
        return real(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="the disk is full"):
        published.made(archive, tmp_path / "site")
    assert contents(tmp_path / "site") == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


# --- its words -----------------------------------------------------------------------------------


def test_every_word_is_used_and_none_is_missing() -> None:
    known = site_words.read(find_template(DEFAULT))
    code = "".join(
        path.read_text("utf-8")
        for pattern in ("*.j2", "*.py")
        for path in (ROOT / "kmo_report/publish").glob(pattern)
    )
    for name in known:
        built = name.startswith(("file_", "page_of_"))
        assert built or re.search(rf'["\']{name}["\']', code), name
    assert all(f"{kind}s" in known for kind in ("session", "minister", "subject"))


def test_a_house_has_words_and_colours_of_its_own(archive: Archive, tmp_path: Path) -> None:
    house = Path(shutil.copytree(find_template(DEFAULT), tmp_path / "house"))
    (house / "site.yaml").write_text("title: <Onze> antwoorden\nanswers: '{count} stuks'\n")
    (house / "site.css").write_text(":root { --link: #060; }")
    command = [*("archive", "publish", str(tmp_path / "site")), *("--template", str(house))]
    assert kmo(*command, "--archive", str(archive.root)).returncode == 0
    first = parsed(tmp_path / "site/index.html")
    assert said(first.xpath("//h1")[0]) == "<Onze> antwoorden"
    assert "2023-2024 2 stuks" in said(first)
    assert "Zittingsjaren" in said(first), "what it does not say is as ours"
    assert (tmp_path / "site/site.css").read_text().endswith(":root { --link: #060; }")
    (house / "site.yaml").write_text("titel: X\nanswers: '{cont} stuks'\nsearch: [a]\nmenu: ''\n")
    done = kmo(*command, "--archive", str(archive.root))
    assert done.returncode == 1
    assert [line.partition("site.yaml:")[2] for line in done.stderr.splitlines()] == [
        "3:9: error: search wants one text here, not a group or a list [shape]",
        "4:7: error: menu has no value [empty]",
    ]
    (house / "site.yaml").write_text(
        "titel: X\nanswers: '{cont} stuks'\nlatest: 'Nieuw }'\nmore: '{}'\nclear: '{0!r}'\n"
    )
    done = kmo(*command, "--archive", str(archive.root))
    assert [line.partition("site.yaml:")[2] for line in done.stderr.splitlines()] == [
        "1:1: error: unknown key titel; did you mean title? [unknown-key]",
        "2:12: error: {cont} is not known; did you mean count? [site-words]",
        "3:9: error: a brace belongs to a name that is filled in; double it for a brace itself [site-words]",
        "4:7: error: {} is not known (there is none) [site-words]",
        "5:8: error: a brace belongs to a name that is filled in; double it for a brace itself [site-words]",
    ]
    (house / "site.yaml").unlink()
    assert kmo(*command, "--archive", str(archive.root)).returncode == 0
    (house / "site.yaml").write_text("- a\n")
    done = kmo(*command, "--archive", str(archive.root))
    assert "the file wants keys with values below it [shape]" in done.stderr


def test_the_words_of_the_site_make_no_other_document(archive: Archive, tmp_path: Path) -> None:
    """Whoever changes them may keep an answer again: its house style is the same."""
    house = Path(shutil.copytree(find_template(DEFAULT), tmp_path / "vlaams-parlement"))
    (house / "site.yaml").write_text("title: Andere woorden\n")
    (house / "site.css").write_text("")
    outcome = keep(GOOD["small-counts"], open_template(house), archive, published.NOW)
    assert (outcome.version, outcome.head) == (1, "")


# --- the command ---------------------------------------------------------------------------------


def test_the_command_tells_what_it_did(archive: Archive, tmp_path: Path) -> None:
    target = tmp_path / "site"
    command = ["archive", "publish", str(target), "--archive", str(archive.root)]
    done = kmo(*command)
    assert done.returncode == 0
    first, counted = done.stdout.splitlines()
    assert first == str(target / "index.html")
    size = round((target / "index.js").stat().st_size / 1000)
    assert re.fullmatch(rf"answers: [78]; index: {size} kB", counted)
    assert "without --base-url there is no feed and no sitemap" in done.stderr
    done = kmo("--lang", "nl", *command, "--base-url", "https://example.be/antwoorden")
    assert done.returncode == 0
    assert "https://example.be/antwoorden/feed.xml" in (target / "feed.xml").read_text("utf-8")


def test_the_command_tells_what_is_not_public_yet(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    facts = description.facts(b"{}")._replace(publish_on="2999-01-01")
    identifier = "urn:kmo-report:sv:2019-2020:crevits:1"
    archive.keep(identifier, {"a": b"a"}, facts, created=published.STAMP)
    done = kmo("archive", "publish", str(tmp_path / "site"), "--archive", str(archive.root))
    assert (done.returncode, done.stdout.splitlines()[1]) == (0, "answers: 0; index: 2 kB")
    told = "2019-2020-crevits-1 v1: not public before 2999-01-01; left out"
    assert done.stderr.splitlines()[0] == told


@pytest.mark.parametrize(
    "url", ["example.be", "ftp://example.be/", "https://", "https://a b/", "https://a/?x", "https://a/#", "https://a:b/", "https://[/"]
)  # fmt: skip
def test_an_address_must_be_one_of_a_site(tmp_path: Path, url: str) -> None:
    done = kmo(
        "archive", "publish", str(tmp_path / "s"), "--archive", str(tmp_path), "--base-url", url
    )
    assert done.returncode == 2
    assert "is no address of a site" in unescape(" ".join(done.stderr.split()))
