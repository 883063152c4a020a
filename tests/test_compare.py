"""What the cabinet changed is named for what it is, and taken over where one key decides it."""

import errno
import json
import random
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import docx
import jsonschema
import pytest
from lxml import etree
from typer.testing import CliRunner

from kmo_report.cli import app
from kmo_report.compare import Comparison, compared
from kmo_report.compare.markdown import merged
from kmo_report.compare.update import taken_over
from kmo_report.compare.word import read_blocks
from kmo_report.fill import fill
from kmo_report.incoming.changes import accept
from kmo_report.pipeline import readable
from kmo_report.problems import InputError
from kmo_report.render.docx import to_docx
from kmo_report.template import DEFAULT, find_template, open_template
from kmo_report.view import page
from tests.conftest import GOOD, ROOT
from tests.word_edits import (
    W,
    add_after,
    edited,
    found,
    paragraphs,
    replace_words,
    take_out,
    text_of,
)

TEMPLATE = open_template(find_template(DEFAULT))
SEED = "2019-2020-crevits-370"
Edit = Callable[[etree._Element], None]  # noqa: SLF001


@cache
def sent(case: str) -> bytes:
    """The Word file that went to the cabinet."""
    return to_docx(
        fill(page(readable(GOOD[case], TEMPLATE.style).model, TEMPLATE.style), TEMPLATE), TEMPLATE
    )


class Desk:
    """A case of which a Word file came back."""

    def __init__(self, folder: Path, case: str) -> None:
        self.case = folder / case
        shutil.copytree(GOOD[case], self.case)
        self.answer = self.case / "answer.yaml"
        self.file = folder / "back.docx"
        self.name = case

    def back(self, edit: Edit, **parts: str) -> Comparison:
        self.file.write_bytes(edited(sent(self.name), edit, **parts))
        return compared(self.file, self.case, TEMPLATE)

    def update(self) -> Comparison:
        return taken_over(self.file, self.case, TEMPLATE)

    def again(self) -> Comparison:
        return compared(self.file, self.case, TEMPLATE)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, SEED)


def kinds(comparison: Comparison) -> list[str]:
    return [difference.kind for difference in comparison.differences]


def nothing(_root: etree._Element) -> None:
    """As it went out."""


@pytest.mark.parametrize("case", GOOD)
def test_what_was_not_edited_does_not_differ(case: str, tmp_path: Path) -> None:
    comparison = Desk(tmp_path, case).back(nothing)
    assert not comparison.differences
    assert not comparison.left


# --- what is what ----------------------------------------------------------------------------------


def words(old: str, new: str, *, tracked: bool = False) -> Edit:
    return lambda root: replace_words(root, old, new, tracked=tracked)


@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize(
    ("old", "new", "kind", "level", "line", "taken"),
    [
        ("opleiding of advies", "vorming of advies", "text", None, 61, True),
        ("tot en met 2018", "tot en met 2017", "text", None, 100, True),
        ("749.140", "749.141", "figure", "error", 113, False),
        ("€ 3.054.359", "€ 3.054.360", "figure", "error", None, False),
        ("Totaal toegekende steun 2019", "Totale steun 2019", "caption", None, 120, True),
        ("Zie het antwoord op", "Ik verwijs naar het antwoord op", "made", None, 80, False),
        ("wat zijn de resultaten", "welke zijn de resultaten", "question", "warning", 30, True),
        ("CAROLINE GENNEZ", "JAN PEETERS", "header", "warning", 5, False),
        ("ANTWOORD", "VOORLOPIG ANTWOORD", "header", "warning", 53, False),
        ("SCHRIFTELIJKE VRAAG", "VRAAG OM UITLEG", "house", None, None, False),
    ],
)  # fmt: skip
def test_a_change_is_named_placed_and_taken_over(  # noqa: PLR0913, PLR0917 -- columns of a table
    tracked: bool,
    old: str,
    new: str,
    kind: str,
    level: str | None,
    line: int | None,
    taken: bool,
    desk: Desk,
) -> None:
    old = old.replace("€ ", "€\u00a0")
    comparison = desk.back(words(old, new, tracked=tracked))
    (difference,) = comparison.differences
    if difference.figure and level is None:
        level = "warning"
    assert (difference.kind, difference.level) == (kind, level)
    if line is not None:
        assert abs((difference.place.line or 0) - line) <= 1, difference.place
    before = desk.answer.read_text("utf-8")
    (difference,) = desk.update().differences
    assert difference.taken == taken
    assert (desk.answer.read_text("utf-8") != before) == taken
    assert bool(difference.reason) != taken
    assert len(desk.again().differences) == (not taken)


