"""What is kept, what is not, and what is said: answers and older PDFs into an archive."""

import csv
import io
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kmo_report import keep as keeping
from kmo_report import pipeline
from kmo_report.archive import description, ocfl
from kmo_report.archive.description import Description
from kmo_report.archive.journal import Facts
from kmo_report.archive.store import Archive
from kmo_report.archive.verify import verify
from kmo_report.keep import add, keep
from kmo_report.paper import read_paper
from kmo_report.problems import InputError
from kmo_report.render import RENDERERS, proofread
from kmo_report.template import Template, open_template
from tests.conftest import GOOD, ROOT
from tests.test_cli import kmo
from tests.test_same_content import document, rendered

SEED = GOOD["2019-2020-crevits-370"]
ID = "urn:kmo-report:sv:2019-2020:crevits:370"
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEED, tmp_path / SEED.name))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def change(case: Path, old: str, new: str) -> None:
    path = case / "answer.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def state(archive: Archive, version: int = -1, identifier: str = ID) -> dict[str, bytes]:
    inventory = archive.inventory(identifier)
    assert inventory
    index = version - 1 if version > 0 else -1
    names = inventory.versions[index].state
    return {name: archive.content(inventory, digest) for name, digest in names.items()}


# --- what goes in --------------------------------------------------------------------------------


def test_an_answer_is_kept_with_all_that_it_was_made_from(
    archive: Archive, case: Path, template: Template
) -> None:
    (case / "figures.source.json").write_text('{"from": "x"}')
    (case / "notes.txt").write_text("not for the public")
    (case / ".hidden").write_text("nor this")
    outcome = keep(case, template, archive, NOW)
    kept = state(archive)
    assert sorted(kept) == [
        "2019-2020-crevits-370.docx",
        "2019-2020-crevits-370.pdf",
        "answer.yaml",
        "description.jsonld",
        "figures.csv",
        "figures.source.json",
        "made-by.json",
        "question/question.txt",
        "template/page.css",
        "template/page.docx",
        "template/page.html.j2",
        "template/style.yaml",
    ]
    assert kept["2019-2020-crevits-370.pdf"] == rendered(SEED.name, "pdf")
    assert kept["2019-2020-crevits-370.docx"] == rendered(SEED.name, "docx")
    assert kept["answer.yaml"] == pipeline.read(SEED, template.style)[1][0].content
    assert kept["question/question.txt"] == (SEED / "question.txt").read_bytes()
    assert kept["template/page.css"] == (template.folder / "page.css").read_bytes()
    assert (outcome.identifier, outcome.version) == (ID, 1)
    assert outcome.digest == ocfl.digest(kept["2019-2020-crevits-370.pdf"])
    assert outcome.head == verify(archive).head
    assert not verify(archive).problems


def test_the_description_is_dublin_core(archive: Archive, case: Path, template: Template) -> None:
    change(case, "status: final", "status: final\npublish_on: 2020-03-06")
    keep(case, template, archive, NOW)
    tree = description.read(state(archive)[description.NAME])
    assert tree["@context"]["@vocab"] == "http://purl.org/dc/terms/"  # type: ignore[index]
    assert tree["@id"] == ID
    assert tree["creator"] == "HILDE CREVITS"
    assert tree["contributor"] == "CAROLINE GENNEZ"
    assert tree["date"] == "2020-02-14"
    assert tree["language"] == "nl-BE"
    assert tree["available"] == "2020-03-06"
    assert tree["identifier"] == [ID, "2019-2020-crevits-370"]
    assert isinstance(tree["relation"], list)
    titles = [relation["title"] for relation in tree["relation"]]
    assert titles == ["Schriftelijke vraag nr. 303 van Yasmine Kherbache"]
    (entry,) = archive.entries()
    assert (entry.facts.date, entry.facts.publish_on) == ("2020-02-14", "2020-03-06")
    assert entry.facts.title == tree["title"]


