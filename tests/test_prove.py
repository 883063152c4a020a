"""What holds of a PDF, what does not, and what could not be shown: every change is named."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pikepdf
import pytest
from jsonschema import Draft202012Validator

from kmo_report import keep as keeping
from kmo_report.archive.description import Description
from kmo_report.archive.store import Archive
from kmo_report.keep import add, keep
from kmo_report.paper import read_paper
from kmo_report.problems import InputError, Problem
from kmo_report.prove import again as rendering
from kmo_report.prove import prove
from kmo_report.prove.proof import Proof
from kmo_report.prove.shown import files_of, shown
from kmo_report.prove.told import as_json, as_text, verdict
from kmo_report.render import RENDERERS
from kmo_report.schemas import published
from kmo_report.template import Template
from tests.conftest import GOOD
from tests.tampering import (
    appended,
    attached,
    cell,
    replaced,
    resaved,
    signed,
    with_cell_behind,
)
from tests.test_cli import kmo
from tests.test_same_content import bare, rendered

SEED = GOOD["2019-2020-crevits-370"]
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
DAY = date(2026, 11, 25)
KEPT = Path(__file__).parent / "archive/kept/1"
PDF = rendered(SEED.name, "pdf")

Change = Callable[[pikepdf.Pdf], object]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Archive:
    """With the real answer, in one version."""
    found = Archive(tmp_path_factory.mktemp("prove") / "archive")
    keep(SEED, template, found, NOW)
    return found


@pytest.fixture
def proved(tmp_path: Path, template: Template) -> Callable[..., Proof]:
    def run(pdf: bytes, archive: Archive | None = None) -> Proof:
        file = tmp_path / "antwoord.pdf"
        file.write_bytes(pdf)
        proof = prove(file, archive, template, DAY)
        schema = json.loads(published("proof"))
        Draft202012Validator(schema).validate(json.loads(as_json(proof)))
        assert as_text(proof)
        return proof

    return run


def outcomes(proof: Proof) -> dict[str, str]:
    return {finding.code: finding.outcome for finding in proof.findings}


def details(proof: Proof, code: str) -> tuple[str, ...]:
    (found,) = (finding for finding in proof.findings if finding.code == code)
    return found.details


# --- what holds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", GOOD)
def test_every_answer_agrees_with_itself(case: str, proved: Callable[..., Proof]) -> None:
    proof = proved(rendered(case, "pdf"))
    found = outcomes(proof)
    assert proof.outcome == "holds", proof.findings
    assert (found["again"], found["published"]) == ("holds", "unknown")
    (again,) = (finding for finding in proof.findings if finding.code == "again")
    assert "every byte is the same" in again.message
    assert verdict(proof).startswith("The file agrees with itself.")


@pytest.mark.parametrize("case", GOOD)
def test_all_that_can_be_reckoned_is_what_is_printed(case: str, template: Template) -> None:
    """In this process, without the bounds of a hostile file."""
    here = shown(rendered(case, "pdf"), case)
    made = rendering.made(files_of(here), template, DAY)
    assert made.pdf == rendered(case, "pdf")
    for found in made.cells:
        printed = here.tables[found.table].rows[found.row][found.column].text
        assert found.text is None or bare(found.text) == bare(printed)
    assert rendering.identifier_of(files_of(here)["answer.yaml"]) == made.identifier


def test_what_was_published_is_told_so(proved: Callable[..., Proof], archive: Archive) -> None:
    proof = proved(PDF, archive)
    assert outcomes(proof) == {"published": "holds", "again": "holds", "figures": "holds"}
    assert (proof.outcome, proof.version, proof.reckoned, proof.derived) == ("holds", 1, 18, 10)
    assert proof.head == archive.head()
    assert verdict(proof) == "This is what was published."


def test_an_archive_of_an_earlier_program_is_looked_in(
    proved: Callable[..., Proof], tmp_path: Path
) -> None:
    """Whatever made it then: the file is known, and of its data what can be shown is."""
    archive = Archive(Path(shutil.copytree(KEPT, tmp_path / "archive")))
    first, second = sorted(KEPT.rglob("2019-2020-crevits-370.pdf"))
    proof = proved(first.read_bytes(), archive)
    found = outcomes(proof)
    assert (found["published"], found["later"], proof.outcome) == ("holds", "note", "holds")
    assert found["figures"] == "holds"
    proof = proved(second.read_bytes(), archive)
    assert (proof.version, "later" in outcomes(proof)) == (2, False)
    # What the one shows is not what the other does.
    other = resaved(first.read_bytes(), cell("452", "453"))
    assert "shown" in outcomes(proved(other, archive))


def test_the_question_of_a_table_that_goes_on_is_put_together(
    proved: Callable[..., Proof],
) -> None:
    proof = proved(rendered("long-table", "pdf"))
    assert (proof.reckoned, proof.derived) == (453, 153)


def test_withheld_figures_are_said_not_to_be_reckoned(proved: Callable[..., Proof]) -> None:
    proof = proved(rendered("small-counts", "pdf"))
    assert proof.outcome == "holds"
    assert outcomes(proof)["not-reckoned"] == "unknown"


# --- one character -------------------------------------------------------------------------------


def test_one_glyph_of_one_cell_is_named(proved: Callable[..., Proof], archive: Archive) -> None:
    forged = resaved(PDF, cell("452", "453"))
    proof = proved(forged, archive)
    where = "table 2 (Goedgekeurde projecten 2019), row HRM, column advies: "
    assert details(proof, "shown") == (
        f"{where}“453” is printed here, “452” in what was published",
    )
    assert details(proof, "again") == (
        f"{where}“453” is printed here, “452” follows from the data in it",
    )
    assert details(proof, "figures") == (
        f"{where}453 is printed here, 452 follows from the figures in it",
    )
    assert outcomes(proof)["published"] == "fails"
    assert (proof.outcome, proof.version) == ("fails", None)
    assert verdict(proof) == "This is not what was published."
    without = proved(forged)
    assert (without.outcome, outcomes(without)["figures"]) == ("fails", "fails")


def test_a_total_that_does_not_add_up_is_named(proved: Callable[..., Proof]) -> None:
    proof = proved(resaved(PDF, cell("4602", "4620")))
    assert "row HRM, column Eindtotaal: 4620 is printed here, 4602" in details(proof, "figures")[0]


def test_a_word_and_a_running_line_are_named(
    proved: Callable[..., Proof], archive: Archive
) -> None:
    proof = proved(resaved(PDF, cell("van CAROLINE GENNEZ", "van CAROLINE GENNER")), archive)
    assert "van CAROLINE GENNER datum" in details(proof, "shown")[0]
    assert "page 1: “nr. 370 van" in details(proof, "shown")[0]
    line = "Schriftelijke vraag nr. 370 (2019-2020) 1/3"
    proof = proved(resaved(PDF, cell(line, line.replace("370", "307"))), archive)
    assert "page 1, above, below or beside the text" in details(proof, "shown")[0]


def test_data_that_were_changed_alone_are_named(
    proved: Callable[..., Proof], archive: Archive
) -> None:
    forged = resaved(PDF, attached("answer.yaml", replaced("count: 452", "count: 453")))
    proof = proved(forged, archive)
    (line,) = details(proof, "data")
    assert line.startswith("answer.yaml > tables > ")
    assert line.endswith("“453” in the data here, “452” in those that were published")
    assert outcomes(proof)["shown"] == "holds"
    assert any("“452” is printed here, “453” follows" in d for d in details(proof, "again"))
    assert any(d.startswith("figures.csv, line 2") for d in details(proof, "inside"))
    assert proof.outcome == "fails"


def test_figures_that_were_changed_alone_are_named(proved: Callable[..., Proof]) -> None:
    proof = proved(resaved(PDF, attached("figures.csv", replaced(",452,", ",453,"))))
    assert outcomes(proof)["again"] == "holds"
    assert "452 is printed here, 453 follows from the figures" in details(proof, "figures")[0]
    assert any("figures.csv" in line for line in details(proof, "inside"))


def title(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "Iets anders"


def packet(pdf: pikepdf.Pdf) -> None:
    stream = pdf.Root.Metadata
    stream.write(stream.read_bytes().replace(b"HILDE", b"HULDE"))


@pytest.mark.parametrize("change", [title, packet])
def test_metadata_that_were_changed_alone_are_named(
    proved: Callable[..., Proof], archive: Archive, change: Change
) -> None:
    for looked_in in (archive, None):
        proof = proved(resaved(PDF, change), looked_in)
        assert ("Iets anders" if change is title else "HULDE") in details(proof, "metadata")[0]
        assert proof.outcome == "fails"


def test_what_only_a_screen_reader_says_is_named(
    proved: Callable[..., Proof], archive: Archive
) -> None:
    def rename(pdf: pikepdf.Pdf) -> None:
        tables = (o for o in pdf.objects if isinstance(o, pikepdf.Dictionary))
        table = next(o for o in tables if o.get("/S") == "/Table" and "2019" in str(o.get("/T")))
        table.T = pikepdf.String("Afgekeurde projecten 2019")

    proof = proved(resaved(PDF, rename), archive)
    assert "Afgekeurde" in details(proof, "structure")[0]


def test_what_only_looks_otherwise_is_named(proved: Callable[..., Proof], archive: Archive) -> None:
    def hide(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[2]
        paint = pdf.make_stream(b"q 1 1 1 rg 0 0 595 842 re f Q")
        page.Contents = pikepdf.Array([page.Contents, paint])

    proof = proved(resaved(PDF, hide), archive)
    assert outcomes(proof)["shown"] == "holds"
    assert details(proof, "looks") == ("page 3 looks otherwise",)
    assert proof.outcome == "fails"


def test_a_file_that_another_program_saved_shows_the_same(
    proved: Callable[..., Proof], archive: Archive
) -> None:
    saved = resaved(PDF)
    proof = proved(saved, archive)
    found = outcomes(proof)
    assert (found["published"], found["shown"], found["bytes"]) == ("fails", "holds", "fails")
    assert (found["again"], found["figures"]) == ("holds", "holds")
    assert {"looks", "metadata", "structure", "data"}.isdisjoint(found)
    alone = proved(saved)
    assert (alone.outcome, outcomes(alone)["bytes"]) == ("holds", "unknown")


# --- what was added after ------------------------------------------------------------------------


def test_a_signature_is_told_and_not_judged(proved: Callable[..., Proof], archive: Archive) -> None:
    for looked_in in (archive, None):
        proof = proved(signed(PDF), looked_in)
        found = outcomes(proof)
        assert (found["revision"], found["signature"]) == ("holds", "note"), proof.findings
        assert found["again"] == "holds"
        assert proof.outcome == "holds"
        (told,) = (f.message for f in proof.findings if f.code == "revision")
        assert f"{len(PDF)} bytes" in told
    proof = proved(signed(PDF), archive)
    assert verdict(proof) == "What was published is in it, and all that could be shown holds."


def test_a_signed_file_that_is_kept_beside_the_answer_is_what_was_published(
    proved: Callable[..., Proof], archive: Archive, tmp_path: Path
) -> None:
    own = Archive(Path(shutil.copytree(archive.root, tmp_path / "archive")))
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed(PDF))
    identifier = "urn:kmo-report:sv:2019-2020:crevits:370"
    add(read_paper(file), own, NOW, Description(identifier, "answer", "x"), kind="corrected")
    proof = proved(signed(PDF), own)
    assert outcomes(proof) == {"published": "holds", "again": "holds", "figures": "holds"}
    assert (proof.version, verdict(proof)) == (2, "This is what was published.")


def test_a_change_that_is_added_is_named(proved: Callable[..., Proof], archive: Archive) -> None:
    proof = proved(with_cell_behind(PDF, 2, "452", "453"), archive)
    assert "453” is printed here, “452” in what was published" in details(proof, "added")[0]
    assert (outcomes(proof)["revision"], proof.outcome) == ("holds", "fails")
    assert verdict(proof) == "This is not what was published."


def test_a_signature_does_not_cover_a_change(
    proved: Callable[..., Proof], archive: Archive
) -> None:
    proof = proved(signed(with_cell_behind(PDF, 2, "452", "453")), archive)
    (added,) = (f for f in proof.findings if f.code == "added")
    assert added.outcome == "fails"
    assert "and not only signs it" in added.message


def test_what_is_added_and_shows_nothing_is_told(
    proved: Callable[..., Proof], archive: Archive
) -> None:
    proof = proved(appended(PDF, {9999: b"(hello)"}), archive)
    assert (outcomes(proof)["added"], proof.outcome) == ("fails", "fails")


def test_a_program_and_a_lock_are_told(
    proved: Callable[..., Proof], archive: Archive, tmp_path: Path
) -> None:
    def run(pdf: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        names = pikepdf.Array([pikepdf.String("x"), script])
        pdf.Root.Names.JavaScript = pikepdf.Dictionary(Names=names)

    assert outcomes(proved(resaved(PDF, run), archive))["program"] == "fails"
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(KEPT.rglob("*.pdf").__next__()) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="x", user=""))
    assert outcomes(proved(locked.read_bytes(), archive))["locked"] == "fails"


# --- other files ---------------------------------------------------------------------------------


def without_data(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AF
    del pdf.Root.Names


def test_a_file_of_another_program_has_no_figures_to_reckon(
    proved: Callable[..., Proof], archive: Archive, tmp_path: Path
) -> None:
    stranger = resaved(PDF, without_data)
    proof = proved(stranger)
    assert (proof.outcome, outcomes(proof)["foreign"]) == ("nothing", "unknown")
    proof = proved(stranger, archive)
    assert (proof.outcome, verdict(proof)) == ("fails", "The archive does not know it.")
    file = tmp_path / "older.pdf"
    file.write_bytes(stranger)
    own = Archive(tmp_path / "own")
    identifier = "urn:kmo-report:sv:2011-2012:muyters:7"
    add(read_paper(file), own, NOW, Description(identifier, "answer", "Ouder"))
    proof = proved(stranger, own)
    assert outcomes(proof) == {"published": "holds", "foreign": "unknown"}
    assert (proof.outcome, proof.identifier) == ("holds", identifier)


def damaged(_: Path) -> bytes:
    return PDF[: len(PDF) // 3]


def no_pdf(_: Path) -> bytes:
    return b"<html>hello"


def empty(_: Path) -> bytes:
    return b""


def protected(folder: Path) -> bytes:
    path = folder / "protected.pdf"
    with pikepdf.open(next(KEPT.rglob("*.pdf"))) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="x", user="y"))
    return path.read_bytes()


def bomb(_: Path) -> bytes:
    """An attachment that holds far more than it seems to."""
    import zlib

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 24)) for _ in range(80)) + packer.flush()

    def put(pdf: pikepdf.Pdf) -> None:
        file = next(f for f in pdf.Root.AF if str(f.UF) == "answer.yaml").EF.F
        file.write(packed, filter=pikepdf.Name.FlateDecode)

    return resaved(PDF, put)


@pytest.mark.parametrize("make", [damaged, no_pdf, empty, protected, bomb])
def test_what_cannot_be_read_is_told(
    proved: Callable[..., Proof], archive: Archive, tmp_path: Path, make: Callable[[Path], bytes]
) -> None:
    content = make(tmp_path)
    assert proved(content).outcome == "nothing"
    proof = proved(content, archive)
    assert (outcomes(proof)["unread"], outcomes(proof)["published"]) == ("unknown", "fails")
    assert details(proof, "unread")


def named(*names: str) -> Change:
    """Attachments of these names, besides those that are there."""

    def change(pdf: pikepdf.Pdf) -> None:
        for number, name in enumerate(names):
            spec = pikepdf.AttachedFileSpec(pdf, b"x", filename=name)
            pdf.attachments[f"{number}"] = spec

    return change


def test_names_in_a_file_lead_nowhere(
    proved: Callable[..., Proof], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    monkeypatch.setenv("TMPDIR", str(away))
    names = ("../out.txt", "/etc/x", "a/b", "..", ".hidden", "", "x" * 400, "back\\slash", "\n")
    proof = proved(resaved(PDF, named(*names)))
    assert outcomes(proof)["inside"] == "fails"
    assert "“../out.txt” is in it and does not belong there" in details(proof, "inside")
    assert not [*away.iterdir()]
    assert not any(rendering.is_file(name) for name in names)


def test_an_attachment_that_is_there_twice_is_told(proved: Callable[..., Proof]) -> None:
    proof = proved(resaved(PDF, named("answer.yaml")))
    assert details(proof, "twice") == ("“answer.yaml”",)
    assert proof.outcome == "fails"


@pytest.mark.parametrize("text", ["a: [", "x" * 100, "- " * 5000, "&a [*a]", "\x00", "a: 1"])
def test_data_that_make_no_sense_are_told(proved: Callable[..., Proof], text: str) -> None:
    proof = proved(resaved(PDF, attached("answer.yaml", lambda _: text.encode())))
    assert (outcomes(proof)["again"], proof.outcome) == ("unknown", "nothing")
    assert details(proof, "again")


# --- another time --------------------------------------------------------------------------------


def test_an_answer_file_of_another_version_is_told_and_still_compared(
    proved: Callable[..., Proof], archive: Archive
) -> None:
    """As a later version, or an earlier one, would find it."""
    later = resaved(PDF, attached("answer.yaml", lambda old: old + b"\nfuture: x\n"))
    proof = proved(later, archive)
    found = outcomes(proof)
    assert (found["again"], found["shown"], found["data"]) == ("unknown", "holds", "fails")
    assert any("future" in line for line in details(proof, "again"))
    assert proof.identifier == "urn:kmo-report:sv:2019-2020:crevits:370"


def test_other_versions_are_named_and_words_and_cells_compared(
    proved: Callable[..., Proof],
    template: Template,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive = Archive(tmp_path / "archive")
    with monkeypatch.context() as then:
        packages = [("kmo-report", "0.0.9"), ("weasyprint", "69.0")]
        then.setattr(keeping, "_packages", lambda: iter(packages))
        then.setattr(keeping, "_proofread", lambda *_: None)
        pdf = RENDERERS["pdf"]
        both = {**RENDERERS, "pdf": lambda *of: resaved(pdf(*of))}
        then.setattr(keeping, "RENDERERS", both)
        keep(SEED, template, archive, NOW)
    (kept,) = archive.root.rglob("2019-2020-crevits-370.pdf")
    proof = proved(kept.read_bytes(), archive)
    found = outcomes(proof)
    assert (found["published"], found["again"], found["bytes"]) == ("holds", "holds", "unknown")
    assert "packages weasyprint: 69.0 → 70.0" in details(proof, "bytes")
    assert proof.outcome == "holds"


def test_a_house_style_that_cannot_be_used_any_more_is_told(
    proved: Callable[..., Proof], archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unusable(*_: object) -> Template:
        raise InputError([Problem("template", "style.yaml: x is not known")])

    monkeypatch.setattr(rendering, "kept_template", unusable)
    proof = proved(PDF, archive)
    assert details(proof, "house-style") == ("style.yaml: x is not known",)
    assert (outcomes(proof)["again"], proof.outcome) == ("holds", "holds")


def test_the_kept_house_style_is_the_one_that_is_used(
    proved: Callable[..., Proof], template: Template, tmp_path: Path
) -> None:
    from kmo_report.template import open_template

    folder = Path(shutil.copytree(template.folder, tmp_path / "huis"))
    css = folder / "page.css"
    css.write_text(f"{css.read_text('utf-8')}\nh1 {{ letter-spacing: 1pt }}\n", "utf-8")
    archive = Archive(tmp_path / "archive")
    keep(SEED, open_template(folder), archive, NOW)
    (kept,) = archive.root.rglob("2019-2020-crevits-370.pdf")
    proof = proved(kept.read_bytes(), archive)
    assert outcomes(proof) == {"published": "holds", "again": "holds", "figures": "holds"}
    # With the one that is installed it looks otherwise, and says the same.
    proof = proved(kept.read_bytes())
    assert (outcomes(proof)["again"], outcomes(proof)["looks"]) == ("holds", "unknown")


def test_an_archive_that_is_damaged_is_told(
    proved: Callable[..., Proof], archive: Archive, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(archive.root, tmp_path / "archive"))
    (inventory,) = root.rglob("v1/inventory.json")
    inventory.chmod(0o644)
    inventory.write_text(inventory.read_text("utf-8").replace('"answer"', '"anders"'), "utf-8")
    proof = proved(PDF, Archive(root))
    assert (outcomes(proof)["archive"], proof.outcome) == ("fails", "fails")


# --- the command ---------------------------------------------------------------------------------


def test_the_command_says_it_on_a_page(archive: Archive, tmp_path: Path) -> None:
    file = tmp_path / "antwoord.pdf"
    file.write_bytes(PDF)
    done = kmo("archive", "prove", str(file), "--archive", str(archive.root))
    assert done.returncode == 0, done.stderr
    assert "This is what was published." in done.stdout
    assert "✓ This very file, byte for byte, is kept as 2019-2020-crevits-370" in done.stdout
    assert len(done.stdout.splitlines()) < 50
    assert archive.head() in done.stdout
    file.write_bytes(resaved(PDF, cell("452", "453")))
    done = kmo("--lang", "nl", "archive", "prove", str(file), "--archive", str(archive.root))
    assert done.returncode == 1
    assert "Dit is niet wat gepubliceerd werd." in done.stdout
    told = " ".join(done.stdout.split())
    assert "rij HRM, kolom advies: “453” staat hier" in told
    done = kmo("archive", "prove", str(file), "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["outcome"]) == (1, "fails")
    done = kmo("archive", "prove", str(tmp_path / "none.pdf"))
    assert (done.returncode, "there is no such file" in done.stderr) == (1, True)


def test_the_schema_is_printed() -> None:
    assert kmo("schema", "proof").stdout == published("proof")
