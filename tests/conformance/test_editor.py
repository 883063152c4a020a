"""What an editor shows of an answer file: keys to choose from, what they mean, what is wrong."""

from collections.abc import Iterator

import pytest

from tests.conformance.editor import Editor, editor
from tests.conftest import GOOD, ROOT
from tests.test_schema import BAD, NO_YAML, UNSEEN, planted, seen

FIRST = "# yaml-language-server: $schema=../../kmo_report/schemas/answer.schema.json\n"
"""The line that files of answers/ start with."""
ITEM = "tables:\n  support:\n    years:\n      2019:\n        Advies A:\n          "
CONTENT = "answer:\n  parts:\n    - of: 1a\n      content:\n        - "


@pytest.fixture(scope="module")
def opened() -> Iterator[Editor]:
    """An editor, with files in a folder of answers/ that need not be on the disk."""
    with editor(ROOT / "answers/new") as talk:
        yield talk


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("‸\n", {"status", "question", "answer", "tables", "annexes", "silence"}),
        ("status: ‸\n", {"draft", "reviewed", "final"}),
        ("question:\n  ‸\n", {"session", "number", "asked_by", "asked_on", "minister", "parts"}),
        ("question:\n  minister: {name: TOM CLAES, p‸}\n", {"portfolio"}),
        ("question:\n  parts:\n    1:\n      ‸\n", {"text", "asks", "parts", "requested"}),
        ("question:\n  parts:\n    1:\n      parts:\n        a:\n          ‸\n", {"text", "asks"}),
        ("question:\n  parts:\n    1:\n      asks: ‸\n", {"true", "false"}),
        (CONTENT + "‸\n", {"text", "quoted", "reviewed", "table", "same_as"}),
        (ITEM + "‸\n", {"count", "total", "average"}),
        ("tables:\n  support:\n    layout: ‸\n", {"per-year", "per-measure"}),
        ("tables:\n  support:\n    layout:\n      ‸\n", {"table_per", "rows", "columns"}),
        ("silence:\n  - code: ‸\n", {"quotes", "vague-time", "heading-case", "doubled-word"}),
    ],
)
def test_keys_and_values_are_offered(text: str, offered: set[str], opened: Editor) -> None:
    assert offered <= set(opened.completions(FIRST + text))


def test_what_is_there_already_is_not_offered_again(opened: Editor) -> None:
    assert "session" not in opened.completions(FIRST + "question:\n  session: 2019-2020\n  ‸\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("question:\n  asked‸_on: 2020-02-13\n", "The date of the question."),
        ("question:\n  asked‸_on: 2020-02-13\n", "```yaml\n2020-02-13\n```"),
        ("question:\n  minis‸ter: {}\n", "name: HILDE CREVITS"),
        ("question:\n  parts:\n    1:\n      as‸ks: false\n", "Whether it asks something"),
        (
            "question:\n  parts:\n    1:\n      parts:\n        a:\n          te‸xt: x\n",
            "What it asks, as it came in",
        ),
        (ITEM + "cou‸nt: 4\n", "How many approved requests"),
        (ITEM + "count: {miss‸ing: x}\n", "What is printed instead"),
        ("question:\n  parts:\n    ‸a: {text: x}\n", "A numbered sub-question"),
        (ITEM + "the‸me: HRM\n", "A label of your own choice"),
        ("tables:\n  sup‸port: {}\n", "how they are laid out"),
        ("tables:\n  support:\n    layout: {ro‸ws: item}\n", "What the rows are"),
    ],
)
def test_a_key_says_what_it_means(text: str, shown: str, opened: Editor) -> None:
    assert shown in opened.hover(FIRST + text)


@pytest.mark.parametrize("case", GOOD)
def test_nothing_is_underlined_in_a_good_case(case: str, opened: Editor) -> None:
    text = (GOOD[case] / "answer.yaml").read_text("utf-8")
    assert opened.problems(FIRST + text) == []


LEFT = {
    ("empty", None): "an empty file is one that is about to be written",
    ("number", 27): "a key without a value, between braces, is one that is being written",
}
"""Case and line -> why it leaves what a schema sees."""
BROKEN = [case for case in BAD if UNSEEN.get(planted(case)[0][0]) == NO_YAML]


@pytest.mark.parametrize("case", BAD.keys() - BROKEN)
def test_a_planted_mistake_is_underlined_where_the_schema_sees_it(
    case: str, opened: Editor
) -> None:
    """So the editor reads a file as our own tests of the schema do."""
    said = opened.problems(FIRST + (BAD[case] / "answer.yaml").read_text("utf-8"))
    lines = {int(each.partition(":")[0]) - 1 for each in said}
    found = seen(BAD[case])
    expected = {line for code, line in planted(case) if (case, line) not in LEFT} & found
    assert expected <= lines <= found, said


@pytest.mark.parametrize("case", BROKEN)
def test_what_cannot_be_read_is_underlined_somewhere(case: str, opened: Editor) -> None:
    text = (BAD[case] / "answer.yaml").read_text("utf-8", "replace")
    assert opened.problems(FIRST + text)


def test_what_is_wrong_is_said_in_plain_words(opened: Editor) -> None:
    text = (ROOT / "tests/eight/answer.yaml").read_text("utf-8")
    assert opened.problems(FIRST + text) == [
        '2: Value is not accepted. Valid values: "draft", "reviewed", "final".',
        "7: Write a date: 2020-02-13",
        "8: Property portefeuille is not allowed.",
        "12: Property 2. is not allowed.",
        '24: Value is not accepted. Valid values: "per-year", "per-measure".',
    ]