def test_what_made_it_is_recorded(archive: Archive, case: Path, template: Template) -> None:
    keep(case, template, archive, NOW)
    made = json.loads(state(archive)[keeping.MADE_BY])
    assert {"kmo-report", "weasyprint", "pydyf", "python-docx", "lxml"} <= made["packages"].keys()
    assert made["packages"]["weasyprint"] == "70.0"
    assert all(made["libraries"].values())
    assert "DejaVuSans.ttf" in made["fonts"]
    assert made["template"]["name"] == "vlaams-parlement"


def test_a_house_style_is_known_by_its_digest(
    archive: Archive, case: Path, tmp_path: Path, template: Template
) -> None:
    keep(case, template, archive, NOW)
    folder = Path(shutil.copytree(template.folder, tmp_path / "vlaams-parlement"))
    with (folder / "page.css").open("a") as css:
        css.write("\n/* anders */\n")
    with pytest.raises(InputError, match=r"is another \(template/page.css\)"):
        keep(case, open_template(folder), archive, NOW)
    keep(case, open_template(folder), archive, NOW, kind="corrected")
    digests = [json.loads(state(archive, v)[keeping.MADE_BY])["template"]["sha512"] for v in (1, 2)]
    assert digests[0] != digests[1]


def test_small_counts_do_not_get_into_the_archive(
    archive: Archive, tmp_path: Path, template: Template
) -> None:
    """Not in the answer file that is kept, nor as figures that lie in the folder of the case."""
    case = Path(shutil.copytree(GOOD["small-counts"], tmp_path / "case"))
    (case / "figures-raw.csv").write_text("year,item,count\n2023,Zorg,3\n")
    outcome = keep(case, template, archive, NOW)
    kept = state(archive, identifier=outcome.identifier)
    answer, attachments, _ = pipeline.read(case, template.style)
    assert kept["answer.yaml"] == attachments[0].content != (case / "answer.yaml").read_bytes()
    assert "figures-raw.csv" not in kept
    assert answer.tables


def test_annexes_are_kept_under_their_names(archive: Archive, template: Template) -> None:
    outcome = keep(GOOD["unnumbered"], template, archive, NOW)
    kept = state(archive, identifier=outcome.identifier)
    assert kept["annexes/bijlage.csv"] == (GOOD["unnumbered"] / "bijlage.csv").read_bytes()


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["draft", "reviewed"])
def test_only_what_is_final_is_kept(
    archive: Archive, case: Path, template: Template, status: str
) -> None:
    change(case, "status: final", f"status: {status}")
    with pytest.raises(InputError, match="only a final answer is kept"):
        keep(case, template, archive, NOW)
    assert not archive.root.exists()


def test_an_answer_with_an_error_is_not_kept(
    archive: Archive, case: Path, template: Template
) -> None:
    change(case, "count: 452", "count: 452.5")
    with pytest.raises(InputError, match="is no whole number"):
        keep(case, template, archive, NOW)
    assert not archive.root.exists()


