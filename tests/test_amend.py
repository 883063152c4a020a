"""Changes in an answer file: what was not touched is the same bytes, and it reads as it should."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kmo_report.amend import Change, Insert, Replace, amended
from kmo_report.emit import Noted, Value, plain, yaml_text
from kmo_report.problems import InputError
from kmo_report.source import Tree, read_tree
from tests.conftest import GOOD
from tests.schemas import parsed

FILE = """\
# head
answer:
  kind: answer   # what it is
  parts:

    - of: 1a
      content:
        - text: >
            Een zin die lang is
            en verder gaat.

            Nog een.
        # older: iets anders

        - table: support # the table
    # about 1b
    - of: [1b, 1c]
      content: [{text: Kort, quoted: '12'}]
      covers: []
  minister: {name: "A", portfolio: B}
tables: {}  # none yet
annexes:
silence:
- {code: quotes, reason: x}
- code: dash
  reason: |+
    Keeps.

publish_on: 2020-03-06
"""


def changed(text: str, *changes: Change) -> str:
    return amended(text.encode(), "answer.yaml", changes).decode()


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that only one of both has; no other may be touched."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return old, new


ONE = ("answer", "parts", "0")
TWO = ("answer", "parts", "1")


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (Replace(("answer", "kind"), "provisional"),
         ["  kind: answer   # what it is"], ["  kind: provisional   # what it is"]),
        (Replace(("answer", "kind"), "a: b"),
         ["  kind: answer   # what it is"], ['  kind: "a: b"   # what it is']),
        (Replace(("answer", "kind"), "a\n\nb\n"),
         ["  kind: answer   # what it is"], ["  kind: |   # what it is", "    a", "", "    b"]),
        (Replace((*ONE, "content", "0", "text"), "Een zin.\nNog een.\n"),
         ["            Een zin die lang is", "            en verder gaat."], ["            Een zin."]),
        (Replace((*ONE, "content", "0", "text"), "Een zin."),
         ["        - text: >", "            Een zin die lang is", "            en verder gaat.", "",
          "            Nog een."], ["        - text: >-", "            Een zin."]),
        (Replace((*ONE, "content", "0", "text"), "\tx"),
         ["        - text: >", "            Een zin die lang is", "            en verder gaat.", "",
          "            Nog een."], ['        - text: "\\tx"']),
        (Replace((*TWO, "content", "0", "text"), "a, b\nc"),
         ["      content: [{text: Kort, quoted: '12'}]"],
         ["      content: [{text: \"a, b\\nc\", quoted: '12'}]"]),
        (Replace((*TWO, "content", "0", "quoted"), "it's"),
         ["      content: [{text: Kort, quoted: '12'}]"],
         ["      content: [{text: Kort, quoted: 'it''s'}]"]),
        (Replace(("annexes",), "x"), ["annexes:"], ["annexes: x"]),
        (Replace(("silence", "1", "reason"), "Een.\n"),
         ["  reason: |+", "    Keeps."], ["  reason: |", "    Een."]),
        (Insert((*ONE, "content", "1"), {"text": "a\n\nb\n"}),
         [], ["        - text: |", "            a", "", "            b"]),
        (Insert((*ONE, "content", "2"), {"same_as": "1b"}, comment="look at this\nagain"),
         [], ["        # look at this", "        # again", "        - same_as: 1b"]),
        (Insert((*ONE, "content", "0"), Noted({"text": "x"}, "above", "below")),
         [], ["        # above", "        - text: x", "        # below"]),
        (Insert(("answer", "parts", "0"), {"of": ["1", "2"], "content": []}),
         [], ["    - of: [1, 2]", "      content: []"]),
        (Insert(("answer", "parts", "2"), {"of": "1", "asks": False}),
         [], ["    - of: 1", "      asks: false"]),
        (Insert((*TWO, "content", "1"), {"table": "t, u"}),
         ["      content: [{text: Kort, quoted: '12'}]"],
         ["      content: [{text: Kort, quoted: '12'}, {table: \"t, u\"}]"]),
        (Insert((*TWO, "content", "0"), {"table": "t"}),
         ["      content: [{text: Kort, quoted: '12'}]"],
         ["      content: [{table: t}, {text: Kort, quoted: '12'}]"]),
        (Insert((*TWO, "content", "0", "reviewed"), True, after="text"),  # noqa: FBT003
         ["      content: [{text: Kort, quoted: '12'}]"],
         ["      content: [{text: Kort, reviewed: true, quoted: '12'}]"]),
        (Insert((*TWO, "covers", "0"), {"years": "2016-2018", "not_available": "x"}),
         ["      covers: []"],
         ["      covers:", "        - years: 2016-2018", "          not_available: x"]),
        (Insert(("tables", "t"), {"years": {"2019": {}}}, comment="new"),
         ["tables: {}  # none yet"],
         ["tables:  # none yet", "  # new", "  t:", "    years:", "      2019: {}"]),
        (Insert(("annexes", "0"), {"file": "a.pdf"}),
         [], ["  - file: a.pdf"]),
        (Insert(("annexes", "x"), "y"), [], ["  x: y"]),
        (Insert(("silence", "2"), {"code": "x"}), [], ["- code: x"]),
        (Insert(("silence", "1"), "x"), [], ["- x"]),
        (Insert(("answer", "question_date"), "2020-02-13", after="kind"),
         [], ["  question_date: 2020-02-13"]),
        (Insert(("answer", "x"), "y"), [], ["  x: y"]),
        (Insert(("status",), "draft", after="silence"), [], ["status: draft"]),
        (Insert(("status",), "draft"), [], ["status: draft"]),
    ],
)  # fmt: skip
def test_a_change_writes_its_own_lines(change: Change, old: list[str], new: list[str]) -> None:
    assert lines_changed(FILE, changed(FILE, change)) == (old, new)


def test_several_changes_at_once_keep_their_order() -> None:
    after = changed(
        FILE,
        Insert((*ONE, "content", "2"), "x"),
        Replace((*ONE, "content", "1", "table"), "other"),
        Insert((*ONE, "content", "2"), "y"),
        Insert(("tables", "b"), "1"),
        Insert(("tables", "a"), "2"),
    )
    assert "- table: other # the table\n        - x\n        - y\n    # about 1b" in after
    assert "tables:  # none yet\n  b: 1\n  a: 2\nannexes:" in after


def test_what_belongs_to_the_last_value_comes_before_what_follows_it() -> None:
    outer, inner = Insert(("silence", "2"), {"code": "new"}), Insert(("silence", "1", "of"), "x")
    for changes in ((outer, inner), (inner, outer)):
        assert "Keeps.\n\n  of: x\n- code: new\n" in changed(FILE, *changes)


@pytest.mark.parametrize(
    ("text", "change", "want"),
    [
        ("\ufeffa: 1\r\nb: 2\r\n", Replace(("a",), "x\ny\n"), "\ufeffa: |\r\n  x\r\n  y\r\nb: 2\r\n"),
        ("a: |\r\n  x\r\n  y\r\n\r\nb: 2\r\n", Replace(("b",), "3"), "a: |\r\n  x\r\n  y\r\n\r\nb: 3\r\n"),
        ("a: 1\rb: 2", Insert(("c",), "3"), "a: 1\rb: 2\rc: 3\r"),
        ("a: 1", Replace(("a",), "2"), "a: 2"),
        ("a: |\n  x", Insert(("b",), "2"), "a: |\n  x\nb: 2\n"),
        ("a: |\n    x\n    y\n", Replace(("a",), "z\n\nq\n"), "a: |\n    z\n\n    q\n"),
        ("a: |\n    x\n", Replace(("a",), "  z\n"), "a: |2\n    z\n"),
        ("a: |2\n    x\n\nb: 1\n", Replace(("a",), "z\n"), "a: |\n  z\n\nb: 1\n"),
        ("a: |\n\nb: 1\n", Replace(("a",), "z\n"), "a: |\n  z\n\nb: 1\n"),
        ("a: |+\n  x\n\n\nb: 1\n", Insert(("c",), "y", after="a"), "a: |+\n  x\n\n\nc: y\nb: 1\n"),
        ("- - a\n  - b\n", Insert(("0", "0"), "x"), "- - x\n  - a\n  - b\n"),
        ("- {}\n- []\n", Insert(("0", "k"), "v"), "-\n  k: v\n- []\n"),
        ("- a\n-\n- b\n", Insert(("1", "k"), "v"), "- a\n-\n  k: v\n- b\n"),
        ("- a\n-\n- b\n", Replace(("1",), "v"), "- a\n- v\n- b\n"),
        ("{a: , b: 1}\n", Replace(("a",), "v"), "{a: v, b: 1}\n"),
        ("{a: , b: {}, c: []}\n", Insert(("b", "k"), "v"), "{a: , b: {k: v}, c: []}\n"),
        ("{a: , b: {}, c: []}\n", Insert(("c", "0"), "v"), "{a: , b: {}, c: [v]}\n"),
        ("{}\n", Insert(("k",), ["a", {"b": "c"}]), "k:\n  - a\n  - b: c\n"),
        ("[a, b]\n", Insert(("1",), "v"), "[a, v, b]\n"),
        ("[a, b,]\n", Insert(("2",), "v"), "[a, b, v,]\n"),
        ("a: ! tagged\n", Replace(("a",), "v"), "a: v\n"),
        ("# list\na:\n# first\n- x\n", Insert(("a", "0"), "v"), "# list\na:\n- v\n# first\n- x\n"),
        ("? a\n: x\n", Replace(("a",), "y\nz\n"), "? a\n: |\n  y\n  z\n"),
        ("a: plain\n  more  # c\nb: 1\n", Replace(("a",), "v"), "a: v  # c\nb: 1\n"),
    ],
)  # fmt: skip
def test_files_of_every_kind_keep_their_ways(text: str, change: Change, want: str) -> None:
    assert changed(text, change) == want


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("{q}\n", Replace(("q",), "v")),
        ("{q: {}}\n", Insert(("q", "a"), "v", comment="why")),
        ("{q: {a: b}}\n", Insert(("q", "c"), {"d": Noted("v", "why")})),
        ("q: [a: b]\n", Insert(("q", "0", "c"), "v")),
        ("? q\n", Insert(("q", "c"), "v")),
    ],
)
def test_what_has_no_room_says_what_to_do(text: str, change: Change) -> None:
    with pytest.raises(InputError) as raised:
        changed(text, change)
    (problem,) = raised.value.problems
    assert (problem.code, problem.place and problem.place.line) == ("amend", 1)
    assert "a line of its own" in problem.message


@pytest.mark.parametrize(
    "change",
    [
        Replace(("answer",), "x"),
        Replace(("nothing",), "x"),
        Insert(("answer", "kind"), "x"),
        Insert(("answer", "new"), "x", after="nothing"),
        Insert(("answer", "kind", "x"), "x"),
        Insert((*ONE, "content", "3"), "x"),
        Insert((*TWO, "content", "3"), "x"),
    ],
)
def test_a_place_that_is_not_there_is_a_mistake_of_the_caller(change: Change) -> None:
    with pytest.raises(KeyError):
        changed(FILE, change)


# --- laws ----------------------------------------------------------------------------------------

WORDS = ("de", "steun", "a: b", "#5", " # c", "- x", "'", '"', "\\", "{", "]", ",", "?", "1", "749.140",
         "true", "null", "…", "é", "  ", "\u00a0", "\u2028", "\t", "lang " * 30, "|", ">", "%", "@", "---",
         "*", "&", "!", "=", "<<", "0370", "1e3", "😀", "\ufeff", ":", "no", "2020-02-13")  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from((*WORDS, " ", " ", "\n", "\n")), max_size=12).map("".join),
    st.text(
        st.characters(blacklist_categories=["Cs", "Cc", "Cn"], whitelist_characters="\n\t"),
        max_size=20,
    ),
)
keys = texts.filter(bool)
trees = st.recursive(
    texts | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(keys, trees, min_size=1))
@example({"- x": [[["a\n"]], {"#": ""}]})
def test_what_is_written_reads_back(tree: Any) -> None:  # noqa: ANN401
    text = yaml_text(tree)
    assert read_tree(text.encode(), "a.yaml")[0] == tree


def as_text(value: Any) -> Any:  # noqa: ANN401
    """What an editor read, as text; a flag or nothing stays what it is."""
    if isinstance(value, dict):
        return {key: as_text(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [as_text(entry) for entry in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


@given(st.dictionaries(keys, trees, min_size=1))
def test_an_editor_reads_the_same(tree: Any) -> None:  # noqa: ANN401
    assert as_text(parsed(yaml_text(tree))) == tree


def test_what_is_written_looks_as_a_person_would_write_it() -> None:
    tree: Mapping[str, Value] = {
        "status": "draft",
        "number": 370,
        "asked_on": date(2020, 2, 13),
        "asks": False,
        "subject": "Premies: een stand van zaken",
        "said": 'Zij zei "neen"',
        "empty": {},
        "introduction": "woord " * 30 + "einde\n",
        "parts": [
            Noted(
                {"of": ["1a", "1b"], "content": [{"text": "Een.\n\n- twee\n"}]},
                "first",
                "older:\nx",
            ),
            {"of": Noted("2", "said of the first key"), "content": []},
            [["a", "b"], "c"],
        ],
    }
    assert (
        yaml_text(tree)
        == f"""\
