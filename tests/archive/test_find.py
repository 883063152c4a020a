"""What is kept is found again: list, search, similar over the archive, and the index of it."""

import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pypdfium2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kmo_report.archive import description, journal, ocfl
from kmo_report.archive.description import Description
from kmo_report.archive.store import Archive
from kmo_report.keep import add, keep
from kmo_report.kept import kept_in, read_kept
from kmo_report.paper import Paper, Said, describe, read_paper
from kmo_report.problems import InputError
from kmo_report.schemas import published
from kmo_report.search import Matches, Places, look_up, places, remade, search
from kmo_report.search.shelf import Within
from kmo_report.search.snippet import snippet
from kmo_report.search.words import Vocabulary, words
from kmo_report.template import Template, open_template
from tests.conftest import GOOD
from tests.test_same_content import rendered

SEED = GOOD["2019-2020-crevits-370"]
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
SCAN = "urn:kmo-report:sv:2011-2012:muyters:7"


def scan(folder: Path) -> Path:
    path = folder / "scan.pdf"
    with pypdfium2.PdfDocument.new() as made:
        made.new_page(595, 842)
        made.save(str(path))
    return path


def paper(folder: Path, name: str = "unnumbered") -> Path:
    path = folder / f"{name}.pdf"
    path.write_bytes(rendered(name, "pdf"))
    return path


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Path:
    """The real answer, an older paper, and a scan that is not public yet."""
    base = tmp_path_factory.mktemp("find")
    archive = Archive(base / "archive")
    keep(SEED, template, archive, NOW)
    older = read_paper(paper(base))
    described, _ = describe(older, Said(), "answer")
    add(older, archive, NOW, described)
    picture = read_paper(scan(base))
    said = Said(SCAN, asked_by="JAN PEETERS", subject="Opleidingscheques", publish_on="9999-01-01")
    described, problems = describe(picture, said, "answer")
    assert [problem.code for problem in problems] == ["unread"]
    add(picture, archive, NOW, described)
    return archive.root


def stock(root: Path) -> Places:
    return Places([kept_in(Archive(root))], [root])


def both(answers: Path, root: Path) -> Places:
    here = places(answers)
    return Places([*here.sources, *stock(root).sources], [answers, root])


def cases(root: Path, asked: str, caches: Path, within: Within | None = None) -> list[str]:
    environment = {"XDG_CACHE_HOME": str(caches)}
    found = look_up(asked, stock(root), 10, environment, within or Within())
    return [match.hit.document.key for match in found.found]


def kmo(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "XDG_CACHE_HOME": str(cwd / "cache"), **environment}
    command = [sys.executable, "-m", "kmo_report", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=variables, capture_output=True, text=True, check=False
    )


# --- what is found -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("diversiteitsinitiatieven", ["2019-2020-crevits-370"]),  # of answer.yaml
        ("werkgevers", ["2019-2020-crevits-370"]),
        ("C:\\temp\\x_y", ["2021-2022-claes-44"]),  # of the text of a PDF
        ("El Amrani", ["2021-2022-claes-44"]),  # who asked
        ("Peeters", ["2011-2012-muyters-7"]),  # of the description alone
        (
            "opleidingscheque",
            ["2011-2012-muyters-7", "2019-2020-crevits-370", "2021-2022-claes-44"],
        ),
        ("muyters", ["2011-2012-muyters-7"]),
        ("370 crevits", ["2019-2020-crevits-370"]),
        ("zonnebloemolie", []),
        ("", []),
    ],
)
def test_words_names_and_numbers_are_found(
    filled: Path, tmp_path: Path, asked: str, expected: list[str]
) -> None:
    found = cases(filled, asked, tmp_path)
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)


