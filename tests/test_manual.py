"""The pages of the manual are played: every command they show runs, and prints what they say."""

import html
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

import docx
import pytest
import weasyprint

from kmo_report import console, pipeline
from kmo_report.language import speak
from kmo_report.manual import PAGES, page, paragraphs
from kmo_report.template import DEFAULT, find_template, open_template
from tests.conftest import ROOT
from tests.data import register
from tests.pages import all_commands, played

FOLDER = ROOT / "kmo_report/manual"


class Clock(datetime):
    """The story plays in March 2020."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls(2020, 3, 6, 9, 30, tzinfo=UTC).astimezone(tz)


def _archive(folder: Path) -> None:
    """The answer when it was nearly done; the slip in the date of the original is mended."""
    case = folder / "answers/2019-2020-crevits-370"
    shutil.copytree(ROOT / "answers" / case.name, case)
    answer = case / "answer.yaml"
    text = answer.read_text("utf-8").replace("status: final", "status: draft")
    text = re.sub("question_date: .*", "question_date: 2020-02-13", text)
    answer.write_text(text, "utf-8")


def _drafting(folder: Path) -> None:
    """An earlier answer with its figures, a register, and a question as Word file and on paper."""
    shutil.copytree(ROOT / "tests/story", folder, dirs_exist_ok=True)
    register.write(folder / "register.csv", 12_000, belgian=True)
    pipeline.make_figures(folder / "answers/2018-2019-muyters-303", "test")
    asked = (ROOT / "answers/2019-2020-crevits-370/question.txt").read_text("utf-8").split("\n\n")
    word = docx.Document()
    for text in asked:
        word.add_paragraph(text)
    word.save(str(folder / "vraag-370.docx"))
    paragraphs = "".join(f"<p>{html.escape(text)}</p>" for text in asked)
    paper = f"<style>p {{ white-space: pre-line; font: 11pt DejaVu Sans }}</style>{paragraphs}"
    weasyprint.HTML(string=paper).write_pdf(folder / "vraag-370.pdf")


def _kept(folder: Path) -> None:
    """Nothing further is to be seen of it."""


def _says_what_the_real_one_says(folder: Path) -> None:
    """Word for word and cell by cell, but for two slips of the original: in a date and in a capital."""
    template = open_template(find_template(DEFAULT))
    ours, real = (
        " ".join("".join(pipeline.neutral(case, template)[0].root.itertext()).split())
        for case in (
            folder / "answers/2019-2020-crevits-370",
            ROOT / "answers/2019-2020-crevits-370",
        )
    )
    assert ours.casefold() == real.replace("14 februari", "13 februari").casefold()


STAGES = {"archiving": _archive, "drafting": _drafting}
"""What is in the folder before a page begins."""
ENDS = {"archiving": _kept, "drafting": _says_what_the_real_one_says}
"""What must be so when it has ended."""


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_what_happens(
    name: str,
    language: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    golden: Callable[[Path, str], None],
) -> None:
    STAGES[name](tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(console, "datetime", Clock)
    monkeypatch.setenv("KMO_REPORT_LANG", language)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KMO_REPORT_ARCHIVE", raising=False)
    path = FOLDER / f"{name}.{language}.md"
    try:
        golden(path, played(path.read_text("utf-8")))
        ENDS[name](tmp_path)
    finally:
        speak("en")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_the_same_in_both_languages(name: str) -> None:
    texts = [(FOLDER / f"{name}.{language}.md").read_text("utf-8") for language in ("en", "nl")]
    english, dutch = (
        [len(re.findall(rf"^{mark}", t, re.MULTILINE)) for mark in ("#", "```", "<!--")]
        for t in texts
    )
    assert english == dutch
    assert all_commands(texts[0]) == all_commands(texts[1])


def test_a_page_is_printed_without_its_stage_directions() -> None:
    for name in PAGES:
        assert name not in paragraphs()
        assert page(name).startswith("# ")
        assert "<!--" not in page(name)
