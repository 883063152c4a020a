"""What is kept is found again: with the answers, or alone; by an index that can be made anew."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from kmo_report.archive import ocfl
from kmo_report.archive.description import Description
from kmo_report.archive.store import Archive
from kmo_report.archived import kept_in
from kmo_report.keep import add, keep
from kmo_report.schemas import published
from kmo_report.template import Template, open_template
from tests.conftest import GOOD
from tests.published import PNG_PDF
from tests.test_cli import kmo
from tests.test_same_content import rendered

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
SEED = GOOD["2019-2020-crevits-370"]
SCHEMA = json.loads(published("similar"))
OLD = "urn:kmo-report:sv:2011-2012:muyters:7"


@pytest.fixture
def archive(tmp_path: Path, template: Template, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """The real answer, and a PDF from elsewhere; caches of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KMO_REPORT_ARCHIVE", raising=False)
    monkeypatch.setenv("KMO_REPORT_LANG", "en")
    monkeypatch.chdir(tmp_path)
    archive = Archive(tmp_path / "archive")
    keep(SEED, template, archive, NOW)
    old = tmp_path / "old.pdf"
    old.write_bytes(rendered("one-number", "pdf"))
    add(old, archive, NOW, Description(OLD, "answer", "Premies", "PHILIPPE MUYTERS"))
    return archive