def test_every_word_of_a_paper_is_found(filled: Path, tmp_path: Path) -> None:
    text = read_paper(paper(tmp_path)).text
    known = Vocabulary()
    for word in set(words(text)):
        if known[word]:
            assert "2021-2022-claes-44" in cases(filled, word, tmp_path), word


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (Within(session="2011-2012"), {"2011-2012-muyters-7"}),
        (Within(minister="claes"), {"2021-2022-claes-44"}),
        (Within(minister="tom-claes"), {"2021-2022-claes-44"}),
        (Within(minister="tomclaes"), set()),
        (Within(first="2020-02-14"), {"2019-2020-crevits-370", "2021-2022-claes-44"}),
        (Within(first="2020-02-15"), {"2021-2022-claes-44"}),
        (Within(last="2020-02-14"), {"2019-2020-crevits-370"}),  # the scan has no day
        (Within(session="2011-2012", minister="claes"), set()),
    ],
)
def test_a_search_can_be_narrowed(
    filled: Path, tmp_path: Path, within: Within, expected: set[str]
) -> None:
    assert set(cases(filled, "opleiding", tmp_path, within)) == expected


@given(st.text() | st.text("\"*:^-+()' NEARADOT{}").map(lambda text: f"opleiding {text}"))
@example('"')
@example("opleiding AND (NOT NEAR(x, 3) OR ^names:x*")
@example("{names} : x")
@example("\x00\udc80 opleiding")
def test_no_input_is_a_mistake(text: str) -> None:
    assert SHARED
    look_up(text, SHARED[0], 3, SHARED[1])


SHARED: list[Any] = []


