"""`check` and `explain`: for people, for programs, in two languages."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from kmo_report import manual, pipeline, report
from kmo_report.checks import HINTS, RULES
from kmo_report.figures import CODES
from kmo_report.language import LANGUAGES, speak
from kmo_report.load import load_answer
from kmo_report.problems import InputError, Place, Problem
from tests.conftest import GOOD, ROOT, STYLE
from tests.test_cli import kmo

SCHEMA = json.loads((ROOT / "kmo_report/schemas/problems.schema.json").read_text("utf-8"))
BAD = ROOT / "tests/bad"
EIGHT = ROOT / "tests/eight/answer.yaml"


@pytest.fixture
def _english_after() -> Iterator[None]:
    yield
    speak("en")


def test_all_of_answers_is_checked_without_an_argument() -> None:
    done = kmo("check")
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "answers: 2; errors: 0; warnings: 1; hints: 0"
    assert kmo("check", "--strict").returncode == 1


def test_without_answers_the_usage_is_wrong(tmp_path: Path) -> None:
    done = kmo("check", cwd=tmp_path)
    assert done.returncode == 2
    assert "there is no answer in answers/" in done.stderr


def test_an_error_is_exit_1_and_nothing_is_written(tmp_path: Path) -> None:
    done = kmo("check", str(BAD / "gap"), str(BAD / "quotes"), cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1].startswith("answers: 2; errors: ")
    assert list(tmp_path.iterdir()) == []


def test_hints_bar_nothing_and_are_left_to_check(tmp_path: Path) -> None:
    case = str(BAD / "quotes")
    assert kmo("check", case, "--strict").returncode == 0
    done = kmo("render", case, "--format", "html", "--out", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_json_is_as_its_schema_says(language: str) -> None:
    cases = [str(folder) for folder in sorted(BAD.iterdir())]
    done = kmo("--lang", language, "check", *cases, "--format", "json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(found, SCHEMA)
    assert found["summary"]["answers"] == len(cases)
    levels = [problem["level"] for problem in found["problems"]]
    for level in ("error", "warning", "hint"):
        assert found["summary"][f"{level}s"] == levels.count(level) > 0
    assert {problem["code"] for problem in found["problems"]} >= set(RULES) - {"unit"}


def test_github_annotations_escape_what_github_reads() -> None:
    place = Place("a,b:c.yaml", 3, 4)
    line = report.as_github(Problem("todo", "100 %\nklaar", place, "hint"))
    assert line == "::notice file=a%2Cb%3Ac.yaml,line=3,col=4,title=todo::100 %25%0Aklaar"
    done = kmo("check", str(BAD / "todo"), "--format", "github")
    assert done.stdout.startswith("::error file=")
    assert "summary" not in done.stdout


def test_check_loads_no_engine() -> None:
    code = (
        "import sys; from kmo_report.cli import main\n"
        "try: main(['check'])\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m in ('weasyprint', 'docx', 'jinja2')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


# --- two languages -------------------------------------------------------------------------------


@pytest.mark.usefixtures("_english_after")
def test_eight_mistakes_in_one_file_are_eight_problems_in_both_languages() -> None:
    said: dict[str, list[Problem]] = {}
    for language in LANGUAGES:
        speak(language)
        with pytest.raises(InputError) as caught:
            load_answer(EIGHT.read_bytes(), "answer.yaml")
        said[language] = list(caught.value.problems)
    places = [(1, 9), (4, 11), (6, 13), (7, 31), (11, 5), (21, 37), (22, 40), (23, 20)]
    for language, problems in said.items():
        assert [(p.place.line, p.place.column) for p in problems if p.place] == places, language
    assert [p.code for p in said["en"]] == [p.code for p in said["nl"]]
    assert [p.message for p in said["en"]] == [
        "finaal is none of draft, reviewed, final; did you mean final?",
        "number: 0370 is no whole number; did you mean 370?",
        "asked_on: 13/02/2020 is no date; did you mean 2020-02-13?",
        "unknown key portefeuille (known: name, portfolio)",
        "2. is no number of a part; write 1, a or ii, without dot or bracket",
        "total: 749.140 reads as 749,14; did you mean 749140?",
        "50 has no value (a decimal comma? write a point)",
        "per-jaar is none of per-year, per-measure; did you mean per-year?",
    ]
    assert [p.message for p in said["nl"]] == [
        "finaal is geen van draft, reviewed, final; bedoelt u final?",
        "number: 0370 is geen geheel getal; bedoelt u 370?",
        "asked_on: 13/02/2020 is geen datum; bedoelt u 2020-02-13?",
        "onbekende sleutel portefeuille (bekend: name, portfolio)",
        "2. is geen nummer van een deelvraag; schrijf 1, a of ii, zonder punt of haakje",
        "total: 749.140 leest als 749,14; bedoelt u 749140?",
        "50 heeft geen waarde (een decimale komma? schrijf een punt)",
        "per-jaar is geen van per-year, per-measure; bedoelt u per-year?",
    ]


@pytest.mark.usefixtures("_english_after")
@pytest.mark.parametrize("case", sorted(BAD.iterdir()), ids=lambda folder: folder.name)
def test_every_problem_has_its_own_sentence_in_dutch(case: Path) -> None:
    said = []
    for language in LANGUAGES:
        speak(language)
        said.append(pipeline.problems(case, STYLE))
    for english, dutch in zip(*said, strict=True):
        assert (english.code, english.place) == (dutch.code, dutch.place)
        assert english.message != dutch.message


# --- the manual ----------------------------------------------------------------------------------


def codes() -> set[str]:
    """Every code that the program gives to a problem."""
    found = {*RULES}
    for path in (ROOT / "kmo_report").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name):
                first = node.args[0]
                if node.func.id in ("Problem", "invalid", "refuse") and isinstance(
                    first, ast.Constant
                ):
                    found.add(str(first.value))
    return found | set(CODES.values()) | {"missing-key", "unknown-key", "shape", "choice", "value"}


@pytest.mark.usefixtures("_english_after")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_manual_explains_every_code_and_no_other(language: str) -> None:
    speak(language)
    paragraphs = manual.paragraphs()
    assert set(paragraphs) == codes()
    for words in paragraphs.values():
        first, why, example, mend = words.split("\n\n")
        assert first.endswith(".")
        assert why
        assert re.match("Example: |Voorbeeld: ", example)
        assert re.match("Mend it: |Verhelpen: ", mend)


def test_explain_prints_a_paragraph_or_all_first_sentences() -> None:
    done = kmo("explain", "[unanswered]")
    assert done.stdout.startswith("unanswered\n\nA part that asks something has no answer.\n")
    listed = kmo("explain").stdout.splitlines()
    assert len(listed) == len(manual.PAGES) + len(codes())
    assert listed[0] == "archiving        The life of an answer, from draft to archive"
    assert kmo("explain", "archiving").stdout.startswith("# The life of an answer")
    done = kmo("explain", "unanswerd")
    assert done.returncode == 2
    assert "there is no problem called unanswerd; did you mean unanswered?" in done.stderr


def test_only_hints_may_be_silenced() -> None:
    assert {code for code in RULES if RULES[code].level == "hint"} == set(HINTS)
    assert "heading-case" in (GOOD["2019-2020-crevits-370"] / "answer.yaml").read_text("utf-8")