def test_a_pdf_that_is_not_what_it_should_be_is_not_kept(
    archive: Archive, case: Path, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = rendered("example-2b", "pdf")
    monkeypatch.setattr(keeping, "RENDERERS", {**RENDERERS, "pdf": lambda *_: other})
    with pytest.raises(InputError, match="the PDF lacks words of the document"):
        keep(case, template, archive, NOW)
    assert not archive.root.exists()


def test_two_ministers_of_one_name_are_not_one(
    archive: Archive, case: Path, template: Template
) -> None:
    keep(case, template, archive, NOW)
    change(case, "HILDE CREVITS", "JAN CREVITS")
    with pytest.raises(InputError, match="is kept as a question to HILDE CREVITS"):
        keep(case, template, archive, NOW, kind="corrected")


def test_a_folder_with_other_things_is_no_archive(case: Path, template: Template) -> None:
    with pytest.raises(InputError, match=r"this folder holds answer\.yaml and is no archive"):
        keep(case, template, Archive(case), NOW)
    assert not (case / "journal.txt").exists()


@pytest.mark.parametrize("name", ["question.a\nb", "question.a\\b", "question.\udcff"])
def test_a_name_that_no_inventory_can_hold_is_refused(
    archive: Archive, case: Path, template: Template, name: str
) -> None:
    (case / name).write_text("x")
    with pytest.raises(InputError, match="is no name for a file that is kept"):
        keep(case, template, archive, NOW)
    assert not archive.root.exists()


def test_what_was_committed_is_finished_after_an_interruption(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = archive.disk.rename

    def interrupted(source: Path, target: Path) -> None:
        real(source, target)
        if target.name == "commit":
            raise KeyboardInterrupt

    monkeypatch.setattr(archive.disk, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        archive.keep(ID, {"pdf": b"%PDF"}, Facts("answer"), created="2026-11-25T10:00:00Z")
    other = Archive(archive.root)
    other.open()
    assert [(e.id, e.version) for e in other.entries()] == [(ID, 1)]
    assert not verify(other).problems


def test_a_link_is_not_followed_out_of_the_archive(
    archive: Archive, case: Path, template: Template, tmp_path: Path
) -> None:
    keep(GOOD["example-2b"], template, archive, NOW)
    (tmp_path / "elsewhere").mkdir()
    around = archive.root / ocfl.object_path(ID).split("/")[0]
    around.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="this is a link; the archive holds none"):
        keep(case, template, archive, NOW)
    assert not list((tmp_path / "elsewhere").iterdir())


# --- again, and anew -----------------------------------------------------------------------------


def test_the_same_again_is_no_new_version(archive: Archive, case: Path, template: Template) -> None:
    first = keep(case, template, archive, NOW)
    before = archive.journal.read_bytes()
    again = keep(case, template, archive, NOW.replace(year=2027))
    assert (again.version, again.head, again.digest) == (1, "", first.digest)
    assert not again.unlike
    assert archive.journal.read_bytes() == before


def test_what_is_made_otherwise_by_another_version_is_still_the_same(
    archive: Archive, case: Path, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(case, template, archive, NOW)
    before = state(archive)
    monkeypatch.setitem(keeping._LIBRARIES, "pango", ("libnothing.so", "x"))  # noqa: SLF001
    again = keep(case, template, archive, NOW)
    assert (again.head, again.unlike) == ("", (keeping.MADE_BY,))
    assert state(archive) == before


def test_a_change_wants_a_word_for_what_it_is(
    archive: Archive, case: Path, template: Template
) -> None:
    keep(case, template, archive, NOW)
    change(case, "count: 452", "count: 453")
    with pytest.raises(InputError, match=r"is another \(answer.yaml, figures.csv\); say what"):
        keep(case, template, archive, NOW)
    second = keep(case, template, archive, NOW, kind="corrected", message="één aanvraag meer")
    assert second.version == 2
    assert b"453" in state(archive)["figures.csv"]
    assert b"452" in state(archive, 1)["figures.csv"]
    inventory = archive.inventory(ID)
    assert inventory
    assert [v.message for v in inventory.versions] == ["answer", "één aanvraag meer"]
    stored = [str(p.relative_to(archive.root)) for p in archive.root.rglob("page.docx")]
    assert len(stored) == 1  # what did not change is stored once
    assert [e.facts.kind for e in archive.entries()] == ["answer", "corrected"]
    again = keep(case, template, archive, NOW, kind="corrected")
    assert (again.version, again.head) == (2, "")
    assert not verify(archive).problems


def test_a_new_version_follows_on_something(
    archive: Archive, case: Path, template: Template
) -> None:
    with pytest.raises(InputError, match="nothing of 2019-2020-crevits-370 is kept yet"):
        keep(case, template, archive, NOW, kind="corrected")


# --- older answers -------------------------------------------------------------------------------


def described(kind: str = "answer") -> Description:
    return Description(ID, kind, "Een antwoord", "HILDE CREVITS", date="2020-02-14")


def test_an_older_pdf_is_kept_as_it_is_with_its_text(archive: Archive, tmp_path: Path) -> None:
    pdf = tmp_path / "old.pdf"
    pdf.write_bytes(rendered(SEED.name, "pdf") + b"\n% signed elsewhere\n")
    outcome = add(read_paper(pdf), archive, NOW, described())
    kept = state(archive)
    assert kept["2019-2020-crevits-370.pdf"] == pdf.read_bytes()
    assert "€ 2.305.219" in kept[description.TEXT].decode().replace("\N{NO-BREAK SPACE}", " ")
    assert outcome.version == 1
    assert add(read_paper(pdf), archive, NOW, described()).head == ""
    pdf.write_bytes(rendered(SEED.name, "pdf"))
    with pytest.raises(InputError, match=r"is another \(2019-2020-crevits-370.pdf\)"):
        add(read_paper(pdf), archive, NOW, described())


def test_a_scan_has_no_text(archive: Archive, tmp_path: Path) -> None:
    import pypdfium2

    pdf = tmp_path / "scan.pdf"
    with pypdfium2.PdfDocument.new() as made:
        made.new_page(595, 842)
        made.save(str(pdf))
    add(read_paper(pdf), archive, NOW, described())
    assert sorted(state(archive)) == ["2019-2020-crevits-370.pdf", description.NAME]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "no PDF"), (b"PK\x03\x04", "no PDF"), (b"%PDF-1.7\n", "damaged or cut off")],
)
def test_what_is_no_pdf_is_refused(
    archive: Archive, tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "x.pdf").write_bytes(content)
    with pytest.raises(InputError, match=told):
        add(read_paper(tmp_path / "x.pdf"), archive, NOW, described())
    assert not archive.root.exists()