def found(*arguments: str) -> list[dict[str, Any]]:
    done = kmo(*arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    tree = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(tree)
    hits = [hit for part in tree["parts"] for hit in part["earlier"]]
    return list({hit["key"]: hit for hit in hits}.values())


def test_an_answer_is_found_by_its_words_and_opened_where_it_is_kept(archive: Archive) -> None:
    first, *_ = found("archive", "search", "diversiteit", "--archive", "archive")
    assert (first["key"], first["status"], first["kind"]) == (SEED.name, "final", "answer")
    assert Path(first["place"]).read_bytes() == rendered(SEED.name, "pdf")
    assert "kmo-portefeuille" in first["answer"].lower()
    said = kmo("archive", "search", "diversiteit", "--archive", str(archive.root)).stdout
    assert said.startswith("Most alike of 2 earlier questions:\n\n[1] Kmo-portefeuille")


def test_a_pdf_from_elsewhere_is_found_by_what_it_says(archive: Archive) -> None:
    (hit,) = found("archive", "search", "hoogrendementsglas", "--archive", str(archive.root))
    assert (hit["key"], hit["number"], hit["session"]) == ("2011-2012-muyters-7", 7, "2011-2012")
    assert hit["minister"] == "PHILIPPE MUYTERS"  # what was said of it comes before what it says
    assert hit["asked_by"] == "PIETER VAN DEN BOSSCHE"
    assert hit["question"] == "Hoeveel premies werden er in 2021 toegekend, per soort?"


def test_without_a_text_layer_it_is_found_by_what_was_said_of_it(
    archive: Archive, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(PNG_PDF)
    described = Description(
        "urn:kmo-report:sv:2009-2010:smet:1", "answer", "Bruggen in Gent", date="2010-02-01"
    )
    add(scan, archive, NOW, described)
    (hit,) = found("archive", "search", "bruggen", "--archive", str(archive.root))
    assert (hit["key"], hit["asked_on"]) == ("2009-2010-smet-1", "2010-02-01")


def test_a_case_that_is_in_both_is_found_once_in_the_folder(
    archive: Archive, tmp_path: Path
) -> None:
    everywhere = ["similar", "diversiteit premies", "--archive", str(archive.root)]
    assert {hit["key"] for hit in found(*everywhere)} == {SEED.name, "2011-2012-muyters-7"}
    shutil.copytree(SEED, tmp_path / "answers" / SEED.name)
    hits = {hit["key"]: hit["place"] for hit in found(*everywhere)}
    assert hits[SEED.name] == f"answers/{SEED.name}"
    assert hits["2011-2012-muyters-7"].endswith("/2011-2012-muyters-7.pdf")


def test_an_archive_that_is_not_there_yet_bars_nothing(
    tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SEED, tmp_path / "answers" / SEED.name)
    monkeypatch.setenv("KMO_REPORT_ARCHIVE", str(tmp_path / "nowhere"))
    assert [hit["key"] for hit in found("similar", "diversiteit")] == [SEED.name]
    done = kmo("similar", "diversiteit", "--archive", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "there is no archive in this folder" in done.stderr
    monkeypatch.setenv("KMO_REPORT_ARCHIVE", str(archive.root))
    assert {hit["key"] for hit in found("similar", "diversiteit premies")} == {
        SEED.name,
        "2011-2012-muyters-7",
    }


def test_the_index_is_made_anew_and_finds_the_same(archive: Archive, tmp_path: Path) -> None:
    words = ["archive", "search", "steun", "premies", "--archive", str(archive.root)]
    before = kmo(*words, "--format", "json").stdout
    (index,) = (tmp_path / "cache").rglob("*.sqlite")
    stamp = index.stat().st_mtime_ns
    assert kmo(*words, "--format", "json").stdout == before
    assert index.stat().st_mtime_ns == stamp, "nothing was kept, so nothing is looked through"
    index.write_bytes(b"damaged")
    assert kmo(*words, "--format", "json").stdout == before
    done = kmo("archive", "reindex", "--archive", str(archive.root))
    assert (done.returncode, done.stdout) == (0, "answers: 2\n")
    assert kmo(*words, "--format", "json").stdout == before
    assert not [*archive.root.rglob("*.sqlite*")]


def test_what_is_kept_later_is_found_too(
    archive: Archive, tmp_path: Path, template: Template
) -> None:
    words = ["archive", "search", "levensloopbanen", "--archive", str(archive.root)]
    assert found(*words) == []
    case = Path(shutil.copytree(SEED, tmp_path / SEED.name))
    answer = case / "answer.yaml"
    text = answer.read_text("utf-8").replace("enkele inzichten", "enkele levensloopbanen")
    answer.write_text(text, "utf-8")
    keep(case, template, archive, NOW, kind="corrected")
    (hit,) = found(*words)
    assert (hit["key"], hit["kind"]) == (SEED.name, "answer")
    assert "/v2/content/" in hit["place"]


def test_what_is_not_known_of_an_old_answer_is_not_made_up(
    archive: Archive, tmp_path: Path
) -> None:
    old = tmp_path / "old.pdf"
    old.write_bytes(PNG_PDF)
    described = Description("urn:kmo-report:sv:2009-2010:smet:3", "answer", "Sluizen")
    add(old, archive, NOW, described)
    words = ["archive", "search", "sluizen", "--archive", str(archive.root)]
    (hit,) = found(*words)
    assert (hit["asked_on"], hit["age_days"], hit["asked_by"]) == (None, None, "")
    said = " ".join(kmo(*words).stdout.split())
    assert "nr. 3 (2009-2010) by an unknown member to smet, no date known, final" in said


def test_a_draft_opens_the_answer_that_an_earlier_version_holds(
    archive: Archive, tmp_path: Path, template: Template
) -> None:
    """Another look makes another PDF, and the answer file is not stored again."""
    house = Path(shutil.copytree(template.folder, tmp_path / "house"))
    look = house / "page.css"
    look.write_text(look.read_text("utf-8") + "\nbody { color: #111111 }\n", "utf-8")
    keep(SEED, open_template(house), archive, NOW, kind="corrected")
    (entry,) = (e for e in kept_in(archive).entries() if e.key == SEED.name)
    earlier = entry.read()
    assert earlier
    assert ("/v2/" in earlier.place, "/v1/" in earlier.file) == (True, True)
    (tmp_path / "vraag.txt").write_bytes((SEED / "question.txt").read_bytes())
    done = kmo("draft", "vraag.txt", "--number", "371", "--archive", str(archive.root))
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "answers/2019-2020-crevits-371/answer.yaml").read_text("utf-8")
    assert "captions:" in written, "its tables are taken over too"


def test_a_day_that_is_none_bars_no_other_answer(archive: Archive, tmp_path: Path) -> None:
    odd = tmp_path / "odd.pdf"
    odd.write_bytes(PNG_PDF)
    identifier = "urn:kmo-report:sv:2009-2010:smet:2"
    add(odd, archive, NOW, Description(identifier, "answer", "Wegen", date="in februari"))
    done = kmo("archive", "search", "diversiteit", "--archive", str(archive.root))
    assert done.returncode == 0
    assert "2009-2010-smet-2 cannot be used" in done.stderr
    assert "[1] Kmo-portefeuille" in done.stdout


def test_what_is_damaged_is_named_and_the_rest_is_found(archive: Archive) -> None:
    folder = archive.root / ocfl.object_path(OLD)
    inventory = folder / "inventory.json"
    inventory.chmod(0o644)
    inventory.write_text("{}", "utf-8")
    done = kmo("archive", "search", "diversiteit", "--archive", str(archive.root))
    assert done.returncode == 0
    assert f"[1] {'Kmo-portefeuille'}" in done.stdout
    assert "2011-2012-muyters-7 cannot be used and was not searched" in done.stderr


def test_a_draft_takes_over_from_the_archive(archive: Archive, tmp_path: Path) -> None:
    question = tmp_path / "vraag.txt"
    question.write_bytes((SEED / "question.txt").read_bytes())
    for number, options in (("371", []), ("372", ["--from", SEED.name])):
        done = kmo("draft", str(question), "--number", number, "--archive", str(archive.root),
                   *options)  # fmt: skip
        assert done.returncode == 0, done.stderr
        written = (tmp_path / f"answers/2019-2020-crevits-{number}/answer.yaml").read_text("utf-8")
        assert f"quoted: {SEED.name}" in written
        assert "archive/" in written


def test_the_head_changes_with_what_is_kept_and_with_what_is_left_out(archive: Archive) -> None:
    heads = [kept_in(archive).head, kept_in(archive, [SEED.name]).head, kept_in(archive).head]
    assert heads[0] == heads[2] != heads[1]
    assert [entry.key for entry in kept_in(archive, [SEED.name]).entries()] == [
        "2011-2012-muyters-7"
    ]
