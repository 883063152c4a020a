"""What this machine lacks is said, with the command that mends it: with libraries really hidden."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import validate

from kmo_report import doctor, system
from kmo_report.language import LANGUAGES
from tests.conftest import GOOD, ROOT

SEED = str(GOOD["2019-2020-crevits-370"])
ROOT_USER = os.geteuid() == 0


def kmo(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the program in an environment of its own."""
    command = [sys.executable, "-m", "kmo_report", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


@pytest.fixture
def no_pango(tmp_path: Path) -> str:
    """LD_LIBRARY_PATH under which the loader finds an empty file in place of Pango."""
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "libpango-1.0.so.0").touch()
    return str(folder)


@pytest.fixture
def no_subset(tmp_path: Path) -> str:
    """The same for HarfBuzz-Subset."""
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "libharfbuzz-subset.so.0").touch()
    return str(folder)


def lines(output: str) -> dict[str, str]:
    """Name -> the line that says it."""
    return {line[10:].split(":")[0].strip(): line for line in output.splitlines()}


def test_all_that_is_needed_is_here() -> None:
    done = kmo("doctor")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "All that is needed is there."
    for name in ("Python", "weasyprint", "Pango", "HarfBuzz-Subset", "font DejaVu Sans",
                 "write access to out", "free disk"):  # fmt: skip
        assert f"present   {name}" in done.stdout