# --- read back by another program ----------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_what_is_rendered_is_found_right(name: str) -> None:
    assert not list(proofread.faults(rendered(name, "pdf"), document(name)))


BREAKS = {
    "no PDF/UA identification": "the PDF does not say that it is PDF/A-3a and PDF/UA-1",
    "no PDF/A identification": "the PDF does not say that it is PDF/A-3a and PDF/UA-1",
    "no tags": "the PDF has 0 tags H1, and the document 2",
    "not marked as tagged": "the PDF has no tags",
    "no language": "the PDF is in another language",
    "a font not embedded": "a font is not inside the PDF",
    "a row short of a cell": "the PDF has 22 tags TH, and the document 23",
    "a heading skipped": "the PDF has 1 tags H1, and the document 2",
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_is_found(name: str, tmp_path: Path) -> None:
    from tests.conformance.broken import break_pdf

    good = tmp_path / "good.pdf"
    good.write_bytes(rendered(SEED.name, "pdf"))
    broken = break_pdf(good, name, tmp_path / "broken.pdf").read_bytes()
    assert BREAKS[name] in list(proofread.faults(broken, document(SEED.name)))


def test_another_attachment_or_no_pdf_is_found() -> None:
    pdf = rendered(SEED.name, "pdf")
    other = document("example-2b")
    said = list(proofread.faults(pdf, other))
    assert "the attachment answer.yaml is not the one that was given" in said
    assert "the PDF has another title" in said
    assert list(proofread.faults(b"%PDF-1.7", other)) == ["the PDF cannot be opened"]


# --- the commands --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that the commands made: three answers, one corrected, one not public yet."""
    base = tmp_path_factory.mktemp("commands")
    root = base / "archive"
    case = Path(shutil.copytree(SEED, base / SEED.name))
    first = kmo("archive", "keep", str(case), str(GOOD["example-2b"]), "--archive", str(root))
    assert first.returncode == 0, first.stderr
    change(case, "status: final", "status: final\npublish_on: 9999-01-01")
    second = kmo("archive", "keep", str(case), "--archive", str(root),
                 "--new-version", "corrected", "--message", "later")  # fmt: skip
    assert second.returncode == 0, second.stderr
    old = base / "old.pdf"
    old.write_bytes(rendered("unnumbered", "pdf"))
    third = kmo("archive", "add", str(old), "--id", "2011-2012-muyters-7", "--date", "2012-01-02",
                "--certain", "--archive", str(root))  # fmt: skip
    assert third.returncode == 0, third.stderr
    return root


def test_keep_prints_id_version_digest_and_head(tmp_path: Path) -> None:
    root, bad = str(tmp_path / "archive"), str(ROOT / "tests/bad/number")
    done = kmo("archive", "keep", bad, str(SEED), "--archive", root)
    assert done.returncode == 1
    assert "749.140 reads as 749,14" in done.stderr
    title, digest, head = done.stdout.splitlines()
    assert title == f"{ID} v1: kept"
    assert digest == f"  sha512 {ocfl.digest(rendered(SEED.name, 'pdf'))}"
    assert head == f"  head   {verify(Archive(Path(root))).head}"
    again = kmo("archive", "keep", str(SEED), "--archive", root)
    assert again.returncode == 0
    assert again.stdout.splitlines()[0] == f"{ID} v1: is kept already; nothing was done"


def test_without_an_archive_the_usage_is_wrong(tmp_path: Path) -> None:
    for command in (["list"], ["keep", str(SEED)], ["verify"], ["import", str(tmp_path)]):
        done = kmo("archive", *command)
        assert done.returncode == 2
        assert "KMO_REPORT_ARCHIVE" in done.stderr


def test_an_archive_that_is_not_there_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KMO_REPORT_ARCHIVE", str(tmp_path / "nothing"))
    done = kmo("archive", "list")
    assert done.returncode == 1
    assert "there is no archive in this folder" in done.stderr
    assert not (tmp_path / "nothing").exists()


def listed(root: Path, *options: str) -> list[str]:
    done = kmo("archive", "list", "--archive", str(root), *options, "--format", "json")
    assert done.returncode == 0, done.stderr
    return [entry["case"] for entry in json.loads(done.stdout)]


def test_list_filters_and_tells_what_is_not_public(filled: Path) -> None:
    assert listed(filled) == [
        "2011-2012-muyters-7",
        "2019-2020-claes-9999",
        "2019-2020-crevits-370",
    ]
    assert listed(filled, "--session", "2011-2012") == ["2011-2012-muyters-7"]
    for name in ("Claes", "tom  CLAES"):
        assert listed(filled, "--minister", name) == ["2019-2020-claes-9999"]
    assert listed(filled, "--from", "2020-02-14", "--to", "2020-03-01") == ["2019-2020-crevits-370"]
    done = kmo("archive", "list", "--archive", str(filled))
    assert "v2  corrected      2020-02-14  not public before 9999-01-01: Schrif" in done.stdout
    assert done.stdout.splitlines()[-1] == "answers: 3"
    done = kmo("archive", "list", "--archive", str(filled), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["embargo"] for row in rows] == ["False", "False", "True"]
    assert kmo("archive", "list", "--archive", str(filled), "--from", "2020").returncode == 2


def test_show_and_get(filled: Path, tmp_path: Path) -> None:
    done = kmo("archive", "show", ID, "--archive", str(filled))
    assert f"{ID} v2" in done.stdout
    assert f"  {ocfl.digest((SEED / 'question.txt').read_bytes())}  question/question.txt" in (
        done.stdout.splitlines()
    )
    arguments = ["archive", "get", SEED.name, "--archive", str(filled), "--out", str(tmp_path)]
    done = kmo(*arguments, "--version", "1")
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "answer.yaml") in done.stdout.splitlines()
    assert b"publish_on" not in (tmp_path / "answer.yaml").read_bytes()
    assert kmo(*arguments).returncode == 0
    assert b"publish_on" in (tmp_path / "answer.yaml").read_bytes()
    assert kmo(*arguments, "--version", "3").returncode == 1
    assert kmo("archive", "show", "2019-2020-claes-1", "--archive", str(filled)).returncode == 1
    assert kmo("archive", "show", "../../etc", "--archive", str(filled)).returncode == 2