@pytest.fixture(autouse=True, scope="module")
def _shared(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    SHARED[:] = [stock(filled), {"XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))}]


def test_the_snippet_holds_most_of_the_words_and_marks_them() -> None:
    known = Vocabulary()
    asked = {term for word in ("diversiteit", "opleiding") for term in known[word]}
    text = f"{'niets ' * 60}diversiteitsplan (opleiding). {'en meer ' * 60}opleiding"
    found = snippet(["opleiding alleen", text], asked, known)
    marked = [found.text[begin:end] for begin, end in found.found]
    assert marked == ["diversiteitsplan", "opleiding"]
    assert found.text.startswith("… ")
    assert found.text.endswith(" …")
    assert len(found.text) < 200
    assert snippet(["", "kort"], asked, known).text == "kort"
    assert snippet([], asked, known).text == ""


# --- the index -----------------------------------------------------------------------------------


def everything(root: Path, caches: Path) -> list[Matches]:
    environment = {"XDG_CACHE_HOME": str(caches)}
    asked = ("opleiding", "diversiteit advies", "claes", "2019")
    return [look_up(some, stock(root), 10, environment) for some in asked]


@pytest.mark.parametrize("harm", ["rebuilt", "gone", "no database", "cut", "older", "emptied"])
def test_the_index_can_be_made_anew(filled: Path, tmp_path: Path, harm: str) -> None:
    before = everything(filled, tmp_path)
    (path,) = (tmp_path / "kmo-report").glob("archive-*.sqlite")
    if harm == "rebuilt":
        with sqlite3.connect(path) as file:
            file.execute("UPDATE content SET json = replace(json, 'CREVITS', 'IEMAND')")
        file.close()
        assert everything(filled, tmp_path) != before
        assert remade(stock(filled), {"XDG_CACHE_HOME": str(tmp_path)}) == (3, [])
    elif harm == "gone":
        path.unlink()
    elif harm == "no database":
        path.write_bytes(b"no database")
    elif harm == "cut":
        path.write_bytes(path.read_bytes()[:9000])
    else:
        with sqlite3.connect(path) as file:
            old = "UPDATE setting SET value = 'old' WHERE name = 'version'"
            file.execute(old if harm == "older" else "DROP TABLE found")
        file.close()
    assert everything(filled, tmp_path) == before


def test_only_what_is_new_is_read(filled: Path, tmp_path: Path, template: Template) -> None:
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    assert cases(root, "bakkers", tmp_path) == []
    # What was kept before is gone now, and is not missed.
    for entry in Archive(root).latest():
        shutil.rmtree(root / ocfl.object_path(entry.id))
    keep(GOOD["example-2b"], template, Archive(root), NOW)
    assert "2019-2020-claes-9999" in cases(root, "opleiding", tmp_path)
    assert "2019-2020-crevits-370" in cases(root, "opleiding", tmp_path)


def test_a_new_version_takes_the_place_of_the_one_before(
    filled: Path, tmp_path: Path, template: Template
) -> None:
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    assert cases(root, "werkgevers", tmp_path) == ["2019-2020-crevits-370"]
    case = Path(shutil.copytree(SEED, tmp_path / SEED.name))
    file = case / "answer.yaml"
    file.write_text(file.read_text("utf-8").replace("werkgevers", "zonnebloemen"), "utf-8")
    keep(case, template, Archive(root), NOW, kind="corrected")
    assert cases(root, "werkgevers", tmp_path) == []
    assert cases(root, "zonnebloemen", tmp_path) == ["2019-2020-crevits-370"]


def test_what_is_damaged_is_told_and_the_rest_is_searched(filled: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    home = root / ocfl.object_path("urn:kmo-report:sv:2019-2020:crevits:370")
    (home / "inventory.json").chmod(0o644)
    (home / "inventory.json").write_bytes(b"{}")
    found = look_up("opleiding", stock(root), 10, {})
    assert "2019-2020-crevits-370" not in [match.hit.document.key for match in found.found]
    assert [problem.code for problem in found.problems] == ["unsearched"]
    assert found.searched == 2


def test_a_day_that_is_none_bars_nothing(filled: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    odd = Description("urn:kmo-report:sv:2009-2010:smet:2", "answer", "Wegen", date="in februari")
    add(read_paper(scan(tmp_path)), Archive(root), NOW, odd)
    assert cases(root, "wegen", tmp_path)[0] == "2009-2010-smet-2"
    assert cases(root, "wegen", tmp_path, Within(first="2019-01-01")) != ["2009-2010-smet-2"]
    assert cases(root, "diversiteit", tmp_path)


def test_a_kept_text_is_text_whatever_it_looks_like(filled: Path, tmp_path: Path) -> None:
    """Not a mail, of which the header is no text; nor a file that another reader opens."""
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    for number, text in enumerate(
        ("From: a@b.be\nTo: c@d.be\nSubject: kusterosie\n\nKlei", "PK\x03\x04 kusterosie",
         "%PDF-1.7 kusterosie", "<html>kusterosie</html>")
    ):  # fmt: skip
        described = Description(f"urn:kmo-report:sv:2009-2010:smet:{number}", "answer", "Zand")
        odd = Paper(scan(tmp_path), scan(tmp_path).read_bytes(), text, None)
        add(odd, Archive(root), NOW, described)
    found = cases(root, "kusterosie", tmp_path)
    assert sorted(found) == [f"2009-2010-smet-{number}" for number in range(4)]


def test_a_kept_text_that_takes_too_long_is_done_without(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a bag from elsewhere may hold one: its reader is stopped, and the rest is searched."""

    def stuck(_content: bytes, _path: str) -> tuple[str, None]:
        time.sleep(20)
        return "zonnebloem", None

    monkeypatch.setattr("kmo_report.kept.read_text_words", stuck)
    monkeypatch.setattr("kmo_report.incoming.guard.guarded.__defaults__", (0.5, 1 << 30))
    start = time.monotonic()
    assert cases(filled, "zonnebloem", tmp_path) == []
    assert cases(filled, "ondernemers", tmp_path)[0] == "2021-2022-claes-44"
    assert time.monotonic() - start < 10


@pytest.mark.parametrize("name", ["answer.yaml", "text.txt"])
def test_what_is_mended_is_searched_again(filled: Path, tmp_path: Path, name: str) -> None:
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    (file,) = root.rglob(name)
    whole = file.read_bytes()
    file.chmod(0o644)
    file.write_bytes(whole + b"\n# x\n")
    caches = {"XDG_CACHE_HOME": str(tmp_path)}
    for _ in range(2):
        found = look_up("opleiding", stock(root), 10, caches)
        assert [problem.code for problem in found.problems] == ["unsearched"]
        assert found.searched == 2
    file.write_bytes(whole)
    found = look_up("opleiding", stock(root), 10, caches)
    assert (found.searched, found.problems) == (3, [])


def test_an_index_that_another_run_writes_is_left_alone(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(filled, tmp_path)
    (path,) = (tmp_path / "kmo-report").glob("archive-*.sqlite")
    monkeypatch.setattr("kmo_report.search.shelf._WAIT", 0.1)
    number = path.stat().st_ino
    with sqlite3.connect(path, isolation_level=None) as file:
        file.execute("BEGIN EXCLUSIVE")
        assert everything(filled, tmp_path) == before
        assert remade(stock(filled), {"XDG_CACHE_HOME": str(tmp_path)}) == (3, [])
        file.execute("COMMIT")
    file.close()
    assert path.stat().st_ino == number


def test_a_cache_that_cannot_be_is_done_without(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    where = {"XDG_CACHE_HOME": str(tmp_path / "file")}
    assert remade(stock(filled), where) == (3, [])
    assert look_up("diversiteit", stock(filled), 10, where).found


def test_an_archive_that_cannot_be_written_is_searched(filled: Path, tmp_path: Path) -> None:
    """The index is in the cache; where there is none, in memory."""
    before = {path: path.stat().st_mtime_ns for path in filled.rglob("*")}
    assert cases(filled, "diversiteit", tmp_path)
    assert look_up("diversiteit", stock(filled), 10, {}).found
    assert {path: path.stat().st_mtime_ns for path in filled.rglob("*")} == before


def test_what_this_version_cannot_read_is_found_by_its_pdf(tmp_path: Path) -> None:
    """An answer file of another kind, a text that went missing."""
    archive = Archive(tmp_path / "archive")
    pdf = paper(tmp_path).read_bytes()
    identifier = "urn:kmo-report:sv:2021-2022:claes:44"
    described = Description(identifier, "answer", "Titel", "TOM CLAES", "NORA EL AMRANI")
    files = {"2021-2022-claes-44.pdf": pdf, description.NAME: described.encoded(),
             "answer.yaml": b"of: tomorrow\n"}  # fmt: skip
    facts = description.facts(described.encoded())
    archive.keep(identifier, files, facts, created="2026-11-25T10:00:00Z")
    found = read_kept(archive, archive.latest()[0])
    assert "strategisch" in " ".join(found.texts() + found.names())
    assert (found.status, found.asked_on) == ("final", date(2021, 11, 15))


def test_lines_that_are_written_otherwise_are_read_the_same(filled: Path) -> None:
    """Names with what JSON encodes, and lines with a key that this version does not know."""
    content = (filled / journal.NAME).read_bytes()
    expected = journal.latest(content, lambda _: True)
    assert [entry.id for entry in journal.entries(content)] == [entry.id for entry in expected]
    other = content.replace(b'"kind":', b'"extra":1,"kind":')
    assert journal.latest(other, lambda _: True) == expected
    quoted = content.replace(b"Opleidingscheques", rb"\"Cheques\" \u00e9n \\ meer")
    titles = [entry.facts.title for entry in journal.latest(quoted, lambda _: True)]
    assert titles[-1].endswith('"Cheques" én \\ meer')
    with pytest.raises(ValueError, match="Expecting"):
        journal.latest(content.replace(b'{"created"', b'{created"'), lambda _: True)


# --- similar -------------------------------------------------------------------------------------


def test_similar_shows_what_stands_in_both_once(filled: Path, tmp_path: Path) -> None:
    """In the folder, where its register is; it says that it is kept."""
    answers = tmp_path / "answers"
    copy = Path(shutil.copytree(SEED, answers / SEED.name))
    shutil.copytree(GOOD["example-2b"], answers / "example-2b")
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    result = search("opleiding diversiteit", both(answers, filled), 10, environment)
    assert result.searched == 4
    found = {hit.document.key: hit for hit in result.found[0].hits}
    assert len(found) == len(result.found[0].hits)
    hit = found["2019-2020-crevits-370"]
    assert (hit.document.place, hit.document.kept) == (str(copy), None)
    assert hit.kept
    assert hit.kept.version == 1
    assert found["2019-2020-claes-9999"].kept is None
    # A question is not like itself, wherever it stands.
    own = search(str(copy), both(answers, filled), 10, environment)
    assert own.searched == 3
    keys = {hit.document.key for part in own.found for hit in part.hits}
    assert "2019-2020-crevits-370" not in keys


def test_similar_says_what_is_kept_and_where(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "answers").mkdir()
    where = {"KMO_REPORT_ARCHIVE": str(filled)}
    done = kmo("--lang", "nl", "similar", "opleidingscheques", cwd=tmp_path, **where)
    assert (done.returncode, done.stderr) == (0, "")
    said = " ".join(done.stdout.split())
    assert "van JAN PEETERS aan muyters, datum onbekend, definitief, bewaard als versie 1" in said
    assert "versie 1, niet openbaar voor 1 januari" in said
    done = kmo("similar", "opleidingscheques", "--format", "json", cwd=tmp_path, **where)
    jsonschema.validate(json.loads(done.stdout), json.loads(published("similar")))
    first = json.loads(done.stdout)["parts"][0]["earlier"][0]
    assert (first["key"], first["version"], first["asked_on"]) == ("2011-2012-muyters-7", 1, None)
    assert Path(first["place"]).read_bytes() == (filled.parent / "scan.pdf").read_bytes()


def test_similar_does_without_an_archive(filled: Path, tmp_path: Path) -> None:
    shutil.copytree(SEED, tmp_path / "answers" / SEED.name)
    nothing = str(tmp_path / "nothing")
    done = kmo("similar", "diversiteit", cwd=tmp_path, KMO_REPORT_ARCHIVE=nothing)
    assert (done.returncode, done.stderr) == (0, "")
    done = kmo("similar", "diversiteit", "--archive", nothing, cwd=tmp_path)
    assert done.returncode == 1
    assert "there is no archive in this folder" in done.stderr
    (tmp_path / "empty").mkdir()
    done = kmo("similar", "diversiteit", cwd=tmp_path, KMO_REPORT_ARCHIVE=str(tmp_path / "empty"))
    assert (done.returncode, done.stderr) == (0, "")
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    (root / journal.NAME).write_bytes(b"damaged")
    done = kmo("similar", "diversiteit", "--archive", str(root), cwd=tmp_path)
    assert done.returncode == 1
    assert "the journal is damaged" in done.stderr
    done = kmo("similar", "diversiteit", cwd=tmp_path, KMO_REPORT_ARCHIVE=str(root))
    assert (done.returncode, "warning: the journal is damaged" in done.stderr) == (0, True)
    assert "[1] Kmo-portefeuille" in done.stdout


def test_a_draft_takes_over_from_the_archive(filled: Path, tmp_path: Path) -> None:
    for number, options in (("371", []), ("372", ["--from", SEED.name])):
        done = kmo("draft", str(SEED / "question.txt"), "--number", number, "--archive",
                   str(filled), *options, cwd=tmp_path)  # fmt: skip
        assert done.returncode == 0, done.stderr
        written = (tmp_path / f"answers/2019-2020-crevits-{number}/answer.yaml").read_text("utf-8")
        assert f"quoted: {SEED.name}" in written
        assert "archive/" in written


def test_a_draft_opens_the_answer_that_an_earlier_version_holds(
    filled: Path, tmp_path: Path, template: Template
) -> None:
    """Another look makes another PDF, and the answer file is not stored again."""
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    house = Path(shutil.copytree(template.folder, tmp_path / "house"))
    look = house / "page.css"
    look.write_text(look.read_text("utf-8") + "\nbody { color: #111111 }\n", "utf-8")
    keep(SEED, open_template(house), Archive(root), NOW, kind="corrected")
    (line,) = (line for line in Archive(root).latest() if line.id.endswith(":crevits:370"))
    found = read_kept(Archive(root), line)
    assert ("/v2/" in found.place, "/v1/" in found.file) == (True, True)
    done = kmo("draft", str(SEED / "question.txt"), "--number", "371", "--archive", str(root),
               cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "answers/2019-2020-crevits-371/answer.yaml").read_text("utf-8")
    assert "captions:" in written, "its tables are taken over too"


def test_a_draft_says_what_is_not_public_yet(filled: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    older, identifier = read_paper(paper(tmp_path)), "urn:kmo-report:sv:2021-2022:claes:44"
    described, _ = describe(older, Said(identifier, publish_on="2099-06-01"), "corrected")
    add(older, Archive(root), NOW, described, said=["available"], kind="corrected")
    question = GOOD["unnumbered"] / "question.txt"
    if not question.exists():
        question = tmp_path / "vraag.pdf"
        question.write_bytes(older.content)
    done = kmo("draft", str(question), "--number", "99", "--archive", str(root), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "public from 2099-06-01" in done.stderr
    (written,) = (tmp_path / "answers").rglob("answer.yaml")
    comments = written.read_text("utf-8").replace("#", " ")
    assert "public from 2099-06-01: " in " ".join(comments.split())


# --- the commands --------------------------------------------------------------------------------


def test_search_shows_snippets_and_says_what_is_not_public(filled: Path, tmp_path: Path) -> None:
    where = ("--archive", str(filled))
    done = kmo("archive", "search", "opleidingscheques", *where, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "2011-2012-muyters-7  v1  answer"
    assert lines[1].startswith("    not public before 9999-01-01: Schriftelijke vraag nr. 7")
    assert "    JAN PEETERS → muyters" in lines
    shown = Path(lines[lines.index("") - 1].strip())
    assert shown.read_bytes() == (filled.parent / "scan.pdf").read_bytes()
    assert "\x1b" not in done.stdout
    done = kmo("archive", "search", "opleiding", "--limit", "1", *where, cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == "the best 1 of 3; there are more: --limit"
    done = kmo("archive", "search", "zonnebloemolie", *where, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "none of the 3 answers holds this\n")
    done = kmo("archive", "reindex", *where, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "answers: 3\n")
    assert kmo("archive", "search", "x", "--from", "2020", *where, cwd=tmp_path).returncode == 2
    done = kmo("archive", "list", "--session", "2020", *where, cwd=tmp_path)
    assert (done.returncode, "write it as 2019-2020" in done.stderr) == (2, True)


def test_json_is_as_its_schema_says(filled: Path, tmp_path: Path) -> None:
    where = ("--archive", str(filled), "--format", "json")
    done = kmo("archive", "search", "opleiding", *where, cwd=tmp_path)
    tree = json.loads(done.stdout)
    jsonschema.validate(tree, json.loads(published("archive-search")))
    assert tree["searched"] == len(tree["answers"]) == 3
    assert all(Path(found["place"]).is_file() for found in tree["answers"])
    assert [found["embargo"] for found in tree["answers"] if "muyters" in found["id"]] == [True]
    assert all(word in found["snippet"] for found in tree["answers"] for word in found["found"])
    done = kmo("archive", "list", *where, cwd=tmp_path)
    tree = json.loads(done.stdout)
    jsonschema.validate(tree, json.loads(published("archive-list")))
    assert [kept["embargo"] for kept in tree] == [True, False, False]


def test_a_terminal_shows_what_was_found_in_bold(filled: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kmo_report", "archive", "search", "werkgevers",
               "--archive", str(filled)]  # fmt: skip
    ours, theirs = pty.openpty()
    variables = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "TERM": "xterm"}
    variables.pop("NO_COLOR", None)
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=variables) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the other side is closed
            pass
        process.wait()
    os.close(ours)
    assert b"\x1b[1mwerkgevers\x1b[0m" in shown


# --- what an older paper says --------------------------------------------------------------------


def test_what_is_not_said_is_read(tmp_path: Path) -> None:
    described, problems = describe(read_paper(paper(tmp_path)), Said(), "answer")
    assert problems == ()
    assert described.identifier == "urn:kmo-report:sv:2021-2022:claes:44"
    assert described.title == "Schriftelijke vraag nr. 44 (2021-2022): Steun aan ondernemers"
    assert described.contributor == "NORA EL AMRANI"
    assert (described.creator, described.addressee) == ("TOM CLAES", "TOM CLAES")
    assert described.date == "2021-11-15"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("2021-2022:claes:45", ["it says nr. 44, and is to be kept as 2021-2022-claes-45"]),
        ("2020-2021:claes:44", ["it says 2021-2022, and is to be kept as 2020-2021-claes-44"]),
        ("2021-2022:maes:44", ["it is to TOM CLAES, and is to be kept as 2021-2022-maes-44"]),
    ],
)
def test_another_question_is_refused_unless_one_is_certain(
    tmp_path: Path, name: str, told: list[str]
) -> None:
    older, identifier = read_paper(paper(tmp_path)), f"urn:kmo-report:sv:{name}"
    with pytest.raises(InputError) as caught:
        describe(older, Said(identifier), "answer")
    assert [problem.message for problem in caught.value.problems] == told
    described, problems = describe(older, Said(identifier, certain=True), "answer")
    assert described.identifier == identifier
    assert [(problem.level, problem.message) for problem in problems] == [
        ("warning", message) for message in told
    ]


def test_who_keeps_it_is_believed_and_told(tmp_path: Path) -> None:
    older = read_paper(paper(tmp_path))
    said = Said(asked_by="Jan Peeters", subject="Iets anders", date="2001-01-01")
    described, problems = describe(older, said, "answer")
    assert (described.contributor, described.date) == ("Jan Peeters", "2001-01-01")
    assert [problem.message for problem in problems] == [
        "it says NORA EL AMRANI; Jan Peeters is kept, as you say",
        "it says Steun aan ondernemers; Iets anders is kept, as you say",
        "it was asked on 2021-11-15; 2001-01-01 is kept, as you say",
    ]
    same = Said(asked_by="Nora El Amrani", minister="Claes", date="2021-12-01")
    described, problems = describe(older, same, "answer")
    assert (described.creator, described.addressee, problems) == ("Claes", "TOM CLAES", ())


def test_a_scan_must_be_told_which_question_it_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="which question it is"):
        describe(read_paper(scan(tmp_path)), Said(), "answer")
    described, _ = describe(read_paper(scan(tmp_path)), Said(SCAN), "answer")
    assert described.title == "2011-2012-muyters-7"


def locked(folder: Path) -> Path:
    import pikepdf

    path = folder / "locked.pdf"
    with pikepdf.open(paper(folder)) as file:
        file.save(path, encryption=pikepdf.Encryption(owner="a", user="b"))
    return path


def test_what_is_locked_or_damaged_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="protected with a password"):
        read_paper(locked(tmp_path))
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(rendered("unnumbered", "pdf")[:2000])
    with pytest.raises(InputError, match="damaged or cut off"):
        read_paper(cut)


def test_what_is_too_long_to_read_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kmo_report.incoming.MOST_BYTES", 1000)
    read = read_paper(paper(tmp_path))
    assert isinstance(read, Paper)
    assert (read.text, read.reading, [p.level for p in read.problems]) == ("", None, ["warning"])
    assert read.content == rendered("unnumbered", "pdf")


def test_what_is_said_anew_is_a_change_and_nothing_is_dropped(tmp_path: Path) -> None:
    root, pdf = tmp_path / "archive", str(paper(tmp_path))

    def added(*options: str) -> subprocess.CompletedProcess[str]:
        return kmo("archive", "add", pdf, "--archive", str(root), *options, cwd=tmp_path)

    first = added("--title", "A", "--minister", "Claes")
    assert "  title: A" in first.stdout.splitlines()
    again = added()
    assert (again.returncode, again.stdout.count("\n")) == (0, 2)
    assert "is kept already; nothing was done" in again.stdout
    assert added("--title", "A").stdout == again.stdout
    for options in (["--title", "B"], ["--publish-on", "2099-06-01"]):
        refused = added(*options)
        assert refused.returncode == 1
        assert "is another (description.jsonld)" in refused.stderr
    done = added("--publish-on", "2099-06-01", "--new-version", "corrected")
    assert (done.returncode, " v2: kept" in done.stdout) == (0, True), done.stderr
    (entry,) = Archive(root).latest()
    assert entry.facts.publish_on == "2099-06-01"
    same = added("--publish-on", "2099-06-01", "--new-version", "corrected")
    assert "is kept already" in same.stdout


def test_a_minister_by_last_name_is_the_same_and_another_is_not(tmp_path: Path) -> None:
    archive, older = Archive(tmp_path / "archive"), read_paper(scan(tmp_path))
    for name, kind in (("Muyters", None), ("PHILIPPE MUYTERS", "corrected")):
        described, _ = describe(older, Said(SCAN, minister=name), kind or "answer")
        add(older, archive, NOW, described, said=["creator"], kind=kind)
    assert archive.latest()[0].version == 2
    described, _ = describe(older, Said(SCAN, minister="An Muyters"), "corrected")
    with pytest.raises(InputError, match="is kept as a question to PHILIPPE MUYTERS"):
        add(older, archive, NOW, described, said=["creator"], kind="corrected")


def test_a_title_does_not_command_a_terminal(tmp_path: Path) -> None:
    root = str(tmp_path / "archive")
    title = "Een\ntwee \x1b[31m rood \x9b1m"
    done = kmo("archive", "add", str(scan(tmp_path)), "--id", SCAN, "--title", title,
               "--message", title, "--archive", root, cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0, done.stderr
    case = "2011-2012-muyters-7"
    for command in (["list"], ["search", "rood"], ["show", case]):
        shown = kmo("archive", *command, "--archive", root, cwd=tmp_path).stdout
        assert "Een twee [31m rood 1m" in " ".join(shown.split())
        assert not {"\x1b", "\x9b"} & set(shown)
    assert "\x1b" not in done.stdout
    # Of a bag from elsewhere, the kind of a version can hold anything.
    described = Description(SCAN, "corrected\x9b1m", "Wegen")
    add(read_paper(scan(tmp_path)), Archive(Path(root)), NOW, described, kind="corrected\x9b1m")
    for command in (["list"], ["search", "wegen"], ["show", case]):
        shown = kmo("archive", *command, "--archive", root, cwd=tmp_path).stdout
        assert ("corrected 1m" in shown, "\x9b" in shown) == (True, False), command


def test_add_says_what_it_kept(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    done = kmo("archive", "add", str(paper(tmp_path)), "--archive", str(root), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "urn:kmo-report:sv:2021-2022:claes:44 v1: kept"
    assert "  asked by: NORA EL AMRANI" in lines
    entry = Archive(root).latest()[0]
    inventory = Archive(root).inventory(entry.id)
    assert inventory
    kept = inventory.versions[0].state["2021-2022-claes-44.pdf"]
    assert kept == ocfl.digest(rendered("unnumbered", "pdf"))
    done = kmo("archive", "add", str(scan(tmp_path)), "--id", SCAN, "--archive", str(root),
               cwd=tmp_path)  # fmt: skip
    assert done.returncode == 0
    assert "only pictures of it: it is kept" in done.stderr
    assert "  date: not known" in done.stdout