def test_a_number_in_a_text_is_a_change_with_a_warning(desk: Desk) -> None:
    (difference,) = desk.back(words("tot en met 2018", "tot en met 2017")).differences
    assert (difference.level, difference.figure) == ("warning", True)
    (difference,) = desk.back(words("weinig specifiek", "niet specifiek")).differences
    assert (difference.level, difference.figure) == (None, False)


def test_a_paragraph_behind_a_table_becomes_a_text_of_its_own(desk: Desk) -> None:
    def edit(root: etree._Element) -> None:
        add_after(found(root, "Zie het antwoord op vraag 1 a."), "Dat is alles.", tracked=True)
        last = root.findall(f"{W}body/{W}tbl")[-1]
        made = add_after(found(root, "De cijfers voor 2019"), "Bron: het register.", tracked=False)
        last.addnext(made)

    desk.back(edit)
    assert all(difference.taken for difference in desk.update().differences)
    text = desk.answer.read_text("utf-8")
    assert "        - same_as: 1a\n        - text: >\n            Dat is alles.\n" in text
    assert "        - table: support\n        - text: >\n            Bron: het register.\n" in text
    assert not desk.again().differences


def test_what_would_be_an_error_of_the_case_is_not_taken_over(desk: Desk) -> None:
    """A final answer holds no TODO; what else was changed is taken over."""

    def edit(root: etree._Element) -> None:
        replace_words(root, "opleiding of advies", "TODO {year}", tracked=False)
        replace_words(root, "afgebakende lijst", "lijst", tracked=False)

    desk.back(edit)
    todo, other = desk.update().differences
    assert (todo.taken, "TODO" in todo.reason, other.taken) == (False, True, True)
    assert "TODO" not in desk.answer.read_text("utf-8")


def test_a_full_disk_leaves_the_answer_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_fd: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    desk.back(words("opleiding of advies", "vorming"))
    before = desk.answer.read_bytes()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError):
        desk.update()
    assert desk.answer.read_bytes() == before
    assert sorted(path.name for path in desk.case.iterdir()) == sorted(
        path.name for path in GOOD[SEED].iterdir()
    )


def test_comments_order_and_all_else_stay_as_they_are(desk: Desk) -> None:
    desk.back(words("opleiding of advies", "vorming"))
    before = desk.answer.read_text("utf-8").split("\n")
    desk.update()
    after = desk.answer.read_text("utf-8").split("\n")
    changed = [line for line in before if line not in after]
    assert len(changed) <= 2
    assert all("zoals opleiding" in line or "of advies." in line for line in changed)


@pytest.mark.parametrize("tracked", [False, True])
def test_paragraphs_are_added_taken_out_and_moved(tracked: bool, desk: Desk) -> None:
    def edit(root: etree._Element) -> None:
        add_after(
            found(root, "Elke steunaanvraag"),
            "Een nieuwe alinea met *sterretjes*.",
            tracked=tracked,
        )
        take_out(found(root, "(zie:"), tracked=tracked)

    assert kinds(desk.back(edit)) == ["added", "removed"]
    assert all(difference.taken for difference in desk.update().differences)
    text = desk.answer.read_text("utf-8")
    assert (
        r"Een nieuwe alinea met \*sterretjes\*." in text
        or "Een nieuwe alinea met *sterretjes*." in text
    )
    assert "(zie:" not in text
    assert not desk.again().differences

    def move(root: etree._Element) -> None:
        paragraph = found(root, "Elke steunaanvraag")
        words_ = text_of(paragraph)
        last = found(root, "De tussentijdse evaluatie")
        take_out(paragraph, tracked=tracked)
        add_after(last, words_, tracked=tracked)

    shutil.copy(GOOD[SEED] / "answer.yaml", desk.answer)
    assert kinds(desk.back(move)) == ["moved", "moved"]
    assert all(difference.taken for difference in desk.update().differences)
    assert not desk.again().differences


