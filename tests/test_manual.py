"""The pages of the manual are played: every command they show runs, and prints what they say."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest

from kmo_report import console
from kmo_report.language import speak
from kmo_report.manual import PAGES, page, paragraphs
from tests.conftest import ROOT
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


STAGES = {"archiving": _archive}
"""What is in the folder before a page begins."""


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
    path = FOLDER / f"{name}.{language}.md"
    try:
        golden(path, played(path.read_text("utf-8")))
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
