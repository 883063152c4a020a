"""Loading never guesses, never crashes, and says where."""

import contextlib
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kmo_report.checks import check
from kmo_report.load import load_answer
from kmo_report.problems import InputError
from kmo_report.source import read_tree, without_comments
from kmo_report.view import page
from kmo_report.withhold import published
from tests.conftest import GOOD, ROOT, STYLE

SEED = (ROOT / "answers/2019-2020-crevits-370/answer.yaml").read_bytes()

JUNK = ["", " ", "\n", "\t", *"{}[]:'\"x0.€#|%", ": ", "- ", "&a ", "*a", "!!x ", '"": ', "(", "#x"]


def problems(content: bytes) -> list[str]:
    """What is wrong with it; a problem without a line would not help anybody."""
    with pytest.raises(InputError) as caught:
        load_answer(content, "answer.yaml")
    assert caught.value.problems
    return [str(problem) for problem in caught.value.problems]


def test_scalars_are_what_is_written() -> None:
    text = SEED.replace(b"subject: ", b"subject: no # ", 1).replace(b"CAROLINE GENNEZ", b"12:30")
    question = load_answer(text, "answer.yaml").model.question
    assert (question.subject, question.asked_by, question.number) == ("no", "12:30", 370)


@pytest.mark.parametrize("number", ["0370", "0x172", "1_000", "3.7e2", "370.0", "+370", "٣٧٠"])
def test_a_number_is_written_in_one_way(number: str) -> None:
    assert problems(SEED.replace(b"number: 370", f"number: {number}".encode(), 1))


def test_line_and_column_are_those_of_an_editor() -> None:
    text = SEED.replace(b"count: 452, total: 749140", "count: 452, total: €749.140".encode())
    before, _, _ = text.decode().partition("€749")
    line, column = before.count("\n") + 1, len(before) - before.rindex("\n")
    (problem,) = problems(text)
    assert problem.startswith(f"answer.yaml:{line}:{column}: error: ")


def test_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = load_answer(SEED, "answer.yaml").model
    assert load_answer(b"\xef\xbb\xbf" + SEED.replace(b"\n", b"\r\n"), "answer.yaml").model == plain


def test_a_megabyte_of_noise_is_one_clear_error() -> None:
    noise = random.Random(370).randbytes(1_000_000)  # noqa: S311 -- noise, not a secret
    (problem,) = problems(noise)
    assert "no UTF-8" in problem
    assert problem.startswith("answer.yaml:1:")


@pytest.mark.parametrize(
    "noise", [b"[" * 1_000_000, b"{a: " * 250_000, b"- " * 500_000, b"? " * 99]
)
def test_depth_is_bounded(noise: bytes) -> None:
    assert len(problems(noise)) == 1


@given(st.binary(max_size=200))
@example("{\u2028.".encode())
def test_any_bytes_are_an_error_with_a_name(content: bytes) -> None:
    for problem in problems(content):
        assert problem.startswith("answer.yaml")


NOTED = st.sampled_from(["x", "'a # b'", '"c #d"', "[i, j]", "k#l", "é # m"])
BLOCKS = st.sampled_from(["|\n  e # f\n  #g", ">\n  h", "| # m\n  #i"])
NOTES = st.sampled_from(["", "\n# o", "\n\n  # p"])


@given(
    st.lists(
        st.tuples(NOTED, NOTES | st.sampled_from([" # n", " #"]))
        | st.tuples(BLOCKS, st.sampled_from(["", "\n# o", "\n\n# p"]))
    )
)
def test_without_its_comments_a_file_says_the_same(entries: list[tuple[str, str]]) -> None:
    lines = [f"k{n}: {value}{note}" for n, (value, note) in enumerate(entries)]
    text = "\n".join([*lines, "z: 1"])
    bare = without_comments(text.encode())
    assert read_tree(bare, "a")[0] == read_tree(text.encode(), "a")[0]
    for note in (" n", " o", " p", " m"):
        assert f"#{note}".encode() not in bare


@given(st.data())
def test_any_damage_to_a_good_file_is_read_or_named(data: st.DataObject) -> None:
    text = GOOD[data.draw(st.sampled_from(sorted(GOOD)))].joinpath("answer.yaml").read_text("utf-8")
    at = data.draw(st.integers(0, len(text) - 1))
    junk = data.draw(st.sampled_from(JUNK))
    damaged = text[:at] + junk + text[at + data.draw(st.integers(0, 12)) :]
    with contextlib.suppress(InputError):
        loaded = load_answer(damaged.encode(), "answer.yaml")
        if not any(problem.level == "error" for problem in check(loaded, STYLE)):
            page(published(loaded.model, STYLE), STYLE)


def test_an_answer_is_read_within_its_own_size() -> None:
    """Nothing in a file makes the tree larger than its text, so a bomb has no fuse."""
    bomb = b"a: &a [x]\n" + b"".join(b"b%d: &b%d [*a, *a]\n" % (n, n) for n in range(30))
    assert "begins with & wants quotes" in problems(bomb)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: b: c", "1:5: error: a colon too many"),
        ("a\nb: 1", "2:2: error: a colon too many"),
        ("a:\n\tb: 1", "2:1: error: a tab; indent with spaces"),
        ("a: [1, 2", "1:9: error: a comma or a closing bracket is missing"),
        ('a: "x', "1:4: error: the quote that is opened here is not closed"),
        ('a: "x\nb: "y"\nc: 1', "2:5: error: a quote that is opened on line 1 closes here"),
        ("a: *Let op* dit", "1:4: error: a text that begins with * wants quotes"),
        ("a: **Let op** dit", "1:5: error: a text that begins with * wants quotes"),
        ("a: [VEKA](https://x.be) is", "a text that begins with [ wants quotes"),
        ("a: &b c", "1:4: error: a text that begins with & wants quotes"),
        ("a: @x", "1:4: error: a text that begins with this sign wants quotes"),
        ("- a\nb", "a key without a colon"),
        ('a: "\\d"', "use single quotes"),
        ("a:\n  - b\n c: 1", "3:2: error: indented otherwise"),
        ("a: {b c, - x: 1}", "stands where none may"),
        ("a: | x", "the text starts on the next line"),
    ],
)
def test_what_is_no_yaml_is_told_in_plain_words(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        load_answer(text.encode(), "answer.yaml")
    assert said in str(caught.value)
    assert "YAML" not in str(caught.value)
