"""Files are written whole or not at all, and hold what they should."""

import csv
import errno
import io
import os
from pathlib import Path

import pytest

from kmo_report import files, pipeline
from kmo_report.annex import figures_csv
from kmo_report.problems import InputError
from kmo_report.render import RENDERERS
from kmo_report.template import Template
from tests import docx_text
from tests.conftest import GOOD, ROOT, STYLE

SEED = GOOD["2019-2020-crevits-370"]


def test_a_full_disk_leaves_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"earlier")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="the disk is full"):
        files.write({target: b"later"})
    assert target.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_of_several_files_all_are_new_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = [tmp_path / name for name in ("a.pdf", "a.docx")]
    for target in targets:
        target.write_bytes(b"earlier")
    left = iter([None])

    def full(_handle: int) -> None:
        if next(left, ...) is ...:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"a\.docx: error: the disk is full"):
        files.write(dict.fromkeys(targets, b"later"))
    assert {target.read_bytes() for target in targets} == {b"earlier"}
    assert len([*tmp_path.iterdir()]) == len(targets)


def test_an_interruption_leaves_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"earlier")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.write({target: b"later"})
    assert target.read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_a_file_gets_the_permissions_of_any_other(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"")
    path = tmp_path / "new" / "a.pdf"
    files.write({path: b"x"})
    assert path.stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_folder_that_is_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(InputError, match="a part of this path is a file, not a folder"):
        files.write({tmp_path / "out" / "a.pdf": b"x"})


def test_an_error_in_one_format_writes_none(
    tmp_path: Path, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> bytes:
        raise InputError([])

    formats = {"html": RENDERERS["html"], "docx": broken}
    monkeypatch.setattr(pipeline, "RENDERERS", formats)
    with pytest.raises(InputError):
        pipeline.render(SEED, template, ["html", "docx"], tmp_path)
    assert not list(tmp_path.iterdir())


def test_figures_csv_is_rfc_4180_and_holds_what_was_counted() -> None:
    tables = pipeline.read(SEED, STYLE)[0].tables
    assert figures_csv(tables["support"]) == (
        b"year,item,theme,service,count,total\r\n"
        b"2019,HRM advies,HRM,Advies,452,749140.00\r\n"
        b"2019,HRM opleiding,HRM,Opleiding,4150,2305219.00\r\n"
        b"2019,Diversiteit advies,DIVERSITEIT,Advies,13,27409.00\r\n"
        b"2019,Diversiteit opleiding,DIVERSITEIT,Opleiding,164,67457.00\r\n"
    )


def test_figures_csv_reads_back_with_any_name() -> None:
    (table,) = pipeline.read(GOOD["odd-text"], STYLE)[0].tables.values()
    rows = list(csv.DictReader(io.StringIO(figures_csv(table).decode())))
    assert [row["item"] for row in rows] == [name for _, name, _ in table.items()]


def test_what_travels_with_an_answer() -> None:
    _, attachments, _ = pipeline.read(GOOD["unnumbered"], STYLE)
    assert [(a.name, a.relationship) for a in attachments] == [
        ("answer.yaml", "Source"),
        ("bijlage.csv", "Supplement"),
    ]
    own = (GOOD["unnumbered"] / "answer.yaml").read_bytes()
    assert own.startswith(b"#")
    assert attachments[0].content == own.partition(b"\n")[2]


def test_an_annex_that_leads_out_of_the_case_is_refused(tmp_path: Path) -> None:
    for file in GOOD["unnumbered"].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "bijlage.csv").unlink()
    (tmp_path / "bijlage.csv").symlink_to("/etc/passwd")
    with pytest.raises(InputError, match=r"no file bijlage\.csv"):
        pipeline.read(tmp_path, STYLE)


def test_a_case_is_named_by_its_folder_or_by_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pipeline.case_name(SEED) == pipeline.case_name(SEED / "answer.yaml") == SEED.name
    monkeypatch.chdir(SEED)
    assert pipeline.case_name(Path()) == SEED.name


def test_a_folder_without_an_answer_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"answer\.yaml: error: there is no such file"):
        pipeline.read(tmp_path, STYLE)


def test_the_seed_is_whole() -> None:
    """Question and answer of the case hold every word of the original, in its order."""
    original = (ROOT / "tests/data/sv-370-2019-2020.txt").read_text("utf-8")
    question = (SEED / "question.txt").read_text("utf-8").split()
    assert original.split()[: len(question)] == question
    assert original.split()[len(question) :][:2] == ["HILDE", "CREVITS"]


def test_a_draft_may_have_an_answer_that_is_still_to_be_written(
    tmp_path: Path, template: Template
) -> None:
    text = (ROOT / "tests/bad/empty-answer/answer.yaml").read_text("utf-8")
    case = tmp_path / "draft"
    case.mkdir()
    (case / "answer.yaml").write_text(text.replace("status: final", "status: draft"), "utf-8")
    written, problems = pipeline.render(case, template, RENDERERS, tmp_path)
    assert [problem.code for problem in problems] == ["empty-answer"]
    assert len(written) == len(RENDERERS)
    assert "ANTWOORD op vraag" in " ".join(docx_text.words(written[1].read_bytes()).split())


def test_a_copied_case_of_another_question_is_noticed(tmp_path: Path) -> None:
    copied = tmp_path / "2023-2024-claes-12"
    copied.mkdir()
    (copied / "answer.yaml").write_bytes((SEED / "answer.yaml").read_bytes())
    (problem,) = [p for p in pipeline.problems(copied, STYLE) if p.code == "case-name"]
    assert problem.level == "warning"
    assert "this is 2019-2020-crevits-370" in problem.message
    assert "case-name" not in [p.code for p in pipeline.problems(SEED, STYLE)]
    assert "case-name" not in [p.code for p in pipeline.problems(GOOD["example-2b"], STYLE)]


def test_a_sign_that_the_font_lacks_is_shown_in_the_answer_file(
    tmp_path: Path, template: Template
) -> None:
    case = tmp_path / "teken"
    case.mkdir()
    text = (SEED / "answer.yaml").read_text("utf-8").replace("Zo moeten", "Zo\N{RECEIPT} moeten")
    (case / "answer.yaml").write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        pipeline.render(case, template, ["pdf"], tmp_path)
    warning, glyph = caught.value.problems
    assert warning.code == "question-date"
    assert glyph.place is not None
    assert (
        text.splitlines()[(glyph.place.line or 0) - 1][(glyph.place.column or 0) - 1]
        == "\N{RECEIPT}"
    )


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + "/answer.yaml", "a\nb"])
def test_a_name_that_cannot_be_is_a_problem(name: str) -> None:
    assert [p.code for p in pipeline.problems(Path(name), STYLE)] == ["file"]
