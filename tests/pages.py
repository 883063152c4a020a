"""Pages of the manual as plays: what they show is typed and edited, and must come out as they say.

In a page, a block of `console` holds commands, each after `$ `, and what they print; one that is to
fail says so: `console exit 1`. A block of `diff` is what a person edits. A comment

    <!-- Word: FILE -> COPY: OLD => NEW -->

is what somebody changes in Word: a copy of a file with other words in it.
"""

import io
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import docx

from kmo_report.cli import main

_STEP = re.compile(
    r"^```console(?: exit (?P<exit>\d))?\n(?P<console>.*?)^```$"
    r"|^```diff\n(?P<diff>.*?)^```$"
    r"|^<!-- Word: (?P<file>\S+) -> (?P<copy>\S+): (?P<old>.*?) => (?P<new>.*?) -->$",
    re.MULTILINE | re.DOTALL,
)
_DIGEST = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56,120}\b")
_VARIES = re.compile(r"\b[0-9a-f]{8}…")
"""Digests, which are shortened in a page: they tell the libraries of machines apart."""


@dataclass(frozen=True, slots=True)
class Block:
    """Commands of a page, and what they are said to print."""

    start: int
    end: int
    commands: list[str]
    said: str


def played(text: str) -> str:
    """The page as it should be: each command run in the current folder, its output in its place."""
    made, at = "", 0
    for step in _STEP.finditer(text):
        if step["diff"]:
            patched = ["patch", "--strip=0", "--force", "--no-backup-if-mismatch"]
            subprocess.run(patched, input=step["diff"], text=True, check=True, capture_output=True)
        elif step["file"]:
            _edit_in_word(Path(step["file"]), Path(step["copy"]), step["old"], step["new"])
        else:
            wanted = int(step["exit"] or 0)
            start, end = step.span("console")
            out = "".join(
                f"$ {command}\n{_run(command, wanted)}" for command in commands(step["console"])
            )
            same = _VARIES.sub("", out) == _VARIES.sub("", step["console"])
            made += text[at:start] + (step["console"] if same else out)
            at = end
    return made + text[at:]


def commands(console: str) -> Iterator[str]:
    """What is typed in a block."""
    lines = console.splitlines()
    return (line.removeprefix("$ ") for line in lines if line.startswith("$ "))


def all_commands(text: str) -> list[str]:
    """What is typed in a page."""
    blocks = (step["console"] for step in _STEP.finditer(text) if step["console"])
    return [command for block in blocks for command in commands(block)]


def _run(command: str, wanted: int) -> str:
    program, *arguments = shlex.split(command)
    if program == "kmo-report":
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            code = _exit_of(arguments)
        printed = out.getvalue()
    else:
        done = subprocess.run(command, shell=True, text=True, capture_output=True)  # noqa: PLW1510, S602
        code, printed = done.returncode, done.stdout + done.stderr
    assert code == wanted, (command, code, printed)
    lines = _DIGEST.sub(r"\1…", printed).replace(f"{Path.cwd()}{os.sep}", "").splitlines()
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _exit_of(arguments: list[str]) -> int:
    try:
        main(arguments)
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    raise AssertionError("a command always exits")


def _edit_in_word(file: Path, copy: Path, old: str, new: str) -> None:
    """The words stand in one run of one paragraph."""
    document = docx.Document(str(file))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs if old in run.text]
    assert len(runs) == 1, (old, len(runs))
    runs[0].text = runs[0].text.replace(old, new)
    document.save(str(copy))
