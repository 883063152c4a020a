"""Is all there that this program needs? What is not, what works without it, what mends it."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from kmo_report import system
from kmo_report.language import mark, say

State = Literal["present", "missing", "too old"]
_STATES = {"present": mark("present"), "missing": mark("missing"), "too old": mark("too old")}

_PYTHON = (3, 11)
_IN_CHECKOUT = (Path(__file__).parent.parent / "Makefile").is_file()
_SETUP = "make setup" if _IN_CHECKOUT else "pip install --upgrade kmo-report"
_ROOM = 100_000_000
"""Bytes; some hundreds of documents."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked for."""

    name: str
    state: State
    version: str = ""
    needed: bool = True
    """Whether documents cannot be made without it; else it is for checks of the program itself."""
    without: str = ""
    """What still works as things are."""
    mend: str = ""
    """The command that mends it."""

    def __str__(self) -> str:
        """`missing   Pango: no PDF; DOCX and HTML can be made. Run: apt-get install ...`"""
        text = f"{say(_STATES[self.state]):10}{self.name} {self.version}".rstrip()
        if self.state == "present":
            return text
        run = say("Run: {command}", command=self.mend) if self.mend else ""
        return f"{text}: {self.without}. {run}".rstrip()


def examine(fonts: Sequence[str], out: Path) -> Iterator[Finding]:
    """All that is looked for; `fonts` are those of the house style, `out` is where files go."""
    yield _python()
    yield from _packages()
    yield from _libraries()
    yield from _fonts(fonts)
    yield from _folder(out)
    yield from _referees()


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether all that is needed is there."""
    return all(finding.state == "present" or not finding.needed for finding in findings)


def summary(findings: Sequence[Finding]) -> str:
    """A closing line."""
    if is_well(findings):
        return say("All that is needed is there.")
    wrong = [f.name for f in findings if f.needed and f.state != "present"]
    return say("Needed, and not as it should be: {names}", names=", ".join(wrong))


def as_json(findings: Sequence[Finding]) -> str:
    """A JSON text, as schemas/doctor.schema.json describes it."""
    entries = [asdict(finding) for finding in findings]
    return json.dumps(
        {"well": is_well(findings), "findings": entries}, ensure_ascii=False, indent=2
    )


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    state: State = "present" if sys.version_info >= _PYTHON else "too old"
    without = say("wants {version} or later", version=".".join(map(str, _PYTHON)))
    return Finding("Python", state, version, without=without, mend="make PYTHON=python3.12")


def _packages() -> Iterator[Finding]:
    """The Python packages that the program asks for, by what is installed of them."""
    try:
        requirements = metadata.requires("kmo-report") or []
    except metadata.PackageNotFoundError:  # started from its folder
        yield _package("kmo-report", "missing", "")
        return
    for requirement in requirements:
        match = re.fullmatch(r"([\w.-]+)\s*(==|>=)\s*([\w.]+)", requirement)
        if not match:  # a requirement with a marker is for another machine
            continue
        name, sign, wanted = match.groups()
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield _package(name, "missing", "")
            continue
        enough = (
            version == wanted
            if sign == "=="
            else system.as_version(version) >= system.as_version(wanted)
        )
        yield _package(name, "present" if enough else "too old", version)


def _package(name: str, state: State, version: str) -> Finding:
    pdf_only = name in ("weasyprint", "pydyf")
    without = say("no PDF; DOCX and HTML can be made") if pdf_only else say("nothing can be made")
    return Finding(name, state, version, without=without, mend=_SETUP)


def _libraries() -> Iterator[Finding]:
    without = say("no PDF; DOCX and HTML can be made")
    for library in system.LIBRARIES:
        loaded = library.loaded()
        version = library.found_version(loaded) if loaded else ""
        state: State = "missing" if loaded is None else "present"
        if version and system.as_version(version) < library.least:
            state = "too old"
        mend = system.install([library.package])
        yield Finding(library.name, state, version, without=without, mend=mend)


def _fonts(families: Sequence[str]) -> Iterator[Finding]:
    installed = system.fonts()
    for family in families:
        package = system.FONT_PACKAGES.get(family)
        lacking = system.FACES - (installed or {}).get(family, set())
        without = say("no PDF in this house style; DOCX and HTML can be made")
        if lacking < system.FACES:
            faces = ", ".join(sorted(lacking))
            without = say("{faces} is missing: {without}", faces=faces, without=without)
        yield Finding(
            say("font {name}", name=family),
            "missing" if lacking else "present",
            without=without,
            mend=system.install([package]) if package else "",
        )


def _folder(out: Path) -> Iterator[Finding]:
    there = next(path for path in (out, *out.resolve().parents) if path.is_dir())
    state: State = "missing"
    if not out.exists() or out.is_dir():
        with suppress(OSError), tempfile.TemporaryFile(dir=there):
            state = "present"
    yield Finding(
        say("write access to {folder}", folder=out),
        state,
        without=say("check works; for render, name another folder with --out"),
        mend=f"chmod u+w {there}",
    )
    free = shutil.disk_usage(there).free
    yield Finding(
        say("free disk"),
        "present" if free >= _ROOM else "missing",
        f"{free / 1e9:.1f} GB",
        without=say("check works; for render, make room or name another folder with --out"),
    )


_REFEREES = (
    ("Java", "java", "-version", (11,), "default-jdk-headless"),
    ("LibreOffice", "soffice", "--version", (7,), "libreoffice-writer-nogui"),
    ("Node", "node", "--version", (18,), "nodejs npm"),
)


def _referees() -> Iterator[Finding]:
    """What `make conformance` uses."""
    for name, command, option, least, package in _REFEREES:
        version, state = _version(command, option), "missing"
        if version is not None:
            state = "present" if system.as_version(version) >= least else "too old"
        yield Finding(
            name,
            state,  # type: ignore[arg-type]
            version or "",
            needed=False,
            without=say("every document can be made; only make conformance wants it"),
            mend=system.install([package]),
        )


def _version(command: str, option: str) -> str | None:
    """What a program says of its version; None where it is not, or does not start."""
    path = shutil.which(command)
    if not path:
        return None
    try:
        done = subprocess.run(  # noqa: S603 -- one of three commands of ours
            [path, option], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found[0] if found else ""
