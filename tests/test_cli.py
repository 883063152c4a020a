"""The command line, as a user meets it: whole processes."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import GOOD, ROOT

SEED = str(GOOD["2019-2020-crevits-370"])


def kmo(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    command = [sys.executable, "-m", "kmo_report", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_render_prints_each_file_and_writes_it(tmp_path: Path) -> None:
    done = kmo("render", SEED, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    name = tmp_path / "2019-2020-crevits-370"
    assert done.stdout.splitlines() == [f"{name}.pdf", f"{name}.docx"]
    assert Path(f"{name}.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert Path(f"{name}.docx").read_bytes().startswith(b"PK")
    assert done.stderr.count("\n") == 1
    assert "warning: the question is of 2020-02-13" in done.stderr


def test_formats_are_those_that_are_asked_for(tmp_path: Path) -> None:
    done = kmo("render", SEED, "--format", "html", "--format", "html", "--out", str(tmp_path))
    assert done.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["2019-2020-crevits-370.html"]


def test_one_bad_answer_does_not_keep_the_others(tmp_path: Path) -> None:
    bad = ROOT / "tests/bad/number"
    done = kmo("render", str(bad), SEED, "--format", "html", "--out", str(tmp_path))
    assert done.returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["2019-2020-crevits-370.html"]
    assert f"{bad}/answer.yaml:23:41: error: total: 749.140 reads as 749,14" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["render"],
        ["rendr", SEED],
        ["render", SEED, "--format", "odt"],
        ["render", SEED, "--nothing"],
        ["render", SEED, str(ROOT / "tests/good/2019-2020-crevits-370/answer.yaml")],
        [],
    ],
)
def test_wrong_usage_is_exit_2(wrong: list[str]) -> None:
    assert kmo(*wrong).returncode == 2


def test_a_template_that_is_not_there_is_exit_1() -> None:
    done = kmo("render", SEED, "--template", "vlaams-parlemnt")
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean vlaams-parlement?" in done.stderr


def test_a_terminal_shows_the_line_with_a_caret(tmp_path: Path) -> None:
    """Only a terminal: a pipe gets one line a problem."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kmo_report", "render", str(ROOT / "tests/bad/choice")]
    subprocess.run([*command, "--out", str(tmp_path)], stderr=theirs, check=False)
    os.close(theirs)
    shown = os.read(ours, 10_000).decode().replace("\r\n", "\n")
    os.close(ours)
    assert shown.splitlines()[1:] == ["    1 | status: finaal", "      |         ^"]


def test_version_and_help() -> None:
    assert kmo("--version").stdout.startswith("kmo-report 0.")
    assert "render" in kmo("--help").stdout
    assert "OUT/<case>.<format>" in kmo("render", "--help").stdout


def test_the_start_imports_nothing_heavy() -> None:
    """`--help` must come at once; each of these would more than double its time."""
    code = "import sys, kmo_report.cli; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"weasyprint", "docx", "lxml", "pydantic", "jinja2", "yaml", "markdown_it", "rich"}
    assert not heavy & set(done.stdout.split())