def test_verify_says_where_and_exits_with_1(filled: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(filled, tmp_path / "archive"))
    done = kmo("archive", "verify", "--archive", str(root))
    assert done.returncode == 0
    head = done.stdout.splitlines()[-1].removeprefix("head ")
    assert done.stdout.startswith("answers: 3; versions: 4; files: ")
    mail = tmp_path / "mail.txt"
    mail.write_text(f"Het hoofd van vandaag: {head}.\n")
    arguments = ["archive", "verify", "--archive", str(root)]
    assert kmo(*arguments, "--expect-head", head[:40], "--anchors", str(mail)).returncode == 0
    assert kmo(*arguments, "--expect-head", head[:39]).returncode == 2
    assert kmo(*arguments, "--expect-head", "0" * 128).returncode == 1
    mail.write_text("niets")
    assert kmo(*arguments, "--anchors", str(mail)).returncode == 1
    path = next(root.rglob("*.pdf"))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    done = kmo(*arguments, "--format", "json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert [(p["code"], p["path"]) for p in found["problems"]] == [("archive-changed", str(path))]
    done = kmo(*arguments, "--quick")
    assert done.returncode == 0
    assert "a changed PDF was not seen" in done.stdout


def test_export_and_import(filled: Path, tmp_path: Path) -> None:
    bag, other = tmp_path / "bag.zip", tmp_path / "other"
    done = kmo("archive", "export", SEED.name, "--bagit", str(bag), "--archive", str(filled))
    assert (done.returncode, done.stdout) == (0, f"{bag}\n")
    arguments = ["archive", "import", str(bag), "--archive", str(other)]
    done = kmo(*arguments)
    assert done.stdout.splitlines()[:2] == [f"{ID} v1: kept", f"{ID} v2: kept"]
    assert "nothing was done" in kmo(*arguments).stdout
    assert kmo("archive", "verify", "--archive", str(other)).returncode == 0


def test_an_older_pdf_gets_what_it_is_told_or_else_what_it_says(filled: Path) -> None:
    entry = next(e for e in Archive(filled).entries() if "muyters" in e.id)
    assert entry.facts.title == "Schriftelijke vraag nr. 7 (2011-2012): Steun aan ondernemers"
    assert entry.facts.date == "2012-01-02"
    done = kmo("archive", "add", "x.pdf", "--id", "a/b", "--archive", str(filled))
    assert done.returncode == 2
    done = kmo("archive", "add", "x.pdf", "--id", SEED.name, "--date", "2/1/2012",
               "--archive", str(filled))  # fmt: skip
    assert done.returncode == 2


def test_reading_the_archive_loads_nothing_heavy(filled: Path) -> None:
    for command in ("list", "verify"):
        code = (
            "import sys; from kmo_report.cli import main\n"
            f"try: main(['archive', '{command}', '--archive', r'{filled}'])\n"
            "except SystemExit: pass\n"
            "print([m for m in sys.modules if m in ('weasyprint', 'docx', 'jinja2', 'yaml')])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        )
        assert done.stdout.splitlines()[-1] == "[]"


def test_ids_are_read_as_people_write_them() -> None:
    assert description.identifier("2019-2020-crevits-370") == ID
    assert description.identifier(ID) == ID
    assert description.identifier("2023-2024-de-backer-512") == (
        "urn:kmo-report:sv:2023-2024:de-backer:512"
    )
    for wrong in ("", "370", "2019-2020-crevits", "2019-2020-Crevits-370", f"{ID}/..", f"{ID}\n"):
        assert description.identifier(wrong) is None
