"""From a question that came in to a draft: what is taken over, what is not, and what is written."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmo_report import files, pipeline
from kmo_report.cli import main
from kmo_report.drafting import Drafted, Given, Request, draft, start
from kmo_report.drafting.asked import Question, path_of
from kmo_report.drafting.tables import TO_FILL_IN, new_table
from kmo_report.drafting.taken import Before, Taker, plain, todo
from kmo_report.fill import fill
from kmo_report.incoming.reading import Part
from kmo_report.load import load_answer
from kmo_report.model.table import UNKNOWN
from kmo_report.problems import InputError
from kmo_report.prose import blocks
from kmo_report.render import RENDERERS
from kmo_report.search import places
from kmo_report.search.alike import ENOUGH, Alike, Likeness
from kmo_report.search.ranking import Asked, AskedPart, similar
from kmo_report.source import read_tree
from kmo_report.template import Template
from kmo_report.view import page
from tests.conftest import GOOD, ROOT, STYLE
from tests.corpus import document, indexed, labelled

SEED = GOOD["2019-2020-crevits-370"]
EARLIER = ROOT / "tests/data/drafting/2018-2019-muyters-303"
DRAFTED = ROOT / "tests/good/drafted/answer.yaml"
CASE = "2019-2020-crevits-370"

QUESTION = """\
SCHRIFTELIJKE VRAAG

nr. 12
van JAN PEETERS
datum: 3 november 2025

aan TOM CLAES
VLAAMS MINISTER VAN WERK

Kmo-portefeuille - Steun

1. Hoeveel aanvragen waren er van 2016 tot en met 2024 per dienst?
2. a) Waarom *niet* <meer>?
   b) Sinds wanneer?