def test_a_paragraph_whose_end_was_deleted_joins_the_next(desk: Desk) -> None:
    def edit(root: etree._Element) -> None:
        properties = found(root, "Via de kmo-portefeuille kunnen").find(f"{W}pPr")
        assert properties is not None
        end = etree.SubElement(properties, f"{W}rPr")
        etree.SubElement(end, f"{W}del", {f"{W}id": "1", f"{W}author": "K"})

    assert sorted(kinds(desk.back(edit))) in (["removed", "text"], ["number", "removed", "text"])
    desk.update()
    assert "advies. Elke" in " ".join(desk.answer.read_text("utf-8").split())


def test_rows_and_columns_are_no_words(desk: Desk) -> None:
    def row(root: etree._Element) -> None:
        line = found(root, "DIVERSITEIT").getparent().getparent()  # type: ignore[union-attr]
        assert line is not None
        properties = line.find(f"{W}trPr")
        assert properties is not None
        etree.SubElement(properties, f"{W}del", {f"{W}id": "1", f"{W}author": "K"})

    (difference,) = desk.back(row).differences
    assert (difference.kind, difference.level) == ("row-removed", "error")

    def column(root: etree._Element) -> None:
        table = next(root.iter(f"{W}tbl"))
        for line in table.iter(f"{W}tr"):
            line.remove(line.findall(f"{W}tc")[-1])

    assert set(kinds(desk.back(column))) == {"columns"}

    def table(root: etree._Element) -> None:
        body = root.find(f"{W}body")
        assert body is not None
        body.remove(body.findall(f"{W}tbl")[-1])

    assert kinds(desk.back(table)) == ["table-removed"]
    assert not desk.update().differences[0].taken


def test_emphasis_and_links_are_changes_too(desk: Desk) -> None:
    def edit(root: etree._Element) -> None:
        replace_words(root, "weinig specifiek", "weinig specifiek", tracked=False)
        run = next(r for r in root.iter(f"{W}r") if text_of(r) == "weinig specifiek")
        look = etree.Element(f"{W}rPr")
        etree.SubElement(look, f"{W}b")
        run.insert(0, look)

    (difference,) = desk.back(edit).differences
    assert (difference.kind, "**weinig specifiek**" in difference.new) == ("look", True)
    assert desk.update().differences[0].taken
    assert "**weinig specifiek**" in desk.answer.read_text("utf-8")
    assert not desk.again().differences


COMMENT = f"""<w:comments xmlns:w="{W[1:-1]}"><w:comment w:id="7" w:author="An Peeters"
w:date="2020-03-01T10:00:00Z"><w:p><w:r><w:t>Kan dit korter?</w:t></w:r></w:p></w:comment></w:comments>"""


def test_what_is_said_in_the_margin_is_listed(desk: Desk) -> None:
    def edit(root: etree._Element) -> None:
        paragraph = found(root, "afgebakende lijst")
        paragraph.insert(1, etree.Element(f"{W}commentRangeStart", {f"{W}id": "7"}))
        paragraph.append(etree.Element(f"{W}commentRangeEnd", {f"{W}id": "7"}))

    comparison = desk.back(edit, comments=COMMENT)
    ((comment, place, part),) = comparison.comments
    assert (comment.author, comment.date, comment.text, part) == (
        "An Peeters",
        "2020-03-01",
        "Kan dit korter?",
        "2a",
    )
    assert comment.about.startswith("Voor de kmo-portefeuille bestaat er geen afgebakende lijst")
    assert place.line == 84
    assert comparison.left


def test_a_comment_as_a_program_writes_it_is_read(desk: Desk) -> None:
    word = docx.Document(BytesIO(sent(SEED)))
    (paragraph,) = (p for p in word.paragraphs if "opleiding of advies" in p.text)
    word.add_comment(paragraph.runs, text="Te lang.", author="Kabinet", initials="K")
    word.save(str(desk.file))
    comparison = desk.again()
    ((comment, place, _),) = comparison.comments
    assert not comparison.differences
    assert (comment.author, comment.text, place.line) == ("Kabinet", "Te lang.", 60)
    assert comment.about.startswith("Via de kmo-portefeuille")


