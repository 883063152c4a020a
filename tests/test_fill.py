"""A mistake in a template is named with its line, and nothing unknown comes out of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from kmo_report import pipeline
from kmo_report.fill import fill
from kmo_report.problems import InputError
from kmo_report.template import Template, find_template, open_template
from kmo_report.view import Page, page
from tests.conftest import GOOD, STYLE


@pytest.fixture
def seed(template: Template) -> Page:
    return page(pipeline.read(GOOD["2019-2020-crevits-370"], STYLE)[0], template.style)


def mistakes(seed: Page, template: Template, old: str, new: str) -> list[str]:
    """What is said of a template in which `old` was changed to `new`."""
    assert old in template.page
    with pytest.raises(InputError) as caught:
        fill(seed, replace(template, page=template.page.replace(old, new, 1)))
    return [str(p).removeprefix(str(template.folder)) for p in caught.value.problems]


def line_of(template: Template, text: str) -> int:
    return template.page[: template.page.index(text)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{ answer.kind }}", "{{ answer.knd }}", "knd of AnswerView is not known; did you mean "),
        ("{{ answer.kind }}", "{{ answr.kind }}", "answr is not known; did you mean answer?"),
        ("{{ answer.kind }}", "{{ answer.kind | upr }}", "No filter named 'upr'."),
        ("{{ answer.kind }}", "{{ answer.kind + 1 }}", "can only concatenate str"),
        ("{{ answer.kind }}", "{{ 1 // 0 }}", "integer division or modulo by zero"),
        ("{{ answer.kind }}", "{{ ''.__class__.__mro__ }}", "access to attribute '__class__'"),
        ("{{ answer.kind }}", "{{ answer.kind ", "unexpected '/'"),
        ("{{ answer.kind }}", "{% endfor %}", "Encountered unknown tag 'endfor'"),
        ("{{ answer.kind }}", "{% include '/etc/passwd' %}", "/etc/passwd"),
        ("<h1>{{ answer.kind }}</h1>", "<h4>{{ answer.kind }}</h4>", "<h4> is not known (known: a"),
        ("<h1>{{ answer.kind }}</h1>", '<h1 class="x">a</h1>', '<h1 class="x"> is not known'),
        ("<h1>{{ answer.kind }}</h1>", '<h1 style="x">a</h1>', '<h1 style="..."> is not known'),
        ("<h1>{{ answer.kind }}</h1>", '<p><a href="file:///a">a</a></p>', "no web or mail"),
        ("<h1>{{ answer.kind }}</h1>", '<video src="http://a.be/x"/>', "<video> is not known"),
        ("<h1>{{ answer.kind }}</h1>", '<img src="x.png" alt="x"/>', "there is no picture x.png"),
        ("<h1>{{ answer.kind }}</h1>", "<p><table></table></p>", "<table> may not stand in <p>"),
        ("<h1>{{ answer.kind }}</h1>", "<h1>a&nbsp;b</h1>", "not well-formed, near"),
        ("{{ answer.kind }}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself"),
        ('content="{{ page.date }}T00:00:00Z"/>', 'content="gisteren"/>', "wants a date such as"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line(
    seed: Page, template: Template, old: str, new: str, said: str
) -> None:
    first = mistakes(seed, template, old, new)[0]
    assert first.startswith(f"/page.html.j2:{line_of(template, old)}")
    assert said in first


def test_a_page_that_is_not_well_formed_says_where(seed: Page, template: Template) -> None:
    (problem,) = mistakes(seed, template, "<h1>{{ answer.kind }}</h1>", "<h1>{{ answer.kind }}</p>")
    assert "not well-formed, near <h1>ANTWOORD</p>" in problem


def test_a_template_that_calls_itself_without_end_is_a_mistake(
    seed: Page, template: Template
) -> None:
    (problem,) = mistakes(seed, template, "{{ answer.kind }}", "{% include 'page.html.j2' %}")
    assert "this calls itself without end" in problem


def test_all_unknown_elements_are_named_at_once(seed: Page, template: Template) -> None:
    found = mistakes(
        seed, template, "<h1>{{ answer.kind }}</h1>", "<h5>a</h5><blink>b</blink>los<h1></h1>"
    )
    assert len(found) == 3


def test_data_cannot_write_elements_or_template_code(template: Template) -> None:
    html = fill(page(pipeline.read(GOOD["odd-text"], STYLE)[0], template.style), template).html
    assert "O&amp;O &lt;50 {{ x }} %} €" in html


def test_a_second_house_style_is_a_second_folder(tmp_path: Path, template: Template) -> None:
    for file in template.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    style = tmp_path / "style.yaml"
    style.write_text(style.read_text("utf-8").replace("ANTWOORD\n", "RÉPONSE\n", 1), "utf-8")
    assert "<h1>RÉPONSE</h1>" in fill(seed_of(tmp_path), open_template(tmp_path)).html


def seed_of(folder: Path) -> Page:
    return page(pipeline.read(GOOD["2019-2020-crevits-370"], STYLE)[0], open_template(folder).style)


def test_a_misspelt_house_style_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean vlaams-parlement"):
        find_template("vlaams-parlment")


def test_all_that_a_template_lacks_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_template(tmp_path)
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<td{{ classes(cell) }}>{{ cell.text }}</td>", "", "the rows of a table are not equally"),
        ("<h1>SCHRIFTELIJKE VRAAG</h1>", "<h2>VRAAG</h2>", "<h2> without <h1> before it"),
        ('"dcterms.created"', '"dcterms.creatd"', '"dcterms.created"> wants a date such as'),
    ],
)
def test_what_is_left_out_is_missed(
    seed: Page, template: Template, old: str, new: str, said: str
) -> None:
    assert any(said in mistake for mistake in mistakes(seed, template, old, new))


def test_an_empty_page_is_said_to_be_so(seed: Page, template: Template) -> None:
    with pytest.raises(InputError, match="the page is empty"):
        fill(seed, replace(template, page=" "))