"""


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """A folder with one earlier answer."""
    shutil.copytree(EARLIER, tmp_path / "answers" / EARLIER.name)
    return tmp_path / "answers"


def drafted(file: Path | str, answers: Path, **other: Any) -> Drafted:  # noqa: ANN401
    known: dict[str, Any] = {"source": None, "given": Given(), "update": False, **other}
    request = Request(str(file), known.pop("out", answers), places(answers), **known)
    return draft(request, {"XDG_CACHE_HOME": str(answers.parent / "cache")})


def text_of(case: Path) -> str:
    """The answer file of a case, without the line that says where the schema is."""
    return (case / "answer.yaml").read_text("utf-8").split("\n", 1)[1]


def written(tmp_path: Path, text: str = QUESTION) -> Path:
    path = tmp_path / "vraag.txt"
    path.write_text(text, "utf-8")
    return path


def told(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


# --- the seed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["txt", "docx", "pdf", "html"])
def test_the_seed_in_every_format_gives_the_same_draft(
    suffix: str, answers: Path, template: Template, golden: Callable[[Path, str], None]
) -> None:
    file = answers.parent / f"vraag.{suffix}"
    if suffix == "txt":
        shutil.copyfile(ROOT / "tests/data/sv-370-2019-2020.txt", file)
    else:
        answer, attachments, _ = pipeline.read(SEED, STYLE)
        document = fill(page(answer, STYLE), template, attachments)
        file.write_bytes(RENDERERS[suffix](document, template))
    result = drafted(file, answers)
    assert result.folder.name == CASE
    assert sorted(path.name for path in result.folder.iterdir()) == [
        "answer.yaml",
        f"question.{suffix}",
    ]
    assert (result.folder / f"question.{suffix}").read_bytes() == file.read_bytes()
    head = "# yaml-language-server: $schema=../../../kmo_report/schemas/answer.schema.json\n"
    golden(DRAFTED, head + text_of(result.folder))
    assert "own-answer" in [problem.code for problem in result.problems]


def test_a_draft_takes_over_what_is_alike_and_nothing_else(answers: Path) -> None:
    result = drafted(SEED / "question.txt", answers)
    taken = {r.label: r.source.passage.label if r.source else None for r in result.replies}
    assert taken == {"1a": "3", "1b": None, "2a": "1", "2b": "2"}
    case = load_answer((result.folder / "answer.yaml").read_bytes(), "answer.yaml").model
    assert case.status == "draft"
    for part in case.answer.parts:
        for content in part.content:
            assert content.table or content.quoted or (content.text or "").startswith("TODO ")
            assert not content.reviewed
    assert case.question.minister.name == "HILDE CREVITS"
    register = case.tables["support"].figures
    assert register
    assert register.years == (2016, 2017, 2018, 2019)
    source = result.folder / register.source
    assert source.resolve() == (answers / EARLIER.name / "register.csv").resolve()


def test_figures_fill_a_draft_and_a_fresh_one_renders_without_them(
    answers: Path, template: Template
) -> None:
    case = drafted(SEED / "question.txt", answers).folder
    codes = [problem.code for problem in pipeline.problems(case, STYLE)]
    assert codes == ["unreviewed", "todo", "unreviewed", "unreviewed", "figures"]
    paths, problems = pipeline.render(case, template, ("pdf", "docx", "html"), case.parent / "out")
    assert len(paths) == 3
    assert all(problem.level == "warning" for problem in problems)
    html = paths[2].read_text("utf-8")
    assert html.count("<blockquote>") == 3
    assert "Overgenomen uit 2018-2019-muyters-303" in html
    assert 'class="number">…</td>' in html
    pipeline.make_figures(case, "0")
    assert "figures" not in [problem.code for problem in pipeline.problems(case, STYLE)]
    assert pipeline.read(case, STYLE)[0].tables["support"].years[2018]


def test_a_final_answer_has_no_marks_and_is_refused_while_something_is_to_be_done(
    answers: Path, template: Template
) -> None:
    case = drafted(SEED / "question.txt", answers).folder
    pipeline.make_figures(case, "0")
    file = case / "answer.yaml"
    final = file.read_text("utf-8").replace("status: draft", "status: final")
    file.write_text(final, "utf-8")
    with pytest.raises(InputError) as error:
        pipeline.render(case, template, ("html",), case.parent / "out")
    assert {"todo", "unreviewed"} <= set(told(error))
    done = final.replace("reviewed: false", "reviewed: true").replace("TODO ", "")
    done = done.replace("years: 2016-2019", "years: 2017-2019")
    file.write_text(done, "utf-8")
    pipeline.make_figures(case, "0")
    paths, _ = pipeline.render(case, template, ("html",), case.parent / "out")
    html = paths[0].read_text("utf-8").split("<body")[1]
    assert "blockquote" not in html
    assert "Overgenomen" not in html


# --- never a figure of our own -------------------------------------------------------------------


def digits(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))


def corpus_drafts() -> Iterator[tuple[Part, Any, Any]]:
    documents, _ = labelled()
    index = indexed(documents)
    for one in documents[::4]:
        parts = tuple(AskedPart(p.label, p.question, p.within) for p in one.passages)
        asked = Asked(parts, one.subject, one.introduction, whole=True, key=one.key)
        likeness = Likeness(index, asked)
        whole = tuple(Part(p.label, p.text, asks=True) for p in parts)
        question = Question("x", {}, whole, {}, {p.label: p.text for p in parts})
        taker = Taker(question, lambda _: None)
        for found, part in zip(similar(index, asked, 10), whole, strict=True):
            yield part, one, taker.reply(part, likeness.among(found))


def test_no_figure_is_in_a_draft_that_was_not_asked_or_answered() -> None:
    taken = 0
    for part, _, reply in corpus_drafts():
        known = digits(part.text) | digits(part.label or "")
        if reply.source:
            taken += 1
            known |= digits(reply.source.passage.answer)
        for entry in reply.content:
            words = entry.tree.get("text", "")
            assert digits(str(words)) <= known
            assert bool(reply.source) == ("quoted" in entry.tree)
    assert taken > 50


words_of_questions = st.lists(
    st.sampled_from(
        ["Hoeveel", "aanvragen", "kmo-portefeuille", "in", "2019", "diensten", "€ 1.250", "steun",
         "diversiteit", "12", "*", "[x](y)", "<b>", "#", ": ", "personeelsbeleid", "\n", "\\", "- "]
    ),
    min_size=1,
    max_size=25,
)  # fmt: skip


@given(st.lists(words_of_questions.map(" ".join), min_size=1, max_size=4))
def test_of_any_question_nothing_comes_but_its_own_words_or_a_quotation(texts: list[str]) -> None:
    answer = load_answer((EARLIER / "answer.yaml").read_bytes(), "answer.yaml").model
    tree, _ = read_tree((EARLIER / "answer.yaml").read_bytes(), "answer.yaml")
    assert isinstance(tree, dict)
    from kmo_report.search.answers import earlier

    before = earlier(answer, "/earlier")
    parts = tuple(Part(str(at), text, asks=True) for at, text in enumerate(texts, 1))
    question = Question("x", {}, parts, {}, {str(p.label): p.text for p in parts})
    taker = Taker(question, lambda _: Before(answer, tree, "../earlier"), named=True)
    known = digits(json.dumps([content.text for p in answer.answer.parts for content in p.content]))
    for part in parts:
        found = [Alike(before, passage, 0.5) for passage in before.passages]
        reply = taker.reply(part, found)
        for entry in reply.content:
            assert digits(str(entry.tree.get("text", ""))) <= known | digits(part.text)
        for unlike in (taker.reply(part, ()).content,):
            shown = blocks(str(unlike[0].tree["text"]))
            assert "<em>" not in shown
            assert "<a " not in shown
    assert all("years" not in table or "notes" in table for table in _groups(taker.tables))


def _groups(tables: dict[str, Any]) -> list[dict[str, Any]]:
    return [table for table in tables.values() if isinstance(table, dict)]


TABLES = [
    (case, name)
    for case, folder in GOOD.items()
    for name in load_answer((folder / "answer.yaml").read_bytes(), "answer.yaml").model.tables
]


@pytest.mark.parametrize(("case", "name"), TABLES)
@pytest.mark.parametrize("years", [[2030, 2031], []])
def test_a_new_table_has_the_layout_of_the_earlier_one_and_no_figure(
    case: str, name: str, years: list[int]
) -> None:
    content = (GOOD[case] / "answer.yaml").read_bytes()
    answer = load_answer(content, "answer.yaml").model
    tree: Any = read_tree(content, "answer.yaml")[0]
    before = tree["tables"][name]
    new: Any = new_table(before, answer.tables[name], years, "../earlier")
    for key in ("layout", "headings", "decimals", "chart"):
        assert str(new.get(key)).lower() == str(before.get(key)).lower()
    if "figures" in before:
        moved = os.path.normpath(f"../earlier/{before['figures']['source']}")
        assert new["figures"]["source"] == moved
        assert new["figures"].get("years") == (
            "2030-2031" if years else before["figures"].get("years")
        )
        return
    assert new["notes"] == [TO_FILL_IN]
    if years:
        assert list(new["years"]) == ["2030", "2031"]
    shown = [*new["years"].values(), {str(at): m for at, m in enumerate(new.get("given", ()))}]
    for items in shown:
        for item in items.values():
            figures = [item[key] for key in ("count", "total") if key in item]
            assert figures
            assert set(figures) == {UNKNOWN}
            assert "average" not in item


# --- what is alike -------------------------------------------------------------------------------


def test_what_is_taken_over_is_nearly_always_what_was_asked() -> None:
    """Of the corpus, each question looked for among the others."""
    documents, _ = labelled()

    def bare(text: str) -> str:
        return re.sub(r"[\d.,%-]+", "#", text.lower())

    right = wrong = 0
    for part, _, reply in corpus_drafts():
        if reply.source:
            if bare(reply.source.passage.question) == bare(part.text):
                right += 1
            else:
                wrong += 1
    assert right > 50
    assert wrong < 0.1 * right
    assert documents


def test_another_town_is_another_question() -> None:
    ask = "Hoeveel kandidaat-huurders telde {} eind 2018, en hoe lang wachtten zij gemiddeld?"
    subject = "Sociale huurwoningen - Wachtlijst in {}"
    aalst = document("aalst", subject.format("Aalst"), (ask.format("Aalst"), "4.218 kandidaten."))
    index = indexed([aalst])

    def likeness(town: str) -> float:
        part = AskedPart("1", ask.format(town))
        asked = Asked((part,), subject.format(town), whole=True)
        return Likeness(index, asked).of(part, aalst)[0].likeness

    assert likeness("Aalst") > 0.95
    assert likeness("Genk") < ENOUGH / 2


def test_a_short_part_wants_the_same_subject() -> None:
    one = document("one", "Zonnepanelen - Premies", ("Wat zijn de resultaten?", "Goed."))
    index = indexed([one])
    part = AskedPart("1", "Wat zijn de resultaten?")
    other = Likeness(index, Asked((part,), "Wachtlijsten in de kinderopvang", whole=True))
    same = Likeness(index, Asked((part,), "Premies voor zonnepanelen", whole=True))
    assert other.of(part, one)[0].likeness < ENOUGH <= same.of(part, one)[0].likeness


def test_the_newest_of_equals_is_taken_and_the_others_are_listed_once() -> None:
    asked = ("Hoeveel aanvragen waren er?", "In 2018 waren het er 3.")
    documents = [
        document("a", "Kmo-portefeuille", asked, asked_on=date(2019, 1, 1)),
        document("b", "Kmo-portefeuille", (asked[0], "In 2019: 4."), asked_on=date(2020, 1, 1)),
        document("c", "Kmo-portefeuille", asked, asked_on=date(2018, 1, 1)),
        document("d", "Kmo-portefeuille", (asked[0], "Nog te schrijven."), status="draft"),
    ]
    found = [Alike(one, one.passages[0], 1.0) for one in documents]
    part = Part("1", asked[0], asks=True)
    taker = Taker(Question("x", {}, (part,), {}, {"1": part.text}), lambda _: None)
    reply = taker.reply(part, found)
    assert reply.source
    assert reply.source.document.key == "b"
    assert [other.document.key for other in reply.others] == ["a"]


def test_one_answer_to_several_parts_is_quoted_once(tmp_path: Path, answers: Path) -> None:
    case = answers / "2017-2018-claes-9"
    case.mkdir()
    text = (EARLIER / "answer.yaml").read_text("utf-8")
    text = text[: text.index("answer:\n")] + (
        "answer:\n  question_date: 2019-03-12\n  parts:\n    - of: all\n      content:\n"
        "        - text: Alles samen.\n"
    )
    (case / "answer.yaml").write_text(text, "utf-8")
    file = written(tmp_path, (SEED / "question.txt").read_text("utf-8"))
    result = drafted(file, answers, source=str(case), out=tmp_path / "new")
    contents = [[entry.tree for entry in reply.content] for reply in result.replies]
    same = {"same_as": "1a", "quoted": "2018-2019-muyters-303", "reviewed": False}
    assert [tree for trees in contents for tree in trees if "same_as" in tree] == [same] * 3


def test_references_typed_tables_and_what_was_covered_come_along(
    tmp_path: Path, answers: Path, template: Template
) -> None:
    asked = (SEED / "question.txt").read_text("utf-8").replace("nr. 370", "nr. 371")
    result = drafted(written(tmp_path, asked), answers, source=str(SEED))
    case = result.folder
    text = (case / "answer.yaml").read_text("utf-8")
    answer = load_answer(text.encode(), "answer.yaml").model
    content = {part.of[0]: part.content for part in answer.answer.parts}
    assert content["1b"][0].same_as == "1a"
    assert content["1b"][0].quoted == CASE
    assert [bool(c.text) for c in content["2b"]] == [True, False]
    table = answer.tables["support"]
    assert list(table.years) == [2016, 2017, 2018, 2019]
    assert {getattr(item.count, "mark", "") for _, _, item in table.items()} == {"…"}
    assert table.captions["count"] == "Goedgekeurde projecten {year}"
    assert "# covers:\n      #   - years: 2016-2018\n" in text
    paths, problems = pipeline.render(case, template, ("html",), case.parent / "out")
    assert paths
    assert {p.code for p in problems if p.level != "hint"} <= {"todo", "unreviewed", "text-number"}


BEFORE = """\
status: final
question:
  session: 2018-2019
  number: 5
  asked_by: LIEN AERTS
  asked_on: 2019-03-12
  minister: {name: TOM CLAES, portfolio: VLAAMS MINISTER VAN WERK}
  subject: Steun
  parts: {1: {text: "Welke aanvragen?"}, 2: {text: "Welke bedrijven?"}, 3: {text: "Welke sectoren?"}, 4: {text: "Welke gemeenten?"}}