def test_a_quoted_text_stays_as_reviewed_as_it_was(desk: Desk) -> None:
    text = desk.answer.read_text("utf-8").replace(
        "        - same_as: 1a\n",
        "        - text: Er zijn geen resultaten.\n          quoted: 2018-2019-muyters-303 # from there\n"
        "          reviewed: false\n",
    ).replace("status: final", "status: draft")  # fmt: skip
    desk.answer.write_text(text, "utf-8")
    model = readable(desk.case, TEMPLATE.style).model
    word = to_docx(fill(page(model, TEMPLATE.style), TEMPLATE), TEMPLATE)
    desk.file.write_bytes(edited(word, words("geen resultaten", "nog geen resultaten")))
    assert desk.update().differences[0].taken
    want = text.replace("Er zijn geen resultaten.", "Er zijn nog geen resultaten.")
    assert desk.answer.read_text("utf-8") == want


# --- files that are none ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7", "no-word"), (b"PK\x03\x04 cut", "damaged"), (b"", "no-word")],
)
def test_what_is_no_word_file_is_an_error(content: bytes, code: str, desk: Desk) -> None:
    desk.file.write_bytes(content)
    with pytest.raises(InputError) as raised:
        desk.again()
    assert [problem.code for problem in raised.value.problems] == [code]


def test_the_document_of_another_case_is_an_error(desk: Desk) -> None:
    for other in ("lists", "several-parts", "unnumbered"):
        desk.file.write_bytes(sent(other))
        with pytest.raises(InputError) as raised:
            desk.update()
        assert [problem.code for problem in raised.value.problems] == ["another-case"]


@pytest.mark.parametrize("seed", range(40))
def test_what_is_damaged_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    with zipfile.ZipFile(BytesIO(sent("lists"))) as old:
        parts = {name: bytearray(old.read(name)) for name in old.namelist()}
    for name in ("word/document.xml", "word/styles.xml", "word/numbering.xml"):
        part = parts[name]
        for _ in range(chance.randint(0, 3)):
            at = chance.randrange(len(part))
            end = at + chance.randint(0, 40)
            part[at:end] = part[: chance.randint(0, 30)] if chance.random() < 0.3 else b""
        words_ = [m.span() for m in re.finditer(rb'"[^"<>]{1,12}"', bytes(part))]
        for start, stop in chance.sample(words_, 3):  # values that no program writes
            part[start + 1 : stop - 1] = (b"-99999999" * 3)[: stop - start - 2]
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as new:
        for name, part in parts.items():
            new.writestr(name, bytes(part))
    try:
        read_blocks(content.getvalue(), "a.docx")
    except InputError as error:
        assert {p.code for p in error.problems} <= {"damaged", "too-large"}  # noqa: PT017 -- or it is read


def accepted(body: str) -> str:
    root = etree.fromstring(f'<w:body xmlns:w="{W[1:-1]}">{body}</w:body>')
    accept(root)
    return "/".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p"))


GONE = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
AWAY = "<w:pPr><w:rPr><w:moveFrom/></w:rPr></w:pPr>"


def p(words_: str, properties: str = "") -> str:
    return f"<w:p>{properties}{words_}</w:p>"


def r(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (p(r("a") + f"<w:del>{r('b')}</w:del><w:ins>{r('c')}</w:ins>"), "ac"),
        (p(f"<w:ins><w:del>{r('b')}</w:del></w:ins>" + r("a")), "a"),
        (p(r("a"), GONE) + p(r("b")), "ab"),
        (p(r("a"), GONE) + p(r("b"), GONE) + p(r("c")), "abc"),
        (p(f"<w:del>{r('a')}</w:del>", GONE) + p(r("b")), "b"),
        (p(f"<w:del>{r('a')}</w:del>", GONE) + "<w:tbl/>", ""),
        (p(r("a"), GONE) + "<w:bookmarkEnd/>" + p(r("b")), "ab"),
        (p(r("a"), GONE), "a"),
        (p(f"<w:moveFrom>{r('a')}</w:moveFrom>", AWAY) + p(r("b")) + p(f"<w:moveTo>{r('a')}</w:moveTo>"), "b/a"),
        ((f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{p(r('a'))}</w:tc></w:tr>"
         f"<w:tr><w:trPr><w:ins/></w:trPr><w:tc>{p(r('b'))}</w:tc></w:tr></w:tbl>"), "b"),
        (f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc>{p(r('a'))}</w:tc></w:tr></w:tbl>" + p(r("b")), "b"),
    ],
)  # fmt: skip
def test_tracked_changes_are_accepted(body: str, left: str) -> None:
    assert accepted(body) == left


# --- the command -----------------------------------------------------------------------------------