def test_without_pango_the_docx_is_made_and_the_pdf_is_one_clear_line(
    no_pango: str, tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    done = kmo("render", SEED, "--format", "docx", "--out", out, LD_LIBRARY_PATH=no_pango)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/2019-2020-crevits-370.docx").is_file()
    case = str(GOOD["example-2b"])  # of which there is nothing else to say
    done = kmo("render", case, "--format", "pdf", "--out", out, LD_LIBRARY_PATH=no_pango)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: the PDF wants Pango")
    assert "(--format docx works without); on Debian or Ubuntu: " in line
    assert "apt-get install libpango-1.0-0 " in line
    assert line.endswith("[engine]")


def test_without_pango_the_doctor_says_so(no_pango: str) -> None:
    done = kmo("doctor", LD_LIBRARY_PATH=no_pango)
    assert done.returncode == 1
    line = lines(done.stdout)["Pango"]
    assert line.startswith("missing   Pango: no PDF; DOCX and HTML can be made. Run: ")
    assert line.endswith("apt-get install libpango-1.0-0")
    assert "Needed, and not as it should be: Pango" in done.stdout.splitlines()[-1]
    assert lines(done.stdout)["Fontconfig"].startswith("present")


def test_without_pango_a_house_style_is_checked_as_far_as_it_can_be(no_pango: str) -> None:
    done = kmo("template", "check", "vlaams-parlement", LD_LIBRARY_PATH=no_pango)
    assert done.returncode == 0
    assert "warning: the PDF wants Pango" in done.stdout


def test_without_the_library_for_subsets_there_is_no_pdf(no_subset: str, tmp_path: Path) -> None:
    done = kmo("render", SEED, "--format", "pdf", "--out", str(tmp_path),
               LD_LIBRARY_PATH=no_subset)  # fmt: skip
    assert done.returncode == 1
    assert "error: the PDF wants HarfBuzz-Subset (--format docx works without)" in done.stderr
    assert "missing   HarfBuzz-Subset: " in kmo("doctor", LD_LIBRARY_PATH=no_subset).stdout


def test_a_font_that_is_not_there_is_named_with_its_package(tmp_path: Path) -> None:
    fonts = tmp_path / "fonts.conf"
    fonts.write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>", "utf-8")
    done = kmo("doctor", FONTCONFIG_FILE=str(fonts))
    assert done.returncode == 1
    line = lines(done.stdout)["font DejaVu Sans"]
    assert line.startswith("missing   font DejaVu Sans: no PDF in this house style; DOCX and HTML")
    assert line.endswith("apt-get install fonts-dejavu-core fonts-dejavu-extra")


def test_a_font_that_lacks_a_face_says_which(tmp_path: Path) -> None:
    fonts = tmp_path / "fonts.conf"
    regular = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
    (tmp_path / "DejaVuSans.ttf").symlink_to(regular)
    fonts.write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>", "utf-8")
    done = kmo("doctor", FONTCONFIG_FILE=str(fonts))
    assert done.returncode == 1
    assert ": bold, bold italic, italic is missing: no PDF" in done.stdout


def test_what_is_only_for_checks_of_the_program_does_not_fail(tmp_path: Path) -> None:
    done = kmo("doctor", PATH=str(tmp_path))
    assert done.returncode == 0
    for name in ("Java", "LibreOffice", "Node"):
        line = lines(done.stdout)[name]
        assert line.startswith(f"missing   {name}: every document can be made; ")


def test_a_program_that_is_too_old_is_told(tmp_path: Path) -> None:
    java, node = tmp_path / "java", tmp_path / "node"
    java.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n", "utf-8")
    node.write_text("#!/bin/sh\nexit 3\n", "utf-8")
    for program in (java, node):
        program.chmod(0o755)
    done = kmo("doctor", PATH=f"{tmp_path}:/bin")
    assert lines(done.stdout)["Java 1.8.0"].startswith("too old   Java 1.8.0: ")
    assert lines(done.stdout)["Node"].startswith("missing")


def test_a_folder_that_takes_no_files_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = kmo("doctor", "--out", str(tmp_path / "file"))
    assert done.returncode == 1
    assert f"missing   write access to {tmp_path}/file: check works; " in done.stdout
    done = kmo("doctor", "--out", "/proc/out")
    assert done.returncode == 1
    assert "missing   write access to /proc/out: " in done.stdout
    assert kmo("doctor", "--out", str(tmp_path / "a/b")).returncode == 0
    assert not (tmp_path / "a").exists()


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "_ROOM", 10**18)  # more than any disk has
    findings = [*doctor.examine([], tmp_path)]
    (disk,) = (finding for finding in findings if finding.name == "free disk")
    assert disk.state == "missing"
    assert not doctor.is_well(findings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_json_is_as_the_schema_says(language: str, no_pango: str) -> None:
    done = kmo("--lang", language, "doctor", "--format", "json", LD_LIBRARY_PATH=no_pango)
    printed = json.loads(done.stdout)
    schema = json.loads((ROOT / "kmo_report/schemas/doctor.schema.json").read_text("utf-8"))
    validate(printed, schema)
    assert printed["well"] is False
    states = {finding["name"]: finding["state"] for finding in printed["findings"]}
    assert (states["Pango"], states["HarfBuzz"]) == ("missing", "present")


def test_packages_are_compared_as_the_program_asks_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the metadata of a program that asks for more than is here."""
    wanted = [
        "jinja2>=99",
        "pydyf==0.0.1",
        "nothing-of-that-name>=1",
        "typer>=0.1",
        "x; python_version<'3'",
    ]
    monkeypatch.setattr("importlib.metadata.requires", lambda _: wanted)
    states = {f.name: f.state for f in doctor.examine([], Path()) if f.name in " ".join(wanted)}
    assert states["jinja2"] == states["pydyf"] == "too old"
    assert states["nothing-of-that-name"] == "missing"
    assert states["typer"] == "present"


def test_the_doctor_needs_no_engine() -> None:
    code = (
        "import sys; from pathlib import Path; from kmo_report import doctor; "
        "list(doctor.examine(['DejaVu Sans'], Path('out'))); print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"weasyprint", "docx", "lxml"} & set(done.stdout.split())


def test_the_fonts_are_those_of_fontconfig() -> None:
    """Compared with its own program, where that is."""
    fonts = system.fonts()
    assert fonts is not None
    assert fonts["DejaVu Sans"] >= system.FACES
    listed = subprocess.run(
        ["fc-list", ":", "family"], capture_output=True, text=True, check=True
    ).stdout
    assert set(fonts) == {line.split(",")[0] for line in listed.splitlines()}