answer:
  question_date: 2019-03-12
  parts:
    - {of: 1, content: [{same_as: 2}]}
    - {of: 2, content: [{question: {number: 7, asked_by: JAN PEETERS}}]}
    - of: 3
      covers:
        - {years: 2015, not_available: Dat wordt niet bijgehouden.}
        - {years: 2016, question: {number: 41, asked_by: JAN PEETERS}}
    - {of: 4, content: [{annex: steun.csv}]}
annexes: [{file: steun.csv, title: Steun per gemeente}]
"""


def test_every_kind_of_content_comes_along_as_what_it_is(tmp_path: Path, answers: Path) -> None:
    case = tmp_path / "case"
    case.mkdir()
    (case / "answer.yaml").write_text(BEFORE, "utf-8")
    body = "Steun\n\n1. Welke aanvragen?\n2. Welke bedrijven?\n3. Welke sectoren?\n4. Welke gemeenten?\n"
    asked = QUESTION[: QUESTION.index("Kmo-portefeuille")] + body
    result = drafted(written(tmp_path, asked), answers, source=str(case))
    trees = {reply.label: [entry.tree for entry in reply.content] for reply in result.replies}
    key = {"quoted": "2018-2019-claes-5", "reviewed": False}
    # What it refers to comes first where it is needed first.
    assert trees["1"] == [{"question": {"number": "7", "asked_by": "JAN PEETERS"}, **key}]
    assert trees["2"] == [{"same_as": "1", **key}]
    assert trees["3"][0] == {"text": "Dat wordt niet bijgehouden.", **key}
    assert trees["3"][1]["question"] == {"number": "41", "asked_by": "JAN PEETERS"}
    assert trees["4"] == [{"text": "TODO bijlage: Steun per gemeente"}]


# --- what the document lacks ---------------------------------------------------------------------


def test_what_names_a_case_must_be_known_and_can_be_said_by_hand(
    tmp_path: Path, answers: Path
) -> None:
    file = written(tmp_path, "Hoeveel aanvragen waren er?\n")
    with pytest.raises(InputError) as error:
        drafted(file, answers)
    assert told(error) == ["incomplete"]
    message = error.value.problems[0].message
    assert "--number" in message
    assert "--minister" in message
    assert "--asked-on" in message
    assert [path.name for path in answers.iterdir()] == [EARLIER.name]
    said = Given(number="12", minister="TOM CLAES", asked_on="2025-11-03")  # type: ignore[arg-type]
    case = drafted(file, answers, given=said).folder
    assert case.name == "2025-2026-claes-12"
    answer = load_answer((case / "answer.yaml").read_bytes(), "answer.yaml").model
    assert answer.question.asked_by == answer.question.subject == "TODO"
    assert answer.question.minister.portfolio == "TODO"
    assert answer.answer.parts[0].of_all


def test_a_question_keeps_its_own_words_and_signs(tmp_path: Path, answers: Path) -> None:
    case = drafted(written(tmp_path), answers).folder
    question = load_answer((case / "answer.yaml").read_bytes(), "answer.yaml").model.question
    texts = {"".join(path): part.text for path, part in question.labels()}
    assert texts["2"] is None
    assert texts["2a"] == "Waarom *niet* <meer>?"
    assert question.parts["1"].requested
    assert question.parts["1"].requested.years == tuple(range(2016, 2025))
    html = blocks(todo(texts["2a"]))
    assert html == "<p>TODO Waarom *niet* &lt;meer&gt;?</p>"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60))
def test_a_text_without_markup_is_printed_as_it_stands(text: str) -> None:
    from html import unescape

    words = f"Zo {text.strip()}"
    shown = unescape(re.sub("<[^>]*>", "", blocks(plain(words))))
    assert shown.split() == words.split()


def test_a_label_is_taken_apart_by_the_labels_around_it() -> None:
    labels = ["1", "1a", "1ai", "10", "2", "2b"]
    assert path_of("1ai", labels) == ("1", "a", "i")
    assert path_of("10", labels) == ("10",)
    assert path_of("2b", labels) == ("2", "b")


# --- whole or not at all -------------------------------------------------------------------------


def test_an_existing_case_is_never_overwritten(tmp_path: Path, answers: Path) -> None:
    file = written(tmp_path)
    case = drafted(file, answers).folder
    (case / "answer.yaml").write_text("van een mens", "utf-8")
    with pytest.raises(InputError) as error:
        drafted(file, answers)
    assert told(error) == ["case-exists"]
    with pytest.raises(InputError):
        files.write_folder(case, {"answer.yaml": b""})
    assert (case / "answer.yaml").read_text("utf-8") == "van een mens"


KILLED = """
import os, sys
from pathlib import Path
from kmo_report import files
target, last = Path(sys.argv[1]), int(sys.argv[2])
count = 0
def stop(event, arguments):
    global count
    if event in ("open", "os.mkdir", "os.rename", "os.rmdir", "os.remove", "os.scandir"):
        named = [str(a) for a in arguments if isinstance(a, (str, os.PathLike))]
        if any(str(target.parent) in name for name in named):
            count += 1
            if count == last:
                os._exit(9)