def test_the_command_says_by_its_code_whether_something_is_left(desk: Desk) -> None:
    runner = CliRunner()
    desk.back(nothing)
    done = runner.invoke(app, ["compare", str(desk.file), str(desk.case)])
    assert (done.exit_code, done.stdout) == (0, "nothing changed\n")
    desk.back(words("opleiding of advies", "vorming"))
    done = runner.invoke(app, ["compare", str(desk.file), str(desk.case)])
    assert done.exit_code == 1
    assert "zoals [-opleiding of advies.-] {+vorming.+}" in done.stdout
    assert f"{desk.answer}:61:90: 1a: text changed [text]" in done.stdout
    done = runner.invoke(app, ["compare", str(desk.file), str(desk.case), "--update"])
    assert (done.exit_code, "taken over" in done.stdout) == (0, True)
    desk.file.write_bytes(b"no")
    done = runner.invoke(app, ["compare", str(desk.file), str(desk.case)])
    assert (done.exit_code, "[no-word]" in done.stderr) == (1, True)


def test_programs_read_it_by_its_schema(desk: Desk) -> None:
    schema = json.loads((ROOT / "kmo_report/schemas/comparison.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)

    def edit(root: etree._Element) -> None:
        for old, new in (("opleiding of advies", "vorming"), ("749.140", "1"), ("Thema", "Domein")):
            replace_words(root, old, new, tracked=True)
        add_after(found(root, "Elke steunaanvraag"), "Nieuw.", tracked=False)

    desk.back(edit, comments=COMMENT)
    for more in ([], ["--update"]):
        command = ["compare", str(desk.file), str(desk.case), "--format", "json", *more]
        tree = json.loads(CliRunner().invoke(app, command).stdout)
        jsonschema.validate(tree, schema)
        assert len(tree["differences"]) == 4
        assert len(tree["comments"]) == 1


# --- laws ------------------------------------------------------------------------------------------

ODD = ("nieuw", "*ster*", "_lijn_", "a_b", "[haak](x)", "2019", "<b>", "\\", "1.", "- streep", "é", "https://vlaanderen.be/x_y",
       "`x`", "#", "&amp;", "{year}", "'", '"', "*", "100 %", "e:", "|", ">")  # fmt: skip


def at_random(chance: random.Random) -> Edit:
    """Some edits of a person: words here and there, paragraphs, cells."""

    def edit(root: etree._Element) -> None:
        for _ in range(chance.randint(1, 4)):
            tracked = chance.random() < 0.5
            places = paragraphs(root)
            paragraph = chance.choice(places)
            kind = chance.choice(["words", "words", "words", "add", "remove", "cell"])
            text = " ".join(chance.choices(ODD, k=chance.randint(1, 4)))
            if kind == "add":
                add_after(paragraph, f"Erbij {text} gezet.", tracked=tracked)
            elif kind == "remove" and len(places) > 12:
                take_out(paragraph, tracked=tracked)
            else:
                where = [*root.iter(f"{W}tc")] if kind == "cell" else [paragraph]
                if not where:
                    continue
                old = [w for w in text_of(chance.choice(where)).split() if len(w) > 1]
                if old:
                    word = chance.choice(old)
                    if any(word in text_of(r) for r in root.iter(f"{W}r")):
                        replace_words(root, word, text, tracked=tracked)

    return edit


FAST = [case for case in GOOD if case not in ("long-table", "wide-tables")]


@pytest.mark.parametrize("seed", range(60))
def test_what_is_taken_over_differs_no_more_and_nothing_else_changes(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    desk = Desk(tmp_path, chance.choice(FAST))
    try:
        first = desk.back(at_random(chance))
    except InputError as error:
        assert {p.code for p in error.problems} <= {"another-case"}  # noqa: PT017 -- all was taken out
        return
    before = [difference.same_as for difference in first.differences]
    updated = desk.update()
    assert [difference.same_as for difference in updated.differences] == before
    kept = Counter(d.same_as for d in updated.differences if not d.taken)
    assert Counter(difference.same_as for difference in desk.again().differences) == kept
    assert all(d.reason for d in updated.differences if not d.taken)


def test_lines_that_stay_keep_their_ends() -> None:
    assert merged("een twee\ndrie vier\nvijf", "een twee drie 4 vijf") == "een twee\ndrie 4\nvijf"
