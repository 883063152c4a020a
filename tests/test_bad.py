"""Every planted mistake is found, with its place; every rule and every code has one."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kmo_report import model, pipeline
from kmo_report.checks import RULES
from kmo_report.load import _TELL, load_style
from tests.conftest import ROOT, STYLE

BAD = {folder.name: folder for folder in sorted((ROOT / "tests/bad").iterdir())}


def found(case: Path) -> str:
    """All problems of a case, a line each, as the command line prints them."""
    own = case / "style.yaml"
    style = load_style(own.read_bytes(), str(own)).model if own.is_file() else STYLE
    problems = pipeline.problems(case, style, today=date(2026, 1, 1))
    return "".join(f"{problem}\n".replace(f"{case}/", "") for problem in problems)


@pytest.mark.parametrize("case", BAD)
def test_the_problems_are_the_golden_ones(case: str, golden: Callable[[Path, str], None]) -> None:
    golden(BAD[case] / "problems.txt", found(BAD[case]))


def test_a_folder_is_named_after_a_code_that_it_shows() -> None:
    for name, folder in BAD.items():
        codes = re.findall(r"\[([a-z-]+)\]$", found(folder), re.MULTILINE)
        assert any(name == code or name.startswith(f"{code}-") for code in codes) or (
            name == "no-value" and set(codes) == {"empty"}
        ), (name, codes)


def test_every_rule_has_a_folder() -> None:
    assert set(RULES) <= set(BAD)


def test_every_code_of_the_model_has_a_folder() -> None:
    sources = Path(model.__file__).parent.glob("*.py")
    source = "".join(path.read_text("utf-8") for path in sources)
    codes = set(re.findall(r'\binvalid\(\s*"([a-z-]+)"', source))
    assert codes
    assert codes <= set(BAD)


def test_no_sentence_of_the_library_leaks_through() -> None:
    """Its messages start with `Input should` or `Value error`."""
    said = "".join(found(folder) for folder in BAD.values())
    assert len(_TELL) > 10
    assert not re.search(r"Input|Value error|should|type=", said)