sys.addaudithook(stop)
files.write_folder(target, {"answer.yaml": b"a" * 100000, "question.txt": b"q"})
"""


def test_a_run_that_is_killed_leaves_nothing_or_all(tmp_path: Path) -> None:
    target = tmp_path / "answers" / CASE
    states, last = set(), 0
    while True:
        last += 1
        shutil.rmtree(target, ignore_errors=True)
        command = [sys.executable, "-c", KILLED, str(target), str(last)]
        done = subprocess.run(command, check=False).returncode
        names = sorted(path.name for path in target.iterdir()) if target.exists() else []
        assert names in ([], ["answer.yaml", "question.txt"])
        states.add((done, bool(names)))
        # Nothing that a person or `check` would take for a case.
        assert [*Path(target.parent).glob("*/answer.yaml")] == [target / "answer.yaml"] * bool(
            names
        )
        if done == 0:
            break
        assert done == 9
    assert states == {(9, False), (9, True), (0, True)}
    assert [path.name for path in target.parent.iterdir()] == [CASE]  # what was left is gone


# --- update --------------------------------------------------------------------------------------


def test_an_update_of_a_whole_case_changes_nothing(answers: Path) -> None:
    case = drafted(SEED / "question.txt", answers).folder
    before = {path: path.read_bytes() for path in case.iterdir()}
    result = drafted(SEED / "question.txt", answers, update=True)
    assert result.written == ()
    assert {path: path.read_bytes() for path in case.iterdir()} == before


def test_an_update_puts_in_what_lacks_and_keeps_every_line(answers: Path) -> None:
    case = drafted(SEED / "question.txt", answers).folder
    file = case / "answer.yaml"
    text = file.read_text("utf-8")
    first = text.index("    - of: 1b\n")
    text = text[:first] + text[text.index("    - of: 2a\n") :]
    text = text[: text.index("    - of: 2b\n")] + "    - of: 2b # hier komt nog iets\n"
    text = re.sub(r"        b:\n          text: Als het gemeten.*\n", "", text)
    text = text.replace("status: draft", "status:   draft   # van mij")
    file.write_text(text, "utf-8")
    result = drafted(SEED / "question.txt", answers, update=True)
    assert [reply.label for reply in result.replies] == ["1b", "2b"]
    now = file.read_text("utf-8")
    left = iter(now.splitlines())
    assert all(line in left for line in text.splitlines())  # each, in their order
    answer = load_answer(file.read_bytes(), "answer.yaml").model
    assert [part.of for part in answer.answer.parts] == [("1a",), ("1b",), ("2a",), ("2b",)]
    assert answer.question.parts["1"].parts["b"].text
    assert "support" in answer.tables
    assert drafted(SEED / "question.txt", answers, update=True).written == ()


@given(removed=st.sets(st.integers(0, 3)), comments=st.sets(st.integers(0, 60)))
def test_whatever_is_taken_out_is_put_back_and_then_nothing_lacks(
    tmp_path_factory: pytest.TempPathFactory, removed: set[int], comments: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("update")
    case = folder / CASE
    case.mkdir()
    lines = DRAFTED.read_text("utf-8").splitlines()
    starts = [at for at, line in enumerate(lines) if line.startswith("    - of: ")]
    ends = [*starts[1:], lines.index("tables:")]
    gone = {n for i in removed for n in range(starts[i], ends[i])} if len(removed) < 4 else set()
    kept = [
        f"{line} # {at}" if at in comments and line.endswith(("false", "draft")) else line
        for at, line in enumerate(lines)
        if at not in gone
    ]
    (case / "answer.yaml").write_text("\n".join(kept) + "\n", "utf-8")
    result = drafted(SEED / "question.txt", folder, update=True)
    assert len(result.replies) == (len(removed) if len(removed) < 4 else 0)
    now = iter((case / "answer.yaml").read_text("utf-8").splitlines())
    assert all(line in now for line in kept)
    assert drafted(SEED / "question.txt", folder, update=True).written == ()


def test_a_document_that_reads_otherwise_is_told_and_kept_beside(
    tmp_path: Path, answers: Path
) -> None:
    case = drafted(written(tmp_path), answers).folder
    before = (case / "answer.yaml").read_bytes()
    other = written(tmp_path, QUESTION.replace("Sinds wanneer", "Vanaf wanneer"))
    result = drafted(other, answers, update=True)
    assert [p.code for p in result.problems if p.place and p.place.line] == ["asked-otherwise"]
    assert (case / "answer.yaml").read_bytes() == before
    assert [path.name for path in result.written] == ["question.2.txt"]


# --- the commands --------------------------------------------------------------------------------


def run(*arguments: str, stdin: bytes = b"", cwd: Path | None = None) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "kmo_report", "--lang", "en", *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, cwd=cwd)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_draft_says_what_came_from_where_and_what_is_next(answers: Path) -> None:
    code, out, err = run("draft", str(SEED / "question.txt"), cwd=answers.parent)
    assert code == 0
    assert out.splitlines() == [f"answers/{CASE}/answer.yaml", f"answers/{CASE}/question.txt"]
    assert "1a   taken over from 2018-2019-muyters-303 part 3 (2019-03-12)" in err
    assert "1b   TODO" in err
    for command in ("figures", "check", "preview"):
        assert f"kmo-report {command} answers/{CASE}" in err
    code, out, err = run("draft", str(SEED / "question.txt"), cwd=answers.parent)
    assert (code, out) == (1, "")
    assert "[case-exists]" in err
    code, out, err = run("draft", str(SEED / "question.txt"), "--update", cwd=answers.parent)
    assert (code, out) == (0, "")
    assert "nothing is missing" in err


def test_draft_reads_standard_input_and_names_the_file_by_what_it_is(answers: Path) -> None:
    code, out, _ = run("draft", "-", stdin=QUESTION.encode(), cwd=answers.parent)
    assert code == 0
    assert out.splitlines()[1] == "answers/2025-2026-claes-12/question.txt"


def test_wrong_use_of_draft(tmp_path: Path, answers: Path) -> None:
    file = str(written(tmp_path))
    code, _, err = run("draft", file, "--number", "1.2", cwd=answers.parent)
    assert code == 2
    assert "1.2 is no whole number" in err
    code, _, err = run("draft", file, "--from", "2011-2012-x-1", cwd=answers.parent)
    assert code == 1
    assert "[no-case]" in err
    identifier = "urn:kmo-report:sv:2018-2019:muyters:303"
    code, _, _ = run("draft", file, "--from", identifier, cwd=answers.parent)
    assert code == 0


def test_new_writes_an_empty_case_or_names_what_it_still_needs(tmp_path: Path) -> None:
    code, out, err = run("new", "--number", "12", "--minister", "TOM CLAES", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert "--session, --asked-on, --asked-by, --subject" in err
    said = ["--number", "12", "--minister", "TOM CLAES", "--subject", "Steun"]
    said += ["--asked-by", "JAN PEETERS", "--asked-on", "2025-11-03", "--part", "Hoeveel?"]
    code, out, err = run("new", *said, cwd=tmp_path)
    assert (code, out) == (0, "answers/2025-2026-claes-12/answer.yaml\n")
    assert "kmo-report check answers/2025-2026-claes-12" in err
    assert run("new", *said, cwd=tmp_path)[0] == 1


def test_new_asks_in_a_terminal_until_it_is_right(tmp_path: Path) -> None:
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "kmo_report", "--lang", "en", "new"]
    asked = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, cwd=tmp_path)
    os.close(child)
    lines = ["1.2", "12", "JAN PEETERS", "2025-11-03", "", "TOM CLAES", "", "Steun", "Hoeveel?", ""]
    os.write(parent, "".join(f"{line}\n" for line in lines).encode())
    said = b""
    while True:
        try:
            piece = os.read(parent, 4096)
        except OSError:  # its end, on Linux
            break
        if not piece:
            break
        said += piece
    assert asked.wait(timeout=30) == 0, said
    os.close(parent)
    assert b"1.2 is no whole number" in said
    answer = load_answer(
        (tmp_path / "answers/2025-2026-claes-12/answer.yaml").read_bytes(), "answer.yaml"
    ).model
    assert answer.question.session == "2025-2026"
    assert answer.question.minister.portfolio == "TODO"
    assert answer.question.parts["1"].text == "Hoeveel?"


def test_start_needs_no_parts(tmp_path: Path) -> None:
    said = Given.model_validate(
        {
            "number": "3",
            "minister": "TOM CLAES",
            "asked_on": "2025-11-03",
            "introduction": "Waarom?",
        }
    )
    case = start(said, [], tmp_path).folder
    answer = load_answer((case / "answer.yaml").read_bytes(), "answer.yaml").model
    assert answer.answer.parts[0].content[0].text == "TODO Waarom?"


def test_the_commands_speak_dutch(capsys: pytest.CaptureFixture[str], answers: Path) -> None:
    from kmo_report.language import speak

    out = str(answers.parent / "nieuw")
    arguments = ["draft", str(SEED / "question.txt"), "--answers", str(answers), "--out", out]
    with pytest.raises(SystemExit):
        main(["--lang", "nl", *arguments])
    speak("en")
    said = capsys.readouterr().err
    assert "overgenomen uit 2018-2019-muyters-303" in said
