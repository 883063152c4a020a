"""Every planted mistake in a house style is found, with its place; and none where there is none."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import validate

from kmo_report import table, view
from kmo_report.fill import environment, fill
from kmo_report.language import LANGUAGES, speak
from kmo_report.lint import SAMPLES, lint, names, variables
from kmo_report.lint.kinds import fields_of
from kmo_report.load import load_answer
from kmo_report.problems import InputError, Problem
from kmo_report.template import DEFAULT, Template, find_template
from tests.conftest import ROOT
from tests.house_style import changed, copied
from tests.test_cli import kmo

BAD = {folder.name: folder for folder in sorted((ROOT / "tests/bad_templates").iterdir())}


def found(case: str, work: Path) -> list[Problem]:
    return lint(changed(work / "house", BAD[case] / "changes.yaml"))


@pytest.mark.parametrize("case", BAD)
def test_the_problems_are_the_golden_ones(
    case: str, tmp_path: Path, golden: Callable[[Path, str], None]
) -> None:
    said = "".join(f"{problem}\n" for problem in found(case, tmp_path))
    golden(BAD[case] / "problems.txt", said.replace(f"{tmp_path}/", ""))


@pytest.fixture
def _english_after() -> Iterator[None]:
    yield
    speak("en")


@pytest.mark.usefixtures("_english_after")
@pytest.mark.parametrize("case", BAD)
def test_every_problem_has_its_own_sentence_in_dutch(case: str, tmp_path: Path) -> None:
    said = []
    for language in LANGUAGES:
        speak(language)
        said.append(found(case, tmp_path / language))
    for english, dutch in zip(*said, strict=True):
        assert english.code == dutch.code
        assert english.message != dutch.message


def test_the_house_style_has_no_problem() -> None:
    assert lint(find_template(DEFAULT)) == []


def test_a_house_style_that_prints_less_is_told_what_and_is_no_error(tmp_path: Path) -> None:
    folder = copied(tmp_path / "house")
    for name in ("page.html.j2", "page.css", "style.yaml"):
        (folder / name).write_bytes((ROOT / "tests/house" / name).read_bytes())
    problems = lint(folder)
    assert {problem.code for problem in problems} == {"unused"}
    assert {problem.level for problem in problems} == {"hint"}
    assert "annexes of answer is never printed" in [problem.message for problem in problems]


def test_the_samples_reach_every_branch(template: Template) -> None:
    answers = [load_answer(path.read_bytes(), str(path)).model for path in SAMPLES]
    pages = [view.page(answer, template.style) for answer in answers]
    branches = [*re.finditer(r"\{%-? (?:if|elif|else|for)\b.*?%\}", template.page)]
    assert len(branches) > 20
    for branch in branches:
        at = branch.end()
        wrong = f"{template.page[:at]}{{{{ page.nowhere }}}}{template.page[at:]}"
        reached = 0
        for page in pages:
            try:
                fill(page, replace(template, page=wrong))
            except InputError:
                reached += 1
        assert reached, branch[0]


def test_the_list_of_variables_is_all_that_a_template_may_use(template: Template) -> None:
    rows = variables(template)
    names = [name for name, _, _ in rows]
    classes = (view.Page, view.QuestionView, view.AnswerView, view.PartView, table.TableView,
               view.WordsView, table.CellView)  # fmt: skip
    for cls in classes:
        for name in fields_of(cls):
            assert any(row.endswith(f".{name}") for row in names)
    assert {"minister.name", "minister.portfolio"} <= set(names)
    assert ("question.number", "text", "370") in rows
    assert ("answer.parts", "list of part", "") in rows
    assert ("table.rows", "list of list of cell", "") in rows
    without = [name for name, kind, example in rows if kind == "text" and not example]
    assert without == []  # the samples have an example of each
    assert len(SAMPLES) == 2


# --- the commands --------------------------------------------------------------------------------


def test_check_prints_problems_and_exits_with_1(tmp_path: Path) -> None:
    folder = changed(tmp_path / "house", BAD["all-at-once"] / "changes.yaml")
    done = kmo("template", "check", str(folder))
    assert done.returncode == 1
    assert f"{folder}/page.html.j2:" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("templates: 1; errors: ")
    assert done.stderr == ""


def test_warnings_count_when_strict(tmp_path: Path) -> None:
    folder = changed(tmp_path / "house", BAD["look-word"] / "changes.yaml")
    assert kmo("template", "check", str(folder)).returncode == 0
    assert kmo("template", "check", "--strict", str(folder)).returncode == 1
    assert kmo("template", "check", str(tmp_path / "none")).returncode == 1
    assert kmo("template", "check").returncode == 2


def test_json_is_as_the_schema_says(tmp_path: Path) -> None:
    folder = changed(tmp_path / "house", BAD["all-at-once"] / "changes.yaml")
    printed = json.loads(kmo("template", "check", str(folder), "--format", "json").stdout)
    schema = json.loads((ROOT / "kmo_report/schemas/problems.schema.json").read_text("utf-8"))
    validate(printed, schema)
    assert printed["summary"]["templates"] == 1
    assert len(printed["problems"]) == len(lint(folder))
    github = kmo("template", "check", str(folder), "--format", "github").stdout
    assert len(github.splitlines()) == len(printed["problems"])


def test_new_copies_and_never_overwrites(tmp_path: Path) -> None:
    folder = tmp_path / "made/house"
    done = kmo("template", "new", str(folder))
    assert done.returncode == 0, done.stderr
    names = ["page.css", "page.docx", "page.html.j2", "site.yaml", "style.yaml"]
    assert done.stdout.splitlines() == [str(folder / name) for name in names]
    for name in names:
        ours = (find_template(DEFAULT) / name).read_text("latin-1")
        # A schema beside ours is not beside theirs.
        ours = re.sub("^# yaml-language-server.*\n", "", ours)
        assert (folder / name).read_text("latin-1") == ours
    assert kmo("template", "check", str(folder)).returncode == 0
    (folder / "page.css").write_text("/* mine */", "utf-8")
    again = kmo("template", "new", str(folder))
    assert again.returncode == 1
    assert "there is something of that name; nothing is overwritten [file]" in again.stderr
    assert (folder / "page.css").read_text("utf-8") == "/* mine */"
    (tmp_path / "file").write_text("x", "utf-8")
    assert kmo("template", "new", str(tmp_path / "file")).returncode == 1
    assert (tmp_path / "file").read_text("utf-8") == "x"


def test_new_is_whole_or_not_at_all(tmp_path: Path) -> None:
    """A file that cannot be copied, after others that were."""
    source, work = copied(tmp_path / "source"), tmp_path / "work"
    (source / "zzz.woff").symlink_to(tmp_path / "nowhere")
    work.mkdir()
    done = kmo("template", "new", str(work / "house"), "--template", str(source))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{work}/house: error: this cannot be read or written [file]" in done.stderr
    assert [*work.iterdir()] == []


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% with part = page.answer.parts[0] %}{{ part.labl }}{% endwith %}", "labl of part"),
        ("{% set head %}{{ page.x }}{% endset %}{{ head }}", "x of page"),
        ("{% filter upper %}{{ page.x }}{% endfilter %}", "x of page"),
        ("{% for part in page.answer.parts[1:] %}{{ part.x }}{% endfor %}", "x of part"),
        ("{{ (page.answer.parts | first).x }}", "x of part"),
        ("{{ (page.answer.parts | sort | list)[0].x }}", "x of part"),
        ("{{ page.question.number if page.draft else page.x }}", "x of page"),
        ("{{ (page.question if page.draft else page.answer).x }}", "x of answer or question"),
        ("{{ (page.date ~ page.draft).x }}", "x of text"),
        ("{{ page.question['x'] }}", "x of question"),
        ("{% set a, b = 1, page.x %}{{ a }}{{ b }}", "x of page"),
        ("{% for a in page.answer.parts if a.x %}{{ a.label }}{% endfor %}", "x of part"),
        ("{% for a in [] %}{{ a }}{% else %}{{ page.x }}{% endfor %}", "x of page"),
        ("{% if a is defined %}{% elif page.x %}{% endif %}", "a is not known"),
        ("{% macro m(q, r=page.x) %}{{ q.y }}{{ r }}{% endmacro %}{{ m(q=page.question) }}",
         "y of question"),
        (("{% macro m(q) %}{{ q }}{{ caller(1) }}{% endmacro %}"
         "{% call(a) m(1) %}{{ a }}{{ page.x }}{% endcall %}"), "x of page"),
        (("{% for b in page.answer.blocks %}{% if b.kind != 'table' %}{{ b.rows }}{% endif %}"
         "{% endfor %}"), "rows of words"),
        ("{{ page.draft | default('x') | upr }}", "there is no filter upr"),
    ],
)  # fmt: skip
def test_a_name_is_followed_wherever_it_goes(template: Template, text: str, said: str) -> None:
    problems = names.Reader(environment(template), text, "page").read()
    assert any(said in problem.message for problem in problems), problems


@pytest.mark.parametrize(
    "text",
    [
        "{% for k in range(3) %}{{ loop.index }}{{ k }}{% endfor %}",
        "{% for a, b in [(1, 2)] %}{{ a.x }}{{ b[0].y }}{% endfor %}",
        "{{ page.date.upper() }}{{ page['date'][0:4] }}",
        "{% set space = namespace(x=1) %}{% set space.x = 2 %}{{ space.x }}",
        "{% if page.draft %}{% set a = 1 %}{% else %}{% set a = 2 %}{% endif %}{{ a }}",
        (
            "{% for b in page.answer.blocks %}{% if b.kind == 'table' %}{{ b.title }}"
            "{% else %}{{ b.text | prose }}{% endif %}{% endfor %}"
        ),
        "{{ page.answer.parts | map(attribute='label') | join }}",
        (
            "{% macro again(all) %}{% for p in all %}{{ p.label }}{{ again(p.parts) }}{% endfor %}"
            "{% endmacro %}{{ again(page.answer.parts) }}"
        ),
    ],
)
def test_what_is_known_is_no_mistake(template: Template, text: str) -> None:
    problems = names.Reader(environment(template), text, "page").read()
    assert [problem for problem in problems if problem.code == "template"] == []