status: draft
number: 370
asked_on: 2020-02-13
asks: false
subject: "Premies: een stand van zaken"
said: Zij zei "neen"
empty: {{}}
introduction: >
  {("woord " * 16).strip()}
  {"woord " * 14}einde
parts:
  # first
  - of: [1a, 1b]
    content:
      - text: |
          Een.

          - twee
  # older:
  # x
  # said of the first key
  - of: 2
    content: []
  - - [a, b]
    - c
"""
    )


def leaves(tree: Tree, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(tree, dict):
        return [leaf for key, entry in tree.items() for leaf in leaves(entry, (*path, key))]
    if isinstance(tree, list):
        return [leaf for at, entry in enumerate(tree) for leaf in leaves(entry, (*path, str(at)))]
    return [path]


def groups(tree: Tree, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Tree]]:
    if not isinstance(tree, dict | list):
        return []
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree)
    below = [found for step, entry in entries for found in groups(entry, (*path, str(step)))]
    return [(path, tree), *below]


FILES = {
    "file": FILE.encode(),
    **{name: (case / "answer.yaml").read_bytes() for name, case in GOOD.items()},
}
del FILES["long-table"]  # which says nothing that the others do not


def test_what_ends_in_the_same_line_keeps_its_depth() -> None:
    content = b"a:\n  b:\n    - c: []\nd: 1\n"
    changes = [Insert(("a", "e"), "f"), Insert(("a", "b", "0", "c", "0"), "g")]
    assert amended(content, "a.yaml", changes) == (
        b"a:\n  b:\n    - c:\n        - g\n  e: f\nd: 1\n"
    )


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_changed_file_reads_as_it_should_and_the_rest_is_the_same_bytes(
    data: st.DataObject,
) -> None:
    content = FILES[data.draw(st.sampled_from([*FILES]))]
    tree, _ = read_tree(content, "a.yaml")
    if data.draw(st.booleans()):
        content = content.replace(b"\n", b"\r\n")
    paths = data.draw(st.lists(st.sampled_from(leaves(tree)), max_size=3, unique=True))
    changes: list[Change] = [Replace(path, data.draw(texts)) for path in paths]
    for path, value in data.draw(
        st.lists(st.sampled_from(groups(tree)), max_size=2, unique_by=lambda group: group[0])
    ):
        new, note = data.draw(trees), data.draw(st.sampled_from(["", "note\nmore"]))
        if isinstance(value, list):
            step = str(data.draw(st.integers(0, len(value))))
            changes.append(Insert((*path, step), new, None, note))
        else:
            assert isinstance(value, dict)
            after = data.draw(st.sampled_from([None, *value]))
            step = data.draw(keys.filter(lambda key: key not in value))  # noqa: B023
            changes.append(Insert((*path, step), new, after, note))
    try:
        result = amended(content, "a.yaml", changes)  # which reads its result, and compares
    except InputError as error:
        codes = {problem.code for problem in error.problems}
        assert codes == {"amend"}
        return
    at = 0
    for comment in re.findall(rb"(?m)^[ \t]*#.*$", content):
        at = result.find(comment, at)
        assert at >= 0
    if not changes:
        assert result == content


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_what_is_changed_and_changed_back_is_the_same_bytes(data: st.DataObject) -> None:
    content = FILES[data.draw(st.sampled_from([*FILES]))]
    tree, source = read_tree(content, "a.yaml")
    path = data.draw(st.sampled_from(leaves(tree)))
    value: Any = tree
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]
    if source.spans[path].style in ("", ">", '"') or value is None or value.endswith("\n\n"):
        return  # which may be folded or quoted otherwise
    style = source.spans[path].style
    other = data.draw(
        st.sampled_from(["Een ander woord.\n", "x\n\ny\n"] if style == "|" else ["a: b", "c"])
    )
    once = amended(content, "a.yaml", [Replace(path, other)])
    assert amended(once, "a.yaml", [Replace(path, value)]) == content


def test_values_are_written_as_they_are_typed() -> None:
    assert plain({"a": True, "b": [1, None], "c": Noted("x", "y")}) == {
        "a": "true",
        "b": ["1", None],
        "c": "x",
    }
